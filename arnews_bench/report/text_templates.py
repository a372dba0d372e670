"""Templates of formats that Jinja2 does not escape by itself: whatever is put in is escaped."""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from arnews_bench.errors import printable

__all__ = ["Verbatim", "one_line", "text_environment"]


class Verbatim(str):
    """Text that is in the format of the template already."""

    __slots__ = ()


def text_environment(
    escape: Callable[[str], str],
    **delimiters: Any,  # noqa: ANN401 (Jinja2's own)
) -> Environment:
    """An environment in which every expression is escaped, unless it gives `Verbatim`.

    Args:
        escape: From a text to one that the format shows as it is.
        delimiters: Those of the templates, where Jinja2's own mean something in the format.
    """

    def written(value: object) -> str:
        return value if isinstance(value, Verbatim) else escape(str(value))

    return Environment(
        loader=PackageLoader("arnews_bench.report", "templates"),
        autoescape=False,  # noqa: S701 (`finalize` escapes, for these formats)
        finalize=written,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **delimiters,
    )


def one_line(text: str) -> str:
    """A text without line breaks and without what a terminal would obey."""
    return printable(" ".join(text.split("\n")))
