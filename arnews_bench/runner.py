"""Evaluation from a model spec to recorded runs."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arnews_bench.answer_log import Answer, AnswerLog
from arnews_bench.answers import Effort, Progress, answer, count_file, fit_first
from arnews_bench.errors import InputError
from arnews_bench.files import append_lines
from arnews_bench.models import Model
from arnews_bench.models.loading import resolve
from arnews_bench.models.source import ModelSource
from arnews_bench.plans import Plan, make_plans
from arnews_bench.prediction_log import exclusive, resume
from arnews_bench.recording import Clock, determinants, record
from arnews_bench.results import Run, load_run, run_folder, save_run, system_name
from arnews_bench.run_files import ANSWERS, CHECKPOINTS, ERRORS_PAGE, LOGS, PREDICTIONS, RECORD
from arnews_bench.saving import require_savable, save_model
from arnews_bench.schema import Prediction
from arnews_bench.scoring import SCORERS
from arnews_bench.scoring.counts import RunCounts

__all__ = ["evaluate", "score"]


@dataclass(frozen=True)
class _Way:
    """How plans are carried out; see `evaluate`."""

    out: Path | None
    save: Path | None
    batch_size: int
    overwrite: bool
    progress: Progress


def evaluate(  # noqa: PLR0913 (each is a flag of the command)
    model: str | Model,
    tasks: Sequence[str | Path] = (),
    *,
    protocol: str = "split",
    split: str = "test",
    data: Path | None = None,
    train_task: str | Path | None = None,
    train_data: Path | None = None,
    lenient: bool = False,
    options: Mapping[str, str] | None = None,
    out: Path | None = Path("results"),
    save: Path | None = None,
    seed: int = 0,
    seeds: int = 1,
    limit: int | None = None,
    batch_size: int = 32,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> list[Run]:
    """Evaluate a model: fit it if it learns, predict, score, record.

    Args:
        model: A model spec (see `models.loading.resolve`), or an object with `predict`.
        tasks: Names of tasks or paths of `task.yaml` files; none stands for the three of the
            benchmark.
        protocol: `split`: learn from train and validation, answer one split. `cv`: each page is
            answered by a model that learned from the other pages; every row is scored once.
        split: The split to answer under the protocol `split`.
        data: A folder to take in place of the tasks' own data root.
        train_task: Another task of the same type to learn from, in place of the task's own rows.
        train_data: A folder to take in place of that task's own data root.
        lenient: Repair what can be repaired in files of other corpora, and say what was done.
        options: What the kind of model may be told, as `label_map`; see `models.loading.resolve`.
        out: The results folder; None records nothing.
        save: A folder to save the fitted models in, a folder a task type; evaluated again by its
            path as the model spec. Only under the protocol `split`.
        seed: Passed to `fit`.
        seeds: How many runs of each task, with seeds from `seed` on.
        limit: Answer only the first rows.
        batch_size: Rows in one call of `predict`.
        overwrite: Start anew even if the same call was made before.
        progress: Told of the progress.

    Returns:
        One run a task and seed. A run that is complete in `out` is read, not repeated; one that
        was interrupted goes on where it stopped.

    Raises:
        InputError: The call, the data or a prediction is wrong.
        WorkError: The model failed; the same call goes on from the last batch.
    """
    source = resolve(model, options) if isinstance(model, str) else _object_source(model)
    if batch_size < 1:
        raise InputError(f"--batch-size: {batch_size} is no number of rows; at least 1 is needed")
    plans = make_plans(
        source,
        tasks,
        protocol=protocol,
        split=split,
        data=data,
        train_task=train_task,
        train_data=train_data,
        lenient=lenient,
        seed=seed,
        seeds=seeds,
        limit=limit,
    )
    if save is not None:
        require_savable(plans, save)
    way = _Way(out, save, batch_size, overwrite, progress or _silent)
    if source.answered_before is not None:
        source.answered_before(_earlier_answers(plans, way))
    return [_score_file(plan, way) if source.create is None else _run(plan, way) for plan in plans]


def score(  # noqa: PLR0913 (each is a flag of the command)
    predictions: Path,
    task: str | Path,
    *,
    protocol: str = "split",
    split: str = "test",
    data: Path | None = None,
    lenient: bool = False,
    out: Path | None = None,
) -> Run:
    """Score saved predictions; the same as evaluating `file:PREDICTIONS` on one task.

    Args:
        predictions: JSON Lines, one prediction a row.
        task: The name of a task or the path of a `task.yaml`.
        protocol: `split` or `cv`: which rows there are predictions for.
        split: The split, under the protocol `split`.
        data: A folder to take in place of the task's own data root.
        lenient: Repair what can be repaired in files of another corpus.
        out: A results folder to record the run in; None records nothing.

    Raises:
        InputError: The predictions do not fit the rows.
    """
    return evaluate(
        f"file:{predictions}",
        [task],
        protocol=protocol,
        split=split,
        data=data,
        lenient=lenient,
        out=out,
    )[0]


def _silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody wants to be told of."""


def _score_file(plan: Plan, way: _Way) -> Run:
    """Score a file of predictions: all is checked before anything is written."""
    effort, clock = Effort(way.progress), Clock()
    depends_on = determinants(plan)
    counted, answers = count_file(plan)
    way.progress(f"{plan.task.name}: scoring", counted.n_rows, counted.n_rows)
    run = record(plan, depends_on, counted, effort, clock)
    if way.out is None:
        return run
    folder = _folder(plan, way.out, depends_on)
    with exclusive(folder):
        if not way.overwrite and (folder / RECORD).exists():
            return load_run(folder)
        _forget(folder)
        log = folder / PREDICTIONS
        for batch in answers:
            append_lines(log, batch)
        save_run(folder, run)
    return run


def _earlier_answers(plans: Sequence[Plan], way: _Way) -> Iterator[Answer]:
    """The answers that an earlier call has got for its runs."""
    if way.out is None or way.overwrite:
        return
    for plan in plans:
        folder = _folder(plan, way.out, determinants(plan))
        if (folder / ANSWERS).exists():
            with exclusive(folder):
                yield from AnswerLog(folder / ANSWERS)


def _folder(plan: Plan, out: Path, depends_on: Mapping[str, Any]) -> Path:
    learned = None if plan.trained_on is None else plan.trained_on.task
    system = system_name(plan.source.spec, plan.source.options, learned)
    return run_folder(out, system, plan.task.name, depends_on)


def _forget(folder: Path) -> None:
    """Remove what an earlier run left, and the page that was made of it."""
    for name in (RECORD, PREDICTIONS, ANSWERS, ERRORS_PAGE):
        (folder / name).unlink(missing_ok=True)
    for name in (CHECKPOINTS, LOGS):
        shutil.rmtree(folder / name, ignore_errors=True)


def _object_source(model: Model) -> ModelSource:
    if not isinstance(model, Model):
        raise InputError(f"{type(model).__name__} has no method `predict(task, rows)`")
    name = f"object:{type(model).__module__}.{type(model).__qualname__}"
    return ModelSource(name, lambda _: None, lambda _: model)


def _run(plan: Plan, way: _Way) -> Run:
    effort, clock = Effort(way.progress), Clock()
    depends_on = determinants(plan)
    saved = False

    def keep_model(model: Model) -> None:
        nonlocal saved
        if way.save is not None:
            save_model(plan, model, way.save)
            saved = True

    effort.fitted = keep_model

    def predict(done: list[Prediction], keep: Callable[[list[Prediction]], None]) -> Run:
        """Answer what is not done yet, keep it batch by batch, and score the whole."""
        predictions = list(done)
        for batch in answer(plan, effort, n_done=len(done), batch_size=way.batch_size):
            keep(batch)
            predictions += batch
        if way.save is not None and not saved:
            fit_first(plan, effort)
        way.progress(f"{plan.task.name}: scoring", len(plan.rows), len(plan.rows))
        counted = RunCounts.of(SCORERS[plan.task.type], plan.rows, predictions)
        return record(plan, depends_on, counted, effort, clock)

    if way.out is None:
        return predict([], lambda _batch: None)
    folder = _folder(plan, way.out, depends_on)
    # Without a revision nobody knows whether the model is still the one that answered before.
    fresh = way.overwrite or depends_on["revision"] is None
    with exclusive(folder):
        log = folder / PREDICTIONS
        if fresh:
            _forget(folder)
        elif (folder / RECORD).exists():
            if way.save is not None:
                fit_first(plan, effort)
            return load_run(folder)
        effort.checkpoints = folder / CHECKPOINTS
        effort.log = AnswerLog(folder / ANSWERS, folder=folder / LOGS)
        with _no_logs_without_answers(folder, effort.log):
            run = predict(
                resume(log, plan.rows, plan.task.type), lambda batch: append_lines(log, batch)
            )
        save_run(folder, run)
        shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    return run


@contextmanager
def _no_logs_without_answers(folder: Path, answers: AnswerLog) -> Iterator[None]:
    """What fails before its first answer leaves nothing, as any call that is refused."""
    try:
        yield
    finally:
        if not len(answers):
            shutil.rmtree(folder / LOGS, ignore_errors=True)
