"""Paired comparison of two runs: the difference, what speaks for it, and the words for it."""

import msgspec
import numpy as np
import pytest
from invented_runs import right_of_ten, run, saved
from scipy.stats import nct, t

from arnews_bench.comparison import _ERRORS, Comparison, compare, p_text, with_holm
from arnews_bench.errors import InputError
from arnews_bench.metrics.intervals import document_interval
from arnews_bench.results import Dataset, DocumentCount, Sizes, document_counts
from arnews_bench.scoring import SCORERS

STRICT = SCORERS["ner"].measures["strict_f1"]


def twenty_documents():
    """Two runs on documents of very different length, the second somewhat worse."""
    rng = np.random.default_rng(7)
    gold = rng.integers(2, 60, size=20)
    predicted = rng.integers(2, 60, size=(2, 20))
    matched = rng.binomial(np.minimum(gold, predicted), [[0.75], [0.6]])
    return tuple(
        run(name, np.stack([right, gold, given], axis=1).tolist())
        for name, right, given in zip("AB", matched, predicted, strict=True)
    )


def comparison(**fields):
    """A comparison that shows a difference, with some fields changed."""
    given = {
        "task": "ner", "protocol": "cv", "split": None, "metric": "strict_f1",
        "headline": "strict_f1", "lower_is_better": False, "first": "A", "second": "B",
        "n_documents": 20, "first_score": 0.7, "second_score": 0.659, "difference": 0.041,
        "low": 0.009, "high": 0.074, "p": 0.012, "exact": False, "p_adjusted": 0.012,
        "family": 1, "wins": 12, "ties": 3, "losses": 5, "undefined": 0, "standard_error": 0.015,
        "degrees_of_freedom": 10.0, "detectable": 0.046,
    }  # fmt: skip
    return Comparison(**(given | fields))


def test_the_difference_is_first_minus_second_in_the_headline():
    a, b = run("A", right_of_ten(9, 8, 7)), run("B", right_of_ten(4, 3, 2))
    found = compare(a, b)
    assert (found.task, found.metric, found.first, found.second) == ("ner", "strict_f1", "A", "B")
    assert (found.first_score, found.second_score) == pytest.approx((0.8, 0.3))
    assert found.difference == pytest.approx(0.5)
    assert found.n_documents == 3


def test_the_interval_is_that_of_the_difference_over_the_same_documents():
    a, b = twenty_documents()
    counts = np.concatenate([document_counts(a), document_counts(b)], axis=1)
    columns = counts.shape[1] // 2
    expected = document_interval(
        counts, lambda sums: STRICT(sums[..., :columns]) - STRICT(sums[..., columns:])
    )
    found = compare(a, b)
    assert (found.low, found.high) == expected
    assert found.low < found.difference < found.high


def test_documents_that_are_hard_for_both_do_not_widen_the_interval():
    # Each run alone has a wide interval; paired, they differ by 0.1 nearly everywhere.
    hard = [10, 2, 9, 1, 8, 3] * 3
    alone = compare(run("A", right_of_ten(*hard)), run("B", right_of_ten(*hard[::-1])))
    paired = compare(
        run("A", right_of_ten(*hard)), run("B", right_of_ten(1, *(n - 1 for n in hard[1:])))
    )
    assert paired.high - paired.low < (alone.high - alone.low) / 2


def test_exchanging_the_runs_turns_the_sign_and_the_wins():
    a, b = twenty_documents()
    there, back = compare(a, b), compare(b, a)
    assert (there.difference, there.low, there.high) == pytest.approx(
        (-back.difference, -back.high, -back.low)
    )
    assert (there.p, there.detectable) == pytest.approx((back.p, back.detectable))
    assert (there.wins, there.ties, there.losses) == (back.losses, back.ties, back.wins)


def test_p_is_that_of_all_exchanges_of_four_documents():
    # Documents of ten spans each differ by 2, 1, 2, -1 matches: 6 of 16 exchanges part the runs as
    # far or farther (see the tests of the randomisation test).
    found = compare(run("A", right_of_ten(5, 3, 4, 4)), run("B", right_of_ten(3, 2, 2, 5)))
    assert (found.p, found.exact) == (6 / 16, True)
    assert (found.p_adjusted, found.family) == (6 / 16, 1)


def test_p_of_many_documents_is_of_drawn_exchanges_the_same_in_every_call():
    a, b = twenty_documents()
    found = compare(a, b)
    assert not found.exact
    assert 1 / 10_001 <= found.p <= 1
    assert compare(a, b) == found


def test_wins_ties_and_losses_count_documents():
    found = compare(
        run("A", [(5, 10, 10), (3, 10, 10), (1, 2, 2), (2, 4, 2), (0, 3, 3)]),
        # As often right in another number of answers: 2/4 is 1/2, so that the third is a tie.
        run("B", [(4, 10, 10), (4, 10, 10), (2, 4, 4), (2, 4, 2), (0, 3, 3)]),
    )
    assert (found.wins, found.ties, found.losses, found.undefined) == (1, 3, 1, 0)


def test_a_document_whose_measure_is_undefined_for_either_counts_for_neither():
    # Nothing to find there: undefined for the one that answers nothing, 0 for the other.
    found = compare(
        run("A", [(5, 10, 10), (0, 0, 0), (0, 0, 0)]), run("B", [(4, 10, 10), (0, 0, 1), (0, 0, 0)])
    )
    assert (found.wins, found.ties, found.losses, found.undefined) == (1, 0, 0, 2)


def test_the_detectable_difference_is_shown_with_80_percent_power():
    a, b = twenty_documents()
    found = compare(a, b)
    degrees, shift = found.degrees_of_freedom, found.detectable / found.standard_error
    assert nct.sf(t.ppf(0.975, degrees), degrees, shift) == pytest.approx(0.8, abs=1e-6)


def test_the_standard_error_is_that_of_the_jackknife_over_documents():
    a, b = twenty_documents()
    counts = [document_counts(a), document_counts(b)]
    left = [
        STRICT(np.delete(counts[0], i, axis=0).sum(axis=0))
        - STRICT(np.delete(counts[1], i, axis=0).sum(axis=0))
        for i in range(20)
    ]
    assert compare(a, b).standard_error == pytest.approx(np.sqrt(19 * np.var(left)))


def test_another_measure_is_compared_on_request():
    a, b = run("A", [(5, 10, 5), (2, 10, 8)]), run("B", [(6, 10, 20), (2, 10, 4)])
    found = compare(a, b, metric="precision")
    assert (found.metric, found.headline) == ("precision", "strict_f1")
    assert (found.first_score, found.second_score) == pytest.approx((7 / 13, 8 / 24))
    assert str(found).startswith("A and B on ner (precision), split test: no difference shown (")


def test_a_measure_that_the_task_does_not_have_is_refused_with_the_nearest():
    a = run("A", right_of_ten(9, 4))
    with pytest.raises(InputError, match="no measure 'precison'; did you mean 'precision'"):
        compare(a, a, metric="precison")


def test_of_errors_fewer_are_better():
    def inventing(spec, *invented):
        counts = tuple(
            DocumentCount(doc_id=str(number), counts={"entities": 10, "invented": count})
            for number, count in enumerate(invented)
        )
        return run(spec, [], per_document=counts, n=Sizes(rows=40, documents=len(counts)))

    careful, careless = inventing("A", *[0, 1] * 10), inventing("B", *[5, 7] * 10)
    found = compare(careful, careless, metric="invented_rate")
    assert found.difference == pytest.approx(0.05 - 0.6)
    assert (found.wins, found.ties, found.losses) == (20, 0, 0)
    assert str(found).startswith("A is better than B on ner (invented_rate), split test (-55.0")
    assert str(compare(careless, careful, metric="invented_rate")).startswith("A is better than B")


def test_the_measures_that_count_errors_are_measures():
    assert {name for scorer in SCORERS.values() for name in scorer.measures} >= _ERRORS


def test_a_run_does_not_differ_from_itself():
    same = run("A", right_of_ten(9, 6, 3))
    found = compare(same, same)
    assert (found.difference, found.p, found.detectable) == (0, 1.0, None)
    assert (found.wins, found.ties, found.losses) == (0, 3, 0)
    assert found.low <= 0 <= found.high
    assert "no difference shown" in str(found)


def test_one_document_is_too_few_to_compare():
    found = compare(run("A", right_of_ten(9)), run("B", right_of_ten(4)))
    assert (found.difference, found.low, found.high, found.detectable) == (0.5, None, None, None)
    assert not found.shown
    assert str(found) == "A and B on ner, split test: +50.0, too few documents for an interval"


def test_a_headline_that_one_run_leaves_undefined_is_no_difference():
    found = compare(run("A", [(1, 1, 1), (1, 1, 1)]), run("B", [(0, 0, 0), (0, 0, 0)]))
    assert (found.difference, found.low, found.high, found.p) == (None, None, None, None)
    assert found.undefined == 2
    assert str(found) == "A and B on ner, split test: strict_f1 is undefined for one of them"


# The words.


def test_an_interval_above_zero_says_that_the_first_is_better():
    assert str(comparison()) == "A is better than B on ner, cv (+4.1, 95 % +0.9 to +7.4; p = 0.012)"


def test_an_interval_below_zero_says_that_the_second_is_better():
    found = comparison(difference=-0.041, low=-0.074, high=-0.009, p_adjusted=0.0002)
    assert str(found) == "B is better than A on ner, cv (-4.1, 95 % -7.4 to -0.9; p < 0.001)"


def test_an_interval_that_includes_zero_shows_no_difference_and_says_what_would_have_shown():
    found = comparison(low=-0.009, p_adjusted=0.3)
    assert str(found) == (
        "A and B on ner, cv: no difference shown "
        "(+4.1, 95 % -0.9 to +7.4; p = 0.300; 80 % power from 4.6)"
    )


@pytest.mark.parametrize("touching", [{"low": 0.0}, {"low": -0.2, "high": 0.0}])
def test_an_interval_that_touches_zero_includes_it(touching):
    assert not comparison(**touching).shown


def test_a_p_that_was_adjusted_is_called_by_its_name():
    assert "; Holm p = 0.036)" in str(comparison(p_adjusted=0.036, family=3))


def test_a_difference_that_the_adjusted_p_does_not_confirm_is_not_claimed_silently():
    found = comparison(p_adjusted=0.072, family=6)
    assert found.shown
    assert found.disputed
    assert str(found) == (
        "A is better than B on ner, cv (+4.1, 95 % +0.9 to +7.4; Holm p = 0.072) by the interval, "
        "but p shows no difference"
    )


def test_a_p_that_shows_what_the_interval_does_not_is_said():
    found = comparison(low=-0.001, p_adjusted=0.04, detectable=None)
    assert found.disputed
    assert str(found) == (
        "A and B on ner, cv: no difference shown (+4.1, 95 % -0.1 to +7.4; p = 0.040), "
        "although p alone would show one"
    )


def test_a_difference_that_rounds_to_nothing_has_no_minus():
    found = comparison(difference=-0.0001, low=-0.0004, high=0.0002, p_adjusted=None)
    assert "no difference shown (+0.0, 95 % +0.0 to +0.0; " in str(found)


def test_a_limit_is_named():
    assert " on ner, cv, first 40 rows (" in str(comparison(limit=40))


@pytest.mark.parametrize(
    ("p", "alone", "named"),
    [
        (0.5, "0.500", "p = 0.500"),
        (0.0126, "0.013", "p = 0.013"),
        (0.001, "0.001", "p = 0.001"),
        (0.00099, "<0.001", "p < 0.001"),
    ],
)
def test_a_p_has_three_digits_and_is_never_zero(p, alone, named):
    assert (p_text(p), p_text(p, "p ")) == (alone, named)


def test_two_runs_of_one_model_are_told_apart_by_their_seeds():
    documents = right_of_ten(9, 4)
    found = compare(run("A", documents, seed=1), run("A", documents, seed=2))
    assert (found.first, found.second) == ("A (seed 1)", "A (seed 2)")


# Several comparisons.


def test_a_family_is_adjusted_as_one():
    # By Holm: 3 x 0.01; 2 x 0.03; 1 x 0.04, which may not be less.
    found = with_holm([comparison(p=p) for p in (0.01, 0.04, 0.03)])
    assert [c.p_adjusted for c in found] == pytest.approx([0.03, 0.06, 0.06])
    assert [c.p for c in found] == [0.01, 0.04, 0.03]
    assert {c.family for c in found} == {3}


def test_a_comparison_without_p_is_no_part_of_the_family():
    found = with_holm([comparison(p=0.02), comparison(p=None, p_adjusted=None)])
    assert [(c.p_adjusted, c.family) for c in found] == [(0.02, 1), (None, 1)]


# What cannot be compared.


def test_documents_in_another_order_are_not_paired():
    a = run("A", right_of_ten(9, 2))
    with pytest.raises(InputError, match="differ in their documents"):
        compare(a, msgspec.structs.replace(a, per_document=a.per_document[::-1]))


DIFFERENT = [
    ({"task": "anercorp"}, "task (ner and anercorp)"),
    (
        {"dataset": Dataset(version="1.0.0", fingerprint="d" * 64, rows="0" * 64)},
        "data fingerprint (ffffffffffff and 000000000000)",
    ),
    ({"protocol": "cv"}, "protocol (split and cv)"),
    ({"split": "validation"}, "split (test and validation)"),
    ({"split": None}, "split (test and None)"),
    ({"settings": {"limit": 40}}, "limit (None and 40)"),
    ({"n": Sizes(rows=39, documents=2)}, "number of rows (40 and 39)"),
]


@pytest.mark.parametrize(("fields", "said"), DIFFERENT)
def test_runs_that_answered_something_else_are_refused_by_what_differs(fields, said):
    documents = right_of_ten(9, 4)
    with pytest.raises(InputError) as caught:
        compare(run("A", documents), run("B", documents, **fields))
    assert str(caught.value) == f"A and B cannot be compared; they differ in {said}"


def test_all_that_differs_is_said_at_once():
    documents = right_of_ten(9, 4)
    with pytest.raises(InputError, match=r"protocol \(split and cv\), split \(test and None\)$"):
        compare(run("A", documents), run("B", documents, protocol="cv", split=None))


def test_runs_may_differ_in_model_seed_and_settings():
    documents = right_of_ten(9, 4)
    other = run("B", documents, seed=1, settings={"batch": 4}, arnews_bench="0.2.0")
    assert compare(run("A", documents), other).difference == 0


def test_runs_may_be_given_as_folders_or_as_files(tmp_path):
    a, b = run("A", right_of_ten(9, 8)), run("B", right_of_ten(4, 4))
    one, two = saved(tmp_path / "a", a), saved(tmp_path / "b", b)
    assert compare(one, two / "run.json") == compare(str(one), b) == compare(a, b)


def test_a_comparison_is_read_back_from_its_json_as_it_was():
    found = compare(*twenty_documents())
    assert msgspec.json.decode(msgspec.json.encode(found), type=Comparison) == found
