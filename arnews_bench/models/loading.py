"""From a model spec on the command line to something that predicts."""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import msgspec
import yaml

from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.files import file_hash, read_bytes
from arnews_bench.models import Model
from arnews_bench.paths import baselines_dir
from arnews_bench.schema import Record
from arnews_bench.tasks import Task

__all__ = ["Baseline", "ModelSource", "baselines", "failure_place", "resolve"]

_SCHEMES = ("baseline", "file", "py")


class Baseline(Record, frozen=True, kw_only=True):
    """An entry of `baselines/index.yaml`; the classes are given as `FILE:CLASS`."""

    description: str
    ner: str | None = None
    stance: str | None = None
    attribution: str | None = None

    def tasks(self) -> tuple[str, ...]:
        """The types of task that it is for."""
        return tuple(name for name in ("ner", "stance", "attribution") if getattr(self, name))


class ModelSource(NamedTuple):
    """A resolved spec.

    Attributes:
        spec: The spec as it is recorded.
        revision: A hash of what the model's answers depend on, for a task; None if unknown.
        create: Makes a fresh model for a task; None for a file of predictions.
        predictions: The predictions file; None for a model that predicts.
    """

    spec: str
    revision: Callable[[Task], str | None]
    create: Callable[[Task], Model] | None
    predictions: Path | None = None


def baselines() -> Mapping[str, Baseline]:
    """The baselines that come with the package, by name."""
    path = baselines_dir() / "index.yaml"
    return msgspec.convert(yaml.safe_load(read_bytes(path)), dict[str, Baseline])


def resolve(spec: str) -> ModelSource:
    """Find the model that a spec names; nothing is loaded yet.

    Args:
        spec: `NAME` or `baseline:NAME`, `py:FILE:CLASS`, `py:MODULE:CLASS` or
            `file:PREDICTIONS.jsonl`.

    Raises:
        InputError: There is no such scheme, baseline, file or module.
    """
    scheme, colon, rest = spec.partition(":")
    if not colon:
        scheme, rest = "baseline", spec
    match scheme:
        case "baseline":
            return _baseline(rest)
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


def _baseline(name: str) -> ModelSource:
    known = baselines()
    if name not in known:
        raise InputError(f"unknown model {name!r}; {did_you_mean(name, known)}")
    baseline = known[name]

    def place(task: Task) -> tuple[Path, str]:
        target = getattr(baseline, task.type)
        if target is None:
            raise InputError(
                f"the baseline {name!r} does not do tasks of type {task.type!r}, only "
                + ", ".join(baseline.tasks())
            )
        file, _, class_name = target.partition(":")
        return baselines_dir() / file, class_name

    return ModelSource(
        name,
        lambda task: file_hash(place(task)[0]),
        lambda task: _instance(_load_file(place(task)[0]), place(task)[1], name),
    )


def _python(rest: str) -> ModelSource:
    target, colon, class_name = rest.rpartition(":")
    spec = f"py:{rest}"
    if not colon or not target or not class_name:
        raise InputError(f"{spec!r}: a Python model is given as py:FILE:CLASS or py:MODULE:CLASS")
    if not target.endswith(".py"):
        return ModelSource(
            spec, lambda _: None, lambda _: _instance(_load_module(target), class_name, spec)
        )
    path = Path(target)
    digest = file_hash(path)
    return ModelSource(
        f"py:{path.name}:{class_name}",
        lambda _: digest,
        lambda _: _instance(_load_file(path), class_name, spec),
    )


def _load_file(path: Path) -> ModuleType:
    # The hash keeps files of the same name apart, and a changed file from its old version.
    name = f"_arnews_model_{path.stem}_{file_hash(path)[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    found = importlib.util.spec_from_file_location(name, path)
    if found is None or found.loader is None:
        raise InputError(f"{path}: is no Python file")
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    try:
        found.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise InputError(
            f"{path}: cannot be imported: {failure_place(error)}{type(error).__name__}: {error}"
        ) from error
    return module


def _load_module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"module {name!r} cannot be imported: {error}") from error


def _instance(module: ModuleType, class_name: str, spec: str) -> Model:
    classes = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and callable(getattr(value, "predict", None))
    }
    if class_name not in classes:
        if hasattr(module, class_name):
            raise InputError(f"{spec}: {class_name!r} has no method `predict(task, rows)`")
        raise InputError(f"{spec}: no class {class_name!r}; {did_you_mean(class_name, classes)}")
    try:
        model = classes[class_name]()
    except TypeError as error:
        raise InputError(f"{spec}: {class_name}() needs no arguments to work: {error}") from error
    if not isinstance(model, Model):
        raise InputError(f"{spec}: {class_name!r} is no model")
    return model


def failure_place(error: BaseException) -> str:
    """The file and line that an error came from, for messages; empty if unknown."""
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: "
    frames = traceback.extract_tb(error.__traceback__)
    # The last frame of the model's own code tells its author more than one inside a library.
    own = [frame for frame in frames if "site-packages" not in frame.filename]
    own = [frame for frame in own if Path(frame.filename).parent != Path(__file__).parent]
    own = [frame for frame in own if not frame.filename.startswith("<frozen")]
    return f"{Path(own[-1].filename).name}, line {own[-1].lineno}: " if own else ""
