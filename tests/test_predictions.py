"""Predictions on their way in: what does not fit is named with place, finding and remedy."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from arnews_bench.errors import InputError
from arnews_bench.predictions import (
    LocatedPrediction,
    check_predictions,
    convert_predictions,
    read_predictions,
)
from arnews_bench.schema import (
    NER_TAGS,
    PREDICTION_TYPES,
    STANCE_LABELS,
    AttributionPrediction,
    AttributionRow,
    NerPrediction,
    NerRow,
    PredictedEntity,
    StancePrediction,
    StanceRow,
)


def ner_row(row_id):
    return NerRow(
        id=row_id,
        doc_id="000-a",
        start=0,
        text="وصل لافروف بيروت",
        tokens=("وصل", "لافروف", "بيروت"),
        token_spans=((0, 3), (4, 10), (11, 16)),
        ner_tags=("O", "B-PER", "B-LOC"),
        entities=(),
        fold=0,
    )


def stance_row(row_id):
    return StanceRow(
        id=row_id,
        claim_id="C01",
        claim="استقال الوزير.",
        doc_id="000-a",
        granularity="document",
        text="قدّم الوزير استقالته.",
        context=None,
        label="agree",
        fold=0,
    )


def attribution_row(row_id):
    return AttributionRow(
        id=row_id,
        doc_id=row_id,
        text="قال بايدن لا",
        sentences=((0, 12),),
        attributions=(),
        fold=0,
    )


ROWS = {"ner": ner_row, "stance": stance_row, "attribution": attribution_row}
TAGS = ["O", "B-PER", "B-LOC"]


def write(tmp_path, *answers):
    path = tmp_path / "predictions.jsonl"
    lines = (a if isinstance(a, str) else json.dumps(a, ensure_ascii=False) for a in answers)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def checked(tmp_path, task_type, ids, *answers):
    """The answers of a file, written and read back, checked against rows with some ids."""
    path = write(tmp_path, *answers)
    rows = [ROWS[task_type](row_id) for row_id in ids]
    return check_predictions(rows, read_predictions(path, task_type), origin=str(path))


def problem(tmp_path, task_type, *answers, ids=("a",)):
    """What is said of answers that do not fit."""
    with pytest.raises(InputError) as caught:
        checked(tmp_path, task_type, ids, *answers)
    return str(caught.value)


def ner(row_id="a", **answer):
    return {"id": row_id, **answer}


def stance(row_id="a", label="agree", **more):
    return {"id": row_id, "label": label, **more}


def attribution(**fields):
    one = {"content": [{"start": 10, "end": 12}], "source_name": "بايدن", **fields}
    return {"id": "a", "attributions": [one]}


GOOD = {
    "ner": [
        ner(tags=TAGS),
        ner(entities=[{"start": 4, "end": 10, "type": "PERS"}]),
        ner(entities=[{"start": 4, "end": 10, "type": "PER"}]),
        ner(entities=[]),
        ner(
            entities=[{"text": "لافروف", "type": "PERS"}, {"text": "ما ليس في النص", "type": "ORG"}]
        ),
        ner(entities=[{"text": "لافروف", "type": "PERS"}, {"start": 11, "end": 16, "type": "GPE"}]),
    ],
    "stance": [
        stance(),
        stance(scores={"agree": 0.7, "discuss": 0.2, "disagree": 0.1, "unrelated": 0}),
        stance(scores={"agree": 0.3334, "discuss": 0.3334, "disagree": 0.3334}),
        stance(scores=None),
        stance(label=None),
        stance(label=None, scores=None),
    ],
    "attribution": [
        {"id": "a", "attributions": []},
        attribution(),
        attribution(content=["لا"]),
        attribution(content=["ما ليس في النص"]),
        attribution(cue="قال", source="ما ليس في النص", via="رويترز"),
        attribution(
            cue={"start": 0, "end": 3},
            source={"start": 4, "end": 9},
            via=None,
            source_type="person",
            mode="direct",
        ),
    ],
}


@pytest.mark.parametrize(
    ("task_type", "answer"), [(name, answer) for name in GOOD for answer in GOOD[name]]
)
def test_an_answer_that_fits_is_taken_as_it_is(tmp_path, task_type, answer):
    (found,) = checked(tmp_path, task_type, ["a"], answer)
    assert found == msgspec.convert(answer, PREDICTION_TYPES[task_type])


def test_predictions_come_back_in_the_order_of_the_rows(tmp_path):
    answers = [stance("c", "discuss"), stance("a", "agree"), stance("b", "disagree")]
    found = checked(tmp_path, "stance", ["a", "b", "c"], *answers)
    assert [(p.id, p.label) for p in found] == [
        ("a", "agree"),
        ("b", "disagree"),
        ("c", "discuss"),
    ]


def test_a_missing_id_is_named_and_counted(tmp_path):
    found = problem(tmp_path, "stance", stance("a"), ids="abc")
    assert "predictions.jsonl: 2 of 3 rows have no prediction: 'b', 'c'" in found


def test_of_many_missing_ids_five_are_named(tmp_path):
    found = problem(tmp_path, "stance", stance("a"), ids="abcdefgh")
    assert "7 of 8 rows have no prediction: 'b', 'c', 'd', 'e', 'f' and 2 more" in found
    assert "'g'" not in found


def test_an_unknown_id_is_named_with_its_line(tmp_path):
    found = problem(tmp_path, "stance", stance("a"), stance("z"))
    assert "predictions.jsonl:2: field `id`: unknown id 'z'" in found


def test_a_duplicate_id_is_named_with_both_lines(tmp_path):
    found = problem(tmp_path, "stance", stance("a"), stance("b"), stance("a"), ids="ab")
    assert "predictions.jsonl:3: field `id`: duplicate id 'a', first at" in found
    assert "first at " + str(tmp_path / "predictions.jsonl:1") in found


def test_what_to_do_about_unknown_and_missing_ids_is_said_beside_them():
    rows = [stance_row("a")]
    located = [LocatedPrediction(StancePrediction(id="z", label="agree"), "here")]
    with pytest.raises(InputError) as caught:
        check_predictions(rows, located, origin="M", hint="; is it another split?")
    assert str(caught.value).count("; is it another split?") == 2


@pytest.mark.parametrize("tags", [TAGS[:2], [*TAGS, "O"], []])
def test_tags_of_another_number_than_the_tokens_are_refused(tmp_path, tags):
    found = problem(tmp_path, "ner", ner(tags=tags))
    assert f"predictions.jsonl:1: field `tags`: {len(tags)} tags" in found
    assert "'a' has 3 tokens" in found


def test_an_unknown_tag_is_named_with_its_place_and_the_nearest_known_one(tmp_path):
    found = problem(tmp_path, "ner", ner(tags=["O", "B-PERS", "B-LOC"]))
    assert ":1: field `tags[1]`: unknown tag 'B-PERS'; did you mean 'B-PER'?" in found


def test_an_unknown_tag_like_none_is_answered_with_all_that_are_known(tmp_path):
    found = problem(tmp_path, "ner", ner(tags=["O", "شخص", "B-LOC"]))
    assert "field `tags[1]`: unknown tag 'شخص'; known are" in found
    assert all(tag in found for tag in NER_TAGS)


def test_every_unknown_tag_is_named(tmp_path):
    found = problem(tmp_path, "ner", ner(tags=["o", "B-PER", "S-LOC"]))
    assert "`tags[0]`" in found
    assert "`tags[1]`" not in found
    assert "`tags[2]`" in found


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, "has neither field `tags` nor field `entities`"),
        ({"tags": None}, "has neither field `tags` nor field `entities`"),
        ({"tags": TAGS, "entities": []}, "has both field `tags` and field `entities`"),
    ],
)
def test_an_entity_answer_is_either_tags_or_entities(tmp_path, answer, message):
    assert f":1: {message}" in problem(tmp_path, "ner", ner(**answer))


def test_an_unknown_entity_type_is_named_with_its_place_and_the_nearest_known_one(tmp_path):
    entities = [{"start": 4, "end": 10, "type": "PERS"}, {"start": 11, "end": 16, "type": "GEP"}]
    found = problem(tmp_path, "ner", ner(entities=entities))
    assert ":1: field `entities[1].type`: unknown type 'GEP'; did you mean 'GPE'?" in found


def test_the_same_entity_twice_is_refused(tmp_path):
    one = {"start": 4, "end": 10, "type": "PERS"}
    found = problem(tmp_path, "ner", ner(entities=[one, one]))
    assert ":1: field `entities[1]`: the same entity is given twice" in found


def test_the_same_span_with_another_type_is_another_entity(tmp_path):
    entities = [{"start": 4, "end": 10, "type": name} for name in ("PERS", "ORG")]
    assert checked(tmp_path, "ner", ["a"], ner(entities=entities))


BAD_BOUNDS = [(-1, 2), (4, 4), (5, 4), (10, 17), (16, 17)]


@pytest.mark.parametrize(("start", "end"), BAD_BOUNDS)
def test_an_entity_outside_the_text_is_refused(tmp_path, start, end):
    found = problem(tmp_path, "ner", ner(entities=[{"start": start, "end": end, "type": "PERS"}]))
    assert f":1: field `entities[0]`: [{start}, {end}) is not inside the text" in found
    assert "of 16 characters" in found
    assert "0 ≤ start < end ≤ length" in found


def test_an_entity_may_reach_from_the_first_to_the_last_character(tmp_path):
    whole = {"start": 0, "end": 16, "type": "EVENT"}
    assert checked(tmp_path, "ner", ["a"], ner(entities=[whole]))


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (
            {"start": 4, "end": 10, "text": "لافروف"},
            "has field `text` and `start` and `end`; only one form is allowed",
        ),
        ({"end": 10, "text": "لافروف"}, "has field `text` and `end`; only one form is allowed"),
        ({"start": 4}, "has only `start`; `start` and `end`, or `text` alone, are needed"),
        ({"end": 10}, "has only `end`; `start` and `end`, or `text` alone, are needed"),
        ({}, "has no place; `start` and `end`, or `text` alone, are needed"),
        ({"start": None, "end": None, "text": None}, "has no place"),
    ],
)
def test_an_entity_is_given_by_both_offsets_or_by_its_text(tmp_path, place, said):
    good = {"start": 4, "end": 10, "type": "PERS"}
    found = problem(tmp_path, "ner", ner(entities=[good, {**place, "type": "PERS"}]))
    assert f":1: field `entities[1]`: {said}" in found


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_string_is_no_entity(tmp_path, text):
    found = problem(tmp_path, "ner", ner(entities=[{"text": text, "type": "PERS"}]))
    assert ":1: field `entities[0].text`: an empty string" in found


def test_a_string_may_be_given_twice_since_the_text_may_hold_it_twice(tmp_path):
    one = {"text": "لافروف", "type": "PERS"}
    assert checked(tmp_path, "ner", ["a"], ner(entities=[one, one]))


def test_the_type_of_a_string_is_checked_too(tmp_path):
    found = problem(tmp_path, "ner", ner(entities=[{"text": "لافروف", "type": "PERSON"}]))
    assert ":1: field `entities[0].type`: unknown type 'PERSON'" in found


def test_an_entity_is_written_in_the_form_in_which_it_was_given():
    for plain in (
        {"start": 4, "end": 10, "type": "PERS"},
        {"text": "لافروف", "type": "PERS"},
    ):
        assert msgspec.to_builtins(msgspec.convert(plain, PredictedEntity)) == plain


def test_an_unknown_label_is_named_with_the_nearest_known_one(tmp_path):
    found = problem(tmp_path, "stance", stance(label="agrees"))
    assert ":1: field `label`: unknown label 'agrees'; did you mean 'agree'?" in found


def test_a_label_like_none_is_answered_with_all_that_are_known(tmp_path):
    found = problem(tmp_path, "stance", stance(label="مؤيد"))
    assert "unknown label 'مؤيد'; known are: " + ", ".join(sorted(STANCE_LABELS)) in found


def test_that_there_is_no_label_has_to_be_said(tmp_path):
    found = problem(tmp_path, "stance", {"id": "a"})
    assert "missing required field `label`" in found


def test_probabilities_need_a_label(tmp_path):
    found = problem(tmp_path, "stance", stance(label=None, scores={"agree": 0.5, "discuss": 0.5}))
    assert ":1: field `scores`: probabilities without a label; field `label` is null" in found


def test_scores_name_labels_of_the_task(tmp_path):
    found = problem(tmp_path, "stance", stance(scores={"agree": 0.5, "discus": 0.5}))
    assert ":1: field `scores`: unknown label 'discus'; did you mean 'discuss'?" in found


@pytest.mark.parametrize("score", [-0.2, 1.2])
def test_a_score_lies_between_0_and_1(tmp_path, score):
    found = problem(tmp_path, "stance", stance(scores={"agree": score, "discuss": 1 - score}))
    assert f":1: field `scores.agree`: {score} is no probability" in found
    assert "sum" not in found


@pytest.mark.parametrize(("score", "total"), [(0.4, "0.9000"), (0.52, "1.0200")])
def test_scores_sum_to_one(tmp_path, score, total):
    found = problem(tmp_path, "stance", stance(scores={"agree": 0.5, "discuss": score}))
    assert f":1: field `scores`: the probabilities sum to {total}, not to 1" in found


def test_probabilities_that_were_rounded_pass(tmp_path):
    thirds = {"agree": 0.333, "disagree": 0.333, "discuss": 0.333}
    assert checked(tmp_path, "stance", ("a",), stance(scores=thirds))


def test_an_empty_string_is_no_content(tmp_path):
    found = problem(tmp_path, "attribution", attribution(content=[" "]))
    assert ":1: field `attributions[0].content[0]`: an empty string" in found


@pytest.mark.parametrize("field", ["cue", "source", "via"])
def test_an_empty_string_is_no_cue_source_or_via(tmp_path, field):
    found = problem(tmp_path, "attribution", attribution(**{field: " "}))
    assert f":1: field `attributions[0].{field}`: an empty string" in found


def test_an_attribution_needs_a_content(tmp_path):
    found = problem(tmp_path, "attribution", attribution(content=[]))
    assert ":1: field `attributions[0].content`: at least one span is needed" in found


@pytest.mark.parametrize("field", ["cue", "source", "via", "content[1]"])
def test_a_span_of_an_attribution_outside_the_text_is_refused(tmp_path, field):
    span = {"start": 10, "end": 13}
    fields = {"content": ["لا", span]} if "[" in field else {field: span}
    found = problem(tmp_path, "attribution", attribution(**fields))
    assert f":1: field `attributions[0].{field}`: [10, 13) is not inside the text of 12" in found


@pytest.mark.parametrize(
    ("field", "value", "meant"), [("source_type", "persons", "person"), ("mode", "dirct", "direct")]
)
def test_an_unknown_source_type_or_mode_is_named_with_the_nearest_one(
    tmp_path, field, value, meant
):
    found = problem(tmp_path, "attribution", attribution(**{field: value}))
    assert f":1: field `attributions[0].{field}`: unknown value '{value}'" in found
    assert f"did you mean '{meant}'?" in found


def test_offsets_are_code_points_not_bytes(tmp_path):
    # Twelve letters and spaces, 22 bytes in UTF-8.
    whole = attribution(content=[{"start": 0, "end": 12}])
    assert checked(tmp_path, "attribution", ["a"], whole)
    assert "is not inside" in problem(
        tmp_path, "attribution", attribution(content=[{"start": 0, "end": 22}])
    )


def test_all_problems_are_said_at_once_each_with_its_line(tmp_path):
    found = problem(tmp_path, "stance", stance("a", "agreed"), stance("b"), stance("y"), ids="abc")
    assert found.splitlines()[0].endswith("predictions.jsonl does not fit the rows:")
    assert [line.split(": ")[0].rpartition("/")[2] for line in found.splitlines()[1:]] == [
        "predictions.jsonl:1",
        "predictions.jsonl:3",
        "predictions.jsonl",
    ]


def test_of_very_many_problems_twenty_are_shown_and_the_rest_counted(tmp_path):
    ids = [f"{number:02}" for number in range(25)]
    found = problem(tmp_path, "stance", *(stance(i, "x") for i in ids), ids=ids)
    assert found.count("unknown label") == 20
    assert "… and 5 more" in found


@pytest.mark.parametrize(
    ("task_type", "line", "said"),
    [
        ("stance", '{"id": "a"}', "missing required field `label`"),
        ("stance", '{"id": 1, "label": "agree"}', "field `id`: Expected `str`, got `int`"),
        ("stance", '{"id": "a", "label": "agree", "x": 1}', "unknown field `x`"),
        ("stance", '{"id": "a", "label": "agree"', "broken JSON"),
        ("stance", '["a", "agree"]', "Expected `object`, got `array`"),
        ("ner", '{"id": "a", "tags": "O O O"}', "field `tags`: Expected `array | null`, got `str`"),
        ("ner", '{"id": "a", "label": "agree"}', "unknown field `label`"),
        (
            "ner",
            '{"id": "a", "entities": [{"start": "4", "end": 10, "type": "PERS"}]}',
            "`: Expected `int | null`, got `str`",
        ),
        (
            "attribution",
            '{"id": "a", "attributions": [{"content": ["لا"]}]}',
            "missing required field `source_name`",
        ),
    ],
)
def test_a_line_that_is_no_prediction_is_named_with_its_field(tmp_path, task_type, line, said):
    good = GOOD[task_type][0]
    found = problem(tmp_path, task_type, good, line)
    assert "predictions.jsonl:2: " in found
    assert said in found


def test_a_missing_file_and_an_empty_one_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"none\.jsonl: no such file"):
        read_predictions(tmp_path / "none.jsonl", "ner")
    with pytest.raises(InputError, match="holds no rows"):
        read_predictions(write(tmp_path), "ner")


def test_a_blank_line_is_skipped_and_still_counted(tmp_path):
    located = read_predictions(write(tmp_path, stance("a"), "", stance("b")), "stance")
    assert [Path(item.where).name for item in located] == [
        "predictions.jsonl:1",
        "predictions.jsonl:3",
    ]


@pytest.mark.parametrize(
    ("task_type", "answer"), [(name, answer) for name in GOOD for answer in GOOD[name]]
)
def test_a_model_may_hand_over_the_object_or_the_record(tmp_path, task_type, answer):
    (record,) = checked(tmp_path, task_type, ["a"], answer)
    for given in (answer, record):
        (found,) = convert_predictions([given], task_type, origin="mine")
        assert found == (record, "prediction 1 of mine")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"id": "b"}, "missing required field `label`"),
        ({"id": "b", "label": 3}, "field `label`: Expected `str | null`, got `int`"),
        ({"id": "b", "label": "agree", "score": 1}, "unknown field `score`"),
        (NerPrediction(id="b", tags=("O",)), "unknown field `tags`"),
        ({"id": "b", "label": object()}, "a object is no part of a prediction"),
        ("agree", "Expected `object`, got `str`"),
        (None, "Expected `object`, got `null`"),
    ],
)
def test_what_a_model_hands_over_in_another_form_is_named(answer, said):
    located = convert_predictions([stance("a"), answer], "stance", origin="mine")
    with pytest.raises(InputError) as caught:
        list(located)
    assert str(caught.value).startswith("prediction 2 of mine: ")
    assert said in str(caught.value)


def test_numbers_of_numpy_are_numbers():
    answer = {"id": "a", "label": np.str_("agree"), "scores": {"agree": np.float64(1)}}
    (located,) = convert_predictions([answer], "stance", origin="mine")
    assert located.prediction == StancePrediction(id="a", label="agree", scores={"agree": 1.0})
    answer = {"id": "a", "entities": [{"start": np.int64(0), "end": np.int32(3), "type": "PER"}]}
    (located,) = convert_predictions([answer], "ner", origin="mine")
    assert (located.prediction.entities[0].start, located.prediction.entities[0].end) == (0, 3)


def test_a_record_that_a_model_built_of_other_things_is_checked():
    answer = AttributionPrediction(id="a", attributions=[{"content": ["نص"], "source_name": "س"}])
    (located,) = convert_predictions([answer], "attribution", origin="mine")
    assert located.prediction.attributions[0].source_name == "س"


def test_a_predict_that_forgot_to_return_is_named():
    with pytest.raises(InputError, match="mine: `predict` returned NoneType, not predictions"):
        list(convert_predictions(None, "stance", origin="mine"))


def test_predictions_are_taken_from_a_model_one_by_one():
    def endless():
        while True:
            yield stance("a")

    found = convert_predictions(endless(), "stance", origin="mine")
    assert [next(found).where for _ in range(2)] == ["prediction 1 of mine", "prediction 2 of mine"]


def test_a_prediction_of_another_task_is_refused():
    located = [LocatedPrediction(StancePrediction(id="a", label="agree"), "here")]
    with pytest.raises(InputError, match="here: a StancePrediction for a NerRow"):
        check_predictions([ner_row("a")], located, origin="mine")


def test_only_labels_that_the_task_uses_are_answers():
    answers = [
        {"id": "a", "label": "discuss"},
        {"id": "b", "label": "agree", "scores": {"agree": 0.5, "discuss": 0.5}},
    ]
    rows = [stance_row("a"), stance_row("b")]
    located = list(convert_predictions(answers, "stance", origin="M"))
    with pytest.raises(InputError) as caught:
        check_predictions(rows, located, origin="M", labels=("agree", "disagree", "unrelated"))
    assert "field `label`: unknown label 'discuss'" in str(caught.value)
    assert "field `scores`: unknown label 'discuss'" in str(caught.value)


def test_only_types_that_the_task_uses_are_answers():
    labels = ("O", "B-LOC", "I-LOC")
    answers = [
        {"id": "a", "tags": ["O", "B-MISC", "B-LOC"]},
        {
            "id": "b",
            "entities": [{"start": 0, "end": 3, "type": name} for name in ("MISC", "NORP")],
        },
    ]
    rows = [ner_row("a"), ner_row("b")]
    located = list(convert_predictions(answers, "ner", origin="M"))
    with pytest.raises(InputError) as caught:
        check_predictions(rows, located, origin="M", labels=labels)
    assert "field `tags[1]`: unknown tag 'B-MISC'" in str(caught.value)
    # NORP is MISC in the coarse view; DATE is nothing there, and GPE is LOC.
    assert "field `entities[0].type`: unknown type 'MISC'" in str(caught.value)
    assert "field `entities[1].type`: unknown type 'NORP'" in str(caught.value)
    entities = [{"start": 0, "end": 3, "type": name} for name in ("GPE", "DATE")]
    fitting = convert_predictions([{"id": "a", "entities": entities}], "ner", origin="M")
    assert len(check_predictions(rows[:1], fitting, origin="M", labels=labels)) == 1
