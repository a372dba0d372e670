"""A server that answers well, badly, late or not at all: the run completes, its sums are right."""

import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from loopback_llm import Billed, LoopbackLLM, Oracle, Refused, Said, troubles
from loopback_runs import KEY, MODEL, answers, gold, written

from arnews_bench import InputError, Run, WorkError, evaluate, load_rows

ROWS = load_rows("stance", "test")[:24]
RIGHT = Said(gold(ROWS[0]))

# Gone when the same is asked again.
PASSING = {
    "rate limited, with a time to wait": lambda _: troubles.rate_limited(0.05),
    "rate limited": lambda _: troubles.rate_limited(),
    "overloaded": lambda _: troubles.overloaded(),
    "cut": lambda _: troubles.cut,
    "cut in the middle": lambda _: troubles.cut_in_the_middle(RIGHT),
}
READABLE = {
    "fenced": "```json\n{}\n```",
    "with words around": "الموقف هو:\n{}\nوالله أعلم",
}
UNREADABLE = {
    "prose": Said("لا أستطيع أن أقول"),
    "cut off": Said('{"lab', finish="length"),
    "empty": Said(""),
    "filtered": Said("", finish="content_filter"),
    "half a letter": Said('{"label": "agr\ud83d'),
    "an unknown label": Said('{"label": "perhaps"}'),
}
KINDS = (*PASSING, *READABLE, *UNREADABLE, "slow")
ROW_OF = dict(zip(KINDS, ROWS, strict=False))
KIND_OF = {row.id: kind for kind, row in ROW_OF.items()}


def ask(llm, out, limit=6, model=MODEL, **options):
    options = {"base_url": llm.url} | {name: str(value) for name, value in options.items()}
    (run,) = evaluate(model, ["stance"], options=options, limit=limit, out=out)
    return run


@pytest.fixture(scope="module")
def troubled(running, tmp_path_factory):
    """A run in which each kind of trouble happens to a row of its own."""
    running.forget()
    oracle = running.answer
    passing = {kind: troubles.first(1, trouble) for kind, trouble in PASSING.items()}

    def intercept(call):
        row = oracle.row(call)
        kind = KIND_OF.get(row.id)
        if kind in PASSING:
            return passing[kind](call)
        if kind in READABLE:
            return Said(READABLE[kind].replace("{}", gold(row)))
        if kind == "slow":
            time.sleep(0.3)
        return UNREADABLE.get(kind)

    running.interceptors.append(intercept)
    out = tmp_path_factory.mktemp("troubled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOOPBACK_API_KEY", KEY)
        run = ask(running, out, limit=len(ROWS))
    asked = Counter(oracle.row(call).id for call in running.calls)
    return Troubled(run, out, answers(out), asked, running.books[:])


class Troubled(NamedTuple):
    """The run, its folder, its answers by row, how often each row was asked, what was billed."""

    run: Run
    out: Path
    kept: dict[str, dict]
    asked: Counter
    books: list[Billed]


def test_a_trouble_that_passes_is_asked_again_and_the_answer_counts(troubled):
    kept, asked = troubled.kept, troubled.asked
    for kind in PASSING:
        row = ROW_OF[kind]
        assert (asked[row.id], kept[row.id]["completion"]) == (2, gold(row)), kind
    assert {asked[row.id] for row in ROWS if KIND_OF.get(row.id) not in PASSING} == {1}


def test_answers_are_kept_as_they_came_and_the_unreadable_ones_are_counted(troubled):
    run, kept = troubled.run, troubled.kept
    for kind, said in UNREADABLE.items():
        answer = kept[ROW_OF[kind].id]
        assert answer["problem"], kind
        if isinstance(said, Said):
            assert answer["completion"] == said.completion.replace("\ud83d", "\ufffd")
    assert kept[ROW_OF["fenced"].id]["completion"].startswith("```json")
    unreadable = {row_id for row_id, answer in kept.items() if answer.get("problem")}
    assert unreadable == {ROW_OF[kind].id for kind in UNREADABLE}
    assert run.usage.unparsable == len(UNREADABLE)
    assert run.usage.cut_off == 1
    assert kept[ROW_OF["filtered"].id]["stop_reason"] == "content_filter"


def test_an_unreadable_answer_is_scored_as_no_answer_and_the_others_as_ever(troubled, tmp_path):
    run = troubled.run
    missed = {ROW_OF[kind].id for kind in UNREADABLE}
    file = tmp_path / "same.jsonl"
    lines = [{"id": r.id, "label": None if r.id in missed else r.label} for r in ROWS]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (same,) = evaluate(f"file:{file}", ["stance"], limit=len(ROWS), out=None)
    assert run.metrics == same.metrics
    assert run.per_document == same.per_document
    assert run.metrics["accuracy"].value == (len(ROWS) - len(missed)) / len(ROWS)


def test_tokens_are_the_sums_of_the_servers_books(troubled):
    usage, books = troubled.run.usage, troubled.books
    assert usage.answers == len(ROWS) == len(troubled.kept)
    assert usage.input_tokens == sum(billed.tokens.input for billed in books) > 0
    assert usage.output_tokens == sum(billed.tokens.output for billed in books) > 0
    assert usage.cost is None
    assert usage.models == ("m",)


def test_how_long_an_answer_took_is_recorded(troubled):
    latency = troubled.run.usage.latency
    assert 0.3 <= troubled.kept[ROW_OF["slow"].id]["seconds"] <= latency.max
    assert latency.median < latency.max


def test_the_log_of_inspect_ai_lies_beside_the_answers(troubled):
    from inspect_ai.log import read_eval_log

    (path,) = troubled.out.glob("*/*/logs/*.eval")
    samples = read_eval_log(str(path)).samples
    assert {sample.id for sample in samples} == {row.id for row in ROWS}
    assert not any(sample.error for sample in samples)


def test_every_request_has_the_key_in_its_header_and_the_question_in_its_body(llm, tmp_path):
    ask(llm, tmp_path, temperature=0.5, max_tokens=99)
    assert len(llm.calls) == 6
    for call in llm.calls:
        assert call.key == KEY
        assert KEY not in call.raw.decode() + call.path
        assert (call.body["model"], call.body["temperature"]) == ("m", 0.5)
        assert call.body["max_tokens"] == 99
        assert call.schema["strict"] is True


@pytest.fixture
def waited(monkeypatch):
    """The seconds that inspect-ai waits before it asks again; here they pass at once."""
    found = []

    async def wait(seconds):
        found.append(seconds)

    monkeypatch.setattr("inspect_ai.model._retry._sleep", wait)
    return found


def test_a_server_that_goes_on_failing_is_given_time(llm, tmp_path, waited):
    # The client asks three times by itself; after that inspect-ai waits longer and longer.
    llm.interceptors.append(troubles.first(7, lambda _: troubles.overloaded(0.01)))
    run = ask(llm, tmp_path, limit=2)
    assert run.metrics["accuracy"].value == 1
    assert Counter(Counter(llm.questions).values()) == {8: 2}
    assert len(waited) == 4
    assert 3 <= min(waited) < 6 < max(waited)


@pytest.mark.usefixtures("waited")
def test_an_answer_that_does_not_come_in_time_is_asked_for_again(llm, tmp_path):
    again = threading.Event()

    def hold(call):
        """The first request, until the second one comes."""
        if len(llm.calls) > 1:
            again.set()
        again.wait(60)

    llm.interceptors.append(hold)
    run = ask(llm, tmp_path, limit=1, timeout=1, max_retries=50)
    assert run.metrics["accuracy"].value == 1
    assert len(llm.calls) > 1


def test_rows_without_an_answer_are_asked_again_by_the_same_call_and_only_they(llm, tmp_path):
    broken = ROWS[2]
    row_of = llm.answer.row

    def intercept(call):
        return troubles.overloaded(0.01) if row_of(call).id == broken.id else None

    llm.interceptors.append(intercept)
    with pytest.raises(WorkError) as caught:
        ask(llm, tmp_path, max_retries=0)
    assert "1 of 6 rows" in str(caught.value)
    assert "the same call" in str(caught.value)
    assert set(answers(tmp_path)) == {row.id for row in ROWS[:6]} - {broken.id}
    llm.forget()
    run = ask(llm, tmp_path, max_retries=0)
    assert [row_of(call).id for call in llm.calls] == [broken.id]
    assert (run.metrics["accuracy"].value, run.usage.answers) == (1, 6)


def test_a_server_that_is_down_ends_the_run_soon_and_with_one_sentence(llm, tmp_path):
    llm.interceptors.append(lambda _: troubles.overloaded(0.01))
    with pytest.raises(WorkError) as caught:
        ask(llm, tmp_path, limit=24, max_retries=0, max_connections=2)
    assert "The server had an error" in str(caught.value)
    assert "Traceback" not in str(caught.value)
    # Three rows, and the one beside the third, each asked three times by the client.
    assert len(set(llm.questions)) <= 4


def test_an_answer_that_cannot_be_kept_is_the_last_one_that_is_asked_for(
    llm, tmp_path, monkeypatch
):
    def full(log, answer):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("arnews_bench.answer_log.AnswerLog.add", full)
    with pytest.raises(WorkError, match="No space left on device"):
        ask(llm, tmp_path)
    assert len(llm.calls) == 1


def test_nobody_at_the_address_ends_the_call_and_leaves_nothing_behind(
    tmp_path, monkeypatch, waited
):
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    with LoopbackLLM(lambda _: RIGHT) as gone:
        url = gone.url
    with pytest.raises(WorkError, match="0 of 3 rows") as caught:
        evaluate(MODEL, ["stance"], options={"base_url": url}, limit=3, out=tmp_path)
    assert f"is there a server at {url}?" in str(caught.value)
    # The waits between five repetitions of a request are more than a minute.
    assert waited == []
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_takes_no_schema_is_asked_without(llm, tmp_path):
    llm.interceptors.append(lambda call: troubles.no_schema() if call.schema else None)
    run = ask(llm, tmp_path)
    assert run.metrics["accuracy"].value == 1
    assert [call.schema is not None for call in llm.calls] == [True] + [False] * 6
    assert run.usage.input_tokens == sum(billed.tokens.input for billed in llm.books)


def test_without_structured_output_no_schema_is_sent(llm, tmp_path):
    ask(llm, tmp_path, structured="off")
    assert {call.schema for call in llm.calls} == {None}


def test_an_answer_may_come_as_a_stream(llm, tmp_path):
    run = ask(llm, tmp_path, **{"arg.stream": "true"})
    assert {call.body["stream"] for call in llm.calls} == {True}
    assert run.metrics["accuracy"].value == 1
    assert run.usage.output_tokens == sum(billed.tokens.output for billed in llm.books)


@pytest.mark.parametrize(
    ("model", "path"), [("gpt-4o", "/v1/chat/completions"), ("gpt-5", "/v1/responses")]
)
def test_the_provider_openai_in_both_protocols(llm, tmp_path, monkeypatch, model, path):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    exact = f"{model}-2026-01-31"
    llm.interceptors.append(lambda call: Said(gold(llm.answer.row(call)), reasoning=7, model=exact))
    run = ask(llm, tmp_path, model=f"llm:openai/{model}")
    assert {call.path for call in llm.calls} == {path}
    assert len(llm.calls) == len(llm.books) == 6, "every request is one that the run counts"
    assert run.metrics["accuracy"].value == 1
    assert run.usage.reasoning_tokens == 6 * 7
    assert run.usage.models == (exact,)
    assert run.usage.input_tokens == sum(billed.tokens.input for billed in llm.books)
    assert run.usage.output_tokens == sum(billed.tokens.output for billed in llm.books)
    assert {call.schema["name"] for call in llm.calls} == {"stance_answer"}


@pytest.mark.parametrize("task", ["ner", "attribution"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_gold_is_the_best_that_can_be_said(llm, tmp_path, task, language):
    rows = load_rows(task, "test")
    llm.interceptors.append(Oracle(rows, gold))
    limit = {"ner": 30, "attribution": 6}[task]
    options = {"base_url": llm.url, "prompt_language": language}
    (run,) = evaluate(MODEL, [task], options=options, limit=limit, out=tmp_path)
    assert run.score.value == 1
    assert "invented" not in {k for k, n in run.usage.placed.items() if n}


def test_an_address_with_a_key_in_it_is_refused_before_anything_is_asked(llm, tmp_path):
    for url in (f"http://user:{KEY}@127.0.0.1/v1", f"{llm.url}?key={KEY}"):
        with pytest.raises(InputError) as caught:
            ask(llm, tmp_path, base_url=url)
        assert KEY not in str(caught.value)
    with pytest.raises(InputError, match="environment") as caught:
        ask(llm, tmp_path, **{"arg.api_key": KEY})
    assert KEY not in str(caught.value)
    assert llm.calls == []
    assert list(tmp_path.iterdir()) == []


def refuse_row(llm, row):
    """Let the server refuse one row, whenever it is asked."""
    oracle = llm.answer
    llm.interceptors.append(
        lambda call: Refused(413, "these words are too many") if oracle.row(call) == row else None
    )


def test_a_row_that_the_server_refuses_leaves_the_run_open_and_says_what_can_be_done(llm, tmp_path):
    refuse_row(llm, ROWS[2])
    for asked in (6, 1):
        llm.calls.clear()
        with pytest.raises(WorkError, match=r"1 of 6 rows .* these words .* refused=empty"):
            ask(llm, tmp_path, limit=6)
        assert len({llm.answer.row(call).id for call in llm.calls}) == asked


def test_a_refused_row_counts_as_one_without_an_answer_where_that_is_asked_for(llm, tmp_path):
    refuse_row(llm, ROWS[2])
    run = ask(llm, tmp_path, limit=6, refused="empty")
    assert run.metrics["accuracy"].value == 5 / 6
    assert (run.usage.answers, run.usage.unparsable) == (6, 1)
    assert run.usage.latency.median > 0
    assert run.usage.models == ("m",)
    kept = answers(tmp_path)[ROWS[2].id]
    assert kept["stop_reason"] == "refused"
    assert "these words are too many" in kept["problem"]


def test_a_key_that_a_server_sends_back_is_in_no_message_and_no_log(llm, tmp_path):
    # Where nothing is answered, no log is kept.
    llm.interceptors.append(
        lambda call: Refused(400, f"{call.key} may not ask this") if len(llm.calls) > 1 else None
    )
    with pytest.raises(WorkError, match="… may not ask this"):
        ask(llm, tmp_path, limit=2)
    assert [call.schema is not None for call in llm.calls] == [True, True], "that is not to blame"
    contents = dict(written(tmp_path))
    assert any(b"may not ask this" in content for content in contents.values())
    assert not [name for name, content in contents.items() if KEY.encode() in content]


def test_no_code_of_a_repository_is_run(llm, tmp_path):
    with pytest.raises(InputError, match="no code that comes with a model is run"):
        ask(llm, tmp_path, **{"arg.trust_remote_code": "true"})
