"""Reports on labels of any kind, from plain lists, as scikit-learn's `classification_report`.

A label that only one side holds scores 0, as there with `zero_division=0`; the measures of the
stance task tell "0" from "not asked" instead.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

import numpy as np

from arnews_bench.errors import InputError
from arnews_bench.metrics.confusion import label_counts
from arnews_bench.metrics.fscore import Array, f1, ratio
from arnews_bench.scoring.counts import encode

__all__ = ["LabelReport", "LabelScore", "label_report"]


class LabelScore(NamedTuple):
    """The scores of a label, or a mean of those of all; support is the number of references."""

    precision: float
    recall: float
    f1: float
    support: int


class LabelReport(NamedTuple):
    """The scores of all labels.

    Attributes:
        labels: Label → its scores, in the order of the labels.
        accuracy: Share of the right predictions.
        macro: The mean over the labels.
        weighted: The mean weighted by the number of references.
    """

    labels: dict[str, LabelScore]
    accuracy: float
    macro: LabelScore
    weighted: LabelScore

    def to_dict(self) -> dict[str, float | dict[str, float]]:
        """In the form of scikit-learn's `classification_report(output_dict=True)`."""
        return {
            **{label: _named(score) for label, score in self.labels.items()},
            "accuracy": self.accuracy,
            "macro avg": _named(self.macro),
            "weighted avg": _named(self.weighted),
        }


def _named(score: LabelScore) -> dict[str, float]:
    precision, recall, value, support = score
    return {"precision": precision, "recall": recall, "f1-score": value, "support": support}


def label_report(references: Sequence[str], predictions: Sequence[str | None]) -> LabelReport:
    """Precision, recall and F1 of every label that occurs, and their means.

    Args:
        references: The right labels.
        predictions: The predicted labels, in the same order; None is no answer, which is wrong
            and is no label.

    Raises:
        InputError: The lists are of different lengths, or empty.
    """
    if len(references) != len(predictions):
        raise InputError(f"{len(references)} references, but {len(predictions)} predictions")
    if not len(references):
        raise InputError("no labels to report on: the lists are empty")
    # A label gets its code where it is first met: one pass over each list, at the pace of a dict.
    codes: dict[str | None, int] = defaultdict(count().__next__)
    sides = [encode(side, codes) for side in (references, predictions)]
    labels = sorted(label for label in codes if label is not None)
    counts = label_counts(*sides, n_labels=len(codes))
    order = [codes[label] for label in labels]
    matched, gold, predicted = (part[order] for part in counts)
    scores = np.nan_to_num(
        [ratio(matched, predicted), ratio(matched, gold), f1(matched, gold, predicted)]
    )
    n_rows = len(references)

    def mean(weights: Array) -> LabelScore:
        precision, recall, value = np.average(scores, axis=1, weights=weights).tolist()
        return LabelScore(precision, recall, value, n_rows)

    return LabelReport(
        labels={
            label: LabelScore(precision, recall, value, support)
            for label, precision, recall, value, support in zip(
                labels, *scores.tolist(), gold.tolist(), strict=True
            )
        },
        accuracy=int(matched.sum()) / n_rows,
        macro=mean(np.ones(len(labels))),
        weighted=mean(gold),
    )
