"""Keys come from the environment and go into one header; a wrong call says what to put right."""

import pytest
from loopback_llm import LoopbackLLM, Oracle
from loopback_runs import KEY, command_lines, gold, written

from arnews_bench import load_rows

STRANGE = "sk-stranger-" + "fedcba9876543210" * 2
MODELS = {
    "known": "openai-api/loopback/m",
    "refused": "openai-api/stranger/m",
    "keyless": "openai-api/nobody/m",
    "unknown": "openai-api/loopback/n",
    "no provider": "opnai/gpt-5",
}


@pytest.fixture(scope="module")
def called(tmp_path_factory):
    """What the command line says for each model, what was asked, and all that was written."""
    home = tmp_path_factory.mktemp("home")
    with LoopbackLLM(Oracle(load_rows("stance", "test"), gold)) as llm:
        llm.keys.add(KEY)
        llm.models.add("m")
        calls = [
            ["eval", f"llm:{model}", "--task", "stance", "--limit", 8, "--out", home / "out",
             "--option", f"base_url={llm.url}"]
            for model in MODELS.values()
        ]  # fmt: skip
        keys = {"LOOPBACK_API_KEY": KEY, "STRANGER_API_KEY": STRANGE}
        results = dict(zip(MODELS, command_lines(calls, home, keys), strict=True))
        return results, llm.calls, dict(written(home))


def test_with_its_key_the_model_is_evaluated(called):
    results, calls, _ = called
    assert results["known"].code == 0, results["known"].err
    assert [call.key for call in calls].count(KEY) >= 8


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("refused", ("STRANGER_API_KEY", "refuses the key")),
        ("keyless", ("NOBODY_API_KEY",)),
        ("unknown", ("`n` does not exist",)),
        ("no provider", ("opnai",)),
    ],
)
def test_what_is_wrong_with_the_call_is_said_once_and_clearly(called, name, words):
    code, out, err = called[0][name]
    assert code == 2
    (line,) = [line for line in err.splitlines() if line.startswith("arbench: ")]
    assert err.strip() == line, "nothing but the message"
    assert all(word in line for word in words), line
    assert "Traceback" not in out + err
    assert "[bold]" not in line


def test_a_key_or_a_model_that_is_refused_is_refused_once(called):
    _, calls, _ = called
    assert sum(call.key == STRANGE for call in calls) == 1
    assert sum(call.model == "n" for call in calls) == 1


def test_a_key_is_nowhere_but_in_the_header(called):
    results, calls, files = called
    for key in (KEY, STRANGE):
        for said in results.values():
            assert key not in said.out + said.err
        for call in calls:
            assert key not in call.raw.decode() + call.path
            elsewhere = [value for name, value in call.headers.items() if name != "authorization"]
            assert not any(key in value for value in elsewhere)
        assert not [name for name, content in files.items() if key.encode() in content]


def test_the_logs_of_inspect_ai_were_among_the_files_looked_at(called):
    *_, files = called
    assert any(".eval/" in name for name in files)
    assert any(name.endswith("answers.jsonl") for name in files)


def test_a_refused_call_leaves_nothing_in_the_results(called):
    *_, files = called
    recorded = [name for name in files if "/out/" in name]
    assert [name for name in recorded if name.endswith("run.json")]
    models = {name.partition("/out/")[2].split("/")[0] for name in recorded}
    assert models == {"llm-openai-api-loopback-m"}
