"""Entities as lines of text: `- محمد صلاح (PERS)`, `PERS: محمد صلاح، ساديو ماني`."""

import re
from collections.abc import Callable
from typing import NamedTuple

from arnews_bench.models.llm.reading.synonyms import NOTHING, folded

__all__ = ["TypedText", "listed_entities", "typed_text"]

# The type that a word stands for, if any.
TypeOf = Callable[[str], str | None]

_BULLET = re.compile(r"\s*(?:[-*•–—]|\d{1,3}[.)])\s+")
_SEPARATOR = re.compile(r"[,،;؛]")
_MARKUP = " \t*_`\"'«»“”"
_COLONS = (":", "：", " - ", " – ", " — ", "|", "->", "→", "=>", "\t")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]]")
_TAGGED = re.compile(r"<(?P<type>\w+)>(?P<text>[^<>]+)</(?P=type)>")
# JSON that could not be used is no line of words.
_NO_WORDS = re.compile(r"[{}]")


class TypedText(NamedTuple):
    """The words of an entity and its type."""

    text: str
    type: str


def typed_text(line: str, type_of: TypeOf) -> list[TypedText] | None:
    """The entities of a line, none if it says so; None if it is no such line."""
    line = line.strip(_MARKUP + "|")
    if _NO_WORDS.search(line):
        return None
    if (tagged := _TAGGED.fullmatch(line)) and (kind := type_of(tagged["type"])):
        return [TypedText(tagged["text"].strip(), kind)]
    bracketed = _BRACKETED.search(line)
    if bracketed and (kind := type_of(bracketed[1].strip(_MARKUP))):
        words = line[: bracketed.start()].strip(_MARKUP + ":-")
        # What follows explains it, and what stands in brackets may explain a type itself:
        # `قطر (GPE): دولة`, `قطر - GPE (دولة)`.
        if words and line[bracketed.end() :].strip(_MARKUP)[:1] in {"", *":：–—-"}:
            return typed_text(words, type_of) or [TypedText(words, kind)]
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

    Every line has to be an entity or a heading, but for words before and after the list. Below a
    heading that is a type, bullets are entities of it.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    found: list[TypedText] = []
    others: list[int] = []
    is_list = False
    below: str | None = None
    for number, line in enumerate(lines):
        bullet = _BULLET.match(line)
        inner = line[bullet.end() :] if bullet else line
        if line.rstrip(_MARKUP).endswith((":", "：")) or line.lstrip().startswith("#"):
            below = type_of(inner.strip(_MARKUP + "#:："))
            continue
        # "Location: …" without a bullet may be the beginning of a sentence.
        entities = typed_text(inner, type_of if bullet else _shouted(type_of))
        if entities is None and bullet and below is not None:
            words = inner.strip(_MARKUP)
            entities = [] if folded(words) in NOTHING else [TypedText(words, below)]
        if entities is None:
            others.append(number)
        else:
            is_list = True
            found += entities
    return found if is_list and set(others) <= {0, len(lines) - 1} else None


def _shouted(type_of: TypeOf) -> TypeOf:
    return lambda word: type_of(word) if word.isupper() or not word.isascii() else None
