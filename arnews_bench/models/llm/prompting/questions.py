"""The question about a row, as inspect-ai takes it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arnews_bench.models.llm.prompting.prompts import PromptTemplate
from arnews_bench.models.llm.prompting.schemas import answer_schema
from arnews_bench.schema import Row
from arnews_bench.tasks import Task

if TYPE_CHECKING:
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ResponseSchema

__all__ = ["make_sample", "response_schema"]


def make_sample(
    task: Task, row: Row, template: PromptTemplate, shots: Sequence[Row], *, fine: bool
) -> "Sample":
    """The messages that ask for a row.

    Args:
        task: The task.
        row: The row; its gold is not looked at.
        template: The prompt.
        shots: Rows that are shown with their gold first.
        fine: Ask for the fine types of entities.

    Raises:
        InputError: The template fails, or a shot has no gold of that kind.
    """
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    kinds = {
        "system": ChatMessageSystem,
        "user": ChatMessageUser,
        "assistant": ChatMessageAssistant,
    }
    messages = template.messages(task, row, shots, fine=fine)
    return Sample(
        id=row.id,
        input=[kinds[message.role](content=message.content) for message in messages],
        metadata={"doc_id": row.doc_id},
    )


def response_schema(task: Task, *, fine: bool) -> "ResponseSchema":
    """The form of an answer, for providers that hold a model to it.

    Raises:
        InputError: The rows of the task hold no label at all, or cannot be read.
    """
    from inspect_ai.model import ResponseSchema
    from inspect_ai.util import JSONSchema

    return ResponseSchema(
        name=f"{task.type}_answer",
        json_schema=JSONSchema.model_validate(answer_schema(task, fine=fine)),
        strict=True,
    )
