"""Confusion matrices by document, and the scores read off them."""

import numpy as np
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from arnews_bench.metrics.confusion import accuracy, confusion_by_document, label_counts, label_f1


def test_each_row_counts_in_its_documents_matrix_at_gold_and_predicted_label():
    found = confusion_by_document(
        np.array([0, 0, 1, 1]),
        np.array([0, 1, 1, 1]),
        np.array([0, 0, 0, 2]),
        n_documents=3,
        n_labels=2,
    )
    assert found.tolist() == [
        [[1, 1], [0, 1]],
        [[0, 0], [0, 0]],  # a document without rows
        [[0, 0], [0, 1]],
    ]


def test_an_answer_that_is_no_label_is_missed_and_no_false_alarm():
    # Gold 0 0 1, answers 0, none, 1.
    found = confusion_by_document(
        np.array([0, 0, 1]),
        np.array([0, 2, 1]),
        np.zeros(3, dtype=int),
        n_documents=1,
        n_labels=2,
        n_answers=3,
    )
    assert found.tolist() == [[[1, 0, 1], [0, 1, 0]]]
    np.testing.assert_allclose(label_f1(found), [[2 / 3, 1.0]])
    np.testing.assert_allclose(accuracy(found), [2 / 3])


def test_no_rows_give_matrices_of_zeros():
    nothing = np.array([], dtype=int)
    found = confusion_by_document(nothing, nothing, nothing, n_documents=2, n_labels=2)
    assert found.tolist() == [[[0, 0], [0, 0]]] * 2


def test_the_f1_of_a_label_is_undefined_only_if_neither_side_holds_it():
    # Gold 0 0 1, predicted 0 1 1 ; label 2 is only predicted, 3 only gold, 4 neither.
    confusion = np.zeros((5, 5), dtype=int)
    confusion[0, 0] = confusion[0, 1] = confusion[1, 1] = confusion[3, 2] = 1
    np.testing.assert_allclose(label_f1(confusion), [2 / 3, 2 / 3, 0.0, 0.0, np.nan])


def test_accuracy_is_the_share_on_the_diagonal_and_undefined_without_rows():
    confusion = np.array([[[3, 1], [0, 4]], [[0, 0], [0, 0]]])
    np.testing.assert_array_equal(accuracy(confusion), [7 / 8, np.nan])


@st.composite
def labelled_rows(draw):
    size = draw(st.integers(1, 30))

    def codes(top):
        return np.array(draw(st.lists(st.integers(0, top), min_size=size, max_size=size)))

    return codes(3), codes(3), codes(2)


@given(labelled_rows())
def test_the_matrices_and_scores_are_those_of_scikit_learn(rows):
    gold, predicted, documents = rows
    found = confusion_by_document(gold, predicted, documents, n_documents=3, n_labels=4)
    for number in range(3):
        here = documents == number
        if here.any():
            expected = sklearn.metrics.confusion_matrix(
                gold[here], predicted[here], labels=range(4)
            )
            np.testing.assert_array_equal(found[number], expected)
    total = found.sum(axis=0)
    matched, in_gold, in_predicted = label_counts(gold, predicted, n_labels=4)
    assert matched.tolist() == np.diagonal(total).tolist()
    assert in_gold.tolist() == total.sum(axis=1).tolist()
    assert in_predicted.tolist() == total.sum(axis=0).tolist()
    occurring = sorted({*gold.tolist(), *predicted.tolist()})
    np.testing.assert_allclose(
        label_f1(total)[occurring],
        sklearn.metrics.f1_score(gold, predicted, average=None, zero_division=0),
        rtol=1e-14,
    )
    assert accuracy(total) == sklearn.metrics.accuracy_score(gold, predicted)
