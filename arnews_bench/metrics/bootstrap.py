"""Confidence intervals by resampling whole documents (cluster bootstrap)."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from arnews_bench.metrics.fscore import Array

__all__ = [
    "LEVEL",
    "Interval",
    "Statistic",
    "cluster_bootstrap",
    "percentile_interval",
    "resampled_sums",
]

# From counts of shape (…, columns) to values of shape (…).
Statistic: TypeAlias = Callable[[Array], Array]

N_RESAMPLES = 10_000
LEVEL = 0.95
# Documents drawn for a block of resamples are held at once: what a processor's cache takes.
_BLOCK_CELLS = 50_000
# Of a signed integer of 64 bits, without the sign.
_INTEGER_BITS = 63
# One document says nothing about how documents differ.
_FEWEST_DOCUMENTS = 2


class Interval(NamedTuple):
    """A confidence interval; NaN where there is none."""

    low: float
    high: float


def cluster_bootstrap(
    counts: Array, statistic: Statistic, *, seed: int = 0, n_resamples: int = N_RESAMPLES
) -> Interval:
    """Percentile interval of a statistic of summed counts, with documents as the clusters.

    Documents are drawn with replacement, as many as there are (Davison & Hinkley 1997, § 3.8).
    The statistic is recomputed from the summed counts of the documents drawn; nothing is
    scored again.

    Args:
        counts: Sufficient statistics, shape (documents, columns).
        statistic: Maps summed counts of shape (…, columns) to values of shape (…).
        seed: Seed of the resampling.
        n_resamples: How many resamples.

    Returns:
        The 95 % interval; NaN for fewer than two documents. Resamples in which the statistic is
        undefined are left out.
    """
    return percentile_interval(
        statistic(resampled_sums(counts, seed=seed, n_resamples=n_resamples))
    )


def resampled_sums(counts: Array, *, seed: int = 0, n_resamples: int = N_RESAMPLES) -> Array:
    """Sums of counts over resampled documents.

    Several statistics of one system, or one of two systems whose counts stand side by side,
    see the same resamples when they are computed from the same sums.

    Args:
        counts: Sufficient statistics, shape (documents, columns).
        seed: Seed of the resampling.
        n_resamples: How many resamples.

    Returns:
        Shape (resamples, columns); NaN throughout for fewer than two documents.
    """
    n_documents = len(counts)
    if n_documents < _FEWEST_DOCUMENTS:
        return np.full((1, counts.shape[1]), np.nan)
    rng = np.random.default_rng(seed)
    sum_drawn = _packed_sums(counts) or _matrix_sums(counts)
    sums = np.empty((n_resamples, counts.shape[1]))
    block = max(1, _BLOCK_CELLS // n_documents)
    for start in range(0, n_resamples, block):
        size = min(block, n_resamples - start)
        sums[start : start + size] = sum_drawn(rng.integers(n_documents, size=(size, n_documents)))
    return sums


def _packed_sums(counts: Array) -> Callable[[Array], Array] | None:
    """Sums of drawn documents by way of one integer a document; None if it is too small.

    All columns lie side by side in the bits of the integer, so that one look-up and one addition
    a drawn document serve them all; each has room for the largest sum that can come out.
    """
    n_documents, n_columns = counts.shape
    if not np.issubdtype(counts.dtype, np.integer) or not n_columns or counts.min() < 0:
        return None
    width = (n_documents * int(counts.max())).bit_length()
    if width * n_columns > _INTEGER_BITS:
        return None
    shifts = width * np.arange(n_columns)
    words = (counts.astype(np.int64) << shifts).sum(axis=1)
    mask = (1 << width) - 1
    return lambda drawn: (words[drawn].sum(axis=1)[:, None] >> shifts) & mask


def _matrix_sums(counts: Array) -> Callable[[Array], Array]:
    """Sums of drawn documents as a product of how often each was drawn with the counts."""
    totals = counts.astype(np.float64)
    n_documents = len(counts)

    def sum_drawn(drawn: Array) -> Array:
        cells = drawn + n_documents * np.arange(len(drawn))[:, None]
        times = np.bincount(cells.ravel(), minlength=drawn.size).reshape(drawn.shape)
        product: Array = times.astype(np.float64) @ totals
        return product

    return sum_drawn


def percentile_interval(values: Array) -> Interval:
    """The central 95 % of resampled values; NaN if none is defined.

    Args:
        values: Shape (resamples,); NaN where a resample leaves the statistic undefined.
    """
    defined = values[~np.isnan(values)]
    if not len(defined):
        return Interval(np.nan, np.nan)
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(defined, [tail, 100 - tail])
    return Interval(float(low), float(high))
