"""An HTTP server in this process, on a free port of the loopback interface."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

__all__ = ["LoopbackServer"]


class LoopbackServer:
    """Runs while it is entered.

    Attributes:
        stopped: Set when it closes, for what waits in it.
    """

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        """A server that is closed yet; its handlers find this object as `self.server.owner`."""
        self.stopped = threading.Event()
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.owner = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    """A server that takes cut connections for part of a test."""

    owner: LoopbackServer
    daemon_threads = True
    # A thread that a test makes wait must not keep the server from closing.
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that was cut, here or there, is part of the tests."""
