"""Completions as they go over the wire: JSON, a stream of events, a response."""

import json
from typing import Any, NamedTuple

from loopback_llm.exchange import Call, Refused, Said

__all__ = ["Body", "Tokens", "chat", "refusal", "response", "tokens"]

# How finish reasons of chat completions are called in a response that is not complete.
_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


class Tokens(NamedTuple):
    """What a completion took."""

    input: int
    output: int
    reasoning: int


class Body(NamedTuple):
    """What goes back."""

    kind: str
    content: bytes


def tokens(call: Call, said: Said) -> Tokens:
    """The tokens of a completion: words, so that a test can count them."""
    asked = sum(len(text.split()) for _, text in call.messages)
    return Tokens(asked, len(said.completion.split()) + said.reasoning, said.reasoning)


def chat(call: Call, said: Said, number: int) -> Body:
    """A chat completion, as a stream if that was asked for."""
    took = tokens(call, said)
    head = {
        "id": f"chatcmpl-{number}",
        "created": 1_700_000_000,
        "model": said.model or call.model,
    }
    usage = {
        "prompt_tokens": took.input,
        "completion_tokens": took.output,
        "total_tokens": took.input + took.output,
        "completion_tokens_details": {"reasoning_tokens": took.reasoning},
    }
    if call.body.get("stream"):
        with_usage = (call.body.get("stream_options") or {}).get("include_usage")
        return _stream(head, said, usage if with_usage else None)
    message = {"role": "assistant", "content": said.completion}
    choice = {"index": 0, "message": message, "finish_reason": said.finish}
    return _json({**head, "object": "chat.completion", "choices": [choice], "usage": usage})


def _stream(head: dict[str, Any], said: Said, usage: dict[str, Any] | None) -> Body:
    middle = len(said.completion) // 2
    deltas: list[tuple[dict[str, str], str | None]] = [
        ({"role": "assistant", "content": ""}, None),
        ({"content": said.completion[:middle]}, None),
        ({"content": said.completion[middle:]}, None),
        ({}, said.finish),
    ]
    events: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        for delta, finish in deltas
    ]
    if usage is not None:
        events.append({"choices": [], "usage": usage})
    lines = [_dumped({**head, "object": "chat.completion.chunk", **event}) for event in events]
    return Body(
        "text/event-stream", b"".join(b"data: " + line + b"\n\n" for line in [*lines, b"[DONE]"])
    )


def response(call: Call, said: Said, number: int) -> Body:
    """A response, of the newer protocol."""
    took = tokens(call, said)
    text = {"type": "output_text", "text": said.completion, "annotations": []}
    message = {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [text],
    }
    reason = _INCOMPLETE.get(said.finish)
    return _json(
        {
            "id": f"resp_{number}",
            "object": "response",
            "created_at": 1_700_000_000,
            "model": said.model or call.model,
            "status": "incomplete" if reason else "completed",
            "incomplete_details": {"reason": reason} if reason else None,
            "error": None,
            "output": [message],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": {
                "input_tokens": took.input,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": took.output,
                "output_tokens_details": {"reasoning_tokens": took.reasoning},
                "total_tokens": took.input + took.output,
            },
        }
    )


def refusal(refused: Refused) -> Body:
    """An error."""
    kind = "invalid_request_error" if refused.status < 500 else "server_error"
    error = {"message": refused.message, "type": kind, "param": None, "code": refused.code}
    return _json({"error": error})


def _json(value: dict[str, Any]) -> Body:
    return Body("application/json", _dumped(value))


def _dumped(value: dict[str, Any]) -> bytes:
    # In escapes: a model may stop in the middle of a letter that takes two of them.
    return json.dumps(value).encode()
