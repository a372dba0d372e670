"""Marks around the texts of a prompt, which no text can close."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import count

__all__ = ["Marks"]

# What a question may hold.
_NAMES = ("text", "claim", "context")


class Marks:
    """Pairs of marks such as `<text>` and `</text>` that stand in none of some texts.

    Where a text has one of them itself, all are numbered: `<text-1>`, `<claim-1>`.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """The marks for texts that are put into one prompt."""
        joined = "\n".join(map(_plain, texts))
        number = next(n for n in count() if not _holds_one(joined, _numbered(n)))
        self.names: Mapping[str, str] = dict(zip(_NAMES, _numbered(number), strict=True))

    def around(self, name: str, text: str) -> str:
        """A text between its marks, each on a line of its own."""
        mark = self.names[name]
        return f"<{mark}>\n{text}\n</{mark}>"


def _numbered(number: int) -> tuple[str, ...]:
    return tuple(f"{name}-{number}" if number else name for name in _NAMES)


def _holds_one(text: str, marks: Iterable[str]) -> bool:
    # Whatever is no letter may stand between the last bracket and the name.
    return any(re.search(rf"<[^\w<]*{re.escape(mark)}(?![\w-])", text) for mark in marks)


def _plain(text: str) -> str:
    """A text as a careless reader sees it: wide brackets and capitals are as good as others."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c) != "Cf")
