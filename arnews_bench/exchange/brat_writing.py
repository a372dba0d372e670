"""From the gold annotation to a folder that brat opens."""

import re
from collections.abc import Mapping, Sequence

from arnews_bench.annotations import AttributionRecord, EntityRecord, Sources
from arnews_bench.errors import InputError
from arnews_bench.exchange.brat_config import (
    ATTRIBUTION,
    DOCUMENT,
    NOTE,
    SOURCE_NAME,
    config_files,
)
from arnews_bench.exchange.brat_standoff import (
    Attribute,
    Event,
    Line,
    Note,
    TextBound,
    covered_text,
    fragments,
    join_fragments,
)
from arnews_bench.schema import TextSpan
from arnews_bench.text import Span

__all__ = ["write_brat"]

_RECORD_ID = re.compile(r"A(?:0[1-9]|[1-9]\d+)")


def write_brat(sources: Sources, doc_ids: Sequence[str]) -> Mapping[str, bytes]:
    """The text and the annotation of each document, and brat's configuration.

    Raises:
        InputError: An attribution has an id that no event id stands for, or parts that brat
            cannot tell apart.
    """
    files = config_files(sources.claims)
    for doc_id in doc_ids:
        files[f"{doc_id}.txt"] = sources.text(doc_id).encode()
        lines = _DocumentWriter(sources, doc_id).lines()
        files[f"{doc_id}.ann"] = "".join(f"{line}\n" for line in lines).encode()
    return files


class _DocumentWriter:
    """Numbers the annotations of one document in the order in which they are written."""

    def __init__(self, sources: Sources, doc_id: str) -> None:
        self._sources, self._doc_id = sources, doc_id
        self._text = sources.text(doc_id)
        self._spans: list[TextBound] = []
        self._attributes: list[Attribute] = []
        self._notes: list[Note] = []

    def lines(self) -> list[Line]:
        title = self._span(DOCUMENT, Span(0, len(self._text.split("\n", 1)[0])))
        for entity in self._sources.entities(self._doc_id):
            self._span(entity.type, entity)
        records = self._sources.attributions(self._doc_id)
        events = {record.id: self._event(record) for record in records}
        for stance in self._sources.stances(self._doc_id):
            target = title if stance.attribution is None else events[stance.attribution].id
            attribute = self._attribute(stance.claim_id, target, stance.label)
            if stance.note is not None:
                self._note(attribute, stance.note)
        return [*self._spans, *events.values(), *self._attributes, *self._notes]

    def _event(self, record: AttributionRecord) -> Event:
        if not _RECORD_ID.fullmatch(record.id):
            raise InputError(
                f"{self._doc_id}: the attribution {record.id!r} cannot be exported to brat: "
                "ids are A01, A02, …"
            )
        cue = self._span(ATTRIBUTION, record.cue)
        arguments = []
        if record.source is not None:
            arguments.append(("Source", self._span("Source", record.source)))
        arguments.append(("Content", self._span("Content", *record.content)))
        if record.via is not None:
            arguments.append(("Via", self._span("Via", record.via)))
        event = Event(f"E{int(record.id[1:])}", ATTRIBUTION, cue, tuple(arguments))
        self._attribute("SourceType", event.id, record.source_type)
        self._attribute("Mode", event.id, record.mode)
        self._attribute("Polarity", event.id, record.polarity)
        self._note(event.id, f"{SOURCE_NAME} = {record.source_name}")
        return event

    def _span(self, kind: str, *spans: TextSpan | EntityRecord | Span) -> str:
        wanted = tuple(sorted(Span(span.start, span.end) for span in spans))
        parts = fragments(self._text, wanted)
        if join_fragments(self._text, parts) != wanted:
            raise InputError(
                f"{self._doc_id}: a {kind} at {wanted[0].start} has two parts with only a line "
                "break between them; brat cannot tell them from one"
            )
        surface = covered_text(self._text, parts)
        self._spans.append(TextBound(f"T{len(self._spans) + 1}", kind, parts, surface))
        return self._spans[-1].id

    def _attribute(self, name: str, target: str, value: str) -> str:
        self._attributes.append(Attribute(f"A{len(self._attributes) + 1}", name, target, value))
        return self._attributes[-1].id

    def _note(self, target: str, text: str) -> None:
        self._notes.append(Note(f"#{len(self._notes) + 1}", NOTE, target, text))
