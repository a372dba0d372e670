"""The record of a run, and where it lies."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from arnews_bench.answer_log import Usage
from arnews_bench.errors import InputError
from arnews_bench.files import read_json, replace_file
from arnews_bench.metrics.fscore import Array
from arnews_bench.run_files import RECORD, run_folders
from arnews_bench.schema import Record, TaskType
from arnews_bench.scoring import SCORERS, DocumentCounts, Score
from arnews_bench.scoring.groups import Breakdown

__all__ = [
    "Dataset",
    "DocumentCount",
    "ModelInfo",
    "Run",
    "Sizes",
    "TrainedOn",
    "document_counts",
    "find_runs",
    "load_run",
    "run_folder",
    "save_run",
    "sparse_counts",
    "system_name",
]

SCHEMA_VERSION = 2


class Dataset(Record, frozen=True, kw_only=True):
    """The data of a run.

    Attributes:
        version: The version that the task declares.
        fingerprint: SHA-256 over the rows of the whole dataset, the one that its card names; null
            if the rows are a user's own.
        rows: SHA-256 over the rows of the task, all splits.
    """

    version: str | None
    fingerprint: str | None
    rows: str


class ModelInfo(Record, frozen=True, kw_only=True):
    """The model of a run; the revision is a hash of what its answers depend on."""

    spec: str
    revision: str | None


class TrainedOn(Record, frozen=True, kw_only=True):
    """The rows that a model learned from, where they are not of the task that it is scored on.

    Attributes:
        task: The name of their task.
        version: The version that the task declares.
        rows: SHA-256 over the rows of that task, all splits.
    """

    task: str
    version: str | None
    rows: str


class Sizes(Record, frozen=True, kw_only=True):
    """How much was scored."""

    rows: int
    documents: int


class DocumentCount(Record, frozen=True, kw_only=True):
    """The counts of one document that are not zero."""

    doc_id: str
    counts: dict[str, int]


class Run(Record, frozen=True, kw_only=True):
    """One model on one task under one protocol: the content of a `run.json`.

    Scores are on a scale of 0 to 1. `interval` names the method of their intervals; runs that do
    not were recorded when it was the percentile bootstrap. `breakdown` holds values without an
    interval by what the rows fall into, as `claim` → `C01` → `accuracy`; `rows` is their number.
    `cluster` says what the intervals take as sampling units, documents or, where the task names
    none, rows. `restrictions` are the model's own words on what it cannot answer; `repairs` is
    what lenient reading did to the data; `usage` what the answers took, of a model whose answers
    are logged. Times are seconds; `started` and `finished` are UTC.
    """

    schema: int
    arnews_bench: str
    dataset: Dataset
    task: str
    task_type: TaskType
    protocol: str
    split: str | None
    model: ModelInfo
    seed: int
    settings: dict[str, Any]
    n: Sizes
    headline: str
    metrics: dict[str, Score]
    interval: str = "percentile bootstrap, documents"
    breakdown: Breakdown = msgspec.field(default_factory=dict)
    cluster: str = "doc_id"
    trained_on: TrainedOn | None = None
    restrictions: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    usage: Usage | None = None
    per_document: tuple[DocumentCount, ...]
    timing: dict[str, float]
    environment: dict[str, str]
    started: str
    finished: str

    @property
    def score(self) -> Score:
        """The headline score."""
        return self.metrics[self.headline]

    @property
    def system(self) -> str:
        """What was evaluated, by name: the model with its options and what it learned from."""
        trained_on = None if self.trained_on is None else self.trained_on.task
        return system_name(self.model.spec, self.settings.get("options") or {}, trained_on)

    def to_dict(self) -> dict[str, Any]:
        """The run as plain Python objects, as in its JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def sparse_counts(counts: DocumentCounts) -> tuple[DocumentCount, ...]:
    """Counts as they are recorded."""
    return tuple(
        DocumentCount(
            doc_id=doc_id,
            counts={
                name: int(value)
                for name, value in zip(counts.columns, values, strict=True)
                if value
            },
        )
        for doc_id, values in zip(counts.documents, counts.values, strict=True)
    )


def document_counts(run: Run) -> Array:
    """The counts of a run as an array of shape (documents, columns of its task type)."""
    columns = {name: number for number, name in enumerate(SCORERS[run.task_type].columns)}
    values = np.zeros((len(run.per_document), len(columns)), dtype=np.int64)
    for number, document in enumerate(run.per_document):
        for name, count in document.counts.items():
            values[number, columns[name]] = count
    return values


def system_name(spec: str, options: Mapping[str, Any], trained_on: str | None) -> str:
    """The name of a model as it was used; runs of one name differ only in seed and time."""
    words = [f"{name}={value}" for name, value in sorted(options.items())]
    if trained_on is not None:
        words.append(f"trained on {trained_on}")
    return f"{spec} ({', '.join(words)})" if words else spec


def run_folder(out: Path, model: str, task: str, determinants: Mapping[str, Any]) -> Path:
    """The folder of a run: the same for the same call, another for any other.

    Args:
        out: The results folder.
        model: The name of the model as it is used, see `system_name`.
        task: The task's name.
        determinants: All that the result depends on, as plain values.
    """
    canonical = msgspec.json.encode(determinants, order="deterministic")
    run_id = hashlib.sha256(canonical).hexdigest()[:12]
    return out / slug(model) / f"{slug(task)}-{determinants['protocol']}-{run_id}"


def slug(name: str) -> str:
    """A name as a file name."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "unnamed"


def save_run(folder: Path, run: Run) -> None:
    """Write `run.json`, whole or not at all."""
    content = msgspec.json.format(msgspec.json.encode(run), indent=1)
    replace_file(folder / RECORD, content + b"\n")


def load_run(path: str | Path) -> Run:
    """Read a run.

    Args:
        path: A `run.json`, or the folder that it lies in.

    Raises:
        InputError: There is no run, or it is of another schema.
    """
    place = Path(path)
    if place.is_dir():
        place /= RECORD
    run = read_json(place, Run, "run")
    if run.schema != SCHEMA_VERSION:
        raise InputError(
            f"{place}: schema {run.schema}; this version of arnews-bench reads {SCHEMA_VERSION}"
        )
    return run


def find_runs(paths: Sequence[str | Path]) -> list[Run]:
    """The runs at and below some paths, each once, in the order of the paths.

    Raises:
        InputError: A path is missing or holds no run.
    """
    return [load_run(folder) for folder in run_folders(paths)]
