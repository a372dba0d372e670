"""A corpus of two short documents in memory, with all that a format may stumble over.

A character outside the basic plane, a blank line, two spaces, a source that two attributions
share, a content of two spans, nested entities, and notes.
"""

from arnews_bench.annotations import (
    AttributionRecord,
    Claim,
    DocumentRecord,
    EntityRecord,
    Located,
    Page,
    Slice,
    Sources,
    StanceRecord,
)
from arnews_bench.schema import TextSpan

TITLE = "😀 لافروف: روسيا مستعدة"
BODY = "قال بوتين نعم، بحسب رويترز،  للسلام.\n\nوأضاف أنه عاد ونفى الحرب"
TEXT = f"{TITLE}\n{BODY}"
HEADLINE = "بوتين في موسكو"


def span(words: str) -> TextSpan:
    start = TEXT.index(words)
    return TextSpan(start=start, end=start + len(words), text=words)


def entity(words: str, kind: str, text: str = TEXT) -> EntityRecord:
    start = text.index(words)
    return EntityRecord(start=start, end=start + len(words), type=kind, text=words)


def attribution(name: str, cue: str, source: str, *content: str, **changes) -> AttributionRecord:
    fields = {
        "source_name": source, "source_type": "person", "via": None, "mode": "indirect",
        "polarity": "asserted",
    } | changes  # fmt: skip
    return AttributionRecord(
        id=name,
        cue=span(cue),
        source=span(source),
        content=tuple(span(words) for words in content),
        **fields,
    )


FIRST = [
    entity("لافروف", "PERS"),
    entity("روسيا", "GPE"),
    entity("بوتين", "PERS"),
    entity("رويترز", "ORG"),
    attribution("A01", ":", "لافروف", "روسيا مستعدة"),
    attribution(
        "A03", "قال", "بوتين", "نعم", "للسلام", source_name="فلاديمير بوتين", mode="mixed",
        via=span("رويترز"),
    ),
    attribution("A04", "ونفى", "بوتين", "الحرب", polarity="denied"),
    StanceRecord(claim_id="C01", label="agree", note="both speakers say so"),
    StanceRecord(claim_id="C01", attribution="A01", label="agree", note='he says "ready"'),
    StanceRecord(claim_id="C01", attribution="A03", label="discuss"),
    StanceRecord(claim_id="C01", attribution="A04", label="unrelated"),
    StanceRecord(claim_id="C02", label="unrelated"),
]  # fmt: skip
SECOND = [
    entity("بوتين", "PERS", HEADLINE),
    entity("موسكو", "GPE", HEADLINE),
    StanceRecord(claim_id="C01", label="unrelated"),
    StanceRecord(claim_id="C02", label="unrelated"),
]


def make_sources() -> Sources:
    """The documents p-a (train) and q-a (test)."""
    raw = {"p": f"{TITLE}\n{BODY}", "q": HEADLINE}
    return Sources(
        pages={"p": _page("p", "train", 0), "q": _page("q", "test", 1)},
        raw=raw,
        raw_bytes={page: text.encode() for page, text in raw.items()},
        documents={
            "p-a": _document("p-a", _slice(0, TITLE), _slice(len(TITLE) + 1, BODY)),
            "q-a": _document("q-a", _slice(0, HEADLINE), None),
        },
        claims={
            name: Claim(claim_id=name, claim=text, event_ids=("e",), entities=())
            for name, text in (("C01", "روسيا مستعدة للسلام."), ("C02", 'قال بوتين "لا" <أبداً>.'))
        },
        annotations={
            "p-a": tuple(Located(record, "") for record in FIRST),
            "q-a": tuple(Located(record, "") for record in SECOND),
        },
    )


def _page(name: str, split: str, fold: int) -> Page:
    return Page(page=name, file=f"{name}.txt", sha256="", split=split, fold=fold)


def _slice(start: int, words: str) -> Slice:
    return Slice(start=start, end=start + len(words), begins=words, ends=words)


def _document(doc_id: str, title: Slice, body: Slice | None) -> DocumentRecord:
    return DocumentRecord(
        doc_id=doc_id, page=doc_id[0], kind="article" if body else "headline", title=title,
        body=body, outlet=None, event_id="e", topic="t", translated_from=None, date=None,
    )  # fmt: skip
