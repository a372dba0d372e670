"""Entities and other short strings of an answer: which of their occurrences each of them means."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby, product
from typing import Literal, NamedTuple, TypeAlias

from arnews_bench.alignment.index import TextIndex, words_of
from arnews_bench.text import Span

__all__ = ["HOWS", "How", "Placement", "Quote", "align_near", "align_quotes", "places_of"]

How: TypeAlias = Literal["exact", "normalised", "clitics", "fuzzy", "surplus", "invented"]


class Quote(NamedTuple):
    """A string that is said to stand in a text.

    Attributes:
        text: The string.
        kind: What it is said to be, the type of an entity.
        context: Words of the text around it, to tell one occurrence from another.
    """

    text: str
    kind: str = ""
    context: str | None = None


class Placement(NamedTuple):
    """Where a string stands.

    Attributes:
        span: Whole tokens of the text; None for what has no place.
        how: `exact`, letter for letter; `normalised`, in another spelling; `clitics`, but for
            proclitics; `fuzzy`, nearly; `surplus`, the text has it, but less often than it is
            given; `invented`, the text does not have it.
    """

    span: Span | None
    how: How


# The ways to stand in a text with the same words, the best first.
HOWS: tuple[How, ...] = ("exact", "normalised", "clitics")
# How free an occurrence is, the best first: of nobody; of another kind alone, as one span may have
# two types; inside a longer one of its kind, as an entity hardly ever holds one of its own kind.
_FREE, _SHARED, _NESTED = _STANDINGS = range(3)


def align_quotes(index: TextIndex, quotes: Sequence[Quote]) -> list[Placement]:
    """Find the places of the entities of an answer.

    The n-th of several equal strings takes the n-th occurrence that is free. A letter for letter
    occurrence comes before one in another spelling, this one before one that differs by
    proclitics, and one inside the words of `context`, if the text has these, before any other.
    Long strings are placed before short ones, so that a part of a longer entity is only taken for
    one of the same kind where it stands nowhere else. Punctuation around a name may choose its
    place, but is no part of that.

    Args:
        index: The text.
        quotes: The strings, in the order of the answer.

    Returns:
        One placement a quote, in their order. No two of one kind have the same span.
    """
    board = _Board(index)
    found: dict[int, Placement] = {}

    def size(number: int) -> int:
        return len(words_of(quotes[number].text))

    for _, equally_long in groupby(sorted(range(len(quotes)), key=size, reverse=True), key=size):
        waiting = list(equally_long)
        for in_context, standing in product((True, False), _STANDINGS):
            if in_context:
                asked = [number for number in waiting if quotes[number].context]
            else:
                asked = [number for number in waiting if board.has(quotes[number])]
            for how, number in product(HOWS if asked else (), asked):
                if number not in found:
                    span = board.take(quotes[number], how, standing, in_context=in_context)
                    if span is not None:
                        found[number] = Placement(span, how)
            waiting = [number for number in waiting if number not in found]
        found |= {number: board.without_place(quotes[number]) for number in waiting}
    return [found[number] for number in range(len(quotes))]


class _Board:
    """The places of a text, and which of them are taken."""

    def __init__(self, index: TextIndex) -> None:
        self._index = index
        self._taken: defaultdict[Span, set[str]] = defaultdict(set)
        # By kind: the last token of the longest taken place that a token lies in.
        self._reach: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._found: dict[tuple[str, How], list[Span]] = {}
        self._chosen: dict[tuple[Quote, How], list[Span]] = {}
        # What is not free now will never be: each list is walked through once.
        self._seen: dict[tuple[Quote, How, int, bool], int] = {}

    def take(self, quote: Quote, how: How, standing: int, *, in_context: bool) -> Span | None:
        """The first place of a quote that is as free as is asked for; it is taken now."""
        places = self._in_context(quote, how) if in_context else self._places(quote.text, how)
        key = (quote, how, standing, in_context)
        for number in range(self._seen.get(key, 0), len(places)):
            span = places[number]
            if self._standing(span, quote.kind) <= standing:
                self._seen[key] = number
                self._take(span, quote.kind)
                return span
        self._seen[key] = len(places)
        return None

    def has(self, quote: Quote) -> bool:
        """Whether a quote stands anywhere, free or not."""
        return any(self._places(quote.text, how) for how in HOWS)

    def without_place(self, quote: Quote) -> Placement:
        """What is said of a quote that took no place."""
        return Placement(None, "surplus" if self.has(quote) else "invented")

    def _standing(self, span: Span, kind: str) -> int:
        taken = self._taken.get(span, ())
        if kind in taken:
            return len(_STANDINGS)
        first, last = self._tokens(span)
        if self._reach[kind].get(first, -1) >= last:
            return _NESTED
        return _SHARED if taken else _FREE

    def _take(self, span: Span, kind: str) -> None:
        self._taken[span].add(kind)
        first, last = self._tokens(span)
        reach = self._reach[kind]
        for token in range(first, last + 1):
            reach[token] = max(reach.get(token, -1), last)

    def _tokens(self, span: Span) -> tuple[int, int]:
        return self._index.first_token(span.start), self._index.first_token(span.end - 1)

    def _places(self, text: str, how: How) -> list[Span]:
        key = (text, how)
        if key not in self._found:
            self._found[key] = _names_of(self._index, text, how)
        return self._found[key]

    def _in_context(self, quote: Quote, how: How) -> list[Span]:
        key = (quote, how)
        if key not in self._chosen:
            windows = self._windows(quote.context or "")
            self._chosen[key] = [
                place
                for place in self._places(quote.text, how)
                if any(window.holds(place) for window in windows)
            ]
        return self._chosen[key]

    def _windows(self, context: str) -> list[Span]:
        """Where a context stands; nowhere if it is of nobody's words."""
        for how in HOWS:
            if windows := self._places(context, how):
                return windows
        return []


def align_near(index: TextIndex, text: str, anchors: Sequence[Span] = ()) -> Placement:
    """Find what belongs to other spans: of the occurrences of a string, the one nearest to them.

    One outside the spans comes before one inside, one in their sentences before any other, and
    one letter for letter before one in another spelling, however near.

    Args:
        index: The text.
        text: The string: a cue, a source.
        anchors: The spans, those of a content; without any the first is taken.
    """
    found: dict[Span, How] = {}
    for how in HOWS:
        for span in _names_of(index, text, how):
            found.setdefault(span, how)
    if not found:
        return Placement(None, "invented")
    around = {index.sentence(place) for a in anchors for place in (a.start, a.end - 1)}

    def distance(span: Span) -> tuple[bool, bool, int, int]:
        gaps = [max(a.start - span.end, span.start - a.end, 0) for a in anchors]
        inside = any(a.holds(span) for a in anchors)
        outside = index.sentence(span.start) not in around
        return (
            inside,
            bool(anchors) and outside,
            HOWS.index(found[span]),
            min(gaps, default=span.start),
        )

    best = min(found, key=distance)
    return Placement(best, found[best])


def places_of(index: TextIndex, text: str, how: How) -> list[Span]:
    """Where a string stands, from left to right."""
    if how == "exact":
        return list(index.occurrences(text))
    words = words_of(text)
    if how == "clitics":
        joined = _joined(words)
        found = [*index.names(joined), *index.names_but_a_letter(joined)]
        return [index.with_pairs(span) for span in found]
    # What spelling and spaces leave aside first, then what any symbols do.
    alike = [index.with_pairs(span) for span in index.names(words) if index.words(span) == words]
    return list(dict.fromkeys([*index.respelled(text), *alike]))


def _names_of(index: TextIndex, text: str, how: How) -> list[Span]:
    """Where a string stands as a name: without punctuation around it, though both have that."""
    return list(dict.fromkeys(index.name_in(span) for span in places_of(index, text, how)))


_PROCLITICS = frozenset(("و", "ف", "ب", "ل", "ك", "ال", "لل"))


def _joined(words: Sequence[str]) -> tuple[str, ...]:
    """The words of a name, its first one joined with proclitics that were split off (`و قطر`)."""
    first = 0
    # The last word stays one: it is no proclitic of nothing.
    while first < len(words) - 1 and words[first] in _PROCLITICS:
        first += 1
    return ("".join(words[: first + 1]), *words[first + 1 :]) if words else ()
