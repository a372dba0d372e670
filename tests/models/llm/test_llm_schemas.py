"""The form of an answer: what strict structured output takes, and what the gold fits."""

import json

import jsonschema
import pytest
from partial_tasks import load_pairs, load_tagged

import arnews_bench as ab
from arnews_bench.errors import InputError
from arnews_bench.models.llm.prompting.examples import gold_answer
from arnews_bench.models.llm.prompting.schemas import answer_labels, answer_schema
from arnews_bench.schema import COARSE_TYPES, ENTITY_TYPES

KINDS = [("ner", True), ("ner", False), ("stance", False), ("attribution", False)]


def objects(schema):
    """Every object in a schema."""
    if schema.get("type") == "object":
        yield schema
    for child in (*schema.get("properties", {}).values(), schema.get("items")):
        yield from objects(child) if child else ()


@pytest.mark.parametrize(("name", "fine"), KINDS)
def test_the_gold_of_every_row_fits(name, fine):
    task = ab.load_task(name)
    check = jsonschema.Draft202012Validator(answer_schema(task, fine=fine))
    for row in task.all_rows():
        assert not list(check.iter_errors(json.loads(gold_answer(row, fine=fine)))), row.id


@pytest.mark.parametrize(("name", "fine"), KINDS)
def test_every_object_is_closed_and_every_property_required(name, fine):
    found = list(objects(answer_schema(ab.load_task(name), fine=fine)))
    assert found
    for each in found:
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])


@pytest.mark.parametrize(("name", "fine"), KINDS)
def test_inspect_takes_the_schema_as_it_is(name, fine):
    from inspect_ai.util import JSONSchema

    schema = answer_schema(ab.load_task(name), fine=fine)
    assert JSONSchema.model_validate(schema).model_dump(exclude_none=True) == schema


@pytest.mark.parametrize(
    ("name", "fine", "answer"),
    [
        ("stance", False, {"label": "neutral"}),
        ("stance", False, {"label": "agree", "why": "…"}),
        ("stance", False, ["agree"]),
        ("ner", True, {"entities": [{"text": "سلمى", "type": "PER", "context": None}]}),
        ("ner", False, {"entities": [{"text": "سلمى", "type": "PERS", "context": None}]}),
        ("ner", True, {"entities": [{"text": "سلمى", "type": "PERS"}]}),
        ("ner", True, {"entities": [{"text": None, "type": "PERS", "context": None}]}),
    ],
)
def test_what_is_no_answer_does_not_fit(name, fine, answer):
    schema = answer_schema(ab.load_task(name), fine=fine)
    assert not jsonschema.Draft202012Validator(schema).is_valid(answer)


@pytest.mark.parametrize("field", ["cue", "source_name", "source_type", "mode", "content"])
def test_only_source_and_via_of_an_attribution_may_be_null(field):
    record = {
        "cue": "قالت", "source": None, "source_name": "سلمى", "source_type": "person",
        "via": None, "content": ["اللقاح متاح"], "mode": "indirect",
    }  # fmt: skip
    schema = answer_schema(ab.load_task("attribution"), fine=False)
    check = jsonschema.Draft202012Validator(schema)
    assert check.is_valid({"attributions": [record]})
    assert not check.is_valid({"attributions": [record | {field: None}]})


def test_the_labels_are_those_of_the_tagset_that_is_asked_for():
    task = ab.load_task("ner")
    assert answer_labels(task, fine=True) == {"fine": ENTITY_TYPES}
    assert answer_labels(task, fine=False) == {"coarse": COARSE_TYPES}


def test_a_task_with_some_of_the_classes_allows_no_others(tmp_path):
    task = load_tagged(tmp_path, ["سلمى B-PER", "في O", "طبرقة B-LOC"])
    assert answer_labels(task, fine=False) == {"coarse": ("PER", "LOC")}
    # Of the fine types, those of other classes are left out too.
    fine = answer_labels(task, fine=True)["fine"]
    assert {"PERS", "GPE", "LOC", "FAC", "OCC", "DATE"} <= set(fine)
    assert not {"ORG", "NORP", "EVENT"} & set(fine)


def test_a_task_with_some_of_the_stances_allows_no_others(tmp_path):
    task = load_pairs(tmp_path, ["unrelated", "agree", "agree"])
    assert answer_labels(task, fine=False) == {"label": ("agree", "unrelated")}
    assert answer_schema(task, fine=False)["properties"]["label"]["enum"] == ["agree", "unrelated"]


def test_a_task_without_any_entity_cannot_be_asked(tmp_path):
    task = load_tagged(tmp_path, ["في O"])
    with pytest.raises(InputError, match="'own': its rows hold no entity"):
        answer_schema(task, fine=False)
