"""What is to be run: a model on a task, under a protocol, with a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from arnews_bench.errors import InputError
from arnews_bench.models.source import ModelSource
from arnews_bench.protocols import Fold, make_folds
from arnews_bench.results import TrainedOn
from arnews_bench.schema import Row
from arnews_bench.tasks import Task, load_task, task_names

__all__ = ["Plan", "make_plans", "trained_on"]


@dataclass(frozen=True)
class Plan:
    """What is to be run; `split` is None where the protocol has none."""

    task: Task
    source: ModelSource
    protocol: str
    split: str | None
    seed: int
    limit: int | None
    train_task: Task | None = None

    @property
    def teacher(self) -> Task:
        """The task whose rows a model learns from."""
        return self.train_task or self.task

    @cached_property
    def trained_on(self) -> TrainedOn | None:
        """What the model learns or learned from, if those are not rows of the task."""
        if self.source.trained_on is not None:
            found = self.source.trained_on(self.task)
        elif self.train_task is not None:
            found = trained_on(self.train_task)
        else:
            return None
        return None if found.rows == self.task.fingerprint else found

    @cached_property
    def folds(self) -> list[Fold]:
        """The folds of the protocol; to ask for them reads all rows.

        Raises:
            InputError: The protocol, the split or the limit is wrong, or the rows are.
        """
        return make_folds(self.task, self.protocol, self.split or "", self.limit, self.train_task)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows to answer, in the order of the folds."""
        return [row for fold in self.folds for row in fold.scored]


def trained_on(task: Task) -> TrainedOn:
    """The rows of a task as those that a model learned from."""
    return TrainedOn(task=task.name, version=task.version, rows=task.fingerprint)


def make_plans(  # noqa: PLR0913 (each is a flag of the command)
    source: ModelSource,
    tasks: Sequence[str | Path],
    *,
    protocol: str,
    split: str,
    data: Path | None,
    train_task: str | Path | None,
    train_data: Path | None,
    lenient: bool,
    seed: int,
    seeds: int,
    limit: int | None,
) -> list[Plan]:
    """The runs of a call, by task and seed; see `runner.evaluate` for the arguments.

    Raises:
        InputError: The call or the data are wrong: said before the first task is run.
    """
    if seeds < 1:
        raise InputError(f"--seeds: {seeds} is no number of runs; at least 1 is needed")
    _require_learner(source, seeds, train_task, train_data)
    teacher = None if train_task is None else load_task(train_task, train_data, lenient=lenient)
    plans = []
    for name in tasks or task_names():
        task = load_task(name, data, lenient=lenient)
        shown_split = split if protocol == "split" else None
        for number in range(seed, seed + seeds):
            plan = Plan(task, source, protocol, shown_split, number, limit, teacher)
            if source.create is not None:
                _require_runnable(plan)
            plans.append(plan)
    return plans


def _require_learner(
    source: ModelSource, seeds: int, train_task: str | Path | None, train_data: Path | None
) -> None:
    """Refuse what is only for models that are fitted, where nothing will be."""
    if train_data is not None and train_task is None:
        raise InputError("--train-data: goes with --train-task, the task whose data lie there")
    if source.create is None:
        reason = f"{source.spec} is a file of predictions, which learns nothing"
    elif source.trained_on is not None:
        reason = f"{source.spec} is given as a folder that it was saved in, and is used as it is"
    else:
        return
    if train_task is not None:
        raise InputError(f"--train-task: {reason}")
    if seeds > 1:
        raise InputError(f"--seeds: {reason}; all runs would be the same")


def _require_runnable(plan: Plan) -> None:
    _ = plan.folds
    if plan.source.trained_on is None:
        return
    if plan.protocol == "cv" and plan.trained_on is None:
        raise InputError(
            f"--protocol cv: {plan.source.spec} was fitted on rows of {plan.task.name!r} before it "
            "was saved, and cv would score it on the same; take --protocol split"
        )
