"""Getting answers out of a model: fit it on each fold, ask it in batches, check what it says."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeAlias

from arnews_bench.errors import ArnewsError, InputError, WorkError
from arnews_bench.models import Model, Trainable
from arnews_bench.models.loading import ModelSource, failure_place
from arnews_bench.predictions import check_predictions, convert_predictions, read_predictions
from arnews_bench.protocols import Fold
from arnews_bench.rows import without_gold
from arnews_bench.schema import Prediction, Row
from arnews_bench.tasks import Task

__all__ = ["Plan", "Progress", "answer", "answers_of_file"]

# Told of the work under way: what is done, how much of it, out of how much.
Progress: TypeAlias = Callable[[str, int, int], None]


class Plan(NamedTuple):
    """What is to be run."""

    task: Task
    source: ModelSource
    folds: Sequence[Fold]
    protocol: str
    split: str | None
    seed: int
    limit: int | None

    @property
    def rows(self) -> list[Row]:
        """The rows to answer, in the order of the folds."""
        return [row for fold in self.folds for row in fold.scored]


def answer(
    plan: Plan,
    create: Callable[[Task], Model],
    *,
    n_done: int,
    batch_size: int,
    timing: dict[str, float],
    progress: Progress,
) -> Iterator[list[Prediction]]:
    """Answer the rows of a plan from the `n_done`-th on, batch by batch.

    Args:
        plan: What is to be run.
        create: Makes a fresh model; called once a fold.
        n_done: How many rows were answered before; folds that are done are not fitted again.
        batch_size: Rows in one call of `predict`.
        timing: Seconds of `fit` and `predict` are added here.
        progress: Told of the progress.

    Yields:
        The checked predictions of a batch, in the order of its rows.

    Raises:
        InputError: A prediction does not fit its row.
        WorkError: The model failed.
    """
    total = len(plan.rows)
    done, position = n_done, 0
    for fold in plan.folds:
        left = fold.scored[max(0, n_done - position) :]
        position += len(fold.scored)
        if not left:
            continue
        progress(f"{plan.task.name}: fitting, {fold.name}", done, total)
        with _timed(timing, "fit"):
            model = _fitted(plan, create, fold)
        for start in range(0, len(left), batch_size):
            progress(f"{plan.task.name}: predicting, {fold.name}", done, total)
            with _timed(timing, "predict"):
                batch = _predicted(plan, model, left[start : start + batch_size])
            done += len(batch)
            yield batch


def answers_of_file(plan: Plan) -> list[Prediction]:
    """The predictions of a file, checked against the rows of a plan.

    Raises:
        InputError: The file cannot be read or does not fit the rows.
    """
    if plan.source.predictions is None:
        raise ValueError(f"{plan.source.spec} is no file of predictions")
    located = read_predictions(plan.source.predictions, plan.task.type)
    ids = {item.prediction.id for item in located}
    others = [
        split
        for split in plan.task.splits
        if split != plan.split and any(row.id in ids for row in plan.task.rows(split))
    ]
    hint = ""
    if plan.protocol == "split" and others:
        hint = f" (the file has rows of {', '.join(others)}: is --split {plan.split} meant?)"
    return check_predictions(plan.rows, located, origin=str(plan.source.predictions), hint=hint)


def _fitted(plan: Plan, create: Callable[[Task], Model], fold: Fold) -> Model:
    with _blamed(plan):
        model = create(plan.task)
        if isinstance(model, Trainable):
            if not fold.train:
                raise InputError(
                    f"task {plan.task.name!r} has no rows to train on, and {plan.source.spec} "
                    "is a model that learns"
                )
            model.fit(plan.task, fold.train, fold.validation, seed=plan.seed)
    return model


def _predicted(plan: Plan, model: Model, rows: Sequence[Row]) -> list[Prediction]:
    with _blamed(plan):
        # Consumed here: a generator runs the model's code only when it is asked.
        found = model.predict(plan.task, [without_gold(row) for row in rows])
        located = list(convert_predictions(found, plan.task.type, origin=plan.source.spec))
    return check_predictions(rows, located, origin=plan.source.spec)


@contextmanager
def _blamed(plan: Plan) -> Iterator[None]:
    """Name the model as the place of whatever goes wrong inside it."""
    try:
        yield
    except ArnewsError:
        raise
    except Exception as error:
        raise WorkError(
            f"{plan.source.spec} failed on task {plan.task.name!r}: {failure_place(error)}"
            f"{type(error).__name__}: {error}"
        ) from error


@contextmanager
def _timed(timing: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        timing[name] = timing.get(name, 0.0) + time.perf_counter() - start
