"""What went wrong with entities: spans of the coarse, flat view, paired one to one.

Gold and predicted spans of a sentence that overlap are paired greedily: first those with the same
bounds, then those of the same type, then the others, and within each the pair that shares most
characters, the earlier gold and then the earlier predicted span on a tie. As the spans of either
side do not overlap each other, a span with the bounds of a gold span overlaps nothing else.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from arnews_bench.analysis.cases import (
    Analysis,
    Case,
    Field,
    Kind,
    MarkedSpan,
    Passage,
    Side,
    grouped,
)
from arnews_bench.entities import COARSE_OF, TypedSpan
from arnews_bench.metrics.spans import decode_iob2
from arnews_bench.schema import COARSE_TYPES, NER_TAGS, NerPrediction, NerRow, Prediction, Row
from arnews_bench.scoring.mentions import Mention, coarse_spans, place_entities

__all__ = ["KINDS", "analyse", "pair_spans"]

KINDS = (
    Kind("missed", "a gold entity that no predicted span is paired with", ("recall",)),
    Kind("invented", "a predicted span where no gold entity overlaps", ("precision",)),
    Kind("boundary", "the right type, but other bounds", ("recall", "precision")),
    Kind("type", "the right bounds, but another type", ("recall", "precision")),
    Kind("both", "overlapping, but another type and other bounds", ("recall", "precision")),
    Kind(
        "surplus",
        "a predicted span on a gold entity that is paired with another one",
        ("precision",),
    ),
    Kind(
        "not-in-text",
        "a predicted string that the text does not hold letter for letter",
        ("precision",),
    ),
)
_TAG_CODES = {tag: code for code, tag in enumerate(NER_TAGS)}


def analyse(rows: Sequence[Row], predictions: Sequence[Prediction]) -> Analysis:
    """Find what is wrong in each sentence, in reading order."""
    found: list[tuple[str, Case]] = []
    n_gold = n_predicted = n_right = 0
    for row, prediction in zip(rows, predictions, strict=True):
        if not (isinstance(row, NerRow) and isinstance(prediction, NerPrediction)):
            continue
        gold = _tagged_spans(row, row.ner_tags)
        predicted, lost = _predicted(row, prediction)
        pairs = pair_spans(gold, predicted)
        n_gold += len(gold)
        n_predicted += len(predicted) + len(lost)
        n_right += sum(gold[g] == predicted[p] for g, p in pairs)
        found += sorted(_cases(row, gold, predicted, pairs), key=lambda item: _place(item[1]))
        found += [("not-in-text", case) for case in lost]
    groups, kinds = grouped(KINDS, COARSE_TYPES, found)
    return Analysis(
        task_type="ner",
        unit="entities",
        gold=n_gold,
        predicted=n_predicted,
        right=n_right,
        groups=groups,
        kinds=kinds,
    )


def pair_spans(gold: Sequence[TypedSpan], predicted: Sequence[TypedSpan]) -> list[tuple[int, int]]:
    """Pair overlapping spans one to one; see the module for which ones.

    Args:
        gold: Spans that do not overlap each other.
        predicted: The same.

    Returns:
        Indices of the gold and the predicted span of each pair, in order.
    """
    candidates = [
        ((g_span[:2] != p_span[:2], g_span.type != p_span.type, -_shared(g_span, p_span)), g, p)
        for g, g_span in enumerate(gold)
        for p, p_span in enumerate(predicted)
        if _shared(g_span, p_span) > 0
    ]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, g, p in sorted(candidates):
        if g not in pairs and p not in taken:
            pairs[g] = p
            taken.add(p)
    return sorted(pairs.items())


def _shared(first: TypedSpan, second: TypedSpan) -> int:
    return min(first.end, second.end) - max(first.start, second.start)


def _tagged_spans(row: NerRow, tags: Sequence[str]) -> list[TypedSpan]:
    codes = np.array([_TAG_CODES[tag] for tag in tags], dtype=np.int64)
    found = decode_iob2(codes, np.zeros(1, dtype=np.int64))
    return [
        TypedSpan(row.token_spans[start][0], row.token_spans[end - 1][1], COARSE_TYPES[code])
        for start, end, code in zip(*(part.tolist() for part in found), strict=True)
    ]


def _predicted(row: NerRow, prediction: NerPrediction) -> tuple[list[TypedSpan], list[Case]]:
    """The predicted spans, and a case for each string that has no place."""
    if prediction.tags is not None:
        return _tagged_spans(row, prediction.tags), []
    entities = prediction.entities or ()
    mentions = place_entities(row, entities)
    lost = [
        _lost_case(row, entity.text or "", mention)
        for entity, mention in zip(entities, mentions, strict=True)
        # What has no coarse type is outside the coarse view, as in scoring.
        if mention.span is None and mention.type in COARSE_OF
    ]
    return coarse_spans(mentions), lost


def _lost_case(row: NerRow, text: str, mention: Mention) -> Case:
    coarse = COARSE_OF[mention.type]
    marks: tuple[MarkedSpan, ...] = ()
    if mention.near is not None:
        marks = (_mark("predicted", TypedSpan(*mention.near, coarse)),)
    return Case(
        row_id=row.id,
        doc_id=row.doc_id,
        group=coarse,
        fields=(
            Field(name="entity", gold=None, predicted=text, differs=False),
            Field(name="type", gold=None, predicted=coarse, differs=False),
        ),
        passages=(Passage(start=0, text=row.text),),
        spans=marks,
        note="invented: not in another spelling either"
        if mention.invented
        else "there in another spelling, or taken by another answer",
    )


def _cases(
    row: NerRow,
    gold: Sequence[TypedSpan],
    predicted: Sequence[TypedSpan],
    pairs: Sequence[tuple[int, int]],
) -> Iterator[tuple[str, Case]]:
    paired_gold = {g for g, _ in pairs}
    paired_predicted = {p for _, p in pairs}
    for g, p in pairs:
        if gold[g] != predicted[p]:
            yield _paired_kind(gold[g], predicted[p]), _case(row, gold[g], predicted[p])
    for g, span in enumerate(gold):
        if g not in paired_gold:
            yield "missed", _case(row, span, None)
    for p, span in enumerate(predicted):
        if p not in paired_predicted:
            overlapping = [other for other in gold if _shared(other, span) > 0]
            kind = "surplus" if overlapping else "invented"
            yield kind, _case(row, None, span, beside=overlapping)


def _paired_kind(gold: TypedSpan, predicted: TypedSpan) -> str:
    if gold[:2] == predicted[:2]:
        return "type"
    return "boundary" if gold.type == predicted.type else "both"


def _case(
    row: NerRow,
    gold: TypedSpan | None,
    predicted: TypedSpan | None,
    beside: Sequence[TypedSpan] = (),
) -> Case:
    marked_gold = beside if gold is None else [gold]
    marked_predicted = [] if predicted is None else [predicted]
    return Case(
        row_id=row.id,
        doc_id=row.doc_id,
        group=next(span.type for span in (gold, predicted) if span is not None),
        fields=(
            Field(
                name="entity",
                gold=_surface(row, gold),
                predicted=_surface(row, predicted),
                differs=bool(gold and predicted and gold[:2] != predicted[:2]),
            ),
            Field(
                name="type",
                gold=gold and gold.type,
                predicted=predicted and predicted.type,
                differs=bool(gold and predicted and gold.type != predicted.type),
            ),
        ),
        passages=(Passage(start=0, text=row.text),),
        spans=(
            *(_mark("gold", span) for span in marked_gold),
            *(_mark("predicted", span) for span in marked_predicted),
        ),
    )


def _surface(row: NerRow, span: TypedSpan | None) -> str | None:
    return None if span is None else row.text[span.start : span.end]


def _mark(side: Side, span: TypedSpan) -> MarkedSpan:
    return MarkedSpan(side=side, role="entity", start=span.start, end=span.end, type=span.type)


def _place(case: Case) -> tuple[int, int]:
    first = min(case.spans, key=lambda span: (span.start, span.end))
    return first.start, first.end
