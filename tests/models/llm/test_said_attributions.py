"""The attributions of an answer: what is one, what stands around it, and what its words mean."""

import json

import pytest

from arnews_bench.models.llm.reading.said_attributions import attributions_in


def read(said):
    """The contents of an answer, and how many items are left out."""
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    found = attributions_in(text)
    return found and ([item.content for item in found.usable], found.left_out)


def the_one(**fields):
    item = {"cue": "قال", "source_name": "لافروف", "content": ["الضمانات"], **fields}
    (found,) = attributions_in(json.dumps({"attributions": [item]})).usable
    return found


SAID = {"cue": "قال", "source_name": "لافروف", "content": ["الضمانات"]}
OTHER = {"cue": "أكد", "source_name": "زيد", "content": ["السلام"]}
DOCUMENT = {"text": "نص الوثيقة كله", "source": "الجزيرة"}


@pytest.mark.parametrize(
    "around",
    [
        {**DOCUMENT, "attributions": [SAID, OTHER]},
        {"attributions": [{**DOCUMENT, "attributions": [SAID, OTHER]}]},
        {"type": "function", "name": "extract", "parameters": {"attributions": [SAID, OTHER]}},
    ],
)
def test_a_document_around_the_answer_is_no_attribution(around):
    assert read(around) == ([("الضمانات",), ("السلام",)], 0)


def test_a_document_around_an_empty_list_says_that_there_is_nothing():
    assert read({**DOCUMENT, "attributions": []}) == ([], 0)


def test_a_speaker_with_a_list_of_words_is_no_document():
    assert read([{"speaker": "لافروف", "text": "الضمانات", "quotes": ["مهمة"]}]) == (
        [("الضمانات",)],
        0,
    )


@pytest.mark.parametrize("key", ["nested", "attributions", "embedded"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_attributions_inside_of_another_are_read_too(key, wrapped):
    broken = {"source_name": "س", "content": []}
    items = [{**SAID, key: [OTHER, broken]}, SAID]
    contents = [("الضمانات",), ("السلام",), ("الضمانات",)]
    assert read({"attributions": items} if wrapped else items) == (contents, 1)
    assert read([{**SAID, key: OTHER}]) == ([("الضمانات",), ("السلام",)], 0)


def test_an_attribution_that_cannot_be_used_is_counted_beside_those_inside():
    assert read({"attributions": [{**SAID, "content": [], "nested": [OTHER]}]}) == (
        [("السلام",)],
        1,
    )


@pytest.mark.parametrize(
    ("mode", "source_type"),
    [
        ("indirect", "person"),
        ("indirect (غير مباشر)", "person: شخص"),
        ("غير مباشر (indirect)", "شخص"),
        ("Indirect - غير مباشر", "person (named)"),
    ],
)
def test_a_kind_may_stand_with_what_explains_it(mode, source_type):
    found = the_one(mode=mode, source_type=source_type)
    assert (found.mode, found.source_type) == ("indirect", "person")


@pytest.mark.parametrize("kind", ["direct/mixed", "person", "direct | indirect", "", 3, None])
def test_two_kinds_or_one_of_something_else_are_none(kind):
    assert the_one(mode=kind).mode is None


@pytest.mark.parametrize("nothing", ["—", "-", "غير مذكور", "لم يُذكر", "Not mentioned", "none"])
def test_what_says_that_there_is_nothing_is_no_source(nothing):
    found = the_one(source=nothing, via=nothing)
    assert (found.source, found.via) == (None, None)


def test_words_that_are_none_elsewhere_may_be_a_cue_a_name_or_a_content():
    content = ("لا يوجد في العراق حل", "لم يرد")
    found = the_one(cue=":", source_name="غير محدد", content=content)
    assert (found.cue, found.source_name, found.content) == (":", "غير محدد", content)


def test_a_list_of_contents_may_be_written_as_in_yaml():
    said = "- cue: قال\n  source_name: لافروف\n  content:\n    - الضمانات\n    - والسلام\n"
    assert read(said) == ([("الضمانات", "والسلام")], 0)


def test_items_that_each_hold_an_empty_list_of_others_are_the_items():
    said = [{**SAID, "attributions": []}, {**OTHER, "attributions": []}]
    assert read(said) == ([("الضمانات",), ("السلام",)], 0)
