"""Scoring of source attribution: who is said to have said what.

Predicted and gold attributions of a document are matched one to one by the content tokens that
they share. A match counts if at least half of the tokens of either are common to both and the
speaker is right; speakers are compared by name, not by the place where the name stands.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from arnews_bench.metrics.fscore import Array, f1, ratio
from arnews_bench.metrics.matching import match_contents, multiset_f1
from arnews_bench.schema import (
    Attribution,
    AttributionPrediction,
    AttributionRow,
    PredictedAttribution,
    PredictedSpan,
    Prediction,
    Row,
    TextSpan,
)
from arnews_bench.scoring.counts import DocumentCounts, Measure, Scorer, document_index
from arnews_bench.text import Span, name_tokens, token_spans

__all__ = ["ATTRIBUTION"]

# What a match needs: intersection over union of the contents, F1 of the names.
_LEAST_IOU = 0.5
_LEAST_NAME_F1 = 0.5

_SPAN_FIELDS = ("cue", "source", "via")
_COLUMNS = (
    "right.matched", "right.gold", "right.predicted",
    "content.matched", "content.gold", "content.predicted",
    *(f"{field}.{kind}" for field in _SPAN_FIELDS for kind in ("matched", "gold", "predicted")),
    "dropped.matched", "dropped.gold", "source_type.matched", "mode.matched",
)  # fmt: skip
_COLUMN = {name: number for number, name in enumerate(_COLUMNS)}


def tally(rows: Sequence[Row], predictions: Sequence[Prediction]) -> DocumentCounts:
    """Count matches by document."""
    documents, index = document_index(rows)
    values = np.zeros((len(documents), len(_COLUMNS)), dtype=np.int64)
    for number, row, prediction in zip(index, rows, predictions, strict=True):
        if isinstance(row, AttributionRow) and isinstance(prediction, AttributionPrediction):
            for name, value in _count_document(row, prediction).items():
                values[number, _COLUMN[name]] += value
    return DocumentCounts(documents, _COLUMNS, values)


def _count_document(row: AttributionRow, prediction: AttributionPrediction) -> dict[str, int]:
    gold, predicted = row.attributions, prediction.attributions
    tokens = token_spans(row.text)
    gold_tokens = _membership([_gold_spans(item) for item in gold], tokens)
    predicted_tokens = _membership(
        [_content_spans(item, row.text, tokens) for item in predicted], tokens
    )
    source_right = _sources_right(gold, predicted)
    matches = match_contents(gold_tokens, predicted_tokens, source_right)
    right = (matches.iou >= _LEAST_IOU) & source_right[matches.gold, matches.predicted]
    pairs = [
        (gold[g], predicted[p])
        for g, p in zip(matches.gold[right], matches.predicted[right], strict=True)
    ]
    counts = {
        "right.matched": len(pairs),
        "right.gold": len(gold),
        "right.predicted": len(predicted),
        "content.matched": int(matches.shared.sum()),
        "content.gold": int(gold_tokens.sum()),
        "content.predicted": int(predicted_tokens.sum()),
        "dropped.matched": sum(item.source is None for item, _ in pairs),
        "dropped.gold": sum(item.source is None for item in gold),
        "source_type.matched": sum(g.source_type == p.source_type for g, p in pairs),
        "mode.matched": sum(g.mode == p.mode for g, p in pairs),
    }
    for field in _SPAN_FIELDS:
        wanted = {_bounds(getattr(item, field)) for item in gold} - {None}
        given = {_bounds(getattr(item, field)) for item in predicted} - {None}
        counts[f"{field}.matched"] = len(wanted & given)
        counts[f"{field}.gold"] = len(wanted)
        counts[f"{field}.predicted"] = len(given)
    return counts


def _bounds(span: TextSpan | PredictedSpan | None) -> Span | None:
    return None if span is None else Span(span.start, span.end)


def _gold_spans(attribution: Attribution) -> list[Span]:
    return [Span(span.start, span.end) for span in attribution.content]


def _content_spans(
    attribution: PredictedAttribution, text: str, tokens: Sequence[Span]
) -> list[Span]:
    """The offsets of a content; a string stands for its first occurrence as whole tokens."""
    spans = []
    for part in attribution.content:
        if isinstance(part, PredictedSpan):
            spans.append(Span(part.start, part.end))
        else:
            spans.extend(_occurrences(part, text, tokens)[:1])
    return spans


def _occurrences(part: str, text: str, tokens: Sequence[Span]) -> list[Span]:
    starts, ends = {token.start for token in tokens}, {token.end for token in tokens}
    words = part.strip()
    # A look-ahead, since occurrences may overlap.
    found = (
        Span(match.start(), match.start() + len(words))
        for match in re.finditer(f"(?={re.escape(words)})", text)
    )
    return [span for span in found if span.start in starts and span.end in ends]


def _membership(contents: Sequence[Sequence[Span]], tokens: Sequence[Span]) -> Array:
    """Which tokens lie in each content, shape (contents, tokens); a token in part is in."""
    starts = np.array([token.start for token in tokens], dtype=np.int64)
    ends = np.array([token.end for token in tokens], dtype=np.int64)
    members = np.zeros((len(contents), len(tokens)), dtype=bool)
    for number, spans in enumerate(contents):
        for span in spans:
            first = np.searchsorted(ends, span.start, side="right")
            members[number, first : np.searchsorted(starts, span.end)] = True
    return members


def _sources_right(gold: Sequence[Attribution], predicted: Sequence[PredictedAttribution]) -> Array:
    """Whether each predicted name is that of each gold speaker, or of the span beside the cue."""
    codes: dict[str, int] = {}

    def encode(name: str) -> Array:
        words = [codes.setdefault(token, len(codes)) for token in name_tokens(name)]
        return np.array(words, dtype=np.int64)

    answers = [encode(item.source_name) for item in predicted]
    right = np.zeros((len(gold), len(predicted)), dtype=bool)
    for number, item in enumerate(gold):
        names = [encode(item.source_name)]
        if item.source is not None:
            names.append(encode(item.source.text))
        right[number] = [
            any(multiset_f1(name, answer) >= _LEAST_NAME_F1 for name in names) for answer in answers
        ]
    return right


def _part(counts: Array, *, matched: str, whole: str) -> Array:
    return ratio(counts[..., _COLUMN[matched]], counts[..., _COLUMN[whole]])


def _f1(counts: Array, *, name: str) -> Array:
    return f1(*(counts[..., _COLUMN[f"{name}.{k}"]] for k in ("matched", "gold", "predicted")))


_MEASURES: Mapping[str, Measure] = {
    "attribution_f1": partial(_f1, name="right"),
    "precision": partial(_part, matched="right.matched", whole="right.predicted"),
    "recall": partial(_part, matched="right.matched", whole="right.gold"),
    "content_f1": partial(_f1, name="content"),
    **{f"{field}_f1": partial(_f1, name=field) for field in _SPAN_FIELDS},
    "dropped_subject_recall": partial(_part, matched="dropped.matched", whole="dropped.gold"),
    "source_type_accuracy": partial(_part, matched="source_type.matched", whole="right.matched"),
    "mode_accuracy": partial(_part, matched="mode.matched", whole="right.matched"),
}

ATTRIBUTION = Scorer(tally, _COLUMNS, _MEASURES)
