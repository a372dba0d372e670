"""The interval of a score: a jackknife over documents, bent to stay between 0 and 1."""

from functools import partial

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from arnews_bench.metrics import interval_candidates as candidates
from arnews_bench.metrics import jackknife as jackknife_module
from arnews_bench.metrics.confusion import label_f1
from arnews_bench.metrics.fscore import f1, macro, ratio
from arnews_bench.metrics.intervals import document_interval, jackknife_wilson
from arnews_bench.metrics.jackknife import effective_documents, jackknife, t_quantile

often = settings(max_examples=200)
sometimes = settings(max_examples=100)
score_interval = partial(document_interval, lowest=0.0)


def share(sums):
    """Right answers over all answers, from the columns (right, all)."""
    return ratio(sums[..., 0], sums[..., 1])


def micro_f1(sums):
    return f1(sums[..., 0], sums[..., 1], sums[..., 2])


def macro_f1(sums):
    return macro(label_f1(sums.reshape(*sums.shape[:-1], 2, 2)))


def difference(sums):
    return share(sums[..., :2]) - share(sums[..., 2:])


@st.composite
def shares(draw, least=3, most=12):
    """Right and all answers of documents; neither all right nor all wrong."""
    n = draw(st.integers(least, most))
    everything = np.array(draw(st.lists(st.integers(1, 30), min_size=n, max_size=n)))
    right = np.array([draw(st.integers(0, size)) for size in everything.tolist()])
    counts = np.stack([right, everything], axis=1)
    assume(0 < right.sum() < everything.sum())
    assume(np.ptp(right / everything) > 0)
    return counts


# --- The jackknife ---


def test_three_documents_by_hand():
    found = jackknife(np.array([[1, 10], [5, 10], [9, 10]]), share)
    assert found.value == 0.5
    assert found.without == pytest.approx([14 / 20, 10 / 20, 6 / 20])
    assert found.variance == pytest.approx(2 / 3 * (0.2**2 + 0 + 0.2**2))
    assert found.weights == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert found.documents == 3


def test_the_interval_of_three_documents_by_hand():
    # t(0.975) at 2 degrees of freedom is 4.3027; k = t² · 0.16/3 / (0.5 · 0.5) = 3.9494; around
    # 0.5 the Wilson interval reaches √(k/4 + k²/4) / (1 + k).
    low, high = score_interval(np.array([[1, 10], [5, 10], [9, 10]]), share)
    assert (low, high) == pytest.approx((0.0534, 0.9466), abs=1e-4)


@often
@given(shares())
def test_the_variance_is_that_of_a_loop_over_documents(counts):
    n = len(counts)
    without = [
        np.delete(counts, i, axis=0)[:, 0].sum() / np.delete(counts, i, axis=0)[:, 1].sum()
        for i in range(n)
    ]
    expected = (n - 1) / n * sum((value - np.mean(without)) ** 2 for value in without)
    assert jackknife(counts, share).variance == pytest.approx(expected, abs=1e-12)


@often
@given(shares())
def test_the_mean_of_equal_documents_has_the_textbook_variance(counts):
    equal = np.stack([counts[:, 0] % 7, np.full(len(counts), 7)], axis=1)
    expected = np.var(equal[:, 0] / 7, ddof=1) / len(equal)
    assert jackknife(equal, share).variance == pytest.approx(expected, abs=1e-12)


# --- Effective documents ---


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [([5, 5, 5, 5], 4), ([1, 0, 0], 1), ([2, 1, 1], 16 / 6), ([10, 10, 0, 0], 2)],
)
def test_documents_count_as_many_as_there_would_be_of_equal_size(sizes, expected):
    assert effective_documents(np.array(sizes)) == pytest.approx(expected)


def test_the_size_of_a_document_in_f1_is_its_gold_and_predicted_items():
    counts = np.array([[3, 5, 4], [1, 2, 2], [0, 4, 1]])
    assert jackknife(counts, micro_f1).weights == pytest.approx([9 / 18, 4 / 18, 5 / 18])


def test_the_size_of_a_document_of_right_and_wrong_cells_is_its_part_of_the_more_frequent():
    # Right and wrong as columns of their own; 27 of 30 are right.
    counts = np.array([[9, 1], [9, 0], [9, 2]])
    found = jackknife(counts, lambda sums: ratio(sums[..., 0], sums.sum(axis=-1)))
    assert found.weights == pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_counts_that_the_score_does_not_look_at_have_no_weight():
    counts = np.array([[1, 10, 500], [5, 10, 0], [9, 10, 3]])
    assert jackknife(counts, share).weights == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert score_interval(counts, share) == pytest.approx(score_interval(counts[:, :2], share))


def test_at_a_score_of_zero_documents_weigh_by_what_was_asked():
    found = jackknife(np.array([[0, 6, 500], [0, 3, 0], [0, 0, 9]]), share)
    assert found.weights == pytest.approx([2 / 3, 1 / 3, 0])
    assert found.documents == 2


@often
@given(st.floats(0.2, 400))
def test_the_quantile_is_students(degrees):
    assert t_quantile(np.array(degrees)) == pytest.approx(scipy.stats.t.ppf(0.975, degrees))


# --- What an interval must be ---


@sometimes
@given(shares())
def test_it_holds_the_score_and_lies_between_0_and_1(counts):
    low, high = score_interval(counts, share)
    assert 0 <= low < share(counts.sum(axis=0)) < high <= 1


@sometimes
@given(shares(), st.randoms())
def test_the_order_of_documents_changes_nothing(counts, random):
    order = list(range(len(counts)))
    random.shuffle(order)
    assert score_interval(counts[order], share) == pytest.approx(score_interval(counts, share))


@sometimes
@given(shares(), st.integers(1, 30))
def test_documents_without_any_item_change_nothing(counts, n_empty):
    empty = np.zeros((n_empty, 2), dtype=int)
    padded = np.concatenate([empty, counts])
    assert score_interval(padded, share) == pytest.approx(score_interval(counts, share))


@sometimes
@given(shares(), st.integers(2, 100))
def test_more_copies_of_every_item_do_not_narrow_it(counts, copies):
    found = score_interval(counts * copies, share)
    assert found == pytest.approx(score_interval(counts, share), abs=1e-6)


@sometimes
@given(shares(least=6))
def test_more_copies_of_every_document_narrow_it(counts):
    few, many = score_interval(counts, share), score_interval(np.tile(counts, (4, 1)), share)
    assert few.low < many.low < many.high < few.high


def test_sixteen_times_the_documents_give_a_quarter_of_the_width():
    rng = np.random.default_rng(0)
    counts = np.stack([rng.binomial(20, 0.7, size=400), np.full(400, 20)], axis=1)
    few, many = score_interval(counts, share), score_interval(np.tile(counts, (16, 1)), share)
    assert many.high - many.low == pytest.approx((few.high - few.low) / 4, rel=0.01)


@sometimes
@given(shares())
def test_the_share_of_wrong_answers_has_the_mirrored_interval(counts):
    def first_of_all(sums):
        return ratio(sums[..., 0], sums.sum(axis=-1))

    right = np.stack([counts[:, 0], counts[:, 1] - counts[:, 0]], axis=1)
    low, high = score_interval(right, first_of_all)
    mirrored = score_interval(right[:, ::-1], first_of_all)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-6)


@sometimes
@given(shares(least=6, most=6), shares(least=6, most=6))
def test_a_difference_has_the_mirrored_interval_the_other_way_round(first, second):
    low, high = document_interval(np.concatenate([first, second], axis=1), difference)
    mirrored = document_interval(np.concatenate([second, first], axis=1), difference)
    assert -1 <= low <= high <= 1
    assert mirrored == pytest.approx((-high, -low), abs=1e-6)


def test_what_two_systems_share_cancels_in_their_difference():
    # Documents are very easy or very hard, for both alike.
    rng = np.random.default_rng(0)
    everything = np.full(20, 50)
    first = np.where(np.arange(20) % 2, 45, 10) + rng.integers(-2, 3, size=20)
    second = first - 5 + rng.integers(-1, 2, size=20)
    a, b = (np.stack([right, everything], axis=1) for right in (first, second))
    alone = score_interval(a, share)
    paired = document_interval(np.concatenate([a, b], axis=1), difference)
    assert paired.low > 0
    assert alone.high - alone.low > 10 * (paired.high - paired.low)


def test_many_data_sets_at_once_have_the_intervals_of_each():
    rng = np.random.default_rng(1)
    counts = rng.integers(1, 9, size=(5, 7, 4))
    low, high = jackknife_wilson(counts, macro_f1)
    for number in range(5):
        alone = score_interval(counts[number], macro_f1)
        assert (low[number], high[number]) == pytest.approx(alone)


@pytest.mark.parametrize("cells", [1, 8, 9, 10_000])
def test_the_size_of_a_block_changes_nothing(monkeypatch, cells):
    counts = np.random.default_rng(2).integers(1, 9, size=(13, 4))
    whole = score_interval(counts, macro_f1)
    monkeypatch.setattr(jackknife_module, "_BLOCK_CELLS", cells)
    assert score_interval(counts, macro_f1) == pytest.approx(whole)


@often
@given(st.integers(100, 3000), st.floats(0.1, 0.9))
def test_documents_of_one_item_have_wilsons_interval(n, part):
    right = int(part * n)
    counts = np.stack([np.arange(n) < right, np.ones(n)], axis=1).astype(int)
    wilson = scipy.stats.binomtest(right, n).proportion_ci(method="wilson")
    # A t of n - 1 for the normal quantile, and n - 1 for n.
    assert score_interval(counts, share) == pytest.approx(tuple(wilson), abs=0.25 / n + 1e-6)


# --- Documents that are all alike ---


@often
@given(st.lists(st.integers(1, 50), min_size=2, max_size=60))
def test_where_all_is_right_the_interval_is_that_of_as_many_documents(sizes):
    counts = np.stack([sizes, sizes], axis=1)
    exact = scipy.stats.binomtest(len(sizes), len(sizes)).proportion_ci(method="exact")
    assert score_interval(counts, share) == pytest.approx((exact.low, 1.0))


@often
@given(st.lists(st.integers(1, 50), min_size=2, max_size=60))
def test_where_nothing_is_right_the_interval_is_that_of_as_many_documents(sizes):
    counts = np.stack([np.zeros_like(sizes), sizes], axis=1)
    exact = scipy.stats.binomtest(0, len(sizes)).proportion_ci(method="exact")
    assert score_interval(counts, share) == pytest.approx((0.0, exact.high))


def test_where_all_documents_are_half_right_others_could_be_all_right_or_all_wrong():
    # 1 - 0.025^(1/4) = 0.6024 of other documents may be of another kind.
    low, high = score_interval(np.array([[5, 10]] * 4), share)
    assert (low, high) == pytest.approx((0.5 * (1 - 0.6024), 0.5 * (1 - 0.6024) + 0.6024), abs=1e-4)


def test_two_runs_that_never_differ_may_differ_in_documents_of_another_kind():
    counts = np.array([[3, 9, 3, 9], [7, 7, 7, 7], [0, 4, 0, 4]])
    unseen = 1 - 0.025 ** (1 / 3)
    assert document_interval(counts, difference) == pytest.approx((-unseen, unseen))


def test_a_score_that_reaches_beyond_1_says_so():
    counts = np.array([[15, 10], [12, 10], [18, 10]])
    low, high = document_interval(counts, share, lowest=0.0, highest=2.0)
    assert 0 < low < 1.5 < high < 2


# --- No interval ---

NO_INTERVAL = {
    "no document": np.zeros((0, 2), dtype=int),
    "one document": np.array([[3, 4]]),
    "one document in which anything was asked": np.array([[3, 4], [0, 0], [0, 0]]),
    "nothing was asked at all": np.zeros((5, 2), dtype=int),
}


@pytest.mark.parametrize("counts", NO_INTERVAL.values(), ids=list(NO_INTERVAL))
def test_nothing_is_said_where_nothing_is_known_of_other_documents(counts):
    assert np.isnan(score_interval(counts, share)).all()


def test_a_score_that_is_undefined_without_one_document_has_no_interval():
    # The difference needs both systems' answers; the second answered in one document.
    counts = np.array([[3, 4, 1, 4], [1, 2, 0, 0], [2, 5, 0, 0]])
    assert np.isnan(document_interval(counts, difference)).all()


# --- The candidates ---

METHODS = {"percentile": candidates.percentile, "basic": candidates.basic, "BCa": candidates.bca}


@pytest.mark.parametrize("method", METHODS)
@often
@given(counts=shares(least=4, most=20), seed=st.integers(0, 2**32 - 1))
def test_resampling_intervals_are_scipys_on_the_same_resamples(method, counts, seed):
    draws = candidates.document_draws(len(counts), 99, seed=seed)
    assume(np.ptp(share(draws @ counts)) > 0)
    ours = METHODS[method](counts, share, draws)
    theirs = scipy.stats.bootstrap(
        (counts[:, 0], counts[:, 1]),
        lambda right, rows, axis: right.sum(axis=axis) / rows.sum(axis=axis),
        paired=True,
        method=method,
        n_resamples=99,
        rng=np.random.default_rng(seed),
    ).confidence_interval
    assume(np.isfinite(theirs).all())
    assert ours == pytest.approx(tuple(theirs), abs=1e-9)


def test_the_linearised_interval_of_equal_documents_is_that_of_their_mean():
    values = np.array([3, 5, 6, 6, 9])
    counts = np.stack([values, np.full(5, 10)], axis=1)
    expected = scipy.stats.t.interval(
        0.95, 4, loc=np.mean(values / 10), scale=scipy.stats.sem(values / 10)
    )
    for method in (candidates.linearised_t, candidates.jackknife_t):
        assert method(counts, share) == pytest.approx(expected, abs=1e-6)


def test_the_log_odds_interval_by_hand():
    # Standard error √0.05333 over 0.5 · 0.5, times 4.3027, around log odds of 0.
    reach = 4.3026527 * np.sqrt(0.16 / 3) / 0.25
    low, high = candidates.jackknife_logit(np.array([[1, 10], [5, 10], [9, 10]]), share)
    assert (low, high) == pytest.approx((1 / (1 + np.exp(reach)), 1 / (1 + np.exp(-reach))))


def test_the_bootstrap_t_of_many_equal_documents_is_close_to_the_linearised_interval():
    rng = np.random.default_rng(5)
    counts = np.stack([rng.binomial(10, 0.6, size=300), np.full(300, 10)], axis=1)
    draws = candidates.document_draws(300, 4000)
    expected = candidates.linearised_t(counts, share)
    width = expected[1] - expected[0]
    assert candidates.bootstrap_t(counts, share, draws) == pytest.approx(expected, abs=0.05 * width)


# --- Coverage ---

# Entities of 20 documents of very different length, as a test split has them.
SIZES = np.array([2, 2, 2, 2, 3, 3, 4, 4, 4, 5, 6, 7, 7, 7, 8, 17, 21, 33, 37, 78])


@pytest.mark.parametrize("chance", [0.5, 0.75, 0.9])
def test_it_holds_the_truth_in_95_of_100_corpora_of_20_unequal_documents(chance):
    rng = np.random.default_rng(7)
    of_document = rng.beta(8 * chance, 8 * (1 - chance), size=(3000, len(SIZES)))
    right = rng.binomial(SIZES, of_document)
    counts = np.stack([right, np.broadcast_to(SIZES, right.shape)], axis=-1)
    low, high = jackknife_wilson(counts, share)
    assert 0.93 <= ((low <= chance) & (chance <= high)).mean() <= 0.97
    draws = candidates.document_draws(len(SIZES), 500)
    low, high = candidates.percentile(counts[:1000], share, draws)
    assert ((low <= chance) & (chance <= high)).mean() < 0.92
