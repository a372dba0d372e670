"""Predictions on their way in: read, checked against the rows, put into the rows' order.

Nothing is dropped, padded or counted as O: whatever does not fit stops the run, and the message
says where it stands, what was found and what would be right.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from arnews_bench.entities import COARSE_OF
from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.files import read_json_lines
from arnews_bench.invalid import describe_invalid
from arnews_bench.schema import (
    ENTITY_TYPES,
    MODES,
    NER_TAGS,
    PREDICTION_TYPES,
    SOURCE_TYPES,
    STANCE_LABELS,
    AttributionPrediction,
    AttributionRow,
    NerPrediction,
    NerRow,
    PredictedEntity,
    PredictedSpan,
    Prediction,
    PredictionLike,
    Row,
    StancePrediction,
    StanceRow,
    TaskType,
)

__all__ = [
    "LocatedPrediction",
    "all_fit",
    "check_predictions",
    "convert_predictions",
    "read_predictions",
]

# How many missing ids a message names.
_NAMED = 5
# Probabilities that were rounded to two places still pass.
_SUM_TOLERANCE = 1e-2


class LocatedPrediction(NamedTuple):
    """A prediction and where it stands, for messages."""

    prediction: Prediction
    where: str


def read_predictions(path: Path, task_type: TaskType) -> list[LocatedPrediction]:
    """Read a predictions file, JSON Lines.

    Raises:
        InputError: The file is missing, empty, not UTF-8, or a line is no prediction.
    """
    record_type: type[Prediction] = PREDICTION_TYPES[task_type]
    return [
        LocatedPrediction(prediction, f"{path}:{number}")
        for number, prediction in read_json_lines(path, msgspec.json.Decoder(record_type))
    ]


def convert_predictions(
    predictions: Iterable[PredictionLike], task_type: TaskType, *, origin: str
) -> Iterator[LocatedPrediction]:
    """Bring what a model returned into records.

    Args:
        predictions: Records, or the JSON objects that they are read from.
        task_type: The type of the task.
        origin: Who predicted, for messages.

    Raises:
        InputError: Something is not a prediction of this task.
    """
    record_type: type[Prediction] = PREDICTION_TYPES[task_type]
    if not isinstance(predictions, Iterable):
        raise InputError(
            f"{origin}: `predict` returned {type(predictions).__name__}, not predictions"
        )
    for number, prediction in enumerate(predictions, 1):
        where = f"prediction {number} of {origin}"
        try:
            # By way of plain objects: a record that a model built itself was never checked.
            plain = msgspec.to_builtins(prediction, enc_hook=_plain)
            record = msgspec.convert(plain, record_type)
        except msgspec.ValidationError as error:
            raise InputError(f"{where}: {describe_invalid(error, record_type)}") from None
        except TypeError as error:
            raise InputError(f"{where}: {error}") from None
        yield LocatedPrediction(record, where)


def _plain(value: object) -> object:
    """NumPy scalars and arrays as Python numbers and lists."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} is no part of a prediction")


def check_predictions(
    rows: Sequence[Row],
    located: Iterable[LocatedPrediction],
    *,
    origin: str,
    hint: str = "",
    labels: Collection[str] = (*NER_TAGS, *STANCE_LABELS),
) -> list[Prediction]:
    """Check predictions against the rows that they are for.

    Args:
        rows: The rows; all of one task.
        located: The predictions, in any order.
        origin: What is checked, for the message.
        hint: What to say beside unknown and missing ids.
        labels: The tags or labels that the task uses, `Task.labels`.

    Returns:
        One prediction a row, in the order of the rows.

    Raises:
        InputError: With the problems found: an unknown, duplicate or missing id, a tag list of
            the wrong length, an unknown label, or an offset outside the text.
    """
    by_id = {row.id: row for row in rows}
    found: dict[str, LocatedPrediction] = {}
    problems: list[str] = []
    for item in located:
        prediction, where = item
        row = by_id.get(prediction.id)
        if row is None:
            problems.append(f"{where}: field `id`: unknown id {prediction.id!r}{hint}")
        elif prediction.id in found:
            problems.append(
                f"{where}: field `id`: duplicate id {prediction.id!r}, "
                f"first at {found[prediction.id].where}"
            )
        else:
            found[prediction.id] = item
            problems.extend(f"{where}: {problem}" for problem in _problems(row, prediction, labels))
    missing = [row_id for row_id in by_id if row_id not in found]
    if missing:
        names = ", ".join(repr(row_id) for row_id in missing[:_NAMED])
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        problems.append(
            f"{origin}: {len(missing)} of {len(rows)} rows have no prediction: {names}{more}{hint}"
        )
    if problems:
        raise InputError.from_problems(f"{origin} does not fit the rows:", problems)
    return [found[row_id].prediction for row_id in by_id]


def all_fit(rows: Sequence[Row], predictions: Sequence[Prediction]) -> bool:
    """Whether predictions fit the rows that they stand beside: `check_predictions` in short."""
    return all(
        row.id == prediction.id
        and (_plainly_fits(row, prediction) or not any(_problems(row, prediction)))
        for row, prediction in zip(rows, predictions, strict=True)
    )


def _plainly_fits(row: Row, prediction: Prediction) -> bool:
    """Whether a label, or tags, are such that there is nothing more to look at."""
    if isinstance(prediction, StancePrediction):
        return (
            isinstance(row, StanceRow)
            and not prediction.scores
            and prediction.label in STANCE_LABELS
        )
    return (
        isinstance(prediction, NerPrediction)
        and isinstance(row, NerRow)
        and prediction.entities is None
        and prediction.tags is not None
        and len(prediction.tags) == len(row.tokens)
        and _TAGS.issuperset(prediction.tags)
    )


_TAGS = frozenset(NER_TAGS)


def _problems(
    row: Row, prediction: Prediction, labels: Collection[str] = (*NER_TAGS, *STANCE_LABELS)
) -> Iterator[str]:
    match row, prediction:
        case NerRow(), NerPrediction():
            yield from _ner_problems(row, prediction, [tag for tag in NER_TAGS if tag in labels])
        case StanceRow(), StancePrediction():
            known = [label for label in STANCE_LABELS if label in labels]
            yield from _stance_problems(prediction, known)
        case AttributionRow(), AttributionPrediction():
            yield from _attribution_problems(row, prediction)
        case _:
            yield f"a {type(prediction).__name__} for a {type(row).__name__}"


def _ner_problems(row: NerRow, prediction: NerPrediction, known: Sequence[str]) -> Iterator[str]:
    if prediction.tags is None and prediction.entities is None:
        yield "has neither field `tags` nor field `entities`; one of them is needed"
    if prediction.tags is not None and prediction.entities is not None:
        yield "has both field `tags` and field `entities`; only one of them is allowed"
    if prediction.tags is not None:
        if len(prediction.tags) != len(row.tokens):
            yield (
                f"field `tags`: {len(prediction.tags)} tags, "
                f"the sentence {row.id!r} has {len(row.tokens)} tokens"
            )
        for index, tag in enumerate(prediction.tags):
            if tag not in known:
                yield f"field `tags[{index}]`: {_unknown('tag', tag, known)}"
    yield from _entity_problems(prediction.entities or (), row.text, known)


def _entity_problems(
    entities: Sequence[PredictedEntity], text: str, tags: Sequence[str]
) -> Iterator[str]:
    # A fine type without a coarse one is an answer that the coarse view leaves out.
    types = [t for t in _ANY_ENTITY_TYPE if f"B-{COARSE_OF.get(t)}" in tags or t not in COARSE_OF]
    seen: set[tuple[int, int, str]] = set()
    for index, entity in enumerate(entities):
        name = f"entities[{index}]"
        yield from _entity_form_problems(name, entity, text)
        if entity.type not in types:
            yield f"field `{name}.type`: {_unknown('type', entity.type, types)}"
        # A string may be given twice: the text may hold it twice.
        if entity.start is not None and entity.end is not None:
            key = (entity.start, entity.end, entity.type)
            if key in seen:
                yield f"field `{name}`: the same entity is given twice"
            seen.add(key)


def _entity_form_problems(name: str, entity: PredictedEntity, text: str) -> Iterator[str]:
    """An entity is given by both offsets or by its text, so that no two places can disagree."""
    offsets = [field for field in ("start", "end") if getattr(entity, field) is not None]
    if entity.text is not None and offsets:
        given = " and ".join(f"`{field}`" for field in offsets)
        yield f"field `{name}`: has field `text` and {given}; only one form is allowed"
    elif entity.text is not None:
        if not entity.text.strip():
            yield f"field `{name}.text`: an empty string"
    elif entity.start is not None and entity.end is not None:
        yield from _offset_problems(name, entity.start, entity.end, text)
    else:
        found = f"only `{offsets[0]}`" if offsets else "no place"
        yield f"field `{name}`: has {found}; `start` and `end`, or `text` alone, are needed"


_ANY_ENTITY_TYPE: tuple[str, ...] = tuple(dict.fromkeys((*ENTITY_TYPES, *COARSE_OF)))


def _stance_problems(prediction: StancePrediction, known: Sequence[str]) -> Iterator[str]:
    scores: Mapping[str, float] = prediction.scores or {}
    if prediction.label is None and scores:
        yield "field `scores`: probabilities without a label; field `label` is null"
    if prediction.label is not None and prediction.label not in known:
        yield f"field `label`: {_unknown('label', prediction.label, known)}"
    if not scores:
        return
    for label, score in scores.items():
        if label not in known:
            yield f"field `scores`: {_unknown('label', label, known)}"
        if not 0 <= score <= 1:
            yield f"field `scores.{label}`: {score} is no probability"
    if abs(sum(scores.values()) - 1) > _SUM_TOLERANCE:
        yield f"field `scores`: the probabilities sum to {sum(scores.values()):.4f}, not to 1"


def _attribution_problems(row: AttributionRow, prediction: AttributionPrediction) -> Iterator[str]:
    for index, attribution in enumerate(prediction.attributions):
        name = f"attributions[{index}]"
        if not attribution.content:
            yield f"field `{name}.content`: at least one span is needed"
        spans: list[tuple[str, PredictedSpan | str | None]] = [
            (f"content[{i}]", part) for i, part in enumerate(attribution.content)
        ]
        spans += [(field, getattr(attribution, field)) for field in ("cue", "source", "via")]
        for field, span in spans:
            if isinstance(span, PredictedSpan):
                yield from _offset_problems(f"{name}.{field}", span.start, span.end, row.text)
            elif span is not None and not span.strip():
                yield f"field `{name}.{field}`: an empty string"
        for field, value, known in (
            ("source_type", attribution.source_type, SOURCE_TYPES),
            ("mode", attribution.mode, MODES),
        ):
            if value is not None and value not in known:
                yield f"field `{name}.{field}`: {_unknown('value', value, known)}"


def _offset_problems(name: str, start: int, end: int, text: str) -> Iterator[str]:
    if not 0 <= start < end <= len(text):
        yield (
            f"field `{name}`: [{start}, {end}) is not inside the text of {len(text)} characters; "
            "offsets are code points, 0 ≤ start < end ≤ length"
        )


def _unknown(kind: str, value: str, known: Collection[str]) -> str:
    return f"unknown {kind} {value!r}; {did_you_mean(value, known)}"
