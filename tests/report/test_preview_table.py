"""A dry run in the terminal: prompts that cannot do anything to it, and the table below them."""

import json

import pytest

from arnews_bench.preview import Preview, PromptMessage
from arnews_bench.report.preview import print_previews

NOTE = "Nothing was asked, and nothing was written."


def a_preview(*contents, **fields):
    told = {
        "task": "ner",
        "prompt_language": "ar",
        "prompt_digest": "d" * 64,
        "row": "000-a#0",
        "messages": tuple(PromptMessage(role="user", content=text) for text in contents),
        "rows": 1000,
        "input_tokens": 250_000,
        "output_tokens": 40_000,
        "cost": None,
        "max_cost": None,
    }
    return Preview(**(told | fields))


@pytest.fixture
def printed(capsys, monkeypatch):
    monkeypatch.setattr("arnews_bench.report.console._WIDE", 80)

    def show(*previews, as_json=False):
        print_previews(previews, as_json=as_json)
        return capsys.readouterr().out

    return show


def test_a_prompt_is_printed_whole_with_the_roles_of_its_messages(printed):
    long = " ".join(f"word{n}" for n in range(500))
    messages = (
        PromptMessage(role="system", content="You read."),
        PromptMessage(role="user", content=f"first\n\n{long}"),
    )
    shown = printed(a_preview(messages=messages))
    assert "ner, row 000-a#0: the prompt (ar)\nsystem:\n  You read.\nuser:\n  first\n" in shown
    # One line, which the terminal wraps.
    assert f"  {long}\n" in shown


def test_text_of_the_data_is_neither_markup_nor_obeyed(printed):
    shown = printed(a_preview("[red]x[/red] [/] \x1b[2J\x07 \u202eabc :smile:"))
    assert "[red]x[/red] [/]" in shown
    assert ":smile:" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_each_line_of_arabic_is_isolated_so_that_nothing_beside_it_is_reordered(printed):
    shown = printed(a_preview("قال الرئيس\nplain\nلم يقل"))
    assert "  \u2068قال الرئيس\u2069\n  plain\n  \u2068لم يقل\u2069\n" in shown


def test_the_table_has_rows_and_tokens_and_their_sums(printed):
    shown = printed(a_preview(), a_preview(task="stance", rows=1, input_tokens=1, output_tokens=2))
    rows = [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in shown.splitlines()
        if line.startswith("│")
    ]
    assert rows == [
        ["ner", "1,000", "250,000", "40,000", "–"],
        ["stance", "1", "1", "2", "–"],
        ["all", "1,001", "250,001", "40,002", "–"],
    ]


def test_the_table_and_its_notes_fit_a_terminal_of_eighty_columns(printed):
    large = {"rows": 9_999_999, "input_tokens": 10**12, "output_tokens": 10**12, "cost": 123456.78}
    shown = printed(*(a_preview(task=name, **large) for name in ("attribution", "stance")))
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown.partition("│ attribution")[2].partition("Tokens are")[0]


def test_that_tokens_are_an_estimate_is_said(printed):
    shown = " ".join(printed(a_preview()).split())
    assert "Tokens are estimated: UTF-8 bytes / 4" in shown
    assert "rows that were answered before are not subtracted" in shown
    assert NOTE in shown


def test_without_prices_it_is_said_how_to_give_them(printed):
    assert "--option input_price=" in printed(a_preview())


def test_with_prices_the_cost_stands_in_the_table(printed):
    shown = printed(a_preview(cost=1.5))
    assert "1.50 USD" in shown
    assert "--option input_price=" not in shown


def test_a_run_that_would_pass_the_limit_is_said_to(printed):
    both = [a_preview(cost=1.5, max_cost=2.0), a_preview(cost=1.0, max_cost=2.0)]
    assert "That is more than --max-cost 2:" in printed(*both)
    assert "--max-cost" not in printed(both[0])


def test_json_has_the_same(printed):
    found = json.loads(printed(a_preview("قال [red]"), as_json=True))
    assert found[0]["messages"] == [{"role": "user", "content": "قال [red]"}]
    assert (found[0]["rows"], found[0]["input_tokens"], found[0]["cost"]) == (1000, 250_000, None)
