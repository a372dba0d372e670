"""Scoring of a file read in blocks: the same as with everything at hand, and as strict."""

import random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from project_files import gold_predictions

import arnews_bench as ab
from arnews_bench import answers, streaming
from arnews_bench.answers import answers_of_file, count_file
from arnews_bench.models.loading import resolve
from arnews_bench.plans import Plan
from arnews_bench.schema import SPLITS
from arnews_bench.scoring import SCORERS
from arnews_bench.scoring.counts import RunCounts

TASKS = ("ner", "stance", "attribution")


def write(path, lines):
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return path


def plan_of(path, task, *, protocol="split", split="test", data=None):
    shown = split if protocol == "split" else None
    return Plan(ab.load_task(task, data), resolve(f"file:{path}"), protocol, shown, 0, None)


def at_once(plan):
    """The counts with all rows and predictions in memory."""
    predictions = answers_of_file(plan)
    return RunCounts.of(SCORERS[plan.task.type], plan.rows, predictions), predictions


def same(ours, theirs):
    return (
        ours.n_rows == theirs.n_rows
        and list(ours.groups) == list(theirs.groups)
        and all(
            (a.documents, a.columns, a.values.tolist())
            == (b.documents, b.columns, b.values.tolist())
            for a, b in [
                (ours.counts, theirs.counts),
                *((ours.groups[name], theirs.groups[name]) for name in ours.groups),
            ]
        )
    )


@pytest.fixture
def never_at_once(monkeypatch):
    """No way out to memory."""

    def refuse(_plan):
        raise AssertionError("the file was read as a whole")

    monkeypatch.setattr(answers, "answers_of_file", refuse)


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(streaming, "_BLOCK", 10_000)
    monkeypatch.setattr(streaming, "_BATCH", 7)


def damaged(task, lines, chance):
    """Answers of which some are wrong, in a form that fits the rows."""
    for line in lines:
        if chance.random() < 0.7:
            continue
        if task == "ner":
            line["tags"] = [chance.choice(ab.NER_TAGS) for _ in line["tags"]]
        elif task == "stance":
            line["label"] = chance.choice(ab.STANCE_LABELS)
            line["scores"] = {line["label"]: 0.75, "discuss": 0.25}
            line["scores"]["discuss"] += 1 - sum(line["scores"].values())
            if chance.random() < 0.3:
                line |= {"label": None, "scores": None}
        else:
            line["attributions"] = line["attributions"][::2]
    chance.shuffle(lines)
    return lines


@pytest.mark.usefixtures("small_blocks", "never_at_once")
@pytest.mark.parametrize("protocol", ["split", "cv"])
@pytest.mark.parametrize("task", TASKS)
def test_the_counts_are_those_of_the_whole_file_at_once(tmp_path, task, protocol):
    splits = ["test"] if protocol == "split" else SPLITS
    lines = [line for split in splits for line in gold_predictions(task, split)]
    path = write(tmp_path / "p.jsonl", damaged(task, lines, random.Random(3)))
    plan = plan_of(path, task, protocol=protocol)
    counted, batches = count_file(plan)
    expected, predictions = at_once(plan)
    assert same(counted, expected)
    assert [answer for batch in batches for answer in batch] == predictions


def stance_row(number, *, doc_id="d", claim_id="C01", fold=0, label="agree"):
    return {
        "id": f"r{number}", "claim_id": claim_id, "claim": "استقال.", "doc_id": doc_id,
        "granularity": "document", "text": "نفى.", "context": None, "label": label, "fold": fold,
    }  # fmt: skip


def task_of(folder, rows):
    folder.mkdir(exist_ok=True)
    (folder / "task.yaml").write_text(
        "{name: mine, type: stance, description: -, data: {format: jsonl, test: rows.jsonl}}"
    )
    write(folder / "rows.jsonl", rows)
    return folder / "task.yaml"


label = st.sampled_from(["agree", "disagree", "discuss", "unrelated"])


@st.composite
def files(draw):
    """Rows and the lines of a predictions file, which may be wrong in any of many ways."""
    n_rows = draw(st.integers(1, 8))
    rows = [
        stance_row(
            number,
            doc_id=draw(st.sampled_from("abc")),
            claim_id=draw(st.sampled_from(["C01", "C02"])),
            fold=draw(st.integers(0, 2)),
            label=draw(label),
        )
        for number in range(n_rows)
    ]
    lines = [
        msgspec.json.encode({"id": item["id"], "label": draw(label)}).decode() for item in rows
    ]
    lines = draw(st.permutations(lines))
    bad = st.sampled_from(
        [
            "", "  ", "\r", "{", "[]", '{"id": "r0"}', '{"id": "r0", "label": "agree"}',
            '{"id": "r1", "label": "agrees"}', '{"id": "zz", "label": "agree"}', "\udcff",
            '{"id": "r0", "label": "agree", "scores": {"agree": 0.5}}', '{"id": 3}',
        ]
    )  # fmt: skip
    for text in draw(st.lists(bad, max_size=2)):
        place = draw(st.integers(0, len(lines)))
        # Put beside the others, or in the place of one.
        lines[place : place + draw(st.integers(0, 1))] = [text]
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    start = draw(st.sampled_from(["", "\ufeff"]))
    content = (start + ending.join(lines) + draw(st.sampled_from(["", ending]))).encode(
        "utf-8", "surrogateescape"
    )
    return rows, content, draw(st.sampled_from(["split", "cv"]))


def outcome(work):
    try:
        return work()
    except ab.InputError as error:
        return str(error)


@settings(
    max_examples=500,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(files())
def test_any_file_is_counted_or_refused_as_the_whole_at_once(tmp_path, case):
    rows, content, protocol = case
    task = task_of(tmp_path / "task", rows)
    (tmp_path / "p.jsonl").write_bytes(content)
    plan = plan_of(tmp_path / "p.jsonl", task, protocol=protocol)
    streamed = outcome(lambda: count_file(plan)[0])
    expected = outcome(lambda: at_once(plan)[0])
    if isinstance(expected, str):
        assert streamed == expected
    else:
        assert same(streamed, expected)


@pytest.mark.usefixtures("never_at_once")
@pytest.mark.parametrize(
    "content",
    [
        '{"id":"r1","label":"agree"}\n{"id":"r0","label":"agree"}',
        '\n\n{"id":"r0","label":"agree"}\r\n\r\n{"id":"r1","label":"agree"}\n\n',
        '\ufeff{"id":"r0","label":"agree"}\n{"id":"r1","label":"agree"}\n',
    ],
    ids=["another order", "blank lines", "byte order mark"],
)
def test_what_is_only_unusual_is_read_in_blocks(tmp_path, content):
    task = task_of(tmp_path / "task", [stance_row(0), stance_row(1)])
    (tmp_path / "p.jsonl").write_text(content, encoding="utf-8", newline="")
    assert count_file(plan_of(tmp_path / "p.jsonl", task))[0].n_rows == 2


def test_ids_of_one_hash_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(
        streaming, "_hashes", lambda ids: streaming.np.zeros(len(ids), dtype="int64")
    )
    task = task_of(tmp_path / "task", [stance_row(0), stance_row(1, label="discuss")])
    lines = [{"id": "r1", "label": "discuss"}, {"id": "r0", "label": "agree"}]
    plan = plan_of(write(tmp_path / "p.jsonl", lines), task)
    assert same(count_file(plan)[0], at_once(plan)[0])


def test_a_row_that_is_there_twice_is_refused(tmp_path):
    task = task_of(tmp_path / "task", [stance_row(0), stance_row(0)])
    path = write(tmp_path / "p.jsonl", [{"id": "r0", "label": "agree"}])
    with pytest.raises(ab.InputError, match=r"rows\.jsonl:2: field `id`: 'r0' was there"):
        count_file(plan_of(path, task))


def test_a_file_that_does_not_fit_leaves_nothing(tmp_path):
    task = task_of(tmp_path / "task", [stance_row(0)])
    path = write(tmp_path / "p.jsonl", [{"id": "r0", "label": "agre"}])
    with pytest.raises(ab.InputError, match="unknown label 'agre'"):
        ab.score(path, task, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_recorded_predictions_stand_in_the_order_of_the_rows(tmp_path):
    task = task_of(tmp_path / "task", [stance_row(0), stance_row(1)])
    lines = [{"id": "r1", "label": "discuss"}, {"id": "r0", "label": "agree"}]
    run = ab.score(write(tmp_path / "p.jsonl", lines), task, out=tmp_path / "out")
    (log,) = tmp_path.glob("out/*/*/predictions.jsonl")
    found = [msgspec.json.decode(line)["id"] for line in log.read_bytes().splitlines()]
    assert found == ["r0", "r1"]
    assert run.breakdown["claim"]["C01"]["accuracy"] == 1 / 2
    assert ab.score(tmp_path / "p.jsonl", task, out=tmp_path / "out") == run
