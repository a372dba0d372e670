"""The stretches of a text that are nearly a passage, as whole tokens."""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Sequence
from functools import cached_property
from typing import NamedTuple

from arnews_bench.alignment.index import TextIndex, words_of
from arnews_bench.text import Span

__all__ = ["LEAST_SIMILARITY", "Nearly"]

# Of two strings of normalised words: twice the letters in common, in order, over all letters.
# Contents of the corpus with a tenth of their letters or words changed come to 0.88 or more.
# Contents of one document, looked for in the others, come to less in 99.7 % of cases, and most of
# those above are told by both.
LEAST_SIMILARITY = 0.8

# A single word that is nearly another is another.
_FEWEST_WORDS = 2
# Of fewer words than that, each has to be like its own: `وزارة الخارجية` is not `وزير الخارجية`.
_ENOUGH_WORDS = 4
# More is no quotation, and comparing it with all of a long text would take seconds.
_LONGEST = 2_500
# What `rapidfuzz` has to find of a passage, of 100, in a window that may be cut too short.
_LEAST_PARTIAL = 60.0
# Letters by which the edges may lie beside that window.
_LEAST_MARGIN, _WIDEST_MARGIN = 20, 200
# A word at the edge that is like the passage's is worth as much as one letter in twenty, and how
# like it has to be: a word that was dropped beside it must not cost it.
_EDGE_WORTH, _EDGE_SIMILARITY = 0.05, 0.75
# How much less similar a stretch may be that is taken in place of the best one.
_AS_GOOD = 0.1


class _Stretch(NamedTuple):
    """Whole tokens, and how similar they are to a passage."""

    span: Span
    similarity: float

    def order(self) -> tuple[float, Span]:
        """The most similar one first, of those that are alike the one that stands first."""
        return -round(self.similarity, 2), self.span


class Nearly:
    """The stretches of a text that are most similar to a passage."""

    def __init__(self, index: TextIndex) -> None:
        self._index = index
        self._found: dict[str, list[_Stretch]] = {}

    def place(self, passage: str, taken: Container[Span]) -> Span | None:
        """The most similar stretch that is free; the most similar one if there is none."""
        if passage not in self._found:
            best = self._search(passage, 0, len(self._words.numbers))
            good = [] if best is None else [best, *self._beside(passage, best)]
            self._found[passage] = sorted(good, key=_Stretch.order)
        spans = [stretch.span for stretch in self._found[passage]]
        return next((span for span in spans if span not in taken), spans[0] if spans else None)

    def _beside(self, passage: str, best: _Stretch) -> list[_Stretch]:
        """The best stretches before and after the best one, if they are nearly as good."""
        words = self._words
        first = bisect_left(words.numbers, self._index.first_token(best.span.start))
        last = bisect_left(words.numbers, self._index.first_token(best.span.end))
        sides = (self._search(passage, 0, first), self._search(passage, last, len(words.numbers)))
        return [s for s in sides if s is not None and s.similarity >= best.similarity - _AS_GOOD]

    def _search(self, passage: str, low: int, high: int) -> _Stretch | None:
        """The stretch among some words of the text."""
        from rapidfuzz import fuzz  # noqa: PLC0415 (comes with an extra)

        wanted = words_of(passage)
        joined = " ".join(wanted)
        text = self._words
        if low == high or len(wanted) < _FEWEST_WORDS or len(joined) > _LONGEST:
            return None
        offset = text.starts[low]
        piece = text.letters[offset : text.ends[high - 1]]
        left, right = offset, offset + len(piece)
        if len(joined) < len(piece):
            found = fuzz.partial_ratio_alignment(joined, piece, score_cutoff=_LEAST_PARTIAL)
            if found is None:
                return None
            left, right = offset + found.dest_start, offset + found.dest_end
        margin = min(max(_LEAST_MARGIN, len(joined) // 3), _WIDEST_MARGIN)
        firsts = range(
            max(low, bisect_left(text.starts, left - margin)),
            min(high, bisect_right(text.starts, left + margin)),
        )
        lasts = range(
            max(low, bisect_left(text.ends, right - margin)),
            min(high, bisect_right(text.ends, right + margin)),
        )
        return self._best_edges(wanted, firsts, lasts)

    def _best_edges(self, wanted: Sequence[str], firsts: range, lasts: range) -> _Stretch | None:
        """Move both edges, in turns, to where the stretch is most similar."""
        from rapidfuzz.distance import Indel  # noqa: PLC0415

        text, joined = self._words, " ".join(wanted)
        similar = Indel.normalized_similarity

        def edges(word: str, numbers: range) -> dict[int, float]:
            alike = (similar(word, text.word(n)) >= _EDGE_SIMILARITY for n in numbers)
            return {n: _EDGE_WORTH * a for n, a in zip(numbers, alike, strict=True)}

        begins, ends = edges(wanted[0], firsts), edges(wanted[-1], lasts)

        def similarity(first: int, last: int) -> float:
            return similar(joined, text.stretch(first, last)) if first <= last else 0.0

        def worth(first: int, last: int) -> float:
            return similarity(first, last) + begins[first] + ends[last]

        if not firsts or not lasts:
            return None
        # The end of the window, in the middle of the candidates, is a fair guess to begin with.
        best, last = -1.0, lasts[len(lasts) // 2]
        while True:
            first = max(firsts, key=lambda n: worth(n, last))
            last = max(lasts, key=lambda n: worth(first, n))
            if worth(first, last) <= best:
                break
            best = worth(first, last)
        found = similarity(first, last)
        if found < LEAST_SIMILARITY or not _alike(wanted, text.stretch(first, last).split()):
            return None
        tokens = self._index.tokens
        span = Span(tokens[text.numbers[first]].start, tokens[text.numbers[last]].end)
        return _Stretch(self._index.with_pairs(span), found)

    @cached_property
    def _words(self) -> "_Words":
        numbers, starts, ends, parts = [], [], [], []
        length = 0
        for number, token in enumerate(self._index.tokens):
            part = " ".join(self._index.words(token))
            if part:
                numbers.append(number)
                starts.append(length)
                ends.append(length + len(part))
                parts.append(part)
                length += len(part) + 1
        return _Words(" ".join(parts), numbers, starts, ends)


def _alike(wanted: Sequence[str], found: Sequence[str]) -> bool:
    """Whether a short passage has no word that is another in the text."""
    from rapidfuzz.distance import Indel, Levenshtein  # noqa: PLC0415

    if len(wanted) >= _ENOUGH_WORDS:
        return True
    return len(wanted) == len(found) and all(
        Levenshtein.distance(a, b) <= 1 or Indel.normalized_similarity(a, b) >= _EDGE_SIMILARITY
        for a, b in zip(wanted, found, strict=True)
    )


class _Words(NamedTuple):
    """The words of a text with a space between, and where each token of words stands in that."""

    letters: str
    numbers: list[int]
    starts: list[int]
    ends: list[int]

    def word(self, number: int) -> str:
        """The words of one token."""
        return self.stretch(number, number)

    def stretch(self, first: int, last: int) -> str:
        """The words from one token to another."""
        return self.letters[self.starts[first] : self.ends[last]]
