"""What the consistency sweep finds, and why a finding may stay."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple, TypeAlias

from arnews_bench.annotations import Sources
from arnews_bench.schema import Record

__all__ = ["Check", "Finding", "Justification", "Kind"]

Kind: TypeAlias = Literal[
    "surface-types",
    "surface-unmarked",
    "title-without-occ",
    "verb-without-attribution",
    "quotation-without-attribution",
    "document-against-statements",
    "undecided",
]


class Finding(NamedTuple):
    """A place that looks inconsistent: nothing is proved, somebody has to look.

    `item` names the place within its document and stays the same as long as its text does.
    """

    kind: Kind
    doc_id: str
    item: str
    detail: str

    def __str__(self) -> str:
        return f"{self.doc_id}: {self.kind}: {self.item}: {self.detail}"


class Justification(Record, frozen=True, kw_only=True):
    """Why a finding is no mistake."""

    kind: Kind
    doc_id: str
    item: str
    reason: str


# A check: from everything that the dataset is built from to what looks inconsistent in it.
Check: TypeAlias = Callable[[Sources], Iterable[Finding]]
