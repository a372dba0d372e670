"""`arbench report`: runs in, a leaderboard in one of five formats out."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from arnews_bench.leaderboard import Leaderboard, leaderboard
from arnews_bench.report.latex import leaderboard_latex
from arnews_bench.report.leaderboard_page import leaderboard_page
from arnews_bench.report.leaderboard_table import leaderboard_table
from arnews_bench.report.markdown import leaderboard_markdown
from arnews_bench.results import Run, load_run
from arnews_bench.run_files import ERRORS_PAGE, run_folders

__all__ = ["FORMATS", "leaderboard_of", "render"]

# What may be no printable character.
_UNPRINTABLE = re.compile(r"[^\n\x20-\x7e]+")


def leaderboard_of(paths: Sequence[Path]) -> Leaderboard:
    """The leaderboard of the runs at and below some paths.

    Args:
        paths: Runs, or folders of runs such as `results`.

    Raises:
        InputError: A path is missing or holds no run, or a run is broken.
    """
    folders = run_folders(paths)
    runs: list[Run] = [load_run(folder) for folder in folders]
    return leaderboard(runs, places=[_text(folder) for folder in folders])


def render(found: Leaderboard, form: str, *, beside: Path | None = None) -> bytes:
    """A leaderboard as the content of a file.

    Args:
        found: The leaderboard.
        form: One of `FORMATS`.
        beside: The folder that the file is for: links of a page are relative to it.
    """
    return _RENDERERS[form](found, beside or Path()).encode()


def _page(found: Leaderboard, beside: Path) -> str:
    return leaderboard_page(found, lambda place: _errors_link(Path(place), beside))


def _errors_link(folder: Path, beside: Path) -> str | None:
    """The way from a folder to the errors page of a run, if there is one."""
    page = folder / ERRORS_PAGE
    if not page.is_file():
        return None
    try:
        way = Path(os.path.relpath(page.resolve(), beside.resolve()))
    except ValueError:  # On another drive there is no way.
        return None
    # A dot in front: a first folder with a colon in its name is no scheme.
    return quote(f"./{way.as_posix()}", errors="surrogateescape")


def _json(found: Leaderboard, _beside: Path) -> str:
    text = msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
    # JSON lets characters stand that a terminal would obey; all of them are inside strings.
    return _UNPRINTABLE.sub(lambda part: "".join(map(_json_escape, part[0])), text)


def _json_escape(character: str) -> str:
    if character.isprintable():
        return character
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _text(path: Path) -> str:
    """A path as text that can be written as UTF-8."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


_RENDERERS: Mapping[str, Callable[[Leaderboard, Path], str]] = {
    "table": lambda found, _: leaderboard_table(found),
    "markdown": lambda found, _: leaderboard_markdown(found),
    "latex": lambda found, _: leaderboard_latex(found),
    "html": _page,
    "json": _json,
}
FORMATS = tuple(_RENDERERS)
