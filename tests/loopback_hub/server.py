"""The HTTP server: finds the route of a request, and lets tests look at it and step in."""

from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit

from loopback_hub import reading, writing
from loopback_hub.exchange import Answer, Request, refusal
from loopback_hub.routing import Route
from loopback_hub.serving import LoopbackServer
from loopback_hub.store import Store

__all__ = ["ROUTES", "LoopbackHub"]

# The first that matches answers.
ROUTES = (*writing.ROUTES, *reading.ROUTES)


class LoopbackHub(LoopbackServer):
    """A Hub; HF_ENDPOINT is set to its `url`.

    Attributes:
        store: What it holds.
        requests: Every request so far, in the order in which they came.
        interceptors: Asked before the routes; the first answer goes back in place of theirs. They
            may also wait or raise, which cuts the connection.
        afterwards: Shown each request and its answer before that goes back: by then the work is
            done. What they return goes back in its place; raising cuts the connection.
    """

    def __init__(self, store: Store | None = None, routes: Sequence[Route] = ()) -> None:
        super().__init__(_Handler)
        self.store = store or Store()
        self.requests: list[Request] = []
        self.interceptors: list[Callable[[Request], Answer | None]] = []
        self.afterwards: list[Callable[[Request, Answer], Answer | None]] = []
        self._routes = (*routes, *ROUTES)

    def answer(self, request: Request) -> Answer:
        """The answer to a request."""
        self.requests.append(request)
        for intercept in self.interceptors:
            found = intercept(request)
            if found is not None:
                return found
        found = self._routed(request)
        for look in self.afterwards:
            found = look(request, found) or found
        return found

    def _routed(self, request: Request) -> Answer:
        known = self.store.users
        if known and request.token is not None and request.token not in known:
            return refusal("", 401, "Invalid credentials in Authorization header")
        for methods, pattern, answer in self._routes:
            match = pattern.fullmatch(request.path)
            if match and request.method in methods:
                # A revision may hold a slash, as `refs/pr/1` does, and is then sent quoted.
                named = {k: unquote(v) for k, v in match.groupdict().items() if v is not None}
                with self.store.lock:
                    return answer(self.store, request, **named)
        return refusal("NoSuchRoute", message=f"no route for {request.method} {request.path}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body go together: a client that is asked to wait for the rest waits 40 ms.
    wbufsize = -1

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command,
            parts.path,
            parse_qs(parts.query),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length) if length else self._chunks(),
        )
        try:
            answer = self.server.owner.answer(request)
        except Exception:
            self.close_connection = True
            raise
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _chunks(self) -> bytes:
        """A body of unknown length, as uploads have it."""
        found = b""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        return found

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _handle  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: `LoopbackHub.requests` has it."""
