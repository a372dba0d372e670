"""Rules of pages, documents and claims."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from arnews_bench.annotations import Slice, Sources
from arnews_bench.text import name_tokens
from arnews_bench.validation.violation import Rule, Violation

__all__ = ["DOCUMENT_RULES", "PAGE_RULES"]

_PLAIN = re.compile(r"\w[\w.-]*")


def _pages(sources: Sources) -> Iterator[Violation]:
    """The raw pages are the ones that the manifest names; a fold is the place in it."""
    for place, page in enumerate(sources.pages.values()):
        if page.fold != place:
            yield Violation(
                f"raw/manifest.jsonl: {page.page}", "fold-is-place", f"{page.fold}, not {place}"
            )
        digest = hashlib.sha256(sources.raw_bytes[page.page]).hexdigest()
        if digest != page.sha256:
            yield Violation(
                f"raw/{page.file}", "page-hash", f"SHA-256 is {digest}, not {page.sha256}"
            )


def _names(sources: Sources) -> Iterator[Violation]:
    """Ids of documents and files of pages are plain names: files are called after them."""
    for where, name in (
        *((f"documents.jsonl: {doc_id}", doc_id) for doc_id in sources.documents),
        *((f"raw/manifest.jsonl: {key}", page.file) for key, page in sources.pages.items()),
    ):
        if not _PLAIN.fullmatch(name):
            yield Violation(
                where, "plain-name", f"{name!r} has other signs than letters, digits, - _ and ."
            )


def _slices(sources: Sources) -> Iterator[Violation]:
    """Documents have text, cut out of a known page, and no two share any of it."""
    taken: dict[str, list[tuple[int, int, str]]] = {page: [] for page in sources.pages}
    for doc_id, document in sources.documents.items():
        where = f"documents.jsonl: {doc_id}"
        if document.page not in sources.pages:
            yield Violation(where, "known-page", f"there is no page {document.page!r}")
            continue
        if not sources.slices(doc_id):
            yield Violation(where, "has-text", "neither title nor body")
        for part in sources.slices(doc_id):
            yield from _check_slice(where, part, sources.raw[document.page])
            taken[document.page].append((part.start, part.end, doc_id))
    for parts in taken.values():
        for (_, end, first), (start, _, second) in pairwise(sorted(parts)):
            if start < end:
                yield Violation(f"documents.jsonl: {second}", "slices-apart", f"overlaps {first}")


def _check_slice(where: str, part: Slice, raw: str) -> Iterator[Violation]:
    """A slice lies inside its page, is stripped, and begins and ends as said."""
    if not 0 <= part.start < part.end <= len(raw):
        yield Violation(
            where,
            "slice-inside-page",
            f"[{part.start}, {part.end}) of a page of {len(raw)} characters",
        )
        return
    text = raw[part.start : part.end]
    if text != text.strip():
        yield Violation(where, "slice-stripped", f"white space at the edge of {text!r:.60}")
    if not (text.startswith(part.begins) and text.endswith(part.ends)):
        yield Violation(
            where,
            "slice-words",
            f"runs from {text[:30]!r} to {text[-30:]!r}, not from {part.begins!r} to {part.ends!r}",
        )


def _copies(sources: Sources) -> Iterator[Violation]:
    """No document is a copy of another."""
    seen: dict[str, str] = {}
    for doc_id in sources.documents:
        text = sources.text(doc_id)
        if text in seen:
            yield Violation(f"documents.jsonl: {doc_id}", "no-copy", f"same text as {seen[text]}")
        seen.setdefault(text, doc_id)


def _shape(sources: Sources) -> Iterator[Violation]:
    """A headline is a title alone, a brief has a title and a body, an article a body."""
    for doc_id, document in sources.documents.items():
        parts = (document.title is not None, document.body is not None)
        allowed = {"headline": {(True, False)}, "brief": {(True, True)}}.get(
            document.kind, {(True, True), (False, True)}
        )
        if parts not in allowed:
            has = " and ".join(
                name for name, there in zip(("title", "body"), parts, strict=True) if there
            )
            yield Violation(
                f"documents.jsonl: {doc_id}", "shape-of-kind", f"a {document.kind} with {has}"
            )


def _dates(sources: Sources) -> Iterator[Violation]:
    """A date is a calendar day, YYYY-MM-DD."""
    for doc_id, document in sources.documents.items():
        if document.date is None:
            continue
        try:
            valid = date.fromisoformat(document.date).isoformat() == document.date
        except ValueError:
            valid = False
        if not valid:
            yield Violation(f"documents.jsonl: {doc_id}", "date-is-a-day", repr(document.date))


def _events(sources: Sources) -> Iterator[Violation]:
    """No event crosses from one split to another."""
    split_of: dict[str, tuple[str, str]] = {}
    for doc_id, document in sources.documents.items():
        split = sources.pages[document.page].split
        first, first_split = split_of.setdefault(document.event_id, (doc_id, split))
        if split != first_split:
            yield Violation(
                f"documents.jsonl: {doc_id}",
                "event-in-one-split",
                f"{document.event_id!r} is in {split}, and with {first} in {first_split}",
            )


def _claims(sources: Sources) -> Iterator[Violation]:
    """Claims name known events, and entities by words."""
    events = {document.event_id for document in sources.documents.values()}
    for claim_id, claim in sources.claims.items():
        for event_id in claim.event_ids:
            if event_id not in events:
                yield Violation(f"claims.jsonl: {claim_id}", "known-event", repr(event_id))
        for names in claim.entities:
            for name in names or ("",):
                if not name_tokens(name):
                    yield Violation(f"claims.jsonl: {claim_id}", "entity-has-words", repr(name))


PAGE_RULES: tuple[Rule, ...] = (_names, _pages, _slices)
DOCUMENT_RULES: tuple[Rule, ...] = (_copies, _shape, _dates, _events, _claims)
