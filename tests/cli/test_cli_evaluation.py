"""`arbench eval` and `score` as a user meets them, and wrong calls of these and `compare`."""

import json
import re

import pytest

TASKS = ("ner", "stance", "attribution")


@pytest.mark.parametrize("task", TASKS)
def test_gold_as_predictions_scores_one_hundred(arbench, predictions_file, task):
    result = arbench("score", predictions_file(task), "--task", task)
    assert result.code == 0
    # The documents that there are do not prove that no document would be wrong.
    assert re.search(r"100\.0 \[[89]\d\.\d, 100\.0\]", result.out)


def test_eval_prints_three_headlines_with_intervals_and_records_three_runs(arbench, tmp_path):
    result = arbench("eval", "majority", "--out", tmp_path / "results")
    assert result.code == 0
    assert [name in result.out for name in ("strict_f1", "macro_f1", "attribution_f1")] == [
        True
    ] * 3
    folders = sorted(path.name.split("-")[0] for path in (tmp_path / "results/majority").iterdir())
    assert folders == ["attribution", "ner", "stance"]


def test_json_is_the_list_of_run_records(arbench, tmp_path):
    out = tmp_path / "results"
    result = arbench("eval", "random", "--task", "ner", "--out", out, "--json")
    (record,) = json.loads(result.out)
    (path,) = out.glob("random/*/run.json")
    assert record == json.loads(path.read_text())
    assert record["headline"] == "strict_f1"
    assert set(record["metrics"]["strict_f1"]) == {"value", "low", "high"}


def test_details_name_every_type(arbench, predictions_file):
    result = arbench("score", predictions_file("ner"), "--task", "ner", "--details")
    assert all(f"f1/{name}" in result.out for name in ("PER", "ORG", "LOC", "MISC"))


def test_eval_of_a_file_equals_score_of_it(arbench, predictions_file, tmp_path):
    path = predictions_file("stance", lambda lines: lines[0].update(label="discuss"))
    scored = json.loads(arbench("score", path, "--task", "stance", "--json").out)
    evaluated = json.loads(
        arbench("eval", f"file:{path}", "--task", "stance", "--out", tmp_path / "r", "--json").out
    )
    assert scored[0]["metrics"] == evaluated[0]["metrics"]
    assert scored[0]["metrics"]["macro_f1"]["value"] < 1


def test_a_users_class_is_evaluated_in_a_few_lines(arbench, tmp_path):
    model = tmp_path / "mine.py"
    model.write_text(
        "class Mine:\n"
        "    def predict(self, task, rows):\n"
        "        for row in rows:\n"
        "            yield {'id': row.id, 'tags': ['O'] * len(row.tokens)}\n"
    )
    result = arbench("eval", f"py:{model}:Mine", "--task", "ner", "--out", tmp_path / "r", "--json")
    (record,) = json.loads(result.out)
    assert record["model"]["spec"] == "py:mine.py:Mine"
    assert record["metrics"]["recall"]["value"] == 0
    assert record["metrics"]["precision"]["value"] is None


def test_limit_scores_the_first_rows_and_says_so(arbench, tmp_path):
    result = arbench("eval", "majority", "--task", "ner", "--limit", 3, "--out", tmp_path / "r")
    assert "first 3 rows" in result.out


BAD_CALLS = {
    "unknown model": (["eval", "liner"], "unknown model 'liner'; did you mean 'linear'?"),
    "unknown scheme": (["eval", "pie:x.py:M"], "unknown kind of model 'pie'"),
    "unknown task": (["eval", "random", "--task", "nerr"], "unknown task 'nerr'; did you mean"),
    "missing split": (
        ["eval", "random", "--split", "tset"],
        "task 'ner' has no split 'tset'; did you mean 'test'?",
    ),
    "unknown protocol": (["eval", "random", "--protocol", "cross"], "unknown protocol 'cross'"),
    "no rows": (["eval", "random", "--limit", "0"], "--limit: 0"),
    "no batch": (["eval", "random", "--batch-size", "0"], "--batch-size: 0"),
    "missing model file": (["eval", "py:absent.py:M"], "absent.py: no such file"),
    "half a python spec": (["eval", "py:absent"], "py:FILE:CLASS"),
    "missing predictions": (["score", "absent.jsonl", "--task", "ner"], "no such file"),
    "missing run": (["compare", "absent", "absent"], "no such file"),
    "one run": (["compare", "."], "at least two"),
    "missing task file": (["eval", "random", "--task", "absent.yaml"], "no such file"),
    "shots for a baseline": (["eval", "linear", "--shots", "3"], "'linear' takes no options"),
    "shots in words": (["eval", "llm:openai/x", "--shots", "three"], "shots=three: a whole number"),
    "no address": (["eval", "llm:openai/x", "--base-url", "x"], "base_url=x: an address such as"),
    "no language": (["eval", "llm:openai/x", "--prompt-language", "fr"], "ar or en is needed"),
    "no price": (["eval", "llm:openai/x", "--max-cost", "3"], "what an answer costs is not known"),
    "no provider": (["eval", "llm:gpt"], "a language model is given as llm:PROVIDER/MODEL"),
    "said twice": (
        ["eval", "llm:openai/x", "--shots", "3", "--option", "shots=4"],
        "--option shots: is given twice",
    ),
    "a key on the command line": (
        ["eval", "llm:openai/x", "--option", "arg.api_key=sk-1"],
        "a key is never given as an option",
    ),
    "a dry run of a baseline": (
        ["eval", "linear", "--dry-run"],
        "--dry-run: 'linear' is not asked in words",
    ),
}


@pytest.mark.parametrize(("call", "message"), BAD_CALLS.values(), ids=list(BAD_CALLS))
def test_a_wrong_call_ends_with_a_message_and_exit_code_2(
    arbench, tmp_path, monkeypatch, call, message
):
    monkeypatch.chdir(tmp_path)
    result = arbench(*call)
    assert result.code == 2
    assert message in result.err
    assert "Traceback" not in result.err
    assert list(tmp_path.iterdir()) == []


def _drop(lines):
    del lines[3]


def _unknown(lines):
    lines[0]["id"] = "999-z#0"


def _duplicate(lines):
    lines.append(dict(lines[0]))


def _tags(lines):
    lines[1]["tags"].append("O")


def _label(lines):
    lines[0]["tags"][0] = "B-PRE"


def _other_split(lines):
    lines[0]["id"] = "004-a#0"


BAD_PREDICTIONS = {
    "missing id": (_drop, "1 of 87 rows have no prediction: '000-a#3'"),
    "unknown id": (_unknown, "ner.jsonl:1: field `id`: unknown id '999-z#0'"),
    "duplicate id": (_duplicate, "ner.jsonl:88: field `id`: duplicate id '000-a#0', first at"),
    "wrong tag count": (_tags, "ner.jsonl:2: field `tags`: "),
    "unknown label": (_label, "ner.jsonl:1: field `tags[0]`: unknown tag 'B-PRE'; did you mean"),
    "row of another split": (_other_split, "rows of train"),
}


@pytest.mark.parametrize(("change", "message"), BAD_PREDICTIONS.values(), ids=list(BAD_PREDICTIONS))
@pytest.mark.parametrize("command", ["score", "eval"])
def test_wrong_predictions_are_named_by_file_line_and_field(
    arbench, predictions_file, tmp_path, command, change, message
):
    path = predictions_file("ner", change)
    model = path if command == "score" else f"file:{path}"
    result = arbench(command, model, "--task", "ner", "--out", tmp_path / "results")
    assert result.code == 2
    assert message in result.err
    assert not (tmp_path / "results").exists()


def test_an_offset_outside_the_text_is_named(arbench, predictions_file):
    def change(lines):
        lines[0]["attributions"][0]["content"][0]["end"] = 100_000

    path = predictions_file("attribution", change)
    result = arbench("score", path, "--task", "attribution")
    assert result.code == 2
    assert "attribution.jsonl:1: field `attributions[0].content[0]`: [" in result.err
    assert "not inside the text of" in result.err


BAD_FILES = {
    "broken JSON at line 2": (
        b'{"id": "000-a#0", "tags": []}\n{"id": \n',
        "bad.jsonl:2: broken JSON",
    ),
    "not UTF-8": (b'{"id": "\xe9"}\n', "bad.jsonl:1: not UTF-8"),
    "empty": (b"", "the file holds no rows"),
    "unknown field": (b'{"id": "000-a#0", "tag": []}\n', "`tag`"),
    "wrong type": (b'{"id": 1, "tags": []}\n', "bad.jsonl:1: field `id`: Expected `str`"),
    "no object": (b"[]\n", "bad.jsonl:1: "),
}


@pytest.mark.parametrize(("content", "message"), BAD_FILES.values(), ids=list(BAD_FILES))
def test_a_broken_predictions_file_is_named(arbench, tmp_path, content, message):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    result = arbench("score", path, "--task", "ner", "--out", tmp_path / "results")
    assert result.code == 2
    assert message in result.err
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_results_folder_that_cannot_be_written_is_named(arbench, tmp_path):
    blocked = tmp_path / "results"
    blocked.write_text("a file, not a folder")
    result = arbench("eval", "majority", "--task", "ner", "--out", blocked)
    assert result.code == 2
    assert "results cannot be written" in result.err
    assert blocked.read_text() == "a file, not a folder"


def test_control_characters_of_a_name_do_not_reach_the_terminal(arbench):
    result = arbench("eval", "\x1b[31mevil")
    assert result.code == 2
    assert "\x1b" not in result.err
    assert r"\x1b[31mevil" in result.err


def test_an_interrupted_call_ends_without_a_traceback(arbench, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("arnews_bench.runner.evaluate", interrupt)
    result = arbench("eval", "random")
    assert (result.code, result.err.strip()) == (130, "")


def test_few_documents_are_said_to_give_wide_intervals(arbench, tmp_path):
    result = arbench("eval", "majority", "--task", "ner", "--limit", 12, "--out", tmp_path / "r")
    assert "they are wide" in result.out


def test_the_table_fits_a_terminal_of_eighty_columns(arbench, tmp_path, monkeypatch):
    monkeypatch.setattr("arnews_bench.report.console._WIDE", 80)
    result = arbench("eval", "majority", "--out", tmp_path / "r", "--details")
    assert "majority: split (test)" in result.out
    assert "dropped_subject_recall" in result.out
    assert "…" not in result.out
    assert all(len(line) <= 80 for line in result.out.splitlines())


def test_what_has_no_interval_says_so(arbench, tmp_path):
    """Also of the annotators, of other measures and of groups."""
    call = ("eval", "majority", "--task", "stance", "--limit", 40, "--details")
    shown = arbench(*call, "--out", tmp_path).out
    rows = [line for line in shown.splitlines() if "│" in line]
    assert any("annotators" in line for line in rows)
    assert all("[no interval]" in line for line in rows)


def test_a_long_name_of_a_task_cuts_no_score_at_80_columns(tmp_path, arbench, monkeypatch):
    from rich.console import Console

    from arnews_bench.report import table

    monkeypatch.setattr(table, "console", lambda: Console(width=80, highlight=False))
    (tmp_path / "test.txt").write_text("محمود B-PER\n\nيزور O\n", encoding="utf-8")
    path = tmp_path / "task.yaml"
    path.write_text(
        f"{{name: {'long-' * 14}, type: ner, description: d, "
        "data: {format: conll, train: test.txt, test: test.txt}}",
        encoding="utf-8",
    )
    predictions = tmp_path / "p.jsonl"
    predictions.write_text(
        '{"id": "test-1", "tags": ["B-PER"]}\n{"id": "test-2", "tags": ["O"]}\n', encoding="utf-8"
    )
    shown = arbench("score", predictions, "--task", path)
    assert shown.code == 0
    assert "100.0 [no interval]" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80


@pytest.fixture
def in_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_dry_run_prints_a_prompt_of_each_task_and_writes_nothing(arbench, in_empty_folder):
    result = arbench("eval", "llm:openai/x", "--dry-run", "--limit", 2)
    assert result.code == 0, result.err
    assert [f"{task}, row " in result.out for task in TASKS] == [True] * 3
    assert "Nothing was asked, and nothing was written." in result.out
    assert list(in_empty_folder.iterdir()) == []


def test_flags_of_a_language_model_are_its_options(arbench, in_empty_folder):
    call = ("eval", "llm:openai/x", "--task", "stance", "--limit", 1, "--dry-run", "--json")
    flags = (
        "--base-url", "http://localhost:1/v1", "--prompt-language", "en", "--shots", 2,
        "--max-cost", 3, "--option", "input_price=1", "--option", "output_price=2",
    )  # fmt: skip
    (plain,) = json.loads(arbench(*call).out)
    (found,) = json.loads(arbench(*call, *flags).out)
    assert (plain["prompt_language"], found["prompt_language"]) == ("ar", "en")
    assert (len(plain["messages"]), len(found["messages"])) == (2, 6)
    assert (plain["max_cost"], found["max_cost"]) == (None, 3)
    spent = found["input_tokens"] * 1e-6 + found["output_tokens"] * 2e-6
    assert found["cost"] == pytest.approx(spent)


LOGGED = """
from arnews_bench import Answer

class Caller:
    def use_log(self, log, *, seed):
        self.log = log

    def predict(self, task, rows):
        for row in rows:
            if row.id not in self.log:
                self.log.add(Answer(
                    id=row.id, completion="agree", model="served", stop_reason="stop",
                    input_tokens=100, output_tokens=10, cost=0.5, seconds=2.0,
                ))
            yield {"id": row.id, "label": "agree"}
"""


def test_a_users_class_that_logs_its_answers_has_them_in_the_table(arbench, in_empty_folder):
    (in_empty_folder / "caller.py").write_text(LOGGED)
    result = arbench("eval", "py:caller.py:Caller", "--task", "stance", "--limit", 4)
    assert result.code == 0, result.err
    cells = next(
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in result.out.splitlines()
        if line.startswith("│ stance") and "400" in line
    )
    assert cells == ["stance", "400", "40", "2.00", "2.0 s", "0", "0"]
    assert "the server calls the model served." in result.out
