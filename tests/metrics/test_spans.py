"""Decoding of IOB2 tags and strict matching of the spans found."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from seqeval.metrics.v1 import precision_recall_fscore_support
from seqeval.scheme import IOB2

from arnews_bench.metrics.fscore import f1, macro, ratio
from arnews_bench.metrics.spans import (
    count_tags,
    decode_iob2,
    largest_matching,
    match_spans,
    same_spans,
)

TYPES = ("LOC", "MISC", "ORG", "PER")
TAGS = ("O", *(f"{prefix}-{name}" for name in TYPES for prefix in "BI"))


def spans_of(*sentences):
    """The spans of sentences of tags as (start, end, type), counted over all tokens."""
    codes = np.array([TAGS.index(tag) for sentence in sentences for tag in sentence], dtype=int)
    lengths = np.array([len(sentence) for sentence in sentences], dtype=int)
    found = decode_iob2(codes, np.cumsum(lengths) - lengths)
    return [(int(s), int(e), TYPES[t]) for s, e, t in zip(*found, strict=True)]


def tags_of(text):
    return text.split()


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param("B-PER I-PER O B-LOC", [(0, 2, "PER"), (3, 4, "LOC")], id="B takes its I"),
        pytest.param("O I-PER I-PER O", [], id="orphan I is nothing"),
        pytest.param("I-PER", [], id="orphan I at the start of the sentence is nothing"),
        pytest.param("B-PER I-PER I-ORG", [(0, 2, "PER")], id="I of another type ends the entity"),
        pytest.param("B-PER I-ORG I-PER", [(0, 1, "PER")], id="after another type it stays ended"),
        pytest.param("B-ORG B-ORG", [(0, 1, "ORG"), (1, 2, "ORG")], id="B after B begins anew"),
        pytest.param("B-ORG I-ORG B-LOC", [(0, 2, "ORG"), (2, 3, "LOC")], id="B ends the one open"),
        pytest.param("B-PER O I-PER", [(0, 1, "PER")], id="O ends the entity for good"),
        pytest.param("O B-MISC I-MISC", [(1, 3, "MISC")], id="entity at the end of the sentence"),
        pytest.param("O O", [], id="no entity"),
    ],
)
def test_an_entity_is_a_b_tag_and_the_i_tags_of_its_type_that_follow(tags, expected):
    assert spans_of(tags_of(tags)) == expected


def test_an_entity_never_crosses_the_end_of_a_sentence():
    assert spans_of(tags_of("O B-PER"), tags_of("I-PER O")) == [(1, 2, "PER")]


def test_an_entity_at_the_end_of_a_sentence_does_not_join_the_next_one():
    first, second = tags_of("B-LOC I-LOC"), tags_of("B-LOC I-LOC I-LOC")
    assert spans_of(first, second) == [(0, 2, "LOC"), (2, 5, "LOC")]


@pytest.mark.parametrize("sentences", [[], [[]], [[], ["B-PER", "I-PER"], []]])
def test_sentences_without_tokens_are_passed_over(sentences):
    expected = [(0, 2, "PER")] if any(sentences) else []
    assert spans_of(*sentences) == expected


def spans_array(*spans):
    return np.array(spans, dtype=int).reshape(-1, 5)


def test_a_span_is_right_if_sentence_bounds_and_type_are():
    gold = spans_array((0, 0, 2, 5, 1), (0, 0, 7, 9, 0), (1, 1, 0, 3, 0))
    predicted = spans_array(
        (0, 0, 2, 5, 1),  # right
        (0, 0, 7, 9, 1),  # wrong type
        (0, 0, 7, 8, 0),  # wrong end
        (1, 1, 1, 3, 0),  # wrong start
        (1, 2, 0, 3, 0),  # wrong sentence
    )
    counts = match_spans(gold, predicted, n_documents=2, n_types=2)
    assert counts.matched.tolist() == [[0, 1], [0, 0]]
    assert counts.gold.tolist() == [[1, 1], [1, 0]]
    assert counts.predicted.tolist() == [[1, 2], [2, 0]]


def test_a_span_predicted_twice_matches_once_and_counts_as_two():
    span = (0, 0, 2, 5, 0)
    counts = match_spans(spans_array(span), spans_array(span, span), n_documents=1, n_types=1)
    assert (counts.matched, counts.gold, counts.predicted) == ([[1]], [[1]], [[2]])


@pytest.mark.parametrize(("gold", "predicted"), [(0, 0), (1, 0), (0, 1)])
def test_either_side_may_be_empty(gold, predicted):
    span = (0, 0, 2, 5, 0)
    counts = match_spans(
        spans_array(*[span] * gold), spans_array(*[span] * predicted), n_documents=1, n_types=1
    )
    assert (counts.matched, counts.gold, counts.predicted) == ([[0]], [[gold]], [[predicted]])


def test_numbers_too_large_for_one_integer_are_still_told_apart():
    far = 2**40
    gold = spans_array((0, far, far, far + 2, 1), (0, far, far + 3, far + 5, 1))
    predicted = spans_array((0, far, far, far + 2, 1), (0, far + 1, far + 3, far + 5, 1))
    ours, theirs = same_spans(gold, predicted)
    assert (ours.tolist(), theirs.tolist()) == ([True, False], [True, False])


def test_the_largest_matching_is_found_whatever_the_order_of_the_pairs():
    # 0 fits a and b, 1 fits a alone: who gives a to 0 leaves 1 without a partner. 2 fits nothing.
    for pairs in ([(0, 0), (0, 1), (1, 0)], [(1, 0), (0, 1), (0, 0)]):
        matched = largest_matching(*np.array(pairs).T, n_gold=3)
        assert matched.tolist() == [True, True, False]


def test_a_predicted_item_is_matched_once():
    assert largest_matching(np.array([0, 1]), np.array([0, 0]), n_gold=2).sum() == 1


def test_without_pairs_nothing_is_matched():
    none = np.zeros(0, dtype=int)
    assert largest_matching(none, none, n_gold=2).tolist() == [False, False]


def made_valid(tags):
    """The same tags, but an I that continues nothing becomes a B."""
    valid = []
    for tag in tags:
        before = valid[-1] if valid else "O"
        orphan = tag[0] == "I" and before[1:] != tag[1:]
        valid.append("B" + tag[1:] if orphan else tag)
    return valid


@st.composite
def sentence_pairs(draw):
    """Gold and predicted tags of a sentence, valid or not; the prediction copies a part."""
    size = draw(st.integers(1, 9))
    tag = st.sampled_from(TAGS)
    gold = draw(st.lists(tag, min_size=size, max_size=size))
    other = draw(st.lists(st.none() | tag, min_size=size, max_size=size))
    predicted = [new or old for old, new in zip(gold, other, strict=True)]
    repair = draw(st.sampled_from(["gold", "both", "none"]))
    return (
        gold if repair == "none" else made_valid(gold),
        made_valid(predicted) if repair == "both" else predicted,
    )


@settings(max_examples=200)
@given(st.lists(sentence_pairs(), min_size=1, max_size=5))
def test_counts_and_scores_are_those_of_seqeval_in_strict_iob2(pairs):
    gold, predicted = ([list(tags) for tags in side] for side in zip(*pairs, strict=True))
    ours = [spans_of(*side) for side in (gold, predicted)]
    assume(any(ours))
    arrays = [spans_array(*[(0, 0, s, e, TYPES.index(t)) for s, e, t in side]) for side in ours]
    counts = match_spans(*arrays, n_documents=1, n_types=len(TYPES))
    codes = [
        np.array([TAGS.index(tag) for tags in side for tag in tags]) for side in (gold, predicted)
    ]
    lengths = np.array([len(tags) for tags in gold])
    from_tags = count_tags(*codes, np.cumsum(lengths) - lengths, n_types=len(TYPES))
    for tallied, counted in zip(counts, from_tags, strict=True):
        np.testing.assert_array_equal(tallied[0], counted)
    present = (counts.gold + counts.predicted)[0] > 0

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = {
            average: precision_recall_fscore_support(
                gold, predicted, average=average, scheme=IOB2, zero_division=0
            )
            for average in (None, "micro", "macro")
        }

    by_type = [np.array(values) for values in theirs[None]]
    np.testing.assert_array_equal(by_type[3], counts.gold[0][present])
    # A quotient without a denominator is NaN here and 0 in seqeval.
    precision, recall, score = (
        np.nan_to_num(values[0][present])
        for values in (
            ratio(counts.matched, counts.predicted),
            ratio(counts.matched, counts.gold),
            f1(*counts),
        )
    )
    np.testing.assert_array_equal(by_type[0], precision)
    np.testing.assert_array_equal(by_type[1], recall)
    # seqeval divides three times, we once: the last bits of a float may differ.
    np.testing.assert_allclose(by_type[2], score, rtol=1e-14)
    totals = [kind.sum() for kind in counts]
    assert theirs["micro"][2] == pytest.approx(f1(*totals), rel=1e-14)
    assert theirs["macro"][2] == pytest.approx(macro(f1(*counts))[0], rel=1e-14)
    assert theirs["micro"][3] == totals[1]
