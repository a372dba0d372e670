"""What is wrong with a record: the message of msgspec, with the field and the allowed values."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import inspect

__all__ = ["describe_invalid", "path_of", "steps_of"]

_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$?(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\[[^\]]*\]|[^.\[]+")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_NOT_ALLOWED = ("Invalid enum value", "Invalid value")


def describe_invalid(error: msgspec.ValidationError, kind: Any) -> str:  # noqa: ANN401
    """The message of msgspec with the field first, and the values that the field may have.

    ``field `end`: Expected `int`, got `str```; ``field `mode`: Invalid enum value 'said';
    allowed are direct, indirect, mixed``.

    Args:
        error: What msgspec raised.
        kind: The type that it was to convert to.
    """
    match = _AT.match(str(error))
    if match is None or not match["path"]:
        return str(error)
    what, path = match["what"], match["path"]
    if what.startswith(_NOT_ALLOWED):
        allowed = dict.fromkeys(_values(inspect.type_info(kind), steps_of(path)))
        what += f"; allowed are {', '.join(map(str, allowed))}"
    return f"field `{path.removeprefix('.')}`: {what}"


def path_of(error: msgspec.ValidationError) -> str:
    """The path of what msgspec names: `.documents[0].kind`; of a field that is unknown, its own."""
    match, unknown = _AT.match(str(error)), _UNKNOWN.search(str(error))
    path = (match and match["path"]) or ""
    return f"{path}.{unknown[1]}" if unknown else path


def steps_of(path: str) -> list[str]:
    """The steps of a path: names of fields, and `[0]` into lists."""
    return _STEP.findall(path)


def _values(kind: inspect.Type, steps: Sequence[str]) -> Iterator[object]:
    """The values that a type has at a path; of a union, those of each of its members."""
    match kind:
        case inspect.UnionType(types=members):
            for member in members:
                yield from _values(member, steps)
        case inspect.LiteralType(values=values) if not steps:
            yield from values
        case inspect.StructType() if steps:
            if kind.tag is not None and kind.tag_field == steps[0]:
                yield kind.tag
            for field in kind.fields:
                if field.encode_name == steps[0]:
                    yield from _values(field.type, steps[1:])
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item) if steps:
            yield from _values(item, steps[1:])
        case inspect.DictType(value_type=value) if steps:
            yield from _values(value, steps[1:])
