"""`arbench report`: a leaderboard of recorded runs."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to an application."""
    app.command("report")(report)


def report(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(help="Run folders, or folders of runs.", show_default="results"),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="table, markdown, latex, html or json.")
    ] = "table",
    out: Annotated[
        Path | None,
        typer.Option(help="A file to write in place of printing.", show_default=False),
    ] = None,
) -> None:
    """Rank recorded runs, with intervals and groups that cannot be told apart.

    One table for each protocol, split and version of the data.

    [dim]Example: arbench report --format html --out leaderboard.html[/dim]
    """
    from arnews_bench.errors import InputError, did_you_mean
    from arnews_bench.files import replace_file
    from arnews_bench.report.leaderboard import FORMATS, leaderboard_of, render
    from arnews_bench.report.leaderboard_table import print_leaderboard

    if form not in FORMATS:
        raise InputError(f"--format: unknown format {form!r}; {did_you_mean(form, FORMATS)}")
    found = leaderboard_of(runs or [Path("results")])
    if out is not None:
        replace_file(out, render(found, form, beside=out.parent))
        typer.echo(f"{out} written")
    elif form == "table":
        print_leaderboard(found)
    else:
        # As bytes: a page says that it is UTF-8, whatever the terminal speaks.
        typer.echo(render(found, form), nl=False)
