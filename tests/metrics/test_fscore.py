"""Ratios, F1 and macro means."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arnews_bench.metrics.fscore import f1, macro, ratio

NAN = float("nan")


def test_a_ratio_without_a_whole_is_undefined_not_zero():
    np.testing.assert_array_equal(
        ratio(np.array([1, 0, 0]), np.array([4, 4, 0])), [0.25, 0.0, np.nan]
    )


def test_an_undefined_ratio_warns_nobody():
    with np.errstate(all="raise"):
        ratio(np.array([1, 0]), np.array([0, 0]))


@pytest.mark.parametrize(
    ("matched", "gold", "predicted", "expected"),
    [
        pytest.param(3, 4, 6, 0.6, id="precision 1/2 and recall 3/4"),
        pytest.param(2, 2, 2, 1.0, id="all right"),
        pytest.param(0, 4, 6, 0.0, id="nothing right"),
        pytest.param(0, 4, 0, 0.0, id="nothing predicted"),
        pytest.param(0, 0, 6, 0.0, id="nothing to find"),
        pytest.param(0, 0, 0, NAN, id="nothing at all"),
    ],
)
def test_f1_is_twice_the_matches_over_gold_and_predicted(matched, gold, predicted, expected):
    found = f1(np.array(matched), np.array(gold), np.array(predicted))
    np.testing.assert_equal(float(found), expected)


@settings(max_examples=200)
@given(st.integers(1, 999), st.integers(0, 999), st.integers(0, 999))
def test_f1_is_the_harmonic_mean_of_precision_and_recall(matched, missed, invented):
    gold, predicted = matched + missed, matched + invented
    precision, recall = matched / predicted, matched / gold
    found = f1(np.array(matched), np.array(gold), np.array(predicted))
    assert found == pytest.approx(2 * precision * recall / (precision + recall))


def test_f1_keeps_the_shape_of_the_counts():
    matched = np.array([[1, 0], [2, 3]])
    found = f1(matched, matched + 1, matched)
    np.testing.assert_allclose(found, [[2 / 3, 0.0], [4 / 5, 6 / 7]])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 0.5, 0.0], 0.5),
        pytest.param([1.0, NAN, 0.0], 0.5, id="a class that does not occur is left out"),
        pytest.param([NAN, NAN], NAN, id="no class occurs"),
    ],
)
def test_macro_is_the_mean_over_the_classes_that_occur(values, expected):
    np.testing.assert_equal(float(macro(np.array(values))), expected)


def test_macro_takes_the_mean_along_the_last_axis():
    values = np.array([[1.0, 0.0], [0.5, NAN], [NAN, NAN]])
    np.testing.assert_array_equal(macro(values), [0.5, 0.5, np.nan])
