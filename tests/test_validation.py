"""Each rule is broken once, in a copy of the corpus, and that rule alone is reported.

Document 000-c of the copy carries what the test says, from line 1, and then a label `unrelated`
for every claim. Its text is taken from the page, so that no offset here is
typed by hand.
"""

import json
import shutil

import pytest

from arnews_bench import data_dir
from arnews_bench.annotations import GOLD, read_sources
from arnews_bench.errors import InputError
from arnews_bench.validation import Violation, require_valid, validate

DOC = "000-c"
TITLE = "زيلينسكي: مقتل 15 ألف جندي روسي خلال القتال في كورسك"


@pytest.fixture
def data(tmp_path):
    """A copy of the pages and of the documents of page 000."""
    shutil.copytree(data_dir() / "raw", tmp_path / "raw")
    source, copy = data_dir() / "annotations", tmp_path / "annotations"
    shutil.copytree(source, copy)
    documents = [d for d in lines_of(copy / "documents.jsonl") if d["page"] == "000"]
    shutil.rmtree(copy / GOLD)
    (copy / GOLD).mkdir()
    write(copy / "documents.jsonl", documents)
    events = {document["event_id"] for document in documents}
    for claim in (claims := lines_of(copy / "claims.jsonl")):
        claim["event_ids"] = [event for event in claim["event_ids"] if event in events]
    write(copy / "claims.jsonl", claims)
    for document in documents:
        name = f"{document['doc_id']}.jsonl"
        shutil.copy(source / GOLD / name, copy / GOLD / name)
    annotate(tmp_path)
    return tmp_path


def lines_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


def annotate(data, *records, doc_id=DOC, labels=None):
    """Annotate a document; a claim without a label of its own in `labels` is unrelated."""
    claims = [claim["claim_id"] for claim in lines_of(data / "annotations" / "claims.jsonl")]
    labels = dict.fromkeys(claims, "unrelated") | (labels or {})
    stances = [stance(claim, label) for claim, label in labels.items() if label]
    write(data / "annotations" / GOLD / f"{doc_id}.jsonl", [*records, *stances])


def edit_document(data, doc_id, edit):
    path = data / "annotations" / "documents.jsonl"
    documents = lines_of(path)
    edit(next(document for document in documents if document["doc_id"] == doc_id))
    write(path, documents)


def broken(data):
    return [(violation.rule, violation.where) for violation in validate(read_sources(data))]


def span(data, words, *, shift=0):
    """Where `words` stand in the document, moved by `shift`."""
    start = read_sources(data).text(DOC).index(words) + shift
    return {"start": start, "end": start + len(words), "text": words}


def entity(data, words, name="ORG", *, shift=0):
    return {"layer": "entity", "type": name, **span(data, words, shift=shift)}


def attribution(data, at="أكد", name="A01", **changes):
    record = {
        "layer": "attribution", "id": name, "cue": span(data, at), "source": None,
        "source_name": "مسؤول", "source_type": "anonymous", "content": [span(data, "قواته تكبّد")],
        "via": None, "mode": "indirect", "polarity": "asserted",
    }  # fmt: skip
    return record | changes


def stance(claim_id, label="agree", attribution_id=None):
    return {
        "layer": "stance",
        "claim_id": claim_id,
        "label": label,
        "attribution": attribution_id,
    }


# ---------------------------------------------------------------------------- a sound corpus


def test_the_committed_corpus_breaks_no_rule():
    assert validate(read_sources(data_dir())) == []


def test_sound_records_break_no_rule(data):
    records = [
        entity(data, "خلال القتال", "EVENT"),
        entity(data, "القتال", "ORG"),
        entity(data, "في", "LOC"),
        attribution(data, source=span(data, "مسؤول عسكري أوكراني"), via=span(data, "الاثنين")),
        attribution(data, "إعلان", "A02", content=[span(data, "المنطقة"), span(data, "هذه")]),
        stance("C01", "discuss", "A01"),
        stance("C01", "unrelated", "A02"),
    ]
    annotate(data, *records, labels={"C01": "agree"})
    assert broken(data) == []


def test_a_sound_corpus_passes_and_another_stops_with_all_violations(data):
    require_valid(read_sources(data))
    annotate(data, stance("C98", "unrelated"), stance("C99", "unrelated"))
    with pytest.raises(InputError) as caught:
        require_valid(read_sources(data))
    assert str(caught.value) == (
        "The corpus breaks 2 rule(s):\n"
        "  000-c.jsonl:1: known-claim: there is no claim 'C98'\n"
        "  000-c.jsonl:2: known-claim: there is no claim 'C99'"
    )


# ---------------------------------------------------------------------------- spans


def test_a_shifted_offset(data):
    annotate(data, entity(data, "مقتل", shift=1))
    assert broken(data) == [
        ("surface-equals-slice", "000-c.jsonl:1"),
        ("token-boundary", "000-c.jsonl:1"),
    ]


def test_a_wrong_surface(data):
    annotate(data, entity(data, "مقتل") | {"text": "قتيل"})
    detail = "entity is 'قتيل', the text has 'مقتل'"
    assert validate(read_sources(data)) == [
        Violation("000-c.jsonl:1", "surface-equals-slice", detail)
    ]


@pytest.mark.parametrize("part", ["مقت", "تل", "قت"])
def test_half_a_token(data, part):
    annotate(data, entity(data, part))
    assert broken(data) == [("token-boundary", "000-c.jsonl:1")]


@pytest.mark.parametrize(("start", "end"), [(5000, 5010), (7, 7), (-9, -1)])
def test_an_offset_outside_the_text(data, start, end):
    annotate(data, entity(data, "مقتل") | {"start": start, "end": end})
    assert broken(data) == [("offset-inside-text", "000-c.jsonl:1")]


@pytest.mark.parametrize("field", ["cue", "source", "via", "content"])
def test_each_span_of_an_attribution_is_checked(data, field):
    bad = span(data, "مسؤول عسكري") | {"text": "وزير"}
    annotate(data, attribution(data, **{field: [bad] if field == "content" else bad}))
    (violation,) = validate(read_sources(data))
    assert violation.rule == "surface-equals-slice"
    assert violation.detail.startswith(f"{field} is 'وزير'")


# ---------------------------------------------------------------------------- entities


def test_entities_that_cross(data):
    annotate(data, entity(data, "خلال القتال"), entity(data, "القتال في"))
    assert broken(data) == [("no-crossing", "000-c.jsonl:2")]


def test_two_types_on_a_span(data):
    annotate(data, entity(data, "مقتل", "ORG"), entity(data, "مقتل", "GPE"))
    detail = "'مقتل': ORG, GPE"
    assert validate(read_sources(data)) == [Violation("000-c.jsonl:2", "one-type-a-span", detail)]


def test_an_entity_across_sentences(data):
    annotate(data, entity(data, "كورسك\nأكد"))
    assert broken(data) == [("inside-a-sentence", "000-c.jsonl:1")]


# ---------------------------------------------------------------------------- attributions


def test_an_attribution_id_given_twice(data):
    annotate(data, attribution(data, "أكد", "A01"), attribution(data, "إعلان", "A01"))
    assert broken(data) == [("unique-id", "000-c.jsonl:2")]


def test_two_records_on_a_cue(data):
    annotate(data, attribution(data, "أكد", "A01"), attribution(data, "أكد", "A02"))
    assert broken(data) == [("one-record-a-cue", "000-c.jsonl:2")]


def test_no_content(data):
    annotate(data, attribution(data, content=[]))
    assert broken(data) == [("has-content", "000-c.jsonl:1")]


@pytest.mark.parametrize("name", ["", " \u00a0"])
def test_an_empty_source_name(data, name):
    annotate(data, attribution(data, source_name=name))
    assert broken(data) == [("has-source-name", "000-c.jsonl:1")]


def test_content_spans_that_overlap(data):
    content = [span(data, "تكبّد قوات"), span(data, "قواته تكبّد")]
    annotate(data, attribution(data, content=content))
    assert broken(data) == [("content-apart", "000-c.jsonl:1")]


@pytest.mark.parametrize("field", ["source", "via"])
def test_a_source_or_via_in_another_sentence(data, field):
    annotate(data, attribution(data, **{field: span(data, "زيلينسكي")}))
    detail = f"{field} is in another sentence"
    assert validate(read_sources(data)) == [Violation("000-c.jsonl:1", "beside-the-cue", detail)]


# ---------------------------------------------------------------------------- stance


def test_an_unknown_claim(data):
    annotate(data, stance("C99", "unrelated"))
    assert broken(data) == [("known-claim", "000-c.jsonl:1")]


def test_a_claim_without_a_label(data):
    annotate(data, labels={"C07": None})
    assert validate(read_sources(data)) == [
        Violation("000-c.jsonl", "every-claim-labelled", "C07 is missing")
    ]


def test_claims_without_a_label_are_one_violation_a_document(data):
    annotate(data, labels={"C07": None, "C02": None})
    assert validate(read_sources(data)) == [
        Violation("000-c.jsonl", "every-claim-labelled", "C02, C07 are missing")
    ]


def test_a_document_that_nobody_annotated_yet_is_one_violation(data):
    (data / "annotations" / GOLD / f"{DOC}.jsonl").write_bytes(b"")
    assert validate(read_sources(data)) == [
        Violation("000-c.jsonl", "every-claim-labelled", "all 35 claims are missing")
    ]


def test_a_pair_labelled_twice(data):
    annotate(data, stance("C01", "unrelated"))
    assert validate(read_sources(data)) == [
        Violation("000-c.jsonl:2", "one-label-a-pair", "labelled before at 000-c.jsonl:1")
    ]


def test_a_statement_labelled_twice(data):
    records = [attribution(data), stance("C01", "agree", "A01"), stance("C01", "agree", "A01")]
    annotate(data, *records, labels={"C01": "agree"})
    assert broken(data) == [("one-label-a-pair", "000-c.jsonl:3")]


def test_an_unknown_attribution(data):
    # It is also one statement too many for a pair without any.
    annotate(data, stance("C01", "agree", "A09"))
    assert broken(data) == [
        ("known-attribution", "000-c.jsonl:1"),
        ("statements-of-related-pairs", "000-c.jsonl"),
    ]


@pytest.mark.parametrize("label", ["agree", "disagree", "discuss"])
def test_a_related_pair_without_its_statements(data, label):
    records = [attribution(data), attribution(data, "إعلان", "A02"), stance("C01", label, "A01")]
    annotate(data, *records, labels={"C01": label})
    assert validate(read_sources(data)) == [
        Violation(
            "000-c.jsonl",
            "statements-of-related-pairs",
            f"C01 is {label}; missing or too many: A02",
        )
    ]


def test_an_unrelated_pair_with_statements(data):
    annotate(data, attribution(data), stance("C01", "unrelated", "A01"))
    assert broken(data) == [("statements-of-related-pairs", "000-c.jsonl")]


# ---------------------------------------------------------------------------- documents


def test_a_changed_byte_of_a_page(data):
    page = next((data / "raw").glob("004_*.txt"))
    content = bytearray(page.read_bytes())
    content[-1] ^= 1
    page.write_bytes(content)
    assert broken(data) == [("page-hash", f"raw/{page.name}")]


@pytest.mark.parametrize(("start", "end"), [(4883, 4884), (9000, 9010)])
def test_a_slice_outside_the_page(data, start, end):
    edit_document(data, DOC, lambda document: document["body"].update(start=start, end=end))
    assert broken(data) == [("slice-inside-page", "documents.jsonl: 000-c")]


def test_a_slice_that_is_not_stripped(data):
    def widen(document):
        document["body"]["end"] += 1
        document["body"]["ends"] += "\n"

    edit_document(data, DOC, widen)
    assert broken(data) == [("slice-stripped", "documents.jsonl: 000-c")]


@pytest.mark.parametrize("edge", ["begins", "ends"])
def test_a_slice_with_other_words_at_its_edge(data, edge):
    edit_document(data, DOC, lambda document: document["body"].update({edge: "لافروف"}))
    assert broken(data) == [("slice-words", "documents.jsonl: 000-c")]


def test_slices_that_overlap(data):
    edit_document(data, DOC, lambda document: document.update(body=document["title"]))
    assert validate(read_sources(data)) == [
        Violation("documents.jsonl: 000-c", "slices-apart", "overlaps 000-c")
    ]


def test_a_document_without_text(data):
    edit_document(data, DOC, lambda document: document.update(title=None, body=None))
    assert broken(data) == [("has-text", "documents.jsonl: 000-c")]


def test_a_copy_of_a_document(data):
    path = data / "annotations" / "documents.jsonl"
    documents = lines_of(path)
    caption = "وزير الخارجية الروسي سيرغي لافروف (رويترز)"
    raw = read_sources(data).raw["000"]
    first = raw.index(caption)
    for doc_id, start in (("000-y", first), ("000-z", raw.index(caption, first + 1))):
        title = {"start": start, "end": start + len(caption), "begins": "وزير", "ends": ")"}
        documents.append(
            documents[0] | {"doc_id": doc_id, "kind": "headline", "title": title, "body": None}
        )
        annotate(data, doc_id=doc_id)
    write(path, documents)
    assert validate(read_sources(data)) == [
        Violation("documents.jsonl: 000-z", "no-copy", "same text as 000-y")
    ]


def test_the_document_of_these_tests_is_the_one_on_the_page(data):
    assert read_sources(data).text(DOC).splitlines()[0] == TITLE


# ---------------------------------------------------------------------------- documents


def test_a_document_of_an_unknown_page(data):
    edit_document(data, DOC, lambda document: document.update(page="999"))
    assert broken(data) == [("known-page", f"documents.jsonl: {DOC}")]


def test_a_fold_that_is_not_the_place_in_the_manifest(data):
    pages = lines_of(data / "raw" / "manifest.jsonl")
    pages[2]["fold"] = 9
    write(data / "raw" / "manifest.jsonl", pages)
    assert broken(data) == [("fold-is-place", "raw/manifest.jsonl: 002")]


def test_an_unknown_split_is_not_read(data):
    pages = lines_of(data / "raw" / "manifest.jsonl")
    pages[2]["split"] = "tset"
    write(data / "raw" / "manifest.jsonl", pages)
    with pytest.raises(InputError, match=r"manifest\.jsonl:3: field `split`: .*'tset'"):
        read_sources(data)


@pytest.mark.parametrize(
    ("doc_id", "kind", "detail"),
    [
        ("000-b", "headline", "a headline with title and body"),
        ("000-b", "article", None),
    ],
)
def test_the_kind_of_a_document_says_which_parts_it_has(data, doc_id, kind, detail):
    edit_document(data, doc_id, lambda document: document.update(kind=kind))
    expected = [(f"documents.jsonl: {doc_id}", "shape-of-kind", detail)] if detail else []
    assert [tuple(violation) for violation in validate(read_sources(data))] == expected


def test_a_brief_needs_a_body(data):
    edit_document(data, "000-b", lambda document: document.update(body=None))
    assert ("shape-of-kind", "documents.jsonl: 000-b") in broken(data)


@pytest.mark.parametrize("day", ["6 January 2025", "2025-1-6", "2025-02-30", "20250106", ""])
def test_a_date_is_a_day_of_the_calendar(data, day):
    edit_document(data, DOC, lambda document: document.update(date=day))
    assert broken(data) == [("date-is-a-day", f"documents.jsonl: {DOC}")]


def test_an_event_in_two_splits(data):
    copy = data / "annotations" / "documents.jsonl"
    documents = lines_of(copy)
    path = data_dir() / "annotations" / "documents.jsonl"
    train = next(d for d in lines_of(path) if d["doc_id"] == "004-a")
    train["event_id"] = documents[0]["event_id"]
    write(copy, [*documents, train])
    annotate(data, doc_id="004-a")
    assert broken(data) == [("event-in-one-split", "documents.jsonl: 004-a")]


def test_a_claim_about_an_unknown_event(data):
    claims = lines_of(data / "annotations" / "claims.jsonl")
    claims[0]["event_ids"] = ["moon-landing"]
    write(data / "annotations" / "claims.jsonl", claims)
    assert broken(data) == [("known-event", "claims.jsonl: C01")]


@pytest.mark.parametrize("names", [["—"], [""], []])
def test_a_claim_with_an_entity_without_words(data, names):
    claims = lines_of(data / "annotations" / "claims.jsonl")
    claims[0]["entities"] = [names]
    write(data / "annotations" / "claims.jsonl", claims)
    assert broken(data) == [("entity-has-words", "claims.jsonl: C01")]


def test_a_document_cannot_name_a_file_outside_the_folder(data):
    edit_document(data, "000-b", lambda document: document.update(doc_id="../000-b"))
    path = data / "annotations" / GOLD / "000-b.jsonl"
    path.rename(data / "annotations" / "000-b.jsonl")
    found = [v for v in validate(read_sources(data)) if v.rule == "plain-name"]
    assert [violation.where for violation in found] == ["documents.jsonl: ../000-b"]
