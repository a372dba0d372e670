"""A model spec that was resolved: what is known of a model before it is made."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from arnews_bench.answer_log import Answer
from arnews_bench.errors import InputError
from arnews_bench.models import Model
from arnews_bench.results import TrainedOn
from arnews_bench.tasks import Task

__all__ = ["ModelSource", "require_no_options"]


class ModelSource(NamedTuple):
    """A resolved spec; nothing of the model is loaded yet.

    Attributes:
        spec: The spec as it is recorded.
        revision: A hash of what the model's answers depend on, for a task; None if unknown.
        create: Makes a fresh model for a task; None for a file of predictions.
        predictions: The predictions file; None for a model that predicts.
        options: The options that it was given, as they are recorded.
        load: Makes the model for a task from a folder that one of its kind was saved in; None
            where saved models cannot be found again.
        trained_on: What a model that was fitted before, and is used as it is, learned from; None
            for a model that is fitted anew or has nothing to fit.
        answered_before: Told of the answers that runs of the same call have got in an earlier one,
            complete or not, before anything is asked; None where they cost nothing.
    """

    spec: str
    revision: Callable[[Task], str | None]
    create: Callable[[Task], Model] | None
    predictions: Path | None = None
    options: Mapping[str, str] = {}
    load: Callable[[Task, Path], Model] | None = None
    trained_on: Callable[[Task], TrainedOn] | None = None
    answered_before: Callable[[Iterable[Answer]], None] | None = None


def require_no_options(spec: str, options: Mapping[str, str]) -> None:
    """Refuse options for a kind of model that has none.

    Raises:
        InputError: There are some.
    """
    if options:
        name = next(iter(options))
        raise InputError(
            f"{spec!r} takes no options, but {name}={options[name]} was given; options are for "
            "models of the schemes that have some, such as hf: and llm:"
        )
