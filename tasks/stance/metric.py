"""Macro F1 of stance labels, as an `evaluate` module; the scores are those of `arbench`."""

from collections.abc import Sequence

import datasets
import evaluate

from arnews_bench.scoring.plain import score_labels

_DESCRIPTION = """
Macro F1 over agree, disagree, discuss and unrelated, equal to scikit-learn's; accuracy, the
weighted score of the Fake News Challenge, and precision, recall and F1 of each label.
"""

_INPUTS = """
Args:
    predictions (list of str): The label of each pair; None is no answer, which is wrong.
    references (list of str): The gold labels.
    documents (list of str, optional): The document of each pair. Intervals are over documents.

Returns:
    Each measure in [0, 1], and the ends of its 95 % interval as `<measure>_low` and
    `<measure>_high`; None where it is undefined.

Example:
    >>> metric = evaluate.load("tasks/stance/metric.py")
    >>> metric.compute(predictions=["agree", "agree"], references=["agree", "discuss"])["macro_f1"]
    0.3333333333333333
"""

_CITATION = "See CITATION.cff of arnews-bench."


class StanceMacroF1(evaluate.Metric):
    """The scores of the stance task of arnews-bench."""

    def _info(self) -> evaluate.MetricInfo:
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

    def _compute(
        self,
        predictions: Sequence[str | None],
        references: Sequence[str],
        documents: Sequence[str] | None = None,
    ) -> dict[str, float | None]:
        return score_labels(predictions, references, documents)
