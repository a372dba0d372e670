"""What a language model would be asked, for the terminal: a prompt a task, and the tokens."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from arnews_bench.answer_log import total_cost
from arnews_bench.preview import Preview
from arnews_bench.report.console import cell, console, new_table, print_json
from arnews_bench.report.usage import cost_text, tokens_text

__all__ = ["print_previews"]

_INDENT = "  "
_NOTES = (
    "Tokens are estimated: UTF-8 bytes / 4, which takes two letters of Arabic or four of English "
    "for a token. No tokenizer was asked; new ones usually need fewer. Tokens out are those of "
    "the gold answers: a model that reasons or explains needs more. Neither a JSON schema sent "
    "beside the prompt nor repeated requests are counted, and rows that were answered before are "
    "not subtracted."
)
_NO_PRICE = "The cost is known with --option input_price=… --option output_price=…"
_NOTHING_ASKED = "Nothing was asked, and nothing was written."


def print_previews(previews: Sequence[Preview], *, as_json: bool) -> None:
    """Print a prompt of each task and the estimated tokens; narrow enough for 80 columns.

    Args:
        previews: What would be asked, by task.
        as_json: Print the same as JSON.
    """
    if as_json:
        print_json(previews)
        return
    out = console()
    for item in previews:
        _print_prompt(out, item)
    out.print(_table(previews))
    for note in (_NOTES, *_cost_notes(previews), _NOTHING_ASKED):
        out.print(note, style="dim")


def _print_prompt(out: Console, item: Preview) -> None:
    out.print(cell(f"{item.task}, row {item.row}: the prompt ({item.prompt_language})", "bold"))
    for message in item.messages:
        out.print(cell(f"{message.role}:", "cyan"))
        for line in message.content.split("\n"):
            # Line by line: each has its own direction, and a terminal wraps it as it does others.
            shown = cell(line)
            shown.pad_left(len(_INDENT))
            out.print(shown, soft_wrap=True)
    out.print()


def _table(previews: Sequence[Preview]) -> Table:
    table = new_table()
    table.add_column("task", overflow="fold")
    for name in ("rows", "tokens in, about", "tokens out, about", "cost, about"):
        table.add_column(name, justify="right")
    for item in previews:
        table.add_row(cell(item.task), *_figures([item]))
    if len(previews) > 1:
        table.add_section()
        table.add_row("all", *_figures(previews))
    return table


def _figures(previews: Sequence[Preview]) -> list[str]:
    cost = total_cost(item.cost for item in previews)
    return [
        f"{sum(item.rows for item in previews):,}",
        tokens_text(sum(item.input_tokens for item in previews)),
        tokens_text(sum(item.output_tokens for item in previews)),
        cost_text(cost) if cost is None else f"{cost_text(cost)} USD",
    ]


def _cost_notes(previews: Sequence[Preview]) -> list[str]:
    cost = total_cost(item.cost for item in previews)
    limits = [item.max_cost for item in previews if item.max_cost is not None]
    if cost is None:
        return [_NO_PRICE]
    if limits and cost > limits[0]:
        more = (
            f"That is more than --max-cost {limits[0]:g}: the run would stop before its end, and "
        )
        return [more + "go on with the same call and a higher limit."]
    return []
