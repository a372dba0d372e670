"""Entity types, the coarse view of a nested annotation, and its IOB2 tags."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from arnews_bench.schema import COARSE_TYPES

__all__ = ["COARSE_OF", "TypedSpan", "coarse_view", "iob2_tags"]

# Fine type → coarse type; the fine types that are missing here have no coarse type. A coarse
# type stands for itself, so that systems may answer in either tagset.
COARSE_OF: Mapping[str, str] = {
    **{name: name for name in COARSE_TYPES},
    "PERS": "PER",
    "GPE": "LOC",
    "FAC": "LOC",
    "NORP": "MISC",
    "EVENT": "MISC",
    "LAW": "MISC",
    "PRODUCT": "MISC",
    "LANGUAGE": "MISC",
    "WEBSITE": "MISC",
    "CURR": "MISC",
}


class TypedSpan(NamedTuple):
    """A span with an entity type; offsets are code points or token indices."""

    start: int
    end: int
    type: str


def coarse_view(spans: Iterable[TypedSpan]) -> list[TypedSpan]:
    """The flat PER/ORG/LOC/MISC view of nested entities.

    Types are mapped, those without a coarse type are dropped, and of overlapping spans the
    longest stays, the earlier on a tie.

    Args:
        spans: Spans with fine or coarse types.

    Returns:
        Spans with coarse types, without overlap, in order.
    """
    mapped = {
        TypedSpan(span.start, span.end, COARSE_OF[span.type])
        for span in spans
        if span.type in COARSE_OF
    }
    kept: list[TypedSpan] = []
    for span in sorted(mapped, key=lambda s: (s.start - s.end, s)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)


def iob2_tags(spans: Sequence[TypedSpan], tokens: Sequence[tuple[int, int]]) -> list[str]:
    """IOB2 tags of flat spans over tokens.

    Args:
        spans: Spans without overlap, on token boundaries.
        tokens: (start, end) of each token, in order.

    Returns:
        One tag a token.
    """
    tags = ["O"] * len(tokens)
    for span in spans:
        inside = [i for i, (start, end) in enumerate(tokens) if span.start <= start < span.end]
        for position, index in enumerate(inside):
            tags[index] = f"{'I' if position else 'B'}-{span.type}"
    return tags
