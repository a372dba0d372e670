"""A planned page comes into the corpus: checked as a whole, and then written."""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from arnews_bench.annotations import GOLD, DocumentRecord, Page, Slice, Sources
from arnews_bench.errors import InputError
from arnews_bench.files import read_bytes, replace_file
from arnews_bench.intake.places import FIRST_WORDS, PageText, Placed
from arnews_bench.intake.plan import Plan, PlannedDocument, require_complete
from arnews_bench.intake.reading import RawPage, next_number, read_corpus
from arnews_bench.schema import Record
from arnews_bench.text import Span
from arnews_bench.validation.documents import DOCUMENT_RULES, PAGE_RULES

__all__ = ["Added", "add_page"]


class Added(NamedTuple):
    """What came into the corpus."""

    page: Page
    documents: tuple[DocumentRecord, ...]
    new_events: tuple[str, ...]


def add_page(data: Path, page: RawPage, plan: Plan, name: str = "the plan") -> Added:
    """Add a page to the corpus as its plan says: all of it, or nothing.

    The documents come without annotation: their standoff files among the gold are empty. The
    independent passes stay as they are.

    Args:
        data: The dataset's folder.
        page: The page.
        plan: Which documents it holds.
        name: What to call the plan in an error.

    Raises:
        InputError: The plan is of another page, is not complete, does not fit the page, or takes
            what is taken; the page is in the corpus already; or a rule of the corpus would be
            broken. Nothing was written.
    """
    if plan.sha256 != page.sha256:
        raise InputError(
            f"{name}: field `sha256`: the plan is of another page; {page.path} has {page.sha256}"
        )
    split = require_complete(plan, name)
    sources = read_corpus(data, page)
    _require_free(data, sources, page, plan, name)
    before = _violations(sources)
    if before:
        raise InputError.from_problems(
            f"{data}: the corpus breaks rules already; put these right first:", before
        )
    placed = PageText(page.text).place(plan, name)
    documents = tuple(
        _record(page.text, plan.page, document, spans)
        for document, spans in zip(plan.documents, placed, strict=True)
    )
    entry = Page(
        page=plan.page,
        file=plan.file,
        sha256=page.sha256,
        split=split,
        fold=len(sources.pages),
    )
    after = _with_addition(sources, page, entry, documents)
    problems = _violations(after)
    if problems:
        raise InputError.from_problems(f"{name} would break rules of the corpus:", problems)
    _write(data, page, after, documents)
    known = {document.event_id for document in sources.documents.values()}
    events = dict.fromkeys(document.event_id for document in documents)
    return Added(entry, documents, tuple(event for event in events if event not in known))


def _require_free(data: Path, sources: Sources, page: RawPage, plan: Plan, name: str) -> None:
    """Stop on a plan that takes the number, the file or an id of something else."""
    problems = []
    if plan.page in sources.pages:
        problems.append(
            f"field `page`: {plan.page!r} is taken; the next free one is {next_number(sources)!r}"
        )
    path = data / "raw" / plan.file
    if plan.file in {entry.file for entry in sources.pages.values()} or (
        path.exists() and read_bytes(path) != page.content
    ):
        problems.append(f"field `file`: {plan.file!r} is taken by another page")
    problems += [
        f"field `documents[{number}].name`: {doc_id!r} is taken"
        for number, document in enumerate(plan.documents)
        if (doc_id := f"{plan.page}-{document.name}") in sources.documents
    ]
    if problems:
        raise InputError.from_problems(f"{name} cannot be used:", problems)


def _violations(sources: Sources) -> list[str]:
    """What is wrong with pages and documents; their annotation is still to come."""
    for rules in (PAGE_RULES, DOCUMENT_RULES):
        found = [str(violation) for rule in rules for violation in rule(sources)]
        if found:
            return found
    return []


def _record(raw: str, page: str, planned: PlannedDocument, placed: Placed) -> DocumentRecord:
    return DocumentRecord(
        doc_id=f"{page}-{planned.name}",
        page=page,
        kind=planned.kind,
        title=_slice(raw, placed.title),
        body=_slice(raw, placed.body),
        outlet=planned.outlet,
        # `require_complete` has seen to it that the two are there.
        event_id=planned.event_id or "",
        topic=planned.topic or "",
        translated_from=planned.translated_from,
        date=planned.date,
    )


def _slice(raw: str, span: Span | None) -> Slice | None:
    if span is None:
        return None
    text = raw[span.start : span.end]
    words = list(re.finditer(r"\S+", text))
    return Slice(
        start=span.start,
        end=span.end,
        begins=text[: words[:FIRST_WORDS][-1].end()],
        ends=text[words[-FIRST_WORDS:][0].start() :],
    )


def _with_addition(
    sources: Sources, page: RawPage, entry: Page, documents: Iterable[DocumentRecord]
) -> Sources:
    added = {document.doc_id: document for document in documents}
    return sources._replace(
        pages={**sources.pages, entry.page: entry},
        raw={**sources.raw, entry.page: page.text},
        raw_bytes={**sources.raw_bytes, entry.page: page.content},
        documents={**sources.documents, **added},
        annotations={**sources.annotations, **dict.fromkeys(added, ())},
    )


def _write(data: Path, page: RawPage, after: Sources, documents: Iterable[DocumentRecord]) -> None:
    """Write the page; whatever stops this takes back what was written.

    The list of documents makes the rest known and comes last. A killed process, which takes
    nothing back, leaves a page without documents, which breaks nothing, and perhaps empty standoff
    files, which the next call clears away.
    """
    *_, entry = after.pages.values()
    annotations = data / "annotations"
    writes = [
        (data / "raw" / entry.file, page.content),
        (data / "raw" / "manifest.jsonl", _encode(after.pages.values())),
        *((annotations / GOLD / f"{document.doc_id}.jsonl", b"") for document in documents),
        (annotations / "documents.jsonl", _encode(after.documents.values())),
    ]
    with contextlib.ExitStack() as undo:
        for path, content in writes:
            if path.exists():
                undo.callback(replace_file, path, read_bytes(path))
            else:
                undo.callback(path.unlink, missing_ok=True)
            replace_file(path, content)
        undo.pop_all()


def _encode(records: Iterable[Record]) -> bytes:
    """Records in the layout of the files that people edit."""
    return b"".join(
        msgspec.json.format(msgspec.json.encode(record), indent=0) + b"\n" for record in records
    )
