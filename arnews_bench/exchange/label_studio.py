"""The whole annotation as a Label Studio project, and back from its JSON export.

A region is a span, its id is made of what it is, and a cue's id is that of its attribution. What
belongs to an attribution hangs on its cue: spans by relations, the rest as fields of the region.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from arnews_bench.annotations import AttributionRecord, EntityRecord, Sources, StanceRecord
from arnews_bench.exchange.format import Format
from arnews_bench.exchange.label_studio_config import (
    ATTRIBUTION,
    CUE_CONTROLS,
    ENTITY,
    NOTE,
    STANCE,
    STATEMENT,
    STATEMENT_NOTE,
    TEXT,
    config_xml,
)
from arnews_bench.exchange.label_studio_reading import read
from arnews_bench.exchange.labels import CUE, attribution_parts, document_metadata
from arnews_bench.schema import TextSpan

__all__ = ["LABEL_STUDIO", "write"]


def write(sources: Sources, doc_ids: Sequence[str]) -> dict[str, bytes]:
    """The tasks with their annotation, and the labelling interface of the project.

    Args:
        sources: The annotation.
        doc_ids: The documents wanted.
    """
    tasks = [_task(sources, doc_id, number) for number, doc_id in enumerate(doc_ids, start=1)]
    return {
        "config.xml": config_xml(sources.claims),
        "tasks.json": msgspec.json.format(msgspec.json.encode(tasks), indent=1) + b"\n",
    }


def _task(sources: Sources, doc_id: str, number: int) -> dict[str, Any]:
    attributions = sources.attributions(doc_id)
    results = [_entity(record) for record in sources.entities(doc_id)]
    results += _regions(attributions)
    for record in attributions:
        results += _fields(record)
    cues = {record.id: record for record in attributions}
    for stance in sources.stances(doc_id):
        results += _stance(stance, cues)
    results += _relations(attributions)
    return {
        "id": number,
        "data": {TEXT: sources.text(doc_id), **document_metadata(sources, doc_id)},
        "annotations": [{"result": results}],
    }


def _result(
    result_id: str, name: str, kind: str, value: dict[str, Any], span: TextSpan | None = None
) -> dict[str, Any]:
    """A result; one of a region repeats the region's span."""
    place = {} if span is None else {"start": span.start, "end": span.end, "text": span.text}
    # A text area keeps what was written where others keep the surface; so does Label Studio.
    return {
        "id": result_id,
        "from_name": name,
        "to_name": TEXT,
        "type": kind,
        "value": place | value,
    }


def _entity(record: EntityRecord) -> dict[str, Any]:
    span = TextSpan(start=record.start, end=record.end, text=record.text)
    return _result(_id(record.type, span), ENTITY, "labels", {"labels": [record.type]}, span)


def _regions(attributions: Sequence[AttributionRecord]) -> list[dict[str, Any]]:
    """The spans of all attributions; one that two of them share is one region."""
    regions = {}
    for record in attributions:
        for role, span in attribution_parts(record):
            name = record.id if role == CUE else _id(role, span)
            regions[name] = _result(name, ATTRIBUTION, "labels", {"labels": [role]}, span)
    return list(regions.values())


def _fields(record: AttributionRecord) -> list[dict[str, Any]]:
    return [
        _result(
            record.id, name, control.kind, _value(control.kind, getattr(record, name)), record.cue
        )
        for name, control in CUE_CONTROLS.items()
    ]


def _stance(
    stance: StanceRecord, attributions: dict[str, AttributionRecord]
) -> list[dict[str, Any]]:
    if stance.attribution is None:
        cue, label_name, note_name = None, STANCE, NOTE
    else:
        cue = attributions[stance.attribution].cue
        label_name, note_name = STATEMENT, STATEMENT_NOTE
    wanted: list[tuple[str, str, str]] = [(label_name + stance.claim_id, "choices", stance.label)]
    if stance.note is not None:
        wanted.append((note_name + stance.claim_id, "textarea", stance.note))
    # Of a document, every result stands alone and needs an id of its own.
    return [
        _result(stance.attribution or name, name, kind, _value(kind, content), cue)
        for name, kind, content in wanted
    ]


def _relations(attributions: Sequence[AttributionRecord]) -> list[dict[str, Any]]:
    return [
        {
            "type": "relation",
            "from_id": record.id,
            "to_id": _id(role, span),
            "direction": "right",
            "labels": [role.lower()],
        }
        for record in attributions
        for role, span in attribution_parts(record)
        if role != CUE
    ]


def _value(kind: str, content: str) -> dict[str, Any]:
    return {"choices" if kind == "choices" else "text": [content]}


def _id(label: str, span: TextSpan) -> str:
    return f"{label}-{span.start}-{span.end}"


LABEL_STUDIO = Format(
    name="label-studio",
    description="the whole annotation as a Label Studio project; can be imported again",
    write=write,
    read=read,
)
