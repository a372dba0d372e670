"""What the prompts of the tasks say: the same in each language, and what the guidelines say."""

import json
import re

import jsonschema
import pytest

from arnews_bench import load_task
from arnews_bench.models.llm.prompting.prompts import LANGUAGES, read_prompt
from arnews_bench.models.llm.prompting.schemas import answer_schema
from arnews_bench.models.llm.reading.parsing import parse_answer
from arnews_bench.models.llm.reading.placing import place_answer
from arnews_bench.paths import tasks_dir

TASKS = ("ner", "stance", "attribution")
ARABIC = re.compile("[\u0620-\u064a]")


def written(name, language):
    return (tasks_dir() / name / f"prompt.{language}.md").read_text(encoding="utf-8")


def system(name, language):
    task = load_task(name)
    return read_prompt(task, language).messages(task, task.rows("test")[0], fine=True)[0].content


@pytest.mark.parametrize("name", TASKS)
def test_both_languages_give_the_same_arabic_examples(name):
    arabic, english = written(name, "ar"), written(name, "en")
    quoted = set(filter(ARABIC.search, re.findall(r"`([^`]+)`", english)))
    assert {words for words in quoted if f"«{words}»" not in arabic} == set()
    assert {words for words in re.findall("«([^«»]+)»", arabic) if words not in english} == set()


@pytest.mark.parametrize("name", TASKS)
def test_both_languages_have_the_same_rules_and_values(name):
    def outline(language):
        text = system(name, language)
        return re.findall(r"^ *- (?:[A-Za-z_]+(?=: ))?|^[{].*", text, re.MULTILINE)

    arabic, english = outline("ar"), outline("en")
    assert len(arabic) == len(english)
    of_rules = [line for line in arabic if not line.startswith("{")]
    assert of_rules == [line for line in english if not line.startswith("{")]
    # What fills the form of an answer is a word of the language, its examples are not.
    assert arabic[-1] == english[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_form_of_an_attribution_is_a_whole_answer_to_an_invented_text(language):
    task = load_task("attribution")
    texts = "\n".join(row.text for row in task.all_rows())
    forms = re.findall(r"^[{].*", system("attribution", language), re.MULTILINE)
    assert len(forms) == 2
    for form in forms:
        answer = json.loads(form)
        jsonschema.validate(answer, answer_schema(task, fine=False))
        assert not any(part in texts for item in answer["attributions"] for part in item["content"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_list_of_a_prompt_is_left_out(language):
    for name in TASKS:
        assert not re.search(r"\[(?:…|\.\.\.)\]", written(name, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_repeats_the_form_of_an_attribution_has_said_nothing_of_the_text(language):
    task = load_task("attribution")
    form = next(line for line in system("attribution", language).splitlines() if line[:1] == "{")
    for row in task.all_rows():
        (said,) = place_answer(row, parse_answer(task, form).answer).prediction.attributions
        assert said.content == ("السفينة غرقت",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_impersonal_cue_is_anonymous(language):
    (line,) = (x for x in system("attribution", language).splitlines() if "- source_name:" in x)
    assert re.search("يُعتقد.*غير محدد.*source_type.*anonymous", line)
    form = next(x for x in system("attribution", language).splitlines() if x.startswith("{"))
    (said,) = json.loads(form)["attributions"]
    assert (said["source"], said["source_name"], said["source_type"]) == (
        None,
        "غير محدد",
        "anonymous",
    )


def test_impersonal_cues_of_the_gold_are_so_too():
    gold = [said for row in load_task("attribution").all_rows() for said in row.attributions]
    nobody = [said for said in gold if said.source_name == "غير محدد"]
    assert nobody
    assert all(said.source is None and said.source_type == "anonymous" for said in nobody)
