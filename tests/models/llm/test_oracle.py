"""Models that know the gold: what they lose is what was taken from them."""

import pytest
from scripted import asked, oracle, script, turns

from arnews_bench import evaluate, load_task


# All rows once: the answers to a prompt in the other language are the same.
@pytest.mark.parametrize(("language", "limit"), [("ar", None), ("en", 40)])
def test_who_answers_with_the_gold_strings_is_right_in_all(language, limit):
    spec = oracle("gold", "ner", "stance", "attribution")
    way = {"options": {"prompt_language": language}, "out": None}
    runs = evaluate(spec, ["ner", "attribution"], **way, protocol="cv", limit=limit)
    runs += evaluate(spec, ["stance"], **way, limit=limit or 100)
    assert [run.score.value for run in runs] == [1.0, 1.0, 1.0]
    ner, attribution, _ = runs
    assert ner.metrics["nested_f1"].value == 1.0
    for name in ("content_f1", "cue_f1", "source_f1", "via_f1"):
        assert attribution.metrics[name].value >= 0.98, name
    for run in runs:
        assert run.usage.unparsable == run.usage.left_out == 0
        assert run.usage.placed.get("invented", 0) == run.usage.placed.get("surplus", 0) == 0
        assert run.usage.answers == run.n.rows
        assert run.usage.input_tokens == 100 * run.n.rows


def test_shots_stand_before_the_question_and_leave_it_as_it_is():
    spec = oracle("few", "stance")
    options = {"shots": "2", "prompt_language": "en"}
    (run,) = evaluate(spec, ["stance"], options=options, limit=20, out=None)
    assert run.score.value == 1.0
    assert run.system == "llm:scripted/few (prompt_language=en, shots=2)"
    assert turns["few"] == {6}


def noisy(text):
    """The text as a careless writer has it: hamza and dots lost, tatweel and vowels added."""
    lost = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "«": '"', "»": '"'})
    return text.translate(lost).replace("ا", "ا\u064e", 1).replace("ل", "لـ", 1)


def noisy_entities(answer, row):
    for entity in answer["entities"]:
        entity["text"] = noisy(entity["text"])
    return answer


def noisy_attributions(answer, row):
    for item in answer["attributions"]:
        item["content"] = [noisy(text) for text in item["content"]]
        for field in ("source_name", "cue", "source", "via"):
            item[field] = item[field] and noisy(item[field])
    return answer


@pytest.mark.parametrize(
    ("task", "change", "measures"),
    [
        ("ner", noisy_entities, ("normalised_f1", "strict_f1", "nested_f1")),
        ("attribution", noisy_attributions, ("attribution_f1",)),
    ],
)
def test_spelling_costs_nothing(task, change, measures):
    (run,) = evaluate(oracle("noisy", task, change=change), [task], out=None, protocol="cv")
    for measure in measures:
        assert run.metrics[measure].value >= 0.99, measure
    assert run.usage.placed["normalised"] > run.usage.placed.get("exact", 0)


def test_one_invented_entity_a_document_costs_exactly_that_precision():
    rows = load_task("ner").rows("test")
    first_of_document = {row.doc_id: row.id for row in reversed(rows)}

    def invent(answer, row):
        if first_of_document.get(row.doc_id) == row.id:
            answer["entities"].append({"text": "زعبوطستان", "type": "GPE", "context": None})
        return answer

    (run,) = evaluate(oracle("inventive", "ner", change=invent), ["ner"], out=None)
    documents = len(first_of_document)
    right = sum(tag.startswith("B-") for row in rows for tag in row.ner_tags)
    listed = sum(len(row.entities) for row in rows)
    assert run.metrics["recall"].value == 1.0
    assert run.metrics["precision"].value == pytest.approx(right / (right + documents))
    assert run.usage.placed["invented"] == documents
    # Of all that were listed, those without a coarse type included.
    assert run.metrics["invented_rate"].value == pytest.approx(documents / (listed + documents))


def test_an_invented_attribution_costs_precision():
    def invent(answer, row):
        answer["attributions"].append(
            {
                "content": ["الفيل يطير فوق البحيرة كل خميس مع جيرانه"],
                "source_name": "زيد", "cue": "زعم", "source": None, "via": None,
                "source_type": "person", "mode": "indirect",
            }
        )  # fmt: skip
        return answer

    (run,) = evaluate(oracle("liar", "attribution", change=invent), ["attribution"], out=None)
    rows = load_task("attribution").rows("test")
    gold = sum(len(row.attributions) for row in rows)
    assert run.metrics["recall"].value == 1.0
    assert run.metrics["precision"].value == pytest.approx(gold / (gold + len(rows)))


@pytest.mark.parametrize(("task", "measure"), [("ner", "recall"), ("stance", "accuracy")])
def test_who_talks_past_the_question_is_counted_and_scores_nothing(task, measure):
    spec = script("chatty", lambda system, question: "I would rather talk about the weather today.")
    (run,) = evaluate(spec, [task], limit=6, out=None)
    assert run.usage.unparsable == 6
    assert run.metrics[measure].value == 0.0


def test_every_row_is_asked_once():
    spec = oracle("once", "stance")
    evaluate(spec, ["stance"], limit=9, out=None)
    assert len(asked["once"]) == len(set(asked["once"])) == 9
