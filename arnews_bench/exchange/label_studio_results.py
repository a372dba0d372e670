"""The results of one Label Studio annotation, each checked by itself and put with its like.

Offsets count code points, as Label Studio counts them in a text. What the results are together is
the business of `label_studio_records`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from arnews_bench.annotations import EntityRecord, Located
from arnews_bench.errors import did_you_mean
from arnews_bench.exchange.label_studio_config import ENTITY, Control
from arnews_bench.invalid import describe_invalid
from arnews_bench.schema import EntityType, TextSpan

__all__ = ["Field", "Region", "Relation", "Results", "read_results"]

# A browser shows a run of white space as one space, and Label Studio writes a line break of a
# surface as a backslash and an n.
_WHITE_SPACE = re.compile(r"(?:\\n|\s)+")


class _Value(msgspec.Struct):
    start: int | None = None
    end: int | None = None
    text: str | list[str] | None = None
    labels: list[str] = []
    choices: list[str] = []


class _Result(msgspec.Struct):
    type: str
    id: str = ""
    from_name: str = ""
    value: _Value = msgspec.field(default_factory=_Value)
    from_id: str = ""
    to_id: str = ""
    labels: list[str] | None = None


class Region(NamedTuple):
    """A region that is a part of attributions."""

    role: str
    span: TextSpan
    where: str


class Field(NamedTuple):
    """What was chosen or written in one control."""

    content: str
    where: str


class Relation(NamedTuple):
    """A relation between two regions; its direction is not kept, the kinds of its ends say it."""

    ends: tuple[str, str]
    labels: tuple[str, ...]
    where: str


class Results:
    """The results of an annotation.

    Attributes:
        entities: The entities, each a record already.
        entity_ids: Their regions.
        regions: The parts of attributions, by the id of the region.
        fields: By region and control; the region of what belongs to the document is None.
        relations: All relations, whether or not their regions are there.
        broken: Regions that are there, but wrong.
        problems: All that is wrong.
    """

    def __init__(self, where: str, text: str, controls: Mapping[str, Control]) -> None:
        self.entities: list[Located] = []
        self.entity_ids: set[str] = set()
        self.regions: dict[str, Region] = {}
        self.fields: dict[tuple[str | None, str], Field] = {}
        self.relations: list[Relation] = []
        self.broken: set[str] = set()
        self.problems: list[str] = []
        self._where, self._text, self._controls = where, text, controls

    def problem(self, where: str, what: str) -> None:
        """Note what is wrong, and where."""
        self.problems.append(f"{where}: {what}")

    def add(self, position: int, content: object) -> None:
        """Take up the result at a position of the list."""
        where = f"{self._where}, result {position}"
        try:
            result = msgspec.convert(content, _Result)
        except msgspec.ValidationError as error:
            self.problem(where, describe_invalid(error, _Result))
            return
        if result.type == "relation":
            where = f'{self._where}, relation "{result.from_id}" → "{result.to_id}"'
            ends = (result.from_id, result.to_id)
            self.relations.append(Relation(ends, tuple(result.labels or ()), where))
            return
        if result.id:
            where = f'{self._where}, result "{result.id}" ({result.from_name})'
        control = self._controls.get(result.from_name)
        if control is None:
            said = "the labelling interface must be that of the exported config.xml"
            self.problem(where, f"unknown control {result.from_name!r}; {said}")
        elif result.type != control.kind:
            self.problem(where, f"its type is {result.type!r}, it should be {control.kind!r}")
        elif not result.id and (control.of_cue or control.kind == "labels"):
            self.problem(where, "a result of a region needs an id")
        elif control.kind == "labels":
            self._add_region(result, where, control)
        else:
            self._add_field(result, where, control)

    def _add_region(self, result: _Result, where: str, control: Control) -> None:
        label = self._single(result.value.labels, where, control)
        span = self._span(result.value, where)
        seen = self.entity_ids if result.from_name == ENTITY else self.regions
        if result.id in seen:
            self.problem(where, "a region of that id was there before")
        elif label is None or span is None:
            self.broken.add(result.id)
        elif result.from_name == ENTITY:
            self.entity_ids.add(result.id)
            record = EntityRecord(
                start=span.start, end=span.end, type=cast("EntityType", label), text=span.text
            )
            self.entities.append(Located(record, where))
        else:
            self.regions[result.id] = Region(label, span, where)

    def _add_field(self, result: _Result, where: str, control: Control) -> None:
        key = (result.id if control.of_cue else None, result.from_name)
        if key in self.fields:
            self.problem(where, "it was given before")
            return
        if control.kind == "choices":
            content = self._single(result.value.choices, where, control)
        else:
            content = self._written(result.value.text, where)
        if content is not None:
            self.fields[key] = Field(content, where)

    def _single(self, chosen: Sequence[str], where: str, control: Control) -> str | None:
        if len(chosen) != 1:
            self.problem(where, f"one of its options is needed, found {len(chosen)}: {chosen!r}")
        elif chosen[0] not in control.options:
            said = did_you_mean(chosen[0], control.options)
            self.problem(where, f"unknown option {chosen[0]!r}; {said}")
        else:
            return chosen[0]
        return None

    def _written(self, text: str | list[str] | None, where: str) -> str | None:
        texts = [text] if isinstance(text, str) else text or []
        filled = [piece for piece in texts if piece.strip()]
        if len(filled) > 1:
            self.problem(where, f"one text is needed, found {len(filled)}: {filled!r}")
        return filled[0] if len(filled) == 1 else None

    def _span(self, value: _Value, where: str) -> TextSpan | None:
        if value.start is None or value.end is None:
            self.problem(where, "field `value`: start and end are needed")
            return None
        if not 0 <= value.start < value.end <= len(self._text):
            self.problem(
                where, f"[{value.start}, {value.end}) of a text of {len(self._text)} characters"
            )
            return None
        surface = self._text[value.start : value.end]
        if isinstance(value.text, str) and not _same_surface(value.text, surface):
            self.problem(where, _describe_mismatch(self._text, value.start, value.end, value.text))
            return None
        return TextSpan(start=value.start, end=value.end, text=surface)


def read_results(
    results: Iterable[Any], where: str, text: str, controls: Mapping[str, Control]
) -> Results:
    """Sort and check the results of an annotation.

    Args:
        results: The list `result` of the annotation.
        where: The task, for messages.
        text: The corpus's text of the document.
        controls: Those of the labelling interface.
    """
    found = Results(where, text, controls)
    for position, content in enumerate(results, start=1):
        found.add(position, content)
    return found


def _same_surface(stated: str, surface: str) -> bool:
    return _WHITE_SPACE.sub(" ", stated) == _WHITE_SPACE.sub(" ", surface)


def _describe_mismatch(text: str, start: int, end: int, stated: str) -> str:
    said = f"the surface is {stated!r}, but [{start}, {end}) of the text is {text[start:end]!r}"
    # A unit of UTF-16 has two bytes.
    units = text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", errors="replace")
    if units == stated:
        return f"{said}; the offsets count UTF-16 units, code points are needed"
    places = [match.start() for match in re.finditer(re.escape(stated), text)] if stated else []
    if not places:
        return f"{said}; the text does not hold the surface"
    nearest = min(places, key=lambda place: abs(place - start))
    return f"{said}; the surface stands at [{nearest}, {nearest + len(stated)})"
