"""The loopback server of language models answers the real clients as real servers do."""

import asyncio
import threading

import openai
import pytest
from inspect_ai.model import get_model
from loopback_llm import Call, LoopbackLLM, Oracle, Said, troubles

from arnews_bench import load_rows

ASK = [{"role": "system", "content": "أجب بكلمة"}, {"role": "user", "content": "ما عاصمة مصر ؟"}]
# Of the system and of the user, of the answer.
WORDS = (2 + 4, 2)


@pytest.fixture(scope="module")
def running():
    with LoopbackLLM(lambda _: Said("القاهرة طبعا")) as server:
        yield server


@pytest.fixture
def llm(running):
    running.forget()
    return running


@pytest.fixture
def client(llm):
    with openai.OpenAI(base_url=llm.url, api_key="sk-1", max_retries=0) as found:
        yield found


@pytest.fixture
def patient(llm):
    """The same with the retries of the client."""
    with openai.OpenAI(base_url=llm.url, api_key="sk-1") as found:
        yield found


def ask(client, **changes):
    return client.chat.completions.create(**{"model": "m", "messages": ASK} | changes)


def test_a_chat_completion_with_its_tokens(llm, client):
    found = ask(client)
    (choice,) = found.choices
    assert (choice.message.content, choice.finish_reason) == ("القاهرة طبعا", "stop")
    assert (found.usage.prompt_tokens, found.usage.completion_tokens) == WORDS
    assert found.model == "m"
    (call,) = llm.calls
    assert (call.key, call.path) == ("sk-1", "/v1/chat/completions")
    assert call.messages == tuple((m["role"], m["content"]) for m in ASK)
    assert llm.questions == [ASK[1]["content"]]
    assert llm.books[0].tokens == (*WORDS, 0)


def test_a_stream_says_the_same(llm, client):
    events = list(ask(client, stream=True, stream_options={"include_usage": True}))
    text = "".join(e.choices[0].delta.content or "" for e in events if e.choices)
    assert text == "القاهرة طبعا"
    assert [e.choices[0].finish_reason for e in events if e.choices][-1] == "stop"
    assert (events[-1].usage.prompt_tokens, events[-1].usage.completion_tokens) == WORDS
    assert len(llm.books) == 1


def test_a_response_of_the_newer_protocol(llm, client):
    found = client.responses.create(model="gpt-5", input=ASK)
    assert found.output_text == "القاهرة طبعا"
    assert (found.usage.input_tokens, found.usage.output_tokens) == WORDS
    assert llm.calls[0].question == ASK[1]["content"]
    llm.interceptors.append(lambda _: Said("القا", finish="length", reasoning=5))
    found = client.responses.create(model="gpt-5", input=ASK)
    assert (found.status, found.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert found.usage.output_tokens_details.reasoning_tokens == 5


def test_the_schema_that_was_sent_is_seen_in_both_protocols(llm, client):
    schema = {"name": "answer", "schema": {"type": "object"}, "strict": True}
    ask(client, response_format={"type": "json_schema", "json_schema": schema})
    client.responses.create(
        model="m", input=ASK, text={"format": {"type": "json_schema", **schema}}
    )
    assert [call.schema["name"] for call in llm.calls] == ["answer", "answer"]


def test_an_answer_may_end_at_a_limit_or_a_filter_or_be_empty(llm, client):
    for said in (Said("القا", finish="length"), Said("", finish="content_filter"), Said("")):
        llm.interceptors[:] = [lambda _, said=said: said]
        (choice,) = ask(client).choices
        assert (choice.message.content, choice.finish_reason) == (said.completion, said.finish)


@pytest.mark.parametrize(
    ("reply", "error", "code"),
    [
        (troubles.rate_limited(), "RateLimitError", "rate_limit_exceeded"),
        (troubles.overloaded(), "InternalServerError", None),
        (troubles.context_too_long(), "BadRequestError", "context_length_exceeded"),
        (troubles.no_schema(), "BadRequestError", None),
    ],
)
def test_an_error_is_the_one_that_the_client_knows(llm, client, reply, error, code):
    llm.interceptors.append(lambda _: reply)
    with pytest.raises(getattr(openai, error)) as caught:
        ask(client)
    assert caught.value.code == code
    assert caught.value.status_code == reply.status
    assert llm.books == []


def test_only_those_who_are_known_may_ask_for_models_that_there_are(llm, client):
    llm.models.update({"m", "n"})
    assert [model.id for model in client.models.list()] == ["m", "n"]
    ask(client)
    with pytest.raises(openai.NotFoundError, match="`o` does not exist"):
        ask(client, model="o")
    llm.keys.add("sk-2")
    with pytest.raises(openai.AuthenticationError, match="sk-1"):
        ask(client)


@pytest.mark.parametrize(
    "trouble", [troubles.cut, troubles.cut_in_the_middle(Said("القاهرة طبعا"))]
)
def test_a_connection_that_is_cut_is_in_no_books(llm, client, trouble):
    llm.interceptors.append(lambda _: trouble)
    with pytest.raises(openai.APIConnectionError):
        ask(client)
    assert (len(llm.calls), llm.books) == (1, [])


def test_an_interceptor_that_raises_cuts_the_connection_and_one_that_waits_is_slow(llm, client):
    def fail(_):
        raise ConnectionAbortedError

    llm.interceptors.append(fail)
    with pytest.raises(openai.APIConnectionError):
        ask(client)
    gone = threading.Event()
    llm.interceptors[:] = [lambda _: gone.wait(60) and None]
    with pytest.raises(openai.APITimeoutError):
        ask(client, timeout=0.05)
    gone.set()
    ask(client)


def test_the_client_waits_as_long_as_the_server_says_and_asks_again(llm, patient, monkeypatch):
    waited = []
    monkeypatch.setattr("openai._base_client.time.sleep", waited.append)
    llm.interceptors.append(troubles.first(2, lambda _: troubles.rate_limited(0.05)))
    assert ask(patient).choices[0].message.content == "القاهرة طبعا"
    assert waited == [0.05, 0.05]
    assert (len(llm.calls), len(llm.books)) == (3, 1)


@pytest.mark.parametrize("model", ["openai-api/loopback/m", "openai/gpt-4o", "openai/gpt-5"])
def test_inspect_ai_asks_it(llm, monkeypatch, model):
    monkeypatch.setenv("LOOPBACK_API_KEY", "sk-1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")

    async def generate():
        asked = get_model(model, base_url=llm.url, memoize=False)
        async with asked:
            return await asked.generate(ASK[1]["content"])

    found = asyncio.run(generate())
    assert (found.completion, found.stop_reason) == ("القاهرة طبعا", "stop")
    assert (found.usage.input_tokens, found.usage.output_tokens) == (4, 2)
    # Where a model may reason, inspect-ai tries first whether it may see a summary of that.
    path = "/v1/responses" if model.endswith("5") else "/v1/chat/completions"
    assert {call.path for call in llm.calls} == {path}
    assert llm.questions[-1:] == [ASK[1]["content"]]
    assert len(llm.calls) == 1 + model.endswith("5")


@pytest.mark.parametrize("task", ["ner", "stance", "attribution"])
def test_the_oracle_knows_a_row_by_its_texts(task):
    rows = load_rows(task, "test")
    oracle = Oracle(rows, lambda row: row.id)
    for row in rows:
        texts = [row.text, getattr(row, "claim", ""), getattr(row, "context", None) or ""]
        body = {"messages": [{"role": "user", "content": "\n".join(texts)}]}
        found = oracle.row(Call("POST", "/", {}, b"", body))
        assert (found.text, getattr(found, "claim", "")) == (row.text, getattr(row, "claim", ""))
