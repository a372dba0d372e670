"""The one label that a sentence means, as in `The stance is: **discuss**`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from arnews_bench.models.llm.synonyms import STANCE_KEYS, STANCE_NAMES, STANCE_WORDS, folded
from arnews_bench.text import normalise

__all__ = ["Meant", "meant_label"]


class Meant(NamedTuple):
    """The label that a text means, or None, and all those that it names."""

    label: str | None
    named: tuple[str, ...]


def _any_of(names: dict[str, str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(r"[\s_-]+".join(map(re.escape, name.split())) for name in longest_first)


_WORD = re.compile(rf"(?<!\w)(?:{_any_of(STANCE_WORDS)})(?!\w)")
# `label: X`, `the stance of the text is X`; not where another label is offered beside it.
_MARKED = re.compile(
    rf"(?<!\w)(?:{_any_of(STANCE_KEYS)})(?!\w)"
    rf"(?:\W{{0,6}}|[^.:=\n]{{0,60}}?(?:[:=]|(?<!\w)(?:is|هو|هي)(?!\w))\W{{0,6}})"
    rf"(?P<label>{_any_of(STANCE_WORDS)})(?!\w)"
    rf"(?!\W*(?:[/|]|(?<!\w)(?:or|and|او)(?!\w))\W*(?:{_any_of(STANCE_WORDS)})(?!\w))"
)
_NEGATIONS = re.compile(r"(?<!\w)(?:not|never|neither|nor|cannot|لا|لم|لن|ليس|غير)(?!\w)|n['’]t\b")
# Characters before a label in which a negation is looked for, and of them the last words.
_BEFORE = 30
_LAST_WORDS = 2


def meant_label(text: str) -> Meant:
    """The label that a text means.

    It is the last one that is marked as the answer (`label: X`), else the one that the first or
    the last line consists of, else the only one that is named. A label that is denied ("does not
    agree") is not named.
    """
    lines = [line for line in map(normalise, text.splitlines()) if line]
    if not lines:
        return Meant(None, ())
    whole = STANCE_NAMES.get(folded(text))
    if whole is not None:
        return Meant(whole, (whole,))
    named = tuple(dict.fromkeys(label for line in lines for label in _named(line)))
    marked = [match["label"] for line in lines for match in _MARKED.finditer(line)]
    if marked:
        return Meant(STANCE_WORDS[folded(marked[-1])], named)
    alone = {STANCE_NAMES.get(folded(line)) for line in (lines[0], lines[-1])} - {None}
    candidates = alone or set(named)
    return Meant(candidates.pop() if len(candidates) == 1 else None, named)


def _named(line: str) -> Iterator[str]:
    for match in _WORD.finditer(line):
        before = line[max(match.start() - _BEFORE, 0) : match.start()].split()[-_LAST_WORDS:]
        if not _NEGATIONS.search(" ".join(before)):
            yield STANCE_WORDS[folded(match[0])]
