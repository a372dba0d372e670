"""Scores from plain lists, as the `evaluate` modules in `tasks/` are given them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.invalid import describe_invalid
from arnews_bench.predictions import check_predictions, convert_predictions
from arnews_bench.rows import row_problems
from arnews_bench.schema import (
    STANCE_LABELS,
    AttributionRow,
    NerRow,
    Row,
    StanceLabel,
    StanceRow,
    TaskType,
)
from arnews_bench.scoring import score_predictions

__all__ = ["score_attributions", "score_labels", "score_tags"]

_T = TypeVar("_T")


def score_tags(
    predictions: Sequence[Sequence[str]],
    references: Sequence[Sequence[str]],
    documents: Sequence[str] | None = None,
) -> dict[str, float | None]:
    """Strict span F1 and its relatives from IOB2 tags.

    Args:
        predictions: The predicted tags of each sentence.
        references: The gold tags of each sentence.
        documents: The document of each sentence; each sentence is its own without it.

    Returns:
        Measure → value in [0, 1], and the ends of its interval as `<measure>_low` and `_high`.

    Raises:
        InputError: Lists of different lengths, or an unknown tag.
    """
    rows = [
        NerRow(
            id=str(number),
            doc_id=doc_id,
            start=0,
            text="x" * len(tags),
            tokens=("x",) * len(tags),
            token_spans=tuple((i, i + 1) for i in range(len(tags))),
            ner_tags=tuple(tags),
            entities=(),
            fold=0,
        )
        for number, (tags, doc_id) in enumerate(_with_documents(references, documents))
    ]
    answers = [{"id": str(n), "tags": list(tags)} for n, tags in enumerate(predictions)]
    return _flat("ner", rows, answers)


def score_labels(
    predictions: Sequence[str | None],
    references: Sequence[str],
    documents: Sequence[str] | None = None,
) -> dict[str, float | None]:
    """Macro F1 and its relatives from stance labels.

    Args:
        predictions: The predicted label of each pair; None is no answer.
        references: The gold label of each pair.
        documents: The document of each pair; each pair is its own without it.

    Returns:
        As `score_tags`.

    Raises:
        InputError: Lists of different lengths, or an unknown label.
    """
    rows = [
        StanceRow(
            id=str(number),
            claim_id="",
            claim="",
            doc_id=doc_id,
            granularity="document",
            text="",
            context=None,
            label=_label(label, number),
            fold=0,
        )
        for number, (label, doc_id) in enumerate(_with_documents(references, documents))
    ]
    answers = [{"id": str(n), "label": label} for n, label in enumerate(predictions)]
    return _flat("stance", rows, answers)


def score_attributions(
    predictions: Sequence[Sequence[Mapping[str, Any]]], references: Sequence[Mapping[str, Any]]
) -> dict[str, float | None]:
    """Attribution F1 and its relatives.

    Args:
        predictions: The predicted attributions of each document; an optional field may be None.
        references: `text` and gold `attributions` of each document, as in the dataset's rows.

    Returns:
        As `score_tags`; each document is a cluster.

    Raises:
        InputError: Lists of different lengths, or something that is no attribution.
    """
    rows: list[Row] = []
    for number, reference in enumerate(references):
        fields = {"id": str(number), "doc_id": str(number), "sentences": (), "fold": 0}
        fields |= {name: reference[name] for name in ("text", "attributions")}
        rows.append(_converted(fields, f"references[{number}]"))
    answers = [
        {
            "id": str(number),
            "attributions": [
                {name: value for name, value in item.items() if value is not None} for item in items
            ],
        }
        for number, items in enumerate(predictions)
    ]
    return _flat("attribution", rows, answers)


def _converted(fields: Mapping[str, Any], where: str) -> AttributionRow:
    try:
        return msgspec.convert(fields, AttributionRow)
    except msgspec.ValidationError as error:
        raise InputError(f"{where}: {describe_invalid(error, AttributionRow)}") from None


def _label(label: str, number: int) -> StanceLabel:
    try:
        known: StanceLabel = msgspec.convert(label, StanceLabel)
    except msgspec.ValidationError:
        raise InputError(
            f"references[{number}]: unknown label {label!r}; {did_you_mean(label, STANCE_LABELS)}"
        ) from None
    return known


def _with_documents(
    references: Sequence[_T], documents: Sequence[str] | None
) -> Iterator[tuple[_T, str]]:
    if documents is None:
        documents = [str(number) for number in range(len(references))]
    if len(documents) != len(references):
        raise InputError(f"{len(references)} references, but {len(documents)} documents")
    return zip(references, documents, strict=True)


def _flat(
    task_type: TaskType, rows: Sequence[Row], answers: Sequence[Mapping[str, Any]]
) -> dict[str, float | None]:
    problems = [f"references[{row.id}]: {problem}" for row in rows for problem in row_problems(row)]
    if problems:
        raise InputError.from_problems("the references cannot be used:", problems)
    located = convert_predictions(answers, task_type, origin="predictions")
    checked = check_predictions(rows, located, origin="predictions")
    flat: dict[str, float | None] = {}
    for name, score in score_predictions(task_type, rows, checked).metrics.items():
        flat |= {name: score.value, f"{name}_low": score.low, f"{name}_high": score.high}
    return flat
