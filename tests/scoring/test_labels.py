"""Reports on labels: equal to scikit-learn's on any labels."""

import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from arnews_bench.errors import InputError
from arnews_bench.scoring.labels import LabelScore, label_report


def test_a_report_worked_out_by_hand():
    report = label_report(["مع", "مع", "ضد", "ضد", "ضد"], ["مع", "ضد", "ضد", "ضد", "محايد"])
    assert report.labels == {
        "ضد": LabelScore(2 / 3, 2 / 3, 4 / 6, 3),
        "محايد": LabelScore(0.0, 0.0, 0.0, 0),
        "مع": LabelScore(1.0, 1 / 2, 2 / 3, 2),
    }
    assert report.accuracy == 3 / 5
    assert report.macro == pytest.approx((5 / 9, 7 / 18, 4 / 9, 5))
    assert report.weighted == pytest.approx((4 / 5, 3 / 5, 2 / 3, 5))


def test_no_answer_is_no_label_but_wrong():
    references, predictions = ["a", "a", "b", "b"], ["a", None, "b", None]
    report = label_report(references, predictions)
    assert report.labels == {
        "a": LabelScore(1.0, 1 / 2, 2 / 3, 2),
        "b": LabelScore(1.0, 1 / 2, 2 / 3, 2),
    }
    assert report.accuracy == 1 / 2
    theirs = sklearn.metrics.classification_report(
        references,
        [label or "none" for label in predictions],
        labels=["a", "b"],
        output_dict=True,
        zero_division=0,
    )
    assert report.to_dict()["macro avg"] == pytest.approx(theirs["macro avg"])


def test_labels_stand_in_their_own_order_not_in_that_of_the_list():
    assert list(label_report(["c", "a"], ["b", "a"]).labels) == ["a", "b", "c"]


def test_lists_of_different_lengths_and_empty_ones_are_refused():
    with pytest.raises(InputError, match="2 references, but 1 predictions"):
        label_report(["a", "b"], ["a"])
    with pytest.raises(InputError, match="the lists are empty"):
        label_report([], [])


# NumPy, which scikit-learn keeps labels in, takes the zero character for the end of a string.
characters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
labels = st.lists(st.text(characters, max_size=3), min_size=1, max_size=6)


@st.composite
def labelled(draw):
    known = st.sampled_from(draw(labels))
    size = draw(st.integers(1, 12))
    return [draw(st.lists(known, min_size=size, max_size=size)) for _ in range(2)]


@given(labelled())
def test_the_report_is_that_of_scikit_learn(case):
    references, predictions = case
    ours = label_report(references, predictions).to_dict()
    theirs = sklearn.metrics.classification_report(
        references, predictions, output_dict=True, zero_division=0
    )
    assert list(ours) == list(theirs)
    for name, scores in theirs.items():
        assert ours[name] == pytest.approx(scores, rel=1e-13, abs=1e-15), name
