"""A passage with gold and predicted spans over it, however they overlap: plain data to draw."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from arnews_bench.analysis import MarkedSpan, Passage

__all__ = ["Stretch", "Tag", "marked_text"]


class Tag(NamedTuple):
    """What begins at a place: `side` is gold, predicted, or both where their spans agree."""

    side: str
    name: str


class Stretch(NamedTuple):
    """Characters that the same spans cover.

    Attributes:
        text: The characters, verbatim.
        gold: Whether a gold span covers them.
        predicted: Whether a predicted span does.
        tags: The spans that begin here.
    """

    text: str
    gold: bool
    predicted: bool
    tags: tuple[Tag, ...]


def marked_text(passage: Passage, spans: Sequence[MarkedSpan]) -> tuple[Stretch, ...]:
    """Lay spans over a passage.

    Args:
        passage: The passage.
        spans: Spans of the row's text; what lies outside the passage is not marked.

    Returns:
        Stretches whose texts, one after another, are the passage.
    """
    end = passage.start + len(passage.text)
    edges = {edge for span in spans for edge in (span.start, span.end)}
    cuts = sorted({passage.start, end} | {edge for edge in edges if passage.start < edge < end})
    stretches = []
    for left, right in pairwise(cuts):
        covering = {span.side for span in spans if span.start <= left and right <= span.end}
        stretches.append(
            Stretch(
                text=passage.text[left - passage.start : right - passage.start],
                gold="gold" in covering,
                predicted="predicted" in covering,
                tags=_tags([span for span in spans if span.start == left]),
            )
        )
    return tuple(stretches)


def _tags(beginning: Sequence[MarkedSpan]) -> tuple[Tag, ...]:
    sides: dict[tuple[str, int], str] = {}
    for span in beginning:
        key = (span.type or span.role, span.end)
        sides[key] = "both" if sides.get(key, span.side) != span.side else span.side
    # What reaches furthest is opened first.
    ordered = sorted(sides.items(), key=lambda item: -item[0][1])
    return tuple(Tag(side, name) for (name, _), side in ordered)
