"""What a model said, word for word, and what it took: kept beside the predictions of a run.

For models that are asked over a network: each answer is on disk as soon as it came, so that a run
that was killed asks only for what it has not got.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from arnews_bench.errors import InputError
from arnews_bench.files import append_lines, drop_cut_off_line, read_json_lines
from arnews_bench.schema import Record

__all__ = ["REFUSED", "Answer", "AnswerLog", "Latency", "Usage", "total_cost"]

# The reason to stop of a row that was never answered.
REFUSED = "refused"


class Answer(Record, frozen=True, kw_only=True):
    """The answer to a row.

    Attributes:
        id: The row.
        completion: What the model said, without its reasoning.
        model: The name that the server gives itself, which may be more exact than the one asked.
        stop_reason: Why it stopped, in the words of inspect-ai: `stop`, `max_tokens`, …; or
            `refused`, where the server did not take the request.
        input_tokens: Tokens of the prompt, those that the provider had cached included.
        output_tokens: Tokens of the answer, those of reasoning included.
        reasoning_tokens: Tokens of reasoning; 0 if there were none or the provider does not say.
        cost: US dollars; None if no price is known, or the provider does not count.
        estimated: What it counts for a limit of the cost that is not known.
        seconds: Until the answer was there; of the attempt that succeeded.
        structured: It was asked for with a JSON schema; a provider may not have heeded it.
        repeated: The answer is that of an earlier request, from the cache of inspect-ai: it took
            no time, and its tokens and cost were not spent again.
        problem: Why it could not be read; None if it could.
        left_out: How many of its items could not be used, as those of an unknown type.
        placed: How many of its strings were found in the text, and how: see `alignment.Placement`.
    """

    id: str
    completion: str
    model: str
    stop_reason: str
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int = 0
    cost: float | None = None
    estimated: float | None = None
    seconds: float
    structured: bool = False
    repeated: bool = False
    problem: str | None = None
    left_out: int = 0
    placed: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def was_asked(self) -> bool:
        """Whether the model took its time for it."""
        return not self.repeated and self.stop_reason != REFUSED


class Latency(Record, frozen=True, kw_only=True):
    """Seconds until an answer was there; None if nothing was asked."""

    median: float | None
    p95: float | None
    max: float | None


class Usage(Record, frozen=True, kw_only=True):
    """What the answers of a run took, and how many could not be used.

    Attributes:
        answers: How many rows were answered.
        input_tokens: See `Answer`; the sum, as all that follow.
        output_tokens: Likewise.
        reasoning_tokens: Likewise.
        cost: Likewise; None if the price of one of them is not known.
        latency: Of the answers that were asked for, not taken from a cache.
        structured: How many were asked for with a JSON schema.
        repeated: How many answers came from the cache of inspect-ai.
        unparsable: How many answers could not be read, and count as empty.
        cut_off: How many ended at a limit of tokens.
        left_out: How many items could not be used.
        placed: How many strings were found in the text, by the way they were.
        models: The names that the server gave itself.
    """

    answers: int
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost: float | None
    latency: Latency
    structured: int
    repeated: int
    unparsable: int
    cut_off: int
    left_out: int
    placed: dict[str, int]
    models: tuple[str, ...]

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> "Usage":
        """The sums over answers."""
        given = list(answers)
        placed: Counter[str] = Counter()
        for answer in given:
            placed.update(answer.placed)
        return cls(
            answers=len(given),
            input_tokens=sum(answer.input_tokens for answer in given),
            output_tokens=sum(answer.output_tokens for answer in given),
            reasoning_tokens=sum(answer.reasoning_tokens for answer in given),
            cost=total_cost(answer.cost for answer in given),
            latency=_latency([answer.seconds for answer in given if answer.was_asked]),
            structured=sum(answer.structured for answer in given),
            repeated=sum(answer.repeated for answer in given),
            unparsable=sum(answer.problem is not None for answer in given),
            cut_off=sum(answer.stop_reason in _CUT_OFF for answer in given),
            left_out=sum(answer.left_out for answer in given),
            placed=dict(sorted(placed.items())),
            models=tuple(sorted({a.model for a in given if a.stop_reason != REFUSED})),
        )


def total_cost(costs: Iterable[float | None]) -> float | None:
    """The sum of costs; None if one of them is not known, or if there are none."""
    given = list(costs)
    known = [cost for cost in given if cost is not None]
    return sum(known) if known and len(known) == len(given) else None


_CUT_OFF = frozenset({"max_tokens", "model_length"})


def _latency(seconds: list[float]) -> Latency:
    if not seconds:
        return Latency(median=None, p95=None, max=None)
    median, p95, most = np.quantile(seconds, [0.5, 0.95, 1.0]).tolist()
    return Latency(median=median, p95=p95, max=most)


class AnswerLog:
    """The answers of a run, each written when it came.

    Attributes:
        path: The file, JSON Lines; None keeps them in memory alone.
        folder: Where more may be kept, as the logs of another library; None for nowhere.
        added: Called with the number of answers whenever one came.
    """

    def __init__(self, path: Path | None = None, *, folder: Path | None = None) -> None:
        """Read what an interrupted run left; a line that was cut off is dropped.

        Raises:
            InputError: The file is not what a run leaves.
        """
        self.path, self.folder = path, folder
        self.added: Callable[[int], None] = lambda _: None
        self._answers: dict[str, Answer] = {}
        if path is not None:
            self._answers = {answer.id: answer for answer in _read(path)}

    def __len__(self) -> int:
        return len(self._answers)

    def __iter__(self) -> Iterator[Answer]:
        return iter(self._answers.values())

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._answers

    def __getitem__(self, row_id: str) -> Answer:
        return self._answers[row_id]

    def add(self, answer: Answer) -> None:
        """Keep an answer; when this returns, a killed process does not lose it.

        Raises:
            InputError: It cannot be written.
        """
        if self.path is not None:
            append_lines(self.path, [answer])
        self._answers[answer.id] = answer
        self.added(len(self))

    def usage(self) -> Usage | None:
        """What the answers took; None if there are none."""
        return Usage.of(self._answers.values()) if self._answers else None


def _read(path: Path) -> list[Answer]:
    if not drop_cut_off_line(path):
        return []
    try:
        return [answer for _, answer in read_json_lines(path, msgspec.json.Decoder(Answer))]
    except InputError as error:
        raise InputError(
            f"{error}; this file of an earlier run is broken, start anew with --overwrite"
        ) from None
