"""The file of a prompt: what it may hold, and what is said of a mistake in it."""

import hashlib
import re

import pytest

import arnews_bench as ab
from arnews_bench.errors import InputError
from arnews_bench.models.llm.prompting.prompts import LANGUAGES, read_prompt
from arnews_bench.paths import tasks_dir


@pytest.fixture
def own_file(tmp_path):
    """Write a prompt of one's own: that of stance in English, changed."""
    original = (tasks_dir() / "stance" / "prompt.en.md").read_text(encoding="utf-8")

    def write(old="", new="", *, count=1):
        assert old in original
        path = tmp_path / "own.md"
        path.write_text(original.replace(old, new, count), encoding="utf-8")
        return path

    return write


def line_of(path, text):
    return path.read_text(encoding="utf-8").split(text)[0].count("\n") + 1


def refusal(path, name="stance"):
    with pytest.raises(InputError) as found:
        read_prompt(ab.load_task(name), "ar", path)
    return str(found.value)


@pytest.mark.parametrize("name", ["ner", "stance", "attribution"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_digest_is_that_of_the_bytes_of_the_file(name, language):
    content = (tasks_dir() / name / f"prompt.{language}.md").read_bytes()
    template = read_prompt(ab.load_task(name), language)
    assert template.digest == hashlib.sha256(content).hexdigest()
    assert template.language == language


def test_a_file_of_ones_own_takes_the_place_of_the_prompt_in_any_language(own_file):
    path = own_file("Decide the stance", "Tell the stance")
    template = read_prompt(ab.load_task("stance"), "ar", path)
    assert template.language == "en"
    task = ab.load_task("stance")
    system = template.messages(task, task.rows("test")[0], fine=False)[0].content
    assert system.startswith("Tell the stance")


def test_what_stands_above_the_first_mark_is_not_sent(own_file):
    path = own_file("<!-- system -->", "A {{ note }} for readers.\n<!-- system -->")
    task = ab.load_task("stance")
    turns = read_prompt(task, "en", path).messages(task, task.rows("test")[0], fine=False)
    assert not any("for readers" in turn.content for turn in turns)


def test_a_missing_file_is_refused(tmp_path):
    assert refusal(tmp_path / "none.md") == f"{tmp_path / 'none.md'}: no such file"


def test_the_prompt_of_another_task_is_refused(own_file):
    path = own_file()
    assert refusal(path, "ner").startswith(f"{path}:2: task: 'stance', but the task that is asked")


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("{{ claim }}", "{{ clam }}", "{{ clam", "unknown variable 'clam'.*did you mean 'claim'"),
        ("in names %}", "in name %}", "in name %", "cannot be filled in: 'name' is undefined"),
        (
            "{% endif %}",
            "",
            "{% endfor %}\n\n<!-- user",
            "system part is no Jinja2 template: Unexpected end",
        ),
        ("Rules:", "Rules: {% fro %}", "Rules", "no Jinja2 template: Encountered unknown tag"),
        ("Rules:", "Rules: {{ labels.x.y }}", "Rules", "system part cannot be filled in: "),
        ("Rules:", "Rules: {{ 1 / 0 }}", "Rules", "cannot be filled in: division by zero"),
        ("Rules:", '{% include "x" %}', "{% include", "cannot be filled in: "),
        ("    agree:", "    agre:", "    agre:", "unknown label 'agre'; did you mean 'agree'"),
        ("  label:", "  labels:", "  labels:", "unknown kind 'labels'; did you mean 'label'"),
        ("\nlanguage: en", "", "task:", "Object missing required field `language`$"),
        ("language: en", "langauge: en", "langauge", "unknown field `langauge`$"),
        (
            "task: stance",
            "task: stanse",
            "task: stanse",
            "field `task`: Invalid enum value 'stanse'; allowed are attribution, ner, stance$",
        ),
        ("language: en", "language: 3", "language: 3", "field `language`: Expected `str`, got `i"),
        ("language: en", "language: [en", "labels:", "not YAML: expected ',' or ']', but got ':'$"),
        (
            "language: en",
            "language: !x en",
            "language: !x",
            "not YAML: could not determine a constructor for the tag '!x'$",
        ),
        ("---\ntask", "task", "task: stance", "'task: stance' where the front matter begins"),
    ],
)
def test_a_mistake_is_said_with_its_line(own_file, old, new, at, message):
    path = own_file(old, new)
    said = refusal(path)
    assert re.search(message, said, re.DOTALL), said
    assert said.startswith(f"{path}:{line_of(path, at)}: "), said
    assert "\n" not in said


def test_a_label_without_a_definition_is_refused(own_file):
    path = own_file()
    text = re.sub("    discuss: .*\n", "", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    assert refusal(path) == (
        f"{path}:5: labels.label: no definition of discuss; each label needs one line"
    )
    path.write_text(text.replace("    agree: ", "    discuss: ' '\n    agree: "), encoding="utf-8")
    assert "no definition of discuss" in refusal(path)


@pytest.mark.parametrize("mark", ["system", "user"])
def test_a_missing_part_is_refused(own_file, mark):
    said = refusal(own_file(f"<!-- {mark} -->\n", ""))
    assert "needs a line <!-- system --> and after it a line <!-- user -->" in said


def test_an_empty_part_is_refused(own_file):
    path = own_file()
    text = path.read_text(encoding="utf-8").split("<!-- user -->")[0] + "<!-- user -->\n\n"
    path.write_text(text, encoding="utf-8")
    line = line_of(path, "<!-- user -->")
    assert refusal(path) == f"{path}:{line}: the user part is empty; it needs a text"


def test_a_question_without_the_text_is_refused(own_file):
    said = refusal(own_file("\n{{ text }}", ""))
    assert "the user part does not hold {{ text }}, so that the model would not see it" in said


def test_a_template_sees_its_variables_and_nothing_else(own_file):
    said = refusal(own_file("Rules:", "{{ ''.__class__.__mro__[1].__subclasses__() }}"))
    assert "cannot be filled in" in said
    assert "unsafe" in said


def test_bytes_that_are_no_utf_8_are_refused(own_file):
    path = own_file()
    path.write_bytes(path.read_bytes().replace(b"Rules:", b"Rules\xff:"))
    assert refusal(path) == f"{path}:{refusal_line(path)}: byte 0xff: not UTF-8, which is needed"


def refusal_line(path):
    return path.read_bytes().split(b"\xff")[0].count(b"\n") + 1
