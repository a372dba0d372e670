"""Paired comparison of two runs over the same documents."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from arnews_bench.errors import InputError
from arnews_bench.metrics.bootstrap import cluster_bootstrap
from arnews_bench.metrics.fscore import Array
from arnews_bench.results import Run, document_counts, find_runs, load_run
from arnews_bench.schema import Record
from arnews_bench.scoring import SCORERS, defined

__all__ = ["Comparison", "compare", "compare_folders"]

# Two runs make a comparison.
_FEWEST = 2

# What two runs of one comparison share: task, protocol and split.
_Key: TypeAlias = tuple[str, str, str | None]


class Comparison(Record, frozen=True, kw_only=True):
    """The difference of two runs in their headline score, on a scale of 0 to 1."""

    task: str
    protocol: str
    split: str | None
    metric: str
    first: str
    second: str
    difference: float | None
    low: float | None
    high: float | None

    @property
    def shown(self) -> bool:
        """Whether the interval excludes no difference."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high

    def __str__(self) -> str:
        where = " ".join(part for part in (f"{self.task},", self.protocol, self.split) if part)
        pair = f"{self.first} and {self.second} on {where}"
        if self.difference is None:
            return f"{pair}: {self.metric} is undefined for one of them"
        if self.low is None or self.high is None:
            return f"{pair}: {_signed(self.difference)}, too few documents for an interval"
        numbers = f"{_signed(self.difference)}, 95 % {_signed(self.low)} to {_signed(self.high)}"
        if not self.shown:
            return f"{pair}: no difference shown ({numbers})"
        better, worse = (
            (self.first, self.second) if self.difference > 0 else (self.second, self.first)
        )
        return f"{better} is better than {worse} on {where} ({numbers})"


def compare(first: Run | str | Path, second: Run | str | Path) -> Comparison:
    """Compare two runs, paired by document.

    Args:
        first: A run, or where it lies.
        second: The run to compare it with.

    Returns:
        `first` minus `second` in the headline score, with a 95 % interval that resamples
        documents, the same ones for both runs.

    Raises:
        InputError: The runs are not of the same task, data, protocol and rows.
    """
    a = first if isinstance(first, Run) else load_run(first)
    b = second if isinstance(second, Run) else load_run(second)
    _require_comparable(a, b)
    measure = SCORERS[a.task_type].measures[a.headline]
    counts = np.concatenate([document_counts(a), document_counts(b)], axis=1)
    columns = counts.shape[1] // 2

    def difference(sums: Array) -> Array:
        return measure(sums[..., :columns]) - measure(sums[..., columns:])

    total = difference(counts.sum(axis=0))
    interval = cluster_bootstrap(counts, difference)
    return Comparison(
        task=a.task,
        protocol=a.protocol,
        split=a.split,
        metric=a.headline,
        first=a.model.spec,
        second=b.model.spec,
        difference=defined(total),
        low=defined(interval.low),
        high=defined(interval.high),
    )


def _require_comparable(a: Run, b: Run) -> None:
    differing = [
        f"{name} ({left} and {right})"
        for name, left, right in (
            ("task", a.task, b.task),
            ("data fingerprint", a.dataset.rows[:12], b.dataset.rows[:12]),
            ("protocol", a.protocol, b.protocol),
            ("split", a.split, b.split),
            ("number of rows", a.n.rows, b.n.rows),
            ("number of documents", a.n.documents, b.n.documents),
        )
        if left != right
    ]
    if [item.doc_id for item in a.per_document] != [item.doc_id for item in b.per_document]:
        differing.append("their documents")
    if differing:
        raise InputError(
            f"{a.model.spec} and {b.model.spec} cannot be compared; they differ in "
            + ", ".join(differing)
        )


def _signed(value: float) -> str:
    # Adding zero turns -0.0 into 0.0.
    return f"{round(100 * value, 1) + 0.0:+.1f}"


def compare_folders(paths: Sequence[Path]) -> list[Comparison]:
    """Compare the runs below folders with those below the first, task by task.

    Args:
        paths: Runs, or folders of runs such as `results/linear`. Of several runs of one task
            under one protocol, the one that finished last counts.

    Raises:
        InputError: Fewer than two paths, no run at a path, or no task in common.
    """
    if len(paths) < _FEWEST:
        raise InputError("nothing to compare: at least two runs or folders of runs are needed")
    groups = [_latest(find_runs([path])) for path in paths]
    found = []
    for path, group in zip(paths[1:], groups[1:], strict=True):
        common = [key for key in groups[0] if key in group]
        if not common:
            raise InputError(
                f"{paths[0]} and {path} have no task, protocol and split in common: "
                f"{_keys_text(groups[0])} and {_keys_text(group)}"
            )
        found += [compare(groups[0][key], group[key]) for key in common]
    return found


def _latest(runs: Sequence[Run]) -> dict[_Key, Run]:
    ordered = sorted(runs, key=lambda run: run.finished)
    return {(run.task, run.protocol, run.split): run for run in ordered}


def _keys_text(group: Iterable[_Key]) -> str:
    return ", ".join(" ".join(part for part in key if part) for key in group)
