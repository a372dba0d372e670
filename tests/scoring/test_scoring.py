"""From predictions to scores: every measure has an interval, and documents are the clusters."""

import pytest

from arnews_bench.metrics.intervals import document_interval
from arnews_bench.schema import (
    AttributionPrediction,
    AttributionRow,
    NerPrediction,
    NerRow,
    StancePrediction,
    StanceRow,
)
from arnews_bench.scoring import SCORERS, score_predictions


def stance_row(doc_id, number):
    return StanceRow(
        id=f"C{number:02}:{doc_id}",
        claim_id=f"C{number:02}",
        claim="استقال الوزير.",
        doc_id=doc_id,
        granularity="document",
        text="قدّم الوزير استقالته.",
        context=None,
        label="agree",
        fold=0,
    )


def stance(outcomes, copies=1):
    """Rows and answers of documents such as `+-`: a right and a wrong answer."""
    rows, answers = [], []
    for doc_id, outcome in enumerate(outcomes):
        for mark in outcome * copies:
            row = stance_row(f"000-{doc_id}", len(rows))
            rows.append(row)
            label = "agree" if mark == "+" else "discuss"
            answers.append(StancePrediction(id=row.id, label=label))
    return rows, answers


def accuracy(rows, answers):
    return score_predictions("stance", rows, answers).metrics["accuracy"]


OUTCOMES = ["++++-", "+--", "++", "-----+", "+++-", "+-+-", "-+"]


@pytest.mark.parametrize(
    ("task_type", "headline"),
    [("ner", "strict_f1"), ("stance", "macro_f1"), ("attribution", "attribution_f1")],
)
def test_the_headline_is_the_measure_the_task_is_ranked_by(task_type, headline):
    assert SCORERS[task_type].headline == headline
    assert score_predictions("stance", *stance(OUTCOMES)).headline == "macro_f1"


def test_the_interval_is_that_of_the_documents_counts():
    found = score_predictions("stance", *stance(OUTCOMES))
    for name, measure in SCORERS["stance"].measures.items():
        score = found.metrics[name]
        if score.value is not None:
            interval = document_interval(found.counts.values, measure, lowest=0.0)
            assert (score.low, score.high) == interval


def test_duplicating_rows_inside_documents_does_not_narrow_the_interval():
    once, often = accuracy(*stance(OUTCOMES)), accuracy(*stance(OUTCOMES, copies=10))
    assert often.value == once.value
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


def test_the_same_rows_as_documents_of_their_own_narrow_the_interval():
    clustered = accuracy(*stance(["+" * 20, "-" * 20, "+" * 20, "-" * 20]))
    single = accuracy(*stance(["+", "-"] * 40))
    assert single.value == clustered.value == 0.5
    assert clustered.high - clustered.low > 0.75
    # 80 coin flips: 0.5 ± 1.96 · √(¼ / 80).
    assert (single.low, single.high) == pytest.approx((0.39, 0.61), abs=0.02)


def test_rows_of_a_document_need_not_stand_together():
    rows, answers = stance(OUTCOMES)
    order = sorted(range(len(rows)), key=lambda n: (n * 7) % len(rows))
    mixed = score_predictions("stance", [rows[n] for n in order], [answers[n] for n in order])
    expected = score_predictions("stance", rows, answers)
    assert sorted(zip(mixed.counts.documents, mixed.counts.values.tolist(), strict=True)) == (
        sorted(zip(expected.counts.documents, expected.counts.values.tolist(), strict=True))
    )
    assert mixed.metrics["accuracy"].value == expected.metrics["accuracy"].value


def test_one_document_gives_a_value_without_an_interval():
    score = accuracy(*stance(["+++-"]))
    assert (score.value, score.low, score.high) == (0.75, None, None)


def test_an_undefined_measure_has_neither_value_nor_interval():
    score = score_predictions("stance", *stance(OUTCOMES)).metrics["recall/unrelated"]
    assert (score.value, score.low, score.high) == (None, None, None)


def test_the_same_predictions_give_the_same_scores_bit_for_bit():
    rows, answers = stance(OUTCOMES)
    first, again = (score_predictions("stance", rows, answers).metrics for _ in range(2))
    assert first == again


def test_a_measure_that_rests_on_one_document_has_no_interval():
    # Only the first document holds an entity.
    rows = [
        NerRow(
            id=f"{doc_id}#0",
            doc_id=doc_id,
            start=0,
            text="في بيروت",
            tokens=("في", "بيروت"),
            token_spans=((0, 2), (3, 8)),
            ner_tags=tags,
            entities=(),
            fold=0,
        )
        for doc_id, tags in (("000-a", ("O", "B-LOC")), ("000-b", ("O", "O")))
    ]
    answers = [NerPrediction(id=row.id, tags=row.ner_tags) for row in rows]
    score = score_predictions("ner", rows, answers).metrics["strict_f1"]
    assert (score.value, score.low, score.high) == (1.0, None, None)


def test_a_document_without_gold_and_without_answers_still_counts_as_a_document():
    rows = [
        AttributionRow(
            id=doc_id, doc_id=doc_id, text="خبر.", sentences=((0, 4),), attributions=(), fold=0
        )
        for doc_id in ("000-a", "000-b")
    ]
    answers = [AttributionPrediction(id=row.id, attributions=()) for row in rows]
    found = score_predictions("attribution", rows, answers)
    assert found.counts.documents == ("000-a", "000-b")
    assert not found.counts.values.any()
    assert found.metrics["attribution_f1"].value is None


@pytest.mark.parametrize("task_type", ["ner", "stance", "attribution"])
def test_no_rows_have_no_scores(task_type):
    found = score_predictions(task_type, [], [])
    assert {score.value for score in found.metrics.values()} == {None}


def test_a_measure_of_which_all_is_right_still_has_an_uncertain_interval():
    # Seven documents: fewer than 1 - 0.025^(1/7) = 41.0 % of others are likely to be wrong.
    score = accuracy(*stance(["++", "+", "+++", "+", "+", "++", "+"]))
    assert (score.value, score.low, score.high) == pytest.approx((1.0, 0.590, 1.0), abs=1e-3)


def test_a_brier_score_may_lie_between_1_and_2():
    rows, _ = stance(OUTCOMES)
    answers = [
        StancePrediction(
            id=row.id,
            label="discuss",
            scores={"discuss": 0.75 + number % 3 / 8, "agree": 0.25 - number % 3 / 8},
        )
        for number, row in enumerate(rows)
    ]
    score = score_predictions("stance", rows, answers).metrics["brier"]
    assert 0 < score.low < score.value < score.high < 2
    assert score.value > 1
