"""Getting answers out of a model: fit it on each fold, ask it in batches, check what it says."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from arnews_bench.errors import ArnewsError, InputError, WorkError
from arnews_bench.models import Model, Trainable
from arnews_bench.models.loading import ModelSource, failure_place
from arnews_bench.predictions import check_predictions, convert_predictions, read_predictions
from arnews_bench.protocols import PROTOCOLS, Fold, make_folds
from arnews_bench.rows import without_gold
from arnews_bench.schema import Prediction, Row
from arnews_bench.scoring import SCORERS
from arnews_bench.scoring.counts import RunCounts
from arnews_bench.streaming import Irregular, stream_counts
from arnews_bench.tasks import Task

__all__ = ["Plan", "Progress", "answer", "answers_of_file", "count_file"]

# Told of the work under way: what is done, how much of it, out of how much.
Progress: TypeAlias = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Plan:
    """What is to be run; `split` is None where the protocol has none."""

    task: Task
    source: ModelSource
    protocol: str
    split: str | None
    seed: int
    limit: int | None

    @cached_property
    def folds(self) -> list[Fold]:
        """The folds of the protocol; to ask for them reads all rows.

        Raises:
            InputError: The protocol, the split or the limit is wrong, or the rows are.
        """
        return make_folds(self.task, self.protocol, self.split or "", self.limit)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows to answer, in the order of the folds."""
        return [row for fold in self.folds for row in fold.scored]


def answer(
    plan: Plan,
    *,
    n_done: int,
    batch_size: int,
    timing: dict[str, float],
    progress: Progress,
) -> Iterator[list[Prediction]]:
    """Answer the rows of a plan from the `n_done`-th on, batch by batch.

    Args:
        plan: What is to be run; a fresh model is made for each fold.
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
            model = _fitted(plan, fold)
        for start in range(0, len(left), batch_size):
            progress(f"{plan.task.name}: predicting, {fold.name}", done, total)
            with _timed(timing, "predict"):
                batch = _predicted(plan, model, left[start : start + batch_size])
            done += len(batch)
            yield batch


def count_file(plan: Plan) -> tuple[RunCounts, Iterator[list[Prediction]]]:
    """The counts of a file of predictions.

    Only what has to be seen as a whole is held in memory: the first rows of a protocol, and a
    file that does not fit its rows, to say all that is wrong with it.

    Returns:
        The counts, and the predictions in the order of the plan's rows, batch by batch.

    Raises:
        InputError: The file cannot be read or does not fit the rows.
    """
    task, scorer = plan.task, SCORERS[plan.task.type]
    if plan.source.predictions is None:
        raise ValueError(f"{plan.source.spec} is no file of predictions")
    if plan.limit is None and plan.protocol in PROTOCOLS:
        files = [task.file(name) for name in ([plan.split] if plan.split else task.splits)]
        with suppress(Irregular):
            return stream_counts(
                plan.source.predictions, task.type, scorer, files, by_fold=plan.split is None
            )
    predictions = answers_of_file(plan)
    return RunCounts.of(scorer, plan.rows, predictions), iter([predictions])


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


def _fitted(plan: Plan, fold: Fold) -> Model:
    if plan.source.create is None:
        raise ValueError(f"{plan.source.spec} is no model")
    with _blamed(plan):
        model = plan.source.create(plan.task)
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
