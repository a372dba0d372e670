"""What the measures of a task come to, without intervals, which take most of the time."""

from collections.abc import Sequence

import numpy as np

from arnews_bench.schema import Prediction, Row, TaskType
from arnews_bench.scoring import SCORERS

__all__ = ["measured", "tallied"]


def tallied(task: TaskType, rows: Sequence[Row], answers: Sequence[Prediction]) -> dict[str, int]:
    """The counts over all documents, by name."""
    counts = SCORERS[task].tally(rows, answers)
    return dict(zip(counts.columns, counts.values.sum(axis=0).tolist(), strict=True))


def measured(
    task: TaskType, rows: Sequence[Row], answers: Sequence[Prediction]
) -> dict[str, float | None]:
    """The values of all measures, by name; None for what is undefined."""
    total = SCORERS[task].tally(rows, answers).values.sum(axis=0)
    values = {name: float(measure(total)) for name, measure in SCORERS[task].measures.items()}
    return {name: None if np.isnan(value) else value for name, value in values.items()}
