"""Errors of stance: what was taken for what, by granularity."""

from arnews_bench import StancePrediction, StanceRow
from arnews_bench.analysis import KINDS, analyse


def row(number, label, granularity="document"):
    return StanceRow(
        id=f"C01:000-{number}",
        claim_id="C01",
        claim="توقفت الحرب.",
        doc_id="000-a",
        granularity=granularity,
        text="لم تتوقف الحرب",
        context="قال إن الحرب لم تتوقف." if granularity == "statement" else None,
        label=label,
        fold=0,
    )


def answer(number, label, **fields):
    return StancePrediction(id=f"C01:000-{number}", label=label, **fields)


def test_confusions_are_counted_by_pair_of_labels_and_granularity():
    rows = [
        row(0, "agree"),
        row(1, "agree"),
        row(2, "agree", "statement"),
        row(3, "discuss"),
        row(4, "unrelated", "statement"),
    ]
    labels = ["disagree", "agree", "disagree", "unrelated", "unrelated"]
    found = analyse("stance", rows, [answer(n, label) for n, label in enumerate(labels)])
    assert {kind.name: kind.groups for kind in found.kinds if kind.count} == {
        "agree-as-disagree": {"document": 1, "statement": 1},
        "discuss-as-unrelated": {"document": 1, "statement": 0},
    }
    assert (found.gold, found.predicted, found.right) == (5, 5, 2)


def test_there_is_a_kind_for_every_pair_of_different_labels_and_for_no_answer():
    names = [kind.name for kind in KINDS["stance"]]
    assert len(names) == len(set(names)) == 12 + 4
    assert "agree-as-agree" not in names


def test_no_answer_costs_recall_and_not_precision():
    rows = [row(0, "agree"), row(1, "agree"), row(2, "discuss")]
    labels = [None, "agree", "agree"]
    found = analyse("stance", rows, [answer(n, label) for n, label in enumerate(labels)])
    assert (found.gold, found.predicted, found.right) == (3, 2, 1)
    assert [kind.name for kind in found.costing("recall")] == [
        "discuss-as-agree",
        "agree-unanswered",
    ]
    assert [kind.name for kind in found.costing("precision")] == ["discuss-as-agree"]
    (case,) = found.costing("recall")[1].cases
    assert [(f.name, f.gold, f.predicted, f.differs) for f in case.fields] == [
        ("label", "agree", None, True)
    ]


def test_a_case_shows_the_claim_the_text_and_what_stands_around_it():
    found = analyse("stance", [row(0, "agree", "statement")], [answer(0, "discuss")])
    (case,) = next(kind.cases for kind in found.kinds if kind.count)
    assert (case.claim, case.context) == ("توقفت الحرب.", "قال إن الحرب لم تتوقف.")
    assert [passage.text for passage in case.passages] == ["لم تتوقف الحرب"]
    assert [(f.name, f.gold, f.predicted) for f in case.fields] == [("label", "agree", "discuss")]


def test_probabilities_of_both_labels_are_shown_and_one_left_out_is_none():
    scores = {"discuss": 0.75, "unrelated": 0.25}
    found = analyse("stance", [row(0, "agree")], [answer(0, "discuss", scores=scores)])
    (case,) = next(kind.cases for kind in found.kinds if kind.count)
    probability = case.fields[1]
    assert (probability.gold, probability.predicted, probability.differs) == ("0.00", "0.75", False)
