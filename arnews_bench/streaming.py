"""Counts of a predictions file, with neither it nor the rows in memory.

Both files are read in blocks, the rows in their order. What is kept are a 64-bit hash and the
place of each prediction, and the counts. That something does not fit is only noticed here; what
it is, `predictions.check_predictions` says, which holds everything at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO, FileIO
from itertools import compress, repeat
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from arnews_bench.metrics.fscore import Array
from arnews_bench.predictions import all_fit
from arnews_bench.rows import row_problems
from arnews_bench.schema import (
    PREDICTION_TYPES,
    ROW_TYPES,
    Prediction,
    Row,
    StanceLabel,
    StanceRow,
    TaskType,
)
from arnews_bench.scoring.counts import RunCounts, RunningCounts, Scorer, Tally

__all__ = ["Irregular", "stream_counts"]

# Bytes of a file that are read at once, and predictions that are handed on at once.
_BLOCK = 1 << 22
_BATCH = 10_000
# A line that is shorter may be blank; a longer one that is gets no special treatment.
_SHORTEST = 4
_BOM = b"\xef\xbb\xbf"


class Irregular(Exception):  # noqa: N818 (nothing failed: there is another way to do it)
    """Something does not fit, or hashes cannot decide whether it does."""


def stream_counts(
    path: Path,
    task_type: TaskType,
    scorer: Scorer,
    row_files: Sequence[Path],
    *,
    by_fold: bool,
) -> tuple[RunCounts, Iterator[list[Prediction]]]:
    """Count what the predictions of a file get right.

    Args:
        path: The predictions, JSON Lines, in any order.
        task_type: The type of the task.
        scorer: How it is scored.
        row_files: The files of all rows to score.
        by_fold: Rows count in the order of their folds, not in that of the files.

    Returns:
        The counts, and the predictions in the order of the rows, batch by batch.

    Raises:
        Irregular: Rows and predictions have to be looked at as a whole.
    """
    try:
        index = _Index(path)
        tallies: Mapping[str, Tally] = {"": scorer.tally, **scorer.groups}
        folds: dict[int, _Fold] = defaultdict(lambda: _Fold(tallies))
        with _unbuffered(path) as stream:
            for rows in _row_blocks(row_files, task_type):
                numbers = index.find([row.id for row in rows])
                answers = _decoded(index.lines.take(numbers), stream, task_type)
                # Equal hashes are no equal ids: these are looked at here.
                if not all_fit(rows, answers):
                    raise Irregular
                if by_fold:
                    _add_by_fold(folds, rows, answers, numbers)
                else:
                    folds[0].add(rows, answers, numbers)
    except (msgspec.DecodeError, UnicodeDecodeError, OSError) as error:
        raise Irregular from error
    index.require_one_to_one()
    return _whole([folds[number] for number in sorted(folds)], index, path, task_type)


class _Fold:
    """The counts of a fold so far, and the numbers of its predictions."""

    def __init__(self, tallies: Mapping[str, Tally]) -> None:
        self._tallies = tallies
        self.counts = {name: RunningCounts() for name in tallies}
        self.numbers: list[Array] = []

    def add(self, rows: Sequence[Row], answers: Sequence[Prediction], numbers: Array) -> None:
        for name, tally in self._tallies.items():
            self.counts[name].add(tally(rows, answers))
        self.numbers.append(numbers)


def _whole(
    folds: Sequence[_Fold], index: "_Index", path: Path, task_type: TaskType
) -> tuple[RunCounts, Iterator[list[Prediction]]]:
    sums: dict[str, RunningCounts] = defaultdict(RunningCounts)
    for fold in folds:
        for name, counts in fold.counts.items():
            sums[name].add(counts.total())
    totals = {name: total.total() for name, total in sums.items()}
    lines = index.lines.take(np.concatenate([part for fold in folds for part in fold.numbers]))

    def answers() -> Iterator[list[Prediction]]:
        with _unbuffered(path) as stream:
            for start in range(0, len(lines.start), _BATCH):
                yield _decoded(lines.take(slice(start, start + _BATCH)), stream, task_type)

    return RunCounts(totals.pop(""), totals, len(lines.start)), answers()


def _add_by_fold(
    folds: Mapping[int, _Fold],
    rows: Sequence[Row],
    answers: Sequence[Prediction],
    numbers: Array,
) -> None:
    of_row = np.array([row.fold for row in rows])
    for fold in np.unique(of_row).tolist():
        here = of_row == fold
        folds[fold].add(list(compress(rows, here)), list(compress(answers, here)), numbers[here])


class _LeanStanceRow(StanceRow, frozen=True, kw_only=True, gc=False):
    """A stance row whose texts are stepped over: most of its bytes, and not scored."""

    claim: msgspec.Raw  # type: ignore[assignment]
    text: msgspec.Raw  # type: ignore[assignment]
    context: msgspec.Raw  # type: ignore[assignment]
    label: StanceLabel


_LEAN_ROWS: Mapping[TaskType, type[Row]] = {**ROW_TYPES, "stance": _LeanStanceRow}


def _row_blocks(files: Sequence[Path], task_type: TaskType) -> Iterator[list[Row]]:
    decode = msgspec.json.Decoder(_LEAN_ROWS[task_type]).decode
    for path in files:
        for _, lines in _line_blocks(path):
            rows = list(map(decode, lines))
            # Of a lean row there is nothing left to check.
            if not isinstance(rows[0], _LeanStanceRow) and any(map(any, map(row_problems, rows))):
                raise Irregular
            yield rows


def _decoded(lines: "_Lines", stream: FileIO, task_type: TaskType) -> list[Prediction]:
    decode = msgspec.json.Decoder(PREDICTION_TYPES[task_type]).decode
    return list(map(decode, lines.read(stream)))


class _Lines(NamedTuple):
    """Where lines of a file stand: offsets in bytes, and lengths."""

    start: Array
    size: Array

    def take(self, chosen: "Array | slice") -> "_Lines":
        return _Lines(self.start[chosen], self.size[chosen])

    def read(self, stream: FileIO) -> Iterable[bytes]:
        start, end = self.start, self.start + self.size
        if len(start) and np.array_equal(start[1:], end[:-1]):
            stream.seek(int(start[0]))
            return BytesIO(stream.read(int(end[-1] - start[0])))
        return map(_read_at, repeat(stream), start.tolist(), self.size.tolist())


def _unbuffered(path: Path) -> FileIO:
    # Lines in any order: what a buffer reads beside a line is seldom the next one.
    return path.open("rb", buffering=0)


def _read_at(stream: FileIO, start: int, size: int) -> bytes:
    stream.seek(start)
    return stream.read(size)


class _Identified(msgspec.Struct, gc=False):
    """A prediction by its id."""

    id: str


class _Index:
    """The predictions of a file, found by the hashes of their ids."""

    def __init__(self, path: Path) -> None:
        decode = msgspec.json.Decoder(_Identified).decode
        hashes, starts, sizes = [], [], []
        for place, lines in _line_blocks(path):
            hashes.append(_hashes([decode(line).id for line in lines]))
            starts.append(place.start)
            sizes.append(place.size)
        if not hashes:
            raise Irregular
        self._hashes = np.concatenate(hashes)
        order = np.argsort(self._hashes)
        self._hashes = self._hashes[order]
        self.lines = _Lines(np.concatenate(starts)[order], np.concatenate(sizes)[order])
        self._found = np.zeros(len(order), dtype=bool)
        self._asked = 0

    def find(self, ids: Sequence[str]) -> Array:
        """The numbers of the predictions that should have some ids."""
        wanted = _hashes(ids)
        numbers = np.searchsorted(self._hashes, wanted)
        numbers[numbers == len(self._hashes)] = 0
        if np.any(self._hashes[numbers] != wanted):
            raise Irregular
        self._found[numbers] = True
        self._asked += len(ids)
        return numbers

    def require_one_to_one(self) -> None:
        """That each prediction was found, and none of them twice."""
        if self._asked != len(self._found) or not self._found.all():
            raise Irregular


def _hashes(ids: Sequence[str]) -> Array:
    # Python's own: SipHash with a key drawn for the process, so that no file can aim at it.
    return np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))


def _line_blocks(path: Path) -> Iterator[tuple[_Lines, list[bytes]]]:
    """The lines of a file that are not blank, with their places, some megabytes at a time."""
    with path.open("rb") as stream:
        if stream.read(len(_BOM)) != _BOM:
            stream.seek(0)
        position = stream.tell()
        while lines := stream.readlines(_BLOCK):
            size = np.fromiter(map(len, lines), dtype=np.int64, count=len(lines))
            start = position + np.cumsum(size) - size
            position = int(start[-1] + size[-1])
            places = _Lines(start, size)
            if size.min() < _SHORTEST:
                filled = np.array([not line.isspace() for line in lines])
                places, lines = places.take(filled), list(compress(lines, filled))
            if lines:
                yield places, lines
