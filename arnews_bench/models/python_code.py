"""Models in Python: from a file or a module to a class, and from a class to a model."""

import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.files import file_hash
from arnews_bench.models import Model, Savable

__all__ = ["class_of_file", "class_of_module", "failure_place", "new_model", "saved_model"]


def class_of_file(path: Path, class_name: str, spec: str) -> type[Model]:
    """A class in a Python file, which is executed.

    Args:
        path: The file.
        class_name: The class.
        spec: What messages call the model.

    Raises:
        InputError: The file cannot be imported, or has no such class with `predict`.
    """
    return _class(_load_file(path), class_name, spec)


def class_of_module(module: str, class_name: str, spec: str) -> type[Model]:
    """A class in a module that is installed; see `class_of_file`.

    Raises:
        InputError: The module cannot be imported, or has no such class with `predict`.
    """
    return _class(_load_module(module), class_name, spec)


def new_model(model_class: type[Model], spec: str) -> Model:
    """A fresh model of a class.

    Raises:
        InputError: The class needs arguments, or what it makes is no model.
    """
    name = model_class.__name__
    try:
        model = model_class()
    except TypeError as error:
        raise InputError(f"{spec}: {name}() needs no arguments to work: {error}") from error
    if not isinstance(model, Model):
        raise InputError(f"{spec}: {name!r} is no model")
    return model


def saved_model(model_class: type[Model], folder: Path, spec: str) -> Model:
    """The model that one of a class wrote into a folder.

    Raises:
        InputError: The class cannot load, or what it loads is no model.
    """
    if not issubclass(model_class, Savable):
        raise InputError(f"{spec}: {model_class.__name__!r} has no `load(folder)`")
    model = model_class.load(folder)
    if not isinstance(model, Model):
        raise InputError(f"{spec}: {model_class.__name__}.load gave no model")
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


def _class(module: ModuleType, class_name: str, spec: str) -> type[Model]:
    classes = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and callable(getattr(value, "predict", None))
    }
    if class_name not in classes:
        if hasattr(module, class_name):
            raise InputError(f"{spec}: {class_name!r} has no method `predict(task, rows)`")
        raise InputError(f"{spec}: no class {class_name!r}; {did_you_mean(class_name, classes)}")
    return classes[class_name]
