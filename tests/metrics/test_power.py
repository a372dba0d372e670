"""The smallest difference that a test set shows with 80 % power."""

import numpy as np
import pytest
from scipy.stats import t

from arnews_bench.metrics.power import detectable_difference


@pytest.mark.parametrize("n_documents", [3, 12, 29])
def test_a_difference_of_that_size_is_shown_four_times_in_five(n_documents):
    rng = np.random.default_rng(1)
    # Differences by document scatter by 1 around the true one.
    true = detectable_difference(1 / np.sqrt(n_documents), n_documents - 1)
    drawn = rng.normal(true, 1, size=(200_000, n_documents))
    error = drawn.std(axis=1, ddof=1) / np.sqrt(n_documents)
    shown = drawn.mean(axis=1) - t.ppf(0.975, n_documents - 1) * error > 0
    # Four standard errors of a share of 200,000.
    assert shown.mean() == pytest.approx(0.8, abs=0.0036)


def test_with_many_documents_it_is_two_point_eight_standard_errors():
    # 1.960 + 0.842 of the normal distribution.
    assert detectable_difference(0.01, 1e6) == pytest.approx(0.02802, abs=1e-5)


def test_it_is_near_to_blooms_sum_of_two_quantiles():
    bloom = t.ppf(0.975, 20) + t.ppf(0.8, 20)
    assert detectable_difference(1.0, 20) == pytest.approx(bloom, rel=0.001)


def test_it_grows_with_the_standard_error():
    assert detectable_difference(0.02, 9) == pytest.approx(2 * detectable_difference(0.01, 9))


@pytest.mark.parametrize("error", [(0.0, 9.0), (np.nan, 9.0), (0.1, np.nan), (0.1, 0.0)])
def test_without_a_standard_error_nothing_is_said(error):
    assert np.isnan(detectable_difference(*error))
