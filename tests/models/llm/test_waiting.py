"""Asked from within an event loop, as in a notebook, from a thread, and interrupted there."""

import asyncio
import signal
import threading

import pytest
from loopback_llm import LoopbackLLM, Oracle, troubles
from loopback_runs import KEY, MODEL, answers, gold

from arnews_bench import evaluate, load_rows

N = 6


@pytest.fixture
def llm(monkeypatch):
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    with LoopbackLLM(Oracle(load_rows("stance", "test"), gold)) as server:
        yield server


def ask(llm, out=None):
    options = {"base_url": llm.url, "max_connections": str(N)}
    (run,) = evaluate(MODEL, ["stance"], options=options, limit=N, out=out)
    return run


async def in_a_loop(*args):
    return ask(*args)


def test_where_a_loop_is_running_the_answers_are_the_same(llm):
    assert asyncio.run(in_a_loop(llm)).metrics == ask(llm).metrics


def test_from_a_thread(llm):
    runs = []
    thread = threading.Thread(target=lambda: runs.append(ask(llm)))
    thread.start()
    thread.join()
    assert runs[0].usage.answers == N


@pytest.fixture
def heeding():
    """SIGINT is heeded, also where the tests run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeding")
def test_an_interrupt_ends_the_waiting_at_once_and_keeps_what_was_answered(llm, tmp_path):
    """A notebook leaves SIGINT to Python, and runs a cell in its loop."""
    released = threading.Event()

    def interrupt():
        # All have come, so that none can come later; the first one's answer is kept by then.
        while (len(llm.calls), len(llm.books)) != (N, 2):
            if released.wait(0.01):
                return
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    llm.interceptors.append(troubles.hold_after(2, released))
    thread = threading.Thread(target=interrupt)
    loop = asyncio.new_event_loop()
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(in_a_loop(llm, tmp_path))
        # One that had waited would have them all.
        kept = answers(tmp_path)
        assert 1 <= len(kept) < N
    finally:
        released.set()
        thread.join()
        loop.close()
    llm.forget()
    assert ask(llm, tmp_path).usage.answers == N
    assert len(llm.calls) == N - len(kept)
