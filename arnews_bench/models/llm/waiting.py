"""Waiting for rows: which goes first, and how a call from within an event loop is interrupted."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from anyio import CancelScope
    from anyio.lowlevel import EventLoopToken

__all__ = ["First", "Interruptible", "outside_of_loops"]

_T = TypeVar("_T")
# Seconds.
_GLANCE = 0.2


class First:
    """Lets one row go first, alone: a key or a model that is refused is refused once."""

    def __init__(self) -> None:
        import anyio

        self._lock, self._over = anyio.Lock(), False

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Wait until the first is over, or be the first."""
        async with self._lock:
            if not self._over:
                try:
                    yield
                finally:
                    self._over = True
                return
        yield


class Interruptible:
    """Work in the event loop of another thread, which this one can end."""

    def __init__(self) -> None:
        self._scopes: set[CancelScope] = set()
        self._token: EventLoopToken | None = None
        self._over = False

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the work, which is left where it stands when that is interrupted."""
        import anyio
        from anyio.lowlevel import current_token

        self._token = current_token()
        with anyio.CancelScope() as scope:
            self._scopes.add(scope)
            try:
                if self._over:
                    scope.cancel()
                yield
            finally:
                self._scopes.discard(scope)

    def interrupt(self) -> None:
        """End all parts, those to come too; called from another thread."""
        from anyio import from_thread

        self._over = True
        if self._token is not None:
            # The loop may have ended by itself.
            with suppress(RuntimeError):
                from_thread.run_sync(self._cancel, token=self._token)

    def _cancel(self) -> None:
        for scope in self._scopes:
            scope.cancel()


def outside_of_loops(run: Callable[[], _T], interrupt: Callable[[], None]) -> _T:
    """Call what starts an event loop; in a notebook one is running already.

    Args:
        run: What is called; in another thread, if a loop is running in this one.
        interrupt: Ends it, wherever it runs: Ctrl-C reaches only this thread.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    # To leave it waits until what was interrupted has ended.
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run)
        try:
            # The system may give a signal to another thread: this one has to wake up to see it.
            while not future.done():
                wait([future], timeout=_GLANCE)
            return future.result()
        except KeyboardInterrupt:
            interrupt()
            raise
