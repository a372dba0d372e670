"""A brat standoff file, line by line and with its references resolved, mistakes collected."""

from collections.abc import Mapping
from typing import TypeVar

from arnews_bench.annotations import Claim
from arnews_bench.errors import did_you_mean
from arnews_bench.exchange.brat_config import (
    ATTRIBUTION,
    DOCUMENT,
    FACETS,
    NOTE,
    ROLES,
)
from arnews_bench.exchange.brat_standoff import (
    Attribute,
    Event,
    Line,
    Note,
    TextBound,
    covered_text,
    parse_line,
)
from arnews_bench.files import split_lines
from arnews_bench.schema import ENTITY_TYPES, STANCE_LABELS

__all__ = ["BratDocument"]

_L = TypeVar("_L", bound=Line)

_SPAN_TYPES = (*ENTITY_TYPES, ATTRIBUTION, *ROLES, DOCUMENT)


class BratDocument:
    """The lines of a standoff file.

    A line that is wrong stays known, so that one mistake is not reported again at every line that
    refers to it.

    Attributes:
        name: The file's name.
        text: The document's text.
    """

    def __init__(
        self, file_name: str, content: bytes, text: str, claims: Mapping[str, Claim]
    ) -> None:
        self.name = file_name
        self.text = text
        self._problems: list[tuple[int, str]] = []
        self._claims = claims
        self._lines: dict[str, Line] = {}
        self._numbers: dict[str, int] = {}
        self._unread: set[str] = set()
        self._attributes: dict[str, dict[str, Attribute]] = {}
        self._notes: dict[str, Note] = {}
        for number, raw in split_lines(content):
            self._read_line(number, raw)
        for span in self.all(TextBound):
            self._check_span(span)
        for attribute in self.all(Attribute):
            self._check_attribute(attribute)
        for note in self.all(Note):
            self._check_note(note)

    def all(self, kind: type[_L]) -> list[_L]:
        """The lines of a kind."""
        return [line for line in self._lines.values() if isinstance(line, kind)]

    def place(self, line: Line) -> str:
        """File, line and id."""
        return f"{self.name}:{self._numbers[line.id]}: {line.id}"

    def say(self, line: Line, problem: str) -> None:
        """Note what is wrong with a line."""
        self._problems.append((self._numbers[line.id], f"{self.place(line)}: {problem}"))

    def say_of_file(self, problem: str) -> None:
        """Note what is wrong with the file as a whole."""
        self._problems.append((0, f"{self.name}: {problem}"))

    def problems(self) -> list[str]:
        """What is wrong, with file, line and id, in the order of the lines."""
        return [problem for _, problem in sorted(self._problems, key=lambda pair: pair[0])]

    def target(self, line: Line, name: str) -> Line | None:
        """The annotation that a line refers to; None if there is none, which is a problem."""
        target = self._lines.get(name)
        if target is None and name not in self._unread:
            self.say(line, f"refers to {name}, which is not in the file")
        return target

    def attribute(self, target: Line, name: str) -> Attribute | None:
        """An attribute of an annotation."""
        return self._attributes.get(target.id, {}).get(name)

    def note(self, target: Line) -> Note | None:
        """The note on an annotation."""
        return self._notes.get(target.id)

    def may_be_unread(self, kind: str) -> bool:
        """Whether what seems to be missing may stand in a line that could not be read."""
        return any(name.startswith(kind) for name in self._unread)

    def _read_line(self, number: int, raw: bytes) -> None:
        try:
            line = parse_line(raw.decode())
        except UnicodeDecodeError as error:
            byte = f"byte 0x{raw[error.start]:02x} at byte {error.start + 1} of the line"
            self._set_aside(number, raw, f"not UTF-8: {byte}")
        except ValueError as error:
            self._set_aside(number, raw, f"{error}; found {raw.decode()!r:.60}")
        else:
            before = self._numbers.setdefault(line.id, number)
            self._lines.setdefault(line.id, line)
            if before != number:
                problem = f"the id {line.id} was there before, at line {before}"
                self._problems.append((number, f"{self.name}:{number}: {problem}"))

    def _set_aside(self, number: int, raw: bytes, problem: str) -> None:
        self._unread.add(raw.split(b"\t", 1)[0].decode(errors="replace"))
        self._problems.append((number, f"{self.name}:{number}: {problem}"))

    def _check_span(self, span: TextBound) -> None:
        if span.type not in _SPAN_TYPES:
            self.say(span, f"unknown type {span.type!r}; {did_you_mean(span.type, _SPAN_TYPES)}")
        end = max(part.end for part in span.fragments)
        if end > len(self.text):
            self.say(span, f"ends at {end}, the text has {len(self.text)} characters")
            return
        there = covered_text(self.text, span.fragments)
        if there != span.surface:
            self.say(span, f"at its offsets the text is {there!r}, the line has {span.surface!r}")

    def _check_attribute(self, attribute: Attribute) -> None:
        name, value = attribute.name, attribute.value
        values = STANCE_LABELS if name in self._claims else FACETS.get(name, ())
        if not values:
            known = [*FACETS, *self._claims]
            self.say(attribute, f"unknown attribute {name!r}; {did_you_mean(name, known)}")
            return
        if value not in values:
            self.say(attribute, f"{name} is {value!r}; allowed are {', '.join(values)}")
        target = self.target(attribute, attribute.target)
        if target is None:
            return
        if not self._may_carry(target, name):
            on = f"a {DOCUMENT} or an event" if name in self._claims else "an event"
            self.say(attribute, f"{name} belongs to {on}, {target.id} is none")
            return
        same = self._attributes.setdefault(target.id, {}).setdefault(name, attribute)
        if same is not attribute:
            self.say(attribute, f"{name} of {target.id} is given already, by {same.id}")

    def _may_carry(self, target: Line, name: str) -> bool:
        if isinstance(target, TextBound):
            return name in self._claims and target.type == DOCUMENT
        return isinstance(target, Event)

    def _check_note(self, note: Note) -> None:
        if note.type != NOTE:
            self.say(note, f"unknown kind of note {note.type!r}; known is {NOTE!r}")
            return
        target = self.target(note, note.target)
        if target is None:
            return
        stance = isinstance(target, Attribute) and target.name in self._claims
        if not (stance or isinstance(target, Event)):
            self.say(
                note,
                f"a note on {target.id} has no place in this annotation; an event has one "
                "(the name of its source), and so may the stance towards a claim",
            )
            return
        same = self._notes.setdefault(target.id, note)
        if same is not note:
            self.say(note, f"{target.id} has a note already, {same.id}")
