"""Who stands where on a leaderboard, which runs count, and what is never put together."""

import msgspec
import pytest
from invented_boards import (
    DOCUMENTS,
    alternating,
    attribution,
    board_of,
    ner,
    no_ceiling,
    stance,
    three_tasks,
)

from arnews_bench.comparison import compare
from arnews_bench.errors import InputError
from arnews_bench.leaderboard import Leaderboard, leaderboard, model_kind
from arnews_bench.metrics.intervals import INTERVAL_METHOD
from arnews_bench.results import Dataset, DocumentCount, Sizes
from arnews_bench.scoring import Score

# 20 documents of ten spans each. Differences by document, in turns:
#   STEADY - VARYING = -2, 4: mean 1, standard error 3 / sqrt(19) = 0.69, no difference shown;
#   VARYING - LOWER = 5, -3: mean 1, standard error 4 / sqrt(19) = 0.92, no difference shown;
#   STEADY - LOWER = 3, 1: mean 2, standard error 1 / sqrt(19) = 0.23, a difference.
STEADY = ner("steady", *alternating(8, 9))
VARYING = ner("varying", *alternating(10, 5))
LOWER = ner("lower", *alternating(5, 8))


def places(board, task="ner"):
    """Model → its rank and letter in a column, in the order of the board."""
    return {
        row.model: (row.entries[task].standing.rank, row.entries[task].standing.group)
        for row in board.models
        if task in row.entries
    }


def means(board):
    return {row.model: (row.mean.rank, row.mean.group) for row in board.models if row.mean}


def test_the_best_model_stands_first():
    board = board_of(LOWER, ner("perfect", *alternating(10)), ner("poor", *alternating(1)))
    assert list(places(board)) == ["perfect", "lower", "poor"]
    assert list(places(board).values()) == [(1, "a"), (2, "b"), (3, "c")]


def test_a_group_starts_where_the_difference_to_the_first_of_the_group_excludes_zero():
    # Not where the one to the neighbour does: `varying` is apart from neither.
    assert places(board_of(LOWER, VARYING, STEADY)) == {
        "steady": (1, "a"),
        "varying": (1, "a"),
        "lower": (3, "b"),
    }


def test_after_a_group_the_first_of_the_next_one_is_compared_with():
    # LOWER - lowest = 1, 3: a difference. LOWER - wide = 4, -2: none shown, though STEADY - wide
    # = 7, -1 is one.
    lowest = ner("lowest", *alternating(4, 5))
    assert places(board_of(STEADY, VARYING, LOWER, lowest))["lowest"] == (4, "c")
    wide = ner("wide", *alternating(1, 10))
    assert places(board_of(STEADY, VARYING, LOWER, wide))["wide"] == (3, "b")
    assert places(board_of(STEADY, wide))["wide"] == (2, "b")


def test_models_are_apart_exactly_where_a_comparison_shows_a_difference():
    runs = [ner(str(n), *alternating(n, 9, 11 - n)) for n in range(1, 6)]
    for first in runs:
        for second in runs:
            if first.model.spec < second.model.spec:
                together = len({letter for _, letter in places(board_of(first, second)).values()})
                assert (together == 2) == compare(first, second).shown


def test_equal_runs_share_rank_and_letter():
    assert places(board_of(STEADY, ner("again", *alternating(8, 9)))) == {
        "again": (1, "a"),
        "steady": (1, "a"),
    }


def test_one_document_shows_no_difference():
    assert set(places(board_of(ner("a", 9), ner("b", 1))).values()) == {(1, "a")}


def test_letters_go_on_after_z():
    runs = [
        ner(f"{n:02}", *[10] * (DOCUMENTS * n), *[0] * (DOCUMENTS * (30 - n))) for n in range(1, 31)
    ]
    letters = [letter for _, letter in places(board_of(*runs)).values()]
    assert len(letters) == len(set(letters)) == 30
    assert letters[25:28] == ["z", "aa", "ab"]


def test_a_model_with_an_undefined_headline_stands_last_without_a_rank():
    empty = ner("empty", *alternating(0))
    nothing = tuple(DocumentCount(doc_id=d.doc_id, counts={}) for d in empty.per_document)
    undefined = {"strict_f1": Score(value=None, low=None, high=None)}
    empty = msgspec.structs.replace(empty, per_document=nothing, metrics=undefined)
    board = board_of(empty, ner("poor", *alternating(0)))
    assert places(board) == {"poor": (1, "a"), "empty": (None, None)}


def test_scores_have_intervals_by_one_method_whatever_the_run_recorded():
    recorded = {"strict_f1": Score(value=STEADY.score.value, low=0.1, high=0.9)}
    old = msgspec.structs.replace(STEADY, metrics=recorded, interval="some other")
    board = board_of(old)
    assert board.interval == INTERVAL_METHOD
    (row,) = board.models
    assert row.entries["ner"].standing == board_of(STEADY).models[0].entries["ner"].standing
    assert row.entries["ner"].run.metrics == recorded


# The arnews score.


def test_the_arnews_score_is_the_mean_of_the_three_headlines():
    # Entities 0.85, stance 5 / (10 + 5), attribution 0.4.
    board = board_of(
        STEADY, stance("steady", *alternating(5)), attribution("steady", *alternating(4))
    )
    (row,) = board.models
    assert row.mean.score.value == pytest.approx((0.85 + 1 / 3 + 0.4) / 3)
    assert (row.mean.rank, row.mean.group, board.joint) == (1, "a", True)
    assert row.mean.score.low < row.mean.score.value < row.mean.score.high


def width(*runs):
    (row,) = board_of(*runs).models
    return row.mean.score.high - row.mean.score.low


def test_its_interval_takes_a_document_with_all_three_tasks_at_once():
    right = stance("m", *alternating(10))
    hard_for_both = [ner("m", *alternating(9, 1)), attribution("m", *alternating(9, 1))]
    # Where entities fail attributions succeed, so that no document is worse than another.
    balanced = [ner("m", *alternating(9, 1)), attribution("m", *alternating(1, 9))]
    assert width(right, *balanced) < 0.8 * width(right, *hard_for_both)


def test_documents_are_joined_by_their_names_and_not_by_their_order():
    runs = [ner("m", *alternating(9, 1)), *three_tasks("m", 9, 1)[1:]]
    turned = msgspec.structs.replace(runs[2], per_document=runs[2].per_document[::-1])
    assert width(runs[0], runs[1], turned) == pytest.approx(width(*runs))


def test_models_are_grouped_by_their_paired_arnews_scores():
    board = board_of(
        *three_tasks("lower", 5, 8), *three_tasks("varying", 10, 5), *three_tasks("steady", 8, 9)
    )
    assert means(board) == {"steady": (1, "a"), "varying": (1, "a"), "lower": (3, "b")}


def test_tasks_of_different_documents_have_a_mean_without_interval_and_letters():
    first, second, third = three_tasks("a", 8), three_tasks("b", 6), three_tasks("c", 6)
    for runs in (first, second, third):
        runs[2] = attribution(runs[2].model.spec, *alternating(4), 0)
    board = board_of(*first, *second, *third)
    assert board.joint is False
    assert means(board) == {"a": (1, None), "b": (2, None), "c": (2, None)}
    score = board.models[0].mean.score
    assert (score.low, score.high) == (None, None)
    assert score.value == pytest.approx((0.8 + 1 + 80 / 210) / 3)


def test_a_model_that_lacks_a_task_is_ranked_by_the_tasks_it_has_and_not_in_the_mean():
    partial = three_tasks("partial", 10)[:2]
    board = board_of(*partial, *three_tasks("whole", 2))
    assert [(row.model, row.mean is None) for row in board.models] == [
        ("whole", False),
        ("partial", True),
    ]
    assert places(board)["partial"] == (1, "a")
    assert places(board)["whole"] == (2, "b")


def test_without_a_complete_model_there_is_no_arnews_score():
    board = board_of(STEADY, stance("other", *alternating(5)))
    assert board.joint is None
    assert all(row.mean is None for row in board.models)


def test_a_users_own_rows_make_no_arnews_score():
    own = Dataset(version=None, fingerprint=None, rows="0" * 64)
    board = board_of(*three_tasks("m", 8, dataset=own))
    assert board.joint is None


# Which runs count, and which are kept apart.


def test_of_several_runs_of_a_model_on_a_task_the_latest_counts():
    early = ner("m", *alternating(9), finished="2025-01-01T00:00:00Z")
    late = ner("m", *alternating(2), finished="2025-02-01T00:00:00Z", seed=1)
    board = board_of(late, early)
    (row,) = board.models
    assert row.entries["ner"].standing.score.value == pytest.approx(0.2)
    assert board.superseded == 1


APART = {
    "protocol": {"protocol": "cv", "split": None},
    "split": {"split": "validation"},
    "limit": {"settings": {"limit": 5}},
    "fingerprint": {"dataset": Dataset(version="1.1.0", fingerprint="e" * 64, rows="f" * 64)},
    "rows of the task": {"dataset": Dataset(version="1.0.0", fingerprint="d" * 64, rows="0" * 64)},
    "number of rows": {"n": Sizes(rows=39, documents=DOCUMENTS)},
}


@pytest.mark.parametrize("fields", APART.values(), ids=list(APART))
def test_runs_that_answered_something_else_stand_on_a_board_of_their_own(fields):
    found = leaderboard([STEADY, ner("other", *alternating(8), **fields)], ceiling=no_ceiling)
    assert sorted(row.model for board in found.boards for row in board.models) == [
        "other",
        "steady",
    ]
    assert len(found.boards) == 2


def test_runs_on_other_documents_stand_on_a_board_of_their_own():
    renamed = tuple(
        msgspec.structs.replace(document, doc_id=f"x{document.doc_id}")
        for document in STEADY.per_document
    )
    other = msgspec.structs.replace(LOWER, per_document=renamed)
    assert len(leaderboard([STEADY, other], ceiling=no_ceiling).boards) == 2


def test_an_older_run_on_other_data_does_not_give_way_to_a_later_one():
    other = Dataset(version="0.9.0", fingerprint="0" * 64, rows="0" * 64)
    old = ner("steady", *alternating(8), dataset=other, finished="2024-01-01T00:00:00Z")
    found = leaderboard([old, STEADY], ceiling=no_ceiling)
    assert [board.version for board in found.boards] == ["1.0.0", "0.9.0"]
    assert [board.superseded for board in found.boards] == [0, 0]


def test_the_protocol_split_stands_before_cv():
    cv = ner("m", *alternating(8), protocol="cv", split=None)
    found = leaderboard([cv, STEADY], ceiling=no_ceiling)
    assert [board.protocol for board in found.boards] == ["split", "cv"]


# The rest of a board.


def test_the_tasks_of_the_benchmark_come_first():
    runs = [*three_tasks("m", 8), ner("m", *alternating(8), task="anercorp")]
    columns = board_of(*runs[::-1]).columns
    assert [column.task for column in columns] == ["ner", "stance", "attribution", "anercorp"]


def test_the_ceiling_is_asked_of_each_column_and_takes_no_rank():
    asked = []

    def ceiling(run):
        asked.append(run.task)
        return Score(value=0.9, low=0.8, high=0.95)

    board = board_of(*three_tasks("a", 8), *three_tasks("b", 6), ceiling=ceiling)
    assert sorted(asked) == ["attribution", "ner", "stance"]
    assert [row.model for row in board.models] == ["a", "b"]
    assert board.ceiling == Score(value=pytest.approx(0.9), low=None, high=None)


def test_without_a_ceiling_on_every_task_the_mean_has_none():
    def ceiling(run):
        return None if run.task == "stance" else Score(value=0.9, low=0.8, high=0.95)

    assert board_of(*three_tasks("a", 8), ceiling=ceiling).ceiling is None


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("linear", "baseline"),
        ("baseline:linear", "baseline"),
        ("hf:ORG/NAME", "hf"),
        ("llm:openai/gpt", "llm"),
        ("py:mine.py:Mine", "py"),
        ("object:mine.Mine", "py"),
        ("file:predictions.jsonl", "file"),
        ("pie:x", "other"),
        ("<script>", "baseline"),
    ],
)
def test_the_kind_of_a_model_is_the_scheme_of_its_spec(spec, kind):
    assert model_kind(spec) == kind


def test_a_leaderboard_is_read_back_from_its_json_as_it_was():
    found = leaderboard(three_tasks("m", 8), places=["x"] * 3, ceiling=no_ceiling)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Leaderboard) == found
    assert found.to_dict()["boards"][0]["models"][0]["entries"]["ner"]["kept"] == "x"


def test_counts_by_document_stay_where_the_run_is():
    (row,) = board_of(STEADY).models
    assert row.entries["ner"].run.per_document == ()


def test_without_runs_there_is_nothing_to_report():
    with pytest.raises(InputError, match="no runs"):
        leaderboard([])


BAD = {
    "a headline that the run lacks": ({"metrics": {}}, "field `headline`: 'strict_f1'"),
    "a headline of no measure": ({"headline": "f2"}, "field `headline`: 'f2' is no measure"),
    "counts of another version": (
        {"per_document": (DocumentCount(doc_id="x", counts={"gone": 1}),)},
        "field `per_document`: no counts of a task of type 'ner': gone",
    ),
    "a limit that is no number": ({"settings": {"limit": [1]}}, "field `settings.limit`: [1]"),
}


@pytest.mark.parametrize(("fields", "message"), BAD.values(), ids=list(BAD))
def test_a_record_that_was_changed_is_refused_by_its_place(fields, message):
    with pytest.raises(InputError) as caught:
        leaderboard([msgspec.structs.replace(STEADY, **fields)], places=["results/x"])
    assert str(caught.value).startswith("results/x: ")
    assert message in str(caught.value)
