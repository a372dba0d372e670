"""What the files of a run are called, and which folders hold a run; nothing is read here."""

from collections.abc import Sequence
from pathlib import Path

from arnews_bench.errors import InputError

__all__ = [
    "ANSWERS",
    "CHECKPOINTS",
    "ERRORS_PAGE",
    "LOGS",
    "PREDICTIONS",
    "RECORD",
    "run_folders",
    "run_place",
    "runs_below",
]

# The record, which is there as soon as the run is complete.
RECORD = "run.json"
PREDICTIONS = "predictions.jsonl"
# What a model said that is asked row by row, and the logs of the library that asked it.
ANSWERS = "answers.jsonl"
LOGS = "logs"
# What a `fit` has learned so far; gone when the run is complete.
CHECKPOINTS = "checkpoints"
# The page of `arbench errors`.
ERRORS_PAGE = "errors.html"

# How many runs below a folder a message names.
_NAMED = 5


def runs_below(folder: Path) -> list[Path]:
    """The folder itself if it holds a run, or else the folders of the runs below it."""
    if (folder / RECORD).is_file():
        return [folder]
    return [record.parent for record in sorted(folder.rglob(RECORD))]


def run_folders(paths: Sequence[str | Path]) -> list[Path]:
    """The folders of the runs at and below some paths, each once, in the order of the paths.

    Args:
        paths: Folders, or the `run.json` in one; whether such a file is there is not looked at.

    Raises:
        InputError: A folder holds no run.
    """
    found: dict[Path, Path] = {}
    for path in map(Path, paths):
        if path.is_dir():
            folders = runs_below(path)
            if not folders:
                raise InputError(f"{path}: no {RECORD} at or below this folder")
        else:
            folders = [path.parent if path.name == RECORD else path]
        for folder in folders:
            found.setdefault(folder.resolve(), folder)
    return list(found.values())


def run_place(path: str | Path) -> Path:
    """The folder of one run.

    Args:
        path: The folder, or the `run.json` in it.

    Raises:
        InputError: There is no run; runs further down are named.
    """
    place = Path(path)
    if not place.exists():
        raise InputError(f"{place}: no such run")
    if not place.is_dir():
        return place.parent
    if (place / RECORD).is_file():
        return place
    if (place / PREDICTIONS).is_file():
        raise InputError(
            f"{place}: the run is not finished: it has no {RECORD} yet; the same call of "
            "`arbench eval` goes on with it"
        )
    below = runs_below(place)
    if not below:
        raise InputError(f"{place}: no run here: the folder has no {RECORD}")
    named = ", ".join(map(str, below[:_NAMED]))
    more = f" and {len(below) - _NAMED} more" if len(below) > _NAMED else ""
    raise InputError(f"{place}: no run, but a folder of runs; name one: {named}{more}")
