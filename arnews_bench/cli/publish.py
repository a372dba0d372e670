"""`arbench publish`: the dataset, and the options that all its commands share."""

from typing import Annotated

import typer

from arnews_bench.cli.options import DataOption, JsonOption

__all__ = ["DryRunOption", "PrivateOption", "RepoOption", "app"]

app = typer.Typer(
    help="Make data, results and leaderboards public on the Hugging Face Hub.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

RepoOption = Annotated[str, typer.Option("--repo", help="ORG/NAME on the Hub.", show_default=False)]
PrivateOption = Annotated[
    bool, typer.Option("--private", help="Make it private, if it is not there yet.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="List what would be sent; the Hub is not asked.")
]


@app.command("dataset")
def dataset(
    repo: RepoOption,
    data: DataOption = None,
    private: PrivateOption = False,
    verify: Annotated[
        bool,
        typer.Option(help="Load every config from the Hub afterwards, and compare the rows."),
    ] = True,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Publish the dataset: one commit of exactly its folder, tagged with its version.

    The same call completes an interrupted one, and sends nothing that is there. The token is the
    one of `hf auth login`, or HF_TOKEN.

    [dim]Example: arbench publish dataset --repo ORG/arnews --dry-run[/dim]
    """
    from arnews_bench.cli.printing.uploads import print_dataset
    from arnews_bench.cli.progress import progress_bar
    from arnews_bench.hub.dataset import publish_dataset

    with progress_bar() as progress:
        published = publish_dataset(
            repo,
            data=data,
            private=private,
            dry_run=dry_run,
            verify=verify,
            progress=progress,
        )
    print_dataset(published, as_json=as_json)
