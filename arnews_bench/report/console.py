"""The terminal: right-to-left safe, and deaf to control characters in data and model names."""

import sys

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from arnews_bench.errors import printable

__all__ = ["cell", "console", "new_table", "print_json"]

# Marks that keep right-to-left text from reordering what stands beside it (UAX #9).
_FIRST_STRONG_ISOLATE = "\u2068"
_POP_ISOLATE = "\u2069"
# Where nobody looks at the width, a table is as wide as it needs to be.
_WIDE = 160


def console() -> Console:
    """A console on standard output."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)


def cell(text: str, style: str = "") -> Text:
    """A text from data or a model: no markup, no control characters, its own direction."""
    shown = printable(text)
    if any("\u0590" <= c <= "\u08ff" for c in shown):
        shown = f"{_FIRST_STRONG_ISOLATE}{shown}{_POP_ISOLATE}"
    return Text(shown, style=style)


def new_table(title: str | None = None) -> Table:
    """A table in the style of this program."""
    return Table(title=title, title_justify="left", title_style="bold", header_style="bold")


def print_json(value: object) -> None:
    """Print a value as indented JSON."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
