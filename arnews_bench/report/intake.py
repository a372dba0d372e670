"""A proposed plan on the terminal."""

from arnews_bench.intake import PageText, Plan, PlannedDocument
from arnews_bench.report.console import cell, console, new_table

__all__ = ["print_proposal", "print_proposed_document"]


def print_proposal(raw: str, plan: Plan) -> None:
    """Print the proposed documents, one a line.

    Args:
        raw: The page.
        plan: A plan that fits the page.
    """
    table = new_table(f"page {plan.page}: {len(plan.documents)} document(s) proposed")
    for name in ("", "kind", "title", "words of the body"):
        table.add_column(name, overflow="fold")
    for document, placed in zip(plan.documents, PageText(raw).place(plan, "plan"), strict=True):
        title = raw[placed.title.start : placed.title.end] if placed.title else ""
        words = len(raw[placed.body.start : placed.body.end].split()) if placed.body else 0
        table.add_row(document.name, document.kind, cell(title), str(words or ""))
    console().print(table)


def print_proposed_document(raw: str, plan: Plan, document: PlannedDocument) -> None:
    """Print a proposed document in full."""
    placed = PageText(raw).place(plan, "plan")[plan.documents.index(document)]
    out = console()
    out.print()
    out.print(cell(f"{plan.page}-{document.name}: {document.kind}", "bold"))
    for span in placed:
        for line in raw[span.start : span.end].splitlines() if span else ():
            out.print(cell(line))
