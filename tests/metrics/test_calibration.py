"""Calibration error and Brier score: by hand, and equal to plain implementations."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from arnews_bench.metrics.calibration import (
    N_BINS,
    UNIT,
    brier_score,
    calibration_error,
    tally_scores,
)


def tallied(probabilities, gold, answered=None, documents=None):
    probabilities = np.array(probabilities, dtype=float)
    answered = probabilities.argmax(axis=1) if answered is None else np.array(answered)
    documents = np.zeros(len(gold), dtype=int) if documents is None else np.array(documents)
    n_documents = int(documents.max(initial=0)) + 1
    return tally_scores(
        probabilities, np.array(gold, dtype=int), answered, documents, n_documents=n_documents
    )


def ece(sums):
    return calibration_error(*(part.sum(axis=0) for part in sums[:3]))


def brier(sums):
    return brier_score(sums.squares.sum(), sums.rows.sum())


def test_the_error_is_the_gap_of_accuracy_and_confidence_in_each_bin():
    # In (0.6, 0.7] two rows with 0.65 on average, one right: gap 0.15; in (0.9, 1] one, gap 0.05.
    sums = tallied([[0.62, 0.38], [0.68, 0.32], [0.05, 0.95]], [0, 1, 1])
    assert ece(sums) == pytest.approx((2 * 0.15 + 0.05) / 3)


@pytest.mark.parametrize("tenths", range(1, 11))
def test_a_bin_holds_its_upper_end(tenths):
    confidence = tenths / 10
    sums = tallied([[confidence] + [0.0] * 9], [0])
    assert np.flatnonzero(sums.rows[0]).tolist() == [tenths - 1]


def test_of_labels_that_are_equally_probable_the_answered_one_counts():
    halves = [[0.5, 0.5]] * 2
    assert tallied(halves, [1, 1], answered=[1, 0]).right.sum() == 1


def test_an_answer_against_its_own_probabilities_is_judged_by_them():
    assert tallied([[0.9, 0.1]], [0], answered=[1]).right.sum() == 1


def test_the_brier_score_is_the_squared_error_over_all_labels():
    # (0.7 - 1)² + 0.2² + 0.1², and 1 + 1 for what is surely wrong.
    assert brier(tallied([[0.7, 0.2, 0.1]], [0])) == pytest.approx(0.14)
    assert brier(tallied([[1, 0, 0]], [2])) == 2.0
    assert brier(tallied([[1, 0, 0]], [0])) == 0.0


def test_sums_are_whole_numbers_by_document():
    sums = tallied([[0.75, 0.25], [0.4, 0.6]], [0, 0], documents=[1, 0])
    assert sums.rows.shape == (2, N_BINS)
    assert sums.confidence.sum(axis=1).tolist() == [0.6 * UNIT, 0.75 * UNIT]
    assert sums.squares.tolist() == [0.72 * UNIT, 0.125 * UNIT]
    assert all(part.dtype == np.int64 for part in sums)


def test_without_rows_nothing_is_defined():
    sums = tallied(np.zeros((0, 4)), [])
    assert np.isnan(ece(sums))
    assert np.isnan(brier(sums))


@st.composite
def scored(draw):
    size, n_labels = draw(st.integers(1, 30)), draw(st.integers(2, 5))
    weight = st.lists(st.integers(0, 20), min_size=n_labels, max_size=n_labels).filter(any)
    weights = np.array(draw(st.lists(weight, min_size=size, max_size=size)), dtype=float)
    gold = draw(st.lists(st.integers(0, n_labels - 1), min_size=size, max_size=size))
    documents = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    return weights / weights.sum(axis=1, keepdims=True), gold, documents


@given(scored())
def test_the_brier_score_is_that_of_scikit_learn(case):
    probabilities, gold, documents = case
    theirs = sklearn.metrics.brier_score_loss(
        gold, probabilities, labels=range(probabilities.shape[1]), scale_by_half=False
    )
    assert brier(tallied(probabilities, gold, documents=documents)) == pytest.approx(
        theirs, abs=1 / UNIT
    )


@given(scored())
def test_the_error_is_that_of_bins_filled_one_by_one(case):
    probabilities, gold, documents = case
    bins = {}
    for values, label in zip(probabilities.tolist(), gold, strict=True):
        confidence = max(values)
        number = next(n for n in range(10) if confidence <= (n + 1) / 10)
        bins.setdefault(number, []).append((confidence, values.index(confidence) == label))
    gaps = [
        abs(sum(right for _, right in rows) - sum(c for c, _ in rows)) for rows in bins.values()
    ]
    found = ece(tallied(probabilities, gold, documents=documents))
    assert found == pytest.approx(sum(gaps) / len(gold), abs=1 / UNIT)
