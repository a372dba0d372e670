"""`load_dataset` in a child process with a cache of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import arnews_bench as ab

CONFIGS = {
    "documents": ["full"],
    "ner": ["train", "validation", "test"],
    "stance": ["train", "validation", "test"],
    "attribution": ["train", "validation", "test"],
    "stance_choice": ["train", "validation", "test"],
    "attribution_choice": ["train", "validation", "test"],
}

# Prints for each mode the rows of every split as JSON; class labels by their names, dates as in
# the files.
_CODE = """
import json, sys
from datasets import ClassLabel, List, load_dataset

def named(feature, value):
    if isinstance(feature, ClassLabel):
        return feature.int2str(value)
    if isinstance(feature, List) and isinstance(feature.feature, ClassLabel):
        return [feature.feature.int2str(item) for item in value]
    return value

def loaded(config, mode):
    rows, labels = {}, set()
    for split, data in load_dataset(folder, config, streaming=mode == "streaming").items():
        rows[split] = [{k: named(data.features[k], v) for k, v in row.items()} for row in data]
        labels |= {f"{name}: {f}" for name, f in data.features.items() if "ClassLabel" in str(f)}
    return {"rows": rows, "labels": sorted(labels)}

folder, modes, *configs = sys.argv[1:]
found = {mode: {config: loaded(config, mode) for config in configs} for mode in modes.split()}
json.dump(found, sys.stdout, default=str)
"""


def load(folder: Path, modes: str, home: Path, python: str = sys.executable) -> dict:
    """Every config of a dataset folder in each mode: its rows by split, and its class labels."""
    result = subprocess.run(
        [python, "-c", _CODE, str(folder), modes, *CONFIGS],
        env={**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def built_rows(config: str) -> dict:
    """The rows of the built files, by split."""
    return {
        split: [
            json.loads(line)
            for line in (ab.data_dir() / config / f"{split}.jsonl").read_text("utf-8").splitlines()
        ]
        for split in CONFIGS[config]
    }
