"""The errors of a recorded run: its predictions beside the rows that it was scored on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from arnews_bench.analysis import KINDS, Analysis, analyse
from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.predictions import check_predictions, read_predictions
from arnews_bench.protocols import make_folds
from arnews_bench.results import Run, load_run
from arnews_bench.run_files import PREDICTIONS, RECORD, run_place
from arnews_bench.schema import Prediction, Record, Row
from arnews_bench.scoring import SCORERS, defined
from arnews_bench.tasks import Task, external_task_names, load_task, task_names

__all__ = ["RunErrors", "errors_of_run"]


class RunErrors(Record, frozen=True, kw_only=True):
    """A run with what went wrong in it."""

    run: Run
    analysis: Analysis

    def to_dict(self) -> dict[str, Any]:
        """The errors as plain Python objects; of the run, what names it and its data."""
        return {
            "run": {
                "model": msgspec.to_builtins(self.run.model),
                "task": self.run.task,
                "protocol": self.run.protocol,
                "split": self.run.split,
                "settings": self.run.settings,
                "dataset": msgspec.to_builtins(self.run.dataset),
                "headline": self.run.headline,
                "score": msgspec.to_builtins(self.run.score),
            },
            **msgspec.to_builtins(self.analysis),
        }


def errors_of_run(
    path: str | Path,
    *,
    task: str | Path | None = None,
    data: Path | None = None,
    kinds: tuple[str, ...] = (),
    limit: int | None = None,
) -> RunErrors:
    """Read a run and find what went wrong, by kind.

    Args:
        path: The run's folder, or the `run.json` in it.
        task: The `task.yaml` of the run's task; a run on a task that comes with the package
            needs none.
        data: A folder to take in place of the task's own data root.
        kinds: The kinds whose cases are wanted; all of them if none is named.
        limit: How many cases of a kind are wanted.

    Returns:
        The run and its errors. Counts are of all errors, whatever is asked for.

    Raises:
        InputError: There is no such run or kind, the run has no predictions or other ones than
            it was scored with, or the rows are not those that it was made on.
    """
    folder = run_place(path)
    run = load_run(folder)
    if limit is not None and limit < 1:
        raise InputError(f"--limit: {limit} is no number of cases; at least 1 is needed")
    known = [kind.name for kind in KINDS[run.task_type]]
    for kind in kinds:
        if kind not in known:
            raise InputError(
                f"--kind: {run.task_type} has no kind of error {kind!r}; "
                f"{did_you_mean(kind, known)}"
            )
    log = folder / PREDICTIONS
    if not log.is_file():
        raise InputError(f"{log}: no such file; without its predictions a run has no cases to show")
    rows = _rows(run, folder, task, data)
    located = read_predictions(log, run.task_type)
    predictions = check_predictions(rows, located, origin=str(log))
    _require_scored(run, rows, predictions, log)
    analysis = analyse(run.task_type, rows, predictions)
    return RunErrors(run=run, analysis=analysis.narrowed(kinds, limit))


def _require_scored(
    run: Run, rows: Sequence[Row], predictions: Sequence[Prediction], log: Path
) -> None:
    """Errors beside a score that is not theirs would explain nothing."""
    scorer = SCORERS[run.task_type]
    total = scorer.tally(rows, predictions).values.sum(axis=0)
    value = defined(scorer.measures[scorer.headline](total))
    if value != run.score.value:
        raise InputError(
            f"{log}: these predictions have another {run.headline} than the run.json beside them "
            "records; score them anew with `arbench score`"
        )


def _rows(run: Run, folder: Path, task: str | Path | None, data: Path | None) -> list[Row]:
    """The rows that a run was scored on, in its order."""
    found = _task(run, folder, task, data)
    if found.fingerprint != run.dataset.rows:
        raise InputError(
            f"{folder}: the run was made on other data: the rows of its task {run.task!r} had the "
            f"fingerprint {run.dataset.rows[:12]}, those found now have {found.fingerprint[:12]}; "
            "the right ones are given by --data, or by --task for a task of your own"
        )
    limit = run.settings.get("limit")
    if limit is not None and not isinstance(limit, int):
        raise InputError(f"{folder / RECORD}: field `settings.limit`: {limit!r} is no number")
    folds = make_folds(found, run.protocol, run.split or "", limit)
    return [row for fold in folds for row in fold.scored]


def _task(run: Run, folder: Path, task: str | Path | None, data: Path | None) -> Task:
    if task is None and run.task not in (*task_names(), *external_task_names()):
        raise InputError(
            f"{folder}: the run is on a task of your own, {run.task!r}; "
            "give its task.yaml by --task"
        )
    lenient = run.settings.get("lenient") is True
    found = load_task(run.task if task is None else task, data, lenient=lenient)
    if found.type != run.task_type:
        raise InputError(
            f"{folder}: the run is on a task of type {run.task_type}, but {task} is of type "
            f"{found.type}"
        )
    return found
