"""Attribution by a fine-tuned encoder: windows around cues, roles, and all of the way."""

from copy import deepcopy

import numpy as np
import pytest

from arnews_bench import AttributionRow, InputError, TextSpan, load_task
from arnews_bench.models import Checkpointed, Savable
from arnews_bench.models.hf import huggingface_source, load_model
from arnews_bench.models.hf.alignment import Aligner
from arnews_bench.models.hf.attribution import _gold_windows
from arnews_bench.models.hf.batching import IGNORED
from arnews_bench.models.hf.cue_windows import ELSEWHERE, MARKS, Document
from arnews_bench.models.hf.options import Options
from arnews_bench.models.hf.roles import (
    ROLE_LABELS,
    RoleScores,
    cue_labels,
    cues,
    role_labels,
    role_spans,
)
from arnews_bench.rows import without_gold
from arnews_bench.schema import Attribution
from arnews_bench.scoring import score_predictions
from arnews_bench.text import Span

OPTIONS = {"epochs": "70", "learning_rate": "1e-3", "batch_size": "2"}
# Nested, with a dropped subject and with contents of many words.
DOCUMENTS = ("000-d", "001-g", "002-c")


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def task():
    return load_task("attribution")


@pytest.fixture(scope="module")
def rows(task):
    return [row for row in task.all_rows() if row.id in DOCUMENTS]


@pytest.fixture(scope="module")
def aligner_of(tiny_tokenizer):
    """An aligner for windows of so many sub-words, special ones and marks included."""

    def make(max_length):
        marked = deepcopy(tiny_tokenizer)
        marked.add_tokens(list(MARKS))
        return Aligner(marked, Options(max_length=max_length), {"max_position_embeddings": 128})

    return make


TEXT = "زار الوفد موسكو. قال لافروف إن الحل قريب. عاد الوفد. انتهى الخبر."
SENTENCES = ((0, 16), (17, 41), (42, 53), (54, 67))


def span(words, text=TEXT):
    start = text.index(words)
    return TextSpan(start=start, end=start + len(words), text=words)


ITEM = Attribution(
    cue=span("قال"), source=span("لافروف"), via=None, content=(span("الحل قريب"),),
    source_name="لافروف", source_type="person", mode="indirect", polarity="asserted",
)  # fmt: skip
ROW = AttributionRow(
    id="a", doc_id="a", text=TEXT, sentences=SENTENCES, attributions=(ITEM,), fold=0
)


def test_a_cue_is_seen_marked_between_the_sentences_next_to_its_own(aligner_of):
    document = Document(TEXT, SENTENCES, aligner_of(128))
    window = document.around(document.words_of(17, 20))
    assert " ".join(window.words) == (
        "زار الوفد موسكو . [CUE] قال [/CUE] لافروف إن الحل قريب . عاد الوفد ."
    )
    assert window.places == (0, 1, 2, 3, ELSEWHERE, 4, ELSEWHERE, *range(5, 13))
    assert window.words[window.opening] == "[CUE]"


def test_each_word_of_a_window_has_the_label_of_its_role(aligner_of):
    document = Document(TEXT, SENTENCES, aligner_of(128))
    window = document.around(document.words_of(17, 20))
    labels = role_labels(window, role_spans(document, ITEM), "person")
    shown = [
        None if label == IGNORED else ROLE_LABELS[label]
        for word, label in zip(window.words, labels, strict=True)
        if word not in ("زار", "الوفد", "موسكو", ".", "عاد")
    ]
    assert shown == ["TYPE-person", "O", None, "NAME", "O", "CONTENT", "CONTENT"]


def test_of_a_source_the_name_is_told_apart_from_the_title():
    text = "قال المتحدث باسم الناتو، أندرو بيتس، إن الحل قريب"
    item = Attribution(
        cue=span("قال", text), source=span("المتحدث باسم الناتو، أندرو بيتس", text), via=None,
        content=(span("الحل قريب", text),), source_name="أندرو بيتس", source_type="person",
        mode="indirect", polarity="asserted",
    )  # fmt: skip

    class Words:
        words = text.replace("،", " ،").split()

        def words_of(self, start, end):
            before = len(text[:start].replace("،", " ،").split())
            return Span(before, before + len(text[start:end].replace("،", " ،").split()))

    found = role_spans(Words(), item)
    assert found["SOURCE"] == [Span(1, 7)]
    assert found["NAME"] == [Span(5, 7)]


def test_cues_are_labelled_and_read_back(aligner_of):
    document = Document(TEXT, SENTENCES, aligner_of(128))
    labels = cue_labels(document, ROW)
    scores = np.eye(len(ROLE_LABELS))[labels]
    assert cues(scores) == [Span(4, 5)]


def test_cues_side_by_side_are_two_and_an_inside_without_a_begin_is_one():
    code = {label: number for number, label in enumerate(ROLE_LABELS)}
    labels = ["B-CUE", "B-CUE", "I-CUE", "O", "I-CUE", "I-CUE", "O"]
    scores = np.eye(len(ROLE_LABELS))[[code[label] for label in labels]]
    assert cues(scores) == [Span(0, 1), Span(1, 3), Span(4, 6)]


def test_a_window_that_does_not_hold_the_sentences_is_cut_around_the_cue(aligner_of):
    document = Document("كلمة " * 60 + "قال " + "حرف " * 60, (), aligner_of(32))
    window = document.around(Span(60, 61))
    (features,) = [w.features for w in aligner_of(32).windows(window.words)]
    assert len(features["input_ids"]) <= 32
    assert window.span.start > 0
    assert window.span.end < 121
    assert window.span.start < 60 < window.span.end - 1


def perfect(window, spans):
    """The scores of a tagger that knows the gold."""
    labels = [max(label, 0) for label in role_labels(window, spans, "person")]
    return 9.0 * np.eye(len(ROLE_LABELS))[labels]


@pytest.mark.parametrize("before", [True, False])
def test_a_content_of_many_windows_is_followed_to_its_end(aligner_of, before):
    words = [f"كلمة{n}" for n in range(120)]
    if before:
        text = " ".join([*words, "قال", "لافروف"])
        cue, content = Span(120, 121), Span(0, 120)
    else:
        text = " ".join(["قال", "لافروف", *words, "ثم", "عاد"])
        cue, content = Span(0, 1), Span(2, 122)
    aligner = aligner_of(48)
    document = Document(text, (), aligner)
    spans = {"CONTENT": [content]}
    roles = RoleScores(document, cue)
    pieces = [document.around(cue)]
    seen = []
    while pieces:
        seen += pieces
        for piece in pieces:
            roles.add(piece, perfect(piece, spans))
        pieces = list(roles.next_pieces())
    assert len(seen) > 3
    for piece in seen:
        assert " ".join(MARKS).split()[0] in piece.words  # the cue is marked in each
        assert len(aligner.windows(piece.words)) == 1
    # It is trained on the windows that it is asked with.
    assert list(_gold_windows(document, cue, [content])) == seen
    assert roles.tagged().content == (document.characters_of(content),)


def test_a_content_that_ends_before_the_edge_is_not_looked_for_further(aligner_of):
    document = Document("قال لافروف " + "كلمة " * 90, (), aligner_of(48))
    window = document.around(Span(0, 1))
    roles = RoleScores(document, Span(0, 1))
    roles.add(window, perfect(window, {"CONTENT": [Span(2, 9)]}))
    assert list(roles.next_pieces()) == []


def test_on_gold_tags_the_corpus_is_read_back(task, aligner_of):
    """Windows, labels and decoding lose nothing: only who a speaker is remains to be found."""
    far = 0
    for row in task.all_rows():
        document = Document(row.text, row.sentences, aligner_of(128))
        for item in row.attributions:
            cue = document.words_of(item.cue.start, item.cue.end)
            spans = role_spans(document, item)
            roles = RoleScores(document, cue)
            for window in _gold_windows(document, cue, spans["CONTENT"]):
                roles.add(window, perfect(window, spans))
            tagged = roles.tagged()
            assert tagged.cue == (item.cue.start, item.cue.end)
            assert tagged.content == tuple((c.start, c.end) for c in item.content)
            for role in ("source", "via"):
                gold = getattr(item, role)
                if gold and not roles.seen.holds(document.words_of(gold.start, gold.end)):
                    far += 1  # further from the cue than a small window reaches
                else:
                    assert getattr(tagged, role) == (gold and (gold.start, gold.end))
    assert far <= 3


@pytest.fixture(scope="module")
def fitted(steady_encoder, task, rows):
    model = huggingface_source(str(steady_encoder), OPTIONS).create(task)
    model.fit(task, rows, (), seed=0)
    return model


def answers(model, task, rows):
    return list(model.predict(task, [without_gold(row) for row in rows]))


def test_it_learns_its_training_documents_by_heart(fitted, task, rows):
    scores = score_predictions("attribution", rows, answers(fitted, task, rows)).metrics
    assert scores["attribution_f1"].value > 0.9
    assert scores["cue_f1"].value > 0.9


def test_an_answer_does_not_hang_on_the_other_rows_of_the_batch(fitted, task, rows):
    together = answers(fitted, task, rows)
    assert together == [answers(fitted, task, [row])[0] for row in rows]


def test_it_is_saved_and_read_again_to_the_same_answers(fitted, task, rows, tmp_path):
    assert isinstance(fitted, Savable)
    fitted.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".safetensors"}
    expected = answers(fitted, task, rows)
    assert answers(load_model(task, tmp_path), task, rows) == expected
    ready = huggingface_source(str(tmp_path), {}).create(task)
    assert not hasattr(ready, "fit")
    assert answers(ready, task, rows) == expected


def test_a_killed_fit_goes_on_to_the_same_result(tiny_encoder, task, rows, tmp_path, monkeypatch):
    from transformers import Trainer

    def fit(folder):
        options = {**OPTIONS, "epochs": "3", "batch_size": "8"}
        model = huggingface_source(str(tiny_encoder), options).create(task)
        assert isinstance(model, Checkpointed)
        model.checkpoints = folder
        model.fit(task, rows, rows[:1], seed=1)
        return [p.detach().numpy() for p in model._fitted.model.parameters()]

    whole = fit(tmp_path / "whole")
    steps, step = [], Trainer.training_step

    def killed(self, *given, **named):
        steps.append(1)
        if len(steps) == 4:
            raise KeyboardInterrupt
        return step(self, *given, **named)

    monkeypatch.setattr(Trainer, "training_step", killed)
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path / "killed")
    again = fit(tmp_path / "killed")
    assert all(np.array_equal(one, other) for one, other in zip(whole, again, strict=True))


def test_a_label_map_and_another_saved_model_are_refused(tiny_encoder, fitted, task, tmp_path):
    with pytest.raises(InputError, match="no label map can name"):
        huggingface_source(str(tiny_encoder), {"label_map": "conll"}).create(task)
    fitted.save(tmp_path)
    config = (tmp_path / "config.json").read_text().replace("B-CUE", "B-PER")
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(InputError, match="its labels are others"):
        load_model(task, tmp_path)


def test_documents_without_words_or_sentences_are_answered(fitted, task):
    empty = AttributionRow(id="e", doc_id="e", text="", sentences=(), attributions=(), fold=0)
    one = AttributionRow(id="f", doc_id="f", text="قال", sentences=(), attributions=(), fold=0)
    assert answers(fitted, task, [empty])[0].attributions == ()
    assert len(answers(fitted, task, [empty, one])) == 2
