"""Scoring of attribution: cases worked by hand on one short article."""

from collections import Counter
from fractions import Fraction
from itertools import accumulate, permutations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured import measured, tallied

from arnews_bench.schema import (
    Attribution,
    AttributionPrediction,
    AttributionRow,
    PredictedAttribution,
    PredictedSpan,
    TextSpan,
)
from arnews_bench.text import normalise

# Three attributions, the last of which drops its subject.
TEXT = (
    "قال أحمد الشرع لرويترز إن المفاوضات مستمرة. "
    "وأكدت وزارة الدفاع أنها لم تشارك. "
    "وأضافت أن الخبر كاذب تماما."
)
TALKS = "المفاوضات مستمرة"
TOOK_NO_PART = "أنها لم تشارك"
NEWS_IS_FALSE = "الخبر كاذب تماما"


def place(surface, text=TEXT):
    return text.index(surface), text.index(surface) + len(surface)


def gold_span(surface, text=TEXT):
    start, end = place(surface, text)
    return TextSpan(start=start, end=end, text=surface)


def span(surface, text=TEXT):
    start, end = place(surface, text)
    return PredictedSpan(start=start, end=end)


def gold(*content, name, cue="قال", source=None, via=None, text=TEXT, **fields):
    return Attribution(
        cue=gold_span(cue, text),
        source=gold_span(source, text) if source else None,
        via=gold_span(via, text) if via else None,
        content=tuple(gold_span(part, text) for part in content),
        source_name=name,
        source_type=fields.get("source_type", "person"),
        mode=fields.get("mode", "indirect"),
        polarity="asserted",
    )


def predicted(*content, name, text=TEXT, **fields):
    """A predicted attribution; contents and cue, source, via are given by their surface."""
    for field in {"cue", "source", "via"} & fields.keys():
        fields[field] = span(fields[field], text)
    return PredictedAttribution(
        content=tuple(span(part, text) for part in content), source_name=name, **fields
    )


SHARAA = gold(TALKS, name="أحمد الشرع", source="أحمد الشرع", via="لرويترز")
MINISTRY = gold(TOOK_NO_PART, name="وزارة الدفاع", cue="وأكدت", source="وزارة الدفاع")
DROPPED = gold(NEWS_IS_FALSE, name="وزارة الدفاع", cue="وأضافت")


def counts(golds, answers, text=TEXT):
    """The values of all measures, and what they come from."""
    row = AttributionRow(
        id="000-a", doc_id="000-a", text=text, sentences=(), attributions=tuple(golds), fold=0
    )
    answer = AttributionPrediction(id="000-a", attributions=tuple(answers))
    return tuple(get("attribution", [row], [answer]) for get in (measured, tallied))


def scores(golds, answers, text=TEXT):
    return counts(golds, answers, text)[0]


def right(golds, answers, text=TEXT):
    """How many answers are right."""
    return counts(golds, answers, text)[1]["right.matched"]


def test_a_perfect_answer_has_every_score():
    answers = [
        predicted(
            TALKS,
            name="أحمد الشرع",
            cue="قال",
            source="أحمد الشرع",
            via="لرويترز",
            source_type="person",
            mode="indirect",
        ),
        predicted(
            TOOK_NO_PART,
            name="وزارة الدفاع",
            cue="وأكدت",
            source="وزارة الدفاع",
            source_type="person",
            mode="indirect",
        ),
        predicted(
            NEWS_IS_FALSE,
            name="وزارة الدفاع",
            cue="وأضافت",
            source_type="person",
            mode="indirect",
        ),
    ]
    assert set(scores([SHARAA, MINISTRY, DROPPED], answers).values()) == {1.0}


def test_an_attribution_is_right_with_its_content_and_its_source():
    # One right, one with the wrong source, one invented: 1 of 3 gold and 1 of 3 predicted.
    answers = [
        predicted(TALKS, name="أحمد الشرع"),
        predicted(TOOK_NO_PART, name="بشار الأسد"),
        predicted("لرويترز إن", name="وزارة الدفاع"),
    ]
    found = scores([SHARAA, MINISTRY, DROPPED], answers)
    assert found["attribution_f1"] == found["precision"] == found["recall"] == 1 / 3


def test_the_right_content_with_the_wrong_source_counts_for_the_content_alone():
    found = scores([SHARAA], [predicted(TALKS, name="وزارة الدفاع")])
    assert found["attribution_f1"] == 0.0
    assert found["content_f1"] == 1.0


def test_the_right_source_with_the_wrong_content_is_wrong():
    found = scores([SHARAA], [predicted(NEWS_IS_FALSE, name="أحمد الشرع")])
    assert found["attribution_f1"] == found["content_f1"] == 0.0


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("إن المفاوضات مستمرة. وأكدت", 0, id="2 of 5 tokens"),
        pytest.param("إن المفاوضات مستمرة.", 1, id="2 of 4 tokens: half is enough"),
        pytest.param("إن المفاوضات مستمرة", 1, id="2 of 3 tokens"),
        pytest.param("المفاوضات", 1, id="1 of 2 tokens"),
        pytest.param("إن المفاوضات", 0, id="1 of 3 tokens"),
    ],
)
def test_the_contents_must_share_half_of_the_tokens_of_either(content, expected):
    assert right([SHARAA], [predicted(content, name="أحمد الشرع")]) == expected


@pytest.mark.parametrize(("n_words", "expected"), [(50, 0), (51, 1)])
def test_just_less_than_half_is_too_little_and_just_more_is_enough(n_words, expected):
    text = "قال بايدن " + " ".join(["كلا"] * 101)
    whole, part = " ".join(["كلا"] * 101), " ".join(["كلا"] * n_words)
    item = gold(whole, name="بايدن", text=text)
    assert right([item], [predicted(part, name="بايدن", text=text)], text) == expected


def test_a_token_in_part_is_in_the_content():
    start, end = place(TALKS)
    inner = PredictedSpan(start=start + 2, end=end - 2)
    answer = PredictedAttribution(content=(inner,), source_name="أحمد الشرع")
    assert scores([SHARAA], [answer])["content_f1"] == 1.0


def test_white_space_beside_a_content_is_no_part_of_it():
    start, end = place(TALKS)
    wider = PredictedSpan(start=start - 1, end=end)
    answer = PredictedAttribution(content=(wider,), source_name="أحمد الشرع")
    assert scores([SHARAA], [answer])["content_f1"] == 1.0


def test_a_content_in_two_pieces_is_the_tokens_of_both():
    split = gold(TALKS, NEWS_IS_FALSE, name="أحمد الشرع")
    both, one = (
        predicted(TALKS, NEWS_IS_FALSE, name="أحمد الشرع"),
        predicted(NEWS_IS_FALSE, name="أحمد الشرع"),
    )
    assert scores([split], [both])["content_f1"] == 1.0
    assert scores([split], [one])["content_f1"] == 2 * 3 / (5 + 3)


def test_pieces_that_overlap_count_their_tokens_once():
    answer = predicted(TALKS, "إن المفاوضات", name="أحمد الشرع")
    assert counts([SHARAA], [answer])[1]["content.predicted"] == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("احمد الشرع", 1, id="alef without hamza"),
        pytest.param("أَحمد الشَّرع", 1, id="diacritics"),
        pytest.param("أحمـد الشرع", 1, id="tatweel"),
        pytest.param("الشرع أحمد", 1, id="order of the words"),
        pytest.param("«أحمد الشرع»", 1, id="quotation marks"),
        pytest.param("الشرع", 1, id="one of two words: F1 2/3"),
        pytest.param("الرئيس السوري أحمد", 0, id="one word of two and three: F1 2/5"),
        pytest.param("الرئيس أحمد", 1, id="one word of two and two: F1 1/2"),
        pytest.param("الرئيس السوري", 0, id="no word"),
        pytest.param("", 0, id="no name"),
    ],
)
def test_names_are_compared_by_their_normalised_words(name, expected):
    assert right([SHARAA], [predicted(TALKS, name=name)]) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("الوزير سيرغي لافروف أمس", 1, id="2 words of 4 and 4: F1 1/2"),
        pytest.param("الوزير سيرغي لافروف في موسكو", 0, id="2 words of 4 and 5: F1 4/9"),
    ],
)
def test_names_must_have_an_f1_of_one_half(name, expected):
    item = gold(TALKS, name="وزير الخارجية سيرغي لافروف")
    assert right([item], [predicted(TALKS, name=name)]) == expected


def test_the_name_may_be_that_of_the_source_span():
    # Who `المتحدث` is stands elsewhere in the article; answering with the span is right as well.
    text = "قال المتحدث إن الاتفاق قريب."
    item = gold("الاتفاق قريب", name="نيد برايس", source="المتحدث", text=text)
    for name, expected in (("المتحدث", 1), ("نيد برايس", 1), ("الرئيس", 0)):
        assert right([item], [predicted("الاتفاق قريب", name=name, text=text)], text) == expected


def test_without_a_source_span_only_the_name_is_right():
    assert right([DROPPED], [predicted(NEWS_IS_FALSE, name="وأضافت")]) == 0
    assert right([DROPPED], [predicted(NEWS_IS_FALSE, name="وزارة الدفاع")]) == 1


NESTED = "قال لافروف إن بايدن أكد أن المحادثات مستمرة."
OUTER = gold("إن بايدن أكد أن المحادثات مستمرة", name="لافروف", text=NESTED)
INNER = gold("المحادثات مستمرة", name="بايدن", cue="أكد", text=NESTED)


@pytest.mark.parametrize("golds", [[OUTER, INNER], [INNER, OUTER]])
def test_an_attribution_inside_anothers_content_matches_itself_not_the_outer_one(golds):
    # Both gold contents share two tokens with the answer; IoU 2/2 goes before 2/6.
    answer = predicted("المحادثات مستمرة", name="بايدن", text=NESTED)
    values, found = counts(golds, [answer], NESTED)
    assert found["right.matched"] == 1
    assert found["content.matched"] == 2
    assert values["attribution_f1"] == 2 / 3


def test_the_outer_and_the_inner_attribution_are_each_found():
    answers = [
        predicted("المحادثات مستمرة", name="بايدن", text=NESTED),
        predicted("إن بايدن أكد أن المحادثات مستمرة", name="لافروف", text=NESTED),
    ]
    found = scores([OUTER, INNER], answers, NESTED)
    assert found["attribution_f1"] == found["content_f1"] == 1.0


def test_two_predictions_for_one_gold_attribution_match_once():
    answers = [predicted(TALKS, name="أحمد الشرع")] * 2
    found = scores([SHARAA], answers)
    assert (found["precision"], found["recall"]) == (1 / 2, 1.0)
    assert found["content_f1"] == 2 * 2 / (2 + 4)


def test_of_two_predictions_with_one_content_the_one_with_the_right_source_counts():
    answers = [predicted(TALKS, name="وزارة الدفاع"), predicted(TALKS, name="أحمد الشرع")]
    assert right([SHARAA], answers) == right([SHARAA], answers[::-1]) == 1


def test_contents_are_matched_for_the_most_shared_tokens_even_if_a_source_is_lost():
    # The first answer has more of the content but the wrong source: it takes the match.
    answers = [predicted(TALKS, name="وزارة الدفاع"), predicted("مستمرة", name="أحمد الشرع")]
    assert right([SHARAA], answers) == 0


def test_a_content_may_be_given_as_a_string_of_the_text():
    answer = PredictedAttribution(content=(TALKS,), source_name="أحمد الشرع")
    assert scores([SHARAA], [answer])["content_f1"] == 1.0
    assert right([SHARAA], [answer]) == 1


def test_a_string_stands_for_its_first_occurrence():
    text = "قال بايدن لا. قال لافروف لا."
    first = gold("لا", name="بايدن", text=text)
    start = text.rindex("لا")
    moved = TextSpan(start=start, end=start + 2, text="لا")
    second = msgspec.structs.replace(first, content=(moved,))
    answer = PredictedAttribution(content=("لا",), source_name="بايدن")
    assert right([first], [answer], text) == 1
    assert right([second], [answer], text) == 0


def test_a_string_is_found_as_whole_tokens_not_inside_a_word():
    text = "قال بايدن كلا ثم قال لا."
    start = text.rindex("لا")
    item = gold("كلا", name="بايدن", text=text)
    alone = TextSpan(start=start, end=start + 2, text="لا")
    item = msgspec.structs.replace(item, content=(alone,))
    answer = PredictedAttribution(content=("لا",), source_name="بايدن")
    assert right([item], [answer], text) == 1


def test_a_string_inside_a_word_alone_is_an_invented_one():
    answer = PredictedAttribution(content=("مفاوضات",), source_name="أحمد الشرع")
    found = counts([SHARAA], [answer])[1]
    assert (found["right.predicted"], found["content.predicted"]) == (1, 0)


def test_strings_and_offsets_may_stand_side_by_side():
    split = gold(TALKS, NEWS_IS_FALSE, name="أحمد الشرع")
    answer = PredictedAttribution(content=(span(TALKS), NEWS_IS_FALSE), source_name="أحمد الشرع")
    assert scores([split], [answer])["content_f1"] == 1.0


def test_an_invented_string_matches_nothing_and_counts_against_precision():
    answers = [
        predicted(TALKS, name="أحمد الشرع"),
        PredictedAttribution(content=("الحرب انتهت",), source_name="وزارة الدفاع"),
    ]
    values, found = counts([SHARAA, MINISTRY], answers)
    assert found["right.matched"] == 1
    assert (values["precision"], values["recall"]) == (1 / 2, 1 / 2)
    assert found["content.predicted"] == 2


def test_dropped_subject_recall_is_over_the_gold_without_a_source_span():
    answers = [predicted(NEWS_IS_FALSE, name="وزارة الدفاع")]
    found = scores([SHARAA, MINISTRY, DROPPED], answers)
    assert found["dropped_subject_recall"] == 1.0
    assert found["recall"] == 1 / 3


def test_a_dropped_subject_counts_only_if_it_is_resolved():
    answers = [predicted(TALKS, name="أحمد الشرع"), predicted(NEWS_IS_FALSE, name="رويترز")]
    assert scores([SHARAA, DROPPED], answers)["dropped_subject_recall"] == 0.0


def test_the_f1_of_dropped_subjects_takes_what_is_matched_with_them_as_predicted():
    # Of two dropped subjects one is resolved, one is found with another speaker, one answer is
    # for a named subject and one invented: 2 · 1 / (2 gold + 2 predicted).
    lies = gold(TALKS, name="أحمد الشرع", cue="قال")
    answers = [
        predicted(NEWS_IS_FALSE, name="وزارة الدفاع"),
        predicted(TALKS, name="رويترز"),
        predicted(TOOK_NO_PART, name="وزارة الدفاع"),
        predicted("لرويترز إن", name="وزارة الدفاع"),
    ]
    values, found = counts([lies, MINISTRY, DROPPED], answers)
    assert [found[f"dropped.{kind}"] for kind in ("matched", "gold", "predicted")] == [1, 2, 2]
    assert values["dropped_subject_f1"] == 1 / 2


def test_a_dropped_subject_that_nothing_is_matched_with_is_missed():
    assert scores([DROPPED], [])["dropped_subject_f1"] == 0.0
    assert scores([SHARAA], [predicted(TALKS, name="أحمد الشرع")])["dropped_subject_f1"] is None


def test_without_dropped_subjects_there_is_no_such_recall():
    found = scores([SHARAA], [predicted(TALKS, name="أحمد الشرع")])
    assert found["dropped_subject_recall"] is None


@pytest.mark.parametrize("field", ["cue", "source", "via"])
def test_cue_source_and_via_are_right_by_their_exact_bounds(field):
    # Gold has one span, predicted two of which one is right: F1 = 2 · 1 / (1 + 2).
    surfaces = {"cue": "قال", "source": "أحمد الشرع", "via": "لرويترز"}
    answers = [
        predicted(TALKS, name="أحمد الشرع", **{field: surfaces[field]}),
        predicted(TOOK_NO_PART, name="أحمد الشرع", **{field: "كاذب"}),
    ]
    assert scores([SHARAA], answers)[f"{field}_f1"] == pytest.approx(2 / 3)
    shorter = [predicted(TALKS, name="أحمد الشرع", **{field: surfaces[field][:-1]})]
    assert scores([SHARAA], shorter)[f"{field}_f1"] == 0.0


@pytest.mark.parametrize("field", ["cue", "source", "via"])
def test_a_cue_source_or_via_may_be_given_as_a_string_of_the_text(field):
    surfaces = {"cue": "قال", "source": "أحمد الشرع", "via": "لرويترز"}
    answer = msgspec.structs.replace(
        predicted(TALKS, name="أحمد الشرع"), **{field: f" {surfaces[field]}"}
    )
    assert scores([SHARAA], [answer])[f"{field}_f1"] == 1.0


def test_a_cue_that_is_not_in_the_text_as_whole_tokens_counts_as_predicted_once():
    answer = predicted(TALKS, name="أحمد الشرع")
    answers = [msgspec.structs.replace(answer, cue=cue) for cue in ("قا", "قا", "صرح", "قال")]
    found = counts([SHARAA], answers)[1]
    assert (found["cue.matched"], found["cue.gold"], found["cue.predicted"]) == (1, 1, 3)


def test_a_cue_given_as_a_string_is_its_first_occurrence():
    text = "مقال: قال زيد نعم. وكما قال عمر لا."
    first = gold("نعم", name="زيد", text=text)
    second = msgspec.structs.replace(first, cue=TextSpan(start=24, end=27, text="قال"))
    first = msgspec.structs.replace(first, cue=TextSpan(start=6, end=9, text="قال"))
    answer = msgspec.structs.replace(predicted("نعم", name="زيد", text=text), cue="قال")
    assert scores([first], [answer], text)["cue_f1"] == 1.0
    assert scores([second], [answer], text)["cue_f1"] == 0.0


def test_a_span_that_two_attributions_share_counts_once():
    pair = [gold(TALKS, name="أحمد الشرع"), gold(NEWS_IS_FALSE, name="أحمد الشرع")]
    answers = [predicted(TALKS, name="أحمد الشرع", cue="قال")]
    found = counts(pair, answers * 2)[1]
    assert (found["cue.matched"], found["cue.gold"], found["cue.predicted"]) == (1, 1, 1)


def test_a_right_cue_counts_whether_or_not_its_attribution_is_right():
    found = scores([SHARAA], [predicted(NEWS_IS_FALSE, name="رويترز", cue="قال")])
    assert (found["cue_f1"], found["attribution_f1"]) == (1.0, 0.0)


def test_cues_that_are_not_given_are_missed():
    found = scores([SHARAA], [predicted(TALKS, name="أحمد الشرع")])
    assert found["cue_f1"] == found["source_f1"] == found["via_f1"] == 0.0


def test_a_via_that_neither_side_has_is_not_scored():
    assert scores([MINISTRY], [predicted(TALKS, name="رويترز")])["via_f1"] is None


def test_source_type_and_mode_are_asked_of_right_attributions_alone():
    answers = [
        predicted(TALKS, name="أحمد الشرع", source_type="person", mode="direct"),
        predicted(TOOK_NO_PART, name="وزارة الدفاع", source_type="group", mode="indirect"),
        # Right type and mode, but the source is wrong: it does not count.
        predicted(NEWS_IS_FALSE, name="رويترز", source_type="person", mode="indirect"),
    ]
    found = scores([SHARAA, MINISTRY, DROPPED], answers)
    assert found["source_type_accuracy"] == 1 / 2
    assert found["mode_accuracy"] == 1 / 2


def test_a_source_type_or_mode_that_is_not_given_is_wrong():
    found = scores([SHARAA], [predicted(TALKS, name="أحمد الشرع")])
    assert found["source_type_accuracy"] == found["mode_accuracy"] == 0.0


def test_without_a_right_attribution_type_and_mode_are_not_scored():
    found = scores([SHARAA], [predicted(TALKS, name="رويترز", mode="indirect")])
    assert found["source_type_accuracy"] is found["mode_accuracy"] is None


def test_an_empty_answer_finds_nothing():
    found = scores([SHARAA, DROPPED], [])
    assert found["attribution_f1"] == found["recall"] == found["content_f1"] == 0.0
    assert found["dropped_subject_recall"] == 0.0
    assert found["precision"] is None


def test_every_answer_to_a_document_without_attributions_is_a_false_positive():
    found = scores([], [predicted(TALKS, name="أحمد الشرع")])
    assert found["attribution_f1"] == found["precision"] == 0.0
    assert found["recall"] is None


def test_no_answer_to_a_document_without_attributions_is_neither_right_nor_wrong():
    assert set(scores([], []).values()) == {None}


def test_attributions_match_only_inside_their_own_document():
    rows = [
        AttributionRow(
            id=doc_id, doc_id=doc_id, text=TEXT, sentences=(), attributions=golds, fold=0
        )
        for doc_id, golds in (("000-a", (SHARAA,)), ("000-b", ()))
    ]
    found = (predicted(TALKS, name="أحمد الشرع"),)
    for answers, expected in (((found, ()), 1.0), (((), found), 0.0)):
        predictions = [
            AttributionPrediction(id=row.id, attributions=answer)
            for row, answer in zip(rows, answers, strict=True)
        ]
        assert measured("attribution", rows, predictions)["attribution_f1"] == expected


def test_the_order_of_the_gold_decides_nothing():
    text = "قال أحمد إن الحرب انتهت. وأضاف أن السلام قريب."
    golds = [
        gold("الحرب انتهت", name="أحمد", source="أحمد", text=text),
        gold("السلام قريب", name="أحمد", cue="وأضاف", text=text),
    ]
    answers = [
        predicted("الحرب انتهت", name="أحمد", text=text),
        predicted("الحرب انتهت", name="رويترز", text=text),
    ]
    found = [scores(order, answers, text)["attribution_f1"] for order in (golds, golds[::-1])]
    assert found == [0.5, 0.5]


def test_a_string_is_found_where_occurrences_overlap():
    text = "قال كلا لا لا."
    golds = [gold("لا لا.", name="أحمد", text=text)]
    golds = [msgspec.structs.replace(golds[0], content=(TextSpan(start=8, end=13, text="لا لا"),))]
    answer = PredictedAttribution(content=("لا لا",), source_name="أحمد")
    assert scores(golds, [answer], text)["attribution_f1"] == 1.0


# An implementation of its own, word by word and matching by matching, on texts of few words.

WORDS = ["قال", "بايدن", "أن", "الحرب", "انتهت", "و", "بوتين", "نفى"]
NAMES = ["بايدن", "جو بايدن", "الرئيس جو بايدن", "بوتين", "بوتين بوتين", ""]


@st.composite
def documents(draw):
    """A text of words, gold attributions on it, and predictions as offsets or strings."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=3, max_size=9))
    ends = list(accumulate(len(word) + 1 for word in words))
    starts = [0, *ends[:-1]]
    text = " ".join(words)

    def span():
        first = draw(st.integers(0, len(words) - 1))
        last = draw(st.integers(first, min(first + 4, len(words) - 1)))
        return starts[first], ends[last] - 1

    def gold_of(bounds):
        return TextSpan(start=bounds[0], end=bounds[1], text=text[slice(*bounds)])

    golds = [
        Attribution(
            cue=gold_of(span()),
            source=gold_of(span()) if draw(st.booleans()) else None,
            via=None,
            content=tuple(gold_of(span()) for _ in range(draw(st.integers(1, 2)))),
            source_name=draw(st.sampled_from(NAMES[:-1])),
            source_type="person",
            mode="direct",
            polarity="asserted",
        )
        for _ in range(draw(st.integers(0, 4)))
    ]

    def content():
        bounds = span()
        as_string = draw(st.booleans())
        return text[slice(*bounds)] if as_string else PredictedSpan(start=bounds[0], end=bounds[1])

    answers = [
        PredictedAttribution(
            content=tuple(content() for _ in range(draw(st.integers(1, 2)))),
            source_name=draw(st.sampled_from(NAMES)),
            mode=draw(st.sampled_from(["direct", "indirect", None])),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    return text, golds, answers


def words_of(part, text):
    """The numbers of the words that a content holds; `none` if its string is not there."""
    words = text.split(" ")
    if isinstance(part, str):
        wanted = part.split(" ")
        found = (
            range(i, i + len(wanted))
            for i in range(len(words))
            if words[i : i + len(wanted)] == wanted
        )
        return set(next(found, ()))
    return set(range(text[: part.start].count(" "), text[: part.end].count(" ") + 1))


def same_speaker(item, answer):
    names = [item.source_name] + ([item.source.text] if item.source else [])
    given = Counter(normalise(answer.source_name).split())
    return any(
        2 * (2 * (Counter(normalise(name).split()) & given).total())
        >= Counter(normalise(name).split()).total() + given.total()
        and given.total() > 0
        for name in names
    )


def outcomes(text, golds, answers):
    """What each of the best matchings comes to, found by trying all of them."""
    gold_words = [set().union(*(words_of(p, text) for p in g.content)) for g in golds]
    answer_words = [set().union(*(words_of(p, text) for p in a.content)) for a in answers]
    best, found = None, []
    size = max(len(golds), len(answers))
    for chosen in permutations(range(size), len(golds)):
        pairs = [
            (g, p)
            for g, p in enumerate(chosen)
            if p < len(answers) and gold_words[g] & answer_words[p]
        ]
        shared = sum(len(gold_words[g] & answer_words[p]) for g, p in pairs)
        ious = [
            Fraction(len(gold_words[g] & answer_words[p]), len(gold_words[g] | answer_words[p]))
            for g, p in pairs
        ]
        right = [
            (g, p)
            for (g, p), iou in zip(pairs, ious, strict=True)
            if 2 * iou >= 1 and same_speaker(golds[g], answers[p])
        ]
        key = (shared, sum(ious), len(right))
        if best is None or key > best:
            best, found = key, []
        if key == best:
            found.append(
                {
                    "right.matched": len(right),
                    "right.gold": len(golds),
                    "right.predicted": len(answers),
                    "content.matched": shared,
                    "content.gold": sum(map(len, gold_words)),
                    "content.predicted": sum(map(len, answer_words)),
                    "dropped.matched": sum(golds[g].source is None for g, _ in right),
                    "dropped.gold": sum(item.source is None for item in golds),
                    "dropped.predicted": sum(golds[g].source is None for g, _ in pairs),
                    "mode.matched": sum(golds[g].mode == answers[p].mode for g, p in right),
                }
            )
    return found


@settings(max_examples=200)
@given(documents())
def test_the_counts_are_those_of_the_best_of_all_matchings(case):
    text, golds, answers = case
    values, found = counts(golds, answers, text)
    possible = outcomes(text, golds, answers)
    assert {name: found[name] for name in possible[0]} in possible
    # All best matchings agree on the headline, so that it does not hang on an order.
    assert len({outcome["right.matched"] for outcome in possible}) == 1
    total = len(golds) + len(answers)
    expected = 2 * possible[0]["right.matched"] / total if total else None
    assert values["attribution_f1"] == expected


@settings(max_examples=200)
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_the_predictions_does_not_change_the_headline(case, chance):
    text, golds, answers = case
    shuffled = chance.sample(answers, len(answers))
    assert (
        scores(golds, shuffled, text)["attribution_f1"]
        == (scores(golds, answers, text)["attribution_f1"])
    )
