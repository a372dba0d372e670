"""What a model got wrong: from rows and checked predictions to cases, grouped by kind.

The definitions are those of `scoring`, so that the counts add up with the scores.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from arnews_bench.analysis import attribution, ner, stance
from arnews_bench.analysis.cases import (
    Analysis,
    Case,
    ErrorKind,
    Field,
    Kind,
    MarkedSpan,
    Passage,
)
from arnews_bench.schema import Prediction, Row, TaskType

__all__ = [
    "KINDS",
    "Analysis",
    "Case",
    "ErrorKind",
    "Field",
    "Kind",
    "MarkedSpan",
    "Passage",
    "analyse",
]

_Analyser: TypeAlias = Callable[[Sequence[Row], Sequence[Prediction]], Analysis]

_ANALYSERS: Mapping[TaskType, _Analyser] = {
    "ner": ner.analyse,
    "stance": stance.analyse,
    "attribution": attribution.analyse,
}
# The kinds of error of each type of task, in the order of tables.
KINDS: Mapping[TaskType, tuple[Kind, ...]] = {
    "ner": ner.KINDS,
    "stance": stance.KINDS,
    "attribution": attribution.KINDS,
}


def analyse(
    task_type: TaskType, rows: Sequence[Row], predictions: Sequence[Prediction]
) -> Analysis:
    """Find all that is wrong.

    Args:
        task_type: The type of the task.
        rows: The rows, with their gold.
        predictions: One a row, in the same order, checked by `predictions.check_predictions`.

    Returns:
        Every case by kind, the cases of a kind in the order of the rows.
    """
    return _ANALYSERS[task_type](rows, predictions)
