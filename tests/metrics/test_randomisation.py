"""Approximate randomisation: every exchange where they are few, drawn ones where they are many."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from arnews_bench.metrics import randomisation
from arnews_bench.metrics.fscore import f1, ratio
from arnews_bench.metrics.randomisation import randomisation_test


def mean(sums):
    """The mean of what stands in the first column, over as many as the second says."""
    return ratio(sums[..., 0], sums[..., 1])


def micro_f1(sums):
    return f1(sums[..., 0], sums[..., 1], sums[..., 2])


def counted(values):
    return np.array([(value, 1) for value in values])


def test_the_p_of_four_documents_is_that_of_their_sixteen_exchanges():
    # They differ by 2, 1, 2, -1: 4 in all. Of the 16 ways to set the signs of 2, 1, 2, 1, the sum
    # is 6 or -6 once each, 4 or -4 twice each, and nearer to zero in the other 10.
    found = randomisation_test(counted([3, 1, 2, 2]), counted([1, 0, 0, 3]), mean)
    assert found == (6 / 16, True)


def test_four_documents_that_all_speak_for_one_system_have_the_smallest_p_there_is():
    assert randomisation_test(counted([2, 2, 2, 2]), counted([1, 1, 1, 1]), mean).p == 2 / 16


def test_the_micro_f1_of_four_documents_agrees_with_fractions():
    first = [(8, 10, 11), (2, 3, 4), (5, 20, 6), (1, 1, 2)]
    second = [(6, 10, 9), (2, 3, 3), (7, 20, 30), (0, 1, 1)]

    def exact_f1(documents):
        matched, gold, predicted = map(sum, zip(*documents, strict=True))
        return Fraction(2 * matched, gold + predicted)

    def difference(swaps):
        pairs = [(b, a) if s else (a, b) for a, b, s in zip(first, second, swaps, strict=True)]
        return abs(exact_f1([a for a, _ in pairs]) - exact_f1([b for _, b in pairs]))

    observed = difference([0] * 4)
    extreme = sum(difference(swaps) >= observed for swaps in product([0, 1], repeat=4))
    found = randomisation_test(np.array(first), np.array(second), micro_f1)
    assert found == (extreme / 16, True)


@given(st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=2, max_size=8))
def test_the_p_of_a_mean_is_that_of_scipys_paired_permutation_test(pairs):
    first, second = (np.array(values) for values in zip(*pairs, strict=True))
    expected = permutation_test(
        (first, second),
        lambda x, y, axis: x.mean(axis=axis) - y.mean(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,
    )
    found = randomisation_test(counted(first), counted(second), mean)
    assert found.exact
    assert found.p == pytest.approx(expected.pvalue, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
def test_the_test_has_no_sides(pairs):
    first, second = (counted(values) for values in zip(*pairs, strict=True))
    assert randomisation_test(first, second, mean) == randomisation_test(second, first, mean)


def test_documents_on_which_the_counts_are_equal_do_not_matter():
    first, second = counted([3, 1, 2, 2]), counted([1, 0, 0, 3])
    same = counted(range(40))
    found = randomisation_test(np.concatenate([first, same]), np.concatenate([second, same]), mean)
    assert found == randomisation_test(first, second, mean)


def test_systems_with_equal_counts_have_a_p_of_one():
    assert randomisation_test(counted([3, 1]), counted([3, 1]), mean) == (1.0, True)


def many(n_documents):
    rng = np.random.default_rng(5)
    first = rng.integers(0, 10, size=n_documents)
    # Never equal, so that every document counts.
    return counted(first), counted(first - rng.choice([-2, -1, 1, 2, 3], size=n_documents))


def test_fourteen_documents_are_tried_in_full_and_fifteen_are_drawn():
    assert randomisation_test(*many(14), mean).exact
    assert not randomisation_test(*many(15), mean).exact


def test_drawn_exchanges_come_near_to_all_of_them(monkeypatch):
    first, second = many(16)
    drawn = randomisation_test(first, second, mean)
    monkeypatch.setattr(randomisation, "_MOST_EXACT", 16)
    every = randomisation_test(first, second, mean)
    assert (drawn.exact, every.exact) == (False, True)
    assert 0.01 < every.p < 0.99
    # Four standard errors of a share of 10,000.
    assert drawn.p == pytest.approx(every.p, abs=4 * np.sqrt(every.p * (1 - every.p) / 10_000))


def test_drawn_exchanges_never_give_a_p_of_zero():
    first = counted([5] * 40)
    assert randomisation_test(first, first - [1, 0], mean) == (1 / 10_001, False)


def test_one_seed_gives_one_p():
    pair = many(20)
    assert randomisation_test(*pair, mean) == randomisation_test(*pair, mean)
    assert randomisation_test(*pair, mean) != randomisation_test(*pair, mean, seed=1)


@pytest.mark.parametrize("n_documents", [9, 30])
def test_blocks_are_put_together(monkeypatch, n_documents):
    pair = many(n_documents)
    whole = randomisation_test(*pair, mean)
    monkeypatch.setattr(randomisation, "_BLOCK_CELLS", 300)
    in_blocks = randomisation_test(*pair, mean)
    assert in_blocks.exact == whole.exact
    assert in_blocks.p == pytest.approx(whole.p, abs=0 if whole.exact else 0.03)


def test_an_undefined_difference_has_no_p():
    found = randomisation_test(np.array([[1, 1]]), np.array([[0, 0]]), mean)
    assert np.isnan(found.p)


def test_an_exchange_that_leaves_the_measure_undefined_counts_against_a_difference():
    # 2/2 against 1/2; with one of the documents exchanged, either system answered nothing.
    first, second = np.array([(2, 2), (0, 0)]), np.array([(0, 0), (1, 2)])
    assert randomisation_test(first, second, mean).p == 1.0
