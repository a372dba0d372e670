"""A plan is read strictly, and its words say one place on the page each, or it is refused."""

import re

import pytest

from arnews_bench import data_dir
from arnews_bench.annotations import read_sources
from arnews_bench.errors import InputError
from arnews_bench.intake import (
    Known,
    PageText,
    Plan,
    PlannedDocument,
    PlannedSlice,
    encode_plan,
    parse_plan,
)
from arnews_bench.text import Span

PLAN = """\
page: 005
file: 005_new.txt
sha256: abc
split: test
documents:
- name: n
  kind: article
  title: {begins: واحد اثنان, ends: ثلاثة}
  body: {begins: أربعة, ends: عشرة., copy: 2}
  outlet: null
  event_id: some-event
  topic: war
  translated_from: ~
  date: 2025-06-03
"""


def planned(title=None, body=None, name="a"):
    """A document by (begins, ends[, copy]) of its title and body."""
    parts = [
        part and PlannedSlice(begins=part[0], ends=part[1], copy=part[2] if part[2:] else None)
        for part in (title, body)
    ]
    return PlannedDocument(
        name=name, kind="article", title=parts[0], body=parts[1], outlet=None,
        event_id="some-event", topic="war", translated_from=None, date=None,
    )  # fmt: skip


def placed(raw, *documents):
    """The texts that the slices of a plan stand for."""
    plan = Plan(page="005", file="005.txt", sha256="", split="test", documents=documents)
    return [
        tuple(raw[span.start : span.end] if span else None for span in spans)
        for spans in PageText(raw).place(plan, "plan.yaml")
    ]


def refused(raw, *documents):
    with pytest.raises(InputError) as caught:
        placed(raw, *documents)
    return str(caught.value)


# ---------------------------------------------------------------------------- YAML


def test_values_are_read_as_they_are_written():
    plan = parse_plan(PLAN.encode(), "plan.yaml")
    document = plan.documents[0]
    assert (plan.page, plan.split) == ("005", "test")
    assert (document.name, document.date) == ("n", "2025-06-03")
    assert document.outlet is document.translated_from is None
    assert document.body == PlannedSlice(begins="أربعة", ends="عشرة.", copy=2)


def test_what_is_written_is_read_back():
    plan = parse_plan(PLAN.encode(), "plan.yaml")
    known = Known({"e": "train", "f": "test"}, ("war",), ("العربية",))
    text = encode_plan(plan, known)
    assert parse_plan(text.encode(), "plan.yaml") == plan
    assert "# events of train: e\n" in text
    assert "# outlets: العربية\n" in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("split: test", "split: tests", ("plan.yaml:4: field `split`: Invalid enum value 'tests'; "
         "allowed are test, train, validation")),
        ("kind: article", "kind: story", ("plan.yaml:7: field `documents[0].kind`: Invalid enum "
         "value 'story'; allowed are article, brief, headline")),
        ("  topic: war\n", "", ("plan.yaml:6: field `documents[0]`: Object missing required field "
         "`topic`")),
        ("topic: war", "topics: war", ("plan.yaml:12: field `documents[0]`: Object contains "
         "unknown field `topics`")),
        ("copy: 2", "copies: 2", ("plan.yaml:9: field `documents[0].body`: Object contains unknown "
         "field `copies`")),
        ("copy: 2", "copy: two", ("plan.yaml:9: field `documents[0].body.copy`: Expected `int | "
         "null`, got `str`")),
        ("copy: 2", "copy: 0", "plan.yaml:9: field `documents[0].body.copy`: 0 is not 1 or more"),
        ("topic: war", "topic: war\n  topic: law", "plan.yaml:13: field `topic`: is there twice"),
        ("page: 005", "page: 5", "plan.yaml:1: field `page`: '5' is not three digits"),
        ("005_new.txt", "../new.txt", "plan.yaml:2: field `file`: '../new.txt' is not the name "),
        ("some-event", "Some Event", "plan.yaml:11: field `documents[0].event_id`: 'Some Event'"),
        ("2025-06-03", "2025-06-31", ("plan.yaml:14: field `documents[0].date`: '2025-06-31' is "
         "not a day, YYYY-MM-DD, or null")),
        ("name: n", "name: N1", "plan.yaml:6: field `documents[0].name`: 'N1' is not one or two"),
        ("ends: ثلاثة", "ends: ' '", "plan.yaml:8: field `documents[0].title.ends`: ' ' is not "),
        ("documents:", "documents: [", "plan.yaml: broken YAML: "),
        ("documents:", "papers:", "plan.yaml:5: Object contains unknown field `papers`"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_line_and_field(old, new, message):
    assert old in PLAN
    with pytest.raises(InputError) as caught:
        parse_plan(PLAN.replace(old, new).encode(), "plan.yaml")
    assert message in str(caught.value)


def test_a_name_that_is_taken_is_named():
    second = PLAN[PLAN.index("- name") :]
    with pytest.raises(InputError, match=r"documents\[1\].name`: 'n' is taken by documents\[0\]"):
        parse_plan((PLAN + second).encode(), "plan.yaml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "plan.yaml: the plan is empty"),
        (b"# nothing\n", "plan.yaml: the plan is empty"),
        (b"page: \xff", "plan.yaml: not UTF-8: byte 7 of the file"),
        (b"- a\n- b\n", "plan.yaml:1: Expected `object`, got `array`"),
        (PLAN[: PLAN.index("- name")].replace(":\n", ": []\n").encode(), "no document to add"),
    ],
)
def test_what_is_no_plan_is_refused(content, message):
    with pytest.raises(InputError) as caught:
        parse_plan(content, "plan.yaml")
    assert message in str(caught.value)


# ---------------------------------------------------------------------------- words

PAGE = """\
بوتين يلتقي ترمب في موسكو
بوتين يلتقي ترمب في موسكو

قال الرئيس الروسي إن اللقاء مفيد.

وأضاف الرئيس  الروسي إن اللقاء مفيد.
"""
TITLE, COPY, _, FIRST, _, SECOND, _ = PAGE.split("\n")


def test_words_stand_for_the_range_from_the_first_to_the_last():
    document = planned(("بوتين يلتقي", "موسكو", 1), ("قال الرئيس", "وأضاف الرئيس"))
    assert placed(PAGE, document) == [(TITLE, f"{FIRST}\n\nوأضاف الرئيس")]


def test_white_space_between_words_is_as_on_the_page():
    document = planned(None, ("وأضاف الرئيس الروسي", "مفيد."))
    assert placed(PAGE, document) == [(None, SECOND)]


def test_a_copy_says_which_beginning_is_meant():
    first, second = (planned(("بوتين يلتقي", "في موسكو", copy)) for copy in (1, 2))
    starts = [
        PageText(PAGE)
        .place(Plan(page="005", file="f", sha256="", split=None, documents=(document,)), "plan")[0]
        .title.start
        for document in (first, second)
    ]
    assert starts == [0, len(TITLE) + 1]


def test_one_word_may_be_the_first_and_the_last():
    assert placed("عاجل\nنص", planned(("عاجل", "عاجل"))) == [("عاجل", None)]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (planned(("كييف", "موسكو")), "documents[0].title.begins`: «كييف» is not on the page"),
        # A part of a word is not that word.
        (planned(None, ("ال", "مفيد.")), "documents[0].body.begins`: «ال» is not on the page"),
        (planned(("بوتين", "موسكو")), "«بوتين» is there 2 times, on lines 1, 2; give more words"),
        (planned(("بوتين", "موسكو", 3)), "there 2 time(s): there is no copy 3"),
        (planned(None, ("قال", "مفيد.")), ("body.ends`: «مفيد.» follows «قال» 2 times, "
         "on lines 4, 6; give more words")),
        (planned(None, ("وأضاف", "موسكو")), "«موسكو» does not follow «وأضاف» (line 6)"),
        (planned(("قال الرئيس", "وأضاف")), "(line 4) on the line of the title"),
        (planned(None, ("قال الرئيس الروسي", "الرئيس")), "ends before «قال الرئيس الروسي» does"),
    ],
)  # fmt: skip
def test_words_that_do_not_say_one_place_are_refused(document, message):
    assert message in refused(PAGE.replace("الرئيس  ", "الوزير "), document)


def test_documents_out_of_order_are_refused():
    message = refused(
        PAGE, planned(None, ("وأضاف", "مفيد.")), planned(None, ("قال", "مفيد."), name="b")
    )
    assert "documents[1].body.begins`: «قال» stands on line 4, not after `documents[0].body`" in (
        message
    )


def test_overlapping_documents_are_refused():
    over = planned(None, ("قال", "اللقاء مفيد.", None))
    message = refused(PAGE, over, planned(None, ("الروسي إن اللقاء", "مفيد.", 1), name="b"))
    assert (
        "«اللقاء مفيد.» does not follow «قال» (line 4) before the next slice begins, only"
        in message
    )


def test_all_that_does_not_fit_is_named_at_once():
    message = refused(PAGE, planned(("كييف", "a"), ("لندن", "b")))
    assert message.startswith("plan.yaml does not fit the page:\n")
    assert "«كييف»" in message
    assert "«لندن»" in message


# ---------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("page", ["000", "001", "002", "003", "004"])
def test_every_range_of_the_corpus_is_found_again_by_its_words(page):
    sources = read_sources(data_dir())
    raw = sources.raw[page]
    text = PageText(raw)
    records = [d for d in sources.documents.values() if d.page == page]
    starts = [part.start for d in records for part in (d.title, d.body) if part]
    documents = []
    for number, record in enumerate(records):
        words = [
            part
            and text.words_of(
                Span(part.start, part.end), min([s for s in starts if s > part.start] or [len(raw)])
            )
            for part in (record.title, record.body)
        ]
        document = planned(name="abcdefghijklm"[number])
        documents.append(
            PlannedDocument(
                **{f: getattr(document, f) for f in document.__struct_fields__}
                | {"title": words[0], "body": words[1]}
            )
        )
    expected = [
        tuple(part and raw[part.start : part.end] for part in (d.title, d.body)) for d in records
    ]
    assert placed(raw, *documents) == expected


def test_as_many_words_are_given_as_it_takes():
    raw = "قال الرئيس الروسي اليوم نعم\nقال الرئيس الروسي أمس لا\n"
    second = raw.index("\n") + 1
    words = PageText(raw).words_of(Span(second, len(raw) - 1), len(raw))
    assert words == PlannedSlice(begins="قال الرئيس الروسي أمس", ends="الروسي أمس لا")


def test_a_title_that_is_there_twice_is_given_whole_with_its_copy():
    words = PageText(PAGE).words_of(Span(0, len(TITLE)), len(TITLE))
    assert words == PlannedSlice(begins=TITLE, ends="ترمب في موسكو", copy=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAN + "\x00", "plan.yaml: broken YAML: unacceptable character #x0000"),
        (PLAN.replace("topic: war", "topic: !!int war"), "plan.yaml: broken YAML: invalid literal"),
        (
            PLAN.replace("2025-06-03", "!!timestamp 2025-13-03"),
            "plan.yaml: broken YAML: month must",
        ),
        (PLAN + "? [a]\n: b\n", "plan.yaml:15: the name of a field must be a word"),
        ("&a [*a]\n", "plan.yaml: broken YAML: "),
        ("[" * 5000, "plan.yaml: broken YAML: "),
    ],
)
def test_yaml_that_cannot_be_a_plan_is_refused(text, message):
    with pytest.raises(InputError, match=re.escape(message)):
        parse_plan(text.encode(), "plan.yaml")


def test_two_slices_cannot_begin_at_the_same_place():
    document = planned(None, ("قال", "مفيد."))
    message = refused(PAGE, document, planned(None, ("قال", "مفيد."), name="b"))
    assert "stands on line 4, not after `documents[0].body` (line 4)" in message
