"""From records with named fields, of whatever file, to rows: the `columns` say what is where."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeGuard, cast

import msgspec

from arnews_bench.declaration import Declaration
from arnews_bench.errors import did_you_mean
from arnews_bench.invalid import describe_invalid
from arnews_bench.reading.problems import Problems
from arnews_bench.reading.tagging import Sentence, SentenceReader
from arnews_bench.rows import row_problems
from arnews_bench.schema import (
    ROW_TYPES,
    STANCE_LABELS,
    Granularity,
    NerRow,
    Row,
    StanceLabel,
    StanceRow,
)

__all__ = ["Record", "rows_of_records"]

# The number of the line, if it has one, and the fields by their names.
Record: TypeAlias = tuple[int | None, Mapping[str, Any]]

_GRANULARITIES: tuple[str, ...] = Granularity.__args__  # type: ignore[attr-defined]
_ABSENT = object()


def rows_of_records(
    records: Iterable[Record], declaration: Declaration, split: str, problems: Problems
) -> list[Row]:
    """Make the rows of a split.

    Args:
        records: All records of the split. Without `columns` they are rows of our own form.
        declaration: The task.
        split: Its name: ids of rows that have none begin with it.
        problems: Told of all that is wrong.
    """
    reader = _RecordReader(declaration, split, problems)
    rows: list[Row] = []
    seen: dict[str, str] = {}
    number = 0
    for number, (line, record) in enumerate(records, 1):
        row = reader.row(number, line, record)
        if row is None:
            continue
        if row.id in seen:
            problems.add(line, f"field `id`: {row.id!r} was there at {seen[row.id]}")
        seen[row.id] = problems.place(line)
        rows.append(row)
    if number:
        reader.finish()
    return rows


class _RecordReader:
    """Makes a row of a record."""

    def __init__(self, declaration: Declaration, split: str, problems: Problems) -> None:
        self._declaration = declaration
        self._split = split
        self._problems = problems
        self._columns = {name: str(column) for name, column in declaration.columns.items()}
        self._sentences = SentenceReader(declaration, problems)
        self._labels = declaration.label_map
        # Columns that no record had so far; those that are needed are missed record by record.
        self._unmet = self._columns.keys() - {"tokens", "tags", "claim", "text", "label"}

    def row(self, number: int, line: int | None, record: Mapping[str, Any]) -> Row | None:
        """The row of the record with a number, None if nothing can be made of it."""
        if not self._columns:
            return self._own_row(line, record)
        self._unmet = {
            field for field in self._unmet if _value(record, self._columns[field]) is _ABSENT
        }
        row_id = self._optional(record, "id", line) or f"{self._split}-{number}"
        cluster = self._cluster(record, line) or row_id
        if self._declaration.type == "ner":
            return self._ner_row(row_id, cluster, line, record)
        return self._stance_row(row_id, cluster, line, record)

    def finish(self) -> None:
        """Say which columns no record has."""
        for field in sorted(self._unmet):
            self._problems.add(
                None, f"field `columns.{field}`: no record has a {self._columns[field]!r}"
            )

    def _own_row(self, line: int | None, record: Mapping[str, Any]) -> Row | None:
        kind = ROW_TYPES[self._declaration.type]
        try:
            row: Row = msgspec.convert(record, kind)
        except msgspec.ValidationError as error:
            self._problems.add(line, describe_invalid(error, kind))
            return None
        for problem in row_problems(row):
            self._problems.add(line, problem)
        return row

    def _ner_row(
        self, row_id: str, cluster: str, line: int | None, record: Mapping[str, Any]
    ) -> NerRow | None:
        tokens = self._strings(record, "tokens", line)
        tags = list(self._tags(record, line))
        if tokens is None or not tags:
            return None
        if len(tokens) != len(tags):
            self._problems.add(
                line,
                f"{len(tokens)} in {self._columns['tokens']!r}, {len(tags)} in "
                f"{self._columns['tags']!r}: as many are right",
            )
            return None
        return self._sentences.row(row_id, cluster, Sentence(tokens, tags, [line] * len(tokens)))

    def _stance_row(
        self, row_id: str, cluster: str, line: int | None, record: Mapping[str, Any]
    ) -> StanceRow | None:
        claim, text = self._text(record, "claim", line), self._text(record, "text", line)
        label = self._label(record, line)
        granularity = self._optional(record, "granularity", line) or "document"
        if granularity not in _GRANULARITIES:
            self._problems.add(
                line,
                f"field {self._columns['granularity']!r}: {granularity!r}; "
                f"{did_you_mean(granularity, _GRANULARITIES)}",
            )
        if claim is None or text is None or label is None:
            return None
        return StanceRow(
            id=row_id,
            claim_id=self._optional(record, "claim_id", line) or _claim_id(claim),
            claim=claim,
            doc_id=cluster,
            granularity=cast("Granularity", granularity),
            text=text,
            context=self._optional(record, "context", line),
            label=cast("StanceLabel", label),
            fold=0,
        )

    def _cluster(self, record: Mapping[str, Any], line: int | None) -> str | None:
        cluster = self._declaration.cluster
        if cluster is None:
            return None
        name = self._columns.get(cluster, cluster)
        value = _named(_value(record, name))
        if value is None:
            self._problems.add(
                line,
                f"field {name!r}: missing, empty, or no name, and `cluster` is {cluster!r}; "
                f"there are {_fields(record)}",
            )
        return value

    def _optional(self, record: Mapping[str, Any], field: str, line: int | None) -> str | None:
        if field not in self._columns:
            return None
        value = _value(record, self._columns[field])
        if value is _ABSENT or value is None or value == "":
            return None
        name = _named(value)
        if name is None:
            self._problems.add(
                line, f"field {self._columns[field]!r}: {value!r}, a string or a number is needed"
            )
        return name

    def _needed(self, record: Mapping[str, Any], field: str, line: int | None) -> object:
        value = _value(record, self._columns[field])
        if value is _ABSENT:
            name = self._columns[field]
            guess = did_you_mean(name, list(record))
            self._problems.add(
                line, f"field {name!r}: missing, `columns.{field}` names it; {guess}"
            )
        return value

    def _text(self, record: Mapping[str, Any], field: str, line: int | None) -> str | None:
        value = self._needed(record, field, line)
        if value is _ABSENT:
            return None
        if not isinstance(value, str) or not value.strip():
            found = "an empty text" if isinstance(value, str) else repr(value)
            self._problems.add(
                line, f"field {self._columns[field]!r}: {found}, a text is needed as the {field}"
            )
            return None
        return value

    def _label(self, record: Mapping[str, Any], line: int | None) -> str | None:
        value = self._needed(record, "label", line)
        if value is _ABSENT:
            return None
        label = _named(value)
        if label is None:
            self._problems.add(
                line, f"field {self._columns['label']!r}: {value!r}, but a row needs its gold label"
            )
            return None
        found = self._task_label(label)
        if found is not None:
            return found
        known = {name.strip().casefold(): name for name in (*STANCE_LABELS, *self._labels)}
        near = known.get(label.strip().casefold())
        if near is None:
            self._problems.unknown_label(line, label, (*self._labels, *STANCE_LABELS))
            return None
        self._problems.mend(
            line,
            f"field {self._columns['label']!r}: {label!r}, {near!r} is right",
            "label read without its white space and capitals",
        )
        return self._task_label(near)

    def _task_label(self, label: str) -> str | None:
        return self._labels.get(label, label if label in STANCE_LABELS else None)

    def _strings(self, record: Mapping[str, Any], field: str, line: int | None) -> list[str] | None:
        value = self._needed(record, field, line)
        if value is _ABSENT:
            return None
        if not _is_list(value) or not all(isinstance(item, str) for item in value):
            self._problems.add(
                line, f"field {self._columns[field]!r}: {value!r:.80}, a list of strings is needed"
            )
            return None
        if not value:
            self._problems.add(line, f"field {self._columns[field]!r}: an empty list")
        return list(value)

    def _tags(self, record: Mapping[str, Any], line: int | None) -> Iterator[Sequence[str]]:
        """The tags of each token; several in a list of their own, or in one string."""
        value = self._needed(record, "tags", line)
        if value is _ABSENT:
            return
        separator = self._declaration.data.tag_separator
        for tag in value if _is_list(value) else (None,):
            if isinstance(tag, str):
                yield tag.split(separator) if separator else [tag]
            elif _is_list(tag) and all(isinstance(item, str) for item in tag):
                yield tuple(tag) or ("O",)
            else:
                self._problems.add(
                    line,
                    f"field {self._columns['tags']!r}: {value!r:.80}, a list of tags is needed",
                )
                return


def _is_list(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, list | tuple)


def _named(value: object) -> str | None:
    """A string, or a number as one; None for anything else and for blanks."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def _value(record: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 (whatever the data have)
    """The field with a name, or at the end of a dotted path."""
    if name in record:
        return record[name]
    value: Any = record
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return _ABSENT
        value = value[part]
    return value


def _fields(record: Mapping[str, Any]) -> str:
    return ", ".join(map(str, record)) or "no fields"


def _claim_id(claim: str) -> str:
    """Equal claims get the same id, in whichever split they are."""
    content = claim.encode("utf-8", "surrogatepass")
    return f"claim-{hashlib.blake2s(content, digest_size=6).hexdigest()}"
