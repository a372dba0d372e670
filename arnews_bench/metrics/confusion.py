"""Classification metrics from confusion matrices."""

from typing import NamedTuple

import numpy as np

from arnews_bench.metrics.fscore import Array, f1, ratio

__all__ = ["LabelCounts", "accuracy", "confusion_by_document", "label_counts", "label_f1"]


def confusion_by_document(
    gold: Array,
    predicted: Array,
    documents: Array,
    *,
    n_documents: int,
    n_labels: int,
    n_answers: int | None = None,
) -> Array:
    """Confusion matrices.

    Args:
        gold: Label codes of shape (rows,).
        predicted: Label codes of shape (rows,); those from `n_labels` on are no labels.
        documents: Document index of each row, shape (rows,).
        n_documents: Number of documents.
        n_labels: Number of labels.
        n_answers: Number of what may be predicted, if that is more.

    Returns:
        Counts of shape (documents, gold label, predicted label).
    """
    n_answers = n_answers or n_labels
    cells = (documents * n_labels + gold) * n_answers + predicted
    counts = np.bincount(cells, minlength=n_documents * n_labels * n_answers)
    return counts.reshape(n_documents, n_labels, n_answers)


class LabelCounts(NamedTuple):
    """Counts by label, each of shape (labels,)."""

    matched: Array
    gold: Array
    predicted: Array


def label_counts(gold: Array, predicted: Array, *, n_labels: int) -> LabelCounts:
    """What precision, recall and F1 of each label need; labels may be many.

    Args:
        gold: Label codes of shape (rows,).
        predicted: Label codes of shape (rows,).
        n_labels: Number of labels.
    """
    codes = (gold[gold == predicted], gold, predicted)
    return LabelCounts(*(np.bincount(part, minlength=n_labels) for part in codes))


def label_f1(confusion: Array) -> Array:
    """F1 of each label; NaN for a label that neither gold nor prediction holds.

    Args:
        confusion: Counts of shape (…, gold label, predicted label). Columns beyond the labels are
            answers that are none: missed for gold, and predicted for no label.

    Returns:
        Shape (…, labels). Their mean over labels that occur is scikit-learn's
        `f1_score(average="macro")`.
    """
    matched = np.diagonal(confusion, axis1=-2, axis2=-1)
    predicted = confusion.sum(axis=-2)[..., : confusion.shape[-2]]
    return f1(matched, confusion.sum(axis=-1), predicted)


def accuracy(confusion: Array) -> Array:
    """Share of rows with the right label, shape (…)."""
    matched = np.diagonal(confusion, axis1=-2, axis2=-1).sum(axis=-1)
    return ratio(matched, confusion.sum(axis=(-2, -1)))
