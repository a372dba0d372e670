"""Scoring of entity recognition: strict span F1 on the coarse, flat view, and what goes with it.

Beside the headline stand the schemes of MUC, the fine and nested entities, and a reading that is
tolerant of Arabic spelling (`scoring.mentions`), which is never the one that ranks.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from arnews_bench.metrics.fscore import Array, f1, macro, ratio
from arnews_bench.metrics.muc import SCHEMES, MucCounts, count_muc
from arnews_bench.metrics.spans import match_spans
from arnews_bench.schema import (
    COARSE_TYPES,
    ENTITY_TYPES,
    NerPrediction,
    NerRow,
    Prediction,
    Row,
)
from arnews_bench.scoring.counts import DocumentCounts, Measure, Scorer, document_index
from arnews_bench.scoring.mentions import Mention, place_entities
from arnews_bench.scoring.spans import (
    COARSE_CODES,
    FINE_CODES,
    coarse_array,
    fine_array,
    gold_fine_array,
    match_tolerantly,
    tag_array,
    unplaced,
)

__all__ = ["NER"]

_KINDS = ("matched", "gold", "predicted")
# Types that only one of the two tagsets has tell which of them a system answers in.
_ONLY_COARSE = frozenset(COARSE_TYPES) - frozenset(ENTITY_TYPES)
_ONLY_FINE = frozenset(ENTITY_TYPES) - frozenset(COARSE_TYPES)

_COARSE_COLUMNS = tuple(f"{name}.{kind}" for name in COARSE_TYPES for kind in _KINDS)
_MUC_COLUMNS = tuple(
    f"muc_{scheme}.{kind}"
    for scheme in SCHEMES
    for kind in ("correct", "partial" if scheme == "partial" else "incorrect")
)
_STRING_COLUMNS = ("normalised.matched", "normalised.predicted", "entities", "invented")
_ANSWER_COLUMNS = ("nested.tags", "nested.only_coarse", "nested.only_fine")
_NESTED_COLUMNS = tuple(f"nested.{name}.{kind}" for name in ENTITY_TYPES for kind in _KINDS)
_COLUMNS = (
    *_COARSE_COLUMNS, *_MUC_COLUMNS, *_STRING_COLUMNS, *_ANSWER_COLUMNS, *_NESTED_COLUMNS,
)  # fmt: skip
_COLUMN = {name: number for number, name in enumerate(_COLUMNS)}
_COARSE = slice(0, len(_COARSE_COLUMNS))
_NESTED = slice(len(_COLUMNS) - len(_NESTED_COLUMNS), None)


def tally(rows: Sequence[Row], predictions: Sequence[Prediction]) -> DocumentCounts:
    """Count by document and type what is right, asked and answered."""
    documents, index = document_index(rows)
    n_documents = len(documents)
    ner_rows = [row for row in rows if isinstance(row, NerRow)]
    answers = [prediction for prediction in predictions if isinstance(prediction, NerPrediction)]
    tagged = [number for number, answer in enumerate(answers) if answer.tags is not None]
    mentions = {
        number: place_entities(ner_rows[number], answer.entities)
        for number, answer in enumerate(answers)
        if answer.entities is not None
    }
    gold = tag_array(ner_rows, [row.ner_tags for row in ner_rows], range(len(ner_rows)), index)
    tags = tag_array(ner_rows, [answers[number].tags or () for number in tagged], tagged, index)
    strings = {
        number: found
        for number, found in mentions.items()
        if any(mention.words is not None for mention in found)
    }
    predicted = np.concatenate([tags, coarse_array(mentions, index)])
    located = predicted[~np.isin(predicted[:, 1], list(strings))]

    coarse = match_spans(gold, predicted, n_documents=n_documents, n_types=len(COARSE_TYPES))
    lost = unplaced(mentions, index, COARSE_CODES, n_documents=n_documents)
    coarse = coarse._replace(predicted=coarse.predicted + lost)
    muc = count_muc(gold, predicted, n_documents=n_documents)
    matched, read = match_tolerantly(
        ner_rows, gold, located, strings, index, n_documents=n_documents
    )
    n_listed, invented = _string_counts(mentions, index, n_documents)
    n_tagged = np.bincount(tags[:, 0], minlength=n_documents)
    columns = [
        np.stack(coarse, axis=-1).reshape(n_documents, len(_COARSE_COLUMNS)),
        _muc_counts(muc),
        np.column_stack([matched, read, n_listed + n_tagged, invented]),
        np.bincount(index[tagged], minlength=n_documents)[:, None],
        _nested_counts(ner_rows, mentions, index, n_documents),
    ]
    return DocumentCounts(documents, _COLUMNS, np.concatenate(columns, axis=1))


def _muc_counts(muc: Mapping[str, MucCounts]) -> Array:
    """Correct pairs and the others, scheme by scheme; the rest follows from the spans."""
    return np.column_stack(
        [
            kind
            for scheme in SCHEMES
            for kind in (muc[scheme].correct, muc[scheme].incorrect + muc[scheme].partial)
        ]
    )


def _string_counts(
    mentions: Mapping[int, Sequence[Mention]], index: Array, n_documents: int
) -> tuple[Array, Array]:
    """Numbers of entities and of invented ones in answers that list them, by document."""
    counts = np.zeros((2, n_documents), dtype=np.int64)
    for number, found in mentions.items():
        counts[0, index[number]] += len(found)
        counts[1, index[number]] += sum(mention.invented for mention in found)
    return counts[0], counts[1]


def _nested_counts(
    rows: Sequence[NerRow],
    mentions: Mapping[int, Sequence[Mention]],
    index: Array,
    n_documents: int,
) -> Array:
    """Types of one tagset alone, then matches of the fine, nested entities."""
    counts = match_spans(
        gold_fine_array(rows, index),
        fine_array(mentions, index),
        n_documents=n_documents,
        n_types=len(ENTITY_TYPES),
    )
    lost = unplaced(mentions, index, FINE_CODES, n_documents=n_documents)
    counts = counts._replace(predicted=counts.predicted + lost)
    tagsets = np.zeros((n_documents, 2), dtype=np.int64)
    for number, found in mentions.items():
        tagsets[index[number]] += [
            sum(mention.type in only for mention in found) for only in (_ONLY_COARSE, _ONLY_FINE)
        ]
    by_type = np.stack(counts, axis=-1).reshape(n_documents, len(_NESTED_COLUMNS))
    return np.concatenate([tagsets, by_type], axis=1)


def _by_type(counts: Array) -> Array:
    coarse: Array = counts[..., _COARSE]
    return coarse.reshape(*counts.shape[:-1], len(COARSE_TYPES), len(_KINDS))


def _total(counts: Array) -> Array:
    """Matched, gold and predicted spans of the coarse view."""
    total: Array = _by_type(counts).sum(axis=-2)
    return total


def _micro(counts: Array, *, kind: str) -> Array:
    return _score(_total(counts), kind)


def _of_type(counts: Array, *, kind: str, code: int) -> Array:
    return _score(_by_type(counts)[..., code, :], kind)


def _macro(counts: Array) -> Array:
    return macro(_score(_by_type(counts), "f1"))


def _score(counts: Array, kind: str) -> Array:
    matched, gold, predicted = counts[..., 0], counts[..., 1], counts[..., 2]
    if kind == "precision":
        return ratio(matched, predicted)
    return ratio(matched, gold) if kind == "recall" else f1(matched, gold, predicted)


def _column(counts: Array, name: str) -> Array:
    values: Array = counts[..., _COLUMN[name]]
    return values


def _muc_f1(counts: Array, *, scheme: str) -> Array:
    # Every gold span is possible and every predicted one actual, in each of the schemes.
    _, possible, actual = np.moveaxis(_total(counts), -1, 0)
    credit = _column(counts, f"muc_{scheme}.correct").astype(np.float64)
    if scheme == "partial":
        credit = credit + 0.5 * _column(counts, "muc_partial.partial")
    return f1(credit, possible, actual)


def _normalised_f1(counts: Array) -> Array:
    gold = _total(counts)[..., 1]
    return f1(_column(counts, "normalised.matched"), gold, _column(counts, "normalised.predicted"))


def _invented_rate(counts: Array) -> Array:
    return ratio(_column(counts, "invented"), _column(counts, "entities"))


def _nested_f1(counts: Array, *, code: int | None = None) -> Array:
    """Defined for a system that lists entities of the fine types, on rows that hold such."""
    fine = counts[..., _NESTED].reshape(*counts.shape[:-1], len(ENTITY_TYPES), len(_KINDS))
    matched, gold, predicted = np.moveaxis(fine.sum(axis=-2), -1, 0)
    only_coarse = _column(counts, "nested.only_coarse")
    answers_fine = (_column(counts, "nested.only_fine") > 0) | (only_coarse == 0)
    asked = (_column(counts, "nested.tags") == 0) & answers_fine & (gold > 0)
    if code is None:
        # Among fine types, a coarse one is wrong.
        values = f1(matched, gold, predicted + only_coarse)
    else:
        values = f1(*np.moveaxis(fine[..., code, :], -1, 0))
    return np.where(asked, values, np.nan)


_MEASURES: Mapping[str, Measure] = {
    "strict_f1": partial(_micro, kind="f1"),
    "precision": partial(_micro, kind="precision"),
    "recall": partial(_micro, kind="recall"),
    "macro_f1": _macro,
    **{
        f"{kind}/{name}": partial(_of_type, kind=kind, code=code)
        for code, name in enumerate(COARSE_TYPES)
        for kind in ("f1", "precision", "recall")
    },
    **{f"muc_{scheme}_f1": partial(_muc_f1, scheme=scheme) for scheme in SCHEMES},
    "normalised_f1": _normalised_f1,
    "invented_rate": _invented_rate,
    "nested_f1": _nested_f1,
    **{f"nested_f1/{name}": partial(_nested_f1, code=code) for name, code in FINE_CODES.items()},
}

NER = Scorer(tally, _COLUMNS, _MEASURES)
