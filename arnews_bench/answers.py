"""Getting answers out of a model: fit it on each fold, ask it in batches, check what it says."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import msgspec

from arnews_bench.answer_log import AnswerLog
from arnews_bench.errors import ArnewsError, InputError, WorkError
from arnews_bench.files import replace_file
from arnews_bench.models import Checkpointed, Logged, Model, Restricted, Trainable
from arnews_bench.models.python_code import failure_place
from arnews_bench.plans import Plan
from arnews_bench.predictions import check_predictions, convert_predictions, read_predictions
from arnews_bench.protocols import PROTOCOLS, Fold
from arnews_bench.rows import without_gold
from arnews_bench.schema import Prediction, Row
from arnews_bench.scoring import SCORERS
from arnews_bench.scoring.counts import RunCounts
from arnews_bench.streaming import Irregular, stream_counts

__all__ = [
    "Effort", "Progress", "answer", "answers_of_file", "count_file", "fit_first"
]  # fmt: skip

# Told of the work under way: what is done, how much of it, out of how much.
Progress: TypeAlias = Callable[[str, int, int], None]


@dataclass
class Effort:
    """What the answers of a model took, and what it said of itself.

    Attributes:
        progress: Told of the progress.
        timing: Seconds of `fit` and `predict`.
        restrictions: What the model cannot answer, in its own words.
        checkpoints: Where a `fit` may keep what it has learned so far, a folder a fold; None
            for nowhere.
        fitted: Called with each model that was fitted.
        log: The answers of a model that is asked over a network.
    """

    progress: Progress
    timing: dict[str, float] = field(default_factory=lambda: {"fit": 0.0, "predict": 0.0})
    restrictions: dict[str, None] = field(default_factory=dict)
    checkpoints: Path | None = None
    fitted: Callable[[Model], None] = lambda _: None
    log: AnswerLog = field(default_factory=AnswerLog)


def answer(
    plan: Plan, effort: Effort, *, n_done: int, batch_size: int
) -> Iterator[list[Prediction]]:
    """Answer the rows of a plan from the `n_done`-th on, batch by batch.

    Args:
        plan: What is to be run; a fresh model is made for each fold.
        effort: What it takes is added here.
        n_done: How many rows were answered before; folds that are done are not fitted again.
        batch_size: Rows in one call of `predict`.

    Yields:
        The checked predictions of a batch, in the order of its rows.

    Raises:
        InputError: A prediction does not fit its row.
        WorkError: The model failed.
    """
    total = len(plan.rows)
    done, position = n_done, 0
    effort.restrictions |= _kept_restrictions(effort.checkpoints)
    for fold in plan.folds:
        left = fold.scored[max(0, n_done - position) :]
        position += len(fold.scored)
        if not left:
            continue
        effort.progress(f"{plan.task.name}: fitting, {fold.name}", done, total)
        model = _fitted(plan, fold, effort)
        at_once = batch_size
        if isinstance(model, Logged):
            # Its answers are kept one by one; a batch would wait for its slowest answer.
            at_once = len(left)
            effort.log.added = _counting(
                effort.progress, f"{plan.task.name}: asking, {fold.name}", total
            )
        for start in range(0, len(left), at_once):
            effort.progress(f"{plan.task.name}: predicting, {fold.name}", done, total)
            with _timed(effort.timing, "predict"):
                batch = _predicted(plan, model, left[start : start + at_once])
            done += len(batch)
            yield batch


def fit_first(plan: Plan, effort: Effort) -> None:
    """Fit the model of the first fold, for the sake of the model alone.

    Raises:
        InputError: It has nothing to learn from.
        WorkError: The model failed.
    """
    fold = plan.folds[0]
    effort.progress(f"{plan.task.name}: fitting, {fold.name}", 0, len(plan.rows))
    _fitted(plan, fold, effort)


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
    if task.streamable and plan.limit is None and plan.protocol in PROTOCOLS:
        splits = [plan.split] if plan.split else task.splits
        files = [path for name in splits for path in task.files(name)]
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
    strange = {item.prediction.id for item in located} - {row.id for row in plan.rows}
    # The other splits are read only if that may explain something.
    others = [
        split
        for split in (plan.task.splits if strange else ())
        if split != plan.split and any(row.id in strange for row in plan.task.rows(split))
    ]
    hint = ""
    if plan.protocol == "split" and others:
        hint = f" (the file has rows of {', '.join(others)}: is --split {plan.split} meant?)"
    return check_predictions(
        plan.rows,
        located,
        origin=str(plan.source.predictions),
        hint=hint,
        labels=plan.task.labels,
    )


def _fitted(plan: Plan, fold: Fold, effort: Effort) -> Model:
    if plan.source.create is None:
        raise ValueError(f"{plan.source.spec} is no model")
    with _blamed(plan), _timed(effort.timing, "fit"):
        model = plan.source.create(plan.task)
        if isinstance(model, Logged):
            model.use_log(effort.log, seed=plan.seed)
        if plan.source.trained_on is not None:
            _note_restrictions(model, fold, effort)
            return model
        if isinstance(model, Trainable):
            if not fold.train:
                raise InputError(
                    f"task {plan.teacher.name!r} has no rows to train on, and {plan.source.spec} "
                    "is a model that learns"
                )
            if isinstance(model, Checkpointed) and effort.checkpoints is not None:
                model.checkpoints = effort.checkpoints / _slug(fold)
            model.fit(plan.task, fold.train, fold.validation, seed=plan.seed)
        elif plan.train_task is not None:
            raise InputError(
                f"--train-task: {plan.source.spec} is used as it is and learns nothing"
            )
        _note_restrictions(model, fold, effort)
    effort.fitted(model)
    return model


def _counting(progress: Progress, stage: str, total: int) -> Callable[[int], None]:
    """Tells the progress how many answers there are."""
    return lambda count: progress(stage, count, total)


def _note_restrictions(model: Model, fold: Fold, effort: Effort) -> None:
    """Keep what a model says it cannot do; on disk too, as an answered fold is not fitted again."""
    said = tuple(model.restrictions) if isinstance(model, Restricted) else ()
    effort.restrictions |= dict.fromkeys(said)
    if said and effort.checkpoints is not None:
        effort.checkpoints.mkdir(parents=True, exist_ok=True)
        place = effort.checkpoints / f"{_slug(fold)}{_RESTRICTIONS}"
        replace_file(place, msgspec.json.encode(said))


def _kept_restrictions(checkpoints: Path | None) -> dict[str, None]:
    if checkpoints is None:
        return {}
    kept = sorted(checkpoints.glob(f"*{_RESTRICTIONS}"))
    return dict.fromkeys(
        text for path in kept for text in msgspec.json.decode(path.read_bytes(), type=list[str])
    )


_RESTRICTIONS = ".restrictions.json"


def _slug(fold: Fold) -> str:
    return fold.name.replace(" ", "-")


def _predicted(plan: Plan, model: Model, rows: Sequence[Row]) -> list[Prediction]:
    with _blamed(plan):
        # Consumed here: a generator runs the model's code only when it is asked.
        found = model.predict(plan.task, [without_gold(row) for row in rows])
        located = list(convert_predictions(found, plan.task.type, origin=plan.source.spec))
    return check_predictions(rows, located, origin=plan.source.spec, labels=plan.task.labels)


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
