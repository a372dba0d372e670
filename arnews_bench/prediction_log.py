"""The predictions of a run on disk while it is under way: appended, flushed, resumed, locked."""

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import filelock

from arnews_bench.errors import InputError
from arnews_bench.files import drop_cut_off_line
from arnews_bench.predictions import check_predictions, read_predictions
from arnews_bench.schema import Prediction, Row, TaskType

__all__ = ["exclusive", "resume"]


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold a run's folder: two processes that append to one file would spoil it.

    The lock falls with the process, however that ends.

    Raises:
        InputError: The folder cannot be written, or another process holds it.
    """
    created = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / ".lock", timeout=0)
        lock.acquire()
    except filelock.Timeout:
        raise InputError(f"{folder}: another process is at work on this run") from None
    except OSError as error:
        raise InputError(f"{folder}: results cannot be written: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()
        (folder / ".lock").unlink(missing_ok=True)
        # A run that came to nothing leaves nothing: folders made for it go while they are empty.
        inside = sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True)
        for path in inside:
            with contextlib.suppress(OSError):
                path.rmdir()
        with contextlib.suppress(OSError):
            for path in created:
                path.rmdir()


def resume(path: Path, rows: Sequence[Row], task_type: TaskType) -> list[Prediction]:
    """The predictions that an interrupted run left; a line that was cut off is dropped.

    Args:
        path: The file; it need not exist.
        rows: The rows of the run, in its order.
        task_type: The type of the task.

    Returns:
        Predictions of the first rows.

    Raises:
        InputError: The file is not what a run leaves.
    """
    if not drop_cut_off_line(path):
        return []
    located = read_predictions(path, task_type)
    return check_predictions(
        rows[: len(located)],
        located,
        origin=str(path),
        hint="; this file of an earlier run is broken, start anew with --overwrite",
    )
