"""Scoring of entity recognition: strict span F1 on the coarse, flat view."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from arnews_bench.entities import TypedSpan, coarse_view
from arnews_bench.metrics.fscore import Array, f1, macro, ratio
from arnews_bench.metrics.spans import TagSpans, decode_iob2, match_spans
from arnews_bench.schema import COARSE_TYPES, NER_TAGS, NerPrediction, NerRow, Prediction, Row
from arnews_bench.scoring.counts import DocumentCounts, Measure, Scorer, document_index

__all__ = ["NER"]

_KINDS = ("matched", "gold", "predicted")
_COLUMNS = tuple(f"{name}.{kind}" for name in COARSE_TYPES for kind in _KINDS)
_TAG_CODES = {tag: code for code, tag in enumerate(NER_TAGS)}
_TYPE_CODES = {name: code for code, name in enumerate(COARSE_TYPES)}


def tally(rows: Sequence[Row], predictions: Sequence[Prediction]) -> DocumentCounts:
    """Count matched, gold and predicted spans by document and type."""
    documents, index = document_index(rows)
    ner_rows = [row for row in rows if isinstance(row, NerRow)]
    answers = [prediction for prediction in predictions if isinstance(prediction, NerPrediction)]
    gold = _tag_spans(ner_rows, [row.ner_tags for row in ner_rows], range(len(ner_rows)), index)
    tagged = [i for i, answer in enumerate(answers) if answer.tags is not None]
    predicted = np.concatenate(
        [
            _tag_spans(ner_rows, [answers[i].tags or () for i in tagged], tagged, index),
            _entity_spans(answers, index),
        ]
    )
    counts = match_spans(gold, predicted, n_documents=len(documents), n_types=len(COARSE_TYPES))
    values = np.stack(counts, axis=-1).reshape(len(documents), len(_COLUMNS))
    return DocumentCounts(documents, _COLUMNS, values)


def _tag_spans(
    rows: Sequence[NerRow],
    tags: Sequence[Sequence[str]],
    numbers: Sequence[int],
    documents: Array,
) -> Array:
    """Spans of tag lists, as rows of document, sentence, start, end (code points), type."""
    lengths = np.array([len(sequence) for sequence in tags], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)[: len(lengths)]
    codes = np.array([_TAG_CODES[tag] for sequence in tags for tag in sequence], dtype=np.int64)
    found: TagSpans = decode_iob2(codes, starts)
    if not len(found.start):
        return np.empty((0, 5), dtype=np.int64)
    offsets = np.array(
        [span for number in numbers for span in rows[number].token_spans], dtype=np.int64
    )
    sentences = np.asarray(numbers, dtype=np.int64)[
        np.searchsorted(starts, found.start, side="right") - 1
    ]
    return np.stack(
        [
            documents[sentences],
            sentences,
            offsets[found.start, 0],
            offsets[found.end - 1, 1],
            found.type,
        ],
        axis=1,
    )


def _entity_spans(answers: Sequence[NerPrediction], documents: Array) -> Array:
    """Spans of entity lists: their coarse view, as the gold is the coarse view of its entities."""
    found = [
        (documents[number], number, span.start, span.end, _TYPE_CODES[span.type])
        for number, answer in enumerate(answers)
        for span in coarse_view(TypedSpan(e.start, e.end, e.type) for e in answer.entities or ())
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 5)


def _by_type(counts: Array) -> Array:
    return counts.reshape(*counts.shape[:-1], len(COARSE_TYPES), len(_KINDS))


def _micro(counts: Array, *, kind: str) -> Array:
    return _score(_by_type(counts).sum(axis=-2), kind)


def _of_type(counts: Array, *, kind: str, code: int) -> Array:
    return _score(_by_type(counts)[..., code, :], kind)


def _macro(counts: Array) -> Array:
    return macro(_score(_by_type(counts), "f1"))


def _score(counts: Array, kind: str) -> Array:
    matched, gold, predicted = counts[..., 0], counts[..., 1], counts[..., 2]
    if kind == "precision":
        return ratio(matched, predicted)
    return ratio(matched, gold) if kind == "recall" else f1(matched, gold, predicted)


_MEASURES: Mapping[str, Measure] = {
    "strict_f1": partial(_micro, kind="f1"),
    "precision": partial(_micro, kind="precision"),
    "recall": partial(_micro, kind="recall"),
    "macro_f1": _macro,
    **{
        f"{kind}/{name}": partial(_of_type, kind=kind, code=code)
        for name, code in _TYPE_CODES.items()
        for kind in ("f1", "precision", "recall")
    },
}

NER = Scorer(tally, _COLUMNS, _MEASURES)
