"""What a language model would be asked, before anything is asked: prompts, and estimated tokens.

Neither the network nor a key nor inspect-ai is needed, and nothing is written.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from arnews_bench.errors import InputError
from arnews_bench.models.llm.budget import estimated_tokens
from arnews_bench.models.llm.model import prompt_of
from arnews_bench.models.llm.options import Options
from arnews_bench.models.llm.prompting.examples import gold_answer, shots_of
from arnews_bench.models.llm.prompting.prompts import Message, fine_types
from arnews_bench.models.loading import LANGUAGE_MODEL, resolve
from arnews_bench.plans import Plan, make_plans
from arnews_bench.rows import without_gold
from arnews_bench.schema import Record, Row
from arnews_bench.tasks import Task

__all__ = ["Preview", "PromptMessage", "preview"]


class PromptMessage(Record, frozen=True, kw_only=True):
    """A message of a prompt: `system`, `user` or `assistant`, and its words."""

    role: str
    content: str


class Preview(Record, frozen=True, kw_only=True):
    """What a language model would be asked of a task.

    Attributes:
        task: The name of the task.
        prompt_language: The language of the prompt.
        prompt_digest: SHA-256 of the prompt's file.
        row: The id of the first row, whose prompt is shown.
        messages: Its prompt.
        rows: How many rows would be asked, over all seeds; those that a run has already included.
        input_tokens: Of all prompts; an estimate, see `budget.estimated_tokens`.
        output_tokens: Of all answers, if they were the gold; an estimate too.
        cost: US dollars for both; None without prices.
        max_cost: What the runs of the call may cost; None for no limit.
    """

    task: str
    prompt_language: str
    prompt_digest: str
    row: str
    messages: tuple[PromptMessage, ...]
    rows: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    max_cost: float | None


def preview(  # noqa: PLR0913 (each is a flag of the command)
    model: str,
    tasks: Sequence[str | Path] = (),
    *,
    protocol: str = "split",
    split: str = "test",
    data: Path | None = None,
    train_task: str | Path | None = None,
    train_data: Path | None = None,
    lenient: bool = False,
    options: Mapping[str, str] | None = None,
    seed: int = 0,
    seeds: int = 1,
    limit: int | None = None,
) -> list[Preview]:
    """What `evaluate` would ask a language model.

    Args:
        model: The spec of a language model, `llm:PROVIDER/MODEL`.
        tasks: See `runner.evaluate`, as for all that follow.
        protocol: Likewise.
        split: Likewise.
        data: Likewise.
        train_task: Likewise.
        train_data: Likewise.
        lenient: Likewise.
        options: Likewise.
        seed: Likewise.
        seeds: Likewise.
        limit: Likewise.

    Raises:
        InputError: The model is no language model, or the call or the data are wrong.
    """
    if model.partition(":")[0] != LANGUAGE_MODEL:
        raise InputError(
            f"--dry-run: {model!r} is not asked in words; prompts and tokens are those of an "
            "llm:PROVIDER/MODEL"
        )
    plans = make_plans(
        resolve(model, options),
        tasks,
        protocol=protocol,
        split=split,
        data=data,
        train_task=train_task,
        train_data=train_data,
        lenient=lenient,
        seed=seed,
        seeds=seeds,
        limit=limit,
    )
    chosen = Options.from_strings(options or {})
    by_task = groupby(plans, key=attrgetter("task"))
    return [_preview(task, list(of_task), chosen) for task, of_task in by_task]


def _preview(task: Task, plans: Sequence[Plan], options: Options) -> Preview:
    """All seeds of a task together; without shots they ask the same."""
    template, price = prompt_of(task, options), options.price
    fine = fine_types(task, options.tagset)
    first: tuple[Row, tuple[Message, ...]] | None = None
    rows = input_tokens = output_tokens = 0
    for plan in plans:
        for fold in plan.folds:
            for row in fold.scored:
                shots = shots_of(fold, row, options.shots, seed=plan.seed)
                messages = template.messages(task, without_gold(row), shots, fine=fine)
                first = first or (row, messages)
                rows += 1
                input_tokens += estimated_tokens(*(message.content for message in messages))
                output_tokens += estimated_tokens(gold_answer(row, fine=fine))
    if first is None:
        raise InputError(f"task {task.name!r} has no rows to ask")
    row, messages = first
    return Preview(
        task=task.name,
        prompt_language=template.language,
        prompt_digest=template.digest,
        row=row.id,
        messages=tuple(PromptMessage(role=m.role, content=m.content) for m in messages),
        rows=rows,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cost=None if price is None else price.of(input_tokens, output_tokens),
        max_cost=options.max_cost,
    )
