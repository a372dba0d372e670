"""Rows from the Hub: the real clients, in child processes, against a Hub on the loopback."""

import json
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from loopback_hub import Answer, LoopbackHub, in_child, refusal

import arnews_bench as ab
from arnews_bench.paths import data_dir

NER = """\
---
configs:
- config_name: default
  data_files:
  - {split: train, path: data/train.jsonl}
  - {split: test, path: data/test.jsonl}
dataset_info:
  features:
  - {name: id, dtype: string}
  - {name: words, sequence: string}
  - name: tags
    sequence: {class_label: {names: {'0': O, '1': B-PERS, '2': I-PERS, '3': B-GPE}}}
  - {name: page, dtype: int64}
---
"""
STANCE = """\
---
configs:
- config_name: headlines
  data_files: [{split: test, path: test.jsonl}]
- config_name: other
  data_files: [{split: test, path: test.jsonl}]
---
"""
SENTENCES = [
    {"id": "s1", "words": ["زار", "فلاديمير", "بوتين", "دمشق"], "tags": [0, 1, 2, 3], "page": 7},
    {"id": "s2", "words": ["وصل"], "tags": [0], "page": 8},
]
PAIRS = [
    {"head": "تراجع الذهب", "body": "ارتفع الذهب", "label": "against"},
    {"head": "تراجع الذهب", "body": "تراجع الذهب اليوم", "label": "for"},
]

# Prints, for each task.yaml, its rows or what is wrong with it, and how long it would have slept
# before it asked again. Patience ends with the Hub that never answers, and with no other.
READ = """
import json, sys, time
from pathlib import Path
import msgspec
import datasets
from arnews_bench.declaration_file import load_declaration
from arnews_bench.errors import InputError
from arnews_bench.reading import pinned, read_split

pinned._PATIENCE_IN_ALL = 300
for path in map(Path, sys.argv[1:]):
    waits, found = [], {}
    time.sleep = waits.append
    pinned._PATIENCE = 0.5 if path.stem == "slow" else 300
    try:
        rows = read_split(load_declaration(path), "test", path.parent).rows
        found["rows"] = msgspec.to_builtins(rows)
    except InputError as error:
        found["error"] = str(error)
    print(json.dumps(found | {"name": path.stem, "waits": waits}))
"""


class Hub(NamedTuple):
    """A Hub with datasets, and tasks that point at them."""

    server: LoopbackHub
    home: Path
    commits: dict[str, str]

    def read(self, *names: str, endpoint: str | None = None, **environment: str) -> dict:
        """What comes of the tasks with these names, in one child process."""
        child = in_child(
            READ,
            *(self.home / f"{name}.yaml" for name in names),
            endpoint=endpoint or self.server.url,
            home=self.home,
            environment=environment,
        )
        assert child.code == 0, child.err
        found = [json.loads(line) for line in child.out.splitlines()]
        return {item["name"]: item for item in found} | {"stderr": child.err}

    def declare(self, name: str, repo: str, revision: str, more: str) -> None:
        text = (
            f"name: {name}\ndescription: A test.\n{more}\n"
            f"data: {{format: hf, test: test, repo: {repo}, revision: {revision}"
        )
        (self.home / f"{name}.yaml").write_text(text + "}\n", encoding="utf-8")


NER_TASK = "type: ner\ncolumns: {tokens: words, tags: tags, id: id}\nlabels: {PERS: PER, GPE: LOC}"
STANCE_TASK = (
    "type: stance\ncolumns: {claim: head, text: body, label: label}\n"
    "labels: {for: agree, against: disagree}"
)


OWN = ("ner", "stance", "attribution")


def lines(rows: list[dict]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with LoopbackHub() as server:
        create = server.store.create
        ner = create("dataset", "org/names")
        ner.commit({"README.md": NER, "data/train.jsonl": lines(SENTENCES[1:]),
                    "data/test.jsonl": lines(SENTENCES)})  # fmt: skip
        old = ner.resolve("main").sha
        new = ner.commit({"data/test.jsonl": lines(SENTENCES[1:])}).sha
        stance = create("dataset", "org/stances")
        stance.commit({"README.md": STANCE, "test.jsonl": lines(PAIRS)})
        gated = create("dataset", "org/gated", gated="manual", readers=frozenset({"hf_reader"}))
        gated.commit({"README.md": STANCE, "test.jsonl": lines(PAIRS)})
        script = create("dataset", "org/script")
        script.commit({"script.py": "raise SystemExit('run')", "test.jsonl": lines(PAIRS)})
        broken = create("dataset", "org/broken")
        broken.commit({"test.jsonl": '{"head": "a"}\n{"head": \n'})

        own = create("dataset", "org/arnews")
        own.commit(
            {
                str(path.relative_to(data_dir())): path.read_bytes()
                for path in (data_dir() / "README.md", *data_dir().glob("*/*.jsonl"))
                if path.parent.name != "annotations"
            }
        )

        def wait_or_fail(request) -> Answer | None:
            if "/org/slow/" in f"{request.path}/":
                # Whoever waits for it gets the answer that there is no such dataset.
                server.stopped.wait(60)
            return refusal("Down", 503) if "/org/down/" in f"{request.path}/" else None

        server.interceptors.append(wait_or_fail)
        repos = (ner, stance, gated, script, broken, own)
        commits = {repo.id: repo.resolve("main").sha for repo in repos}
        # A folder in the current one, which `home` is in the child, has nothing to do with it.
        local = home / "org" / "names"
        local.mkdir(parents=True)
        (local / "test.jsonl").write_text(lines(PAIRS), "utf-8")
        found = Hub(server, home, commits | {"old": old, "new": new})
        declare_all(found)
        yield found


def declare_all(hub: Hub) -> None:
    old, new = hub.commits["old"], hub.commits["new"]
    stances = hub.commits["org/stances"]
    hub.declare("old", "org/names", old, NER_TASK)
    hub.declare("new", "org/names", new, NER_TASK)
    hub.declare("clustered", "org/names", old, f"{NER_TASK}\ncluster: page")
    hub.declare("unmapped", "org/names", old, NER_TASK.replace(", GPE: LOC", ""))
    hub.declare("columns", "org/names", old, NER_TASK.replace("words", "tokens"))
    hub.declare("split", "org/names", old, NER_TASK)
    path = hub.home / "split.yaml"
    path.write_text(path.read_text("utf-8").replace("test: test", "test: tests"), "utf-8")
    hub.declare("stance", "org/stances", f"{stances}, config: headlines", STANCE_TASK)
    hub.declare("no_config", "org/stances", stances, STANCE_TASK)
    hub.declare("bad_config", "org/stances", f"{stances}, config: body", STANCE_TASK)
    hub.declare("commit", "org/names", "f" * 40, NER_TASK)
    for name in ("gated", "script", "broken"):
        config = ", config: other" if name == "gated" else ""
        hub.declare(name, f"org/{name}", hub.commits[f"org/{name}"] + config, STANCE_TASK)
    for name in OWN:
        revision = f"{hub.commits['org/arnews']}, config: {name}"
        hub.declare(f"own_{name}", "org/arnews", revision, f"type: {name}\nversion: 1.0.0")
    for name in ("missing", "slow", "down"):
        hub.declare(name, f"org/{name}", "d" * 40, STANCE_TASK)


@pytest.fixture(scope="module")
def online(hub):
    """What comes of every task while the Hub can be reached, in a fresh HF_HOME."""
    names = sorted(path.stem for path in hub.home.glob("*.yaml"))
    # `new` stays out of the cache; `old` comes first and puts its commit there.
    return hub.read("old", *(name for name in names if name not in {"new", "old", "broken"}))


def test_class_labels_are_read_by_their_names_and_mapped(online):
    first, second = online["old"]["rows"]
    assert (first["id"], first["tokens"]) == ("s1", ["زار", "فلاديمير", "بوتين", "دمشق"])
    assert first["ner_tags"] == ["O", "B-PER", "I-PER", "B-LOC"]
    assert (second["text"], second["doc_id"]) == ("وصل", "s2")


def test_a_column_may_be_the_cluster(online):
    assert [row["doc_id"] for row in online["clustered"]["rows"]] == ["7", "8"]


def test_labels_that_are_strings_are_mapped_too(online):
    assert [row["label"] for row in online["stance"]["rows"]] == ["disagree", "agree"]
    assert online["stance"]["rows"][0]["claim"] == "تراجع الذهب"


@pytest.mark.parametrize("name", OWN)
def test_our_own_dataset_on_the_hub_has_our_own_rows(online, name):
    built = json.loads(msgspec.json.encode(ab.load_rows(name, "test")))
    assert online[f"own_{name}"]["rows"] == built


def test_a_label_without_a_place_in_the_map_is_named(online):
    assert "'B-GPE' (1 ×, first at org/names@" in online["unmapped"]["error"]


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("columns", "no column 'tokens', which `columns.tokens` names"),
        ("split", "no split 'tests'; did you mean 'test'?"),
        ("no_config", "'headlines', 'other'"),
        ("bad_config", "'headlines', 'other'"),
        ("commit", f"has no commit {'f' * 40}"),
        ("missing", "has no such dataset, or it is private"),
        ("gated", "is gated: accept its terms at http://127.0.0.1"),
        ("script", "no code of others is run"),
        ("down", "answered 503"),
        ("slow", "is out of reach"),
    ],
)
def test_what_is_wrong_is_said_without_asking_again_and_again(online, task, said):
    assert said in online[task]["error"]
    assert online[task]["waits"] == []


def test_nothing_is_printed(online):
    assert online["stderr"] == ""


@pytest.fixture(scope="module")
def offline(hub, online):
    """The same after the Hub went away; the discard port refuses every connection."""
    del online
    return hub.read("old", "new", "stance", endpoint="http://127.0.0.1:9")


def test_a_commit_that_was_read_once_is_read_again_without_the_hub(online, offline):
    assert offline["old"]["rows"] == online["old"]["rows"]
    assert offline["stance"]["rows"] == online["stance"]["rows"]


def test_another_commit_in_the_cache_does_not_stand_in(offline):
    assert "is not in the cache of this computer" in offline["new"]["error"]
    assert "declare them as jsonl, csv or conll" in offline["new"]["error"]
    assert offline["new"]["waits"] == []


def test_offline_mode_is_named_and_asks_nobody(hub, online):
    del online
    before = len(hub.server.requests)
    found = hub.read("old", "new", HF_HUB_OFFLINE="1")
    assert "offline mode is on, HF_HUB_OFFLINE" in found["new"]["error"]
    assert len(found["old"]["rows"]) == 2
    assert len(hub.server.requests) == before


def test_a_token_opens_a_gated_dataset_and_stays_in_its_header(hub):
    found = hub.read("gated", "broken", HF_TOKEN="hf_reader")  # noqa: S106
    assert "cannot be loaded" in found["broken"]["error"]
    assert [row["label"] for row in found["gated"]["rows"]] == ["disagree", "agree"]
    assert all("hf_reader" not in f"{r.path}{r.query}{r.body}" for r in hub.server.requests)
