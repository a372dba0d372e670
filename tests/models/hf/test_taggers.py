"""Taggers: fine-tuned to the end, saved and read again, and ready-made ones through a label map."""

import json
import shutil

import numpy as np
import pytest

from arnews_bench import InputError, NerRow, evaluate, load_task
from arnews_bench.models import Checkpointed, Restricted, Savable, Trainable
from arnews_bench.models.hf import huggingface_source, load_model
from arnews_bench.models.hf.quiet import quiet
from arnews_bench.rows import without_gold

OPTIONS = {"epochs": "25", "learning_rate": "0.004", "batch_size": "5"}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def task():
    return load_task("ner")


@pytest.fixture(scope="module")
def rows(task):
    """Twenty sentences of training with an entity each."""
    return [row for row in task.rows("train") if set(row.ner_tags) != {"O"}][:20]


@pytest.fixture(scope="module")
def fitted(task, rows, steady_encoder):
    model = huggingface_source(str(steady_encoder), OPTIONS).create(task)
    model.fit(task, rows, (), seed=0)
    return model


@pytest.fixture(scope="module")
def saved(fitted, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "ner"
    folder.mkdir()
    fitted.save(folder)
    return folder


def answers(model, task, rows):
    return list(model.predict(task, [without_gold(row) for row in rows]))


def f1(predictions, rows):
    from arnews_bench.scoring import SCORERS, score_counts

    counts = SCORERS["ner"].tally(rows, predictions)
    return score_counts("ner", counts).metrics["strict_f1"].value


def sentence(*words, number=0):
    """A row of our own words."""
    starts = np.cumsum([0, *(len(word) + 1 for word in words)]).tolist()
    spans = tuple((s, s + len(w)) for s, w in zip(starts, words, strict=False))
    return NerRow(
        id=f"x#{number}", doc_id="x", start=0, text=" ".join(words), tokens=words,
        token_spans=spans, ner_tags=(), entities=(), fold=0,
    )  # fmt: skip


def test_a_fine_tuned_tagger_is_all_that_the_evaluation_knows_of(fitted):
    for protocol in (Trainable, Savable, Checkpointed, Restricted):
        assert isinstance(fitted, protocol)


def test_twenty_sentences_are_learned_by_heart(fitted, task, rows):
    assert f1(answers(fitted, task, rows), rows) > 0.95


def test_a_saved_tagger_answers_the_same(fitted, saved, task):
    others = task.rows("validation")
    again = load_model(task, saved)
    assert answers(again, task, others) == answers(fitted, task, others)
    assert {path.suffix for path in saved.iterdir()} <= {".json", ".safetensors", ".txt", ".jinja"}


def test_a_saved_tagger_is_a_folder_that_others_can_load(saved, task):
    config = json.loads((saved / "config.json").read_text())
    assert config["id2label"] == {str(n): label for n, label in enumerate(task.labels)}
    assert config["architectures"] == ["BertForTokenClassification"]


def test_a_saved_tagger_is_used_as_it_is(fitted, saved, task):
    model = huggingface_source(str(saved), {}).create(task)
    assert not isinstance(model, Trainable)
    assert not model.restrictions
    others = task.rows("validation")
    assert answers(model, task, others) == answers(fitted, task, others)


def test_an_answer_does_not_depend_on_the_batch(fitted, task):
    others = task.rows("validation")
    together = answers(fitted, task, others)
    assert together == [answers(fitted, task, [row])[0] for row in others]
    assert together[::-1] == answers(fitted, task, others[::-1])


def test_a_sentence_longer_than_the_window_is_answered_whole(fitted, saved, task, rows):
    # The windows are made of twenty sentences in a row, with the same context around each word.
    words = tuple(token for row in rows for token in row.tokens)
    (answer,) = answers(fitted, task, [sentence(*words)])
    assert len(answer.tags) == len(words)
    gold = [tag for row in rows for tag in row.ner_tags]
    found = np.array(answer.tags) == np.array(gold)
    # It never saw such long texts; but the windows give what one that sees nothing cannot.
    assert found.mean() > np.mean(np.array(gold) == "O")


def test_tokens_that_the_model_cannot_see_are_answered_too(fitted, task):
    odd = [
        sentence("قال", "ـــ", "\u200f", "😀", number=1),
        sentence("ًٌ", number=2),
        sentence("x" * 300, "قال", number=3),
    ]
    assert [len(answer.tags) for answer in answers(fitted, task, odd)] == [4, 1, 2]


def test_a_row_without_tokens_is_answered_by_no_tags(fitted, task):
    found = answers(fitted, task, [sentence(), sentence("قال", number=1)])
    assert [len(answer.tags) for answer in found] == [0, 1]


def test_types_without_an_example_are_a_stated_restriction(task, rows, tiny_encoder):
    from msgspec.structs import replace

    only_places = [
        replace(
            row, ner_tags=tuple(t if t[2:] in ("LOC", "PER", "") else "O" for t in row.ner_tags)
        )
        for row in rows
    ]
    model = huggingface_source(str(tiny_encoder), {**OPTIONS, "epochs": "1"}).create(task)
    model.fit(task, only_places, (), seed=1)
    assert model.restrictions == [
        "it never answers ORG: the rows that it learned from have none",
        "it never answers MISC: the rows that it learned from have none",
    ]


def relabelled(saved, folder, rename):
    """A copy of the fitted tagger that calls its labels otherwise."""
    shutil.copytree(saved, folder)
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["id2label"] = {n: rename(label) for n, label in config["id2label"].items()}
    config["label2id"] = {label: int(n) for n, label in config["id2label"].items()}
    path.write_text(json.dumps(config))
    return folder


def test_a_label_map_gives_a_ready_made_tagger_our_labels(fitted, saved, task, rows, tmp_path):
    camel = relabelled(saved, tmp_path / "camel", lambda label: label.replace("PER", "PERS"))
    with pytest.raises(InputError, match="--label-map camel"):
        huggingface_source(str(camel), {}).create(task)
    source = huggingface_source(str(camel), {"label_map": "camel"})
    model = source.create(task)
    assert answers(model, task, rows) == answers(fitted, task, rows)
    assert source.options == {"label_map": "camel"}


def test_what_a_ready_made_tagger_cannot_say_is_a_restriction(fitted, saved, task, rows, tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text("labels: {PER: PER, LOC: LOC, ORG: ORG, MISC: null}")
    source = huggingface_source(str(saved), {"label_map": str(path)})
    model = source.create(task)
    assert model.restrictions == [
        f"it never answers MISC: none of the labels of {source.spec} means that"
    ]
    expected = [
        tuple("O" if tag.endswith("MISC") else tag for tag in answer.tags)
        for answer in answers(fitted, task, rows)
    ]
    assert [answer.tags for answer in answers(model, task, rows)] == expected
    assert source.options == {"label_map": "map.yaml"}


def test_the_revision_changes_with_the_label_map(saved, task, tmp_path):
    path = tmp_path / "map.yaml"
    revisions = []
    for content in ("labels: {PER: PER}", "labels: {PER: LOC}"):
        path.write_text(content)
        revisions.append(huggingface_source(str(saved), {"label_map": str(path)}).revision(task))
    assert revisions[0] != revisions[1]
    assert revisions[0].partition("+")[0] == huggingface_source(str(saved), {}).revision(task)


def tagged(row, tags):
    """The entities that tags mark: start, end, type."""
    found = []
    for (start, end), tag in zip(row.token_spans, tags, strict=True):
        if tag.startswith("B-"):
            found.append((start, end, tag[2:]))
        elif tag.startswith("I-"):
            found[-1] = (found[-1][0], end, tag[2:])
    return found


def test_fine_types_are_answered_as_entities(fitted, saved, task, rows, tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text("labels: {PER: PERS, LOC: GPE, ORG: ORG, MISC: EVENT}")
    model = huggingface_source(str(saved), {"label_map": str(path)}).create(task)
    found = answers(model, task, rows)
    coarse = {"PERS": "PER", "GPE": "LOC", "ORG": "ORG", "EVENT": "MISC"}
    for row, fine, answer in zip(rows, found, answers(fitted, task, rows), strict=True):
        assert fine.tags is None
        entities = [(e.start, e.end, coarse[e.type]) for e in fine.entities]
        assert entities == tagged(row, answer.tags)
    # On the coarse view they are worth the same.
    assert f1(found, rows) == f1(answers(fitted, task, rows), rows)


def test_a_head_can_be_thrown_away_and_learned_anew(saved, task, rows, fitted):
    options = {**OPTIONS, "head": "new", "epochs": "1", "learning_rate": "1e-9"}
    model = huggingface_source(str(saved), options).create(task)
    assert isinstance(model, Trainable)
    model.fit(task, rows, (), seed=9)
    old = fitted._fitted.model.classifier.weight.detach().numpy()
    new = model._fitted.model.classifier.weight.detach().numpy()
    assert abs(np.corrcoef(old.ravel(), new.ravel())[0, 1]) < 0.5


def test_a_label_map_for_a_model_without_a_head_is_refused(tiny_encoder, task):
    with pytest.raises(InputError, match="--label-map has nothing to map"):
        huggingface_source(str(tiny_encoder), {"label_map": "camel"}).create(task)


def test_a_folder_is_evaluated_from_its_spec(saved, tmp_path, capfd):
    (run,) = evaluate(f"hf:{saved}", ["ner"], out=tmp_path, limit=30)
    assert run.model.spec == "hf:ner"
    assert run.n.rows == 30
    assert capfd.readouterr() == ("", "")


def test_a_slow_or_missing_tokenizer_is_refused(saved, task, tmp_path):
    shutil.copytree(saved, tmp_path / "bare")
    for path in (tmp_path / "bare").glob("tokenizer*"):
        path.unlink()
    with pytest.raises(InputError, match=r"tokenizer\.json beside the model"):
        huggingface_source(str(tmp_path / "bare"), {}).create(task)


def test_a_checkpoint_with_lost_weights_is_refused(saved, task, tmp_path):
    from safetensors.torch import load_file, save_file

    shutil.copytree(saved, tmp_path / "lossy")
    path = tmp_path / "lossy" / "model.safetensors"
    kept = {name: value for name, value in load_file(path).items() if "classifier" not in name}
    save_file(kept, path, metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"no weights for classifier\.bias, classifier\.weight"):
        huggingface_source(str(tmp_path / "lossy"), {}).create(task)


def test_weights_in_half_precision_are_trained_in_full(saved, task, tmp_path):
    import torch
    from transformers import BertForTokenClassification

    with quiet():
        half = BertForTokenClassification.from_pretrained(saved, dtype=torch.bfloat16)
        shutil.copytree(saved, tmp_path / "half")
        half.save_pretrained(tmp_path / "half")
    model = huggingface_source(str(tmp_path / "half"), {}).create(task)
    assert model._tagger.model.dtype == torch.float32
