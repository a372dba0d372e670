"""Where runs lie: a folder with a `run.json`, itself or somewhere below."""

import pytest

from arnews_bench import InputError
from arnews_bench.run_files import run_folders, run_place, runs_below


@pytest.fixture
def results(tmp_path):
    """Two complete runs of one model, an unfinished one, and a folder without any."""
    for name in ("m/b", "m/a"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "run.json").touch()
    (tmp_path / "unfinished").mkdir()
    (tmp_path / "unfinished" / "predictions.jsonl").touch()
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_a_folder_is_a_run_or_has_runs_below_it(results):
    assert runs_below(results / "m/a") == [results / "m/a"]
    assert runs_below(results) == [results / "m/a", results / "m/b"]
    assert runs_below(results / "unfinished") == runs_below(results / "absent") == []


def test_runs_are_found_once_however_they_are_named(results):
    a, b = results / "m/a", results / "m/b"
    assert run_folders([b, b / "run.json", results / "empty/../m/b", results]) == [b, a]


@pytest.mark.parametrize("name", ["empty", "unfinished"])
def test_a_folder_without_runs_is_named(results, name):
    with pytest.raises(InputError, match=rf"{name}: no run\.json at or below this folder"):
        run_folders([results, results / name])


def test_one_run_is_named_by_its_folder_or_its_record(results):
    assert run_place(results / "m/a") == run_place(results / "m/a/run.json") == results / "m/a"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent", "absent: no such run"),
        ("absent/run.json", "absent/run.json: no such run"),
        ("empty", "empty: no run here: the folder has no run.json"),
        ("unfinished", "unfinished: the run is not finished: it has no run.json yet"),
    ],
)
def test_what_is_no_run_is_named(results, name, message):
    with pytest.raises(InputError) as caught:
        run_place(results / name)
    assert message in str(caught.value)


def test_of_a_folder_of_runs_five_are_named(results):
    for number in range(4):
        (results / f"m/c{number}").mkdir()
        (results / f"m/c{number}/run.json").touch()
    with pytest.raises(InputError, match=r"a folder of runs; name one: .*/m/c2 and 1 more$"):
        run_place(results)
