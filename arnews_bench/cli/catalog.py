"""`arbench tasks` and `arbench models`: what there is."""

import typer

from arnews_bench.cli.options import JsonOption

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    app.command("tasks")(tasks)
    app.command("models")(models)


def tasks(as_json: JsonOption = False) -> None:
    """List the tasks with their rows.

    [dim]Example: arbench tasks[/dim]
    """
    from arnews_bench.report.table import print_tasks
    from arnews_bench.tasks import load_task, task_names

    print_tasks([load_task(name) for name in task_names()], as_json=as_json)


def models(as_json: JsonOption = False) -> None:
    """List the baselines, and how other models are named.

    [dim]Example: arbench models[/dim]
    """
    from arnews_bench.models.loading import baselines
    from arnews_bench.report.table import print_models

    print_models(baselines(), as_json=as_json)
