"""Facts of an annotation, and decisions that settle where they differ."""

import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.adjudication import (
    Decision,
    Undecided,
    annotation_facts,
    read_decisions,
    undecided,
)
from arnews_bench.annotations import (
    PASSES,
    AttributionRecord,
    EntityRecord,
    Located,
    StanceRecord,
    read_sources,
)
from arnews_bench.errors import InputError

DOC = "000-c"
CUE = "attribution 53-56"


@pytest.fixture(scope="module")
def sources():
    """One document, as the first pass has it."""
    found = read_sources(ab.data_dir(), PASSES[0])
    return found._replace(
        documents={DOC: found.documents[DOC]}, annotations={DOC: found.annotations[DOC]}
    )


def changed(sources, kind, **fields):
    """The sources with the second record of a kind changed."""
    records = [item.record for item in sources.annotations[DOC]]
    place = [n for n, record in enumerate(records) if isinstance(record, kind)][1]
    records[place] = msgspec.structs.replace(records[place], **fields)
    return with_records(sources, records)


def with_records(sources, records):
    return sources._replace(annotations={DOC: tuple(Located(record, "") for record in records)})


def without_attributions(sources):
    records = [item.record for item in sources.annotations[DOC]]
    return with_records(
        sources,
        [
            record
            for record in records
            if not isinstance(record, AttributionRecord)
            and getattr(record, "attribution", None) is None
        ],
    )


def decision(item, passes, gold):
    return Decision(
        doc_id=DOC, item=item, surface="", passes=passes, gold=gold, reason="a rule says so"
    )


def test_facts_name_every_answer_by_its_place(sources):
    facts = annotation_facts(sources, DOC)
    assert facts["entity 0-8"] == "PERS"
    assert facts[CUE] == "أكد"
    assert facts[f"{CUE} source"] == "57-76 مسؤول عسكري أوكراني"
    assert facts[f"{CUE} via"] == ""
    assert facts[f"{CUE} mode"] == "mixed"
    assert facts[f"{CUE} polarity"] == "asserted"
    assert facts["stance C01"] == "unrelated"


def test_the_id_of_an_attribution_is_no_fact(sources):
    records = [item.record for item in sources.annotations[DOC]]
    renamed = [
        msgspec.structs.replace(r, id=f"X{r.id}")
        if isinstance(r, AttributionRecord)
        else msgspec.structs.replace(r, attribution=r.attribution and f"X{r.attribution}")
        if isinstance(r, StanceRecord)
        else r
        for r in records
    ]
    assert annotation_facts(with_records(sources, renamed), DOC) == annotation_facts(sources, DOC)


def test_passes_that_agree_with_the_gold_need_no_decision(sources):
    assert undecided([sources, sources], sources, []) == []


def test_a_difference_of_the_passes_needs_a_decision(sources):
    other = changed(sources, AttributionRecord, mode="indirect")
    (found,) = undecided([sources, other], sources, [])
    assert found == Undecided(
        doc_id=DOC, item=f"{CUE} mode", passes=("mixed", "indirect"), gold="mixed"
    )
    settled = decision(f"{CUE} mode", ("mixed", "indirect"), "mixed")
    assert undecided([sources, other], sources, [settled]) == []


def test_a_decision_counts_only_as_long_as_the_gold_follows_it(sources):
    other = changed(sources, AttributionRecord, mode="indirect")
    settled = decision(f"{CUE} mode", ("mixed", "indirect"), "indirect")
    (found,) = undecided([sources, other], sources, [settled])
    assert found.item == f"{CUE} mode"


def test_a_gold_that_differs_from_both_passes_needs_a_decision(sources):
    gold = changed(sources, EntityRecord, type="PERCENT")
    (found,) = undecided([sources, sources], gold, [])
    assert (found.passes, found.gold) == (("CARDINAL", "CARDINAL"), "PERCENT")


def test_of_a_record_that_one_pass_lacks_the_record_is_the_only_difference(sources):
    found = undecided([sources, without_attributions(sources)], sources, [])
    assert [place.item for place in found if place.item.startswith("attribution")] == [
        "attribution 8-9",
        CUE,
        "attribution 148-153",
    ]


def test_a_pass_without_statements_says_nothing_of_them(sources):
    documents_only = with_records(
        sources,
        [
            item.record
            for item in sources.annotations[DOC]
            if not (isinstance(item.record, StanceRecord) and item.record.attribution)
        ],
    )
    assert undecided([sources, documents_only], sources, []) == []


def test_a_document_that_no_pass_knows_needs_no_decision(sources):
    later = sources._replace(documents={**sources.documents, "005-a": sources.documents[DOC]})
    later = later._replace(annotations={**later.annotations, "005-a": ()})
    assert undecided([sources, sources], later, []) == []


def test_a_corpus_without_decisions_has_none(tmp_path):
    assert read_decisions(tmp_path) == []


def test_a_broken_decision_is_named(tmp_path):
    path = tmp_path / "annotations" / "decisions.jsonl"
    path.parent.mkdir()
    path.write_text('{"doc_id": "000-c"}\n', "utf-8")
    with pytest.raises(InputError, match=r"decisions\.jsonl:1: .*item"):
        read_decisions(tmp_path)


def test_the_gold_differs_from_the_passes_only_where_a_decision_says_so():
    passes = [read_sources(ab.data_dir(), name) for name in PASSES]
    gold = read_sources(ab.data_dir())
    decisions = read_decisions(ab.data_dir())
    assert undecided(passes, gold, decisions) == []
    needed = {(place.doc_id, place.item) for place in undecided(passes, gold, [])}
    assert {(d.doc_id, d.item) for d in decisions} == needed
    assert all(len(d.reason.split()) > 3 for d in decisions)


def test_a_place_that_is_decided_twice_is_named_with_both_lines(tmp_path):
    path = tmp_path / "annotations" / "decisions.jsonl"
    path.parent.mkdir()
    one = Decision(doc_id=DOC, item=CUE, surface="", passes=("a", "b"), gold="a", reason="because")
    other = msgspec.structs.replace(one, item="stance C01")
    again = msgspec.structs.replace(one, gold="b")
    path.write_bytes(b"\n".join(map(msgspec.json.encode, (one, other, again))))
    message = f"decisions.jsonl:3: field `item`: '{CUE}' of {DOC} is decided at line 1 already"
    with pytest.raises(InputError, match=message):
        read_decisions(tmp_path)


def test_a_document_that_one_pass_lacks_needs_no_decision(sources):
    other = changed(sources, AttributionRecord, mode="indirect")
    without = sources._replace(annotations={})
    assert undecided([other, without], sources, []) == []
