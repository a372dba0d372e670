"""Scoring of entity recognition, from rows and answers to strict span F1."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from arnews_bench.entities import TypedSpan, coarse_view, iob2_tags
from arnews_bench.schema import (
    COARSE_TYPES,
    ENTITY_TYPES,
    NER_TAGS,
    NerPrediction,
    NerRow,
    PredictedEntity,
)
from arnews_bench.scoring import score_predictions

LAVROV = "وصل سيرغي لافروف إلى بيروت"
MINISTRY = "نفت وزارة الخارجية الأميركية الخبر"


def row(text, tags, row_id="000-a#0"):
    """A row whose tokens are the words of a text; `tags` is a string of tags."""
    tokens, spans, end = tuple(text.split()), [], 0
    for token in tokens:
        start = text.index(token, end)
        end = start + len(token)
        spans.append((start, end))
    assert len(tokens) == len(tags.split())
    return NerRow(
        id=row_id,
        doc_id=row_id.partition("#")[0],
        start=0,
        text=text,
        tokens=tokens,
        token_spans=tuple(spans),
        ner_tags=tuple(tags.split()),
        entities=(),
        fold=0,
    )


def tagged(tags):
    return NerPrediction(id="", tags=tuple(tags.split()))


def entities(text, *surfaces):
    """An answer of entities from pairs of surface and type."""
    found = [
        PredictedEntity(start=text.index(s), end=text.index(s) + len(s), type=t)
        for s, t in surfaces
    ]
    return NerPrediction(id="", entities=tuple(found))


def scores(rows, predictions):
    """Values of all measures by name."""
    found = score_predictions("ner", rows, predictions).metrics
    return {name: score.value for name, score in found.items()}


def test_a_span_counts_only_with_both_bounds_and_the_type():
    rows = [row(LAVROV, "O B-PER I-PER O B-LOC"), row(MINISTRY, "O B-ORG I-ORG I-ORG O", "000-b#0")]
    # Lavrov is right, Beirut has the wrong type, the ministry the wrong end: 1 of 3 and 1 of 3.
    found = scores(rows, [tagged("O B-PER I-PER O B-ORG"), tagged("O B-ORG I-ORG O O")])
    assert found["strict_f1"] == pytest.approx(1 / 3)
    assert found["precision"] == pytest.approx(1 / 3)
    assert found["recall"] == pytest.approx(1 / 3)
    assert (found["f1/PER"], found["f1/LOC"], found["f1/ORG"]) == (1.0, 0.0, 0.0)
    assert found["macro_f1"] == pytest.approx(1 / 3)


def test_precision_is_over_the_predicted_and_recall_over_the_gold_spans():
    rows = [row(LAVROV, "O B-PER I-PER O B-LOC")]
    found = scores(rows, [tagged("B-MISC B-PER I-PER B-MISC B-MISC")])
    assert found["precision"] == 1 / 4
    assert found["recall"] == 1 / 2
    assert found["strict_f1"] == pytest.approx(2 / 6)
    assert found["precision/MISC"] == 0.0
    assert found["recall/PER"] == 1.0


def test_what_was_not_asked_is_none():
    found = scores([row(LAVROV, "O B-PER I-PER O O")], [tagged("O O O O O")])
    assert found["precision"] is None
    assert found["recall"] == found["strict_f1"] == found["f1/PER"] == 0.0
    assert found["f1/LOC"] is found["precision/LOC"] is found["recall/LOC"] is None
    assert found["macro_f1"] == 0.0


def test_without_any_entity_there_is_no_score():
    found = scores([row(LAVROV, "O O O O O")], [tagged("O O O O O")])
    assert set(found.values()) == {None}


def test_an_orphan_i_tag_in_the_answer_is_no_entity():
    rows = [row(LAVROV, "O B-PER I-PER O B-LOC")]
    found = scores(rows, [tagged("O I-PER I-PER O B-LOC")])
    assert (found["precision"], found["recall"]) == (1.0, 0.5)


def test_the_same_words_in_another_sentence_are_another_span():
    rows = [row(LAVROV, "O B-PER I-PER O O"), row(LAVROV, "O O O O O", "000-a#1")]
    nothing, lavrov = tagged("O O O O O"), tagged("O B-PER I-PER O O")
    assert scores(rows, [lavrov, nothing])["strict_f1"] == 1.0
    assert scores(rows, [nothing, lavrov])["strict_f1"] == 0.0


def test_an_answer_scores_alike_as_tags_and_as_entities():
    rows = [row(LAVROV, "O B-PER I-PER O B-LOC"), row(MINISTRY, "O B-ORG I-ORG I-ORG O", "000-b#0")]
    as_tags = [tagged("O B-PER I-PER O B-ORG"), tagged("O B-ORG I-ORG O O")]
    as_entities = [
        entities(LAVROV, ("سيرغي لافروف", "PER"), ("بيروت", "ORG")),
        entities(MINISTRY, ("وزارة الخارجية", "ORG")),
    ]
    expected = score_predictions("ner", rows, as_tags)
    for first in (as_tags[0], as_entities[0]):
        for second in (as_tags[1], as_entities[1]):
            found = score_predictions("ner", rows, [first, second])
            assert found.metrics == expected.metrics
            assert found.counts.values.tolist() == expected.counts.values.tolist()


def test_rows_may_be_answered_with_tags_and_with_entities_in_turn():
    # Each answer must be laid on its own row: the rows have different lengths.
    rows = [
        row(LAVROV, "O B-PER I-PER O B-LOC", "000-a#0"),
        row("في بيروت", "O B-LOC", "000-a#1"),
        row(MINISTRY, "O B-ORG I-ORG I-ORG O", "000-b#0"),
        row("قال لافروف", "O B-PER", "000-b#1"),
    ]
    answers = [
        entities(LAVROV, ("سيرغي لافروف", "PER"), ("بيروت", "LOC")),
        tagged("O B-LOC"),
        entities(MINISTRY, ("وزارة الخارجية الأميركية", "ORG")),
        tagged("O B-PER"),
    ]
    assert scores(rows, answers)["strict_f1"] == 1.0


@pytest.mark.parametrize(
    ("fine", "coarse"),
    [
        ("PERS", "PER"), ("ORG", "ORG"), ("GPE", "LOC"), ("LOC", "LOC"), ("FAC", "LOC"),
        ("NORP", "MISC"), ("EVENT", "MISC"), ("LAW", "MISC"), ("PRODUCT", "MISC"),
        ("LANGUAGE", "MISC"), ("WEBSITE", "MISC"), ("CURR", "MISC"),
    ],
)  # fmt: skip
def test_a_fine_type_counts_as_its_coarse_type(fine, coarse):
    rows = [row("في بيروت", f"O B-{coarse}")]
    answer = entities("في بيروت", ("بيروت", fine))
    assert scores(rows, [answer])["strict_f1"] == 1.0


@pytest.mark.parametrize(
    "fine",
    ["OCC", "DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "CARDINAL", "ORDINAL", "UNIT"],
)
def test_a_fine_type_without_a_coarse_type_is_neither_asked_nor_counted(fine):
    rows = [row(LAVROV, "O B-PER I-PER O B-LOC")]
    answer = entities(LAVROV, ("سيرغي لافروف", "PERS"), ("بيروت", "GPE"), ("وصل", fine))
    assert scores(rows, [answer])["strict_f1"] == 1.0


def test_a_nested_answer_is_flattened_to_the_longest_span_as_the_gold_is():
    rows = [row(MINISTRY, "O B-ORG I-ORG I-ORG O")]
    nested = entities(MINISTRY, ("الأميركية", "NORP"), ("وزارة الخارجية الأميركية", "ORG"))
    assert scores(rows, [nested])["strict_f1"] == 1.0


def test_an_outer_span_without_a_coarse_type_hides_nothing_inside_it():
    rows = [row(LAVROV, "O B-PER I-PER O O")]
    nested = entities(LAVROV, ("وصل سيرغي لافروف", "OCC"), ("سيرغي لافروف", "PERS"))
    assert scores(rows, [nested])["strict_f1"] == 1.0


def test_one_span_in_a_fine_and_its_coarse_type_is_one_answer():
    rows = [row(LAVROV, "O B-PER I-PER O O")]
    twice = entities(LAVROV, ("سيرغي لافروف", "PERS"), ("سيرغي لافروف", "PER"))
    assert scores(rows, [twice])["precision"] == 1.0


@pytest.mark.parametrize("surface", ["يرغي لافروف", "سيرغي لافرو", "سيرغي لافروف "])
def test_offsets_off_the_token_boundaries_are_false_positives(surface):
    rows = [row(LAVROV, "O B-PER I-PER O B-LOC")]
    answer = entities(LAVROV, (surface, "PERS"), ("بيروت", "GPE"))
    found = scores(rows, [answer])
    assert (found["precision"], found["recall"]) == (1 / 2, 1 / 2)
    assert found["f1/PER"] == 0.0


def test_counts_stand_by_document_and_type():
    rows = [
        row(LAVROV, "O B-PER I-PER O B-LOC", "000-a#0"),
        row(MINISTRY, "O B-ORG I-ORG I-ORG O", "000-b#0"),
        row(LAVROV, "O B-PER I-PER O B-LOC", "000-a#1"),
    ]
    answers = [tagged("O B-PER I-PER O O"), tagged("O O O O O"), tagged("O B-PER I-PER O B-PER")]
    counts = score_predictions("ner", rows, answers).counts
    assert counts.documents == ("000-a", "000-b")
    found = [
        {name: n for name, n in zip(counts.columns, values.tolist(), strict=True) if n}
        for values in counts.values
    ]
    assert found == [
        {"PER.matched": 2, "PER.gold": 2, "PER.predicted": 3, "LOC.gold": 2},
        {"ORG.gold": 1},
    ]


def made_valid(tags):
    valid = []
    for tag in tags:
        before = valid[-1] if valid else "O"
        valid.append("B" + tag[1:] if tag[0] == "I" and before[1:] != tag[1:] else tag)
    return valid


@st.composite
def sentences(draw):
    """Gold and predicted tags of a sentence: valid or not, and partly the same."""
    size = draw(st.integers(1, 8))
    tag = st.sampled_from(NER_TAGS)
    gold = draw(st.lists(tag, min_size=size, max_size=size))
    other = draw(st.lists(st.none() | tag, min_size=size, max_size=size))
    predicted = [new or old for old, new in zip(gold, other, strict=True)]
    if draw(st.booleans()):
        gold = made_valid(gold)
    if draw(st.booleans()):
        predicted = made_valid(predicted)
    return gold, predicted


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(sentences(), min_size=1, max_size=5))
def test_the_scores_are_those_of_seqeval_in_strict_iob2(pairs):
    gold, predicted = ([list(tags) for tags in side] for side in zip(*pairs, strict=True))
    rows = [
        row(" ".join(["كلمة"] * len(tags)), " ".join(tags), f"000-a#{n}")
        for n, tags in enumerate(gold)
    ]
    ours = scores(rows, [tagged(" ".join(tags)) for tags in predicted])
    present = [name for name in COARSE_TYPES if ours[f"f1/{name}"] is not None]
    if not present:
        assert ours["strict_f1"] is None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = classification_report(
            gold, predicted, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
        )
    assert {name for name in theirs if " " not in name} == set(present)
    # seqeval divides three times, we once: the last bits of a float may differ.
    assert ours["strict_f1"] == pytest.approx(theirs["micro avg"]["f1-score"], rel=1e-14)
    assert ours["macro_f1"] == pytest.approx(theirs["macro avg"]["f1-score"], rel=1e-14)
    # What has no denominator is None here and 0 in seqeval.
    assert (ours["precision"] or 0) == theirs["micro avg"]["precision"]
    assert (ours["recall"] or 0) == theirs["micro avg"]["recall"]
    for name in present:
        assert ours[f"f1/{name}"] == pytest.approx(theirs[name]["f1-score"], rel=1e-14)
        assert (ours[f"precision/{name}"] or 0) == theirs[name]["precision"]
        assert (ours[f"recall/{name}"] or 0) == theirs[name]["recall"]


@st.composite
def nested_entities(draw):
    """Entities over the six tokens of a sentence, overlapping and nested at will."""
    bounds = st.tuples(st.integers(0, 5), st.integers(1, 6)).filter(lambda b: b[0] < b[1])
    spans = st.tuples(bounds, st.sampled_from(ENTITY_TYPES))
    return draw(st.lists(spans, max_size=6, unique=True))


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(nested_entities())
def test_the_gold_entities_given_as_an_answer_are_all_right(found):
    text = "قال وزير الخارجية الروسي سيرغي لافروف"
    blank = row(text, "O O O O O O")
    places = [
        TypedSpan(blank.token_spans[first][0], blank.token_spans[last - 1][1], name)
        for (first, last), name in found
    ]
    gold = row(text, " ".join(iob2_tags(coarse_view(places), blank.token_spans)))
    answer = NerPrediction(
        id="",
        entities=tuple(PredictedEntity(start=s, end=e, type=t) for s, e, t in places),
    )
    assert scores([gold], [answer])["strict_f1"] in {1.0, None}
    assert scores([gold], [answer]) == scores([gold], [tagged(" ".join(gold.ner_tags))])
