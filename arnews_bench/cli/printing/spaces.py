"""What became of a metric, a leaderboard, or the runs submitted to one, in the terminal."""

from typing import Any

from arnews_bench.cli.printing.uploads import print_plan, print_sent
from arnews_bench.hub.leaderboard import PublishedLeaderboard
from arnews_bench.hub.metrics import PublishedMetric
from arnews_bench.report.console import cell, console, new_table, print_json
from arnews_bench.report.table import protocol_text
from arnews_bench.submissions import Submissions
from arnews_bench.verification import Verification

__all__ = ["print_metric", "print_published_leaderboard", "print_submissions"]

_ONE_OF_OTHERS = (
    "the page that is sent shows the runs that are in the Space beside these; if the Space is not "
    "yours, only the runs are sent, in a pull request"
)


def print_metric(published: PublishedMetric, *, as_json: bool) -> None:
    """Print what became of a metric."""
    if as_json:
        print_json(published)
    elif published.sent is None:
        print_plan(published.plan)
    else:
        print_sent(published.plan, published.sent)
        load = f'load it with evaluate.load("{published.plan.repo}")'
        console().print(cell(load), soft_wrap=True)


def print_published_leaderboard(published: PublishedLeaderboard, *, as_json: bool) -> None:
    """Print what became of a leaderboard, or of runs that were proposed to one."""
    if as_json:
        print_json(published)
        return
    out = console()
    if published.sent is None:
        print_plan(published.plan)
        if _has_page(published):
            out.print(cell(_ONE_OF_OTHERS, "dim"), soft_wrap=True)
        return
    print_sent(published.plan, published.sent)
    if _has_page(published):
        what = "on the page"
    else:
        what = "proposed" if published.sent.pull_request is not None else "in the Space"
    out.print(cell(f"runs {what}: {len(published.runs):,}"))
    for item in published.left_out:
        text = "\n  ".join([f"{item.place}: is in the Space, but left out:", *item.problems])
        out.print(cell(text, "yellow"), soft_wrap=True)


def _has_page(published: PublishedLeaderboard) -> bool:
    """Whether the page was written, too; a proposal leaves it as it is."""
    return any(file.path == "index.html" for file in published.plan.files)


def print_submissions(found: Submissions, *, as_json: bool) -> None:
    """Print which runs reproduce, and why the others do not."""
    if as_json:
        print_json(
            {
                "reproduce": found.reproduce,
                "runs": [_plain(item) for item in found.runs],
                "problems": found.problems,
            }
        )
        return
    out = console()
    table = new_table()
    for name in ("run", "model", "task", "protocol"):
        table.add_column(name, overflow="fold")
    for name in ("recorded", "computed"):
        table.add_column(name, justify="right")
    table.add_column("")
    for item in found.runs:
        table.add_row(*_row(item))
    out.print(table)
    for item in found.runs:
        if item.problems:
            out.print(cell("\n  ".join([f"{item.place}:", *item.problems])), soft_wrap=True)
    for problem in found.problems:
        out.print(cell(problem), soft_wrap=True)
    rejected = sum(not item.reproduces for item in found.runs)
    verdict = f"{len(found.runs) - rejected} of {len(found.runs)} runs reproduce"
    if found.problems:
        verdict += f"; {len(found.problems)} other problem(s)"
    out.print(cell(verdict, "bold"), soft_wrap=True)


def _row(item: Verification) -> list[Any]:
    verdict = cell("reproduces", "green") if item.reproduces else cell("rejected", "red")
    if item.run is None:
        return [cell(item.place), "", "", "", "", "", verdict]
    score = item.run.metrics.get(item.run.headline)
    return [
        cell(item.place),
        cell(item.run.system),
        cell(item.run.task),
        cell(protocol_text(item.run)),
        _percent(score.value if score else None),
        _percent(item.computed),
        verdict,
    ]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _plain(item: Verification) -> dict[str, Any]:
    """A run without its counts, for a program."""
    run = item.run
    score = run.metrics.get(run.headline) if run else None
    return {
        "place": item.place,
        "reproduces": item.reproduces,
        "model": run.model.spec if run else None,
        "task": run.task if run else None,
        "protocol": run.protocol if run else None,
        "split": run.split if run else None,
        "headline": run.headline if run else None,
        "recorded": score.value if score else None,
        "computed": item.computed,
        "problems": item.problems,
    }
