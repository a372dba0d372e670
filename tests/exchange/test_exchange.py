"""What is exported can be imported again; what is wrong with an import leaves the corpus alone."""

import json
import shutil

import pytest
from brat_corpus import make_corpus

from arnews_bench import data_dir, exchange
from arnews_bench.annotations import GOLD, read_sources
from arnews_bench.corpus import build
from arnews_bench.errors import InputError
from arnews_bench.exchange import (
    FORMAT_NAMES,
    FORMATS,
    export,
    find_changes,
    import_annotation,
    load_format,
)
from arnews_bench.exchange.format import describe_difference


@pytest.fixture
def data(tmp_path):
    """A corpus of two short documents, p-a and p-b."""
    return make_corpus(tmp_path / "data")


@pytest.fixture
def folder(data, tmp_path):
    """That corpus in brat."""
    export(data, "brat", tmp_path / "brat")
    return tmp_path / "brat"


def snapshot(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def replace(path, old, new):
    text = path.read_text("utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), "utf-8")


def error_of(data, folder, **options):
    """The message of an import that fails and changes nothing."""
    before = snapshot(data)
    with pytest.raises(InputError) as caught:
        import_annotation(data, "brat", folder, **options)
    assert snapshot(data) == before
    return str(caught.value)


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_a_format_is_found_by_its_name_and_described_in_one_line(name):
    found = load_format(name)
    assert found.name == name
    assert found.description
    assert "\n" not in found.description


def test_an_unknown_format_is_an_error_with_a_guess():
    with pytest.raises(InputError, match="unknown format 'bratt'; did you mean 'brat'"):
        load_format("bratt")


def test_whole_annotations_and_only_they_can_be_imported():
    assert [name for name in FORMATS if load_format(name).read] == ["brat", "label-studio"]


def test_an_export_writes_its_files_and_leaves_others_alone(data, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.md").write_text("mine")
    written = export(data, "brat", out, ["p-b"])
    names = ["annotation.conf", "visual.conf", "README.md", "p-b.txt", "p-b.ann"]
    assert [path.relative_to(out).as_posix() for path in written] == names
    assert sorted(path.name for path in out.iterdir()) == sorted([*names, "notes.md"])
    assert (out / "notes.md").read_text() == "mine"


def test_documents_come_once_and_in_the_order_of_the_corpus(data, tmp_path):
    written = export(data, "brat", tmp_path / "out", ["p-b", "p-a", "p-b"])
    assert [path.name for path in written if path.suffix == ".ann"] == ["p-a.ann", "p-b.ann"]


def test_an_export_is_the_same_bytes_each_time(data, tmp_path):
    export(data, "brat", tmp_path / "1")
    export(data, "brat", tmp_path / "2")
    assert snapshot(tmp_path / "1") == snapshot(tmp_path / "2")


def test_an_export_of_an_unknown_document_writes_nothing(data, tmp_path):
    with pytest.raises(InputError, match="unknown document 'p-z'; did you mean 'p-"):
        export(data, "brat", tmp_path / "out", ["p-a", "p-z"])
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder_to_export_into(data, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError, match="out: is a file; the export needs a folder"):
        export(data, "brat", tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_an_unsound_corpus_is_not_exported(data, tmp_path):
    replace(data / "annotations" / GOLD / "p-b.jsonl", '"C02"', '"C03"')
    with pytest.raises(InputError, match=r"p-b\.jsonl:2: known-claim"):
        export(data, "brat", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_import_without_changes_writes_nothing(data, folder):
    before = snapshot(data)
    assert import_annotation(data, "brat", folder) == []
    assert snapshot(data) == before


def test_an_import_writes_the_changed_documents_only(data, folder):
    before = snapshot(data / "annotations")
    replace(folder / "p-a.ann", "T3\tGPE 8 13", "T3\tORG 8 13")
    assert import_annotation(data, "brat", folder) == ["p-a"]
    after = snapshot(data / "annotations")
    assert [path.as_posix() for path in after if after[path] != before[path]] == [
        f"{GOLD}/p-a.jsonl"
    ]
    assert [e.type for e in read_sources(data).entities("p-a")] == ["PERS", "ORG", "PERS", "ORG"]


def test_changes_are_counted_by_the_place_of_a_record(data, folder):
    replace(folder / "p-a.ann", "T2\tPERS 0 6", "T2\tORG 0 6")
    replace(folder / "p-a.ann", "T3\tGPE 8 13\tروسيا\n", "")
    replace(folder / "p-a.ann", "T5\tORG 41 47\tرويترز", "T5\tORG 36 47\tبحسب رويترز")
    replace(folder / "p-a.ann", "A9\tC01 E3 discuss", "A9\tC01 E3 agree")
    (change,) = find_changes(data, "brat", folder)
    # A moved span is one removed and one added.
    assert change[:4] == ("p-a", 1, 2, 2)
    before = (data / "annotations" / GOLD / "p-a.jsonl").read_bytes()
    assert change.content != before, "found, and not written"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "T3\tGPE 8 13\tروسيا",
            "T3\tGPE 8 20\tروسيا مستعدة\nT99\tORG 14 20\tمستعدة\nT98\tORG 0 13\tلافروف: روسيا",
            "p-a.ann:3: T3: no-crossing: 'لافروف: روسيا' and 'روسيا مستعدة'",
        ),
        (
            "T3\tGPE 8 13\tروسيا",
            "T3\tGPE 8 12\tروسي",
            "p-a.ann:3: T3: token-boundary: entity 'روسي' cuts through a token",
        ),
        (
            "T10\tSource 25 30\tبوتين",
            "T10\tSource 8 13\tروسيا",
            "p-a.ann:14: E3: beside-the-cue: source is in another sentence",
        ),
        ("A9\tC01 E3 discuss\n", "", "p-a: statements-of-related-pairs: C01 is agree;"),
        ("A10\tC02 T1 unrelated\n", "", "p-a: every-claim-labelled: C02 is missing"),
    ],
)
def test_a_broken_rule_is_named_with_its_place_in_the_import(data, folder, old, new, said):
    replace(folder / "p-a.ann", old, new)
    assert said in error_of(data, folder)


def test_one_wrong_document_keeps_the_others_from_being_imported(data, folder):
    replace(folder / "p-a.ann", "T3\tGPE 8 13", "T3\tORG 8 13")
    replace(folder / "p-b.ann", "C01 T1 unrelated", "C01 T1 x")
    assert "p-b.ann:2: A1: C01 is 'x'" in error_of(data, folder)


def test_a_missing_document_is_an_error_unless_the_import_is_partial(data, folder):
    (folder / "p-b.ann").unlink()
    (folder / "p-b.txt").unlink()
    replace(folder / "p-a.ann", "T3\tGPE 8 13", "T3\tORG 8 13")
    assert "missing: p-b; an import of some documents only must say so" in error_of(data, folder)
    assert import_annotation(data, "brat", folder, partial=True) == ["p-a"]


def test_a_folder_without_documents_is_an_error(data, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "there is no document at all" in error_of(data, tmp_path / "empty", partial=True)
    assert error_of(data, tmp_path / "none").endswith("none: no such folder")


def test_an_export_only_format_says_so(data, folder):
    with pytest.raises(InputError, match=r"conll can be exported only.*brat, label-studio"):
        import_annotation(data, "conll", folder)


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        ("نعم", "نعم", None),
        ("نعم", "نعمة", "at character 3 it has the end of the text, the corpus has 'ة'"),
        ("لا", "نعم", "at character 0 it has 'لا', the corpus has 'نعم'"),
    ],
)
def test_a_difference_of_texts_is_described_at_its_first_character(found, expected, said):
    difference = describe_difference(found, expected)
    assert (difference is None) == (said is None)
    assert said is None or difference.endswith(said)


def built(data, config):
    lines = build(read_sources(data))[f"{config}/test.jsonl"].splitlines()
    return [row for row in map(json.loads, lines) if row["doc_id"] == "p-a"]


def test_a_change_of_each_layer_reaches_the_rows(data, folder):
    ann = folder / "p-a.ann"
    # Another type, a new entity, and the content ends a word earlier.
    replace(ann, "T2\tPERS 0 6", "T2\tORG 0 6")
    replace(ann, "#3\t", "T20\tGPE 49 55\tللسلام\n#3\t")
    replace(ann, "T8\tContent 8 20\tروسيا مستعدة", "T8\tContent 8 13\tروسيا")
    # The second attribution goes with its spans, attributes, note and statement.
    gone = {"T9", "T10", "T11", "T12", "E3", "A4", "A5", "A6", "A9", "#2"}
    lines = ann.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.split("\t")[0] not in gone]
    ann.write_text("".join(kept), "utf-8")
    assert len(lines) - len(kept) == len(gone)

    assert import_annotation(data, "brat", folder) == ["p-a"]
    title, body = built(data, "ner")
    assert [(e["start"], e["end"], e["type"]) for e in title["entities"]] == [
        (0, 6, "ORG"),
        (8, 13, "GPE"),
    ]
    assert title["ner_tags"] == ["B-ORG", "O", "B-LOC", "O"]
    # Offsets into the second sentence, which starts at 21.
    assert [(e["start"], e["end"], e["type"]) for e in body["entities"]] == [
        (4, 9, "PERS"),
        (20, 26, "ORG"),
        (28, 34, "GPE"),
    ]
    (row,) = built(data, "attribution")
    (attribution,) = row["attributions"]
    assert attribution["content"] == [{"start": 8, "end": 13, "text": "روسيا"}]
    labels = {row["id"]: row["label"] for row in built(data, "stance")}
    assert labels == {"C01:p-a": "agree", "C01:p-a@A01": "agree", "C02:p-a": "unrelated"}


def test_the_whole_gold_annotation_comes_back_from_brat_byte_for_byte(tmp_path):
    data, out = tmp_path / "data", tmp_path / "out"
    for name in ("raw", "annotations"):
        shutil.copytree(data_dir() / name, data / name)
    before = snapshot(data)
    export(data, "brat", out)
    # Emptied, so that every document has to be written again.
    for path in (data / "annotations" / GOLD).iterdir():
        path.write_bytes(b"")
    assert import_annotation(data, "brat", out) == list(read_sources(data).documents)
    assert snapshot(data) == before


def test_the_commands_write_and_take_back(arbench, data, tmp_path):
    out = tmp_path / "brat"
    result = arbench("data", "export", "--format", "brat", "--out", out, "--data", data)
    assert (result.code, result.out) == (0, f"7 files written to {out}\n")

    replace(out / "p-a.ann", "T3\tGPE 8 13", "T3\tORG 8 13")
    before = snapshot(data)
    call = ("data", "import", "--format", "brat", out, "--data", data)
    result = arbench(*call, "--dry-run")
    assert result.out == (
        "p-a: 0 added, 0 removed, 1 changed\n1 documents would change, nothing was written\n"
    )
    assert snapshot(data) == before

    result = arbench(*call)
    assert result.out == "p-a: 0 added, 0 removed, 1 changed\n1 documents changed\n"
    assert read_sources(data).entities("p-a")[1].type == "ORG"
    assert arbench(*call).out == "0 documents changed\n"


def test_an_export_goes_to_a_folder_of_its_format_if_none_is_given(
    arbench, data, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    result = arbench("data", "export", "--format", "brat", "--doc", "p-b", "--data", data)
    assert result.out == "5 files written to export/brat\n"
    assert (tmp_path / "export" / "brat" / "p-b.ann").is_file()
    assert not (tmp_path / "export" / "brat" / "p-a.ann").exists()


def test_a_partial_import_must_be_asked_for(arbench, data, tmp_path):
    out = tmp_path / "brat"
    export(data, "brat", out, ["p-b"])
    call = ("data", "import", "--format", "brat", out, "--data", data)
    result = arbench(*call)
    assert result.code == 2
    assert "missing: p-a" in result.err
    assert arbench(*call, "--partial").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "--format", "bratt"), "unknown format 'bratt'; did you mean 'brat'?"),
        (("import", "--format", "spacy", "."), "spacy can be exported only"),
        (("import", "--format", "brat", "nowhere"), "nowhere: no such folder"),
    ],
)
def test_a_wrong_call_ends_in_one_message(arbench, data, arguments, said):
    result = arbench("data", *arguments, "--data", data)
    assert result.code == 2
    assert said in result.err
    assert "Traceback" not in result.err


def test_the_help_names_every_format(arbench):
    help_text = arbench("data", "export", "--help").out
    assert [name for name in FORMAT_NAMES if name not in help_text] == []


def test_a_partial_import_leaves_the_files_of_other_documents_alone(data, folder):
    other = data / "annotations" / GOLD / "p-b.jsonl"
    other.write_bytes(other.read_bytes().replace(b"\n", b"\r\n"))
    before = other.read_bytes()
    for ending in (".txt", ".ann"):
        (folder / f"p-b{ending}").unlink()
    assert import_annotation(data, "brat", folder, partial=True) == []
    assert other.read_bytes() == before


def test_an_export_that_cannot_be_finished_takes_back_what_it_wrote(data, tmp_path):
    out = tmp_path / "out"
    (out / "p-b.ann").mkdir(parents=True)
    (out / "p-a.txt").write_text("mine")
    with pytest.raises(InputError, match=r"p-b\.ann: cannot be written"):
        export(data, "brat", out)
    assert sorted(path.name for path in out.iterdir()) == ["p-a.txt", "p-b.ann"]
    assert (out / "p-a.txt").read_text() == "mine"


def edited(folder):
    """The folder with another mode in the first document."""
    replace(folder / "p-a.ann", "Mode E1 indirect", "Mode E1 direct")
    return folder


def test_an_import_that_is_interrupted_takes_back_what_it_wrote(data, folder, monkeypatch):
    (change,) = find_changes(data, "brat", edited(folder))
    changes = [change, change._replace(doc_id="p-b")]
    before, write = snapshot(data), exchange.replace_file

    def stops(path, content):
        if path.name == "p-b.jsonl":
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(exchange, "replace_file", stops)
    with pytest.raises(KeyboardInterrupt):
        exchange.write_changes(data, changes)
    assert snapshot(data) == before


def test_a_path_that_cannot_be_is_no_folder_to_export_into(data, tmp_path):
    with pytest.raises(InputError, match="x: cannot be written: File name too long"):
        export(data, "brat", tmp_path / ("x" * 300))


def test_an_import_into_a_corpus_whose_documents_have_no_text_is_refused(data, folder):
    path = data / "annotations" / "documents.jsonl"
    path.write_text(path.read_text("utf-8").replace('"page": "p"', '"page": "q"', 1), "utf-8")
    assert "known-page: there is no page" in error_of(data, folder)
