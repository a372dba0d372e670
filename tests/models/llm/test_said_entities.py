"""The entities of an answer: what is one, what its type is, and what stands around it."""

import json

import msgspec
import pytest

from arnews_bench.models.llm.reading.said_entities import entities_in
from arnews_bench.schema import NER_TAGS


def read(said):
    """The texts and types of an answer, and how many items are left out."""
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    found = entities_in(text, NER_TAGS)
    return found and ([(entity.text, entity.type) for entity in found.usable], found.left_out)


RUSSIA, LAVROV = ("روسيا", "GPE"), ("لافروف", "PERS")
ITEMS = [{"text": text, "type": kind} for text, kind in (RUSSIA, LAVROV)]
BOTH = ([RUSSIA, LAVROV], 0)


# What can be written to a file.


@pytest.mark.parametrize(
    "said",
    [
        '["زعبوط\\ud83d (GPE)"]',
        '["GPE: زعبوط\\ud83d"]',
        '{"GPE": ["زعبوط\\ud83d"]}',
        '{"زعبوط\\ud83d": "GPE"}',
        "- زعبوط\ud83d (GPE)",
        "**GPE:**\n- زعبوط\ud83d",
    ],
)
def test_half_a_character_is_replaced_in_whatever_form_it_is_given(said):
    found = entities_in(said, NER_TAGS)
    assert [entity.text for entity in found.usable] == ["زعبوط?"]
    msgspec.json.encode(found.usable)


# What stands around an answer, and inside of an item.


@pytest.mark.parametrize(
    "around",
    [
        {"type": "function", "name": "extract", "parameters": {"entities": ITEMS}},
        {"type": "tool_use", "name": "extract", "input": {"entities": ITEMS}},
        {"text": "روسيا تعلن", "type": "news", "entities": ITEMS},
        {"text": "روسيا تعلن", "type": None, "entities": {"GPE": ["روسيا"], "PERS": ["لافروف"]}},
        [{"text": "روسيا تعلن", "type": "news", "entities": ITEMS}],
    ],
)
def test_an_object_around_the_answer_is_no_item(around):
    assert read(around) == BOTH


def test_an_object_around_an_empty_list_says_that_there_is_nothing():
    assert read({"text": "لا أسماء هنا", "type": "news", "entities": []}) == ([], 0)


@pytest.mark.parametrize("key", ["nested", "entities", "inner"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_items_inside_of_an_item_are_read_too(key, wrapped):
    outer = {"text": "وزير خارجية روسيا", "type": "OCC"}
    item = {**outer, key: [ITEMS[0], {"text": "خارجية", "type": "BODY"}]}
    said = {"entities": [item, ITEMS[1]]} if wrapped else [item, ITEMS[1]]
    assert read(said) == ([("وزير خارجية روسيا", "OCC"), RUSSIA, LAVROV], 1)


def test_one_item_inside_of_another_needs_no_list():
    assert read([{**ITEMS[1], "nested": ITEMS[0]}]) == ([LAVROV, RUSSIA], 0)
    assert read({"PERS": [{"text": "لافروف", "nested": ITEMS[0]}]}) == ([LAVROV, RUSSIA], 0)


@pytest.mark.parametrize(
    "more", [{"scores": {"GPE": 0.9, "ORG": 0.1}}, {"span": [0, 5]}, {"reasons": ["GPE: دولة"]}]
)
def test_what_else_an_item_says_is_no_item(more):
    assert read([{**ITEMS[0], **more}, {**ITEMS[1], **more}]) == BOTH
    assert read([ITEMS[0], {"text": "بلدة", "type": "TOWNSHIP", **more}]) == ([RUSSIA], 1)


# Words that were tagged one by one.


@pytest.mark.parametrize(
    "said",
    [
        [{"text": "سيرغي", "type": "B-PERS"}, {"text": "لافروف", "type": "I-PERS"}],
        [["سيرغي", "B-PERS"], ["لافروف", "I-PERS"]],
        ["سيرغي (B-PERS)", "لافروف (I-PERS)"],
        {"سيرغي": "B-PERS", "لافروف": "I-PERS"},
        [{"text": "سيرغي", "type": "B-PERS"}, {"text": "لافروف", "type": "E-PERS"}],
        "- سيرغي: B-PERS\n- لافروف: I-PERS",
    ],
)
def test_words_that_were_tagged_one_by_one_are_joined(said):
    assert read(said) == ([("سيرغي لافروف", "PERS")], 0)


def test_an_entity_goes_on_only_after_one_of_its_type_that_was_begun():
    words = "سيرغي B-PERS", "روسيا B-GPE", "لافروف I-PERS", "بوتين I-PERS", "زيد PERS", "عمر I-PERS"
    assert read([word.split() for word in words]) == (
        [("سيرغي", "PERS"), RUSSIA, LAVROV, ("بوتين", "PERS"), ("زيد", "PERS"), ("عمر", "PERS")],
        0,
    )


def test_lists_of_tokens_and_of_their_tags_are_no_entities():
    assert read({"tokens": ["روسيا", "تعلن"], "tags": ["B-GPE", "O"]}) is None


# Groups.


def test_a_type_of_its_own_goes_before_that_of_the_group():
    assert read({"persons": [ITEMS[1]], "locations": [ITEMS[0]]}) == ([LAVROV, RUSSIA], 0)
    assert read({"PERS": ["لافروف"], "towns": [ITEMS[0]]}) == ([LAVROV, RUSSIA], 0)
    assert read({"GPE": [{"text": "روسيا", "type": "state"}]}) == ([RUSSIA], 0)


def test_a_group_of_one_needs_no_list():
    assert read({"GPE": {"text": "روسيا"}, "PERS": ["لافروف"]}) == BOTH


def test_what_a_group_holds_besides_is_counted():
    assert read({"GPE": ["روسيا", {"note": "س"}, None], "PERS": ["لافروف"]})[1] == 2
    assert read({"I-PERS": ["لافروف"], "GPE": ["روسيا"]}) == ([RUSSIA], 1)


def test_a_member_that_was_cut_off_is_not_counted():
    assert read('{"GPE": ["روسيا"], "PERS": [{"text": "لافروف"}, {"te') == BOTH


def test_a_word_for_a_type_is_a_text_where_all_others_are():
    assert read({"روسيا": "GPE", "موقع": "WEBSITE"}) == ([RUSSIA, ("موقع", "WEBSITE")], 0)
    assert read({"GPE": ["روسيا"], "LOC": "دولة"}) == ([RUSSIA], 1)


# Nothing.


@pytest.mark.parametrize(
    "nothing",
    ["لا يوجد", "—", "-", "None mentioned", "not found", "لم يُذكر", "غير مذكور", "لا توجد منظمات",
     "No persons", "None in the text", "لا يوجد في النص"],
)  # fmt: skip
def test_what_says_that_there_is_nothing_is_no_entity(nothing):
    assert read({"PERS": [nothing], "GPE": ["روسيا"]}) == ([RUSSIA], 0)
    assert read({"PERS": nothing, "GPE": ["روسيا"]}) == ([RUSSIA], 0)
    assert read({"entities": [{"text": nothing, "type": "PERS"}]}) == ([], 0)
    assert read(f"PERS: {nothing}\nGPE: روسيا\n- {nothing} (ORG)") == ([RUSSIA], 0)


@pytest.mark.parametrize(
    "answer",
    [
        '{"entities": [{"text": "بايدن", "type": "الشخص"}, {"text": "الناتو", "type": "المنظمة"}]}',
        '{"الأشخاص": ["بايدن"], "المنظمات": ["الناتو"], "الأماكن": []}',
        "الأشخاص: بايدن\nالمنظمات: الناتو",
    ],
)
def test_arabic_names_of_types_stand_with_the_article_or_without(answer):
    for said in (answer, answer.replace("ال", "").replace("ناتو", "الناتو")):
        assert read(said) == ([("بايدن", "PERS"), ("الناتو", "ORG")], 0)


def test_a_bullet_of_an_unknown_type_is_counted_and_the_others_are_read():
    said = "- روسيا (GPE)\n- الروس (DEMONYM)\n- لافروف (PERS)"
    assert read(said) == ([RUSSIA, LAVROV], 1)
