"""Sufficient statistics by document, and the measures that are functions of their sums."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from arnews_bench.metrics.fscore import Array
from arnews_bench.schema import Prediction, Row

__all__ = ["DocumentCounts", "Measure", "Scorer", "document_index"]

# From summed counts of shape (…, columns) to values of shape (…), in [0, 1] or NaN.
Measure: TypeAlias = Callable[[Array], Array]


class DocumentCounts(NamedTuple):
    """What scores are computed from: counts of shape (documents, columns)."""

    documents: tuple[str, ...]
    columns: tuple[str, ...]
    values: Array


class Scorer(NamedTuple):
    """How one type of task is scored.

    Attributes:
        tally: From rows and their predictions, in the same order, to counts by document.
        columns: The names of the counts.
        measures: Name → measure; the first one is the headline.
    """

    tally: Callable[[Sequence[Row], Sequence[Prediction]], DocumentCounts]
    columns: tuple[str, ...]
    measures: Mapping[str, Measure]

    @property
    def headline(self) -> str:
        """The name of the measure that a table shows first."""
        return next(iter(self.measures))


def document_index(rows: Sequence[Row]) -> tuple[tuple[str, ...], Array]:
    """The documents of rows, in order of appearance, and the index of each row's document."""
    numbers: dict[str, int] = {}
    index = np.array([numbers.setdefault(row.doc_id, len(numbers)) for row in rows], dtype=np.int64)
    return tuple(numbers), index
