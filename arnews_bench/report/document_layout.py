"""What covers what in an annotated text: pieces that nest, and the segments they consist of.

Plain data for whoever draws a document; nothing here knows how it is drawn.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Literal, NamedTuple, TypeAlias

__all__ = ["Mark", "Piece", "Role", "RoleSpan", "Segment", "text_pieces"]

Role: TypeAlias = Literal["cue", "source", "content", "via"]


class Mark(NamedTuple):
    """A range of the text that is drawn around it; `name` is an entity's type."""

    kind: Literal["sentence", "title", "entity"]
    start: int
    end: int
    number: int
    name: str = ""


class RoleSpan(NamedTuple):
    """A span that plays a part in an attribution."""

    role: Role
    start: int
    end: int
    anchor: str


class Segment(NamedTuple):
    """A stretch of text that the same annotations cover from its first character to its last.

    Attributes:
        text: The characters, verbatim.
        roles: Role → the attributions in which the stretch plays it, by their anchors.
        begins: The attributions whose cue begins here.
    """

    text: str
    roles: Mapping[str, tuple[str, ...]]
    begins: tuple[str, ...]
    kind: Literal["segment"] = "segment"


class Piece(NamedTuple):
    """A mark, or what lies of it within the mark around it.

    Attributes:
        mark: The mark.
        height: How many marks deep the nesting inside the mark goes.
        is_last: Whether the mark ends with this piece.
        children: What the piece consists of.
    """

    mark: Mark
    height: int
    is_last: bool
    children: tuple["Piece | Segment", ...]
    kind: Literal["piece"] = "piece"


class _Atom(NamedTuple):
    end: int
    stack: tuple[Mark, ...]
    segment: Segment


def text_pieces(
    text: str, marks: Sequence[Mark], roles: Sequence[RoleSpan]
) -> tuple[Piece | Segment, ...]:
    """Lay annotations over a text, however they overlap.

    Marks that nest become pieces that nest. Of two that cross, the one that begins later is cut
    in two where the other ends. Roles belong to the segments, and cut no mark.

    Args:
        text: The text.
        marks: Outer before inner.
        roles: Spans of attributions; they may nest, cross, and cross marks.

    Returns:
        Pieces and segments whose texts, one after another, are the text.
    """
    edges = {edge for mark in marks for edge in (mark.start, mark.end)}
    edges |= {edge for span in roles for edge in (span.start, span.end)}
    cuts = sorted({0, len(text)} | {edge for edge in edges if 0 < edge < len(text)})
    atoms = []
    heights: Counter[Mark] = Counter()
    for start, end in pairwise(cuts):
        stack = tuple(mark for mark in marks if mark.start <= start and end <= mark.end)
        for height, mark in enumerate(reversed(stack)):
            heights[mark] = max(heights[mark], height)
        atoms.append(_Atom(end, stack, _segment(text, start, end, roles)))
    return tuple(_nested(atoms, 0, heights))


def _segment(text: str, start: int, end: int, roles: Sequence[RoleSpan]) -> Segment:
    covering: dict[str, tuple[str, ...]] = {}
    for span in roles:
        if span.start <= start and end <= span.end:
            covering[span.role] = (*covering.get(span.role, ()), span.anchor)
    begins = tuple(
        span.anchor for span in roles if span.role == "cue" and span.start == start < span.end
    )
    return Segment(text[start:end], covering, begins)


def _nested(
    atoms: Iterable[_Atom], depth: int, heights: Mapping[Mark, int]
) -> Iterable[Piece | Segment]:
    for mark, group in groupby(
        atoms, key=lambda atom: atom.stack[depth] if depth < len(atom.stack) else None
    ):
        inside = list(group)
        if mark is None:
            yield from (atom.segment for atom in inside)
        else:
            children = tuple(_nested(inside, depth + 1, heights))
            yield Piece(mark, heights[mark], inside[-1].end == mark.end, children)
