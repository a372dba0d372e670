"""The words and figures of a leaderboard, which every format shows alike.

Nothing here is escaped: each format does that for all that it writes.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from arnews_bench.leaderboard import Board, Column, Leaderboard, ModelRow
from arnews_bench.ranking import Standing
from arnews_bench.report.usage import unreadable
from arnews_bench.scoring import Score

__all__ = [
    "CEILING",
    "SCORE",
    "Cell",
    "Grid",
    "Line",
    "caption",
    "cell_of",
    "grid",
    "header",
    "measure_text",
    "methods",
    "preamble",
    "title",
]

CEILING = "agreement of passes"
SCORE = "arnews score"
_UNDEFINED = "–"
# As much of a fingerprint as tells versions of the data apart.
_SHORT = 12


class Cell(NamedTuple):
    """A score as it is shown: times 100, with its interval and the letter of its tie group."""

    value: str
    interval: str
    group: str


class Line(NamedTuple):
    """A row of a table; the rank is empty for a model without one."""

    rank: str
    name: str
    cells: tuple[Cell, ...]


class Grid(NamedTuple):
    """A table.

    Attributes:
        has_ranks: Whether there is a column of ranks.
        heads: The heads of the columns of scores; the first may be the arnews score.
        lines: The models, best first.
        ceiling: The agreement of the annotation passes, if it is known.
    """

    has_ranks: bool
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    ceiling: Line | None


def grid(board: Board) -> Grid:
    """A board as the lines of a table."""
    has_mean = board.joint is not None
    lines = []
    for row in board.models:
        entries = [row.entries.get(column.task) for column in board.columns]
        cells = [_standing_cell(entry.standing if entry else None) for entry in entries]
        if has_mean:
            cells.insert(0, _standing_cell(row.mean))
        lines.append(Line(_rank(board, row), row.model, tuple(cells)))
    ceiling = [cell_of(column.ceiling) for column in board.columns]
    if has_mean:
        ceiling.insert(0, cell_of(board.ceiling))
    return Grid(
        has_ranks=_has_ranks(board),
        heads=(*([SCORE] if has_mean else []), *map(header, board.columns)),
        lines=tuple(lines),
        ceiling=Line("", CEILING, tuple(ceiling)) if _has_ceiling(board) else None,
    )


def cell_of(score: Score | None, group: str | None = None) -> Cell:
    """A score as it is shown."""
    if score is None or score.value is None:
        return Cell(_UNDEFINED, "", "")
    interval = ""
    if score.low is not None and score.high is not None:
        interval = f"[{100 * score.low:.1f}, {100 * score.high:.1f}]"
    return Cell(f"{100 * score.value:.1f}", interval, group or "")


def _standing_cell(standing: Standing | None) -> Cell:
    return cell_of(None) if standing is None else cell_of(standing.score, standing.group)


def measure_text(name: str) -> str:
    """The name of a measure in words: `strict F1` for `strict_f1`."""
    return name.replace("_", " ").replace("f1", "F1")


def header(column: Column) -> str:
    """The head of a column: the task and its headline."""
    metric = measure_text(column.metric)
    return metric if metric.startswith(column.task) else f"{column.task}: {metric}"


def title(board: Board) -> str:
    """What the rows of a board are: protocol, split and data."""
    protocol = board.protocol if board.split is None else f"{board.protocol} ({board.split})"
    limit = "" if board.limit is None else f", the first {board.limit} rows"
    if board.fingerprint is None:
        data = "rows of one's own"
    else:
        version = "" if board.version is None else f" {board.version}"
        data = f"dataset{version} ({board.fingerprint[:_SHORT]})"
    return f"Protocol {protocol}{limit}, {data}"


def preamble(found: Leaderboard) -> str:
    """What must be said of several tables; empty for one."""
    if len(found.boards) == 1:
        return ""
    data = {
        (board.fingerprint, column.task, column.fingerprint)
        for board in found.boards
        for column in board.columns
    }
    tasks = {(task, fingerprint) for fingerprint, task, _ in data}
    if len(data) > len(tasks) or len({board.fingerprint for board in found.boards}) > 1:
        return (
            "The runs are on different data: each version has a table of its own, and scores of "
            "different tables cannot be compared."
        )
    return "Scores of different tables are of different rows and cannot be compared."


def caption(board: Board) -> list[str]:
    """How a table is read, in sentences."""
    sentences = [f"Scores times 100 with 95 % intervals ({board.interval})."]
    if any(run.interval != board.interval for run in board.runs):
        sentences.append(
            "Runs that were recorded with intervals of another method have them computed anew here."
        )
    if board.joint is not None:
        sentences.append(
            f"The {SCORE} is the mean of the headlines of the three tasks"
            + (
                "; its interval takes each document with all three tasks at once."
                if board.joint
                else "; it has no interval and no letters, as the tasks do not share documents."
            )
        )
    sentences.append(_ties(board))
    if board.joint is not None and any(row.mean is None for row in board.models):
        sentences.append(
            f"A model without a run on every task has no {SCORE} and stands below the others, "
            "ranked in the columns of the tasks that it has."
        )
    sentences += [
        f"{run.system}, {run.task}: {text}" for run in board.runs for text in run.restrictions
    ]
    sentences += unreadable(board.runs)
    if _has_ceiling(board):
        sentences.append(
            "The last row is one annotation pass scored against the other, on the same rows "
            "(stance: on its document pairs alone); it has no rank."
        )
    if board.superseded:
        runs = "run was" if board.superseded == 1 else "runs were"
        sentences.append(
            f"{board.superseded} earlier {runs} left out: of several runs of a model on a task, "
            "the latest counts."
        )
    return sentences


def methods(board: Board) -> list[str]:
    """How the scores of a board came about, as the methods section of a paper says it."""
    data = "our own rows" if board.fingerprint is None else "the arnews-bench dataset"
    if board.version is not None:
        data += f", version {board.version}"
    if board.fingerprint is not None:
        data += f" (its SHA-256 begins with {board.fingerprint[:_SHORT]})"
    sizes = _listed(
        f"{column.task}: {column.rows} rows of {_plural(column.documents, 'document')}"
        for column in board.columns
    )
    versions = _listed(sorted({run.arnews_bench for run in board.runs}))
    sentences = [
        f"All models were evaluated with arnews-bench {versions} on {data}.",
        f"The protocol is {_protocol(board)}; scored were {sizes}.",
        f"The headline of each task is {_headlines(board.columns)}.",
    ]
    asked = [row.model for row in board.models if row.kind == "llm"]
    if asked:
        sentences.append(
            f"Not fitted but asked in words {'was' if len(asked) == 1 else 'were'} "
            f"{_listed(asked)}: each row is a question, training rows are at most examples in it, "
            "and the strings of an answer are aligned with the text."
        )
    seeds = sorted({run.seed for run in board.runs})
    sentences.append(f"The seed was {seeds[0]}." if len(seeds) == 1 else _seeds(seeds))
    sentences.append(_sampling(board))
    if board.joint:
        sentences.append(
            f"The {SCORE} is the mean of the three headlines; its interval comes from the counts "
            "of the three tasks in each document, taken together."
        )
    elif board.joint is not None:
        sentences.append(
            f"The {SCORE} is the mean of the three headlines, without an interval, as the tasks "
            "do not share their documents."
        )
    return [*sentences, _ties(board)]


def _sampling(board: Board) -> str:
    by_row = sorted({run.task for run in board.runs if run.cluster == "row"})
    text = f"95 % intervals take documents as the sampling units (method: {board.interval})"
    if by_row:
        text += (
            f"; the data of {_listed(by_row)} name no documents, so that rows stand in their "
            "place and the intervals may be too narrow"
        )
    return f"{text}."


def _has_ranks(board: Board) -> bool:
    """Whether models have a rank on the whole board: by arnews score, or by its only task."""
    return board.joint is not None or len(board.columns) == 1


def _rank(board: Board, row: ModelRow) -> str:
    if board.joint is not None:
        found = row.mean
    else:
        found = row.entries[board.columns[0].task].standing if _has_ranks(board) else None
    return "" if found is None or found.rank is None else str(found.rank)


def _has_ceiling(board: Board) -> bool:
    return any(column.ceiling is not None for column in board.columns)


def _ties(board: Board) -> str:
    if not any(e.standing.group for row in board.models for e in row.entries.values()):
        return "No differences can be shown."
    ranks = " and share a rank" if _has_ranks(board) and board.joint is not False else ""
    return (
        "Letters are tie groups within a column: models of one letter are not told apart"
        f"{ranks}; a group starts with the first model whose paired difference to the first "
        "model of the group above has a 95 % interval that excludes zero."
    )


def _protocol(board: Board) -> str:
    rows = "" if board.limit is None else f" on the first {board.limit} rows"
    match board.protocol:
        case "split":
            return f"split: learning from the training split, scored on {board.split}{rows}"
        case "cv":
            return f"cv: each page answered by a model that learned from the other pages{rows}"
        case other:
            return f"{other}{rows}"


def _headlines(columns: Iterable[Column]) -> str:
    return _listed(f"{measure_text(column.metric)} ({column.task})" for column in columns)


def _seeds(seeds: Sequence[int]) -> str:
    return f"The seeds were {_listed(map(str, seeds))}, one a run."


def _listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
