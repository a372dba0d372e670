"""Stance by a fine-tuned encoder: long texts in windows, and the way from rows to answers."""

import shutil

import numpy as np
import pytest

from arnews_bench import InputError, StanceRow, load_task
from arnews_bench.models import Checkpointed, Restricted, Savable
from arnews_bench.models.hf import huggingface_source, load_model
from arnews_bench.models.hf.pairs import claim_first, pair_windows, premise_first, speaking
from arnews_bench.models.hf.stance import _balanced
from arnews_bench.rows import without_gold
from arnews_bench.scoring import score_predictions

OPTIONS = {"epochs": "40", "learning_rate": "5e-4", "batch_size": "4"}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def task():
    return load_task("stance")


def pair(text="قال الوزير إن الحل قريب", context=None, claim="الحل قريب", label="agree"):
    return StanceRow(
        id="C1:a", claim_id="C1", claim=claim, doc_id="a", text=text, context=context, label=label,
        granularity="document" if context is None else "statement", fold=0,
    )  # fmt: skip


def test_the_claim_stands_first_and_a_statement_is_followed_by_its_sentence():
    row = pair("الحل قريب", "نفى الوزير أن الحل قريب", "الحل قريب جدا")
    assert claim_first(row, "[SEP]") == (
        "الحل قريب جدا",
        "الحل قريب [SEP] نفى الوزير أن الحل قريب",
    )
    assert claim_first(pair(), "[SEP]") == ("الحل قريب", "قال الوزير إن الحل قريب")


def test_for_inference_the_text_is_the_premise_and_the_claim_the_hypothesis():
    row = pair("الحل قريب", "نفى الوزير أن الحل قريب", "الحل قريب جدا")
    assert premise_first(row) == ("نفى الوزير أن الحل قريب", "الحل قريب جدا")
    assert premise_first(pair()) == ("قال الوزير إن الحل قريب", "الحل قريب")


@pytest.mark.parametrize("claim", [0, 1])
def test_each_window_holds_the_whole_claim_and_they_cover_the_text(tiny_tokenizer, claim):
    sides = ["الحل قريب", "قال الوزير إن الوفد وصل إلى موسكو " * 12]
    windows = pair_windows(
        tiny_tokenizer, tuple(sides if claim == 0 else sides[::-1]), row_id="a", claim=claim,
        length=40, stride=8,
    )  # fmt: skip
    of_claim = tiny_tokenizer(sides[0], add_special_tokens=False)["input_ids"]
    of_text = tiny_tokenizer(sides[1], add_special_tokens=False)["input_ids"]
    pieces = []
    for window in windows:
        assert len(window["input_ids"]) <= 40
        kinds = window["token_type_ids"]
        parts = [
            [i for i, k in zip(window["input_ids"], kinds, strict=True) if k == n] for n in (0, 1)
        ]
        inner = [[i for i in part if i not in (2, 3)] for part in parts]
        assert inner[claim] == of_claim
        pieces.append(inner[1 - claim])
    joined = pieces[0]
    for piece in pieces[1:]:
        assert joined[-8:] == piece[:8]
        joined = joined + piece[8:]
    assert joined == of_text


def test_a_claim_that_leaves_no_room_is_an_error_that_names_the_row(tiny_tokenizer):
    with pytest.raises(
        InputError, match=r"row 'C9:a': the claim takes \d+ sub-words.*max_length=N"
    ):
        pair_windows(
            tiny_tokenizer, ("الحل قريب " * 20, "نص"), row_id="C9:a", claim=0, length=40, stride=8
        )


def test_the_window_speaks_that_bears_most_on_the_claim():
    scores = np.array([[0.0, 0.0, 9.0], [3.0, 0.0, 1.0], [0.0, 0.0, 5.0], [0.0, 0.0, 4.0]])
    assert speaking(scores, [0, 0, 1, 1], neutral=2) == [1, 3]


def test_without_a_neutral_label_the_surest_window_speaks():
    scores = np.array([[0.0, 1.0], [4.0, 0.0], [2.0, 2.0], [2.0, 2.0]])
    assert speaking(scores, [0, 0, 1, 1], neutral=None) == [1, 2]


def test_a_rare_label_weighs_as_much_as_a_frequent_one():
    weights = _balanced([0, 0, 0, 1], 3)
    assert weights[0] * 3 == pytest.approx(weights[1])
    assert 3 * weights[0] + weights[1] == pytest.approx(4)


@pytest.fixture(scope="module")
def rows(task):
    """Short pairs, six of each label, and one of a text of several windows."""
    found = [
        row
        for label in task.labels
        for row in [r for r in task.rows("test") if r.label == label and len(r.text) < 150][:6]
    ]
    return [*found, next(row for row in task.rows("test") if len(row.text) > 1500)]


@pytest.fixture(scope="module")
def fitted(steady_encoder, task, rows):
    model = huggingface_source(str(steady_encoder), OPTIONS).create(task)
    model.fit(task, rows, (), seed=0)
    return model


def macro_f1(model, task, rows):
    return score_predictions("stance", rows, answers(model, task, rows)).metrics["macro_f1"].value


def answers(model, task, rows):
    return list(model.predict(task, [without_gold(row) for row in rows]))


def test_it_learns_its_training_pairs_by_heart(fitted, task, rows):
    found = answers(fitted, task, rows)
    assert macro_f1(fitted, task, rows) > 0.95
    for answer in found:
        assert set(answer.scores) == set(task.labels)
        assert sum(answer.scores.values()) == pytest.approx(1)
        assert answer.label == max(answer.scores, key=answer.scores.get)


def test_an_answer_does_not_hang_on_the_other_rows_of_the_batch(fitted, task, rows):
    together = answers(fitted, task, rows)
    alone = [answers(fitted, task, [row])[0] for row in rows[-3:]]
    for one, other in zip(together[-3:], alone, strict=True):
        assert one.label == other.label
        assert one.scores == pytest.approx(other.scores, abs=1e-5)


def test_it_is_saved_and_read_again_to_the_same_answers(fitted, task, rows, tmp_path):
    assert isinstance(fitted, Savable)
    fitted.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".safetensors"}
    assert answers(load_model(task, tmp_path), task, rows) == answers(fitted, task, rows)


def test_a_saved_folder_is_a_ready_model_with_our_labels(fitted, task, rows, tmp_path):
    fitted.save(tmp_path)
    ready = huggingface_source(str(tmp_path), {}).create(task)
    assert not hasattr(ready, "fit")
    assert list(ready.restrictions) == []
    assert answers(ready, task, rows) == answers(fitted, task, rows)


def test_a_killed_fit_goes_on_and_a_finished_one_is_only_read(
    tiny_encoder, task, rows, tmp_path, monkeypatch
):
    from transformers import Trainer

    options = {**OPTIONS, "epochs": "3"}

    def fit(folder):
        model = huggingface_source(str(tiny_encoder), options).create(task)
        assert isinstance(model, Checkpointed)
        model.checkpoints = folder
        model.fit(task, rows[:12], rows[:4], seed=1)
        return answers(model, task, rows)

    whole = fit(tmp_path / "whole")
    steps, step = [], Trainer.training_step

    def killed(self, *given, **named):
        steps.append(1)
        if len(steps) == 5:  # three steps are an epoch
            raise KeyboardInterrupt
        return step(self, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "training_step", killed)
        with pytest.raises(KeyboardInterrupt):
            fit(tmp_path / "killed")
        assert fit(tmp_path / "killed") == whole
    assert len(steps) == 5 + 6
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "training_step", None)
        assert fit(tmp_path / "killed") == whole


def test_a_label_that_it_has_not_met_is_a_restriction(tiny_encoder, task, rows):
    model = huggingface_source(str(tiny_encoder), {**OPTIONS, "epochs": "1"}).create(task)
    model.fit(task, [row for row in rows if row.label != "discuss"], (), seed=0)
    assert isinstance(model, Restricted)
    assert list(model.restrictions) == [
        "it never answers discuss: the rows that it learned from have none"
    ]


def test_an_encoder_takes_no_label_map(tiny_encoder, task):
    with pytest.raises(InputError, match="label-map has nothing to map"):
        huggingface_source(str(tiny_encoder), {"label_map": "nli"}).create(task)


def test_a_folder_without_options_is_no_saved_model(fitted, task, tmp_path):
    fitted.save(tmp_path / "saved")
    shutil.copytree(tmp_path / "saved", tmp_path / "broken")
    (tmp_path / "broken" / "arnews_options.json").write_text('{"epochs": "many"}')
    with pytest.raises(InputError, match="field `epochs`"):
        load_model(task, tmp_path / "broken")
    (tmp_path / "broken" / "arnews_options.json").unlink()
    with pytest.raises(InputError, match="no such file"):
        load_model(task, tmp_path / "broken")
