"""The corpus on the terminal: statistics, and a document with its layers."""

from collections import Counter

from arnews_bench.agreement import Agreement
from arnews_bench.annotations import AttributionRecord, Sources
from arnews_bench.lint import LintReport
from arnews_bench.report.console import cell, console, new_table, print_json
from arnews_bench.report.table import score_text
from arnews_bench.statistics import Statistics
from arnews_bench.text import sentence_spans

__all__ = ["print_agreement", "print_document", "print_lint", "print_statistics"]


def print_statistics(statistics: Statistics, fingerprint: str | None, *, as_json: bool) -> None:
    """Print counts by split, a table a section, and the fingerprint of the built rows."""
    if as_json:
        print_json({"fingerprint": fingerprint, **statistics})
        return
    out = console()
    for section, rows in statistics.items():
        table = new_table(section)
        table.add_column("")
        for split in next(iter(rows.values())):
            table.add_column(split, justify="right")
        for name, counts in rows.items():
            table.add_row(name, *(str(count) for count in counts.values()))
        out.print(table)
    out.print(f"fingerprint {fingerprint}" if fingerprint else "the rows are not built")


def print_agreement(agreement: Agreement, *, as_json: bool) -> None:
    """Print agreement figures times 100 with their intervals."""
    if as_json:
        print_json(agreement)
        return
    table = new_table("agreement of the two passes, before adjudication")
    table.add_column("measure")
    table.add_column("value [95 % interval]", justify="right")
    for name, score in agreement.items():
        if score.value is not None:
            table.add_row(name, cell(score_text(score)))
    out = console()
    out.print(table)
    out.print(
        "Intervals are over documents. Both passes are by language models, which agree with each "
        "other more\nthan two people would: an upper bound, not a human ceiling.",
        style="dim",
    )


def print_lint(report: LintReport, *, show_justified: bool, as_json: bool) -> None:
    """Print what a sweep found, a line a finding."""
    if as_json:
        print_json(
            {
                "open": [finding._asdict() for finding in report.open],
                "justified": [
                    {**finding._asdict(), "reason": reason.reason}
                    for finding, reason in report.justified
                ],
                "stale": report.stale,
            }
        )
        return
    out = console()
    for finding in report.open:
        out.print(cell(str(finding)), soft_wrap=True)
    for reason in report.stale:
        stale = f"{reason.doc_id}: {reason.kind}: {reason.item}: justified, but no finding"
        out.print(cell(stale), soft_wrap=True)
    if show_justified:
        for finding, reason in report.justified:
            out.print(cell(str(finding)), soft_wrap=True)
            out.print(cell(f"    {reason.reason}", "dim"), soft_wrap=True)
    kinds = Counter(finding.kind for finding, _ in report.justified)
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    out.print(
        f"{len(report.open)} open and {len(report.justified)} justified findings"
        + (f" ({counts})" if counts else "")
    )


def print_document(sources: Sources, doc_id: str) -> None:
    """Print a document: sentence by sentence with its entities, attributions and stances."""
    out = console()
    document = sources.documents[doc_id]
    text = sources.text(doc_id)
    facts = [document.kind, f"page {document.page}", f"event {document.event_id}", document.topic]
    facts += [value for value in (document.outlet, document.date) if value]
    if document.translated_from:
        facts.append(f"translated from {document.translated_from}")
    out.print(cell(f"{doc_id}: {', '.join(facts)}", "bold"))
    entities = sources.entities(doc_id)
    for number, sentence in enumerate(sentence_spans(text)):
        out.print()
        out.print(f"[{number}]", style="dim", markup=False)
        out.print(cell(text[sentence.start : sentence.end]))
        for entity in entities:
            if sentence.start <= entity.start < sentence.end:
                depth = sum(
                    other.start <= entity.start and entity.end <= other.end for other in entities
                )
                line = cell(f"{entity.type:<9}", "cyan")
                line.append_text(cell(entity.text))
                out.print("  " * depth, line)
    _print_attributions(sources, doc_id)
    _print_stances(sources, doc_id)


def _print_attributions(sources: Sources, doc_id: str) -> None:
    table = new_table("attributions")
    for name in ("", "who", "cue", "what", "how"):
        table.add_column(name, overflow="fold")
    for record in sources.attributions(doc_id):
        table.add_row(
            cell(record.id),
            cell(record.source_name + ("" if record.source else " (dropped)")),
            cell(record.cue.text),
            cell(" … ".join(span.text for span in record.content)),
            cell(_manner(record)),
        )
    if table.row_count:
        console().print(table)


def _manner(record: AttributionRecord) -> str:
    facts: list[str] = [record.source_type, record.mode]
    if record.polarity != "asserted":
        facts.append(record.polarity)
    if record.via is not None:
        facts.append(f"via {record.via.text}")
    return ", ".join(facts)


def _print_stances(sources: Sources, doc_id: str) -> None:
    table = new_table("stance (the other claims are unrelated)")
    for name in ("claim", "label", "statements", "text of the claim"):
        table.add_column(name, overflow="fold")
    stances = sources.stances(doc_id)
    for stance in stances:
        if stance.attribution is not None or stance.label == "unrelated":
            continue
        statements = ", ".join(
            f"{other.attribution} {other.label}"
            for other in stances
            if other.claim_id == stance.claim_id
            and other.attribution
            and other.label != "unrelated"
        )
        claim = sources.claims.get(stance.claim_id)
        table.add_row(
            cell(stance.claim_id),
            stance.label,
            cell(statements),
            cell(claim.claim if claim else "(unknown claim)"),
        )
    if table.row_count:
        console().print(table)
