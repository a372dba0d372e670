"""Protocols: which rows a model learns from, and which it answers."""

from collections.abc import Sequence
from typing import NamedTuple

from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.schema import Row
from arnews_bench.tasks import Task

__all__ = ["PROTOCOLS", "Fold", "make_folds"]

PROTOCOLS = ("split", "cv")


class Fold(NamedTuple):
    """Rows to learn from, to choose by and to answer."""

    name: str
    train: Sequence[Row]
    validation: Sequence[Row]
    scored: Sequence[Row]


def make_folds(task: Task, protocol: str, split: str, limit: int | None) -> list[Fold]:
    """The folds of a protocol.

    Args:
        task: The task.
        protocol: `split`: one fold, the given split. `cv`: a fold for each page, answered by a
            model that learns from the others.
        split: The split, under the protocol `split`.
        limit: Answer only the first rows; folds that have none left are dropped.

    Raises:
        InputError: Unknown protocol or split, or a limit below 1.
    """
    if protocol not in PROTOCOLS:
        raise InputError(f"unknown protocol {protocol!r}; {did_you_mean(protocol, PROTOCOLS)}")
    if limit is not None and limit < 1:
        raise InputError(f"--limit: {limit} is no number of rows; at least 1 is needed")
    folds = _split_folds(task, split) if protocol == "split" else _cv_folds(task)
    left = sum(len(fold.scored) for fold in folds) if limit is None else limit
    kept = []
    for fold in folds:
        scored = fold.scored[:left]
        left -= len(scored)
        if scored:
            kept.append(fold._replace(scored=scored))
    return kept


def _split_folds(task: Task, split: str) -> list[Fold]:
    scored = task.rows(split)
    train = task.rows("train") if "train" in task.splits else ()
    validation = task.rows("validation") if "validation" in task.splits else ()
    return [Fold(split, train, validation, scored)]


def _cv_folds(task: Task) -> list[Fold]:
    rows = task.all_rows()
    return [
        Fold(
            f"fold {number}",
            [row for row in rows if row.fold != number],
            (),
            [row for row in rows if row.fold == number],
        )
        for number in sorted({row.fold for row in rows})
    ]
