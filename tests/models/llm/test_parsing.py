"""From what a model said to an answer: never an error, and never prose turned into items."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arnews_bench.models.llm.reading.answers import (
    AttributionAnswer,
    NerAnswer,
    SaidAttribution,
    SaidEntity,
    StanceAnswer,
)
from arnews_bench.models.llm.reading.parsing import Parsed, parse_answer
from arnews_bench.schema import ENTITY_TYPES, NER_TAGS, STANCE_LABELS

TASKS = {
    "ner": SimpleNamespace(type="ner", labels=NER_TAGS),
    "stance": SimpleNamespace(type="stance", labels=STANCE_LABELS),
    "attribution": SimpleNamespace(type="attribution", labels=()),
}


def parsed(task_type, text):
    return parse_answer(TASKS[task_type], text)


def entities(text):
    """The texts and types of an answer that can be read."""
    found = parsed("ner", text)
    assert found.problem is None
    return [(entity.text, entity.type) for entity in found.answer.entities]


def label(text):
    found = parsed("stance", text)
    assert (found.answer is None) == (found.problem is not None)
    return found.answer.label if found.answer else None


SALAH, EGYPT = ("محمد صلاح", "PERS"), ("مصر", "GPE")
ASKED = '{"entities": [{"text": "محمد صلاح", "type": "PERS"}, {"text": "مصر", "type": "GPE"}]}'


@pytest.mark.parametrize(
    "text",
    [
        ASKED,
        f"```json\n{ASKED}\n```",
        f"Here it is:\n```\n{ASKED}\n```\nThe list has 2 items [1].",
        f'<think>I see {{"entities": []}}.</think>\n{ASKED}',
        f"the prompt opened it</think>{ASKED}",
        ASKED.replace('"', "'"),
        ASKED.replace('"', "”"),
        ASKED.replace(",", "،"),
        ASKED.replace("}]}", "},]}"),
        ASKED.removesuffix("]}"),
        ASKED.removesuffix("}]}"),
        json.dumps(ASKED),
        '{"result": ' + ASKED + "}",
        f"{ASKED[1:-1].partition(': ')[2]}",
        '{"text": "محمد صلاح", "type": "PERS"}\n{"text": "مصر", "type": "GPE"}\n',
        '1. {"text": "محمد صلاح", "type": "PERS"}\n2. {"text": "مصر", "type": "GPE"}',
        '{"PERS": ["محمد صلاح"], "GPE": ["مصر"], "ORG": []}',
        '{"entities": {"PERS": ["محمد صلاح"], "GPE": "مصر", "ORG": null}}',
        '{"persons": ["محمد صلاح"], "countries": [], "country": [{"text": "مصر"}]}',
        '{"محمد صلاح": "PERS", "مصر": "GPE"}',
        '[["محمد صلاح", "PERS"], ["GPE", "مصر"]]',
        '["محمد صلاح (PERS)", "GPE: مصر"]',
        '{"Entities": [{"Name": "محمد صلاح", "Label": "Person"}, {"span": "مصر", "class": "gpe"}]}',
        '{"الكيانات": [{"النص": "محمد صلاح", "النوع": "شخص"}, {"النص": "مصر", "النوع": "دولة"}]}',
        '[{"type": "B-PERS", "text": ["محمد صلاح"]}, {"entityType": "GPE", "entityText": "مصر"}]',
        "- محمد صلاح (PERS)\n- مصر (GPE)",
        "Entities:\nPERS: محمد صلاح\nGPE: مصر\nORG: none",
        '{"entities": [{"text": "…", "type": "TYPE"}]} is the form; so:\n' + ASKED,
    ],
)
def test_entities_are_read_in_whatever_form_they_are_given(text):
    assert entities(text) == [SALAH, EGYPT]


def test_an_entity_keeps_the_words_around_it():
    found = parsed("ner", '{"entities": [{"text": "مصر", "type": "GPE", "context": "في مصر"}]}')
    assert found.answer.entities == (SaidEntity(text="مصر", type="GPE", context="في مصر"),)


def test_one_item_needs_no_list():
    assert entities('{"text": "مصر", "type": "GPE"}') == [EGYPT]
    assert entities('{"entities": {"text": "مصر", "type": "GPE"}}') == [EGYPT]


def test_an_entity_said_twice_is_kept_twice():
    item = {"text": "مصر", "type": "GPE"}
    assert entities(json.dumps({"entities": [item] * 300})) == [EGYPT] * 300


def test_the_last_value_that_is_an_answer_counts():
    assert entities('{"entities": []} no, wait: ' + ASKED) == [SALAH, EGYPT]
    assert entities(ASKED + ' no, wait: {"entities": []}') == []


def test_a_value_under_the_key_that_was_asked_for_goes_before_a_later_one():
    assert entities(ASKED + ' As {"text": "مصر", "type": "ORG"} would be wrong.') == [SALAH, EGYPT]


@pytest.mark.parametrize(
    "text",
    [
        '{"entities": []}',
        "[]",
        "{}",
        '{"entities": null}',
        '{"entities": "none"}',
        '{"PERS": [], "ORG": []}',
        "None",
        "No entities found.",
        "لا توجد كيانات",
        "لا توجد كيانات مسماة في النص.",
    ],
)
def test_that_there_is_nothing_is_an_answer(text):
    assert parsed("ner", text) == Parsed(NerAnswer(entities=()), None, 0)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the answer is empty"),
        (" \n", "the answer is empty"),
        ("<think>The text names Egypt", "the answer ends within its reasoning"),
        ("<think>so</think>", "the answer ends within its reasoning"),
        ("I cannot help with that.", "there is no list of entities in the answer"),
        ("The text mentions Egypt (GPE) and so on.", "there is no list of entities in the answer"),
        ("Location: I do not know.", "there is no list of entities in the answer"),
        ("As noted in [1], nothing is sure.", "there is no list of entities in the answer"),
        ("The types are {PERS, ORG}.", "there is no list of entities in the answer"),
        ('{"label": "agree"}', "there is no list of entities in the answer"),
        ('{"entities": [', "there is no list of entities in the answer"),
        ('{"entities": [{"text": "مص', "there is no list of entities in the answer"),
        ("[[[[", "there is no list of entities in the answer"),
    ],
)
def test_what_is_no_answer_says_why(text, problem):
    assert parsed("ner", text) == Parsed(None, problem, 0)


@pytest.mark.parametrize(
    "item",
    [
        {"text": "مصر", "type": "COUNTRYSIDE"},
        {"text": "مصر", "type": None},
        {"text": "مصر"},
        {"text": " ", "type": "GPE"},
        {"text": None, "type": "GPE"},
        {"type": "GPE"},
        "مصر",
        None,
        {},
        [],
    ],
)
def test_an_item_that_cannot_be_used_is_left_out_and_counted(item):
    text = json.dumps({"entities": [{"text": "محمد صلاح", "type": "PERS"}, item]})
    found = parsed("ner", text)
    assert [entity.text for entity in found.answer.entities] == ["محمد صلاح"]
    assert found.left_out == (0 if item == [] else 1)


def test_a_type_is_one_that_the_task_can_use():
    def types(*tags):
        task = SimpleNamespace(type="ner", labels=("O", *tags))
        said = [{"text": "س", "type": name} for name in (*ENTITY_TYPES, "PER", "MISC")]
        found = parse_answer(task, json.dumps({"entities": said}))
        assert len(found.answer.entities) + found.left_out == len(said)
        return {entity.type for entity in found.answer.entities}

    without = {"OCC", "DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "CARDINAL", "ORDINAL", "UNIT"}
    assert (
        types("B-PER", "I-PER", "B-LOC", "I-LOC") == {"PERS", "PER", "GPE", "LOC", "FAC"} | without
    )
    assert types(*NER_TAGS[1:]) == {*ENTITY_TYPES, "PER", "MISC"}


def test_of_an_answer_that_was_cut_off_the_complete_items_count():
    for end in range(ASKED.index("PERS") + len('PERS"'), ASKED.index('"GPE"') + len('"GPE')):
        found = parsed("ner", ASKED[:end])
        assert found.answer == NerAnswer(entities=(SaidEntity(text=SALAH[0], type="PERS"),))
        assert found.left_out == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"label": "agree"}', "agree"),
        ('```json\n{"label": "AGREES"}\n```', "agree"),
        ("{'stance': 'Disagree', 'confidence': 0.9}", "disagree"),
        ('{"reasoning": "It discusses, and may agree.", "label": "unrelated"}', "unrelated"),
        ('{"label": ["discuss"]}', "discuss"),
        ('{"result": {"label": "discuss"}}', "discuss"),
        ('{"label": "discuss", "why": "cut o', "discuss"),
        ('{"label": "agree"} or rather {"label": "discuss"}', "discuss"),
        ('{"label": "agree|disagree|discuss|unrelated"}: {"label": "discuss"}', "discuss"),
        ('{"label": "agree: the text asserts it"}', "agree"),
        ('{"الموقف": "معارض"}', "disagree"),
        ('["agree"]', "agree"),
        ("Agree", "agree"),
        ("**unrelated**.", "unrelated"),
        ("The stance is: **discuss**.", "discuss"),
        ('The stance of the text towards the claim is "disagree".', "disagree"),
        ("It may agree or discuss.\nLabel: discuss", "discuss"),
        ("Label: agree\nNo. Label: discuss", "discuss"),
        ("It could agree, or it could disagree.\n\nunrelated", "unrelated"),
        ("discuss\n\nThe text does not say whether it agrees.", "discuss"),
        ("The text does not agree. It is unrelated.", "unrelated"),
        ("not related", "unrelated"),
        ("\\boxed{disagree}", "disagree"),
        ("موافق", "agree"),
        ("الموقف: غير ذي صلة", "unrelated"),
        ("غير موافق", "disagree"),
        ("النص يناقش الادعاء.", "discuss"),
        ("<think>agree? disagree?</think>discuss", "discuss"),
    ],
)
def test_the_label_is_the_one_that_is_meant(text, expected):
    assert label(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the answer is empty"),
        ("I am not sure.", "there is no label in the answer"),
        ("The text does not agree.", "there is no label in the answer"),
        ("It may agree or discuss.", "the answer names more than one label: agree, discuss"),
        ("Label: agree/disagree", "the answer names more than one label: agree, disagree"),
        ("agree\nbut then:\ndisagree", "the answer names more than one label: agree, disagree"),
        ('{"label": "maybe"}', "the answer gives no label of the task, but 'maybe'"),
        ('{"label": null}', "the answer gives no label of the task, but nothing"),
        (
            '{"label": ["agree", "discuss"]}',
            "the answer gives no label of the task, but a list",
        ),
        ('{"agree": 0.9, "disagree": 0.1}', "there is no label in the answer"),
        ('{"reason": "it discusses the claim"}', "there is no label in the answer"),
        ('{"label": "agr', "there is no label in the answer"),
    ],
)
def test_a_text_that_means_no_label_or_several_says_so(text, problem):
    assert parsed("stance", text) == Parsed(None, problem, 0)


def test_a_label_that_the_task_lacks_is_no_answer():
    task = SimpleNamespace(type="stance", labels=("agree", "disagree"))
    assert parse_answer(task, '{"label": "agree"}').answer == StanceAnswer(label="agree")
    assert parse_answer(task, "discuss").problem == (
        "the label 'discuss' is none of the task: agree, disagree"
    )


FULL = {
    "content": ["لن نستسلم", "سنقاتل"],
    "source_name": "فولوديمير زيلينسكي",
    "cue": "قال",
    "source": "زيلينسكي",
    "via": None,
    "source_type": "person",
    "mode": "direct",
}


def attributions(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    found = parsed("attribution", text)
    assert found.problem is None
    return list(found.answer.attributions), found.left_out


@pytest.mark.parametrize("value", [{"attributions": [FULL]}, [FULL], FULL, {"a": {"b": [FULL]}}])
def test_an_attribution_is_read_with_all_its_fields(value):
    expected = SaidAttribution(**{**FULL, "content": tuple(FULL["content"])})
    assert attributions(value) == ([expected], 0)


@pytest.mark.parametrize(
    "item",
    [
        {"content": "لن نستسلم", "source_name": "زيلينسكي"},
        {"quote": "لن نستسلم", "speaker": "زيلينسكي", "cue": None},
        {"Quote": ["لن نستسلم"], "sourceName": "زيلينسكي", "cue": ""},
        {"القول": "لن نستسلم", "المصدر": "زيلينسكي", "via": "none"},
        {"content": [{"text": "لن نستسلم"}], "source_name": " زيلينسكي ", "mode": "shouted"},
        {"content": ["لن نستسلم", "", None], "source_name": "زيلينسكي", "source_type": 3},
    ],
)
def test_an_attribution_may_use_other_names_and_one_string_for_a_list(item):
    expected = SaidAttribution(content=("لن نستسلم",), source_name="زيلينسكي")
    assert attributions({"attributions": [item]}) == ([expected], 0)


def test_a_source_that_is_named_once_is_the_name_of_the_source():
    ((found,), _) = attributions({"attributions": [{"content": ["س"], "source": "زيلينسكي"}]})
    assert (found.source_name, found.source) == ("زيلينسكي", "زيلينسكي")


@pytest.mark.parametrize("written", ["Unnamed Official", "unnamed-official", "UNNAMED_OFFICIAL"])
def test_a_kind_of_source_may_be_written_in_other_ways(written):
    ((found,), _) = attributions([{**FULL, "source_type": written}])
    assert found.source_type == "unnamed_official"


@pytest.mark.parametrize(
    "item",
    [
        {"content": ["س"]},
        {"content": ["س"], "source_name": None},
        {"content": [], "source_name": "ص"},
        {"content": None, "source_name": "ص"},
        {"source_name": "ص"},
        "س",
        None,
    ],
)
def test_an_attribution_without_content_or_speaker_is_left_out_and_counted(item):
    found, left_out = attributions({"attributions": [FULL, item]})
    assert len(found) == left_out == 1


@pytest.mark.parametrize("text", ['{"attributions": []}', "[]", "No quotations found.", "none"])
def test_that_nobody_says_anything_is_an_answer(text):
    assert parsed("attribution", text) == Parsed(AttributionAnswer(attributions=()), None, 0)


def test_a_content_that_was_cut_off_is_no_content():
    text = json.dumps({"attributions": [FULL, {"source_name": "س", "content": ["ع", "غ"]}]})
    assert len(attributions(text[: text.rindex('"')])[0]) == 1
    assert attributions(text[: text.rindex('"')])[1] == 0
    assert parsed("attribution", "He said so.").problem == (
        "there is no list of attributions in the answer"
    )


def test_what_cannot_be_written_to_a_file_is_replaced():
    assert entities('{"entities": [{"text": "س\\ud800", "type": "GPE"}]}') == [("س?", "GPE")]


VALID = {
    "ner": ASKED,
    "stance": '{"label": "agree"}',
    "attribution": json.dumps({"attributions": [FULL, FULL]}, ensure_ascii=False),
}


def check(task_type, text):
    """What holds of whatever is said."""
    answer, problem, left_out = parsed(task_type, text)
    assert (answer is None) == bool(problem)
    assert left_out >= 0
    match answer:
        case NerAnswer():
            assert all(entity.text.strip() and entity.type for entity in answer.entities)
        case StanceAnswer():
            assert answer.label in STANCE_LABELS
        case AttributionAnswer():
            assert all(said.content and said.source_name for said in answer.attributions)


tasks = st.sampled_from(sorted(TASKS))
# Pieces that answers are made of, so that chance comes upon more than noise.
pieces = st.sampled_from(
    [
        "{", "}", "[", "]", "(", ")", '"', "'", "«", "»", ":", ",", "،", "\\", "\n", "```", "//",
        "/*", "entities", "text", "type", "PERS", "label", "agree", "not", "attributions",
        "content", "source_name", "none", "</think>", "<think>", "- ", "محمد صلاح", "null", "1",
    ]
)  # fmt: skip


@settings(max_examples=500)
@given(tasks, st.text() | st.lists(pieces | st.characters(), max_size=40).map("".join))
def test_nothing_that_is_said_is_an_error(task_type, text):
    check(task_type, text)


@settings(max_examples=500)
@given(tasks, st.data())
def test_no_damage_to_an_answer_is_an_error(task_type, data):
    text = VALID[task_type]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 6, len(text))))
        text = text[:start] + data.draw(pieces | st.text(max_size=3)) + text[end:]
    check(task_type, text[: data.draw(st.integers(0, len(text)))])


@pytest.mark.parametrize("task_type", sorted(TASKS))
@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"entities": ' * 20_000,
        '{"label": ' * 20_000,
        "[" * 900 + "]" * 900,
        '{"attributions": [' * 400 + "]}" * 400,
        "agree " * 50_000,
        "label " * 50_000,
        "so, " * 25_000,
        "it agrees; " * 10_000,
        "the answer of " * 20_000,
        "- " * 50_000,
        "a\n" * 50_000,
        "<think>" * 50_000,
        '{"text": "a", "type": "ORG"}\n' * 10_000,
        '"' + "9" * 10_000 + '"',
        "9" * 10_000,
        "[" + "9" * 10_000 + "]",
    ],
    ids=lambda text: text[:12],
)
def test_neither_depth_nor_length_is_an_error(task_type, text):
    check(task_type, text)
