"""A run that was killed, or whose money was spent, goes on and asks for nothing that it has."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest
from loopback_llm import LoopbackLLM, Oracle, Said, only_loopback, troubles
from loopback_runs import KEY, MODEL, answers, command_lines, gold

from arnews_bench import WorkError, evaluate, load_rows
from arnews_bench.files import encode_lines

ROWS = load_rows("stance", "test")[:12]
ANSWERED = 5
# A process in the background of a shell ignores Ctrl-C, and so do its children.
MAIN = """
import signal
from arnews_bench.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""
# Longer than anything takes on a busy machine.
PATIENCE = 300


@pytest.fixture(scope="module")
def llm():
    with LoopbackLLM(Oracle(load_rows("stance", "test"), gold)) as server:
        yield server


def call_of(llm, out):
    limit = str(len(ROWS))
    return [
        "eval", MODEL, "--task", "stance", "--limit", limit, "--out", str(out), "--json",
        "--option", f"base_url={llm.url}", "--option", f"max_connections={limit}",
    ]  # fmt: skip


def stop(llm, out, home, number):
    """Start a run, and send a signal to it when it has five answers and waits for the others."""
    dead = threading.Event()
    llm.forget()
    llm.interceptors.append(troubles.hold_after(ANSWERED, dead))
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, *call_of(llm, out)],
        env=only_loopback(home, {"LOOPBACK_API_KEY": KEY}),
        cwd=home,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while (_lines(out), len(llm.calls)) != (ANSWERED, len(ROWS)):
            assert process.poll() is None, "it ended before it was stopped"
            assert time.monotonic() < deadline, "answers are not kept as they come"
            time.sleep(0.02)
        process.send_signal(number)
        _, err = process.communicate(timeout=2 * PATIENCE)
    finally:
        process.kill()
        dead.set()
    llm.interceptors.clear()
    assert _lines(out) == ANSWERED
    return process.returncode, err


@pytest.fixture(scope="module")
def killed(llm, tmp_path_factory):
    """What the second call said, the rows that were asked in each, the books, the folder."""
    home, out = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("out")
    code, _ = stop(llm, out, home, signal.SIGKILL)
    assert code == -signal.SIGKILL
    first = [llm.answer.row(billed.call).id for billed in llm.books]
    assert set(first) == set(answers(out))
    # As if it had been killed while it wrote the next line.
    (log,) = out.glob("*/*/answers.jsonl")
    with log.open("ab") as stream:
        stream.write(b'{"id":"C01:')
    llm.calls.clear()
    (called,) = command_lines([call_of(llm, out)], home, {"LOOPBACK_API_KEY": KEY})
    second = [llm.answer.row(call).id for call in llm.calls]
    return called, first, second, list(llm.books), out


def _lines(out):
    logs = list(out.glob("*/*/answers.jsonl"))
    return logs[0].read_bytes().count(b"\n") if logs else 0


def test_the_second_call_asks_only_for_the_rows_that_had_no_answer(killed):
    called, first, second, _, _ = killed
    assert called.code == 0, called.err
    assert len(first) == ANSWERED
    assert Counter(first + second) == Counter(row.id for row in ROWS)


def test_the_usage_of_both_calls_is_that_of_the_servers_books(killed):
    called, _, _, books, out = killed
    (record,) = json.loads(called.out)
    (path,) = out.glob("*/*/run.json")
    assert json.loads(path.read_bytes())["usage"] == record["usage"]
    assert record["usage"]["answers"] == len(books) == len(ROWS)
    assert record["usage"]["input_tokens"] == sum(billed.tokens.input for billed in books)
    assert record["usage"]["output_tokens"] == sum(billed.tokens.output for billed in books)


def test_the_scores_are_those_of_a_run_that_nobody_killed(killed, llm, monkeypatch):
    called, *_ = killed
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    options = {"base_url": llm.url}
    (whole,) = evaluate(MODEL, ["stance"], options=options, limit=len(ROWS), out=None)
    (record,) = json.loads(called.out)
    whole = json.loads(json.dumps(whole.to_dict()))
    for part in ("metrics", "per_document", "settings", "model", "n"):
        assert record[part] == whole[part], part
    places = {"timing", "latency"}
    assert {k: v for k, v in record["usage"].items() if k not in places} == {
        k: v for k, v in whole["usage"].items() if k not in places
    }


def test_a_complete_run_is_read_and_nothing_is_asked(killed, llm, monkeypatch):
    *_, out = killed
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    llm.forget()
    evaluate(MODEL, ["stance"], options={"base_url": llm.url}, limit=len(ROWS), out=out)
    assert llm.calls == []


def test_an_interrupted_run_ends_at_once_without_a_traceback_and_keeps_its_answers(llm, tmp_path):
    code, err = stop(llm, tmp_path / "out", tmp_path, signal.SIGINT)
    assert (code, err.strip()) == (130, "")
    assert len(answers(tmp_path / "out")) == ANSWERED


def test_the_run_stops_before_the_limit_of_cost_and_a_higher_one_goes_on(
    llm, tmp_path, monkeypatch, arbench
):
    """Each answer takes 1,000 tokens at a dollar a thousand: three fit into $3.50."""
    llm.forget()
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    monkeypatch.setenv("COLUMNS", "400")
    words = "كلمة " * 1000

    def dear(call):
        return Said(f"{gold(llm.answer.row(call))}\n{words}".strip(), reasoning=0)

    llm.interceptors.append(dear)
    price = ("--option", "input_price=0", "--option", "output_price=1000")
    whole = [*call_of(llm, tmp_path / "out"), *price, "--option", "max_tokens=1000"]
    costs = ("3.5", "3.6", "100")
    first, second, third = (arbench(*whole, "--option", f"max_cost={cost}") for cost in costs)
    assert [first.code, second.code, third.code] == [1, 1, 0], first.err + second.err + third.err
    for called in (first, second):
        assert "--max-cost" in called.err
        assert "Traceback" not in called.err
        assert f"of {len(ROWS)} rows" in called.err
    assert "3.5" in first.err
    (record,) = json.loads(third.out)
    asked = Counter(llm.answer.row(call).id for call in llm.calls)
    assert asked == Counter(row.id for row in ROWS), "no row is asked twice"
    spent = sum(billed.tokens.output for billed in llm.books) / 1000
    assert record["usage"]["cost"] == pytest.approx(spent)


def test_the_limit_holds_for_requests_at_the_same_time(llm, tmp_path, monkeypatch):
    """Three answers of two words, 20 cents each, and then those of ten words, a dollar each."""
    llm.forget()
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    left = iter([0] * 3)

    def dearer_and_dearer(call):
        time.sleep(0.05)
        return Said("كلمة " * next(left, 8) + gold(llm.answer.row(call)))

    llm.interceptors.append(dearer_and_dearer)
    options = {
        "base_url": llm.url, "max_tokens": "10", "input_price": "0", "output_price": "100000",
        "max_cost": "3.5", "max_connections": "20",
    }  # fmt: skip
    with pytest.raises(WorkError) as caught:
        evaluate(MODEL, ["stance"], options=options, limit=len(ROWS), out=tmp_path)
    spent = sum(billed.tokens.output for billed in llm.books) / 10
    assert spent == pytest.approx(2.6)
    assert "2.6" in str(caught.value)


def half_of_them(log, batch):
    log.write_bytes(encode_lines(batch[: len(batch) // 2]) + b'{"id": "C01:')
    raise OSError("the end")


def nothing(*_):
    raise OSError("the end")


@pytest.mark.parametrize(
    ("last_step", "left"),
    [("append_lines", nothing), ("append_lines", half_of_them), ("save_run", nothing)],
    ids=["no predictions", "half of the predictions", "no record"],
)
def test_what_was_answered_is_not_asked_again_wherever_it_ended(
    llm, tmp_path, monkeypatch, last_step, left
):
    llm.forget()
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    options = {"base_url": llm.url}
    with monkeypatch.context() as ending:
        ending.setattr(f"arnews_bench.runner.{last_step}", left)
        with pytest.raises(OSError, match="the end"):
            evaluate(MODEL, ["stance"], options=options, limit=len(ROWS), out=tmp_path)
    assert len(llm.calls) == len(ROWS)
    (run,) = evaluate(MODEL, ["stance"], options=options, limit=len(ROWS), out=tmp_path)
    assert len(llm.calls) == len(ROWS)
    assert run.score.value == 1
    assert run.usage.input_tokens == sum(billed.tokens.input for billed in llm.books)
