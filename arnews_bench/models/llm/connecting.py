"""The model of inspect-ai behind a name, and what it is told with each request."""

import os
from typing import TYPE_CHECKING, NamedTuple

from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.models.llm.failures import plain_message
from arnews_bench.models.llm.keys import hide_keys, keys_of
from arnews_bench.models.llm.options import Options

if TYPE_CHECKING:
    from inspect_ai.model import GenerateConfig, Model, ModelAPI

__all__ = ["connect", "generate_config"]

# Their weights are in this process.
_LOCAL = "hf/"


class _Connected(NamedTuple):
    """A model that was made, for what, and amid what it was."""

    wanted: tuple[object, ...]
    around: tuple[object, ...]
    model: "Model"


# The model that was asked last: weights are not loaded again for the next task, seed or call.
_last: list[_Connected] = []


def connect(name: str, options: Options) -> "Model":
    """The model as inspect-ai knows it.

    Raises:
        InputError: It does not know the provider, or lacks its key, its package or the extra.
    """
    _require_extra()
    from inspect_ai._util.dotenv import init_dotenv
    from inspect_ai.model import ModelInfo, get_model, get_model_info, set_model_info

    # `inspect_ai.eval` does so too: the first task shall not be asked elsewhere than the second.
    init_dotenv()
    arguments = options.provider_arguments()
    if name.startswith(_LOCAL) and options.temperature == 0:
        arguments.setdefault("do_sample", False)
    wanted = (name, options.base_url, tuple(sorted(arguments.items(), key=str)))
    for found in _last:
        if found.wanted == wanted and found.around == _around(found.model.api):
            return found.model
    # It is let go of first: two may not fit into memory.
    _last.clear()
    try:
        # Made without what differs from run to run: inspect-ai keeps its own no longer than we do.
        model = get_model(name, base_url=options.base_url, memoize=False, **arguments)
    except Exception as error:
        _require_provider(name)
        # Providers raise whatever they like for a missing key, package or model.
        raise InputError(f"llm:{name}: {plain_message(error)}") from error
    hide_keys(model.api)
    # Else inspect-ai makes it a second time, weights and all, to look up how long its context is.
    set_model_info(str(model), get_model_info(model) or ModelInfo())
    _last.append(_Connected(wanted, _around(model.api), model))
    return model


def generate_config(name: str, options: Options, seed: int) -> "GenerateConfig":
    """What a model is told with each request.

    Args:
        name: The model, as inspect-ai names it.
        options: How it is asked.
        seed: Sent along where the provider takes one.
    """
    from inspect_ai.model import CachePolicy, GenerateConfig

    cache = None
    if options.cache:
        # inspect-ai itself takes answers of one model with other arguments for the same.
        scopes = {"seed": str(seed), "of": options.determining()}
        cache = CachePolicy(expiry=options.cache, scopes=scopes)
    temperature = None if options.temperature == "off" else options.temperature
    if name.startswith(_LOCAL) and temperature == 0:
        # transformers knows no temperature of 0: the likeliest answer is one that is not sampled.
        temperature = None
    return GenerateConfig.model_validate(
        {
            "temperature": temperature,
            "top_p": options.top_p,
            "max_tokens": options.max_tokens,
            "reasoning_effort": options.reasoning_effort,
            "reasoning_tokens": options.reasoning_tokens,
            # Else OpenAI's models are asked first, at our cost, whether they give any.
            "reasoning_summary": "none",
            "seed": None if options.seed == "off" else seed,
            "max_connections": options.max_connections,
            "max_retries": options.max_retries,
            "attempt_timeout": options.timeout,
            "cache": cache,
        }
    )


def _require_extra() -> None:
    try:
        import inspect_ai  # noqa: F401
        import rapidfuzz  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"an llm: model needs the extra `llm`: pip install 'arnews-bench[llm]' ({error})"
        ) from None


def _require_provider(name: str) -> None:
    """Refuse a provider that inspect-ai has not."""
    from inspect_ai._util.registry import registry_find, registry_unqualified_name

    found = registry_find(lambda info: info.type == "modelapi")
    known = {registry_unqualified_name(item) for item in found}
    provider = name.partition("/")[0]
    if provider not in known:
        raise InputError(
            f"llm:{name}: inspect-ai has no provider {provider!r}; {did_you_mean(provider, known)}"
        )


def _around(api: "ModelAPI") -> tuple[object, ...]:
    """What a provider's client read from the environment: another key needs another client."""
    places = sorted(item for item in os.environ.items() if item[0].endswith("_BASE_URL"))
    return (*keys_of(api), *places)
