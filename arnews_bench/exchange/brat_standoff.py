"""The lines of brat's standoff files: `T` text-bound, `E` event, `A` attribute, `#` note.

Only the syntax: what types, roles and values mean is the business of `brat_reading`.
"""

import re
from typing import NamedTuple, TypeAlias

from arnews_bench.text import Span

__all__ = [
    "Attribute",
    "Event",
    "Line",
    "Note",
    "TextBound",
    "covered_text",
    "fragments",
    "join_fragments",
    "parse_line",
]

_OFFSETS = re.compile(r"[0-9]{1,9} [0-9]{1,9}(?:;[0-9]{1,9} [0-9]{1,9})*")
_ID = re.compile(r"[TEA#][1-9][0-9]{0,8}")
_FOREIGN_ID = re.compile(r"[RNM][0-9]+|\*")
# Kinds of lines that brat knows and this annotation has no place for.
_FOREIGN = {"R": "relations", "N": "normalisations", "*": "equivalences", "M": "modifications"}
# A tab would end the field and a newline the line; a backslash is doubled so that none is lost.
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNESCAPES = {escaped: plain for plain, escaped in _ESCAPES.items()}


class TextBound(NamedTuple):
    """`T1<tab>PERS 0 8<tab>surface`; a discontinuous one has several fragments."""

    id: str
    type: str
    fragments: tuple[Span, ...]
    surface: str

    def __str__(self) -> str:
        offsets = ";".join(f"{start} {end}" for start, end in self.fragments)
        return f"{self.id}\t{self.type} {offsets}\t{self.surface}"


class Event(NamedTuple):
    """`E1<tab>Attribution:T2 Source:T3`; arguments are pairs of role and target."""

    id: str
    type: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        pairs = ((self.type, self.trigger), *self.arguments)
        return f"{self.id}\t" + " ".join(f"{role}:{target}" for role, target in pairs)


class Attribute(NamedTuple):
    """`A1<tab>Mode E1 direct`."""

    id: str
    name: str
    target: str
    value: str

    def __str__(self) -> str:
        return f"{self.id}\t{self.name} {self.target} {self.value}"


class Note(NamedTuple):
    """`#1<tab>AnnotatorNotes E1<tab>text`."""

    id: str
    type: str
    target: str
    text: str

    def __str__(self) -> str:
        text = re.sub(r"[\\\n\t\r]", lambda match: _ESCAPES[match.group()], self.text)
        return f"{self.id}\t{self.type} {self.target}\t{text}"


Line: TypeAlias = TextBound | Event | Attribute | Note


def parse_line(line: str) -> Line:
    """Read a line of a standoff file.

    Raises:
        ValueError: With what is wrong with it.
    """
    name, *fields = line.removesuffix("\r").split("\t")
    if _FOREIGN_ID.fullmatch(name):
        raise ValueError(f"{_FOREIGN[name[0]]} are not part of this annotation; delete the line")
    if not _ID.fullmatch(name):
        raise ValueError(
            f"{name!r:.40} is no id; a line begins with T, E, A or # and a number, then a tab"
        )
    match name[0]:
        case "T":
            return _text_bound(name, fields)
        case "E":
            return _event(name, fields)
        case "A":
            return _attribute(name, fields)
        case _:
            return _note(name, fields)


def _text_bound(name: str, fields: list[str]) -> TextBound:
    kind, _, offsets = fields[0].partition(" ") if fields else ("", "", "")
    if len(fields) != 2 or not kind or not _OFFSETS.fullmatch(offsets):  # noqa: PLR2004
        raise ValueError("not of the form `T1<tab>TYPE START END<tab>TEXT`")
    spans = tuple(Span(*(int(offset) for offset in part.split(" "))) for part in offsets.split(";"))
    for start, end in spans:
        if start >= end:
            raise ValueError(f"offsets {start} {end}: the end lies after the start")
    return TextBound(name, kind, spans, fields[1])


def _event(name: str, fields: list[str]) -> Event:
    # brat itself leaves a space at the end of an event without arguments.
    pairs = [pair.partition(":") for pair in fields[0].split()] if len(fields) == 1 else []
    if not pairs or not all(role and target for role, _, target in pairs):
        raise ValueError("not of the form `E1<tab>TYPE:T1 ROLE:T2 …`")
    (kind, _, trigger), *arguments = pairs
    return Event(name, kind, trigger, tuple((role, target) for role, _, target in arguments))


def _attribute(name: str, fields: list[str]) -> Attribute:
    parts = fields[0].split() if len(fields) == 1 else []
    if len(parts) != 3:  # noqa: PLR2004
        raise ValueError("not of the form `A1<tab>NAME TARGET VALUE`")
    return Attribute(name, parts[0], parts[1], parts[2])


def _note(name: str, fields: list[str]) -> Note:
    parts = fields[0].split() if len(fields) == 2 else []  # noqa: PLR2004
    if len(parts) != 2:  # noqa: PLR2004
        raise ValueError("not of the form `#1<tab>AnnotatorNotes TARGET<tab>TEXT`")
    text = re.sub(r"\\[\\ntr]", lambda match: _UNESCAPES[match.group()], fields[1])
    return Note(name, parts[0], parts[1], text)


def fragments(text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Spans as brat writes them: none crosses a newline or a tab, it is cut there instead."""
    cut = []
    for start, end in spans:
        if not re.search(r"[\n\t]", text[start:end]):
            cut.append(Span(start, end))
            continue
        for piece in re.finditer(r"[^\n\t]+", text[start:end]):
            words = piece.group().strip()
            if words:
                begin = start + piece.start() + piece.group().index(words)
                cut.append(Span(begin, begin + len(words)))
    return tuple(cut)


def join_fragments(text: str, parts: tuple[Span, ...]) -> tuple[Span, ...]:
    """The inverse of `fragments`: parts with nothing but a line break between them are one."""
    joined: list[Span] = []
    for part in sorted(parts):
        between = text[joined[-1].end : part.start] if joined else ""
        if between.isspace() and re.search(r"[\n\t]", between):
            joined[-1] = Span(joined[-1].start, part.end)
        else:
            joined.append(part)
    return tuple(joined)


def covered_text(text: str, parts: tuple[Span, ...]) -> str:
    """The third field of a text-bound line: its parts, joined by spaces."""
    return " ".join(re.sub(r"[\n\t]", " ", text[start:end]) for start, end in parts)
