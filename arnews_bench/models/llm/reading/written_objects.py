"""Objects that are written without JSON: rows of a table, or lines of `key: value`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from arnews_bench.models.llm.reading.lenient_json import find_values
from arnews_bench.models.llm.reading.synonyms import folded

__all__ = ["written_objects"]

_FEWEST_FIELDS = 2
_RULE = re.compile(r"[\s|:+=\-]*")
# A dash stands for nothing.
_MARKUP = " \t*_`\"'-–—"
_BULLET = r"(?:[-*•]\s+|\d{1,3}[.)]\s+)"
_LINE = re.compile(
    rf"(?P<indent>\s*)(?P<bullet>{_BULLET})?(?P<key>[^:：]{{1,40}})[:：](?P<value>.*)"
)
_ITEM = re.compile(rf"(?P<indent>\s*)(?P<bullet>{_BULLET})?(?P<text>.*)")
# In place of a value: it stands on the lines below.
_BELOW = frozenset({"", "|", ">", "|+", ">+"})


def written_objects(text: str, keys: Mapping[str, str]) -> list[dict[str, object]]:
    """The objects of a text, in order.

    Args:
        text: The text.
        keys: The keys of such an object.
    """
    lines = text.splitlines()
    return list(_rows(filter(str.strip, lines), keys)) or list(_blocks(lines, keys))


def _rows(lines: Iterable[str], keys: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """The rows of tables, which begin with the names of their columns."""
    heading: list[str] = []
    mark = ""
    for line in lines:
        if mark and _RULE.fullmatch(line):
            continue
        cells = _cells(line, mark) if mark else []
        if cells and len(cells) == len(heading):
            yield dict(zip(heading, cells, strict=True))
            continue
        mark, heading = _heading(line, keys)


def _heading(line: str, keys: Mapping[str, str]) -> tuple[str, list[str]]:
    """What parts the columns, and their names; nothing of a line that is no heading."""
    for mark in ("|", "\t", ","):
        cells = _cells(line, mark)
        known = [cell for cell in cells if folded(cell) in keys]
        # A comma is no sign of a table.
        if len(known) >= _FEWEST_FIELDS and (mark != "," or known == cells):
            return mark, cells
    return "", []


def _cells(line: str, mark: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|") if mark == "|" else line
    return [cell.strip(_MARKUP) for cell in inner.split(mark)]


def _blocks(lines: list[str], keys: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """Blocks of lines `key: value`; a key that comes again begins the next one.

    It begins with the whole paragraph of that key, whichever of its keys comes first there.
    """
    block: dict[str, object] = {}
    for is_blank, paragraph in groupby(lines, lambda line: not line.strip()):
        members = [] if is_blank else _members(list(paragraph), keys)
        if any(member.key in block for member in members):
            yield block
            block = {}
        for member in members:
            if member.key in block:
                yield block
                block = {}
            if value := member.value:
                block[member.key] = value
    yield block


class _Member(NamedTuple):
    """A key, as `folded`, with what stands beside it and on the lines below."""

    key: str
    beside: str
    below: list[re.Match[str]]

    @property
    def value(self) -> object:
        """Its string or its list; empty where there is none."""
        values: list[list[str]] = []
        for line in self.below:
            # A bullet is a value, another line goes on with one.
            if line["bullet"] or not values:
                values.append([])
            values[-1].append(line["text"].strip(_MARKUP))
        if values or self.beside in _BELOW:
            return [" ".join(value) for value in values]
        found = next(find_values(self.beside), None) if self.beside.startswith("[") else None
        return found.value if found and found.end == len(self.beside) else self.beside


def _members(lines: list[str], keys: Mapping[str, str]) -> list[_Member]:
    """The keys of a paragraph and their values, also such as stand on the lines below."""
    members: list[_Member] = []
    opened: re.Match[str] | None = None
    for line in lines:
        match = _LINE.match(line)
        if match is not None and (key := folded(match["key"])) in keys:
            beside = match["value"].strip(_MARKUP)
            members.append(_Member(key, beside, []))
            opened = match if beside in _BELOW else None
        elif opened is not None and (item := _ITEM.match(line)) and _is_below(item, opened):
            members[-1].below.append(item)
        else:
            opened = None
    return members


def _is_below(line: re.Match[str], opened: re.Match[str]) -> bool:
    """Whether a line belongs to the key above it: further in, or a bullet where that has none."""
    further_in = len(line["indent"]) > len(opened["indent"])
    return further_in or (line["bullet"] is not None and opened["bullet"] is None)
