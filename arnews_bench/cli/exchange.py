"""`arbench data export` and `import`: the gold annotation in the formats of other tools."""

from pathlib import Path
from typing import Annotated

import typer

from arnews_bench.cli.options import DataOption

__all__ = ["register"]

_FORMATS = "brat, conll, doccano, label-studio or spacy."


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    app.command("export")(export)
    app.command("import")(import_)


def export(
    format_name: Annotated[str, typer.Option("--format", help=_FORMATS, show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to write into; export/FORMAT if none.", show_default=False),
    ] = None,
    doc: Annotated[
        list[str] | None,
        typer.Option(help="A document to export; repeat for more. All if none."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Write the gold annotation in another tool's format.

    [dim]Example: arbench data export --format brat --out brat-folder[/dim]
    """
    from arnews_bench import exchange
    from arnews_bench.paths import data_dir

    folder = out or Path("export") / format_name
    written = exchange.export(data or data_dir(), format_name, folder, doc)
    typer.echo(f"{len(written)} files written to {folder}")


def import_(
    folder: Annotated[Path, typer.Argument(help="A folder that was exported, with your changes.")],
    format_name: Annotated[
        str, typer.Option("--format", help="brat or label-studio.", show_default=False)
    ],
    data: DataOption = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="The folder may lack documents; they stay as is.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and print the changes, write nothing.")
    ] = False,
) -> None:
    """Take annotation over from another tool, if all of it is sound.

    Nothing is written before everything is checked; what is wrong is named with its place. Run
    [b]arbench data build[/b] after it.

    [dim]Example: arbench data import --format brat brat-folder --dry-run[/dim]
    """
    from arnews_bench import exchange
    from arnews_bench.paths import data_dir

    corpus = data or data_dir()
    changes = exchange.find_changes(corpus, format_name, folder, partial=partial)
    if not dry_run:
        exchange.write_changes(corpus, changes)
    for change in changes:
        typer.echo(
            f"{change.doc_id}: {change.added} added, {change.removed} removed, "
            f"{change.changed} changed"
        )
    done = "would change, nothing was written" if dry_run else "changed"
    typer.echo(f"{len(changes)} documents {done}")
