"""Python in a process of its own, for which a loopback Hub is the Hub.

HF_ENDPOINT and HF_HOME are read when the clients are imported: a test cannot change them in its
own process.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from called import Called

__all__ = ["in_child", "run_child"]

# Of the user's own settings none may reach the clients, and least of all a token.
_OF_THE_HUB = ("HF_", "HUGGING", "TRANSFORMERS_", "DATASETS_")


def in_child(
    code: str,
    *arguments: object,
    endpoint: str,
    home: Path,
    environment: Mapping[str, str] | None = None,
    timeout: float = 300,
) -> Called:
    """Run `python -c CODE ARGUMENTS…`.

    Args:
        code: The program.
        arguments: Its arguments.
        endpoint: The Hub, `LoopbackHub.url`.
        home: HF_HOME; a fresh folder has nothing cached. The process also starts there.
        environment: Further variables, such as HF_TOKEN.
        timeout: Seconds after which it is taken to hang and ended, which fails the test.
    """
    own = {k: v for k, v in os.environ.items() if not k.startswith(_OF_THE_HUB)}
    settings = {
        **own,
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        # `evaluate` would tell the real Hub of each module that it loads.
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        "HF_HUB_DISABLE_XET": "1",
        "NO_PROXY": "127.0.0.1",
        **(environment or {}),
    }
    return run_child(code, arguments, settings, home=home, timeout=timeout)


def run_child(
    code: str,
    arguments: Sequence[object],
    environment: Mapping[str, str],
    *,
    home: Path,
    timeout: float,
) -> Called:
    """Run a program that starts in `home` and sees this environment alone."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    return Called(done.returncode, done.stdout, done.stderr)
