"""A request and a reply, as tests see them; no sockets and no JSON here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

__all__ = ["Call", "Cut", "Refused", "Reply", "Said"]


@dataclass(frozen=True)
class Call:
    """What a client asked; header names are in lower case.

    Attributes:
        method: `GET` or `POST`.
        path: As it was sent, with the query.
        headers: Of the request.
        raw: The body as it was sent.
        body: The JSON of it; empty where there is none.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes
    body: Mapping[str, Any]

    @property
    def key(self) -> str | None:
        """The key that came with the request."""
        scheme, _, key = self.headers.get("authorization", "").partition(" ")
        return key if scheme == "Bearer" and key else None

    @property
    def model(self) -> str:
        """The model that is asked."""
        return str(self.body.get("model", ""))

    @cached_property
    def messages(self) -> tuple[tuple[str, str], ...]:
        """Role and text of each message, of either protocol."""
        said = self.body.get("messages", self.body.get("input", []))
        if isinstance(said, str):
            return (("user", said),)
        return tuple((message["role"], _text(message["content"])) for message in said)

    @property
    def question(self) -> str:
        """The last message: the row that is asked about, without the examples."""
        return self.messages[-1][1]

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """The JSON schema that the answer is to have."""
        chat = self.body.get("response_format", {}).get("json_schema")
        return chat or self.body.get("text", {}).get("format")


def _text(content: str | list[dict[str, Any]]) -> str:
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if "text" in part)


class Said(NamedTuple):
    """A completion; its tokens are its words, those of the messages, and of thought `reasoning`."""

    completion: str
    finish: Literal["stop", "length", "content_filter"] = "stop"
    reasoning: int = 0
    model: str | None = None


@dataclass(frozen=True)
class Refused:
    """An error with its status, as the server words it."""

    status: int
    message: str
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Cut(NamedTuple):
    """The connection is cut when this share of the answer was sent; 0 leaves the client without.

    Clients cannot know what such an answer took: it is in no books.
    """

    share: float = 0.0
    said: Said = Said("")


Reply: TypeAlias = Said | Refused | Cut
