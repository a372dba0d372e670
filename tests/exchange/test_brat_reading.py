"""What an annotator did in brat comes back, and what is wrong is named with its line."""

import pytest
from brat_corpus import ANN, TEXT, make_corpus

from arnews_bench.annotations import (
    GOLD,
    AttributionRecord,
    EntityRecord,
    StanceRecord,
    encode_annotation,
    read_sources,
)
from arnews_bench.errors import InputError
from arnews_bench.exchange import find_changes, import_annotation
from arnews_bench.exchange.brat_reading import read_brat
from arnews_bench.schema import TextSpan


@pytest.fixture
def data(tmp_path):
    return make_corpus(tmp_path / "data")


@pytest.fixture
def folder(tmp_path):
    """The document p-a in brat."""
    folder = tmp_path / "brat"
    folder.mkdir()
    (folder / "p-a.txt").write_text(TEXT, "utf-8")
    (folder / "p-a.ann").write_text(ANN, "utf-8")
    return folder


def edit(folder, *replacements):
    path = folder / "p-a.ann"
    text = path.read_text("utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def snapshot(data):
    return {path: path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


def error_of(data, folder):
    """The message of an import that fails and changes nothing."""
    before = snapshot(data)
    with pytest.raises(InputError) as caught:
        import_annotation(data, "brat", folder, partial=True)
    assert snapshot(data) == before
    return str(caught.value)


def records_of(data, folder, layer):
    found = read_brat(folder, read_sources(data))["p-a"]
    return [located.record for located in found if isinstance(located.record, layer)]


def span(start, end):
    return TextSpan(start=start, end=end, text=TEXT[start:end])


def test_the_records_come_back_as_they_were(data, folder):
    found = read_brat(folder, read_sources(data))
    before = (data / "annotations" / GOLD / "p-a.jsonl").read_bytes()
    canonical = encode_annotation(
        located.record for located in read_sources(data).annotations["p-a"]
    )
    assert encode_annotation(located.record for located in found["p-a"]) == canonical
    assert len(before.splitlines()) == len(found["p-a"]) == 10


def test_a_record_stands_at_its_line_of_the_standoff_file(data, folder):
    found = read_brat(folder, read_sources(data))["p-a"]
    places = [located.where for located in found]
    assert places[:2] == ["p-a.ann:2: T2", "p-a.ann:3: T3"]
    assert places[4:6] == ["p-a.ann:13: E1", "p-a.ann:14: E3"]
    assert places[6:8] == ["p-a.ann:21: A7", "p-a.ann:22: A8"]


def test_the_order_of_the_lines_does_not_matter(data, folder):
    expected = records_of(data, folder, EntityRecord | AttributionRecord | StanceRecord)
    path = folder / "p-a.ann"
    path.write_text("".join(reversed(ANN.splitlines(keepends=True))), "utf-8")
    found = records_of(data, folder, EntityRecord | AttributionRecord | StanceRecord)
    assert encode_annotation(found) == encode_annotation(expected)


def test_an_entity_may_be_retyped_moved_added_and_deleted(data, folder):
    edit(
        folder,
        ("T2\tPERS 0 6\tلافروف", "T2\tORG 0 6\tلافروف"),
        ("T3\tGPE 8 13\tروسيا", "T3\tGPE 8 20\tروسيا مستعدة"),
        ("T4\tPERS 25 30\tبوتين\n", ""),
        ("#3\t", "T99\tCARDINAL 31 34\tنعم\n#3\t"),
    )
    assert [(e.start, e.end, e.type) for e in records_of(data, folder, EntityRecord)] == [
        (0, 6, "ORG"),
        (8, 20, "GPE"),
        (41, 47, "ORG"),
        (31, 34, "CARDINAL"),
    ]


def test_the_values_of_an_attribution_may_change(data, folder):
    edit(
        folder,
        ("SourceType E3 person", "SourceType E3 media"),
        ("Mode E3 mixed", "Mode E3 direct"),
        ("Polarity E3 denied", "Polarity E3 asserted"),
        ("source_name = فلاديمير بوتين", "source_name=بوتين "),
        ("T11\tContent 31 34;49 55\tنعم للسلام", "T11\tContent 31 40\tنعم، بحسب"),
        (" Via:T12", ""),
        ("T12\tVia 41 47\tرويترز\n", ""),
    )
    _, second = records_of(data, folder, AttributionRecord)
    assert second == AttributionRecord(
        id="A03",
        cue=span(21, 24),
        source=span(25, 30),
        source_name="بوتين",
        source_type="media",
        content=(span(31, 40),),
        via=None,
        mode="direct",
        polarity="asserted",
    )


def test_a_new_event_gets_the_id_of_its_number(data, folder):
    new = (
        "T13\tAttribution 36 40\tبحسب\nT14\tContent 31 34\tنعم\nE12\tAttribution:T13 Content:T14\n"
        "A20\tSourceType E12 media\nA21\tMode E12 direct\nA22\tPolarity E12 asserted\n"
        "#20\tAnnotatorNotes E12\tsource_name = رويترز\nA23\tC01 E12 agree\n"
    )
    edit(folder, ("#3\t", f"{new}#3\t"))
    assert [record.id for record in records_of(data, folder, AttributionRecord)] == [
        "A01",
        "A03",
        "A12",
    ]
    assert records_of(data, folder, StanceRecord)[-1] == StanceRecord(
        claim_id="C01", attribution="A12", label="agree"
    )
    assert import_annotation(data, "brat", folder, partial=True) == ["p-a"]


def test_an_attribution_is_deleted_with_its_spans_and_statements(data, folder):
    path = folder / "p-a.ann"
    gone = ("T6", "T7", "T8", "E1", "A1", "A2", "A3", "A8", "#1")
    kept = [line for line in ANN.splitlines(keepends=True) if line.split("\t")[0] not in gone]
    path.write_text("".join(kept), "utf-8")
    (change,) = find_changes(data, "brat", folder, partial=True)
    assert (change.added, change.removed, change.changed) == (0, 2, 0)


def test_a_stance_may_change_and_lose_its_note(data, folder):
    edit(
        folder,
        ("A9\tC01 E3 discuss", "A9\tC01 E3 agree"),
        ("#3\tAnnotatorNotes A7\tboth speakers say so\n", ""),
    )
    stances = records_of(data, folder, StanceRecord)
    assert [(s.claim_id, s.attribution, s.label, s.note) for s in stances] == [
        ("C01", None, "agree", None),
        ("C01", "A01", "agree", None),
        ("C01", "A03", "agree", None),
        ("C02", None, "unrelated", None),
    ]


def test_fragments_around_a_line_break_are_one_span(data, folder):
    edit(folder, ("T8\tContent 8 20\tروسيا مستعدة", "T8\tContent 8 20;21 24\tروسيا مستعدة قال"))
    first, _ = records_of(data, folder, AttributionRecord)
    assert first.content == (span(8, 24),)


def test_one_span_may_serve_two_events(data, folder):
    edit(folder, (" Source:T10", " Source:T7"), ("T10\tSource 25 30\tبوتين\n", ""))
    assert [r.source for r in records_of(data, folder, AttributionRecord)] == [span(0, 6)] * 2


def test_windows_line_ends_and_blank_lines_are_no_mistake(data, folder):
    expected = records_of(data, folder, EntityRecord)
    (folder / "p-a.ann").write_bytes(ANN.replace("\n", "\r\n\r\n").encode())
    assert records_of(data, folder, EntityRecord) == expected


# What is replaced, by what, and the message without the file's name.
WRONG = {
    "unknown type": (
        "T2\tPERS", "T2\tPER", "2: T2: unknown type 'PER'; did you mean 'PERS'?",
    ),
    "offsets off by one": (
        "T3\tGPE 8 13", "T3\tGPE 9 14",
        "3: T3: at its offsets the text is 'وسيا ', the line has 'روسيا'",
    ),
    "offsets outside the text": (
        "T5\tORG 41 47", "T5\tORG 51 57", "5: T5: ends at 57, the text has 56 characters",
    ),
    "an entity in pieces": (
        "T3\tGPE 8 13\tروسيا", "T3\tGPE 8 13;14 20\tروسيا مستعدة",
        "3: T3: GPE has 2 parts, only a Content may",
    ),
    "a cue in pieces": (
        "T9\tAttribution 21 24\tقال", "T9\tAttribution 21 24;25 30\tقال بوتين",
        "9: T9: Attribution has 2 parts, only a Content may",
    ),
    "no trigger": (
        "T6\tAttribution 6 7\t:\n", "", "12: E1: refers to T6, which is not in the file",
    ),
    "a trigger of another type": (
        "Attribution:T6", "Attribution:T2", "13: E1: T2 is PERS, a span of type Attribution",
    ),
    "an argument of another type": (
        "Source:T7", "Source:T2", "13: E1: T2 is PERS, a span of type Source is needed",
    ),
    "an event as an argument": (
        "Source:T7", "Source:E3", "13: E1: E3 is no span, a span of type Source is needed",
    ),
    "a dangling argument": (
        "Via:T12", "Via:T88", "14: E3: refers to T88, which is not in the file",
    ),
    "an unknown event": (
        "E1\tAttribution:", "E1\tAttack:", "13: E1: unknown event 'Attack'; known is 'Attribution'",
    ),
    "an unknown role": (
        "Via:T12", "Speaker:T12", "14: E3: unknown role 'Speaker'; known are Source, Content, Via",
    ),
    "a role twice": (
        "Via:T12", "Via:T12 Via:T12", "14: E3: Via is given 2 times, once is allowed",
    ),
    "no content": (
        " Content:T8", "", "13: E1: no Content: an attribution needs what was said",
    ),
    "a span of no event": (
        " Via:T12", "", "12: T12: this Via belongs to no event; join or delete it",
    ),
    "an unknown value": (
        "A2\tMode E1 indirect", "A2\tMode E1 quoted",
        "16: A2: Mode is 'quoted'; allowed are direct, indirect, mixed",
    ),
    "an unknown label": (
        "A9\tC01 E3 discuss", "A9\tC01 E3 neutral",
        "23: A9: C01 is 'neutral'; allowed are agree, disagree, discuss, unrelated",
    ),
    "an unknown claim": (
        "A10\tC02 T1", "A10\tC99 T1", "24: A10: unknown attribute 'C99'; known are: C01, C02,",
    ),
    "a dangling attribute": (
        "A9\tC01 E3", "A9\tC01 E7", "23: A9: refers to E7, which is not in the file",
    ),
    "a mode on a span": (
        "A2\tMode E1", "A2\tMode T2", "16: A2: Mode belongs to an event, T2 is none",
    ),
    "a stance on an entity": (
        "A9\tC01 E3", "A9\tC01 T2", "23: A9: C01 belongs to a Document or an event, T2 is none",
    ),
    "a missing attribute": (
        "A2\tMode E1 indirect\n", "",
        "13: E1: no Mode; one of direct, indirect, mixed is needed",
    ),
    "an attribute twice": (
        "#1\t", "A77\tMode E1 direct\n#1\t", "25: A77: Mode of E1 is given already, by A2",
    ),
    "a stance twice": (
        "#1\t", "A77\tC01 E3 agree\n#1\t", "25: A77: C01 of E3 is given already, by A9",
    ),
    "an id twice": (
        "T3\tGPE", "T2\tGPE", "3: the id T2 was there before, at line 2",
    ),
    "no name of the source": (
        "#1\tAnnotatorNotes E1\tsource_name = لافروف\n", "",
        "13: E1: no note `source_name = …` with the speaker's name",
    ),
    "an empty name": (
        "source_name = لافروف", "source_name = ",
        "25: #1: 'source_name = ' is not of the form `source_name = …` with a name",
    ),
    "a note of another form": (
        "source_name = لافروف", "لافروف", "25: #1: 'لافروف' is not of the form `source_name",
    ),
    "a second note": (
        "#3\tAnnotatorNotes A7", "#3\tAnnotatorNotes E1", "27: #3: E1 has a note already, #1",
    ),
    "a note on an entity": (
        "#3\tAnnotatorNotes A7", "#3\tAnnotatorNotes T2", "27: #3: a note on T2 has no place",
    ),
    "a note on a mode": (
        "#3\tAnnotatorNotes A7", "#3\tAnnotatorNotes A2", "27: #3: a note on A2 has no place",
    ),
    "a dangling note": (
        "#3\tAnnotatorNotes A7", "#3\tAnnotatorNotes A70",
        "27: #3: refers to A70, which is not in the file",
    ),
    "another kind of note": (
        "#3\tAnnotatorNotes", "#3\tNormalized",
        "27: #3: unknown kind of note 'Normalized'; known is 'AnnotatorNotes'",
    ),
    "no document": (
        "T1\tDocument", "T1\tEVENT", "21: A7: C01 belongs to a Document or an event",
    ),
    "two documents": (
        "#1\t", "T77\tDocument 0 6\tلافروف\n#1\t", "25: T77: a second Document; the first is T1",
    ),
    "a relation": (
        "#1\t", "R1\tPart Arg1:T1 Arg2:T2\n#1\t", "25: relations are not part of this annotation",
    ),
    "a normalisation": (
        "#1\t", "N1\tReference T2 Wikidata:Q1\tx\n#1\t", "25: normalisations are not part of",
    ),
    "an equivalence": (
        "#1\t", "*\tEquiv T2 T7\n#1\t", "25: equivalences are not part of this annotation",
    ),
    "no line of brat": (
        "#1\t", "Hello\n#1\t", "25: 'Hello' is no id",
    ),
    "a broken line": (
        "T2\tPERS 0 6\t", "T2\tPERS 0\t", "2: not of the form `T1<tab>TYPE START END<tab>TEXT`",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_line_is_named_and_nothing_is_imported(data, folder, old, new, said):
    edit(folder, (old, new))
    assert f"\n  p-a.ann:{said}" in error_of(data, folder)


def test_a_document_without_its_span_is_named(data, folder):
    path = folder / "p-a.ann"
    path.write_text("".join(ANN.splitlines(keepends=True)[1:20]), "utf-8")
    assert "p-a.ann: no span of type Document; it carries the stances" in error_of(data, folder)


def test_bytes_that_are_no_utf_8_are_named(data, folder):
    (folder / "p-a.ann").write_bytes(ANN.encode().replace(b"#3\t", b"#3\t\xff"))
    assert "p-a.ann:27: not UTF-8: byte 0xff at byte 4 of the line" in error_of(data, folder)
    (folder / "p-a.txt").write_bytes(b"ab\xff")
    assert "p-a.txt: not UTF-8: byte 3 of the file" in error_of(data, folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.replace("مستعدة", "مستعدّة"), "at character 19 it has 'ّة\\nقال"),
        (TEXT + "\n", "at character 56 it has '\\n', the corpus has the end of the text"),
        (TEXT[:10], "at character 10 it has the end of the text, the corpus has 'سيا مستعدة"),
    ],
)
def test_another_text_is_named_where_it_differs_first(data, folder, text, said):
    (folder / "p-a.txt").write_text(text, "utf-8")
    message = error_of(data, folder)
    assert "p-a.txt: the text is not the corpus's: " in message
    assert said in message
    assert "p-a.ann" not in message


def test_a_line_that_cannot_be_read_is_not_reported_again_where_it_is_meant(data, folder):
    edit(
        folder,
        ("T7\tSource 0 6\t", "T7\tSource 0\t"),
        ("A2\tMode E1 indirect", "A2\tMode indirect"),
        ("#1\tAnnotatorNotes E1\t", "#1\tAnnotatorNotes\t"),
    )
    problems = error_of(data, folder).splitlines()[1:]
    assert [problem.split(": ")[0].strip() for problem in problems] == [
        "p-a.ann:7",
        "p-a.ann:16",
        "p-a.ann:25",
    ]


def test_the_mistakes_of_a_file_come_in_the_order_of_its_lines(data, folder):
    edit(
        folder,
        ("A9\tC01 E3 discuss", "A9\tC01 E3 x"),
        ("A2\tMode E1 indirect\n", ""),
        ("#3\t", "R1\tPart\n#3\t"),
        ("T2\tPERS", "T2\tPER"),
    )
    problems = error_of(data, folder).splitlines()[1:]
    assert [problem.split(": ")[0].strip() for problem in problems] == [
        "p-a.ann:2",
        "p-a.ann:13",
        "p-a.ann:22",
        "p-a.ann:26",
    ]


def test_the_mistakes_of_all_files_come_together(data, folder):
    edit(folder, ("T2\tPERS", "T2\tPER"), ("A9\tC01 E3 discuss", "A9\tC01 E3 x"))
    (folder / "p-b.txt").write_text("بوتين", "utf-8")
    (folder / "p-c.ann").write_text("", "utf-8")
    message = error_of(data, folder)
    assert message.splitlines()[0] == f"{folder} cannot be imported, 4 problem(s):"
    assert "p-a.ann:2: T2: unknown type" in message
    assert "p-a.ann:23: A9: C01 is 'x'" in message
    assert "p-b.ann: no such file" in message
    assert "p-c: the corpus has no such document; did you mean 'p-" in message


def test_a_hidden_file_is_no_document(data, folder):
    (folder / ".backup.ann").write_text("x", "utf-8")
    assert import_annotation(data, "brat", folder, partial=True) == []


def test_a_document_needs_both_its_files(data, folder):
    (folder / "p-a.txt").unlink()
    assert "p-a.txt: no such file" in error_of(data, folder)
