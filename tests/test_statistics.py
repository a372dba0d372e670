"""The counts of a corpus small enough to count by hand, and of the committed one."""

import pytest

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
from arnews_bench.schema import ENTITY_TYPES, TextSpan
from arnews_bench.statistics import corpus_statistics

RAW = {"000": "قال بوتين: لا. ونفى.", "001": "زار ماكرون كييف", "002": "TT"}
SPLITS = {"000": "train", "001": "test", "002": "validation"}


def entity(start, end, name):
    return EntityRecord(start=start, end=end, type=name, text=RAW["000"][start:end])


def attribution(name, start, **changes):
    cue = TextSpan(start=start, end=start + 3, text=RAW["000"][start : start + 3])
    fields = {
        "source": None, "source_name": "بوتين", "source_type": "person", "content": (cue,),
        "via": None, "mode": "direct", "polarity": "asserted",
    }  # fmt: skip
    return AttributionRecord(id=name, cue=cue, **(fields | changes))


def stance(claim_id, label, attribution_id=None):
    return StanceRecord(claim_id=claim_id, label=label, attribution=attribution_id)


def document(doc_id, page, kind):
    whole = Slice(start=0, end=len(RAW[page]), begins="", ends="")
    return DocumentRecord(
        doc_id=doc_id, page=page, kind=kind, title=None, body=whole, outlet=None, event_id=page,
        topic="", translated_from=None, date=None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def statistics():
    putin = TextSpan(start=4, end=9, text="بوتين")
    train = [
        entity(4, 9, "PERS"),
        entity(0, 9, "OCC"),
        attribution("A01", 0, source=putin, via=putin),
        attribution("A02", 15, source_type="media", mode="mixed", polarity="denied"),
        attribution("A03", 11, source=putin),
        stance("C01", "agree"),
        stance("C01", "agree", "A01"),
        stance("C01", "unrelated", "A02"),
        stance("C02", "unrelated"),
    ]
    test = [entity(4, 10, "PERS"), stance("C01", "discuss"), stance("C02", "unrelated")]
    return corpus_statistics(
        Sources(
            pages={
                page: Page(page=page, file="", sha256="", split=split, fold=fold)
                for fold, (page, split) in enumerate(SPLITS.items())
            },
            raw=RAW,
            raw_bytes={},
            documents={
                "000-a": document("000-a", "000", "article"),
                "001-a": document("001-a", "001", "headline"),
            },
            claims={
                # C02 is about the event of page 000: a hard pair there, and no other is drawn.
                "C01": Claim(claim_id="C01", claim="", event_ids=(), entities=()),
                "C02": Claim(claim_id="C02", claim="", event_ids=("000",), entities=()),
            },
            annotations={
                "000-a": tuple(Located(record, "") for record in train),
                "001-a": tuple(Located(record, "") for record in test),
            },
        )
    )


def counts(train, test):
    return {"train": train, "validation": 0, "test": test, "all": train + test}


@pytest.mark.parametrize(
    ("key", "train", "test"),
    [
        ("documents", 1, 1),
        ("article", 1, 0),
        ("brief", 0, 0),
        ("headline", 0, 1),
        ("words", 4, 3),
        ("tokens", 7, 3),
        ("sentences", 2, 1),
    ],
)
def test_documents_words_tokens_and_sentences_are_counted(statistics, key, train, test):
    assert statistics["documents"][key] == counts(train, test)


def test_entities_are_counted_by_type(statistics):
    found = {key: value for key, value in statistics["entities"].items() if value["all"]}
    assert found == {"all types": counts(2, 1), "PERS": counts(1, 1), "OCC": counts(1, 0)}


def test_types_that_do_not_occur_are_listed_with_zero(statistics):
    assert list(statistics["entities"]) == ["all types", *ENTITY_TYPES]
    assert statistics["entities"]["LAW"] == counts(0, 0)


def test_attributions_are_counted_by_what_they_are(statistics):
    found = {key: value for key, value in statistics["attributions"].items() if value["all"]}
    assert found == {
        "all attributions": counts(3, 0),
        "dropped subject": counts(1, 0),
        "with via": counts(1, 0),
        "source person": counts(2, 0),
        "source media": counts(1, 0),
        "mode direct": counts(2, 0),
        "mode mixed": counts(1, 0),
        "asserted": counts(2, 0),
        "denied": counts(1, 0),
    }


def test_all_pairs_are_the_document_labels(statistics):
    assert statistics["stance, all pairs"] == {
        "agree": counts(1, 0),
        "disagree": counts(0, 0),
        "discuss": counts(0, 1),
        "unrelated": counts(1, 1),
    }


def test_rows_are_what_was_drawn_of_them(statistics):
    found = {key: value for key, value in statistics["stance, rows"].items() if value["all"]}
    assert found == {
        "document agree": counts(1, 0),
        "document discuss": counts(0, 1),
        "document unrelated": counts(1, 0),
        "statement agree": counts(1, 0),
        "statement unrelated": counts(1, 0),
    }


def test_every_row_names_every_split(statistics):
    for section in statistics.values():
        for row in section.values():
            assert list(row) == ["train", "validation", "test", "all"]
