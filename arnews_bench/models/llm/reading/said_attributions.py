"""The attributions of an answer."""

from collections.abc import Iterator, Mapping

from arnews_bench.models.llm.reading.answers import SaidAttribution
from arnews_bench.models.llm.reading.glosses import glossed
from arnews_bench.models.llm.reading.inner_items import inner_items
from arnews_bench.models.llm.reading.json_containers import CutList, CutObject
from arnews_bench.models.llm.reading.nothing import is_nothing
from arnews_bench.models.llm.reading.said_items import (
    DEEPEST,
    Form,
    Items,
    clean,
    fields_of,
    find_items,
    says_none,
)
from arnews_bench.models.llm.reading.synonyms import (
    ATTRIBUTION_KEYS,
    ATTRIBUTION_KINDS,
    NOTHING,
    folded,
)
from arnews_bench.schema import MODES, SOURCE_TYPES

__all__ = ["attributions_in"]

_TOP = "attributions"
_SPEAKER_FIELDS = frozenset({"source_name", "source", "cue"})
_NAMED = ("source_name", "cue", "source", "via")
_SOURCE_TYPES, _MODES = (
    {name: kind for name, kind in ATTRIBUTION_KINDS.items() if kind in known}
    for known in (SOURCE_TYPES, MODES)
)


def attributions_in(text: str) -> Items[SaidAttribution] | None:
    """The attributions of an answer.

    Returns:
        None if it cannot be read; no items if it says that there are none.
    """
    form = Form(
        top=_TOP,
        keys=ATTRIBUTION_KEYS,
        is_item=_is_item,
        is_map=lambda _: False,
        read=_read,
    )
    found = find_items(form, text)
    return Items((), 0) if found is None and says_none(text) else found


def _is_item(value: object) -> bool:
    fields = fields_of(value, ATTRIBUTION_KEYS)
    # A document around its attributions has a text and a source too, but nothing signals it.
    is_around = "cue" not in fields and _holds_items(fields.get(_TOP))
    return "content" in fields and not fields.keys().isdisjoint(_SPEAKER_FIELDS) and not is_around


def _holds_items(value: object) -> bool:
    """Whether a value is an object, or a list of nothing but objects."""
    return isinstance(value, dict) or (
        isinstance(value, list) and all(isinstance(part, dict) for part in value)
    )


def _read(value: object, depth: int = 0) -> Iterator[SaidAttribution | None]:
    match value:
        case list() if depth < DEEPEST:
            for part in value:
                yield from _read(part, depth + 1)
        case dict() if value:
            said = _attribution(value)
            inner = inner_items(value, _is_item, ATTRIBUTION_KEYS, _TOP) if depth < DEEPEST else []
            # What is but around others is no broken one.
            is_one = not isinstance(value, CutObject) and (_is_item(value) or not inner)
            if said is not None or is_one:
                yield said
            for part in inner:
                yield from _read(part, depth + 1)
        case CutObject():
            return
        case _:
            # In place of a list this says that it is empty, among items it is a broken one.
            nothing = not value or (isinstance(value, str) and says_none(value))
            if depth or not nothing:
                yield None


def _attribution(value: Mapping[str, object]) -> SaidAttribution | None:
    fields = fields_of(value, ATTRIBUTION_KEYS)
    said = fields.get("content")
    parts = said if isinstance(said, list) else [said]
    content = tuple(text for part in parts if (text := _string(part, "content")) is not None)
    named = {field: _named(fields.get(field), field) for field in _NAMED}
    # A model that names the source once, and not twice, has named it.
    source_name = named["source_name"] or named["source"]
    if not content or source_name is None or isinstance(said, CutList):
        return None
    return SaidAttribution(
        content=content,
        source_name=source_name,
        cue=named["cue"],
        source=named["source"],
        via=named["via"],
        source_type=_one_of(fields.get("source_type"), _SOURCE_TYPES),
        mode=_one_of(fields.get("mode"), _MODES),
    )


def _string(value: object, field: str) -> str | None:
    """A string, also one that stands in a list by itself or in an object as its text."""
    match value:
        case [single]:
            return _string(single, field)
        case dict():
            inner = fields_of(value, ATTRIBUTION_KEYS)
            return clean(inner.get(field)) or clean(inner.get("content"))
        case str() if folded(value) in NOTHING:
            return None
        case _:
            return clean(value)


def _named(value: object, field: str) -> str | None:
    """A string that does not say that there is none; a content may say so of something else."""
    text = _string(value, field)
    return None if text is None or is_nothing(text) else text


def _one_of(value: object, names: Mapping[str, str]) -> str | None:
    """The kind that a name stands for, of those that are known in its place."""
    return glossed(value, names) if isinstance(value, str) else None
