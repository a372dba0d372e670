"""What `--option` may say of a language model."""

import pytest

from arnews_bench import InputError
from arnews_bench.models.llm import llm_source
from arnews_bench.models.llm.options import Options, asked_elsewhere
from arnews_bench.tasks import load_task


def test_an_option_is_read_as_its_type():
    options = Options.from_strings(
        {"shots": "3", "temperature": "0.7", "prompt_language": "en", "arg.device": "cpu"}
    )
    assert (options.shots, options.temperature, options.prompt_language) == (3, 0.7, "en")
    assert options.arguments == {"device": "cpu"}


def test_an_argument_of_the_provider_is_read_as_yaml():
    given = {"arg.device": "cpu", "arg.n": "3", "arg.on": "true", "arg.stop": "[a, b]"}
    assert Options.from_strings(given).provider_arguments() == {
        "device": "cpu", "n": 3, "on": True, "stop": ["a", "b"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("{a", "expected ',' or '}', but got '<stream end>'"),
        ("!a b", "could not determine a constructor for the tag '!a'"),
        ("2025-02-30", "day is out of range for month"),
        ("[" * 5000, "maximum recursion depth exceeded"),
    ],
)
def test_an_argument_that_is_no_yaml_is_refused_before_anything_is_asked(value, problem):
    with pytest.raises(InputError) as caught:
        Options.from_strings({"arg.foo": value})
    headline, line = str(caught.value).splitlines()
    assert headline == "--option cannot be used:"
    assert line.startswith(f"  arg.foo: not YAML: {problem}")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"shot": "3"}, "unknown option 'shot'; did you mean 'shots'"),
        ({"device": "cpu"}, r"what else the provider takes is given as arg\.NAME=VALUE"),
        ({"prompt": "mine.md", "prompt_language": "en"}, "prompt_language: a prompt file of your"),
        ({"shots": "many"}, "shots=many: a whole number is needed"),
        ({"shots": "-1"}, "shots=-1: at least 0 is needed"),
        ({"temperature": "3"}, "temperature=3: from 0 to 2 is needed"),
        ({"prompt_language": "fr"}, "prompt_language=fr: ar or en is needed"),
        ({"cache": "soon"}, "cache=soon: a time such as 12h or 1W is needed"),
        ({"base_url": "localhost:8000"}, "base_url=localhost:8000: an address such as"),
        ({"base_url": "http://h:80000/v1"}, "an address such as"),
        ({"base_url": "http://h:80/v1 "}, "an address such as"),
        ({"max_cost": "1"}, "--option input_price=… --option output_price=…"),
        ({"input_price": "1"}, "both are needed, or neither"),
        ({"arg.2": "x"}, r"arg\.2: is no name of an argument"),
    ],
)
def test_what_cannot_be_used_is_named(given, said):
    with pytest.raises(InputError, match=said):
        Options.from_strings(given)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(InputError) as caught:
        Options.from_strings({"shots": "many", "temperature": "hot", "arg.api_key": "sk-1"})
    for name in ("shots=many", "temperature=hot", "arg.api_key"):
        assert name in str(caught.value)


@pytest.mark.parametrize("name", ["arg.api_key", "arg.hf_token", "arg.clientSecret"])
def test_a_key_is_never_an_option_and_is_not_repeated(name):
    with pytest.raises(InputError, match="only from the environment") as caught:
        Options.from_strings({name: "sk-secret"})
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://user:sk-secret@host/v1", "https://host/v1?key=sk-secret"])
def test_an_address_holds_no_key(url):
    with pytest.raises(InputError, match="only from the environment") as caught:
        Options.from_strings({"base_url": url})
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("rest", ["", "openai", "openai/", "/gpt"])
def test_a_language_model_needs_provider_and_name(rest):
    with pytest.raises(InputError, match="llm:PROVIDER/MODEL"):
        llm_source(rest, {})


def test_only_what_changes_the_answers_is_part_of_the_name():
    given = {"shots": "2", "max_connections": "4", "timeout": "60", "base_url": "http://h:1/v1"}
    source = llm_source("openai-api/local/m", given)
    assert source.options == {"shots": "2"}


def test_another_server_or_argument_is_another_revision_without_being_written_down():
    task = load_task("stance")
    sources = [
        llm_source("openai-api/local/m", given)
        for given in (
            {},
            {"base_url": "http://secret-host:1/v1"},
            {"base_url": "http://secret-host:2/v1"},
            {"arg.path": "/secret/folder"},
        )
    ]
    revisions = [source.revision(task) for source in sources]
    assert len(set(revisions)) == 4
    assert "secret" not in " ".join(revisions)
    # A stroke at the end is the same place.
    same = llm_source("openai-api/local/m", {"base_url": "http://secret-host:1/v1/"})
    assert same.revision(task) == revisions[1]


@pytest.mark.parametrize(
    ("given", "elsewhere"),
    [
        ({}, False),
        ({"arg.server": "x"}, False),
        ({"base_url": "http://h:1/v1"}, True),
        ({"base_url": "http://h:1/v1", "arg.device": "cpu"}, True),
    ],
)
def test_a_revision_tells_whether_the_address_was_the_users_own(given, elsewhere):
    revision = llm_source("openai-api/local/m", given).revision(load_task("stance"))
    assert asked_elsewhere(revision) is elsewhere


def test_another_prompt_is_another_revision():
    task = load_task("stance")
    arabic, english = (
        llm_source("m/m", {"prompt_language": language}).revision(task) for language in ("ar", "en")
    )
    assert arabic.startswith("prompt ")
    assert arabic != english
