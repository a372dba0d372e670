"""The HTTP server: what was asked, what was billed, and who may step in."""

import json
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple

from loopback_hub.serving import LoopbackServer

from loopback_llm import troubles, wire
from loopback_llm.exchange import Call, Cut, Refused, Reply, Said

__all__ = ["Billed", "LoopbackLLM"]

_ROUTES = {"/v1/chat/completions": wire.chat, "/v1/responses": wire.response}


class Billed(NamedTuple):
    """A completion that was sent, and what it took."""

    call: Call
    said: Said
    tokens: wire.Tokens


class LoopbackLLM(LoopbackServer):
    """A server of language models; clients take its `url` for their base URL.

    Attributes:
        answer: What it says to a question.
        calls: Every request so far, in the order in which they came.
        books: Every completion that was sent in whole.
        interceptors: Asked before `answer`; the first reply goes back in place of its. They may
            also wait, which makes the server slow, or raise, which cuts the connection.
        keys: Who may ask; none lets everybody.
        models: What may be asked; none stands for every name.
    """

    def __init__(self, answer: Callable[[Call], Reply]) -> None:
        super().__init__(_Handler)
        self.answer = answer
        self.calls: list[Call] = []
        self.books: list[Billed] = []
        self.interceptors: list[Callable[[Call], Reply | None]] = []
        self.keys: set[str] = set()
        self.models: set[str] = set()

    @property
    def url(self) -> str:
        """With the path that the protocol's own begin with."""
        return f"{super().url}/v1"

    @property
    def questions(self) -> list[str]:
        """The questions so far, repeated ones as often as they were asked."""
        return [call.question for call in self.calls if call.method == "POST"]

    def forget(self) -> None:
        """Empty the log and the books, and let nobody step in."""
        for kept in (self.calls, self.books, self.interceptors, self.keys, self.models):
            kept.clear()

    def reply(self, call: Call) -> Reply:
        """The reply to a question."""
        if self.keys and call.key not in self.keys:
            return troubles.unknown_key(call.key)
        if self.models and call.model not in self.models:
            return troubles.unknown_model(call.model)
        for intercept in self.interceptors:
            found = intercept(call)
            if found is not None:
                return found
        return self.answer(call)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body go together: a client that is asked to wait for the rest waits 40 ms.
    wbufsize = -1

    def do_GET(self) -> None:
        """The models that there are."""
        llm = self.server.owner
        llm.calls.append(self._call())
        known = [{"id": name, "object": "model"} for name in sorted(llm.models)]
        listed = json.dumps({"object": "list", "data": known}).encode()
        self._send(200, wire.Body("application/json", listed))

    def do_POST(self) -> None:
        """A question."""
        llm, call = self.server.owner, self._call()
        llm.calls.append(call)
        encode = _ROUTES.get(call.path)
        if encode is None:
            self._send(404, wire.refusal(Refused(404, f"no route for POST {call.path}")))
            return
        try:
            reply = llm.reply(call)
        except Exception:
            self._cut()
            raise
        if isinstance(reply, Refused):
            self._send(reply.status, wire.refusal(reply), reply.headers)
        elif isinstance(reply, Cut):
            body = encode(call, reply.said, len(llm.calls))
            if reply.share:
                self._send(200, body, share=reply.share)
            self._cut()
        else:
            # Before it is sent: whoever has the answer finds it in the books.
            llm.books.append(Billed(call, reply, wire.tokens(call, reply)))
            self._send(200, encode(call, reply, len(llm.calls)))

    def _call(self) -> Call:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(self.command, self.path, headers, raw, json.loads(raw or b"{}"))

    def _send(
        self,
        status: int,
        body: wire.Body,
        headers: dict[str, str] | None = None,
        *,
        share: float = 1.0,
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": body.kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body.content)))
        self.end_headers()
        self.wfile.write(body.content[: int(len(body.content) * share)])
        self.wfile.flush()

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: `LoopbackLLM.calls` has it."""
