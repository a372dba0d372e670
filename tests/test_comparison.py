"""Paired comparison of two runs: the difference, its interval, and the words for it."""

import msgspec
import numpy as np
import pytest

from arnews_bench.comparison import Comparison, compare, compare_folders
from arnews_bench.errors import InputError
from arnews_bench.results import Dataset, DocumentCount, ModelInfo, Run, Sizes, save_run


def run(spec, documents, **fields):
    """An entity run from (matched, gold, predicted) spans of each document."""
    per_document = tuple(
        DocumentCount(
            doc_id=f"000-{number}",
            counts={"PER.matched": matched, "PER.gold": gold, "PER.predicted": predicted},
        )
        for number, (matched, gold, predicted) in enumerate(documents)
    )
    settings = {
        "schema": 2,
        "arnews_bench": "0.2.0",
        "dataset": Dataset(version="1.0.0", fingerprint="d" * 64, rows="f" * 64),
        "task": "ner",
        "task_type": "ner",
        "protocol": "split",
        "split": "test",
        "model": ModelInfo(spec=spec, revision=None),
        "seed": 0,
        "settings": {},
        "n": Sizes(rows=40, documents=len(documents)),
        "headline": "strict_f1",
        "metrics": {},
        "per_document": per_document,
        "timing": {},
        "environment": {},
        "started": "2025-01-01T00:00:00Z",
        "finished": "2025-01-01T00:01:00Z",
    }
    return Run(**(settings | fields))


def right_of_ten(*matched):
    """Documents of ten gold and ten predicted spans: the F1 is the share that matched."""
    return [(count, 10, 10) for count in matched]


def interval(found):
    return pytest.approx((found.difference, found.low, found.high))


def test_the_difference_is_first_minus_second_in_the_headline():
    a, b = run("A", right_of_ten(9, 8, 7)), run("B", right_of_ten(4, 3, 2))
    found = compare(a, b)
    assert (found.task, found.metric, found.first, found.second) == ("ner", "strict_f1", "A", "B")
    # Every document differs by one half, so that every resample does.
    assert interval(found) == (0.5, 0.5, 0.5)


def test_with_three_documents_the_interval_reaches_from_the_worst_to_the_best_difference():
    # A resample of one document three times has a chance of 1/27, more than 2.5 %.
    a, b = run("A", right_of_ten(9, 6, 3)), run("B", right_of_ten(5, 5, 5))
    assert interval(compare(a, b)) == (0.1, -0.2, 0.4)


def test_the_interval_is_that_of_resampled_documents_the_same_for_both():
    rng = np.random.default_rng(7)
    gold = rng.integers(2, 30, size=20)
    predicted = rng.integers(2, 30, size=(2, 20))
    matched = rng.binomial(np.minimum(gold, predicted), [[0.75], [0.6]])
    a, b = (
        run(name, np.stack([right, gold, given], axis=1).tolist())
        for name, right, given in zip("AB", matched, predicted, strict=True)
    )
    found = compare(a, b)

    def difference(documents):
        first, second = (
            2 * m[documents].sum(-1) / (gold[documents].sum(-1) + p[documents].sum(-1))
            for m, p in zip(matched, predicted, strict=True)
        )
        return first - second

    draws = difference(rng.integers(0, 20, size=(40_000, 20)))
    low, high = np.percentile(draws, [2.5, 97.5])
    assert found.difference == pytest.approx(difference(np.arange(20)))
    # The standard errors of a 2.5 % quantile of 10,000 and 40,000 draws are 0.027 and 0.013
    # standard deviations; this is four times both together.
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.12 * draws.std())


def test_documents_that_are_hard_for_both_do_not_widen_the_interval():
    # Each run alone has a wide interval; paired, they differ by 0.1 everywhere.
    a, b = run("A", right_of_ten(10, 2, 9, 1)), run("B", right_of_ten(9, 1, 8, 0))
    assert interval(compare(a, b)) == (0.1, 0.1, 0.1)


def test_exchanging_the_runs_turns_the_sign():
    a, b = run("A", right_of_ten(9, 3, 7, 5)), run("B", right_of_ten(6, 5, 2, 4))
    there, back = compare(a, b), compare(b, a)
    assert interval(there) == (-back.difference, -back.high, -back.low)


def test_an_interval_that_includes_zero_shows_no_difference():
    found = compare(run("A", right_of_ten(9, 6, 3)), run("B", right_of_ten(5, 5, 5)))
    assert not found.shown
    assert (
        str(found) == "A and B on ner, split test: no difference shown (+10.0, 95 % -20.0 to +40.0)"
    )


def test_a_run_does_not_differ_from_itself():
    same = run("A", right_of_ten(9, 6, 3))
    found = compare(same, same)
    assert interval(found) == (0, 0, 0)
    assert "no difference shown" in str(found)


@pytest.mark.parametrize("touching", [{"low": 0.0, "high": 0.2}, {"low": -0.2, "high": 0.0}])
def test_an_interval_that_touches_zero_includes_it(touching):
    found = Comparison(
        task="ner",
        protocol="split",
        split="test",
        metric="strict_f1",
        first="A",
        second="B",
        difference=0.1,
        **touching,
    )
    assert not found.shown


def test_an_interval_above_zero_says_that_the_first_is_better():
    found = compare(run("A", right_of_ten(9, 8, 7)), run("B", right_of_ten(4, 4, 4)))
    assert found.shown
    assert str(found) == "A is better than B on ner, split test (+40.0, 95 % +30.0 to +50.0)"


def test_an_interval_below_zero_says_that_the_second_is_better():
    found = compare(run("A", right_of_ten(4, 4, 4)), run("B", right_of_ten(9, 8, 7)))
    assert found.shown
    assert str(found) == "B is better than A on ner, split test (-40.0, 95 % -50.0 to -30.0)"


def test_one_document_is_too_few_to_compare():
    found = compare(run("A", right_of_ten(9)), run("B", right_of_ten(4)))
    assert (found.difference, found.low, found.high) == (0.5, None, None)
    assert not found.shown
    assert str(found) == "A and B on ner, split test: +50.0, too few documents for an interval"


def test_a_headline_that_one_run_leaves_undefined_is_no_difference():
    found = compare(run("A", [(1, 1, 1), (1, 1, 1)]), run("B", [(0, 0, 0), (0, 0, 0)]))
    assert (found.difference, found.low, found.high) == (None, None, None)
    assert str(found) == "A and B on ner, split test: strict_f1 is undefined for one of them"


def test_a_difference_that_rounds_to_nothing_has_no_minus():
    found = Comparison(
        task="ner", protocol="split", split="test", metric="strict_f1", first="A", second="B",
        difference=-0.0001, low=-0.0004, high=0.0002,
    )  # fmt: skip
    assert str(found) == "A and B on ner, split test: no difference shown (+0.0, 95 % +0.0 to +0.0)"


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


def saved(folder, found):
    save_run(folder, found)
    return folder


def test_runs_may_be_given_as_folders_or_as_files(tmp_path):
    a, b = run("A", right_of_ten(9, 8)), run("B", right_of_ten(4, 4))
    one, two = saved(tmp_path / "a", a), saved(tmp_path / "b", b)
    assert compare(one, two / "run.json") == compare(str(one), b) == compare(a, b)


def test_folders_are_compared_task_by_task_with_the_first(tmp_path):
    documents = right_of_ten(9, 4)
    for model in "abc":
        for task in ("ner", "anercorp"):
            saved(tmp_path / model / task, run(model.upper(), documents, task=task))
    found = compare_folders([tmp_path / model for model in "abc"])
    assert sorted((c.first, c.second, c.task) for c in found) == [
        ("A", "B", "anercorp"),
        ("A", "B", "ner"),
        ("A", "C", "anercorp"),
        ("A", "C", "ner"),
    ]


def test_a_task_that_only_one_folder_has_is_left_out(tmp_path):
    documents = right_of_ten(9, 4)
    saved(tmp_path / "a" / "ner", run("A", documents))
    saved(tmp_path / "a" / "more", run("A", documents, task="anercorp"))
    saved(tmp_path / "b" / "ner", run("B", documents))
    assert [c.task for c in compare_folders([tmp_path / "a", tmp_path / "b"])] == ["ner"]


def test_of_several_runs_of_a_task_the_one_that_finished_last_counts(tmp_path):
    early, late = "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"
    saved(tmp_path / "a" / "1", run("new", right_of_ten(9, 9), finished=late))
    saved(tmp_path / "a" / "2", run("old", right_of_ten(1, 1), finished=early))
    saved(tmp_path / "b", run("B", right_of_ten(5, 5)))
    (found,) = compare_folders([tmp_path / "a", tmp_path / "b"])
    assert (found.first, found.difference) == ("new", pytest.approx(0.4))


@pytest.mark.parametrize("n_paths", [0, 1])
def test_fewer_than_two_folders_are_nothing_to_compare(tmp_path, n_paths):
    saved(tmp_path / "a", run("A", right_of_ten(9, 9)))
    with pytest.raises(InputError, match="at least two"):
        compare_folders([tmp_path / "a"] * n_paths)


def test_folders_without_a_task_in_common_are_refused_with_what_each_has(tmp_path):
    documents = right_of_ten(9, 4)
    saved(tmp_path / "a", run("A", documents))
    saved(tmp_path / "b", run("B", documents, protocol="cv", split=None))
    with pytest.raises(InputError) as caught:
        compare_folders([tmp_path / "a", tmp_path / "b"])
    assert "no task, protocol and split in common" in str(caught.value)
    assert str(caught.value).endswith("ner split test and ner cv")


def test_a_folder_without_a_run_is_refused(tmp_path):
    saved(tmp_path / "a", run("A", right_of_ten(9, 9)))
    (tmp_path / "b").mkdir()
    with pytest.raises(InputError, match=r"no run\.json at or below"):
        compare_folders([tmp_path / "a", tmp_path / "b"])


def test_a_comparison_is_read_back_from_its_json_as_it_was():
    found = compare(run("A", right_of_ten(9, 8, 7)), run("B", right_of_ten(4, 4, 4)))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Comparison) == found
