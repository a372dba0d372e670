"""Entities as lines of text: `- محمد صلاح (PERS)`, `PERS: محمد صلاح، ساديو ماني`."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from arnews_bench.models.llm.synonyms import NOTHING, folded

__all__ = ["TypedText", "listed_entities", "typed_text"]

# The type that a word stands for, if any.
TypeOf = Callable[[str], str | None]

_BULLET = re.compile(r"\s*(?:[-*•–—]|\d{1,3}[.)])\s+")
_SEPARATOR = re.compile(r"[,،;؛]")
_MARKUP = " \t*_`\"'«»“”"
_COLONS = (":", "：", " - ", " – ", " — ", "|", "->", "→")
_BRACKETS = (("(", ")"), ("[", "]"))


class TypedText(NamedTuple):
    """The words of an entity and its type."""

    text: str
    type: str


def typed_text(line: str, type_of: TypeOf) -> list[TypedText] | None:
    """The entities of a line, none if it says so; None if it is no such line."""
    line = line.strip(_MARKUP + "|")
    for opening, closing in _BRACKETS:
        words, bracket, inside = line.rstrip(closing).rpartition(opening)
        kind = type_of(inside.strip(_MARKUP))
        if bracket and line.endswith(closing) and kind and (text := words.strip(_MARKUP + ":-")):
            return [TypedText(text, kind)]
    for colon in _COLONS:
        left, found, right = line.partition(colon)
        if found and (kind := type_of(left.strip(_MARKUP))):
            parts = [part.strip(_MARKUP) for part in _SEPARATOR.split(right)]
            return [TypedText(part, kind) for part in parts if part and folded(part) not in NOTHING]
        left, found, right = line.rpartition(colon)
        kind = type_of(right.strip(_MARKUP))
        if found and kind and (text := left.strip(_MARKUP)):
            return [TypedText(text, kind)]
    return None


def listed_entities(text: str, type_of: TypeOf) -> list[TypedText] | None:
    """The entities of a text that is a list of lines; None if it is none.

    Every line has to be an entity or a heading, but for words before and after the list.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    found = list(_read(lines, type_of))
    listed = [number for number, entities in enumerate(found) if entities is not None]
    if not listed or any(
        entities is None and not line.rstrip(_MARKUP).endswith((":", "："))
        for line, entities in zip(lines[1:-1], found[1:-1], strict=True)
    ):
        return None
    return [entity for entities in found for entity in entities or ()]


def _read(lines: list[str], type_of: TypeOf) -> Iterator[list[TypedText] | None]:
    for line in lines:
        bullet = _BULLET.match(line)

        def shouted(word: str, *, anywhere: bool = bullet is not None) -> str | None:
            # "Location: …" without a bullet may be the beginning of a sentence.
            return type_of(word) if anywhere or word.isupper() or not word.isascii() else None

        yield typed_text(line[bullet.end() :] if bullet else line, shouted)
