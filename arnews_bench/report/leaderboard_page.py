"""The leaderboard as one HTML page that needs nothing but itself.

What the page says is gathered here, as plain data; the templates only write it down.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from arnews_bench import __version__
from arnews_bench.leaderboard import KINDS, Board, Entry, Leaderboard, ModelRow
from arnews_bench.report import leaderboard_text as words
from arnews_bench.report.html import render_page
from arnews_bench.report.text_templates import one_line
from arnews_bench.report.usage import usage_facts
from arnews_bench.results import Run
from arnews_bench.scoring import Score

__all__ = ["leaderboard_page"]

# The key of the column of means; a task is a number, so that no name can be mistaken for it.
_MEAN = "mean"
_KINDS = (*dict.fromkeys(KINDS.values()), "other")


class _Bar(NamedTuple):
    """A score drawn on a scale from 0 to 100: the value, and its interval as start and width."""

    value: float
    low: float
    width: float


class _Cell(NamedTuple):
    """A score in the table; `run` is where its details are."""

    key: str
    head: str
    text: words.Cell
    value: float | None
    rank: int | None
    bar: _Bar | None
    run: str | None


class _Row(NamedTuple):
    name: str
    kind: str
    rank: str
    cells: tuple[_Cell, ...]


class _Table(NamedTuple):
    title: str
    heads: tuple[tuple[str, str], ...]
    sorted_by: str | None
    has_ranks: bool
    rows: tuple[_Row, ...]
    ceiling: _Row | None
    caption: str


class _Measure(NamedTuple):
    name: str
    text: words.Cell
    bar: _Bar | None
    is_headline: bool


class _Details(NamedTuple):
    """All that is recorded of a run but its counts."""

    anchor: str
    model: str
    task: str
    facts: Mapping[str, str]
    measures: tuple[_Measure, ...]
    groups: Mapping[str, Mapping[str, Mapping[str, str]]]
    errors: str | None


def leaderboard_page(found: Leaderboard, errors_link: Callable[[str], str | None]) -> str:
    """A leaderboard as a self-contained page.

    Args:
        found: The leaderboard.
        errors_link: From where a run lies to the address of the page of its errors, relative to
            this page; None if there is none.
    """
    tasks = list(dict.fromkeys(c.task for board in found.boards for c in board.columns))
    keys = {task: f"task-{number}" for number, task in enumerate(tasks, 1)}
    entries = [
        entry for board in found.boards for row in board.models for entry in row.entries.values()
    ]
    anchors = {id(entry): f"run-{number}" for number, entry in enumerate(entries, 1)}
    kinds = {row.kind for board in found.boards for row in board.models}
    return render_page(
        "leaderboard",
        {
            "version": __version__,
            "preamble": words.preamble(found),
            "tables": [_table(board, keys, anchors) for board in found.boards],
            "tasks": {keys[task]: one_line(task) for task in tasks},
            "kinds": [kind for kind in _KINDS if kind in kinds],
            "runs": [_details(entry, anchors[id(entry)], errors_link) for entry in entries],
        },
    )


def _table(board: Board, keys: Mapping[str, str], anchors: Mapping[int, str]) -> _Table:
    grid = words.grid(board)
    has_mean = board.joint is not None
    column_keys = [keys[column.task] for column in board.columns]
    if has_mean:
        column_keys.insert(0, _MEAN)
    heads = tuple(zip(column_keys, map(one_line, grid.heads), strict=True))
    ceilings = [column.ceiling for column in board.columns]
    if has_mean:
        ceilings.insert(0, board.ceiling)
    return _Table(
        title=one_line(words.title(board)),
        heads=heads,
        sorted_by=column_keys[0] if grid.has_ranks else None,
        has_ranks=grid.has_ranks,
        rows=tuple(
            _Row(
                one_line(line.name),
                row.kind,
                line.rank,
                tuple(_cells(board, row, line, heads, anchors)),
            )
            for row, line in zip(board.models, grid.lines, strict=True)
        ),
        ceiling=_ceiling(grid.ceiling, heads, ceilings) if grid.ceiling else None,
        caption=one_line(" ".join(words.caption(board))),
    )


def _cells(
    board: Board,
    row: ModelRow,
    line: words.Line,
    heads: Iterable[tuple[str, str]],
    anchors: Mapping[int, str],
) -> Iterable[_Cell]:
    entries = [row.entries.get(column.task) for column in board.columns]
    standings = [entry.standing if entry else None for entry in entries]
    runs = [anchors[id(entry)] if entry else None for entry in entries]
    if board.joint is not None:
        standings.insert(0, row.mean)
        runs.insert(0, None)
    for (key, head), text, standing, run in zip(heads, line.cells, standings, runs, strict=True):
        score = standing.score if standing else None
        rank = standing.rank if standing else None
        value = score.value if score else None
        yield _Cell(key, head, text, value, rank, _bar(score), run)


def _ceiling(
    line: words.Line, heads: Iterable[tuple[str, str]], scores: Iterable[Score | None]
) -> _Row:
    cells = zip(heads, line.cells, scores, strict=True)
    return _Row(
        line.name,
        "",
        "",
        tuple(_Cell(*head, text, None, None, _bar(score), None) for head, text, score in cells),
    )


def _bar(score: Score | None) -> _Bar | None:
    if score is None or score.value is None:
        return None
    low = score.value if score.low is None else score.low
    high = score.value if score.high is None else score.high
    return _Bar(round(100 * score.value, 1), round(100 * low, 1), round(100 * (high - low), 1))


def _details(entry: Entry, anchor: str, errors_link: Callable[[str], str | None]) -> _Details:
    run = entry.run
    return _Details(
        anchor=anchor,
        model=one_line(run.system),
        task=one_line(run.task),
        facts={one_line(name): one_line(value) for name, value in _facts(run).items()},
        measures=tuple(
            _Measure(
                one_line(words.measure_text(name)),
                words.cell_of(score),
                _bar(score),
                is_headline=name == run.headline,
            )
            for name, score in run.metrics.items()
        ),
        groups={
            one_line(kind): {
                one_line(name): {one_line(m): _value(m, v) for m, v in values.items()}
                for name, values in groups.items()
            }
            for kind, groups in run.breakdown.items()
        },
        errors=None if entry.kept is None else errors_link(entry.kept),
    )


def _facts(run: Run) -> dict[str, str]:
    """Name → what is recorded, as text."""
    version = "" if run.dataset.version is None else f"{run.dataset.version}, "
    known: dict[str, Any] = {
        "protocol": run.protocol if run.split is None else f"{run.protocol} ({run.split})",
        "rows": f"{run.n.rows} of {run.n.documents} documents",
        "dataset": f"{version}fingerprint {run.dataset.fingerprint or '–'}",
        "rows of the task": run.dataset.rows,
        "revision of the model": run.model.revision or "–",
        "seed": str(run.seed),
        "intervals": run.interval + ("; by row" if run.cluster == "row" else ""),
        "started": run.started,
        "finished": run.finished,
        "arnews-bench": run.arnews_bench,
    }
    if run.trained_on is not None:
        known["trained on"] = f"{run.trained_on.task}, rows {run.trained_on.rows}"
    if run.restrictions:
        known["restrictions"] = " ".join(run.restrictions)
    if run.repairs:
        known["data repaired"] = "; ".join(run.repairs)
    if run.usage is not None:
        known |= usage_facts(run.usage)
    known |= {f"{part} took": f"{seconds:.2f} s" for part, seconds in run.timing.items()}
    known |= {
        f"setting {name}": msgspec.json.encode(value).decode()
        for name, value in run.settings.items()
    }
    return known | {f"environment: {name}": value for name, value in run.environment.items()}


def _value(measure: str, value: float | None) -> str:
    """A figure of a group: a number of rows as it is, a score times 100."""
    if value is None:
        return "–"
    return f"{value:.0f}" if measure == "rows" else f"{100 * value:.1f}"
