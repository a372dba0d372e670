"""The sweep finds what looks inconsistent, and lets pass what is justified."""

import json
import shutil

import msgspec
import pytest

from arnews_bench import data_dir
from arnews_bench.annotations import GOLD, Located, read_sources
from arnews_bench.errors import InputError
from arnews_bench.lint import CHECKS, JUSTIFICATIONS, Finding, lint

DOC = "000-c"


@pytest.fixture(scope="module")
def gold():
    return read_sources(data_dir())


@pytest.fixture
def data(tmp_path):
    """A copy of the corpus that can be edited."""
    for name in ("raw", "annotations"):
        shutil.copytree(data_dir() / name, tmp_path / name)
    return tmp_path


def only(sources, doc_id, keep):
    """One document with the records that `keep` lets through, beside all the others."""
    records = tuple(item for item in sources.annotations[doc_id] if keep(item.record))
    return sources._replace(annotations={**sources.annotations, doc_id: records})


def said(record):
    """Whether a record is an attribution, or the stance of one."""
    return hasattr(record, "cue") or getattr(record, "attribution", None) is not None


def found(sources, kind, doc_id=DOC):
    findings = [finding for check in CHECKS for finding in check(sources)]
    return [f.item for f in findings if (f.kind, f.doc_id) == (kind, doc_id)]


def edit(data, doc_id, change):
    path = data / "annotations" / GOLD / f"{doc_id}.jsonl"
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    change(records)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


def test_the_corpus_is_clean_and_every_justification_is_needed():
    report = lint(data_dir())
    assert report.open == []
    assert report.stale == []
    assert report.justified
    assert all(len(reason.reason.split()) > 2 for _, reason in report.justified)


def test_a_surface_with_another_type_than_elsewhere_is_found(gold):
    retyped = gold._replace(
        annotations={
            **gold.annotations,
            DOC: tuple(
                Located(msgspec.structs.replace(item.record, type="LOC"), item.where)
                if getattr(item.record, "text", None) == "موسكو"
                else item
                for item in gold.annotations[DOC]
            ),
        }
    )
    assert found(gold, "surface-types") == []
    assert found(retyped, "surface-types") == ["107-112 موسكو"]


def test_a_surface_that_is_an_entity_elsewhere_is_found_with_its_clitic(gold):
    missing = only(gold, DOC, lambda r: getattr(r, "text", "") != "روسي")
    assert found(gold, "surface-unmarked") == []
    assert found(missing, "surface-unmarked") == ["27-31 روسي"]


def test_a_part_of_a_longer_name_of_the_same_type_is_no_finding(gold):
    # «ترامب» is PERS elsewhere, and here inside «دونالد ترامب» PERS.
    assert all("ترامب" not in item for item in found(gold, "surface-unmarked", "003-a"))


def test_a_title_outside_every_occ_is_found(gold):
    doc_id = "004-b"
    bare = only(gold, doc_id, lambda r: getattr(r, "type", "") != "OCC")
    items = found(bare, "title-without-occ", doc_id)
    assert "77-81 نائب" in items
    assert len(items) > len(found(gold, "title-without-occ", doc_id))


def test_a_verb_of_speech_without_an_attribution_is_found(gold):
    silent = only(gold, DOC, lambda r: not said(r))
    assert found(gold, "verb-without-attribution") == []
    assert found(silent, "verb-without-attribution") == ["53-56 أكد", "148-153 إعلان"]


def test_a_quotation_outside_every_content_is_found(gold):
    silent = only(gold, DOC, lambda r: not said(r))
    assert found(gold, "quotation-without-attribution") == []
    assert found(silent, "quotation-without-attribution") == ["113-120 «خسائر»"]


def test_the_name_of_an_entity_in_quotation_marks_is_no_quotation(gold):
    # «رويترز» stands in marks inside the name of the agency.
    assert all("رويترز" not in i for i in found(gold, "quotation-without-attribution", "000-a"))


@pytest.mark.parametrize(
    ("document", "statements", "is_found"),
    [
        ("agree", ["agree", "disagree"], True),
        ("agree", ["disagree", "agree"], False),
        ("disagree", ["agree"], True),
        ("discuss", ["agree", "agree"], True),
        ("discuss", ["agree", "disagree"], False),
        ("discuss", ["agree", "discuss"], False),
        ("agree", ["discuss", "unrelated"], False),
        ("agree", [], False),
    ],
)
def test_a_document_label_against_its_last_speaker_is_found(gold, document, statements, is_found):
    names = [record.id for record in gold.attributions(DOC)]
    labels = {None: document, **dict(zip(names, statements, strict=False))}
    stance = next(i.record for i in gold.annotations[DOC] if hasattr(i.record, "claim_id"))
    records = [i.record for i in gold.annotations[DOC] if not hasattr(i.record, "claim_id")]
    records += [
        msgspec.structs.replace(stance, claim_id="C01", attribution=name, label=label)
        for name, label in labels.items()
    ]
    sources = gold._replace(
        annotations={**gold.annotations, DOC: tuple(Located(r, "") for r in records)}
    )
    assert found(sources, "document-against-statements") == (["stance C01"] if is_found else [])


def test_a_change_of_the_gold_without_a_decision_is_open(data):
    def retype(records):
        records[0]["type"] = "ORG"

    edit(data, DOC, retype)
    findings = {f.kind: f for f in lint(data).open if f.doc_id == DOC}
    assert findings["undecided"] == Finding(
        "undecided", DOC, "entity 0-8", "pass-1: PERS, pass-2: PERS; gold: ORG"
    )


def test_a_justified_finding_is_closed_and_a_needless_justification_is_named(data):
    path = data / JUSTIFICATIONS
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(lines[1:]) + "\n", "utf-8")
    (finding,) = lint(data).open
    dropped = json.loads(lines[0])
    assert (finding.kind, finding.doc_id, finding.item) == (
        dropped["kind"],
        dropped["doc_id"],
        dropped["item"],
    )
    needless = {"kind": "surface-types", "doc_id": DOC, "item": "0-8 زيلينسكي", "reason": "why"}
    path.write_text("\n".join([*lines, json.dumps(needless)]) + "\n", "utf-8")
    report = lint(data)
    assert report.open == []
    assert [reason.item for reason in report.stale] == ["0-8 زيلينسكي"]


def test_a_corpus_without_passes_and_justifications_can_be_swept(data):
    shutil.rmtree(data / "annotations" / "pass-1")
    shutil.rmtree(data / "annotations" / "pass-2")
    (data / "annotations" / "decisions.jsonl").unlink()
    (data / JUSTIFICATIONS).unlink()
    kinds = {finding.kind for finding in lint(data).open}
    assert "undecided" not in kinds
    assert "verb-without-attribution" in kinds


def test_a_broken_justification_is_named(data):
    (data / JUSTIFICATIONS).write_text('{"kind": "typo"}\n', "utf-8")
    with pytest.raises(InputError, match=r"justifications\.jsonl:1: field `kind`"):
        lint(data)


def test_a_finding_that_is_justified_twice_is_named_with_both_lines(data):
    path = data / JUSTIFICATIONS
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), "utf-8")
    with pytest.raises(InputError, match=rf":{len(lines) + 1}: .* is justified at line 2 already"):
        lint(data)


def test_a_pass_that_labels_statements_it_does_not_have_is_named_with_its_line(data):
    path = data / "annotations" / "pass-1" / "000-c.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith('{"layer": "attribution"')]
    first = next(n for n, line in enumerate(kept, 1) if '"attribution"' in line)
    path.write_text("".join(kept), "utf-8")
    with pytest.raises(InputError, match=f"pass-1 cannot .*\n  000-c.jsonl:{first}: known-attrib"):
        lint(data)


@pytest.mark.parametrize("name", ["pass-1", "pass-2"])
def test_where_a_pass_is_missing_there_is_nothing_to_decide(data, name):
    shutil.rmtree(data / "annotations" / name)
    path = data / "annotations" / GOLD / "000-c.jsonl"
    path.write_text(path.read_text("utf-8").replace('"mode": "indirect"', '"mode": "mixed"', 1))
    assert [finding for finding in lint(data).open if finding.kind == "undecided"] == []


def test_a_name_as_long_as_the_longest_is_found(gold):
    # «النزاع مع روسيا» stands twice in the document, and nothing longer is marked anywhere.
    records = tuple(i for i in gold.annotations["000-f"] if getattr(i.record, "start", 0) == 50)
    alone = gold._replace(annotations={**dict.fromkeys(gold.annotations, ()), "000-f": records})
    assert found(alone, "surface-unmarked", "000-f") == ["201-216 النزاع مع روسيا"]
