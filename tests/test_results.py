"""Run records: where they lie, and what is said of files that are none."""

import msgspec
import numpy as np
import pytest

import arnews_bench as ab
from arnews_bench.results import document_counts, find_runs, run_folder, slug
from arnews_bench.scoring import SCORERS


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    out = tmp_path_factory.mktemp("results")
    for model in ("majority", "random"):
        ab.evaluate(model, ["ner", "stance"], out=out)
    return out


def test_counts_by_document_give_the_scores_again(results):
    for run in find_runs([results]):
        total = document_counts(run).sum(axis=0)
        for name, measure in SCORERS[run.task_type].measures.items():
            value = measure(total)
            assert run.metrics[name].value == (None if np.isnan(value) else float(value))


def test_runs_are_found_below_a_folder(results):
    found = find_runs([results / "majority", results / "random"])
    assert [(run.model.spec, run.task) for run in found] == [
        ("majority", "ner"), ("majority", "stance"), ("random", "ner"), ("random", "stance"),
    ]  # fmt: skip


def test_a_folder_without_runs_is_named(tmp_path):
    with pytest.raises(ab.InputError, match=r"no run\.json at or below this folder"):
        find_runs([tmp_path])


BAD_RUNS = {
    "broken": (lambda _: b"{", "broken JSON"),
    "no run": (lambda _: b'{"task": "ner"}', "is no run: "),
    "other schema": (lambda run: msgspec.json.encode(run | {"schema": 99}), "schema 99; this"),
    "unknown field": (lambda run: msgspec.json.encode(run | {"extra": 1}), "`extra`"),
}


@pytest.mark.parametrize(("spoil", "message"), BAD_RUNS.values(), ids=list(BAD_RUNS))
def test_a_file_that_is_no_run_is_named(results, tmp_path, spoil, message):
    (path,) = results.glob("majority/ner-*/run.json")
    (tmp_path / "run.json").write_bytes(spoil(msgspec.json.decode(path.read_bytes())))
    with pytest.raises(ab.InputError, match=r"run\.json: ") as caught:
        ab.load_run(tmp_path)
    assert message in str(caught.value)


def test_the_folder_of_a_run_follows_all_that_it_depends_on(tmp_path):
    base = {"protocol": "cv", "seed": 0, "settings": {"limit": None}}
    first = run_folder(tmp_path, "linear", "ner", base)
    assert first == run_folder(tmp_path, "linear", "ner", dict(reversed(base.items())))
    assert first.parent.name == "linear"
    assert first.name.startswith("ner-cv-")
    assert first != run_folder(tmp_path, "linear", "ner", base | {"seed": 1})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("py:../mine.py:My Model", "py-..-mine.py-My-Model"),
        ("../../etc", "etc"),
        ("..", "unnamed"),
        ("hf:ORG/NAME", "hf-ORG-NAME"),
        ("نموذج", "نموذج"),
    ],
)
def test_a_name_becomes_a_file_name_that_stays_in_its_folder(name, expected):
    assert slug(name) == expected
