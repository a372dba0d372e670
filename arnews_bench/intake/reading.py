"""A page before it is added, and the corpus that it comes to."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from arnews_bench.annotations import Sources, read_sources
from arnews_bench.errors import InputError
from arnews_bench.files import read_bytes
from arnews_bench.schema import Split

__all__ = ["Known", "RawPage", "known_values", "next_number", "read_corpus", "read_page"]


class RawPage(NamedTuple):
    """A page that is not in the corpus yet."""

    path: Path
    content: bytes
    text: str

    @property
    def sha256(self) -> str:
        """The hash that the manifest will hold."""
        return hashlib.sha256(self.content).hexdigest()


class Known(NamedTuple):
    """What the documents of the corpus say already, for whoever fills in a plan."""

    events: dict[str, Split]
    topics: tuple[str, ...]
    outlets: tuple[str, ...]


def read_page(path: Path) -> RawPage:
    """Read a scraped page.

    Raises:
        InputError: There is no such file, it is not UTF-8, or it holds no text.
    """
    content = read_bytes(path)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8: byte {error.start + 1} of the file") from None
    if not any(c.isalnum() for c in text):
        raise InputError(f"{path}: the page is empty")
    return RawPage(path, content, text)


def known_values(data: Path) -> Known:
    """The events, topics and outlets of the corpus.

    Raises:
        InputError: The corpus cannot be read.
    """
    sources = read_sources(data)
    documents = sources.documents.values()
    return Known(
        events={d.event_id: sources.pages[d.page].split for d in documents},
        topics=tuple(sorted({d.topic for d in documents})),
        outlets=tuple(sorted({d.outlet for d in documents if d.outlet is not None})),
    )


def read_corpus(data: Path, page: RawPage) -> Sources:
    """The corpus without the page, and without what a killed call may have left of it.

    Raises:
        InputError: The corpus cannot be read, or has the page.
    """
    sources = read_sources(data)
    used = {document.page for document in sources.documents.values()}
    for key, entry in sources.pages.items():
        if entry.sha256 != page.sha256:
            continue
        if key in used or entry.fold != len(sources.pages) - 1:
            raise InputError(f"{page.path}: is in the corpus already, as page {key} ({entry.file})")
        return sources._replace(
            pages={k: v for k, v in sources.pages.items() if k != key},
            raw={k: v for k, v in sources.raw.items() if k != key},
            raw_bytes={k: v for k, v in sources.raw_bytes.items() if k != key},
        )
    return sources


def next_number(sources: Sources) -> str:
    """The number that a new page gets: the one after the highest."""
    number = max((int(page) for page in sources.pages if page.isdecimal()), default=-1) + 1
    return f"{number:03d}"
