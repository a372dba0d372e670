"""`arbench errors`: gold beside prediction."""

import contextlib
import io
from pathlib import Path
from typing import Annotated

import typer

from arnews_bench.cli.options import DataOption

__all__ = ["register"]

# Form → how many cases of a kind are shown unless --limit says otherwise. A page holds what a
# browser scrolls through easily.
_CASES = {"table": 5, "html": 500, "json": None}


def register(app: typer.Typer) -> None:
    """Add the command to an application."""
    app.command("errors")(errors)


def errors(
    run: Annotated[Path, typer.Argument(help="The folder of a run.")],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", help="Show the cases of this kind; repeat for several.", show_default="all"
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            help="Show this many cases of each kind.", show_default="table 5, html 500, json all"
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option("--format", help="[b]table[/b], [b]html[/b] or [b]json[/b]."),
    ] = "table",
    out: Annotated[
        Path | None,
        typer.Option(help="A file to write.", show_default="html: errors.html in the run's folder"),
    ] = None,
    task: Annotated[
        Path | None,
        typer.Option(
            help="The task.yaml of the run, if the task is one of your own.", show_default=False
        ),
    ] = None,
    data: DataOption = None,
) -> None:
    """Show what a run got wrong, gold beside prediction, counted by kind.

    [dim]Example: arbench errors results/linear/ner-split-58b24cbb2949 --format html[/dim]
    """
    from arnews_bench.analysis.runs import errors_of_run
    from arnews_bench.errors import InputError, did_you_mean
    from arnews_bench.files import replace_file
    from arnews_bench.run_files import ERRORS_PAGE, run_place

    if form not in _CASES:
        raise InputError(f"--format: unknown format {form!r}; {did_you_mean(form, _CASES)}")
    shown = _CASES[form] if limit is None else limit
    found = errors_of_run(run, task=task, data=data, kinds=tuple(kind or ()), limit=shown)
    if form == "html":
        from arnews_bench.report.errors_page import errors_page

        content = errors_page(found)
        out = out or run_place(run) / ERRORS_PAGE
    elif form == "json":
        from arnews_bench.report.errors_json import errors_json

        content = errors_json(found)
    else:
        from arnews_bench.report.errors_table import print_errors

        if out is None:
            print_errors(found)
            return
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            print_errors(found)
        content = printed.getvalue()
    if out is None:
        typer.echo(content, nl=False)
    else:
        replace_file(out, content.encode())
        typer.echo(f"{out} written")
