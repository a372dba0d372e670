"""A server of language models on the loopback interface, for tests that drive the real clients.

`LoopbackLLM` speaks the protocol of OpenAI: chat completions, in one piece and as a stream, and
responses. What it says is up to the test: an `Oracle` answers with the gold, `troubles` are what
goes wrong on real servers, and `in_child` runs Python in a process with nothing but its own keys.
"""

from loopback_llm import troubles
from loopback_llm.child import in_child, only_loopback
from loopback_llm.exchange import Call, Cut, Refused, Reply, Said
from loopback_llm.oracle import Oracle
from loopback_llm.server import Billed, LoopbackLLM

__all__ = [
    "Billed",
    "Call",
    "Cut",
    "LoopbackLLM",
    "Oracle",
    "Refused",
    "Reply",
    "Said",
    "in_child",
    "only_loopback",
    "troubles",
]
