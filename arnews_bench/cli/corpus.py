"""`arbench data`: build, check and look at the corpus."""

from typing import Annotated

import typer

from arnews_bench.cli.options import DataOption, JsonOption

__all__ = ["app"]

app = typer.Typer(
    help="Build, check and look at the corpus.", no_args_is_help=True, rich_markup_mode="rich"
)


@app.command("build")
def build(
    data: DataOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a built file differs.")
    ] = False,
) -> None:
    """Build the rows of the dataset from raw pages and annotations.

    [dim]Example: arbench data build --check[/dim]
    """
    from arnews_bench import corpus
    from arnews_bench.errors import InputError
    from arnews_bench.paths import data_dir

    folder = data or data_dir()
    files = corpus.build_dataset(folder)
    if check:
        differing = corpus.differences(folder, files)
        if differing:
            raise InputError(
                f"{folder}: {len(differing)} built file(s) are not what the annotation gives: "
                f"{', '.join(differing)}; run `arbench data build`"
            )
        typer.echo(f"{len(files)} files are up to date")
        return
    changed = corpus.write(folder, files)
    typer.echo("\n".join([*changed, f"{len(changed)} of {len(files)} files written"]))


@app.command("validate")
def validate(data: DataOption = None) -> None:
    """Check every rule on every record, and print every violation.

    [dim]Example: arbench data validate[/dim]
    """
    from arnews_bench.annotations import read_sources
    from arnews_bench.errors import InputError
    from arnews_bench.paths import data_dir
    from arnews_bench.validation import RULES
    from arnews_bench.validation import validate as find_violations

    sources = read_sources(data or data_dir())
    violations = find_violations(sources)
    for violation in violations:
        typer.echo(str(violation))
    if violations:
        raise InputError(f"{len(violations)} violation(s)")
    records = sum(len(records) for records in sources.annotations.values())
    typer.echo(
        f"{len(sources.documents)} documents and {records} records keep all {len(RULES)} "
        "groups of rules"
    )


@app.command("stats")
def stats(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print how much there is of what, by split.

    [dim]Example: arbench data stats[/dim]
    """
    from arnews_bench.annotations import read_sources
    from arnews_bench.paths import data_dir
    from arnews_bench.report.corpus import print_statistics
    from arnews_bench.statistics import corpus_statistics

    statistics = corpus_statistics(read_sources(data or data_dir()))
    print_statistics(statistics, as_json=as_json)


@app.command("agreement")
def agreement(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print how far the two annotation passes agree, before adjudication.

    [dim]Example: arbench data agreement[/dim]
    """
    from arnews_bench.agreement import annotation_agreement
    from arnews_bench.annotations import PASSES, read_sources
    from arnews_bench.paths import data_dir
    from arnews_bench.report.corpus import print_agreement

    first, second = (read_sources(data or data_dir(), name) for name in PASSES)
    print_agreement(annotation_agreement(first, second), as_json=as_json)


@app.command("show")
def show(
    document: Annotated[str, typer.Argument(help="The id of a document, such as 000-a.")],
    data: DataOption = None,
) -> None:
    """Print a document with its entities, attributions and stances.

    [dim]Example: arbench data show 000-c[/dim]
    """
    from arnews_bench.annotations import read_sources
    from arnews_bench.errors import InputError, did_you_mean
    from arnews_bench.paths import data_dir
    from arnews_bench.report.corpus import print_document

    sources = read_sources(data or data_dir())
    if document not in sources.documents:
        raise InputError(
            f"unknown document {document!r}; {did_you_mean(document, sources.documents)}"
        )
    print_document(sources, document)
