"""Arabic text: tokens, sentences and orthographic normalisation.

Offsets are Unicode code points with an exclusive end. Nothing here reads a file, and nothing
changes the text that offsets point into.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple

__all__ = [
    "Span",
    "name_tokens",
    "normalise",
    "quotation_spans",
    "sentence_spans",
    "token_spans",
    "tokenize",
    "without_proclitics",
]

# Characters that join two letters or digits into one token (`إن.بي.سي`, `2.5`, `جيه.دي`).
_JOINERS = r"[.,٫\-']"

_OPENING = "«“‹„"
_CLOSING = "»”›"
_STRAIGHT = '"'
_QUOTES = _OPENING + _CLOSING + _STRAIGHT
_CLOSES = {"«": "»", "“": "”", "‹": "›", "„": "”", '"': '"'}

# A word keeps at least three letters when a one-letter proclitic is split off.
_SHORTEST_STEM = 3

# A run of terminators; `(...)` stands for words left out of a quotation and ends nothing.
_TERMINATOR = re.compile(r"\(\.\.\.\)|[.؟!]+")
_TRAILING_CLOSERS = re.compile(rf"[{re.escape(_CLOSING + _STRAIGHT)})\]]*")

_FOLD = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ئ": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ک": "ك",
        "ـ": None,
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
    }
)


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int

    def holds(self, inner: "Span") -> bool:
        """Whether another span lies inside this one, or is the same."""
        return self.start <= inner.start and inner.end <= self.end


# `Span._make` without a Python call for each of the many tokens.
_SPAN: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)
_SYMBOL = re.compile(r"[^\w\s]")


@lru_cache(maxsize=64)
def _token_pattern(marks: str) -> re.Pattern[str]:
    """The token pattern for texts whose combining marks are `marks`.

    `re` counts letters and digits as word characters but not combining marks, and has no class
    for them; the few marks that a text uses are put into the pattern instead.
    """
    # `\w` also holds the underscore, which is no letter.
    # Possessive: nothing follows that characters would have to be given back for.
    word = rf"(?:[^\W_]|[{re.escape(marks)}])++" if marks else r"[^\W_]++"
    return re.compile(rf"{word}(?:{_JOINERS}{word})*+|\S")


def token_spans(text: str) -> list[Span]:
    """Split a text into tokens.

    A token is a maximal run of letters, marks and digits, joined over an inner ``.``, ``,``,
    ``٫``, ``-`` or ``'`` when both neighbours are such characters. Every other character that is
    not white space is a token of its own. Clitics are not split off.

    Args:
        text: Any string.

    Returns:
        Spans in order of their start; they never overlap, and every character that is not white
        space lies in exactly one of them.
    """
    # To `re`, marks are symbols: of these a text has far fewer than of letters.
    symbols = set(_SYMBOL.findall(text))
    marks = "".join(sorted(c for c in symbols if unicodedata.category(c)[0] == "M"))
    return list(map(_SPAN, map(re.Match.span, _token_pattern(marks).finditer(text))))


def tokenize(text: str) -> list[str]:
    """The tokens of `text` as strings; see `token_spans`."""
    return [text[start:end] for start, end in token_spans(text)]


def sentence_spans(text: str) -> list[Span]:
    """Split a text into sentences.

    A sentence ends at ``.``, ``؟``, ``!`` or a newline, but not inside a quotation that is opened
    and closed on the same line, nor at a dot inside a token or at ``(...)``. Closing quotation
    marks and brackets that follow the end directly belong to the sentence, and a stretch without
    any letter or digit belongs to the sentence before it (after it, at the start of the line).

    Args:
        text: Any string.

    Returns:
        Spans without white space at their edges, in order and without overlap; every character
        that is not white space lies in exactly one of them.
    """
    spans: list[Span] = []
    for line in re.finditer(r"[^\n]+", text):
        spans.extend(_line_sentences(text, *line.span()))
    return spans


def _line_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    line = text[start:end]
    pieces: list[Span] = []
    begin = 0
    for cut in _sentence_ends(line):
        piece = Span(begin, cut)
        begin = cut
        if pieces and not (_has_word(line, piece) and _has_word(line, pieces[-1])):
            # What has no letter or digit joins its neighbour: the sentence before it, or, at the
            # start of the line, the one after it.
            piece = Span(pieces.pop().start, cut)
        pieces.append(piece)
    for piece in pieces:
        if line[piece.start : piece.end].strip():
            yield _strip(line, piece, start)


def _has_word(line: str, span: Span) -> bool:
    return any(c.isalnum() for c in line[span.start : span.end])


def _sentence_ends(line: str) -> list[int]:
    """Where sentences end in a line, its own end included."""
    inner = {
        position
        for token in token_spans(line)
        if token.end - token.start > 1
        for position in range(token.start, token.end)
    }
    quotations = _quotations(line)
    ends = []
    for match in _TERMINATOR.finditer(line):
        position = match.start()
        quoted = any(opened < position < closed for opened, closed in quotations)
        if quoted or position in inner or match.group().startswith("("):
            continue
        closers = _TRAILING_CLOSERS.match(line, match.end())
        ends.append(closers.end() if closers else match.end())
    return ends if ends and ends[-1] == len(line) else [*ends, len(line)]


def _strip(line: str, span: Span, offset: int) -> Span:
    """A span of a line without white space at its edges, moved by an offset."""
    piece = line[span.start : span.end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece) - len(piece.rstrip())
    return Span(offset + span.start + left, offset + span.end - right)


def _quotations(line: str) -> list[Span]:
    """The quotations of a line: pairs of an opening mark and the next fitting mark after it.

    A mark that finds no partner opens nothing: the pages hold quotations that are never closed,
    and one of them must not swallow the rest of the article.
    """
    pairs: list[Span] = []
    open_marks: list[tuple[str, int]] = []
    for match in re.finditer(f"[{_QUOTES}]", line):
        mark, position = match.group(), match.start()
        if _looks_opening(line, position) if mark == _STRAIGHT else mark in _OPENING:
            # The same kind of mark does not nest: the earlier one was never closed.
            open_marks = [entry for entry in open_marks if entry[0] != mark]
            open_marks.append((mark, position))
            continue
        for index in range(len(open_marks) - 1, -1, -1):
            opened, where = open_marks[index]
            if _CLOSES[opened] == mark:
                pairs.append(Span(where, position))
                del open_marks[index:]
                break
    return pairs


def quotation_spans(text: str) -> list[Span]:
    """The quotations of a text, marks included, each within one line.

    A mark that finds no partner opens nothing, see `sentence_spans`.
    """
    found: list[Span] = []
    start = 0
    for line in text.split("\n"):
        found += [Span(start + pair.start, start + pair.end + 1) for pair in _quotations(line)]
        start += len(line) + 1
    return sorted(found)


def _looks_opening(line: str, position: int) -> bool:
    """Whether a straight quotation mark opens: nothing, a space or a clitic stands before it."""
    before = line[position - 1] if position else " "
    after = line[position + 1] if position + 1 < len(line) else " "
    if after.isspace():
        return False
    if not (before.isalnum() or before in ".؟!،؛:…"):
        return True
    # `بـ"حرب الخنادق"`, `و"ترامب"`: a clitic of one or two letters, then the name.
    word = re.search(r"[^\W_]*$", line[max(0, position - 3) : position])
    return after.isalnum() and word is not None and 0 < len(word.group()) <= 2  # noqa: PLR2004


def normalise(text: str) -> str:
    """Fold the spelling variants of Arabic that do not change the word.

    Marks (diacritics), tatweel and format characters are dropped; the forms of alef, of ya, of
    kaf and of hamza on a seat are unified, ta marbuta becomes ha; Arabic-Indic digits become
    ASCII; compatibility forms are composed (NFKC) and Latin letters lower-cased.

    The result is for comparing strings. Its length differs from the input's, so that offsets do
    not carry over.
    """
    composed = unicodedata.normalize("NFKC", text).translate(_FOLD)
    # Decomposing splits marks off; folding above already took care of the letters with hamza.
    kept = unicodedata.normalize("NFD", composed).translate(_UNMARKED)
    return " ".join(kept.casefold().split())


class _Unmarked(dict[int, int | None]):
    """A table for `str.translate` that drops marks and format characters, filled as they come."""

    def __missing__(self, code: int) -> int | None:
        dropped = unicodedata.category(chr(code)) in {"Mn", "Me", "Cf"}
        return self.setdefault(code, None if dropped else code)


_UNMARKED = _Unmarked()


def name_tokens(name: str) -> list[str]:
    """The words of a name for comparison: normalised, without punctuation."""
    return [token for token in tokenize(normalise(name)) if token[0].isalnum()]


def without_proclitics(word: str) -> frozenset[str]:
    """A normalised word and every form of it with proclitics split off.

    Conjunctions (`و`, `ف`), then prepositions (`ب`, `ل`, `ك`), then the article; `لل` stands for
    `ل` and the article. Which split is right depends on the word, so that all are given.
    """
    forms = {word}
    for prefixes in ("وف", "بلك"):
        forms |= {form[1:] for form in forms if len(form) > _SHORTEST_STEM and form[0] in prefixes}
        forms |= {"ال" + form[2:] for form in forms if form.startswith("لل")}
    forms |= {form[2:] for form in forms if form.startswith("ال") and len(form) > _SHORTEST_STEM}
    return frozenset(forms)
