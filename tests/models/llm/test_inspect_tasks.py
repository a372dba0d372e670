"""The tasks as tasks of inspect-ai score what `arbench eval` scores."""

import hashlib
import json

import inspect_ai
import pytest
from inspect_ai._util.error import PrerequisiteError
from inspect_ai.scorer import Score
from scripted import asked, oracle, said_by, script

from arnews_bench import evaluate
from arnews_bench.inspect_tasks import aligned, attribution, mean_counts, ner, stance

MAKE = {"ner": ner, "stance": stance, "attribution": attribution}


def run_inspect(task, spec, tmp_path, **options):
    (log,) = inspect_ai.eval(
        task, model=spec.removeprefix("llm:"), log_dir=str(tmp_path), display="none",
        log_level="error", log_realtime=False, ctl_server=False, **options,
    )  # fmt: skip
    assert log.status == "success", log.error
    return log


def metrics(log):
    (score,) = log.results.scores
    return {name: metric.value for name, metric in score.metrics.items()}


def forgetful(answer, row):
    """Lose every third item, and make up what a careless model makes up; by hash of the row."""
    drawn = hashlib.sha256(row.id.encode()).digest()[0]
    if "label" in answer:
        return answer if drawn % 3 else {"label": "discuss"}
    items = answer.get("entities", answer.get("attributions"))
    del items[drawn % 3 :: 3]
    if "entities" in answer and drawn % 4 == 0:
        items.append({"text": "زعبوطستان", "type": "GPE", "context": None})
    return answer if drawn % 16 else []


@pytest.mark.parametrize("name", ["ner", "stance", "attribution"])
def test_the_scores_are_those_of_our_own_command(name, tmp_path):
    spec = oracle(f"forgetful-{name}", name, change=forgetful)
    (run,) = evaluate(spec, [name], out=None, split="validation")
    log = run_inspect(MAKE[name](split="validation"), spec, tmp_path)
    found = metrics(log)
    assert 0 < run.score.value < 1
    ours = {key: score.value for key, score in run.metrics.items() if score.value is not None}
    assert {key: found[key] for key in ours} == pytest.approx(ours, abs=1e-12)
    assert found[f"{run.headline}_low"] == pytest.approx(run.score.low, abs=1e-12)
    assert found[f"{run.headline}_high"] == pytest.approx(run.score.high, abs=1e-12)
    assert found["unparsable"] == run.usage.unparsable / run.n.rows


def test_inspect_finds_the_tasks_by_name(tmp_path):
    spec = oracle("by-name", "stance")
    log = run_inspect("arnews_bench/stance", spec, tmp_path, limit=5)
    assert metrics(log)["macro_f1"] == 1.0
    assert log.eval.task == "arnews_bench/stance"


def test_a_log_can_be_scored_again(tmp_path):
    spec = oracle("again", "stance", change=forgetful)
    log = run_inspect(stance(), spec, tmp_path, limit=20)
    again = inspect_ai.score(log, aligned("stance"), action="overwrite", display="none")
    assert metrics(again) == metrics(log)


def test_all_epochs_count(tmp_path):
    """Every row is answered once right and once past the question: half of it is right."""
    oracle("epochs-gold", "stance")
    seen = set()

    def answer(system, question):
        if question in seen:
            return "I would rather talk about the weather today."
        seen.add(question)
        return said_by("epochs-gold", system, question)

    log = run_inspect(stance(), script("epochs", answer), tmp_path, limit=8, epochs=2)
    assert metrics(log)["accuracy"] == 0.5
    assert metrics(log)["unparsable"] == 0.5


def test_under_cv_all_rows_are_asked_and_shots_are_of_other_pages(tmp_path):
    spec = oracle("cv", "attribution")
    log = run_inspect(attribution(protocol="cv", shots=1), spec, tmp_path)
    assert metrics(log)["attribution_f1"] == 1.0
    pages = {sample.id: sample.metadata["row"]["fold"] for sample in log.samples}
    assert len(set(pages.values())) == 5
    by_text = {sample.metadata["row"]["text"]: pages[sample.id] for sample in log.samples}
    for sample in log.samples:
        (shown,) = [
            page
            for text, page in by_text.items()
            if text in sample.input[1].text and sample.input[2].role == "assistant"
        ][:1] or [None]
        assert shown != pages[sample.id]


def test_the_gold_is_the_target_and_not_in_the_question(tmp_path):
    task = stance()
    for sample in task.dataset[:50]:
        assert json.loads(sample.target) == {"label": sample.metadata["row"]["label"]}
        assert sample.input[-1].role == "user"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"task_file": "stance"}, "task_file=stance: is a task of type stance, not ner"),
        ({"split": "tset"}, "did you mean 'test'"),
        ({"split": 5}, "task 'ner' has no split '5'"),
        ({"protocol": 7}, "unknown protocol '7'"),
        ({"data": 2024}, "no such file"),
        ({"prompt_language": "fr"}, "prompt_language=fr: ar or en is needed"),
        ({"tagset": "fien"}, "tagset=fien: auto, fine or coarse is needed"),
        ({"shots": -1}, "shots=-1: at least 0 is needed"),
        ({"shots": "many"}, "shots=many: a whole number is needed"),
        ({"seed": 1.5}, "seed=1.5: a whole number is needed"),
        ({"structured": "of"}, "structured=of: true or false is needed"),
    ],
)
def test_a_wrong_parameter_is_said_in_the_way_of_inspect(options, said):
    """As `-T NAME=VALUE` gives it: what looks like a number is one."""
    with pytest.raises(PrerequisiteError) as caught:
        ner(**options)
    assert said in caught.value.message


def test_all_wrong_parameters_are_said_in_one_line():
    with pytest.raises(PrerequisiteError) as caught:
        ner(shots=-1, tagset="fien")
    assert caught.value.message == (
        "shots=-1: at least 0 is needed; tagset=fien: auto, fine or coarse is needed"
    )


def test_the_mean_of_counts_is_over_epochs():

    scores = [
        Score(value=1.0, metadata={"task_type": "ner", "counts": {"a": 2}, "unparsable": False}),
        Score(value=0.0, metadata={"task_type": "ner", "counts": {"b": 1}, "unparsable": True}),
    ]
    reduced = mean_counts()(scores)
    assert reduced.value == 0.5
    assert reduced.metadata == {
        "task_type": "ner", "counts": {"a": 1.0, "b": 0.5}, "unparsable": 0.5
    }  # fmt: skip


def test_the_model_is_asked_as_it_is_by_our_own_command(tmp_path):
    spec = oracle("same-question", "stance")
    evaluate(spec, ["stance"], limit=4, out=None)
    ours = sorted(asked["same-question"])
    asked["same-question"].clear()
    run_inspect(stance(), spec, tmp_path, limit=4)
    assert sorted(asked["same-question"]) == ours


def test_a_schema_is_sent_along_unless_the_server_refuses_it():
    assert stance().config.response_schema.name == "stance_answer"
    assert stance(structured=False).config.response_schema is None
