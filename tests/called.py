"""What a command or a process left; a module, as several conftests exist."""

from typing import NamedTuple

__all__ = ["Called"]


class Called(NamedTuple):
    """The exit code, and what was written to the two streams."""

    code: int
    out: str
    err: str
