"""Why a request failed, from what the client of a provider keeps of a server's answer."""

import httpx2
import openai
import pytest

from arnews_bench.models.llm.failures import plain_message, refuses_schema

FASTAPI = (
    '{"detail": [{"loc": ["body", "response_format", "type"], "msg": "Input should be text"}]}'
)


def refusal(status, content, content_type="application/json"):
    """The error that OpenAI's client makes of a response."""
    request = httpx2.Request("POST", "http://127.0.0.1/v1/chat/completions")
    response = httpx2.Response(
        status, content=content, headers={"content-type": content_type}, request=request
    )
    return openai.OpenAI(api_key="-")._make_status_error_from_response(response)


def test_what_openai_says_is_said_once():
    error = refusal(400, '{"error": {"message": "max_tokens is too large", "code": "bad"}}')
    assert plain_message(error) == "Error code: 400 - max_tokens is too large"


def test_what_another_server_says_in_its_own_form_is_kept():
    said = plain_message(refusal(422, FASTAPI))
    assert said.startswith("Error code: 422: ")
    assert "response_format" in said
    assert "Input should be text" in said


def test_of_a_page_for_the_browser_the_words_are_kept():
    page = (
        "<html><head><style>p {color: red}</style></head><body>\n<p>No such page</p></body></html>"
    )
    said = plain_message(refusal(404, page, "text/html"))
    assert said == "Error code: 404: No such page"


def test_a_long_answer_is_cut():
    said = plain_message(refusal(500, "كلمة " * 1000, "text/plain"))
    assert len(said) < 300
    assert said.endswith("…")


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (400, '{"error": {"message": "response_format is not supported"}}'),
        (422, FASTAPI),
        (400, '{"object": "error", "msg": "guided decoding is off"}'),
    ],
)
def test_a_refusal_of_the_schema_is_known_in_every_form(status, content):
    assert refuses_schema(refusal(status, content))


def test_another_refusal_is_none_of_the_schema():
    assert not refuses_schema(refusal(400, '{"error": {"message": "the prompt is too long"}}'))
    assert not refuses_schema(refusal(429, '{"detail": "no more response_format for today"}'))
