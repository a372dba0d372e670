"""Errors of recorded runs: they add up with what the run recorded, and belong to its data."""

import json
import shutil

import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.analysis.runs import errors_of_run
from arnews_bench.results import find_runs

TASKS = ("ner", "stance", "attribution")


@pytest.fixture(scope="module")
def results(baseline_results):
    for model in ("linear", "majority"):
        ab.evaluate(model, out=baseline_results)
    return baseline_results


@pytest.fixture
def copy(results, tmp_path):
    """Copy a run, to spoil it."""

    def make(task, model="majority"):
        (source,) = results.glob(f"{model}/{task}-split-*")
        return shutil.copytree(source, tmp_path / "run")

    return make


def totals(run):
    found = {}
    for document in run.per_document:
        for name, count in document.counts.items():
            found[name] = found.get(name, 0) + count
    return found


RUNS = [
    ("linear", "split"),
    pytest.param("linear", "cv", marks=pytest.mark.slow),
    ("majority", "split"),
    ("majority", "cv"),
    ("random", "split"),
    ("random", "cv"),
]


@pytest.mark.parametrize(("model", "protocol"), RUNS)
def test_the_errors_of_every_baseline_add_up_with_the_figures_of_its_run(results, model, protocol):
    # What is there already is read and not repeated.
    ab.evaluate(model, protocol=protocol, out=results)
    seen = []
    for folder in sorted(results.glob(f"{model}/*-{protocol}-*")):
        run, found = ab.load_run(folder), errors_of_run(folder).analysis
        seen.append(run.task)
        counts = totals(run)
        if run.task == "ner":
            kinds = {
                kind: sum(counts.get(f"{name}.{kind}", 0) for name in ab.COARSE_TYPES)
                for kind in ("matched", "gold", "predicted")
            }
        elif run.task == "attribution":
            kinds = {
                kind: counts.get(f"right.{kind}", 0) for kind in ("matched", "gold", "predicted")
            }
        else:
            right = sum(
                counts.get(f"{granularity}.{label}>{label}", 0)
                for granularity in ("document", "statement")
                for label in ab.STANCE_LABELS
            )
            kinds = {"matched": right, "gold": run.n.rows, "predicted": run.n.rows}
            for kind in found.kinds:
                gold, _, predicted = kind.name.partition("-as-")
                for granularity, count in kind.groups.items():
                    assert counts.get(f"{granularity}.{gold}>{predicted}", 0) == count
        assert (found.right, found.gold, found.predicted) == tuple(kinds.values())
        assert sum(kind.count for kind in found.costing("recall")) == found.gold - found.right
        assert (
            sum(kind.count for kind in found.costing("precision")) == found.predicted - found.right
        )
        assert all(kind.count == len(kind.cases) for kind in found.kinds)
        assert all(sum(kind.groups.values()) == kind.count for kind in found.kinds)
    assert seen == sorted(TASKS)


def test_every_span_of_a_case_lies_in_one_of_its_passages(results):
    for folder in sorted(results.glob("linear/*-split-*")):
        for kind in errors_of_run(folder).analysis.kinds:
            for case in kind.cases:
                for span in case.spans:
                    assert any(
                        p.start <= span.start and span.end <= p.start + len(p.text)
                        for p in case.passages
                    )


def test_a_run_over_the_first_rows_covers_these_alone(tmp_path):
    ab.evaluate("majority", ["ner"], out=tmp_path, limit=3)
    (folder,) = tmp_path.glob("majority/*")
    found = errors_of_run(folder).analysis
    rows = ab.load_rows("ner", "test")[:3]
    assert found.gold == sum(tag[0] == "B" for row in rows for tag in row.ner_tags)
    assert {case.row_id for kind in found.kinds for case in kind.cases} <= {row.id for row in rows}


def test_the_json_of_a_run_stands_for_its_folder(results):
    (folder,) = results.glob("majority/ner-split-*")
    assert errors_of_run(folder / "run.json") == errors_of_run(folder)


def test_the_cases_of_one_kind_are_enough_if_only_these_are_wanted(results):
    (folder,) = results.glob("majority/ner-split-*")
    found = errors_of_run(folder, kinds=("boundary",), limit=2).analysis
    assert {kind.name: len(kind.cases) for kind in found.kinds if kind.cases} == {"boundary": 2}
    assert [kind.count for kind in found.kinds] == [
        kind.count for kind in errors_of_run(folder).analysis.kinds
    ]


OWN_TASK = """
name: mine
type: ner
description: Rows of my own.
data: {format: jsonl, test: test.jsonl}
"""


@pytest.fixture
def own(tmp_path):
    """A task of a user's own, and a run on it."""
    rows = ab.load_rows("ner", "test")[:5]
    (tmp_path / "task.yaml").write_text(OWN_TASK)
    (tmp_path / "test.jsonl").write_bytes(b"".join(msgspec.json.encode(r) + b"\n" for r in rows))
    answers = tmp_path / "answers.jsonl"
    answers.write_text("".join(f'{{"id": "{row.id}", "entities": []}}\n' for row in rows))
    ab.score(answers, tmp_path / "task.yaml", out=tmp_path / "results")
    (run,) = find_runs([tmp_path / "results"])
    (folder,) = (tmp_path / "results").glob("*/mine-*")
    return run, folder, tmp_path / "task.yaml"


def test_a_task_of_ones_own_is_named_by_its_file(own):
    run, folder, task = own
    assert errors_of_run(folder, task=task).run == run
    with pytest.raises(ab.InputError, match=r"a task of your own, 'mine'; give its task\.yaml"):
        errors_of_run(folder)


def test_rows_that_changed_since_are_named(own):
    _, folder, task = own
    path = task.parent / "test.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"fold":0', b'"fold":1'))
    with pytest.raises(ab.InputError, match="the run was made on other data") as caught:
        errors_of_run(folder, task=task)
    assert "--data" in str(caught.value)


def test_the_data_of_another_task_are_named(own, copy):
    _, folder, task = own
    with pytest.raises(ab.InputError, match="the run was made on other data"):
        errors_of_run(folder, task="ner")
    with pytest.raises(ab.InputError, match=r"of type stance, but .* is of type ner"):
        errors_of_run(copy("stance"), task=task)


def test_predictions_that_are_not_those_of_the_score_are_named(copy):
    folder = copy("stance")
    log = folder / "predictions.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"unrelated"', b'"agree"', 1))
    with pytest.raises(ab.InputError, match="these predictions have another macro_f1 than"):
        errors_of_run(folder)


def test_a_prediction_that_is_missing_is_named(copy):
    folder = copy("stance")
    log = folder / "predictions.jsonl"
    log.write_bytes(log.read_bytes().partition(b"\n")[2])
    with pytest.raises(ab.InputError, match="1 of 419 rows have no prediction"):
        errors_of_run(folder)


def test_a_run_without_predictions_is_named(copy):
    folder = copy("ner")
    (folder / "predictions.jsonl").unlink()
    with pytest.raises(ab.InputError, match=r"predictions\.jsonl: no such file; without"):
        errors_of_run(folder)


def test_a_limit_in_the_record_that_is_no_number_is_named(copy):
    folder = copy("ner")
    record = json.loads((folder / "run.json").read_text())
    record["settings"]["limit"] = "all"
    (folder / "run.json").write_text(json.dumps(record))
    with pytest.raises(ab.InputError, match=r"field `settings\.limit`: 'all' is no number"):
        errors_of_run(folder)


def test_a_folder_that_is_no_run_is_named_with_the_runs_below_it(results, tmp_path):
    with pytest.raises(ab.InputError, match="no such run"):
        errors_of_run(tmp_path / "absent")
    with pytest.raises(ab.InputError, match=r"no run here: the folder has no run\.json"):
        errors_of_run(tmp_path)
    with pytest.raises(ab.InputError, match=r"a folder of runs; name one: .*/attribution-"):
        errors_of_run(results / "linear")


def test_a_run_that_is_not_finished_is_named(copy):
    folder = copy("ner")
    (folder / "run.json").unlink()
    with pytest.raises(ab.InputError, match="the run is not finished"):
        errors_of_run(folder)


def test_an_unknown_kind_is_answered_with_the_nearest_one(copy):
    folder = copy("ner")
    with pytest.raises(ab.InputError, match="no kind of error 'boundry'; did you mean 'boundary'"):
        errors_of_run(folder, kinds=("boundry",))
    with pytest.raises(ab.InputError, match="known are: both, boundary, invented"):
        errors_of_run(folder, kinds=("xyz",))
    with pytest.raises(ab.InputError, match="--limit: 0 is no number of cases"):
        errors_of_run(folder, limit=0)


def test_a_run_on_a_declared_corpus_is_found_by_its_name(tmp_path, arbench):
    for name in ("train", "test"):
        (tmp_path / f"{name}.conll").write_text("زار O\nدمشق B-LOC\n\nلافروف B-PERS\n")
    data = ("--data", tmp_path)
    call = ("eval", "majority", "--task", "anercorp", *data, "--out", tmp_path / "r")
    assert arbench(*call).code == 0
    (folder,) = tmp_path.glob("r/majority/*")
    result = arbench("errors", folder, *data)
    assert result.code == 0
    assert "majority on anercorp" in result.out
