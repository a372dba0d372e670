"""JSON as models write it: every value in a text, with what people would forgive forgiven.

Nothing is made up to mend a value: what was cut off in the middle is left out. The time is linear
in the text, and nesting as deep as the text is long does no harm.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from arnews_bench.models.llm.reading.json_containers import Container, object_of

__all__ = ["Found", "find_values"]

# Containers deeper than that are read over: no answer nests so.
_DEEPEST = 64

_OPENERS = {"{": "}", "[": "]", "(": ")"}
_CLOSERS = frozenset(_OPENERS.values())
# Opening quotation mark → those that may close the string.
_QUOTES = {
    '"': '"',
    "'": "'",
    "`": "`",
    "“": "”“",
    "”": "”“",
    "„": "”“",
    "«": "»",
    "‘": "’‘",
    "’": "’‘",
}
_COLONS = ":：﹕="
# Marks of direction and the byte order mark are as good as blanks.
_BLANK = r"\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_STRUCTURE = frozenset({*_OPENERS, *_CLOSERS, *_COLONS})
_SEPARATORS = ",،;؛"
_COMMENTS = ("//", "/*", "#")
_FENCE = "```"
_START = re.compile(r"[{\[]")
_SKIPPED = re.compile(rf"[{_BLANK}{_SEPARATORS}]+")
_BLANKS = re.compile(rf"[{_BLANK}]*+")
_WORD = re.compile(rf"[^{_SEPARATORS}\[\]{{}}\n]+")
_WORD_IN_ROUND = re.compile(rf"[^{_SEPARATORS}\[\]{{}}()\n]+")
_KEY = re.compile(rf"[^{_SEPARATORS}\[\]{{}}\n{_COLONS}]+")
# Behind words; an address has a colon before its slashes, and no blank.
_COMMENT = re.compile(r"\s(?://|/\*|#)")
# What may follow a separator, so that a quotation mark before it can have ended a string.
_NEXT_KEY = re.compile(r"""["'`“”„«‘’{}\])/#]|[\w .-]{1,40}[:：﹕=]|\Z|```""")
_NEXT_ITEM = re.compile(
    r"""["'`“”„«‘’{\[(}\])/#\d-]|\.\.|…|(?:[Tt]rue|[Ff]alse|[Nn]one|null)\b|\Z|```"""
)
# A key right after a string: the comma between them is missing.
_QUOTED_KEY = re.compile(r"""["'“«]\w{1,40}["'”»]\s*+[:：﹕]""")
_LINE_START = re.compile(r"""["'`“„«‘{\[}\])]|\Z""")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}
_CONSTANTS = {"null": None, "none": None, "true": True, "false": False}


class Found(NamedTuple):
    """An object or list, and where it stands in the text. Numbers are strings, as written."""

    value: Any
    start: int
    end: int


def find_values(text: str) -> Iterator[Found]:
    """Every outermost object and list of a text, in order.

    Read besides JSON: other quotation marks («…» and “…” too), unquoted words, Arabic commas and
    semicolons between items, trailing and missing commas, comments, the constants of Python,
    tuples inside of others, line breaks and, where it can be told, quotation marks in strings;
    what was cut off ends as `CutObject` or `CutList`, as does a list of nothing but dots; a closing
    bracket that is missing inside is put where the outer one closes, or the next object of a list
    opens.
    """
    position = 0
    strict = True
    while match := _START.search(text, position):
        start = match.start()
        value: Any = None
        if strict:
            try:
                value, position = _DECODER.raw_decode(text, start)
            except (ValueError, RecursionError):
                # Once only: a failure costs as much as all of the text before it.
                strict = False
        if not strict:
            value, position = _Reader(text).read(start)
        yield Found(value, start, position)


_DECODER = json.JSONDecoder(
    strict=False,
    object_pairs_hook=object_of,
    parse_int=str,
    parse_float=str,
    parse_constant=lambda _: None,
)


class _Reader:
    """Reads one container."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._frames: list[Container] = []
        # How many containers deep it is read over.
        self._buried = 0

    def read(self, start: int) -> tuple[Any, int]:
        """The container that opens at a place, and where it ends."""
        text, position = self._text, start
        while position < len(text) and not text.startswith(_FENCE, position):
            character = text[position]
            if character in _CLOSERS and not self._buried:
                position += 1
                if (value := self._close(character)) is not None:
                    return value, position
            elif character in _STRUCTURE:
                position = self._step(character, position)
            elif skipped := _SKIPPED.match(text, position):
                position = skipped.end()
            elif text.startswith(_COMMENTS, position):
                position = self._after_comment(position)
            elif character in _QUOTES:
                position = self._string(position)
            else:
                position = self._word(position)
        return self._close(None), position

    def _step(self, character: str, position: int) -> int:
        """Read a bracket or a colon."""
        if character in _OPENERS:
            self._open(character)
        elif character in _CLOSERS:
            self._buried -= 1
        else:
            self._frames[-1].colon()
            return position + (2 if self._text.startswith("=>", position) else 1)
        return position + 1

    def _open(self, character: str) -> None:
        if self._buried or len(self._frames) == _DEEPEST:
            self._buried += 1
            return
        match self._frames:
            case [*_, outer, inner] if character == "{" and inner.wants_key and inner.members:
                if outer.closer == "]":
                    # An object in place of a key: the one before it was not closed.
                    self._close("}")
        self._frames.append(Container(_OPENERS[character]))

    def _close(self, closer: str | None) -> Any | None:  # noqa: ANN401 (JSON)
        """Close the innermost container of that kind and those inside it; the outermost is given.

        A bracket that closes nothing is read over; without any, the text was cut off.
        """
        if closer is not None and all(frame.closer != closer for frame in self._frames):
            return None
        while True:
            frame = self._frames.pop()
            # What a bracket is missing of is whole, as far as can be told.
            value = frame.value(cut=closer is None)
            if not self._frames:
                return value
            self._frames[-1].add(value)
            if frame.closer == closer:
                return None

    def _add(self, value: Any) -> None:  # noqa: ANN401 (JSON)
        if not self._buried:
            self._frames[-1].add(value)

    def _after_comment(self, position: int) -> int:
        block = self._text.startswith("/*", position)
        end = self._text.find("*/" if block else "\n", position + 1 + block)
        return len(self._text) if end < 0 else end + 1 + block

    def _word(self, position: int) -> int:
        """Read words without quotation marks."""
        frame = self._frames[-1]
        pattern = _WORD
        if frame.wants_key:
            pattern = _KEY
        elif frame.closer == ")":
            pattern = _WORD_IN_ROUND
        match = pattern.match(self._text, position)
        if match is None:
            return position + 1
        if match.end() < len(self._text):
            word = _COMMENT.split(match[0].partition(_FENCE)[0], maxsplit=1)[0].strip()
            if word and word.strip(".…"):
                self._add(_CONSTANTS.get(word.casefold(), word))
            elif word and not self._buried:
                frame.has_dots = True
            return position + match[0].find(_FENCE) if _FENCE in match[0] else match.end()
        # The text ends in it: who knows how it would have gone on.
        return match.end()

    def _string(self, position: int) -> int:
        """Read a string; one that does not end is left out."""
        text = self._text
        marks = _QUOTES[text[position]]
        inside = _INSIDE[marks]
        parts: list[str] = []
        start = position = position + 1
        while match := inside.search(text, position):
            position = match.start()
            if match[0] == "\\":
                escape = _ESCAPE.match(text, position)
                if escape is None:
                    break
                code = escape[1] or escape[2]
                character = chr(int(code, 16)) if code else _ESCAPED.get(escape[3], escape[3])
                parts += [text[start:position], character]
                start = position = escape.end()
            elif self._ends_string(position + 1):
                parts.append(text[start:position])
                self._add(_joined(parts))
                return position + 1
            else:
                position += 1
        return len(text)

    def _ends_string(self, position: int) -> bool:
        """Whether a quotation mark before a place can be the end of a string, by what follows."""
        text, frame = self._text, self._frames[-1]
        here = blanks.end() if (blanks := _BLANKS.match(text, position)) else position
        if here == len(text) or text.startswith((_FENCE, *_CLOSERS, "//", "/*", "# "), here):
            return True
        if frame.wants_key and text[here] in _COLONS:
            return True
        if text[here] in _SEPARATORS:
            match = _SKIPPED.match(text, here)
            follows = _NEXT_KEY if frame.closer == "}" else _NEXT_ITEM
            return follows.match(text, match.end() if match else here) is not None
        if frame.closer == "}" and not frame.wants_key and _QUOTED_KEY.match(text, here):
            return True
        return "\n" in text[position:here] and _LINE_START.match(text, here) is not None


_INSIDE = {marks: re.compile(rf"[\\{marks}]") for marks in set(_QUOTES.values())}


def _joined(parts: list[str]) -> str:
    """The parts of a string; pairs of surrogates that were escaped become their character."""
    joined = "".join(parts)
    try:
        joined.encode()
    except UnicodeEncodeError:
        return joined.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return joined
