"""Objects that hold others: an item with further ones inside, or what stands around an answer."""

from collections.abc import Callable, Mapping

from arnews_bench.models.llm.reading.synonyms import folded

__all__ = ["inner_items", "lies_deep"]


def inner_items(
    item: Mapping[str, object], is_item: Callable[[object], bool], keys: Mapping[str, str], top: str
) -> list[object]:
    """The objects and lists of objects in an item that are items too: `"nested": [{…}]`.

    Args:
        item: The item.
        is_item: Whether a value is one.
        keys: Key → the field that it means; what stands in a field is no other item.
        top: The field that a list of items has.
    """
    others = (value for key, value in item.items() if keys.get(folded(key), top) == top)
    return [value for value in others if any(map(is_item, _objects(value)))]


def _objects(value: object) -> list[object]:
    parts = value if isinstance(value, list) else [value]
    return [part for part in parts if isinstance(part, dict)]


def lies_deep(value: Mapping[str, object]) -> bool:
    """Whether some member of an object has lists or objects inside of it."""
    return any(_has_inner(part) for part in value.values())


def _has_inner(value: object) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list) and any(isinstance(part, list | dict) for part in value)
