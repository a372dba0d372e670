"""A provider of inspect-ai whose models answer by script: its mock model, by name.

`llm:scripted/NAME` answers with what `script(NAME, …)` gave it: a function of the system's part and
of the question. Usage is set on every output, since
the mock would count tokens with what it downloads.
"""

import json
from collections.abc import Callable

from inspect_ai.model import ModelOutput, ModelUsage, modelapi
from inspect_ai.model._providers.mockllm import MockLLM

from arnews_bench.models.llm.prompting.examples import gold_answer
from arnews_bench.models.llm.prompting.prompts import LANGUAGES, fine_types, read_prompt
from arnews_bench.schema import Row
from arnews_bench.tasks import load_task

# What each model was asked, in order: the last message; and how many messages there were.
asked: dict[str, list[str]] = {}
turns: dict[str, set[int]] = {}
_scripts: dict[str, Callable[[str, str], str]] = {}


@modelapi(name="scripted")
def scripted() -> type:
    """The provider."""
    return _Scripted


class _Scripted(MockLLM):
    def __init__(self, model_name, base_url=None, api_key=None, config=None, **arguments):
        def answer(messages, tools, choice, config):
            question = messages[-1].text
            asked[model_name].append(question)
            turns[model_name].add(len(messages))
            said = _scripts[model_name](messages[0].text, question)
            output = ModelOutput.from_content(model_name, said)
            output.usage = ModelUsage(input_tokens=100, output_tokens=10, total_tokens=110)
            return output

        super().__init__(model_name, base_url, api_key, config, custom_outputs=answer, **arguments)


def provider() -> type:
    """The class of its models."""
    return _Scripted


def script(name: str, answer: Callable[[str, str], str]) -> str:
    """Make a model that answers by a function; its spec."""
    asked[name], turns[name], _scripts[name] = [], set(), answer
    return f"llm:scripted/{name}"


def said_by(name: str, system: str, question: str) -> str:
    """What a model answers."""
    return _scripts[name](system, question)


def oracle(name: str, *tasks: str, change: Callable[[dict, Row], object] | None = None) -> str:
    """A model that answers the rows of tasks with their gold, perhaps changed; its spec."""
    # A headline is a sentence and a document: the question is the same, the system's part is not.
    gold: dict[tuple[str, str], str] = {}
    for task_name in tasks:
        task = load_task(task_name)
        fine = fine_types(task, "auto")
        for language in LANGUAGES:
            template = read_prompt(task, language)
            for row in task.all_rows():
                answer = gold_answer(row, fine=fine)
                if change is not None:
                    answer = json.dumps(change(json.loads(answer), row), ensure_ascii=False)
                system, question = template.messages(task, row, (), fine=fine)
                gold[system.content, question.content] = answer
    return script(name, lambda *said: gold[said])
