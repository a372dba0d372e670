"""What a model is: anything that predicts, and, if it learns, that can be fitted."""

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from arnews_bench.schema import PredictionLike, Row
from arnews_bench.tasks import Task

__all__ = ["Model", "Trainable"]


@runtime_checkable
class Model(Protocol):
    """Predicts. A model's class inherits nothing; it has this method."""

    def predict(self, task: Task, rows: Sequence[Row]) -> Iterable[PredictionLike]:
        """Answer rows.

        Args:
            task: The task, with its type and labels.
            rows: A batch of rows without their gold.

        Returns:
            One prediction a row, in any order. The answer to a row must not depend on which
            other rows are in the batch: an interrupted evaluation goes on with other batches.
        """
        ...


@runtime_checkable
class Trainable(Model, Protocol):
    """A model that is fitted before it predicts; a fresh instance for each fold."""

    def fit(
        self, task: Task, train: Sequence[Row], validation: Sequence[Row], *, seed: int
    ) -> None:
        """Learn from rows with their gold.

        Args:
            task: The task.
            train: Rows to learn from.
            validation: Rows to choose by; empty under cross-validation.
            seed: Seed of everything random: the same seed gives the same model.
        """
        ...
