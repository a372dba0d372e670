"""Python in a process of its own, which has no keys but those that a test gives it.

A client reads keys and settings from the environment; and what a process writes to its standard
streams, or keeps in the folders of its user, can be looked at when it has ended.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from called import Called
from loopback_hub.child import run_child

__all__ = ["in_child", "only_loopback"]

# Of the user's own settings none may reach the clients, and least of all a key.
_OF_CLIENTS = ("HF_", "HUGGING", "TRANSFORMERS_", "INSPECT_", "OPENAI_", "AZURE", "LOOPBACK_")
_KEYS = ("_API_KEY", "_BASE_URL", "_TOKEN")


def only_loopback(home: Path, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child: no keys, no Hub, and what its libraries keep in `home`."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OF_CLIENTS) and not name.endswith(_KEYS)
    }
    return {
        **own,
        "HF_HOME": str(home / "hf"),
        "HF_HUB_OFFLINE": "1",
        "NO_PROXY": "127.0.0.1",
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        **(settings or {}),
    }


def in_child(
    code: str,
    *arguments: object,
    home: Path,
    environment: Mapping[str, str] | None = None,
    timeout: float = 300,
) -> Called:
    """Run `python -c CODE ARGUMENTS…`.

    Args:
        code: The program.
        arguments: Its arguments.
        home: Where it starts, and where its libraries keep things.
        environment: Further variables, such as keys.
        timeout: Seconds after which it is taken to hang and ended, which fails the test.
    """
    environment = only_loopback(home, environment)
    return run_child(code, arguments, environment, home=home, timeout=timeout)
