"""Scoring of stance: macro F1 over the labels, from confusion matrices.

Where every answer comes with the probabilities of the labels, also how far these can be believed;
a label that is left out of them has probability 0. An answer without a label is missed for the gold
label and wrong for no other, as in scikit-learn a label that `labels=` leaves out.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import cast

import numpy as np

from arnews_bench.metrics.calibration import (
    N_BINS,
    brier_score,
    calibration_error,
    tally_scores,
)
from arnews_bench.metrics.confusion import accuracy, confusion_by_document, label_f1
from arnews_bench.metrics.fscore import Array, macro, ratio
from arnews_bench.schema import STANCE_LABELS, Prediction, Row, StancePrediction, StanceRow
from arnews_bench.scoring.counts import DocumentCounts, Measure, Scorer, encode, name_index

__all__ = ["STANCE"]

_GRANULARITIES = ("document", "statement")
# What an answer can be: a label, or none.
_ANSWERS = (*STANCE_LABELS, None)
_MATRICES = tuple(
    f"{granularity}.{gold}>{predicted or 'none'}"
    for granularity in _GRANULARITIES
    for gold in STANCE_LABELS
    for predicted in _ANSWERS
)
# Bins of the confidence; confidence and squared errors are in billionths.
_BIN_SUMS = ("rows", "confidence", "right")
_COLUMNS = (
    *_MATRICES,
    *(f"bin{number}.{name}" for name in _BIN_SUMS for number in range(1, N_BINS + 1)),
    "squared_error",
)
_CODES = {label: code for code, label in enumerate(STANCE_LABELS)}
_ANSWER_CODES = {label: code for code, label in enumerate(_ANSWERS)}
_GRANULARITY_CODES = {name: code for code, name in enumerate(_GRANULARITIES)}
_UNRELATED = _CODES["unrelated"]
# The Fake News Challenge gives a quarter of a point for related or not, the rest for the label.
_RELATED_POINTS = 0.25


def tally(rows: Sequence[Row], predictions: Sequence[Prediction]) -> DocumentCounts:
    """Count pairs by document, granularity, gold label and predicted label."""
    return _tally([row.doc_id for row in rows], rows, predictions)


def tally_claims(rows: Sequence[Row], predictions: Sequence[Prediction]) -> DocumentCounts:
    """The same by claim."""
    return _tally([row.claim_id for row in cast("Sequence[StanceRow]", rows)], rows, predictions)


def _tally(
    names: Sequence[str], rows: Sequence[Row], predictions: Sequence[Prediction]
) -> DocumentCounts:
    # Checked before: rows and predictions of one task. Asking each again would cost as much as all
    # that is done with it.
    pairs = cast("Sequence[StanceRow]", rows)
    answers = cast("Sequence[StancePrediction]", predictions)
    documents, index = name_index(names)
    gold = encode([str(row.label) for row in pairs], _CODES)
    predicted = encode([answer.label for answer in answers], _ANSWER_CODES)
    granularity = encode([row.granularity for row in pairs], _GRANULARITY_CODES)
    # A document and a granularity make one matrix.
    matrices = confusion_by_document(
        gold,
        predicted,
        index * len(_GRANULARITIES) + granularity,
        n_documents=len(documents) * len(_GRANULARITIES),
        n_labels=len(STANCE_LABELS),
        n_answers=len(_ANSWERS),
    )
    values = np.zeros((len(documents), len(_COLUMNS)), dtype=np.int64)
    values[:, : len(_MATRICES)] = matrices.reshape(len(documents), len(_MATRICES))
    scored = [number for number, answer in enumerate(answers) if answer.scores]
    if scored:
        sums = tally_scores(
            _probabilities(answers[number] for number in scored),
            gold[scored],
            predicted[scored],
            index[scored],
            n_documents=len(documents),
        )
        parts = [sums.rows, sums.confidence, sums.right, sums.squares[:, None]]
        values[:, len(_MATRICES) :] = np.concatenate(parts, axis=1)
    return DocumentCounts(documents, _COLUMNS, values)


def _probabilities(answers: Iterable[StancePrediction]) -> Array:
    return np.array(
        [[(answer.scores or {}).get(label, 0.0) for label in STANCE_LABELS] for answer in answers]
    )


def _matrix(counts: Array, granularity: int | None = None) -> Array:
    matrices = counts[..., : len(_MATRICES)]
    shape = (len(_GRANULARITIES), len(STANCE_LABELS), len(_ANSWERS))
    split = matrices.reshape(*counts.shape[:-1], *shape)
    return split.sum(axis=-3) if granularity is None else split[..., granularity, :, :]


def _rows(counts: Array) -> Array:
    n_rows: Array = counts[..., : len(_MATRICES)].sum(axis=-1)
    return n_rows


def _bins(counts: Array) -> tuple[Array, Array, Array]:
    """Rows, confidence and right answers by bin; no rows unless every row has its scores."""
    start = len(_MATRICES)
    rows, confidence, right = (
        counts[..., start + part * N_BINS : start + (part + 1) * N_BINS]
        for part in range(len(_BIN_SUMS))
    )
    # Sums may be weighted, so that rows are no whole numbers: half of one is none.
    complete = _rows(counts) - rows.sum(axis=-1) < 1 / 2
    return rows * complete[..., None], confidence, right


def _ece(counts: Array) -> Array:
    return calibration_error(*_bins(counts))


def _brier(counts: Array) -> Array:
    rows, _, _ = _bins(counts)
    return brier_score(counts[..., -1], rows.sum(axis=-1))


def _macro_f1(counts: Array, *, granularity: int | None = None) -> Array:
    return macro(label_f1(_matrix(counts, granularity)))


def _accuracy(counts: Array) -> Array:
    return accuracy(_matrix(counts))


def _fnc(counts: Array) -> Array:
    matrix = _matrix(counts)
    related = np.array([code for code in _CODES.values() if code != _UNRELATED])
    both_related = matrix[..., related, :][..., :, related].sum(axis=(-2, -1))
    right = np.diagonal(matrix, axis1=-2, axis2=-1)
    right_label = right[..., related].sum(axis=-1)
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
    "ece": _ece,
    "brier": _brier,
}

STANCE = Scorer(
    tally,
    _COLUMNS,
    _MEASURES,
    groups={"claim": tally_claims},
    group_measures={"rows": _rows, "macro_f1": _macro_f1, "accuracy": _accuracy},
)
