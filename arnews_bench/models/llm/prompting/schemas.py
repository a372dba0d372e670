"""The labels that an answer may hold, and the form of an answer as a JSON schema.

Within what strict structured output takes: an object at the top, every property required, none
besides, null where there may be nothing.
"""

from typing import Any

from arnews_bench.entities import COARSE_OF
from arnews_bench.errors import InputError
from arnews_bench.schema import COARSE_TYPES, ENTITY_TYPES, MODES, SOURCE_TYPES
from arnews_bench.tasks import Task

__all__ = ["answer_labels", "answer_schema"]

_STRING = {"type": "string"}
_STRING_OR_NULL = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def answer_labels(task: Task, *, fine: bool) -> dict[str, tuple[str, ...]]:
    """What an answer may name, by the kind of label: only what the task has.

    Args:
        task: The task.
        fine: Of entities the fine types in place of the coarse ones.

    Returns:
        `fine` or `coarse` of `ner`, `label` of `stance`, `source_type` and `mode` of `attribution`.

    Raises:
        InputError: The rows of the task hold no label at all, or cannot be read.
    """
    if task.type == "attribution":
        return {"source_type": SOURCE_TYPES, "mode": MODES}
    if task.type == "stance":
        found = {"label": task.labels}
    else:
        classes = {label.partition("-")[2] for label in task.labels if label != "O"}
        if fine:
            types = [name for name in ENTITY_TYPES if COARSE_OF.get(name) in {None, *classes}]
            found = {"fine": tuple(types) if classes else ()}
        else:
            found = {"coarse": tuple(name for name in COARSE_TYPES if name in classes)}
    if not all(found.values()):
        raise InputError(
            f"task {task.name!r}: its rows hold no {'entity' if task.type == 'ner' else 'label'}, "
            "so that there is nothing to ask a language model for"
        )
    return found


def answer_schema(task: Task, *, fine: bool) -> dict[str, Any]:
    """The JSON schema of an answer.

    Args:
        task: The task.
        fine: Of entities the fine types in place of the coarse ones.

    Raises:
        InputError: The rows of the task hold no label at all, or cannot be read.
    """
    labels = answer_labels(task, fine=fine)
    match task.type:
        case "ner":
            (types,) = labels.values()
            item = {"text": _STRING, "type": _one_of(types), "context": _STRING_OR_NULL}
            return _object({"entities": _list_of(_object(item))})
        case "stance":
            return _object({"label": _one_of(labels["label"])})
        case "attribution":
            item = {
                "cue": _STRING,
                "source": _STRING_OR_NULL,
                "source_name": _STRING,
                "source_type": _one_of(labels["source_type"]),
                "via": _STRING_OR_NULL,
                "content": _list_of(_STRING),
                "mode": _one_of(labels["mode"]),
            }
            return _object({"attributions": _list_of(_object(item))})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _one_of(labels: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "string", "enum": list(labels)}
