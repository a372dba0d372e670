"""What went wrong with attributions, on the one-to-one matching that scores them."""

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from arnews_bench.analysis.cases import (
    Analysis,
    Case,
    Field,
    Kind,
    MarkedSpan,
    Role,
    Side,
    grouped,
)
from arnews_bench.analysis.passages import passages_around
from arnews_bench.metrics.fscore import Array
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
from arnews_bench.scoring.attribution import (
    LEAST_IOU,
    MatchedDocument,
    match_document,
    part_place,
)
from arnews_bench.text import Span, sentence_spans

__all__ = ["KINDS", "analyse"]

KINDS = (
    Kind("missed", "a gold attribution that no predicted one is matched with", ("recall",)),
    Kind("invented", "a predicted attribution that no gold one is matched with", ("precision",)),
    Kind("wrong-source", "the right content, but another speaker", ("recall", "precision")),
    Kind(
        "dropped-subject",
        "the right content, but another speaker where Arabic drops the subject",
        ("recall", "precision"),
    ),
    Kind(
        "wrong-content",
        "the right speaker, but less than half of both contents in common",
        ("recall", "precision"),
    ),
    Kind("both", "another speaker, and less than half of the content", ("recall", "precision")),
    Kind("source-type", "counts as right, but the type of the speaker is not", ()),
    Kind("mode", "counts as right, but the mode of the quotation is not", ()),
)
_NAMED, _DROPPED, _NO_GOLD = "subject named", "subject dropped", "no gold"


class _Answer(NamedTuple):
    """A predicted attribution, and where its parts stand."""

    item: PredictedAttribution
    content: tuple[Span, ...]
    beside: tuple[tuple[Role, Span], ...]


class _Pair(NamedTuple):
    """A gold and a predicted attribution that are matched, and what of them is right."""

    gold: int
    predicted: int
    source_right: bool
    content_right: bool
    note: str

    @property
    def is_right(self) -> bool:
        return self.source_right and self.content_right


def analyse(rows: Sequence[Row], predictions: Sequence[Prediction]) -> Analysis:
    """Find what is wrong in each document, in reading order."""
    found: list[tuple[str, Case]] = []
    n_gold = n_predicted = n_right = 0
    for row, prediction in zip(rows, predictions, strict=True):
        if not (isinstance(row, AttributionRow) and isinstance(prediction, AttributionPrediction)):
            continue
        matched = match_document(row, prediction)
        pairs = _pairs(matched)
        n_gold += len(row.attributions)
        n_predicted += len(prediction.attributions)
        n_right += int(matched.right.sum())
        found += sorted(_cases(row, prediction, matched, pairs), key=lambda item: _place(item[1]))
    groups, kinds = grouped(KINDS, (_NAMED, _DROPPED, _NO_GOLD), found)
    return Analysis(
        task_type="attribution",
        unit="attributions",
        gold=n_gold,
        predicted=n_predicted,
        right=n_right,
        groups=groups,
        kinds=kinds,
    )


def _pairs(matched: MatchedDocument) -> list[_Pair]:
    pairs = zip(*(part.tolist() for part in matched.matches), strict=True)
    return [
        _Pair(
            gold=g,
            predicted=p,
            source_right=bool(matched.source_right[g, p]),
            content_right=iou >= LEAST_IOU,
            note=_overlap_text(shared, matched.gold_tokens[g], matched.predicted_tokens[p]),
        )
        for g, p, shared, iou in pairs
    ]


def _overlap_text(shared: int, gold: Array, predicted: Array) -> str:
    union = int(gold.sum() + predicted.sum()) - shared
    return f"content: {shared} of {union} tokens in common, IoU {shared / union:.2f}"


def _cases(
    row: AttributionRow,
    prediction: AttributionPrediction,
    matched: MatchedDocument,
    pairs: Sequence[_Pair],
) -> Iterator[tuple[str, Case]]:
    gold = row.attributions
    tokens = matched.tokens
    answers = [
        _Answer(
            item, _content_places(item, members, tokens), tuple(_places(item, row.text, tokens))
        )
        for item, members in zip(prediction.attributions, matched.predicted_tokens, strict=True)
    ]
    for pair in pairs:
        case = _case(row, gold[pair.gold], answers[pair.predicted], pair)
        for kind in _paired_kinds(gold[pair.gold], answers[pair.predicted].item, pair):
            yield kind, case
    for number in sorted(set(range(len(gold))) - {pair.gold for pair in pairs}):
        yield "missed", _case(row, gold[number], None)
    for number in sorted(set(range(len(answers))) - {pair.predicted for pair in pairs}):
        yield "invented", _case(row, None, answers[number])


def _content_places(
    item: PredictedAttribution, members: Array, tokens: Sequence[Span]
) -> tuple[Span, ...]:
    """Where a predicted content stands; one given as strings, by the tokens that were scored."""
    if all(isinstance(part, PredictedSpan) for part in item.content):
        return tuple(Span(p.start, p.end) for p in item.content if isinstance(p, PredictedSpan))
    numbers = np.flatnonzero(members)
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1) if len(numbers) else []
    return tuple(Span(tokens[run[0]].start, tokens[run[-1]].end) for run in runs)


def _paired_kinds(gold: Attribution, predicted: PredictedAttribution, pair: _Pair) -> Iterator[str]:
    if pair.is_right:
        if gold.source_type != predicted.source_type:
            yield "source-type"
        if gold.mode != predicted.mode:
            yield "mode"
    elif pair.source_right:
        yield "wrong-content"
    elif not pair.content_right:
        yield "both"
    else:
        yield "wrong-source" if gold.source is not None else "dropped-subject"


def _case(
    row: AttributionRow,
    gold: Attribution | None,
    answer: _Answer | None,
    pair: _Pair | None = None,
) -> Case:
    spans = (*_gold_marks(gold), *_predicted_marks(answer))
    group = _NO_GOLD if gold is None else _DROPPED if gold.source is None else _NAMED
    return Case(
        row_id=row.id,
        doc_id=row.doc_id,
        group=group,
        fields=tuple(_fields(row.text, gold, answer and answer.item, pair)),
        passages=passages_around(row.text, row.sentences or sentence_spans(row.text), spans),
        spans=spans,
        note=pair and pair.note,
    )


def _gold_marks(gold: Attribution | None) -> Iterator[MarkedSpan]:
    if gold is not None:
        # Its parts have their offsets.
        for role, span in _places(gold, "", ()):
            yield _mark("gold", role, span)
        for content in gold.content:
            yield _mark("gold", "content", content)


def _predicted_marks(answer: _Answer | None) -> Iterator[MarkedSpan]:
    if answer is not None:
        for role, span in answer.beside:
            yield _mark("predicted", role, span)
        for place in answer.content:
            yield _mark("predicted", "content", place)


def _parts(
    item: Attribution | PredictedAttribution,
) -> Iterator[tuple[Role, TextSpan | PredictedSpan | str]]:
    parts: tuple[tuple[Role, TextSpan | PredictedSpan | str | None], ...] = (
        ("cue", item.cue),
        ("source", item.source),
        ("via", item.via),
    )
    yield from ((role, span) for role, span in parts if span is not None)


def _places(
    item: Attribution | PredictedAttribution, text: str, tokens: Sequence[Span]
) -> Iterator[tuple[Role, Span]]:
    """Where the parts beside the content stand, of those that have a place."""
    for role, part in _parts(item):
        if not isinstance(part, str):
            yield role, Span(part.start, part.end)
        elif place := part_place(part, text, tokens):
            yield role, place


def _mark(side: Side, role: Role, span: Span | TextSpan) -> MarkedSpan:
    return MarkedSpan(side=side, role=role, start=span.start, end=span.end)


def _fields(
    text: str,
    gold: Attribution | None,
    predicted: PredictedAttribution | None,
    pair: _Pair | None,
) -> Iterator[Field]:
    def values(side: Attribution | PredictedAttribution | None) -> dict[str, str | None]:
        if side is None:
            return dict.fromkeys(_FIELDS)
        return {
            "speaker": side.source_name,
            "content": " … ".join(_surface(text, part) for part in side.content),
            **{role: _surface(text, span) for role, span in _parts(side)},
            "speaker's type": side.source_type,
            "mode": side.mode,
        }

    wanted, given = values(gold), values(predicted)
    for name in _FIELDS:
        first, second = wanted.get(name), given.get(name)
        if first is None and second is None:
            continue
        differs = pair is not None and first != second
        if pair is not None and name in {"speaker", "content"}:
            # These two differ where scoring says so, not with every letter.
            differs = not (pair.source_right if name == "speaker" else pair.content_right)
        yield Field(name=name, gold=first, predicted=second, differs=differs)


_FIELDS = ("speaker", "content", "cue", "source", "via", "speaker's type", "mode")


def _surface(text: str, part: TextSpan | PredictedSpan | str) -> str:
    return part if isinstance(part, str) else text[part.start : part.end]


def _place(case: Case) -> tuple[int, int]:
    """Where the case stands; one that stands nowhere in the text comes last."""
    places = [(span.start, span.end) for span in case.spans]
    return min(places, default=(sys.maxsize, 0))
