"""`arbench publish metrics` and `leaderboard`: what becomes a Space."""

from pathlib import Path
from typing import Annotated

import typer

from arnews_bench.cli.options import DataOption, JsonOption
from arnews_bench.cli.publish import DryRunOption, PrivateOption, RepoOption

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to the application `publish`."""
    app.command("metrics")(metrics)
    app.command("leaderboard")(leaderboard)


def metrics(
    repo: RepoOption,
    task: Annotated[
        str | None,
        typer.Option(help="ner, stance or attribution.", show_default="what the name tells"),
    ] = None,
    create_pr: Annotated[
        bool, typer.Option("--create-pr", help="Open a pull request on a Space that is there.")
    ] = False,
    private: PrivateOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Publish the metric of a task as a Space that evaluate.load("ORG/NAME") loads.

    [dim]Example: arbench publish metrics --repo ORG/arnews-ner-f1[/dim]
    """
    from arnews_bench.cli.printing.spaces import print_metric
    from arnews_bench.cli.progress import progress_bar
    from arnews_bench.hub.metrics import publish_metric

    with progress_bar() as progress:
        published = publish_metric(
            repo,
            task=task,
            create_pr=create_pr,
            private=private,
            dry_run=dry_run,
            progress=progress,
        )
    print_metric(published, as_json=as_json)


def leaderboard(
    repo: RepoOption,
    runs: Annotated[
        list[Path] | None,
        typer.Argument(help="Run folders, or folders of runs.", show_default="results"),
    ] = None,
    refresh: Annotated[
        bool,
        typer.Option("--refresh", help="Add no runs: make the page anew of those in the Space."),
    ] = False,
    data: DataOption = None,
    create_pr: Annotated[
        bool | None,
        typer.Option(
            "--create-pr/--no-create-pr",
            help="Propose the runs in a pull request, without a page.",
            show_default="if the Space is not yours",
        ),
    ] = None,
    private: PrivateOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Publish runs on a leaderboard of your own, or propose them to somebody else's.

    Every run is scored again before anything is sent; all must reproduce.
    Runs that are in the Space already stay there, and on the page.

    [dim]Example: arbench publish leaderboard results --repo ORG/arnews-leaderboard[/dim]
    """
    from arnews_bench.cli.printing.spaces import print_published_leaderboard
    from arnews_bench.cli.progress import progress_bar
    from arnews_bench.errors import InputError
    from arnews_bench.hub.leaderboard import publish_leaderboard

    if refresh and runs:
        raise InputError("--refresh: adds no runs, but some are given")
    with progress_bar() as progress:
        published = publish_leaderboard(
            repo,
            () if refresh else runs or [Path("results")],
            data=data,
            create_pr=create_pr,
            private=private,
            dry_run=dry_run,
            progress=progress,
        )
    print_published_leaderboard(published, as_json=as_json)
