"""Tasks: ours, and a user's own task.yaml."""

import shutil

import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.schema import ROW_TYPES
from arnews_bench.tasks import external_task_names

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
    with pytest.raises(
        ab.InputError, match="field `id`: 'train-1' is in split 'train' and in split 'test'"
    ):
        ab.load_task(own_task(id="train-1")).all_rows()


def test_one_split_is_read_without_the_others(own_task, tmp_path):
    path = own_task()
    (tmp_path / "train.jsonl").unlink()
    task = ab.load_task(path)
    assert [row.id for row in task.rows("test")] == ["test-1"]
    assert task.missing() == (tmp_path / "train.jsonl",)


FOREIGN = """
name: foreign
type: stance
description: Headlines.
source: https://example.org/headlines
layout: The files of the download, unpacked.
license: CC0
data: {format: csv, root: files, train: train.csv, test: test.csv}
columns: {claim: a, text: b, label: c}
labels: {other: unrelated}
"""
HEADLINES = "a,b,c\nتراجع الذهب,هبط الذهب,agree\nفاز الفريق,خسر الفريق,disagree\n"


@pytest.fixture
def foreign_task(tmp_path):
    """A task on files of another form: a function that writes it and returns its path."""

    def write(declaration: str = FOREIGN, **files: str):
        (tmp_path / "foreign.yaml").write_text(declaration, encoding="utf-8")
        (tmp_path / "files").mkdir(exist_ok=True)
        for split in ("train", "test"):
            content = files.get(split, HEADLINES)
            (tmp_path / "files" / f"{split}.csv").write_text(content, encoding="utf-8")
        return tmp_path / "foreign.yaml"

    return write


def test_a_task_on_files_of_another_form_is_evaluated_like_ours(foreign_task):
    (run,) = ab.evaluate("majority", [foreign_task()], out=None)
    # One of two labels, always: F1 of 2/3 and 0.
    assert run.metrics["macro_f1"].value == pytest.approx(1 / 3)
    assert (run.n.rows, run.n.documents) == (2, 2)


def test_predictions_for_it_are_scored(foreign_task, tmp_path):
    lines = [{"id": "test-1", "label": "agree"}, {"id": "test-2", "label": "disagree"}]
    path = tmp_path / "predictions.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    assert ab.score(path, foreign_task()).metrics["macro_f1"].value == 1.0


def test_folds_are_dealt_over_all_splits(foreign_task):
    task = ab.load_task(foreign_task(train=HEADLINES + "أ,ب,agree\nج,د,agree\nه,و,agree\n"))
    assert [row.id for row in task.all_rows()] == [
        "train-1", "train-2", "train-3", "train-4", "train-5", "test-1", "test-2",
    ]  # fmt: skip
    assert sorted(row.fold for row in task.all_rows()) == [0, 0, 1, 1, 2, 3, 4]
    assert not task.streamable


def test_it_says_what_it_is_and_what_one_cluster_is(foreign_task):
    task = ab.load_task(foreign_task())
    assert (task.cluster, task.license, task.source) == (
        "row", "CC0", "https://example.org/headlines",
    )  # fmt: skip
    assert ab.load_task("stance").cluster == "doc_id"


def test_labels_are_those_of_the_map_and_of_the_rows(foreign_task):
    assert ab.load_task(foreign_task()).labels == ("agree", "disagree", "unrelated")
    assert ab.load_task(foreign_task(FOREIGN.replace("labels:", "version: '1' #"))).labels == (
        "agree", "disagree",
    )  # fmt: skip


def test_tags_are_those_of_the_types_that_the_rows_have(tmp_path):
    (tmp_path / "test.txt").write_text("دمشق B-LOC\nأمس B-TIM\n", encoding="utf-8")
    (tmp_path / "task.yaml").write_text(
        "{name: n, type: ner, description: d, data: {format: conll, test: test.txt}, "
        "labels: {PERS: PER, TIM: O}}"
    )
    assert ab.load_task(tmp_path / "task.yaml").labels == (
        "O", "B-PER", "I-PER", "B-LOC", "I-LOC",
    )  # fmt: skip


HUB = "{format: hf, repo: org/name, revision: " + "a" * 40 + ", test: test"


@pytest.mark.parametrize(
    ("task_type", "data", "columns", "fine"),
    [
        ("ner", "{format: jsonl, test: test.jsonl}", "{}", True),
        ("ner", HUB + "}", "{}", True),
        ("ner", HUB + "}", "{tokens: t, tags: g}", False),
        ("ner", HUB + ", tagset: fine}", "{tokens: t, tags: g}", True),
        ("ner", "{format: conll, test: test.txt}", "{}", False),
        ("ner", "{format: conll, tagset: fine, test: test.txt}", "{}", True),
        ("stance", "{format: jsonl, test: test.jsonl}", "{}", False),
    ],
)
def test_fine_types_are_in_rows_of_our_own_form_and_where_they_are_declared(
    tmp_path, task_type, data, columns, fine
):
    path = tmp_path / "task.yaml"
    path.write_text(
        f"{{name: n, type: {task_type}, description: d, data: {data}, columns: {columns}}}"
    )
    assert ab.load_task(path).has_fine_types is fine


def test_the_fingerprint_follows_the_files_and_how_they_are_read(foreign_task):
    def fingerprint(declaration=FOREIGN, *, lenient=False, **files):
        return ab.load_task(foreign_task(declaration, **files), lenient=lenient).fingerprint

    first = fingerprint()
    assert fingerprint() == first
    assert fingerprint(FOREIGN.replace("CC0", "CC BY")) == first
    others = {
        fingerprint(train=HEADLINES + "أ,ب,agree\n"),
        fingerprint(FOREIGN.replace("claim: a, text: b", "claim: b, text: a")),
        fingerprint(FOREIGN.replace("other: unrelated", "other: discuss")),
        fingerprint(FOREIGN + "cluster: a\n"),
        fingerprint(lenient=True),
    }
    assert len(others) == 5
    assert first not in others


def test_missing_data_are_said_with_the_layout_that_is_expected(foreign_task, tmp_path):
    path = foreign_task()
    (tmp_path / "files" / "test.csv").unlink()
    with pytest.raises(ab.InputError) as caught:
        ab.load_task(path).rows("test")
    assert str(caught.value).splitlines() == [
        f"{tmp_path / 'files' / 'test.csv'}: no such file",
        f"  task 'foreign' expects in {tmp_path / 'files'}:",
        "    train: train.csv",
        "    test: test.csv",
        "  The files of the download, unpacked.",
        "  they come from https://example.org/headlines",
        "  a folder elsewhere that holds them is given with --data DIR",
    ]


def test_predictions_are_scored_without_the_rows_to_learn_from(foreign_task, tmp_path):
    path = foreign_task()
    whole = ab.load_task(path).fingerprint
    (tmp_path / "files" / "train.csv").unlink()
    task = ab.load_task(path)
    assert len(task.rows("test")) == 2
    assert task.labels == ("agree", "disagree", "unrelated")
    assert task.fingerprint != whole


def test_lenient_reading_is_asked_for_and_reported(foreign_task):
    path = foreign_task(test=HEADLINES + "أ,ب,Agree\n")
    with pytest.raises(ab.InputError, match="--lenient repairs 1 of them"):
        ab.load_rows(path, "test")
    task = ab.load_task(path, lenient=True)
    assert task.repairs == ()
    assert task.rows("test")[2].label == "agree"
    assert len(task.repairs) == 1


def test_external_tasks_are_known_by_name():
    assert {"anercorp", "ans"} <= set(external_task_names())
    for name in external_task_names():
        assert ab.load_task(name).name == name
    with pytest.raises(ab.InputError, match="did you mean 'anercorp'"):
        ab.load_task("anercorps")


BAD_DECLARATIONS = {
    "no YAML": ("name: [", "task.yaml:1: not YAML: "),
    "unknown type": (OWN_TASK.replace("type: ner", "type: pos"), "field `type`: "),
    "unknown field": (OWN_TASK + "splits: 3\n", "`splits`"),
    "unknown format": (OWN_TASK.replace("jsonl,", "xml,", 1), "field `data.format`: "),
    "no test split": (OWN_TASK.replace("test: test.jsonl", ""), "field `data.test`: missing"),
}


@pytest.mark.parametrize(
    ("declaration", "message"), BAD_DECLARATIONS.values(), ids=list(BAD_DECLARATIONS)
)
def test_a_wrong_declaration_is_named(own_task, declaration, message):
    with pytest.raises(ab.InputError, match=r"task\.yaml(:1)?: ") as caught:
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
