"""Several tests at once: p-values adjusted so that none is shown by their number alone."""

import numpy as np

from arnews_bench.metrics.fscore import Array

__all__ = ["holm"]


def holm(p: Array) -> Array:
    """Adjust p-values by Holm's step-down method (Holm 1979).

    Comparing each with 0.05 keeps the chance of any false positive in the family at 5 %,
    whatever the tests have to do with each other.

    Args:
        p: P-values of one family, shape (tests,); NaN for a test that could not be made, which
            then does not count.

    Returns:
        Adjusted p-values of the same shape, at most 1, in the order of the given ones.
    """
    adjusted = np.full(len(p), np.nan)
    made = np.flatnonzero(~np.isnan(p))
    order = made[np.argsort(p[made], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
