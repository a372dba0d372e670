"""What people edit is read strictly, and every record knows where it stands."""

import json
import random
import shutil

import pytest

from arnews_bench import data_dir
from arnews_bench.annotations import (
    GOLD,
    PASSES,
    AttributionRecord,
    EntityRecord,
    StanceRecord,
    encode_annotation,
    read_annotation,
    read_sources,
)
from arnews_bench.errors import InputError
from arnews_bench.schema import Attribution, TextSpan

CUE = {"start": 0, "end": 3, "text": "قال"}
ENTITY = {"layer": "entity", "start": 0, "end": 5, "type": "GPE", "text": "موسكو"}
ATTRIBUTION = {
    "layer": "attribution", "id": "A01", "cue": CUE, "source": None, "source_name": "بيتس",
    "source_type": "person", "content": [{"start": 4, "end": 6, "text": "لا"}], "via": None,
    "mode": "direct", "polarity": "asserted",
}  # fmt: skip
STANCE = {"layer": "stance", "claim_id": "C01", "label": "agree"}


@pytest.fixture
def data(tmp_path):
    """A copy of the raw pages, the documents, the claims and the annotation."""
    shutil.copytree(data_dir() / "raw", tmp_path / "raw")
    shutil.copytree(data_dir() / "annotations", tmp_path / "annotations")
    return tmp_path


def write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


def lines_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def annotation(data, doc_id):
    return data / "annotations" / GOLD / f"{doc_id}.jsonl"


def without(record, field):
    return {name: value for name, value in record.items() if name != field}


def error_of(data):
    with pytest.raises(InputError) as caught:
        read_sources(data)
    return str(caught.value)


def test_a_record_of_each_layer_is_read_with_its_file_and_line(data):
    write(annotation(data, "000-c"), ENTITY, ATTRIBUTION, STANCE)
    located = read_sources(data).annotations["000-c"]
    assert [type(item.record) for item in located] == [
        EntityRecord,
        AttributionRecord,
        StanceRecord,
    ]
    assert [item.where for item in located] == [f"000-c.jsonl:{line}" for line in (1, 2, 3)]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (ENTITY | {"type": "PER"}, "field `type`: Invalid enum value 'PER'"),
        (ENTITY | {"colour": "red"}, "unknown field `colour`"),
        (ENTITY | {"start": "0"}, "field `start`: Expected `int`, got `str`"),
        (without(ENTITY, "text"), "missing required field `text`"),
        (without(ENTITY, "layer"), "missing required field `layer`"),
        (ENTITY | {"layer": "emotion"}, "field `layer`: Invalid value 'emotion'"),
        (ATTRIBUTION | {"mode": "quoted"}, "field `mode`: Invalid enum value 'quoted'"),
        (ATTRIBUTION | {"polarity": "no"}, "field `polarity`: Invalid enum value 'no'"),
        (ATTRIBUTION | {"source_type": "x"}, "field `source_type`: Invalid enum value 'x'"),
        (ATTRIBUTION | {"source_name": None}, "field `source_name`: Expected `str`, got `null`"),
        (ATTRIBUTION | {"cue": None}, "field `cue`: Expected `object`, got `null`"),
        (ATTRIBUTION | {"cue": CUE | {"x": 1}}, "field `cue`: Object contains unknown field `x`"),
        (ATTRIBUTION | {"content": [without(CUE, "end")]}, "field `content[0]`: Object missing"),
        (without(ATTRIBUTION, "via"), "missing required field `via`"),
        (STANCE | {"label": "neutral"}, "field `label`: Invalid enum value 'neutral'"),
        (STANCE | {"attribution": 1}, "field `attribution`: Expected `str | null`, got `int`"),
    ],
)
def test_a_wrong_record_is_named_with_file_line_and_field(data, record, said):
    path = annotation(data, "000-c")
    write(path, ENTITY, record)
    message = error_of(data)
    assert f"{path}:2: " in message
    assert said in message


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("documents.jsonl", {"kind": "essay"}, "field `kind`: Invalid enum value 'essay'"),
        ("documents.jsonl", {"author": "X"}, "unknown field `author`"),
        ("documents.jsonl", {"body": {"start": 1}}, "field `body`: Object missing required field"),
        ("claims.jsonl", {"claim": None}, "field `claim`: Expected `str`, got `null`"),
        ("claims.jsonl", {"entities": ["X"]}, "field `entities[0]`: Expected `array`, got `str`"),
    ],
)
def test_a_wrong_document_or_claim_is_named_with_file_line_and_field(data, name, change, said):
    path = data / "annotations" / name
    first, second, *_ = lines_of(path)
    write(path, first, second | change)
    message = error_of(data)
    assert f"{path}:2: " in message
    assert said in message


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("raw/manifest.jsonl", "page"),
        ("annotations/documents.jsonl", "doc_id"),
        ("annotations/claims.jsonl", "claim_id"),
    ],
)
def test_an_id_may_not_occur_twice(data, name, field):
    path = data / name
    records = lines_of(path)
    write(path, *records, records[0])
    last, key = len(records) + 1, records[0][field]
    assert error_of(data) == f"{path}:{last}: field `{field}`: {key!r} was there before"


def test_every_document_needs_its_annotation(data):
    path = annotation(data, "000-c")
    path.unlink()
    assert error_of(data) == f"{path}: no such file"


def test_an_annotation_may_still_be_empty(data):
    annotation(data, "000-c").write_bytes(b"\n")
    assert read_sources(data).annotations["000-c"] == ()


def test_every_document_is_in_the_gold_but_a_pass_may_lack_later_ones(data):
    (data / "annotations" / "pass-2" / "000-c.jsonl").unlink()
    assert "000-c" not in read_sources(data, "pass-2").annotations
    annotation(data, "000-c").unlink()
    assert "000-c.jsonl: no such file" in error_of(data)


def test_the_canonical_form_does_not_depend_on_the_order_of_the_records():
    records = [item.record for item in read_sources(data_dir()).annotations["000-a"]]
    shuffled = random.Random(0).sample(records, len(records))
    assert encode_annotation(shuffled) == encode_annotation(records)


def test_the_committed_annotation_is_in_its_canonical_form():
    for name in (GOLD, *PASSES):
        sources = read_sources(data_dir(), name)
        for doc_id, located in sources.annotations.items():
            path = data_dir() / "annotations" / name / f"{doc_id}.jsonl"
            assert encode_annotation(item.record for item in located) == path.read_bytes(), path


def test_a_canonical_line_is_read_back(tmp_path):
    records = [item.record for item in read_sources(data_dir()).annotations["000-a"]]
    (tmp_path / "a.jsonl").write_bytes(encode_annotation(records))
    assert [item.record for item in read_annotation(tmp_path / "a.jsonl")] == records
    assert b'{"layer": "entity", "start": ' in encode_annotation(records)


def test_an_annotation_without_a_document_is_an_error(data):
    write(annotation(data, "009-z"), ENTITY)
    assert error_of(data).endswith("009-z.jsonl: no document of that id")


def test_a_raw_page_must_be_there_and_be_utf_8(data):
    page = next((data / "raw").glob("000_*.txt"))
    page.write_bytes(b"ab\xff")
    assert error_of(data) == f"{page}: not UTF-8: byte 3 of the file"
    page.unlink()
    assert error_of(data) == f"{page}: no such file"


def test_another_pass_is_read_by_its_name(data):
    shutil.copytree(data / "annotations" / GOLD, data / "annotations" / "pass-x")
    write(data / "annotations" / "pass-x" / "000-c.jsonl", ENTITY)
    assert len(read_sources(data, "pass-x").annotations["000-c"]) == 1
    assert len(read_sources(data).annotations["000-c"]) > 1


def test_a_raw_page_keeps_its_bytes(data):
    page = next((data / "raw").glob("000_*.txt"))
    page.write_bytes("أ\r\nب\n".encode())
    sources = read_sources(data)
    assert sources.raw["000"] == "أ\r\nب\n"
    assert sources.raw_bytes["000"] == "أ\r\nب\n".encode()


def test_a_text_is_the_title_a_newline_and_the_body(data):
    next((data / "raw").glob("000_*.txt")).write_text(" عنوان\nTT\n متن. \n", "utf-8")
    path = data / "annotations" / "documents.jsonl"
    documents = lines_of(path)
    title = {"start": 1, "end": 6, "begins": "عنوان", "ends": "عنوان"}
    body = {"start": 11, "end": 15, "begins": "متن", "ends": "متن."}
    documents[:3] = [
        documents[0] | {"title": title, "body": body},
        documents[1] | {"title": title, "body": None},
        documents[2] | {"title": None, "body": body},
    ]
    write(path, *documents)
    sources = read_sources(data)
    found = [sources.text(doc_id) for doc_id in ("000-a", "000-b", "000-c")]
    assert found == ["عنوان\nمتن.", "عنوان", "متن."]


def test_records_come_in_the_order_of_the_text_whatever_the_file_says(data):
    def entity(start, end, name):
        return ENTITY | {"start": start, "end": end, "type": name, "text": "x"}

    def attribution(name, start):
        return ATTRIBUTION | {"id": name, "cue": {"start": start, "end": start + 1, "text": "x"}}

    write(
        annotation(data, "000-c"),
        STANCE | {"claim_id": "C02"},
        STANCE | {"attribution": "A02"},
        entity(9, 12, "GPE"),
        entity(0, 3, "NORP"),
        entity(0, 8, "OCC"),
        attribution("A01", 7),
        attribution("A02", 5),
        STANCE,
    )
    sources = read_sources(data)
    assert [(e.start, e.end) for e in sources.entities("000-c")] == [(0, 8), (0, 3), (9, 12)]
    assert [a.id for a in sources.attributions("000-c")] == ["A02", "A01"]
    assert [(s.claim_id, s.attribution) for s in sources.stances("000-c")] == [
        ("C01", None),
        ("C01", "A02"),
        ("C02", None),
    ]


def test_an_attribution_stands_in_a_row_without_its_id(data):
    write(annotation(data, "000-c"), ATTRIBUTION)
    (record,) = read_sources(data).attributions("000-c")
    assert record.row_value() == Attribution(
        cue=TextSpan(start=0, end=3, text="قال"),
        source=None,
        via=None,
        content=(TextSpan(start=4, end=6, text="لا"),),
        source_name="بيتس",
        source_type="person",
        mode="direct",
        polarity="asserted",
    )
