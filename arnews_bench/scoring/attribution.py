"""Scoring of source attribution: who is said to have said what.

Predicted and gold attributions of a document are matched one to one by the content tokens that
they share. A match counts if at least half of the tokens of either are common to both and the
speaker is right; speakers are compared by name, not by the place where the name stands.

Attributions that drop their subject are also scored alone. A prediction does not say that it is of
this kind: it is if the gold attribution that it is matched with is, right or not. So its F1 asks
whether these are found and their speakers resolved; invented ones count in `attribution_f1`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, count
from operator import attrgetter
from typing import NamedTuple, TypeAlias

import numpy as np

from arnews_bench.alignment import whole_tokens
from arnews_bench.metrics.fscore import Array, f1, ratio
from arnews_bench.metrics.matching import Matches, bag_f1, match_contents, overlap
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

__all__ = ["ATTRIBUTION", "LEAST_IOU", "MatchedDocument", "match_document", "part_place"]

# What a match needs: intersection over union of the contents, F1 of the names.
LEAST_IOU = 0.5
_LEAST_NAME_F1 = 0.5

_SPAN_FIELDS = ("cue", "source", "via")
_SPAN_OF = {field: attrgetter(field) for field in _SPAN_FIELDS}
_COLUMNS = (
    "right.matched", "right.gold", "right.predicted",
    "content.matched", "content.gold", "content.predicted",
    *(f"{field}.{kind}" for field in _SPAN_FIELDS for kind in ("matched", "gold", "predicted")),
    "dropped.matched", "dropped.gold", "dropped.predicted", "source_type.matched", "mode.matched",
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


class MatchedDocument(NamedTuple):
    """A document's predicted attributions beside its gold ones.

    Attributes:
        matches: The pairs.
        right: Whether each pair counts, shape (pairs,).
        source_right: Whether the speaker is right, shape (gold, predicted).
        gold_tokens: Tokens of each content, Boolean of shape (gold, tokens).
        predicted_tokens: The same of shape (predicted, tokens).
        tokens: The tokens of the document.
    """

    matches: Matches
    right: Array
    source_right: Array
    gold_tokens: Array
    predicted_tokens: Array
    tokens: Sequence[Span]


def match_document(row: AttributionRow, prediction: AttributionPrediction) -> MatchedDocument:
    """Match the attributions of a document as they are scored."""
    gold, predicted = row.attributions, prediction.attributions
    tokens = token_spans(row.text)
    contents = [_gold_spans(item) for item in gold]
    contents += [_content_spans(item, row.text, tokens) for item in predicted]
    members = _membership(contents, tokens)
    gold_tokens, predicted_tokens = members[: len(gold)], members[len(gold) :]
    shared, iou = overlap(gold_tokens, predicted_tokens)
    source_right = _sources_right(gold, predicted)
    # Of equal matchings the one with more that counts, so that no order of predictions is better.
    counting = source_right & (iou >= LEAST_IOU)
    matches = match_contents(shared, iou, counting)
    right = counting[matches.gold, matches.predicted]
    return MatchedDocument(matches, right, source_right, gold_tokens, predicted_tokens, tokens)


def _count_document(row: AttributionRow, prediction: AttributionPrediction) -> dict[str, int]:
    gold, predicted = row.attributions, prediction.attributions
    matches, right, _, gold_tokens, predicted_tokens, tokens = match_document(row, prediction)
    matched = matches.gold.tolist()
    pairs = [
        (gold[g], predicted[p])
        for g, p in zip(
            matches.gold[right].tolist(), matches.predicted[right].tolist(), strict=True
        )
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
        "dropped.predicted": sum(gold[g].source is None for g in matched),
        "source_type.matched": sum(g.source_type == p.source_type for g, p in pairs),
        "mode.matched": sum(g.mode == p.mode for g, p in pairs),
    }
    for field, attribute in _SPAN_OF.items():
        wanted, given = (
            _places(map(attribute, items), row.text, tokens) for items in (gold, predicted)
        )
        counts[f"{field}.matched"] = len(wanted & given)
        counts[f"{field}.gold"] = len(wanted)
        counts[f"{field}.predicted"] = len(given)
    return counts


def _places(
    spans: Iterable[TextSpan | PredictedSpan | str | None], text: str, tokens: Sequence[Span]
) -> set[tuple[int, int] | str]:
    """The different spans, and the strings that the text does not have."""
    return {
        part_place(span, text, tokens) or span if isinstance(span, str) else (span.start, span.end)
        for span in spans
        if span is not None
    }


def part_place(part: str, text: str, tokens: Sequence[Span]) -> Span | None:
    """Where a string of a predicted attribution stands: first, letter for letter."""
    return next(whole_tokens(text, tokens, part), None)


def _gold_spans(attribution: Attribution) -> list[Span]:
    return [Span(span.start, span.end) for span in attribution.content]


def _content_spans(
    attribution: PredictedAttribution, text: str, tokens: Sequence[Span]
) -> list[Span]:
    """The offsets of a content, of what has a place."""
    spans = []
    for part in attribution.content:
        if isinstance(part, PredictedSpan):
            spans.append(Span(part.start, part.end))
        else:
            found = part_place(part, text, tokens)
            spans += [found] if found else []
    return spans


def _membership(contents: Sequence[Sequence[Span]], tokens: Sequence[Span]) -> Array:
    """Which tokens lie in each content, shape (contents, tokens); a token in part is in."""
    bounds = _as_array(tokens)
    spans = _as_array([span for parts in contents for span in parts])
    item = np.repeat(np.arange(len(contents)), [len(parts) for parts in contents])
    # A span adds one from its first token on and takes it away after its last one.
    steps = np.zeros((len(contents), len(tokens) + 1), dtype=np.int32)
    np.add.at(steps, (item, np.searchsorted(bounds[:, 1], spans[:, 0], side="right")), 1)
    np.add.at(steps, (item, np.searchsorted(bounds[:, 0], spans[:, 1])), -1)
    members: Array = np.cumsum(steps, axis=1, dtype=np.int32)[:, :-1] > 0
    return members


def _as_array(spans: Sequence[Span]) -> Array:
    flat = np.fromiter(chain.from_iterable(spans), dtype=np.int64, count=2 * len(spans))
    return flat.reshape(-1, 2)


# A word, and how often it was there before in the same name.
_Word: TypeAlias = tuple[str, int]


@lru_cache(maxsize=10_000)
def _words(name: str) -> tuple[_Word, ...]:
    seen: Counter[str] = Counter()
    words = []
    for token in name_tokens(name):
        words.append((token, seen[token]))
        seen[token] += 1
    return tuple(words)


def _sources_right(gold: Sequence[Attribution], predicted: Sequence[PredictedAttribution]) -> Array:
    """Whether each predicted name is that of each gold speaker, or of the span beside the cue."""
    known = [(number, item.source_name) for number, item in enumerate(gold)]
    known += [
        (number, item.source.text)
        for number, item in enumerate(gold)
        if item.source is not None and item.source.text != item.source_name
    ]
    names = [name for _, name in known] + [item.source_name for item in predicted]
    bags = _bags([_words(name) for name in names])
    near = bag_f1(bags[: len(known)], bags[len(known) :]) >= _LEAST_NAME_F1
    right = near[: len(gold)]
    for (number, _), also in zip(known[len(gold) :], near[len(gold) :], strict=True):
        right[number] |= also
    return right


def _bags(names: Sequence[Sequence[_Word]]) -> Array:
    """Which words each name holds, shape (names, words)."""
    codes: dict[_Word, int] = defaultdict(count().__next__)
    words = [codes[word] for name in names for word in name]
    bags = np.zeros((len(names), len(codes)), dtype=bool)
    bags[np.repeat(np.arange(len(names)), list(map(len, names))), words] = True
    return bags


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
    "dropped_subject_f1": partial(_f1, name="dropped"),
    "source_type_accuracy": partial(_part, matched="source_type.matched", whole="right.matched"),
    "mode_accuracy": partial(_part, matched="mode.matched", whole="right.matched"),
}

ATTRIBUTION = Scorer(tally, _COLUMNS, _MEASURES)
