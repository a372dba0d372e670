"""How well the rules of `arbench data add` find the documents of a page.

Compares what `intake.propose` proposes with what people cut, on the pages of the corpus.
The rules were written with the first five pages at hand: on these, the figures are no forecast
for a page of another site.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from arnews_bench import data_dir
from arnews_bench.annotations import DocumentRecord, Slice, Sources, read_sources
from arnews_bench.intake import Proposal, propose
from arnews_bench.text import Span


class Cut(NamedTuple):
    """A document as kind and ranges, whoever cut it."""

    kind: str
    title: Span | None
    body: Span | None

    @property
    def spans(self) -> list[Span]:
        """Its ranges."""
        return [span for span in (self.title, self.body) if span]


def of_record(record: DocumentRecord) -> Cut:
    """A document of the corpus."""
    return Cut(record.kind, _span(record.title), _span(record.body))


def _span(part: Slice | None) -> Span | None:
    return part and Span(part.start, part.end)


def of_proposal(proposal: Proposal) -> Cut:
    """A proposed document."""
    return Cut(*proposal)


def overlap(a: Cut, b: Cut) -> bool:
    """Whether two documents share text."""
    return any(x.start < y.end and y.start < x.end for x in a.spans for y in b.spans)


def page_counts(gold: Iterable[Cut], proposed: Iterable[Cut]) -> Counter[str]:
    """What of a page's documents was found, and what of the proposed ones is right."""
    gold, proposed = list(gold), list(proposed)
    right = {(kind, span) for cut in gold for kind, span in _slices(cut)}
    found = {(kind, span) for cut in proposed for kind, span in _slices(cut)}
    return Counter(
        documents=len(gold),
        proposed=len(proposed),
        exact=sum(cut in proposed for cut in gold),
        overlapping=sum(any(overlap(cut, other) for other in proposed) for cut in gold),
        gold_slices=len(right),
        proposed_slices=len(found),
        exact_slices=len(right & found),
    )


def _slices(cut: Cut) -> list[tuple[str, Span]]:
    parts = (("title", cut.title), ("body", cut.body))
    return [(name, span) for name, span in parts if span]


def row(name: str, counts: Counter[str]) -> str:
    """A line of the table."""
    return (
        f"{name:<5} {counts['documents']:9} {counts['proposed']:9} {counts['exact']:6} "
        f"{counts['overlapping']:12} {_percent(counts, 'proposed_slices'):>10} "
        f"{_percent(counts, 'gold_slices'):>7}"
    )


def _percent(counts: Counter[str], whole: str) -> str:
    return f"{100 * counts['exact_slices'] / counts[whole]:.1f}" if counts[whole] else "-"


def measure(sources: Sources) -> dict[str, Counter[str]]:
    """The counts of each page."""
    return {
        page: page_counts(
            (of_record(d) for d in sources.documents.values() if d.page == page),
            map(of_proposal, propose(sources.raw[page])),
        )
        for page in sources.pages
    }


def main() -> None:
    """Measure and print."""
    counts = measure(read_sources(data_dir()))
    print("                                                     slices, exact")
    print("page  documents  proposed  exact  overlapping  precision  recall")
    for page, found in counts.items():
        print(row(page, found))
    print(row("all", sum(counts.values(), Counter())))


if __name__ == "__main__":
    main()
