"""Strings as their letters alone: spelling, spaces and punctuation left aside."""

import re
import unicodedata
from itertools import pairwise

from arnews_bench.text import normalise

__all__ = ["between", "letters_of"]

# Of punctuation, these change what is said: `5%` is not `5`.
_SPOKEN = frozenset("%‰")
# Those that a keyboard for another language has.
_SPELLED = str.maketrans("٪؉ہھ", "%‰هه")
# A hamza after a long alef, as in `الثلاثاء`, is often left out; in a short word (`ماء`) it counts.
_LAST_HAMZA = re.compile(r"(?<=\w\w\wا)ء(?!\w)")
# `1,500` is `1500`, but `1,5` is not `15`.
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def letters_of(text: str) -> str:
    """What remains of a string when spelling, spaces and punctuation are left aside."""
    spelled = _LAST_HAMZA.sub("", normalise(text).translate(_SPELLED))
    spelled = _THOUSANDS.sub("", spelled)
    kept = "".join(c if _is_kept(c) else " " for c in spelled).split()
    return "".join(kept[:1]) + "".join(between(a, b) + b for a, b in pairwise(kept))


def between(before: str, after: str) -> str:
    """What keeps two parts apart: numbers that are written as one are another number."""
    return " " if before[-1:].isdecimal() and after[0].isdecimal() else ""


def _is_kept(character: str) -> bool:
    return (
        character.isalnum()
        or character in _SPOKEN
        # Currencies and other symbols are said, punctuation is not.
        or unicodedata.category(character)[0] == "S"
    )
