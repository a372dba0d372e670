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
ANSWER = json.dumps(
    {"entities": [{"text": text, "type": kind, "context": None} for text, kind in SAID]},
    ensure_ascii=False,
)


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
        ("attribution", "يتحدث النص عن تصريحات لافروف بشأن الضمانات الأمنية."),
        ("attribution", "لافروف: الضمانات الأمنية يجب أن تكون عادلة"),
        ("stance", '{"label": "الموقف"}'),
        ("stance", '{"label": "STANCE"}'),
        ("stance", '{"type": "object", "properties": {"label": {"enum": ["agree", "discuss"]}}}'),
        ("stance", '{"label": "neutral"}'),
        ("stance", '{"label": "not agree"}'),
        ("stance", '{"label": 1}'),
        ("stance", "2"),
        ("stance", "I'm sorry, but I cannot agree or disagree with political claims."),
        ("stance", "I'm unable to discuss this topic."),
        ("stance", "I can't discuss that."),
        ("stance", "We can discuss something else instead."),
        ("stance", "بصفتي نموذجًا لغويًا، لا يمكنني أن أوافق أو أعارض."),
        ("stance", "The text discusses that Russia and Ukraine agreed on a ceasefire in Riyadh."),
        ("stance", "اجتمع الوزيران في موسكو وكان بينهما معارض بارز للحرب في أوكرانيا."),
    ],
)
def test_what_is_no_answer_does_not_become_one(task, completion):
    assert said(task, completion) is None


@pytest.mark.parametrize(
    ("completion", "label"),
    [
        ('النص ينفي وقوع المحادثات.\n\n{"label": "disagree"}', "disagree"),
        ('{"label": "discuss"}\n\nلا يؤكد الادعاء (agree) ولا ينفيه (disagree).', "discuss"),
        ('{"label": "agree"}\nانتظر، الأصح:\n{"label": "discuss"}', "discuss"),
        ('{"label": "agree"}\n\nالادعاء: …\nالنص: …\n{"label": "unrelated"}', "agree"),
        ('"label": "agree" // because it is not unrelated', "agree"),
        ('{"label": "disagree", "scores": {"agree": 0.1, "disagree": 0.9}}', "disagree"),
        ('{"label": "معارض (disagree)"}', "disagree"),
        ('{"label": "ﻣﻌﺎﺭﺽ"}', "disagree"),
        ('{"label": "not_related"}', "unrelated"),
        ('{"label": "contradicts"}', "disagree"),
        ("The text neither agrees nor disagrees. It only discusses it.", "discuss"),
        ("The stance is discuss because the text neither agrees nor disagrees.", "discuss"),
        ("I would go with `unrelated`, since the text never mentions the claim.", "unrelated"),
        ("The text supports the claim.", "agree"),
        ("The text does not support the claim; it refutes the claim.", "disagree"),
        ("النص لا يعارض الادعاء، بل يؤيده.", "agree"),
        ("النص لا يوافق الادعاء ولا يعارضه، بل يناقشه.", "discuss"),
        ("النص لا علاقة له بالادعاء.", "unrelated"),
        ("الجواب هو: disagree.", "disagree"),
        (r"Therefore, the answer is $\boxed{\text{discuss}}$.", "discuss"),
    ],
)
def test_a_stance_is_read_as_it_is_meant(completion, label):
    assert said("stance", completion) == label


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
