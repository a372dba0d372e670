"""Reading what `--option KEY=VALUE` says into the options of a kind of model."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from arnews_bench.errors import did_you_mean
from arnews_bench.schema import Record

__all__ = ["Wanted", "convert_options"]

_INFINITE = float("inf")


class Wanted(NamedTuple):
    """What the value of an option has to be.

    Attributes:
        words: In words.
        least: The least number that is allowed.
        most: The greatest.
    """

    words: str
    least: float = -_INFINITE
    most: float = _INFINITE


def convert_options(
    kind: type[Record], values: Mapping[str, str], wanted: Mapping[str, Wanted]
) -> tuple[dict[str, Any], list[str]]:
    """Convert what was given as text to the types of a record's fields.

    Args:
        kind: The record of options.
        values: Key → value, as given.
        wanted: What is right, for each field of the record.

    Returns:
        The converted values, and what is wrong with the others, a line each.
    """
    found: dict[str, Any] = {}
    problems: list[str] = []
    fields = {field.name: field for field in msgspec.structs.fields(kind) if field.name in wanted}
    for key, value in values.items():
        if key not in fields:
            problems.append(f"unknown option {key!r}; {did_you_mean(key, fields)}")
            continue
        try:
            converted = msgspec.convert(value, fields[key].type, strict=False)
        except msgspec.ValidationError:
            problems.append(f"{key}={value}: {wanted[key].words} is needed")
            continue
        if isinstance(converted, int | float) and not _in_range(converted, wanted[key]):
            problems.append(f"{key}={value}: {_limits(wanted[key])} is needed")
        else:
            found[key] = converted
    return found, problems


def _in_range(number: float, wanted: Wanted) -> bool:
    # Written so that a NaN is out of range.
    return wanted.least <= number <= wanted.most and abs(number) != _INFINITE


def _limits(wanted: Wanted) -> str:
    if wanted.most == _INFINITE:
        return f"at least {wanted.least:g}" if wanted.least > -_INFINITE else "a number"
    return f"from {wanted.least:g} to {wanted.most:g}"
