"""The gold annotation in the formats of other tools, and back again.

A format is one module that ends in a `Format`; this one finds it, writes what it exports, and
checks what it imports before a single file of the corpus is touched.
"""

import contextlib
import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from arnews_bench.annotations import (
    GOLD,
    AnnotationRecord,
    AttributionRecord,
    EntityRecord,
    Sources,
    encode_annotation,
    read_sources,
)
from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.exchange.format import Format
from arnews_bench.files import read_bytes, replace_file
from arnews_bench.validation import EVERY_CLAIM_LABELLED, Violation, require_texts, validate

__all__ = [
    "FORMATS",
    "FORMAT_NAMES",
    "DocumentChange",
    "Format",
    "export",
    "find_changes",
    "import_annotation",
    "load_format",
    "write_changes",
]

# Name → where its `Format` is; a module is imported when its format is asked for.
FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "brat": "arnews_bench.exchange.brat:BRAT",
        "conll": "arnews_bench.exchange.conll:CONLL",
        "doccano": "arnews_bench.exchange.doccano:DOCCANO",
        "label-studio": "arnews_bench.exchange.label_studio:LABEL_STUDIO",
        "spacy": "arnews_bench.exchange.spacy_docbin:SPACY",
    }
)
FORMAT_NAMES = tuple(FORMATS)


class DocumentChange(NamedTuple):
    """What an import does to the annotation of one document.

    A record is changed if another one stands in its place: an entity of the same span, an
    attribution of the same id, a stance of the same claim and text.
    """

    doc_id: str
    added: int
    removed: int
    changed: int
    content: bytes


def load_format(name: str) -> Format:
    """The format of a name.

    Raises:
        InputError: There is none.
    """
    if name not in FORMATS:
        raise InputError(f"unknown format {name!r}; {did_you_mean(name, FORMAT_NAMES)}")
    module, _, attribute = FORMATS[name].partition(":")
    found: Format = getattr(importlib.import_module(module), attribute)
    return found


def export(
    data: Path, format_name: str, out: Path, doc_ids: Sequence[str] | None = None
) -> list[Path]:
    """Write the gold annotation in another tool's format.

    Args:
        data: The dataset's folder.
        format_name: One of `FORMAT_NAMES`.
        out: The folder to write into; files of it that the export does not name are left alone.
        doc_ids: The documents wanted; all if there are none.

    Returns:
        The files written, in the order of the format.

    Raises:
        InputError: Unknown format or document, unsound corpus, or `out` is no folder; nothing
            was written.
    """
    chosen = load_format(format_name)
    try:
        if out.exists() and not out.is_dir():
            raise InputError(f"{out}: is a file; the export needs a folder")
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    sources = read_sources(data)
    problems = [str(violation) for violation in validate(sources) if not _is_unfinished(violation)]
    if problems:
        raise InputError.from_problems(
            f"The corpus breaks {len(problems)} rule(s), nothing was exported:", problems
        )
    files = chosen.write(sources, _wanted(sources, doc_ids))
    _replace_all({out / name: content for name, content in files.items()})
    return [out / name for name in files]


def _wanted(sources: Sources, doc_ids: Sequence[str] | None) -> list[str]:
    """The documents asked for, in the order of the corpus."""
    unknown = [name for name in doc_ids or () if name not in sources.documents]
    if unknown:
        raise InputError(
            "; ".join(
                f"unknown document {name!r}; {did_you_mean(name, sources.documents)}"
                for name in unknown
            )
        )
    return [name for name in sources.documents if not doc_ids or name in doc_ids]


def import_annotation(
    data: Path, format_name: str, folder: Path, *, partial: bool = False
) -> list[str]:
    """Take the annotation of a folder in another tool's format over into the corpus.

    Args:
        data: The dataset's folder.
        format_name: One of `FORMAT_NAMES` that can be read.
        folder: The folder to read.
        partial: Documents of the corpus may be missing from the folder; they stay as they are.

    Returns:
        The ids of the documents whose annotation changed.

    Raises:
        InputError: See `find_changes`; nothing was written.
    """
    changes = find_changes(data, format_name, folder, partial=partial)
    write_changes(data, changes)
    return [change.doc_id for change in changes]


def find_changes(
    data: Path, format_name: str, folder: Path, *, partial: bool = False
) -> list[DocumentChange]:
    """What `import_annotation` would change; it writes nothing.

    Raises:
        InputError: The format cannot be read, the folder is not what the format demands, lacks a
            document or has one too many, or the annotation breaks a rule of `validation`.
    """
    chosen = load_format(format_name)
    if chosen.read is None:
        readable = ", ".join(name for name in FORMAT_NAMES if load_format(name).read)
        raise InputError(
            f"{format_name} can be exported only, it does not hold the whole annotation; "
            f"formats to import: {readable}"
        )
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder")
    sources = read_sources(data)
    require_texts(sources)
    imported = chosen.read(folder, sources)
    _check_documents(folder, sources, imported, partial=partial)
    new = {doc_id: tuple(records) for doc_id, records in imported.items()}
    after = sources._replace(annotations={**sources.annotations, **new})
    _require_sound(folder, sources, after)
    changes = []
    # What was not imported stays as it is, even where it is not in the canonical form.
    for doc_id in (name for name in sources.documents if name in imported):
        content = encode_annotation(located.record for located in after.annotations[doc_id])
        if content != read_bytes(_standoff(data, doc_id)):
            changes.append(_compare(doc_id, sources, after, content))
    return changes


def write_changes(data: Path, changes: Sequence[DocumentChange]) -> None:
    """Put the result of `find_changes` into the corpus."""
    _replace_all({_standoff(data, change.doc_id): change.content for change in changes})


def _replace_all(files: Mapping[Path, bytes]) -> None:
    """Write files; whatever stops this takes back what was written."""
    with contextlib.ExitStack() as undo:
        for path, content in files.items():
            if path.is_file():
                undo.callback(replace_file, path, read_bytes(path))
                replace_file(path, content)
            else:
                replace_file(path, content)
                undo.callback(path.unlink, missing_ok=True)
        undo.pop_all()


def _standoff(data: Path, doc_id: str) -> Path:
    return data / "annotations" / GOLD / f"{doc_id}.jsonl"


def _check_documents(
    folder: Path, sources: Sources, imported: Mapping[str, object], *, partial: bool
) -> None:
    unknown = [name for name in imported if name not in sources.documents]
    problems = [
        f"{name}: the corpus has no such document; {did_you_mean(name, sources.documents)}"
        for name in unknown
    ]
    missing = [name for name in sources.documents if name not in imported]
    if missing and not partial:
        problems.append(
            f"missing: {', '.join(missing)}; an import of some documents only must say so "
            "(`--partial`)"
        )
    if not imported:
        problems.append("there is no document at all")
    if problems:
        raise InputError.from_problems(f"{folder} does not hold the corpus's documents:", problems)


def _is_unfinished(violation: Violation) -> bool:
    """Whether it only says that a document still waits for its stances.

    Such a document goes out to be annotated, and may come back in steps.
    """
    return violation.rule == EVERY_CLAIM_LABELLED


def _require_sound(folder: Path, before: Sources, after: Sources) -> None:
    waiting = {found.where for found in validate(before) if _is_unfinished(found)}
    # A rule about a whole document names its standoff file, which is not what was imported.
    problems = [
        str(violation._replace(where=violation.where.removesuffix(".jsonl")))
        for violation in validate(after)
        if not (_is_unfinished(violation) and violation.where in waiting)
    ]
    if problems:
        raise InputError.from_problems(
            f"{folder} breaks {len(problems)} rule(s) of the annotation, nothing was imported:",
            problems,
        )


def _compare(doc_id: str, before: Sources, after: Sources, content: bytes) -> DocumentChange:
    old, new = (
        {_place(located.record): located.record for located in sources.annotations[doc_id]}
        for sources in (before, after)
    )
    return DocumentChange(
        doc_id=doc_id,
        added=len(new.keys() - old.keys()),
        removed=len(old.keys() - new.keys()),
        changed=sum(old[place] != new[place] for place in old.keys() & new.keys()),
        content=content,
    )


def _place(record: AnnotationRecord) -> tuple[str | int | None, ...]:
    match record:
        case EntityRecord():
            return (record.start, record.end)
        case AttributionRecord():
            return (record.id,)
        case _:
            return (record.claim_id, record.attribution)
