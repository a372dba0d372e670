"""From the checked results of one Label Studio annotation to its records."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, cast

from arnews_bench.annotations import AttributionRecord, Located, StanceRecord
from arnews_bench.exchange.label_studio_config import (
    CUE_CONTROLS,
    NOTE,
    STANCE,
    STATEMENT,
    STATEMENT_NOTE,
)
from arnews_bench.exchange.label_studio_results import Region, Results
from arnews_bench.exchange.labels import CUE

if TYPE_CHECKING:
    from arnews_bench.schema import Mode, Polarity, SourceType, StanceLabel, TextSpan

__all__ = ["make_records"]

_RECORD_ID = re.compile(r"A(?:0[1-9]|[1-9]\d+)")
_LINKED = "a relation joins a Cue with its Source, Content or Via"


def make_records(
    results: Results, claim_ids: Iterable[str], record_ids: Collection[str]
) -> list[Located]:
    """The records that the results are together; what is wrong is added to their problems.

    Args:
        results: The results of an annotation.
        claim_ids: The claims of the corpus.
        record_ids: The attributions that the document has in the corpus.
    """
    cues = {name: region for name, region in results.regions.items() if region.role == CUE}
    parts = _linked_parts(results, cues)
    ids = _attribution_ids(cues, record_ids)
    attributions = [_attribution(results, name, ids[name], parts[name]) for name in cues]
    stances = [
        _stance(results, region, attribution, claim_id)
        for region, attribution in [(None, None), *ids.items()]
        for claim_id in claim_ids
    ]
    for (region, _), field in results.fields.items():
        if region is not None and region not in cues and region not in results.broken:
            results.problem(field.where, "it belongs to a Cue, and its region is none")
    return [*results.entities, *(record for record in [*attributions, *stances] if record)]


def _linked_parts(results: Results, cues: Mapping[str, Region]) -> dict[str, dict[str, Region]]:
    """The regions that relations join with each cue."""
    regions = results.regions
    parts: dict[str, dict[str, Region]] = {name: {} for name in cues}
    linked: set[str] = set()
    for relation in results.relations:
        strangers = [name for name in relation.ends if name not in regions]
        if strangers:
            # That a region is wrong was said; what it is joined with is not wrong for it.
            linked.update(relation.ends)
            for name in strangers:
                if name not in results.broken:
                    results.problem(relation.where, _describe_stranger(results, name))
            continue
        cue, part = sorted(relation.ends, key=lambda name: name not in cues)
        role = regions[part].role
        if cue not in cues or part in cues:
            kinds = " and a ".join(regions[name].role for name in relation.ends)
            results.problem(relation.where, f"it joins a {kinds}; {_LINKED}")
        elif relation.labels and relation.labels != (role.lower(),):
            said = ", ".join(relation.labels)
            results.problem(relation.where, f"it is labelled {said!r}, but leads to a {role}")
        else:
            parts[cue][part] = regions[part]
        linked.update(relation.ends)
    for name, region in regions.items():
        if name not in cues and name not in linked:
            said = f"the {region.role} {region.span.text!r} belongs to no Cue"
            results.problem(region.where, f"{said}; draw a relation or delete it")
    return parts


def _describe_stranger(results: Results, name: str) -> str:
    if name in results.entity_ids:
        return f"{name!r} is an entity; {_LINKED}"
    return f"there is no region {name!r}"


def _attribution_ids(cues: Mapping[str, Region], record_ids: Collection[str]) -> dict[str, str]:
    """The attribution of each cue; new ones get the next numbers, in the order of the text."""
    kept = {name for name in cues if name in record_ids or _RECORD_ID.fullmatch(name)}
    # The number of a deleted attribution is not given again: the new one would pass for it.
    taken = [int(name[1:]) for name in kept.union(record_ids) if _RECORD_ID.fullmatch(name)]
    new = sorted(cues.keys() - kept, key=lambda name: cues[name].span.start)
    given = {name: f"A{number:02d}" for number, name in enumerate(new, max(taken, default=0) + 1)}
    return {name: given.get(name, name) for name in cues}


def _attribution(
    results: Results, name: str, record_id: str, parts: Mapping[str, Region]
) -> Located | None:
    cue = results.regions[name]
    spans: dict[str, list[TextSpan]] = {"Source": [], "Content": [], "Via": []}
    for part in sorted(parts.values(), key=lambda part: part.span.start):
        spans[part.role].append(part.span)
    fields = {
        field: results.fields[name, field].content
        for field in CUE_CONTROLS
        if (name, field) in results.fields
    }
    problems = [
        f"has {len(spans[role])} regions {role}, one is allowed"
        for role in ("Source", "Via")
        if len(spans[role]) > 1
    ]
    problems += [
        f"has no {field}; select it and give one" for field in CUE_CONTROLS if field not in fields
    ]
    for problem in problems:
        results.problem(cue.where, f"the Cue {cue.span.text!r} {problem}")
    if problems:
        return None
    record = AttributionRecord(
        id=record_id,
        cue=cue.span,
        source=next(iter(spans["Source"]), None),
        source_name=fields["source_name"],
        source_type=cast("SourceType", fields["source_type"]),
        content=tuple(spans["Content"]),
        via=next(iter(spans["Via"]), None),
        mode=cast("Mode", fields["mode"]),
        polarity=cast("Polarity", fields["polarity"]),
    )
    return Located(record, cue.where)


def _stance(
    results: Results, region: str | None, attribution: str | None, claim_id: str
) -> Located | None:
    names = (STANCE, NOTE) if region is None else (STATEMENT, STATEMENT_NOTE)
    label, note = (results.fields.get((region, name + claim_id)) for name in names)
    if label is None:
        if note is not None:
            results.problem(note.where, "a note without a stance; choose one or delete it")
        return None
    record = StanceRecord(
        claim_id=claim_id,
        attribution=attribution,
        label=cast("StanceLabel", label.content),
        note=None if note is None else note.content,
    )
    return Located(record, label.where)
