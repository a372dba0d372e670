"""Answers from the cache of inspect-ai: asked for once, counted as repeated, not paid for again."""

import pytest
from loopback_llm import LoopbackLLM, Oracle, Said
from loopback_runs import KEY, MODEL, answers, gold

from arnews_bench import evaluate, load_rows

N = 4
# A token is a dollar.
PRICES = {"input_price": "1e6", "output_price": "1e6"}


@pytest.fixture
def llm(tmp_path, monkeypatch):
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "cache"))
    with LoopbackLLM(Oracle(load_rows("stance", "test"), gold)) as server:
        yield server


def ask(llm, out=None, seed=0, overwrite=False, **options):
    options = {"base_url": llm.url, "cache": "1W"} | PRICES | options
    (run,) = evaluate(
        MODEL, ["stance"], options=options, limit=N, out=out, seed=seed, overwrite=overwrite
    )
    return run


def test_what_was_asked_before_is_not_asked_again(llm, tmp_path):
    first = ask(llm, tmp_path / "out")
    second = ask(llm, tmp_path / "out", overwrite=True)
    assert len(llm.calls) == N
    assert second.metrics == first.metrics
    assert (first.usage.repeated, second.usage.repeated) == (0, N)
    assert {answer["repeated"] for answer in answers(tmp_path / "out").values()} == {True}


def test_tokens_and_cost_are_those_of_the_answers_whoever_paid_for_them(llm):
    first, second = ask(llm), ask(llm)
    for name in ("input_tokens", "output_tokens", "cost"):
        assert getattr(second.usage, name) == getattr(first.usage, name) > 0
    assert second.usage.latency.max is None, "nobody waited"


def test_what_is_not_paid_for_does_not_count_against_the_limit(llm):
    """Each answer takes a hundred dollars, and one at a time is within the limit."""
    words = "كلمة " * 99
    llm.interceptors.append(lambda call: Said(f"{words}{gold(llm.answer.row(call))}"))
    options = {"input_price": "0", "max_tokens": "101"}
    whole = ask(llm, **options)
    assert whole.usage.cost > 150
    llm.calls.clear()
    assert ask(llm, **options, max_cost="150").usage.repeated == N
    assert llm.calls == []


@pytest.mark.parametrize("other", [{"seed": 1}, {"temperature": "0.7"}, {"arg.stream": "true"}])
def test_an_answer_to_something_else_is_not_taken(llm, other):
    ask(llm)
    assert ask(llm, **other).usage.repeated == 0
    assert len(llm.calls) == 2 * N


def test_without_the_option_nothing_is_taken_or_kept(llm, tmp_path):
    options = {"base_url": llm.url}
    for _ in range(2):
        evaluate(MODEL, ["stance"], options=options, limit=N, out=None)
    assert len(llm.calls) == 2 * N
    assert not list(tmp_path.rglob("*.pkl"))
    assert not (tmp_path / "cache").exists()
