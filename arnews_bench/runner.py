"""Evaluation from a model spec to recorded runs."""

import importlib.metadata
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arnews_bench import __version__
from arnews_bench.answers import Plan, Progress, answer, count_file
from arnews_bench.errors import InputError
from arnews_bench.metrics.intervals import INTERVAL_METHOD
from arnews_bench.models import Model
from arnews_bench.models.loading import ModelSource, resolve
from arnews_bench.prediction_log import append, exclusive, resume
from arnews_bench.results import (
    SCHEMA_VERSION,
    Dataset,
    ModelInfo,
    Run,
    Sizes,
    load_run,
    run_folder,
    save_run,
    sparse_counts,
)
from arnews_bench.schema import Prediction
from arnews_bench.scoring import SCORERS, score_counts
from arnews_bench.scoring.counts import RunCounts
from arnews_bench.scoring.groups import group_scores
from arnews_bench.tasks import load_task, task_names

__all__ = ["Progress", "evaluate", "score"]

_LIBRARIES = ("numpy", "scipy", "scikit-learn")


def evaluate(  # noqa: PLR0913 (each is a flag of the command)
    model: str | Model,
    tasks: Sequence[str | Path] = (),
    *,
    protocol: str = "split",
    split: str = "test",
    data: Path | None = None,
    out: Path | None = Path("results"),
    seed: int = 0,
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
        out: The results folder; None records nothing.
        seed: Passed to `fit`.
        limit: Answer only the first rows.
        batch_size: Rows in one call of `predict`.
        overwrite: Start anew even if the same call was made before.
        progress: Told of the progress.

    Returns:
        One run a task. A run that is complete in `out` is read, not repeated; one that was
        interrupted goes on where it stopped.

    Raises:
        InputError: The call, the data or a prediction is wrong.
        WorkError: The model failed; the same call goes on from the last batch.
    """
    source = resolve(model) if isinstance(model, str) else _object_source(model)
    if batch_size < 1:
        raise InputError(f"--batch-size: {batch_size} is no number of rows; at least 1 is needed")
    plans = []
    for name in tasks or task_names():
        shown_split = split if protocol == "split" else None
        plan = Plan(load_task(name, data), source, protocol, shown_split, seed, limit)
        if source.create is not None:
            # Said before the first task is run.
            _ = plan.folds
        plans.append(plan)
    return [
        _score_file(plan, out, overwrite=overwrite, progress=progress or _silent)
        if source.create is None
        else _run(
            plan,
            out,
            batch_size=batch_size,
            overwrite=overwrite,
            progress=progress or _silent,
        )
        for plan in plans
    ]


def score(
    predictions: Path,
    task: str | Path,
    *,
    protocol: str = "split",
    split: str = "test",
    data: Path | None = None,
    out: Path | None = None,
) -> Run:
    """Score saved predictions; the same as evaluating `file:PREDICTIONS` on one task.

    Args:
        predictions: JSON Lines, one prediction a row.
        task: The name of a task or the path of a `task.yaml`.
        protocol: `split` or `cv`: which rows there are predictions for.
        split: The split, under the protocol `split`.
        data: A folder to take in place of the task's own data root.
        out: A results folder to record the run in; None records nothing.

    Raises:
        InputError: The predictions do not fit the rows.
    """
    return evaluate(
        f"file:{predictions}", [task], protocol=protocol, split=split, data=data, out=out
    )[0]


def _silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody wants to be told of."""


def _score_file(plan: Plan, out: Path | None, *, overwrite: bool, progress: Progress) -> Run:
    """Score a file of predictions: all is checked before anything is written."""
    stopwatch = _Stopwatch()
    determinants = _determinants(plan)
    counted, answers = count_file(plan)
    progress(f"{plan.task.name}: scoring", counted.n_rows, counted.n_rows)
    run = _record(plan, determinants, counted, stopwatch)
    if out is None:
        return run
    folder = run_folder(out, plan.source.spec, plan.task.name, determinants)
    with exclusive(folder):
        if not overwrite and (folder / "run.json").exists():
            return load_run(folder)
        _forget(folder)
        log = folder / "predictions.jsonl"
        for batch in answers:
            append(log, batch)
        save_run(folder, run)
    return run


def _forget(folder: Path) -> None:
    """Remove what an earlier run left, and the page that was made of it."""
    for name in ("run.json", "predictions.jsonl", "errors.html"):
        (folder / name).unlink(missing_ok=True)


def _object_source(model: Model) -> ModelSource:
    if not isinstance(model, Model):
        raise InputError(f"{type(model).__name__} has no method `predict(task, rows)`")
    name = f"object:{type(model).__module__}.{type(model).__qualname__}"
    return ModelSource(name, lambda _: None, lambda _: model)


def _run(
    plan: Plan, out: Path | None, *, batch_size: int, overwrite: bool, progress: Progress
) -> Run:
    stopwatch = _Stopwatch()
    determinants = _determinants(plan)

    def predict(done: list[Prediction], keep: Callable[[list[Prediction]], None]) -> Run:
        """Answer what is not done yet, keep it batch by batch, and score the whole."""
        predictions = list(done)
        for batch in answer(
            plan,
            n_done=len(done),
            batch_size=batch_size,
            timing=stopwatch.timing,
            progress=progress,
        ):
            keep(batch)
            predictions += batch
        progress(f"{plan.task.name}: scoring", len(plan.rows), len(plan.rows))
        counted = RunCounts.of(SCORERS[plan.task.type], plan.rows, predictions)
        return _record(plan, determinants, counted, stopwatch)

    if out is None:
        return predict([], lambda _batch: None)
    folder = run_folder(out, plan.source.spec, plan.task.name, determinants)
    # Without a revision nobody knows whether the model is still the one that answered before.
    fresh = overwrite or determinants["revision"] is None
    with exclusive(folder):
        log = folder / "predictions.jsonl"
        if fresh:
            _forget(folder)
        elif (folder / "run.json").exists():
            return load_run(folder)
        run = predict(resume(log, plan.rows, plan.task.type), lambda batch: append(log, batch))
        save_run(folder, run)
    return run


class _Stopwatch:
    """When a run started, and how long its parts took."""

    def __init__(self) -> None:
        self.started = _now()
        self.timing = {"fit": 0.0, "predict": 0.0}
        self._clock = time.perf_counter()

    def stopped(self) -> dict[str, float]:
        """Seconds of each part and of the whole."""
        return {**self.timing, "total": time.perf_counter() - self._clock}


def _determinants(plan: Plan) -> dict[str, Any]:
    """All that the result of a plan depends on."""
    return {
        "arnews_bench": __version__,
        "rows": plan.task.fingerprint,
        "task": plan.task.name,
        "protocol": plan.protocol,
        "split": plan.split,
        "model": plan.source.spec,
        "revision": plan.source.revision(plan.task),
        "seed": plan.seed,
        "settings": {"limit": plan.limit},
    }


def _record(
    plan: Plan,
    determinants: Mapping[str, Any],
    counted: RunCounts,
    stopwatch: _Stopwatch,
) -> Run:
    scores = score_counts(plan.task.type, counted.counts)
    return Run(
        schema=SCHEMA_VERSION,
        arnews_bench=determinants["arnews_bench"],
        dataset=Dataset(
            version=plan.task.version,
            fingerprint=plan.task.dataset_fingerprint,
            rows=determinants["rows"],
        ),
        task=plan.task.name,
        task_type=plan.task.type,
        protocol=plan.protocol,
        split=plan.split,
        model=ModelInfo(spec=plan.source.spec, revision=determinants["revision"]),
        seed=plan.seed,
        settings=determinants["settings"],
        n=Sizes(rows=counted.n_rows, documents=len(scores.counts.documents)),
        headline=scores.headline,
        metrics=dict(scores.metrics),
        interval=INTERVAL_METHOD,
        breakdown=group_scores(SCORERS[plan.task.type], counted.groups),
        per_document=sparse_counts(scores.counts),
        timing=stopwatch.stopped(),
        environment=_environment(),
        started=stopwatch.started,
        finished=_now(),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _environment() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{name: importlib.metadata.version(name) for name in _LIBRARIES},
    }
