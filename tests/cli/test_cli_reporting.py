"""`arbench report` as a user meets it."""

import json
import re

import pytest
from invented_boards import ner, three_tasks

from arnews_bench.report.leaderboard import FORMATS
from arnews_bench.results import save_run


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for spec, values in (("steady", (8, 9)), ("lower", (5, 8))):
        for found in three_tasks(spec, *values):
            save_run(tmp_path / "results" / spec / found.task, found)
    return tmp_path / "results"


def test_the_runs_below_results_are_ranked_in_a_table(arbench, results):
    result = arbench("report")
    assert result.code == 0
    assert result.out.index("steady") < result.out.index("lower")
    assert "90.0 a" in result.out
    assert "Letters are tie groups" in result.out


def test_the_table_fits_a_terminal_of_eighty_columns(arbench, results, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    shown = re.sub(r"\x1b\[[\d;]*m", "", arbench("report").out)
    assert max(map(len, shown.splitlines())) <= 80
    assert "85.0 a" in shown
    assert "…" not in shown


def test_runs_and_folders_may_be_named(arbench, results):
    result = arbench("report", results / "lower", results / "steady" / "ner", "--format", "json")
    (board,) = json.loads(result.out)["boards"]
    assert {row["model"]: len(row["entries"]) for row in board["models"]} == {
        "lower": 3,
        "steady": 1,
    }


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_printed_or_written(arbench, results, form):
    printed = arbench("report", "--format", form)
    out = results.parent / "a" / "file"
    written = arbench("report", "--format", form, "--out", out)
    assert printed.code == written.code == 0
    assert written.out == f"{out} written\n"
    if form != "table":
        assert out.read_text("utf-8") == printed.out


def test_a_written_page_links_to_the_errors_page_of_a_run(arbench, results):
    (results / "steady" / "ner" / "errors.html").write_text("x")
    page = results.parent / "pages" / "board.html"
    assert arbench("report", "--format", "html", "--out", page).code == 0
    assert 'href="./../results/steady/ner/errors.html"' in page.read_text("utf-8")


def spoil(results):
    (results / "steady" / "ner" / "run.json").write_text("{")


def change(results):
    found = ner("steady", 8, headline="strict_f1")
    save_run(results / "steady" / "ner", found.__class__(**{**fields(found), "metrics": {}}))


def fields(found):
    return {name: getattr(found, name) for name in found.__struct_fields__}


BAD = {
    "unknown format": (["--format", "markdwon"], None, "did you mean 'markdown'?"),
    "missing path": (["absent"], None, "absent: no such file"),
    "broken run": ([], spoil, "run.json: broken JSON"),
    "changed run": ([], change, "field `headline`"),
}


@pytest.mark.parametrize(("call", "before", "message"), BAD.values(), ids=list(BAD))
def test_a_wrong_call_ends_with_a_message_and_writes_nothing(
    arbench, results, call, before, message
):
    if before:
        before(results)
    result = arbench("report", *call, "--out", "board.html")
    assert result.code == 2
    assert message in result.err
    assert "Traceback" not in result.err
    assert not (results.parent / "board.html").exists()


def test_a_folder_without_runs_is_named(arbench, tmp_path):
    (tmp_path / "empty").mkdir()
    result = arbench("report", tmp_path / "empty")
    assert result.code == 2
    assert "no run.json at or below this folder" in result.err
