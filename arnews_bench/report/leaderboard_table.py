"""The leaderboard in the terminal; narrow enough for 80 columns."""

import io

from rich.console import Console
from rich.table import Table
from rich.text import Text

from arnews_bench.leaderboard import Board, Leaderboard
from arnews_bench.report import leaderboard_text as words
from arnews_bench.report.console import cell, console, new_table

__all__ = ["leaderboard_table", "print_leaderboard"]

# Nobody looks at the width of a file.
_WIDE = 120


def print_leaderboard(found: Leaderboard) -> None:
    """Print a leaderboard on standard output."""
    _print(found, console())


def leaderboard_table(found: Leaderboard) -> str:
    """A leaderboard as plain text, for a file."""
    stream = io.StringIO()
    _print(found, Console(file=stream, width=_WIDE, highlight=False, no_color=True))
    return stream.getvalue()


def _print(found: Leaderboard, out: Console) -> None:
    preamble = words.preamble(found)
    if preamble:
        out.print(cell(preamble))
    for number, board in enumerate(found.boards):
        if number or preamble:
            out.print()
        out.print(cell(words.title(board), "bold"))
        out.print(_table(board))
        for sentence in words.caption(board):
            out.print(cell(sentence, "dim"))


def _table(board: Board) -> Table:
    grid = words.grid(board)
    table = new_table()
    if grid.has_ranks:
        table.add_column("#", justify="right")
    table.add_column("model", overflow="fold")
    for head in grid.heads:
        # The task and its measure stand one above the other.
        table.add_column(cell(head.replace(": ", "\n", 1)), no_wrap=True)
    for line in grid.lines:
        _add(table, line, has_ranks=grid.has_ranks, style="")
    if grid.ceiling is not None:
        table.add_section()
        _add(table, grid.ceiling, has_ranks=grid.has_ranks, style="italic")
    return table


def _add(table: Table, line: words.Line, *, has_ranks: bool, style: str) -> None:
    name = cell(" ".join(line.name.split("\n")), style)
    ranks = [Text(line.rank)] if has_ranks else []
    table.add_row(*ranks, name, *(_score(shown, style) for shown in line.cells))


def _score(shown: words.Cell, style: str) -> Text:
    text = Text(shown.value, style=style)
    if shown.group:
        text.append(f" {shown.group}", style="cyan")
    if shown.interval:
        text.append(f"\n{shown.interval}", style="dim")
    return text
