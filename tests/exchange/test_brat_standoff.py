"""The lines of brat's standoff files are read as they are written."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arnews_bench.exchange.brat_standoff import (
    Attribute,
    Event,
    Note,
    TextBound,
    covered_text,
    fragments,
    join_fragments,
    parse_line,
)
from arnews_bench.text import Span, token_spans

LINES = [
    (TextBound("T1", "PERS", (Span(0, 6),), "لافروف"), "T1\tPERS 0 6\tلافروف"),
    (
        TextBound("T20", "Content", (Span(3, 9), Span(12, 20)), "ا ب"),
        "T20\tContent 3 9;12 20\tا ب",
    ),
    (
        Event("E3", "Attribution", "T9", (("Source", "T1"), ("Content", "T2"))),
        "E3\tAttribution:T9 Source:T1 Content:T2",
    ),
    (Attribute("A7", "C01", "T1", "agree"), "A7\tC01 T1 agree"),
    (
        Note("#1", "AnnotatorNotes", "E1", "source_name = x"),
        "#1\tAnnotatorNotes E1\tsource_name = x",
    ),
    (Note("#1", "AnnotatorNotes", "A1", "a\tb\nc\\n"), "#1\tAnnotatorNotes A1\ta\\tb\\nc\\\\n"),
]


@pytest.mark.parametrize(("line", "written"), LINES)
def test_a_line_is_written_as_brat_writes_it_and_read_back(line, written):
    assert str(line) == written
    assert parse_line(written) == line


def test_the_space_that_brat_leaves_after_an_event_and_a_windows_line_end_are_nothing():
    event = Event("E1", "Attribution", "T1", ())
    assert parse_line("E1\tAttribution:T1 ") == event
    assert parse_line("E1\tAttribution:T1\r") == event


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("R1\tPart Arg1:T1 Arg2:T2", "relations are not part of this annotation"),
        ("N1\tReference T1 Wikidata:Q1\tx", "normalisations are not part"),
        ("M1\tNegation E1", "modifications are not part"),
        ("*\tEquiv T1 T2", "equivalences are not part"),
        ("X1\tPERS 0 6\tلافروف", "'X1' is no id"),
        ("T0\tPERS 0 6\tلافروف", "'T0' is no id"),
        ("T1 PERS 0 6 لافروف", "is no id"),
        ("T1", "not of the form `T1<tab>TYPE START END<tab>TEXT`"),
        ("T1\tPERS 0 6", "not of the form `T1"),
        ("T1\tPERS 0 6\tلافروف\tx", "not of the form `T1"),
        ("T1\tPERS 0\tلافروف", "not of the form `T1"),
        ("T1\tPERS -1 6\tلافروف", "not of the form `T1"),
        ("T1\tPERS 0 6;\tلافروف", "not of the form `T1"),
        ("T1\t0 6\tلافروف", "not of the form `T1"),
        ("T1\tPERS 6 6\t", "offsets 6 6: the end lies after the start"),
        ("T1\tPERS 0 3;9 5\tx", "offsets 9 5: the end lies after the start"),
        ("E1", "not of the form `E1<tab>TYPE:T1"),
        ("E1\tAttribution", "not of the form `E1"),
        ("E1\tAttribution:", "not of the form `E1"),
        ("E1\tAttribution:T1 Source", "not of the form `E1"),
        ("A1\tMode E1", "not of the form `A1<tab>NAME TARGET VALUE`"),
        ("A1\tMode E1 direct speech", "not of the form `A1"),
        ("#1\tAnnotatorNotes E1", "not of the form `#1<tab>AnnotatorNotes TARGET<tab>TEXT`"),
        ("#1\tAnnotatorNotes\tx", "not of the form `#1"),
    ],
)
def test_what_is_no_line_is_named(line, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_line(line)


_name = st.text("ABCxyz_01-", min_size=1)
_number = st.integers(1, 10**6)
_span = st.tuples(st.integers(0, 10**6), st.integers(1, 500)).map(lambda p: Span(p[0], sum(p)))
_one_line = st.text(st.characters(exclude_characters="\n\t\r", exclude_categories=["Cs"]))
_line = st.one_of(
    st.builds(
        TextBound,
        _number.map("T{}".format),
        _name,
        st.lists(_span, min_size=1, max_size=4).map(tuple),
        _one_line,
    ),
    st.builds(
        Event,
        _number.map("E{}".format),
        _name,
        _number.map("T{}".format),
        st.lists(st.tuples(_name, _number.map("T{}".format)), max_size=4).map(tuple),
    ),
    st.builds(Attribute, _number.map("A{}".format), _name, _number.map("E{}".format), _name),
    st.builds(
        Note,
        _number.map("#{}".format),
        _name,
        _number.map("E{}".format),
        st.text(st.characters(exclude_categories=["Cs"])),
    ),
)


@given(_line)
def test_every_line_comes_back_from_one_line_of_text(line):
    written = str(line)
    assert "\n" not in written
    assert parse_line(written) == line


@given(st.text())
def test_a_text_that_is_no_line_raises_a_value_error_and_nothing_else(text):
    with contextlib.suppress(ValueError):
        parse_line(text)


#                    0123456789
BROKEN_TEXT = "نعم \n\n لا، ثم"


def test_a_span_over_a_line_break_is_cut_there_and_joined_again():
    whole = (Span(0, 9),)
    parts = (Span(0, 3), Span(7, 9))
    assert fragments(BROKEN_TEXT, whole) == parts
    assert join_fragments(BROKEN_TEXT, parts) == whole
    assert covered_text(BROKEN_TEXT, parts) == "نعم لا"


def test_a_fragment_over_a_line_break_has_a_space_for_it_in_the_covered_text():
    assert covered_text(BROKEN_TEXT, (Span(0, 9),)) == "نعم    لا"


def test_parts_on_one_line_stay_apart_and_come_in_order():
    assert join_fragments("نعم ثم لا", (Span(7, 9), Span(0, 3))) == (Span(0, 3), Span(7, 9))
    assert join_fragments("نعم لا", (Span(0, 3), Span(4, 6))) == (Span(0, 3), Span(4, 6))


@given(st.text("اب \n\t،", max_size=30), st.data())
def test_a_span_on_token_boundaries_survives_its_fragments(text, data):
    tokens = token_spans(text)
    if not tokens:
        return
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, len(tokens) - 1))
    whole = (Span(tokens[first].start, tokens[last].end),)
    parts = fragments(text, whole)
    assert not any(c in text[start:end] for start, end in parts for c in "\n\t")
    assert join_fragments(text, parts) == whole
