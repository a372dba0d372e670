"""Paired comparisons for the terminal, as a results section: tables, sentences, how it was done."""

import re
import textwrap
from collections.abc import Sequence
from itertools import groupby

import msgspec
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from arnews_bench.comparison import Comparison, p_text, rows_text
from arnews_bench.metrics.intervals import INTERVAL_METHOD
from arnews_bench.report.console import cell, console, print_json

__all__ = ["print_comparisons"]

_UNDEFINED = "–"
# What fits a page.
_WIDTH = 100
_NO_BREAK = "\u00a0"


def print_comparisons(comparisons: Sequence[Comparison], *, as_json: bool) -> None:
    """Print paired differences, what they show in words, and how they were found.

    The tables of measures with usual names are narrow enough for 100 columns.
    """
    if as_json:
        print_json(comparisons)
        return
    out = console()
    for _, pair in groupby(comparisons, key=_pair):
        group = list(pair)
        out.print(_table(group))
        out.print()
        for comparison in group:
            out.print(_sentence(comparison, min(out.width, _WIDTH)), soft_wrap=True)
        out.print()
    for line in _notes(comparisons):
        out.print(line, style="dim", soft_wrap=True)


def _pair(comparison: Comparison) -> tuple[str, str, str, int]:
    rows = rows_text(comparison.protocol, comparison.split, comparison.limit)
    return comparison.first, comparison.second, rows, comparison.n_documents


def _table(comparisons: Sequence[Comparison]) -> Table:
    first, second, rows, n_documents = _pair(comparisons[0])
    title = Text.assemble(
        "A = ", cell(first), ", B = ", cell(second), f": {rows}, {n_documents} documents"
    )
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    table.add_column("task", max_width=12, overflow="fold")
    table.add_column("measure", max_width=16, overflow="fold")
    for name in ("A", "B", "A - B [95 % interval]", "p", "Holm", "W/T/L", "80 %\npower"):
        table.add_column(name, justify="right", no_wrap=True)
    for found in comparisons:
        table.add_row(
            cell(found.task),
            found.metric,
            _percent(found.first_score),
            _percent(found.second_score),
            Text(_difference(found), style="bold" if found.shown else ""),
            _UNDEFINED if found.p is None else p_text(found.p),
            _UNDEFINED if found.p_adjusted is None else p_text(found.p_adjusted),
            f"{found.wins}/{found.ties}/{found.losses}",
            _percent(found.detectable),
        )
    return table


def _sentence(found: Comparison, width: int) -> Text:
    """The comparison in words; names of the other direction keep to themselves."""
    names = {name: cell(getattr(found, name)).plain for name in ("task", "first", "second")}
    words = str(msgspec.structs.replace(found, **names))
    # A line does not end inside `p = 0.012` or `95 %`.
    joined = re.sub(r" (?=[=<%])|(?<=[=<]) ", _NO_BREAK, words)
    lines = textwrap.fill(
        joined, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return Text(lines.replace(_NO_BREAK, " "))


def _percent(value: float | None) -> str:
    return _UNDEFINED if value is None else f"{100 * value:.1f}"


def _signed(value: float) -> str:
    return f"{round(100 * value, 1) + 0.0:+.1f}"


def _difference(found: Comparison) -> str:
    if found.difference is None:
        return _UNDEFINED
    if found.low is None or found.high is None:
        return f"{_signed(found.difference)} [no interval]"
    return f"{_signed(found.difference)} [{_signed(found.low)}, {_signed(found.high)}]"


def _notes(comparisons: Sequence[Comparison]) -> list[str]:
    family = comparisons[0].family
    left_out = sum(found.undefined for found in comparisons)
    tried = {True: "all exchanges", False: "10,000 drawn exchanges"}
    exchanges = " or ".join(tried[exact] for exact in sorted({c.exact for c in comparisons}))
    return [
        f"Scores × 100. Intervals of the paired difference: {INTERVAL_METHOD}.",
        "A difference is shown where its interval excludes zero; where the adjusted p disagrees,",
        "the sentence says so.",
        f"p: approximate randomisation, two-sided, {exchanges} of documents;",
        "Holm: the same, adjusted for "
        + ("one comparison alone." if family <= 1 else f"all {family} comparisons of this call."),
        "W/T/L: documents on which A by itself scores better, equally or worse"
        + (f"; {left_out} left out, undefined." if left_out else "."),
        "80 % power: the smallest true difference that these documents would show 4 times in 5.",
    ]
