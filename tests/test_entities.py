"""The coarse view of nested entities, and its tags."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arnews_bench.entities import COARSE_OF, TypedSpan, coarse_view, iob2_tags
from arnews_bench.metrics.spans import decode_iob2
from arnews_bench.schema import COARSE_TYPES, ENTITY_TYPES, NER_TAGS
from arnews_bench.text import token_spans

spans = st.builds(
    lambda start, length, type_: TypedSpan(start, start + length, type_),
    st.integers(0, 20),
    st.integers(1, 8),
    st.sampled_from([*ENTITY_TYPES, *COARSE_TYPES]),
)
random_spans = settings(max_examples=150)


@pytest.mark.parametrize(
    ("coarse", "fine"),
    [
        ("PER", {"PERS", "PER"}),
        ("ORG", {"ORG"}),
        ("LOC", {"GPE", "LOC", "FAC"}),
        ("MISC", {"NORP", "EVENT", "LAW", "PRODUCT", "LANGUAGE", "WEBSITE", "CURR", "MISC"}),
    ],
)
def test_each_coarse_type_stands_for_these(coarse, fine):
    assert {name for name, found in COARSE_OF.items() if found == coarse} == fine


@pytest.mark.parametrize(
    "name",
    ["OCC", "DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "CARDINAL", "ORDINAL", "UNIT"],
)
def test_posts_and_values_have_no_coarse_type(name):
    assert coarse_view([TypedSpan(0, 4, name)]) == []


def test_inside_a_post_the_nationality_appears():
    # وزير الخارجية الروسي سيرغي لافروف
    nested = [TypedSpan(0, 20, "OCC"), TypedSpan(14, 20, "NORP"), TypedSpan(21, 33, "PERS")]
    assert coarse_view(nested) == [TypedSpan(14, 20, "MISC"), TypedSpan(21, 33, "PER")]


def test_the_longest_of_nested_spans_stays():
    # شرق أوكرانيا, حلف شمال الأطلسي
    nested = [
        TypedSpan(4, 12, "GPE"),
        TypedSpan(0, 12, "LOC"),
        TypedSpan(13, 30, "ORG"),
        TypedSpan(17, 30, "LOC"),
    ]
    assert coarse_view(nested) == [TypedSpan(0, 12, "LOC"), TypedSpan(13, 30, "ORG")]


def test_an_organisation_inside_a_longer_event_goes():
    # قمة الناتو
    assert coarse_view([TypedSpan(4, 10, "ORG"), TypedSpan(0, 10, "EVENT")]) == [
        TypedSpan(0, 10, "MISC")
    ]


def test_of_overlapping_spans_of_one_length_the_earlier_stays():
    assert coarse_view([TypedSpan(2, 6, "GPE"), TypedSpan(0, 4, "ORG")]) == [TypedSpan(0, 4, "ORG")]


def test_a_span_that_lost_frees_its_place_for_a_shorter_one():
    # [0, 6) beats [4, 9); [7, 9) overlapped only the loser.
    crossing = [TypedSpan(0, 6, "ORG"), TypedSpan(4, 9, "GPE"), TypedSpan(7, 9, "NORP")]
    assert coarse_view(crossing) == [TypedSpan(0, 6, "ORG"), TypedSpan(7, 9, "MISC")]


def test_spans_that_touch_both_stay_in_order():
    assert coarse_view([TypedSpan(3, 5, "ORG"), TypedSpan(0, 3, "GPE")]) == [
        TypedSpan(0, 3, "LOC"),
        TypedSpan(3, 5, "ORG"),
    ]


def test_coarse_types_stand_for_themselves():
    flat = [TypedSpan(0, 3, "PER"), TypedSpan(4, 8, "MISC")]
    assert coarse_view(flat) == flat


def test_tags_begin_at_the_first_token_and_go_on_inside():
    text = "قال أندرو بيتس لروسيا: لا"
    tagged = [TypedSpan(4, 14, "PER"), TypedSpan(15, 21, "LOC")]
    assert iob2_tags(tagged, token_spans(text)) == ["O", "B-PER", "I-PER", "B-LOC", "O", "O"]


def test_a_quotation_mark_inside_a_name_is_inside():
    text = "وكالة «رويترز» للأنباء"
    tags = ["B-ORG", "I-ORG", "I-ORG", "I-ORG", "I-ORG"]
    assert iob2_tags([TypedSpan(0, 22, "ORG")], token_spans(text)) == tags


def test_neighbours_of_one_type_each_have_a_beginning():
    tagged = [TypedSpan(0, 5, "LOC"), TypedSpan(6, 10, "LOC")]
    assert iob2_tags(tagged, token_spans("موسكو كييف")) == ["B-LOC", "B-LOC"]


@random_spans
@given(st.lists(spans, max_size=12))
def test_the_coarse_view_never_overlaps_and_is_ordered(nested):
    view = coarse_view(nested)
    assert all(left.end <= right.start for left, right in pairwise(view))
    assert all(span.type in COARSE_TYPES for span in view)


@random_spans
@given(st.lists(spans, max_size=12))
def test_what_is_left_out_overlaps_something_at_least_as_long(nested):
    view = coarse_view(nested)
    for span in nested:
        if span.type in COARSE_OF:
            rivals = [kept for kept in view if kept.start < span.end and span.start < kept.end]
            assert any(kept.end - kept.start >= span.end - span.start for kept in rivals)


@random_spans
@given(st.lists(spans, max_size=12))
def test_a_coarse_view_is_its_own_coarse_view(nested):
    assert coarse_view(coarse_view(nested)) == coarse_view(nested)


@random_spans
@given(st.lists(spans, max_size=12))
def test_tags_decode_to_the_spans_that_they_were_made_of(nested):
    view = coarse_view(nested)
    tokens = [(start, start + 1) for start in range(30)]
    codes = np.array([NER_TAGS.index(tag) for tag in iob2_tags(view, tokens)])
    found = decode_iob2(codes, np.array([0]))
    decoded = [
        TypedSpan(tokens[start][0], tokens[end - 1][1], COARSE_TYPES[type_])
        for start, end, type_ in zip(found.start, found.end, found.type, strict=True)
    ]
    assert decoded == view
