"""Money: what answers may cost, and when to stop."""

from collections.abc import Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from arnews_bench.answer_log import Answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["Budget", "Price", "Reservations", "estimated_tokens"]

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

    def note(self, answers: Iterable[Answer]) -> None:
        """Count what earlier runs of the call have cost."""
        for answer in answers:
            self.add(answer)

    def begin(self) -> "Reservations":
        """What the answers under way may cost; anew for each event loop that rows are asked in."""
        return Reservations(self)

    def estimated(self, answer: Answer, texts: Iterable[str]) -> Answer:
        """An answer with what it may have cost, where the provider does not count its tokens."""
        if answer.cost is not None or self.price is None:
            return answer
        cost = self.price.of(
            answer.input_tokens or estimated_tokens(*texts),
            answer.output_tokens or estimated_tokens(answer.completion),
        )
        return msgspec.structs.replace(answer, estimated=cost)

    def add(self, answer: Answer) -> None:
        """Count an answer; by its estimate or its tokens, if its cost is not known."""
        cost = answer.estimated if answer.cost is None else answer.cost
        if cost is None and self.price is not None:
            cost = self.price.of(answer.input_tokens, answer.output_tokens)
        if cost is not None and not answer.repeated:
            self.spent += cost
            self._dearest = max(self._dearest, cost)

    def expected(self, texts: Iterable[str]) -> float:
        """What the answer to a prompt may cost at most, as far as that can be told.

        Raises:
            ValueError: The price is not known.
        """
        if self.price is None:
            raise ValueError("a limit of what answers cost cannot be kept without a price")
        return max(self._dearest, self.price.of(2 * estimated_tokens(*texts), self._longest))


class Reservations:
    """What is set aside of a budget for the answers that are under way."""

    def __init__(self, budget: Budget) -> None:
        """Nothing is under way."""
        import anyio

        self._budget, self._changed = budget, anyio.Condition()
        self._reserved, self._under_way = 0.0, 0

    @asynccontextmanager
    async def reserved(self, texts: Iterable[str]) -> "AsyncIterator[bool]":
        """Set aside what an answer may cost; False if that is more than is left.

        Raises:
            ValueError: There is a limit, but the price is not known.
        """
        limit = self._budget.limit
        if limit is None:
            yield True
            return
        cost = self._budget.expected(texts)
        async with self._changed:
            while self._total(cost) > limit and self._under_way:
                # What is under way may turn out cheaper.
                await self._changed.wait()
            fits = self._total(cost) <= limit
            if fits:
                self._reserved += cost
                self._under_way += 1
        try:
            yield fits
        finally:
            if fits:
                await self._release(cost)

    def _total(self, cost: float) -> float:
        return self._budget.spent + self._reserved + cost

    async def _release(self, cost: float) -> None:
        import anyio

        # Also when the answer was cancelled: others wait for it.
        with anyio.CancelScope(shield=True):
            async with self._changed:
                self._under_way -= 1
                self._reserved = self._reserved - cost if self._under_way else 0.0
                self._changed.notify_all()
