"""Rows as examples: which ones are shown, and what their gold looks like as an answer."""

import json
import random

import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.entities import TypedSpan, coarse_view
from arnews_bench.errors import InputError
from arnews_bench.models.llm.prompting.examples import choose_shots, gold_answer
from arnews_bench.schema import (
    STANCE_LABELS,
    Attribution,
    AttributionRow,
    Entity,
    NerRow,
    StanceRow,
    TextSpan,
)
from arnews_bench.text import token_spans, tokenize

SENTENCE = "زارت وزيرة الصحة التونسية تونس"


def sentence(text=SENTENCE, entities=(), tags=None, **fields):
    spans = tuple((s.start, s.end) for s in token_spans(text))
    row = NerRow(
        id="a#0", doc_id="a", start=0, text=text, tokens=tuple(tokenize(text)), token_spans=spans,
        ner_tags=tuple(tags or ["O"] * len(spans)), entities=entities, fold=0,
    )  # fmt: skip
    return msgspec.structs.replace(row, **fields)


def entity(text, start, kind, whole=SENTENCE):
    assert whole[start : start + len(text)] == text
    return Entity(start=start, end=start + len(text), type=kind, text=text)


def pair(number, label, doc_id="a", fold=0):
    return StanceRow(
        id=f"C{number}:{doc_id}", claim_id=f"C{number}", claim="c", doc_id=doc_id,
        granularity="document", text="t", context=None, label=label, fold=fold,
    )  # fmt: skip


def said(row, *, fine=True):
    return [tuple(item.values()) for item in json.loads(gold_answer(row, fine=fine))["entities"]]


# The gold as an answer.


def test_entities_come_in_text_order_and_the_longer_before_those_inside_it():
    row = sentence(
        entities=(
            entity("تونس", 26, "GPE"),
            entity("التونسية", 17, "NORP"),
            entity("وزيرة الصحة التونسية", 5, "OCC"),
        )
    )
    assert said(row) == [
        ("وزيرة الصحة التونسية", "OCC", None),
        ("التونسية", "NORP", None),
        ("تونس", "GPE", None),
    ]


def test_the_coarse_answer_is_that_of_the_tags():
    # Rows of other corpora have tags and no entities.
    row = sentence(tags=["O", "B-ORG", "I-ORG", "B-MISC", "B-LOC"])
    assert said(row, fine=False) == [
        ("وزيرة الصحة", "ORG", None),
        ("التونسية", "MISC", None),
        ("تونس", "LOC", None),
    ]


def test_the_coarse_answer_is_the_coarse_view_of_the_entities():
    for row in ab.load_task("ner").all_rows():
        view = coarse_view(TypedSpan(e.start, e.end, e.type) for e in row.entities)
        expected = [(row.text[s.start : s.end], s.type) for s in view]
        assert [item[:2] for item in said(row, fine=False)] == expected


def test_fine_entities_of_a_row_that_has_coarse_tags_only_are_refused():
    with pytest.raises(InputError, match=r"'a#0' has entities of the coarse types only.*coarse"):
        gold_answer(sentence(tags=["O", "B-ORG", "I-ORG", "B-MISC", "B-LOC"]), fine=True)
    assert said(sentence(), fine=True) == []


def test_context_is_null_where_the_first_occurrences_are_the_entities():
    text = "تونس في تونس ثم تونس"
    first, second = entity("تونس", 0, "GPE", text), entity("تونس", 8, "GPE", text)
    assert said(sentence(text, (first, second))) == [("تونس", "GPE", None)] * 2


def test_context_tells_the_place_where_an_earlier_occurrence_is_no_entity():
    text = "شارع تونس في تونس الكبرى"
    assert said(sentence(text, (entity("تونس", 13, "GPE", text),))) == [
        ("تونس", "GPE", "في تونس الكبرى")
    ]


def test_a_name_inside_a_longer_word_makes_nothing_ambiguous():
    text = "التونسية في تونس"
    assert said(sentence(text, (entity("تونس", 12, "GPE", text),))) == [("تونس", "GPE", None)]


def test_every_context_of_the_corpus_stands_once_in_its_text_and_holds_the_name():
    found = [
        (row.text, text, context)
        for row in ab.load_task("ner").all_rows()
        for fine in (True, False)
        for text, _, context in said(row, fine=fine)
        if context
    ]
    assert found
    for whole, text, context in found:
        assert whole.count(context) == 1
        assert tokenize(context).count(text) == 1


def test_attributions_come_in_the_order_of_their_cues_with_all_fields():
    text = "قالت سلمى إن اللقاح متاح مضيفة أنه مجاني"

    def span(part):
        start = text.index(part)
        return TextSpan(start=start, end=start + len(part), text=part)

    first = Attribution(
        cue=span("قالت"), source=span("سلمى"), via=None, content=(span("اللقاح متاح"),),
        source_name="سلمى الجبالي", source_type="person", mode="indirect", polarity="asserted",
    )  # fmt: skip
    second = msgspec.structs.replace(
        first, cue=span("مضيفة"), source=None, content=(span("مجاني"),)
    )
    row = AttributionRow(
        id="a", doc_id="a", text=text, sentences=((0, len(text)),), attributions=(second, first),
        fold=0,
    )  # fmt: skip
    shared = {"source_name": "سلمى الجبالي", "source_type": "person", "via": None}
    assert json.loads(gold_answer(row, fine=False))["attributions"] == [
        {"cue": "قالت", "source": "سلمى", "content": ["اللقاح متاح"], "mode": "indirect", **shared},
        {"cue": "مضيفة", "source": None, "content": ["مجاني"], "mode": "indirect", **shared},
    ]


def test_the_answer_to_a_pair_is_its_label_in_readable_json():
    assert gold_answer(pair(1, "discuss"), fine=False) == '{"label": "discuss"}'
    assert "\\u" not in gold_answer(sentence(entities=(entity("تونس", 26, "GPE"),)), fine=True)


def test_a_row_without_its_gold_is_no_example():
    with pytest.raises(ValueError, match="no gold label"):
        gold_answer(pair(1, None), fine=False)


# Which rows are shown.


@pytest.mark.parametrize("name", ["ner", "stance", "attribution"])
def test_no_row_is_shown_to_its_own_page(name):
    rows = ab.load_task(name).all_rows()
    for row in rows[:: max(1, len(rows) // 40)]:
        shots = choose_shots(rows, row, 3, seed=0)
        assert len(set(shots)) == 3
        assert row.fold not in {shot.fold for shot in shots}


@pytest.mark.parametrize("name", ["ner", "stance", "attribution"])
def test_neither_the_order_of_the_rows_nor_the_asked_row_of_a_page_matters(name):
    rows = list(ab.load_task(name).all_rows())
    page = [row for row in rows if row.fold == 1]
    expected = choose_shots(rows, page[0], 4, seed=7)
    random.Random(0).shuffle(rows)
    assert {choose_shots(rows, row, 4, seed=7) for row in page[:20]} == {expected}


def test_another_seed_shows_others_and_more_shots_begin_with_the_same():
    rows, asked = ab.load_task("ner").rows("train"), ab.load_task("ner").rows("test")[0]
    drawn = [choose_shots(rows, asked, 4, seed=seed) for seed in range(5)]
    assert len(set(drawn)) == 5
    assert choose_shots(rows, asked, 2, seed=0) == drawn[0][:2]


def test_stance_shows_its_labels_in_turn():
    task = ab.load_task("stance")
    shots = choose_shots(task.rows("train"), task.rows("test")[0], 6, seed=0)
    labels = [shot.label for shot in shots]
    assert set(labels[:4]) == set(STANCE_LABELS)
    assert labels[4] != labels[5]


def test_which_label_comes_first_depends_on_the_seed():
    """So that no label is always the last before the question."""
    task = ab.load_task("stance")
    drawn = [
        choose_shots(task.rows("train"), task.rows("test")[0], 2, seed=seed) for seed in range(20)
    ]
    assert len({tuple(shot.label for shot in shots) for shots in drawn}) > 4


def test_a_label_that_has_run_out_is_left_out_of_the_turn():
    train = [pair(1, "agree"), pair(2, "unrelated"), pair(3, "unrelated")]
    shots = choose_shots(train, pair(9, None, doc_id="b", fold=1), 3, seed=0)
    assert [shot.label for shot in shots] == ["agree", "unrelated", "unrelated"]


@pytest.mark.parametrize("name", ["ner", "attribution"])
def test_rows_with_an_empty_gold_come_last(name):
    rows = ab.load_task(name).all_rows()
    field = "entities" if name == "ner" else "attributions"
    asked = next(row for row in rows if row.fold == 4)
    others = [row for row in rows if row.fold != 4]
    shots = choose_shots(rows, asked, len(others), seed=0)
    empty = [not getattr(shot, field) for shot in shots]
    assert 0 < sum(empty) < len(empty)
    assert empty == sorted(empty)


def test_where_no_page_is_known_the_own_document_is_left_out():
    train = [pair(n, "agree", doc_id="a" if n % 2 else "b") for n in range(6)]
    shots = choose_shots(train, pair(9, None, doc_id="a"), 3, seed=0)
    assert {shot.doc_id for shot in shots} == {"b"}


def test_training_rows_of_the_page_itself_are_refused_even_if_there_are_no_others():
    rows = ab.load_task("ner").rows("train")
    with pytest.raises(InputError, match=rf"of the {len(rows)} training rows, {len(rows)} are of "):
        choose_shots(rows, rows[0], 1, seed=0)


def test_pages_of_another_corpus_are_other_pages():
    # Rows of a corpus without pages have fold 0, as those of the first page of ours.
    ours = next(row for row in ab.load_task("ner").all_rows() if row.fold == 0)
    theirs = [sentence(id=f"x#{n}", doc_id="x", tags=["B-PER"] * 5) for n in range(2)]
    assert set(choose_shots(theirs, ours, 2, seed=0)) == set(theirs)


def test_too_few_rows_are_refused_with_their_numbers():
    train = [pair(1, "agree"), pair(2, "agree", doc_id="b"), pair(3, "agree", doc_id="b")]
    with pytest.raises(InputError) as refusal:
        choose_shots(train, pair(9, None, doc_id="b"), 2, seed=0)
    assert str(refusal.value) == (
        "--shots 2: of the 3 training rows, 2 are of the document of row 'C9:b', which leaves 1 to "
        "show; give --shots 1 at most, or another --protocol or --train-task"
    )


def test_fewer_rows_than_none_are_a_mistake():
    train = [pair(n, "agree", doc_id="b") for n in range(3)]
    with pytest.raises(ValueError, match="-1"):
        choose_shots(train, pair(9, None), -1, seed=0)
