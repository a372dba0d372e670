"""Money: what answers may cost, and when to stop."""

from collections.abc import Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from arnews_bench.answer_log import AnswerLog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio import Condition

__all__ = ["Budget", "Price", "estimated_tokens"]

# UTF-8 bytes a token: two letters of Arabic, four of English. Nothing is downloaded to count them.
_BYTES = 4
# How long an answer may be expected to be before there was one, and no limit was given.
_UNKNOWN_ANSWER = 4096
_MILLION = 1_000_000


def estimated_tokens(*texts: str) -> int:
    """About how many tokens texts have, by their bytes."""
    return -(-sum(len(text.encode()) for text in texts) // _BYTES)


class Price(NamedTuple):
    """US dollars for a million tokens."""

    input: float
    output: float

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """What so many tokens cost."""
        return (self.input * input_tokens + self.output * output_tokens) / _MILLION


class Budget:
    """What all runs of a call may cost.

    An answer is asked for only if it fits in beside those that are under way, taken at what it may
    cost at most: twice the estimated tokens of its prompt and the longest answer, or the dearest
    answer so far, if that was dearer. Where the longest answer is known, the limit is not passed.

    Attributes:
        limit: US dollars; None for no limit.
        price: What tokens cost, where the provider does not say; None if that is not known.
        spent: What was spent, by the answers of interrupted runs too.
    """

    def __init__(self, limit: float | None, price: Price | None, longest: int | None) -> None:
        """A budget for answers of at most `longest` tokens, if that is known."""
        self.limit, self.spent = limit, 0.0
        self.price, self._longest = price, longest or _UNKNOWN_ANSWER
        self._dearest = 0.0
        self._reserved, self._under_way = 0.0, 0
        self._changed: Condition | None = None
        self._logs: list[AnswerLog] = []

    def note(self, log: AnswerLog) -> None:
        """Count what an interrupted run has cost."""
        if any(known is log for known in self._logs):
            return
        self._logs.append(log)
        for answer in log:
            if not answer.repeated:
                self.add(answer.cost, answer.input_tokens, answer.output_tokens)

    def begin(self) -> None:
        """Before rows are asked in a new event loop."""
        import anyio

        self._changed, self._reserved, self._under_way = anyio.Condition(), 0.0, 0

    @asynccontextmanager
    async def reserved(self, texts: Iterable[str]) -> "AsyncIterator[bool]":
        """Set aside what an answer may cost; False if that is more than is left."""
        if self.limit is None or self.price is None or self._changed is None:
            yield True
            return
        cost = self._expected(self.price, texts)
        async with self._changed:
            while self.spent + self._reserved + cost > self.limit and self._under_way:
                # What is under way may turn out cheaper.
                await self._changed.wait()
            fits = self.spent + self._reserved + cost <= self.limit
            if fits:
                self._reserved += cost
                self._under_way += 1
        try:
            yield fits
        finally:
            if fits:
                await self._release(cost)

    async def _release(self, cost: float) -> None:
        import anyio

        if self._changed is None:
            return
        # Also when the answer was cancelled: others wait for it.
        with anyio.CancelScope(shield=True):
            async with self._changed:
                self._under_way -= 1
                self._reserved = self._reserved - cost if self._under_way else 0.0
                self._changed.notify_all()

    def add(self, cost: float | None, input_tokens: int, output_tokens: int) -> None:
        """Count an answer; by its tokens, if its cost is not known."""
        if cost is None and self.price is not None:
            cost = self.price.of(input_tokens, output_tokens)
        if cost is not None:
            self.spent += cost
            self._dearest = max(self._dearest, cost)

    def _expected(self, price: Price, texts: Iterable[str]) -> float:
        return max(self._dearest, price.of(2 * estimated_tokens(*texts), self._longest))
