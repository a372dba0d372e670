"""What became of published results, in the terminal."""

from arnews_bench.cli.printing.uploads import print_plan, print_sent
from arnews_bench.hub.results import PublishedResults
from arnews_bench.report.console import cell, console, print_json

__all__ = ["print_results"]


def print_results(published: PublishedResults, *, as_json: bool) -> None:
    """Print where the results lie, or what would be sent."""
    if as_json:
        print_json(published)
        return
    if published.sent is not None and published.plan is not None:
        print_sent(published.plan, published.sent)
    elif published.plan is not None:
        print_plan(published.plan)
    out = console()
    for note in published.notes:
        out.print(cell(f"note: {note}"), soft_wrap=True)
    if published.every_eval_ever is not None:
        out.print(cell(f"{published.every_eval_ever} written"), soft_wrap=True)
