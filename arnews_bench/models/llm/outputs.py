"""What a provider's output becomes in the log of answers."""

from typing import TYPE_CHECKING

from arnews_bench.answer_log import REFUSED, Answer
from arnews_bench.models.llm.budget import Price
from arnews_bench.models.llm.reading.parsing import parse_answer
from arnews_bench.models.llm.reading.placing import place_answer
from arnews_bench.schema import Row
from arnews_bench.tasks import Task

if TYPE_CHECKING:
    from inspect_ai.model import ModelOutput

__all__ = ["read_output", "refused_answer"]


def read_output(
    task: Task,
    row: Row,
    output: "ModelOutput",
    *,
    name: str,
    price: Price | None,
    structured: bool,
) -> Answer:
    """The answer to a row, in the sample of inspect-ai that asked for it.

    Args:
        task: The task.
        row: The row.
        output: What came back.
        name: The model as it was asked for.
        price: What tokens cost, where the provider does not say.
        structured: Whether it was asked for with a JSON schema.
    """
    completion = _whole_letters(output.completion)
    parsed = parse_answer(task, completion)
    placed = place_answer(row, parsed.answer)
    usage, repeated = output.usage, _from_cache()
    input_tokens = output_tokens = reasoning_tokens = 0
    cost = None
    if usage is not None:
        cached = (usage.input_tokens_cache_read or 0) + (usage.input_tokens_cache_write or 0)
        input_tokens, output_tokens = usage.input_tokens + cached, usage.output_tokens
        reasoning_tokens = usage.reasoning_tokens or 0
        cost = usage.total_cost
        # Some servers send zeros for what they have not counted.
        counted = input_tokens > 0 and (output_tokens > 0 or not completion)
        if cost is None and price is not None and counted:
            cost = price.of(input_tokens, output_tokens)
    return Answer(
        id=row.id,
        completion=completion,
        model=output.model or name,
        # Some servers answer without a choice, where a filter took it away.
        stop_reason="unknown" if output.empty else output.stop_reason,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        reasoning_tokens=reasoning_tokens,
        cost=cost,
        seconds=0.0 if repeated else output.time or 0.0,
        structured=structured,
        repeated=repeated,
        problem=parsed.problem and (_wordless(output) or parsed.problem),
        left_out=parsed.left_out,
        placed=placed.how,
    )


def refused_answer(row_id: str, *, name: str, said: str) -> Answer:
    """A row that the server does not take, as an answer that says nothing.

    Args:
        row_id: The row.
        name: The model as it was asked for.
        said: What the server said.
    """
    return Answer(
        id=row_id,
        completion="",
        model=name,
        stop_reason=REFUSED,
        input_tokens=0,
        output_tokens=0,
        cost=0.0,
        seconds=0.0,
        problem=f"the server refused the request: {said}",
    )


def _wordless(output: "ModelOutput") -> str | None:
    """What came in place of words, if something did."""
    if output.empty or output.completion.strip():
        return None
    if output.message.tool_calls:
        return "there is a call of a tool, and no words"
    parts = output.message.content
    reasoned = not isinstance(parts, str) and any(part.type == "reasoning" for part in parts)
    return "there is only reasoning, and no answer" if reasoned else None


def _whole_letters(text: str) -> str:
    """A text with `�` for half a letter, as at a limit of tokens; no file can hold one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _from_cache() -> bool:
    """Whether the last answer of this sample came from the cache of inspect-ai."""
    from inspect_ai.event import ModelEvent
    from inspect_ai.log import transcript

    calls = [event for event in transcript().events if isinstance(event, ModelEvent)]
    return bool(calls) and calls[-1].cache == "read"
