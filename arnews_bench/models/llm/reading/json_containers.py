"""Objects and lists of JSON while they are read, and how they end."""

from collections.abc import Iterable
from typing import Any

__all__ = ["Container", "CutList", "CutObject", "object_of"]


class CutObject(dict[str, Any]):
    """An object whose end is missing: its complete members."""


class CutList(list[Any]):
    """A list whose end is missing: its complete items; none of one that only stands for others."""


def object_of(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key that stands twice the lists are joined, of others the last counts."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        before = found.get(key)
        if isinstance(before, list) and isinstance(value, list):
            found[key] = [*before, *value]
        else:
            found[key] = value
    return found


class Container:
    """A container that is being read.

    Attributes:
        closer: The bracket that ends it.
        has_dots: Whether words in it were nothing but dots.
        key: Of an object, the key whose value is awaited.
        members: Of an object, what it has so far.
        items: Of a list, what it has so far; of an object, the strings that no colon followed.
    """

    __slots__ = ("closer", "has_dots", "items", "key", "members")

    def __init__(self, closer: str) -> None:
        self.closer = closer
        self.has_dots = False
        self.key: str | None = None
        self.members: list[tuple[str, Any]] = []
        self.items: list[Any] = []

    @property
    def wants_key(self) -> bool:
        """Whether what comes next in it is a key."""
        return self.closer == "}" and self.key is None

    def add(self, value: Any) -> None:  # noqa: ANN401 (JSON)
        """Take a value in."""
        if self.key is None:
            self.items.append(value)
        else:
            self.members.append((self.key, value))
            self.key = None

    def colon(self) -> None:
        """Take the last string for a key."""
        if self.wants_key and self.items and isinstance(self.items[-1], str):
            self.key = self.items.pop()

    def value(self, *, cut: bool) -> Any:  # noqa: ANN401 (JSON)
        """What it is at its end, or where the text ends.

        Args:
            cut: Whether its end is missing.
        """
        if self.closer == "}" and (cut or self.members or not self.items):
            found = object_of(self.members)
            return CutObject(found) if cut else found
        is_placeholder = self.has_dots and not self.items
        return CutList(self.items) if cut or is_placeholder else self.items
