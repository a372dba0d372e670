"""Entities as lines of text: `- محمد صلاح (PERS)`, `PERS: محمد صلاح، ساديو ماني`."""

import re
from collections.abc import Callable
from typing import NamedTuple

from arnews_bench.models.llm.reading.nothing import is_no_entity
from arnews_bench.models.llm.reading.synonyms import folded

__all__ = ["TypeOf", "TypedText", "listed_entities", "typed_text"]

# The type that a word stands for, if any; with `B-` or `I-` before it where the word has that.
TypeOf = Callable[[str], str | None]

_BULLET = re.compile(r"\s*(?:[-*•–—]|\d{1,3}[.)])\s+")
_SEPARATOR = re.compile(r"[,،;؛]")
_MARKUP = " \t*_`\"'«»“”"
_COLONS = (":", "：", " - ", " – ", " — ", "|", "->", "→", "=>", "\t")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]]")
_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_TAGGED = re.compile(r"<(?P<type>\w+)>(?P<text>[^<>]+)</(?P=type)>")
# Behind Arabic words, the same in Latin letters: `روسيا (Russia)`.
_LATIN_GLOSS = re.compile(r"(?<=[\u0620-\u064a])[\s*_`]*\([A-Za-z][^()\u0600-\u06ff]*\)$")
# JSON that could not be used is no line of words, and neither is a text with marks in it.
_NO_WORDS = re.compile(r"[{}]|</?\w+>")
# `الروس (DEMONYM)`, `الروس: DEMONYM`: what looks like a type, and is none.
_UNKNOWN_TYPE = re.compile(r"\w.*[(\[:：|–—-]\s*[*_`]*[A-Z][A-Z_]+[*_`]*[)\]]?")
# `ملاحظة: …` is no name.
_REMARK = re.compile(r"[:：](?!\S)")
# A heading, as `folded`, of what the answer leaves out.
_EXCLUDED = re.compile(r"(?:ليست?|not|excluded)(?!\w)|(?:ال)?(?:كيانات )?(?:ال)?مستبعد")


class TypedText(NamedTuple):
    """The words of an entity and its type; None for one that is not known."""

    text: str
    type: str | None


def typed_text(line: str, type_of: TypeOf) -> list[TypedText] | None:
    """The entities of a line, none if it says so; None if it is no such line."""
    line = line.strip(_MARKUP + "|")
    if (tagged := _TAGGED.fullmatch(line)) and (kind := type_of(tagged["type"])):
        return _typed(tagged["text"], kind)
    if _NO_WORDS.search(line):
        return None
    pairs = [_pair(part, type_of) for part in _SEPARATOR.split(line)]
    if len(pairs) > 1 and None not in pairs:
        return [typed for pair in pairs if pair for typed in pair]
    return _one_typed(line, type_of)


def _one_typed(line: str, type_of: TypeOf) -> list[TypedText] | None:
    """The entities of a line that names one type, or types before their entities."""
    # What follows explains it, and what stands in brackets may explain a type itself:
    # `قطر (GPE): دولة`, `قطر - GPE (دولة)`.
    types = ((match, type_of(match[1].strip(_MARKUP))) for match in _BRACKETED.finditer(line))
    bracketed, kind = next(((match, kind) for match, kind in types if kind), (None, None))
    if bracketed and kind:
        words = line[: bracketed.start()].strip(_MARKUP + ":-")
        if words and line[bracketed.end() :].strip(_MARKUP)[:1] in {"", *":：–—-"}:
            # `الكيانات هي: روسيا (GPE)` is a sentence.
            alone = None if _REMARK.search(words) else _typed(words, kind)
            return typed_text(words, type_of) or alone
    for colon in _COLONS:
        left, found, right = line.partition(colon)
        if found and (kind := type_of(left.strip(_MARKUP))):
            return _of_type(kind, right, type_of)
        left, found, right = line.rpartition(colon)
        # `دولة (GPE)` explains a type, `روسيا (GPE)` has one.
        bare = _IN_BRACKETS.sub("", right)
        if found and left.strip(_MARKUP) and (kind := type_of(bare.strip(_MARKUP))):
            return _typed(left, kind)
    return None


def _typed(words: str, kind: str) -> list[TypedText]:
    """The entity that words are, unless they say that there is none."""
    words = _LATIN_GLOSS.sub("", words.strip(_MARKUP)).strip(_MARKUP)
    return [TypedText(words, kind)] if words and not is_no_entity(words) else []


def _pair(part: str, type_of: TypeOf) -> list[TypedText] | None:
    """`محمد صلاح (PERS)` or `محمد صلاح - PERS`, and nothing more."""
    part = part.strip(_MARKUP)
    for colon in ("(", *_COLONS):
        left, found, right = part.rpartition(colon)
        kind = type_of(right.removesuffix(")").strip(_MARKUP)) if found else None
        if kind and left.strip(_MARKUP) and type_of(left.strip(_MARKUP)) is None:
            return _typed(left, kind)
    return None


def _of_type(kind: str, listed: str, type_of: TypeOf) -> list[TypedText]:
    """The entities of a list behind their type: `PERS: محمد صلاح، ساديو ماني؛ GPE: مصر`."""
    found: list[TypedText] = []
    for part in _SEPARATOR.split(listed):
        named, colon, words = part.partition(":")
        other = type_of(named.strip(_MARKUP)) if colon else None
        kind = other or kind
        found += _typed(words if other else part, kind)
    return found


def listed_entities(text: str, type_of: TypeOf) -> list[TypedText] | None:
    """The entities of a text that is a list of lines; None if it is none.

    Every line has to be an entity or a heading, but for words before and after the list. Below a
    heading that is a type, bullets are entities of it; below one that says so, they are none.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    found: list[TypedText] = []
    others: list[int] = []
    is_list = False
    is_excluded = False
    below: str | None = None
    for number, line in enumerate(lines):
        bullet = _BULLET.match(line)
        inner = line[bullet.end() :] if bullet else line
        if line.rstrip(_MARKUP).endswith((":", "：")) or line.lstrip().startswith("#"):
            heading = inner.strip(_MARKUP + "#:：")
            below = type_of(heading)
            is_excluded = below is None and _EXCLUDED.match(folded(heading)) is not None
            continue
        if bullet and is_excluded:
            continue
        # "Location: …" without a bullet may be the beginning of a sentence.
        entities = typed_text(inner, type_of if bullet else _shouted(type_of))
        if entities is None and bullet and below is not None and not _REMARK.search(inner):
            entities = _typed(inner, below)
        if entities is None and bullet and below is None and _UNKNOWN_TYPE.fullmatch(inner):
            found.append(TypedText(inner, None))
        elif entities is None:
            others.append(number)
        else:
            is_list = True
            found += entities
    return found if is_list and set(others) <= {0, len(lines) - 1} else None


def _shouted(type_of: TypeOf) -> TypeOf:
    return lambda word: type_of(word) if word.isupper() or not word.isascii() else None
