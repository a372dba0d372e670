"""Entities and attributions for doccano: a sequence labelling project with relations.

An export only: doccano has no place for the properties of a relation or of a document, so that
those lie beside the text as metadata that nobody can edit there.
"""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import msgspec

from arnews_bench.annotations import AttributionRecord, Sources
from arnews_bench.exchange.format import Format
from arnews_bench.exchange.labels import COLOURS, CUE, ROLES, attribution_parts, document_metadata
from arnews_bench.files import encode_lines
from arnews_bench.schema import ENTITY_TYPES

__all__ = ["DOCCANO", "write"]


def write(sources: Sources, doc_ids: Sequence[str]) -> dict[str, bytes]:
    """The documents, and the two label definitions that doccano imports apart from each other.

    Args:
        sources: The annotation.
        doc_ids: The documents wanted.
    """
    # Versions of doccano look a relation's ends up among all lines: no id stands twice in a file.
    ids = count(1)
    lines = [_line(sources, doc_id, number, ids) for number, doc_id in enumerate(doc_ids, start=1)]
    return {
        "documents.jsonl": encode_lines(lines),
        "span_label_config.json": _label_config((*ENTITY_TYPES, *ROLES)),
        "relation_label_config.json": _label_config((r for r in ROLES if r != CUE), lower=True),
    }


def _line(sources: Sources, doc_id: str, number: int, ids: "count[int]") -> dict[str, Any]:
    attributions = sources.attributions(doc_id)
    keys: list[tuple[int, int, str]] = [
        (entity.start, entity.end, entity.type) for entity in sources.entities(doc_id)
    ]
    keys += [
        (span.start, span.end, role)
        for record in attributions
        for role, span in attribution_parts(record)
    ]
    # Two attributions may share a source; doccano shows a span once.
    spans = {key: next(ids) for key in dict.fromkeys(keys)}
    cues = {record.id: spans[record.cue.start, record.cue.end, CUE] for record in attributions}
    relations = [
        (cues[record.id], spans[span.start, span.end, role], role)
        for record in attributions
        for role, span in attribution_parts(record)
        if role != CUE
    ]
    labels = {
        stance.claim_id: stance.label
        for stance in sources.stances(doc_id)
        if stance.attribution is None
    }
    return {
        "id": number,
        "text": sources.text(doc_id),
        "entities": [
            {"id": span_id, "label": label, "start_offset": start, "end_offset": end}
            for (start, end, label), span_id in spans.items()
        ],
        "relations": [
            {"id": next(ids), "from_id": source, "to_id": target, "type": role.lower()}
            for source, target, role in relations
        ],
        "Comments": [],
        **document_metadata(sources, doc_id),
        "attributions": [_properties(record, cues[record.id]) for record in attributions],
        # All lines have a column for every claim: doccano puts NaN where one is missing.
        **{f"stance_{claim_id}": labels.get(claim_id) for claim_id in sources.claims},
    }


def _properties(record: AttributionRecord, cue: int) -> dict[str, Any]:
    return {
        "id": record.id,
        "cue": cue,
        "source_name": record.source_name,
        "source_type": record.source_type,
        "mode": record.mode,
        "polarity": record.polarity,
    }


def _label_config(names: Iterable[str], *, lower: bool = False) -> bytes:
    """A file for doccano's "Import labels"; without shortcut keys, of which there are too few."""
    labels = [
        {
            "text": name.lower() if lower else name,
            "prefix_key": None,
            "suffix_key": None,
            "background_color": COLOURS[name].background,
            "text_color": COLOURS[name].text,
        }
        for name in names
    ]
    return msgspec.json.format(msgspec.json.encode(labels), indent=2) + b"\n"


DOCCANO = Format(
    name="doccano",
    description="entities and attributions for a doccano sequence labelling project",
    write=write,
)
