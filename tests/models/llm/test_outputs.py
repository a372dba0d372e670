"""What providers send back, and what of it is kept."""

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    ContentReasoning,
    ContentText,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.tool import ToolCall

from arnews_bench import load_rows
from arnews_bench.models.llm.budget import Price
from arnews_bench.models.llm.outputs import read_output
from arnews_bench.tasks import load_task

RIGHT = '{"label": "agree"}'


def read(price=None, stop_reason="stop", **fields):
    if "choices" not in fields:
        content = fields.pop("content", RIGHT)
        message = ChatMessageAssistant(content=content)
        fields["choices"] = [ChatCompletionChoice(message=message, stop_reason=stop_reason)]
    return read_output(
        load_task("stance"),
        load_rows("stance", "test")[0],
        ModelOutput(**{"model": "exact"} | fields),
        name="llm:lab/m",
        price=price,
        structured=True,
    )


def test_the_tokens_that_a_provider_had_cached_are_tokens_of_the_prompt():
    usage = ModelUsage(
        input_tokens=5, output_tokens=3, input_tokens_cache_read=40, input_tokens_cache_write=2,
        reasoning_tokens=1,
    )  # fmt: skip
    answer = read(Price(1_000_000, 10_000_000), usage=usage)
    assert (answer.input_tokens, answer.output_tokens, answer.reasoning_tokens) == (47, 3, 1)
    assert answer.cost == 47 + 30


def test_what_a_provider_says_of_the_cost_comes_before_a_price():
    usage = ModelUsage(input_tokens=5, output_tokens=3, total_cost=0.25)
    assert read(Price(1, 1), usage=usage).cost == 0.25
    assert read(usage=usage).cost == 0.25


def test_without_usage_nobody_knows_what_an_answer_cost():
    answer = read(Price(1, 1))
    assert (answer.input_tokens, answer.output_tokens, answer.cost) == (0, 0, None)
    assert answer.problem is None


def test_zeros_in_place_of_usage_are_no_usage():
    answer = read(Price(1, 1), usage=ModelUsage(input_tokens=0, output_tokens=0))
    assert answer.cost is None
    assert read(Price(1, 1), usage=ModelUsage(input_tokens=9, output_tokens=0)).cost is None
    silent = read(Price(1_000_000, 1), content="", usage=ModelUsage(input_tokens=9))
    assert silent.cost == 9


def test_what_came_in_place_of_words_is_named():
    assert read(content="").problem == "the answer is empty"
    assert read(content=[ContentReasoning(reasoning="…")]).problem == (
        "there is only reasoning, and no answer"
    )
    call = ToolCall(id="1", function="answer", arguments={"label": "agree"})
    message = ChatMessageAssistant(content="", tool_calls=[call])
    choices = [ChatCompletionChoice(message=message, stop_reason="tool_calls")]
    assert read(choices=choices).problem == "there is a call of a tool, and no words"


def test_reasoning_is_no_part_of_the_answer():
    content = [ContentReasoning(reasoning='{"label": "discuss"}'), ContentText(text=RIGHT)]
    answer = read(content=content)
    assert (answer.completion, answer.problem) == (RIGHT, None)


def test_of_several_choices_the_first_counts():
    said = (RIGHT, '{"label": "discuss"}')
    choices = [ChatCompletionChoice(message=ChatMessageAssistant(content=text)) for text in said]
    assert read(choices=choices).completion == RIGHT


def test_no_choice_at_all_is_an_answer_that_cannot_be_read():
    answer = read(choices=[])
    assert (answer.completion, answer.stop_reason) == ("", "unknown")
    assert answer.problem


def test_a_server_without_a_name_for_the_model_leaves_the_one_that_was_asked():
    assert read(model="", stop_reason="unknown").model == "llm:lab/m"


def test_half_a_letter_is_kept_as_a_mark():
    assert read(content='{"label": "agree"} \ud83d').completion.endswith("\ufffd")
