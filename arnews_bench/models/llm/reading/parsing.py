"""From what a model said to an answer: JSON as models write it, or a sentence that names a label.

Of several values in a text the last one counts that is an answer, since models think aloud first;
one under the key that was asked for goes before all others. Prose never becomes a list of items.
"""

import html
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from arnews_bench.models.llm.reading.answers import (
    AttributionAnswer,
    NerAnswer,
    ParsedAnswer,
    StanceAnswer,
)
from arnews_bench.models.llm.reading.json_containers import CutList, CutObject
from arnews_bench.models.llm.reading.lenient_json import find_values
from arnews_bench.models.llm.reading.said_attributions import attributions_in
from arnews_bench.models.llm.reading.said_entities import entities_in
from arnews_bench.models.llm.reading.said_items import DEEPEST, clean, fields_of
from arnews_bench.models.llm.reading.stance_words import meant_label
from arnews_bench.models.llm.reading.synonyms import (
    STANCE_KEYS,
    STANCE_NAMES,
    folded,
)
from arnews_bench.tasks import Task

__all__ = ["Parsed", "parse_answer"]

_REASONING_END = re.compile(
    r"</(?:think|thinking|reasoning|thought)\s*>|\[/THINK\]|<\|END_THINKING\|>|◁/think▷",
    re.IGNORECASE,
)
_REASONING = re.compile(
    r"\s*(?:<(?:think|thinking|reasoning|thought)\s*>|\[THINK\]|<\|START_THINKING\|>|◁think▷)",
    re.IGNORECASE,
)
# JSON that was written as a string: `{\\"label\\": …`, `{\\n "label": …`.
_ESCAPED = re.compile(r'[\[{](?:\\n\s*)?\\"')
# Where a model that does not stop goes on with the next question, and answers that as well.
_NEXT_TURN = re.compile(
    r"</s>|<\|(?:im_end|eot_id|endoftext|user|USER_TOKEN|END_OF_TURN_TOKEN)\|>"
    r"|<\|im_start\|>\s*user|<\|start_header_id\|>\s*user|<end_of_turn>|\[INST\]"
    r"|^(?:#+\s*)?(?:User|Human|Instruction|Example|مثال|المستخدم)\b.{0,20}[:：]\s*$"
    r"|^(?:#+\s*)?(?:User|Human|Question|Input|Claim|السؤال|سؤال|الادعاء|ادعاء"
    r"|(?P<field>Text|النص|نص))\s*[:：]|^<(?:text|claim)(?:-\d+)?>"
    # The last line of our own questions.
    r"|^(?:أجب بكائن JSON وحده|Answer with one JSON object only)",
    re.MULTILINE,
)
_ENDS = ("}", "]", "```")
# So many of these marks are looked at.
_MOST_TURNS = 4
# Who changes their mind names two labels, who copies the examples of a prompt names all.
_CHOICE = 2
# Characters of a label that a message shows.
_SHOWN = 40


class Parsed(NamedTuple):
    """What became of a text.

    Attributes:
        answer: None if none could be read.
        problem: Then a sentence that says why.
        left_out: How many items could not be used.
    """

    answer: ParsedAnswer | None
    problem: str | None
    left_out: int


def parse_answer(task: Task, completion: str) -> Parsed:
    """Read what a model said; nothing is raised, whatever it is.

    Items that cannot be used are left out and counted: those of an unknown type, and those that
    lack what an item must have. Where the text was cut off, the item that the cut fell into is
    used if it has all that it must have, and is left out without being counted if not.

    Args:
        task: The task, whose labels an answer may use.
        completion: The whole text.
    """
    said = completion.strip()
    text = _unquoted(_after_reasoning(said))
    if not text:
        return _unparsable(
            "the answer ends within its reasoning" if said else "the answer is empty"
        )
    for turn in itertools.islice(_NEXT_TURN.finditer(text), _MOST_TURNS):
        before = text[: turn.start()]
        if _may_end(before, is_field=task.type != "stance" and turn["field"] is not None):
            own = _read(task, before, is_part=True)
            if own.answer is not None:
                return own
    return _read(task, text)


def _may_end(text: str, *, is_field: bool) -> bool:
    """Whether an answer may end before a mark, which is not a part of it.

    Args:
        text: What stands before the mark.
        is_field: Whether the mark may as well begin an item that is written without JSON.
    """
    found = list(find_values(text))
    if not found:
        return not is_field
    # Within a string there may be any line; brackets that are missing are no sign of one.
    is_cut = isinstance(found[-1].value, CutList | CutObject)
    return not is_cut or text.rstrip().endswith(_ENDS)


def _read(task: Task, text: str, *, is_part: bool = False) -> Parsed:
    match task.type:
        case "ner":
            entities = entities_in(text, task.labels)
            if entities is None:
                return _unparsable("there is no list of entities in the answer")
            return Parsed(NerAnswer(entities=entities.usable), None, entities.left_out)
        case "stance":
            return _parsed_stance(text, task.labels, is_part=is_part)
        case "attribution":
            found = attributions_in(text)
            if found is None:
                return _unparsable("there is no list of attributions in the answer")
            return Parsed(AttributionAnswer(attributions=found.usable), None, found.left_out)


def _unparsable(problem: str) -> Parsed:
    return Parsed(None, problem, 0)


def _after_reasoning(text: str) -> str:
    """What follows the last block of reasoning; its opening tag may have been in the prompt."""
    end = 0
    for match in _REASONING_END.finditer(text):
        end = match.end()
    return "" if _REASONING.match(text, end) else text[end:].strip()


def _unquoted(text: str) -> str:
    """The inside of a JSON string that holds the whole answer, if perhaps without its marks."""
    if _ESCAPED.match(text):
        text = f'"{text}"'
    if "&quot;" in text and '"' not in text:
        text = html.unescape(text)
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text, strict=False)).strip()
        except ValueError:
            return text
    return text


def _parsed_stance(text: str, labels: Sequence[str], *, is_part: bool) -> Parsed:
    said: list[object] = []
    meant: list[str] = []
    of_last: list[str] = []
    outside: list[str] = []
    end = 0
    for value, start, stop in find_values(text):
        said += (parts := list(_labels_said(value)))
        meant += (found := [label for part in parts if (label := _label(part)) is not None])
        if isinstance(value, dict) or found:
            outside.append(text[end:start])
            end = stop
        if found:
            of_last, outside = found, []
    if len(labels) > _CHOICE and sorted(meant[-len(labels) :]) == sorted(labels):
        return _unparsable("the answer repeats the examples: it gives every label once")
    if said and not meant:
        return _unparsable(f"the answer gives no label of the task, but {_shown(said[-1])}")
    prose = meant_label("\n".join([*outside, text[end:]]))
    # What explains a label uses words of others, and so does what leads to one.
    if prose.label and (prose.is_sure or not (meant or is_part)):
        of_last.append(prose.label)
    named = tuple(dict.fromkeys(of_last)) or prose.named
    if len(named) > 1:
        return _unparsable(f"the answer names more than one label: {', '.join(named)}")
    if not of_last:
        return _unparsable("there is no label in the answer")
    if named[0] not in labels:
        return _unparsable(f"the label {named[0]!r} is none of the task: {', '.join(labels)}")
    return Parsed(StanceAnswer(label=named[0]), None, 0)


def _labels_said(value: object, depth: int = 0) -> Iterator[object]:
    """What stands where a label should, or is nothing but one."""
    if depth > DEEPEST or not isinstance(value, dict | list):
        return
    fields = fields_of(value, STANCE_KEYS)
    if "label" in fields and not isinstance(fields["label"], dict):
        yield fields["label"]
        return
    parts = list(value.values()) if isinstance(value, dict) else value
    alone = [part for part in parts if isinstance(part, str) and folded(part) in STANCE_NAMES]
    if len(alone) == 1 and (isinstance(value, dict) or len(parts) == 1):
        yield alone[0]
    for part in parts:
        yield from _labels_said(part, depth + 1)


def _label(said: object) -> str | None:
    if isinstance(said, list) and len(said) == 1:
        said = said[0]
    return meant_label(said).label if isinstance(said, str) else None


def _shown(value: object) -> str:
    text = clean(value) if isinstance(value, str) else None
    if text is None:
        return "a list" if isinstance(value, list) else "nothing"
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
