"""Rows that a server refuses, in whatever form it says so."""

from types import SimpleNamespace

import pytest
import scripted
from inspect_ai.log import EvalError
from inspect_ai.model import ModelOutput, ModelUsage
from loopback_llm import Refused, troubles
from loopback_runs import MODEL, answers

from arnews_bench import AnswerLog, InputError, WorkError, evaluate, load_rows
from arnews_bench.models.llm.course import Course
from arnews_bench.models.llm.failures import RefusedError, require_answer
from arnews_bench.models.llm.outputs import refused_answer

ROWS = load_rows("stance", "test")[:6]


def ask(llm, out, **options):
    options = {"base_url": llm.url} | options
    (run,) = evaluate(MODEL, ["stance"], options=options, limit=len(ROWS), out=out)
    return run


def too_long_for(llm, *rows):
    ids = {row.id for row in rows}
    llm.interceptors.append(
        lambda call: troubles.context_too_long() if llm.answer.row(call).id in ids else None
    )


def test_a_text_that_is_too_long_for_the_model_is_refused_and_not_answered(llm, tmp_path):
    """inspect-ai makes an answer of what the server says of it."""
    too_long_for(llm, ROWS[2])
    with pytest.raises(WorkError, match=r"1 of 6 rows .* maximum context .* refused=empty"):
        ask(llm, tmp_path)
    assert ROWS[2].id not in answers(tmp_path)


def test_where_that_is_asked_for_it_counts_as_an_empty_answer_that_cost_nothing(llm, tmp_path):
    too_long_for(llm, ROWS[0])  # which is asked before all others
    price = {"input_price": "1", "output_price": "1"}
    run = ask(llm, tmp_path, refused="empty", **price)
    kept = answers(tmp_path)[ROWS[0].id]
    assert (kept["completion"], kept["stop_reason"]) == ("", "refused")
    assert "maximum context length" in kept["problem"]
    assert run.metrics["accuracy"].value == 5 / 6
    assert run.usage.cost == pytest.approx(
        sum(billed.tokens.input + billed.tokens.output for billed in llm.books) / 1e6
    )


def test_a_server_that_refuses_every_row_has_no_score(llm, tmp_path):
    llm.interceptors.append(lambda _: Refused(400, "temperature is not supported"))
    for refused in ("stop", "empty"):
        with pytest.raises(WorkError, match="temperature is not supported") as caught:
            ask(llm, tmp_path, refused=refused)
        # It would be bad advice: no row got an answer.
        assert "refused=empty" not in str(caught.value)
        assert list(tmp_path.rglob("answers.jsonl")) == []


def test_after_an_answer_in_an_earlier_call_a_refusal_is_one_of_the_row(llm, tmp_path):
    too_long_for(llm, *ROWS[1:])
    with pytest.raises(WorkError, match="refused=empty"):
        ask(llm, tmp_path)
    assert ask(llm, tmp_path, refused="empty").metrics["accuracy"].value == 1 / 6


@pytest.mark.parametrize(
    ("stop_reason", "words", "usage", "refused"),
    [
        ("model_length", "the context is 512 tokens", None, True),
        ("content_filter", "the prompt was filtered", None, True),
        # The model began to answer.
        ("content_filter", "", None, False),
        ("content_filter", "بعض", ModelUsage(input_tokens=9, output_tokens=1), False),
        ("max_tokens", '{"lab', None, False),
    ],
)
def test_what_took_no_tokens_and_is_no_answer_is_a_refusal(stop_reason, words, usage, refused):
    output = ModelOutput.from_content("m", words, stop_reason=stop_reason)
    output.usage = usage
    if not refused:
        require_answer(output)
        return
    with pytest.raises(RefusedError, match=words):
        require_answer(output)


def test_a_limit_of_cost_holds_for_all_runs_of_a_call_however_often_it_is_made(tmp_path):
    """Ten tokens an answer, a dollar: three for the first task, and one of the second."""
    spec = scripted.script("dollar", lambda *_: "{}")
    options = {
        "max_tokens": "10", "input_price": "0", "output_price": "100000", "max_cost": "4.5",
        "max_connections": "1",
    }  # fmt: skip
    for _ in range(3):
        with pytest.raises(WorkError, match=r"4\.0000 of 4\.5 US dollars are spent"):
            evaluate(spec, ["stance", "ner"], options=options, limit=3, out=tmp_path)
        assert len(scripted.asked["dollar"]) == 4
    options["max_cost"] = "6"
    evaluate(spec, ["stance", "ner"], options=options, limit=3, out=tmp_path)
    assert len(scripted.asked["dollar"]) == 6


def test_a_full_disk_is_named_whatever_error_follows_it(tmp_path):
    error = EvalError(
        message="RuntimeError('no running event loop')",
        traceback="Traceback (most recent call last):\n"
        "OSError: [Errno 28] No space left on device\n\n"
        "During handling of the above exception, another exception occurred:\n",
        traceback_ansi="",
    )
    log = AnswerLog(folder=tmp_path)
    log.add(refused_answer("a", name="llm:lab/m", said="no"))
    log.add(refused_answer("b", name="llm:lab/m", said="no"))
    api = SimpleNamespace(api_key_vars=[])
    course = Course("llm:lab/m", api, "stance", ["a", "b", "c"], log, refused_is_empty=True)
    with pytest.raises(WorkError, match=r"1 of 3 rows .* cannot be written: No space left"):
        course.end(SimpleNamespace(error=error, samples=None))


def test_an_address_that_serves_nothing_is_named(llm, tmp_path):
    with pytest.raises(InputError, match=r"serves nothing at \S+ \(addresses usually end in /v1\)"):
        ask(llm, tmp_path, base_url=llm.url.removesuffix("/v1"))
