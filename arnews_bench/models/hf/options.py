"""The options of a transformer: what `--option KEY=VALUE` may say of it."""

from collections.abc import Mapping
from typing import Literal, Self

from arnews_bench.errors import InputError
from arnews_bench.models.reading_options import Wanted, convert_options
from arnews_bench.schema import Record

__all__ = ["Options"]


class Options(Record, frozen=True, kw_only=True):
    """How a model is fine-tuned, and how its answers are read.

    Attributes:
        label_map: A file or a name: what the labels of a ready-made model mean.
        head: `auto`: a head that the model has for the task is used as it is. `new`: it is
            thrown away, and a new one is fine-tuned.
        epochs: Passes over the training rows, at most.
        patience: Epochs without a better score on the validation rows until it stops.
        learning_rate: The highest; it rises during `warmup` and falls to zero by the last epoch.
        batch_size: Windows in a training step.
        weight_decay: Of AdamW, on all but biases and norms.
        warmup: The share of the steps in which the learning rate rises.
        max_length: Sub-words in a window, special ones included; None for as many as the model
            takes, 512 at most.
        stride: Sub-words that neighbouring windows share; None for a quarter of a window.
        device: Where it runs; `auto` is the GPU where there is one.
        precision: `auto` is bf16 on a GPU that has it, else fp32.
    """

    label_map: str | None = None
    head: Literal["auto", "new"] = "auto"
    epochs: int = 10
    patience: int = 4
    learning_rate: float = 5e-5
    batch_size: int = 16
    weight_decay: float = 0.01
    warmup: float = 0.1
    max_length: int | None = None
    stride: int | None = None
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "bf16", "fp32"] = "auto"

    @classmethod
    def from_strings(cls, values: Mapping[str, str]) -> Self:
        """The options that were given as text; the others keep their defaults.

        Raises:
            InputError: Unknown keys, or values that do not fit, all of them at once.
        """
        found, problems = convert_options(cls, values, _WANTED)
        options = cls(**found) if not problems else cls()
        if options.max_length is not None and (options.stride or 0) > (options.max_length - 4) // 2:
            problems.append(
                f"stride={options.stride}: windows of {options.max_length} sub-words can share "
                f"{(options.max_length - 4) // 2} at most"
            )
        if problems:
            raise InputError.from_problems("--option cannot be used:", problems)
        return options


_WANTED: Mapping[str, Wanted] = {
    "label_map": Wanted("a file or a name"),
    "head": Wanted("auto or new"),
    "epochs": Wanted("a whole number", 1),
    "patience": Wanted("a whole number", 1),
    "learning_rate": Wanted("a number such as 5e-5", 0, 1),
    "batch_size": Wanted("a whole number", 1),
    "weight_decay": Wanted("a number such as 0.01", 0),
    "warmup": Wanted("a number from 0 to 1", 0, 1),
    "max_length": Wanted("a whole number", 16),
    "stride": Wanted("a whole number", 0),
    "device": Wanted("auto, cpu or cuda"),
    "precision": Wanted("auto, bf16 or fp32"),
}
