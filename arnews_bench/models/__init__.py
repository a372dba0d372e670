"""What a model is: anything that predicts, and, if it learns, that can be fitted and saved."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol, Self, runtime_checkable

from arnews_bench.answer_log import AnswerLog
from arnews_bench.schema import PredictionLike, Row
from arnews_bench.tasks import Task

__all__ = ["Checkpointed", "Logged", "Model", "Restricted", "Savable", "Trainable"]


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


@runtime_checkable
class Savable(Model, Protocol):
    """A model that can be saved after it was fitted, and evaluated again from there."""

    def save(self, folder: Path) -> None:
        """Write what was learned, without pickle, into an empty folder.

        Args:
            folder: It exists. The name `arnews_model.json` is taken by the record of what the
                model is, and of what it was fitted on.
        """
        ...

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model as it was saved: it predicts the same.

        Raises:
            InputError: The folder does not hold what `save` writes.
        """
        ...


@runtime_checkable
class Checkpointed(Trainable, Protocol):
    """A model whose `fit` keeps what it has learned so far, so that a killed one goes on.

    Attributes:
        checkpoints: Where to keep it, None for nowhere. The evaluation sets a folder for each
            fold before `fit` and removes it when the run is complete. A `fit` that finds itself
            finished there returns at once.
    """

    checkpoints: Path | None


@runtime_checkable
class Restricted(Model, Protocol):
    """A model that cannot give some of the answers, and says so.

    Attributes:
        restrictions: A sentence for each, read after `fit`: they are recorded in the run and
            stand under its table.
    """

    @property
    def restrictions(self) -> Sequence[str]:
        """See the attributes."""
        ...


@runtime_checkable
class Logged(Model, Protocol):
    """A model that is asked row by row, and whose answers cost time or money.

    The rows of a fold are handed to `predict` at once, whatever the batch size: the log keeps
    each answer as it comes, and a row whose answer it has is not to be asked again.
    """

    def use_log(self, log: AnswerLog, *, seed: int) -> None:
        """Take the log of the run, before anything else.

        Args:
            log: What `predict` adds its answers to; the run's tokens and cost are its sums.
            seed: Seed of everything random.
        """
        ...
