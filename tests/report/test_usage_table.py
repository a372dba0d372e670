"""What answers in words took, in the table of a run, on the leaderboard and in its page."""

import json
import re

import msgspec
import pytest
from invented_boards import EVIL, alternating, ner, no_ceiling, three_tasks

from arnews_bench.answer_log import Answer, Usage
from arnews_bench.leaderboard import leaderboard
from arnews_bench.report import leaderboard_text as words
from arnews_bench.report.leaderboard import render
from arnews_bench.report.table import print_runs
from arnews_bench.report.usage import cost_text, seconds_text, share_text, unreadable, usage_facts

LLM = "llm:openai/gpt"


def answers(count, **fields):
    """Answers of 1,000 tokens in and 100 out each, for 0.25 dollars, within two seconds."""
    told = {
        "completion": "{}",
        "model": "gpt-2026-01-01",
        "stop_reason": "stop",
        "input_tokens": 1000,
        "output_tokens": 100,
        "cost": 0.25,
        "seconds": 2.0,
    }
    return [Answer(id=f"r{n}", **(told | fields)) for n in range(count)]


def asked(run, *batches):
    return msgspec.structs.replace(run, usage=Usage.of(a for batch in batches for a in batch))


def entities(*batches, **fields):
    return asked(ner(LLM, *alternating(8), **fields), *batches)


@pytest.fixture
def printed(capsys, monkeypatch):
    monkeypatch.setattr("arnews_bench.report.console._WIDE", 80)

    def show(*runs):
        print_runs(runs, [None] * len(runs), as_json=False, details=False)
        return capsys.readouterr().out

    return show


def row_of(shown, task):
    """The row of a task in the second table, a cell of several lines as one."""
    lines = shown.partition("latency")[2].splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(f"│ {task} "))
    wrapped = [lines[first]]
    for line in lines[first + 1 :]:
        if not re.match(r"│ +│", line):
            break
        wrapped.append(line)
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in wrapped]
    return [" ".join(filter(None, column)) for column in zip(*cells, strict=True)]


def test_a_run_without_answers_in_words_has_no_second_table(printed):
    assert "tokens" not in printed(ner("linear", *alternating(8)))


def test_the_table_has_the_sums_of_the_answers(printed):
    shown = printed(
        entities(
            answers(55),
            answers(2, problem="no JSON", reasoning_tokens=40),
            answers(1, problem="no JSON", stop_reason="max_tokens"),
        )
    )
    assert row_of(shown, "ner") == [
        "ner", "58,000", "5,800 (80)", "14.50", "2.0 s", "3 of 58 (5.2 %)", "1"
    ]  # fmt: skip


def test_an_unknown_cost_and_an_unknown_latency_are_dashes(printed):
    row = row_of(printed(entities(answers(3, cost=None, repeated=True))), "ner")
    assert (row[3], row[4]) == ("–", "–")


def test_the_last_row_adds_up_what_the_tasks_took(printed):
    runs = [asked(run, answers(10)) for run in three_tasks(LLM, 8)]
    assert row_of(printed(*runs), "all") == ["all", "30,000", "3,000", "7.50", "", "0", "0"]


def test_a_sum_with_an_unknown_cost_is_unknown(printed):
    first, second, _ = three_tasks(LLM, 8)
    shown = printed(asked(first, answers(2)), asked(second, answers(2, cost=None)))
    assert row_of(shown, "all")[3] == "–"


def test_runs_of_several_seeds_are_told_apart(printed):
    shown = printed(*(entities(answers(2), seed=seed) for seed in (0, 1)))
    assert row_of(shown, "ner, seed 1")[1] == "2,000"


def test_what_is_said_of_the_answers_names_the_seed_where_there_are_several(printed):
    shown = printed(*(entities(answers(2, left_out=1), seed=seed) for seed in (0, 1)))
    notes = [line.partition(": ")[0] for line in shown.splitlines() if "left out" in line]
    assert notes == ["ner, seed 0", "ner, seed 1"]


def test_both_tables_fit_a_terminal_of_eighty_columns(printed):
    large = answers(
        1700, input_tokens=99_999, output_tokens=9_999, reasoning_tokens=9_000, problem="no JSON"
    )
    shown = printed(*(asked(run, large) for run in three_tasks(LLM, 8)))
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown
    assert row_of(shown, "attribution")[1:3] == ["170.0 M", "17.0 M (15.3 M)"]


def test_what_was_left_out_invented_or_repeated_is_said_with_its_task(printed):
    shown = printed(
        entities(
            answers(3, left_out=1, placed={"exact": 8, "invented": 2, "surplus": 1}),
            answers(1, repeated=True),
        )
    )
    said = " ".join(shown.split())
    assert "ner: 3 items were left out" in said
    assert "ner: 6 of 33 answered strings are not in the text (invented), and cannot" in said
    assert "ner: 3 of 33 answered strings are in the text, but not so many times (surplus)" in said
    assert "ner: 1 of 4 (25.0 %) answers came from inspect-ai's cache" in said
    assert "ner: the server calls the model gpt-2026-01-01." in said


def test_of_answers_without_blemish_nothing_is_said_but_the_name_of_the_model(printed):
    shown = printed(entities(answers(3, placed={"exact": 8})))
    notes = [line for line in shown.splitlines() if line.startswith("ner: ")]
    assert notes == ["ner: the server calls the model gpt-2026-01-01."]
    assert "could not be read" not in shown


def test_that_unreadable_answers_count_as_empty_is_said_once(printed):
    runs = [asked(run, answers(3, problem="no JSON")) for run in three_tasks(LLM, 8)]
    assert printed(*runs).count("An answer that could not be read counts as empty;") == 1


@pytest.mark.parametrize("name", EVIL.values(), ids=list(EVIL))
def test_the_name_that_a_server_gives_is_shown_harmlessly(printed, name):
    run = entities(answers(2, model=name))
    shown = printed(run)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    page = render(leaderboard([run], ceiling=no_ceiling), "html").decode()
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    ("cost", "text"),
    [(None, "–"), (0.0, "0.00"), (0.00001, "<0.0001"), (0.0042, "0.0042"), (12.346, "12.35")],
)
def test_a_cost_below_a_dollar_is_shown_more_exactly(cost, text):
    assert cost_text(cost) == text


@pytest.mark.parametrize(("seconds", "text"), [(None, "–"), (0.123, "0.12 s"), (12.34, "12.3 s")])
def test_a_time_is_in_seconds(seconds, text):
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(0, 0, "0"), (0, 9, "0"), (1, 3, "1 of 3 (33.3 %)")]
)
def test_a_share_names_the_whole(part, whole, text):
    assert share_text(part, whole) == text


# The leaderboard.


def test_unreadable_answers_are_said_under_a_leaderboard():
    runs = [
        entities(answers(55), answers(3, problem="no JSON")),
        ner("linear", *alternating(7)),
    ]
    caption = words.caption(leaderboard(runs, ceiling=no_ceiling).boards[0])
    said = "llm:openai/gpt: 3 of 58 ner answers could not be read and count as empty."
    assert said in caption
    assert sum("could not be read" in sentence for sentence in caption) == 1


@pytest.mark.parametrize("form", ["table", "markdown", "latex", "html"])
def test_every_format_says_it(form):
    found = leaderboard([entities(answers(1, problem="no JSON"))], ceiling=no_ceiling)
    shown = " ".join(render(found, form).decode().split())
    assert "1 of 1 ner answers could not be read and counts as empty." in shown


def test_a_model_has_one_sentence_for_all_its_tasks():
    runs = [asked(run, answers(9), answers(1, problem="no JSON")) for run in three_tasks(LLM, 8)]
    (sentence,) = unreadable(runs)
    assert sentence.startswith(
        f"{LLM}: 1 of 10 ner, 1 of 10 stance and 1 of 10 attribution answers"
    )


def test_nothing_is_said_where_all_could_be_read():
    assert unreadable([ner("linear", *alternating(8)), entities(answers(4))]) == []


def test_the_page_has_the_usage_among_its_facts():
    run = entities(answers(3, left_out=1, placed={"exact": 2, "invented": 1}))
    page = render(leaderboard([run], ceiling=no_ceiling), "html").decode()
    facts = dict(
        re.findall(r"<dt><bdi>(.*?)</bdi></dt>\s*<dd>(?:<bdi>)?(.*?)(?:</bdi>)?</dd>", page)
    )
    assert facts["tokens in"] == "3,000"
    assert facts["tokens out"] == "300, of which reasoning 0"
    assert facts["cost"] == "0.7500 USD"
    assert facts["latency"] == "median 2.0 s, 95th percentile 2.0 s, longest 2.0 s"
    assert facts["items left out"] == "3"
    assert facts["strings placed"] == "exact: 6, invented: 3"
    assert facts["name given by the server"] == "gpt-2026-01-01"


def test_the_facts_say_what_is_not_known():
    facts = usage_facts(Usage.of(answers(1, cost=None, repeated=True)))
    assert facts["cost"] == "not known"
    assert facts["answers"] == "1, 1 of them from inspect-ai's cache"
    assert facts["latency"] == "median –, 95th percentile –, longest –"
    assert facts["strings placed"] == "–"


def test_the_leaderboard_as_json_has_the_record_of_the_usage():
    found = leaderboard([entities(answers(3))], ceiling=no_ceiling)
    (board,) = json.loads(render(found, "json"))["boards"]
    usage = board["models"][0]["entries"]["ner"]["run"]["usage"]
    assert usage["input_tokens"] == 3000
    assert usage["latency"] == {"median": 2.0, "p95": 2.0, "max": 2.0}
