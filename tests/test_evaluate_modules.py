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

COMPUTE = """
import json, sys
import evaluate
inputs = json.load(sys.stdin)
json.dump(evaluate.load(sys.argv[1]).compute(**inputs), sys.stdout)
"""


def compute(task: str, home, **inputs) -> dict:
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", COMPUTE, str(tasks_dir() / task / "metric.py")],
        input=json.dumps(inputs), env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def run_of(model: str, task: str) -> dict:
    (run,) = ab.evaluate(model, [task], out=None)
    return {name: score.value for name, score in run.metrics.items()}


def test_the_ner_metric_is_that_of_the_command_line(tmp_path):
    rows = ab.load_rows("ner", "test")
    words = {
        token
        for row in ab.load_rows("ner", "train")
        for token, tag in zip(row.tokens, row.ner_tags, strict=True)
        if tag != "O"
    }
    predictions = [["B-LOC" if t in words else "O" for t in row.tokens] for row in rows]

    class Words:
        def predict(self, task, asked):
            tags = {row.id: p for row, p in zip(rows, predictions, strict=True)}
            return [{"id": row.id, "tags": tags[row.id]} for row in asked]

    found = compute(
        "ner", tmp_path, predictions=predictions, references=[list(r.ner_tags) for r in rows],
        documents=[row.doc_id for row in rows],
    )  # fmt: skip
    (run,) = ab.evaluate(Words(), ["ner"], out=None)
    for name, score in run.metrics.items():
        assert (found[name], found[f"{name}_low"], found[f"{name}_high"]) == (
            score.value, score.low, score.high,
        )  # fmt: skip


def test_the_stance_metric_is_that_of_the_command_line(tmp_path):
    rows = ab.load_rows("stance", "test")
    found = compute(
        "stance", tmp_path, predictions=["unrelated"] * len(rows),
        references=[row.label for row in rows], documents=[row.doc_id for row in rows],
    )  # fmt: skip
    assert found["macro_f1"] == run_of("majority", "stance")["macro_f1"]


def test_the_attribution_metric_is_that_of_the_command_line(tmp_path):
    rows = [msgspec.to_builtins(row) for row in ab.load_rows("attribution", "test")]
    answers = [
        [
            {"content": [{"start": start, "end": end}], "source_name": "سيرغي لافروف"}
            for start, end in row["sentences"]
        ]
        for row in rows
    ]

    class Sentences:
        def predict(self, task, asked):
            found = {row["id"]: answer for row, answer in zip(rows, answers, strict=True)}
            return [{"id": row.id, "attributions": found[row.id]} for row in asked]

    references = [{name: row[name] for name in ("text", "attributions")} for row in rows]
    found = compute("attribution", tmp_path, predictions=answers, references=references)
    (run,) = ab.evaluate(Sentences(), ["attribution"], out=None)
    assert found["attribution_f1"] == run.score.value
    assert 0 < found["attribution_f1"] < 1


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
