"""A server on the loopback that answers stance rows with their gold, unless a test says other."""

import pytest
from loopback_llm import LoopbackLLM, Oracle
from loopback_runs import KEY, gold

from arnews_bench import load_rows


@pytest.fixture(scope="module")
def running():
    """The server, with what it was asked by all tests of a module."""
    with LoopbackLLM(Oracle(load_rows("stance", "test"), gold)) as server:
        yield server


@pytest.fixture
def llm(running, monkeypatch):
    """The same, which has forgotten what it was asked, and its key."""
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    running.forget()
    return running
