"""All that is published, from the first command to what somebody else loads of it.

Each command is a process of its own with fresh caches, as from a fresh clone.
"""

import json
import os
import signal
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from called import Called
from loopback_hub import Answer, LoopbackHub, Request, in_child
from scenarios import asked_for, require_no_token, token_of

import arnews_bench as ab

TOKEN = token_of("publisher")
CARD = "---\nlicense: apache-2.0\n---\n# A model\n"
CONFIGS = ("ner", "stance")

ARBENCH = """
import sys
from arnews_bench.cli import main

sys.argv[0] = "arbench"
main()
"""
# Somebody else: rows, metric and answers, each from the Hub and all of it without a token.
LOAD = """
import json, sys

tag, answers, *configs = sys.argv[1:]
# `evaluate` imports it if it is there, which takes long.
sys.modules["transformers"] = None
import evaluate
del sys.modules["transformers"]
from datasets import load_dataset
from huggingface_hub import hf_hub_download

rows = {config: load_dataset("org/arnews", config, revision=tag) for config in configs}
metric = evaluate.load("org/arnews-ner-f1")
test = rows["ner"]["test"]
named = test.features["ner_tags"].feature.int2str
with open(hf_hub_download("org/board", answers, repo_type="space"), encoding="utf-8") as lines:
    tags = {line["id"]: line["tags"] for line in map(json.loads, lines)}
found = metric.compute(
    predictions=[tags[row["id"]] for row in test],
    references=[named(row["ner_tags"]) for row in test],
    documents=test["doc_id"],
)
ids = {
    config: {split: list(data["id"]) for split, data in splits.items()}
    for config, splits in rows.items()
}
json.dump({"ids": ids, "scores": found}, sys.stdout)
"""
# Calls each command again and again, each time for another repository and killed one POST
# later, and then once more. Processes are forked, as what they import takes longest.
KILLED = """
import contextlib, io, json, os, sys, time, urllib.request

from arnews_bench.cli import main
import arnews_bench.hub.leaderboard, arnews_bench.hub.metrics, arnews_bench.hub.results

def tell(*words):
    urllib.request.urlopen("/".join([os.environ["HF_ENDPOINT"], "test", *map(str, words)])).read()

def call(arguments, kill_after):
    if (child := os.fork()) == 0:
        tell(os.getpid(), kill_after)
        sys.argv = ["arbench", *arguments]
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                main()
                code = 0
            except SystemExit as stop:
                code = stop.code or 0
        sys.stderr.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

for name, arguments in json.loads(sys.argv[1]).items():
    codes = None
    number = 0
    while codes is None or codes[0] != 0:
        number += 1
        mine = [part.replace("NUMBER", str(number)) for part in arguments]
        codes = call(mine, number), call(mine, 0)
        print(json.dumps([name, number, codes]), flush=True)
        assert number < 30
"""


class Round(NamedTuple):
    """What the commands left, one after the other."""

    done: dict[str, Called]
    asked: list[Request]


@pytest.fixture(scope="module")
def runs(baseline_results) -> Path:
    """The folder of the runs of a baseline."""
    ab.evaluate("majority", out=baseline_results)
    return baseline_results / "majority"


@pytest.fixture(scope="module")
def ner(runs) -> Path:
    """The folder of its run on entities."""
    (found,) = runs.glob("ner-split-*")
    return found


@pytest.fixture(scope="module")
def tag() -> str:
    return f"v{ab.load_task('ner').version}"


@pytest.fixture(scope="module")
def hub():
    with LoopbackHub() as server:
        server.store.users[TOKEN] = "someone"
        server.store.organizations["someone"] = {"org"}
        ours = server.store.tokens_of("org")
        for name in ("org/model", *(f"org/model-{number}" for number in range(30))):
            server.store.create("model", name, writers=ours).commit({"README.md": CARD}, "theirs")
        yield server


@pytest.fixture(scope="module")
def rounds(hub, ner, tmp_path_factory) -> tuple[Round, Round]:
    """The four commands, twice."""
    commands = {
        "dataset": ("--repo", "org/arnews"),
        "results": (ner, "--repo", "org/model", "--dataset", "org/arnews"),
        "metrics": ("--repo", "org/arnews-ner-f1"),
        "leaderboard": (ner, "--repo", "org/board"),
    }
    # That the rows come back was seen in the first round.
    once_more = {"dataset": ("--no-verify",)}
    found = []
    for more in ({}, once_more):
        asked = len(hub.requests)
        done = {
            name: in_child(
                ARBENCH,
                *("publish", name, *arguments, *more.get(name, ())),
                endpoint=hub.url,
                home=tmp_path_factory.mktemp("home"),
                environment={"HF_TOKEN": TOKEN},
                timeout=200,
            )
            for name, arguments in commands.items()
        }
        for name, child in done.items():
            assert child.code == 0, f"{name}: {child.err}"
            require_no_token(TOKEN, hub, child.out + child.err)
        found.append(Round(done, hub.requests[asked:]))
    return found[0], found[1]


@pytest.fixture(scope="module")
def loaded(rounds, hub, ner, tag, tmp_path_factory):
    """What somebody else loads, without a token."""
    answers = f"runs/majority/{ner.name}/predictions.jsonl"
    home = tmp_path_factory.mktemp("home")
    child = in_child(LOAD, tag, answers, *CONFIGS, endpoint=hub.url, home=home, timeout=200)
    assert child.code == 0, child.err
    return json.loads(child.out)


def commits(hub, kind: str, repo: str) -> list[str]:
    found = hub.store.get(kind, repo)
    assert found is not None, f"there is no {repo}"
    return [commit.message for commit in found.commits.values()]


def test_each_command_makes_one_commit(rounds, hub, tag):
    assert commits(hub, "dataset", "org/arnews") == ["initial commit", f"Dataset {tag[1:]}"]
    assert commits(hub, "model", "org/model") == [
        "theirs",
        "Add arnews results on org/arnews: ner",
    ]
    assert len(commits(hub, "space", "org/arnews-ner-f1")) == 2
    assert commits(hub, "space", "org/board") == ["initial commit", "Leaderboard of 1 run"]
    assert [asked_for(request) for request in rounds[0].asked].count("commit") == 4


def test_the_second_round_changes_nothing(rounds):
    assert {request.method for request in rounds[1].asked} == {"GET"}
    for name, child in rounds[1].done.items():
        assert "was there already, nothing was sent" in child.out, name


@pytest.mark.parametrize("config", CONFIGS)
def test_the_published_rows_are_loaded(loaded, config):
    # That all of their fields are the same, `arbench publish dataset` has seen.
    splits = ("train", "validation", "test")
    assert loaded["ids"][config] == {
        split: [row.id for row in ab.load_rows(config, split)] for split in splits
    }


def test_rows_metric_and_answers_from_the_hub_give_the_published_score(loaded, hub, ner):
    card = hub.store.get("model", "org/model").resolve("main").files["README.md"].decode()
    (result,) = yaml.safe_load(card.split("---")[1])["model-index"][0]["results"]
    (metric,) = result["metrics"]
    assert 0 < metric["value"] == round(100 * loaded["scores"]["strict_f1"], 2)
    assert loaded["scores"]["strict_f1"] == ab.load_run(ner).score.value


@pytest.fixture(scope="module")
def killed(rounds, hub, ner, tmp_path_factory) -> dict[str, list[tuple[int, list[int]]]]:
    """For each command: after which POST it was killed, and how it and the next call ended."""
    state = {"pid": 0, "left": 0}

    def begin(request: Request) -> Answer | None:
        if not request.path.startswith("/test/"):
            return None
        state["pid"], state["left"] = map(int, request.path.split("/")[2:])
        return Answer()

    def kill(request: Request, _: Answer) -> None:
        """The request was carried out; its answer is not waited for."""
        # After one that only looks, all is as it was before.
        if request.method == "GET":
            return
        state["left"] -= 1
        if state["left"] == 0:
            os.kill(state["pid"], signal.SIGKILL)
            raise ConnectionAbortedError

    hub.interceptors.append(begin)
    hub.afterwards.append(kill)
    commands = {
        "results": (ner, "--repo", "org/model-NUMBER", "--dataset", "org/arnews"),
        "metrics": ("--repo", "org/ner-NUMBER"),
        "leaderboard": (ner, "--repo", "org/board-NUMBER"),
    }
    work = {name: ["publish", name, *map(str, rest)] for name, rest in commands.items()}
    child = in_child(
        KILLED,
        json.dumps(work),
        endpoint=hub.url,
        home=tmp_path_factory.mktemp("home"),
        environment={"HF_TOKEN": TOKEN},
        timeout=300,
    )
    hub.interceptors.remove(begin)
    hub.afterwards.remove(kill)
    assert child.code == 0, child.err
    require_no_token(TOKEN, hub, child.out + child.err)
    found: dict[str, list[tuple[int, list[int]]]] = {name: [] for name in work}
    for name, number, codes in map(json.loads, child.out.splitlines()):
        found[name].append((number, codes))
    return found


@pytest.mark.parametrize(
    ("name", "kind", "repo", "sent"),
    [
        ("results", "model", "org/model", 3),
        ("metrics", "space", "org/ner", 4),
        ("leaderboard", "space", "org/board", 4),
    ],
)
def test_what_was_killed_is_completed_without_a_second_commit(killed, hub, name, kind, repo, sent):
    *interrupted, last = killed[name]
    assert len(interrupted) == sent
    assert {codes[0] for _, codes in interrupted} == {-signal.SIGKILL}
    assert last[1] == [0, 0]
    expected = hub.store.get(kind, f"{repo}-{last[0]}").resolve("main").files.keys()
    for number, codes in interrupted:
        assert codes[1] == 0, number
        assert len(commits(hub, kind, f"{repo}-{number}")) == 2, number
        files = hub.store.get(kind, f"{repo}-{number}").resolve("main").files
        assert len(files) == len(expected), number
