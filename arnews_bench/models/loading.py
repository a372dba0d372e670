"""From a model spec on the command line to something that predicts."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import NamedTuple

import msgspec
import yaml

from arnews_bench import plugins
from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.files import file_hash, read_bytes
from arnews_bench.models import Model
from arnews_bench.models.python_code import class_of_file, class_of_module, new_model, saved_model
from arnews_bench.models.saved import SavedModel, folder_hash, holds_saved, read_saved
from arnews_bench.models.source import ModelSource, require_no_options
from arnews_bench.paths import baselines_dir
from arnews_bench.schema import Record
from arnews_bench.tasks import Task

__all__ = ["LANGUAGE_MODEL", "Baseline", "baselines", "resolve"]

LANGUAGE_MODEL = "llm"
_SCHEMES = ("baseline", "file", "hf", LANGUAGE_MODEL, "py")


class Baseline(Record, frozen=True, kw_only=True):
    """An entry of `baselines/index.yaml`.

    Attributes:
        description: What it is.
        ner: The class that does `ner`, as `FILE:CLASS`; the same for the other types of task.
        stance: See `ner`.
        attribution: See `ner`.
        model: In place of classes, the spec of the model that the name stands for.
    """

    description: str
    ner: str | None = None
    stance: str | None = None
    attribution: str | None = None
    model: str | None = None

    def tasks(self) -> tuple[str, ...]:
        """The types of task that it is for."""
        names = ("ner", "stance", "attribution")
        return tuple(name for name in names if self.model or getattr(self, name))


def baselines() -> Mapping[str, Baseline]:
    """The baselines that come with the package, by name."""
    path = baselines_dir() / "index.yaml"
    return msgspec.convert(yaml.safe_load(read_bytes(path)), dict[str, Baseline])


def resolve(spec: str, options: Mapping[str, str] | None = None) -> ModelSource:
    """Find the model that a spec names; nothing is loaded yet.

    Args:
        spec: `NAME` or `baseline:NAME`, of a baseline or of a plugin's model; `hf:ORG/NAME[@REV]`
            or `hf:FOLDER`; `llm:PROVIDER/MODEL`; `py:FILE:CLASS`, `py:MODULE:CLASS`;
            `file:PREDICTIONS.jsonl`; or the folder that a fitted model was saved in.
        options: What the kind of model may be told, as `label_map`.

    Raises:
        InputError: There is no such scheme, baseline, file, module or folder, or the model does
            not take an option.
    """
    options = dict(options or {})
    scheme, colon, rest = spec.partition(":")
    if not colon:
        scheme, rest = "baseline", spec
    if scheme == "hf":
        return _transformer(rest, options)
    if scheme == LANGUAGE_MODEL:
        # The module reads the options; inspect-ai comes when a row is asked.
        from arnews_bench.models.llm import llm_source  # noqa: PLC0415

        return llm_source(rest, options)
    if not colon and Path(spec).is_dir():
        return _folder(Path(spec), options)
    if scheme == "baseline":
        return _named(rest, options)
    require_no_options(spec, options)
    match scheme:
        case "py":
            return _python(rest)
        case "file":
            path = Path(rest)
            digest = file_hash(path)
            return ModelSource(f"file:{path.name}", lambda _: digest, None, path)
        case _:
            raise InputError(
                f"unknown kind of model {scheme!r} in {spec!r}; {did_you_mean(scheme, _SCHEMES)}"
            )


def _named(name: str, options: Mapping[str, str]) -> ModelSource:
    known = baselines()
    if name in known and (alias := known[name].model) is not None:
        return resolve(alias, options)
    require_no_options(name, options)
    if name in known:
        return _baseline(name, known[name])
    added = plugins.named(plugins.MODELS)
    if name in added:
        return _plugin(added[name])
    raise InputError(
        f"unknown model {name!r}; {did_you_mean(name, [*known, *added])}; "
        "a folder that a model was saved in is given by its path"
    )


def _baseline(name: str, baseline: Baseline) -> ModelSource:
    def place(task: Task) -> tuple[Path, str]:
        target = getattr(baseline, task.type)
        if target is None:
            raise InputError(
                f"the baseline {name!r} does not do tasks of type {task.type!r}, only "
                + ", ".join(baseline.tasks())
            )
        file, _, class_name = target.partition(":")
        return baselines_dir() / file, class_name

    def model_class(task: Task) -> type[Model]:
        path, class_name = place(task)
        return class_of_file(path, class_name, name)

    return ModelSource(
        name,
        lambda task: file_hash(place(task)[0]),
        lambda task: new_model(model_class(task), name),
        load=lambda task, folder: saved_model(model_class(task), folder, name),
    )


def _plugin(point: EntryPoint) -> ModelSource:
    def model_class() -> type[Model]:
        found = plugins.load(point)
        if not isinstance(found, type) or not callable(getattr(found, "predict", None)):
            raise InputError(
                f"{point.name}: {point.value} is no class with a method `predict(task, rows)`"
            )
        return found

    # A package of one version is taken for unchanged, as every other library is.
    version = None if point.dist is None else f"{point.dist.name} {point.dist.version}"
    return ModelSource(
        point.name,
        lambda _: version,
        lambda _: new_model(model_class(), point.name),
        load=lambda _, folder: saved_model(model_class(), folder, point.name),
    )


def _python(rest: str) -> ModelSource:
    target, colon, class_name = rest.rpartition(":")
    spec = f"py:{rest}"
    if not colon or not target or not class_name:
        raise InputError(f"{spec!r}: a Python model is given as py:FILE:CLASS or py:MODULE:CLASS")
    digest: str | None = None
    if target.endswith(".py"):
        path = Path(target)
        digest = file_hash(path)
        model_class = partial(class_of_file, path, class_name, spec)
        shown = f"py:{path.name}:{class_name}"
    else:
        model_class = partial(class_of_module, target, class_name, spec)
        shown = spec
    return ModelSource(
        shown,
        lambda _: digest,
        lambda _: new_model(model_class(), spec),
        load=lambda _, folder: saved_model(model_class(), folder, spec),
    )


def _transformer(rest: str, options: Mapping[str, str]) -> ModelSource:
    folder = Path(rest)
    if holds_saved(folder):
        return _folder(folder, options)
    # The module reads the options and finds files; torch comes when a model is made.
    from arnews_bench.models.hf import huggingface_source  # noqa: PLC0415

    return huggingface_source(rest, options)


def _folder(folder: Path, options: Mapping[str, str]) -> ModelSource:
    """A model that was fitted and saved, or a folder of transformers."""
    if not holds_saved(folder):
        if (folder / "config.json").is_file():
            return _transformer(str(folder), options)
        raise InputError(
            f"{folder}: holds no model: neither one that `arbench eval … --save` wrote, nor a "
            "config.json of transformers"
        )
    require_no_options(str(folder), options)
    record = read_saved(folder)
    origin = _origin(folder, record)

    def create(task: Task) -> Model:
        part = record.part(task, folder)
        if origin.version is not None and part.code != origin.version(task):
            raise InputError(
                f"{folder}: was saved by another version of {record.spec!r}; only the one that "
                "wrote it can read it"
            )
        return origin.load(task, folder / task.type)

    return ModelSource(
        record.spec,
        lambda task: folder_hash(folder / task.type),
        create,
        options=record.options,
        trained_on=lambda task: record.part(task, folder).trained_on,
    )


class _Origin(NamedTuple):
    """The kind of model that a saved one is of.

    Attributes:
        load: Reads what one of its kind wrote.
        version: Of the code that reads it, which has to be that which wrote it; None where all
            that the answers depend on lies in the folder.
    """

    load: Callable[[Task, Path], Model]
    version: Callable[[Task], str | None] | None


def _origin(folder: Path, record: SavedModel) -> _Origin:
    if record.spec.startswith("hf:"):
        from arnews_bench.models.hf import load_model  # noqa: PLC0415

        # What the training began with is no code, and may be gone.
        return _Origin(load_model, None)
    source = resolve(record.spec, record.options)
    if source.load is None:
        raise InputError(f"{folder}: a model of the kind {record.spec!r} cannot be loaded")
    return _Origin(source.load, source.revision)
