"""Attribution F1, as an `evaluate` module; the scores are those of `arbench`."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import datasets
import evaluate

from arnews_bench.scoring.plain import score_attributions

_DESCRIPTION = """
Attribution F1: predicted and gold attributions of a document are matched one to one by shared
content tokens; a match counts if the contents' IoU is at least 0.5 and the speaker is right.
Content, cue, source and via F1, and the recall of dropped subjects, beside it.
"""

_INPUTS = """
Args:
    predictions (list of list of dict): The attributions of each document: `content` (spans with
        `start` and `end`, or strings of the text), `source_name`, and if known `cue`, `source`,
        `via` (spans), `source_type` and `mode`.
    references (list of dict): `text` and `attributions` of each document, as in the dataset.

Returns:
    Each measure in [0, 1], and the ends of its 95 % interval as `<measure>_low` and
    `<measure>_high`; None where it is undefined.

Example:
    >>> metric = evaluate.load("tasks/attribution/metric.py")
    >>> text = "قال بوتين إن المحادثات مفيدة"
    >>> def span(part):
    ...     start = text.index(part)
    ...     return {"start": start, "end": start + len(part), "text": part}
    >>> gold = {
    ...     "cue": span("قال"), "source": span("بوتين"), "via": None,
    ...     "content": [span("المحادثات مفيدة")], "source_name": "بوتين",
    ...     "source_type": "person", "mode": "indirect", "polarity": "asserted",
    ... }
    >>> answer = {"content": ["المحادثات مفيدة"], "source_name": "بوتين"}
    >>> metric.compute(
    ...     predictions=[[answer]], references=[{"text": text, "attributions": [gold]}]
    ... )["attribution_f1"]
    1.0
"""

_CITATION = "See CITATION.cff of arnews-bench."


class AttributionF1(evaluate.Metric):
    """The scores of the attribution task of arnews-bench."""

    def _info(self) -> evaluate.MetricInfo:
        # The inputs are nested objects with fields that may be missing. `evaluate` keeps inputs
        # in typed columns that know no such thing, so that they are kept as JSON.
        features = {
            "predictions": datasets.Value("string"),
            "references": datasets.Value("string"),
        }
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation=_CITATION,
            inputs_description=_INPUTS,
            features=datasets.Features(features),
        )

    def add_batch(
        self, *, predictions: Iterable[Any] = (), references: Iterable[Any] = (), **kwargs: Any
    ) -> None:
        """Add documents; see `evaluate.Metric.add_batch`."""
        super().add_batch(
            predictions=[json.dumps(item) for item in predictions],
            references=[json.dumps(item) for item in references],
            **kwargs,
        )

    def add(self, *, prediction: Any = None, reference: Any = None, **kwargs: Any) -> None:
        """Add one document; see `evaluate.Metric.add`."""
        self.add_batch(predictions=[prediction], references=[reference], **kwargs)

    def _compute(
        self, predictions: Sequence[str], references: Sequence[str]
    ) -> dict[str, float | None]:
        return score_attributions(
            [json.loads(item) for item in predictions], [json.loads(item) for item in references]
        )
