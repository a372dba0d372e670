"""A Label Studio project holds the whole annotation, in what Label Studio itself accepts."""

import json
import xml.etree.ElementTree as ET

import pytest
from invented import TEXT, make_sources
from label_studio_sdk.label_interface import LabelInterface

from arnews_bench import data_dir
from arnews_bench.annotations import encode_annotation, read_sources
from arnews_bench.exchange.label_studio import LABEL_STUDIO
from arnews_bench.schema import CANARY, ENTITY_TYPES, STANCE_LABELS


@pytest.fixture(scope="module")
def gold():
    return read_sources(data_dir())


@pytest.fixture(scope="module")
def gold_files(gold):
    return LABEL_STUDIO.write(gold, list(gold.documents))


@pytest.fixture(scope="module")
def files():
    return LABEL_STUDIO.write(make_sources(), ["p-a", "q-a"])


@pytest.fixture(scope="module")
def task(files):
    return json.loads(files["tasks.json"])[0]


@pytest.fixture(scope="module")
def view(files):
    return ET.fromstring(files["config.xml"])  # noqa: S314 - our own


def results_of(task, name):
    return [r for r in task["annotations"][0]["result"] if r.get("from_name") == name]


def test_label_studio_finds_its_interface_and_every_result_valid(gold, gold_files):
    interface = LabelInterface(gold_files["config.xml"].decode())
    interface.validate()
    tasks = json.loads(gold_files["tasks.json"])
    assert [task["data"]["doc_id"] for task in tasks] == list(gold.documents)
    for task in tasks:
        assert interface.validate_task({"data": task["data"]})
        assert interface.validate_annotation(task["annotations"][0])


def test_what_its_validator_lets_pass_is_not_everything(files, task):
    interface = LabelInterface(files["config.xml"].decode())
    label = results_of(task, "entity")[0]
    wrong = label | {"value": label["value"] | {"labels": ["PER"]}}
    assert not interface.validate_annotation({"result": [wrong]})


def test_a_region_is_a_span_with_its_surface_in_code_points(task):
    person = {
        "id": "PERS-2-8", "from_name": "entity", "to_name": "text", "type": "labels",
        "value": {"start": 2, "end": 8, "text": "لافروف", "labels": ["PERS"]},
    }  # fmt: skip
    assert results_of(task, "entity")[0] == person
    assert TEXT[2:8] == "لافروف"


def test_a_cue_carries_the_id_of_its_attribution_and_all_its_fields(task):
    results = task["annotations"][0]["result"]
    place = {"start": 23, "end": 26, "text": "قال"}
    assert {r["from_name"]: r["value"] for r in results if r.get("id") == "A03"} == {
        "attribution": place | {"labels": ["Cue"]},
        "source_name": place | {"text": ["فلاديمير بوتين"]},
        "source_type": place | {"choices": ["person"]},
        "mode": place | {"choices": ["mixed"]},
        "polarity": place | {"choices": ["asserted"]},
        "statement_C01": place | {"choices": ["discuss"]},
    }


def test_a_source_of_two_attributions_is_one_region_that_two_cues_lead_to(task):
    sources = [r["id"] for r in results_of(task, "attribution") if r["value"]["text"] == "بوتين"]
    assert sources == ["Source-27-32"]
    relations = [r for r in task["annotations"][0]["result"] if r["type"] == "relation"]
    assert [
        (r["from_id"], r["direction"], r["labels"]) for r in relations if r["to_id"] == sources[0]
    ] == [("A03", "right", ["source"]), ("A04", "right", ["source"])]


def test_stances_of_the_document_stand_alone_and_notes_go_along(task):
    assert results_of(task, "stance_C01") == [
        {
            "id": "stance_C01", "from_name": "stance_C01", "to_name": "text", "type": "choices",
            "value": {"choices": ["agree"]},
        }
    ]  # fmt: skip
    assert results_of(task, "note_C01")[0]["value"] == {"text": ["both speakers say so"]}
    assert results_of(task, "statement_note_C01")[0]["value"]["text"] == ['he says "ready"']
    assert results_of(task, "note_C02") == []


def test_the_metadata_of_a_document_is_shown_with_it(task):
    data = task["data"]
    assert (data["text"], data["doc_id"], data["split"]) == (TEXT, "p-a", "train")
    assert data["canary"] == CANARY


def test_the_interface_shows_every_label_and_the_words_of_every_claim(view):
    labels = {
        tag.get("name"): [child.get("value") for child in tag]
        for tag in view.iter()
        if tag.tag in {"Labels", "Choices"}
    }
    assert labels["entity"] == list(ENTITY_TYPES)
    assert labels["attribution"] == ["Cue", "Source", "Content", "Via"]
    assert labels["stance_C02"] == labels["statement_C02"] == list(STANCE_LABELS)
    # Marks that keep the claim's own direction apart from the English before it.
    headers = [tag.get("value").translate({0x2068: "", 0x2069: ""}) for tag in view.iter("Header")]
    assert 'Document, C02: قال بوتين "لا" <أبداً>.' in headers
    assert 'Statement, C02: قال بوتين "لا" <أبداً>.' in headers


def test_what_belongs_to_an_attribution_is_asked_of_cues_only(view):
    controls = {tag.get("name"): tag for tag in view.iter() if tag.get("toName")}
    of_cue = {name for name, tag in controls.items() if tag.get("perRegion") == "true"}
    assert of_cue == {
        "source_name", "source_type", "mode", "polarity", "statement_C01", "statement_C02",
        "statement_note_C01", "statement_note_C02",
    }  # fmt: skip
    assert all(controls[name].get("whenLabelValue") == "Cue" for name in of_cue)
    required = {name for name, tag in controls.items() if tag.get("required") == "true"}
    assert required == {"source_name", "source_type", "mode", "polarity"}


def test_exported_and_read_again_every_document_is_the_same(gold, gold_files, tmp_path):
    (tmp_path / "tasks.json").write_bytes(gold_files["tasks.json"])
    found = LABEL_STUDIO.read(tmp_path, gold)
    assert list(found) == list(gold.documents)
    for doc_id, records in found.items():
        assert encode_annotation(item.record for item in records) == encode_annotation(
            item.record for item in gold.annotations[doc_id]
        )


def test_the_same_bytes_each_time_and_only_the_wanted_documents(files):
    assert LABEL_STUDIO.write(make_sources(), ["p-a", "q-a"]) == files
    (only,) = json.loads(LABEL_STUDIO.write(make_sources(), ["q-a"])["tasks.json"])
    assert only["data"]["doc_id"] == "q-a"
