"""A fine-tuned model as a folder: what `save_pretrained` writes, and the options beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from arnews_bench.errors import InputError
from arnews_bench.files import read_bytes, replace_file
from arnews_bench.invalid import describe_invalid
from arnews_bench.models.hf.options import Options
from arnews_bench.models.hf.quiet import quiet

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["options_of", "read_options", "save_model"]

# What the size of the windows, and so the answers, hang on.
_OPTIONS_FILE = "arnews_options.json"


def save_model(
    folder: Path,
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
    options: Options,
) -> None:
    """Write a model with its tokenizer (safetensors) and its options; not the device."""
    with quiet():
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    options = msgspec.structs.replace(options, device="auto")
    replace_file(folder / _OPTIONS_FILE, msgspec.json.encode(options))


def read_options(folder: Path) -> Options:
    """The options of a saved model.

    Raises:
        InputError: There are none, or they are broken.
    """
    path = folder / _OPTIONS_FILE
    try:
        return msgspec.json.decode(read_bytes(path), type=Options)
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {describe_invalid(error, Options)}") from None
    except msgspec.DecodeError as error:
        raise InputError(f"{path}: broken JSON: {error}") from None


def options_of(folder: Path, given: Options) -> Options:
    """The options to ask a model with: if none were given, those that it was saved with, if any.

    Raises:
        InputError: The saved ones are broken.
    """
    if given == Options() and (folder / _OPTIONS_FILE).is_file():
        return read_options(folder)
    return given
