"""What goes wrong on real servers, in the words of one; and when it does."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable

from loopback_llm.exchange import Call, Cut, Refused, Reply, Said

__all__ = [
    "context_too_long",
    "cut",
    "cut_in_the_middle",
    "first",
    "hold_after",
    "no_schema",
    "overloaded",
    "rate_limited",
    "unknown_key",
    "unknown_model",
]


def rate_limited(retry_after: float | None = None) -> Refused:
    """429; with `retry_after` the server says how many seconds to wait."""
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return Refused(429, "Rate limit reached for requests", "rate_limit_exceeded", headers)


def overloaded(retry_after: float | None = None) -> Refused:
    """500."""
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return Refused(500, "The server had an error while processing your request", None, headers)


def unknown_key(key: str | None) -> Refused:
    """401; some servers repeat the key, and so does this one."""
    return Refused(401, f"Incorrect API key provided: {key}.", "invalid_api_key")


def unknown_model(model: str) -> Refused:
    """404."""
    return Refused(404, f"The model `{model}` does not exist.", "model_not_found")


def context_too_long() -> Refused:
    """400, of a model whose context the request does not fit in."""
    words = "This model's maximum context length is 512 tokens. Please reduce the length."
    return Refused(400, words, "context_length_exceeded")


def no_schema() -> Refused:
    """400, of a server that knows no `response_format`."""
    return Refused(400, "response_format of type json_schema is not supported", None)


cut = Cut()

# Longer than anything takes on a busy machine.
_PATIENCE = 300


def cut_in_the_middle(said: Said) -> Cut:
    """The headers and half of the answer."""
    return Cut(0.5, said)


def first(times: int, trouble: Callable[[Call], Reply | None]) -> Callable[[Call], Reply | None]:
    """An interceptor: each question runs into this trouble the first so many times."""
    asked: Counter[str] = Counter()
    lock = threading.Lock()

    def intercept(call: Call) -> Reply | None:
        with lock:
            asked[call.question] += 1
            number = asked[call.question]
        return trouble(call) if number <= times else None

    return intercept


def hold_after(number: int, released: threading.Event) -> Callable[[Call], Reply | None]:
    """An interceptor: so many requests pass, and those after them wait.

    When they are released, they are cut: who asked has gone. Where nobody releases them they are
    answered in the end, so that one who goes on waiting has all answers.
    """
    # Counted here: a request is in the log of the server before it comes to its interceptors.
    numbers, lock = itertools.count(), threading.Lock()

    def intercept(_: Call) -> None:
        with lock:
            passes = next(numbers) < number
        if not passes and released.wait(_PATIENCE):
            raise ConnectionAbortedError

    return intercept
