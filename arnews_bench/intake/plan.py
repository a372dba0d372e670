"""The plan of a new page: what a person reads and corrects before the page is added.

A YAML file that says which documents the page holds, each range by its first and last words. Here
it is read and written; `places` finds the words on the page.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date

import msgspec
import yaml

from arnews_bench.errors import InputError
from arnews_bench.intake.reading import Known
from arnews_bench.invalid import describe_invalid, path_of
from arnews_bench.schema import SPLITS, Kind, Record, Split
from arnews_bench.yaml_records import NOT_YAML, line_of

__all__ = [
    "Plan",
    "PlannedDocument",
    "PlannedSlice",
    "encode_plan",
    "parse_plan",
    "problem_with",
    "require_complete",
]

KINDS: tuple[str, ...] = Kind.__args__  # type: ignore[attr-defined]

# What a person may write, field by field.
_PATTERNS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "page": (re.compile(r"\d{3}"), "three digits"),
    "file": (
        re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.txt"),
        "the name of a .txt file: ASCII letters, digits, dots, hyphens and underscores",
    ),
    "name": (re.compile(r"[a-z]{1,2}"), "one or two letters from a to z"),
    "outlet": (re.compile(r"\S(?:.*\S)?"), "a name without white space around it, or null"),
    "event_id": (
        re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*"),
        "lower-case letters and digits, joined by hyphens, such as kursk-fighting",
    ),
    "topic": (
        re.compile(r"[a-z]+(?:-[a-z]+)*"),
        "lower-case words joined by hyphens, such as diplomacy",
    ),
    "translated_from": (re.compile(r"[a-z]{2,3}"), "a language code such as fa, or null"),
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}"), "a day, YYYY-MM-DD, or null"),
    "begins": (re.compile(r".*\S.*", re.DOTALL), "the words that the slice begins with"),
    "ends": (re.compile(r".*\S.*", re.DOTALL), "the words that the slice ends with"),
}
_REQUIRED = ("event_id", "topic")


class PlannedSlice(Record, frozen=True, kw_only=True):
    """A range of the page by its first and last words.

    Where its beginning stands on the page more than once, `copy` says which one is meant, from 1.
    """

    begins: str
    ends: str
    copy: int | None = None


class PlannedDocument(Record, frozen=True, kw_only=True):
    """A document of the plan; its id is the page's number, a hyphen and `name`."""

    name: str
    kind: Kind
    title: PlannedSlice | None
    body: PlannedSlice | None
    outlet: str | None
    event_id: str | None
    topic: str | None
    translated_from: str | None
    date: str | None

    def slices(self) -> list[tuple[str, PlannedSlice]]:
        """The slices with their names, title first."""
        parts = (("title", self.title), ("body", self.body))
        return [(name, part) for name, part in parts if part is not None]


class Plan(Record, frozen=True, kw_only=True):
    """A page and its documents, in the order of the page."""

    page: str
    file: str
    sha256: str
    split: Split | None
    documents: tuple[PlannedDocument, ...]


# ---------------------------------------------------------------------------- writing

_HEADER = """\
# The documents of a page, as proposed. Correct it, then: arbench data add PAGE --plan THIS_FILE
#   split            train, validation or test; an event lies in one split alone
#   kind             article, brief (a title and its teaser) or headline (a title alone)
#   title, body      the first and the last words, as they stand on the page; `copy: 2` where the
#                    beginning is there twice and the second is meant
#   event_id, topic  to be filled in; documents on one event share its id
#   outlet, translated_from, date    null where the page does not say
# A document that is none is deleted from the list; one that is missing is added to it.
"""


def encode_plan(plan: Plan, known: Known | None = None) -> str:
    """A plan as YAML with an explanation on top.

    Args:
        plan: The plan.
        known: What the corpus says already, for the explanation.
    """
    value = msgspec.to_builtins(plan)
    for document in value["documents"]:
        for name in ("title", "body"):
            part = document[name]
            if part and part["copy"] is None:
                del part["copy"]
    body = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10_000)
    return _HEADER + "".join(map(_comment, _in_use(known) if known else ())) + body


def _in_use(known: Known) -> Iterator[str]:
    yield "In use:"
    for split in SPLITS:
        events = sorted(event for event, where in known.events.items() if where == split)
        yield f"events of {split}: {', '.join(events)}"
    yield f"topics: {', '.join(known.topics)}"
    yield f"outlets: {', '.join(known.outlets)}"


def _comment(text: str) -> str:
    wrapped = textwrap.fill(
        text, 100, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False
    )
    return wrapped + "\n"


# ---------------------------------------------------------------------------- reading


class _Loader(yaml.SafeLoader):
    """Takes scalars as they are written: `005` is a name and `2025-01-06` a text."""


_Loader.yaml_implicit_resolvers = {
    first: kept
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if (kept := [pair for pair in resolvers if pair[0] == "tag:yaml.org,2002:null"])
}


def parse_plan(content: bytes, name: str) -> Plan:
    """Read a plan strictly.

    Args:
        content: The file.
        name: What to call it in an error.

    Raises:
        InputError: It is no YAML, a field is unknown, missing, given twice or of another type.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8: byte {error.start + 1} of the file") from None
    try:
        node, value = _load(text, name)
    except NOT_YAML as error:
        raise InputError(f"{name}: broken YAML: {' '.join(str(error).split())}") from None
    try:
        plan = msgspec.convert(value, Plan, strict=False)
    except msgspec.ValidationError as error:
        line = line_of(node, path_of(error))
        raise InputError(f"{name}:{line}: {describe_invalid(error, Plan)}") from None
    problems = [
        f"{name}:{line_of(node, path)}: field `{path}`: {problem}"
        for path, problem in _problems(plan)
    ]
    if problems:
        raise InputError.from_problems(f"{name} cannot be used:", problems)
    return plan


def _load(text: str, name: str) -> tuple[yaml.Node, object]:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise InputError(f"{name}: the plan is empty")
        _reject_duplicates(node, name)
        return node, loader.construct_document(node)
    finally:
        loader.dispose()


def problem_with(field: str, value: str | None) -> str | None:
    """What is wrong with the value of a field of a plan; None if it may stand."""
    if value is None or field not in _PATTERNS:
        return None
    pattern, right = _PATTERNS[field]
    valid = pattern.fullmatch(value) and (field != "date" or _is_day(value))
    return None if valid else f"{value!r} is not {right}"


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _problems(plan: Plan) -> Iterator[tuple[str, str]]:
    """The values that may not stand, each with the path of its field."""
    if not plan.documents:
        yield "documents", "there is no document to add"
    yield from _ill_formed("", plan)
    names: dict[str, int] = {}
    for number, document in enumerate(plan.documents):
        at = f"documents[{number}]"
        yield from _ill_formed(f"{at}.", document)
        first = names.setdefault(document.name, number)
        if first != number:
            yield f"{at}.name", f"{document.name!r} is taken by documents[{first}]"
        for name, part in document.slices():
            yield from _ill_formed(f"{at}.{name}.", part)
            if part.copy is not None and part.copy < 1:
                yield f"{at}.{name}.copy", f"{part.copy} is not 1 or more"


def _ill_formed(path: str, record: Record) -> Iterator[tuple[str, str]]:
    for field in record.__struct_fields__:
        value = getattr(record, field)
        problem = problem_with(field, value) if isinstance(value, str) else None
        if problem:
            yield path + field, problem


def require_complete(plan: Plan, name: str) -> Split:
    """Stop on a plan that may not stand or leaves a field to be filled in; returns the split.

    Raises:
        InputError: With every such field.
    """
    problems = [f"field `{path}`: {problem}" for path, problem in _problems(plan)]
    if problems:
        raise InputError.from_problems(f"{name} cannot be used:", problems)
    problems = [
        f"field `documents[{number}].{field}`: to be filled in: {_PATTERNS[field][1]}"
        for number, document in enumerate(plan.documents)
        for field in _REQUIRED
        if getattr(document, field) is None
    ]
    if plan.split is None or problems:
        if plan.split is None:
            problems.insert(0, "field `split`: to be filled in: train, validation or test")
        raise InputError.from_problems(f"{name} is not complete:", problems)
    return plan.split


def _reject_duplicates(node: yaml.Node, name: str) -> None:
    """YAML takes the last of two equal keys; a person who wrote two did not mean that."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                raise InputError(f"{name}:{line}: the name of a field must be a word")
            if key.value in seen:
                line = key.start_mark.line + 1
                raise InputError(f"{name}:{line}: field `{key.value}`: is there twice")
            seen.add(key.value)
            _reject_duplicates(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _reject_duplicates(value, name)
