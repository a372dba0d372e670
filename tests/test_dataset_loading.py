"""`datasets.load_dataset` returns exactly the built rows, from a fresh cache, streaming or not.

The clients run in child processes: the caches of `datasets` are fixed when it is imported.
"""

import json
import os
import subprocess
import sys

import pytest

import arnews_bench as ab

CONFIGS = {
    "documents": ["full"],
    "ner": ["train", "validation", "test"],
    "stance": ["train", "validation", "test"],
    "attribution": ["train", "validation", "test"],
}

# Prints the rows of every split as JSON; class labels by their names, dates as in the files.
LOAD = """
import json, sys
from datasets import ClassLabel, List, load_dataset

def named(feature, value):
    if isinstance(feature, ClassLabel):
        return feature.int2str(value)
    if isinstance(feature, List) and isinstance(feature.feature, ClassLabel):
        return [feature.feature.int2str(item) for item in value]
    return value

folder, config, streaming = sys.argv[1:]
found, labels = {}, set()
for split, rows in load_dataset(folder, config, streaming=streaming == "streaming").items():
    found[split] = [{k: named(rows.features[k], v) for k, v in row.items()} for row in rows]
    labels |= {f"{name}: {f}" for name, f in rows.features.items() if "ClassLabel" in str(f)}
json.dump({"rows": found, "labels": sorted(labels)}, sys.stdout, default=str)
"""


def load(folder, config: str, mode: str, home, python: str = sys.executable) -> dict:
    """Load a config in a child process with a cache of its own."""
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    result = subprocess.run(
        [python, "-c", LOAD, str(folder), config, mode],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("mode", ["normal", "streaming"])
@pytest.mark.parametrize("config", list(CONFIGS))
def test_load_dataset_returns_the_built_rows(tmp_path, config, mode):
    found = load(ab.data_dir(), config, mode, tmp_path)
    assert list(found["rows"]) == CONFIGS[config]
    for split, rows in found["rows"].items():
        lines = (ab.data_dir() / config / f"{split}.jsonl").read_text("utf-8").splitlines()
        assert rows == [json.loads(line) for line in lines]


def test_tags_and_labels_are_class_labels(tmp_path):
    (ner,) = load(ab.data_dir(), "ner", "normal", tmp_path)["labels"]
    assert ner == f"ner_tags: List(ClassLabel(names={list(ab.NER_TAGS)}))"
    (stance,) = load(ab.data_dir(), "stance", "normal", tmp_path)["labels"]
    assert stance == f"label: ClassLabel(names={list(ab.STANCE_LABELS)})"
