"""Fixtures that several test files share."""

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from called import Called
from hypothesis import HealthCheck, settings
from project_files import gold_predictions

from arnews_bench.cli import main

# The same examples everywhere, however long they take.
settings.register_profile(
    "everywhere",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("everywhere")


@pytest.fixture(scope="session")
def baseline_results(tmp_path_factory) -> Path:
    """A results folder for the runs of the baselines: fitting them takes long, reading does not."""
    return tmp_path_factory.mktemp("baselines")


@pytest.fixture(scope="module")
def one_thread():
    """torch on one thread: several test processes would take each other's cores."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def arbench(monkeypatch, capsys) -> Callable[..., Called]:
    """Call the command line in this process."""

    def call(*arguments: object) -> Called:
        monkeypatch.setattr(sys, "argv", ["arbench", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
        captured = capsys.readouterr()
        return Called(code, captured.out, captured.err)

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
