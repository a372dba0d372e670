"""Strict span F1 of named entities, as an `evaluate` module; the scores are those of `arbench`."""

from collections.abc import Sequence

import datasets
import evaluate

from arnews_bench.scoring.plain import score_tags

_DESCRIPTION = """
Strict span F1 in IOB2, equal to seqeval's strict mode: micro (`strict_f1`), macro, and per type;
beside it the four schemes of MUC as in SemEval-2013 task 9 (`muc_strict_f1`, `muc_exact_f1`,
`muc_partial_f1`, `muc_type_f1`). What needs the text or fine types is None or as in strict.
"""

_INPUTS = """
Args:
    predictions (list of list of str): IOB2 tags of each sentence; types PER, ORG, LOC, MISC.
    references (list of list of str): The gold tags, of the same lengths.
    documents (list of str, optional): The document of each sentence. Intervals are over documents.

Returns:
    Each measure in [0, 1], and the ends of its 95 % interval as `<measure>_low` and
    `<measure>_high`; None where it is undefined.

Example:
    >>> metric = evaluate.load("tasks/ner/metric.py")
    >>> metric.compute(predictions=[["B-LOC", "O"]], references=[["B-LOC", "B-PER"]])["strict_f1"]
    0.6666666666666666
"""

_CITATION = "See CITATION.cff of arnews-bench."


class StrictSpanF1(evaluate.Metric):
    """The scores of the ner task of arnews-bench."""

    def _info(self) -> evaluate.MetricInfo:
        features = {
            "predictions": datasets.List(datasets.Value("string")),
            "references": datasets.List(datasets.Value("string")),
        }
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation=_CITATION,
            inputs_description=_INPUTS,
            features=datasets.Features(features),
        )

    def _compute(
        self,
        predictions: Sequence[Sequence[str]],
        references: Sequence[Sequence[str]],
        documents: Sequence[str] | None = None,
    ) -> dict[str, float | None]:
        return score_tags(predictions, references, documents)
