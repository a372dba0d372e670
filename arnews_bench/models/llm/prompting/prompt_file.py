"""The file of a prompt: YAML front matter with its labels, and a template of two parts.

The front matter has `task`, `language` and, by kind, a definition in one line for each label. After
it a line `<!-- system -->` begins what is said first, and a line `<!-- user -->` the question about
a row; both are Jinja2. What stands before the first of them is for readers of the file.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.files import read_bytes
from arnews_bench.models.llm.prompting.template import Part
from arnews_bench.schema import (
    COARSE_TYPES,
    ENTITY_TYPES,
    MODES,
    SOURCE_TYPES,
    STANCE_LABELS,
    Record,
    TaskType,
)
from arnews_bench.yaml_records import line_of, parse_yaml

__all__ = ["LABELS", "PromptFile", "read_prompt_file"]

# The kinds of labels of a task, and the labels that need a definition.
LABELS: Mapping[TaskType, Mapping[str, Sequence[str]]] = {
    "ner": {"fine": ENTITY_TYPES, "coarse": COARSE_TYPES},
    "stance": {"label": STANCE_LABELS},
    "attribution": {"source_type": SOURCE_TYPES, "mode": MODES},
}
_PARTS = ("system", "user")
_MARK = re.compile(r"^<!--\s*(system|user)\s*-->[ \t]*$", re.MULTILINE)
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*\n", re.DOTALL)


class FrontMatter(Record, frozen=True, kw_only=True):
    """What a prompt is for, and its labels by kind, each with its definition."""

    task: TaskType
    language: str
    labels: dict[str, dict[str, str]]


class PromptFile(NamedTuple):
    """What a file holds.

    Attributes:
        language: The language of the prompt.
        labels: Kind → label → definition, of all labels of the type of task.
        system: What is said first.
        user: The question about a row.
        digest: SHA-256 of the file.
    """

    language: str
    labels: Mapping[str, Mapping[str, str]]
    system: Part
    user: Part
    digest: str


def read_prompt_file(path: Path, task_type: TaskType, language: str | None) -> PromptFile:
    """Read a prompt.

    Args:
        path: The file.
        task_type: What it has to be for.
        language: The language that it has to be in; None for any.

    Raises:
        InputError: There is no such file, or it is wrong, with the line.
    """
    content = read_bytes(path)
    text = _decoded(path, content)
    front = _FRONT.match(text)
    if front is None:
        raise InputError(
            f"{path}:1: {_shown(text)} where the front matter begins; YAML between two lines "
            "of --- is needed first, with `task`, `language` and `labels`"
        )
    # With the line of dashes as a blank one, lines count as in the file.
    source = "\n" + front[1]
    matter = parse_yaml(source, FrontMatter, str(path), first_line=1)
    places = _Places(path, source)
    if matter.task != task_type:
        raise places.error(
            "task",
            f"task: {matter.task!r}, but the task that is asked is of type {task_type!r}; "
            f"a prompt for it is needed, or --task {matter.task}",
        )
    if language is not None and matter.language != language:
        raise places.error("language", f"language: {matter.language!r}; {language!r} is needed")
    _check_labels(matter, places)
    system, user = _parts(path, text, front.end())
    return PromptFile(
        matter.language, matter.labels, system, user, hashlib.sha256(content).hexdigest()
    )


def _decoded(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}:{line}: byte 0x{content[error.start]:02x}: not UTF-8, which is needed"
        ) from None
    return text.replace("\r\n", "\n")


def _shown(text: str) -> str:
    first = text.split("\n", 1)[0]
    return repr(first[:40]) if first else "an empty line"


class _Places:
    """Where the keys of the front matter stand in the file."""

    def __init__(self, path: Path, source: str) -> None:
        self._path, self._node = path, yaml.compose(source, yaml.SafeLoader)

    def error(self, key: str, message: str) -> InputError:
        """An error at a key, which is given with the keys that it lies in: `labels.fine`."""
        return InputError(f"{self._path}:{line_of(self._node, key)}: {message}")


def _check_labels(matter: FrontMatter, places: _Places) -> None:
    kinds = LABELS[matter.task]
    for kind in matter.labels:
        if kind not in kinds:
            raise places.error(
                f"labels.{kind}", f"labels: unknown kind {kind!r}; {did_you_mean(kind, kinds)}"
            )
    for kind, known in kinds.items():
        given = matter.labels.get(kind, {})
        for name in given:
            if name not in known:
                raise places.error(
                    f"labels.{kind}.{name}",
                    f"labels.{kind}: unknown label {name!r}; {did_you_mean(name, known)}",
                )
        lacking = [name for name in known if not given.get(name, "").strip()]
        if lacking:
            raise places.error(
                f"labels.{kind}",
                f"labels.{kind}: no definition of {', '.join(lacking)}; each label needs one line",
            )
        for name in known:
            if "\n" in given[name].strip():
                raise places.error(
                    f"labels.{kind}.{name}",
                    f"labels.{kind}.{name}: a definition of several lines; one line is needed",
                )


def _parts(path: Path, text: str, start: int) -> Iterator[Part]:
    marks = list(_MARK.finditer(text, start))
    names = tuple(mark[1] for mark in marks)
    if names != _PARTS:
        line = text.count("\n", 0, marks[-1].start() if marks else start) + 1
        found = " and ".join(f"<!-- {name} -->" for name in names) or "neither"
        raise InputError(
            f"{path}:{line}: the template needs a line <!-- system --> and after it a line "
            f"<!-- user -->, each once; there is {found}"
        )
    ends = [marks[1].start(), len(text)]
    for mark, end in zip(marks, ends, strict=True):
        source = text[mark.end() : end]
        line = text.count("\n", 0, mark.end()) + 1
        if not source.strip():
            raise InputError(f"{path}:{line}: the {mark[1]} part is empty; it needs a text")
        yield Part(path, mark[1], source, line)
