"""Other 95 % intervals over documents, for comparison with the one that scores are given.

`benchmarks/coverage.py` measures how often each of them holds the true score. All take counts of
shape (…, documents, columns) and return lower and upper ends of shape (…).
"""

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri

from arnews_bench.metrics.bootstrap import LEVEL, Statistic
from arnews_bench.metrics.fscore import Array, ratio
from arnews_bench.metrics.jackknife import (
    effective_documents,
    elasticities,
    jackknife,
    t_quantile,
)

__all__ = [
    "Ends",
    "basic",
    "bca",
    "bootstrap_t",
    "document_draws",
    "jackknife_logit",
    "jackknife_t",
    "linearised_t",
    "percentile",
]

Ends = tuple[Array, Array]

_ROUNDING = 1e-9
_TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


def document_draws(n_documents: int, n_resamples: int, *, seed: int = 0) -> Array:
    """How often each document is drawn in each resample, shape (resamples, documents)."""
    drawn = np.random.default_rng(seed).integers(n_documents, size=(n_resamples, n_documents))
    cells = drawn + n_documents * np.arange(n_resamples)[:, None]
    times = np.bincount(cells.ravel(), minlength=drawn.size).reshape(drawn.shape)
    return times.astype(np.float64)


def percentile(counts: Array, statistic: Statistic, draws: Array) -> Ends:
    """The central part of the resampled values (Efron 1979)."""
    values = statistic(draws @ counts)
    return _quantile(values, _TAILS[0]), _quantile(values, _TAILS[1])


def basic(counts: Array, statistic: Statistic, draws: Array) -> Ends:
    """The percentile interval reflected at the value (Davison & Hinkley 1997, § 5.2)."""
    value = statistic(counts.sum(axis=-2))
    low, high = percentile(counts, statistic, draws)
    return 2 * value - high, 2 * value - low


def bca(counts: Array, statistic: Statistic, draws: Array) -> Ends:
    """Bias-corrected and accelerated (Efron 1987), acceleration by deleting documents."""
    values, found = statistic(draws @ counts), jackknife(counts, statistic)
    value = found.value[..., None]
    n = (~np.isnan(values)).sum(axis=-1)
    below = ((values < value).sum(axis=-1) + (values <= value).sum(axis=-1)) / (2 * n)
    bias = ndtri(below)
    skew = found.without.mean(axis=-1, keepdims=True) - found.without
    squares = (skew**2).sum(axis=-1)
    acceleration = np.nan_to_num(ratio((skew**3).sum(axis=-1), 6 * squares**1.5))
    shifted = [bias + ndtri(tail) for tail in _TAILS]
    low, high = (
        _quantile(values, ndtr(bias + shift / (1 - acceleration * shift))) for shift in shifted
    )
    return low, high


def bootstrap_t(counts: Array, statistic: Statistic, draws: Array) -> Ends:
    """Studentised by the linearised standard error of each resample (Efron 1982, § 10.10)."""
    value = statistic(counts.sum(axis=-2))[..., None]
    error = np.sqrt(_linearised_variance(counts, statistic, np.ones((1, draws.shape[1]))))
    errors = np.sqrt(_linearised_variance(counts, statistic, draws))
    # What rounding leaves of no error at all is none.
    errors = np.where(errors > _ROUNDING, errors, np.nan)
    studentised = (statistic(draws @ counts) - value) / errors
    low = value[..., 0] - error[..., 0] * _quantile(studentised, _TAILS[1])
    high = value[..., 0] - error[..., 0] * _quantile(studentised, _TAILS[0])
    return low, high


def linearised_t(counts: Array, statistic: Statistic) -> Ends:
    """The delta method over documents, with t for one degree less than documents."""
    n = counts.shape[-2]
    variance = _linearised_variance(counts, statistic, np.ones((1, n)))[..., 0]
    value = statistic(counts.sum(axis=-2))
    reach = t_quantile(np.array(n - 1)) * np.sqrt(variance)
    return value - reach, value + reach


def jackknife_t(
    counts: Array, statistic: Statistic, *, effective: bool = True, correction: float = 1.0
) -> Ends:
    """The jackknife's standard error with t, not bent at 0 and 1.

    Args:
        counts: Shape (…, documents, columns).
        statistic: Of summed counts.
        effective: Degrees of freedom from the effective number of documents, not from all.
        correction: 1 for the jackknife, ½ for the milder correction of leverage that is CR2
            (Bell & McCaffrey 2002) for a ratio.
    """
    found = jackknife(counts, statistic)
    n = effective_documents(found.weights) if effective else np.array(counts.shape[-2])
    variance = found.variance
    if correction != 1:
        # Without the document, a ratio moves by its residual over 1 less the leverage.
        moved = (found.without - found.value[..., None]) ** 2
        variance = (moved * (1 - found.weights) ** (2 - 2 * correction)).sum(axis=-1)
    reach = t_quantile(n - 1) * np.sqrt(variance)
    return found.value - reach, found.value + reach


def jackknife_logit(counts: Array, statistic: Statistic) -> Ends:
    """The jackknife's standard error with t at the effective degrees of freedom, on log odds."""
    found = jackknife(counts, statistic)
    value = np.clip(found.value, 1e-6, 1 - 1e-6)
    error = np.sqrt(found.variance) / (value * (1 - value))
    reach = t_quantile(effective_documents(found.weights) - 1) * error
    return expit(logit(value) - reach), expit(logit(value) + reach)


def _linearised_variance(counts: Array, statistic: Statistic, draws: Array) -> Array:
    """Shape (…, resamples): documents' influences squared, at the sums of each resample."""
    n = draws.shape[-1]
    sums = draws @ counts
    gradient = np.nan_to_num(ratio(elasticities(sums, sums, statistic), sums))
    influence = gradient @ np.swapaxes(counts, -1, -2)
    variance: Array = n / (n - 1) * (draws * influence**2).sum(axis=-1)
    return variance


def _quantile(values: Array, share: float | Array) -> Array:
    """Quantiles along the last axis, one share a data set, without values that are NaN."""
    ordered = np.sort(values, axis=-1)
    last = (~np.isnan(values)).sum(axis=-1) - 1
    place = np.nan_to_num(np.broadcast_to(share, last.shape)) * np.maximum(last, 0)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(last, 0))
    low, high = (np.take_along_axis(ordered, i[..., None], -1)[..., 0] for i in (below, above))
    quantile: Array = low + (place - below) * (high - low)
    return quantile
