"""The log of a model that is asked row by row, and what its answers took."""

import json

import pytest

from arnews_bench import Answer, AnswerLog, InputError, Usage, WorkError, evaluate
from arnews_bench.answer_log import total_cost


def answer(row_id, **changes):
    fields = {
        "id": row_id, "completion": "…", "model": "m-2026", "stop_reason": "stop",
        "input_tokens": 100, "output_tokens": 10, "seconds": 1.0,
    }  # fmt: skip
    return Answer(**fields | changes)


MODEL = '''
import os
from arnews_bench import Answer

class Asked:
    """Logs what it says; fails after so many answers."""

    def use_log(self, log, *, seed):
        self.log, self.left = log, int(os.environ.get("ANSWERS", 1000))

    def predict(self, task, rows):
        for row in rows:
            if row.id not in self.log:
                if not self.left:
                    raise RuntimeError("the network is gone")
                self.left -= 1
                self.log.add(
                    Answer(
                        id=row.id, completion="agree", model="m", stop_reason="stop",
                        input_tokens=100, output_tokens=10, cost=0.5, seconds=1.0,
                    )
                )
        return [{"id": row.id, "label": self.log[row.id].completion} for row in rows]
'''


@pytest.fixture
def asked(tmp_path):
    """The spec of a model that logs its answers."""
    (tmp_path / "asked.py").write_text(MODEL)
    return f"py:{tmp_path / 'asked.py'}:Asked"


def test_the_usage_is_the_sum_over_the_answers():
    given = [
        answer("a", cost=0.25, reasoning_tokens=4, structured=True, placed={"exact": 2}),
        answer("b", cost=0.5, stop_reason="max_tokens", problem="no JSON", seconds=3.0),
        answer("c", cost=0.0, repeated=True, seconds=0.0, left_out=3),
        answer("d", cost=0.0, stop_reason="model_length", model="m-2025", seconds=2.0,
               placed={"exact": 1, "fuzzy": 1}),
    ]  # fmt: skip
    usage = Usage.of(given)
    assert (usage.answers, usage.input_tokens, usage.output_tokens) == (4, 400, 40)
    assert (usage.reasoning_tokens, usage.cost) == (4, 0.75)
    assert (usage.unparsable, usage.cut_off, usage.left_out) == (1, 2, 3)
    assert (usage.repeated, usage.structured) == (1, 1)
    assert usage.placed == {"exact": 3, "fuzzy": 1}
    assert usage.models == ("m-2025", "m-2026")
    # The repeated one took no time, and says nothing of the server.
    assert (usage.latency.median, usage.latency.max) == (2.0, 3.0)


def test_the_cost_is_unknown_if_that_of_one_answer_is():
    assert Usage.of([answer("a", cost=1.0), answer("b")]).cost is None


@pytest.mark.parametrize(
    ("costs", "total"), [([0.5, 0.25], 0.75), ([0.0], 0.0), ([0.5, None], None), ([], None)]
)
def test_a_sum_of_costs_is_known_if_each_of_them_is(costs, total):
    assert total_cost(costs) == total


def test_answers_are_on_disk_as_soon_as_they_came(tmp_path):
    log = AnswerLog(tmp_path / "answers.jsonl")
    log.add(answer("a"))
    lines = (tmp_path / "answers.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a"]
    again = AnswerLog(tmp_path / "answers.jsonl")
    assert "a" in again
    assert again["a"] == answer("a")


def test_a_line_that_was_cut_off_is_asked_again(tmp_path):
    path = tmp_path / "answers.jsonl"
    AnswerLog(path).add(answer("a"))
    path.write_bytes(path.read_bytes() + b'{"id": "b", "compl')
    log = AnswerLog(path)
    assert len(log) == 1
    log.add(answer("b"))
    assert len(AnswerLog(path)) == 2


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text('{"id": "a"}\n')
    with pytest.raises(InputError, match=r"answers\.jsonl:1: .*--overwrite"):
        AnswerLog(path)


def test_a_run_with_a_log_records_what_its_answers_took(asked, tmp_path):
    run = evaluate(asked, ["stance"], limit=5, out=tmp_path / "results")[0]
    assert run.usage.answers == 5
    assert run.usage.cost == 2.5
    (path,) = tmp_path.rglob("answers.jsonl")
    assert len(path.read_text().splitlines()) == 5


def test_a_run_that_failed_goes_on_with_the_answers_that_it_has(asked, tmp_path, monkeypatch):
    """Each answer counts once, whichever call asked for it."""
    monkeypatch.setenv("ANSWERS", "3")
    with pytest.raises(WorkError, match="the network is gone"):
        evaluate(asked, ["stance"], limit=5, out=tmp_path / "results")
    (path,) = tmp_path.rglob("answers.jsonl")
    assert len(path.read_text().splitlines()) == 3
    monkeypatch.setenv("ANSWERS", "2")
    run = evaluate(asked, ["stance"], limit=5, out=tmp_path / "results")[0]
    assert run.usage.answers == 5


def test_starting_anew_asks_anew(asked, tmp_path):
    for _ in range(2):
        run = evaluate(asked, ["stance"], limit=2, out=tmp_path / "results", overwrite=True)[0]
    assert run.usage.answers == 2


def test_all_rows_are_handed_over_at_once_whatever_the_batch_size():
    sizes = []

    class Counting:
        def use_log(self, log, *, seed):
            pass

        def predict(self, task, rows):
            sizes.append(len(rows))
            return [{"id": row.id, "label": "agree"} for row in rows]

    evaluate(Counting(), ["stance"], limit=7, out=None, batch_size=2)
    assert sizes == [7]


def test_the_progress_tells_of_each_answer(asked):
    told = []
    evaluate(asked, ["stance"], limit=3, out=None, progress=lambda *args: told.append(args))
    assert [args[1:] for args in told if "asking" in args[0]] == [(1, 3), (2, 3), (3, 3)]


def test_a_model_without_a_log_has_no_usage():
    assert evaluate("majority", ["stance"], limit=3, out=None)[0].usage is None


def test_a_run_without_a_folder_keeps_its_answers_in_memory(asked):
    assert evaluate(asked, ["stance"], limit=3, out=None)[0].usage.answers == 3
