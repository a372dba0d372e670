"""Agreement of two annotators on labels, from counts of their label pairs."""

import numpy as np

from arnews_bench.metrics.fscore import Array, ratio

__all__ = ["cohen_kappa", "krippendorff_alpha"]


def cohen_kappa(pairs: Array) -> Array:
    """Cohen's κ (Cohen 1960), equal to scikit-learn's `cohen_kappa_score`.

    Args:
        pairs: Counts of shape (…, label of the first annotator, label of the second).

    Returns:
        Shape (…); NaN where chance agreement is complete, as with a single label.
    """
    total = pairs.sum(axis=(-2, -1))
    observed = ratio(np.diagonal(pairs, axis1=-2, axis2=-1).sum(axis=-1), total)
    expected = ratio((pairs.sum(axis=-1) * pairs.sum(axis=-2)).sum(axis=-1), total * total)
    return ratio(observed - expected, 1 - expected)


def krippendorff_alpha(pairs: Array) -> Array:
    """Krippendorff's α for nominal data, two annotators and no missing labels (2004, § 11.3).

    Args:
        pairs: As in `cohen_kappa`.

    Returns:
        Shape (…); NaN where only one label occurs.
    """
    coincidences = pairs + np.swapaxes(pairs, -1, -2)
    marginal = coincidences.sum(axis=-1)
    total = marginal.sum(axis=-1)
    agreed = np.diagonal(coincidences, axis1=-2, axis2=-1).sum(axis=-1)
    observed = 1 - ratio(agreed, total)
    expected = 1 - ratio((marginal * (marginal - 1)).sum(axis=-1), total * (total - 1))
    return 1 - ratio(observed, expected)
