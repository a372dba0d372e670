"""Rules of the records of a document: spans, entities, attributions and stances."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from arnews_bench.annotations import (
    AttributionRecord,
    EntityRecord,
    Located,
    Sources,
    StanceRecord,
)
from arnews_bench.schema import TextSpan
from arnews_bench.text import sentence_spans, token_spans
from arnews_bench.validation.violation import Rule, Violation

__all__ = ["EVERY_CLAIM_LABELLED", "KNOWN_ATTRIBUTION", "RECORD_RULES"]

# The rule that a document breaks until its stances are annotated.
EVERY_CLAIM_LABELLED = "every-claim-labelled"
# The rule that a stance breaks whose attribution is not there.
KNOWN_ATTRIBUTION = "known-attribution"


class _Layout(NamedTuple):
    """The text of a document, with the places where a span may start or end."""

    text: str
    starts: frozenset[int]
    ends: frozenset[int]
    sentence_of: Callable[[int], int]


def _spans(sources: Sources) -> Iterator[Violation]:
    """Offsets lie inside the text, on token boundaries, and carry the surface that is there."""
    for doc_id in sources.annotations:
        layout = _layout(sources.text(doc_id))
        for located in sources.annotations[doc_id]:
            for name, span in _named_spans(located):
                yield from _check_span(located.where, name, span, layout)


def _check_span(
    where: str, name: str, span: TextSpan | EntityRecord, layout: _Layout
) -> Iterator[Violation]:
    if not _inside(span, layout.text):
        yield Violation(
            where,
            "offset-inside-text",
            f"{name} [{span.start}, {span.end}) of a text of {len(layout.text)} characters",
        )
        return
    found = layout.text[span.start : span.end]
    if found != span.text:
        yield Violation(
            where, "surface-equals-slice", f"{name} is {span.text!r}, the text has {found!r}"
        )
    if span.start not in layout.starts or span.end not in layout.ends:
        yield Violation(where, "token-boundary", f"{name} {found!r} cuts through a token")


def _inside(span: TextSpan | EntityRecord, text: str) -> bool:
    return 0 <= span.start < span.end <= len(text)


def _entities(sources: Sources) -> Iterator[Violation]:
    """Entities nest or lie apart, stay in their sentence, and no span carries two types."""
    for doc_id in sources.annotations:
        layout = _layout(sources.text(doc_id))
        located = [
            (item.record, item.where)
            for item in sources.annotations[doc_id]
            # A span outside the text is reported as that, and has no neighbours to cross.
            if isinstance(item.record, EntityRecord) and _inside(item.record, layout.text)
        ]
        located.sort(key=lambda pair: (pair[0].start, -pair[0].end))
        for position, (entity, where) in enumerate(located):
            if layout.sentence_of(entity.start) != layout.sentence_of(entity.end - 1):
                yield Violation(where, "inside-a-sentence", repr(entity.text))
            for other, _ in located[:position]:
                if (other.start, other.end) == (entity.start, entity.end):
                    yield Violation(
                        where, "one-type-a-span", f"{entity.text!r}: {other.type}, {entity.type}"
                    )
                elif other.start < entity.start < other.end < entity.end:
                    yield Violation(where, "no-crossing", f"{other.text!r} and {entity.text!r}")


def _attributions(sources: Sources) -> Iterator[Violation]:
    """Attributions have an id and a cue of their own, content and a speaker."""
    for doc_id in sources.annotations:
        layout = _layout(sources.text(doc_id))
        seen: set[str | tuple[int, int]] = set()
        for item in sources.annotations[doc_id]:
            record, where = item.record, item.where
            if not isinstance(record, AttributionRecord):
                continue
            if record.id in seen:
                yield Violation(where, "unique-id", f"{record.id} was there before")
            cue = (record.cue.start, record.cue.end)
            if cue in seen:
                yield Violation(where, "one-record-a-cue", repr(record.cue.text))
            seen |= {record.id, cue}
            yield from _check_attribution(where, record, layout)


def _check_attribution(
    where: str, record: AttributionRecord, layout: _Layout
) -> Iterator[Violation]:
    if not record.source_name.strip():
        yield Violation(where, "has-source-name", "the speaker is always resolved")
    if not record.content:
        yield Violation(where, "has-content", "no content span")
    for first, second in pairwise(sorted(record.content, key=lambda span: span.start)):
        if second.start < first.end:
            yield Violation(where, "content-apart", f"{first.text!r} and {second.text!r}")
    cue_sentence = layout.sentence_of(record.cue.start)
    for name, span in (("source", record.source), ("via", record.via)):
        if span is not None and layout.sentence_of(span.start) != cue_sentence:
            yield Violation(where, "beside-the-cue", f"{name} is in another sentence")


def _stances(sources: Sources) -> Iterator[Violation]:
    """Every pair of claim and document is labelled once, statements name known attributions."""
    for doc_id in sources.annotations:
        attributions = {record.id for record in sources.attributions(doc_id)}
        seen: dict[tuple[str, str | None], str] = {}
        for item in sources.annotations[doc_id]:
            record, where = item.record, item.where
            if not isinstance(record, StanceRecord):
                continue
            key = (record.claim_id, record.attribution)
            if record.claim_id not in sources.claims:
                yield Violation(where, "known-claim", f"there is no claim {record.claim_id!r}")
            if record.attribution is not None and record.attribution not in attributions:
                yield Violation(where, KNOWN_ATTRIBUTION, f"no {record.attribution} in {doc_id}")
            if key in seen:
                yield Violation(where, "one-label-a-pair", f"labelled before at {seen[key]}")
            seen[key] = where
        missing = [claim_id for claim_id in sources.claims if (claim_id, None) not in seen]
        if missing:
            yield Violation(
                f"{doc_id}.jsonl", EVERY_CLAIM_LABELLED, _none_of(missing, sources.claims)
            )
        yield from _statements(doc_id, sources, attributions)


def _none_of(missing: Sequence[str], claims: Collection[str]) -> str:
    """What to say of missing claims: a document that nobody annotated yet lacks them all."""
    if len(missing) == len(claims):
        return f"all {len(claims)} claims are missing"
    return f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"


def _statements(doc_id: str, sources: Sources, attributions: set[str]) -> Iterator[Violation]:
    """A related document pair has all its statements labelled, an unrelated one has none."""
    labels = {s.claim_id: s.label for s in sources.stances(doc_id) if s.attribution is None}
    labelled: dict[str, set[str]] = {claim_id: set() for claim_id in labels}
    for stance in sources.stances(doc_id):
        if stance.attribution is not None:
            labelled.setdefault(stance.claim_id, set()).add(stance.attribution)
    for claim_id, label in labels.items():
        wanted = attributions if label != "unrelated" else set()
        if labelled[claim_id] != wanted:
            wrong = ", ".join(sorted(labelled[claim_id] ^ wanted))
            yield Violation(
                f"{doc_id}.jsonl",
                "statements-of-related-pairs",
                f"{claim_id} is {label}; missing or too many: {wrong}",
            )


def _named_spans(located: Located) -> Iterator[tuple[str, TextSpan | EntityRecord]]:
    record = located.record
    if isinstance(record, EntityRecord):
        yield "entity", record
    elif isinstance(record, AttributionRecord):
        yield "cue", record.cue
        for span in record.content:
            yield "content", span
        if record.source is not None:
            yield "source", record.source
        if record.via is not None:
            yield "via", record.via


@lru_cache(maxsize=128)  # three groups of rules look at each document
def _layout(text: str) -> _Layout:
    tokens = token_spans(text)
    sentence_at: Mapping[int, int] = {
        position: number
        for number, span in enumerate(sentence_spans(text))
        for position in range(span.start, span.end)
    }
    return _Layout(
        text,
        frozenset(token.start for token in tokens),
        frozenset(token.end for token in tokens),
        lambda position: sentence_at.get(position, -1),
    )


RECORD_RULES: tuple[Rule, ...] = (_spans, _entities, _attributions, _stances)
