"""Where a string stands in a text: letter for letter, in another spelling, but for proclitics.

Every place is one of whole tokens; which of them are a name is for `TextIndex.name_in` to say.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple

from arnews_bench.alignment.letters import between, letters_of
from arnews_bench.text import (
    Span,
    name_tokens,
    quotation_spans,
    sentence_spans,
    token_spans,
    without_proclitics,
)

__all__ = ["TextIndex", "same_name", "whole_tokens", "words_of"]

# A corpus has few different words, and each of them is looked at many times.
_remembered = lru_cache(maxsize=1 << 16)
_letters = _remembered(letters_of)
_forms = _remembered(without_proclitics)
_START, _END = itemgetter(0), itemgetter(1)

# Letters that a name of one word has where a proclitic is split off.
_SHORTEST = 3
# The proclitics that are one letter.
_ONE_LETTER = "وفبلك"

_BRACKETS = {")": "(", "]": "["}
_BRACKET_OR_LINE = re.compile(r"[()\[\]\n]")
# What opens a quotation; in print, `”` does too.
_OPENING = frozenset('"«“”„‹‘(')


@_remembered
def words_of(text: str) -> tuple[str, ...]:
    """The words of a string for comparison, `text.name_tokens`."""
    return tuple(name_tokens(text))


def same_name(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two names are the same but for proclitics that one of them has on its first word.

    Args:
        a: Normalised words.
        b: Normalised words.
    """
    if not a or len(a) != len(b) or a[1:] != b[1:]:
        return False
    if len(a) == 1 and min(len(a[0]), len(b[0])) < _SHORTEST:
        # `الآن` is not `أن`.
        return a[0] == b[0]
    return a[0] == b[0] or a[0] in _forms(b[0]) or b[0] in _forms(a[0])


def whole_tokens(text: str, tokens: Sequence[Span], wanted: str) -> Iterator[Span]:
    """Where a string stands letter for letter as whole tokens, from left to right.

    Args:
        text: The text.
        tokens: Its tokens, in order.
        wanted: The string; white space around it is left aside.
    """
    wanted = wanted.strip()
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        first, last = bisect_left(tokens, start, key=_START), bisect_left(tokens, end, key=_END)
        if first <= last < len(tokens) and tokens[first][0] == start and tokens[last][1] == end:
            yield Span(start, end)
        # Occurrences may overlap.
        start = text.find(wanted, start + 1)


class _Spelling(NamedTuple):
    """The letters of a text without its spaces and punctuation, and which tokens they are of."""

    letters: str
    firsts: dict[int, int]
    lasts: dict[int, int]


class TextIndex:
    """A text as whole tokens and normalised words."""

    def __init__(self, text: str, tokens: Sequence[Span] | None = None) -> None:
        """Look at a text.

        Args:
            text: The text.
            tokens: Its tokens in order, if they are known; else those of `text.token_spans`.
        """
        self.text = text
        self.tokens: Sequence[Span] = token_spans(text) if tokens is None else tokens

    def words(self, span: Span) -> tuple[str, ...]:
        """The normalised words of a stretch of the text."""
        return words_of(self.text[span.start : span.end])

    def first_token(self, position: int) -> int:
        """The number of the first token that does not end before a position."""
        return bisect_left(self.tokens, position + 1, key=_END)

    def sentence(self, position: int) -> int:
        """The number of the sentence that a position lies in or after."""
        return bisect_right(self._sentences, position)

    def occurrences(self, text: str) -> Iterator[Span]:
        """Where a string stands letter for letter as whole tokens, from left to right."""
        return whole_tokens(self.text, self.tokens, text)

    def names(self, words: Sequence[str]) -> Iterator[Span]:
        """Where a tolerant reader finds a name as whole tokens, from left to right.

        Args:
            words: The normalised words of the name, `words_of`.
        """
        for first in self._beginnings(words[0]) if words else ():
            here, span = self._name_at(first, len(words))
            # A token that holds several words is taken as a whole or not at all.
            if same_name(words, here) and self.words(span) == here:
                yield span

    def respelled(self, text: str) -> Iterator[Span]:
        """Where a string stands in another spelling as whole tokens, from left to right.

        Spaces and punctuation may be others too: `جيه دي` is found in `جيه.دي`, `و قطر` in `وقطر`.
        """
        wanted = _letters(text)
        letters, firsts, lasts = self._spelling
        start = letters.find(wanted) if wanted else -1
        while start >= 0:
            first, last = firsts.get(start), lasts.get(start + len(wanted))
            if first is not None and last is not None:
                yield self.with_pairs(Span(self.tokens[first].start, self.tokens[last].end))
            start = letters.find(wanted, start + 1)

    def names_but_a_letter(self, words: Sequence[str]) -> Iterator[Span]:
        """Where a name stands if its first word takes or leaves one letter that is a proclitic.

        `text.without_proclitics` keeps short words whole, `كجو` may be a word. Before other words
        of the name (`كجو بايدن`), or a number, the letter is surely none of it.
        """
        if len(words) > 1:
            places = [place - 1 for place in self._places.get(words[1], ()) if place]
        elif words and words[0].lstrip(_ONE_LETTER).isdecimal():
            number = words[0].lstrip(_ONE_LETTER)
            near = (number, *(letter + number for letter in _ONE_LETTER))
            places = sorted(place for word in near for place in self._places.get(word, ()))
        else:
            places = []
        for first in places:
            here, span = self._name_at(first, len(words))
            same = here[1:] == tuple(words[1:]) and _differ_by_a_letter(here[0], words[0])
            if same and self.words(span) == here:
                yield span

    def _name_at(self, first: int, size: int) -> tuple[tuple[str, ...], Span]:
        """Some words of the text, and the tokens that they are of."""
        found = self._words[first : first + size]
        span = Span(self.tokens[found[0][1]].start, self.tokens[found[-1][1]].end)
        return tuple(word for word, _ in found), span

    def name_in(self, span: Span) -> Span:
        """Whole tokens without what is no part of a name: punctuation at their edges.

        A proclitic that a mark sets apart (`و"ترامب"`) is none either. Marks whose partner is
        inside stay, and so does all of what is nothing but punctuation.
        """
        first, last = self.first_token(span.start), self.first_token(span.end - 1)
        said = filter(self._is_said, range(first, last + 1))
        first = next(said, -1)
        if first < 0:
            return span
        last = next(filter(self._is_said, range(last, first - 1, -1)))
        if first < last and self._is_set_apart(first):
            first = next(said)
        return self.with_pairs(Span(self.tokens[first].start, self.tokens[last].end))

    def _is_said(self, number: int) -> bool:
        """Whether a token is more than punctuation."""
        return bool(_letters(self.text[slice(*self.tokens[number])]))

    def _is_set_apart(self, number: int) -> bool:
        """Whether a token is a proclitic, and a mark parts it from the next one."""
        token, mark = self.tokens[number], self.tokens[number + 1]
        letter = _letters(self.text[slice(*token)])
        return len(letter) == 1 and letter in _ONE_LETTER and self.text[mark.start] in _OPENING

    def with_pairs(self, span: Span) -> Span:
        """A span and the quotation mark or bracket beside it whose partner it holds."""
        first, after = self.first_token(span.start), self.first_token(span.end)
        if after < len(self.tokens):
            opened = self._partners.get(self.tokens[after].start)
            if opened is not None and span.start <= opened < span.end:
                span = Span(span.start, self.tokens[after].end)
        if first:
            closed = self._partners.get(self.tokens[first - 1].start)
            if closed is not None and span.start <= closed < span.end:
                span = Span(self.tokens[first - 1].start, span.end)
        return span

    @cached_property
    def _sentences(self) -> list[int]:
        return [sentence.start for sentence in sentence_spans(self.text)]

    @cached_property
    def _words(self) -> list[tuple[str, int]]:
        """The words of the text, each with the number of its token."""
        return [
            (word, number)
            for number, token in enumerate(self.tokens)
            for word in words_of(self.text[token.start : token.end])
        ]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where each word of the text stands among them."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, (word, _) in enumerate(self._words):
            places[word].append(place)
        return dict(places)

    @cached_property
    def _by_form(self) -> dict[str, set[str]]:
        """The words of the text that have a form, with proclitics or without."""
        found: dict[str, set[str]] = defaultdict(set)
        for word in self._places:
            for form in _forms(word):
                found[form].add(word)
        return dict(found)

    def _beginnings(self, word: str) -> list[int]:
        """Where the first word of a name may stand, in order."""
        alike = self._by_form.get(word, set()) | (self._places.keys() & _forms(word))
        return sorted(place for other in alike for place in self._places[other])

    @cached_property
    def _spelling(self) -> _Spelling:
        parts: list[str] = []
        firsts, lasts = {}, {}
        length, before = 0, ""
        for number, token in enumerate(self.tokens):
            part = _letters(self.text[token.start : token.end])
            if not part:
                continue
            gap = between(before, part)
            length += len(gap)
            firsts[length] = number
            length += len(part)
            lasts[length] = number
            parts += (gap, part)
            before = part
        return _Spelling("".join(parts), firsts, lasts)

    @cached_property
    def _partners(self) -> dict[int, int]:
        """The places of quotation marks and brackets, each with that of its partner."""
        pairs = [(span.start, span.end - 1) for span in quotation_spans(self.text)]
        opened: list[int] = []
        for found in _BRACKET_OR_LINE.finditer(self.text):
            place, character = found.start(), found.group()
            if character in _BRACKETS.values():
                opened.append(place)
            elif character == "\n":
                opened.clear()
            elif opened and self.text[opened[-1]] == _BRACKETS.get(character):
                pairs.append((opened.pop(), place))
        return dict(pairs) | {end: start for start, end in pairs}


def _differ_by_a_letter(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return long[1:] == short and long[0] in _ONE_LETTER
