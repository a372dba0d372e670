"""Where predicted entities stand: worked cases of placing, and of names that are the same."""

import pytest

from arnews_bench.entities import TypedSpan
from arnews_bench.schema import NerRow, PredictedEntity
from arnews_bench.scoring.mentions import (
    PlacedRow,
    coarse_spans,
    flat_mentions,
    place_entities,
    same_name,
)
from arnews_bench.text import Span, name_tokens, token_spans


def row(text):
    spans = tuple(tuple(span) for span in token_spans(text))
    return NerRow(
        id="000-a#0", doc_id="000-a", start=0, text=text,
        tokens=tuple(text[start:end] for start, end in spans), token_spans=spans,
        ner_tags=("O",) * len(spans), entities=(), fold=0,
    )  # fmt: skip


def string(text, name="GPE"):
    return PredictedEntity(text=text, type=name)


def offsets(start, end, name="GPE"):
    return PredictedEntity(start=start, end=end, type=name)


def placed(text, *entities):
    """What is found strictly and tolerantly, as strings of the text, and what is invented."""
    return [
        (
            m.span and text[m.span.start : m.span.end],
            m.near and text[m.near.start : m.near.end],
            m.invented,
        )
        for m in place_entities(row(text), entities)
    ]


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("زار مصر", "مصر", ("مصر", "مصر", False)),
        ("زار مصر", " مصر ", ("مصر", "مصر", False)),
        ("زار سيرغي لافروف مصر", "سيرغي لافروف", ("سيرغي لافروف", "سيرغي لافروف", False)),
        ("زار وقطر", "قطر", (None, "وقطر", False)),
        ("زار مُحَمَّد", "محمد", (None, "مُحَمَّد", False)),
        ("زار أحمد", "احمد", (None, "أحمد", False)),
        ("زار وزارة الدفاع", "بوزارة الدفاع", (None, "وزارة الدفاع", False)),
        ("قال «قطر»", "«قطر»", ("«قطر»", "«قطر»", False)),
        ("قال «قطر»", "'قطر'", (None, "قطر", False)),
        ("زار مصرف", "مصر", (None, None, True)),
        ("سلم عليه", "علي", (None, None, True)),
        ("زار بي.بي.سي", "بي", (None, None, True)),
        ("نحو 5 % منهم", "%", ("%", "%", False)),
        ("نحو 5 % منهم", "@", (None, None, True)),
    ],
)
def test_where_a_string_stands(text, answer, expected):
    assert placed(text, string(answer)) == [expected]


def test_a_string_takes_the_first_place_that_is_free():
    text = "مصر ثم مصر"
    found = place_entities(row(text), [string("مصر"), string("مصر"), string("مصر")])
    assert [m.span for m in found] == [(0, 3), (7, 10), None]
    assert [m.invented for m in found] == [False] * 3


def test_offsets_are_placed_before_strings():
    found = place_entities(row("مصر ثم مصر"), [string("مصر"), offsets(0, 3)])
    assert [m.span for m in found] == [(7, 10), (0, 3)]


def test_strings_are_placed_letter_for_letter_before_tolerantly():
    found = place_entities(row("وقطر ثم قطر"), [string("قطر"), string("قطر")])
    assert [(m.span, m.near) for m in found] == [((8, 11), (8, 11)), (None, (0, 4))]
    found = place_entities(row("قطر"), [string("وقطر"), string("قطر")])
    assert [(m.span, m.near) for m in found] == [(None, None), ((0, 3), (0, 3))]


def test_one_place_may_have_two_types_if_there_is_no_other():
    found = place_entities(row("في مصر"), [string("مصر", "GPE"), string("مصر", "ORG")])
    assert [m.span for m in found] == [(3, 6), (3, 6)]
    found = place_entities(row("مصر ثم مصر"), [string("مصر", "GPE"), string("مصر", "ORG")])
    assert [m.span for m in found] == [(0, 3), (7, 10)]


def test_occurrences_may_overlap():
    text = row("لا لا لا")
    assert list(PlacedRow(text).occurrences("لا لا")) == [(0, 5), (3, 8)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (4, 8, "وقطر"),  # the token
        (5, 8, "وقطر"),  # without its proclitic
        (3, 9, "وقطر"),  # with spaces
        (4, 11, "وقطر"),  # with punctuation
        (4, 7, None),  # without its last letter
        (6, 8, None),  # from inside the word
        (10, 11, None),  # punctuation alone
        (1, 8, None),  # `ار` is not `زار`
        (5, 16, "وقطر ، أمس"),  # punctuation inside stays
    ],
)
def test_the_tokens_that_offsets_mean(start, end, expected):
    text = "زار وقطر  ، أمس"
    found = PlacedRow(row(text)).snapped(Span(start, min(end, len(text))))
    assert (found and " ".join(text[found.start : found.end].split())) == expected


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("قطر", "قطر", True),
        ("وقطر", "قطر", True),
        ("وبقطر", "قطر", True),
        ("للعراق", "العراق", True),
        ("العراق", "عراق", True),
        ("مُحَمَّد", "محمد", True),
        ("مـحمد", "محمد", True),
        ("فلسطين المحتلة", "فلسطين المحتله", True),
        ("لقطر", "وقطر", False),
        ("علي", "عليه", False),
        ("كتاب", "كتابه", False),
        ("محمد علي", "محمد وعلي", False),
        ("محمد", "محمد علي", False),
        ("", "", False),
    ],
)
def test_names_that_are_the_same_but_for_spelling_and_proclitics(a, b, same):
    assert same_name(name_tokens(a), name_tokens(b)) is same
    assert same_name(name_tokens(b), name_tokens(a)) is same


def test_the_flat_views_keep_the_longest_of_what_overlaps():
    text = row("وزارة الخارجية القطرية")
    nested = [("وزارة الخارجية القطرية", "ORG"), ("القطرية", "NORP"), ("كذا", "PERS")]
    found = place_entities(text, [string(*entity) for entity in nested])
    assert coarse_spans(found) == [TypedSpan(0, 22, "ORG")]
    assert [(m.type, m.near) for m in flat_mentions(found)] == [("ORG", (0, 22)), ("PER", None)]


def test_a_type_without_a_coarse_one_is_in_no_flat_view():
    found = place_entities(row("أمس"), [string("أمس", "DATE"), string("غدا", "DATE")])
    assert coarse_spans(found) == []
    assert flat_mentions(found) == []
