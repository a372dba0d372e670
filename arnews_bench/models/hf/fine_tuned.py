"""What the fine-tuned models of all tasks share: they are saved, and read again."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from arnews_bench.models.hf.fetch import Checkpoint, Location
from arnews_bench.models.hf.options import Options
from arnews_bench.models.hf.saving import read_options, save_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["FineTuned", "Loaded"]


class Loaded(Protocol):
    """A checkpoint in memory, with what it needs to be asked."""

    @property
    def model(self) -> "PreTrainedModel":
        """The encoder with its head."""
        ...

    @property
    def tokenizer(self) -> "PreTrainedTokenizerFast":
        """Its tokenizer."""
        ...


_L = TypeVar("_L", bound=Loaded)


class FineTuned(ABC, Generic[_L]):
    """An encoder that is given a new head, and fine-tuned by `fit`.

    Attributes:
        checkpoints: Where training is kept, so that a killed one goes on.
        restrictions: What it has met no example of.
    """

    def __init__(self, checkpoint: Checkpoint, options: Options) -> None:
        self.checkpoints: Path | None = None
        self.restrictions: Sequence[str] = ()
        self._checkpoint = checkpoint
        self._options = options
        self._fitted: _L | None = None

    @staticmethod
    @abstractmethod
    def _load(checkpoint: Checkpoint, options: Options) -> _L:
        """A checkpoint that has the head already."""

    def _ready(self) -> _L:
        if self._fitted is None:
            raise ValueError("the model has to be fitted before it predicts or is saved")
        return self._fitted

    def save(self, folder: Path) -> None:
        """Write the model as `save_pretrained` does, and the options that its windows hang on."""
        fitted = self._ready()
        save_model(folder, fitted.model, fitted.tokenizer, self._options)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model as it was saved.

        Raises:
            InputError: The folder does not hold what `save` writes.
        """
        options = read_options(folder)
        found = cls(Location(str(folder)).fetch(), options)
        found._fitted = found._load(found._checkpoint, options)
        return found
