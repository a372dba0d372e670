"""A new page: added as a whole or not at all, and then part of everything that is built."""

import io
import json
import shlex
import shutil
from pathlib import Path

import msgspec
import pytest

from arnews_bench import data_dir, load_task
from arnews_bench.annotations import (
    GOLD,
    PASSES,
    AttributionRecord,
    EntityRecord,
    StanceRecord,
    encode_annotation,
    read_sources,
)
from arnews_bench.cli import intake as command
from arnews_bench.errors import InputError
from arnews_bench.fingerprint import dataset_fingerprint
from arnews_bench.intake import PlannedSlice, add_page, adding, parse_plan, plan_page, read_page
from arnews_bench.protocols import make_folds
from arnews_bench.schema import TextSpan
from arnews_bench.validation import validate

PAGE = Path(__file__).parent / "data" / "new_page.txt"
TITLES = [
    "سفينة قمح أوكرانية تصل إلى ميناء الإسكندرية بعد تأخر أسبوعين",
    "مصر تبحث شراء القمح من فرنسا ورومانيا قبل نهاية الصيف",
    "وزير الزراعة: محصول القمح هذا العام أفضل من المتوقع",
    "تركيا تعلن خطة جديدة لتأمين السفن في البحر الأسود",
]
IDS = ["005-a", "005-b", "005-c", "005-d"]


@pytest.fixture
def data(tmp_path):
    """A copy of the dataset to add to."""
    return shutil.copytree(data_dir(), tmp_path / "data")


@pytest.fixture
def page():
    return read_page(PAGE)


def filled(data, page, split="train", **documents):
    """The proposed plan with what a person fills in; `documents`: name → changes."""
    plan = plan_page(data, page)
    return msgspec.structs.replace(
        plan,
        split=split,
        documents=tuple(
            msgspec.structs.replace(
                document,
                **{"event_id": "wheat-ships", "topic": "trade", "outlet": "النهر"}
                | documents.get(document.name, {}),
            )
            for document in plan.documents
        ),
    )


def files_of(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def lines_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# ---------------------------------------------------------------------------- a page is added


def test_a_page_comes_into_the_manifest_with_the_next_number_and_fold(data, page):
    added = add_page(data, page, filled(data, page))
    last = lines_of(data / "raw" / "manifest.jsonl")[-1]
    assert last == {
        "page": "005", "file": f"005_{page.sha256[:16]}.txt", "sha256": page.sha256,
        "split": "train", "fold": 5,
    }  # fmt: skip
    assert (data / "raw" / last["file"]).read_bytes() == PAGE.read_bytes()
    assert (added.page.page, [d.doc_id for d in added.documents]) == ("005", IDS)
    assert added.new_events == ("wheat-ships",)


def test_its_documents_are_cut_verbatim_and_say_where_they_begin_and_end(data, page):
    add_page(data, page, filled(data, page, a={"date": "2025-06-03"}))
    records = lines_of(data / "annotations" / "documents.jsonl")[-4:]
    assert [record["kind"] for record in records] == ["article", "brief", "headline", "headline"]
    titles = [record["title"] for record in records]
    assert [page.text[title["start"] : title["end"]] for title in titles] == TITLES
    first = records[0]
    assert first["body"]["begins"] == "أعلنت هيئة ميناء"
    assert first["body"]["ends"] == "قبالة السواحل الأوكرانية."
    del first["title"], first["body"]
    assert first == {
        "doc_id": "005-a", "page": "005", "kind": "article", "outlet": "النهر",
        "event_id": "wheat-ships", "topic": "trade", "translated_from": None,
        "date": "2025-06-03",
    }  # fmt: skip


def test_what_was_there_stays_byte_for_byte_and_the_passes_get_nothing(data, page):
    before = files_of(data)
    add_page(data, page, filled(data, page))
    after = files_of(data)
    assert set(after) - set(before) == {
        f"raw/005_{page.sha256[:16]}.txt",
        *(f"annotations/{GOLD}/{doc_id}.jsonl" for doc_id in IDS),
    }
    assert {after[f"annotations/{GOLD}/{doc_id}.jsonl"] for doc_id in IDS} == {b""}
    changed = {name for name, content in before.items() if after[name] != content}
    assert changed == {"raw/manifest.jsonl", "annotations/documents.jsonl"}
    assert all(after[name].startswith(before[name]) for name in changed)


def test_what_is_left_to_do_is_one_violation_a_document(data, page):
    add_page(data, page, filled(data, page))
    assert [str(violation) for violation in validate(read_sources(data))] == [
        f"{doc_id}.jsonl: every-claim-labelled: all 35 claims are missing" for doc_id in IDS
    ]


def test_another_page_comes_after_it(data, page, tmp_path):
    add_page(data, page, filled(data, page))
    other = tmp_path / "other.txt"
    other.write_text("بيان\n\nأعلنت الحكومة المصرية أنها ستزيد مخزون القمح قبل الشتاء.\n", "utf-8")
    raw = read_page(other)
    added = add_page(data, raw, filled(data, raw))
    assert (added.page.page, added.page.fold, added.new_events) == ("006", 6, ())


def test_a_page_that_already_lies_in_the_folder_of_pages_is_taken_from_there(data, page):
    plan = filled(data, page)
    shutil.copy(PAGE, data / "raw" / plan.file)
    add_page(data, read_page(data / "raw" / plan.file), plan)
    assert "005" in read_sources(data).pages


# ---------------------------------------------------------------------------- all or nothing


@pytest.mark.parametrize("failing", range(7))
@pytest.mark.parametrize("error", [InputError("disk full"), KeyboardInterrupt()])
def test_what_stops_the_writing_takes_back_what_was_written(
    data, page, monkeypatch, failing, error
):
    plan, before = filled(data, page), files_of(data)
    write, calls = adding.replace_file, []

    def stops(path, content):
        calls.append(path)
        if len(calls) == failing + 1:
            raise error
        write(path, content)

    monkeypatch.setattr(adding, "replace_file", stops)
    with pytest.raises(type(error)):
        add_page(data, page, plan)
    assert files_of(data) == before


@pytest.mark.parametrize("written", range(8))
def test_after_a_killed_call_the_same_call_adds_the_page(data, page, monkeypatch, written):
    plan, whole = filled(data, page), data.parent / "whole"
    shutil.copytree(data, whole)
    add_page(whole, page, plan)
    write, calls = adding.replace_file, []

    class Killed(BaseException):
        pass

    def dies(path, content):
        if len(calls) == written:
            raise Killed
        calls.append(path)
        write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(adding, "replace_file", dies)
        # Nothing is taken back by a process that is gone.
        patch.setattr(adding.contextlib.ExitStack, "callback", lambda *_, **__: None)
        try:
            add_page(data, page, plan)
        except Killed:
            pass
        else:
            written = 7
    if written < 7:
        add_page(data, page, plan)
    assert files_of(data) == files_of(whole)


def test_a_killed_call_leaves_pages_and_documents_that_can_be_read(data, page, monkeypatch):
    """The list of documents comes last, and nothing names what is not there."""
    order = []
    monkeypatch.setattr(adding, "replace_file", lambda path, content: order.append(path.name))
    plan = filled(data, page)
    add_page(data, page, plan)
    assert order == [
        plan.file, "manifest.jsonl", *(f"{doc_id}.jsonl" for doc_id in IDS), "documents.jsonl",
    ]  # fmt: skip


# ---------------------------------------------------------------------------- bad input


def refused(data, page, plan):
    """The message with which a plan is refused; nothing may have changed."""
    before = files_of(data)
    with pytest.raises(InputError) as caught:
        add_page(data, page, plan, "plan.yaml")
    assert files_of(data) == before
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"\xd9\x82\xff", "not UTF-8: byte 3 of the file"),
        (b"", "the page is empty"),
        ("\ufeff \n\u200f\n".encode(), "the page is empty"),
    ],
)
def test_what_is_no_page_is_refused(tmp_path, content, message):
    path = tmp_path / "page.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_page(path)
    assert str(caught.value) == f"{path}: {message}"


def test_a_page_of_the_corpus_is_not_added_again(data, page):
    plan = filled(data, page)
    add_page(data, page, plan)
    message = f"{PAGE}: is in the corpus already, as page 005 ({plan.file})"
    assert refused(data, page, plan) == message
    with pytest.raises(InputError, match="is in the corpus already, as page 005"):
        plan_page(data, page)


def test_the_plan_of_another_page_is_refused(data, page, tmp_path):
    other = tmp_path / "other.txt"
    other.write_bytes(PAGE.read_bytes() + b"\n")
    message = refused(data, read_page(other), filled(data, page))
    assert message.startswith("plan.yaml: field `sha256`: the plan is of another page; ")


def test_a_plan_that_was_not_filled_in_is_refused(data, page):
    message = refused(data, page, plan_page(data, page))
    assert message.startswith("plan.yaml is not complete:\n  field `split`: to be filled in: train")
    assert "field `documents[3].topic`: to be filled in: lower-case words" in message


def test_a_plan_that_was_made_in_code_is_checked_like_one_that_was_read(data, page):
    plan = filled(data, page, b={"name": "a"})
    message = refused(data, page, msgspec.structs.replace(plan, file="../../page.txt"))
    assert "field `file`: '../../page.txt' is not the name of a .txt file" in message
    assert "field `documents[1].name`: 'a' is taken by documents[0]" in message
    message = refused(data, page, msgspec.structs.replace(plan, documents=()))
    assert "field `documents`: there is no document to add" in message


def test_a_number_a_file_and_an_id_that_are_taken_are_refused(data, page):
    plan = filled(data, page)
    first = read_sources(data).pages["000"].file
    message = refused(data, page, msgspec.structs.replace(plan, page="000", file=first))
    assert message == (
        "plan.yaml cannot be used:\n"
        "  field `page`: '000' is taken; the next free one is '005'\n"
        f"  field `file`: '{first}' is taken by another page\n"
        + "\n".join(
            f"  field `documents[{number}].name`: '000-{name}' is taken"
            for number, name in enumerate("abcd")
        )
    )


def test_a_file_that_lies_there_with_another_content_is_not_overwritten(data, page):
    plan = filled(data, page)
    (data / "raw" / plan.file).write_text("another page", "utf-8")
    assert f"field `file`: '{plan.file}' is taken by another page" in refused(data, page, plan)


def test_an_event_that_crosses_splits_is_refused(data, page):
    message = refused(data, page, filled(data, page, c={"event_id": "kursk-fighting"}))
    assert message == (
        "plan.yaml would break rules of the corpus:\n"
        "  documents.jsonl: 005-c: event-in-one-split: 'kursk-fighting' is in train, and with "
        "000-c in test"
    )


def test_a_kind_that_does_not_fit_the_slices_is_refused(data, page):
    message = refused(data, page, filled(data, page, c={"kind": "brief"}))
    assert "005-c: shape-of-kind: a brief with title" in message


def test_words_that_are_not_on_the_page_are_refused(data, page):
    title = PlannedSlice(begins="سفينة فحم", ends="بعد تأخر أسبوعين")
    message = refused(data, page, filled(data, page, a={"title": title}))
    assert "field `documents[0].title.begins`: «سفينة فحم» is not on the page" in message


def test_documents_that_overlap_are_refused(data, page):
    body = PlannedSlice(begins="أعلنت هيئة ميناء", ends="قبل نهاية الصيف")
    message = refused(data, page, filled(data, page, a={"body": body}))
    assert message == (
        "plan.yaml does not fit the page:\n  field `documents[0].body.ends`: «قبل نهاية الصيف» "
        "does not follow «أعلنت هيئة ميناء» (line 12) before the next slice begins, only on line "
        "20; slices may not overlap"
    )


def test_a_copy_of_a_document_is_refused(data, page, tmp_path):
    path = tmp_path / "copy.txt"
    path.write_text(f"اقرأ أيضاً\n• {TITLES[2]}\n", "utf-8")
    add_page(data, page, filled(data, page))
    raw = read_page(path)
    assert "006-a: no-copy: same text as 005-c" in refused(data, raw, filled(data, raw))


def test_a_corpus_that_breaks_rules_already_is_put_right_first(data, page):
    plan = filled(data, page)
    path = data / "raw" / read_sources(data).pages["003"].file
    path.write_bytes(path.read_bytes() + b"\n")
    assert "the corpus breaks rules already" in refused(data, page, plan)


# ---------------------------------------------------------------------------- the command


def test_the_command_writes_a_plan_that_a_person_fills_in_and_it_is_carried_out(
    arbench, data, tmp_path
):
    plan = tmp_path / "plan.yaml"
    before = files_of(data)
    result = arbench("data", "add", PAGE, "--plan-out", plan, "--data", data)
    assert result.code == 0
    assert "4 documents proposed" in result.out
    assert f"arbench data add {PAGE} --plan {plan} --data {data}" in result.out
    assert files_of(data) == before
    text = plan.read_text("utf-8")
    for field, value in (("split", "train"), ("event_id", "wheat-ships"), ("topic", "trade")):
        text = text.replace(f"{field}: null", f"{field}: {value}")
    plan.write_text(text, "utf-8")
    result = arbench("data", "add", PAGE, "--plan", plan, "--data", data)
    assert result.out.startswith(
        f"added page 005 (raw/{parse_plan(text.encode(), '').file}, train, fold 5) with "
        "4 document(s): 005-a, 005-b, 005-c, 005-d\nnew event(s): wheat-ships\nannotate"
    )
    options = " ".join(f"--doc {doc_id}" for doc_id in IDS)
    assert f"  arbench data export --format brat --out DIR {options} --data {data}\n" in result.out
    assert result.out.endswith(f"  arbench data build --data {data}\n")


def test_without_a_terminal_the_plan_is_printed(arbench, data):
    before = files_of(data)
    result = arbench("data", "add", PAGE, "--data", data)
    assert result.code == 0
    assert [d.name for d in parse_plan(result.out.encode(), "").documents] == list("abcd")
    assert files_of(data) == before


def test_a_plan_is_not_overwritten(arbench, data, tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text("edited", "utf-8")
    result = arbench("data", "add", PAGE, "--plan-out", plan, "--data", data)
    assert (result.code, plan.read_text("utf-8")) == (2, "edited")
    assert f"{plan}: is there already" in result.err
    result = arbench("data", "add", PAGE, "--plan-out", plan, "--plan", plan)
    assert (result.code, result.out) == (2, "")


def test_a_broken_plan_is_one_message(arbench, data, tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text("page: '005'\nfolds: 6\n", "utf-8")
    result = arbench("data", "add", PAGE, "--plan", plan, "--data", data)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"arbench: {plan}:2: Object contains unknown field `folds`\n"


def test_the_help_shows_an_example(arbench):
    assert "Example: arbench data add page.txt" in arbench("data", "add", "--help").out


@pytest.fixture
def answer(arbench, data, monkeypatch):
    """Call the command as on a terminal, with answers line by line."""

    def call(*answers):
        monkeypatch.setattr(command, "_on_a_terminal", lambda: True)
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in answers)))
        return arbench("data", "add", PAGE, "--data", data)

    return call


def test_on_a_terminal_it_asks_document_by_document(answer, data):
    result = answer(
        "train",
        "y", "wheat-ships", "trade", "النهر", "-", "2025-06-03",
        "y", "", "", "", "fr", "-",
        "n",
        "", "black-sea-plan", "diplomacy", "-", "-", "-",
        "y",
    )  # fmt: skip
    assert result.code == 0, result.err
    records = lines_of(data / "annotations" / "documents.jsonl")[29:]
    fields = ("doc_id", "event_id", "topic", "outlet", "translated_from", "date")
    assert [tuple(record[field] for field in fields) for record in records] == [
        ("005-a", "wheat-ships", "trade", "النهر", None, "2025-06-03"),
        ("005-b", "wheat-ships", "trade", "النهر", "fr", None),
        ("005-d", "black-sea-plan", "diplomacy", None, None, None),
    ]
    assert all(title in result.out for title in TITLES)


def test_an_answer_that_may_not_stand_is_asked_again(answer, data):
    result = answer(
        "tests", "train",
        "y", "kursk-fighting", "Wheat Ships", "wheat-ships", "trade", "-", "-", "3 June", "-",
        "n", "n", "n", "y",
    )  # fmt: skip
    assert result.code == 0, result.err
    assert "'tests' is not one of train, validation, test" in result.out
    assert "'kursk-fighting' is an event of test; it lies in one split alone" in result.out
    assert "'Wheat Ships' is not lower-case letters" in result.out
    assert "'3 June' is not a day" in result.out
    assert lines_of(data / "annotations" / "documents.jsonl")[-1]["doc_id"] == "005-a"


@pytest.mark.parametrize("end", [["n", "n", "n", "n"], ["y", "e", "t", "-", "-", "-", *"nnn", "n"]])
def test_nothing_is_added_without_a_document_or_a_confirmation(answer, data, end):
    before = files_of(data)
    result = answer("train", *end)
    assert result.code == 0
    assert result.out.endswith("nothing was added\n")
    assert files_of(data) == before


def test_answers_that_are_refused_come_back_as_a_plan(answer, data, monkeypatch):
    # What no single answer shows: the page is one of the corpus by the time it is added.
    def refuse(*_):
        raise InputError("is in the corpus already")

    monkeypatch.setattr("arnews_bench.intake.add_page", refuse)
    result = answer("train", "y", "wheat-ships", "trade", "-", "-", "-", *"nnn", "y")
    assert (result.code, result.err) == (2, "arbench: is in the corpus already\n")
    plan = parse_plan(result.out[result.out.index("# The documents of a page") :].encode(), "")
    assert (plan.split, plan.documents[0].event_id) == ("train", "wheat-ships")


def test_a_page_in_which_nothing_is_recognised_needs_a_plan(arbench, data, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "_on_a_terminal", lambda: True)
    path = tmp_path / "page.txt"
    path.write_text("الرئيسية\n", "utf-8")
    result = arbench("data", "add", path, "--data", data)
    assert (result.code, result.out) == (
        0, "no document was recognised; write a plan with --plan-out and fill it in\n",
    )  # fmt: skip


def test_the_documents_after_z_have_names_of_two_letters(data, tmp_path):
    path = tmp_path / "page.txt"
    lines = [f"• الحكومة تعلن نتائج الجولة رقم {number}" for number in range(28)]
    path.write_text("\n".join(["اقرأ أيضاً", *lines]), "utf-8")
    names = [document.name for document in plan_page(data, read_page(path)).documents]
    assert (len(names), names[25:]) == (28, ["z", "aa", "ab"])


# ---------------------------------------------------------------------------- what follows


def annotate(data, doc_id, *, attribution=None):
    """Annotate a document: a first entity, every claim, and an attribution by (cue, content)."""
    sources = read_sources(data)
    text = sources.text(doc_id)
    word = text.split()[0]
    records = [EntityRecord(start=0, end=len(word), type="PRODUCT", text=word)]
    records += [StanceRecord(claim_id=claim, label="unrelated") for claim in sources.claims]
    if attribution:
        cue, content = (
            TextSpan(start=text.index(part), end=text.index(part) + len(part), text=part)
            for part in attribution
        )
        records.append(
            AttributionRecord(
                id="A01", cue=cue, source=None, source_name="سامي البدري", source_type="person",
                content=(content,), via=None, mode="direct", polarity="asserted",
            )
        )  # fmt: skip
        del records[1]
        records += [
            StanceRecord(claim_id="C01", label="discuss"),
            StanceRecord(claim_id="C01", label="agree", attribution="A01"),
        ]
    path = data / "annotations" / GOLD / f"{doc_id}.jsonl"
    path.write_bytes(encode_annotation(records))


def test_an_annotated_page_is_part_of_all_that_is_built_and_scored(arbench, data, page):
    add_page(data, page, filled(data, page))
    before = dataset_fingerprint(data)
    assert arbench("data", "validate", "--data", data).code == 2
    annotate(data, "005-a", attribution=("وقال", "تفريغ الشحنة سيستغرق أربعة أيام"))
    for doc_id in IDS[1:]:
        annotate(data, doc_id)
    result = arbench("data", "validate", "--data", data)
    assert (result.code, result.out[:16]) == (0, "33 documents and")
    assert arbench("data", "build", "--data", data).code == 0
    assert dataset_fingerprint(data) != before

    documents = lines_of(data / "documents" / "full.jsonl")
    assert [(d["doc_id"], d["fold"]) for d in documents[-4:]] == [(name, 5) for name in IDS]
    # Of the pairs of the page one is related; no other is drawn beside it.
    new = {"ner": set(IDS), "stance": {"005-a"}, "attribution": set(IDS)}
    for config, expected in new.items():
        for split in ("train", "validation", "test"):
            found = {row["doc_id"] for row in lines_of(data / config / f"{split}.jsonl")}
            assert found & set(IDS) == (expected if split == "train" else set())
    attributions = {row["doc_id"]: row for row in lines_of(data / "attribution" / "train.jsonl")}
    assert attributions["005-a"]["attributions"][0]["source_name"] == "سامي البدري"
    stances = {row["id"]: row["label"] for row in lines_of(data / "stance" / "train.jsonl")}
    assert (stances["C01:005-a"], stances["C01:005-a@A01"]) == ("discuss", "agree")

    statistics = json.loads(arbench("data", "stats", "--data", data, "--json").out)
    assert statistics["documents"]["documents"]["all"] == 33

    for task in ("ner", "stance", "attribution"):
        folds = make_folds(load_task(task, data), "cv", "test", None)
        assert [fold.name for fold in folds] == [f"fold {number}" for number in range(6)]
        assert {row.doc_id for row in folds[5].scored} == new[task]
    result = arbench(
        "eval", "majority", "--data", data, "--protocol", "cv", "--out", data.parent / "results",
        "--json",
    )  # fmt: skip
    assert result.code == 0, result.err
    assert [run["n"]["documents"] for run in json.loads(result.out)] == [33, 30, 33]


def test_the_agreement_of_the_passes_stays_what_it_was(arbench, data, page):
    before = arbench("data", "agreement", "--data", data, "--json")
    add_page(data, page, filled(data, page))
    after = arbench("data", "agreement", "--data", data, "--json")
    assert (after.code, after.out) == (0, before.out)
    assert len(read_sources(data, PASSES[0]).annotations) == 29


def test_a_page_does_not_come_to_documents_that_have_no_text(data, page):
    path = data / "annotations" / "documents.jsonl"
    path.write_text(path.read_text("utf-8").replace('"page": "000"', '"page": "999"', 1), "utf-8")
    with pytest.raises(InputError, match="000-a: known-page: there is no page '999'"):
        plan_page(data, page)


def test_the_next_command_can_be_pasted_whatever_the_paths_are(arbench, data, tmp_path):
    odd = shutil.copytree(data, tmp_path / "بيانات جديدة")
    path = shutil.copy(PAGE, tmp_path / "a page.txt")
    plan = tmp_path / "a plan.yaml"
    shown = arbench("data", "add", path, "--plan-out", plan, "--data", odd).out
    words = shlex.split(shown.splitlines()[-1])
    assert words == ["arbench", "data", "add", str(path), "--plan", str(plan), "--data", str(odd)]


def test_a_plan_is_not_written_where_no_file_can_be(arbench, data, tmp_path):
    result = arbench("data", "add", PAGE, "--plan-out", tmp_path / ("y" * 300), "--data", data)
    assert result.code == 2
    assert "y: cannot be written: File name too long" in result.err
