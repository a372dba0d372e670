"""One-to-one matching of predicted with gold attributions by the content that they share."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from arnews_bench.metrics.fscore import Array

__all__ = ["Matches", "bag_f1", "match_contents", "overlap"]


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
    # Whole numbers below 2²⁴ are exact in single precision, and the product takes half the time.
    shared = (gold.astype(np.float32) @ predicted.astype(np.float32).T).astype(np.float64)
    union = gold.sum(axis=1)[:, None] + predicted.sum(axis=1)[None, :] - shared
    return shared, _share(shared, union)


def _share(part: Array, whole: Array) -> Array:
    """`part / whole`, and 0 where there is nothing."""
    shares: Array = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return shares


def match_contents(shared: Array, iou: Array, preferred: Array) -> Matches:
    """Match one to one for the largest number of shared content tokens (Kuhn 1955).

    Of matchings that share equally many tokens, the one with the larger sum of IoU is taken,
    and of those the one with more preferred pairs: an attribution inside the content of another
    shares as much with the outer one as with itself.

    Args:
        shared: Number of tokens that a pair has in common, shape (gold items, predicted items).
        iou: These over the tokens of either, same shape.
        preferred: Boolean of the same shape.

    Returns:
        The pairs, in order of the gold index; pairs that share nothing are left out.
    """
    # Each lower criterion sums to less than the steps of the one above it (for the last, than any
    # step of IoU that decides whether a match counts); pairs that share nothing decide nothing.
    pairs = max(min(shared.shape), 1)
    value = shared + iou / (2 * pairs) + (preferred & (shared > 0)) * 1e-6 / pairs
    rows, columns = linear_sum_assignment(value, maximize=True)
    kept = shared[rows, columns] > 0
    rows, columns = rows[kept], columns[kept]
    return Matches(rows, columns, shared[rows, columns].astype(np.int64), iou[rows, columns])


def bag_f1(first: Array, second: Array) -> Array:
    """F1 of bags of words, as SQuAD compares answers (Rajpurkar et al. 2016), of every pair.

    Args:
        first: Boolean membership of shape (bags, words); the second occurrence of a word in a
            bag is a word of its own.
        second: The same of shape (other bags, words).

    Returns:
        Values in [0, 1] of shape (bags, other bags); 0 if either bag is empty.
    """
    common = first.astype(np.float64) @ second.astype(np.float64).T
    return _share(2 * common, first.sum(axis=1)[:, None] + second.sum(axis=1)[None, :])
