"""`arbench eval`, `score` and `compare`."""

from pathlib import Path
from typing import Annotated

import typer

from arnews_bench.cli.options import (
    DataOption,
    JsonOption,
    LenientOption,
    ProtocolOption,
    SplitOption,
    key_values,
)

__all__ = ["register"]

_TaskOption = Annotated[
    list[str] | None,
    typer.Option(
        "--task", help="A task, or a path to a task.yaml; repeat for several.", show_default="all"
    ),
]
_DetailsOption = Annotated[bool, typer.Option("--details", help="Print every measure.")]


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    app.command("eval")(evaluate)
    app.command("score")(score)
    app.command("compare")(compare)


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            help="NAME, hf:ORG/NAME, hf:FOLDER, llm:PROVIDER/MODEL, py:FILE:CLASS, "
            "py:MODULE:CLASS, file:PREDICTIONS.jsonl, or a folder that --save wrote."
        ),
    ],
    task: _TaskOption = None,
    protocol: ProtocolOption = "split",
    split: SplitOption = "test",
    data: DataOption = None,
    train_task: Annotated[
        str | None,
        typer.Option(
            help="Learn from the rows of this task of the same type.", show_default="its own rows"
        ),
    ] = None,
    train_data: Annotated[
        Path | None, typer.Option(help="The folder of its data.", show_default="its own")
    ] = None,
    lenient: LenientOption = False,
    label_map: Annotated[
        str | None,
        typer.Option(
            help="What the labels of an hf: model mean: a name or a file.", show_default="found"
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(
            help="Where the server of an llm: model is.", metavar="URL", show_default="provider's"
        ),
    ] = None,
    prompt_language: Annotated[
        str | None,
        typer.Option(
            help="The language an llm: model is asked in: ar or en.",
            metavar="LANGUAGE",
            show_default="ar",
        ),
    ] = None,
    shots: Annotated[
        str | None,
        typer.Option(
            help="Examples from train in each prompt of an llm: model.",
            metavar="K",
            show_default="0",
        ),
    ] = None,
    max_cost: Annotated[
        str | None,
        typer.Option(
            help="What an llm: model may cost; needs its prices as options.",
            metavar="USD",
            show_default="no limit",
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            help="KEY=VALUE for the model, as epochs=5; repeat for several.", show_default="none"
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where runs are recorded.")] = Path("results"),
    save: Annotated[
        Path | None,
        typer.Option(help="Save the fitted models in this folder.", show_default="not saved"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    seeds: Annotated[int, typer.Option(help="Runs with so many seeds, from --seed on.")] = 1,
    limit: Annotated[int | None, typer.Option(help="Answer only the first rows.")] = None,
    batch_size: Annotated[int, typer.Option(help="Rows in one call of predict.")] = 32,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Start anew, even if it was run before.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Ask nothing: print a prompt a task of an llm: model, and the tokens of the run.",
        ),
    ] = False,
    as_json: JsonOption = False,
    details: _DetailsOption = False,
) -> None:
    """Evaluate a model: fit it if it learns, predict, score, record.

    An interrupted call goes on where it stopped when it is made again.

    [dim]Example: arbench eval linear --protocol cv[/dim]

    [dim]Example: arbench eval llm:openai/gpt-5-mini --limit 20 --dry-run[/dim]
    """
    options = key_values(
        option or (),
        label_map=label_map,
        base_url=base_url,
        prompt_language=prompt_language,
        shots=shots,
        max_cost=max_cost,
    )
    if dry_run:
        from arnews_bench.preview import preview
        from arnews_bench.report.preview import print_previews

        found = preview(
            model,
            task or (),
            protocol=protocol,
            split=split,
            data=data,
            train_task=train_task,
            train_data=train_data,
            lenient=lenient,
            options=options,
            seed=seed,
            seeds=seeds,
            limit=limit,
        )
        print_previews(found, as_json=as_json)
        return

    from arnews_bench import runner
    from arnews_bench.ceiling import ceiling_of_run
    from arnews_bench.cli.progress import progress_bar
    from arnews_bench.report.table import print_runs

    with progress_bar() as progress:
        runs = runner.evaluate(
            model,
            task or (),
            protocol=protocol,
            split=split,
            data=data,
            train_task=train_task,
            train_data=train_data,
            lenient=lenient,
            options=options,
            out=out,
            save=save,
            seed=seed,
            seeds=seeds,
            limit=limit,
            batch_size=batch_size,
            overwrite=overwrite,
            progress=progress,
        )
    ceilings = [ceiling_of_run(run, data) for run in runs]
    print_runs(runs, ceilings, as_json=as_json, details=details)


def score(
    predictions: Annotated[Path, typer.Argument(help="JSON Lines, one prediction a row.")],
    task: Annotated[str, typer.Option(help="A task, or a path to a task.yaml.")],
    protocol: ProtocolOption = "split",
    split: SplitOption = "test",
    data: DataOption = None,
    lenient: LenientOption = False,
    out: Annotated[
        Path | None, typer.Option(help="Record the run here.", show_default="not recorded")
    ] = None,
    as_json: JsonOption = False,
    details: _DetailsOption = False,
) -> None:
    """Score saved predictions.

    [dim]Example: arbench score predictions.jsonl --task ner[/dim]
    """
    from arnews_bench import runner
    from arnews_bench.ceiling import ceiling_of_run
    from arnews_bench.report.table import print_runs

    run = runner.score(
        predictions, task, protocol=protocol, split=split, data=data, lenient=lenient, out=out
    )
    print_runs([run], [ceiling_of_run(run, data)], as_json=as_json, details=details)


def compare(
    runs: Annotated[
        list[Path], typer.Argument(help="Run folders, or folders of runs such as results/linear.")
    ],
    metric: Annotated[
        str | None,
        typer.Option(help="A measure in place of the headline.", show_default="headline"),
    ] = None,
    all_pairs: Annotated[
        bool, typer.Option("--all", help="Compare each with each, not all with the first.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare runs with the first one, paired over the same documents.

    A difference is shown where its interval excludes zero; p is adjusted for all comparisons of
    the call.

    [dim]Example: arbench compare results/linear results/majority results/random[/dim]
    """
    from arnews_bench.pairing import compare_folders
    from arnews_bench.report.comparison import print_comparisons

    found = compare_folders(runs, metric=metric, all_pairs=all_pairs)
    print_comparisons(found, as_json=as_json)
