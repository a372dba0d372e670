"""How far two annotation passes agree, layer by layer, before anything is adjudicated.

Spans are compared by pairwise F1 (Hripcsak & Rothschild 2005), labels by κ and α. Every figure
is a function of counts by document, which are what its interval is over.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np
from scipy.optimize import linear_sum_assignment

from arnews_bench.annotations import AttributionRecord, Sources
from arnews_bench.errors import InputError
from arnews_bench.metrics.fscore import Array, f1, ratio
from arnews_bench.metrics.intervals import document_interval
from arnews_bench.metrics.reliability import cohen_kappa, krippendorff_alpha
from arnews_bench.schema import ENTITY_TYPES, MODES, POLARITIES, SOURCE_TYPES, STANCE_LABELS
from arnews_bench.scoring import Score, make_score
from arnews_bench.text import name_tokens, token_spans

__all__ = ["Agreement", "annotation_agreement"]

# Layer and measure → its value, in the order of a report.
Agreement: TypeAlias = Mapping[str, Score]

_Counts: TypeAlias = Counter[str]
_Span: TypeAlias = tuple[int, int]


class _Figure(NamedTuple):
    """A measure: the columns that it needs, what it makes of their sums, its least value."""

    columns: tuple[str, ...]
    measure: Callable[[Array], Array]
    lowest: float


def annotation_agreement(first: Sources, second: Sources) -> dict[str, Score]:
    """Compare two passes over the documents that both of them hold.

    Args:
        first: Everything read with the one pass.
        second: Everything read with the other.

    Returns:
        Pairwise F1 of entities (exact and overlapping, and exact by type) and of cues; on
        attributions whose cues overlap, F1 of sources and contents (exact, and by tokens), κ of
        source type, mode and polarity, and the share of equal names; κ and α of document stance
        over all pairs and over those that either pass calls related.

    Raises:
        InputError: The passes have no document in common.
    """
    both = [
        doc_id
        for doc_id in first.documents
        if doc_id in first.annotations and doc_id in second.annotations
    ]
    if not both:
        raise InputError("no document is annotated in both passes, so that nothing can be compared")
    counts = [_document(first, second, doc_id) for doc_id in both]
    values = np.array([[count[column] for column in _COLUMN] for count in counts])
    found: dict[str, Score] = {}
    for name, (columns, measure, lowest) in _FIGURES.items():
        needed = [_COLUMN[column] for column in columns]
        of_figure = values[:, needed]
        interval = document_interval(of_figure, measure, lowest=lowest)
        found[name] = make_score(measure(of_figure.sum(axis=0)), interval)
    return found


def _document(first: Sources, second: Sources, doc_id: str) -> _Counts:
    counts = _entities(first, second, doc_id)
    counts += _attributions(first, second, doc_id)
    counts += _stances(first, second, doc_id)
    return counts


def _entities(first: Sources, second: Sources, doc_id: str) -> _Counts:
    a = {(e.start, e.end, e.type) for e in first.entities(doc_id)}
    b = {(e.start, e.end, e.type) for e in second.entities(doc_id)}
    counts: _Counts = Counter()
    _add_f1(counts, "entity", len(a & b), len(a), len(b))
    overlapping = 0
    for name in ENTITY_TYPES:
        of_a = sorted((start, end) for start, end, kind in a if kind == name)
        of_b = sorted((start, end) for start, end, kind in b if kind == name)
        _add_f1(counts, f"entity {name}", len(set(of_a) & set(of_b)), len(of_a), len(of_b))
        overlapping += len(_overlapping(of_a, of_b))
    _add_f1(counts, "entity overlap", overlapping, len(a), len(b))
    return counts


def _attributions(first: Sources, second: Sources, doc_id: str) -> _Counts:
    a, b = first.attributions(doc_id), second.attributions(doc_id)
    cues_a = [(record.cue.start, record.cue.end) for record in a]
    cues_b = [(record.cue.start, record.cue.end) for record in b]
    pairs = [(a[i], b[j]) for i, j in _overlapping(cues_a, cues_b)]
    counts: _Counts = Counter()
    _add_f1(counts, "cue", len(set(cues_a) & set(cues_b)), len(a), len(b))
    _add_f1(counts, "cue overlap", len(pairs), len(a), len(b))
    tokens = token_spans(first.text(doc_id))
    for left, right in pairs:
        for field, spans_of in (("source", _source), ("content", _content)):
            spans_a, spans_b = spans_of(left), spans_of(right)
            same = bool(spans_a) and spans_a == spans_b
            _add_f1(counts, field, int(same), int(bool(spans_a)), int(bool(spans_b)))
            in_a, in_b = _inside(spans_a, tokens), _inside(spans_b, tokens)
            _add_f1(counts, f"{field} tokens", len(in_a & in_b), len(in_a), len(in_b))
        counts[f"source_type {left.source_type}>{right.source_type}"] += 1
        counts[f"mode {left.mode}>{right.mode}"] += 1
        counts[f"polarity {left.polarity}>{right.polarity}"] += 1
        counts["name pairs"] += 1
        counts["name equal"] += name_tokens(left.source_name) == name_tokens(right.source_name)
    return counts


def _stances(first: Sources, second: Sources, doc_id: str) -> _Counts:
    a, b = (
        {
            stance.claim_id: stance.label
            for stance in sources.stances(doc_id)
            if not stance.attribution
        }
        for sources in (first, second)
    )
    counts: _Counts = Counter()
    for claim_id in a.keys() & b.keys():
        pair = f"{a[claim_id]}>{b[claim_id]}"
        counts[f"stance {pair}"] += 1
        counts[f"related stance {pair}"] += pair != "unrelated>unrelated"
    return counts


def _add_f1(counts: _Counts, name: str, matched: int, a: int, b: int) -> None:
    counts[f"{name} matched"] += matched
    counts[f"{name} first"] += a
    counts[f"{name} second"] += b


def _source(record: AttributionRecord) -> list[_Span]:
    return [] if record.source is None else [(record.source.start, record.source.end)]


def _content(record: AttributionRecord) -> list[_Span]:
    return sorted((span.start, span.end) for span in record.content)


def _inside(spans: Iterable[_Span], tokens: Sequence[_Span]) -> set[_Span]:
    return {
        token for token in tokens for start, end in spans if start <= token[0] and token[1] <= end
    }


def _overlapping(a: Sequence[_Span], b: Sequence[_Span]) -> list[tuple[int, int]]:
    """One-to-one pairs of overlapping spans: as many as can be, of those the longest overlap."""
    if not a or not b:
        return []
    left, right = np.array(a), np.array(b)
    shared = np.minimum(left[:, None, 1], right[None, :, 1]) - np.maximum(
        left[:, None, 0], right[None, :, 0]
    )
    shared = np.maximum(shared, 0)
    rows, columns = linear_sum_assignment((shared > 0) + shared / (shared.sum() + 1), maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if shared[i, j] > 0]


def _f1(sums: Array) -> Array:
    return f1(sums[..., 0], sums[..., 1], sums[..., 2])


def _share(sums: Array) -> Array:
    return ratio(sums[..., 0], sums[..., 1])


def _of_labels(statistic: Callable[[Array], Array], size: int, sums: Array) -> Array:
    return statistic(sums.reshape(*sums.shape[:-1], size, size))


def _f1_figure(name: str) -> _Figure:
    return _Figure(tuple(f"{name} {part}" for part in ("matched", "first", "second")), _f1, 0.0)


def _label_figure(name: str, labels: Sequence[str], statistic: Callable[[Array], Array]) -> _Figure:
    columns = tuple(f"{name} {a}>{b}" for a in labels for b in labels)
    # Below chance, κ and α are negative.
    return _Figure(columns, partial(_of_labels, statistic, len(labels)), -1.0)


_FIGURES: Mapping[str, _Figure] = {
    "entities: F1, exact": _f1_figure("entity"),
    "entities: F1, overlap": _f1_figure("entity overlap"),
    **{f"entities: F1, exact, {name}": _f1_figure(f"entity {name}") for name in ENTITY_TYPES},
    "cues: F1, exact": _f1_figure("cue"),
    "cues: F1, overlap": _f1_figure("cue overlap"),
    "sources: F1, exact": _f1_figure("source"),
    "sources: F1, tokens": _f1_figure("source tokens"),
    "contents: F1, exact": _f1_figure("content"),
    "contents: F1, tokens": _f1_figure("content tokens"),
    "source name: share equal": _Figure(("name equal", "name pairs"), _share, 0.0),
    "source type: κ": _label_figure("source_type", SOURCE_TYPES, cohen_kappa),
    "mode: κ": _label_figure("mode", MODES, cohen_kappa),
    "polarity: κ": _label_figure("polarity", POLARITIES, cohen_kappa),
    "stance, all pairs: κ": _label_figure("stance", STANCE_LABELS, cohen_kappa),
    "stance, all pairs: α": _label_figure("stance", STANCE_LABELS, krippendorff_alpha),
    "stance, pairs that either calls related: κ": _label_figure(
        "related stance", STANCE_LABELS, cohen_kappa
    ),
    "stance, pairs that either calls related: α": _label_figure(
        "related stance", STANCE_LABELS, krippendorff_alpha
    ),
}

# All counts that any figure needs, each with its place.
_COLUMN: Mapping[str, int] = {
    column: place
    for place, column in enumerate(
        dict.fromkeys(column for figure in _FIGURES.values() for column in figure.columns)
    )
}
