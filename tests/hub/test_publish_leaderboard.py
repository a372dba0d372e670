"""`arbench publish leaderboard`: the page with its runs, and those that others submit."""

import base64
import hashlib
import json
import re
import shutil

import pytest
import yaml
from loopback_hub import Answer, LoopbackHub
from scenarios import token_of
from space_commands import Call, call_all

import arnews_bench as ab
from arnews_bench.errors import InputError
from arnews_bench.hub.leaderboard import publish_leaderboard
from arnews_bench.results import load_run
from arnews_bench.run_files import run_folders
from arnews_bench.submissions import place_of, verify_submissions

TOKEN, STRANGER = token_of("keeper"), token_of("submitter")
BOARD = "org/board"
HOSTILE = "<img src=x onerror=alert(1)>"


def publish(*arguments, token=TOKEN, before=lambda _: None) -> Call:
    return Call(("publish", "leaderboard", *arguments), token, before)


def rewrite(folder, change) -> None:
    """Change the record of a run."""
    record = json.loads((folder / "run.json").read_bytes())
    change(record)
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")


def raise_score(record) -> None:
    record["metrics"]["strict_f1"]["value"] = 0.99


def as_files(folder, root="runs") -> dict[str, bytes]:
    """The files of the runs below a folder, where they lie in a Space."""
    return {
        f"{root}{str(place_of(load_run(found))).removeprefix('runs')}/{name}": (
            found / name
        ).read_bytes()
        for found in run_folders([folder])
        for name in ("run.json", "predictions.jsonl")
    }


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Runs of two baselines, and some that are not as they should be."""
    out = tmp_path_factory.mktemp("results")
    ab.evaluate("majority", out=out)
    ab.evaluate("random", out=out)
    (out / "majority" / "unfinished").mkdir()
    (out / "majority" / "unfinished" / "predictions.jsonl").write_bytes(b"")
    cheat = out.parent / "cheat"
    shutil.copytree(next(out.glob("random/ner-*")), cheat)
    rewrite(cheat, raise_score)
    hostile = out.parent / "hostile"
    shutil.copytree(next(out.glob("random/ner-*")), hostile)
    rewrite(hostile, lambda record: record["model"].update(spec=HOSTILE))
    ab.evaluate("random", ["ner"], limit=5, out=out.parent / "limited")
    leak = out.parent / "leak"
    shutil.copytree(next(out.glob("random/ner-*")), leak)
    rewrite(leak, lambda record: record["environment"].update(key="hf_" + "z" * 34))
    return out


@pytest.fixture(scope="module")
def hub():
    with LoopbackHub() as server:
        server.store.users |= {TOKEN: "someone", STRANGER: "stranger"}
        server.store.organizations["someone"] = {"org"}
        server.store.create("space", "org/app").commit({"app.py": "", "README.md": ""})
        yield server


@pytest.fixture(scope="module")
def calls(results):
    majority, random = results / "majority", results / "random"
    one = next(random.glob("stance-*"))
    other = next(random.glob("attribution-*"))
    cheat, limited = results.parent / "cheat", results.parent / "limited"

    def submitted(hub) -> None:
        """Pull requests were merged: a good one, a false one, one in the wrong place."""
        good = as_files(next(random.glob("ner-*")))
        false = {
            path.replace("/random/", "/cheat/"): content
            for path, content in as_files(cheat).items()
        }
        lost = {f"runs/x/y/{name}": (one / name).read_bytes() for name in ("predictions.jsonl",)}
        strange = dict.fromkeys(
            ("runs/../run.json", "runs/.x/y/run.json", "runs/a/b/page.html"), b"{}"
        )
        large = {"runs/large/one/run.json": b" " * (10 * 1024 * 1024 + 5)}
        board = hub.store.get("space", BOARD)
        board.commit(good | false | lost | strange | large, message="Merge")

    def failing(hub) -> None:
        """The next file that is asked for comes at the second attempt."""
        left = ["/resolve/"]
        hub.interceptors.append(
            lambda request: Answer(500) if left and left[0] in request.path and left.pop() else None
        )

    def merging(hub) -> None:
        """Another run is merged while those that are there are fetched."""
        left = [as_files(next(random.glob("ner-*")))]

        def merge(request) -> None:
            if left and "/resolve/" in request.path:
                hub.store.get("space", "org/hidden").commit(left.pop(), message="Merge")

        hub.interceptors.append(merge)

    def theirs(hub) -> None:
        hub.store.create("space", "else/board").commit({"README.md": "", "index.html": ""})

    return {
        "dry run": publish(majority, "--repo", BOARD, "--dry-run", token=None),
        "dry run of a proposal": publish(
            majority, "--repo", BOARD, "--dry-run", "--create-pr", "--json", token=None
        ),
        "first": publish(majority, "--repo", BOARD),
        "again": publish(majority, "--repo", BOARD, "--json"),
        "merged before": publish(majority, "--repo", BOARD, token=STRANGER),
        "refreshed": publish("--refresh", "--repo", BOARD, before=submitted),
        "more": publish(one, results.parent / "hostile", "--repo", BOARD, before=failing),
        "false": publish(one, cheat, "--repo", BOARD),
        "limited": publish(limited, "--repo", BOARD),
        "leak": publish(results.parent / "leak", "--repo", BOARD),
        "own proposal": publish(other, "--repo", BOARD, "--create-pr"),
        "theirs": publish(random, "--repo", "else/board", token=STRANGER, before=theirs),
        "theirs again": publish(random, "--repo", "else/board", "--json", token=STRANGER),
        "theirs, refreshed": publish("--refresh", "--repo", "else/board", token=STRANGER),
        "theirs, none": publish(random, "--repo", "else/none", token=STRANGER),
        "no runs": publish("--refresh", "--repo", "org/none"),
        "dry run of no runs": publish("--refresh", "--repo", "org/none", "--dry-run"),
        "both": publish(random, "--refresh", "--repo", BOARD),
        "taken": publish(one, "--repo", "org/app"),
        "no token": publish(one, "--repo", BOARD, token=None),
        "private": publish(one, "--repo", "org/hidden", "--private"),
        "private again": publish(other, "--repo", "org/hidden", before=merging),
    }


@pytest.fixture(scope="module")
def called(hub, calls, tmp_path_factory):
    return call_all(hub, calls, tmp_path_factory.mktemp("home"))


def at(hub, number: int, repo: str = BOARD) -> dict[str, bytes]:
    """The files of a Space at its n-th commit; the first is the Hub's own."""
    return dict(list(hub.store.get("space", repo).commits.values())[number].files)


def messages(hub, repo: str = BOARD) -> list[str]:
    return [commit.message for commit in hub.store.get("space", repo).commits.values()]


def test_a_dry_run_lists_everything_and_asks_nobody(called, results):
    done = called["dry run"]
    assert (done.code, done.err, done.asked) == (0, "", [])
    for path, content in as_files(results / "majority").items():
        line = next(line for line in done.out.splitlines() if path in line)
        assert f"{len(content):,}" in line
        assert hashlib.sha256(content).hexdigest() in line
    assert "index.html" in done.out
    assert "message: Leaderboard of 3 runs" in done.out
    proposal = called["dry run of a proposal"]
    assert (proposal.code, proposal.asked) == (0, [])
    plan = json.loads(proposal.out)["plan"]
    assert {file["path"] for file in plan["files"]} == set(as_files(results / "majority"))
    assert plan["message"] == "Add runs of majority"


def test_a_leaderboard_is_a_static_space_with_its_runs(called, hub, results):
    assert called["first"].code == 0, called["first"].err
    files = at(hub, 1)
    runs = as_files(results / "majority")
    assert set(files) == {".gitattributes", "README.md", "index.html", *runs}
    assert {path: files[path] for path in runs} == runs
    front = yaml.safe_load(files["README.md"].decode().split("---")[1])
    assert (front["sdk"], front["app_file"]) == ("static", "index.html")
    card = files["README.md"].decode()
    assert f"arbench publish leaderboard results/MODEL --repo {BOARD} --create-pr" in card
    assert "runs/<model>/<run>/predictions.jsonl" in card


def test_the_page_asks_the_network_for_nothing_and_says_how_to_submit(called, hub):
    page = at(hub, 1)["index.html"].decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src 'none'; ")
    for element in ("style", "script"):
        (content,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert f'href="{hub.url}/spaces/{BOARD}/blob/main/README.md"' in page
    assert "Submit a run" in page


def test_the_second_call_sends_nothing(called, hub):
    found = json.loads(called["again"].out)
    assert found["sent"]["is_new"] is False
    assert messages(hub).count("Leaderboard of 3 runs") == 1


def test_submitted_runs_come_onto_the_page_if_they_reproduce(called, hub, results):
    done = called["refreshed"]
    assert done.code == 0, done.err
    before, after = at(hub, 2), at(hub, 3)
    assert messages(hub)[2:4] == ["Merge", "Leaderboard of 4 runs"]
    assert before.keys() == after.keys()
    assert {path for path in after if before[path] != after[path]} == {"index.html"}
    page = after["index.html"].decode()
    assert ">random<" in page
    assert "99.0" not in page
    assert "runs/cheat/ner-split-" in done.out
    assert "runs/x/y: is in the Space, but left out:\n  run.json: no such file" in done.out
    assert "0.99 is recorded" in done.out
    assert "10,485,761 bytes; at most 10,485,760 are read" in done.out


def test_runs_are_added_to_those_that_are_there(called, hub, results):
    done = called["more"]
    assert done.code == 0, done.err
    before, after = at(hub, 3), at(hub, 4)
    added = as_files(next((results / "random").glob("stance-*")))
    added |= as_files(results.parent / "hostile")
    assert set(after) - set(before) == set(added)
    assert {path: content for path, content in after.items() if path in before} == {
        **before,
        "index.html": after["index.html"],
    }
    assert "runs on the page: 6" in done.out
    fetched = [request.path for request in done.asked if "/resolve/" in request.path]
    assert len(fetched) == len(set(fetched)) + 1, "one was asked for again after a failure"


def test_names_from_submissions_are_escaped(called, hub):
    page = at(hub, 4)["index.html"].decode()
    assert HOSTILE not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_the_checkout_of_the_space_is_what_verify_takes(called, hub, tmp_path):
    for path, content in at(hub, 1).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    found = verify_submissions(tmp_path)
    assert found.reproduce, found
    assert len(found.runs) == 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("false", "0.99 is recorded"),
        ("limited", "only the first rows were answered"),
        ("no token", "no token: log in with `hf auth login`"),
        ("both", "--refresh: adds no runs, but some are given"),
        ("dry run of no runs", "consists of the given runs, and none is given"),
        ("leak", "holds what looks like a token, hf_…"),
    ],
)
def test_what_is_wrong_is_said_before_the_hub_is_asked(called, name, message):
    done = called[name]
    assert (done.code, done.asked) == (2, [])
    assert message in done.err


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no runs", "there is no such Space, and no run is given to make it of"),
        ("taken", "the name is taken by a Space that holds something else (app.py)"),
        ("theirs, refreshed", "neither yours nor your organization's: you can propose runs"),
        ("theirs, none", "there is no such space on the Hub"),
    ],
)
def test_nothing_is_made_of_what_cannot_be_done(called, hub, name, message):
    done = called[name]
    assert done.code == 2
    assert message in done.err
    assert not [request for request in done.asked if request.method == "POST"]
    assert hub.store.get("space", "org/none") is None


def test_runs_are_proposed_to_a_leaderboard_of_others_in_one_pull_request(called, hub, results):
    assert called["theirs"].code == 0, called["theirs"].err
    space = hub.store.get("space", "else/board")
    assert [(pull.author, pull.title) for pull in space.pulls] == [
        ("stranger", "Add runs of random")
    ]
    assert set(space.resolve("main").files) == {"README.md", "index.html"}
    proposed = space.resolve("refs/pr/1").files
    runs = as_files(results / "random")
    assert dict(proposed) == {"README.md": b"", "index.html": b"", **runs}
    assert json.loads(called["theirs again"].out)["sent"]["is_new"] is False
    assert "runs proposed: 3" in called["theirs"].out


def test_a_proposal_to_ones_own_leaderboard_leaves_the_page(called, hub, results):
    assert called["own proposal"].code == 0, called["own proposal"].err
    space = hub.store.get("space", BOARD)
    proposed, main = space.resolve("refs/pr/1").files, space.resolve("main").files
    added = as_files(next((results / "random").glob("attribution-*")))
    assert {path: proposed[path] for path in proposed if path not in main} == added
    assert proposed["index.html"] == main["index.html"]


def test_a_private_leaderboard_is_read_with_the_token(called, hub):
    assert called["private"].code == 0, called["private"].err
    assert called["private again"].code == 0, called["private again"].err
    assert hub.store.get("space", "org/hidden").private


def test_a_run_that_is_merged_meanwhile_is_on_the_page(called, hub):
    assert messages(hub, "org/hidden")[1:] == [
        "Leaderboard of 1 run",
        "Merge",
        "Leaderboard of 3 runs",
    ]


def test_runs_that_were_merged_are_not_proposed_again(called):
    code, out, _, asked = called["merged before"]
    assert code == 0
    assert "was there already, nothing was sent" in out
    # Whether the page has been made anew since, nobody looked.
    assert "runs in the Space: 3" in out
    assert {request.method for request in asked} == {"GET"}


def test_a_folder_that_is_not_there_is_not_called_a_run(tmp_path):
    with pytest.raises(InputError, match=r"/nowhere: no such run$"):
        publish_leaderboard(BOARD, [tmp_path / "nowhere"], dry_run=True)
