"""κ and α: equal to a trusted library, and to a published example."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from arnews_bench.metrics.reliability import cohen_kappa, krippendorff_alpha

N_LABELS = 4
LABEL_PAIRS = st.lists(
    st.tuples(st.integers(0, N_LABELS - 1), st.integers(0, N_LABELS - 1)), min_size=1, max_size=60
)


def table(pairs, size=N_LABELS):
    counts = np.zeros((size, size), dtype=np.int64)
    for first, second in pairs:
        counts[first, second] += 1
    return counts


@given(LABEL_PAIRS)
def test_kappa_is_that_of_scikit_learn(pairs):
    first, second = zip(*pairs, strict=True)
    found = float(cohen_kappa(table(pairs)))
    if set(first) == set(second) and len(set(first)) == 1:
        assert np.isnan(found)  # one label alone: chance agreement is complete
    else:
        assert found == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)


def test_alpha_of_the_published_example():
    # Krippendorff 2011, "Computing Krippendorff's alpha-reliability", B: Meg and Owen, 0.095.
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    found = krippendorff_alpha(table(zip(meg, owen, strict=True), 2))
    assert float(found) == pytest.approx(0.095, abs=5e-4)


def test_alpha_worked_by_hand():
    # Pairs aa, ab, bb, bb: o_ab + o_ba = 2 of 8, so D_o = 2/8; a occurs 3 times, b 5 times,
    # so D_e = 2 * 3 * 5 / (8 * 7) = 30/56; alpha = 1 - (2/8) / (30/56) = 8/15.
    assert float(krippendorff_alpha(table([(0, 0), (0, 1), (1, 1), (1, 1)], 2))) == pytest.approx(
        8 / 15
    )


@given(LABEL_PAIRS)
def test_who_is_first_does_not_matter(pairs):
    counts = table(pairs)
    for statistic in (cohen_kappa, krippendorff_alpha):
        assert np.array_equal(statistic(counts), statistic(counts.T), equal_nan=True)


def test_many_tables_are_computed_at_once():
    tables = np.stack([table([(0, 0), (0, 1), (1, 1)]), table([(2, 2), (3, 3), (3, 2)])])
    assert cohen_kappa(tables).tolist() == [float(cohen_kappa(t)) for t in tables]
    assert krippendorff_alpha(tables).tolist() == [float(krippendorff_alpha(t)) for t in tables]
