"""From sources to rows: on a small corpus worked by hand, and on the committed one."""

import hashlib
from dataclasses import dataclass

import msgspec
import pytest

from arnews_bench import data_dir
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
    read_sources,
)
from arnews_bench.corpus import (
    attribution_row,
    build,
    document_row,
    is_hard,
    ner_rows,
    stance_rows,
)
from arnews_bench.schema import Entity, TextSpan
from arnews_bench.text import token_spans

TITLE = "لافروف: لا تسوية"
BODY = "وأضاف وزير الخارجية الروسي أن موسكو «تنتظر. ولا تستعجل». ثم عاد إلى كييف"
RAW = f"TT\n{TITLE}\n\n(رويترز)\n{BODY}\n©"


@dataclass
class Doc:
    """What a test says of a document: slices of its page, or a text that is its own title."""

    title: str | None = TITLE
    body: str | None = BODY
    event: str = "talks"
    records: tuple = ()


def cut(raw, words):
    if words is None:
        return None
    start = raw.index(words)
    return Slice(start=start, end=start + len(words), begins=words, ends=words)


def make_sources(documents, claims=(), splits=None):
    """Sources in memory; the page of a document is what stands before its dash."""
    pages = sorted({doc_id.split("-")[0] for doc_id in documents})
    return Sources(
        pages={
            page: Page(
                page=page,
                file="",
                sha256=hashlib.sha256(RAW.encode()).hexdigest(),
                split=(splits or {}).get(page, "test"),
                fold=fold,
            )
            for fold, page in enumerate(pages)
        },
        raw=dict.fromkeys(pages, RAW),
        raw_bytes=dict.fromkeys(pages, RAW.encode()),
        documents={
            doc_id: DocumentRecord(
                doc_id=doc_id,
                page=doc_id.split("-")[0],
                kind="article",
                title=cut(RAW, doc.title),
                body=cut(RAW, doc.body),
                outlet=None,
                event_id=doc.event,
                topic="diplomacy",
                translated_from=None,
                date=None,
            )
            for doc_id, doc in documents.items()
        },
        claims={claim.claim_id: claim for claim in claims},
        annotations={
            doc_id: tuple(Located(record, "") for record in doc.records)
            for doc_id, doc in documents.items()
        },
    )


TEXT = f"{TITLE}\n{BODY}"


def span(words):
    start = TEXT.index(words)
    return TextSpan(start=start, end=start + len(words), text=words)


def entity(words, name):
    found = span(words)
    return EntityRecord(start=found.start, end=found.end, type=name, text=words)


def attribution(name, cue, *content):
    return AttributionRecord(
        id=name,
        cue=span(cue),
        source=None,
        source_name="لافروف",
        source_type="person",
        content=tuple(span(words) for words in content),
        via=None,
        mode="direct",
        polarity="asserted",
    )


def claim(name, *entities, events=()):
    return Claim(claim_id=name, claim=f"نص {name}", event_ids=events, entities=entities)


def stance(claim_id, label="unrelated", attribution_id=None):
    return StanceRecord(claim_id=claim_id, label=label, attribution=attribution_id)


def ids(rows):
    return [row.id for row in rows]


# ---------------------------------------------------------------------------- documents


@pytest.mark.parametrize(
    ("title", "body", "title_span", "body_span"),
    [
        (TITLE, BODY, (0, 16), (17, 17 + len(BODY))),
        (TITLE, None, (0, 16), None),
        (None, BODY, None, (0, len(BODY))),
    ],
)
def test_a_document_says_where_its_title_and_body_stand(title, body, title_span, body_span):
    row = document_row(make_sources({"000-a": Doc(title, body)}), "000-a")
    assert (row.title_span, row.body_span) == (title_span, body_span)
    for words, bounds in ((title, title_span), (body, body_span)):
        assert words is None or row.text[slice(*bounds)] == words


def test_the_raw_slices_joined_with_a_newline_are_the_text():
    row = document_row(make_sources({"000-a": Doc()}), "000-a")
    assert row.raw_slices == ((3, 19), (30, 30 + len(BODY)))
    assert "\n".join(RAW[start:end] for start, end in row.raw_slices) == row.text == TEXT


def test_the_fold_of_a_row_is_that_of_its_page():
    sources = make_sources({"000-a": Doc(), "004-a": Doc()})
    assert [document_row(sources, doc_id).fold for doc_id in sources.documents] == [0, 1]
    assert attribution_row(sources, "004-a").fold == 1
    assert {row.fold for row in ner_rows(sources, "004-a")} == {1}


# ---------------------------------------------------------------------------- entities


def test_a_row_a_sentence_with_tokens_tags_and_nested_entities():
    records = (
        entity("لافروف", "PERS"),
        entity("وزير الخارجية الروسي", "OCC"),
        entity("الروسي", "NORP"),
        entity("إلى كييف", "LOC"),
        entity("كييف", "GPE"),
    )
    first, second, third = ner_rows(make_sources({"000-a": Doc(records=records)}), "000-a")
    assert (first.id, first.doc_id, first.start) == ("000-a#0", "000-a", 0)
    assert first.text == TITLE
    assert first.tokens == ("لافروف", ":", "لا", "تسوية")
    assert first.token_spans == ((0, 6), (6, 7), (8, 10), (11, 16))
    assert first.ner_tags == ("B-PER", "O", "O", "O")
    assert first.entities == (Entity(start=0, end=6, type="PERS", text="لافروف"),)

    assert (second.id, second.start) == ("000-a#1", 17)
    assert second.text.endswith("ولا تستعجل».")
    assert second.ner_tags == ("O", "O", "O", "B-MISC", *["O"] * 9)
    assert second.entities == (
        Entity(start=6, end=26, type="OCC", text="وزير الخارجية الروسي"),
        Entity(start=20, end=26, type="NORP", text="الروسي"),
    )

    assert (third.id, third.text) == ("000-a#2", "ثم عاد إلى كييف")
    assert third.ner_tags == ("O", "O", "B-LOC", "I-LOC")
    assert third.entities == (
        Entity(start=7, end=15, type="LOC", text="إلى كييف"),
        Entity(start=11, end=15, type="GPE", text="كييف"),
    )


# ---------------------------------------------------------------------------- attributions


def test_an_attribution_row_holds_the_whole_document_in_the_order_of_its_cues():
    later, earlier = attribution("A02", "وأضاف", "موسكو"), attribution("A01", ":", "لا تسوية")
    row = attribution_row(make_sources({"000-a": Doc(records=(later, earlier))}), "000-a")
    assert (row.id, row.doc_id, row.text) == ("000-a", "000-a", TEXT)
    assert [row.text[start:end] for start, end in row.sentences] == [
        TITLE,
        BODY.removesuffix(" ثم عاد إلى كييف"),
        "ثم عاد إلى كييف",
    ]
    assert row.attributions == (earlier.row_value(), later.row_value())


# ---------------------------------------------------------------------------- hard pairs

ACTORS = claim("C01", ("روسيا", "موسكو"), ("أوكرانيا", "كييف"), events=("talks",))


@pytest.mark.parametrize(
    ("names", "hard"),
    [
        (("روسيا", "أوكرانيا"), True),
        (("لروسيا", "وأوكرانيا"), True),
        (("جمهورية روسيا الاتحادية", "كييف"), True),
        (("رُوسيا", "اوكرانيا"), True),
        (("روسيا", "موسكو"), False),  # two names of one entity
        (("روسيا", "روسيا"), False),
        (("أوكرانيا",), False),
        (("الروسية", "الأوكرانية"), False),
        ((), False),
    ],
)
def test_two_shared_entities_make_a_pair_hard(names, hard):
    assert is_hard(ACTORS, "elsewhere", names) is hard


def test_the_same_event_makes_a_pair_hard_without_any_entity():
    assert is_hard(ACTORS, "talks", []) is True


def test_one_mention_may_name_two_entities():
    assert is_hard(ACTORS, "elsewhere", ["الحرب بين روسيا وأوكرانيا"]) is True


def test_the_words_of_a_name_stand_one_after_another():
    two = claim("C01", ("إدارة ترمب",), ("كييف",))
    assert is_hard(two, "elsewhere", ["لإدارة ترمب", "كييف"])
    assert not is_hard(two, "elsewhere", ["إدارة الرئيس ترمب", "كييف"])
    assert not is_hard(two, "elsewhere", ["ترمب إدارة", "كييف"])
    assert not is_hard(two, "elsewhere", ["إدارة", "ترمب", "كييف"])


def test_a_name_is_no_part_of_a_longer_word():
    assert not is_hard(claim("C01", ("علي",), ("مصر",)), "elsewhere", ["عليه", "مصرف"])


# ---------------------------------------------------------------------------- stance


def test_a_document_pair_has_the_text_and_a_statement_pair_its_content_and_sentences():
    said = attribution("A01", "وأضاف", "موسكو", "عاد")
    records = (said, stance("C01", "agree"), stance("C01", "disagree", "A01"))
    document, statement = stance_rows(make_sources({"000-a": Doc(records=records)}, [ACTORS]))
    assert (document.id, document.granularity) == ("C01:000-a", "document")
    assert (document.text, document.context) == (TEXT, None)
    assert (document.label, document.claim) == ("agree", "نص C01")
    assert (statement.id, statement.granularity) == ("C01:000-a@A01", "statement")
    # The cue stands in the second sentence, the last content in the third.
    assert (statement.text, statement.context) == ("موسكو … عاد", BODY)
    assert statement.label == "disagree"


def test_the_context_of_a_statement_is_its_own_sentence_only():
    records = (
        attribution("A01", ":", "لا تسوية"),
        stance("C01", "agree"),
        stance("C01", "agree", "A01"),
    )
    *_, statement = stance_rows(make_sources({"000-a": Doc(records=records)}, [ACTORS]))
    assert (statement.text, statement.context) == ("لا تسوية", TITLE)


# Claims C00 to C09 are about the event "talks", C10 to C29 about nothing that is in the text.
CLAIMS = [
    *(claim(f"C{number:02}", events=("talks",)) for number in range(10)),
    *(claim(f"C{number:02}") for number in range(10, 30)),
]


def labelled(**labels):
    return tuple(stance(c.claim_id, labels.get(c.claim_id, "unrelated")) for c in CLAIMS)


def test_related_and_hard_pairs_are_kept_and_as_many_of_the_rest_drawn():
    records = labelled(C00="agree", C01="discuss", C20="disagree")
    rows = stance_rows(make_sources({"000-a": Doc(records=records)}, CLAIMS))
    kept = {row.claim_id for row in rows}
    related, hard = {"C00", "C01", "C20"}, {f"C{number:02}" for number in range(2, 10)}
    assert related | hard <= kept
    assert len(kept - related - hard) == len(hard) == 8
    assert {row.claim_id for row in rows if row.label != "unrelated"} == related


def test_the_rest_is_drawn_by_page():
    documents = {
        "000-a": Doc(records=labelled()),  # 10 hard pairs, 20 others
        "000-b": Doc(event="other", records=labelled()),  # 30 others
        "001-a": Doc(event="other", records=labelled()),  # no hard pair on this page
    }
    rows = stance_rows(make_sources(documents, CLAIMS))
    assert len(rows) == 10 + 10
    assert {row.doc_id for row in rows} == {"000-a", "000-b"}


def test_what_is_drawn_does_not_change_with_an_addition_elsewhere():
    documents = {"000-a": Doc(records=labelled(C00="agree"))}
    before = stance_rows(make_sources(documents, CLAIMS))
    documents["001-a"] = Doc(records=labelled())
    documents["002-a"] = Doc(event="other", records=labelled(C05="agree"))
    after = stance_rows(make_sources(documents, CLAIMS))
    assert [row for row in after if row.doc_id == "000-a"] == before


def test_the_draw_is_that_of_the_hashes_and_not_of_the_order():
    records = labelled()
    forward = stance_rows(make_sources({"000-a": Doc(records=records)}, CLAIMS))
    backward = stance_rows(make_sources({"000-a": Doc(records=records[::-1])}, CLAIMS[::-1]))
    assert forward == backward
    # The ten smallest SHA-256 of "C10:000-a" … "C29:000-a", not the first ten ids.
    assert ids(forward)[10:] != [f"C{number}:000-a" for number in range(10, 20)]


def test_of_statements_the_related_are_kept_and_as_many_of_the_others_drawn():
    cues = TEXT.replace(":", " :").split()[:9]
    said = tuple(attribution(f"A{n}", cue, "تسوية") for n, cue in enumerate(cues))
    labels = ["agree", "discuss", *["unrelated"] * 7]
    statements = tuple(stance("C00", label, f"A{n}") for n, label in enumerate(labels))
    records = (*said, stance("C00", "agree"), *statements)
    rows = stance_rows(make_sources({"000-a": Doc(records=records)}, CLAIMS))
    drawn = [row for row in rows if row.granularity == "statement"]
    assert [row.label for row in drawn].count("unrelated") == 2
    assert {"C00:000-a@A0", "C00:000-a@A1"} < set(ids(drawn))
    assert len(drawn) == 4


def test_a_pair_without_a_related_statement_gives_none():
    records = (
        attribution("A01", ":", "لا تسوية"),
        stance("C00", "agree"),
        stance("C00", "unrelated", "A01"),
    )
    rows = stance_rows(make_sources({"000-a": Doc(records=records)}, CLAIMS))
    assert ids(rows) == ["C00:000-a"]


def test_stance_rows_come_by_document_claim_and_id():
    said = (attribution("A01", ":", "لا تسوية"), attribution("A02", "وأضاف", "موسكو"))
    both = (
        *said,
        stance("C01", "agree", "A02"),
        stance("C01", "agree", "A01"),
        stance("C01", "agree"),
        stance("C00", "agree"),
        stance("C00", "agree", "A02"),
    )
    documents = {"001-b": Doc(records=(stance("C00", "agree"),)), "000-a": Doc(records=both)}
    assert ids(stance_rows(make_sources(documents, CLAIMS))) == [
        "C00:001-b",
        "C00:000-a",
        "C00:000-a@A02",
        "C01:000-a",
        "C01:000-a@A01",
        "C01:000-a@A02",
    ]


# ---------------------------------------------------------------------------- files


def test_rows_lie_in_the_split_of_their_page():
    records = (stance("C00", "agree"),)
    documents = {page + "-a": Doc(records=records) for page in ("000", "001", "002")}
    splits = {"000": "test", "001": "train", "002": "validation"}
    files = build(make_sources(documents, CLAIMS, splits))
    assert sorted(files) == [
        "attribution/test.jsonl",
        "attribution/train.jsonl",
        "attribution/validation.jsonl",
        "documents/full.jsonl",
        "ner/test.jsonl",
        "ner/train.jsonl",
        "ner/validation.jsonl",
        "stance/test.jsonl",
        "stance/train.jsonl",
        "stance/validation.jsonl",
    ]
    assert files["documents/full.jsonl"].count(b"\n") == 3
    for page, split in splits.items():
        for config in ("ner", "stance", "attribution"):
            lines = files[f"{config}/{split}.jsonl"].splitlines()
            assert {msgspec.json.decode(line)["doc_id"] for line in lines} == {f"{page}-a"}


def test_a_split_without_documents_is_an_empty_file():
    files = build(make_sources({"000-a": Doc()}))
    assert files["ner/train.jsonl"] == b""


def test_the_same_sources_give_the_same_bytes():
    sources = read_sources(data_dir())
    page = {key: doc for key, doc in sources.documents.items() if doc.page == "000"}
    first = build(sources._replace(documents=page))
    assert build(read_sources(data_dir())._replace(documents=page)) == first


def test_the_tokens_of_the_sentences_are_those_of_the_document():
    sources = read_sources(data_dir())
    for doc_id in sources.documents:
        text = sources.text(doc_id)
        found = [
            (row.start + start, row.start + end)
            for row in ner_rows(sources, doc_id)
            for start, end in row.token_spans
        ]
        assert found == token_spans(text)
