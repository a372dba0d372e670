"""doccano's JSON Lines with entities and relations, and its label definitions."""

import json

import pytest
from invented import TEXT, make_sources

from arnews_bench import data_dir
from arnews_bench.annotations import read_sources
from arnews_bench.exchange.doccano import DOCCANO
from arnews_bench.schema import CANARY, ENTITY_TYPES


@pytest.fixture(scope="module")
def gold():
    return read_sources(data_dir())


def lines_of(sources, doc_ids=None):
    content = DOCCANO.write(sources, doc_ids or list(sources.documents))["documents.jsonl"]
    return [json.loads(line) for line in content.splitlines()]


def test_a_line_holds_the_text_the_spans_and_the_relations_from_cue_to_part():
    first, second = lines_of(make_sources())
    assert first["text"] == TEXT
    spans = {
        e["id"]: (e["label"], TEXT[e["start_offset"] : e["end_offset"]]) for e in first["entities"]
    }
    assert sorted(spans.values()) == sorted(
        [
            ("PERS", "لافروف"), ("GPE", "روسيا"), ("PERS", "بوتين"), ("ORG", "رويترز"),
            ("Cue", ":"), ("Source", "لافروف"), ("Content", "روسيا مستعدة"),
            ("Cue", "قال"), ("Source", "بوتين"), ("Content", "نعم"), ("Content", "للسلام"),
            ("Via", "رويترز"), ("Cue", "ونفى"), ("Content", "الحرب"),
        ]
    )  # fmt: skip
    relations = [
        (spans[r["from_id"]][1], r["type"], spans[r["to_id"]][1]) for r in first["relations"]
    ]
    assert relations == [
        (":", "source", "لافروف"), (":", "content", "روسيا مستعدة"),
        ("قال", "source", "بوتين"), ("قال", "content", "نعم"), ("قال", "content", "للسلام"),
        ("قال", "via", "رويترز"), ("ونفى", "source", "بوتين"), ("ونفى", "content", "الحرب"),
    ]  # fmt: skip
    assert second["relations"] == []


def test_what_doccano_has_no_place_for_lies_beside_the_text_as_metadata():
    first, second = lines_of(make_sources())
    assert (first["id"], first["doc_id"], first["split"]) == (1, "p-a", "train")
    assert (first["stance_C01"], first["stance_C02"]) == ("agree", "unrelated")
    (cue,) = (e["id"] for e in first["entities"] if TEXT[e["start_offset"] :].startswith("قال"))
    assert first["attributions"][1] == {
        "id": "A03", "cue": cue, "source_name": "فلاديمير بوتين", "source_type": "person",
        "mode": "mixed", "polarity": "asserted",
    }  # fmt: skip
    assert first["canary"] == second["canary"] == CANARY


def test_every_line_has_the_same_columns(gold):
    assert len({tuple(line) for line in lines_of(gold)}) == 1


def test_no_id_occurs_twice_in_the_file_and_relations_stay_in_their_line(gold):
    spans, relations = [], []
    for line in lines_of(gold):
        own = {entity["id"] for entity in line["entities"]}
        spans += [entity["id"] for entity in line["entities"]]
        relations += [relation["id"] for relation in line["relations"]]
        assert {r[end] for r in line["relations"] for end in ("from_id", "to_id")} <= own
    assert len(set(spans)) == len(spans)
    assert len(set(relations)) == len(relations)


def test_every_entity_and_part_of_the_gold_is_there_with_its_surface(gold):
    for line in lines_of(gold):
        found = {
            (e["label"], line["text"][e["start_offset"] : e["end_offset"]])
            for e in line["entities"]
        }
        expected = {(e.type, e.text) for e in gold.entities(line["doc_id"])}
        for record in gold.attributions(line["doc_id"]):
            expected |= {("Cue", record.cue.text)} | {("Content", c.text) for c in record.content}
            expected |= {("Source", record.source.text)} if record.source else set()
            expected |= {("Via", record.via.text)} if record.via else set()
        assert found == expected


def test_the_label_definitions_name_every_label_in_use_with_a_colour_of_its_own(gold):
    files = DOCCANO.write(gold, list(gold.documents))
    spans, relations = (
        json.loads(files[f"{kind}_label_config.json"]) for kind in ("span", "relation")
    )
    assert [label["text"] for label in spans] == [*ENTITY_TYPES, "Cue", "Source", "Content", "Via"]
    assert [label["text"] for label in relations] == ["source", "content", "via"]
    assert len({label["background_color"] for label in spans}) == len(spans)
    for label in spans + relations:
        assert label.keys() == {
            "text", "prefix_key", "suffix_key", "background_color", "text_color",
        }  # fmt: skip
        assert len(label["background_color"]) == len("#rrggbb")


def test_only_the_wanted_documents_are_written():
    assert [line["doc_id"] for line in lines_of(make_sources(), ["q-a"])] == ["q-a"]


def test_it_cannot_be_imported():
    assert DOCCANO.read is None
