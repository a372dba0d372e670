"""`arbench leaderboard`: for those who keep a public leaderboard."""

from pathlib import Path
from typing import Annotated

import typer

from arnews_bench.cli.options import DataOption, JsonOption

__all__ = ["app"]

app = typer.Typer(
    help="Check what was submitted to a leaderboard.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

_WRONG_INPUT = 2


@app.callback()
def _leaderboard() -> None:
    """Check what was submitted to a leaderboard."""


@app.command("verify")
def verify(
    folder: Annotated[
        Path, typer.Argument(help="A checkout of the Space or of a pull request, or results.")
    ],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score every run below a folder again, and reject what does not reproduce.

    Exit code 0: all runs reproduce; 2: some do not.

    [dim]Example: arbench leaderboard verify pr-7[/dim]
    """
    from arnews_bench.cli.printing.spaces import print_submissions
    from arnews_bench.submissions import verify_submissions

    found = verify_submissions(folder, data)
    print_submissions(found, as_json=as_json)
    if not found.reproduce:
        raise typer.Exit(_WRONG_INPUT)
