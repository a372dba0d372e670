"""Which runs may be published: of the benchmark, complete, and reproduced by their predictions."""

from collections.abc import Sequence
from pathlib import Path

from arnews_bench.errors import InputError
from arnews_bench.results import Run
from arnews_bench.run_files import run_place, runs_below
from arnews_bench.tasks import task_names
from arnews_bench.verification import require_reproduced

__all__ = ["publishable_runs"]

_SPLIT = "test"


def publishable_runs(places: Sequence[str | Path], data: Path | None = None) -> list[Run]:
    """Read runs and score each of them again.

    Args:
        places: Their folders, or folders of such.
        data: A folder to take in place of the bundled dataset.

    Returns:
        One run for each task and protocol, in the order of the tasks.

    Raises:
        InputError: A run is not of the benchmark, does not reproduce, is of rows that models are
            chosen by, or stands beside another of the same task and protocol.
    """
    folders = {
        folder.resolve(): folder
        for place in map(Path, places)
        for folder in runs_below(place) or [run_place(place)]
    }
    runs = require_reproduced(list(folders.values()), data)
    problems = []
    seen: dict[tuple[str, str], Path] = {}
    for folder, run in zip(folders.values(), runs, strict=True):
        if run.split not in {None, _SPLIT}:
            problems.append(
                f"{folder}: is on the split {run.split}, which models are fitted on or chosen by; "
                f"results are published on {_SPLIT}, or on all rows by --protocol cv"
            )
        other = seen.setdefault((run.task, run.protocol), folder)
        if other is not folder:
            problems.append(
                f"{other} and {folder}: are both on {run.task} under the protocol {run.protocol}; "
                "a model has one result of each, so name the one that is meant"
            )
    if problems:
        raise InputError.from_problems("these runs cannot be published:", problems)
    order = {name: number for number, name in enumerate(task_names())}
    return sorted(runs, key=lambda run: (order[run.task], run.protocol != "split"))
