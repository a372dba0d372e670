"""Quotations of up to several sentences: letter for letter, in another spelling, or nearly.

Who repeats a long passage may drop a word or mend a letter. Of all stretches of whole tokens the
one most similar to what was given is taken, if it is similar enough.
"""

import re
from collections.abc import Sequence
from itertools import pairwise, repeat
from typing import NamedTuple

from arnews_bench.alignment.index import TextIndex, words_of
from arnews_bench.alignment.nearly import Nearly
from arnews_bench.alignment.quotes import HOWS, How, Placement, places_of
from arnews_bench.text import Span

__all__ = ["PlacedPart", "align_passages", "passage_parts"]

# `(...)`, `[…]` and the like stand for words that were left out.
_ELISION = re.compile(r"\s*(?:[(\[]\s*(?:\.{2,}|…)\s*[)\]]|\.{3,}|…)[\s.…]*")


class PlacedPart(NamedTuple):
    """A passage, or a part of one that leaves words out, and where it stands."""

    text: str
    placement: Placement


def passage_parts(passage: str) -> tuple[str, ...]:
    """What stands before, between and after the ellipses of a passage; nothing without one."""
    parts = tuple(part.strip() for part in _ELISION.split(passage) if words_of(part))
    return parts if len(parts) > 1 else ()


def align_passages(
    index: TextIndex,
    contents: Sequence[Sequence[str]],
    around: Sequence[Sequence[str]] | None = None,
) -> list[list[PlacedPart]]:
    """Find the places of the contents of the attributions of an answer.

    The n-th of several equal passages takes the n-th place; if there are fewer, two stand at the
    same one, as two speakers may have said the same. Where words are left out (`…`), the parts
    are looked for one by one.

    Args:
        index: The text.
        contents: The passages of each attribution, in the order of the answer.
        around: Strings that each content is said to stand with, as its cue and its source. Of the
            places with the same words the free one is taken whose sentences hold most of them.

    Returns:
        The parts of each content, one or more a passage, in their order.
    """
    board = _Passages(index)
    beside = repeat((), len(contents)) if around is None else around
    return [board.place(*content) for content in zip(contents, beside, strict=True)]


class _Passages:
    """The places of a text, and which of them a content has taken."""

    def __init__(self, index: TextIndex) -> None:
        self._index = index
        self._nearly = Nearly(index)
        self._taken: set[Span] = set()
        self._sentences: dict[str, set[int]] = {}

    def place(self, passages: Sequence[str], around: Sequence[str]) -> list[PlacedPart]:
        """Find the passages of one content; a later one rather stands after an earlier one."""
        found: list[PlacedPart] = []
        for passage in passages:
            found += self._placed(passage, _end(found), around)
        return found

    def _placed(self, passage: str, after: int, around: Sequence[str]) -> list[PlacedPart]:
        whole = self._strictly(passage, after, around)
        parts = () if whole else passage_parts(passage)
        if whole or not parts:
            return [PlacedPart(passage, self._take(whole or self._similar(passage)))]
        found: list[PlacedPart] = []
        for part in parts:
            place = self._strictly(part, max(after, _end(found)), around)
            place = place or self._similar(part)
            found.append(PlacedPart(part, self._take(place)))
        if all(part.placement.span is None for part in found):
            return [PlacedPart(passage, self._take(self._similar(passage)))]
        if span := self._undivided([part.placement.span for part in found]):
            # The text itself has the ellipsis.
            return [PlacedPart(passage, self._take(Placement(span, "fuzzy")))]
        return found

    def _undivided(self, spans: Sequence[Span | None]) -> Span | None:
        """All parts of a passage as one span, if the text has no words between them."""
        whole = [span for span in spans if span is not None]
        apart = any(
            before.end > after.start or self._index.words(Span(before.end, after.start))
            for before, after in pairwise(whole)
        )
        if apart or len(whole) < len(spans):
            return None
        return Span(whole[0].start, whole[-1].end)

    def _strictly(self, passage: str, after: int, around: Sequence[str]) -> Placement | None:
        """A place with the same words: one that is free, after what came before, if there is."""
        places = [(span, how) for how in HOWS for span in places_of(self._index, passage, how)]

        def unfit(place: tuple[Span, How]) -> tuple[bool, bool, int, int]:
            span, how = place
            taken, before = span in self._taken, span.start < after
            return taken, before, HOWS.index(how), -self._held(span, around)

        return Placement(*min(places, key=unfit)) if places else None

    def _held(self, span: Span, around: Sequence[str]) -> int:
        """How many of some strings the sentences of a place hold."""
        sentences = range(self._index.sentence(span.start), self._index.sentence(span.end - 1) + 1)
        return sum(not self._sentences_of(text).isdisjoint(sentences) for text in around)

    def _sentences_of(self, text: str) -> set[int]:
        """The sentences that a string stands in."""
        if text not in self._sentences:
            places = (span for how in HOWS for span in places_of(self._index, text, how))
            self._sentences[text] = {self._index.sentence(span.start) for span in places}
        return self._sentences[text]

    def _similar(self, passage: str) -> Placement:
        span = self._nearly.place(passage, self._taken)
        return Placement(span, "invented" if span is None else "fuzzy")

    def _take(self, place: Placement) -> Placement:
        if place.span is not None:
            self._taken.add(place.span)
        return place


def _end(parts: Sequence[PlacedPart]) -> int:
    return max((part.placement.span.end for part in parts if part.placement.span), default=0)
