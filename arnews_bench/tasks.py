"""A task: what is asked, on which rows. Declared in a `task.yaml`, ours or a user's."""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from arnews_bench import plugins
from arnews_bench.declaration import Declaration
from arnews_bench.declaration_file import load_declaration
from arnews_bench.entities import COARSE_OF
from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.files import file_hash
from arnews_bench.fingerprint import dataset_fingerprint
from arnews_bench.folds import deal_folds
from arnews_bench.paths import tasks_dir
from arnews_bench.reading import Reading, Source, read_split
from arnews_bench.schema import NER_TAGS, STANCE_LABELS, NerRow, Row, StanceRow, TaskType

__all__ = ["Task", "external_task_names", "load_rows", "load_task", "task_names"]


class Task:
    """What a model is asked, and the rows it is asked on.

    Attributes:
        name: The name in tables and records.
        type: `ner`, `stance` or `attribution`: fixes the rows, the predictions and the metrics.
        description: One sentence.
        splits: The splits that this task has, in their usual order.
        version: The version of the data, if it has one.
        license: Of the data, if it is declared.
        citation: How to cite them, likewise.
        source: Where they come from, likewise.
        layout: How their files have to lie, in words, likewise.
        root: The folder of the data.
        lenient: What can be repaired in the data is repaired.
    """

    def __init__(self, declaration: Declaration, root: Path, *, lenient: bool = False) -> None:
        self.name = declaration.name
        self.type: TaskType = declaration.type
        self.description = declaration.description
        self.splits = declaration.splits
        self.version = declaration.version
        self.license = declaration.license
        self.citation = declaration.citation
        self.source = declaration.source
        self.layout = declaration.layout
        self.root = root
        self.lenient = lenient or declaration.data.lenient
        self._declaration = declaration
        self._readings: dict[str, Reading] = {}
        self._split_of: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Task({self.name!r}, type={self.type!r}, splits={self.splits})"

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The closed set of answers: tags of `ner`, labels of `stance`; none of `attribution`.

        Those of ours that the task uses: its label map names them, or its rows have them.

        Raises:
            InputError: Rows had to be read for it, and cannot be.
        """
        known = _LABELS[self.type]
        if self._declaration.own_form or not known:
            return known
        used = {_label_class(label) for label in self._declaration.label_map.values()}
        classes = {_label_class(label) for label in known} - {"O"}
        # All that are there, the smallest files first, until nothing is left to be found.
        for split in sorted(self.splits, key=_LOOKED_AT.index):
            if not classes <= used and not self._missing(split):
                used |= {_label_class(x) for row in self.rows(split) for x in _row_labels(row)}
        return tuple(label for label in known if label == "O" or _label_class(label) in used)

    @property
    def cluster(self) -> str:
        """What intervals resample: `doc_id`, another column, or `row` where nothing is declared."""
        return self._declaration.cluster or ("doc_id" if self._declaration.own_form else "row")

    @property
    def repairs(self) -> tuple[str, ...]:
        """What lenient reading did to the splits that were read, a sentence for each kind."""
        return tuple(
            repair
            for split in self.splits
            if split in self._readings
            for repair in self._readings[split].repairs
        )

    @property
    def streamable(self) -> bool:
        """Whether the files of the splits are JSON Lines of rows, which may be read in parts."""
        return self._declaration.own_form and not self.remote

    @property
    def has_fine_types(self) -> bool:
        """Whether its rows have the 21 types of entities: those in our own form, or declared so."""
        fine = self._declaration.own_form or self._declaration.data.tagset == "fine"
        return self.type == "ner" and fine

    def files(self, split: str) -> tuple[Path, ...]:
        """The files and folders that the rows of a split lie in; none of a dataset on the Hub.

        Raises:
            InputError: There is no such split, or one is missing.
        """
        self._require_files(split)
        return () if self.remote else tuple(self._source(split).paths())

    def missing(self) -> tuple[Path, ...]:
        """The files of all splits that are declared but not there."""
        return tuple(path for split in self.splits for path in self._missing(split))

    def rows(self, split: str) -> tuple[Row, ...]:
        """The rows of a split.

        Raises:
            InputError: There is no such split, or its files are missing or broken.
        """
        if split not in self._readings:
            self._require_files(split)
            reading = read_split(self._declaration, split, self.root, lenient=self.lenient)
            self._require_new_ids(split, reading.rows)
            self._readings[split] = reading
        return self._readings[split].rows

    def all_rows(self) -> tuple[Row, ...]:
        """The rows of all splits.

        Where the data come without folds, five of about the same size are dealt here, clusters
        whole; one split alone does not tell how to.

        Raises:
            InputError: The files of a split are missing or broken.
        """
        return self._all_rows

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the rows of all splits: two runs compare only if theirs are equal.

        Of data in another form than ours it covers the files and how they are read; a split that
        is not there, such as a train part that nothing is fitted on, counts as that.

        Raises:
            InputError: A file is missing, of rows in our own form.
        """
        if self.streamable:
            return file_hash(*(path for split in self.splits for path in self.files(split)))
        parts: dict[str, object] = {
            "type": self.type,
            "data": msgspec.structs.replace(self._declaration.data, root="", lenient=self.lenient),
            "columns": self._declaration.columns,
            "labels": self._declaration.label_map,
            "cluster": self.cluster,
        }
        if not self.remote:
            for split in self.splits:
                parts[split] = None if self._missing(split) else self._source(split).fingerprint()
        return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()

    @cached_property
    def dataset_fingerprint(self) -> str | None:
        """The fingerprint of the dataset that the rows belong to; None if they are a user's own."""
        return dataset_fingerprint(self.root)

    @property
    def remote(self) -> bool:
        """Whether the data are a dataset on the Hub, and not files here."""
        return self._declaration.data.format == "hf"

    def _source(self, split: str) -> Source:
        return Source(self.root, self._declaration.data.names(split))

    def _missing(self, split: str) -> list[Path]:
        return [] if self.remote else self._source(split).missing()

    @cached_property
    def _all_rows(self) -> tuple[Row, ...]:
        rows = tuple(row for split in self.splits for row in self.rows(split))
        return rows if self._declaration.own_form else deal_folds(rows)

    def _require_files(self, split: str) -> None:
        if split not in self.splits:
            raise InputError(
                f"task {self.name!r} has no split {split!r}; {did_you_mean(split, self.splits)}"
            )
        missing = self._missing(split)
        if missing:
            raise InputError("\n  ".join([f"{missing[0]}: no such file", *self._expected_layout()]))

    def _expected_layout(self) -> list[str]:
        """What has to be there for this task, a line each."""
        data = self._declaration.data
        lines = [f"task {self.name!r} expects in {self.root}:"]
        lines += [f"  {split}: {', '.join(data.names(split))}" for split in self.splits]
        lines += [line for line in (self.layout or "").splitlines() if line.strip()]
        if self.source:
            lines.append(f"they come from {self.source}")
        return [*lines, "a folder elsewhere that holds them is given with --data DIR"]

    def _require_new_ids(self, split: str, rows: tuple[Row, ...]) -> None:
        """An id stands for one row of a task, whichever split it is in."""
        problems = [
            f"field `id`: {row.id!r} is in split {other!r} and in split {split!r}"
            for row in rows
            if (other := self._split_of.get(row.id))
        ]
        if problems:
            raise InputError.from_problems(f"task {self.name!r} cannot be used:", problems)
        self._split_of.update((row.id, split) for row in rows)


_LABELS: Mapping[TaskType, tuple[str, ...]] = {
    "ner": NER_TAGS,
    "stance": STANCE_LABELS,
    "attribution": (),
}
# The order in which splits are looked at for labels.
_LOOKED_AT = ("test", "validation", "train")


def _label_class(label: str) -> str:
    """A label of `stance`, or the coarse type of a tag or type of `ner`."""
    name = label.removeprefix("B-").removeprefix("I-")
    return COARSE_OF.get(name, name)


def _row_labels(row: Row) -> tuple[str, ...]:
    match row:
        case NerRow():
            return row.ner_tags
        case StanceRow():
            return (row.label,) if row.label else ()
        case _:
            return ()


def task_names() -> tuple[str, ...]:
    """The names of the tasks that come with the package: ner, stance, attribution."""
    return tuple(name for name in _LABELS if (tasks_dir() / name / "task.yaml").is_file())


def external_task_names() -> tuple[str, ...]:
    """The names of the tasks whose declarations come with the package, but not their data."""
    return tuple(sorted(path.stem for path in _external_dir().glob("*.yaml")))


def load_task(name: str | Path, data: Path | None = None, *, lenient: bool = False) -> Task:
    """Load a task.

    Args:
        name: The name of a task that comes with the package, of an external one, or of one that
            an installed package adds; or the path of a `task.yaml`.
        data: A folder to take in place of the task's own data root.
        lenient: Repair what can be repaired in the data, and report it as `Task.repairs`.

    Raises:
        InputError: There is no such task, or its declaration is wrong.
    """
    path = _declaration_path(name)
    declaration = load_declaration(path)
    root = data if data is not None else (path.parent / declaration.data.root).resolve()
    return Task(declaration, root, lenient=lenient)


def load_rows(
    name: str | Path, split: str, data: Path | None = None, *, lenient: bool = False
) -> tuple[Row, ...]:
    """The rows of one split of a task; see `load_task` and `Task.rows`."""
    return load_task(name, data, lenient=lenient).rows(split)


def _declaration_path(name: str | Path) -> Path:
    word = str(name)
    if word in task_names():
        return tasks_dir() / word / "task.yaml"
    if word in external_task_names():
        return _external_dir() / f"{word}.yaml"
    if word.endswith((".yaml", ".yml")):
        return Path(name)
    added = plugins.named(plugins.TASKS)
    if word in added:
        return plugins.task_file(added[word])
    known = (*task_names(), *external_task_names(), *added)
    raise InputError(
        f"unknown task {word!r}; {did_you_mean(word, known)}; "
        "your own task is given as the path of its task.yaml"
    )


def _external_dir() -> Path:
    return tasks_dir() / "external"
