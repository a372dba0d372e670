"""The cluster bootstrap: documents are drawn, counts are summed, nothing is scored again."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from arnews_bench.metrics import bootstrap
from arnews_bench.metrics.bootstrap import cluster_bootstrap, percentile_interval, resampled_sums
from arnews_bench.metrics.fscore import ratio


def share(sums):
    """Right answers over all answers, from the columns (right, all)."""
    return ratio(sums[..., 0], sums[..., 1])


def some_counts(n_documents, seed=0):
    rng = np.random.default_rng(seed)
    rows = rng.integers(1, 40, size=n_documents)
    return np.stack([rng.binomial(rows, rng.beta(4, 2, size=n_documents)), rows], axis=1)


@given(st.integers(2, 90), st.integers(0, 2**32 - 1))
def test_the_interval_is_scipys_percentile_bootstrap_on_the_same_resamples(n_documents, seed):
    counts = some_counts(n_documents, seed=seed)
    ours = cluster_bootstrap(counts, share, seed=seed, n_resamples=99)
    theirs = scipy.stats.bootstrap(
        (counts[:, 0], counts[:, 1]),
        lambda right, rows, axis: right.sum(axis=axis) / rows.sum(axis=axis),
        paired=True,
        method="percentile",
        n_resamples=99,
        rng=np.random.default_rng(seed),
    )
    assert ours == pytest.approx(tuple(theirs.confidence_interval))


@given(
    n_documents=st.integers(2, 60),
    n_columns=st.integers(1, 6),
    seed=st.integers(0, 2**32 - 1),
    fractions=st.booleans(),
)
def test_sums_are_those_of_the_documents_drawn(n_documents, n_columns, seed, fractions):
    counts = np.random.default_rng(seed).integers(0, 100, size=(n_documents, n_columns))
    if fractions:
        counts = counts / 8
    drawn = np.random.default_rng(seed).integers(n_documents, size=(20, n_documents))
    found = resampled_sums(counts, seed=seed, n_resamples=20)
    np.testing.assert_array_equal(found, counts[drawn].sum(axis=1))


@pytest.mark.parametrize("largest", [2**20, 2**40, 2**52])
def test_large_counts_do_not_run_into_each_other(largest):
    counts = np.array([[largest, 0, 1], [largest, largest, 0], [0, 1, largest]])
    drawn = np.random.default_rng(1).integers(3, size=(50, 3))
    found = resampled_sums(counts, seed=1, n_resamples=50)
    np.testing.assert_array_equal(found, counts[drawn].sum(axis=1))


def test_counts_below_zero_are_summed_too():
    counts = np.array([[-3, 2], [1, 4], [0, -9]])
    drawn = np.random.default_rng(1).integers(3, size=(50, 3))
    found = resampled_sums(counts, seed=1, n_resamples=50)
    np.testing.assert_array_equal(found, counts[drawn].sum(axis=1))


def test_with_three_documents_the_interval_reaches_from_the_worst_to_the_best():
    # A resample of one document three times has a chance of 1/27, more than 2.5 %.
    counts = np.array([[1, 10], [5, 10], [9, 10]])
    assert cluster_bootstrap(counts, share) == (0.1, 0.9)


def test_documents_weigh_by_their_size_not_alike():
    # Draws of (9 of 10) and (0 of 90): 0.9, 9 of 100, 0; a mean of shares would give 0.45.
    counts = np.array([[9, 10], [0, 90]])
    values = share(resampled_sums(counts, n_resamples=200))
    assert set(values.tolist()) == {0.9, 0.09, 0.0}


def test_as_many_documents_are_drawn_as_there_are():
    one_each = np.ones((7, 1), dtype=int)
    assert resampled_sums(one_each, n_resamples=50).tolist() == [[7.0]] * 50


def test_all_columns_of_a_resample_come_from_the_same_documents():
    counts = some_counts(12)
    sums = resampled_sums(np.concatenate([counts, counts], axis=1), n_resamples=100)
    np.testing.assert_array_equal(sums[:, :2], sums[:, 2:])
    np.testing.assert_array_equal(sums[:, :2], resampled_sums(counts, n_resamples=100))


def test_one_seed_gives_one_result():
    counts = some_counts(12)
    first, again, other = (cluster_bootstrap(counts, share, seed=seed) for seed in (3, 3, 4))
    assert first == again != other


@pytest.mark.parametrize("block_cells", [1, 12 * 7, 12 * 999, 12 * 10_000])
def test_the_size_of_a_block_does_not_change_the_result(monkeypatch, block_cells):
    counts = some_counts(12)
    whole = resampled_sums(counts, seed=5)
    monkeypatch.setattr(bootstrap, "_BLOCK_CELLS", block_cells)
    np.testing.assert_array_equal(resampled_sums(counts, seed=5), whole)


@pytest.mark.parametrize("n_documents", [0, 1])
def test_fewer_than_two_documents_give_no_interval(n_documents):
    counts = np.ones((n_documents, 2), dtype=int)
    assert np.isnan(cluster_bootstrap(counts, share)).all()


def test_resamples_that_leave_the_statistic_undefined_are_left_out():
    # One resample in four draws only the empty document: it is neither 0 nor counted.
    assert cluster_bootstrap(np.array([[1, 2], [0, 0]]), share) == (0.5, 0.5)


def test_a_statistic_that_is_never_defined_has_no_interval():
    assert np.isnan(cluster_bootstrap(np.zeros((5, 2), dtype=int), share)).all()


def test_the_interval_holds_the_central_95_percent():
    assert percentile_interval(np.arange(1001.0)) == pytest.approx((25.0, 975.0))


def test_multiplying_the_rows_of_every_document_does_not_narrow_the_interval():
    counts = some_counts(12)
    assert cluster_bootstrap(counts * 100, share) == cluster_bootstrap(counts, share)


def test_more_documents_of_the_same_kind_do_narrow_the_interval():
    counts = some_counts(12)
    few, many = cluster_bootstrap(counts, share), cluster_bootstrap(np.tile(counts, (16, 1)), share)
    assert many.high - many.low == pytest.approx((few.high - few.low) / 4, rel=0.15)
