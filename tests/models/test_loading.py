"""Model specs: what they find, and what they say when they do not."""

import pytest

import arnews_bench as ab
from arnews_bench.models.loading import baselines, resolve

TASK = ab.load_task("ner")

GOOD = """
class Good:
    def predict(self, task, rows):
        return [{"id": row.id, "tags": ["O"] * len(row.tokens)} for row in rows]
"""


@pytest.fixture
def model_file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(GOOD)
    return path


def test_a_bare_name_is_a_baseline():
    assert resolve("majority").spec == resolve("baseline:majority").spec == "majority"
    assert resolve("majority").revision(TASK) == resolve("baseline:majority").revision(TASK)


@pytest.mark.parametrize("name", [name for name, item in baselines().items() if not item.model])
@pytest.mark.parametrize("task", ["ner", "stance", "attribution"])
def test_every_baseline_makes_a_model_for_every_task_that_it_is_for(name, task):
    source = resolve(name)
    if task in baselines()[name].tasks():
        assert isinstance(source.create(ab.load_task(task)), ab.Model)
    else:
        with pytest.raises(ab.InputError, match=f"does not do tasks of type '{task}'"):
            source.create(ab.load_task(task))


def test_a_class_in_a_file_is_a_model(model_file):
    source = resolve(f"py:{model_file}:Good")
    assert isinstance(source.create(TASK), ab.Model)
    assert not isinstance(source.create(TASK), ab.Trainable)
    assert source.spec == "py:mine.py:Good"


def test_a_class_in_a_module_is_a_model_of_unknown_revision(model_file, monkeypatch):
    monkeypatch.syspath_prepend(model_file.parent)
    source = resolve("py:mine:Good")
    assert isinstance(source.create(TASK), ab.Model)
    assert source.revision(TASK) is None


def test_the_revision_is_that_of_the_file(model_file):
    before = resolve(f"py:{model_file}:Good").revision(TASK)
    model_file.write_text(GOOD + "\n# changed\n")
    assert resolve(f"py:{model_file}:Good").revision(TASK) != before


def test_an_object_without_predict_is_no_model():
    with pytest.raises(ab.InputError, match="object has no method `predict"):
        ab.evaluate(object(), ["ner"], out=None)
