"""What a broken rule is."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from arnews_bench.annotations import Sources

__all__ = ["Rule", "Violation"]


class Violation(NamedTuple):
    """A broken rule, where it is broken, and how."""

    where: str
    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: {self.detail}"


# A group of rules: from everything that the dataset is built from to what is wrong with it.
Rule: TypeAlias = Callable[[Sources], Iterable[Violation]]
