"""The four schemes of SemEval-2013 task 9: by hand, against every pairing, against nervaluate.

Spans are written half-open, `(start, end, type)`; nervaluate's ends are inclusive.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nervaluate import Evaluator

from arnews_bench.metrics.muc import SCHEMES, count_muc

TYPES = ("PER", "ORG", "LOC")
KINDS = ("correct", "incorrect", "partial", "missed", "spurious")


def array(documents):
    found = [
        (number, 0, start, end, TYPES.index(name))
        for number, spans in enumerate(documents)
        for start, end, name in spans
    ]
    return np.array(found, dtype=int).reshape(-1, 5)


def counts(gold, predicted):
    """Scheme → (COR, INC, PAR, MIS, SPU) of one document."""
    found = count_muc(array([gold]), array([predicted]), n_documents=1)
    return {name: tuple(int(kind[0]) for kind in found[name]) for name in SCHEMES}


def evaluated(gold, predicted):
    """The results of nervaluate for lists of documents."""
    dicts = [
        [[{"label": t, "start": s, "end": e - 1} for s, e, t in spans] for spans in side]
        for side in (gold, predicted)
    ]
    found = Evaluator(*dicts, tags=list(TYPES), loader="dict").evaluate()["overall"]
    return {name: found["ent_type" if name == "type" else name] for name in SCHEMES}


def peer_counts(gold, predicted):
    found = evaluated([gold], [predicted])
    return {name: tuple(getattr(found[name], kind) for kind in KINDS) for name in SCHEMES}


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        pytest.param(
            [(0, 2, "PER")], [(0, 2, "PER")],
            dict.fromkeys(SCHEMES, (1, 0, 0, 0, 0)), id="bounds and type agree",
        ),
        pytest.param(
            [(0, 2, "PER")], [(0, 2, "ORG")],
            {
                "strict": (0, 1, 0, 0, 0), "exact": (1, 0, 0, 0, 0),
                "partial": (1, 0, 0, 0, 0), "type": (0, 1, 0, 0, 0),
            }, id="only the bounds agree",
        ),
        pytest.param(
            [(0, 3, "PER")], [(1, 3, "PER")],
            {
                "strict": (0, 1, 0, 0, 0), "exact": (0, 1, 0, 0, 0),
                "partial": (0, 0, 1, 0, 0), "type": (1, 0, 0, 0, 0),
            }, id="they overlap and the type agrees",
        ),
        pytest.param(
            [(0, 3, "PER")], [(2, 5, "ORG")],
            {
                "strict": (0, 1, 0, 0, 0), "exact": (0, 1, 0, 0, 0),
                "partial": (0, 0, 1, 0, 0), "type": (0, 1, 0, 0, 0),
            }, id="they only overlap",
        ),
        pytest.param(
            [(0, 2, "PER")], [(2, 4, "PER")],
            dict.fromkeys(SCHEMES, (0, 0, 0, 1, 1)), id="neighbours do not overlap",
        ),
        pytest.param(
            [(0, 2, "PER")], [], dict.fromkeys(SCHEMES, (0, 0, 0, 1, 0)), id="missed",
        ),
        pytest.param(
            [], [(0, 2, "PER")], dict.fromkeys(SCHEMES, (0, 0, 0, 0, 1)), id="spurious",
        ),
        pytest.param([], [], dict.fromkeys(SCHEMES, (0, 0, 0, 0, 0)), id="nothing"),
        pytest.param(
            [(0, 5, "PER")], [(0, 2, "PER"), (3, 5, "PER")],
            {
                "strict": (0, 1, 0, 0, 1), "exact": (0, 1, 0, 0, 1),
                "partial": (0, 0, 1, 0, 1), "type": (1, 0, 0, 0, 1),
            }, id="of two spans on one gold span one has a partner",
        ),
        pytest.param(
            [(0, 2, "PER"), (3, 5, "PER")], [(0, 5, "PER")],
            {
                "strict": (0, 1, 0, 1, 0), "exact": (0, 1, 0, 1, 0),
                "partial": (0, 0, 1, 1, 0), "type": (1, 0, 0, 1, 0),
            }, id="a span on two gold spans has one partner",
        ),
        pytest.param(
            [(0, 2, "PER")], [(0, 2, "PER"), (0, 2, "PER")],
            dict.fromkeys(SCHEMES, (1, 0, 0, 0, 1)),
            id="the second of two equal spans is spurious",
        ),
    ],
)  # fmt: skip
def test_what_a_pair_is_in_each_scheme(gold, predicted, expected):
    assert counts(gold, predicted) == expected
    assert peer_counts(gold, predicted) == expected


def test_possible_and_actual_are_the_gold_and_the_predicted_spans_in_every_scheme():
    gold = [(0, 2, "PER"), (3, 6, "ORG"), (8, 9, "LOC")]
    predicted = [(0, 2, "ORG"), (5, 7, "ORG"), (10, 11, "LOC"), (12, 13, "LOC")]
    for found in count_muc(array([gold]), array([predicted]), n_documents=1).values():
        assert (found.possible.tolist(), found.actual.tolist()) == ([3], [4])


def test_a_partial_pair_counts_half():
    gold, predicted = [(0, 2, "PER"), (3, 6, "ORG")], [(0, 2, "PER"), (4, 6, "ORG"), (8, 9, "LOC")]
    found = count_muc(array([gold]), array([predicted]), n_documents=1)["partial"]
    assert found.precision.tolist() == [1.5 / 3]
    assert found.recall.tolist() == [1.5 / 2]
    assert found.f1.tolist() == [2 * 1.5 / 5]


def test_counts_stand_by_document_and_spans_pair_within_a_sequence_only():
    # Document, sequence, start, end, type; the second sequence of document 0 is empty in gold.
    gold = np.array([[1, 7, 0, 2, 0], [0, 3, 0, 2, 0]])
    predicted = np.array([[0, 4, 0, 2, 0], [0, 3, 1, 2, 0], [1, 7, 0, 2, 0]])
    found = count_muc(gold, predicted, n_documents=3)
    assert found["strict"].correct.tolist() == [0, 1, 0]
    assert found["strict"].incorrect.tolist() == [1, 0, 0]
    assert found["strict"].spurious.tolist() == [1, 0, 0]
    assert np.isnan(found["strict"].f1[2])


def test_numbers_of_any_size_are_told_apart():
    far = 2**40
    gold = np.array([[0, far, far, far + 2, 0], [0, far + 1, 0, 2, 0]])
    predicted = np.array([[0, far, far, far + 2, 0], [0, far - 1, 0, 2, 0]])
    found = count_muc(gold, predicted, n_documents=1)["strict"]
    assert (found.correct[0], found.missed[0], found.spurious[0]) == (1, 1, 1)


def best_pairing(gold, predicted, scheme):
    """Correct pairs and all pairs of the best pairing, by trying every one."""

    def search(number, free):
        if number == len(gold):
            return (0, 0)
        start, end, name = gold[number]
        best = search(number + 1, free)
        for other in free:
            s, e, t = predicted[other]
            if start < e and s < end:
                bounds, types = (start, end) == (s, e), name == t
                right = {"strict": bounds and types, "type": types}.get(scheme, bounds)
                correct, pairs = search(number + 1, free - {other})
                best = max(best, (correct + right, pairs + 1))
        return best

    return search(0, frozenset(range(len(predicted))))


@st.composite
def flat_spans(draw):
    """Spans of a sentence without overlap."""
    spans, position = [], 0
    for gap, size in draw(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4)), max_size=5)):
        start = position + gap
        position = start + size
        spans.append((start, position, draw(st.sampled_from(TYPES))))
    return spans


@st.composite
def flat_pairs(draw):
    """Gold spans, and predicted ones of which some are the gold ones, none overlapping another."""
    gold = draw(flat_spans())
    predicted = []
    for span in sorted([*draw(flat_spans()), *(s for s in gold if draw(st.booleans()))]):
        if not predicted or predicted[-1][1] <= span[0]:
            predicted.append(span)
    return gold, predicted


bounds = st.tuples(st.integers(0, 7), st.integers(1, 4))
any_spans = st.lists(
    st.tuples(bounds, st.sampled_from(TYPES)).map(lambda s: (s[0][0], sum(s[0]), s[1])), max_size=4
)


@settings(max_examples=200)
@given(st.lists(flat_pairs() | st.tuples(any_spans, any_spans), min_size=1, max_size=4))
def test_of_all_pairings_the_one_with_most_correct_and_then_most_pairs_counts(documents):
    gold, predicted = zip(*documents, strict=True)
    found = count_muc(array(gold), array(predicted), n_documents=len(documents))
    for name, muc in found.items():
        others = muc.partial if name == "partial" else muc.incorrect
        for number in range(len(documents)):
            correct, pairs = best_pairing(gold[number], predicted[number], name)
            assert (muc.correct[number], muc.correct[number] + others[number]) == (correct, pairs)
            assert muc.missed[number] == len(gold[number]) - pairs
            assert muc.spurious[number] == len(predicted[number]) - pairs


@settings(max_examples=200)
@given(flat_pairs() | st.tuples(any_spans, any_spans), st.randoms(use_true_random=False))
def test_the_order_of_the_spans_does_not_matter(spans, random):
    gold, predicted = (list(side) for side in spans)
    expected = counts(gold, predicted)
    random.shuffle(gold)
    random.shuffle(predicted)
    assert counts(gold, predicted) == expected


def assert_as_nervaluate(gold, predicted, schemes):
    ours, theirs = (
        count_muc(array(gold), array(predicted), n_documents=len(gold)),
        evaluated(gold, predicted),
    )
    for name in schemes:
        muc, peer = ours[name], theirs[name]
        for kind in (*KINDS, "possible", "actual"):
            assert getattr(muc, kind).sum() == getattr(peer, kind), (name, kind)
        total = type(muc)(*(kind.sum() for kind in muc))
        for kind in ("precision", "recall", "f1"):
            # What has no denominator is NaN here and 0 there.
            assert np.nan_to_num(getattr(total, kind)) == pytest.approx(
                getattr(peer, kind), rel=1e-12
            )


@settings(max_examples=200)
@given(st.lists(flat_pairs(), min_size=1, max_size=4))
def test_on_flat_spans_strict_exact_and_partial_are_those_of_nervaluate(documents):
    # The first overlapping gold span from the left, as nervaluate takes it, is always a best
    # partner here: a span with the gold bounds overlaps no other, so that nobody takes its place.
    gold, predicted = zip(*documents, strict=True)
    assert_as_nervaluate(gold, predicted, ("strict", "exact", "partial"))


def alone(span, others):
    return sum(span[0] < end and start < span[1] for start, end, _ in others) <= 1


@settings(max_examples=200)
@given(st.lists(flat_pairs(), min_size=1, max_size=4))
def test_where_each_span_overlaps_one_other_at_most_type_is_that_of_nervaluate_too(documents):
    kept = []
    for gold, predicted in documents:
        theirs = [span for span in predicted if alone(span, gold)]
        kept.append(([span for span in gold if alone(span, theirs)], theirs))
    gold, predicted = zip(*kept, strict=True)
    assert_as_nervaluate(gold, predicted, SCHEMES)


@settings(max_examples=200)
@given(st.lists(flat_pairs(), min_size=1, max_size=4))
def test_nervaluate_never_finds_more_correct_types(documents):
    gold, predicted = zip(*documents, strict=True)
    ours = count_muc(array(gold), array(predicted), n_documents=len(documents))["type"]
    assert ours.correct.sum() >= evaluated(gold, predicted)["type"].correct


# Where nervaluate 1.2.1 leaves its own definition. It says: a predicted span that overlaps a gold
# span with the same label is correct (`type`), one that matches it perfectly is correct (all
# others). It goes through the predicted spans in their order and gives each one a partner for
# good, so that a span may lose its only right partner to one that came before it.


def test_a_wrong_type_that_comes_first_takes_the_partner_of_the_right_one_in_nervaluate():
    gold = [(0, 4, "PER")]
    predicted = [(0, 1, "ORG"), (2, 4, "PER")]
    # The second span has the type of the gold span that it overlaps: correct.
    assert counts(gold, predicted)["type"] == (1, 0, 0, 0, 1)
    assert peer_counts(gold, predicted)["type"] == (0, 1, 0, 0, 1)


def test_the_nearest_of_several_partners_may_be_the_only_one_of_another_span_in_nervaluate():
    gold = [(0, 4, "PER"), (5, 8, "PER")]
    predicted = [(3, 7, "PER"), (7, 8, "PER")]
    # Each predicted span overlaps a gold span of its type, and there is one for either.
    assert counts(gold, predicted)["type"] == (2, 0, 0, 0, 0)
    assert peer_counts(gold, predicted)["type"] == (1, 0, 0, 1, 1)


@pytest.mark.parametrize("scheme", SCHEMES[:3])
def test_a_perfect_match_that_comes_second_is_spurious_in_nervaluate(scheme):
    # Only spans that overlap others of their side, nested ones, can come to this.
    gold, predicted = [(0, 3, "PER")], [(0, 2, "PER"), (0, 3, "PER")]
    assert counts(gold, predicted)[scheme] == (1, 0, 0, 0, 1)
    assert peer_counts(gold, predicted)[scheme][0] == 0
    assert peer_counts(gold, predicted[::-1])[scheme] == (1, 0, 0, 0, 1)


def test_less_than_a_hundredth_of_the_gold_span_is_no_overlap_in_nervaluate():
    # Its least threshold is 1 %; the definition knows none, and code points soon make a hundred.
    gold, predicted = [(0, 101, "ORG")], [(100, 101, "ORG")]
    assert counts(gold, predicted)["type"] == (1, 0, 0, 0, 0)
    assert peer_counts(gold, predicted)["type"] == (0, 0, 0, 1, 1)
    assert peer_counts([(0, 100, "ORG")], [(99, 100, "ORG")])["type"] == (1, 0, 0, 0, 0)


def test_half_open_ends_handed_to_nervaluate_make_neighbours_overlap():
    gold = [[{"label": "PER", "start": 0, "end": 2}]]
    predicted = [[{"label": "PER", "start": 2, "end": 4}]]
    found = Evaluator(gold, predicted, tags=list(TYPES), loader="dict").evaluate()
    assert found["overall"]["ent_type"].correct == 1
    assert counts([(0, 2, "PER")], [(2, 4, "PER")])["type"] == (0, 0, 0, 1, 1)


def test_the_figures_of_single_types_of_nervaluate_do_not_add_up_so_that_we_have_none():
    # One pair of two types is incorrect; by type it is a missed and a spurious span.
    gold = [[{"label": "PER", "start": 0, "end": 1}]]
    predicted = [[{"label": "ORG", "start": 0, "end": 1}]]
    found = Evaluator(gold, predicted, tags=list(TYPES), loader="dict").evaluate()
    assert found["overall"]["strict"].incorrect == 1
    assert sum(scores["strict"].incorrect for scores in found["entities"].values()) == 0
    assert found["entities"]["PER"]["strict"].missed == 1
    assert found["entities"]["ORG"]["strict"].spurious == 1
