"""Runs in the schema of Every Eval Ever, a shared database of evaluation results.

The schema is the project's own, version 0.3.0, under its MIT licence; both lie in
`schemas/every_eval_ever/`. See https://github.com/evaleval/every_eval_ever.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from arnews_bench.answer_log import Usage
from arnews_bench.errors import ArnewsError, InputError
from arnews_bench.files import read_bytes
from arnews_bench.models.llm.options import Options, asked_elsewhere
from arnews_bench.public_names import without_folders
from arnews_bench.results import Run
from arnews_bench.scoring import HIGHEST, Score

__all__ = ["Relationship", "encode_log", "evaluation_log", "log_problems", "schema"]

Relationship: TypeAlias = Literal["first_party", "third_party", "collaborative", "other"]

_SCHEMA = Path(__file__).resolve().parent / "schemas" / "every_eval_ever" / "eval.schema.json"
_BENCHMARK = "arnews"
_LIBRARY = "arnews-bench"
_LEVEL = 0.95
_LOWER_IS_BETTER = frozenset({"ece", "brier", "invented_rate"})
# Providers of inspect-ai that run a model on one's own machine: the engine that they run it with.
_ENGINES: Mapping[str, str] = {
    "hf": "transformers", "llama-cpp-python": "llama.cpp", "ollama": "Ollama", "sglang": "SGLang",
    "transformer_lens": "TransformerLens", "vllm": "vLLM", "vllm-completions": "vLLM",
}  # fmt: skip
# Providers that say no more than how a server is spoken to.
_PROTOCOLS = frozenset({"litellm-proxy", "mockllm", "openai-api", "openai-api-completions"})


def evaluation_log(  # noqa: PLR0913 (what a run does not say of itself)
    runs: Sequence[Run],
    *,
    model: str,
    dataset: str,
    dataset_revision: str | None = None,
    evaluator: str = "unknown",
    relationship: Relationship = "other",
    created: float | None = None,
) -> dict[str, Any]:
    """One record of the schema for all runs of one model, every measure that has a value in it.

    Args:
        runs: The runs.
        model: The model as the Hub names it, `ORG/NAME`.
        dataset: The dataset on the Hub, `ORG/NAME`.
        dataset_revision: The commit of it; None if that is not known.
        evaluator: Who ran the evaluation.
        relationship: Of the evaluator to the model.
        created: When the record is made, in seconds since 1970; None for now.

    Raises:
        InputError: There is no run, or they are of several versions of arnews-bench.
    """
    versions = sorted({run.arnews_bench for run in runs})
    if len(versions) != 1:
        raise InputError(
            "--every-eval-ever: a record names one version of arnews-bench, and these runs are of "
            f"{' and '.join(versions) or 'none'}; write a file for each"
        )
    moment = f"{time.time() if created is None else created:.3f}"
    source = {"hf_repo": dataset, "revision": dataset_revision}
    return {
        "schema_version": schema()["version"],
        "evaluation_id": f"{_BENCHMARK}/{model}/{moment}",
        "evaluation_timestamp": max(run.finished for run in runs),
        "retrieved_timestamp": moment,
        "source_metadata": {
            "source_name": _LIBRARY,
            "source_type": "evaluation_run",
            "source_organization_name": evaluator,
            "evaluator_relationship": relationship,
        },
        "eval_library": {"name": _LIBRARY, "version": versions[0]},
        "model_info": _model_info(runs, model),
        "evaluation_results": [result for run in runs for result in _results(run, source)],
    }


def _model_info(runs: Sequence[Run], model: str) -> dict[str, Any]:
    developer, _, name = model.partition("/")
    kinds = {_deployment(run) for run in runs}
    providers = {_provider(run) for run in runs}
    provider = providers.pop() if len(providers) == 1 else None
    platform: dict[str, Any] = {}
    if provider is not None and provider in _ENGINES:
        platform["inference_engine"] = {"name": _ENGINES[provider]}
    elif provider is not None and kinds == {"externally_managed"}:
        platform["inference_platform"] = provider
    return {
        "name": name,
        "id": model,
        "developer": developer,
        **platform,
        "additional_details": {
            "deployment_type": kinds.pop() if len(kinds) == 1 else "unknown",
            # Nothing in a run says whether anybody else can have the weights.
            "model_availability": "unknown",
        },
    }


def _provider(run: Run) -> str | None:
    """The provider of a language model, as inspect-ai names it."""
    scheme, _, rest = run.model.spec.partition(":")
    return rest.partition("/")[0] if scheme == "llm" else None


def _deployment(run: Run) -> str:
    """Who holds the machine that a model runs on, by its spec; else it is the user."""
    if run.model.spec.startswith("file:"):
        return "unknown"
    provider = _provider(run)
    if provider is None or provider in _ENGINES:
        return "self_deployed"
    # With an address of its own, the server may be anybody's.
    elsewhere = provider in _PROTOCOLS or asked_elsewhere(run.model.revision)
    return "unknown" if elsewhere else "externally_managed"


def _results(run: Run, source: Mapping[str, str | None]) -> Iterator[dict[str, Any]]:
    for name, score in run.metrics.items():
        if score.value is not None:
            yield {
                "evaluation_result_id": "/".join(
                    [run.task, run.protocol, run.split or "all", f"seed-{run.seed}", name]
                ),
                "evaluation_name": run.task,
                "source_data": _source(run, source),
                "evaluation_timestamp": run.finished,
                "metric_config": _metric(run, name),
                "score_details": {
                    "score": score.value,
                    "details": {"documents": str(run.n.documents), "rows": str(run.n.rows)},
                    **_uncertainty(run, score),
                },
                "generation_config": _generation(run),
            }


def _source(run: Run, source: Mapping[str, str | None]) -> dict[str, Any]:
    known = {
        "config": run.task,
        "revision": source["revision"],
        "version": run.dataset.version,
        "fingerprint": run.dataset.fingerprint,
        "rows_fingerprint": run.dataset.rows,
        "protocol": run.protocol,
    }
    return {
        "dataset_name": _BENCHMARK,
        "source_type": "hf_dataset",
        "hf_repo": source["hf_repo"],
        **({"hf_split": run.split} if run.split else {}),
        "samples_number": run.n.rows,
        "additional_details": _strings(known),
    }


def _metric(run: Run, name: str) -> dict[str, Any]:
    measure = name.partition("/")[0]
    # The kinds that the schema's users aggregate by.
    kind = "f1" if measure.endswith("f1") else measure.rpartition("_")[2]
    return {
        "evaluation_description": f"{name} of the task {run.task} of {_BENCHMARK}",
        "metric_id": name if name == "accuracy" else f"{_BENCHMARK}.{run.task}.{name}",
        "metric_name": name,
        "metric_kind": kind,
        "metric_unit": "proportion",
        "lower_is_better": measure in _LOWER_IS_BETTER,
        "score_type": "continuous",
        "min_score": 0.0,
        "max_score": HIGHEST.get(measure, 1.0),
        "additional_details": {"headline": "yes" if name == run.headline else "no"},
    }


def _uncertainty(run: Run, score: Score) -> dict[str, Any]:
    if score.low is None or score.high is None:
        return {}
    interval = {
        "lower": score.low,
        "upper": score.high,
        "confidence_level": _LEVEL,
        "method": run.interval,
    }
    # Documents are what varies from sample to sample, not their rows.
    return {"uncertainty": {"confidence_interval": interval, "num_samples": run.n.documents}}


def _generation(run: Run) -> dict[str, Any]:
    """How answers came about, and what they took; the schema has fields for the former only."""
    details = _circumstances(run)
    if run.usage is None:
        return {"additional_details": details}
    return {
        "generation_args": _arguments(run, run.usage),
        "additional_details": details | _strings(_usage(run.usage)),
    }


def _arguments(run: Run, usage: Usage) -> dict[str, Any]:
    found: dict[str, Any] = {"reasoning": usage.reasoning_tokens > 0}
    if _provider(run) is None:
        return found
    given = run.settings.get("options") or {}
    defaults = {field.name: field.default for field in msgspec.structs.fields(Options)}
    for name, kind in _GENERATION.items():
        value = given.get(name, defaults[name])
        if value is not None:
            found[name] = msgspec.convert(value, kind, strict=False)
    return found


_GENERATION: Mapping[str, type] = {"temperature": float, "top_p": float, "max_tokens": int}


def _usage(usage: Usage) -> dict[str, str | None]:
    numbers = {
        "answers": usage.answers,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": usage.cost,
        "latency_median_s": usage.latency.median,
        "latency_p95_s": usage.latency.p95,
        "answers_asked_with_schema": usage.structured,
        "answers_from_cache": usage.repeated,
        "unparsable_answers": usage.unparsable,
        "answers_cut_off": usage.cut_off,
        "items_left_out": usage.left_out,
    }
    found = {name: None if value is None else str(value) for name, value in numbers.items()}
    return found | {"served_models": ", ".join(map(without_folders, usage.models)) or None}


def _circumstances(run: Run) -> dict[str, str]:
    learned = run.trained_on
    return _strings(
        {
            "system": without_folders(run.system),
            "model_spec": without_folders(run.model.spec),
            "model_revision": run.model.revision,
            "seed": str(run.seed),
            "trained_on": None if learned is None else learned.task,
            "trained_on_rows_fingerprint": None if learned is None else learned.rows,
            "restrictions": "; ".join(map(without_folders, run.restrictions)) or None,
        }
    )


def _strings(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def schema() -> Mapping[str, Any]:
    """The schema that records are validated against."""
    found: dict[str, Any] = msgspec.json.decode(read_bytes(_SCHEMA))
    return found


def log_problems(log: Mapping[str, Any]) -> list[str]:
    """Where a record breaks the schema; nothing if it is valid."""
    from jsonschema import Draft7Validator  # noqa: PLC0415 (only here)

    found = Draft7Validator(schema()).iter_errors(log)
    return [
        f"{'.'.join(map(str, error.absolute_path)) or 'the record'}: {error.message}"
        for error in sorted(found, key=lambda error: [str(part) for part in error.absolute_path])
    ]


def encode_log(log: Mapping[str, Any]) -> bytes:
    """A record as the content of a file, validated.

    Raises:
        ArnewsError: It breaks the schema.
    """
    problems = log_problems(log)
    if problems:
        raise ArnewsError("\n  ".join(["a record of Every Eval Ever is invalid:", *problems]))
    return msgspec.json.format(msgspec.json.encode(log), indent=2) + b"\n"
