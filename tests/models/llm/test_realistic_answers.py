"""Answers as language models give them, and what a fair reader takes them to say."""

import json

import pytest
from test_parsing import TASKS

from arnews_bench import load_task
from arnews_bench.models.llm.prompting.prompts import LANGUAGES, read_prompt
from arnews_bench.models.llm.reading.parsing import parse_answer
from arnews_bench.models.llm.reading.placing import place_answer

# روسيا تعلن السيطرة على بلدة كوراخوف شرق أوكرانيا
SAID = [("روسيا", "GPE"), ("كوراخوف", "GPE"), ("شرق أوكرانيا", "LOC"), ("أوكرانيا", "GPE")]
BY_TYPE = [SAID[0], SAID[1], SAID[3], SAID[2]]
DRAFT = '{"entities": [{"text": "بيروت", "type": "GPE"}]}'
ITEMS = [{"text": text, "type": kind, "context": None} for text, kind in SAID]
ANSWER = json.dumps({"entities": ITEMS}, ensure_ascii=False)


def said(task, completion):
    """What an answer says, as plain values; None if it cannot be read."""
    answer = parse_answer(TASKS[task], completion).answer
    if answer is None:
        return None
    if task == "ner":
        return [(entity.text, entity.type) for entity in answer.entities]
    if task == "attribution":
        return [(item.content, item.source_name) for item in answer.attributions]
    return answer.label


def lines(form):
    return "\n".join(form.format(text, kind) for text, kind in SAID)


NER = {
    "a polite preamble and a fence": f"بالتأكيد! إليك:\n\n```json\n{ANSWER}\n```\n\nأنا هنا.",
    "an apology, then the answer": f"عذرًا على الإجابة السابقة. الصحيح:\n{ANSWER}",
    "thinking with a draft": f"<think>{DRAFT}</think>{ANSWER}",
    "channels": f"<|channel|>analysis<|message|>So.<|end|><|channel|>final<|message|>{ANSWER}",
    "a tool call": f'<tool_call>{{"name": "answer", "arguments": {ANSWER}}}</tool_call>',
    "the example first": f"مثال:\n{DRAFT}\nالإجابة:\n{ANSWER}",
    "the next question, made up": f"{ANSWER}\n\nمثال آخر:\n{DRAFT}",
    "a turn that is not its own": f"{ANSWER}<|im_end|>\n<|im_start|>user\n{DRAFT}",
    "a turn of the tokens of another maker": f"{ANSWER}</s>\n[INST] {DRAFT} [/INST] {DRAFT}",
    "the last line of the question, and its answer": (
        f"{ANSWER}\n\nأجب بكائن JSON وحده.\n\n{DRAFT}\n\nأجب بكائن JSON وحده.\n\n{DRAFT}"
    ),
    "an explanation before the next question": f"{ANSWER}\n\nالشرح: كذا.\n\nسؤال: كذا\n{DRAFT}",
    "an unclosed list before the next question": f"{ANSWER[:-2]}\n\nسؤال: كذا\n{DRAFT}",
    "the same until there is no room": f"{ANSWER}\n\n{ANSWER}\n\n{ANSWER[:60]}",
    "the same until there is no room for half of it": f"{ANSWER}\n\n{ANSWER[:150]}",
    "a draft that is longer than what the cut left of the answer": (
        f"{DRAFT}\n\n{ANSWER.removesuffix(']}')}"
    ),
    "the form behind": f'{ANSWER}\n\nالصيغة المطلوبة: {{"entities": […]}}',
    "numbered members": json.dumps({"entities": dict(enumerate(ITEMS))}),
    "named members": json.dumps({f"entity_{number}": item for number, item in enumerate(ITEMS)}),
    "numbered members that were cut off": (
        json.dumps({"entities": dict(enumerate([*ITEMS, ITEMS[0]]))})[:-40]
    ),
    "numbered headings": lines('**Entity 1:**\n{{"text": "{}", "type": "{}"}}\n'),
    "a brace that is missing": ANSWER.replace("}, {", ", {"),
    "a note behind": f"{ANSWER}\n\nملاحظة: «بلدة» اسم جنس [قاعدة 6].",
    "Arabic commas": ANSWER.replace(", ", "، "),
    "escaped Arabic": json.dumps(json.loads(ANSWER)),
    "a string of JSON without its marks": json.dumps(ANSWER, ensure_ascii=False)[1:-1],
    "HTML entities": ANSWER.replace('"', "&quot;"),
    "marks of direction": f"\ufeff\u200f{ANSWER}\u200e",
    "a table": "إليك:\n| الكيان | النوع |\n|---|---|\n" + lines("| {} | {} |") + "\n\nانتهى.",
    "more columns": "|# | Entity | Type | Why|\n|-|-|-|-|\n" + lines("| 1 | **{}** | {} | x |"),
    "comma-separated values": "```csv\ntext,type,context\n" + lines("{},{},") + "\n```",
    "tabs": lines("{}\t{}"),
    "YAML": "entities:\n" + lines("  - text: {}\n    type: {}"),
    "blocks of fields": lines("النص: {}\nالنوع: {}\n"),
    "tags": lines("<{1}>{0}</{1}>"),
    "bold bullets": "إليك الكيانات المسماة:\n\n" + lines("* **{}**: {}"),
    "bullets that explain": lines("- **{}** ({}): دولة أو إقليم"),
    "bullets that gloss the type": lines("1. {} - {} (دولة)").replace("LOC (دولة)", "LOC (إقليم)"),
    "Arabic numbers": lines("١. {} ({})"),
    "arrows": lines("{} => {}"),
    "Python pairs": "[" + ", ".join(f"('{text}', '{kind}')" for text, kind in SAID) + "]",
    "pairs with offsets": json.dumps([[*pair, 0, 5] for pair in SAID]),
    "text to type": json.dumps({"entities": dict(SAID)}),
    "objects of one member": json.dumps({"entities": [{text: kind} for text, kind in SAID]}),
    "a fence an item": lines('```json\n{{"text": "{}", "type": "{}"}}\n```'),
    "Arabic keys without article": lines('{{"نص": "{}", "نوع": "{}"}}'),
    "types with a gloss": ANSWER.replace('"GPE"', '"دولة (GPE)"').replace('"LOC"', '"LOC: إقليم"'),
    "types in Arabic": ANSWER.replace("GPE", "دولة").replace("LOC", "إقليم"),
}  # fmt: skip


@pytest.mark.parametrize("completion", NER.values(), ids=NER)
def test_entities_are_not_lost_for_their_form(completion):
    assert said("ner", completion) == SAID


@pytest.mark.parametrize(
    "completion",
    [
        "**GPE:**\n- روسيا\n- كوراخوف\n- أوكرانيا\n**LOC:**\n- شرق أوكرانيا\n**ORG:**\n- لا يوجد",
        "### الدول والمدن (GPE)\n- روسيا\n- كوراخوف\n- أوكرانيا\n\n### LOC\n- شرق أوكرانيا",
        "GPE: روسيا، كوراخوف، أوكرانيا\nLOC: شرق أوكرانيا",
    ],
)
def test_a_heading_gives_its_type_to_what_stands_below(completion):
    assert said("ner", completion) == BY_TYPE


def test_of_a_draft_and_an_answer_that_was_cut_off_the_answer_counts():
    assert said("ner", f"{DRAFT}\n\n{ANSWER[:70]}") == SAID[:1]


@pytest.mark.parametrize(
    "completion",
    [
        "لا توجد كيانات مسماة في النص المقدم.",
        "النص لا يحتوي على أي كيانات مسماة.",
        "There are no named entities in the given text.",
        "The text does not contain any named entities.",
    ],
)
def test_a_sentence_may_say_that_there_is_nothing(completion):
    assert said("ner", completion) == []


@pytest.mark.parametrize(
    ("task", "completion"),
    [
        ("ner", "عذرًا، لا أستطيع المساعدة في هذا الطلب لأنه يتعلق بموضوع سياسي حساس."),
        ("ner", '{"results": [{"word": "روسيا", "entity": "GPE"}]}'),
        ("ner", '{"type": "object", "properties": {"entities": {"type": "array"}}}'),
        ("ner", "روسيا، كوراخوف، شرق أوكرانيا، أوكرانيا"),
        ("ner", "في هذا النص، روسيا هي دولة (GPE) وكوراخوف بلدة (GPE)."),
        ("ner", "<think>روسيا is GPE"),
        ("ner", f"[THINK]{DRAFT} hmm"),
        ("ner", f"<|START_THINKING|>{DRAFT} hmm"),
        ("ner", f"◁think▷{DRAFT} hmm"),
        ("attribution", '{"attributions": […]}'),
        ("attribution", "[...]"),
        ("attribution", "يتحدث النص عن تصريحات لافروف بشأن الضمانات الأمنية."),
        ("attribution", "لافروف: الضمانات الأمنية يجب أن تكون عادلة"),
    ],
)
def test_what_is_no_answer_does_not_become_one(task, completion):
    assert said(task, completion) is None


CONTENT = "الضمانات الأمنية يجب أن تكون عادلة ومتساوية للجميع"


@pytest.mark.parametrize(
    "completion",
    [
        f'[{{"speaker": "لافروف", "quote": "{CONTENT}"}}]',
        f'{{"الإسنادات": [{{"الدال": "وأوضح", "المصدر": "لافروف", "المحتوى": ["{CONTENT}"]}}]}}',
        f"| source_name | via | content |\n|---|---|---|\n| لافروف | - | {CONTENT} |",
        f"1. **cue**: وأوضح\n   **source_name**: لافروف\n   **content**: {CONTENT}",
    ],
)
def test_attributions_are_not_lost_for_their_form(completion):
    assert said("attribution", completion) == [((CONTENT,), "لافروف")]


def test_quotation_marks_that_were_not_escaped_belong_to_the_content():
    inner = 'بلاده "تؤيد الضمانات الأمنية الموثوقة"'
    completion = f'{{"attributions": [{{"source_name": "لافروف", "content": ["{inner}"]}}]}}'
    assert said("attribution", completion) == [((inner,), "لافروف")]


def test_a_line_of_a_content_is_no_next_question():
    content = "قال:\nسؤال: متى؟\nثم سكت"
    item = f'{{"source_name": "لافروف", "content": ["{content}"]}}'
    completion = f'{{"attributions": [{{"source_name": "س", "content": ["ع"]}}, {item}]}}'
    assert said("attribution", completion)[1:] == [((content,), "لافروف")]


def test_kinds_may_be_named_in_arabic():
    item = {"content": ["س"], "source_name": "ص", "source_type": "شخص", "mode": "غير مباشر"}
    (found,) = parse_answer(TASKS["attribution"], json.dumps([item])).answer.attributions
    assert (found.source_type, found.mode) == ("person", "indirect")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task_name", sorted(TASKS))
def test_who_repeats_the_example_of_the_prompt_has_said_nothing_of_the_text(task_name, language):
    task = load_task(task_name)
    row = next(row for row in task.all_rows() if len(row.text) > 100)
    system = read_prompt(task, language).messages(task, row, fine=True)[0].content
    example = system[system.rindex("(made up)" if language == "en" else "(مصنوع)") :]
    placed = place_answer(row, parse_answer(task, example).answer)
    assert set(placed.how) <= {"invented"}
    if task_name == "stance":
        assert placed.prediction.label is None
    else:
        assert sum(placed.how.values()) > 0
