"""The model behind a name: made once for what it is, anew when its key is another."""

import threading
import time

import pytest
import scripted
from loopback_llm import LoopbackLLM, Oracle, Said, in_child
from loopback_runs import KEY, MODEL, gold

from arnews_bench import InputError, evaluate, load_rows

ROWS = load_rows("stance", "test")[:3]


@pytest.fixture
def llm():
    with LoopbackLLM(Oracle(load_rows("stance", "test"), gold)) as server:
        yield server


def ask(llm, **options):
    options = {"base_url": llm.url} | options
    return evaluate(MODEL, ["stance"], options=options, limit=len(ROWS), out=None)


@pytest.mark.parametrize(
    ("provider", "said"), [("opnai", "did you mean 'openai'?"), ("zzz", "known are: anthropic, ")]
)
def test_an_unknown_provider_is_named_with_the_known_ones(provider, said):
    with pytest.raises(InputError) as caught:
        evaluate(f"llm:{provider}/m", ["stance"], limit=1, out=None)
    assert f"inspect-ai has no provider {provider!r}; {said}" in str(caught.value)


def test_a_key_that_was_put_right_is_taken_by_the_next_call(llm, monkeypatch):
    llm.keys.add(KEY)
    monkeypatch.setenv("LOOPBACK_API_KEY", "sk-wrong")
    with pytest.raises(InputError, match="refuses the key"):
        ask(llm)
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    (run,) = ask(llm)
    assert run.score.value == 1
    assert [call.key for call in llm.calls] == ["sk-wrong"] + [KEY] * len(ROWS)


def test_another_key_is_the_one_that_pays(llm, monkeypatch):
    for key in ("sk-first", "sk-second"):
        monkeypatch.setenv("LOOPBACK_API_KEY", key)
        llm.calls.clear()
        ask(llm)
        assert {call.key for call in llm.calls} == {key}


def test_weights_are_loaded_once_for_all_seeds_and_calls(monkeypatch):
    made = []
    make = scripted.provider().__init__

    def counted(self, *args, **kwargs):
        made.append(self)
        make(self, *args, **kwargs)

    monkeypatch.setattr(scripted.provider(), "__init__", counted)
    spec = scripted.script("once", lambda *_: '{"label": "agree"}')
    runs = evaluate(spec, ["stance"], seeds=3, limit=2, out=None)
    evaluate(spec, ["stance"], options={"temperature": "0.7"}, limit=2, out=None)
    assert [run.usage.answers for run in runs] == [2, 2, 2]
    assert len(made) == 1


def test_the_seed_of_a_run_and_the_temperature_are_sent_along(llm, monkeypatch):
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    options = {"base_url": llm.url, "temperature": "0.7"}
    evaluate(MODEL, ["stance"], options=options, seeds=2, seed=5, limit=2, out=None)
    said = [(call.body["seed"], call.body["temperature"]) for call in llm.calls]
    assert said == [(5, 0.7)] * 2 + [(6, 0.7)] * 2


def test_a_server_that_refuses_seed_or_temperature_is_sent_none(llm, monkeypatch):
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    options = {"base_url": llm.url, "temperature": "off", "seed": "off"}
    (run,) = evaluate(MODEL, ["stance"], options=options, limit=2, out=None)
    assert not any({"seed", "temperature"} & call.body.keys() for call in llm.calls)
    assert run.settings["options"] == {"temperature": "off", "seed": "off"}


@pytest.mark.parametrize("at_once", [1, 3])
def test_as_many_requests_run_side_by_side_as_are_allowed(llm, monkeypatch, at_once):
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    lock, under_way, most = threading.Lock(), [], [0]
    enough = threading.Event()

    def wait(call):
        with lock:
            under_way.append(call)
            most[0] = max(most[0], len(under_way))
            if most[0] == at_once:
                enough.set()
        # The first one of a run is asked alone; the next ones wait for each other, and then for
        # such as are too many.
        if len(llm.calls) > 1 and not enough.wait(60):
            enough.set()
        time.sleep(0.05)
        with lock:
            under_way.remove(call)

    llm.interceptors.append(wait)
    options = {"base_url": llm.url, "max_connections": str(at_once)}
    evaluate(MODEL, ["stance"], options=options, limit=10, out=None)
    assert most == [at_once]


FIRST_AND_SECOND = """
import sys
from arnews_bench import evaluate
runs = evaluate("llm:openai-api/loopback/m", ["stance", "ner"], limit=2, out=None)
print([run.usage.answers for run in runs])
"""


def test_a_file_of_settings_in_the_folder_holds_for_the_first_task_too(llm, tmp_path):
    """inspect-ai reads `.env` by itself, but not before it asks for the first time."""
    llm.keys.add(KEY)
    settings = f"LOOPBACK_API_KEY={KEY}\nLOOPBACK_BASE_URL={llm.url}\nINSPECT_LOG_DIR=elsewhere\n"
    (tmp_path / ".env").write_text(settings, encoding="utf-8")
    nothing = Said('{"entities": []}')
    llm.interceptors.append(lambda call: None if "<claim>" in call.question else nothing)
    home = tmp_path / "home"
    home.mkdir()
    child = in_child(FIRST_AND_SECOND, home=home)
    assert child.code == 0, child.err
    assert child.out.strip() == "[2, 2]"
    assert {path.name for path in home.iterdir()} <= {"cache", "data", "hf"}
    assert not (tmp_path / "elsewhere").exists()
