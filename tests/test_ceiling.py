"""The ceiling: one annotation pass scored against the other by the scorer of the task."""

import shutil

import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.agreement import annotation_agreement
from arnews_bench.annotations import PASSES, read_sources
from arnews_bench.ceiling import ceiling, ceiling_of_run
from arnews_bench.errors import InputError

TASKS = ("ner", "stance", "attribution")
# A document of the train page.
DOC = "004-d"


@pytest.fixture
def corpus(tmp_path):
    """A copy of the dataset whose second pass is the first."""
    data = tmp_path / "data"
    shutil.copytree(ab.data_dir(), data)
    first, second = (data / "annotations" / name for name in PASSES)
    shutil.rmtree(second)
    shutil.copytree(first, second)
    # The first pass judged statements too, the second did not.
    for path in second.glob("*.jsonl"):
        write(path, [r for r in records(path) if "attribution" not in r])
    return data


def records(path):
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def write(path, lines):
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def second_pass(corpus, doc_id=DOC):
    return corpus / "annotations" / PASSES[1] / f"{doc_id}.jsonl"


def n_gold(corpus, task, kind):
    """What the first pass holds of something in the documents of the train split."""
    rows = ab.load_rows(task, "train", corpus)
    first = read_sources(corpus, PASSES[0])
    return sum(kind(first, doc_id) for doc_id in dict.fromkeys(row.doc_id for row in rows))


@pytest.mark.parametrize("task", TASKS)
def test_passes_that_agree_reach_one(corpus, task):
    assert ceiling(task, "cv", None, data=corpus).value == 1.0


def test_a_missed_attribution_costs_its_share(corpus):
    path = second_pass(corpus)
    lines = records(path)
    missed = next(r for r in lines if r["layer"] == "attribution")
    write(path, [r for r in lines if r is not missed])
    n = n_gold(corpus, "attribution", lambda sources, doc_id: len(sources.attributions(doc_id)))
    found = ceiling("attribution", "split", "train", data=corpus)
    assert found.value == pytest.approx(2 * (n - 1) / (2 * n - 1))
    assert found.low < found.value < found.high


def test_a_missed_entity_costs_its_share_of_the_coarse_view(corpus):
    path = second_pass(corpus)
    lines = records(path)
    # The outermost of its type, and of one that the coarse view has.
    missed = next(r for r in lines if r["layer"] == "entity" and r["type"] == "PERS")
    write(path, [r for r in lines if r is not missed])
    rows = ab.load_rows("ner", "train", corpus)
    assert ceiling("ner", "split", "train", data=corpus).value < 1.0
    assert ceiling("ner", "split", "test", data=corpus).value == 1.0
    assert any(row.doc_id == DOC for row in rows)


def test_a_different_label_of_a_document_costs_but_that_of_a_statement_is_not_asked(corpus):
    rows = ab.load_rows("stance", "train", corpus)
    asked = next(r for r in rows if r.granularity == "document" and r.label == "agree")
    path = second_pass(corpus, asked.doc_id)
    lines = records(path)
    (stance,) = (r for r in lines if r.get("claim_id") == asked.claim_id)
    stance["label"] = "disagree"
    write(path, lines)
    assert ceiling("stance", "split", "train", data=corpus).value < 1.0
    assert any(row.granularity == "statement" for row in rows)


def test_only_the_documents_of_the_rows_count(corpus):
    write(second_pass(corpus), [])
    assert ceiling("ner", "split", "test", data=corpus).value == 1.0
    assert ceiling("ner", "split", "train", data=corpus).value < 1.0
    assert ceiling("ner", "cv", None, data=corpus).value < 1.0


def test_a_limit_takes_the_first_rows(corpus):
    (first, *_) = ab.load_rows("ner", "train", corpus)
    write(second_pass(corpus), [])
    assert first.doc_id != DOC
    assert ceiling("ner", "split", "train", data=corpus, limit=1).value == 1.0


def test_a_document_that_one_pass_does_not_have_is_left_out(corpus):
    second_pass(corpus).unlink()
    assert ceiling("ner", "split", "train", data=corpus).value == 1.0


def test_there_is_none_without_both_passes(corpus):
    shutil.rmtree(corpus / "annotations" / PASSES[1])
    assert ceiling("ner", data=corpus) is None


def test_there_is_none_when_no_document_is_in_both_passes(corpus):
    for path in (corpus / "annotations" / PASSES[1]).iterdir():
        path.unlink()
    assert [ceiling(task, data=corpus) for task in TASKS] == [None] * 3


def test_there_is_none_for_a_task_of_the_users(tmp_path):
    assert ceiling(tmp_path / "task.yaml") is None


def test_there_is_none_for_a_text_that_the_passes_did_not_read(corpus):
    path = corpus / "attribution" / "train.jsonl"
    lines = records(path)
    for line in lines:
        line["text"] += " …"
    write(path, lines)
    assert ceiling("attribution", "split", "train", data=corpus) is None


def test_the_ceiling_of_entities_is_near_their_agreement():
    agreed = annotation_agreement(*(read_sources(ab.data_dir(), name) for name in PASSES))
    found = ceiling("ner", "cv", None)
    # Of the fine, nested entities and of the coarse, flat view of them.
    assert found.value == pytest.approx(agreed["entities: F1, exact"].value, abs=0.01)


@pytest.mark.parametrize("task", TASKS)
def test_the_ceiling_of_a_run_is_that_of_its_rows(task):
    (run,) = ab.evaluate("majority", [task], out=None, limit=9)
    assert ceiling_of_run(run) == ceiling(task, "split", "test", limit=9)
    (run,) = ab.evaluate("majority", [task], protocol="cv", out=None)
    assert ceiling_of_run(run) == ceiling(task, "cv", None)
    assert ceiling_of_run(run).value > run.score.value


def test_there_is_none_for_a_run_on_other_rows():
    (run,) = ab.evaluate("majority", ["ner"], out=None)
    other = msgspec.structs.replace(run.dataset, rows="0" * 64)
    assert ceiling_of_run(msgspec.structs.replace(run, dataset=other)) is None
    assert ceiling_of_run(msgspec.structs.replace(run, task="anercorp")) is None


@pytest.mark.parametrize(("protocol", "split"), [("cross", "test"), ("split", "tset")])
def test_an_unknown_protocol_or_split_is_refused(protocol, split):
    with pytest.raises(InputError, match=r"unknown protocol|no split"):
        ceiling("ner", protocol, split)
