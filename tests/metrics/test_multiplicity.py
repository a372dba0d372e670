"""Holm's correction for several tests."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arnews_bench.metrics.multiplicity import holm


def test_three_p_values_by_hand():
    # In order: 3 x 0.01; 2 x 0.03; 1 x 0.04, which may not be less than the one before it.
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])


def test_one_test_needs_no_adjustment():
    assert holm(np.array([0.04])) == pytest.approx([0.04])


def test_an_adjusted_p_is_at_most_one():
    assert holm(np.array([0.6, 0.7])) == pytest.approx([1.0, 1.0])


def test_equal_p_values_stay_equal():
    assert holm(np.array([0.02, 0.02, 0.5])) == pytest.approx([0.06, 0.06, 0.5])


def test_a_test_that_could_not_be_made_does_not_count():
    found = holm(np.array([np.nan, 0.02, 0.03]))
    assert np.isnan(found[0])
    assert found[1:] == pytest.approx([0.04, 0.04])


def test_no_test_gives_none():
    assert holm(np.array([])).shape == (0,)


@settings(max_examples=500)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.001, 0.999))
def test_a_hypothesis_is_rejected_when_holms_procedure_rejects_it(p, level):
    # As Holm put it: go up from the smallest p, and stop at the first that exceeds level / rest.
    rejected = set()
    for rank, index in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        if p[index] * (len(p) - rank) > level:
            break
        rejected.add(index)
    assert set(np.flatnonzero(holm(np.array(p)) <= level)) == rejected
