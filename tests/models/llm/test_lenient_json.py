"""JSON as models write it: what is forgiven, and what is left out rather than made up."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arnews_bench.models.llm.reading.json_containers import CutList, CutObject
from arnews_bench.models.llm.reading.lenient_json import _Reader, find_values


def values(text):
    return [found.value for found in find_values(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "س"}', {"a": "س"}),
        ("{'a': 'س', 'b': None, 'c': True}", {"a": "س", "b": None, "c": True}),
        ('{"a": "س",}', {"a": "س"}),
        ('["س", "ص",]', ["س", "ص"]),
        ('{"a": "س" "b": "ص"}', {"a": "س", "b": "ص"}),
        ('["س"\n"ص"]', ["س", "ص"]),
        ('{"a": "س"، "b": "ص"؛ "c": "ع"}', {"a": "س", "b": "ص", "c": "ع"}),
        ("{«a»: «س»، “b”: “ص”}", {"a": "س", "b": "ص"}),
        ('{"a"：“س”}', {"a": "س"}),
        ("{a: محمد صلاح, b: null}", {"a": "محمد صلاح", "b": None}),
        ('{"a": "س", // not sure\n "b": /* or */ "ص" # well\n}', {"a": "س", "b": "ص"}),
        ('{"a": "سطر\nثان"}', {"a": "سطر\nثان"}),
        ('[("س", "ص"), ("ع", "غ")]', [["س", "ص"], ["ع", "غ"]]),
        ('{"a": ["س", "ص"}', {"a": ["س", "ص"]}),
        ('{"a": [{"b": "س"]}', {"a": [{"b": "س"}]}),
        ('{"a": ["س"], "a": ["ص"]}', {"a": ["س", "ص"]}),
        ('[{"a": "س", {"a": "ص"}]', [{"a": "س"}, {"a": "ص"}]),
        ('[{"a": "س", "b": null, {"a": "ص"}]', [{"a": "س", "b": None}, {"a": "ص"}]),
        ('["س", ...]', ["س"]),
        ('["\\u0633", "\\ud83d\\ude00" "]', ["س", '😀" ']),
        ('{"a": 2025, "b": 1.50}', {"a": "2025", "b": "1.50"}),
        ("[https://example.org/a, س]", ["https://example.org/a", "س"]),
    ],
)
def test_what_people_would_forgive_is_read(text, value):
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ('{"a": "قال "نعم" ثم", "b": "ص"}', 'قال "نعم" ثم'),
        ('{"a": "قال "نعم", ثم", "b": "ص"}', 'قال "نعم", ثم'),
        ('{"a": "قال "نعم"، ثم", "b": "ص"}', 'قال "نعم"، ثم'),
        ('{"a": "قال: "نعم"", "b": "ص"}', 'قال: "نعم"'),
        ("{'a': 'O'Brien', 'b': 'ص'}", "O'Brien"),
        ("{«a»: «شركة «سانا» هنا»، «b»: «ص»}", "شركة «سانا» هنا"),
    ],
)
def test_quotation_marks_within_a_string_belong_to_it_where_it_can_be_told(text, inner):
    assert values(text) == [{"a": inner, "b": "ص"}]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ('{"a": "س", "b": "ص', {"a": "س"}, CutObject),
        ('{"a": "س", "b": صا', {"a": "س"}, CutObject),
        ('{"a": "س", "b', {"a": "س"}, CutObject),
        ('["س", "ص", "ع\\', ["س", "ص"], CutList),
        ('["س", "ص"', ["س", "ص"], CutList),
        ("[", [], CutList),
        ("[…]", [], CutList),
        ("[ ... ]", [], CutList),
        ('{"a": [{"b": "س"}, {"b": "', {"a": [{"b": "س"}, {}]}, CutObject),
    ],
)
def test_of_a_text_that_was_cut_off_the_complete_parts_are_kept(text, value, kind):
    (found,) = values(text)
    assert found == value
    assert type(found) is kind


def test_a_fence_ends_what_was_not_closed():
    text = '```json\n{"a": "س"\n```\nthen ["ص"]'
    assert values(text) == [{"a": "س"}, ["ص"]]


def test_values_come_in_order_with_their_places():
    text = 'first {"a": "س"}, then ["ص"].'
    assert [text[f.start : f.end] for f in find_values(text)] == ['{"a": "س"}', '["ص"]']


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "]" * 100_000,
        '{"a":' * 50_000,
        '{"a":[' * 50_000 + "]}" * 50_000,
        "{(" * 50_000,
        '{"' * 50_000,
        '["a" ' * 50_000,
        '{"a": "' * 50_000,
        '["' + '" \n' * 50_000,
        "{/*" * 50_000,
        "[\\" * 50_000,
        "[```" * 50_000,
        "{'a'} " * 50_000,
    ],
)
def test_neither_depth_nor_length_does_harm(text):
    for found in find_values(text):
        assert 0 <= found.start < found.end <= len(text)


plain = st.recursive(
    st.none() | st.booleans() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
).filter(lambda value: isinstance(value, list | dict))


@settings(max_examples=500)
@given(plain, st.booleans(), st.sampled_from([None, 1]))
def test_the_lenient_reader_agrees_with_json_wherever_json_reads(value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert _Reader(text).read(0) == (value, len(text))
    assert values(text) == [value]
