"""Runs in the schema of Every Eval Ever: valid, complete, and on the scale that it says."""

import json

import pytest
from invented_runs import run

from arnews_bench.answer_log import Answer, Usage
from arnews_bench.errors import ArnewsError, InputError
from arnews_bench.every_eval_ever import encode_log, evaluation_log, log_problems, schema
from arnews_bench.results import ModelInfo, TrainedOn
from arnews_bench.scoring import SCORERS, Score


def scored(spec="linear", **fields):
    """A run of an F1 of 60 % between 50 % and 70 %, in 3 documents."""
    metrics = {"strict_f1": Score(value=0.6, low=0.5, high=0.7)}
    return run(spec, [(6, 10, 10)] * 3, **({"metrics": metrics} | fields))


def log_of(*runs, **options):
    found = {"model": "org/model", "dataset": "org/arnews", "created": 1700000000.0} | options
    log = evaluation_log(runs, **found)
    assert log_problems(log) == []
    return log


def test_the_schema_is_the_one_that_records_name():
    assert schema()["version"] == log_of(scored())["schema_version"] == "0.3.0"


def test_a_run_becomes_one_result_for_each_measure():
    (result,) = log_of(scored(), dataset_revision="a" * 40)["evaluation_results"]
    assert result["evaluation_result_id"] == "ner/split/test/seed-0/strict_f1"
    assert result["evaluation_name"] == "ner"
    assert result["score_details"]["score"] == 0.6
    assert result["score_details"]["uncertainty"] == {
        "confidence_interval": {
            "lower": 0.5,
            "upper": 0.7,
            "confidence_level": 0.95,
            "method": "percentile bootstrap, documents",
        },
        "num_samples": 3,
    }
    source = result["source_data"]
    assert (source["source_type"], source["hf_repo"]) == ("hf_dataset", "org/arnews")
    assert (source["hf_split"], source["samples_number"]) == ("test", 40)
    assert source["additional_details"]["revision"] == "a" * 40
    assert source["additional_details"]["fingerprint"] == "d" * 64


def test_the_record_says_who_and_when():
    log = log_of(
        scored(), scored(task="stance", finished="2025-03-01T00:00:00+00:00"),
        evaluator="someone", relationship="first_party",
    )  # fmt: skip
    assert log["evaluation_id"] == "arnews/org/model/1700000000.000"
    assert log["retrieved_timestamp"] == "1700000000.000"
    assert log["evaluation_timestamp"] == "2025-03-01T00:00:00+00:00"
    assert log["source_metadata"]["source_organization_name"] == "someone"
    assert log["source_metadata"]["evaluator_relationship"] == "first_party"
    assert log["eval_library"] == {"name": "arnews-bench", "version": "0.4.0"}
    assert [result["evaluation_name"] for result in log["evaluation_results"]] == ["ner", "stance"]


@pytest.mark.parametrize(
    ("measure", "kind", "highest", "lower_is_better"),
    [
        ("strict_f1", "f1", 1.0, False),
        ("nested_f1/PERS", "f1", 1.0, False),
        ("accuracy", "accuracy", 1.0, False),
        ("source_type_accuracy", "accuracy", 1.0, False),
        ("recall/agree", "recall", 1.0, False),
        ("ece", "ece", 1.0, True),
        ("brier", "brier", 2.0, True),
        ("invented_rate", "rate", 1.0, True),
    ],
)
def test_a_measure_says_its_range_and_its_direction(measure, kind, highest, lower_is_better):
    metrics = {measure: Score(value=0.5, low=None, high=None)}
    (result,) = log_of(scored(metrics=metrics, headline=measure))["evaluation_results"]
    config = result["metric_config"]
    assert (config["metric_kind"], config["lower_is_better"]) == (kind, lower_is_better)
    assert (config["min_score"], config["max_score"]) == (0.0, highest)
    assert config["additional_details"] == {"headline": "yes"}
    assert "uncertainty" not in result["score_details"]


def test_every_measure_of_ours_that_is_better_lower_is_known():
    """One that is added to a scorer has to be judged here."""
    names = {name.partition("/")[0] for scorer in SCORERS.values() for name in scorer.measures}
    higher = {name for name in names if name.endswith(("f1", "accuracy", "precision", "recall"))}
    assert names - higher == {"ece", "brier", "invented_rate", "fnc1"}


def test_a_measure_without_a_value_is_left_out():
    metrics = {
        "strict_f1": Score(value=0.6, low=0.5, high=0.7),
        "f1/MISC": Score(value=None, low=None, high=None),
    }
    results = log_of(scored(metrics=metrics))["evaluation_results"]
    assert [result["metric_config"]["metric_name"] for result in results] == ["strict_f1"]


def test_cross_validation_names_no_split():
    (result,) = log_of(scored(protocol="cv", split=None))["evaluation_results"]
    assert "hf_split" not in result["source_data"]
    assert result["source_data"]["additional_details"]["protocol"] == "cv"


def test_what_a_model_learned_from_is_said():
    learned = TrainedOn(task="wojood", version="1.1", rows="e" * 64)
    (result,) = log_of(scored(trained_on=learned))["evaluation_results"]
    details = result["generation_config"]["additional_details"]
    assert details["trained_on"] == "wojood"
    assert details["system"] == "linear (trained on wojood)"


@pytest.mark.parametrize(
    ("specs", "deployment"),
    [
        (["linear"], "self_deployed"),
        (["hf:org/model", "linear"], "self_deployed"),
        (["llm:openai/x"], "externally_managed"),
        (["llm:openai-api/lab/x"], "unknown"),
        (["llm:vllm/org/x"], "self_deployed"),
        (["llm:ollama/x", "llm:openai/x"], "unknown"),
        (["file:predictions.jsonl"], "unknown"),
        (["linear", "llm:openai/x"], "unknown"),
    ],
)
def test_who_held_the_model_follows_from_its_spec(specs, deployment):
    runs = [scored(spec, model=ModelInfo(spec=spec, revision=None)) for spec in specs]
    details = log_of(*runs)["model_info"]["additional_details"]
    assert details == {"deployment_type": deployment, "model_availability": "unknown"}


@pytest.mark.parametrize(
    ("specs", "platform"),
    [
        (["linear"], {}),
        (["llm:openai/x"], {"inference_platform": "openai"}),
        (["llm:vllm/org/x"], {"inference_engine": {"name": "vLLM"}}),
        (["llm:openai-api/lab/x"], {}),
        (["llm:openai/x", "llm:anthropic/x"], {}),
        (["llm:openai/x", "linear"], {}),
    ],
)
def test_where_a_language_model_was_asked_follows_from_its_provider(specs, platform):
    info = log_of(*(scored(spec) for spec in specs))["model_info"]
    assert {name: info[name] for name in info if name.startswith("inference_")} == platform


def test_an_address_of_the_users_own_says_nothing_of_who_is_behind_it():
    model = ModelInfo(spec="llm:openai/x", revision="prompt 0123456789ab, server 01234567")
    info = log_of(scored(model=model))["model_info"]
    assert info["additional_details"]["deployment_type"] == "unknown"
    assert "inference_platform" not in info


def answered(**fields):
    """The usage of two answers, one of which could not be read."""
    told = {
        "completion": "{}",
        "model": "x-2026",
        "stop_reason": "stop",
        "input_tokens": 1000,
        "output_tokens": 100,
        "reasoning_tokens": 40,
        "cost": 0.25,
        "seconds": 2.0,
    }
    return Usage.of([Answer(id="a", **told), Answer(id="b", **told, problem="no JSON", **fields)])


def generation(**fields):
    (result,) = log_of(scored("llm:openai/x", **fields))["evaluation_results"]
    return result["generation_config"]


def test_what_the_answers_took_is_said():
    details = generation(usage=answered(left_out=3))["additional_details"]
    shown = {
        "answers": "2",
        "input_tokens": "2000",
        "output_tokens": "200",
        "reasoning_tokens": "80",
        "cost_usd": "0.5",
        "latency_median_s": "2.0",
        "latency_p95_s": "2.0",
        "answers_asked_with_schema": "0",
        "answers_from_cache": "0",
        "unparsable_answers": "1",
        "answers_cut_off": "0",
        "items_left_out": "3",
        "served_models": "x-2026",
    }
    assert shown.items() <= details.items()


def test_an_unknown_cost_is_left_out():
    usage = Usage.of([])
    assert "cost_usd" not in generation(usage=usage)["additional_details"]
    assert "served_models" not in generation(usage=usage)["additional_details"]


def test_how_the_answers_were_generated_is_said_in_the_fields_of_the_schema():
    options = {"temperature": "0.7", "max_tokens": "500", "shots": "3"}
    found = generation(usage=answered(), settings={"options": options})
    assert found["generation_args"] == {"temperature": 0.7, "max_tokens": 500, "reasoning": True}
    # What is not given has the value that it has when nobody gives it.
    assert generation(usage=answered())["generation_args"]["temperature"] == 0.0


def test_of_another_model_that_logs_answers_no_temperature_is_known():
    (result,) = log_of(scored("py:a.py:B", usage=answered()))["evaluation_results"]
    assert result["generation_config"]["generation_args"] == {"reasoning": True}


def test_a_model_without_answers_in_words_has_no_arguments():
    (result,) = log_of(scored())["evaluation_results"]
    assert "generation_args" not in result["generation_config"]


def test_nothing_of_the_machine_is_in_the_record():
    log = log_of(scored("py:/home/someone/tagger.py:Tagger"))
    (result,) = log["evaluation_results"]
    assert result["generation_config"]["additional_details"]["system"] == "py:tagger.py:Tagger"
    assert "/home" not in encode_log(log).decode()


def test_runs_of_several_versions_need_a_file_each():
    with pytest.raises(InputError, match=r"these runs are of 0\.1\.0 and 0\.2\.0"):
        log_of(scored(arnews_bench="0.2.0"), scored(arnews_bench="0.1.0"))


def test_the_file_is_the_record():
    log = log_of(scored())
    assert json.loads(encode_log(log)) == log


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["schema_version"], 3, "schema_version: 3 is not of type 'string'"),
        (["strange"], 1, "the record: Additional properties are not allowed"),
        (["source_metadata", "evaluator_relationship"], "friend", "'friend' is not one of"),
        (["model_info", "additional_details"], {}, "'deployment_type' is a required property"),
        (["evaluation_results", 0, "metric_config", "min_score"], "low", "min_score: 'low'"),
        (["evaluation_results", 0, "source_data"], {}, "evaluation_results.0.source_data"),
    ],
)
def test_a_record_that_breaks_the_schema_is_refused(path, value, said):
    log = log_of(scored())
    *outer, last = path
    place = log
    for key in outer:
        place = place[key]
    place[last] = value
    assert any(said in problem for problem in log_problems(log))
    with pytest.raises(ArnewsError, match="is invalid"):
        encode_log(log)
