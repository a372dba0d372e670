"""The one label that a text without JSON plainly gives, as in `The stance is: **discuss**`.

News that is summed up uses the words of the labels too, and so does who doubts or denies one.
Hence a label counts only where all that stands before it in its sentence are words that lead to
an answer, and what follows it is the claim, a reason or a mark.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from arnews_bench.models.llm.reading.synonyms import STANCE_KEYS, STANCE_NAMES, STANCE_WORDS, folded
from arnews_bench.text import normalise

__all__ = ["Meant", "meant_label"]


class Meant(NamedTuple):
    """What a text means.

    Attributes:
        label: The label, or None.
        named: All labels that it names and does not deny.
        is_sure: Whether the label is marked as the answer, or is all that a line says.
    """

    label: str | None
    named: tuple[str, ...]
    is_sure: bool = False


class _How(Enum):
    """How a sentence gives a label."""

    MARKED = auto()
    OF_THE_TEXT = auto()
    OPENING = auto()


class _Statement(NamedTuple):
    """A label in a sentence, behind nothing but words that lead to it.

    Attributes:
        label: The label.
        how: How it is given.
        start: Where the sentence begins, or where what it denies ends.
        end: Where the label ends.
    """

    label: str
    how: _How
    start: int
    end: int


def _any_of(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(r"[\s_-]+".join(map(re.escape, name.split())) for name in longest_first)


# Every pattern is for normalised text.
# With a conjunction before it and the pronoun of what it is about behind: `ويعارضه`.
_WORD = re.compile(rf"(?<!\w)[وف]?(?P<label>{_any_of(STANCE_WORDS)})(?:ه|ها)?(?!\w|-\w)")
_KEY = rf"(?:{_any_of(STANCE_KEYS)})(?!\w)"
_TEXT = (
    r"(?:text|article|passage|report|document|author|speaker|source"
    r"|النص|المقال|الخبر|التقرير|الكاتب|المتكلم|المصدر)(?!\w)"
)
_CLAIM = r"(?:claim|statement|assertion|(?:ال|بال|لل)(?:ادعاء|زعم|قول))(?!\w)"
_HENCE = (
    r"(?:so|thus|hence|therefore|overall|finally|in (?:conclusion|summary|short)"
    r"|لذا|لذلك|اذن|باختصار|و?بالتالي|وعليه)(?!\w)"
)
_NOT = r"(?:\w*n['’]t|not|never|neither|nor|cannot|[وف]?(?:لا|لم|لن|ليس|ليست)|غير)(?!\w)"
# Not among these: doubt and negation, `that` and `if`, `I` by itself, the name of anybody.
_LEADING = (
    rf"(?:{_KEY}|{_TEXT}|{_CLAIM}|{_HENCE}"
    r"|(?:i(?: would|['’]d)? (?:go with|choose|pick|say|classify|label)"
    r"|i (?:think|believe|conclude)(?: that)?|(?:it|this|text|stance) as|s|expressed in"
    r"|the|this|my|its?|is|does|of|to|towards?|regarding|would be|based on|given|provided|news"
    r"|final|correct|best|right|appropriate|analysis"
    r"|only|merely|just|clearly|explicitly|directly|fully|strongly|mostly"
    r"|هذا|هو|هي|من|تجاه|ازاء|فان|بناء علي(?: (?:ذلك|ما سبق))?|استنادا الي|المقدم|يصنف|يمكن تصنيف"
    r"|علي انه"
    r"|(?:الصحيح|النهايي|المناسب|الانسب)ه?|فقط|بوضوح|صراحه)(?!\w))"
)
# What stands between words; not what ends a sentence or parts alternatives.
_GAP = r"(?:[^\w.!?؟/;؛]|_){1,9}"
_DENIED = rf"(?:{_NOT}|{_WORD.pattern.replace('?P<label>', '?:')}|(?:nor|or|and|او|with|مع)(?!\w))"
# Before a label; as `does not support the claim but` after what it is not. No short sentence has
# more words than that.
_LEAD = re.compile(
    rf"(?:{_GAP})?(?P<not>(?:(?:{_LEADING}|{_DENIED}){_GAP}){{0,20}}+(?:but|instead|بل)(?!\w){_GAP})?"
    rf"(?P<words>(?:{_LEADING}{_GAP}){{0,20}}+)"
)
_MARKED = re.compile(
    rf"(?<!\w)(?:{_KEY}|i\W).*(?:[^\w\s]|(?<!\w)(?:is|be|as|with|choose|pick|say|هو|هي|انه))\s*$"
)
_SUBJECT = re.compile(rf"(?<!\w)(?:{_TEXT}|{_HENCE}|(?:it|هو)(?!\w))")
_OBJECT = (
    rf"(?P<subject> {_TEXT})?(?: (?:with|to|مع))?(?: (?:the|this|هذا|ما (?:جاء|ورد) في))?"
    rf" (?:{_CLAIM}|(?:it|به|معه|له)(?!\w))"
)
_BECAUSE = r"because|since|without|لان\w*|حيث|اذ|نظرا|بسبب|(?:من )?دون|بدون"
_BEHIND = re.compile(
    rf"(?:{_OBJECT}(?P<that> (?:that|ان|بان)(?!\w))?)?(?(that)|"
    r"(?: (?:only|clearly|explicitly|فقط|بوضوح|صراحه)(?!\w))?"
    rf"""["'`*_»”’)}}\]>$]*+(?:\s*+(?:$|[^\w\s?؟/]|//)| (?:{_BECAUSE})(?!\w)))"""
)
# What comes after it may use any words.
_REASON = re.compile(
    rf"[:–—]|(?<= )(?:-(?= )|//|(?:{_BECAUSE}|as|given|that|rather than|ان|بان)(?!\w))"
)
_OR = re.compile(r"\W*(?:or|nor|او|ولا)\W*")
_BESIDE = re.compile(rf"\W*+(?:(?:or|and|او)\W+)?{_WORD.pattern}")
_NEGATION = re.compile(rf"(?<!\w){_NOT}")
_SENTENCE = re.compile(r"[^.!?؟]+[.!?؟]*")
# Where in a sentence another one begins.
_CLAUSE = re.compile(rf"[;؛]|[,،](?= {_HENCE})")
# `\boxed{\text{agree}}`
_TEX = re.compile(r"\\[a-z]+\s*\{")
# Characters before a label in which a negation is looked for, and of them the last words.
_BEFORE = 40
_LAST_WORDS = 3
# Characters of a label and what is around it.
_LONGEST = 80
# Who changes their mind names two labels, who goes through them names all.
_CHOICE = 2


def meant_label(text: str) -> Meant:
    """The label that a text means.

    It is the last one that is marked as the answer (`label: X`), else the one that opens the text
    or is all that a line says, else the one that sentences on the text give (`The text discusses
    the claim`). None counts in a question, where it is denied or where another one is offered
    beside it.
    """
    lines = [line for line in map(normalise, _TEX.sub(" ", text).splitlines()) if line]
    named = tuple(dict.fromkeys(label for line in lines for label in _named(line)))
    said: dict[_How, list[str]] = {how: [] for how in _How}
    is_sure = False
    for number, line in enumerate(lines):
        name = STANCE_NAMES.get(folded(line))
        if name and number in (0, len(lines) - 1):
            said[_How.OPENING].append(name)
            is_sure = True
            continue
        for found in _statements(line):
            said[found.how].append(found.label)
            is_sure |= found.how is _How.OPENING and (name is not None or number == 0)
    if marked := said[_How.MARKED]:
        return Meant(marked[-1] if len(set(marked)) <= _CHOICE else None, named, is_sure=True)
    labels = set(said[_How.OPENING if is_sure else _How.OF_THE_TEXT])
    return Meant(labels.pop() if len(labels) == 1 else None, named, is_sure)


def _statements(line: str) -> Iterator[_Statement]:
    """What the sentences of a line say; of several clauses the last one counts."""
    for sentence in _SENTENCE.finditer(line):
        words = sentence[0]
        if words.endswith(("?", "؟")):
            continue
        starts = (0, *(clause.end() for clause in _CLAUSE.finditer(words)))
        for last in [said for start in starts if (said := _statement(words, start))][-1:]:
            # By itself a label says something only where it opens a line.
            is_idle = last.how is _How.OPENING and sentence.start() > 0
            if not is_idle and _others(words, last) <= {last.label}:
                yield last


def _statement(sentence: str, start: int) -> _Statement | None:
    lead = _LEAD.match(sentence, start)
    if lead is None:
        return None
    how = _How.OPENING
    if _MARKED.search(lead["words"]):
        how = _How.MARKED
    elif lead["not"] or _SUBJECT.search(lead["words"]):
        how = _How.OF_THE_TEXT
    begin = max(lead.end("not"), 0)
    name = STANCE_NAMES.get(folded(sentence[lead.end() : lead.end() + _LONGEST]))
    if name and how is not _How.OPENING and len(sentence) - lead.end() <= _LONGEST:
        return _Statement(name, how, begin, len(sentence))
    match = _WORD.match(sentence, lead.end())
    behind = _BEHIND.match(sentence, match.end()) if match else None
    if match is None or behind is None:
        return None
    if behind["subject"] and how is _How.OPENING:
        how = _How.OF_THE_TEXT
    return _Statement(STANCE_WORDS[folded(match["label"])], how, begin, match.end())


def _others(sentence: str, said: _Statement) -> set[str]:
    """The labels that a sentence names beside one, but for those in a reason."""
    reason = _REASON.search(sentence, said.end)
    others = set(_named(sentence[said.start : reason.start() if reason else len(sentence)]))
    # `agree – or disagree`
    beside = _BESIDE.match(sentence, said.end)
    return others | {STANCE_WORDS[folded(beside["label"])]} if beside else others


def _named(text: str) -> Iterator[str]:
    """The labels that a text names and does not deny."""
    denied_until = 0
    for match in _WORD.finditer(text):
        before = text[max(match.start() - _BEFORE, 0) : match.start()]
        listed = denied_until and _OR.fullmatch(text, denied_until, match.start())
        if listed or _NEGATION.search(" ".join(before.split()[-_LAST_WORDS:])):
            denied_until = match.end()
        else:
            yield STANCE_WORDS[folded(match["label"])]
