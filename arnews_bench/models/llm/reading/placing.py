"""The strings of an answer as a prediction: offsets where the text has them, else the strings.

Nothing that a model said is lost: what is not in the text, or was said too often, stays in the
prediction as a string and counts as wrong.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from arnews_bench.alignment import (
    PlacedPart,
    Placement,
    Quote,
    TextIndex,
    align_near,
    align_passages,
    align_quotes,
)
from arnews_bench.models.llm.reading.answers import (
    AttributionAnswer,
    NerAnswer,
    ParsedAnswer,
    SaidAttribution,
    SaidEntity,
    StanceAnswer,
)
from arnews_bench.schema import (
    AttributionPrediction,
    AttributionRow,
    NerPrediction,
    NerRow,
    PredictedAttribution,
    PredictedEntity,
    PredictedSpan,
    Prediction,
    Row,
    StancePrediction,
    StanceRow,
)
from arnews_bench.text import Span

__all__ = ["Placed", "place_answer"]


class Placed(NamedTuple):
    """A prediction, and how many strings of the answer were found in each way.

    Attributes:
        prediction: It passes `predictions.check_predictions`.
        how: Numbers of `Placement.how`; none for a stance.
    """

    prediction: Prediction
    how: dict[str, int]


def place_answer(row: Row, answer: ParsedAnswer | None) -> Placed:
    """Bring an answer into the form of a prediction.

    Args:
        row: The row; its gold is not looked at.
        answer: What the model said; None, or an answer to another task, is an empty one.
    """
    match row:
        case NerRow():
            return _entities(row, answer.entities if isinstance(answer, NerAnswer) else ())
        case StanceRow():
            label = answer.label if isinstance(answer, StanceAnswer) else None
            return Placed(StancePrediction(id=row.id, label=label), {})
        case AttributionRow():
            said = answer.attributions if isinstance(answer, AttributionAnswer) else ()
            return _attributions(row, said)


def _entities(row: NerRow, said: Sequence[SaidEntity]) -> Placed:
    index = TextIndex(row.text, [Span(*span) for span in row.token_spans])
    placements = align_quotes(index, [Quote(e.text, e.type, e.context) for e in said])
    entities = tuple(
        PredictedEntity(text=item.text, type=item.type)
        if place.span is None
        else PredictedEntity(start=place.span.start, end=place.span.end, type=item.type)
        for item, place in zip(said, placements, strict=True)
    )
    return Placed(
        NerPrediction(id=row.id, entities=entities), dict(Counter(p.how for p in placements))
    )


def _attributions(row: AttributionRow, said: Sequence[SaidAttribution]) -> Placed:
    index = TextIndex(row.text)
    beside = [[text for text in (item.cue, item.source) if text is not None] for item in said]
    contents = align_passages(index, [item.content for item in said], beside)
    how: Counter[str] = Counter()
    attributions = []
    for item, parts in zip(said, contents, strict=True):
        places = [part.placement.span for part in parts if part.placement.span is not None]
        near = {
            field: (text, align_near(index, text, places))
            for field, text in (("cue", item.cue), ("source", item.source), ("via", item.via))
            if text is not None
        }
        how.update(part.placement.how for part in parts)
        how.update(placement.how for _, placement in near.values())
        attributions.append(
            PredictedAttribution(
                content=_distinct(parts),
                source_name=item.source_name,
                **{field: _span(*found) for field, found in near.items()},
                source_type=item.source_type,
                mode=item.mode,
            )
        )
    return Placed(AttributionPrediction(id=row.id, attributions=tuple(attributions)), dict(how))


def _distinct(parts: Sequence[PlacedPart]) -> tuple[PredictedSpan | str, ...]:
    return tuple(dict.fromkeys(_span(part.text, part.placement) for part in parts))


def _span(text: str, placement: Placement) -> PredictedSpan | str:
    if placement.span is None:
        return text
    return PredictedSpan(start=placement.span.start, end=placement.span.end)
