"""`arbench publish results`."""

from pathlib import Path
from typing import Annotated

import typer

from arnews_bench.cli.options import DataOption, JsonOption

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to an application."""
    app.command("results")(results)


def results(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, or folders of runs.")],
    dataset: Annotated[
        str,
        typer.Option(help="ORG/NAME of the published dataset on the Hub.", show_default=False),
    ],
    repo: Annotated[
        str | None,
        typer.Option("--repo", help="ORG/NAME of the model on the Hub.", show_default=False),
    ] = None,
    dataset_revision: Annotated[
        str | None,
        typer.Option(
            help="The dataset's commit.", show_default="that of the tag of the dataset's version"
        ),
    ] = None,
    source_url: Annotated[
        str | None,
        typer.Option(help="A page about the results: a paper, logs.", show_default=False),
    ] = None,
    source_name: Annotated[
        str | None, typer.Option(help="What that page is called.", show_default=False)
    ] = None,
    create_pr: Annotated[
        bool | None,
        typer.Option(
            "--create-pr/--no-create-pr",
            help="Open a pull request, or commit.",
            show_default="a pull request where the model is not yours",
        ),
    ] = None,
    every_eval_ever: Annotated[
        Path | None,
        typer.Option(
            help="Write the runs to this file, for Every Eval Ever; without --repo only that.",
            show_default=False,
        ),
    ] = None,
    data: DataOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be sent; the Hub is not asked.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Publish results of a model: for its leaderboards, and in its card.

    Each run is scored again first. The same call again changes the pull request that is open,
    and sends nothing that is there. The token is the one of `hf auth login`, or HF_TOKEN.

    [dim]Example: arbench publish results results/linear --repo ORG/MODEL --dataset ORG/arnews
    [/dim]
    """
    from arnews_bench.cli.printing.published_results import print_results
    from arnews_bench.cli.progress import progress_bar
    from arnews_bench.hub.results import publish_results

    with progress_bar() as progress:
        published = publish_results(
            runs,
            repo,
            dataset,
            dataset_revision=dataset_revision,
            source_url=source_url,
            source_name=source_name,
            create_pr=create_pr,
            every_eval_ever=every_eval_ever,
            data=data,
            dry_run=dry_run,
            progress=progress,
        )
    print_results(published, as_json=as_json)
