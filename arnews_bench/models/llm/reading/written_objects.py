"""Objects that are written without JSON: rows of a table, or lines of `key: value`."""

import re
from collections.abc import Iterator, Mapping

from arnews_bench.models.llm.reading.synonyms import folded

__all__ = ["written_objects"]

_FEWEST_FIELDS = 2
_RULE = re.compile(r"[\s|:+=\-]*")
# A dash stands for nothing.
_MARKUP = " \t*_`\"'-–—"
_LINE = re.compile(r"\s*(?:[-*•]\s+|\d{1,3}[.)]\s+)?(?P<key>[^:：]{1,40})[:：](?P<value>.*)")


def written_objects(text: str, keys: Mapping[str, str]) -> list[dict[str, str]]:
    """The objects of a text, in order.

    Args:
        text: The text.
        keys: The keys of such an object.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    return list(_rows(lines, keys)) or list(_blocks(lines, keys))


def _rows(lines: list[str], keys: Mapping[str, str]) -> Iterator[dict[str, str]]:
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


def _blocks(lines: list[str], keys: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Blocks of lines `key: value`; a key that comes again begins the next one."""
    block: dict[str, str] = {}
    for line in lines:
        match = _LINE.match(line)
        key = folded(match["key"]) if match else ""
        if match is None or key not in keys:
            continue
        if key in block:
            yield block
            block = {}
        if value := match["value"].strip(_MARKUP):
            block[key] = value
    yield block
