"""One-to-one matching of contents, and the F1 of two bags of words."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arnews_bench.metrics.matching import bag_f1, match_contents, overlap


def contents(*items):
    """Membership from strings such as `xx..`: x for a token that is in."""
    return np.array([[mark == "x" for mark in item] for item in items], dtype=bool)


def matched(gold, predicted, source_right=None):
    if source_right is None:
        source_right = np.ones((len(gold), len(predicted)), dtype=bool)
    found = match_contents(*overlap(gold, predicted), np.array(source_right))
    return list(zip(found.gold.tolist(), found.predicted.tolist(), strict=True))


def test_overlap_counts_shared_tokens_and_divides_by_the_tokens_of_either():
    shared, iou = overlap(contents("xxx...", "...xxx"), contents(".xxx..", "xxx..."))
    assert shared.tolist() == [[2, 3], [1, 0]]
    np.testing.assert_allclose(iou, [[2 / 4, 1.0], [1 / 5, 0.0]])


def test_the_overlap_of_two_empty_contents_is_zero():
    shared, iou = overlap(contents("..."), contents("..."))
    assert (shared.tolist(), iou.tolist()) == ([[0]], [[0]])


def test_each_gold_item_takes_the_prediction_that_shares_most():
    assert matched(contents("xxx...", "...xxx"), contents("..xxxx", "xx....")) == [(0, 1), (1, 0)]


def test_the_whole_matching_counts_not_the_best_single_pair():
    # Greedy would take 0-0 with 4 tokens and leave gold 1 alone; 3 + 3 tokens are more.
    gold, predicted = contents("xxxx...", "..xx..x"), contents("xxxx..x", "xxx....")
    assert matched(gold, predicted) == [(0, 1), (1, 0)]


def test_two_predictions_for_one_gold_item_match_once():
    assert matched(contents("xxxx"), contents("xx..", "xxx.")) == [(0, 1)]


def test_items_that_share_no_token_are_not_paired():
    assert matched(contents("xx..", "..x."), contents("...x", "xx..")) == [(0, 1)]


def test_of_equal_overlaps_the_larger_iou_is_taken():
    # The inner content shares its two tokens with the outer one as much as with itself.
    assert matched(contents("xxxxxx", "..xx.."), contents("..xx..")) == [(1, 0)]
    assert matched(contents("..xx.."), contents("xxxxxx", "..xx..")) == [(0, 1)]


@pytest.mark.parametrize("right", [0, 1])
def test_of_equal_contents_the_one_with_the_right_source_is_taken(right):
    sources = [[number == right for number in range(2)]]
    assert matched(contents("xx"), contents("xx", "xx"), sources) == [(0, right)]
    assert matched(contents("xx", "xx"), contents("xx"), np.transpose(sources)) == [(right, 0)]


def test_overlap_weighs_more_than_iou_and_iou_more_than_the_source():
    # Three shared tokens of twelve before two of three; two of three before two of four.
    assert matched(contents("xxx........."), contents("xxxxxxxxxxxx", "xx..........")) == [(0, 0)]
    assert matched(contents("xx...."), contents("xxx...", "xxxx.."), [[False, True]]) == [(0, 0)]


@pytest.mark.parametrize(("n_gold", "n_predicted"), [(0, 0), (2, 0), (0, 2)])
def test_nothing_matches_nothing(n_gold, n_predicted):
    nothing = np.zeros((n_gold, n_predicted))
    found = match_contents(nothing, nothing, nothing > 0)
    assert [len(part) for part in found] == [0, 0, 0, 0]


@st.composite
def memberships(draw):
    tokens = draw(st.integers(1, 6))

    def side():
        row = st.lists(st.booleans(), min_size=tokens, max_size=tokens)
        return np.array(draw(st.lists(row, min_size=1, max_size=4)), dtype=bool)

    gold, predicted = side(), side()
    cells = len(gold) * len(predicted)
    sources = draw(st.lists(st.booleans(), min_size=cells, max_size=cells))
    return gold, predicted, np.array(sources).reshape(len(gold), len(predicted))


def every_matching(n_gold, n_predicted):
    """All one-to-one matchings of the smaller side into the larger, as lists of pairs."""
    if n_gold <= n_predicted:
        for chosen in permutations(range(n_predicted), n_gold):
            yield list(enumerate(chosen))
    else:
        for chosen in permutations(range(n_gold), n_predicted):
            yield [(g, p) for p, g in enumerate(chosen)]


@settings(max_examples=500)
@given(memberships())
def test_no_one_to_one_matching_shares_more_tokens_nor_as_many_with_more_iou(case):
    gold, predicted, source_right = case
    found = match_contents(*overlap(gold, predicted), source_right)

    def shared_and_iou(pairs):
        common = [(gold[g] & predicted[p]).sum() for g, p in pairs]
        either = [max((gold[g] | predicted[p]).sum(), 1) for g, p in pairs]
        return int(sum(common)), round(sum(np.divide(common, either)), 9)

    best = max(map(shared_and_iou, every_matching(len(gold), len(predicted))))
    pairs = list(zip(found.gold.tolist(), found.predicted.tolist(), strict=True))
    assert shared_and_iou(pairs) == best
    assert len({g for g, _ in pairs}) == len({p for _, p in pairs}) == len(pairs)
    assert pairs == sorted(pairs)
    for (g, p), shared, iou in zip(pairs, found.shared, found.iou, strict=True):
        assert shared == (gold[g] & predicted[p]).sum() > 0
        assert iou == pytest.approx(shared / (gold[g] | predicted[p]).sum())


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], 1.0),
        pytest.param([1, 2], [2, 1], 1.0, id="order does not matter"),
        pytest.param([1, 2, 3], [3, 4], 0.4, id="one of five twice"),
        pytest.param([1, 1, 2], [1, 2, 2], 2 / 3, id="a word counts as often as both have it"),
        pytest.param([1, 1, 1, 2], [1, 1, 3], 4 / 7, id="twice if both have it twice"),
        pytest.param([1], [2], 0.0, id="nothing in common"),
        pytest.param([], [2], 0.0, id="one bag empty"),
        pytest.param([], [], 0.0, id="both bags empty"),
    ],
)
def test_bags_are_compared_by_the_words_they_have_in_common(first, second, expected):
    bags = [membership(bag) for bag in (first, second)]
    assert bag_f1(*bags) == pytest.approx(expected)
    assert bag_f1(*bags[::-1]) == pytest.approx(expected)


def membership(bag):
    """A bag of the words 1 to 4: each word may be there three times."""
    words = [(word, number) for word in (1, 2, 3, 4) for number in range(3)]
    counts = Counter(bag)
    return np.array([[number < counts[word] for word, number in words]])


def test_every_bag_is_compared_with_every_other():
    first = np.concatenate([membership([1, 2]), membership([3]), membership([])])
    second = np.concatenate([membership([2, 3]), membership([1, 2])])
    np.testing.assert_allclose(bag_f1(first, second), [[1 / 2, 1], [2 / 3, 0], [0, 0]])
