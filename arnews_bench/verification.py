"""Whether a recorded run is what its predictions score: scored again, and compared.

What a run says of its model, its time and its machine is taken as it is; nothing can prove it.
"""

import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from arnews_bench import runner
from arnews_bench.errors import InputError
from arnews_bench.results import Run, load_run
from arnews_bench.run_files import PREDICTIONS, RECORD
from arnews_bench.schema import Record
from arnews_bench.tasks import load_task, task_names

__all__ = ["LARGEST", "RUN_FILES", "Verification", "require_reproduced", "verify_run"]

# What a run is published as.
RUN_FILES = (RECORD, PREDICTIONS)

# Other platforms round the last digits of a float otherwise.
_TOLERANCE = 1e-9
# Bytes of a file beyond which it is not read; the Hub would store one of that size elsewhere.
LARGEST = 10 * 1024 * 1024
# The fields of a run that follow from its predictions and the rows.
_COMPUTED = (
    "task_type", "protocol", "split", "n", "headline", "metrics", "interval", "breakdown",
    "cluster", "repairs", "per_document",
)  # fmt: skip
_SETTINGS = frozenset({"limit", "lenient", "options"})
# A clock may be ahead.
_CLOCKS_DIFFER = timedelta(days=1)
# Characters of a message.
_LONGEST = 2000
# How many differences of one run are named.
_NAMED = 8


class Verification(Record, frozen=True, kw_only=True):
    """A recorded run, and what was found when its predictions were scored again.

    Attributes:
        place: The folder of the run, as it was given.
        run: What is recorded; None if that cannot be read.
        computed: The headline's value as it was computed now; None if it did not come to that, or
            if it is undefined.
        problems: Why it does not reproduce; none if it does.
    """

    place: str
    run: Run | None
    computed: float | None
    problems: tuple[str, ...]

    @property
    def reproduces(self) -> bool:
        """Whether all that is recorded is what is computed."""
        return not self.problems


def verify_run(folder: str | Path, data: Path | None = None) -> Verification:
    """Score the predictions of a run again, by the code of `arbench score`, and compare.

    Whatever lies in the folder does no harm: links are not followed, and nothing of a run is
    executed.

    Args:
        folder: The folder of the run, with its `run.json` and `predictions.jsonl`.
        data: A folder to take in place of the bundled dataset.

    Raises:
        InputError: The dataset itself cannot be read.
    """
    place = Path(folder)
    problems = [text for name in RUN_FILES if (text := _unreadable(place / name))]
    if problems:
        return _rejected(place, None, *problems)
    run = _guarded(place, lambda: load_run(place / RECORD))
    if isinstance(run, str):
        return _rejected(place, None, run)
    problems = [*_not_comparable(run)] or [*_other_data(run, data)]
    if problems:
        return _rejected(place, run, *problems)
    again = _guarded(place, lambda: _scored(place, run, data))
    if isinstance(again, str):
        return _rejected(place, run, again)
    found = [text for name in _COMPUTED for text in _differences(name, run, again)]
    more = [f"… and {len(found) - _NAMED} more"] if len(found) > _NAMED else []
    return _checked(place, run, again.score.value, [*found[:_NAMED], *more])


def require_reproduced(folders: Sequence[str | Path], data: Path | None = None) -> list[Run]:
    """The runs in some folders, each of which has to reproduce.

    Args:
        folders: The folders, of one run each.
        data: A folder to take in place of the bundled dataset.

    Raises:
        InputError: With every run that does not, and why.
    """
    runs, problems = [], []
    for folder in folders:
        found = verify_run(folder, data)
        problems += [f"{found.place}: {text}" for text in found.problems]
        if found.run is not None:
            runs.append(found.run)
    if problems:
        raise InputError.from_problems("these runs do not reproduce:", problems)
    return runs


def _scored(place: Path, run: Run, data: Path | None) -> Run:
    predictions = place / PREDICTIONS
    split = run.split or ""
    return runner.score(predictions, run.task, protocol=run.protocol, split=split, data=data)


def _guarded(place: Path, work: Callable[[], Run]) -> Run | str:
    """What comes of reading a folder that anybody may have filled, or what is wrong with it."""
    try:
        return work()
    except InputError as error:
        return str(error).replace(f"{place}/", "")
    except RecursionError:
        return "nested more deeply than any run is"


def _rejected(place: Path, run: Run | None, *problems: str) -> Verification:
    return _checked(place, run, None, problems)


def _checked(
    place: Path, run: Run | None, computed: float | None, problems: Sequence[str]
) -> Verification:
    # A name that is no UTF-8 can still be printed, and a value of megabytes is not.
    shown = str(place).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    cut = tuple(text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …" for text in problems)
    return Verification(place=shown, run=run, computed=computed, problems=cut)


def _unreadable(path: Path) -> str | None:
    """Why a file is not read at all."""
    try:
        found = path.lstat()
    except OSError:
        return f"{path.name}: no such file; a run is a {RECORD} with its {PREDICTIONS}"
    if stat.S_ISLNK(found.st_mode):
        return f"{path.name}: is a symbolic link; the file itself is needed"
    if not stat.S_ISREG(found.st_mode):
        return f"{path.name}: is no file"
    if found.st_size > LARGEST:
        return f"{path.name}: {found.st_size:,} bytes; at most {LARGEST:,} are read"
    return None


def _not_comparable(run: Run) -> Iterator[str]:
    """Why a run is none of the benchmark."""
    if run.task not in task_names():
        yield f"field `task`: {run.task!r} is no task of the benchmark ({', '.join(task_names())})"
    if run.dataset.fingerprint is None:
        yield "field `dataset.fingerprint`: null: the rows are none of the benchmark"
    for name in sorted(run.settings.keys() - _SETTINGS):
        yield f"field `settings`: unknown setting {name!r}"
    if run.settings.get("limit") is not None:
        yield "field `settings.limit`: only the first rows were answered; all are needed"
    options = run.settings.get("options", {})
    if not (isinstance(options, dict) and all(isinstance(v, str) for v in options.values())):
        yield "field `settings.options`: is no table of texts"
    yield from _not_past(run)


def _not_past(run: Run) -> Iterator[str]:
    """Of two runs of a model the later one counts: none may be later than it can be."""
    for name in ("started", "finished"):
        text = getattr(run, name)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.utcoffset() != timedelta():
            yield f"field `{name}`: {text!r} is no time in UTC, such as 2025-01-31T12:00:00+00:00"
        elif moment > datetime.now(UTC) + _CLOCKS_DIFFER:
            yield f"field `{name}`: {text} lies in the future"


def _other_data(run: Run, data: Path | None) -> Iterator[str]:
    """How the rows of a run differ from those that it would be scored on now."""
    task = load_task(run.task, data)
    recorded, here = run.dataset, (task.version, task.dataset_fingerprint, task.fingerprint)
    if (recorded.version, recorded.fingerprint, recorded.rows) == here:
        return
    for name, found in zip(("version", "fingerprint", "rows"), here, strict=True):
        value = getattr(recorded, name)
        if value != found:
            yield (
                f"field `dataset.{name}`: the run was made on {_short(value)}, the rows here are "
                f"{_short(found)}; the right ones are given by --data"
            )


def _short(value: str | None) -> str:
    return "none" if value is None else value[:12]


def _differences(name: str, run: Run, again: Run) -> Iterator[str]:
    recorded = msgspec.to_builtins(getattr(run, name))
    return _unequal(name, recorded, msgspec.to_builtins(getattr(again, name)))


def _unequal(where: str, recorded: Any, computed: Any) -> Iterator[str]:  # noqa: ANN401 (JSON)
    """Where two JSON values differ, and how."""
    match recorded, computed:
        case dict(), dict():
            yield from _unequal_tables(where, recorded, computed)
        case list() | tuple(), list() | tuple() if len(recorded) == len(computed):
            for number, pair in enumerate(zip(recorded, computed, strict=True)):
                yield from _unequal(f"{where}[{number}]", *pair)
        case list() | tuple(), list() | tuple():
            yield f"field `{where}`: {len(recorded)} entries are recorded, {len(computed)} computed"
        case _:
            if not _same(recorded, computed):
                yield f"field `{where}`: {recorded!r} is recorded, {computed!r} computed"


def _unequal_tables(
    where: str, recorded: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[str]:
    for key in sorted({*recorded, *computed}):
        place = f"{where}.{key}"
        if key not in computed:
            yield f"field `{place}`: is recorded, but there is no such thing"
        elif key not in recorded:
            yield f"field `{place}`: is missing"
        else:
            yield from _unequal(place, recorded[key], computed[key])


def _same(recorded: object, computed: object) -> bool:
    if isinstance(recorded, float | int) and isinstance(computed, float | int):
        return abs(recorded - computed) <= _TOLERANCE
    return recorded == computed
