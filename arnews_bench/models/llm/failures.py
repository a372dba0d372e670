"""Why a request failed, in whatever words a provider's client has for it."""

import json
import re
import socket
import textwrap
from typing import TYPE_CHECKING

from arnews_bench.errors import causes

if TYPE_CHECKING:
    from inspect_ai.model import ModelOutput

__all__ = [
    "NOT_FOUND", "REFUSED_KEY", "RefusedError", "http_status", "is_of_the_row", "last_failure",
    "nobody_listens", "plain_message", "refuses_schema", "require_answer",
]  # fmt: skip

REFUSED_KEY = frozenset({401, 403})
NOT_FOUND = 404
# What is wrong with the request itself: too long, or with words that the server does not take.
_BAD_REQUEST = frozenset({400, 413, 422})
# What a server says that does not take a JSON schema.
_SCHEMA_WORDS = ("response_format", "json_schema", "json schema", "structured output", "guided")
# OpenAI's client leaves out what is not in OpenAI's form, and pages for a browser.
_NO_REASON = re.compile(r"Error code: \d+")
_MARKUP = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_LONGEST_BODY = 200


def plain_message(error: BaseException) -> str:
    """What an error says, in a line and without markup."""
    from inspect_ai._util.error import PrerequisiteError
    from rich.text import Text

    said = str(getattr(error, "message", None) or error or repr(error))
    if _NO_REASON.fullmatch(said) and (sent := _body(error)):
        said = f"{said}: {textwrap.shorten(sent, _LONGEST_BODY, placeholder='…')}"
    plain = Text.from_markup(said).plain if isinstance(error, PrerequisiteError) else said
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    ended = [line if line[-1] in ".:;,!?" else f"{line}:" for line in lines[:3]]
    return " ".join(ended).removeprefix("ERROR: ").rstrip(".:") or type(error).__name__


def last_failure(error: BaseException) -> BaseException:
    """Of a request that was repeated, why it failed at last; the provider's own error."""
    from tenacity import RetryError

    if isinstance(error, RetryError):
        return error.last_attempt.exception() or error
    if hasattr(error, "provider_message"):
        # inspect-ai puts the whole request before what a provider said of it.
        return error.__cause__ or error
    return error


def http_status(error: BaseException) -> int | None:
    """The HTTP status of a provider's error, whichever client raised it."""
    for seen in causes(error):
        for name in ("status_code", "status", "code"):
            value = getattr(seen, name, None)
            if isinstance(value, int):
                return value
    return None


def nobody_listens(error: BaseException) -> bool:
    """Whether there is no server at the address, or no such address."""
    for seen in causes(error):
        # A name may stand for several addresses, each tried.
        tried = seen.exceptions if isinstance(seen, BaseExceptionGroup) else (seen,)
        if any(isinstance(each, ConnectionRefusedError | socket.gaierror) for each in tried):
            return True
    return False


def is_of_the_row(error: BaseException) -> bool:
    """Whether the server refuses the request of this row; others may be answered."""
    return http_status(error) in _BAD_REQUEST


class RefusedError(Exception):
    """A server's refusal of a request that inspect-ai gives as if the model had said it."""

    status_code = min(_BAD_REQUEST)


def require_answer(output: "ModelOutput") -> None:
    """Refuse what took no tokens and is no answer, but what a server says of the request.

    Raises:
        RefusedError: It is that.
    """
    if output.empty or output.usage is not None:
        return
    too_long = output.stop_reason == "model_length"
    filtered = output.stop_reason == "content_filter" and output.completion.strip()
    if too_long or filtered:
        raise RefusedError(output.completion)


def refuses_schema(error: Exception) -> bool:
    """Whether the server takes no JSON schema."""
    if isinstance(error, NotImplementedError):
        return True
    last = last_failure(error)
    said = f"{last} {_body(last)}".casefold()
    return is_of_the_row(error) and any(word in said for word in _SCHEMA_WORDS)


def _body(error: BaseException) -> str:
    """What a server sent with its refusal, as text; empty where the client has not kept it."""
    body = getattr(error, "body", None)
    if isinstance(body, str):
        return _MARKUP.sub(" ", body).strip()
    return "" if body is None else json.dumps(body, ensure_ascii=False, default=str)
