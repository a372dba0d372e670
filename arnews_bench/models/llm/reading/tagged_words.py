"""Words that a model tagged one by one, as the entities that they make.

A type may keep the `B-` or `I-` before it until the words are joined.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from arnews_bench.models.llm.reading.answers import SaidEntity

__all__ = ["OUTSIDE", "Tag", "joined_words", "tag_of"]

# The tag of what is no entity.
OUTSIDE = "O"
_TAG = re.compile(r"\s*(?P<place>[BIELSU])-(?P<name>.+)", re.DOTALL)
# Of the ends and the single words of other schemes, what they are in this one.
_PREFIXES = {"B": "B-", "I": "I-", "E": "I-", "L": "I-", "S": "", "U": ""}


class Tag(NamedTuple):
    """A tag: what tells the place of a word in its entity, and the name of a type."""

    prefix: str
    name: str


def tag_of(name: str) -> Tag:
    """The tag that a name may be; one without a prefix is the name of a type alone."""
    match = _TAG.match(name)
    return Tag(_PREFIXES[match["place"]], match["name"]) if match else Tag("", name)


def joined_words(said: Iterable[SaidEntity | None]) -> list[SaidEntity | None]:
    """Entities, where `I-` goes on with the one before it if that one began with `B-`."""
    whole: list[SaidEntity | None] = []
    begun: SaidEntity | None = None
    for item in said:
        if item is None:
            begun = None
            whole.append(None)
            continue
        prefix, kind = tag_of(item.type)
        if begun is not None and prefix == "I-" and begun.type == kind:
            begun = whole[-1] = msgspec.structs.replace(begun, text=f"{begun.text} {item.text}")
        else:
            entity = msgspec.structs.replace(item, type=kind)
            begun = entity if prefix == "B-" else None
            whole.append(entity)
    return whole
