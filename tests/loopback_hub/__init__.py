"""A Hub on the loopback interface, for tests that drive the real clients.

`Store` holds repositories as immutable commits; `reading` answers what a client that loads data
or models asks, `writing` one that publishes; `LoopbackHub` serves it, and `in_child` runs Python in
a process that takes it for the Hub.
"""

from loopback_hub.child import in_child
from loopback_hub.exchange import Answer, Request, json_answer, refusal
from loopback_hub.server import LoopbackHub
from loopback_hub.serving import LoopbackServer
from loopback_hub.store import Commit, Kind, Pull, Repo, Store

__all__ = [
    "Answer",
    "Commit",
    "Kind",
    "LoopbackHub",
    "LoopbackServer",
    "Pull",
    "Repo",
    "Request",
    "Store",
    "in_child",
    "json_answer",
    "refusal",
]
