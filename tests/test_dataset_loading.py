"""`datasets.load_dataset` returns exactly the built rows, from a fresh cache, streaming or not.

The client runs in a child process: the caches of `datasets` are fixed when it is imported.
"""

import pytest
from loading import CONFIGS, built_rows, load

import arnews_bench as ab


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> dict:
    # Streaming comes first: it must not find what the other one has cached.
    return load(ab.data_dir(), "streaming normal", tmp_path_factory.mktemp("hf-home"))


@pytest.fixture(params=["normal", "streaming"])
def loaded(request, both) -> dict:
    return both[request.param]


@pytest.mark.parametrize("config", list(CONFIGS))
def test_load_dataset_returns_the_built_rows(loaded, config):
    assert list(loaded[config]["rows"]) == CONFIGS[config]
    assert loaded[config]["rows"] == built_rows(config)


def test_tags_and_labels_are_class_labels(loaded):
    assert loaded["ner"]["labels"] == [f"ner_tags: List(ClassLabel(names={list(ab.NER_TAGS)}))"]
    for config in ("stance", "stance_choice"):
        assert loaded[config]["labels"] == [f"label: ClassLabel(names={list(ab.STANCE_LABELS)})"]
    for config in ("documents", "attribution", "attribution_choice"):
        assert loaded[config]["labels"] == []
