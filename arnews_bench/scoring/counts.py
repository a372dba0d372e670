"""Sufficient statistics by document, and the measures that are functions of their sums."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np

from arnews_bench.metrics.fscore import Array
from arnews_bench.schema import Prediction, Row

__all__ = [
    "DocumentCounts",
    "Measure",
    "RunCounts",
    "RunningCounts",
    "Scorer",
    "Tally",
    "document_index",
    "encode",
    "name_index",
]

_Name = TypeVar("_Name")

# From summed counts of shape (…, columns) to values of shape (…), in [0, 1] or NaN.
Measure: TypeAlias = Callable[[Array], Array]


class DocumentCounts(NamedTuple):
    """What scores are computed from: counts of shape (documents, columns)."""

    documents: tuple[str, ...]
    columns: tuple[str, ...]
    values: Array


# From rows and their predictions, in the same order, to counts by document. Counts are whole
# numbers and those of the parts of a list add up to those of the list.
Tally: TypeAlias = Callable[[Sequence[Row], Sequence[Prediction]], DocumentCounts]


class Scorer(NamedTuple):
    """How one type of task is scored.

    Attributes:
        tally: Counts by document.
        columns: The names of the counts.
        measures: Name → measure; the first one is the headline.
        groups: What else the rows fall into → the same counts by such a group.
        group_measures: Name → measure that a group is shown with.
    """

    tally: Tally
    columns: tuple[str, ...]
    measures: Mapping[str, Measure]
    groups: Mapping[str, Tally] = MappingProxyType({})
    group_measures: Mapping[str, Measure] = MappingProxyType({})

    @property
    def headline(self) -> str:
        """The name of the measure that a table shows first."""
        return next(iter(self.measures))


class RunCounts(NamedTuple):
    """All that is counted of a run.

    Attributes:
        counts: Counts by document.
        groups: What else the rows fall into → the same counts by such a group.
        n_rows: The number of rows.
    """

    counts: DocumentCounts
    groups: Mapping[str, DocumentCounts]
    n_rows: int

    @classmethod
    def of(
        cls, scorer: Scorer, rows: Sequence[Row], predictions: Sequence[Prediction]
    ) -> "RunCounts":
        """Count rows and their predictions, which are in the same order."""
        groups = {name: tally(rows, predictions) for name, tally in scorer.groups.items()}
        return cls(scorer.tally(rows, predictions), groups, len(rows))


class RunningCounts:
    """Counts of the parts of a list, added up; documents in the order of their appearance."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._columns: tuple[str, ...] = ()
        self._values: Array = np.zeros((0, 0), dtype=np.int64)

    def add(self, part: DocumentCounts) -> None:
        """Add the counts of a part."""
        numbers = self._numbers
        index = [numbers.setdefault(name, len(numbers)) for name in part.documents]
        self._columns = part.columns
        if len(numbers) > len(self._values):
            # Twice the size, so that the copies cost no more than what is added.
            grown = np.zeros((2 * len(numbers), len(part.columns)), dtype=np.int64)
            if len(self._values):
                grown[: len(self._values)] = self._values
            self._values = grown
        self._values[index] += part.values

    def total(self) -> DocumentCounts:
        """The counts of the whole."""
        return DocumentCounts(
            tuple(self._numbers), self._columns, self._values[: len(self._numbers)].copy()
        )


def document_index(rows: Sequence[Row]) -> tuple[tuple[str, ...], Array]:
    """The documents of rows, in order of appearance, and the index of each row's document."""
    return name_index([row.doc_id for row in rows])


def name_index(names: Sequence[str]) -> tuple[tuple[str, ...], Array]:
    """Names once each, in order of appearance, and the index of each among them."""
    known = tuple(dict.fromkeys(names))
    return known, encode(names, {name: number for number, name in enumerate(known)})


def encode(names: Sequence[_Name], codes: Mapping[_Name, int]) -> Array:
    """The codes of names, which are all known."""
    return np.fromiter(map(codes.__getitem__, names), dtype=np.int64, count=len(names))
