"""The generated parts of the data card: tables and pictures that follow the corpus.

A part stands in `README.md` between `<!-- generated: NAME -->` and `<!-- end of NAME -->`; what
is written by hand stands around it and is never touched.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

from arnews_bench.agreement import Agreement
from arnews_bench.annotations import Sources
from arnews_bench.choices import AttributionChoiceRow, ChoiceRow, Views
from arnews_bench.errors import InputError
from arnews_bench.figures import Chart, bar_chart
from arnews_bench.schema import CANARY, ENTITY_TYPES, MODES, SOURCE_TYPES, SPLITS
from arnews_bench.scoring import Score
from arnews_bench.statistics import Statistics

__all__ = ["card_figures", "card_parts", "fill_card"]

_PART = re.compile(r"<!-- generated: (?P<name>[\w-]+) -->\n.*?<!-- end of (?P=name) -->", re.DOTALL)
_MARK = re.compile(r"<!-- (?:generated:|end of) (?P<name>[\w-]+) -->")

_R = TypeVar("_R", bound=ChoiceRow)

_STANCES = ("agree", "disagree", "discuss")


def fill_card(card: str, parts: Mapping[str, str]) -> str:
    """A card with its generated parts made anew.

    Args:
        card: The card as it is.
        parts: Name of a part → its Markdown.

    Raises:
        InputError: A mark has no partner or names no known part.
    """
    paired = len(_PART.findall(card))
    marks = [mark["name"] for mark in _MARK.finditer(card)]
    unknown = sorted(set(marks) - parts.keys())
    if unknown:
        raise InputError(
            f"README.md: no generated part is called {', '.join(unknown)}; "
            f"known are {', '.join(parts)}"
        )
    if len(marks) != 2 * paired:
        lone = sorted(name for name in set(marks) if marks.count(name) % 2)
        raise InputError(
            f"README.md: generated part {', '.join(lone or marks)}: the marks "
            "`<!-- generated: NAME -->` and `<!-- end of NAME -->` must stand in pairs"
        )
    return _PART.sub(
        lambda place: (
            f"<!-- generated: {place['name']} -->\n{parts[place['name']].strip()}\n"
            f"<!-- end of {place['name']} -->"
        ),
        card,
    )


def card_parts(
    sources: Sources,
    views: Views,
    statistics: Statistics,
    agreement: Agreement | None,
    fingerprint: str,
) -> dict[str, str]:
    """The generated parts of the card, as Markdown.

    Args:
        sources: The adjudicated corpus.
        views: Its views as multiple choice.
        statistics: Its counts.
        agreement: The agreement of the two passes; None if there are none.
        fingerprint: The fingerprint of the rows.
    """
    return {
        "fingerprint": f"- fingerprint: `{fingerprint}`\n- canary: `{CANARY}`",
        "sizes": _sizes(statistics),
        "labels": "\n\n".join(
            _table([section, *SPLITS, "all"], _filled(statistics[section]))
            for section in ("entities", "attributions", "stance, all pairs", "stance, rows")
        ),
        "choices": _choices(views),
        "documents": _documents(sources),
        "agreement": _agreement(agreement),
    }


def card_figures(sources: Sources) -> dict[str, bytes]:
    """The pictures of the card, by file name below the dataset's folder."""
    splits = {doc: sources.page(doc).split for doc in sources.documents}
    types: Counter[tuple[str, str]] = Counter()
    speakers: Counter[tuple[str, str]] = Counter()
    stances: Counter[tuple[str, str]] = Counter()
    for doc_id, split in splits.items():
        types.update((entity.type, split) for entity in sources.entities(doc_id))
        speakers.update((r.source_type, r.mode) for r in sources.attributions(doc_id))
        stances.update((stance.claim_id, stance.label) for stance in sources.stances(doc_id))
    present = [name for name in ENTITY_TYPES if any(types[name, split] for split in SPLITS)]
    present.sort(key=lambda name: -sum(types[name, split] for split in SPLITS))
    charts = {
        "entity-types": Chart(
            "Entity mentions by type",
            "Mentions of each entity type in train, validation and test, nested ones included.",
            SPLITS,
            {name: [types[name, split] for split in SPLITS] for name in present},
        ),
        "attributions": Chart(
            "Attributions by kind of source and mode",
            "Attributions of each kind of source, by whether the content is quoted.",
            MODES,
            {name: [speakers[name, mode] for mode in MODES] for name in SOURCE_TYPES},
        ),
        "stance-by-claim": Chart(
            "Related pairs of each claim by stance",
            "Documents and statements that agree with a claim, disagree with it or discuss it.",
            _STANCES,
            {claim: [stances[claim, label] for label in _STANCES] for claim in sources.claims},
        ),
    }
    return {f"figures/{name}.svg": bar_chart(chart) for name, chart in charts.items()}


def _sizes(statistics: Statistics) -> str:
    sections = (
        ("documents", ("documents", "article", "brief", "headline", "words", "tokens")),
        ("documents", ("sentences",)),
        ("entities", ("all types",)),
        ("attributions", ("all attributions", "dropped subject")),
    )
    names = {
        "sentences": "sentences (`ner` rows)",
        "all types": "entities, 21 types, nested",
        "all attributions": "attributions",
        "dropped subject": "– with a dropped subject",
        "article": "– articles",
        "brief": "– briefs",
        "headline": "– headlines",
    }
    rows = {
        names.get(key, key): list(statistics[section][key].values())
        for section, keys in sections
        for key in keys
    }
    stance = statistics["stance, rows"].values()
    rows["`stance` rows"] = [
        sum(column) for column in zip(*(c.values() for c in stance), strict=True)
    ]
    return _table(["", *SPLITS, "all"], rows)


def _choices(views: Views) -> str:
    """The rows of the views as multiple choice, and how far one gets in them without reading."""
    stance, said = _columns(views.stance), _columns(views.attribution)
    of_stance: dict[str, Sequence[int | str]] = {
        "rows": [len(rows) for rows in stance],
        "a guess": [_accuracy(rows, _guessed(rows)) for rows in stance],
        "always `unrelated`": [
            _accuracy(rows, sum(row.label == "unrelated" for row in rows)) for rows in stance
        ],
    }
    of_attribution: dict[str, Sequence[int | str]] = {
        "rows": [len(rows) for rows in said],
        "– with a dropped subject": [sum(row.dropped_subject for row in rows) for rows in said],
        "a guess": [_accuracy(rows, _guessed(rows)) for rows in said],
        "always the first choice": [
            _accuracy(rows, sum(row.answer == 0 for row in rows)) for rows in said
        ],
        "always the commonest speaker of the document": [
            _accuracy(rows, _commonest(rows)) for rows in said
        ],
    }
    return "\n\n".join(
        _table([f"`{config}`: rows, accuracy × 100", *SPLITS, "all"], rows)
        for config, rows in (("stance_choice", of_stance), ("attribution_choice", of_attribution))
    )


def _columns(view: Mapping[str, Sequence[_R]]) -> list[Sequence[_R]]:
    """The rows of each split, then all of them."""
    splits = [view[split] for split in SPLITS]
    return [*splits, [row for rows in splits for row in rows]]


def _guessed(rows: Sequence[ChoiceRow]) -> float:
    """How many rows a guess is expected to answer rightly."""
    return sum(1 / len(row.choices) for row in rows)


def _commonest(rows: Sequence[AttributionChoiceRow]) -> int:
    """How many rows are answered rightly by the speaker whom each document has most often."""
    speakers: dict[str, Counter[str]] = {}
    for row in rows:
        speakers.setdefault(row.doc_id, Counter())[row.choices[row.answer]] += 1
    return sum(max(found.values()) for found in speakers.values())


def _accuracy(rows: Sequence[ChoiceRow], right: float) -> str:
    return f"{100 * right / len(rows):.1f}" if rows else "–"


def _filled(section: Mapping[str, Mapping[str, int]]) -> dict[str, Sequence[int]]:
    """The rows of a section that count anything."""
    return {key: list(counts.values()) for key, counts in section.items() if counts["all"]}


def _table(head: Sequence[str], rows: Mapping[str, Sequence[int | str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += [
        f"| {name} | {' | '.join(c if isinstance(c, str) else f'{c:,}' for c in cells)} |"
        for name, cells in rows.items()
    ]
    return "\n".join(lines)


def _documents(sources: Sources) -> str:
    lines = [
        "| document | split | kind | topic | event | date given |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {doc_id} | {sources.pages[d.page].split} | {d.kind} | {d.topic} | {d.event_id} "
        f"| {d.date or '–'} |"
        for doc_id, d in sources.documents.items()
    ]
    return "\n".join(lines)


def _agreement(agreement: Agreement | None) -> str:
    if agreement is None:
        return "There is no second pass."
    lines = ["| measure × 100, before adjudication | value [95 % interval] |", "|---|---|"]
    lines += [
        f"| {name} | {_score(score)} |"
        for name, score in agreement.items()
        if score.value is not None
    ]
    return "\n".join(lines)


def _score(score: Score) -> str:
    if score.value is None or score.low is None or score.high is None:
        return "–"
    return f"{100 * score.value:.1f} [{100 * score.low:.1f}, {100 * score.high:.1f}]"
