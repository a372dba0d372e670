"""Errors of attribution: each kind worked by hand on one short article."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arnews_bench import (
    Attribution,
    AttributionPrediction,
    AttributionRow,
    PredictedAttribution,
    PredictedSpan,
    TextSpan,
)
from arnews_bench.analysis import analyse
from arnews_bench.analysis.cases import MarkedSpan
from arnews_bench.analysis.passages import passages_around
from arnews_bench.scoring import SCORERS

# Three sentences and an attribution in each; the last one drops its subject.
TEXT = (
    "قال أحمد الشرع لرويترز إن المفاوضات مستمرة. "
    "وأكدت وزارة الدفاع أنها لم تشارك. "
    "وأضافت أن الخبر كاذب تماما."
)
TALKS, NO_PART, FALSE = "المفاوضات مستمرة", "لم تشارك", "الخبر كاذب تماما"
SHARAA, MINISTRY = "أحمد الشرع", "وزارة الدفاع"


def place(surface):
    return TEXT.index(surface), TEXT.index(surface) + len(surface)


def gold_span(surface):
    start, end = place(surface)
    return TextSpan(start=start, end=end, text=surface)


def span(surface):
    start, end = place(surface)
    return PredictedSpan(start=start, end=end)


def gold(content, name, cue, source=None):
    return Attribution(
        cue=gold_span(cue), source=gold_span(source) if source else None, via=None,
        content=(gold_span(content),), source_name=name, source_type="person", mode="indirect",
        polarity="asserted",
    )  # fmt: skip


GOLD = (
    gold(TALKS, SHARAA, "قال", SHARAA),
    gold(NO_PART, MINISTRY, "وأكدت", MINISTRY),
    gold(FALSE, MINISTRY, "وأضافت"),
)


def said(content, name, **fields):
    answer = {"source_type": "person", "mode": "indirect"} | fields
    return PredictedAttribution(
        content=tuple(span(part) if part in TEXT else part for part in [content]),
        source_name=name,
        **answer,
    )


RIGHT = (said(TALKS, SHARAA), said(NO_PART, MINISTRY), said(FALSE, MINISTRY))


def row(attributions=GOLD, sentences=None):
    if sentences is None:
        sentences = tuple(place(part) for part in (TEXT[:43], TEXT[44:78], TEXT[79:]))
    return AttributionRow(
        id="000-a", doc_id="000-a", text=TEXT, sentences=sentences,
        attributions=tuple(attributions), fold=0,
    )  # fmt: skip


def found(*answers, **fields):
    return analyse(
        "attribution", [row(**fields)], [AttributionPrediction(id="000-a", attributions=answers)]
    )


CASES = {
    "nothing is wrong": (RIGHT, {}),
    "missed": (RIGHT[:2], {"missed": "subject dropped"}),
    "invented": ((*RIGHT, said("لرويترز", SHARAA)), {"invented": "no gold"}),
    "wrong source": (
        (said(TALKS, "بوتين"), *RIGHT[1:]),
        {"wrong-source": "subject named"},
    ),
    "wrong source of a dropped subject": (
        (*RIGHT[:2], said(FALSE, SHARAA)),
        {"dropped-subject": "subject dropped"},
    ),
    # One of the three tokens of the content: IoU 1/3.
    "wrong content": ((*RIGHT[:2], said("كاذب", MINISTRY)), {"wrong-content": "subject dropped"}),
    "half of the content is enough": ((said("المفاوضات", SHARAA), *RIGHT[1:]), {}),
    "both": ((*RIGHT[:2], said("كاذب", SHARAA)), {"both": "subject dropped"}),
    "the speaker's type": (
        (said(TALKS, SHARAA, source_type="media"), *RIGHT[1:]),
        {"source-type": "subject named"},
    ),
    "mode": ((said(TALKS, SHARAA, mode=None), *RIGHT[1:]), {"mode": "subject named"}),
    # What is not right already is no error of type or mode too.
    "only the first reason counts": (
        (said(TALKS, "بوتين", mode="direct", source_type="media"), *RIGHT[1:]),
        {"wrong-source": "subject named"},
    ),
    # The span next to the cue is as good as the name.
    "a name in part": ((said(TALKS, "الشرع"), *RIGHT[1:]), {}),
}


@pytest.mark.parametrize(("answers", "expected"), CASES.values(), ids=list(CASES))
def test_each_kind_of_error(answers, expected):
    kinds = {
        kind.name: next(group for group, count in kind.groups.items() if count)
        for kind in found(*answers).kinds
        if kind.count
    }
    assert kinds == expected


def case_of(kind, *answers, **fields):
    (case,) = next(item.cases for item in found(*answers, **fields).kinds if item.name == kind)
    return case


def test_a_case_shows_gold_beside_prediction_and_says_what_differs():
    case = case_of("wrong-source", said(TALKS, "بوتين", cue=span("قال")), *RIGHT[1:])
    assert [(f.name, f.gold, f.predicted, f.differs) for f in case.fields] == [
        ("speaker", SHARAA, "بوتين", True),
        ("content", TALKS, TALKS, False),
        ("cue", "قال", "قال", False),
        ("source", SHARAA, None, True),
        ("speaker's type", "person", "person", False),
        ("mode", "indirect", "indirect", False),
    ]
    assert case.note == "content: 2 of 2 tokens in common, IoU 1.00"


def test_the_overlap_of_a_wrong_content_is_given():
    case = case_of("wrong-content", *RIGHT[:2], said("كاذب", MINISTRY))
    assert case.note == "content: 1 of 3 tokens in common, IoU 0.33"
    assert [(f.name, f.differs) for f in case.fields if f.differs] == [
        ("content", True),
        ("cue", True),
    ]


def test_only_the_sentences_that_take_part_are_shown():
    assert [p.text for p in case_of("missed", *RIGHT[1:]).passages] == [TEXT[:43]]
    # Without sentences of its own the row is cut by the package's rules.
    case = case_of("missed", *RIGHT[1:], sentences=())
    assert [p.text for p in case.passages] == [TEXT[:43]]


def test_a_content_that_is_not_in_the_text_is_shown_but_not_marked():
    case = case_of("invented", *RIGHT, said("هذا ليس هنا", SHARAA))
    assert case.fields[1].predicted == "هذا ليس هنا"
    assert (case.spans, case.passages) == ((), ())


def test_a_content_given_as_a_string_is_marked_where_it_was_scored():
    answer = PredictedAttribution(content=("المفاوضات", "كاذب تماما"), source_name="بوتين")
    case = case_of("both", answer, *RIGHT[1:])
    marked = [TEXT[s.start : s.end] for s in case.spans if s.side == "predicted"]
    assert marked == ["المفاوضات", "كاذب تماما"]


def test_a_cue_given_as_a_string_is_shown_and_marked_where_it_was_scored():
    answer = said(TALKS, "بوتين", cue="قال", source="ليس هنا", via="رويترز")
    case = case_of("wrong-source", answer, *RIGHT[1:])
    shown = {f.name: (f.predicted, f.differs) for f in case.fields}
    assert shown["cue"] == ("قال", False)
    assert (shown["source"], shown["via"]) == (("ليس هنا", True), ("رويترز", True))
    marked = [(s.role, s.start) for s in case.spans if s.side == "predicted"]
    # `رويترز` is no token of the text: `لرويترز` is.
    assert marked == [("cue", 0), ("content", place(TALKS)[0])]


def test_passages_that_follow_each_other_hang_together():
    text = "أ ب. ج د. ه و."
    sentences = [(0, 4), (5, 9), (10, 14)]

    def mark(start, end):
        return MarkedSpan(side="gold", role="content", start=start, end=end)

    def shown(*spans):
        return [(p.start, p.text) for p in passages_around(text, sentences, spans)]

    assert shown(mark(0, 1), mark(5, 6)) == [(0, "أ ب. ج د.")]
    assert shown(mark(0, 1), mark(10, 11)) == [(0, "أ ب."), (10, "ه و.")]
    assert shown(mark(3, 6)) == [(0, "أ ب. ج د.")]
    assert shown() == []


names = st.sampled_from([SHARAA, MINISTRY, "بوتين", "الدفاع"])
contents = st.sampled_from(
    [TALKS, NO_PART, FALSE, "المفاوضات", "كاذب", "الخبر كاذب", "ليس هنا", TEXT]
)
answers = st.builds(
    said, contents, names,
    source_type=st.sampled_from(["person", "media", None]),
    mode=st.sampled_from(["direct", "indirect", None]),
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(answers, max_size=5), st.sets(st.sampled_from(GOLD), max_size=3))
def test_counts_add_up_with_those_of_scoring_for_any_answers(predicted, wanted):
    rows = [row(sorted(wanted, key=GOLD.index))]
    prediction = [AttributionPrediction(id="000-a", attributions=tuple(predicted))]
    result = analyse("attribution", rows, prediction)
    counts = SCORERS["attribution"].tally(rows, prediction)
    total = dict(zip(counts.columns, counts.values.sum(axis=0).tolist(), strict=True))
    kinds = {kind.name: kind for kind in result.kinds}
    assert result.right == total["right.matched"]
    assert result.gold == total["right.gold"]
    assert result.predicted == total["right.predicted"]
    assert sum(kind.count for kind in result.costing("recall")) == result.gold - result.right
    assert (
        sum(kind.count for kind in result.costing("precision")) == result.predicted - result.right
    )
    assert kinds["source-type"].count == result.right - total["source_type.matched"]
    assert kinds["mode"].count == result.right - total["mode.matched"]
    dropped = sum(kind.groups.get("subject dropped", 0) for kind in result.costing("recall"))
    assert dropped == total["dropped.gold"] - total["dropped.matched"]
