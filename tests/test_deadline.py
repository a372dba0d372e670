"""Calls that know no time limit are given one."""

import threading

import pytest

from arnews_bench.deadline import within


def test_what_does_not_come_in_time_is_not_waited_for():
    never = threading.Event()
    with pytest.raises(TimeoutError, match="no answer in 0 seconds"):
        within(0.05, lambda: never.wait(5))
    never.set()


def test_what_comes_in_time_is_given():
    assert within(300, lambda: 7) == 7


def test_what_is_raised_in_time_is_raised():
    with pytest.raises(KeyError):
        within(300, lambda: {}["x"])
