"""Reading a `task.yaml`; all that is wrong with it is said at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args, get_origin

import msgspec

from arnews_bench.declaration import FORMATS, Column, Data, Declaration, FormatRules
from arnews_bench.entities import COARSE_OF
from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.invalid import describe_invalid
from arnews_bench.schema import ENTITY_TYPES, SPLITS, STANCE_LABELS, TaskType
from arnews_bench.yaml_records import load_yaml

__all__ = ["load_declaration"]

_OPEN_COLUMN = re.compile(r"\d+:")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_TAG = re.compile(r"(?P<prefix>[BIESLU])-(?P<type>.+)", re.DOTALL)


class _Fields(NamedTuple):
    needed: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.needed, *self.optional)


_FIELDS: Mapping[TaskType, _Fields] = {
    "ner": _Fields(("tokens", "tags"), ("id", "doc_id")),
    "stance": _Fields(
        ("claim", "text", "label"), ("id", "doc_id", "claim_id", "context", "granularity")
    ),
    "attribution": _Fields((), ()),
}
# Lines of columns have no id: a row of theirs is many lines.
_NUMBERED_FIELDS = _Fields((), ("tokens", "tags", "doc_id"))


def load_declaration(path: Path) -> Declaration:
    """Read a task.yaml.

    Raises:
        InputError: There is no such file, or with all that is wrong with it.
    """
    written = load_yaml(path)
    problems = list(_word_problems(written))
    if problems:
        raise InputError.from_problems(f"{path}: cannot be used:", problems)
    try:
        declaration = msgspec.convert(written, Declaration)
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {describe_invalid(error, Declaration)}") from None
    problems = list(_problems(declaration))
    if problems:
        raise InputError.from_problems(f"{path}: cannot be used:", problems)
    return declaration


def _word_problems(written: object) -> Iterator[str]:
    """Words that mean nothing: fields, and values of those that have few; with what does."""
    if not isinstance(written, dict):
        return
    yield from _struct_problems(written, Declaration, "")
    if isinstance(written.get("data"), dict):
        yield from _struct_problems(written["data"], Data, "data.")


def _struct_problems(
    written: Mapping[object, object], struct: type[msgspec.Struct], place: str
) -> Iterator[str]:
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    for name in written:
        if name not in fields:
            yield f"field `{place}{name}`: unknown; {did_you_mean(str(name), fields)}"
    for name, field in fields.items():
        if field.required and name not in written:
            yield f"field `{place}{name}`: missing"
        words = get_args(field.type) if get_origin(field.type) is Literal else ()
        value = written.get(name)
        if words and isinstance(value, str) and value not in words:
            yield f"field `{place}{name}`: unknown {value!r}; {did_you_mean(value, words)}"


def _problems(declaration: Declaration) -> Iterator[str]:
    if not declaration.name.strip():
        yield "field `name`: empty; it names the task in tables and records"
    elif not declaration.name.isprintable():
        yield f"field `name`: {declaration.name!r}, one line without control characters is needed"
    data, rules = declaration.data, FORMATS[declaration.data.format]
    if declaration.type not in rules.types:
        fitting = [name for name, other in FORMATS.items() if declaration.type in other.types]
        yield (
            f"field `data.format`: {data.format!r} holds no rows of type {declaration.type!r}; "
            f"that do {', '.join(fitting)}"
        )
        return
    yield from _split_problems(data)
    yield from _option_problems(data, rules)
    yield from _value_problems(data)
    if data.format == "hf":
        yield from _pin_problems(data)
    yield from _column_problems(declaration, rules)
    yield from _cluster_problems(declaration, rules)
    yield from _label_problems(declaration)


def _split_problems(data: Data) -> Iterator[str]:
    for split in SPLITS:
        if not all(data.names(split)) or getattr(data, split) == ():
            yield f"field `data.{split}`: empty; the name of a file is needed, or no such field"


def _option_problems(data: Data, rules: FormatRules) -> Iterator[str]:
    every_option = {option for other in FORMATS.values() for option in other.options}
    for field in msgspec.structs.fields(Data):
        name = field.name
        if name not in every_option - rules.options or getattr(data, name) == field.default:
            continue
        twin = _TWINS.get(name)
        if twin in rules.options:
            guess = f"did you mean {twin!r}?"
        else:
            guess = "known are: " + (", ".join(sorted(rules.options)) or "none")
        yield f"field `data.{name}`: means nothing in format {data.format!r}; {guess}"


# Formats in which nothing but `columns` says what is what.
_NAMED_BY_COLUMNS = frozenset({"csv", "claims"})
# What one format calls otherwise than another.
_TWINS = {"separator": "delimiter", "delimiter": "separator"}


def _value_problems(data: Data) -> Iterator[str]:
    for name in ("delimiter", "quote"):
        value = getattr(data, name)
        if value is not None and len(value) != 1:
            yield f"field `data.{name}`: {value!r} is not one character"
    for name in ("separator", "tag_separator"):
        if getattr(data, name) == "":
            yield f"field `data.{name}`: an empty string; leave the field out for none"
    try:
        # Not `codecs.lookup`: it also knows what makes bytes of bytes, such as base64.
        "".encode(data.encoding)
    except (LookupError, ValueError):
        yield f"field `data.encoding`: Python knows no encoding {data.encoding!r} of text"


def _pin_problems(data: Data) -> Iterator[str]:
    if data.repo is None:
        yield "field `data.repo`: missing; format 'hf' needs the dataset, ORG/NAME"
    if data.revision is None or not _COMMIT.fullmatch(data.revision):
        yield (
            f"field `data.revision`: {data.revision!r} pins nothing; the 40 hexadecimal digits of "
            "a commit are needed, so that the rows stay what they are"
        )


def _column_problems(declaration: Declaration, rules: FormatRules) -> Iterator[str]:
    columns = declaration.columns
    fields = _NUMBERED_FIELDS if rules.numbered else _FIELDS[declaration.type]
    if not columns:
        if declaration.data.format in _NAMED_BY_COLUMNS:
            yield f"field `columns`: missing; it names the columns of {', '.join(fields.needed)}"
        return
    if not fields.all:
        yield (
            "field `columns`: means nothing in a task of type 'attribution': its data are in our "
            "own row form, or in that of brat"
        )
        return
    for name in columns:
        if name not in fields.all:
            yield f"field `columns.{name}`: unknown; {did_you_mean(name, fields.all)}"
    for name in fields.needed:
        if name not in columns:
            yield f"field `columns.{name}`: missing; it says where the data have `{name}`"
    check = _number_problems if rules.numbered else _name_problems
    for name, column in columns.items():
        yield from check(name, column if isinstance(column, tuple) else (column,))


def _number_problems(name: str, parts: Sequence[Column]) -> Iterator[str]:
    if name != "tags" and len(parts) > 1:
        yield f"field `columns.{name}`: {list(parts)} are several columns, one is needed"
    if not parts:
        yield f"field `columns.{name}`: an empty list"
    for part in parts:
        if isinstance(part, str) and not (name == "tags" and _OPEN_COLUMN.fullmatch(part)):
            yield (
                f"field `columns.{name}`: {part!r} is no number of a column; they count from 0, "
                "and from -1 at the end"
            )


def _name_problems(name: str, parts: Sequence[Column]) -> Iterator[str]:
    if len(parts) != 1 or not isinstance(parts[0], str) or not parts[0]:
        found = repr(parts[0]) if len(parts) == 1 else str(list(parts))
        yield f"field `columns.{name}`: {found}; the name of one column is needed"


def _cluster_problems(declaration: Declaration, rules: FormatRules) -> Iterator[str]:
    cluster = declaration.cluster
    translated = bool(declaration.columns) and not rules.numbered
    has_documents = rules.has_documents or "doc_id" in declaration.columns
    if cluster == "doc_id" and translated and not has_documents:
        yield (
            "field `cluster`: 'doc_id' needs `columns.doc_id`; without documents leave the field "
            "out, and each row counts for itself"
        )
    elif cluster not in {None, "doc_id"} and not translated:
        yield f"field `cluster`: {cluster!r} is no column of these data; 'doc_id' is all there is"


def _label_problems(declaration: Declaration) -> Iterator[str]:
    if not declaration.labels:
        return
    if declaration.type == "attribution" or declaration.own_form:
        yield "field `labels`: means nothing here, the data are in our own row form or in brat's"
    elif declaration.type == "stance":
        for name, label in declaration.labels.items():
            if label not in STANCE_LABELS:
                yield f"field `labels.{name}`: {_unknown('label', label, STANCE_LABELS)}"
    else:
        for data_tag, tag in declaration.label_map.items():
            yield from _tag_problems(data_tag, tag, declaration)


def _tag_problems(name: str, tag: str, declaration: Declaration) -> Iterator[str]:
    data_tag, task_tag = _TAG.fullmatch(name), _TAG.fullmatch(tag)
    type_name = task_tag["type"] if task_tag else tag
    if tag == "O":
        return
    if type_name not in declaration.types:
        hint = ""
        if type_name in (*ENTITY_TYPES, *COARSE_OF):
            other = "fine" if declaration.data.tagset == "coarse" else "coarse"
            hint = f", or `tagset: {other}` in `data:`"
        yield f"field `labels.{name}`: {_unknown('type', type_name, declaration.types)}{hint}"
    elif data_tag and not task_tag:
        yield f"field `labels.{name}`: {tag!r} has no prefix, {data_tag['prefix']}-{tag} has"
    elif data_tag and task_tag and data_tag["prefix"] != task_tag["prefix"]:
        yield f"field `labels.{name}`: {tag!r} begins with another letter than {name!r}"


def _unknown(kind: str, value: str, known: tuple[str, ...]) -> str:
    return f"unknown {kind} {value!r}; {did_you_mean(value, known)}"
