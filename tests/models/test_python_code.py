"""Models in Python: what is found in a file or a module, and what is said of the rest."""

import pytest

import arnews_bench as ab
from arnews_bench.models.python_code import (
    class_of_file,
    class_of_module,
    failure_place,
    new_model,
    saved_model,
)

CODE = """
class Good:
    def predict(self, task, rows):
        return [{"id": row.id, "tags": ["O"] * len(row.tokens)} for row in rows]

class NeedsMore(Good):
    def __init__(self, size):
        self.size = size

class Saved(Good):
    def save(self, folder):
        (folder / "size").write_text("1")

    @classmethod
    def load(cls, folder):
        return cls() if (folder / "size").exists() else None

class NoModel:
    pass
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(CODE)
    return path


def model(file, name):
    return new_model(class_of_file(file, name, "spec"), "spec")


def test_a_class_is_found_in_a_file_and_makes_models(file):
    assert isinstance(model(file, "Good"), ab.Model)


def test_a_changed_file_is_executed_anew_and_an_unchanged_one_is_not(file):
    before = class_of_file(file, "Good", "spec")
    assert class_of_file(file, "Good", "spec") is before
    file.write_text(CODE + "\n# changed\n")
    assert class_of_file(file, "Good", "spec") is not before


BAD = {
    "unknown class": ("Goood", "spec: no class 'Goood'; did you mean 'Good'?"),
    "no model": ("NoModel", "spec: 'NoModel' has no method `predict(task, rows)`"),
    "needs arguments": ("NeedsMore", "spec: NeedsMore() needs no arguments to work"),
}


@pytest.mark.parametrize(("name", "message"), BAD.values(), ids=list(BAD))
def test_a_class_that_is_no_model_is_named(file, name, message):
    with pytest.raises(ab.InputError) as caught:
        model(file, name)
    assert message in str(caught.value)


BROKEN = {
    "syntax": ("class Good:\n  def\n", "line 2: SyntaxError"),
    "import": ("\nimport absent_package\n", "mine.py, line 2: ModuleNotFoundError"),
    "at import": ("x = 1\ny = x / 0\n", "mine.py, line 2: ZeroDivisionError"),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_file_is_named_with_its_line(file, content, message):
    file.write_text(content)
    with pytest.raises(ab.InputError, match="cannot be imported") as caught:
        class_of_file(file, "Good", "spec")
    assert message in str(caught.value)


def test_an_absent_module_is_named():
    with pytest.raises(ab.InputError, match="module 'absent_package' cannot be imported"):
        class_of_module("absent_package", "Model", "spec")


def test_a_model_is_read_by_the_class_that_wrote_it(file, tmp_path):
    saved = class_of_file(file, "Saved", "spec")
    saved().save(tmp_path)
    assert isinstance(saved_model(saved, tmp_path, "spec"), saved)


@pytest.mark.parametrize(
    ("name", "message"),
    [("Good", r"'Good' has no `load\(folder\)`"), ("Saved", "Saved.load gave no model")],
)
def test_a_class_that_cannot_load_is_named(file, tmp_path, name, message):
    with pytest.raises(ab.InputError, match=message):
        saved_model(class_of_file(file, name, "spec"), tmp_path, "spec")


def test_an_error_without_a_place_has_none():
    assert failure_place(ValueError("nowhere")) == ""
