"""Markdown that any text can be put into: for GitHub's tables, in a README or an issue."""

import re

from arnews_bench.leaderboard import Leaderboard
from arnews_bench.report import leaderboard_text as words
from arnews_bench.report.text_templates import Verbatim, one_line, text_environment

__all__ = ["code", "escape_markdown", "leaderboard_markdown"]

# What stands in a code span as it is; anything else could end the span or the cell.
_PLAIN = re.compile(r"[\w.:/@+=,()-]([\w .:/@+=,()-]*[\w.:/@+=,()-])?", re.ASCII)
# Backslashes do not keep GitHub from making a link of an address.
_AS_ENTITY = re.compile(r"[<>&|@]|(?<=http):|(?<=https):|(?<=ftp):|(?<=www)\.", re.IGNORECASE)
_AS_ESCAPE = re.compile(r"[\\`*_\[\]~$#]")


def escape_markdown(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    shown = _AS_ESCAPE.sub(r"\\\g<0>", one_line(text))
    return _AS_ENTITY.sub(lambda found: f"&#{ord(found[0])};", shown)


def code(text: str) -> Verbatim:
    """A text as code: between backticks, or with all that could mean something as entities."""
    shown = one_line(text)
    if _PLAIN.fullmatch(shown):
        return Verbatim(f"`{shown}`")
    escaped = re.sub(r"[^\w ]|_", lambda found: f"&#{ord(found[0])};", shown)
    # Isolated (U+2068 to U+2069), a name in Arabic does not reorder what stands beside it.
    return Verbatim(f"<code>&#8296;{escaped}&#8297;</code>")


def leaderboard_markdown(found: Leaderboard) -> str:
    """The leaderboard as GitHub's tables."""
    environment = text_environment(escape_markdown)
    template = environment.get_template("leaderboard.md.j2")
    return template.render(found=found, words=words, code=code, score=_score)


def _score(cell: words.Cell) -> Verbatim:
    """A score with its interval and letter, none of which is text from outside."""
    interval = f" {cell.interval}" if cell.interval else ""
    group = f" <sup>{cell.group}</sup>" if cell.group else ""
    return Verbatim(f"{cell.value}{interval}{group}")
