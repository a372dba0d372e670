"""Approximate randomisation: how often chance alone parts two paired systems this far.

If the systems did not differ, either could have given either answer on any document. The test
exchanges their counts document by document and recomputes the difference (Noreen 1989, ch. 2;
Yeh 2000 for F-scores).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from arnews_bench.metrics.bootstrap import Statistic
from arnews_bench.metrics.fscore import Array

__all__ = ["Randomisation", "randomisation_test"]

N_SWAPS = 10_000
# So many documents that differ have 16,384 exchanges: all are tried rather than some drawn.
_MOST_EXACT = 14
# What is held at once: 16 MB.
_BLOCK_CELLS = 2_000_000
# Differences that are equal as fractions may part in their last digits.
_TOLERANCE = 1e-12


class Randomisation(NamedTuple):
    """The result of a randomisation test.

    Attributes:
        p: Two-sided; NaN where the difference is undefined.
        exact: Whether every exchange was tried.
    """

    p: float
    exact: bool


def randomisation_test(
    first: Array,
    second: Array,
    statistic: Statistic,
    *,
    seed: int = 0,
    n_swaps: int = N_SWAPS,
) -> Randomisation:
    """Test whether a statistic of summed counts is the same for two paired systems.

    Args:
        first: Counts of the one system, shape (documents, columns).
        second: Counts of the other, same shape, the same documents in the same order.
        statistic: Maps summed counts of shape (…, columns) to values of shape (…).
        seed: Seed of the exchanges.
        n_swaps: How many exchanges are drawn where there are too many to try them all.

    Returns:
        The share of exchanges with a difference at least as large, either way. Of drawn ones it
        is (k + 1) / (n + 1), so that it is never 0. An exchange that leaves the statistic
        undefined counts against a difference.
    """
    one, other = first.sum(axis=0).astype(np.float64), second.sum(axis=0).astype(np.float64)
    observed = float(np.abs(statistic(one) - statistic(other)))
    if np.isnan(observed):
        return Randomisation(np.nan, exact=False)
    moved = (second - first).astype(np.float64)
    # An exchange of equal counts changes nothing.
    moved = moved[(moved != 0).any(axis=1)]
    exact = len(moved) <= _MOST_EXACT
    if exact:
        swaps = _every_swap(len(moved), moved.shape[1])
    else:
        swaps = _drawn_swaps(len(moved), moved.shape[1], seed=seed, n_swaps=n_swaps)
    n_extreme = n_tried = 0
    for block in swaps:
        change = block.astype(np.float64) @ moved
        difference = np.abs(statistic(one + change) - statistic(other - change))
        n_extreme += len(block) - int((difference < observed - _TOLERANCE).sum())
        n_tried += len(block)
    if exact:
        return Randomisation(n_extreme / n_tried, exact=True)
    return Randomisation((n_extreme + 1) / (n_tried + 1), exact=False)


def _every_swap(n_documents: int, n_columns: int) -> Iterator[Array]:
    """Which documents are exchanged, shape (exchanges, documents), in blocks.

    The last document stays: exchanging all the others instead only turns the sign.
    """
    places = np.arange(n_documents)
    n_exchanges = 2 ** max(n_documents - 1, 0)
    for start, stop in _blocks(n_exchanges, n_documents, n_columns):
        yield np.arange(start, stop)[:, None] >> places & 1


def _drawn_swaps(n_documents: int, n_columns: int, *, seed: int, n_swaps: int) -> Iterator[Array]:
    rng = np.random.default_rng(seed)
    for start, stop in _blocks(n_swaps, n_documents, n_columns):
        yield rng.integers(0, 2, size=(stop - start, n_documents), dtype=np.int8)


def _blocks(total: int, n_documents: int, n_columns: int) -> Iterator[tuple[int, int]]:
    size = max(1, _BLOCK_CELLS // max(n_documents, n_columns, 1))
    return ((start, min(start + size, total)) for start in range(0, total, size))
