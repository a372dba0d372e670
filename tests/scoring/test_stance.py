"""Scoring of stance: equal to scikit-learn where a score is defined."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st
from measured import measured, tallied

from arnews_bench.schema import STANCE_LABELS, StancePrediction, StanceRow
from arnews_bench.scoring import score_predictions
from arnews_bench.scoring.groups import group_scores
from arnews_bench.scoring.stance import STANCE


def row(label, *, number=0, doc_id="000-a", granularity="document"):
    return StanceRow(
        id=f"C{number:02}:{doc_id}",
        claim_id=f"C{number:02}",
        claim="أجرى مسؤولون أميركيون محادثات سرية.",
        doc_id=doc_id,
        granularity=granularity,
        text="نفت الخارجية الأميركية الخبر.",
        context=None,
        label=label,
        fold=0,
    )


def answers(labels):
    return [StancePrediction(id="", label=label) for label in labels]


def scores(gold, predicted, granularities=None):
    """Values of all measures by name."""
    granularities = granularities or ["document"] * len(gold)
    rows = [
        row(label, number=number, granularity=granularity)
        for number, (label, granularity) in enumerate(zip(gold, granularities, strict=True))
    ]
    return measured("stance", rows, answers(predicted))


def test_macro_f1_is_the_mean_over_the_labels():
    gold = ["agree", "agree", "disagree", "discuss", "unrelated"]
    predicted = ["agree", "discuss", "disagree", "discuss", "agree"]
    found = scores(gold, predicted)
    assert found["f1/agree"] == 1 / 2  # 1 right; 2 gold, 2 predicted
    assert found["f1/disagree"] == 1.0
    assert found["f1/discuss"] == 2 / 3  # 1 right; 1 gold, 2 predicted
    assert found["f1/unrelated"] == 0.0
    assert found["macro_f1"] == pytest.approx((1 / 2 + 1 + 2 / 3 + 0) / 4)
    assert found["accuracy"] == 3 / 5


def test_precision_is_over_the_predicted_and_recall_over_the_gold_labels():
    found = scores(["agree", "agree", "agree", "discuss"], ["agree", "discuss", "discuss", "agree"])
    assert (found["precision/agree"], found["recall/agree"]) == (1 / 2, 1 / 3)
    assert (found["precision/discuss"], found["recall/discuss"]) == (0.0, 0.0)


def test_a_label_that_neither_side_holds_has_no_f1_and_is_left_out_of_the_mean():
    found = scores(["agree", "discuss"], ["agree", "discuss"])
    assert found["f1/unrelated"] is found["f1/disagree"] is None
    assert found["macro_f1"] == 1.0


def test_precision_is_none_if_never_predicted_and_recall_if_never_gold():
    found = scores(["agree", "agree"], ["agree", "discuss"])
    assert found["precision/discuss"] == 0.0
    assert found["recall/discuss"] is None
    assert scores(["agree", "discuss"], ["agree", "agree"])["precision/discuss"] is None


def test_a_label_on_one_side_only_has_f1_zero_and_pulls_the_mean_down():
    assert scores(["agree", "agree"], ["agree", "discuss"])["macro_f1"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("gold", "predicted", "points"),
    [
        ("unrelated", "unrelated", 0.25),
        ("agree", "agree", 1.0),
        ("agree", "discuss", 0.25),
        ("agree", "unrelated", 0.0),
        ("unrelated", "discuss", 0.0),
    ],
)
def test_fnc1_gives_a_quarter_for_related_or_not_and_the_rest_for_the_label(
    gold, predicted, points
):
    # A second pair, worth one point and won, keeps the sum of what can be won away from zero.
    possible = 1 + (0.25 if gold == "unrelated" else 1.0)
    assert scores([gold, "disagree"], [predicted, "disagree"])["fnc1"] == pytest.approx(
        (points + 1) / possible
    )


def test_fnc1_is_the_share_of_the_points_that_could_be_won():
    gold = ["agree", "disagree", "discuss", "discuss", "unrelated", "unrelated", "unrelated"]
    predicted = ["agree", "agree", "discuss", "unrelated", "unrelated", "unrelated", "discuss"]
    # 1 + ¼ + 1 + 0 + ¼ + ¼ + 0 of 4 · 1 + 3 · ¼
    assert scores(gold, predicted)["fnc1"] == pytest.approx(2.75 / 4.75)


def test_each_granularity_is_scored_over_its_own_rows():
    gold = ["agree", "discuss", "agree", "discuss"]
    predicted = ["agree", "discuss", "discuss", "agree"]
    split = ["document", "document", "statement", "statement"]
    found = scores(gold, predicted, split)
    assert found["macro_f1/document"] == 1.0
    assert found["macro_f1/statement"] == 0.0
    assert found["macro_f1"] == found["accuracy"] == 0.5


def test_a_granularity_without_rows_has_no_score():
    assert scores(["agree"], ["agree"])["macro_f1/statement"] is None


def test_counts_are_confusions_by_document_and_granularity():
    rows = [
        row("agree", doc_id="000-a"),
        row("discuss", doc_id="000-b", number=1),
        row("agree", doc_id="000-a", number=2),
        row("agree", doc_id="000-a", number=3, granularity="statement"),
    ]
    predicted = answers(["agree", "unrelated", "disagree", "agree"])
    counts = score_predictions("stance", rows, predicted).counts
    assert counts.documents == ("000-a", "000-b")
    found = [
        {name: n for name, n in zip(counts.columns, values.tolist(), strict=True) if n}
        for values in counts.values
    ]
    assert found == [
        {"document.agree>agree": 1, "document.agree>disagree": 1, "statement.agree>agree": 1},
        {"document.discuss>unrelated": 1},
    ]


def scored(gold, *answers):
    """Values for pairs whose answers are a label, or a label with the scores of the labels."""
    rows = [row(label, number=number) for number, label in enumerate(gold)]
    given = [
        StancePrediction(id="", label=label, scores=more[0] if more else None)
        for label, *more in answers
    ]
    found = score_predictions("stance", rows, given).metrics
    return {name: found[name].value for name in ("ece", "brier")}


def test_calibration_is_over_the_probabilities_of_the_labels():
    sure = {"agree": 0.75, "disagree": 0.25, "discuss": 0.0, "unrelated": 0.0}
    found = scored(["agree", "disagree"], ("agree", sure), ("agree", sure))
    assert found["ece"] == 1 / 4  # half of them right at 0.75
    assert found["brier"] == (2 * 0.0625 + 2 * 0.5625) / 2


def test_a_label_that_the_scores_leave_out_has_probability_zero():
    short, long = {"agree": 1.0}, {"agree": 1.0, "disagree": 0, "discuss": 0, "unrelated": 0}
    for gold, expected in (("agree", 0.0), ("discuss", 2.0)):
        assert scored([gold], ("agree", short)) == scored([gold], ("agree", long))
        assert scored([gold], ("agree", short))["brier"] == expected


@pytest.mark.parametrize("second", [(), ({},), (None,)])
def test_calibration_is_undefined_unless_every_answer_has_scores(second):
    first = ("agree", {"agree": 1.0})
    found = scored(["agree", "agree"], first, ("agree", *second))
    assert found == {"ece": None, "brier": None}


def test_claims_are_scored_by_themselves():
    rows = [row("agree", number=2), row("agree", number=1), row("discuss", number=2)]
    predicted = answers(["agree", "disagree", "agree"])
    counts = {name: tally(rows, predicted) for name, tally in STANCE.groups.items()}
    assert group_scores(STANCE, counts) == {
        "claim": {
            "C01": {"rows": 1.0, "macro_f1": 0.0, "accuracy": 0.0},
            "C02": {"rows": 2.0, "macro_f1": pytest.approx(1 / 3), "accuracy": 1 / 2},
        }
    }


def test_no_answer_is_missed_for_the_gold_label_and_wrong_for_no_other():
    found = scores(["agree", "agree", "discuss"], ["agree", None, "discuss"])
    assert (found["precision/agree"], found["recall/agree"]) == (1.0, 1 / 2)
    assert found["f1/agree"] == 2 / 3
    assert (found["precision/discuss"], found["recall/discuss"]) == (1.0, 1.0)
    assert found["f1/disagree"] is found["f1/unrelated"] is None
    assert found["macro_f1"] == pytest.approx((2 / 3 + 1) / 2)
    assert found["accuracy"] == 2 / 3
    assert found["fnc1"] == pytest.approx(2 / 3)


def test_no_answer_at_all_scores_nothing():
    found = scores(["agree", "unrelated"], [None, None])
    assert found["macro_f1"] == found["accuracy"] == found["fnc1"] == 0.0
    assert found["precision/agree"] is None
    assert found["recall/agree"] == 0.0


def test_no_answer_is_counted_beside_the_labels_of_its_document_and_granularity():
    rows = [row("agree"), row("discuss", number=1, granularity="statement")]
    counts = score_predictions("stance", rows, answers([None, None])).counts
    (values,) = counts.values.tolist()
    found = {name: n for name, n in zip(counts.columns, values, strict=True) if n}
    assert found == {"document.agree>none": 1, "statement.discuss>none": 1}


def test_calibration_is_undefined_if_one_pair_has_no_answer():
    found = scored(["agree", "agree"], ("agree", {"agree": 1.0}), (None,))
    assert found == {"ece": None, "brier": None}


@st.composite
def labelled(draw):
    """Gold and predicted labels, drawn from a part of the labels on each side."""
    size = draw(st.integers(1, 12))

    def side():
        known = draw(st.lists(st.sampled_from(STANCE_LABELS), min_size=1, unique=True))
        return draw(st.lists(st.sampled_from(known), min_size=size, max_size=size))

    granularity = st.sampled_from(["document", "statement"])
    return side(), side(), draw(st.lists(granularity, min_size=size, max_size=size))


@given(labelled())
def test_the_scores_are_those_of_scikit_learn(case):
    gold, predicted, granularities = case
    ours = scores(gold, predicted, granularities)
    macro = sklearn.metrics.f1_score(gold, predicted, average="macro", zero_division=0)
    assert ours["macro_f1"] == pytest.approx(macro, rel=1e-14)
    assert ours["accuracy"] == sklearn.metrics.accuracy_score(gold, predicted)
    precision, recall, f1, support = sklearn.metrics.precision_recall_fscore_support(
        gold, predicted, labels=STANCE_LABELS, zero_division=0
    )
    for code, label in enumerate(STANCE_LABELS):
        # Where scikit-learn falls back to 0 for want of a denominator, we say None.
        asked, given_ = support[code] > 0, label in predicted
        assert ours[f"precision/{label}"] == (precision[code] if given_ else None)
        assert ours[f"recall/{label}"] == (recall[code] if asked else None)
        assert ours[f"f1/{label}"] == (pytest.approx(f1[code]) if asked or given_ else None)
    for name in ("document", "statement"):
        here = [number for number, value in enumerate(granularities) if value == name]
        expected = (
            sklearn.metrics.f1_score(
                [gold[i] for i in here], [predicted[i] for i in here], average="macro"
            )
            if here
            else None
        )
        assert ours[f"macro_f1/{name}"] == pytest.approx(expected)


@given(labelled(), st.lists(st.booleans(), min_size=12, max_size=12))
def test_with_missing_answers_the_scores_are_those_of_scikit_learn_without_their_label(case, lost):
    gold, predicted, _ = case
    predicted = [None if lost[i] else label for i, label in enumerate(predicted)]
    ours = scores(gold, predicted)
    theirs = [label or "no answer" for label in predicted]
    occurring = [label for label in STANCE_LABELS if label in {*gold, *predicted}]
    macro = sklearn.metrics.f1_score(
        gold, theirs, labels=occurring, average="macro", zero_division=0
    )
    assert ours["macro_f1"] == pytest.approx(macro, rel=1e-14)
    assert ours["accuracy"] == sklearn.metrics.accuracy_score(gold, theirs)
    precision, recall, f1, support = sklearn.metrics.precision_recall_fscore_support(
        gold, theirs, labels=STANCE_LABELS, zero_division=0
    )
    for code, label in enumerate(STANCE_LABELS):
        asked, given_ = support[code] > 0, label in predicted
        assert ours[f"precision/{label}"] == (precision[code] if given_ else None)
        assert ours[f"recall/{label}"] == (recall[code] if asked else None)
        assert ours[f"f1/{label}"] == (pytest.approx(f1[code]) if asked or given_ else None)


@given(labelled())
def test_the_counts_sum_to_scikit_learns_confusion_matrix(case):
    gold, predicted, _ = case
    rows = [row(label, number=number) for number, label in enumerate(gold)]
    total = tallied("stance", rows, answers(predicted))
    found = [[total[f"document.{g}>{p}"] for p in STANCE_LABELS] for g in STANCE_LABELS]
    expected = sklearn.metrics.confusion_matrix(gold, predicted, labels=STANCE_LABELS)
    np.testing.assert_array_equal(found, expected)
