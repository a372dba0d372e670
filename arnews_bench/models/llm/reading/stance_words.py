"""The one label that a sentence means, as in `The stance is: **discuss**`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from arnews_bench.models.llm.reading.synonyms import STANCE_KEYS, STANCE_NAMES, STANCE_WORDS, folded
from arnews_bench.text import normalise

__all__ = ["Meant", "meant_label"]


class Meant(NamedTuple):
    """The label that a text means, or None, and all those that it names."""

    label: str | None
    named: tuple[str, ...]


def _any_of(names: dict[str, str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(r"[\s_-]+".join(map(re.escape, name.split())) for name in longest_first)


# With a conjunction before it and the pronoun of what it is about behind: `ويعارضه`.
_WORD = re.compile(rf"(?<!\w)[وف]?(?P<label>{_any_of(STANCE_WORDS)})(?:ه|ها)?(?!\w)")
# `label: X`, `the stance of the text is X`; not where another label is offered beside it.
_MARKED = re.compile(
    rf"(?<!\w)(?:(?:{_any_of(STANCE_KEYS)})(?!\w)"
    rf"(?:\W{{0,6}}|[^.:=\n]{{0,60}}?(?:[:=]|(?<!\w)(?:is|هو|هي)(?!\w))\W{{0,6}})|بل\W{{1,6}})"
    rf"(?P<label>{_any_of(STANCE_WORDS)})(?:ه|ها)?(?!\w)"
    rf"(?!\W*(?:[/|]|(?<!\w)(?:or|and|او)(?!\w))\W*(?:{_any_of(STANCE_WORDS)})(?!\w))"
)
_NEGATIONS = re.compile(
    r"(?<!\w)(?:not|never|neither|nor|cannot|[وف]?لا|[وف]?لم|لن|ليس|غير)(?!\w)|n['’]t\b"
)
_OR = re.compile(r"\W*(?:or|nor|او|ولا)\W*")
# What the model itself does or would rather do is no stance: "I am unable to discuss this".
_OWN_VOICE = re.compile(
    r"(?<!\w)(?:can|could|let's|let us|rather|(?:able|happy|glad|like|love|willing|free|here) to)$"
)
# Who sums up news uses the words of the labels too: "The text discusses that they agreed on peace".
_ABOUT = re.compile(
    rf"(?<!\w)(?:claim|statement|assertion|{_any_of(STANCE_KEYS)}"
    r"|(?:[وفب]?ال|[وف]?لل|[وفبل])?(?:ادعاء|زعم|قول))(?!\w)"
)
_SENTENCE = re.compile(r"[.!?؟\n]+")
# So many words are hardly about anything else.
_FEW_WORDS = 5
# Characters before a label in which a negation is looked for, and of them the last words.
_BEFORE = 30
_LAST_WORDS = 2


def meant_label(text: str) -> Meant:
    """The label that a text means.

    It is the last one that is marked as the answer (`label: X`), else the one that the first or
    the last line consists of, else the only one that is named in a sentence on the claim. A
    label that is denied ("does not agree") is not named.
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
    for sentence in _SENTENCE.split(line):
        if len(sentence.split()) > _FEW_WORDS and not _ABOUT.search(sentence):
            continue
        denied_until = 0
        for match in _WORD.finditer(sentence):
            before = sentence[max(match.start() - _BEFORE, 0) : match.start()]
            listed = denied_until and _OR.fullmatch(sentence, denied_until, match.start())
            denied = _NEGATIONS.search(" ".join(before.split()[-_LAST_WORDS:]))
            if listed or denied or _OWN_VOICE.search(before.rstrip()):
                denied_until = match.end()
            else:
                yield STANCE_WORDS[folded(match["label"])]
