"""The entities of an answer: as objects, pairs, lists by type, or lines of text."""

from collections.abc import Collection, Iterator, Mapping
from functools import partial

from arnews_bench.entities import COARSE_OF
from arnews_bench.models.llm.reading.answers import SaidEntity
from arnews_bench.models.llm.reading.entity_lines import TypeOf, listed_entities, typed_text
from arnews_bench.models.llm.reading.glosses import glossed
from arnews_bench.models.llm.reading.inner_items import inner_items, lies_deep
from arnews_bench.models.llm.reading.json_containers import CutObject
from arnews_bench.models.llm.reading.nothing import is_no_entity
from arnews_bench.models.llm.reading.said_items import (
    DEEPEST,
    Form,
    Items,
    clean,
    fields_of,
    find_items,
    says_none,
)
from arnews_bench.models.llm.reading.synonyms import ENTITY_KEYS, ENTITY_TYPE_NAMES
from arnews_bench.models.llm.reading.tagged_words import OUTSIDE, joined_words, tag_of

__all__ = ["entities_in"]

_TOP = "entities"
_ITEM_FIELDS = frozenset({"text", "type"})


def _type_of(name: str, *, tags: frozenset[str]) -> str | None:
    """The entity type that a name stands for, if the task can use it, with its prefix."""
    prefix, word = tag_of(name)
    kind = glossed(word, ENTITY_TYPE_NAMES)
    # A type without a coarse one is an answer that the coarse view leaves out.
    usable = kind is not None and (kind not in COARSE_OF or f"B-{COARSE_OF[kind]}" in tags)
    return f"{prefix}{kind}" if usable else None


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
        top=_TOP,
        keys=ENTITY_KEYS,
        is_item=partial(_is_item, type_of=type_of),
        is_map=partial(_is_map, type_of=type_of),
        read=lambda value: iter(joined_words(_read(value, type_of=type_of))),
    )
    found = find_items(form, text)
    if found is not None:
        return found
    if says_none(text):
        return Items((), 0)
    listed = listed_entities(text, type_of)
    if listed is None:
        return None
    said = (item for line in listed for item in _entities(line.text, line.type))
    return Items.of(joined_words(said))


def _is_item(value: object, *, type_of: TypeOf) -> bool:
    if isinstance(value, str):
        return bool(typed_text(value, type_of))
    fields = fields_of(value, ENTITY_KEYS)
    if isinstance(value, dict) and fields.keys() >= _ITEM_FIELDS:
        # What stands around an answer may have a text and a type of its own: a call of a tool,
        # a document with its entities.
        is_around = _TOP in fields or lies_deep(value)
        return not is_around or _kind(fields["type"], type_of) is not None
    return _is_pair(value, type_of)


def _is_pair(value: object, type_of: TypeOf) -> bool:
    """`["محمد صلاح", "PERS"]`, in either order, perhaps with nothing or offsets behind."""
    match value:
        case [str(first), str(second), *rest] if OUTSIDE not in (first, second):
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
            yield from _entities(text, type_of(kind))
        case list() if depth < DEEPEST:
            for part in value:
                yield from _read(part, depth + 1, type_of=type_of)
        case str() if (typed := typed_text(value, type_of)) is not None:
            for item in typed:
                yield from _entities(item.text, item.type)
        case _:
            # In place of a list nothing says that it is empty, among items it is a broken one.
            says_so = isinstance(value, str) and is_no_entity(value)
            if not says_so and (depth or value is not None):
                yield None


def _of_object(
    value: dict[str, object], type_of: TypeOf, depth: int
) -> Iterator[SaidEntity | None]:
    fields = fields_of(value, ENTITY_KEYS)
    if fields.keys() >= _ITEM_FIELDS:
        yield from _of_item(fields, type_of)
        yield from _inside(value, type_of, depth)
    elif _is_map(value, type_of=type_of):
        yield from _of_map(value, type_of, depth)
    elif inner := list(_inside(value, type_of, depth)):
        yield from inner
    elif not isinstance(value, CutObject) and (value or depth):
        yield None


def _inside(
    value: Mapping[str, object], type_of: TypeOf, depth: int
) -> Iterator[SaidEntity | None]:
    """The entities of the items inside of an object."""
    if depth < DEEPEST:
        for part in inner_items(value, partial(_is_item, type_of=type_of), ENTITY_KEYS, _TOP):
            yield from _read(part, depth + 1, type_of=type_of)


def _kind(said: object, type_of: TypeOf) -> str | None:
    """The type that stands where one should."""
    if isinstance(said, list) and len(said) == 1:
        said = said[0]
    return type_of(said) if isinstance(said, str) else None


def _of_item(
    fields: Mapping[str, object], type_of: TypeOf, group: str | None = None
) -> Iterator[SaidEntity | None]:
    """The entity of an object, or those of one type that it lists.

    Args:
        fields: The fields of the object.
        type_of: The types.
        group: The type of the group that it stands in, if it has none of its own.
    """
    text, context = fields.get("text"), clean(fields.get("context"))
    known = _kind(fields.get("type"), type_of) or group
    for words in text if isinstance(text, list) else [text]:
        yield from _entities(words, known, context)


def _of_map(
    value: Mapping[str, object], type_of: TypeOf, depth: int
) -> Iterator[SaidEntity | None]:
    """The entities of an object whose members are groups of a type, or texts and their types."""
    groups = {key: _group(key, type_of) for key in value}
    kinds = {key: type_of(part) for key, part in value.items() if isinstance(part, str)}
    # `موقع` is a word for a place, and the name of a type.
    are_texts = len(kinds) == len(value) and all(kinds.values()) and not all(groups.values())
    for key, part in value.items():
        kind, group = kinds.get(key), groups[key]
        if kind is not None and (are_texts or group is None):
            yield from _entities(key, kind)
        elif kind is not None:
            yield None
        elif isinstance(part, list):
            for inner in part:
                yield from _of_group(inner, group, type_of, depth)
        elif part and group is not None:
            yield from _of_group(part, group, type_of, depth)


def _group(key: str, type_of: TypeOf) -> str | None:
    """The type of those that stand below a key; the ends of names make no group."""
    prefix, kind = tag_of(type_of(key) or "")
    return kind if kind and prefix != "I-" else None


def _of_group(
    value: object, group: str | None, type_of: TypeOf, depth: int
) -> Iterator[SaidEntity | None]:
    """The entities of a value in a group; a type of its own goes before that of the group."""
    fields = fields_of(value, ENTITY_KEYS)
    if isinstance(value, dict) and "text" in fields:
        yield from _of_item(fields, type_of, group)
        yield from _inside(value, type_of, depth)
    elif not isinstance(value, CutObject):
        yield from _entities(value, group)


def _entities(
    text: object, kind: str | None, context: str | None = None
) -> Iterator[SaidEntity | None]:
    """The entity of a text and a type, none of what says so, and None of what is none."""
    words = clean(text)
    if words is None or kind is None:
        yield None
    elif not is_no_entity(words):
        yield SaidEntity(text=words, type=kind, context=context)
