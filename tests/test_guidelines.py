"""The guidelines: what they quote stands in the corpus, what they say of it is gold."""

import json
import re

import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.annotations import read_sources
from arnews_bench.paths import tasks_dir
from arnews_bench.schema import ENTITY_TYPES

SOURCES = read_sources(ab.data_dir())
TASKS = ["ner", "stance", "attribution"]
ARABIC = re.compile("[\u0620-\u064a]")


def page(task):
    return (tasks_dir() / task / "guidelines.md").read_text(encoding="utf-8")


def tables(task):
    """The tables of a page, each as its rows, the header first."""
    blocks = re.findall(r"(?:^\|.*\n)+", page(task), re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        for block in blocks
    ]


def rows(task, first_header):
    """The rows of every table of a page whose first column has that header."""
    return [
        dict(zip(table[0], row, strict=True))
        for table in tables(task)
        if table[0][0] == first_header
        for row in table[2:]
    ]


@pytest.mark.parametrize("task", TASKS)
def test_cited_documents_exist(task):
    cited = set(re.findall(r"`(00\d-[a-z])`", page(task)))
    assert len(cited) > 5
    assert cited <= set(SOURCES.documents)


@pytest.mark.parametrize("task", TASKS)
def test_a_quotation_before_a_citation_is_verbatim(task):
    quotations = re.findall(r"`([^`\n]+)` \(`(00\d-[a-z])`\)", page(task))
    assert len(quotations) > 20
    for quotation, doc_id in quotations:
        for part in quotation.split("…"):
            assert part.strip() in SOURCES.text(doc_id), quotation


@pytest.mark.parametrize("task", TASKS)
def test_a_rule_with_an_example_has_a_near_miss(task):
    checked = 0
    for header, _, *body in tables(task):
        column = next((i for i, name in enumerate(header) if name.startswith("Near miss")), None)
        if column is None:
            continue
        for row in body:
            assert len(row) == len(header), row
            # A row without a rule gives one more example of the rule above it.
            if row[0]:
                assert ARABIC.search(row[column]), row
                assert any(ARABIC.search(cell) for cell in row[:column]), row
                checked += 1
    assert checked > 5


def test_every_entity_type_has_a_row():
    described = [row["Type"] for row in rows("ner", "Type")]
    assert sorted(described) == sorted(ENTITY_TYPES)


@pytest.mark.parametrize("row", rows("ner", "Type"), ids=lambda row: row["Type"])
def test_an_example_of_an_entity_type_is_gold(row):
    cited = re.findall(
        r"`([^`]+)`(?: (?:in|before) `[^`]+`)? \(`(00\d-[a-z])`[,)]", row["Examples"]
    )
    assert cited or "*(made up)*" in row["Examples"]
    for mention, doc_id in cited:
        found = {e.text for e in SOURCES.entities(doc_id) if e.type == row["Type"]}
        assert mention in found, (mention, doc_id)


def test_an_example_of_a_source_type_is_gold():
    for row in rows("attribution", "Label"):
        for name, doc_id in re.findall(r"`([^`]+)` \(`(00\d-[a-z])`\)", row["Example"]):
            found = {
                record.source_type
                for record in SOURCES.attributions(doc_id)
                if name in (record.source_name, record.source and record.source.text)
            }
            assert found == {row["Label"].strip("`")}, (name, doc_id)


def test_the_label_of_a_stance_example_is_gold():
    checked = 0
    for row in (row for first in ("Rule", "Claim", "Label") for row in rows("stance", first)):
        claim = re.match(r"C\d\d", row.get("Claim", ""))
        label = re.match(r"`(\w+)`", row.get("Label", ""))
        cited = re.findall(r"`([^`]+)` \(`(00\d-[a-z])`\)", row.get("Text", ""))
        if not (claim and label and cited):
            continue
        quotation, doc_id = cited[-1]
        assert label[1] in labels_of(claim[0], doc_id, quotation.split("…")[0].strip()), row
        checked += 1
    assert checked > 20


def labels_of(claim_id, doc_id, quotation):
    """The labels of the document and of its statements that share words with the quotation."""
    start = SOURCES.text(doc_id).index(quotation)
    touched = {
        record.id
        for record in SOURCES.attributions(doc_id)
        if any(p.start < start + len(quotation) and p.end > start for p in record.content)
    }
    return {
        stance.label
        for stance in SOURCES.stances(doc_id)
        if stance.claim_id == claim_id
        and (stance.attribution is None or stance.attribution in touched)
    }


def test_the_full_record_of_the_attribution_guidelines_is_gold():
    (block,) = re.findall(r"```json\n(.*?)```", page("attribution"), re.DOTALL)
    gold = [json.loads(msgspec.json.encode(r.row_value())) for r in SOURCES.attributions("000-a")]
    assert json.loads(block) in gold
