"""Strict IOB2 scores of lists of tags, to the last digit those of seqeval."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from arnews_bench.errors import InputError
from arnews_bench.scoring.tags import code_report, encode_tags, sequence_starts, tag_report


def seqeval_report(references, predictions):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return classification_report(
            references, predictions, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
        )


def assert_same(ours, theirs):
    """Equal in names, order and every bit; NaN equals NaN."""
    assert list(ours) == list(theirs)
    for name, scores in theirs.items():
        for kind, value in scores.items():
            same = ours[name][kind] == value or (math.isnan(value) and math.isnan(ours[name][kind]))
            assert same, (name, kind, ours[name][kind], value)


TYPES = ("PER", "ORG", "B-side", "a-b-c", "شخص", "micro", "X.1", "O", "I")
type_sets = st.lists(st.sampled_from(TYPES), min_size=1, max_size=5, unique=True)
many_types = st.just([f"T{number:02}" for number in range(40)])


@st.composite
def taggings(draw, repair=False, types=type_sets):
    """Gold and predicted tags of sentences, also empty ones; the prediction copies a part."""
    tags = ["O", *(f"{prefix}-{name}" for name in draw(types) for prefix in "BI")]
    tag = st.sampled_from(tags)
    references, predictions = [], []
    for size in draw(st.lists(st.integers(0, 9), min_size=1, max_size=6)):
        gold = draw(st.lists(tag, min_size=size, max_size=size))
        other = draw(st.lists(st.none() | tag, min_size=size, max_size=size))
        predicted = [new or old for old, new in zip(gold, other, strict=True)]
        references.append(made_valid(gold) if repair else gold)
        predictions.append(made_valid(predicted) if repair else predicted)
    return references, predictions


def made_valid(tags):
    valid = []
    for tag in tags:
        before = valid[-1] if valid else "O"
        valid.append("B" + tag[1:] if tag[0] == "I" and before[1:] != tag[1:] else tag)
    return valid


@given(taggings(repair=True))
def test_valid_tags_score_as_in_seqeval_to_the_last_digit(sides):
    assert_same(tag_report(*sides).to_dict(), seqeval_report(*sides))


@given(taggings())
def test_any_sequence_of_tags_scores_as_in_seqeval_to_the_last_digit(sides):
    assert_same(tag_report(*sides).to_dict(), seqeval_report(*sides))


@given(taggings(types=many_types))
def test_many_types_are_averaged_as_in_seqeval_to_the_last_digit(sides):
    assert_same(tag_report(*sides).to_dict(), seqeval_report(*sides))


@given(taggings())
def test_integers_score_as_the_strings_that_they_stand_for(sides):
    names = sorted({tag[2:] for side in sides for tags in side for tag in tags if tag != "O"})
    codes = {"O": 0}
    for number, name in enumerate(names):
        codes |= {f"B-{name}": 2 * number + 1, f"I-{name}": 2 * number + 2}
    lengths = np.array([len(tags) for tags in sides[0]])
    arrays = [encode_tags(side, codes, int(lengths.sum())) for side in sides]
    for dtype in (np.int64, np.uint8):
        found = code_report(*(a.astype(dtype) for a in arrays), sequence_starts(lengths), names)
        assert_same(found.to_dict(), tag_report(*sides).to_dict())


def test_a_worked_example():
    references = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "O"]]
    predictions = [["B-PER", "I-PER", "O", "B-ORG"], ["B-LOC", "I-PER"]]
    # PER 1 of 1, LOC 1 of 1 predicted and of 2 gold, ORG 0 of 1; the orphan I is nothing.
    found = tag_report(references, predictions)
    assert found.types == {
        "LOC": (1.0, 0.5, 2 / 3, 2), "ORG": (0.0, 0.0, 0.0, 0), "PER": (1.0, 1.0, 1.0, 1),
    }  # fmt: skip
    assert found.micro == pytest.approx((2 / 3, 2 / 3, 2 / 3, 3))
    assert found.macro == pytest.approx((2 / 3, 1 / 2, 5 / 9, 3))
    assert found.weighted == pytest.approx((1.0, 2 / 3, 7 / 9, 3))


def test_the_report_is_a_table_of_types_and_averages():
    lines = str(tag_report([["B-PER", "B-LOC"]], [["B-PER", "O"]])).splitlines()
    assert [line.split() for line in lines] == [
        ["precision", "recall", "f1-score", "support"],
        ["LOC", "0.0000", "0.0000", "0.0000", "1"],
        ["PER", "1.0000", "1.0000", "1.0000", "1"],
        ["micro", "avg", "1.0000", "0.5000", "0.6667", "2"],
        ["macro", "avg", "0.5000", "0.5000", "0.5000", "2"],
        ["weighted", "avg", "0.5000", "0.5000", "0.5000", "2"],
    ]
    assert len({len(line) for line in lines}) == 1


def test_a_type_with_terminal_codes_is_shown_harmlessly():
    shown = str(tag_report([["B-\x1b[31m"]], [["O"]]))
    assert "\x1b" not in shown
    assert "\\x1b[31m" in shown


@pytest.mark.parametrize("sentences", [[], [[]], [["O", "O"], []], [["I-PER"]]])
def test_without_any_span_the_macro_average_is_undefined_and_the_others_are_zero(sentences):
    found = tag_report(sentences, sentences)
    assert found.types == {}
    assert found.micro == found.weighted == (0.0, 0.0, 0.0, 0)
    assert all(math.isnan(value) for value in found.macro[:3])


def test_hyphens_around_a_type_are_no_part_of_it_as_in_seqeval():
    references, predictions = [["B-PER", "I--PER", "B-A-B"]], [["B-PER-", "I-PER", "B-A-B"]]
    found = tag_report(references, predictions)
    assert list(found.types) == ["A-B", "PER"]
    assert found.micro.f1 == 1.0
    assert_same(found.to_dict(), seqeval_report(references, predictions))


NO_TAGS = ["", "B", "B-", "I--", "PER", "b-PER", "S-PER", "BPER", "O-PER", "o", None, 3, ["O"], 2.5]


@pytest.mark.parametrize("tag", NO_TAGS)
def test_what_is_no_tag_is_named_with_sentence_and_position(tag):
    good = [["O", "O"], ["O", "B-PER", "O"]]
    bad = [["O", "O"], ["O", "B-PER", tag]]
    with pytest.raises(InputError) as caught:
        tag_report(good, bad)
    assert str(caught.value).startswith(f"predictions[1][2]: {tag!r} is no IOB2 tag; right are 'O'")
    with pytest.raises(InputError, match=r"^references\[1\]\[2\]: "):
        tag_report(bad, good)


def test_sentences_of_different_lengths_are_named():
    with pytest.raises(InputError, match=r"^predictions\[1\]: 1 tags, but references\[1\] has 2$"):
        tag_report([["O"], ["O", "O"]], [["O"], ["O"]])
    with pytest.raises(InputError, match=r"predictions\[0\]: 2 tags.*\(2 sentences in all\)"):
        tag_report([["O"], ["O", "O"]], [["O", "O"], ["O"]])
    with pytest.raises(InputError, match=r"^2 sentences of references, but 1 of predictions$"):
        tag_report([["O"], ["O"]], [["O"]])


def test_a_sentence_is_a_list_of_tags():
    with pytest.raises(InputError, match=r"^predictions\[1\]: int, not a list of tags$"):
        tag_report([["O"], ["O"]], [["O"], 3])
    with pytest.raises(InputError, match=r"^references\[0\]\[0\]: 'B' is no IOB2 tag"):
        tag_report(["B-PER"], [["O"] * 5])


@pytest.mark.parametrize(
    ("references", "predictions", "starts", "types", "said"),
    [
        ([0, 1], [0], [0], ["A"], "2 references, but 1 predictions"),
        ([0, 3], [0, 1], [0], ["A"], "references: 3 is not in 0 to 2, for 1 types"),
        ([0, 1], [0, -1], [0], ["A"], "predictions: -1 is not in 0 to 2, for 1 types"),
        ([0.5, 1], [0, 1], [0], ["A"], "references: an array of 1 dimensions and type float64"),
        ([[0, 1]], [[0, 1]], [0], ["A"], "references: an array of 2 dimensions"),
        ([0, 1], [0, 1], [0, 3], ["A"], "sentence_starts: 3 is not in 0 to 2, for 2 tokens"),
        ([0, 1], [0, 1], [1], ["A"], "sentence_starts: the first sentence starts at 0"),
        ([0, 1], [0, 1], [], ["A"], "sentence_starts: the first sentence starts at 0"),
        ([0, 1], [0, 1], [0], ["A", "A"], "types: a name occurs twice"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(references, predictions, starts, types, said):
    with pytest.raises(InputError) as caught:
        code_report(references, predictions, starts, types)
    assert said in str(caught.value)
