"""What is, or would be, on the Hub, in the terminal."""

from typing import TYPE_CHECKING

from arnews_bench.hub.sending import Sent
from arnews_bench.hub.uploads import Plan
from arnews_bench.report.console import cell, console, new_table, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arnews_bench.hub.dataset import PublishedDataset
    from arnews_bench.hub.verification import Verified

__all__ = ["print_dataset", "print_plan", "print_sent"]


def print_plan(plan: Plan) -> None:
    """Print what would be sent: each file with size and hash, and the commit's message."""
    out = console()
    table = new_table()
    table.add_column("file", overflow="fold")
    table.add_column("bytes", justify="right")
    table.add_column("SHA-256", overflow="fold")
    for file in plan.files:
        table.add_row(cell(file.path), f"{file.size:,}", file.sha256)
    out.print(table)
    others = "; all other files there would be deleted" if plan.whole else ""
    visible = ", private if it is made now" if plan.private else ""
    lines = [
        f"{plan.kind} {plan.repo}{visible}: {_amount(plan)} would be sent in one commit{others}",
        f"message: {plan.message}",
        *(f"         {line}" for line in plan.description.splitlines()),
        *([f"tag: {plan.tag}"] if plan.tag else []),
        "dry run: nothing was sent",
    ]
    out.print(cell("\n".join(lines)), soft_wrap=True)


def print_sent(plan: Plan, sent: Sent) -> None:
    """Print where it lies now."""
    where = "pull request" if sent.pull_request is not None else "commit"
    state = "sent" if sent.is_new else "was there already, nothing was sent"
    text = f"{plan.repo}: {_amount(plan)}: {state}\n{where}: {sent.url}"
    console().print(cell(text), soft_wrap=True)


def print_dataset(published: "PublishedDataset", *, as_json: bool) -> None:
    """Print what became of the dataset."""
    if as_json:
        print_json(published)
        return
    plan, sent = published.plan, published.sent
    if sent is None:
        print_plan(plan)
        return
    print_sent(plan, sent)
    since = "now" if published.is_tagged_now else "before"
    out = console()
    out.print(cell(f"tag: {plan.tag}, {since}"), soft_wrap=True)
    if published.verified is None:
        out.print(cell("not verified"))
    else:
        _print_verified(plan, published.verified)


def _print_verified(plan: Plan, verified: "Sequence[Verified]") -> None:
    table = new_table()
    for name in ("config", "split"):
        table.add_column(name)
    table.add_column("rows, all the same", justify="right")
    for item in verified:
        table.add_row(cell(item.config), cell(item.split), f"{item.rows:,}")
    out = console()
    example = f'load_dataset("{plan.repo}", "{verified[0].config}", revision="{plan.tag}")'
    out.print(cell(f"loaded from the Hub with fresh caches, as by {example}:"), soft_wrap=True)
    out.print(table)


def _amount(plan: Plan) -> str:
    return f"{len(plan.files):,} files, {sum(file.size for file in plan.files):,} bytes"
