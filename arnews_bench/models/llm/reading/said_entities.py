"""The entities of an answer: as objects, pairs, lists by type, or lines of text."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import partial

from arnews_bench.entities import COARSE_OF
from arnews_bench.models.llm.reading.answers import SaidEntity
from arnews_bench.models.llm.reading.entity_lines import TypeOf, listed_entities, typed_text
from arnews_bench.models.llm.reading.lenient_json import CutObject
from arnews_bench.models.llm.reading.said_items import (
    DEEPEST,
    Form,
    Items,
    clean,
    fields_of,
    find_items,
    says_none,
)
from arnews_bench.models.llm.reading.synonyms import ENTITY_KEYS, ENTITY_TYPE_NAMES, folded

__all__ = ["entities_in"]

# Characters of a type with what explains it.
_LONGEST = 120
_GLOSS = re.compile(r"[():：/|,،–—]|\s-\s")


def _type_of(name: str, *, tags: frozenset[str]) -> str | None:
    """The entity type that a name stands for, if the task can use it."""
    if len(name) > _LONGEST:
        return None
    word = name.removeprefix("B-").removeprefix("I-")
    # `دولة (GPE)`, `LOC: إقليم`; of `FAC/ORG`, nobody knows which.
    named = {ENTITY_TYPE_NAMES.get(folded(part)) for part in (word, *_GLOSS.split(word))} - {None}
    kind = named.pop() if len(named) == 1 else None
    # A type without a coarse one is an answer that the coarse view leaves out.
    usable = kind is not None and (kind not in COARSE_OF or f"B-{COARSE_OF[kind]}" in tags)
    return kind if usable else None


def entities_in(text: str, tags: Collection[str]) -> Items[SaidEntity] | None:
    """The entities of an answer.

    Args:
        text: The answer.
        tags: The tags of the task, whose types are known.

    Returns:
        None if it cannot be read; no items if it says that there are none.
    """
    type_of = partial(_type_of, tags=frozenset(tags))
    form = Form(
        top="entities",
        keys=ENTITY_KEYS,
        is_item=partial(_is_item, type_of=type_of),
        is_map=partial(_is_map, type_of=type_of),
        read=partial(_read, type_of=type_of),
    )
    found = find_items(form, text)
    if found is not None:
        return found
    if says_none(text):
        return Items((), 0)
    listed = listed_entities(text, type_of)
    if listed is None:
        return None
    return Items(tuple(SaidEntity(text=words, type=kind) for words, kind in listed), 0)


def _is_item(value: object, *, type_of: TypeOf) -> bool:
    if isinstance(value, str):
        return bool(typed_text(value, type_of))
    return {"text", "type"} <= fields_of(value, ENTITY_KEYS).keys() or _is_pair(value, type_of)


def _is_pair(value: object, type_of: TypeOf) -> bool:
    """`["محمد صلاح", "PERS"]`, in either order, perhaps with nothing or offsets behind."""
    match value:
        case [str(first), str(second), *rest]:
            plain = all(part is None or str(part).isdecimal() for part in rest)
            return plain and (type_of(first) is None) != (type_of(second) is None)
        case _:
            return False


def _is_map(value: object, *, type_of: TypeOf) -> bool:
    """`{"PERS": ["محمد صلاح"]}` or `{"محمد صلاح": "PERS"}`."""
    if not isinstance(value, dict) or not value or fields_of(value, ENTITY_KEYS):
        return False
    by_type = any(type_of(key) and isinstance(part, str | list) for key, part in value.items())
    return by_type or all(isinstance(part, str) and type_of(part) for part in value.values())


def _read(value: object, depth: int = 0, *, type_of: TypeOf) -> Iterator[SaidEntity | None]:
    match value:
        case dict():
            yield from _of_object(value, type_of, depth)
        case [str(first), str(second), *_] if _is_pair(value, type_of):
            text, kind = (first, second) if type_of(first) is None else (second, first)
            yield _entity(text, type_of(kind))
        case list() if depth < DEEPEST:
            for part in value:
                yield from _read(part, depth + 1, type_of=type_of)
        case str() if (typed := typed_text(value, type_of)) is not None:
            yield from (SaidEntity(text=words, type=kind) for words, kind in typed)
        case _:
            # In place of a list this says that it is empty, among items it is a broken one.
            nothing = value is None or (isinstance(value, str) and says_none(value))
            if depth or not nothing:
                yield None


def _of_object(
    value: dict[str, object], type_of: TypeOf, depth: int
) -> Iterator[SaidEntity | None]:
    fields = fields_of(value, ENTITY_KEYS)
    if {"text", "type"} <= fields.keys():
        yield from _of_item(fields, type_of)
    elif _is_map(value, type_of=type_of):
        for key, part in value.items():
            yield from _of_member(key, part, type_of)
    elif not isinstance(value, CutObject) and (value or depth):
        yield None


def _of_item(fields: Mapping[str, object], type_of: TypeOf) -> Iterator[SaidEntity | None]:
    """The entity of an object, or those of one type that it lists."""
    text, kind, context = fields["text"], fields["type"], clean(fields.get("context"))
    if isinstance(kind, list) and len(kind) == 1:
        kind = kind[0]
    known = type_of(kind) if isinstance(kind, str) else None
    for words in text if isinstance(text, list) else [text]:
        yield _entity(words, known, context)


def _of_member(key: str, part: object, type_of: TypeOf) -> Iterator[SaidEntity | None]:
    """The entities of a member of an object: of a type, or the type of one."""
    of_part = type_of(part) if isinstance(part, str) else None
    of_key = type_of(key)
    if of_key is None and of_part is not None:
        yield _entity(key, of_part)
    elif isinstance(part, list):
        for inner in part:
            yield _entity(fields_of(inner, ENTITY_KEYS).get("text", inner), of_key)
    elif isinstance(part, str) and of_key is not None and not says_none(part):
        yield _entity(part, of_key)


def _entity(text: object, kind: str | None, context: str | None = None) -> SaidEntity | None:
    words = clean(text)
    if words is None or kind is None:
        return None
    return SaidEntity(text=words, type=kind, context=context)
