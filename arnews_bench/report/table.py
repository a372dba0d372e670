"""Tables of runs and models for the terminal; scores are shown times 100."""

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table

from arnews_bench.models.loading import Baseline
from arnews_bench.report.console import cell, console, new_table, print_json
from arnews_bench.report.usage import usage_notes, usage_table
from arnews_bench.results import Run
from arnews_bench.scoring import Score
from arnews_bench.spread import Spread, seed_spreads

__all__ = ["print_models", "print_runs", "score_text"]

_UNDEFINED = "–"


def score_text(score: Score) -> str:
    """A score times 100 with its interval, `65.5 [61.0, 69.9]`."""
    if score.value is None:
        return _UNDEFINED
    value = f"{100 * score.value:.1f}"
    if score.low is None or score.high is None:
        return f"{value} [no interval]"
    return f"{value} [{100 * score.low:.1f}, {100 * score.high:.1f}]"


def print_runs(
    runs: Sequence[Run], ceilings: Sequence[Score | None], *, as_json: bool, details: bool
) -> None:
    """Print the scores of one model's runs under one protocol; narrow enough for 80 columns.

    Args:
        runs: The runs.
        ceilings: Of each run, what one annotation pass scores against the other; None where
            there is nothing to show.
        as_json: Print the records of the runs in place of a table.
        details: Print every measure, not the headlines alone.
    """
    if as_json:
        print_json(runs)
        return
    out = console()
    out.print(cell(f"{runs[0].system}: {protocol_text(runs[0])}", "bold"))
    spreads = seed_spreads(runs)
    seeded = {spread.task for spread in spreads}
    names = [f"{run.task}, seed {run.seed}" if run.task in seeded else run.task for run in runs]
    out.print(_scores(runs, names, ceilings, details=details))
    spent = usage_table(runs, names)
    if spent is not None:
        out.print(spent)
    for spread in spreads:
        out.print(cell(_spread_text(spread), "bold"))
    for note in _notes(runs, names):
        out.print(cell(note, "dim"))
    if any(ceiling is not None for ceiling in ceilings):
        out.print(_CEILING_NOTE, style="dim")


def _scores(
    runs: Sequence[Run], names: Sequence[str], ceilings: Sequence[Score | None], *, details: bool
) -> Table:
    table = new_table()
    # Of a task with a long name that is what wraps, not the score.
    table.add_column("task", overflow="fold")
    for name in ("measure", "score [95 % interval]"):
        table.add_column(name, no_wrap=True)
    for name in ("rows", "docs"):
        table.add_column(name, justify="right")
    for name, run, ceiling in zip(names, runs, ceilings, strict=True):
        table.add_row(
            cell(name),
            run.headline,
            cell(score_text(run.score), "bold"),
            str(run.n.rows),
            str(run.n.documents),
        )
        if ceiling is not None:
            table.add_row("", "annotators", cell(score_text(ceiling)), style="dim")
        if details:
            _add_details(table, run)
        table.add_section()
    return table


def _spread_text(spread: Spread) -> str:
    return (
        f"{spread.task}: {spread.headline} {100 * spread.mean:.1f} on average over "
        f"{len(spread.seeds)} seeds, standard deviation {100 * spread.deviation:.1f}, from "
        f"{100 * spread.low:.1f} to {100 * spread.high:.1f}"
    )


def _notes(runs: Sequence[Run], names: Sequence[str]) -> Iterator[str]:
    """What has to be known to read the scores, each thing once."""
    yield f"Intervals: {'; '.join(dict.fromkeys(run.interval for run in runs))}."
    if any(run.n.documents < _FEW_DOCUMENTS for run in runs):
        yield f"With fewer than {_FEW_DOCUMENTS} documents they are wide, and rather too wide."
    yield from dict.fromkeys(note for run in runs for note in _notes_of(run))
    yield from usage_notes(runs, names)


def _notes_of(run: Run) -> Iterator[str]:
    if run.cluster == "row":
        yield (
            f"{run.task}: the data name no documents; rows stand in their place, and the interval "
            "may be too narrow."
        )
    yield from (f"{run.task}: {text}" for text in run.restrictions)
    yield from (f"{run.task}, data repaired: {text}" for text in run.repairs)


def _add_details(table: Table, run: Run) -> None:
    """Every other measure that is defined, and the figures of each group of rows."""
    for name, score in run.metrics.items():
        if name != run.headline and score.value is not None:
            table.add_row("", cell(name), cell(score_text(score)))
    for groups in run.breakdown.values():
        for group, values in groups.items():
            for name, value in values.items():
                if name != "rows" and value is not None:
                    rows = values.get("rows")
                    table.add_row(
                        "",
                        cell(f"{name}, {group}"),
                        cell(f"{100 * value:.1f} [no interval]"),
                        "" if rows is None else f"{rows:.0f}",
                    )


# The words of the data card.
_CEILING_NOTE = (
    "annotators: one annotation pass scored against the other on the same documents\n"
    "(of stance, on the document pairs). Both are by language models of one kind:\n"
    "an upper bound, not a human ceiling."
)
# Where coverage is clearly above 95 %.
_FEW_DOCUMENTS = 10


def protocol_text(run: Run) -> str:
    """The protocol of a run, with its split and its limit."""
    text = run.protocol if run.split is None else f"{run.protocol} ({run.split})"
    limit = run.settings.get("limit")
    return text if limit is None else f"{text}, first {limit} rows"


def print_models(
    baselines: Mapping[str, Baseline], added: Mapping[str, str], *, as_json: bool
) -> None:
    """Print the baselines, what packages add, and the other kinds of model spec.

    Args:
        baselines: The baselines by name.
        added: The names of models that packages add → the package.
        as_json: Print JSON in place of a table.
    """
    if as_json:
        ours = [
            {
                "name": name,
                "description": item.description,
                "tasks": item.tasks(),
                "model": item.model,
                "package": None,
            }
            for name, item in baselines.items()
        ]
        theirs = [
            {"name": name, "description": None, "tasks": None, "model": None, "package": package}
            for name, package in added.items()
        ]
        print_json(ours + theirs)
        return
    table = new_table()
    for name in ("model", "what it is", "tasks"):
        # A spec is longer than a narrow column, and is of use only whole.
        table.add_column(name, overflow="fold")
    for name, item in baselines.items():
        what = cell(item.description)
        if item.model is not None:
            what.append(f"; stands for {item.model}")
        table.add_row(cell(name, "bold"), what, ", ".join(item.tasks()))
    table.add_section()
    for name, package in added.items():
        # What it does is known when it is imported, and that is when it is asked for.
        table.add_row(cell(name, "bold"), cell(f"added by {package}"), "not said")
    table.add_section()
    table.add_row(
        cell("hf:ORG/NAME[@REV]"),
        "a transformer of the Hub: fine-tuned, or used with the head that it has",
        "any",
    )
    table.add_row("hf:FOLDER", "the same, from a folder that save_pretrained wrote", "any")
    # The brackets are no markup.
    table.add_row(
        "llm:PROVIDER/MODEL",
        cell(
            "a language model, hosted or on a server of yours, asked through inspect-ai; needs "
            'the extra `llm`: pip install "arnews-bench[llm]"'
        ),
        "any",
    )
    table.add_row("FOLDER", "models that arbench eval … --save FOLDER wrote", "any")
    table.add_row(
        "py:FILE:CLASS", "a class of yours with predict(task, rows), and fit if it learns", "any"
    )
    table.add_row("py:MODULE:CLASS", "the same, from an installed module", "any")
    table.add_row("file:PREDICTIONS.jsonl", "saved predictions, one JSON object a row", "one")
    console().print(table)
