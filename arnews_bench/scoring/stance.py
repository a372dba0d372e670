"""Scoring of stance: macro F1 over the labels, from confusion matrices."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from arnews_bench.metrics.confusion import accuracy, confusion_by_document, label_f1
from arnews_bench.metrics.fscore import Array, macro, ratio
from arnews_bench.schema import STANCE_LABELS, Prediction, Row, StancePrediction, StanceRow
from arnews_bench.scoring.counts import DocumentCounts, Measure, Scorer, document_index

__all__ = ["STANCE"]

_GRANULARITIES = ("document", "statement")
_COLUMNS = tuple(
    f"{granularity}.{gold}>{predicted}"
    for granularity in _GRANULARITIES
    for gold in STANCE_LABELS
    for predicted in STANCE_LABELS
)
_CODES = {label: code for code, label in enumerate(STANCE_LABELS)}
_UNRELATED = _CODES["unrelated"]
# The Fake News Challenge gives a quarter of a point for related or not, the rest for the label.
_RELATED_POINTS = 0.25


def tally(rows: Sequence[Row], predictions: Sequence[Prediction]) -> DocumentCounts:
    """Count pairs by document, granularity, gold label and predicted label."""
    documents, index = document_index(rows)
    stance_rows = [row for row in rows if isinstance(row, StanceRow)]
    gold = np.array([_CODES[row.label] for row in stance_rows if row.label], dtype=np.int64)
    predicted = np.array(
        [_CODES[answer.label] for answer in predictions if isinstance(answer, StancePrediction)],
        dtype=np.int64,
    )
    granularity = np.array([_GRANULARITIES.index(row.granularity) for row in stance_rows])
    matrices = [
        confusion_by_document(
            gold[granularity == code],
            predicted[granularity == code],
            index[granularity == code],
            n_documents=len(documents),
            n_labels=len(STANCE_LABELS),
        )
        for code in range(len(_GRANULARITIES))
    ]
    values = np.stack(matrices, axis=1).reshape(len(documents), len(_COLUMNS))
    return DocumentCounts(documents, _COLUMNS, values)


def _matrix(counts: Array, granularity: int | None = None) -> Array:
    size = len(STANCE_LABELS)
    split = counts.reshape(*counts.shape[:-1], len(_GRANULARITIES), size, size)
    return split.sum(axis=-3) if granularity is None else split[..., granularity, :, :]


def _macro_f1(counts: Array, *, granularity: int | None = None) -> Array:
    return macro(label_f1(_matrix(counts, granularity)))


def _accuracy(counts: Array) -> Array:
    return accuracy(_matrix(counts))


def _fnc(counts: Array) -> Array:
    matrix = _matrix(counts)
    related = np.arange(len(STANCE_LABELS)) != _UNRELATED
    both_related = matrix[..., related, :][..., :, related].sum(axis=(-2, -1))
    right = np.diagonal(matrix, axis1=-2, axis2=-1)
    right_label = (right * related).sum(axis=-1)
    points = _RELATED_POINTS * (both_related + right[..., _UNRELATED])
    points = points + (1 - _RELATED_POINTS) * right_label
    gold_related = matrix[..., related, :].sum(axis=(-2, -1))
    gold_unrelated = matrix[..., _UNRELATED, :].sum(axis=-1)
    return ratio(points, gold_related + _RELATED_POINTS * gold_unrelated)


def _of_label(counts: Array, *, kind: str, code: int) -> Array:
    matrix = _matrix(counts)
    if kind == "f1":
        return label_f1(matrix)[..., code]
    right = matrix[..., code, code]
    asked = matrix[..., :, code] if kind == "precision" else matrix[..., code, :]
    return ratio(right, asked.sum(axis=-1))


_MEASURES: Mapping[str, Measure] = {
    "macro_f1": _macro_f1,
    "accuracy": _accuracy,
    "fnc1": _fnc,
    **{
        f"macro_f1/{name}": partial(_macro_f1, granularity=code)
        for code, name in enumerate(_GRANULARITIES)
    },
    **{
        f"{kind}/{label}": partial(_of_label, kind=kind, code=code)
        for label, code in _CODES.items()
        for kind in ("f1", "precision", "recall")
    },
}

STANCE = Scorer(tally, _COLUMNS, _MEASURES)
