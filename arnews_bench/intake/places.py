"""Words and offsets: where on a page the slices of a plan stand, and the words to say it by."""

import bisect
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from arnews_bench.errors import InputError
from arnews_bench.intake.plan import Plan, PlannedSlice
from arnews_bench.text import Span, token_spans

__all__ = ["FIRST_WORDS", "PageText", "Placed"]

# The first and last words of a slice, as many as a reader needs to recognise it.
FIRST_WORDS = 3


class Placed(NamedTuple):
    """Where the slices of a document stand on the page."""

    title: Span | None
    body: Span | None


class _Part(NamedTuple):
    """A slice of the plan and the path of its field."""

    path: str
    is_title: bool
    words: PlannedSlice


class PageText:
    """A page in which words are looked up: whole tokens, whatever white space is between them."""

    def __init__(self, raw: str) -> None:
        self._raw = raw
        tokens = token_spans(raw)
        self._starts = {token.start for token in tokens}
        self._ends = {token.end for token in tokens}
        self._newlines = [match.start() for match in re.finditer("\n", raw)]

    def find(self, words: str, start: int = 0, end: int | None = None) -> list[Span]:
        """Where words stand between two places; matches may overlap."""
        pattern = re.compile(r"\s+".join(map(re.escape, words.split())))
        limit = len(self._raw) if end is None else end
        found = []
        match = pattern.search(self._raw, start, limit)
        while match:
            if match.start() in self._starts and match.end() in self._ends:
                found.append(Span(*match.span()))
            match = pattern.search(self._raw, match.start() + 1, limit)
        return found

    # ------------------------------------------------------------------------ to words

    def words_of(self, span: Span, limit: int) -> PlannedSlice:
        """The words by which `place` finds a range again: three, or as many more as it takes.

        Args:
            span: A range without white space at its edges.
            limit: Where the next slice begins, or the line of a title ends.
        """
        text = self._raw[span.start : span.end]
        begins, copy = self._beginning(span, text)
        return PlannedSlice(
            begins=" ".join(begins.split()), ends=self._ending(span, text, limit), copy=copy
        )

    def _beginning(self, span: Span, text: str) -> tuple[str, int | None]:
        """The shortest beginning that is on the page once; else all of it, and which copy."""
        ends = [match.end() for match in re.finditer(r"\S+", text)]
        for end in ends[FIRST_WORDS - 1 :]:
            if len(self.find(text[:end])) == 1:
                return text[:end], None
        starts = [match.start for match in self.find(text)]
        return text, starts.index(span.start) + 1 if len(starts) > 1 else None

    def _ending(self, span: Span, text: str, limit: int) -> str:
        """The shortest ending that is there once up to the limit."""
        starts = [match.start() for match in re.finditer(r"\S+", text)]
        candidates = starts[: 1 - FIRST_WORDS] or starts[:1]
        for start in reversed(candidates):
            if len(self.find(text[start:], span.start, limit)) == 1:
                return " ".join(text[start:].split())
        return " ".join(text[candidates[-1] :].split())

    # ------------------------------------------------------------------------ to offsets

    def place(self, plan: Plan, name: str) -> list[Placed]:
        """Find the slices of a plan on the page.

        Args:
            plan: The plan; its documents are in the order of the page.
            name: What to call the plan in an error.

        Raises:
            InputError: Words are not on the page, are there more than once, or are not in order.
        """
        parts = [
            _Part(f"documents[{number}].{field}", field == "title", part)
            for number, document in enumerate(plan.documents)
            for field, part in document.slices()
        ]
        headline = f"{name} does not fit the page:"
        starts: list[int] = []
        problems: list[str] = []
        for part in parts:
            try:
                starts.append(self._start(part))
            except _MisfitError as misfit:
                problems.append(str(misfit))
        problems = problems or list(self._disorder(parts, starts))
        if problems:
            raise InputError.from_problems(headline, problems)
        spans: dict[str, Span] = {}
        limits = [*starts, len(self._raw)][1:]
        for part, start, limit in zip(parts, starts, limits, strict=True):
            try:
                spans[part.path] = Span(start, self._end(part, start, limit))
            except _MisfitError as misfit:
                problems.append(str(misfit))
        if problems:
            raise InputError.from_problems(headline, problems)
        return [
            Placed(spans.get(f"documents[{number}].title"), spans.get(f"documents[{number}].body"))
            for number in range(len(plan.documents))
        ]

    def _start(self, part: _Part) -> int:
        words, copy = part.words.begins, part.words.copy
        found = self.find(words)
        where = f"field `{part.path}.begins`: «{words}»"
        if not found:
            raise _MisfitError(f"{where} is not on the page")
        if copy is None and len(found) > 1:
            raise _MisfitError(
                f"{where} is there {len(found)} times, {self._lines(found)}; "
                "give more words, or say which one with `copy`"
            )
        if copy is not None and copy > len(found):
            raise _MisfitError(f"{where} is there {len(found)} time(s): there is no copy {copy}")
        return found[(copy or 1) - 1].start

    def _disorder(self, parts: Iterable[_Part], starts: Iterable[int]) -> Iterable[str]:
        for (above, first), (part, second) in pairwise(zip(parts, starts, strict=True)):
            if second <= first:
                yield (
                    f"field `{part.path}.begins`: «{part.words.begins}» stands on line "
                    f"{self._line(second)}, not after `{above.path}` (line {self._line(first)}); "
                    "slices have the order of the page"
                )

    def _end(self, part: _Part, start: int, limit: int) -> int:
        begins, ends = part.words.begins, part.words.ends
        if part.words.copy is not None:
            # The next copy of the beginning has an end of its own.
            again = self.find(begins, start + 1, limit)
            limit = again[0].start if again else limit
        if part.is_title:
            newline = self._raw.find("\n", start, limit)
            limit = limit if newline < 0 else newline
        found = self.find(ends, start, limit)
        where = f"field `{part.path}.ends`: «{ends}»"
        if not found:
            problem = f"{where} does not follow «{begins}» (line {self._line(start)})"
            later = self.find(ends, limit)
            if part.is_title:
                raise _MisfitError(f"{problem} on the line of the title")
            if later:
                raise _MisfitError(
                    f"{problem} before the next slice begins, only {self._lines(later)}; slices "
                    "may not overlap"
                )
            raise _MisfitError(problem)
        if len(found) > 1:
            raise _MisfitError(
                f"{where} follows «{begins}» {len(found)} times, {self._lines(found)}; "
                "give more words"
            )
        first = self.find(begins, start, limit)
        if not first or found[0].end < first[0].end:
            raise _MisfitError(f"{where} ends before «{begins}» does, or runs into the next slice")
        return found[0].end

    def _line(self, offset: int) -> int:
        return bisect.bisect_left(self._newlines, offset) + 1

    def _lines(self, spans: Iterable[Span]) -> str:
        numbers = [str(self._line(span.start)) for span in spans]
        return f"on line{'s' if numbers[1:] else ''} {', '.join(numbers)}"


class _MisfitError(Exception):
    """Words that do not say one place."""
