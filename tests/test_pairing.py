"""Which runs of some folders are compared with which."""

import pytest
from invented_runs import right_of_ten, run, saved

from arnews_bench.errors import InputError
from arnews_bench.pairing import compare_folders

DOCUMENTS = right_of_ten(9, 4)


@pytest.fixture
def three_models(tmp_path):
    """Folders of three models, each with two tasks."""
    for model in "abc":
        for task in ("ner", "anercorp"):
            saved(tmp_path / model / task, run(model.upper(), DOCUMENTS, task=task))
    return [tmp_path / model for model in "abc"]


def pairs(found):
    return sorted((c.first, c.second, c.task) for c in found)


def test_folders_are_compared_task_by_task_with_the_first(three_models):
    assert pairs(compare_folders(three_models)) == [
        ("A", "B", "anercorp"),
        ("A", "B", "ner"),
        ("A", "C", "anercorp"),
        ("A", "C", "ner"),
    ]


def test_on_request_each_is_compared_with_each(three_models):
    found = compare_folders(three_models, all_pairs=True)
    assert {(c.first, c.second) for c in found} == {("A", "B"), ("A", "C"), ("B", "C")}
    assert len(found) == 6


def test_all_comparisons_of_a_call_are_one_family(tmp_path):
    saved(tmp_path / "a", run("A", right_of_ten(9, 9, 9, 9, 9)))
    saved(tmp_path / "b", run("B", right_of_ten(4, 4, 4, 4, 4)))
    saved(tmp_path / "c", run("C", right_of_ten(5, 9, 9, 9, 9)))
    found = compare_folders([tmp_path / name for name in "abc"])
    # Of 2 ** 5 exchanges the two extremes; then one document that differs, which decides nothing.
    assert [c.p for c in found] == [2 / 32, 1.0]
    assert [c.p_adjusted for c in found] == [4 / 32, 1.0]
    assert [c.family for c in found] == [2, 2]


def test_a_task_that_only_one_folder_has_is_left_out(tmp_path):
    saved(tmp_path / "a" / "ner", run("A", DOCUMENTS))
    saved(tmp_path / "a" / "more", run("A", DOCUMENTS, task="anercorp"))
    saved(tmp_path / "b" / "ner", run("B", DOCUMENTS))
    assert [c.task for c in compare_folders([tmp_path / "a", tmp_path / "b"])] == ["ner"]


def test_of_several_runs_of_a_task_the_one_that_finished_last_counts(tmp_path):
    early, late = "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"
    saved(tmp_path / "a" / "1", run("A", right_of_ten(9, 9), finished=late))
    saved(tmp_path / "a" / "2", run("A", right_of_ten(1, 1), finished=early))
    saved(tmp_path / "b", run("B", right_of_ten(5, 5)))
    (found,) = compare_folders([tmp_path / "a", tmp_path / "b"])
    assert found.difference == pytest.approx(0.4)


def test_a_run_on_the_first_rows_does_not_stand_for_one_on_all(tmp_path):
    late = "2025-02-01T00:00:00Z"
    saved(tmp_path / "a" / "1", run("A", right_of_ten(9, 9)))
    saved(tmp_path / "a" / "2", run("A", right_of_ten(1), finished=late, settings={"limit": 5}))
    saved(tmp_path / "b", run("B", right_of_ten(5, 5)))
    (found,) = compare_folders([tmp_path / "a", tmp_path / "b"])
    assert (found.limit, found.difference) == (None, pytest.approx(0.4))


def test_a_folder_of_several_models_is_ambiguous(tmp_path):
    saved(tmp_path / "results" / "a", run("A", DOCUMENTS))
    saved(tmp_path / "results" / "b", run("B", DOCUMENTS))
    with pytest.raises(InputError, match="holds runs of A, B; give the folder of each model"):
        compare_folders([tmp_path / "results", tmp_path / "results" / "a"])


def test_a_measure_is_compared_where_there_is_one(three_models):
    found = compare_folders(three_models[:2], metric="recall")
    assert {c.metric for c in found} == {"recall"}


def test_a_measure_that_no_task_has_is_refused(three_models):
    with pytest.raises(InputError, match="--metric: unknown measure 'recal'; did you mean 'recal"):
        compare_folders(three_models, metric="recal")


@pytest.mark.parametrize("n_paths", [0, 1])
def test_fewer_than_two_folders_are_nothing_to_compare(tmp_path, n_paths):
    saved(tmp_path / "a", run("A", right_of_ten(9, 9)))
    with pytest.raises(InputError, match="at least two"):
        compare_folders([tmp_path / "a"] * n_paths)


def test_folders_without_a_task_in_common_are_refused_with_what_each_has(tmp_path):
    saved(tmp_path / "a" / "1", run("A", DOCUMENTS))
    saved(tmp_path / "a" / "2", run("A", DOCUMENTS, task="anercorp", settings={"limit": 7}))
    saved(tmp_path / "b", run("B", DOCUMENTS, protocol="cv", split=None))
    with pytest.raises(InputError) as caught:
        compare_folders([tmp_path / "a", tmp_path / "b"])
    assert "no task, protocol and split in common" in str(caught.value)
    assert str(caught.value).endswith(
        "ner split test; anercorp split test, first 7 rows and ner cv"
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"protocol": "cv", "split": None}, r"protocol \(split and cv\), split \(test and None\)"),
        ({"split": "validation"}, r"split \(test and validation\)"),
        ({"settings": {"limit": 7}}, r"limit \(None and 7\)"),
    ],
)
def test_two_single_runs_that_do_not_fit_are_refused_by_what_differs(tmp_path, fields, said):
    saved(tmp_path / "a", run("A", DOCUMENTS))
    saved(tmp_path / "b", run("B", DOCUMENTS, **fields))
    with pytest.raises(InputError, match=f"cannot be compared; they differ in {said}$"):
        compare_folders([tmp_path / "a", tmp_path / "b"])


def test_a_folder_without_a_run_is_refused(tmp_path):
    saved(tmp_path / "a", run("A", right_of_ten(9, 9)))
    (tmp_path / "b").mkdir()
    with pytest.raises(InputError, match=r"no run\.json at or below"):
        compare_folders([tmp_path / "a", tmp_path / "b"])


OUT_OF_ORDER = [
    ("b", "ner", "test"), ("s", "stance", "test"), ("a", "ner", "test"), ("b", "ner", "train"),
]  # fmt: skip


def test_tasks_on_the_same_rows_stand_together_in_the_order_of_the_benchmark(tmp_path):
    for model in "ab":
        for number, (task, kind, split) in enumerate(OUT_OF_ORDER):
            fields = {"task": task, "task_type": kind, "split": split}
            fields["finished"] = f"2025-01-01T00:00:0{9 - number}Z"
            if kind == "ner":
                found = run(model, DOCUMENTS, **fields)
            else:
                found = run(model, [], headline="macro_f1", **fields)
            saved(tmp_path / model / str(number), found)
    compared = compare_folders([tmp_path / "a", tmp_path / "b"])
    assert [(c.split, c.task) for c in compared] == [
        ("test", "a"), ("test", "b"), ("test", "s"), ("train", "b"),
    ]  # fmt: skip
