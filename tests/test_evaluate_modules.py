"""`evaluate.load` finds the metrics offline, and they say what the library says."""

import json
import os
import subprocess
import sys

import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.paths import tasks_dir
from arnews_bench.scoring.plain import score_attributions, score_labels, score_tags

# Computes the metric of each task, one after the other in one process.
COMPUTE = """
import json, sys
import evaluate
tasks = json.load(sys.stdin).items()
json.dump({task: evaluate.load(f"{sys.argv[1]}/{task}/metric.py").compute(**inputs)
           for task, inputs in tasks}, sys.stdout)
"""


def ner_inputs() -> dict:
    """Every word that is in an entity of training is a place."""
    rows = ab.load_rows("ner", "test")
    words = {
        token
        for row in ab.load_rows("ner", "train")
        for token, tag in zip(row.tokens, row.ner_tags, strict=True)
        if tag != "O"
    }
    return {
        "predictions": [["B-LOC" if t in words else "O" for t in row.tokens] for row in rows],
        "references": [list(row.ner_tags) for row in rows],
        "documents": [row.doc_id for row in rows],
    }


def stance_inputs() -> dict:
    """Nothing is related, as `majority` has it."""
    rows = ab.load_rows("stance", "test")
    return {
        "predictions": ["unrelated"] * len(rows),
        "references": [row.label for row in rows],
        "documents": [row.doc_id for row in rows],
    }


def attribution_inputs() -> dict:
    """Every sentence is said by one man."""
    rows = [msgspec.to_builtins(row) for row in ab.load_rows("attribution", "test")]
    return {
        "predictions": [
            [
                {"content": [{"start": start, "end": end}], "source_name": "سيرغي لافروف"}
                for start, end in row["sentences"]
            ]
            for row in rows
        ],
        "references": [{name: row[name] for name in ("text", "attributions")} for row in rows],
    }


@pytest.fixture(scope="module")
def inputs() -> dict[str, dict]:
    return {"ner": ner_inputs(), "stance": stance_inputs(), "attribution": attribution_inputs()}


@pytest.fixture(scope="module")
def computed(inputs, tmp_path_factory) -> dict[str, dict]:
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", COMPUTE, str(tasks_dir())],
        input=json.dumps(inputs), env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


class Answers:
    """A model that gives the rows of a split certain answers."""

    def __init__(self, task: str, field: str, predictions: list):
        rows = ab.load_rows(task, "test")
        self.answers = {
            row.id: {"id": row.id, field: answer}
            for row, answer in zip(rows, predictions, strict=True)
        }

    def predict(self, task, asked):
        return [self.answers[row.id] for row in asked]


def test_the_ner_metric_is_that_of_the_command_line(inputs, computed):
    model = Answers("ner", "tags", inputs["ner"]["predictions"])
    (run,) = ab.evaluate(model, ["ner"], out=None)
    found = computed["ner"]
    for name, score in run.metrics.items():
        assert (found[name], found[f"{name}_low"], found[f"{name}_high"]) == (
            score.value, score.low, score.high,
        )  # fmt: skip


def test_the_stance_metric_is_that_of_the_command_line(computed):
    (run,) = ab.evaluate("majority", ["stance"], out=None)
    assert computed["stance"]["macro_f1"] == run.metrics["macro_f1"].value


def test_the_attribution_metric_is_that_of_the_command_line(inputs, computed):
    model = Answers("attribution", "attributions", inputs["attribution"]["predictions"])
    (run,) = ab.evaluate(model, ["attribution"], out=None)
    assert computed["attribution"]["attribution_f1"] == run.score.value
    assert 0 < run.score.value < 1


def test_plain_inputs_are_checked():
    with pytest.raises(ab.InputError, match="field `tags`: 2 tags"):
        score_tags([["O", "O"]], [["O"]])
    with pytest.raises(ab.InputError, match=r"references\[0\]: field `ner_tags\[0\]`"):
        score_tags([["O"]], [["B-PERS"]])
    with pytest.raises(ab.InputError, match="1 of 2 rows have no prediction"):
        score_labels(["agree"], ["agree", "agree"])
    with pytest.raises(ab.InputError, match="unknown label 'agrees'; did you mean 'agree'"):
        score_labels(["agree"], ["agrees"])
    with pytest.raises(ab.InputError, match="1 references, but 2 documents"):
        score_labels(["agree"], ["agree"], ["a", "b"])
    with pytest.raises(ab.InputError, match=r"references\[0\]: "):
        score_attributions([[]], [{"text": "", "attributions": [{}]}])
