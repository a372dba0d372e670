"""Errors of entity recognition: each kind worked by hand on one short sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arnews_bench import NER_TAGS, NerPrediction, NerRow, token_spans
from arnews_bench.analysis import KINDS, analyse
from arnews_bench.analysis.ner import pair_spans
from arnews_bench.entities import TypedSpan
from arnews_bench.schema import PredictedEntity
from arnews_bench.scoring import SCORERS

# Seven tokens; the gold is PER on two of them and LOC on one.
TEXT = "وصل سيرغي لافروف أمس إلى موسكو اليوم"
GOLD = ("O", "B-PER", "I-PER", "O", "O", "B-LOC", "O")


def row(tags=GOLD, text=TEXT, row_id="000-a#0"):
    spans = token_spans(text)
    return NerRow(
        id=row_id,
        doc_id=row_id.partition("#")[0],
        start=0,
        text=text,
        tokens=tuple(text[start:end] for start, end in spans),
        token_spans=tuple((start, end) for start, end in spans),
        ner_tags=tuple(tags),
        entities=(),
        fold=0,
    )


def errors(*tags, gold=GOLD):
    """What is wrong with a tag list: kind, gold, predicted (each with its type)."""
    found = analyse("ner", [row(gold)], [NerPrediction(id="000-a#0", tags=tags)])
    return [
        (kind.name, side(case, "gold"), side(case, "predicted"))
        for kind in found.kinds
        for case in kind.cases
    ]


def side(case, name):
    entity, kind = (getattr(field, name) for field in case.fields)
    return None if entity is None else f"{entity} {kind}"


PERSON, PLACE = "سيرغي لافروف PER", "موسكو LOC"

CASES = {
    "nothing is wrong": (GOLD, []),
    "missed": (("O", "B-PER", "I-PER", "O", "O", "O", "O"), [("missed", PLACE, None)]),
    "invented": (
        ("O", "B-PER", "I-PER", "O", "O", "B-LOC", "B-MISC"),
        [("invented", None, "اليوم MISC")],
    ),
    "boundary": (
        ("O", "B-PER", "O", "O", "O", "B-LOC", "O"),
        [("boundary", PERSON, "سيرغي PER")],
    ),
    "type": (
        ("O", "B-PER", "I-PER", "O", "O", "B-ORG", "O"),
        [("type", PLACE, "موسكو ORG")],
    ),
    "type and bounds": (
        ("O", "B-ORG", "O", "O", "O", "B-LOC", "O"),
        [("both", PERSON, "سيرغي ORG")],
    ),
    # The pieces are one boundary error and one span too many, not two boundary errors.
    "a gold entity in two pieces": (
        ("O", "B-PER", "B-PER", "O", "O", "B-LOC", "O"),
        [("boundary", PERSON, "لافروف PER"), ("surplus", None, "سيرغي PER")],
    ),
    # The piece of the right type is paired, though the other one comes first.
    "two pieces of different types": (
        ("O", "B-ORG", "B-PER", "O", "O", "B-LOC", "O"),
        [("boundary", PERSON, "لافروف PER"), ("surplus", None, "سيرغي ORG")],
    ),
    # One span over both gold entities is paired with one of them; the other one is missed.
    "two gold entities in one span": (
        ("O", "B-LOC", "I-LOC", "I-LOC", "I-LOC", "I-LOC", "O"),
        [("missed", PERSON, None), ("boundary", PLACE, "سيرغي لافروف أمس إلى موسكو LOC")],
    ),
    # Strict IOB2: an I tag without a beginning is nothing.
    "an orphan tag": (("O", "I-PER", "I-PER", "O", "O", "B-LOC", "O"), [("missed", PERSON, None)]),
}


@pytest.mark.parametrize(("tags", "expected"), CASES.values(), ids=list(CASES))
def test_each_kind_of_error(tags, expected):
    assert errors(*tags) == expected


def test_the_pair_that_shares_most_is_taken_and_the_earlier_one_on_a_tie():
    gold = [TypedSpan(0, 10, "PER")]
    assert pair_spans(gold, [TypedSpan(0, 3, "PER"), TypedSpan(4, 10, "PER")]) == [(0, 1)]
    assert pair_spans(gold, [TypedSpan(0, 4, "PER"), TypedSpan(6, 10, "PER")]) == [(0, 0)]
    assert pair_spans(gold, [TypedSpan(10, 12, "PER")]) == []


def test_fine_types_are_compared_in_the_coarse_view_as_in_scoring():
    place = TEXT.index("موسكو")
    entities = (
        PredictedEntity(start=place, end=place + 5, type="GPE"),
        PredictedEntity(start=TEXT.index("أمس"), end=TEXT.index("أمس") + 3, type="DATE"),
    )
    found = analyse("ner", [row()], [NerPrediction(id="000-a#0", entities=entities)])
    assert (found.gold, found.predicted, found.right) == (2, 1, 1)
    assert [kind.name for kind in found.kinds if kind.count] == ["missed"]


def test_a_string_that_the_text_does_not_hold_is_a_kind_of_its_own():
    entities = (
        PredictedEntity(text="موسكو", type="GPE"),
        PredictedEntity(text="سيرجي", type="PERS"),  # another spelling: not the same letters
        PredictedEntity(text="سيرغى", type="PERS"),
        PredictedEntity(text="بوتين", type="PERS"),
        PredictedEntity(text="غداً", type="DATE"),  # outside the coarse view
    )
    rows, answers = [row()], [NerPrediction(id="000-a#0", entities=entities)]
    found = analyse("ner", rows, answers)
    kinds = {kind.name: kind for kind in found.kinds if kind.count}
    assert {name: kind.count for name, kind in kinds.items()} == {"missed": 1, "not-in-text": 3}
    lost = kinds["not-in-text"].cases
    assert [(side(case, "predicted"), case.note.split(":")[0]) for case in lost] == [
        ("سيرجي PER", "invented"),
        ("سيرغى PER", "there in another spelling, or taken by another answer"),
        ("بوتين PER", "invented"),
    ]
    near = lost[1].spans
    assert [TEXT[span.start : span.end] for span in near] == ["سيرغي"]
    assert (found.gold, found.predicted, found.right) == (2, 4, 1)
    counts = SCORERS["ner"].tally(rows, answers)
    total = dict(zip(counts.columns, counts.values.sum(axis=0).tolist(), strict=True))
    assert total["PER.predicted"] + total["LOC.predicted"] == 4


def test_a_case_says_where_it_stands_and_what_to_mark():
    found = analyse(
        "ner", [row()], [NerPrediction(id="000-a#0", tags=("O", "B-ORG", "O", *GOLD[3:]))]
    )
    (case,) = next(kind.cases for kind in found.kinds if kind.name == "both")
    assert (case.row_id, case.doc_id, case.group) == ("000-a#0", "000-a", "PER")
    assert [(p.start, p.text) for p in case.passages] == [(0, TEXT)]
    assert [(s.side, TEXT[s.start : s.end], s.type) for s in case.spans] == [
        ("gold", "سيرغي لافروف", "PER"),
        ("predicted", "سيرغي", "ORG"),
    ]
    assert [(field.name, field.differs) for field in case.fields] == [
        ("entity", True),
        ("type", True),
    ]


def test_counts_are_split_by_the_gold_type_and_for_what_is_invented_by_the_predicted_one():
    found = analyse("ner", [row()], [NerPrediction(id="000-a#0", tags=("B-ORG", *"OOOOOO"))])
    groups = {kind.name: kind.groups for kind in found.kinds if kind.count}
    assert groups == {
        "missed": {"PER": 1, "ORG": 0, "LOC": 1},
        "invented": {"PER": 0, "ORG": 1, "LOC": 0},
    }
    assert found.groups == ("PER", "ORG", "LOC")


tag_lists = st.lists(st.sampled_from(NER_TAGS), min_size=7, max_size=7)


@settings(max_examples=200)
@given(st.lists(st.tuples(tag_lists, tag_lists), min_size=1, max_size=3))
def test_counts_add_up_with_those_of_scoring_for_any_tags(sentences):
    rows = [row(gold, row_id=f"000-a#{n}") for n, (gold, _) in enumerate(sentences)]
    answers = [
        NerPrediction(id=f"000-a#{n}", tags=tuple(tags)) for n, (_, tags) in enumerate(sentences)
    ]
    found = analyse("ner", rows, answers)
    counts = SCORERS["ner"].tally(rows, answers)
    total = dict(zip(counts.columns, counts.values.sum(axis=0).tolist(), strict=True))
    for kind, value in (
        ("matched", found.right),
        ("gold", found.gold),
        ("predicted", found.predicted),
    ):
        types = ("PER", "ORG", "LOC", "MISC")
        assert sum(total[f"{name}.{kind}"] for name in types) == value
    assert sum(kind.count for kind in found.costing("recall")) == found.gold - found.right
    assert sum(kind.count for kind in found.costing("precision")) == found.predicted - found.right


def test_cases_stand_in_the_order_of_the_text():
    found = analyse("ner", [row()], [NerPrediction(id="000-a#0", tags=("O",) * 7)])
    missed = found.kinds[0]
    assert [case.fields[0].gold for case in missed.cases] == ["سيرغي لافروف", "موسكو"]


def test_narrowing_drops_cases_and_keeps_counts():
    found = analyse("ner", [row()], [NerPrediction(id="000-a#0", tags=("B-ORG", *"OOOOOO"))])
    narrowed = found.narrowed(["missed"], limit=1)
    assert [(kind.count, len(kind.cases)) for kind in narrowed.kinds[:2]] == [(2, 1), (1, 0)]
    assert narrowed.kinds[0].cases == found.kinds[0].cases[:1]
    assert found.narrowed() == found


def test_every_kind_is_there_even_without_a_case():
    found = analyse("ner", [row()], [NerPrediction(id="000-a#0", tags=GOLD)])
    assert [kind.name for kind in found.kinds] == [kind.name for kind in KINDS["ner"]]
    assert {kind.count for kind in found.kinds} == {0}
    assert found.groups == ()
