"""The leaderboard in a browser: sorted, filtered, a run opened, by pointer and by keyboard."""

import pytest
from browser import CHROMIUM, browser
from invented_boards import EVIL, alternating, ner, no_ceiling, three_tasks

from arnews_bench.leaderboard import leaderboard
from arnews_bench.report.leaderboard import render

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

ROWS = "[...document.querySelectorAll('.board tbody tr:not([hidden])')]"
MODELS = f"{ROWS}.map(e => e.querySelector('th bdi').textContent)"
SORTED = "[...document.querySelectorAll('th[aria-sort]')].map(e => [e.dataset.key, e.ariaSort])"
HEADS = "[...document.querySelectorAll('.board thead th:not([hidden])')].map(e => e.dataset.key)"
OPEN = "[...document.querySelectorAll('dialog[open]')].map(e => e.id)"
STATUS = "document.getElementById('status').textContent"
RANKS = f"{ROWS}.map(e => e.querySelector('td.rank').textContent)"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    runs = [
        *three_tasks("linear", 8, 9),
        *three_tasks("hf:ORG/model-10", 5, 8),
        *three_tasks("hf:ORG/model-9", 1, 2),
        ner("file:answers.jsonl", *alternating(10, 9)),
        ner(EVIL["script"], *alternating(3)),
        ner(EVIL["arabic"], *alternating(4)),
    ]
    path = folder / "leaderboard.html"
    path.write_bytes(render(leaderboard(runs, ceiling=no_ceiling), "html"))
    with browser() as found:
        found.path = path
        yield found


@pytest.fixture
def opened(page):
    page.size(1280, 900)
    page.open(page.path)
    return page


def click(page, selector):
    event = "new MouseEvent('click', {bubbles: true, cancelable: true})"
    page.evaluate(f"document.querySelector({selector!r}).dispatchEvent({event})")


def header(key):
    return f"th[data-key={key}] button"


BY_MEAN = [
    "linear", "hf:ORG/model-10", "hf:ORG/model-9", "file:answers.jsonl", EVIL["arabic"],
    EVIL["script"],
]  # fmt: skip


def test_nothing_is_asked_of_the_network_and_the_policy_is_kept(opened):
    assert opened.requests == [opened.path.resolve().as_uri()]
    assert opened.violations == []


def test_a_name_does_not_become_an_element(opened):
    assert opened.evaluate(MODELS) == BY_MEAN
    assert opened.evaluate("document.querySelectorAll('script').length") == 1


def test_models_are_sorted_by_their_arnews_score_at_first(opened):
    assert opened.evaluate(SORTED) == [["mean", "descending"]]


def test_a_click_on_a_head_sorts_and_another_one_turns_the_order(opened):
    click(opened, header("task-1"))
    assert opened.evaluate(SORTED) == [["task-1", "descending"]]
    assert opened.evaluate(MODELS)[:2] == ["file:answers.jsonl", "linear"]
    click(opened, header("task-1"))
    assert opened.evaluate(SORTED) == [["task-1", "ascending"]]
    assert opened.evaluate(MODELS)[:2] == ["hf:ORG/model-9", EVIL["script"]]


def test_what_has_no_figure_stands_last_in_both_orders(opened):
    click(opened, header("mean"))
    assert opened.evaluate(SORTED) == [["mean", "ascending"]]
    assert opened.evaluate(MODELS) == [*BY_MEAN[2::-1], *BY_MEAN[3:]]


def test_names_are_sorted_with_their_numbers_by_size(opened):
    click(opened, header("model"))
    names = opened.evaluate(MODELS)
    assert names.index("hf:ORG/model-9") < names.index("hf:ORG/model-10")
    assert opened.evaluate(SORTED) == [["model", "ascending"]]


@pytest.mark.parametrize("key", ["Enter", " "])
def test_the_keyboard_sorts(opened, key):
    opened.evaluate(f"document.querySelector({header('kind')!r}).focus()")
    opened.press(key, "\r" if key == "Enter" else " ")
    assert opened.evaluate(SORTED) == [["kind", "ascending"]]


def test_a_filter_by_kind_hides_the_other_models_and_says_how_many_are_left(opened):
    click(opened, "[name=kind][value=hf]")
    assert opened.evaluate(MODELS) == [name for name in BY_MEAN if not name.startswith("hf:")]
    assert opened.evaluate(STATUS) == "4 of 6 rows shown"
    click(opened, "[name=kind][value=hf]")
    assert opened.evaluate(MODELS) == BY_MEAN
    assert opened.evaluate(STATUS) == ""


def test_a_filter_by_task_shows_its_column_its_models_and_their_ranks_in_it(opened):
    click(opened, "[name=task][value=task-1]")
    assert opened.evaluate(HEADS) == ["rank", "model", "kind", "task-1"]
    assert opened.evaluate(MODELS)[0] == "file:answers.jsonl"
    assert opened.evaluate(RANKS)[:2] == ["1", "2"]
    click(opened, "[name=task][value=task-2]")
    assert sorted(opened.evaluate(MODELS)) == sorted(BY_MEAN[:3])
    click(opened, "[name=task][value='']")
    assert opened.evaluate(MODELS) == BY_MEAN
    assert opened.evaluate(RANKS)[3:] == ["–"] * 3


def test_without_a_model_left_the_board_says_so(opened):
    click(opened, "[name=task][value=task-2]")
    for kind in ("hf", "baseline"):
        click(opened, f"[name=kind][value={kind}]")
    assert opened.evaluate(MODELS) == []
    assert opened.evaluate("document.querySelector('.none').checkVisibility()")


def test_a_click_on_a_score_opens_its_run_and_escape_closes_it(opened):
    assert opened.evaluate(OPEN) == []
    click(opened, "td[data-key=task-2] svg")
    (name,) = opened.evaluate(OPEN)
    text = opened.evaluate(f"document.getElementById({name!r}).innerText")
    assert "linear on stance" in text
    assert "accuracy" in text
    assert opened.evaluate("location.hash") == f"#{name}"
    opened.press("Escape")
    opened.until(f"{OPEN}.length === 0")
    opened.until("location.hash === ''")


def test_enter_on_a_score_opens_its_run_and_the_focus_comes_back(opened):
    opened.evaluate("document.querySelector('td[data-key=task-1] a').focus()")
    opened.press("Enter", "\r")
    assert len(opened.evaluate(OPEN)) == 1
    click(opened, "dialog[open] .close")
    assert opened.evaluate(OPEN) == []
    assert opened.evaluate("document.activeElement.closest('td').dataset.key") == "task-1"


def test_an_address_opens_a_run(opened):
    opened.open(opened.path, "#run-2")
    assert opened.evaluate(OPEN) == ["run-2"]


@pytest.mark.parametrize("width", [320, 400, 1280])
def test_nothing_sticks_out_to_the_side(page, width):
    page.size(width, 800)
    page.open(page.path)
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(sideways) == 0
    click(page, "td[data-run]")
    assert (
        page.evaluate("(d => d.scrollWidth - d.clientWidth)(document.querySelector('[open]'))") == 0
    )


@pytest.mark.parametrize("dark", [False, True])
def test_light_and_dark_follow_the_system_until_the_button_is_used(page, dark):
    page.size(1280, 900, dark=dark)
    page.open(page.path)
    background = "getComputedStyle(document.body).backgroundColor"
    light, night = "rgb(255, 255, 255)", "rgb(21, 23, 27)"
    assert page.evaluate(background) == (night if dark else light)
    click(page, "#theme")
    assert page.evaluate(background) == (light if dark else night)


def test_without_a_script_the_details_stand_below_the_tables(page):
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open(page.path)
        assert page.evaluate("document.querySelector('#run-1').checkVisibility()")
        assert not page.evaluate("document.querySelector('#controls').checkVisibility()")
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)
