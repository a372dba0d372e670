"""The schema of the rows, their checks, and the rows that a model gets."""

import msgspec
import pytest

from arnews_bench.rows import row_problems, without_gold
from arnews_bench.schema import (
    ENTITY_TYPES,
    NER_TAGS,
    PREDICTION_TYPES,
    ROW_TYPES,
    Attribution,
    AttributionRow,
    DocumentRow,
    Entity,
    NerRow,
    StanceRow,
    TextSpan,
)

NER = NerRow(
    id="000-a#0",
    doc_id="000-a",
    start=0,
    text="زار بوتين موسكو",
    tokens=("زار", "بوتين", "موسكو"),
    token_spans=((0, 3), (4, 9), (10, 15)),
    ner_tags=("O", "B-PER", "B-LOC"),
    entities=(Entity(start=4, end=9, type="PERS", text="بوتين"),),
    fold=0,
)
STANCE = StanceRow(
    id="C01:000-a",
    claim_id="C01",
    claim="زار بوتين موسكو.",
    doc_id="000-a",
    granularity="document",
    text="زار بوتين موسكو",
    context=None,
    label="agree",
    fold=0,
)
SAID = Attribution(
    cue=TextSpan(start=0, end=3, text="قال"),
    source=TextSpan(start=4, end=9, text="بوتين"),
    via=TextSpan(start=16, end=22, text="رويترز"),
    content=(TextSpan(start=10, end=12, text="لا"), TextSpan(start=13, end=15, text="لن")),
    source_name="بوتين",
    source_type="person",
    mode="direct",
    polarity="asserted",
)
ATTRIBUTION = AttributionRow(
    id="000-a",
    doc_id="000-a",
    text="قال بوتين لا لن رويترز",
    sentences=((0, 22),),
    attributions=(SAID,),
    fold=0,
)
ROWS = [NER, STANCE, ATTRIBUTION]

replace = msgspec.structs.replace


@pytest.mark.parametrize(
    ("row_type", "fields"),
    [
        (
            DocumentRow,
            """doc_id page kind outlet event_id topic translated_from date text title_span body_span
            raw_slices fold canary""",
        ),
        (NerRow, "id doc_id start text tokens token_spans ner_tags entities fold canary"),
        (StanceRow, "id claim_id claim doc_id granularity text context label fold canary"),
        (AttributionRow, "id doc_id text sentences attributions fold canary"),
        (Attribution, "cue source via content source_name source_type mode polarity"),
        (Entity, "start end type text"),
        (TextSpan, "start end text"),
    ],
)
def test_a_row_has_the_fields_of_the_design_and_all_but_the_canary_are_required(row_type, fields):
    found = msgspec.structs.fields(row_type)
    assert [field.name for field in found] == fields.split()
    assert all(field.required == (field.name != "canary") for field in found)


def test_the_tags_are_iob2_of_the_four_coarse_types_in_the_order_of_the_class_label():
    assert NER_TAGS == (
        "O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC",
    )  # fmt: skip


def test_there_are_21_entity_types():
    assert len(set(ENTITY_TYPES)) == len(ENTITY_TYPES) == 21


def test_each_task_type_has_a_row_and_a_prediction():
    assert set(ROW_TYPES) == set(PREDICTION_TYPES) == {"ner", "stance", "attribution"}
    assert [type(row) for row in ROWS] == list(ROW_TYPES.values())


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_read_back_as_it_was_written_with_its_nulls(row):
    line = msgspec.json.encode(row)
    assert msgspec.json.decode(line, type=type(row)) == row
    assert set(msgspec.json.decode(line)) == set(row.__struct_fields__)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_cannot_be_changed(row):
    with pytest.raises(AttributeError):
        row.text = "x"


@pytest.mark.parametrize("row", ROWS)
def test_a_row_with_a_field_too_many_is_refused(row):
    fields = msgspec.to_builtins(row) | {"labels": []}
    with pytest.raises(msgspec.ValidationError, match="unknown field `labels`"):
        msgspec.convert(fields, type(row))


@pytest.mark.parametrize("row", ROWS)
def test_a_sound_row_has_no_problem(row):
    assert list(row_problems(row)) == []


def test_the_gold_of_a_row_is_taken_out_and_nothing_else():
    assert without_gold(NER) == replace(NER, ner_tags=(), entities=())
    assert without_gold(STANCE) == replace(STANCE, label=None)
    assert without_gold(ATTRIBUTION) == replace(ATTRIBUTION, attributions=())


def test_lists_of_different_lengths_are_a_problem():
    problems = list(row_problems(replace(NER, ner_tags=("O", "B-PER"))))
    assert problems == ["of different lengths: 3 `tokens`, 3 `token_spans`, 2 `ner_tags`"]


def test_a_token_that_is_not_at_its_place_is_a_problem():
    shifted = replace(NER, token_spans=((0, 3), (3, 8), (10, 15)))
    assert list(row_problems(shifted)) == [
        "field `token_spans[1]`: [3, 8) is ' بوتي' in the text, not 'بوتين'"
    ]


def test_an_unknown_tag_is_a_problem_that_names_the_known_ones():
    (problem,) = row_problems(replace(NER, ner_tags=("O", "B-PERS", "B-LOC")))
    assert problem.startswith("field `ner_tags[1]`: unknown tag 'B-PERS'; known are O, B-PER,")


def test_a_stance_row_without_a_label_is_a_problem():
    assert list(row_problems(without_gold(STANCE))) == [
        "field `label`: null, but a row needs its gold label"
    ]


@pytest.mark.parametrize("field", ["cue", "source", "via"])
def test_a_span_with_another_surface_is_a_problem(field):
    wrong = replace(SAID, **{field: TextSpan(start=0, end=3, text="نفى")})
    assert list(row_problems(replace(ATTRIBUTION, attributions=(SAID, wrong)))) == [
        f"field `attributions[1].{field}`: [0, 3) is 'قال' in the text, not 'نفى'"
    ]


def test_each_content_span_is_checked():
    wrong = replace(SAID, content=(SAID.content[0], TextSpan(start=13, end=15, text="لم")))
    assert list(row_problems(replace(ATTRIBUTION, attributions=(wrong,)))) == [
        "field `attributions[0].content[1]`: [13, 15) is 'لن' in the text, not 'لم'"
    ]


def test_all_problems_of_a_row_are_named():
    bad = replace(NER, tokens=("سار", "بوتين", "كييف"), ner_tags=("X", "B-PER", "B-LOC"))
    assert len(list(row_problems(bad))) == 3
