"""Fixtures that several test files share."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from arnews_bench import load_rows
from arnews_bench.cli import main

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


class Result(NamedTuple):
    """What a call of the command line left."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def baseline_results(tmp_path_factory) -> Path:
    """A results folder for the runs of the baselines: fitting them takes long, reading does not."""
    return tmp_path_factory.mktemp("baselines")


@pytest.fixture
def arbench(monkeypatch, capsys) -> Callable[..., Result]:
    """Call the command line in this process."""

    def call(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["arbench", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture
def predictions_file(tmp_path) -> Callable[..., Path]:
    """Write the gold of a task as predictions, with a change."""

    def write(task: str, change: Callable[[list[dict]], None] = lambda _: None) -> Path:
        lines = gold_predictions(task)
        change(lines)
        path = tmp_path / f"{task}.jsonl"
        path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        return path

    return write


def gold_predictions(task: str, split: str = "test") -> list[dict]:
    """The gold of a split in the form of predictions."""
    rows = load_rows(task, split)
    if task == "ner":
        return [{"id": row.id, "tags": list(row.ner_tags)} for row in rows]
    if task == "stance":
        return [{"id": row.id, "label": row.label} for row in rows]
    return [
        {
            "id": row.id,
            "attributions": [
                {
                    "content": [{"start": c.start, "end": c.end} for c in item.content],
                    "source_name": item.source_name,
                    "cue": {"start": item.cue.start, "end": item.cue.end},
                }
                for item in row.attributions
            ],
        }
        for row in rows
    ]
