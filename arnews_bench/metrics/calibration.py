"""Whether the probabilities of a classifier can be believed: calibration error, Brier score.

Both are functions of sums over rows. Probabilities are summed in billionths, as whole numbers:
sums of parts are then exactly the sum of the whole, whatever the order.
"""

from typing import NamedTuple

import numpy as np

from arnews_bench.metrics.fscore import Array, ratio

__all__ = ["N_BINS", "UNIT", "CalibrationSums", "brier_score", "calibration_error", "tally_scores"]


N_BINS = 10
UNIT = 10**9
# Written as decimals are read: 0.3 lies on the edge at 0.3, not on one at 0.30000000000000004.
_EDGES = np.arange(1, N_BINS) / N_BINS


class CalibrationSums(NamedTuple):
    """Sums over the rows of each document; confidence and squares in billionths.

    Attributes:
        rows: Rows by bin, shape (…, bins).
        confidence: Sum of the confidences by bin, shape (…, bins).
        right: Rows whose most probable label is the gold label by bin, shape (…, bins).
        squares: Sum of the squared errors over all labels, shape (…).
    """

    rows: Array
    confidence: Array
    right: Array
    squares: Array


def tally_scores(
    probabilities: Array, gold: Array, answered: Array, documents: Array, *, n_documents: int
) -> CalibrationSums:
    """Sum what calibration is computed from.

    The confidence of a row is its largest probability. Bins are of equal width and hold their
    upper end, (0, 0.1], (0.1, 0.2] and so on (Guo et al. 2017, § 2).

    Args:
        probabilities: Values in [0, 1] of shape (rows, labels).
        gold: Label codes of shape (rows,).
        answered: Label codes of shape (rows,): of labels that are equally probable, the one
            that was answered counts as the most probable one.
        documents: Document index of each row, shape (rows,).
        n_documents: Number of documents.

    Returns:
        Whole numbers, by document.
    """
    each = np.arange(len(gold))
    confidence = probabilities.max(axis=1, initial=0.0)
    is_answered = probabilities[each, answered] == confidence
    top = np.where(is_answered, answered, probabilities.argmax(axis=1)) if len(gold) else answered
    errors = probabilities.copy()
    errors[each, gold] -= 1
    squares = np.rint((errors**2).sum(axis=1) * UNIT).astype(np.int64)

    def by_bin(values: Array) -> Array:
        sums = np.zeros(n_documents * N_BINS, dtype=np.int64)
        np.add.at(sums, cells, values)
        return sums.reshape(n_documents, N_BINS)

    cells = documents * N_BINS + np.searchsorted(_EDGES, confidence)
    by_document = np.zeros(n_documents, dtype=np.int64)
    np.add.at(by_document, documents, squares)
    return CalibrationSums(
        rows=by_bin(np.ones(len(gold), dtype=np.int64)),
        confidence=by_bin(np.rint(confidence * UNIT).astype(np.int64)),
        right=by_bin((top == gold).astype(np.int64)),
        squares=by_document,
    )


def calibration_error(rows: Array, confidence: Array, right: Array) -> Array:
    """Expected calibration error (Guo et al. 2017, eq. 3): 0 is best.

    Args:
        rows: As in `CalibrationSums`, shape (…, bins).
        confidence: The same.
        right: The same.

    Returns:
        Shape (…): the mean gap between accuracy and mean confidence of a bin, weighted by its
        rows; NaN without rows.
    """
    gaps = np.abs(right - confidence / UNIT).sum(axis=-1)
    return ratio(gaps, rows.sum(axis=-1))


def brier_score(squares: Array, rows: Array) -> Array:
    """Brier score (Brier 1950, eq. 2): mean squared error over all labels, 0 best, 2 worst.

    Args:
        squares: As in `CalibrationSums`, shape (…).
        rows: The number of rows, shape (…).

    Returns:
        Shape (…); NaN without rows.
    """
    return ratio(squares / UNIT, rows)
