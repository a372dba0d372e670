"""The loop: fit, predict, go on where it was interrupted, score, record."""

import importlib.metadata
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import filelock
import msgspec

from arnews_bench import __version__
from arnews_bench.errors import ArnewsError, InputError, WorkError, did_you_mean
from arnews_bench.files import replace_file
from arnews_bench.models import Model, Trainable
from arnews_bench.models.loading import ModelSource, failure_place, resolve
from arnews_bench.predictions import (
    LocatedPrediction,
    check_predictions,
    convert_predictions,
    read_predictions,
)
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
from arnews_bench.rows import without_gold
from arnews_bench.schema import Prediction, Row
from arnews_bench.scoring import score_predictions
from arnews_bench.tasks import Task, load_task, task_names

__all__ = ["PROTOCOLS", "Progress", "evaluate", "score"]

PROTOCOLS = ("split", "cv")

# Told of the work under way: what is done, how much of it, out of how much.
Progress: TypeAlias = Callable[[str, int, int], None]


class _Fold(NamedTuple):
    """Rows to learn from, to choose by and to answer."""

    name: str
    train: Sequence[Row]
    validation: Sequence[Row]
    scored: Sequence[Row]


class _Plan(NamedTuple):
    """What is to be run, and what its result depends on."""

    task: Task
    source: ModelSource
    folds: Sequence[_Fold]
    protocol: str
    split: str | None
    seed: int
    settings: Mapping[str, Any]

    @property
    def rows(self) -> list[Row]:
        return [row for fold in self.folds for row in fold.scored]

    def determinants(self) -> dict[str, Any]:
        return {
            "arnews_bench": __version__,
            "fingerprint": self.task.fingerprint,
            "task": self.task.name,
            "protocol": self.protocol,
            "split": self.split,
            "model": self.source.spec,
            "revision": self.source.revision(self.task),
            "seed": self.seed,
            "settings": self.settings,
        }


def evaluate(
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
        raise InputError(f"--batch-size: {batch_size} is no number of rows; at least 1")
    plans = [
        _plan(load_task(name, data), source, protocol, split, seed, limit)
        for name in tasks or task_names()
    ]
    return [
        _run(plan, out, batch_size, overwrite=overwrite, progress=progress or _silent)
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
    pass


def _object_source(model: Model) -> ModelSource:
    if not isinstance(model, Model):
        raise InputError(f"{type(model).__name__} has no method `predict(task, rows)`")
    name = f"object:{type(model).__module__}.{type(model).__qualname__}"
    return ModelSource(name, lambda _: None, lambda _: model)


def _plan(
    task: Task, source: ModelSource, protocol: str, split: str, seed: int, limit: int | None
) -> _Plan:
    if protocol not in PROTOCOLS:
        raise InputError(f"unknown protocol {protocol!r}; {did_you_mean(protocol, PROTOCOLS)}")
    if limit is not None and limit < 1:
        raise InputError(f"--limit: {limit} is no number of rows; at least 1")
    folds = _split_fold(task, split) if protocol == "split" else _cv_folds(task)
    left = limit
    limited = []
    for fold in folds:
        scored = fold.scored if left is None else fold.scored[:left]
        left = None if left is None else left - len(scored)
        if scored:
            limited.append(fold._replace(scored=scored))
    return _Plan(
        task=task,
        source=source,
        folds=limited,
        protocol=protocol,
        split=split if protocol == "split" else None,
        seed=seed,
        settings={"limit": limit},
    )


def _split_fold(task: Task, split: str) -> list[_Fold]:
    scored = task.rows(split)
    train = task.rows("train") if "train" in task.splits else ()
    validation = task.rows("validation") if "validation" in task.splits else ()
    return [_Fold(split, train, validation, scored)]


def _cv_folds(task: Task) -> list[_Fold]:
    rows = task.all_rows()
    numbers = sorted({row.fold for row in rows})
    return [
        _Fold(
            f"fold {number}",
            [row for row in rows if row.fold != number],
            (),
            [row for row in rows if row.fold == number],
        )
        for number in numbers
    ]


def _run(
    plan: _Plan, out: Path | None, batch_size: int, *, overwrite: bool, progress: Progress
) -> Run:
    started = _now()
    clock = time.perf_counter()
    determinants = plan.determinants()
    if out is None:
        predictions, timing = _answers(plan, None, [], batch_size, progress)
        return _record(plan, determinants, predictions, timing, started, clock)
    folder = run_folder(out, plan.source.spec, plan.task.name, determinants)
    # Without a revision nobody knows whether the model is still the one that answered before.
    fresh = overwrite or (plan.source.predictions is None and determinants["revision"] is None)
    with _exclusive(folder):
        if (folder / "run.json").exists() and not fresh:
            return load_run(folder)
        path = folder / "predictions.jsonl"
        if fresh:
            (folder / "run.json").unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        if plan.source.predictions is not None:
            predictions, timing = _answers(plan, None, [], batch_size, progress)
            replace_file(path, b"".join(map(_line, predictions)))
        else:
            done = _resume(path, plan)
            with path.open("ab") as stream:
                predictions, timing = _answers(plan, stream, done, batch_size, progress)
        run = _record(plan, determinants, predictions, timing, started, clock)
        save_run(folder, run)
    return run


@contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    """Hold the folder of a run; two processes that append to one file would spoil it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / ".lock", timeout=0)
        lock.acquire()
    except filelock.Timeout:
        raise InputError(f"{folder}: another process is at work on this run") from None
    except OSError as error:
        raise InputError(f"{folder}: results cannot be written: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()


def _resume(path: Path, plan: _Plan) -> list[Prediction]:
    """The predictions that an interrupted run left; a line that was cut off is dropped."""
    if not path.exists():
        return []
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        replace_file(path, whole)
    if not whole.strip():
        return []
    located = read_predictions(path, plan.task.type)
    rows = plan.rows[: len(located)]
    return check_predictions(
        rows,
        located,
        origin=str(path),
        hint="; the file of an earlier run is broken: start anew with --overwrite",
    )


def _answers(
    plan: _Plan,
    stream: BinaryIO | None,
    done: list[Prediction],
    batch_size: int,
    progress: Progress,
) -> tuple[list[Prediction], dict[str, float]]:
    """All predictions, in the order of the rows; new ones are appended to `stream`."""
    if plan.source.predictions is not None:
        located = read_predictions(plan.source.predictions, plan.task.type)
        return _checked_file(plan, located), {"fit": 0.0, "predict": 0.0}
    answers = list(done)
    timing = {"fit": 0.0, "predict": 0.0}
    total = len(plan.rows)
    position = 0
    for fold in plan.folds:
        position += len(fold.scored)
        left = fold.scored[len(fold.scored) - max(0, position - len(answers)) :]
        if not left:
            continue
        with _timed(timing, "fit"):
            progress(f"{plan.task.name}: fitting, {fold.name}", len(answers), total)
            model = _fitted(plan, fold)
        for start in range(0, len(left), batch_size):
            progress(f"{plan.task.name}: predicting, {fold.name}", len(answers), total)
            with _timed(timing, "predict"):
                batch = _predicted(plan, model, left[start : start + batch_size])
            if stream is not None:
                stream.write(b"".join(map(_line, batch)))
                stream.flush()
            answers.extend(batch)
    progress(f"{plan.task.name}: scoring", total, total)
    return answers, timing


def _line(prediction: Prediction) -> bytes:
    return msgspec.json.encode(prediction) + b"\n"


def _checked_file(plan: _Plan, located: Sequence[LocatedPrediction]) -> list[Prediction]:
    others = {
        row.id: split
        for split in plan.task.splits
        for row in plan.task.rows(split)
        if split != plan.split
    }
    strangers = {others[item.prediction.id] for item in located if item.prediction.id in others}
    hint = ""
    if plan.protocol == "split" and strangers:
        hint = f" (rows of {', '.join(sorted(strangers))} are there: is --split right?)"
    return check_predictions(
        plan.rows, located, origin=str(plan.source.predictions), hint=hint
    )


def _fitted(plan: _Plan, fold: _Fold) -> Model:
    if plan.source.create is None:
        raise ValueError("a file of predictions is not fitted")
    with _blamed(plan):
        model = plan.source.create(plan.task)
        if isinstance(model, Trainable):
            if not fold.train:
                raise InputError(
                    f"task {plan.task.name!r} has no train split, and {plan.source.spec} "
                    "is a model that learns"
                )
            model.fit(plan.task, fold.train, fold.validation, seed=plan.seed)
    return model


def _predicted(plan: _Plan, model: Model, rows: Sequence[Row]) -> list[Prediction]:
    with _blamed(plan):
        answers = list(model.predict(plan.task, [without_gold(row) for row in rows]))
    located = convert_predictions(answers, plan.task.type, origin=plan.source.spec)
    return check_predictions(rows, located, origin=plan.source.spec)


@contextmanager
def _blamed(plan: _Plan) -> Iterator[None]:
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
        timing[name] += time.perf_counter() - start


def _record(
    plan: _Plan,
    determinants: Mapping[str, Any],
    predictions: Sequence[Prediction],
    timing: Mapping[str, float],
    started: str,
    clock: float,
) -> Run:
    scores = score_predictions(plan.task.type, plan.rows, predictions)
    return Run(
        schema=SCHEMA_VERSION,
        arnews_bench=determinants["arnews_bench"],
        dataset=Dataset(version=plan.task.version, fingerprint=determinants["fingerprint"]),
        task=plan.task.name,
        task_type=plan.task.type,
        protocol=plan.protocol,
        split=plan.split,
        model=ModelInfo(spec=plan.source.spec, revision=determinants["revision"]),
        seed=plan.seed,
        settings=dict(plan.settings),
        n=Sizes(rows=len(plan.rows), documents=len(scores.counts.documents)),
        headline=scores.headline,
        metrics=dict(scores.metrics),
        per_document=sparse_counts(scores.counts),
        timing={**timing, "total": time.perf_counter() - clock},
        environment=_environment(),
        started=started,
        finished=_now(),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _environment() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{
            name: importlib.metadata.version(name) for name in ("numpy", "scipy", "scikit-learn")
        },
    }
