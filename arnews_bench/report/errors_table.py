"""The errors of a run on the terminal: counts by kind, then gold beside prediction."""

from collections.abc import Iterator

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from arnews_bench.analysis import Analysis, Case, ErrorKind
from arnews_bench.analysis.runs import RunErrors
from arnews_bench.report.console import cell, console, new_table
from arnews_bench.report.table import protocol_text, score_text

__all__ = ["balance_text", "print_errors", "score_line"]

# Characters of the text that are shown before and after what a case is about.
_AROUND = 50
# Characters of a text, a claim or an answer that are shown at most.
_LONGEST = 200
_NONE = "–"


def print_errors(errors: RunErrors) -> None:
    """Print counts by kind and the cases that are there; a long text is cut."""
    out = console()
    analysis = errors.analysis
    out.print(cell(score_line(errors), "bold"))
    out.print(_counts(analysis))
    for line in balance_text(analysis):
        out.print(line, style="dim")
    for kind in analysis.kinds:
        if not kind.cases:
            continue
        out.print()
        out.print(_kind_line(kind), style="bold")
        for case in kind.cases:
            out.print(_case_line(case))
            for text in _texts(case):
                out.print(Padding(cell(text), (0, 0, 0, 2), expand=False))
            out.print(Padding(_answers(case), (0, 0, 1, 2), expand=False))


def score_line(errors: RunErrors) -> str:
    """The run in one line, `linear on ner, split (test): strict_f1 72.0 [66.1, 77.6]`."""
    run = errors.run
    score = score_text(run.score)
    return f"{run.system} on {run.task}, {protocol_text(run)}: {run.headline} {score}"


def balance_text(analysis: Analysis) -> Iterator[str]:
    """How the counts add up, a line for what is missing of the gold and one for the predicted."""
    if analysis.task_type == "stance":
        yield f"{analysis.gold:,} {analysis.unit}, {analysis.right:,} right"
        return
    yield (
        f"{analysis.gold:,} gold {analysis.unit}, {analysis.predicted:,} predicted, "
        f"{analysis.right:,} right"
    )
    for name, total, kinds in (
        ("gold", analysis.gold, analysis.costing("recall")),
        ("predicted", analysis.predicted, analysis.costing("precision")),
    ):
        if kinds:
            parts = " + ".join(f"{kind.count:,} {kind.name}" for kind in kinds)
            yield f"{total - analysis.right:,} {name} that are not right = {parts}"


def _counts(analysis: Analysis) -> Table:
    table = new_table()
    table.add_column("kind", no_wrap=True)
    table.add_column("cases", justify="right")
    for group in analysis.groups:
        table.add_column(group, justify="right")
    table.add_column("what it is")
    for kind in analysis.kinds:
        table.add_row(
            kind.name,
            f"{kind.count:,}",
            *(f"{kind.groups[group]:,}" for group in analysis.groups),
            kind.meaning,
            style="" if kind.count else "dim",
        )
    return table


def _kind_line(kind: ErrorKind) -> str:
    shown = len(kind.cases)
    number = f"{kind.count:,}" if shown == kind.count else f"{shown:,} of {kind.count:,}"
    return f"{kind.name} ({number}): {kind.meaning}"


def _case_line(case: Case) -> Table:
    line = Table.grid(padding=(0, 2))
    line.add_row(cell(case.row_id, "cyan"), cell(case.group, "dim"), cell(case.note or "", "dim"))
    return line


def _texts(case: Case) -> Iterator[str]:
    if case.claim is not None:
        yield f"claim: {_cut(case.claim)}"
    if not case.spans:
        yield _cut(case.passages[0].text if case.passages else "")
        return
    for passage in case.passages:
        end = passage.start + len(passage.text)
        inside = [span for span in case.spans if passage.start <= span.start < end]
        first = max(min(span.start for span in inside) - passage.start - _AROUND, 0)
        last = max(span.end for span in inside) - passage.start + _AROUND
        # Back to the beginning of a word.
        first = passage.text.rfind(" ", 0, first) + 1
        text = passage.text[first:last]
        yield _cut(("…" if first else "") + text + ("…" if last < len(passage.text) else ""))


def _cut(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= _LONGEST else joined[:_LONGEST] + "…"


def _answers(case: Case) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(max_width=2)
    table.add_column(overflow="fold", ratio=1)
    table.add_column(overflow="fold", ratio=1)
    table.add_row("", "", "gold", "predicted", style="dim")
    for field in case.fields:
        table.add_row(
            field.name,
            "≠" if field.differs else "",
            _side(field.gold),
            _side(field.predicted),
        )
    return table


def _side(value: str | None) -> Text:
    return cell(_NONE if value is None else _cut(value))
