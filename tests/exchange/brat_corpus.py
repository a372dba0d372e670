"""A corpus of two short documents, small enough to write its brat files down by hand."""

import hashlib
import json
from pathlib import Path

from arnews_bench.annotations import GOLD

TITLE = "لافروف: روسيا مستعدة"
BODY = "قال بوتين نعم، بحسب رويترز، للسلام."
TEXT = f"{TITLE}\n{BODY}"
HEADLINE = "بوتين في موسكو"

# p-a; the surfaces are left out here and filled in from the offsets.
ENTITIES = [(0, 6, "PERS"), (8, 13, "GPE"), (25, 30, "PERS"), (41, 47, "ORG")]

ANN = """\
T1	Document 0 20	لافروف: روسيا مستعدة
T2	PERS 0 6	لافروف
T3	GPE 8 13	روسيا
T4	PERS 25 30	بوتين
T5	ORG 41 47	رويترز
T6	Attribution 6 7	:
T7	Source 0 6	لافروف
T8	Content 8 20	روسيا مستعدة
T9	Attribution 21 24	قال
T10	Source 25 30	بوتين
T11	Content 31 34;49 55	نعم للسلام
T12	Via 41 47	رويترز
E1	Attribution:T6 Source:T7 Content:T8
E3	Attribution:T9 Source:T10 Content:T11 Via:T12
A1	SourceType E1 person
A2	Mode E1 indirect
A3	Polarity E1 asserted
A4	SourceType E3 person
A5	Mode E3 mixed
A6	Polarity E3 denied
A7	C01 T1 agree
A8	C01 E1 agree
A9	C01 E3 discuss
A10	C02 T1 unrelated
#1	AnnotatorNotes E1	source_name = لافروف
#2	AnnotatorNotes E3	source_name = فلاديمير بوتين
#3	AnnotatorNotes A7	both speakers say so
"""


def make_corpus(data: Path) -> Path:
    """Write the corpus into a folder."""
    raw = f"{TEXT}\n{HEADLINE}\n".encode()
    (data / "raw").mkdir(parents=True)
    (data / "raw" / "p.txt").write_bytes(raw)
    page = {"page": "p", "file": "p.txt", "sha256": hashlib.sha256(raw).hexdigest()}
    _write(data / "raw" / "manifest.jsonl", [page | {"split": "test", "fold": 0}])
    annotations = data / "annotations"
    _write(
        annotations / "documents.jsonl",
        [
            _document("p-a", "article", title=(0, TITLE), body=(21, BODY)),
            _document("p-b", "headline", title=(57, HEADLINE), body=None),
        ],
    )
    claim = {"claim": "روسيا مستعدة للسلام.", "event_ids": ["e"], "entities": [["روسيا"]]}
    _write(annotations / "claims.jsonl", [{"claim_id": c} | claim for c in ("C01", "C02")])
    unrelated = [{"layer": "stance", "claim_id": c, "label": "unrelated"} for c in ("C01", "C02")]
    _write(annotations / GOLD / "p-a.jsonl", _records())
    _write(annotations / GOLD / "p-b.jsonl", unrelated)
    return data


def _records() -> list[dict]:
    def span(start: int, end: int) -> dict:
        return {"start": start, "end": end, "text": TEXT[start:end]}

    entities = [
        {"layer": "entity", "start": start, "end": end, "type": kind, "text": TEXT[start:end]}
        for start, end, kind in ENTITIES
    ]
    first = {
        "layer": "attribution", "id": "A01", "cue": span(6, 7), "source": span(0, 6),
        "source_name": "لافروف", "source_type": "person", "content": [span(8, 20)], "via": None,
        "mode": "indirect", "polarity": "asserted",
    }  # fmt: skip
    second = {
        "layer": "attribution", "id": "A03", "cue": span(21, 24), "source": span(25, 30),
        "source_name": "فلاديمير بوتين", "source_type": "person",
        "content": [span(31, 34), span(49, 55)], "via": span(41, 47),
        "mode": "mixed", "polarity": "denied",
    }  # fmt: skip
    stance = {"layer": "stance", "claim_id": "C01"}
    return [
        *entities,
        first,
        second,
        stance | {"label": "agree", "note": "both speakers say so"},
        stance | {"attribution": "A01", "label": "agree"},
        stance | {"attribution": "A03", "label": "discuss"},
        {"layer": "stance", "claim_id": "C02", "label": "unrelated"},
    ]


def _document(doc_id: str, kind: str, **parts: tuple[int, str] | None) -> dict:
    slices = {
        name: part
        and {"start": part[0], "end": part[0] + len(part[1]), "begins": part[1], "ends": part[1]}
        for name, part in parts.items()
    }
    return {
        "doc_id": doc_id, "page": "p", "kind": kind, **slices, "outlet": None, "event_id": "e",
        "topic": "t", "translated_from": None, "date": None,
    }  # fmt: skip


def _write(path: Path, records: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(r, ensure_ascii=False)}\n" for r in records), "utf-8")
