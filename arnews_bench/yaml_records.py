"""YAML as a record: the one place that says what is wrong with it, in one line."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from arnews_bench.errors import InputError
from arnews_bench.files import read_bytes
from arnews_bench.invalid import describe_invalid, path_of, steps_of

__all__ = ["NOT_YAML", "line_of", "load_yaml", "parse_yaml", "yaml_problem"]

# What reading YAML may raise: a value that looks like a day or a number and is none is a
# ValueError of Python's, and lists within lists have no end.
NOT_YAML = (yaml.YAMLError, ValueError, RecursionError)

_T = TypeVar("_T")


def parse_yaml(text: str, kind: type[_T], where: str, *, first_line: int | None = None) -> _T:
    """YAML as a record of a type.

    Args:
        text: The YAML.
        kind: The type of the record.
        where: What is being read, for a message.
        first_line: The line that the text begins on in `where`, if that is a file.

    Raises:
        InputError: It is not YAML, or a field is missing or of another type; with the line, if
            that is known.
    """
    line: int | None
    try:
        return msgspec.convert(yaml.safe_load(text), kind)
    except msgspec.ValidationError as error:
        problem = describe_invalid(error, kind)
        line = line_of(yaml.compose(text, yaml.SafeLoader), path_of(error))
    except NOT_YAML as error:
        problem, line = yaml_problem(error), _line_of_error(error)
        if first_line is None and line is not None:
            problem += f", line {line}"
    at = "" if first_line is None or line is None else f":{first_line + line - 1}"
    raise InputError(f"{where}{at}: {problem}")


def load_yaml(path: Path) -> Any:  # noqa: ANN401 (whatever it holds)
    """The content of a YAML file.

    Raises:
        InputError: There is no such file, or it is not YAML; with the line, if that is known.
    """
    try:
        return yaml.safe_load(read_bytes(path))
    except NOT_YAML as error:
        line = _line_of_error(error)
        at = "" if line is None else f":{line}"
        raise InputError(f"{path}{at}: {yaml_problem(error)}") from None


def yaml_problem(error: Exception) -> str:
    """What `NOT_YAML` says, in one line and without the text around it."""
    said = error.problem if isinstance(error, yaml.MarkedYAMLError) else None
    return f"not YAML: {' '.join((said or str(error)).split())}"


def line_of(node: yaml.Node | None, path: str) -> int:
    """The line that a field stands on, counted from 1, as near as its path leads.

    Args:
        node: What the YAML was composed to; None for nothing.
        path: The names of fields and the numbers in lists: `documents[0].kind`.
    """
    line = 0 if node is None else node.start_mark.line
    for step in steps_of(path):
        if isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if pair[0].value == step]
            if not found:
                break
            line, node = found[0][0].start_mark.line, found[0][1]
        elif isinstance(node, yaml.SequenceNode):
            number = step.strip("[]")
            if not number.isdecimal() or int(number) >= len(node.value):
                break
            node = node.value[int(number)]
            line = node.start_mark.line
    return int(line) + 1


def _line_of_error(error: Exception) -> int | None:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return None if mark is None else mark.line + 1
