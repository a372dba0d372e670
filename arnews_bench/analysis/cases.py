"""What an analysis of errors consists of: cases, grouped by kind. Plain data that shows itself."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from arnews_bench.schema import Record, TaskType

__all__ = [
    "Analysis",
    "Case",
    "ErrorKind",
    "Field",
    "Kind",
    "MarkedSpan",
    "Passage",
    "Role",
    "Side",
    "grouped",
]

Side: TypeAlias = Literal["gold", "predicted"]
Role: TypeAlias = Literal["entity", "cue", "source", "content", "via"]


class Kind(NamedTuple):
    """A way to be wrong.

    Attributes:
        name: As `--kind` takes it.
        meaning: In words.
        costs: What a case takes from the headline: a gold item that is not found (`recall`), a
            predicted item that is not right (`precision`), both, or, of an item that counts as
            right, nothing.
    """

    name: str
    meaning: str
    costs: tuple[Literal["recall", "precision"], ...]


class Field(Record, frozen=True, kw_only=True):
    """One part of an answer, gold beside predicted; null where a side has none.

    `differs` says whether the prediction is wrong in this part; it is false where there is nothing
    to compare it with, as in what was missed.
    """

    name: str
    gold: str | None
    predicted: str | None
    differs: bool


class MarkedSpan(Record, frozen=True, kw_only=True):
    """A span that takes part in a case; offsets point into the row's text."""

    side: Side
    role: Role
    start: int
    end: int
    type: str | None = None


class Passage(Record, frozen=True, kw_only=True):
    """A stretch of the row's text, which it leaves at `start`."""

    start: int
    text: str


class Case(Record, frozen=True, kw_only=True):
    """One thing that went wrong.

    Attributes:
        row_id: The row.
        doc_id: Its document.
        group: What the counts of a kind are split by: entity type, granularity, or whether the
            subject is dropped.
        fields: The gold beside the prediction.
        passages: What to read of the row's text; more than one where it does not hang together.
        spans: What to mark in the passages.
        claim: What the text takes a stance on.
        context: What stands around the text.
        note: A figure that explains the kind.
    """

    row_id: str
    doc_id: str
    group: str
    fields: tuple[Field, ...]
    passages: tuple[Passage, ...]
    spans: tuple[MarkedSpan, ...] = ()
    claim: str | None = None
    context: str | None = None
    note: str | None = None


class ErrorKind(Record, frozen=True, kw_only=True):
    """A kind with its cases; `count` and `groups` count all of them, also those left out."""

    name: str
    meaning: str
    costs: tuple[str, ...]
    count: int
    groups: dict[str, int]
    cases: tuple[Case, ...]


class Analysis(Record, frozen=True, kw_only=True):
    """All that went wrong, by kind.

    The counts add up: the kinds that cost recall to `gold - right`, those that cost precision to
    `predicted - right`.

    Attributes:
        task_type: The type of the task.
        unit: What is counted.
        gold: How many there are.
        predicted: How many were predicted.
        right: How many of them are right, as the headline score counts.
        groups: The groups that occur, in the order of tables.
        kinds: Every kind of the task, also those without a case.
    """

    task_type: TaskType
    unit: str
    gold: int
    predicted: int
    right: int
    groups: tuple[str, ...]
    kinds: tuple[ErrorKind, ...]

    def costing(self, what: Literal["recall", "precision"]) -> tuple[ErrorKind, ...]:
        """The kinds that occur and cost recall, or precision."""
        return tuple(kind for kind in self.kinds if kind.count and what in kind.costs)

    def narrowed(self, names: Sequence[str] = (), limit: int | None = None) -> "Analysis":
        """The same counts with fewer cases.

        Args:
            names: The kinds that keep their cases; all of them if none is named.
            limit: How many cases a kind keeps, the first ones.
        """
        kinds = tuple(
            msgspec.structs.replace(
                kind, cases=kind.cases[:limit] if not names or kind.name in names else ()
            )
            for kind in self.kinds
        )
        return msgspec.structs.replace(self, kinds=kinds)


def grouped(
    kinds: Iterable[Kind], groups: Iterable[str], found: Sequence[tuple[str, Case]]
) -> tuple[tuple[str, ...], tuple[ErrorKind, ...]]:
    """Cases by kind.

    Args:
        kinds: The kinds of the task, in order.
        groups: Its groups, in order.
        found: Names of kinds with a case each, in the order of the rows.

    Returns:
        The groups that occur, and a record for each kind.
    """
    occurring = {case.group for _, case in found}
    kept = tuple(group for group in groups if group in occurring)
    records = []
    for kind in kinds:
        cases = tuple(case for name, case in found if name == kind.name)
        counts = Counter(case.group for case in cases)
        records.append(
            ErrorKind(
                name=kind.name,
                meaning=kind.meaning,
                costs=kind.costs,
                count=len(cases),
                groups={group: counts[group] for group in kept},
                cases=cases,
            )
        )
    return kept, tuple(records)
