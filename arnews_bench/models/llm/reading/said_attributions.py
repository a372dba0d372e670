"""The attributions of an answer."""

from collections.abc import Iterator, Mapping, Sequence

from arnews_bench.models.llm.reading.answers import SaidAttribution
from arnews_bench.models.llm.reading.lenient_json import CutList, CutObject
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


def attributions_in(text: str) -> Items[SaidAttribution] | None:
    """The attributions of an answer.

    Returns:
        None if it cannot be read; no items if it says that there are none.
    """
    form = Form(
        top="attributions",
        keys=ATTRIBUTION_KEYS,
        is_item=_is_item,
        is_map=lambda _: False,
        read=_read,
    )
    found = find_items(form, text)
    return Items((), 0) if found is None and says_none(text) else found


def _is_item(value: object) -> bool:
    fields = fields_of(value, ATTRIBUTION_KEYS)
    return "content" in fields and not fields.keys().isdisjoint({"source_name", "source", "cue"})


def _read(value: object, depth: int = 0) -> Iterator[SaidAttribution | None]:
    match value:
        case list() if depth < DEEPEST:
            for part in value:
                yield from _read(part, depth + 1)
        case dict() if value:
            said = _attribution(value)
            if said is not None or not isinstance(value, CutObject):
                yield said
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
    source = _string(fields.get("source"), "source")
    # A model that names the source once, and not twice, has named it.
    source_name = _string(fields.get("source_name"), "source_name") or source
    if not content or source_name is None or isinstance(said, CutList):
        return None
    return SaidAttribution(
        content=content,
        source_name=source_name,
        cue=_string(fields.get("cue"), "cue"),
        source=source,
        via=_string(fields.get("via"), "via"),
        source_type=_one_of(fields.get("source_type"), SOURCE_TYPES),
        mode=_one_of(fields.get("mode"), MODES),
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


def _one_of(value: object, known: Sequence[str]) -> str | None:
    name = ATTRIBUTION_KINDS.get(folded(value)) if isinstance(value, str) else None
    return name if name in known else None
