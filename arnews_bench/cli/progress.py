"""A progress bar on standard error, for work that takes longer than a second."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from arnews_bench.answers import Progress as ProgressCallback

__all__ = ["progress_bar"]

_PATIENCE_S = 1.0


@contextmanager
def progress_bar() -> Iterator[ProgressCallback]:
    """Yield what the runner tells its progress to."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    started = time.monotonic()
    task = bar.add_task("", total=None)

    def update(what: str, done: int, total: int) -> None:
        bar.update(task, description=what, completed=done, total=total)
        if time.monotonic() - started > _PATIENCE_S and bar.console.is_terminal:
            bar.start()

    try:
        yield update
    finally:
        if bar.live.is_started:
            bar.stop()
