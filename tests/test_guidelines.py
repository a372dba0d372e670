"""The guidelines: what they quote stands in the corpus, and their full record is gold."""

import json
import re

import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.annotations import read_sources
from arnews_bench.paths import tasks_dir

SOURCES = read_sources(ab.data_dir())


@pytest.mark.parametrize("task", ["ner", "stance", "attribution"])
def test_cited_documents_exist(task):
    text = (tasks_dir() / task / "guidelines.md").read_text(encoding="utf-8")
    cited = set(re.findall(r"`(00\d-[a-z])`", text))
    assert len(cited) > 5
    assert cited <= set(SOURCES.documents)


@pytest.mark.parametrize("task", ["ner", "stance", "attribution"])
def test_a_quotation_before_a_citation_is_verbatim(task):
    text = (tasks_dir() / task / "guidelines.md").read_text(encoding="utf-8")
    quotations = re.findall(r"`([^`\n]+)` \(`(00\d-[a-z])`\)", text)
    assert len(quotations) > 20
    for quotation, doc_id in quotations:
        for part in quotation.split("…"):
            assert part.strip() in SOURCES.text(doc_id), quotation


def test_the_full_record_of_the_attribution_guidelines_is_gold():
    text = (tasks_dir() / "attribution" / "guidelines.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    gold = [json.loads(msgspec.json.encode(r.row_value())) for r in SOURCES.attributions("000-a")]
    assert json.loads(block) in gold
