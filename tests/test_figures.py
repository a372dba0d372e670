"""Stacked bars: the widths are the counts, and the words are escaped."""

import xml.etree.ElementTree as ET

import pytest

from arnews_bench.figures import Chart, bar_chart

SVG = "{http://www.w3.org/2000/svg}"
CHART = Chart("Title", "Words", ("a", "b"), {"first": [10, 30], "second": [20, 0]})


def parsed(chart):
    return ET.fromstring(bar_chart(chart))  # noqa: S314


def parts(chart):
    """Name of a part → its width."""
    return {
        rect.find(f"{SVG}title").text: float(rect.get("width"))
        for rect in parsed(chart).iter(f"{SVG}rect")
        if rect.find(f"{SVG}title") is not None
    }


def test_widths_are_in_proportion_to_the_counts_and_zero_is_not_drawn():
    found = parts(CHART)
    assert set(found) == {"first, a: 10", "first, b: 30", "second, a: 20"}
    assert found["first, b: 30"] == pytest.approx(3 * found["first, a: 10"], abs=0.4)
    assert found["second, a: 20"] == pytest.approx(2 * found["first, a: 10"], abs=0.4)


def test_the_parts_of_a_bar_lie_end_to_end():
    rects = [r for r in parsed(CHART).iter(f"{SVG}rect") if r.find(f"{SVG}title") is not None]
    first, second = rects[:2]
    end = float(first.get("x")) + float(first.get("width"))
    assert float(second.get("x")) == pytest.approx(end, abs=0.11)


def test_everything_lies_inside_the_picture():
    root = parsed(CHART._replace(bars={"a long name of a bar": [7, 1], "b": [0, 0]}))
    width, height = float(root.get("width")), float(root.get("height"))
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.get("x", 0)) >= 0
        assert float(rect.get("x", 0)) + float(rect.get("width")) <= width
        assert float(rect.get("y", 0)) + float(rect.get("height")) <= height


@pytest.mark.parametrize(
    ("longest", "ticks"),
    [(3, ["0", "1", "2", "3"]), (40, ["0", "10", "20", "30", "40"]), (0, ["0"])],
)
def test_the_scale_has_few_round_ticks(longest, ticks):
    root = parsed(CHART._replace(bars={"x": [longest, 0]}))
    lines = root.findall(f"{SVG}line")
    texts = [t.text for t in root.iter(f"{SVG}text") if t.get("text-anchor") == "middle"]
    assert len(lines) == len(ticks)
    assert texts == ticks


def test_a_reader_without_eyes_is_told_what_is_shown():
    root = parsed(CHART)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Title"
    assert root.find(f"{SVG}desc").text == "Words"


def test_words_of_the_data_are_escaped():
    root = parsed(CHART._replace(title='<b> & "q"', bars={"<script>": [1, 0]}))
    assert root.find(f"{SVG}title").text == '<b> & "q"'
    assert "<script>, a: 1" in parts(CHART._replace(bars={"<script>": [1, 0]}))


def test_the_same_counts_give_the_same_bytes():
    assert bar_chart(CHART) == bar_chart(CHART)


def test_a_picture_of_nothing_is_empty():
    assert parts(Chart("Title", "Words", ("a",), {})) == {}


def test_the_third_part_of_a_bar_begins_where_the_second_ends():
    root = parsed(Chart("Title", "Words", ("a", "b", "c"), {"x": [4, 2, 2]}))
    rects = [r for r in root.iter(f"{SVG}rect") if r.find(f"{SVG}title") is not None]
    first, _, third = (float(rect.get("x")) for rect in rects)
    assert third - first == pytest.approx(3 * float(rects[2].get("width")), abs=0.4)
