"""What the answers of language models took and how they were read, in words and as a table."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.table import Table
from rich.text import Text

from arnews_bench.answer_log import Usage, total_cost
from arnews_bench.report.console import cell, new_table
from arnews_bench.results import Run

__all__ = [
    "cost_text",
    "seconds_text",
    "share_text",
    "tokens_text",
    "unreadable",
    "usage_facts",
    "usage_notes",
    "usage_table",
]

_UNKNOWN = "–"
# Below a dollar, cents are too coarse.
_CENTS_DO = 1.0
_LEAST_SHOWN = 0.0001
_MILLION, _MANY = 1_000_000, 10_000_000
# Ways of `alignment.Placement` that are no place in the text.
_NOT_PLACED = {
    "invented": "not in the text",
    "surplus": "in the text, but not so many times",
}


def usage_table(runs: Sequence[Run], names: Sequence[str]) -> Table | None:
    """Tokens, cost, latency and what could not be read; narrow enough for 80 columns.

    Args:
        runs: Runs; those without usage have no row.
        names: What each row is called.

    Returns:
        None if no run has usage.
    """
    known = [(name, run.usage) for name, run in zip(names, runs, strict=True) if run.usage]
    if not known:
        return None
    table = new_table()
    table.add_column("task", overflow="fold")
    for name, wraps in (
        ("tokens\nin", False),
        ("tokens out\n(reasoning)", True),
        ("cost\nUSD", False),
        ("median\nlatency", False),
        ("unparsable", True),
        ("cut\noff", False),
    ):
        table.add_column(name, justify="right", no_wrap=not wraps)
    for name, usage in known:
        table.add_row(cell(name), *map(Text, _cells(usage)))
    if len(known) > 1:
        table.add_section()
        table.add_row("all", *map(Text, _totals([usage for _, usage in known])))
    return table


def _cells(usage: Usage) -> list[str]:
    return [
        tokens_text(usage.input_tokens),
        _output_text(usage.output_tokens, usage.reasoning_tokens),
        cost_text(usage.cost),
        seconds_text(usage.latency.median),
        _share_cell(usage.unparsable, usage.answers),
        str(usage.cut_off),
    ]


def _totals(usages: Sequence[Usage]) -> list[str]:
    """The sums; a median of several runs is not known from theirs."""

    def total(count: Callable[[Usage], int]) -> int:
        return sum(map(count, usages))

    return [
        tokens_text(total(lambda usage: usage.input_tokens)),
        _output_text(
            total(lambda usage: usage.output_tokens), total(lambda usage: usage.reasoning_tokens)
        ),
        cost_text(total_cost(usage.cost for usage in usages)),
        "",
        _share_cell(total(lambda usage: usage.unparsable), total(lambda usage: usage.answers)),
        str(total(lambda usage: usage.cut_off)),
    ]


def _output_text(tokens: int, reasoning: int) -> str:
    shown = tokens_text(tokens)
    return f"{shown} ({tokens_text(reasoning)})" if reasoning else shown


def tokens_text(tokens: int) -> str:
    """A number of tokens, `1,234`; of ten million on `12.3 M`, which fits into a narrow table.

    A dash for none: every question has some, so that nobody has counted them.
    """
    if not tokens:
        return _UNKNOWN
    return f"{tokens / _MILLION:,.1f} M" if tokens >= _MANY else f"{tokens:,}"


def cost_text(cost: float | None) -> str:
    """US dollars: `12.35`, `0.0042`; a dash for a cost that is not known."""
    if cost is None:
        return _UNKNOWN
    if 0 < cost < _LEAST_SHOWN:
        return f"<{_LEAST_SHOWN}"
    return f"{cost:.2f}" if cost >= _CENTS_DO or cost == 0 else f"{cost:.4f}"


def seconds_text(seconds: float | None) -> str:
    """Seconds, `1.2 s`; a dash where nothing was asked."""
    if seconds is None:
        return _UNKNOWN
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2f} s"


def share_text(part: int, whole: int) -> str:
    """So many of how many: `3 of 58 (5.2 %)`, and `0` for none."""
    return f"{part:,} of {whole:,} ({100 * part / whole:.1f} %)" if part else "0"


def _share_cell(part: int, whole: int) -> str:
    """The same on two lines, which a narrow column does not break elsewhere."""
    return share_text(part, whole).replace(" (", "\n(")


def usage_notes(runs: Sequence[Run], names: Sequence[str]) -> Iterator[str]:
    """What has to be known of the answers to read the scores, in sentences.

    Args:
        runs: Runs; of those without usage nothing is said.
        names: What each is called.
    """
    if any(run.usage is not None and run.usage.unparsable for run in runs):
        yield "An answer that could not be read counts as empty; answers.jsonl says why."
    served: dict[tuple[str, ...], dict[str, None]] = {}
    for name, run in zip(names, runs, strict=True):
        if run.usage is None:
            continue
        if run.usage.models:
            served.setdefault(run.usage.models, {})[run.task] = None
        yield from (f"{name}: {text}" for text in _notes_of(run.usage))
    for models, tasks in served.items():
        yield f"{', '.join(tasks)}: the server calls the model {', '.join(models)}."


def _notes_of(usage: Usage) -> Iterator[str]:
    if usage.left_out:
        yield (
            f"{usage.left_out} {'item was' if usage.left_out == 1 else 'items were'} left out, as "
            "of an unknown type or without text."
        )
    strings = sum(usage.placed.values())
    for how, meaning in _NOT_PLACED.items():
        if usage.placed.get(how):
            yield (
                f"{usage.placed[how]} of {strings} answered strings are {meaning} ({how}), and "
                "cannot be right."
            )
    if usage.repeated:
        yield (
            f"{share_text(usage.repeated, usage.answers)} answers came from inspect-ai's cache; "
            "their tokens and cost are counted, but were not spent again."
        )


def unreadable(runs: Iterable[Run]) -> list[str]:
    """A sentence for each model that gave answers which could not be read.

    As `llm:x: 2 of 9 ner and 3 of 58 stance answers could not be read and count as empty.`
    """
    found: dict[str, list[tuple[str, Usage]]] = {}
    for run in runs:
        if run.usage is not None and run.usage.unparsable:
            found.setdefault(run.system, []).append((run.task, run.usage))
    sentences = []
    for system, tasks in found.items():
        parts = [f"{usage.unparsable} of {usage.answers} {task}" for task, usage in tasks]
        listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
        one = sum(usage.unparsable for _, usage in tasks) == 1
        sentences.append(
            f"{system}: {listed} answers could not be read and {'counts' if one else 'count'} as "
            "empty."
        )
    return sentences


def usage_facts(usage: Usage) -> dict[str, str]:
    """Name → what is recorded, as text."""
    latency = usage.latency
    return {
        "answers": str(usage.answers)
        + (f", {usage.repeated} of them from inspect-ai's cache" if usage.repeated else ""),
        "tokens in": f"{usage.input_tokens:,}",
        "tokens out": f"{usage.output_tokens:,}, of which reasoning {usage.reasoning_tokens:,}",
        "cost": "not known" if usage.cost is None else f"{cost_text(usage.cost)} USD",
        "latency": f"median {seconds_text(latency.median)}, 95th percentile "
        f"{seconds_text(latency.p95)}, longest {seconds_text(latency.max)}",
        "asked with a schema": f"{usage.structured} of {usage.answers}",
        "unparsable answers": share_text(usage.unparsable, usage.answers),
        "answers cut off": str(usage.cut_off),
        "items left out": str(usage.left_out),
        "strings placed": ", ".join(f"{how}: {n}" for how, n in usage.placed.items()) or _UNKNOWN,
        "name given by the server": ", ".join(usage.models) or _UNKNOWN,
    }
