"""YAML as a record: the one place that says what is wrong with it."""

from typing import TypeVar

import msgspec
import yaml

from arnews_bench.errors import InputError
from arnews_bench.invalid import describe_invalid

__all__ = ["parse_yaml"]

_T = TypeVar("_T")


def parse_yaml(text: str, kind: type[_T], where: str) -> _T:
    """YAML as a record of a type.

    Args:
        text: The YAML.
        kind: The type of the record.
        where: What is being read, for a message.

    Raises:
        InputError: It is not YAML, or a field is missing or of another type.
    """
    try:
        return msgspec.convert(yaml.safe_load(text), kind)
    except msgspec.ValidationError as error:
        raise InputError(f"{where}: {describe_invalid(error, kind)}") from None
    # A value that looks like a day or a number and is none is a ValueError of Python's.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{where}: not YAML: {error}") from None
