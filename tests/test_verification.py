"""A recorded run is what its predictions score, or it is rejected."""

import json
import os
import shutil

import pytest

import arnews_bench as ab
from arnews_bench import runner
from arnews_bench.results import load_run
from arnews_bench.run_files import run_folders
from arnews_bench.submissions import place_of, verify_submissions
from arnews_bench.verification import require_reproduced, verify_run


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Runs of a baseline on the three tasks, under both protocols."""
    out = tmp_path_factory.mktemp("results")
    ab.evaluate("majority", out=out)
    ab.evaluate("majority", protocol="cv", out=out)
    return out


@pytest.fixture
def run(results, tmp_path):
    """A copy of the run on stance, to be changed."""
    (found,) = results.glob("majority/stance-split-*")
    return shutil.copytree(found, tmp_path / found.name)


def rewrite(folder, change) -> None:
    """Change the record of a run."""
    record = json.loads((folder / "run.json").read_bytes())
    change(record)
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")


def put(**fields):
    """A change that sets fields."""
    return lambda record: record.update(fields)


def problems_after(folder, change) -> str:
    rewrite(folder, change)
    found = verify_run(folder)
    assert not found.reproduces
    return "\n".join(found.problems)


def test_what_eval_records_reproduces_on_every_task_under_both_protocols(results):
    found = verify_submissions(results)
    assert [item.problems for item in found.runs] == [()] * 6
    assert found.reproduce
    assert all(item.computed == item.run.score.value for item in found.runs)


def test_a_file_of_predictions_in_any_order_reproduces(predictions_file, tmp_path):
    runner.score(predictions_file("ner", lambda lines: lines.reverse()), "ner", out=tmp_path)
    (folder,) = run_folders([tmp_path])
    assert verify_run(folder).reproduces


def test_a_raised_score_is_rejected_with_both_values(run):
    computed = load_run(run).score.value

    def raised(record) -> None:
        record["metrics"]["macro_f1"]["value"] += 1e-6

    (problem,) = problems_after(run, raised).splitlines()
    assert problem == (
        f"field `metrics.macro_f1.value`: {computed + 1e-6!r} is recorded, {computed!r} computed"
    )


def test_the_last_digits_of_another_platform_are_allowed(run):
    def touched(record) -> None:
        record["metrics"]["macro_f1"]["low"] += 1e-12

    rewrite(run, touched)
    assert verify_run(run).reproduces


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda r: r["per_document"][0]["counts"].update({"agree.gold": 99}), "per_document[0]"),
        (lambda r: r["per_document"].pop(), "entries are recorded, 20 computed"),
        (lambda r: r["per_document"].reverse(), "per_document[0].doc_id"),
        (lambda r: r["n"].update(rows=7), "field `n.rows`: 7 is recorded, 419 computed"),
        (lambda r: r["metrics"].pop("accuracy"), "field `metrics.accuracy`: is missing"),
        (lambda r: r["metrics"]["accuracy"].update(value=None), "None is recorded"),
        (
            lambda r: r["metrics"].update(honesty={"value": 1, "low": 1, "high": 1}),
            "field `metrics.honesty`: is recorded, but there is no such thing",
        ),
        (put(headline="accuracy"), "field `headline`: 'accuracy' is recorded"),
        (put(interval="guessed"), "field `interval`: 'guessed' is recorded"),
        (put(breakdown={}), "field `breakdown.claim`: is missing"),
        (put(task_type="ner"), "field `task_type`: 'ner' is recorded, 'stance' computed"),
        (put(split="validation"), "--split validation meant?"),
        (put(split=None), "has no split ''"),
        (put(protocol="cv"), "rows have no prediction"),
        (put(repairs=["all"]), "field `repairs`: 1 entries are recorded, 0 computed"),
        (put(claim="best"), "unknown field `claim`"),
        (lambda r: r["dataset"].update(fingerprint="0" * 64), "field `dataset.fingerprint`"),
        (lambda r: r["dataset"].update(rows="0" * 64), "the right ones are given by --data"),
        (lambda r: r["dataset"].update(version="0.9.0"), "the run was made on 0.9.0"),
        (lambda r: r["dataset"].update(fingerprint=None), "the rows are none of the benchmark"),
        (put(settings={"limit": 5}), "only the first rows were answered"),
        (put(settings={"limit": None, "help": True}), "unknown setting 'help'"),
        (put(settings={"limit": None, "options": 5}), "field `settings.options`"),
        (put(task="mine"), "'mine' is no task of the benchmark (ner, stance, attribution)"),
        (put(task="../../task.yaml"), "is no task of the benchmark"),
        (put(task="ner"), "field `dataset.rows`"),
        (put(finished="9999-01-01T00:00:00+00:00"), "lies in the future"),
        (put(finished="2025-01-01T00:00:00"), "is no time in UTC"),
        (put(started="soon"), "field `started`: 'soon' is no time in UTC"),
        (put(schema=1), "schema 1; this version of arnews-bench reads 2"),
    ],
)  # fmt: skip
def test_every_field_that_follows_from_the_predictions_is_compared(run, change, problem):
    assert problem in problems_after(run, change)


def test_many_differences_are_counted(run):
    def changed(record) -> None:
        for score in record["metrics"].values():
            score["value"] = 0.123

    lines = problems_after(run, changed).splitlines()
    assert len(lines) == 9
    assert lines[-1].startswith("… and ")


def test_changed_predictions_do_not_reproduce(run):
    path = run / "predictions.jsonl"
    lines = path.read_text(encoding="utf-8").replace('"unrelated"', '"agree"', 3)
    path.write_text(lines, encoding="utf-8")
    assert "is recorded" in verify_run(run).problems[0]


def test_predictions_are_refused_for_what_score_refuses_them_for(run):
    path = run / "predictions.jsonl"
    path.write_bytes(path.read_bytes().partition(b"\n")[2])
    (problem,) = verify_run(run).problems
    assert "1 of 419 rows have no prediction" in problem
    assert str(run) not in problem


@pytest.mark.parametrize("name", ["run.json", "predictions.jsonl"])
def test_a_run_needs_both_files(run, name):
    (run / name).unlink()
    assert verify_run(run).problems == (
        f"{name}: no such file; a run is a run.json with its predictions.jsonl",
    )


@pytest.mark.parametrize("name", ["run.json", "predictions.jsonl"])
def test_links_pipes_folders_and_huge_files_are_not_read(run, name, tmp_path):
    path = run / name
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert verify_run(run).problems == (f"{name}: is a symbolic link; the file itself is needed",)
    path.unlink()
    os.mkfifo(path)
    assert verify_run(run).problems == (f"{name}: is no file",)
    path.unlink()
    path.mkdir()
    assert verify_run(run).problems == (f"{name}: is no file",)
    path.rmdir()
    with path.open("wb") as stream:
        stream.truncate(1 << 34)
    assert "17,179,869,184 bytes; at most 10,485,760 are read" in verify_run(run).problems[0]


@pytest.mark.parametrize("name", ["run.json", "predictions.jsonl"])
@pytest.mark.parametrize(
    "content",
    [
        b'{"settings":{"a":' + b"[" * 200_000,
        b'{"id":"C01:000-a","label":' + b"[" * 200_000,
        b"\x00\xff",
        b"null",
        b'{"timing":{"a":1e999}}',
        b"",
    ],
)
def test_broken_and_deep_files_end_in_a_problem(run, name, content):
    (run / name).write_bytes(content)
    assert verify_run(run).problems


def test_runs_that_do_not_reproduce_are_all_named(run, results):
    others = run_folders([results])
    assert len(require_reproduced(others)) == 6
    rewrite(run, put(headline="accuracy"))
    with pytest.raises(ab.InputError, match=r"these runs do not reproduce:\n  .*field `headline`"):
        require_reproduced([*others, run])


def test_other_rows_are_given_by_data(run, tmp_path):
    data = shutil.copytree(ab.data_dir(), tmp_path / "data")
    path = data / "stance" / "test.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[1:]))
    assert "field `dataset.fingerprint`" in verify_run(run, data).problems[0]
    path.write_bytes(b"".join(lines))
    assert verify_run(run, data).reproduces


# A folder of submissions


@pytest.fixture
def checkout(results, tmp_path):
    """A checkout of a leaderboard with two runs."""
    root = tmp_path / "space"
    for folder in sorted(results.glob("majority/ner-*")):
        shutil.copytree(folder, root / "runs" / "majority" / folder.name)
    (root / "README.md").write_text("card", encoding="utf-8")
    (root / "index.html").write_text("page", encoding="utf-8")
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("", encoding="utf-8")
    return root


def test_a_run_belongs_into_the_folder_that_eval_gave_it(results):
    for folder in run_folders([results]):
        place = place_of(load_run(folder))
        assert place.as_posix() == f"runs/{folder.relative_to(results).as_posix()}"


def test_a_clean_checkout_passes(checkout):
    found = verify_submissions(checkout)
    assert found.reproduce
    assert len(found.runs) == 2


def test_a_record_under_another_name_is_in_the_wrong_folder(checkout):
    folder = next(checkout.glob("runs/majority/ner-split-*"))
    rewrite(folder, lambda record: record["model"].update(spec="hf:big/model"))
    found = verify_submissions(checkout)
    assert not found.reproduce
    assert [item.reproduces for item in found.runs] == [True, False]
    assert "the run belongs into runs/hf-big-model/ner-split-" in found.runs[1].problems[0]


@pytest.mark.parametrize(
    "path",
    ["runs/majority/page.html", "app.py", "runs/majority/ner-x/.hidden", "other/run.jsonl"],
)
def test_a_checkout_holds_nothing_but_runs_page_and_card(checkout, path):
    (checkout / path).parent.mkdir(parents=True, exist_ok=True)
    (checkout / path).write_text("<script>", encoding="utf-8")
    found = verify_submissions(checkout)
    assert found.problems == (
        f"{path}: is no part of a run; only run.json and predictions.jsonl are",
    )
    assert not found.reproduce


def test_links_are_refused_and_not_followed(checkout, results):
    (checkout / "runs" / "linked").symlink_to(results / "majority", target_is_directory=True)
    (checkout / "README.md").unlink()
    (checkout / "README.md").symlink_to("/etc/passwd")
    found = verify_submissions(checkout)
    assert found.problems == (
        "README.md: is a symbolic link; none is followed",
        "runs/linked: is a symbolic link; none is followed",
    )
    assert len(found.runs) == 2


def test_predictions_without_a_run_are_rejected(checkout):
    next(checkout.glob("runs/majority/ner-split-*/run.json")).unlink()
    found = verify_submissions(checkout)
    assert [item.reproduces for item in found.runs] == [True, False]


def test_a_folder_without_runs_is_a_mistake(tmp_path):
    with pytest.raises(ab.InputError, match=r"no run\.json at or below this folder"):
        verify_submissions(tmp_path)
    with pytest.raises(ab.InputError, match="no such folder"):
        verify_submissions(tmp_path / "none")


# The command


def test_the_command_passes_a_clean_checkout(checkout, arbench):
    done = arbench("leaderboard", "verify", checkout)
    assert (done.code, done.err) == (0, "")
    assert "2 of 2 runs reproduce" in done.out
    found = json.loads(arbench("leaderboard", "verify", checkout, "--json").out)
    assert (found["reproduce"], found["problems"]) == (True, [])
    assert [item["recorded"] == item["computed"] for item in found["runs"]] == [True, True]


def test_the_command_rejects_a_checkout_with_one_false_run(checkout, arbench):
    folder = next(checkout.glob("runs/majority/ner-split-*"))

    def false(record) -> None:
        record["model"]["spec"] = "\x1b[31mred\x1b[0m"
        record["metrics"]["strict_f1"]["value"] = 0.99

    rewrite(folder, false)
    (checkout / "evil.html").write_text("", encoding="utf-8")
    done = arbench("leaderboard", "verify", checkout)
    assert (done.code, done.err) == (2, "")
    assert "\x1b[31m" not in done.out
    assert "0.99 is recorded" in done.out
    assert "evil.html: is no part of a run" in done.out
    assert "1 of 2 runs reproduce; 1 other problem(s)" in done.out
    done = arbench("leaderboard", "verify", checkout, "--json")
    assert done.code == 2
    found = json.loads(done.out)
    assert [item["reproduces"] for item in found["runs"]] == [True, False]
    assert found["runs"][1]["recorded"] == 0.99


def test_the_command_says_what_is_no_folder_of_runs(tmp_path, arbench):
    done = arbench("leaderboard", "verify", tmp_path / "none")
    assert (done.code, done.out) == (2, "")
    assert "no such folder" in done.err
