"""A first plan of a page, for a person to correct."""

import string
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

from arnews_bench.intake.places import PageText
from arnews_bench.intake.plan import Plan, PlannedDocument
from arnews_bench.intake.reading import RawPage, next_number, read_corpus
from arnews_bench.intake.segmentation import Proposal, propose
from arnews_bench.validation import require_texts

__all__ = ["plan_page", "proposed_plan"]


def plan_page(data: Path, page: RawPage) -> Plan:
    """Propose the documents of a page; what the page does not say is left to be filled in.

    Args:
        data: The dataset's folder.
        page: The page.

    Raises:
        InputError: The corpus cannot be read, its documents cannot be cut out of its pages, or it
            has this page already.
    """
    corpus = read_corpus(data, page)
    require_texts(corpus)
    number = next_number(corpus)
    return proposed_plan(
        page.text, page=number, file=f"{number}_{page.sha256[:16]}.txt", sha256=page.sha256
    )


def proposed_plan(raw: str, *, page: str, file: str, sha256: str) -> Plan:
    """The documents that `propose` finds, in the words of a plan."""
    proposals = propose(raw)
    words = PageText(raw)
    starts = [part.start for item in proposals for part in (item.title, item.body) if part]
    return Plan(
        page=page,
        file=file,
        sha256=sha256,
        split=None,
        documents=tuple(
            _planned(words, name, proposal, [*starts, len(raw)])
            for name, proposal in zip(_names(), proposals, strict=False)
        ),
    )


def _planned(
    words: PageText, name: str, proposal: Proposal, starts: Sequence[int]
) -> PlannedDocument:
    title, body = proposal.title, proposal.body
    return PlannedDocument(
        name=name,
        kind=proposal.kind,
        title=words.words_of(title, title.end) if title else None,
        body=words.words_of(body, min(s for s in starts if s > body.start)) if body else None,
        outlet=None,
        event_id=None,
        topic=None,
        translated_from=None,
        date=None,
    )


def _names() -> Iterator[str]:
    """The names of documents: a to z, then aa, ab and so on."""
    yield from string.ascii_lowercase
    yield from map("".join, product(string.ascii_lowercase, repeat=2))
