"""A task: what is asked, on which rows. Declared in a `task.yaml`, ours or a user's."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.files import describe_invalid, file_hash, read_bytes, read_json_lines
from arnews_bench.fingerprint import dataset_fingerprint
from arnews_bench.paths import tasks_dir
from arnews_bench.rows import row_problems
from arnews_bench.schema import (
    NER_TAGS,
    ROW_TYPES,
    SPLITS,
    STANCE_LABELS,
    Record,
    Row,
    TaskType,
)

__all__ = ["Task", "load_rows", "load_task", "task_names"]


class _Data(Record, frozen=True, kw_only=True):
    """Where the rows of a task lie; paths are relative to `root`, that to the task.yaml."""

    format: Literal["jsonl"]
    test: str
    train: str | None = None
    validation: str | None = None
    root: str = "."


class _Declaration(Record, frozen=True, kw_only=True):
    """A task.yaml."""

    name: str
    type: TaskType
    description: str
    data: _Data
    cluster: Literal["doc_id"] = "doc_id"
    version: str | None = None
    license: str | None = None
    citation: str | None = None


class Task:
    """What a model is asked, and the rows it is asked on.

    Attributes:
        name: The name in tables and records.
        type: `ner`, `stance` or `attribution`: fixes the rows, the predictions and the metrics.
        description: One sentence.
        labels: The closed set of answers: tags of `ner`, labels of `stance`; empty for
            `attribution`.
        splits: The splits that this task has, in their usual order.
        version: The version of the data, if it has one.
    """

    def __init__(self, declaration: _Declaration, root: Path) -> None:
        self.name = declaration.name
        self.type: TaskType = declaration.type
        self.description = declaration.description
        self.version = declaration.version
        self.labels: tuple[str, ...] = _LABELS[declaration.type]
        files = {split: getattr(declaration.data, split) for split in SPLITS}
        self._root = root
        self._files: Mapping[str, Path] = {
            split: root / name for split, name in files.items() if name is not None
        }
        self.splits = tuple(self._files)

    def __repr__(self) -> str:
        return f"Task({self.name!r}, type={self.type!r}, splits={self.splits})"

    def file(self, split: str) -> Path:
        """The file that the rows of a split lie in, JSON Lines.

        Raises:
            InputError: There is no such split.
        """
        if split not in self._files:
            raise InputError(
                f"task {self.name!r} has no split {split!r}; {did_you_mean(split, self.splits)}"
            )
        return self._files[split]

    def rows(self, split: str) -> tuple[Row, ...]:
        """The rows of a split.

        Raises:
            InputError: There is no such split, or its file is missing or broken.
        """
        self.file(split)
        return self._rows[split]

    def all_rows(self) -> tuple[Row, ...]:
        """The rows of all splits."""
        return tuple(row for split in self.splits for row in self._rows[split])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the rows of all splits: two runs compare only if theirs are equal.

        Raises:
            InputError: The file of a split is missing.
        """
        return file_hash(*self._files.values())

    @cached_property
    def dataset_fingerprint(self) -> str | None:
        """The fingerprint of the dataset that the rows belong to; None if they are a user's own."""
        return dataset_fingerprint(self._root)

    @cached_property
    def _rows(self) -> Mapping[str, tuple[Row, ...]]:
        seen: dict[str, str] = {}
        found: dict[str, tuple[Row, ...]] = {}
        row_type: type[Row] = ROW_TYPES[self.type]
        for split, path in self._files.items():
            located = read_json_lines(path, msgspec.json.Decoder(row_type))
            problems: list[str] = []
            for number, row in located:
                where = f"{path}:{number}"
                if row.id in seen:
                    problems.append(f"{where}: field `id`: {row.id!r} was there at {seen[row.id]}")
                seen[row.id] = where
                problems.extend(f"{where}: {problem}" for problem in row_problems(row))
            if problems:
                raise InputError.from_problems(f"{path} cannot be used:", problems)
            found[split] = tuple(row for _, row in located)
        return found


_LABELS: Mapping[TaskType, tuple[str, ...]] = {
    "ner": NER_TAGS,
    "stance": STANCE_LABELS,
    "attribution": (),
}


def task_names() -> tuple[str, ...]:
    """The names of the tasks that come with the package: ner, stance, attribution."""
    return tuple(name for name in _LABELS if (tasks_dir() / name / "task.yaml").is_file())


def load_task(name: str | Path, data: Path | None = None) -> Task:
    """Load a task.

    Args:
        name: The name of a task that comes with the package, or the path of a `task.yaml`.
        data: A folder to take in place of the task's own data root.

    Raises:
        InputError: There is no such task, or its declaration is wrong.
    """
    if str(name) in task_names():
        path = tasks_dir() / str(name) / "task.yaml"
    elif str(name).endswith((".yaml", ".yml")):
        path = Path(name)
    else:
        raise InputError(
            f"unknown task {str(name)!r}; {did_you_mean(str(name), task_names())}; "
            "your own task is given as the path of its task.yaml"
        )
    content = read_bytes(path)
    try:
        declaration = msgspec.convert(yaml.safe_load(content), _Declaration)
    except yaml.YAMLError as error:
        raise InputError(f"{path}: broken YAML: {error}") from None
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {describe_invalid(error)}") from None
    root = data if data is not None else (path.parent / declaration.data.root).resolve()
    return Task(declaration, root)


def load_rows(name: str | Path, split: str, data: Path | None = None) -> tuple[Row, ...]:
    """The rows of one split of a task; see `load_task` and `Task.rows`."""
    return load_task(name, data).rows(split)
