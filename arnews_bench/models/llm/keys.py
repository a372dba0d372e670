"""Keys stay in the environment: a server that sends one back in an error gets it into no log."""

import functools
import os
from typing import TYPE_CHECKING, Any

from arnews_bench.errors import causes

if TYPE_CHECKING:
    from inspect_ai.model import ModelAPI

__all__ = ["hide_keys", "keys_of", "without_keys"]

_HIDDEN = "…"


def without_keys(api: "ModelAPI", text: str) -> str:
    """A text without the keys that a provider reads from the environment."""
    return str(_cleaned(text, keys_of(api)))


def hide_keys(api: "ModelAPI") -> None:
    """From now on, no error of a provider holds its keys, wherever it is written down.

    inspect-ai logs an error as soon as its own `generate` sees it: whoever catches it later is
    too late.
    """
    ask = api.generate

    @functools.wraps(ask)
    async def generate(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (the provider's own)
        try:
            found = await ask(*args, **kwargs)
        except Exception as error:
            _clean(error, keys_of(api))
            raise
        # Some errors are returned, beside the call that met them.
        if isinstance(found, tuple) and isinstance(found[0], Exception):
            _clean(found[0], keys_of(api))
            call = found[1]
            call.response = _cleaned(call.response, keys_of(api))
        return found

    api.generate = generate  # type: ignore[method-assign]


def keys_of(api: "ModelAPI") -> list[str]:
    """The keys that a provider reads from the environment, the longest first."""
    # Not `api.api_key`: for servers that need none it is a word such as `ollama`.
    given = (os.environ.get(name, "").strip() for name in api.api_key_vars)
    return sorted(filter(None, given), key=len, reverse=True)


def _clean(error: BaseException, keys: list[str]) -> None:
    """Take keys out of an error and of those that it came from."""
    for seen in causes(error):
        seen.args = _cleaned(seen.args, keys)
        for name, value in list(vars(seen).items()):
            setattr(seen, name, _cleaned(value, keys))


def _cleaned(value: Any, keys: list[str]) -> Any:  # noqa: ANN401 (JSON, and what errors hold)
    match value:
        case str():
            return functools.reduce(lambda text, key: text.replace(key, _HIDDEN), keys, value)
        case dict():
            return {name: _cleaned(item, keys) for name, item in value.items()}
        case list():
            return [_cleaned(item, keys) for item in value]
        case tuple() if type(value) is tuple:
            return tuple(_cleaned(item, keys) for item in value)
        case _:
            return value
