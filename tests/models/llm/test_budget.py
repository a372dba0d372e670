"""What answers may cost."""

from collections.abc import Iterator

import anyio
import msgspec
import pytest

from arnews_bench import Answer
from arnews_bench.models.llm.budget import Budget, Price, estimated_tokens

# A dollar for each token, so that the sums are easily seen.
DEAR = Price(1_000_000, 1_000_000)


def ask(budget, *, cost, times, at_once=10):
    """Ask `times` rows that cost so much; how many were asked."""
    asked = 0

    async def one(gate, reservations):
        nonlocal asked
        async with gate, reservations.reserved(["abcd"]) as fits:
            if fits:
                asked += 1
                await anyio.sleep(0)
                this = next(cost) if isinstance(cost, Iterator) else cost
                budget.add(answer("a", this))

    async def run():
        reservations = budget.begin()
        gate = anyio.Semaphore(at_once)
        async with anyio.create_task_group() as group:
            for _ in range(times):
                group.start_soon(one, gate, reservations)

    anyio.run(run)
    return asked


def test_four_bytes_are_taken_for_a_token():
    assert estimated_tokens("abcd") == 1
    assert estimated_tokens("abcde") == 2
    assert estimated_tokens("سلام") == 2
    assert estimated_tokens("ab", "cd") == 1


def test_a_price_is_for_a_million_tokens():
    assert Price(2.5, 10).of(1_000_000, 100_000) == pytest.approx(3.5)


def test_without_a_limit_everything_is_asked():
    assert ask(Budget(None, None, None), cost=None, times=50) == 50


@pytest.mark.parametrize("at_once", [1, 10])
def test_the_limit_is_never_passed_however_many_are_asked_at_once(at_once):
    """A question costs 2 tokens at most, an answer 8: ten dollars at most, and 10 they cost."""
    budget = Budget(100, DEAR, 8)
    assert ask(budget, cost=10, times=50, at_once=at_once) == 10
    assert budget.spent == 100


def test_answers_that_turn_out_cheap_leave_room_for_more():
    """Until what is left is less than the ten dollars that the next one may cost."""
    budget = Budget(20, DEAR, 8)
    assert ask(budget, cost=1, times=50) == 11
    assert budget.spent == 11


def test_the_limit_is_not_passed_when_dear_answers_come_after_cheap_ones():
    budget = Budget(25, DEAR, 8)
    costs = iter([1.0] * 5 + [10.0] * 45)
    assert ask(budget, cost=costs, times=50) == 7
    assert budget.spent == 25


def test_without_a_longest_answer_the_dearest_so_far_is_expected_again():
    budget = Budget(40_000, DEAR, None)
    asked = ask(budget, cost=15_000, times=50, at_once=1)
    # 4,096 tokens were expected of the first.
    assert (asked, budget.spent) == (2, 30_000)


def test_nothing_is_asked_if_the_first_answer_may_cost_too_much():
    budget = Budget(9, DEAR, 8)
    assert ask(budget, cost=1, times=3) == 0


def test_a_limit_of_zero_asks_for_nothing_that_costs():
    assert ask(Budget(0, DEAR, 8), cost=1, times=3) == 0
    assert ask(Budget(0, Price(0, 0), 8), cost=0, times=3) == 3


def test_a_limit_is_not_dropped_where_no_price_is_known():
    with pytest.raises(ValueError, match="without a price"):
        Budget(20, None, 8).expected(["abcd"])


def answer(row, cost, *, repeated=False):
    return Answer(
        id=row, completion="", model="m", stop_reason="stop", input_tokens=1, output_tokens=2,
        cost=cost, seconds=1.0, repeated=repeated,
    )  # fmt: skip


def test_of_earlier_answers_only_what_was_paid_for_is_counted():
    budget = Budget(20, DEAR, 8)
    budget.note([
        answer("paid", 7.0),
        answer("from the cache", 7.0, repeated=True),
        answer("without a price then", None),
    ])  # fmt: skip
    assert budget.spent == 7 + (1 + 2)


def test_what_a_server_does_not_count_is_estimated_once_and_kept():
    """Two tokens of question and three of answer, by their bytes."""
    uncounted = msgspec.structs.replace(
        answer("a", None), completion="abcdabcdab", input_tokens=0, output_tokens=0
    )
    kept = Budget(20, DEAR, 8).estimated(uncounted, ["abcd", "abcd"])
    assert (kept.cost, kept.estimated) == (None, 5.0)
    goes_on = Budget(20, DEAR, 8)
    goes_on.note([kept])
    assert goes_on.spent == 5


def test_a_cost_that_is_known_is_not_estimated():
    assert Budget(20, DEAR, 8).estimated(answer("a", 7.0), ["abcd"]).estimated is None
    assert Budget(None, None, 8).estimated(answer("a", None), ["abcd"]).estimated is None


def test_an_answer_that_failed_gives_its_share_back():
    budget = Budget(10, DEAR, 8)
    asked = []

    async def one(reservations):
        async with reservations.reserved(["abcd"]) as fits:
            asked.append(fits)
            raise RuntimeError

    async def run():
        reservations = budget.begin()
        for _ in range(3):
            with pytest.raises(RuntimeError):
                await one(reservations)

    anyio.run(run)
    assert asked == [True, True, True]
    assert budget.spent == 0
