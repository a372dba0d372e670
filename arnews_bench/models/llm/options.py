"""The options of a language model: what `--option KEY=VALUE` may say of it."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Literal, Self, TypeAlias
from urllib.parse import urlsplit

import msgspec
import yaml

from arnews_bench.errors import InputError
from arnews_bench.models.llm.budget import Price
from arnews_bench.models.reading_options import Wanted, convert_options
from arnews_bench.schema import Record
from arnews_bench.yaml_records import NOT_YAML, yaml_problem

__all__ = ["RECORDED", "WANTED", "Language", "Options", "Tagset", "asked_elsewhere"]

Language: TypeAlias = Literal["ar", "en"]
Tagset: TypeAlias = Literal["auto", "fine", "coarse"]

_ARGUMENT = "arg."
# What stands before the digest of an address in the revision of a model.
_SERVER = "server "
_DIGEST = 8
_KEYS = "keys come only from the environment, as OPENAI_API_KEY"


class Options(Record, frozen=True, kw_only=True):
    """How a language model is asked.

    Attributes:
        prompt_language: The language of the prompt, `ar` or `en`; the answers are the same.
        prompt: A prompt file of your own, in place of the one of the task.
        shots: How many training rows are shown with their gold before the question.
        tagset: Entities of the 21 `fine` types or of the `coarse` ones; `auto` asks for the fine
            ones where the rows have them.
        structured: `auto` sends a JSON schema where the provider takes one; `off` never does.
        refused: `stop` leaves the run open if the server refuses the request of a row (HTTP 400,
            413 or 422); `empty` takes the row for one without an answer.
        temperature: 0 for the likeliest answer; `off` sends none, for servers that refuse it.
        seed: `auto` sends the seed of the run where the provider takes one; `off` never does.
        top_p: The share of the likeliest tokens that are sampled from.
        max_tokens: The length of an answer at most, reasoning included; None for the provider's.
        reasoning_effort: How much a model reasons, where the provider takes that.
        reasoning_tokens: Tokens to reason with, where the provider takes that.
        base_url: Where the server is, in place of the provider's own.
        max_connections: Requests at a time; None leaves it to inspect-ai, which adapts.
        max_retries: How often a request is repeated that failed for a while (429, 500, a broken
            connection).
        timeout: Seconds for an attempt.
        cache: For how long inspect-ai may answer from its cache, as `12h` or `1W`; None for never.
        input_price: US dollars for a million tokens of prompt.
        output_price: US dollars for a million tokens of answer.
        max_cost: US dollars that all runs of the call may cost.
        arguments: What else the provider of inspect-ai takes, given as `arg.NAME=VALUE`.
    """

    prompt_language: Language = "ar"
    prompt: str | None = None
    shots: int = 0
    tagset: Tagset = "auto"
    structured: Literal["auto", "off"] = "auto"
    refused: Literal["stop", "empty"] = "stop"
    temperature: float | Literal["off"] = 0.0
    seed: Literal["auto", "off"] = "auto"
    top_p: float | None = None
    max_tokens: int | None = None
    reasoning_effort: str | None = None
    reasoning_tokens: int | None = None
    base_url: str | None = None
    max_connections: int | None = None
    max_retries: int = 5
    timeout: int = 600
    cache: str | None = None
    input_price: float | None = None
    output_price: float | None = None
    max_cost: float | None = None
    arguments: dict[str, str] = msgspec.field(default_factory=dict)

    @classmethod
    def from_strings(cls, values: Mapping[str, str]) -> Self:
        """The options that were given as text; the others keep their defaults.

        Raises:
            InputError: Unknown keys, or values that do not fit, all of them at once.
        """
        arguments = {
            key.removeprefix(_ARGUMENT): value
            for key, value in values.items()
            if key.startswith(_ARGUMENT)
        }
        plain = {key: value for key, value in values.items() if not key.startswith(_ARGUMENT)}
        found, problems = convert_options(cls, plain, WANTED)
        if not plain.keys() <= WANTED.keys():
            problems.append("what else the provider takes is given as arg.NAME=VALUE")
        if "prompt" in plain and "prompt_language" in plain:
            problems.append("prompt_language: a prompt file of your own says its language itself")
        problems += _argument_problems(arguments)
        if not problems:
            options = cls(**found, arguments=arguments)
            problems += options._disagreements()
            if not problems:
                return options
        raise InputError.from_problems("--option cannot be used:", problems)

    @property
    def price(self) -> Price | None:
        """What tokens cost, if that was said."""
        if self.input_price is None or self.output_price is None:
            return None
        return Price(self.input_price, self.output_price)

    @property
    def longest(self) -> int | None:
        """How many tokens an answer may have, if that was said."""
        # Some providers give reasoning tokens of its own.
        return self.max_tokens and self.max_tokens + (self.reasoning_tokens or 0)

    def provider_arguments(self) -> dict[str, Any]:
        """`arguments`: numbers, Booleans and lists as YAML reads them, as inspect does."""
        return {name: yaml.safe_load(value) for name, value in self.arguments.items()}

    def _disagreements(self) -> list[str]:
        problems = []
        if self.base_url is not None:
            problems += _url_problems(self.base_url)
        if self.cache is not None and not re.fullmatch(r"[1-9]\d*[smhDWMY]", self.cache):
            problems.append(f"cache={self.cache}: {WANTED['cache'].words} is needed")
        if (self.input_price is None) != (self.output_price is None):
            problems.append("input_price and output_price: both are needed, or neither")
        if self.max_cost is not None and self.input_price is None:
            problems.append(
                f"max_cost={self.max_cost:g}: what an answer costs is not known; give its price, "
                "--option input_price=… --option output_price=… (US dollars a million tokens)"
            )
        return problems

    def determining(self) -> str:
        """What the answers depend on beside the options that are recorded by name.

        Neither the address of a server nor arguments are written down: they may be private.
        """
        parts = []
        if self.base_url is not None:
            parts.append(f"{_SERVER}{_digest(self.base_url.rstrip('/'))}")
        if self.arguments:
            parts.append(f"arguments {_digest(*map('='.join, sorted(self.arguments.items())))}")
        return "".join(f", {part}" for part in parts)


def asked_elsewhere(revision: str | None) -> bool:
    """Whether the revision of a model names a server of the user's; see `Options.determining`."""
    return f", {_SERVER}" in (revision or "")


# Those that the answers depend on, and that are recorded as they were given.
RECORDED = (
    "prompt_language", "prompt", "shots", "tagset", "structured", "refused", "temperature",
    "seed", "top_p", "max_tokens", "reasoning_effort", "reasoning_tokens",
)  # fmt: skip

WANTED: Mapping[str, Wanted] = {
    "prompt_language": Wanted("ar or en"),
    "prompt": Wanted("a file"),
    "shots": Wanted("a whole number", 0),
    "tagset": Wanted("auto, fine or coarse"),
    "structured": Wanted("auto or off"),
    "refused": Wanted("stop or empty"),
    "temperature": Wanted("a number such as 0.7, or off,", 0, 2),
    "seed": Wanted("auto or off"),
    "top_p": Wanted("a number from 0 to 1", 0, 1),
    "max_tokens": Wanted("a whole number", 1),
    "reasoning_effort": Wanted("a word such as low"),
    "reasoning_tokens": Wanted("a whole number", 1),
    "base_url": Wanted("an address such as http://localhost:8000/v1"),
    "max_connections": Wanted("a whole number", 1),
    "max_retries": Wanted("a whole number", 0),
    "timeout": Wanted("a whole number of seconds", 1),
    "cache": Wanted("a time such as 12h or 1W"),
    "input_price": Wanted("a number of US dollars", 0),
    "output_price": Wanted("a number of US dollars", 0),
    "max_cost": Wanted("a number of US dollars", 0),
}


def _argument_problems(arguments: Mapping[str, str]) -> list[str]:
    problems = []
    for name, value in arguments.items():
        if not name.isidentifier():
            problems.append(f"arg.{name}: is no name of an argument; arg.NAME=VALUE is needed")
        elif name == "trust_remote_code":
            problems.append(f"arg.{name}: no code that comes with a model is run")
        elif re.search(r"key|token|secret|password", name, re.IGNORECASE):
            # What stands on a command line is seen by others, and is kept in a history.
            problems.append(f"arg.{name}: a key is never given as an option; {_KEYS}")
        else:
            try:
                yaml.safe_load(value)
            except NOT_YAML as error:
                problems.append(f"arg.{name}: {yaml_problem(error)}")
    return problems


def _url_problems(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # of a port or an IPv6 address that is none
        whole = False
    if not whole or re.search(r"\s", url):
        return [f"base_url={url}: {WANTED['base_url'].words} is needed"]
    if parts.username or parts.password or parts.query:
        return [f"base_url: holds a user, a password or a query; {_KEYS}"]
    return []


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_DIGEST]
