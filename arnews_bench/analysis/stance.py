"""What went wrong with stances: gold labels taken for other labels or for none, by granularity."""

from collections.abc import Sequence

from arnews_bench.analysis.cases import Analysis, Case, Field, Kind, Passage, grouped
from arnews_bench.schema import STANCE_LABELS, Prediction, Row, StancePrediction, StanceRow

__all__ = ["KINDS", "analyse"]

_GRANULARITIES = ("document", "statement")


def _name(gold: str, predicted: str | None) -> str:
    # No arrow: the name is typed in a shell, which would take it for a redirection.
    return f"{gold}-as-{predicted}" if predicted else f"{gold}-unanswered"


KINDS = (
    *(
        Kind(_name(gold, predicted), f"{gold} taken for {predicted}", ("recall", "precision"))
        for gold in STANCE_LABELS
        for predicted in STANCE_LABELS
        if gold != predicted
    ),
    *(Kind(_name(gold, None), f"{gold}, but no answer", ("recall",)) for gold in STANCE_LABELS),
)


def analyse(rows: Sequence[Row], predictions: Sequence[Prediction]) -> Analysis:
    """Find the pairs with another label than the gold one, or without one."""
    found: list[tuple[str, Case]] = []
    total = unanswered = 0
    for row, prediction in zip(rows, predictions, strict=True):
        if isinstance(row, StanceRow) and isinstance(prediction, StancePrediction):
            total += 1
            unanswered += prediction.label is None
            if row.label is not None and row.label != prediction.label:
                found.append((_name(row.label, prediction.label), _case(row, prediction)))
    groups, kinds = grouped(KINDS, _GRANULARITIES, found)
    return Analysis(
        task_type="stance",
        unit="pairs",
        gold=total,
        predicted=total - unanswered,
        right=total - len(found),
        groups=groups,
        kinds=kinds,
    )


def _case(row: StanceRow, prediction: StancePrediction) -> Case:
    fields = [Field(name="label", gold=row.label, predicted=prediction.label, differs=True)]
    if prediction.scores:
        gold, predicted = (
            # A label without a score has none of the probability.
            f"{prediction.scores.get(label or '', 0.0):.2f}"
            for label in (row.label, prediction.label)
        )
        fields.append(Field(name="its probability", gold=gold, predicted=predicted, differs=False))
    return Case(
        row_id=row.id,
        doc_id=row.doc_id,
        group=row.granularity,
        fields=tuple(fields),
        passages=(Passage(start=0, text=row.text),),
        claim=row.claim,
        context=row.context,
    )
