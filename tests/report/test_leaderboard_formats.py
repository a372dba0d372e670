"""The leaderboard in each format: what it says, and that nothing in it comes alive."""

import json
import re
from html.parser import HTMLParser

import msgspec
import pytest
from invented_boards import (
    EVIL,
    alternating,
    attribution,
    ner,
    no_ceiling,
    three_tasks,
)
from markdown_it import MarkdownIt

from arnews_bench.leaderboard import Leaderboard, leaderboard
from arnews_bench.report import leaderboard_text as words
from arnews_bench.report.leaderboard import FORMATS, leaderboard_of, render
from arnews_bench.report.leaderboard_page import leaderboard_page
from arnews_bench.report.markdown import code, escape_markdown
from arnews_bench.results import Dataset, save_run
from arnews_bench.schema import CANARY
from arnews_bench.scoring import Score


def ranked(*runs, ceiling=no_ceiling):
    return leaderboard(runs, ceiling=ceiling)


def written(found, form):
    return render(found, form).decode()


SAID = {form: form for form in FORMATS if form != "json"}
THREE = ranked(*three_tasks("steady", 8, 9), *three_tasks("lower", 5, 8), ner("one", 1, *[2] * 19))


@pytest.mark.parametrize("form", SAID)
def test_every_format_shows_models_scores_intervals_and_letters(form):
    shown = written(THREE, form)
    cell = words.cell_of(THREE.boards[0].models[0].mean.score)
    assert cell.value == "90.0"
    for text in ("steady", "lower", "one", cell.value, cell.interval, "arnews score"):
        assert text in shown


@pytest.mark.parametrize("form", SAID)
def test_every_format_says_how_to_read_it(form):
    shown = " ".join(written(THREE, form).split()).replace("\\%", "%")
    for text in (
        "95 % intervals",
        "Letters are tie groups within a column",
        "has a 95 % interval that excludes zero",
        "A model without a run on every task has no arnews score",
    ):
        assert text in shown


@pytest.mark.parametrize("form", SAID)
def test_the_ceiling_is_the_last_row_and_without_a_rank(form):
    def ceiling(_run):
        return Score(value=0.771, low=0.7, high=0.8)

    shown = written(ranked(*three_tasks("m", 8), ceiling=ceiling), form)
    assert shown.count(words.CEILING) == 1
    assert shown.index(words.CEILING) > shown.index("80.0")
    assert "77.1" in shown


@pytest.mark.parametrize("form", SAID)
def test_runs_on_different_data_are_told_apart_in_words(form):
    other = Dataset(version="0.9.0", fingerprint="0" * 64, rows="0" * 64)
    shown = written(ranked(*three_tasks("m", 8), *three_tasks("m", 8, dataset=other)), form)
    shown = " ".join(shown.split())
    assert "The runs are on different data: each version has a table of its own" in shown
    assert "dataset 1.0.0 (dddddddddddd)" in shown
    assert "dataset 0.9.0 (000000000000)" in shown


def test_two_protocols_on_one_dataset_are_not_called_different_data():
    cv = three_tasks("m", 8, protocol="cv", split=None)
    # The rows of another split or of all splits have the same fingerprint.
    assert words.preamble(ranked(*three_tasks("m", 8), *cv)).startswith("Scores of different")
    assert words.preamble(ranked(*cv)) == ""


def test_a_mean_without_an_interval_is_explained():
    runs = three_tasks("m", 8)
    runs[2] = attribution("m", *alternating(8), 0)
    assert "it has no interval and no letters" in " ".join(words.caption(ranked(*runs).boards[0]))


def test_runs_left_out_are_counted():
    late = ner("m", *alternating(9), finished="2026-01-01T00:00:00Z")
    caption = " ".join(words.caption(ranked(ner("m", *alternating(2)), late).boards[0]))
    assert "1 earlier run was left out" in caption


def test_the_methods_name_data_protocol_seeds_intervals_documents_version_and_ties():
    board = ranked(*three_tasks("a", 8), *three_tasks("b", 6, seed=3)).boards[0]
    methods = " ".join(words.methods(board))
    for text in (
        "arnews-bench 0.4.0",
        "version 1.0.0 (its SHA-256 begins with dddddddddddd)",
        "learning from the training split, scored on test",
        "The seeds were 0 and 3, one a run.",
        f"(method: {board.interval})",
        "stance: 40 rows of 20 documents",
        "paired difference to the first model of the group above",
    ):
        assert text in methods


def test_the_methods_say_which_models_were_asked_and_not_fitted():
    board = ranked(*three_tasks("llm:openai/gpt", 8), *three_tasks("linear", 6)).boards[0]
    assert "Not fitted but asked in words was llm:openai/gpt: " in " ".join(words.methods(board))
    board = ranked(*three_tasks("linear", 6)).boards[0]
    assert "asked" not in " ".join(words.methods(board))


# Nothing comes alive.


def evil_board():
    runs = [run for n, name in enumerate(EVIL.values()) for run in three_tasks(name, n, 5)]
    evil = EVIL["script"] + EVIL["input"] + EVIL["terminal"]
    runs.append(ner("plain", *alternating(3), task=evil, environment={evil: evil}))
    runs = [msgspec.structs.replace(run, settings={"temperature": evil}) for run in runs]
    return ranked(*[msgspec.structs.replace(run, arnews_bench=evil) for run in runs])


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_holds_a_control_character(form):
    shown = written(evil_board(), form)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)


def test_the_terminal_shows_names_as_they_are_but_for_what_it_would_obey():
    shown = written(ranked(*[ner(name, 5, 6) for name in EVIL.values()]), "table")
    for text in (EVIL["script"], EVIL["input"], r"\x1b[2Jgone\x07\x9b1m", r"abc\u202efed"):
        assert text in shown
    assert f"\u2068{EVIL['arabic']}\u2069" in shown


def markdown_rows(text):
    """The cells of the tables that a Markdown parser finds, as HTML."""
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    return html, [re.findall(r"<t[dh].*?>(.*?)</t[dh]>", row, re.DOTALL) for row in
                  re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)]  # fmt: skip


class Text(HTMLParser):
    """The text of a piece of HTML, and the elements in it."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self.nodes = "", [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.nodes.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("name", EVIL)
def test_a_name_in_markdown_is_read_back_as_it_was(name):
    html, rows = markdown_rows(written(ranked(*three_tasks(EVIL[name], 5)), "markdown"))
    (_, row) = rows
    assert len(row) == 6
    cell = Text(row[1])
    expected = {
        "terminal": r"\x1b[2Jgone\x07\x9b1m",
        "reordered": r"abc\u202efed",
        "lines": r"one two\r three",
    }.get(name, EVIL[name])
    assert cell.text.strip("\u2068\u2069") == expected
    assert set(Text(html).tags) <= {
        "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "sup",
    }  # fmt: skip


def test_a_plain_name_is_plain_code():
    assert code("py:mine.py:My-Model_2") == "`py:mine.py:My-Model_2`"
    assert code(" x") != "` x`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b", "a&#124;b"),
        ("a*b_c", r"a\*b\_c"),
        ("<b>", "&#60;b&#62;"),
        ("&lt;", "&#38;lt;"),
        ("@someone", "&#64;someone"),
        ("https://x.example", "https&#58;//x.example"),
        ("www.x.example", "www&#46;x.example"),
        ("[a](b)", r"\[a\](b)"),
        ("a\nb", "a b"),
        ("ner: strict F1", "ner: strict F1"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text, expected):
    assert escape_markdown(text) == expected


def test_markdown_of_other_texts_stays_one_table():
    _, rows = markdown_rows(written(evil_board(), "markdown"))
    assert {len(row) for row in rows} == {7}
    assert len(rows) == 1 + len(EVIL) + 1


def test_json_is_the_leaderboard():
    found = evil_board()
    shown = written(found, "json")
    assert msgspec.json.decode(shown, type=Leaderboard) == found
    assert json.loads(shown)["boards"][0]["models"][0]["entries"]["ner"]["standing"]["rank"] == 1


# The page.


def page(found, link=lambda _: None):
    return leaderboard_page(found, link)


def test_a_page_holds_what_it_was_given_as_text_alone():
    found = Text(page(evil_board()))
    assert found.tags.count("script") == 1
    assert "img" not in found.tags
    assert "<script>alert(1)</script>" in found.text
    assert r"\x1b[2Jgone\x07\x9b1m" in found.text
    assert not any(name.startswith("on") for _, attributes in found.nodes for name in attributes)
    assert not any("style" in attributes for _, attributes in found.nodes)


def test_a_page_links_to_its_own_parts_alone():
    links = [attributes for _, attributes in Text(page(THREE)).nodes if "href" in attributes]
    ids = {attributes.get("id") for _, attributes in Text(page(THREE)).nodes}
    assert links
    assert all(link["href"].startswith("#") and link["href"][1:] in ids for link in links)


def test_every_run_has_its_details():
    shown = page(
        ranked(
            ner(
                "m", *alternating(8), environment={"numpy": "2.4.6"}, timing={"fit": 1.25},
                settings={"limit": 7}, seed=11,
            )
        )
    )  # fmt: skip
    text = " ".join(Text(shown).text.split())
    for name in (
        "precision",
        "recall",
        "numpy 2.4.6",
        "fit took 1.25 s",
        "setting limit 7",
        "seed 11",
    ):
        assert name in text


def test_a_page_is_marked_up_for_readers_of_any_kind():
    nodes = Text(page(THREE)).nodes
    (sorted_by,) = [a for tag, a in nodes if tag == "th" and "aria-sort" in a]
    assert (sorted_by["data-key"], sorted_by["aria-sort"]) == ("mean", "descending")
    assert ("html", {"lang": "en", "dir": "ltr"}) in nodes
    assert all(a.get("scope") in {"row", "col"} for tag, a in nodes if tag == "th")


def test_no_page_of_scores_carries_the_canary_of_the_data():
    assert CANARY not in page(THREE)


# From folders.


def recorded(folder, found):
    save_run(folder, found)
    return folder


def test_runs_are_found_below_folders_and_each_counts_once(tmp_path):
    for number, found in enumerate(three_tasks("m", 8)):
        recorded(tmp_path / "results" / "m" / str(number), found)
    paths = [tmp_path / "results", tmp_path / "results" / "m" / "0" / "run.json"]
    (board,) = leaderboard_of(paths).boards
    assert (len(board.runs), board.superseded) == (3, 0)


def test_a_page_links_to_the_errors_page_that_lies_beside_a_run(tmp_path):
    first = recorded(tmp_path / "a b:c%" / "1", ner("with", *alternating(8)))
    recorded(tmp_path / "a b:c%" / "2", ner("without", *alternating(8)))
    (first / "errors.html").write_text("x")
    shown = render(leaderboard_of([tmp_path]), "html", beside=tmp_path / "out").decode()
    (link,) = re.findall(r'class="errors" href="([^"]*)"', shown)
    assert link == "./../a%20b%3Ac%25/1/errors.html"
