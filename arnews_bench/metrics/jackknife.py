"""The delete-one-document jackknife of a statistic of summed document counts.

All functions take counts of shape (…, documents, columns): leading axes are data sets of their
own, so that a simulation can ask for thousands of intervals at once.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from arnews_bench.metrics.bootstrap import LEVEL, Statistic
from arnews_bench.metrics.fscore import Array, ratio

__all__ = ["Jackknife", "effective_documents", "elasticities", "jackknife", "t_quantile"]

# By what part a count is moved to see how much the statistic follows.
_STEP = 1e-4
# What rounding leaves of a weight or of a difference that is zero.
_ROUNDING = 1e-9
# Counts that are looked at together: 16 MB.
_BLOCK_CELLS = 2_000_000
# No quantile is asked for more; an interval with it holds everything anyway.
_LARGEST_QUANTILE = 1e6


class Jackknife(NamedTuple):
    """What leaving out one document after the other shows.

    Attributes:
        value: The statistic of all documents, shape (…).
        without: The statistic of all documents but one, shape (…, documents).
        weights: The part that each document has in the statistic, shape (…, documents), summing
            to 1.
        documents: How many documents have a part in the statistic, shape (…).
        variance: The jackknife variance of the statistic, shape (…).
    """

    value: Array
    without: Array
    weights: Array
    documents: Array
    variance: Array


def jackknife(counts: Array, statistic: Statistic) -> Jackknife:
    """Leave out one document after the other.

    The variance is (n - 1) / n · Σ (θᵢ - θ̄)², θᵢ being the statistic without document i
    (Tukey 1958; Efron & Stein 1981), over the n documents that have a part in the statistic:
    documents in which nothing was asked change nothing.

    The weight of a document is its share of the counts that raise the statistic, or of those that
    lower it, each count by its partial derivative; of the two, the one that is spread over more
    documents. For an F1 score, gold and predicted items lower it: the weight is the size of the
    document in its denominator. For a score from right and wrong cells it is the document's part
    of whichever there are more of.

    Args:
        counts: Sufficient statistics, shape (…, documents, columns).
        statistic: Maps summed counts of shape (…, columns) to values of shape (…).

    Returns:
        NaN where the statistic is undefined; the variance is NaN also where the statistic is
        undefined without one of the documents.
    """
    total = counts.sum(axis=-2)
    value = statistic(total)
    slopes = _slopes(total, statistic)
    sides = np.stack([np.maximum(slopes, 0.0), np.maximum(-slopes, 0.0)], axis=-1)
    without = np.empty(counts.shape[:-1])
    parts = np.empty((*counts.shape[:-1], 2))
    for block in _blocks(counts):
        some = counts[..., block, :]
        without[..., block] = statistic(total[..., None, :] - some)
        parts[..., block, :] = some @ sides
    weights = _more_even(parts)
    # Without a number, the document moved it as far as can be.
    moved = ~(np.abs(without - value[..., None]) <= _ROUNDING)
    has_part = (weights > _ROUNDING) | moved
    n = has_part.sum(axis=-1)
    mean = ratio(np.where(has_part, without, 0.0).sum(axis=-1), n)
    squares = np.where(has_part, without - mean[..., None], 0.0) ** 2
    return Jackknife(value, without, weights, n, ratio(n - 1, n) * squares.sum(axis=-1))


def _blocks(counts: Array) -> Iterator[slice]:
    n_documents = counts.shape[-2]
    size = max(1, _BLOCK_CELLS * n_documents // max(counts.size, 1))
    return (slice(start, start + size) for start in range(0, n_documents, size))


def _slopes(total: Array, statistic: Statistic) -> Array:
    """What one more of each count changes, shape (…, columns); 0 where there is none of it."""
    changes = elasticities(total, total, statistic)
    # A score of 0 follows no small change of its counts; with half a match more it does.
    flat = ~(np.abs(changes).sum(axis=-1, keepdims=True) > _ROUNDING)
    if flat.any():
        more = 0.5 * np.eye(total.shape[-1])
        value = statistic(total)[..., None]
        matters = np.abs(statistic(total[..., None, :] + more) - value) > _ROUNDING
        changes = np.where(flat, elasticities(total + 0.5 * matters, total, statistic), changes)
        flat = ~(np.abs(changes).sum(axis=-1, keepdims=True) > _ROUNDING)
        changes = np.where(flat, 1.0, changes)
    return np.nan_to_num(ratio(changes, total))


def _more_even(parts: Array) -> Array:
    """Of two kinds of weights, shape (…, documents, 2), those of more effective documents."""
    weights = np.nan_to_num(ratio(parts, parts.sum(axis=-2, keepdims=True)))
    first, second = weights[..., 0], weights[..., 1]
    spread = [np.nan_to_num(effective_documents(side)) for side in (first, second)]
    return np.where((spread[0] > spread[1])[..., None], first, second)


def elasticities(point: Array, total: Array, statistic: Statistic) -> Array:
    """By how much a statistic rises when a count rises by its total, to first order.

    Args:
        point: Summed counts where the slope is taken, shape (…, columns).
        total: Summed counts that give the size of the steps, same shape.
        statistic: As in `jackknife`.

    Returns:
        Total times partial derivative, shape (…, columns).
    """
    steps = _STEP * total[..., None, :] * np.eye(total.shape[-1])
    above, below = point[..., None, :] + steps, point[..., None, :] - steps
    rises: Array = (statistic(above) - statistic(below)) / (2 * _STEP)
    return rises


def effective_documents(weights: Array) -> Array:
    """As how many documents of equal size these count: (Σm)² / Σm² (Kish 1965, § 11.2).

    Args:
        weights: Sizes of documents, shape (…, documents).
    """
    return ratio(weights.sum(axis=-1) ** 2, (weights**2).sum(axis=-1))


def t_quantile(degrees: Array) -> Array:
    """The quantile of Student's t that leaves half of what the level leaves; NaN for none."""
    degrees = np.where(degrees > _ROUNDING, degrees, np.nan)
    # With next to no degrees of freedom the quantile is beyond all numbers.
    enough = np.maximum(degrees, 0.1)
    quantile: Array = np.minimum(stdtrit(enough, (1 + LEVEL) / 2), _LARGEST_QUANTILE)
    return quantile
