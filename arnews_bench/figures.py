"""The pictures of the data card: stacked bars as SVG, the same bytes for the same counts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import jinja2

from arnews_bench.schema import CANARY

__all__ = ["Chart", "bar_chart"]

# Okabe & Ito (2008): told apart by the colour-blind, on light and dark paper.
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")
_WIDTH, _MARGIN, _TOP, _STEP = 760, 20, 70, 23
_LETTER = 7.5  # of the labels, on average, in user units
_MAX_TICKS = 6


class Chart(NamedTuple):
    """What a picture shows.

    Attributes:
        title: The heading.
        description: What a reader who cannot see the picture should know.
        series: The names of the parts of a bar, at most four.
        bars: Name → one count for each of the series.
    """

    title: str
    description: str
    series: Sequence[str]
    bars: Mapping[str, Sequence[int]]


def bar_chart(chart: Chart) -> bytes:
    """Draw horizontal stacked bars.

    Returns:
        An SVG file that follows the reader's light or dark scheme and names every count.
    """
    left = _MARGIN + 8 + round(_LETTER * max(map(len, chart.bars), default=0))
    longest = max(map(sum, chart.bars.values()), default=0)
    scale = (_WIDTH - left - _MARGIN - 40) / max(longest, 1)
    bottom = _TOP + _STEP * len(chart.bars)
    template = jinja2.Environment(
        loader=jinja2.PackageLoader("arnews_bench"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    ).get_template("bars.svg.j2")
    return template.render(
        chart=chart,
        canary=CANARY,
        colours=_COLOURS,
        width=_WIDTH,
        height=bottom + 32,
        margin=_MARGIN,
        left=left,
        top=_TOP - 6,
        bottom=bottom,
        legend=_legend(chart.series),
        ticks=[
            {"x": round(left + value * scale, 1), "value": value}
            for value in range(0, longest + 1, _tick_step(longest))
        ],
        bars=[
            _bar(chart, name, _TOP + _STEP * place, left, scale)
            for place, name in enumerate(chart.bars)
        ],
    ).encode()


def _bar(chart: Chart, name: str, y: int, left: float, scale: float) -> dict[str, object]:
    parts = []
    done = 0
    for series, value in enumerate(chart.bars[name]):
        if value:
            parts.append(
                {
                    "series": series,
                    "name": chart.series[series],
                    "value": value,
                    "x": round(left + done * scale, 1),
                    "width": round(value * scale, 1),
                }
            )
        done += value
    return {
        "name": name, "y": y, "parts": parts, "total": done, "end": round(left + done * scale, 1)
    }  # fmt: skip


def _legend(series: Sequence[str]) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = []
    x = float(_MARGIN)
    for name in series:
        entries.append({"x": round(x, 1), "name": name})
        x += 40 + _LETTER * len(name)
    return entries


def _tick_step(longest: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, … that needs few ticks."""
    step = 1
    while longest / step > _MAX_TICKS:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step
