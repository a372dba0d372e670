"""An answer of a language model as a prediction: what is placed, what stays a string."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arnews_bench import load_task
from arnews_bench.models.llm.reading.answers import (
    AttributionAnswer,
    NerAnswer,
    SaidAttribution,
    SaidEntity,
    StanceAnswer,
)
from arnews_bench.models.llm.reading.placing import place_answer
from arnews_bench.models.llm.reading.said_items import clean
from arnews_bench.predictions import LocatedPrediction, check_predictions
from arnews_bench.schema import (
    ENTITY_TYPES,
    MODES,
    SOURCE_TYPES,
    STANCE_LABELS,
    AttributionRow,
    NerRow,
    PredictedSpan,
    StanceRow,
)
from arnews_bench.scoring.mentions import place_entities
from arnews_bench.text import token_spans

NER_TEXT = "زار وزير خارجية قطر مصر ثم عاد من مصر إلى قطر."
STORY = "قال زيد لرويترز إن المحادثات كانت مفيدة جدا. وقال عمر إن المحادثات كانت مفيدة جدا."


def ner_row(text=NER_TEXT):
    spans = tuple(tuple(span) for span in token_spans(text))
    return NerRow(
        id="000-a#0", doc_id="000-a", start=0, text=text,
        tokens=tuple(text[start:end] for start, end in spans), token_spans=spans,
        ner_tags=(), entities=(), fold=0,
    )  # fmt: skip


def attribution_row(text=STORY):
    return AttributionRow(
        id="000-a", doc_id="000-a", text=text, sentences=(), attributions=(), fold=0
    )


STANCE_ROW = StanceRow(
    id="C01:000-a", claim_id="C01", claim="نعم", doc_id="000-a", granularity="document",
    text=STORY, context=None, label=None, fold=0,
)  # fmt: skip


def entities(*said, text=NER_TEXT):
    """The entities of an answer, as strings of the text where they were placed."""
    items = [SaidEntity(text=item[0], type=item[1], context=(*item, None)[2]) for item in said]
    placed = place_answer(ner_row(text), NerAnswer(entities=tuple(items)))
    return [
        (entity.type, entity.text if entity.start is None else (entity.start, entity.end))
        for entity in placed.prediction.entities
    ], placed.how


def test_entities_get_offsets_and_what_is_not_in_the_text_stays_a_string():
    found, how = entities(
        ("قَطر", "GPE"), ("مصر", "GPE"), ("وزير خارجية قطر", "OCC"), ("لبنان", "GPE")
    )
    assert found == [("GPE", (16, 19)), ("GPE", (20, 23)), ("OCC", (4, 19)), ("GPE", "لبنان")]
    assert how == {"normalised": 1, "exact": 2, "invented": 1}


def test_a_snippet_chooses_and_what_is_said_too_often_stays_a_string():
    found, how = entities(*[("مصر", "GPE", "عاد من مصر")] * 2, ("مصر", "GPE"))
    assert found == [("GPE", (34, 37)), ("GPE", (20, 23)), ("GPE", "مصر")]
    assert how == {"exact": 2, "surplus": 1}


def attributions(*said, text=STORY):
    answer = AttributionAnswer(attributions=tuple(SaidAttribution(**item) for item in said))
    placed = place_answer(attribution_row(text), answer)

    def shown(part):
        if isinstance(part, PredictedSpan):
            return part.start, text[part.start : part.end]
        return part

    return [
        {
            "content": [shown(part) for part in item.content],
            **{field: shown(getattr(item, field)) for field in ("cue", "source", "via")},
        }
        for item in placed.prediction.attributions
    ], placed.how


def test_the_parts_of_an_attribution_are_placed_beside_its_content():
    content = ("المحادثات كانت مفيدة جدا",)
    found, how = attributions(
        {"content": content, "source_name": "زيد", "cue": "قال", "source": "زيد", "via": "رويترز"},
        {"content": content, "source_name": "عمر", "cue": "قال", "source": "عمرو"},
    )
    assert found == [
        {"content": [(19, content[0])], "cue": (0, "قال"), "source": (4, "زيد"),
         "via": (8, "لرويترز")},
        {"content": [(57, content[0])], "cue": (45, "وقال"), "source": "عمرو", "via": None},
    ]  # fmt: skip
    assert how == {"exact": 4, "clitics": 2, "invented": 1}


@pytest.mark.parametrize("words", [{"cue": "وأكد"}, {"source": "عمر"}])
def test_of_equal_contents_that_beside_its_cue_or_source_is_taken(words):
    text = "قال زيد إن الحرب ستنتهي قريبا. وأكد عمر أن الحرب ستنتهي قريبا."
    content = "الحرب ستنتهي قريبا"
    found, _ = attributions({"content": (content,), "source_name": "عمر", **words}, text=text)
    assert found[0]["content"] == [(text.rindex(content), content)]


def test_a_content_that_leaves_words_out_is_two_spans_and_one_that_is_given_twice_is_one():
    found, how = attributions(
        {"content": ("المحادثات … مفيدة جدا", "مفيدة جدا"), "source_name": "زيد"}
    )
    assert found[0]["content"] == [(19, "المحادثات"), (34, "مفيدة جدا"), (72, "مفيدة جدا")]
    assert found[0]["cue"] is None
    assert how == {"exact": 3}
    found, _ = attributions({"content": ("كانت مفيدة جدا. وقال",) * 2, "source_name": "زيد"})
    assert found[0]["content"] == [(29, "كانت مفيدة جدا. وقال")]


@pytest.mark.parametrize("label", STANCE_LABELS)
def test_a_stance_is_its_label(label):
    placed = place_answer(STANCE_ROW, StanceAnswer(label=label))
    assert placed.prediction.label == label
    assert placed.how == {}


ROWS = (ner_row(), STANCE_ROW, attribution_row())
GIVEN = (
    NerAnswer(entities=(SaidEntity(text="مصر", type="GPE"),)),
    StanceAnswer(label="agree"),
    AttributionAnswer(attributions=(SaidAttribution(content=("المحادثات",), source_name="زيد"),)),
)


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_no_answer_and_an_answer_to_another_task_are_empty(number):
    empty = place_answer(ROWS[number], None)
    assert empty.how == {}
    fields = (getattr(empty.prediction, name, None) for name in ("entities", "attributions"))
    assert not any(fields)
    for answered, answer in enumerate(GIVEN):
        assert (place_answer(ROWS[number], answer) == empty) == (answered != number)


def test_the_gold_strings_of_every_document_come_back_to_their_offsets():
    for row in load_task("attribution").all_rows():
        said = tuple(
            SaidAttribution(
                content=tuple(span.text for span in item.content),
                source_name=item.source_name,
                cue=item.cue.text,
                source=item.source and item.source.text,
                via=item.via and item.via.text,
            )
            for item in row.attributions
        )
        found = place_answer(row, AttributionAnswer(attributions=said)).prediction.attributions
        for item, answer in zip(row.attributions, found, strict=True):
            for span, given_span in zip(
                (item.cue, item.source, item.via, *item.content),
                (answer.cue, answer.source, answer.via, *answer.content),
                strict=True,
            ):
                assert (span and (span.start, span.end)) == (
                    given_span and (given_span.start, given_span.end)
                )


# Any answer.

PIECES = (
    "مصر",
    "وقطر",
    "قال",
    "المحادثات",
    "…",
    "...",
    "كانت مفيدة جدا",
    ".",
    "«",
    " ",
    "\n",
    "زيد",
)
STRINGS = st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join) | st.text(max_size=12)
# As they are read from what a model said.
WORDS = STRINGS.map(clean).filter(bool)
MAYBE = st.none() | WORDS
ENTITIES = st.builds(
    SaidEntity, text=WORDS, type=st.sampled_from(("GPE", "PERS", "LOC", "MISC")), context=MAYBE
)
ATTRIBUTIONS = st.builds(
    SaidAttribution, content=st.lists(WORDS, min_size=1, max_size=3).map(tuple),
    source_name=WORDS, cue=MAYBE, source=MAYBE, via=MAYBE,
    source_type=st.none() | st.sampled_from(SOURCE_TYPES), mode=st.none() | st.sampled_from(MODES),
)  # fmt: skip
ANSWERS = (
    st.none()
    | st.builds(NerAnswer, entities=st.lists(ENTITIES, max_size=8).map(tuple))
    | st.builds(AttributionAnswer, attributions=st.lists(ATTRIBUTIONS, max_size=4).map(tuple))
    | st.builds(StanceAnswer, label=st.sampled_from(STANCE_LABELS))
)
TEXTS = st.sampled_from((NER_TEXT, STORY, "", "«")) | STRINGS


@given(TEXTS, ANSWERS)
def test_a_prediction_always_fits_its_row(text, answer):
    for row in (ner_row(text), STANCE_ROW, attribution_row(text)):
        prediction, how = place_answer(row, answer)
        assert check_predictions([row], [LocatedPrediction(prediction, "1")], origin="it") == [
            prediction
        ]
        assert all(how.values())


@given(TEXTS, st.lists(ENTITIES, max_size=8))
def test_what_stays_a_string_is_not_placed_by_scoring_either(text, said):
    row = ner_row(text)
    found = place_answer(row, NerAnswer(entities=tuple(said)))
    for mention in place_entities(row, found.prediction.entities):
        if mention.words is not None:
            assert mention.span is None
            assert mention.near is None
    assert sum(found.how.values()) == len(found.prediction.entities)
    assert {entity.type for entity in found.prediction.entities} <= {*ENTITY_TYPES, "MISC", "PER"}
