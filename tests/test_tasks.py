"""Tasks: ours, and a user's own task.yaml."""

import shutil

import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.schema import ROW_TYPES

OWN_TASK = """
name: own
type: ner
description: Two sentences.
data: {format: jsonl, train: train.jsonl, test: test.jsonl}
"""


def own_row(row_id: str, fold: int) -> dict:
    return {
        "id": row_id, "doc_id": row_id, "start": 0, "text": "زار بوتين دمشق",
        "tokens": ["زار", "بوتين", "دمشق"], "token_spans": [[0, 3], [4, 9], [10, 14]],
        "ner_tags": ["O", "B-PER", "B-LOC"], "entities": [], "fold": fold,
    }  # fmt: skip


@pytest.fixture
def own_task(tmp_path):
    """A task of a user's: a function that writes it and returns the path of its task.yaml."""

    def write(declaration: str = OWN_TASK, **changes):
        (tmp_path / "task.yaml").write_text(declaration, encoding="utf-8")
        for split, fold in (("train", 0), ("test", 1)):
            row = own_row(f"{split}-1", fold) | (changes if split == "test" else {})
            (tmp_path / f"{split}.jsonl").write_bytes(msgspec.json.encode(row) + b"\n")
        return tmp_path / "task.yaml"

    return write


def test_the_three_tasks_come_in_the_order_of_the_readme():
    assert ab.task_names() == ("ner", "stance", "attribution")


@pytest.mark.parametrize("name", ["ner", "stance", "attribution"])
def test_a_task_has_three_splits_and_rows_of_its_type(name):
    task = ab.load_task(name)
    assert task.splits == ("train", "validation", "test")
    assert all(type(row) is ROW_TYPES[task.type] for row in task.all_rows())
    assert [{row.fold for row in task.rows(split)} for split in task.splits] == [
        {4},
        {2},
        {0, 1, 3},
    ]


def test_labels_are_what_a_prediction_may_hold():
    assert ab.load_task("ner").labels == ab.NER_TAGS
    assert ab.load_task("stance").labels == ("agree", "disagree", "discuss", "unrelated")
    assert ab.load_task("attribution").labels == ()


def test_an_own_task_is_evaluated_like_ours(own_task):
    (run,) = ab.evaluate("majority", [own_task()], out=None)
    assert run.task == "own"
    assert run.metrics["strict_f1"].value == 1.0
    assert run.dataset.version is None


def test_one_document_has_a_score_but_no_interval(own_task):
    (run,) = ab.evaluate("majority", [own_task()], out=None)
    assert (run.score.low, run.score.high) == (None, None)


def test_the_fingerprint_follows_every_row(own_task):
    before = ab.load_task(own_task()).fingerprint
    assert ab.load_task(own_task()).fingerprint == before
    assert ab.load_task(own_task(fold=2)).fingerprint != before


def test_another_data_folder_takes_the_place_of_the_tasks_own(tmp_path):
    shutil.copytree(ab.data_dir() / "ner", tmp_path / "ner")
    path = tmp_path / "ner" / "test.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert len(ab.load_rows("ner", "test", tmp_path)) == 2
    assert len(ab.load_rows("ner", "test")) == 87


BAD_ROWS = {
    "of different lengths": ({"ner_tags": ["O"]}, "3 `tokens`, 3 `token_spans`, 1 `ner_tags`"),
    "unknown tag": ({"ner_tags": ["O", "B-PERS", "O"]}, "`ner_tags[1]`: unknown tag 'B-PERS'"),
    "shifted span": (
        {"token_spans": [[0, 3], [5, 9], [10, 14]]},
        "`token_spans[1]`: [5, 9) is 'وتين' in the text, not 'بوتين'",
    ),
    "unknown field": ({"tag": []}, "`tag`"),
    "wrong type": ({"fold": "1"}, "`fold`: Expected `int`, got `str`"),
}


@pytest.mark.parametrize(("change", "message"), BAD_ROWS.values(), ids=list(BAD_ROWS))
def test_a_wrong_row_is_named_by_file_line_and_field(own_task, change, message):
    with pytest.raises(ab.InputError, match=r"test\.jsonl:1: ") as caught:
        ab.load_task(own_task(**change)).rows("test")
    assert message in str(caught.value)


def test_an_id_in_two_splits_is_named(own_task):
    with pytest.raises(ab.InputError, match=r"test.jsonl:1: field `id`: 'train-1' was there at"):
        ab.load_task(own_task(id="train-1")).rows("test")


BAD_DECLARATIONS = {
    "no YAML": ("name: [", "broken YAML"),
    "unknown type": (OWN_TASK.replace("type: ner", "type: pos"), "field `type`: "),
    "unknown field": (OWN_TASK + "splits: 3\n", "`splits`"),
    "unknown format": (OWN_TASK.replace("jsonl,", "xml,", 1), "field `data.format`: "),
    "no test split": (OWN_TASK.replace("test: test.jsonl", ""), "`test`"),
}


@pytest.mark.parametrize(
    ("declaration", "message"), BAD_DECLARATIONS.values(), ids=list(BAD_DECLARATIONS)
)
def test_a_wrong_declaration_is_named(own_task, declaration, message):
    with pytest.raises(ab.InputError, match=r"task\.yaml: ") as caught:
        ab.load_task(own_task(declaration))
    assert message in str(caught.value)


def test_a_model_that_learns_needs_a_train_split(own_task):
    path = own_task(OWN_TASK.replace("train: train.jsonl, ", ""))
    with pytest.raises(ab.InputError, match="'own' has no rows to train on"):
        ab.evaluate("majority", [path], out=None)


def test_a_stance_row_needs_its_label(tmp_path):
    row = msgspec.to_builtins(ab.load_rows("stance", "test")[0]) | {"label": None}
    (tmp_path / "test.jsonl").write_bytes(msgspec.json.encode(row))
    (tmp_path / "task.yaml").write_text(
        "{name: s, type: stance, description: d, data: {format: jsonl, test: test.jsonl}}"
    )
    with pytest.raises(ab.InputError, match="needs its gold label"):
        ab.load_task(tmp_path / "task.yaml").rows("test")
