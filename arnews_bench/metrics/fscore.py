"""Precision, recall and F1 from counts of matches, gold items and predicted items."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "f1", "macro", "ratio"]

Array: TypeAlias = npt.NDArray[Any]


def ratio(part: Array, whole: Array) -> Array:
    """`part / whole` elementwise, NaN where `whole` is 0: nothing was asked there."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def f1(matched: Array, gold: Array, predicted: Array) -> Array:
    """F1, the harmonic mean of precision and recall (van Rijsbergen 1979).

    Args:
        matched: Number of items that are right, any shape.
        gold: Number of gold items, same shape.
        predicted: Number of predicted items, same shape.

    Returns:
        Values in [0, 1]; NaN where there is neither a gold nor a predicted item.
    """
    return ratio(2.0 * matched, gold + predicted)


def macro(values: Array) -> Array:
    """Mean over the last axis of the classes that occur; NaN if none does."""
    present = ~np.isnan(values)
    return ratio(np.where(present, values, 0.0).sum(axis=-1), present.sum(axis=-1))
