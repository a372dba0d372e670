"""The list of items that an answer is, wherever it stands in a text and in whatever form."""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec.structs import astuple

from arnews_bench.models.llm.reading.json_containers import CutList, CutObject
from arnews_bench.models.llm.reading.lenient_json import find_values
from arnews_bench.models.llm.reading.synonyms import NOTHING, folded
from arnews_bench.models.llm.reading.written_objects import written_objects
from arnews_bench.schema import Record

__all__ = ["DEEPEST", "Form", "Items", "clean", "fields_of", "find_items", "says_none"]

_T = TypeVar("_T", bound=Record)

# How deep in other values an answer is looked for.
DEEPEST = 6
# Between the objects of JSON Lines, or of a numbered list of objects: `2.`, `**Entity 2:**`.
_BETWEEN = re.compile(
    r"(?:[\s,،;؛\-*•\d.)`]|json){0,20}(?:[^\W\d]{1,20} \d{1,3}[:*\s`]{1,8}(?:json\s)?)?"
)

_NO_ITEMS = re.compile(
    r"(?:there are no|no"
    r"|(?:the|this) (?:given |provided )?(?:text|sentence|document)"
    r" (?:contains no|has no|does not contain(?: any)?)) "
    r"(?:named )?(?:entities|attributions|quotations)(?: (?:were )?found)?"
    r"(?: in (?:the|this) (?:given |provided )?(?:text|sentence|document))?"
    r"|(?:(?:لا|لم) (?:توجد|يوجد|ترد|يرد)|(?:هذا )?(?:النص )?لا يحتوي(?: هذا)?(?: النص)? علي) "
    r"(?:اي(?:ه)? )?(?:كيانات|اسنادات|اقتباسات|تصريحات)(?: مسماه)?"
    r"(?: في (?:هذا |هذه )?(?:النص|الجمله|الوثيقه)(?: (?:المقدم|المعطي)[ه]?)?)?"
)


@dataclass(frozen=True)
class Form(Generic[_T]):
    """How the items of a task look.

    Attributes:
        top: The key of their list.
        keys: Key → the field that it means.
        is_item: Whether a value is an item, if perhaps not a usable one.
        is_map: Whether a value is an object that holds items as its members.
        read: The items of a value; None for one that cannot be used.
    """

    top: str
    keys: Mapping[str, str]
    is_item: Callable[[object], bool]
    is_map: Callable[[object], bool]
    read: Callable[[object], Iterator[_T | None]]

    def holds(self, value: object) -> bool:
        """Whether a value is one item or holds some as its members."""
        return self.is_item(value) or self.is_map(value)


class Items(NamedTuple, Generic[_T]):
    """Items that can be used, and how many cannot."""

    usable: tuple[_T, ...]
    left_out: int

    @classmethod
    def of(cls, said: Iterable[_T | None]) -> "Items[_T]":
        """What was said, None for an item that cannot be used."""
        items = list(said)
        usable = tuple(item for item in items if item is not None)
        return cls(usable, len(items) - len(usable))


class _Candidate(NamedTuple):
    """What may be the answer, and whether it stands under the key that was asked for."""

    value: object
    is_asked: bool


def find_items(form: Form[_T], text: str) -> Items[_T] | None:
    """The items of the best value of a text, of equally good ones the last.

    Returns:
        None if no value is an answer; no items if one says that there are none.
    """
    found = _best_items(form, _values(form, text))
    if found is None:
        written = _best_items(form, [list(filter(form.is_item, written_objects(text, form.keys)))])
        found = written if written and written.usable else None
    return found


def _best_items(form: Form[_T], values: Iterable[object]) -> Items[_T] | None:
    best: Items[_T] | None = None
    best_worth = -1
    for value in values:
        if isinstance(value, dict) and "properties" in value:
            # The schema of an answer is none.
            continue
        for candidate in _candidates(form, value) if value else [_Candidate(value, is_asked=False)]:
            items = Items.of(form.read(candidate.value))
            if best and _repeats(candidate.value, items.usable, best.usable):
                continue
            worth = _worth(candidate, items)
            if worth is not None and worth >= best_worth:
                best, best_worth = items, worth
    return best


def _worth(candidate: _Candidate, items: Items[_T]) -> int | None:
    """How sure it is that a value is the answer; None if it is none."""
    value, is_asked = candidate
    if items.usable:
        return 4 if is_asked else 3
    if items.left_out:
        # A description of the form, with examples for words.
        return (2 if is_asked else 0) if isinstance(value, list) else None
    if isinstance(value, CutList | CutObject):
        return None
    return 4 if is_asked else 1


def _repeats(value: object, usable: Sequence[_T], before: Sequence[_T]) -> bool:
    """Whether a value that was cut off says no more than a value before it said."""
    is_cut = isinstance(value, CutList | CutObject)
    return is_cut and len(usable) <= len(before) and all(map(_is_part, usable, before))


def _is_part(item: Record, whole: Record) -> bool:
    pairs = zip(astuple(item), astuple(whole), strict=True)
    return all(field is None or field == other for field, other in pairs)


def clean(value: object) -> str | None:
    """A string without blanks around it; None for an empty one and for other values."""
    if not isinstance(value, str):
        return None
    # Half of a surrogate pair is no character, and cannot be written to a file.
    return html.unescape(value).encode("utf-8", "replace").decode().strip() or None


def fields_of(value: object, keys: Mapping[str, str]) -> dict[str, Any]:
    """The fields that an object has, under our names; what stands first in the table counts."""
    if not isinstance(value, dict):
        return {}
    given = {folded(key): key for key in reversed(value)}
    found: dict[str, Any] = {}
    for name, field in keys.items():
        if name in given and field not in found:
            found[field] = value[given[name]]
    return found


def says_none(text: str) -> bool:
    """Whether a text says, and says no more, that there are no items."""
    name = folded(text)
    return name in NOTHING or _NO_ITEMS.fullmatch(name) is not None


def _values(form: Form[_T], text: str) -> Iterator[object]:
    """The values of a text; items that follow each other, as in JSON Lines, are one list."""
    items: list[object] = []
    end = 0
    for value, start, stop in find_values(text):
        is_item = form.is_item(value)
        if items and not (is_item and _BETWEEN.fullmatch(text, end, start)):
            yield items
            items = []
        if is_item:
            items.append(value)
        else:
            yield value
        end = stop
    if items:
        yield items


def _candidates(
    form: Form[_T], value: object, depth: int = 0, *, of_list: bool = False
) -> Iterator[_Candidate]:
    """What in a value may be the answer, in the order of the text.

    Args:
        form: How the items look.
        value: The value.
        depth: How deep it lies.
        of_list: Whether it belongs to a list that may be the answer itself.
    """
    if depth > DEEPEST:
        return
    inside: list[object] = []
    value = _unnumbered(form, value)
    if form.holds(value):
        if not of_list:
            yield _Candidate([value], is_asked=False)
    elif isinstance(value, dict):
        fields = fields_of(value, form.keys)
        if form.top in fields:
            yield _Candidate(_unnumbered(form, fields[form.top]), is_asked=True)
        # Where a bracket is missing, an answer that follows another one lies inside of it.
        inside = [fields[form.top]] if form.top in fields else list(value.values())
    elif isinstance(value, list):
        answers = [fields_of(part, form.keys) for part in value]
        are_answers = all(form.top in answer for answer in answers)
        if len(value) > 1 and are_answers and not any(map(form.holds, value)):
            yield _Candidate([answer[form.top] for answer in answers], is_asked=True)
            return
        inside, of_list = value, any(map(form.holds, value))
        if of_list:
            yield _Candidate(value, is_asked=False)
    for part in inside:
        yield from _candidates(form, part, depth + 1, of_list=of_list)


def _unnumbered(form: Form[_T], value: object) -> object:
    """The list that an object is whose members are items: `{"1": {…}, "2": {…}}`."""
    if not isinstance(value, dict) or not value or form.holds(value):
        return value
    members = list(value.values())
    if any(not isinstance(part, dict) or not form.is_item(part) for part in members):
        return value
    return CutList(members) if isinstance(value, CutObject) else members
