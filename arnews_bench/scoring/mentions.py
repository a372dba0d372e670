"""Predicted entities and where they stand: strictly, and as a reader of Arabic would find them.

Strictly, a string stands where the text has it letter for letter as whole tokens. A tolerant
reader also takes another spelling (`text.normalise`), leaves punctuation at the edges aside, and
allows proclitics on the first word that the other side has not: `قطر` is found in `وقطر`, and
`أحمد` is `احمد`. Never inside a word: `مصر` is not in `مصرف`. Attached pronouns stay on their word:
without them `عليه` would be the name `علي`, and names hardly ever take one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from arnews_bench.alignment import TextIndex, same_name, words_of
from arnews_bench.entities import COARSE_OF, TypedSpan, coarse_view
from arnews_bench.schema import NerRow, PredictedEntity
from arnews_bench.text import Span

__all__ = [
    "Mention",
    "PlacedRow",
    "coarse_spans",
    "flat_mentions",
    "place_entities",
    "same_name",
    "tolerant_pairs",
]


class Mention(NamedTuple):
    """A predicted entity.

    Attributes:
        type: Its type as the system named it, fine or coarse.
        span: Where it stands strictly; None for a string without a place of its own.
        near: Where a tolerant reader finds a string; None for offsets, see `PlacedRow.snapped`.
        words: The normalised words of a string; None for an entity that was given by offsets.
        invented: The text does not hold the string, not even for a tolerant reader.
    """

    type: str
    span: Span | None
    near: Span | None = None
    words: tuple[str, ...] | None = None
    invented: bool = False


class PlacedRow(TextIndex):
    """A row's text as whole tokens and normalised words."""

    def __init__(self, row: NerRow) -> None:
        super().__init__(row.text, [Span(*span) for span in row.token_spans])

    def snapped(self, span: Span) -> Span | None:
        """The whole tokens that a tolerant reader takes a span of the text for; None if none.

        Tokens without a letter or digit at the edges are left aside. A token may be covered in
        part if what is covered is the same word, for the first token but for its proclitics.
        """
        covered = [
            (token, Span(max(token.start, span.start), min(token.end, span.end)))
            for token in self.tokens
            if token.start < span.end and span.start < token.end
        ]
        while covered and not self._is_word(covered[0][1]):
            covered.pop(0)
        while covered and not self._is_word(covered[-1][1]):
            covered.pop()
        for number, (token, part) in enumerate(covered):
            if part == token:
                continue
            given, whole = self.words(part), self.words(token)
            if not (same_name(given, whole) if number == 0 else given == whole):
                return None
        return Span(covered[0][0].start, covered[-1][0].end) if covered else None

    def _is_word(self, span: Span) -> bool:
        return any(map(str.isalnum, self.text[span.start : span.end]))


def place_entities(row: NerRow, entities: Iterable[PredictedEntity]) -> list[Mention]:
    """Find the places of predicted entities.

    A string takes its first occurrence that no entity of the answer has taken; where there is
    none left, the first one that none of its type has taken, since one span may have two types.
    Offsets come first, then the strings in their order, strictly before tolerantly.

    Args:
        row: The row; its gold is not looked at.
        entities: Entities that `predictions.check_predictions` let pass.

    Returns:
        One mention an entity, in their order.
    """
    text = PlacedRow(row)
    given = list(entities)
    taken: defaultdict[Span, set[str]] = defaultdict(set)
    strict: list[Span | None] = [
        Span(e.start, e.end) if e.start is not None and e.end is not None else None for e in given
    ]
    for entity, span in zip(given, strict, strict=True):
        if span is not None:
            taken[span].add(entity.type)
    for number, entity in enumerate(given):
        if entity.text is not None:
            strict[number] = _take(text.occurrences(entity.text), entity.type, taken)
    return [_mention(text, entity, span, taken) for entity, span in zip(given, strict, strict=True)]


def _mention(
    text: PlacedRow,
    entity: PredictedEntity,
    span: Span | None,
    taken: defaultdict[Span, set[str]],
) -> Mention:
    if entity.text is None:
        return Mention(entity.type, span)
    words = words_of(entity.text)
    if span is not None:
        return Mention(entity.type, span, span, words)
    near = _take(text.names(words), entity.type, taken)
    invented = near is None and not any(
        True for places in (text.names(words), text.occurrences(entity.text)) for _ in places
    )
    return Mention(entity.type, None, near, words, invented)


def _take(
    places: Iterable[Span], type_name: str, taken: defaultdict[Span, set[str]]
) -> Span | None:
    found = list(places)
    free = [span for span in found if span not in taken]
    free = free or [span for span in found if type_name not in taken[span]]
    if not free:
        return None
    taken[free[0]].add(type_name)
    return free[0]


def coarse_spans(mentions: Iterable[Mention]) -> list[TypedSpan]:
    """The coarse, flat view of the mentions that have a place, as strict scoring sees it."""
    return coarse_view(
        TypedSpan(mention.span.start, mention.span.end, mention.type)
        for mention in mentions
        if mention.span is not None
    )


def flat_mentions(mentions: Iterable[Mention]) -> list[Mention]:
    """The coarse, flat view as a tolerant reader sees it.

    Mentions of the same place and coarse type are one, those without a place all stay.
    """
    coarse = [m._replace(type=COARSE_OF[m.type]) for m in mentions if m.type in COARSE_OF]
    placed, lost = {}, []
    for mention in reversed(coarse):
        place = mention.near or mention.span
        if place is None:
            lost.append(mention)
        else:
            placed[TypedSpan(place.start, place.end, mention.type)] = mention
    return [placed[span] for span in coarse_view(placed)] + lost


def tolerant_pairs(
    row: NerRow, gold: Sequence[TypedSpan], mentions: Sequence[Mention]
) -> Iterator[tuple[int, int]]:
    """The pairs of a gold entity and a mention that a tolerant reader takes for the same.

    A mention with offsets is compared by its tokens, a string by its words: it does not say
    which of several places it means.

    Args:
        row: The row.
        gold: Entities of the coarse view.
        mentions: Mentions with coarse types.

    Yields:
        Indices into `gold` and `mentions`.
    """
    text = PlacedRow(row)
    places = [m.span and text.snapped(m.span) if m.words is None else None for m in mentions]
    for i, entity in enumerate(gold):
        span = Span(entity.start, entity.end)
        place, words = text.snapped(span), text.words(span)
        for j, mention in enumerate(mentions):
            if mention.type != entity.type:
                continue
            if mention.words is None:
                same = place is not None and places[j] == place
            else:
                same = same_name(words, mention.words)
            if same or mention.span == span:
                yield i, j
