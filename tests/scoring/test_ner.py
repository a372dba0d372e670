"""Scoring of entity recognition, from rows and answers to strict span F1."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measured import measured
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from arnews_bench.entities import TypedSpan, coarse_view, iob2_tags
from arnews_bench.schema import (
    COARSE_TYPES,
    ENTITY_TYPES,
    NER_TAGS,
    Entity,
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
    return measured("ner", rows, predictions)


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
            # What kind of answer it was is counted too.
            kept = [not name.startswith("nested") for name in found.counts.columns]
            np.testing.assert_array_equal(
                found.counts.values[:, kept], expected.counts.values[:, kept]
            )


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
    # Of two places one was not found, the other was called a person.
    assert found == [
        {
            "PER.matched": 2, "PER.gold": 2, "PER.predicted": 3, "LOC.gold": 2,
            "muc_strict.correct": 2, "muc_strict.incorrect": 1,
            "muc_exact.correct": 3, "muc_partial.correct": 3,
            "muc_type.correct": 2, "muc_type.incorrect": 1,
            "normalised.matched": 2, "normalised.predicted": 3, "entities": 3, "nested.tags": 2,
        },
        {"ORG.gold": 1, "nested.tags": 1},
    ]  # fmt: skip


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
    flat = scores([gold], [tagged(" ".join(gold.ner_tags))])
    listed = scores([gold], [answer])
    for name in ("macro_f1", "f1/PER", "muc_type_f1", "muc_partial_f1", "normalised_f1"):
        assert listed[name] == flat[name]


def named(*entities):
    """An answer of entities as strings with their types."""
    found = tuple(PredictedEntity(text=text, type=name) for text, name in entities)
    return NerPrediction(id="", entities=found)


def test_the_schemes_of_muc_stand_beside_the_headline():
    rows = [row(LAVROV, "O B-PER I-PER O B-LOC"), row(MINISTRY, "O B-ORG I-ORG I-ORG O", "000-b#0")]
    # Lavrov is right, Beirut has another type, the ministry lacks its end: 3 gold, 3 predicted.
    found = scores(rows, [tagged("O B-PER I-PER O B-ORG"), tagged("O B-ORG I-ORG O O")])
    assert found["muc_strict_f1"] == found["strict_f1"] == pytest.approx(1 / 3)
    assert found["muc_exact_f1"] == pytest.approx(2 / 3)
    assert found["muc_partial_f1"] == pytest.approx(2.5 / 3)
    assert found["muc_type_f1"] == pytest.approx(2 / 3)


def test_a_string_stands_at_its_first_occurrence_as_whole_tokens():
    rows = [row("مصرف مصر في مصر", "O B-LOC O O")]
    found = scores(rows, [named(("مصر", "GPE"))])
    assert found["strict_f1"] == found["normalised_f1"] == 1.0
    assert found["invented_rate"] == 0.0


def test_a_string_given_again_stands_at_the_next_occurrence():
    rows = [row("مصر في مصر", "B-LOC O B-LOC")]
    assert scores(rows, [named(("مصر", "GPE"), ("مصر", "GPE"))])["strict_f1"] == 1.0
    assert scores(rows, [named(("مصر", "GPE"))])["recall"] == 1 / 2


def test_a_string_given_more_often_than_it_occurs_is_wrong_and_not_invented():
    rows = [row("في مصر", "O B-LOC")]
    found = scores(rows, [named(("مصر", "GPE"), ("مصر", "GPE"))])
    assert (found["precision"], found["recall"]) == (1 / 2, 1.0)
    assert found["normalised_f1"] == pytest.approx(2 / 3)
    assert found["invented_rate"] == 0.0


def test_an_invented_entity_is_wrong_in_every_measure_and_has_a_figure_of_its_own():
    rows = [entity_row(LAVROV, "O B-PER I-PER O B-LOC", ("سيرغي لافروف", "PERS"), ("بيروت", "GPE"))]
    found = scores(rows, [named(("سيرغي لافروف", "PERS"), ("بيروت", "GPE"), ("موسكو", "GPE"))])
    assert found["invented_rate"] == pytest.approx(1 / 3)
    for name in ("strict_f1", "normalised_f1", "nested_f1", *MUC):
        assert found[name] == pytest.approx(4 / 5), name
    assert found["precision/LOC"] == found["precision"] - 1 / 6 == 1 / 2


MUC = [f"muc_{scheme}_f1" for scheme in ("strict", "exact", "partial", "type")]


@pytest.mark.parametrize(
    ("token", "answer"),
    [("وقطر", "قطر"), ("قطر", "وقطر"), ("أحمد", "احمد"), ("مُحَمَّد", "محمد"), ("للعراق", "العراق"),
     ("«قطر»", "قطر"), ("الجزيرة", "الجزيره"), ("BBC", "bbc")],
)  # fmt: skip
def test_spelling_and_proclitics_are_wrong_strictly_and_right_for_a_tolerant_reader(token, answer):
    rows = [row(f"زار {token} أمس", "O B-LOC O")]
    found = scores(rows, [named((answer, "GPE"))])
    assert found["strict_f1"] == 0.0
    assert found["normalised_f1"] == 1.0
    assert found["invented_rate"] == 0.0


@pytest.mark.parametrize(
    ("token", "answer"),
    [("مصرف", "مصر"), ("عليه", "علي"), ("قطري", "قطر"), ("مصر", "مصرف"), ("لقطر", "وقطر")],
)
def test_a_tolerant_reader_finds_no_name_inside_another_word(token, answer):
    rows = [row(f"زار {token} أمس", "O B-LOC O")]
    found = scores(rows, [named((answer, "GPE"))])
    assert found["strict_f1"] == found["normalised_f1"] == 0.0
    assert found["invented_rate"] == 1.0


def test_proclitics_are_tolerated_on_the_first_word_only():
    rows = [row("وزارة الدفاع والأمن", "B-ORG I-ORG I-ORG")]
    assert scores(rows, [named(("ووزارة الدفاع والأمن", "ORG"))])["normalised_f1"] == 1.0
    assert scores(rows, [named(("وزارة الدفاع الأمن", "ORG"))])["normalised_f1"] == 0.0


def test_tolerance_forgives_no_type():
    rows = [row("زار وقطر", "O B-LOC")]
    assert scores(rows, [named(("قطر", "ORG"))])["normalised_f1"] == 0.0


def test_tolerant_matching_is_one_to_one():
    rows = [row("قطر وقطر", "B-LOC O")]
    found = scores(rows, [named(("قطر", "GPE"), ("وقطر", "GPE"))])
    # Either fits the one gold entity, one of them gets it.
    assert found["normalised_f1"] == pytest.approx(2 / 3)
    rows = [row("قطر وقطر", "B-LOC B-LOC")]
    assert scores(rows, [named(("وقطر", "GPE"), ("قطر", "GPE"))])["normalised_f1"] == 1.0
    # `وقطر` fits the first alone, `قطر` either of the two: both get one.
    rows = [row("وقطر لقطر", "B-LOC B-LOC")]
    assert scores(rows, [named(("قطر", "GPE"), ("وقطر", "GPE"))])["normalised_f1"] == 1.0


def test_a_string_does_not_say_which_of_several_places_it_means():
    # The preposition is spelt like the name once `ى` and `ي` are one.
    rows = [row("على طاولة علي", "O O B-PER")]
    assert scores(rows, [named(("علي", "PERS"))])["normalised_f1"] == 1.0


def test_offsets_do_say_which_place_they_mean():
    rows = [row("مصر في مصر", "O O B-LOC")]
    assert scores(rows, [entities("مصر في مصر", ("مصر", "GPE"))])["normalised_f1"] == 0.0


@pytest.mark.parametrize(
    ("surface", "right"),
    [
        ("قطر", True),
        ("وقطر", True),
        ("«وقطر»", True),
        ("قطر»", True),
        ("قط", False),
        ("وقط", False),
    ],
)
def test_offsets_may_leave_out_proclitics_and_take_in_punctuation(surface, right):
    blank = row("زار « وقطر » أمس", "O O B-LOC O O")
    text = "زار «وقطر» أمس"
    spans = ((0, 3), (4, 5), (5, 9), (9, 10), (11, 14))
    rows = [NerRow(
        id=blank.id, doc_id=blank.doc_id, start=0, text=text, tokens=blank.tokens,
        token_spans=spans, ner_tags=blank.ner_tags, entities=(), fold=0,
    )]  # fmt: skip
    found = scores(rows, [entities(text, (surface, "GPE"))])
    assert found["normalised_f1"] == float(right)
    assert found["strict_f1"] == float(surface == "وقطر")


def test_tags_with_punctuation_at_the_edge_are_right_for_a_tolerant_reader():
    rows = [row("زار « قطر » أمس", "O O B-LOC O O"), row("زار قطر", "O B-LOC", "000-b#0")]
    found = scores(rows, [tagged("O B-LOC I-LOC I-LOC O"), tagged("O B-LOC")])
    assert (found["strict_f1"], found["normalised_f1"]) == (1 / 2, 1.0)


@given(st.lists(sentences(), min_size=1, max_size=4))
def test_a_tolerant_reader_finds_right_whatever_is_strictly_right(pairs):
    rows = [
        row(" ".join(f"كلمة{n}" for n in range(len(gold))), " ".join(gold), f"000-a#{n}")
        for n, (gold, _) in enumerate(pairs)
    ]
    found = scores(rows, [tagged(" ".join(predicted)) for _, predicted in pairs])
    # No punctuation and no proclitic: a place is right for both or for none.
    assert found["normalised_f1"] == found["strict_f1"]


@given(st.lists(sentences(), min_size=1, max_size=4))
def test_the_schemes_of_muc_are_ordered(pairs):
    rows = [
        row(" ".join(["كلمة"] * len(gold)), " ".join(gold), f"000-a#{n}")
        for n, (gold, _) in enumerate(pairs)
    ]
    found = scores(rows, [tagged(" ".join(predicted)) for _, predicted in pairs])
    if found["strict_f1"] is None:
        assert {found[name] for name in MUC} == {None}
        return
    strict, exact, partly, typed = (found[name] for name in MUC)
    assert strict == found["strict_f1"]
    assert strict <= exact <= partly
    assert strict <= typed


def entity_row(text, tags, *surfaces):
    """A row with fine entities."""
    blank = row(text, tags)
    fine = tuple(
        Entity(start=text.index(s), end=text.index(s) + len(s), type=t, text=s) for s, t in surfaces
    )
    return NerRow(
        id=blank.id, doc_id=blank.doc_id, start=0, text=text, tokens=blank.tokens,
        token_spans=blank.token_spans, ner_tags=blank.ner_tags, entities=fine, fold=0,
    )  # fmt: skip


NESTED = entity_row(
    MINISTRY, "O B-ORG I-ORG I-ORG O",
    ("وزارة الخارجية الأميركية", "ORG"), ("الأميركية", "NORP"), ("الخبر", "OCC"),
)  # fmt: skip


def test_nested_f1_counts_every_fine_entity_however_it_is_nested():
    answer = entities(MINISTRY, ("وزارة الخارجية الأميركية", "ORG"), ("الأميركية", "GPE"))
    found = scores([NESTED], [answer])
    # One of two predicted and of three gold entities.
    assert found["nested_f1"] == pytest.approx(2 / 5)
    assert (found["nested_f1/ORG"], found["nested_f1/NORP"]) == (1.0, 0.0)
    assert found["nested_f1/PERS"] is None
    assert found["strict_f1"] == 1.0


def test_all_fine_entities_make_a_perfect_nested_f1():
    given_back = [(e.text, e.type) for e in NESTED.entities]
    for answer in (entities(MINISTRY, *given_back), named(*given_back)):
        assert scores([NESTED], [answer])["nested_f1"] == 1.0


@pytest.mark.parametrize(
    "answer",
    [
        tagged("O B-ORG I-ORG I-ORG O"),
        entities(MINISTRY, ("وزارة الخارجية الأميركية", "ORG"), ("الخبر", "MISC")),
        entities(MINISTRY, ("نفت", "PER")),
    ],
)
def test_nested_f1_is_undefined_for_tags_and_for_coarse_types(answer):
    found = scores([NESTED], [answer])
    assert found["nested_f1"] is found["nested_f1/ORG"] is None


def test_a_coarse_type_among_fine_ones_is_a_wrong_answer():
    answer = entities(MINISTRY, ("الأميركية", "NORP"), ("نفت", "PER"))
    # One of two predicted and of three gold entities.
    assert scores([NESTED], [answer])["nested_f1"] == pytest.approx(2 / 5)


def test_who_lists_nothing_has_a_nested_f1_of_zero():
    assert scores([NESTED], [NerPrediction(id="", entities=())])["nested_f1"] == 0.0


def test_rows_without_fine_entities_ask_for_no_nested_f1():
    rows = [row(LAVROV, "O B-PER I-PER O B-LOC")]
    assert scores(rows, [entities(LAVROV, ("سيرغي لافروف", "PERS"))])["nested_f1"] is None


def test_counts_of_parts_add_up_to_those_of_the_whole():
    rows = [
        entity_row(LAVROV, "O B-PER I-PER O B-LOC", ("سيرغي لافروف", "PERS")),
        row(MINISTRY, "O B-ORG I-ORG I-ORG O", "000-a#1"),
        row("زار وقطر", "O B-LOC", "000-a#2"),
    ]
    answers = [named(("موسكو", "GPE"), ("لافروف", "PER")), tagged("O B-ORG I-ORG O O"),
               named(("قطر", "GPE"))]  # fmt: skip
    whole = score_predictions("ner", rows, answers).counts
    parts = [
        score_predictions("ner", [r], [a]).counts.values for r, a in zip(rows, answers, strict=True)
    ]
    np.testing.assert_array_equal(whole.values, sum(parts))
