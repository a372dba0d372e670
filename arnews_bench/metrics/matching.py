"""One-to-one matching of predicted with gold attributions by the content that they share."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from arnews_bench.metrics.fscore import Array, ratio

__all__ = ["Matches", "match_contents", "multiset_f1", "overlap"]


class Matches(NamedTuple):
    """Pairs of a gold and a predicted item that share at least one token.

    Attributes:
        gold: Index of the gold item of each pair.
        predicted: Index of the predicted item of each pair.
        shared: Number of tokens that the two have in common.
        iou: Shared tokens over the tokens of either (Jaccard 1912).
    """

    gold: Array
    predicted: Array
    shared: Array
    iou: Array


def overlap(gold: Array, predicted: Array) -> tuple[Array, Array]:
    """Shared tokens and intersection over union of every pair.

    Args:
        gold: Boolean token membership of shape (gold items, tokens).
        predicted: The same of shape (predicted items, tokens).

    Returns:
        Two arrays of shape (gold items, predicted items): counts, and values in [0, 1].
    """
    shared = gold.astype(np.float64) @ predicted.astype(np.float64).T
    union = gold.sum(axis=1)[:, None] + predicted.sum(axis=1)[None, :] - shared
    return shared, np.nan_to_num(ratio(shared, union))


def match_contents(gold: Array, predicted: Array, source_right: Array) -> Matches:
    """Match one to one for the largest number of shared content tokens (Kuhn 1955).

    Of matchings that share equally many tokens, the one with the larger sum of IoU is taken,
    and of those the one with more right sources: an attribution inside the content of another
    shares as much with the outer one as with itself.

    Args:
        gold: Boolean token membership of shape (gold items, tokens).
        predicted: The same of shape (predicted items, tokens).
        source_right: Boolean of shape (gold items, predicted items).

    Returns:
        The pairs, in order of the gold index; pairs that share nothing are left out.
    """
    shared, iou = overlap(gold, predicted)
    # Each lower criterion sums to less than the steps of the one above it (for the last, than any
    # step of IoU that decides whether a match counts); pairs that share nothing decide nothing.
    pairs = max(min(shared.shape), 1)
    value = shared + iou / (2 * pairs) + (source_right & (shared > 0)) * 1e-6 / pairs
    rows, columns = linear_sum_assignment(value, maximize=True)
    kept = shared[rows, columns] > 0
    rows, columns = rows[kept], columns[kept]
    return Matches(rows, columns, shared[rows, columns].astype(np.int64), iou[rows, columns])


def multiset_f1(first: Array, second: Array) -> float:
    """F1 of two bags of token codes, as SQuAD compares answers (Rajpurkar et al. 2016).

    Args:
        first: Token codes, shape (n,).
        second: Token codes, shape (m,).

    Returns:
        A value in [0, 1]; 0 if either bag is empty.
    """
    if not len(first) or not len(second):
        return 0.0
    size = int(max(first.max(), second.max())) + 1
    common = np.minimum(np.bincount(first, minlength=size), np.bincount(second, minlength=size))
    return float(2 * common.sum() / (len(first) + len(second)))
