"""What several formats say alike: the names of spans and their colours, a document's metadata.

The 21 entity types keep their names; the parts of an attribution become four labels more.
"""

import colorsys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from arnews_bench.annotations import AttributionRecord, Sources
from arnews_bench.schema import CANARY, ENTITY_TYPES, TextSpan

__all__ = ["COLOURS", "CUE", "ROLES", "Colours", "Part", "attribution_parts", "document_metadata"]

CUE = "Cue"
ROLES = (CUE, "Source", "Content", "Via")

_METADATA = ("page", "kind", "outlet", "event_id", "topic", "translated_from", "date")


class Colours(NamedTuple):
    """The colours of a label, as `#rrggbb`."""

    background: str
    text: str


class Part(NamedTuple):
    """A span of an attribution and what it is in it, one of `ROLES`."""

    role: str
    span: TextSpan


def attribution_parts(record: AttributionRecord) -> list[Part]:
    """The spans of an attribution, its cue first."""
    single = [Part(CUE, record.cue)]
    if record.source is not None:
        single.append(Part("Source", record.source))
    single += [Part("Content", span) for span in record.content]
    if record.via is not None:
        single.append(Part("Via", record.via))
    return single


def document_metadata(sources: Sources, doc_id: str) -> dict[str, Any]:
    """What a reader wants to know of a document beside its text; the same keys for all."""
    document = sources.documents[doc_id]
    return {
        "doc_id": doc_id,
        "split": sources.pages[document.page].split,
        **{name: getattr(document, name) for name in _METADATA},
        "canary": CANARY,
    }


def _colours() -> dict[str, Colours]:
    """Light colours with black text for entities, dark ones with white text for attributions."""
    found = {}
    for names, lightness, text in ((ENTITY_TYPES, 0.75, "#000000"), (ROLES, 0.3, "#ffffff")):
        for position, name in enumerate(names):
            channels = colorsys.hls_to_rgb(position / len(names), lightness, 0.8)
            code = "".join(f"{round(255 * channel):02x}" for channel in channels)
            found[name] = Colours(f"#{code}", text)
    return found


COLOURS: Mapping[str, Colours] = MappingProxyType(_colours())
