"""Strings of an answer put back into the text: LangExtract and spacy-llm beside our own.

Each sentence of the corpus is answered with the bare strings of its gold entities, in order; first
as they are, then with one kind of spelling noise, then with strings of other sentences that this
one does not hold, which have to be placed nowhere. What counts is the gold span: a place elsewhere,
or a second place, is a mistake. The peers are not among what the project installs:
`pip install langextract spacy-llm` adds them. CPU time over all sentences; `--rounds` repeats it.
"""

import argparse
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TypeAlias

from arnews_bench import NerRow, load_task
from arnews_bench.alignment import Quote, TextIndex, align_quotes
from arnews_bench.report.console import console, new_table
from arnews_bench.text import normalise, token_spans

# From a text and strings to the places that they are given.
Aligner: TypeAlias = Callable[[str, Sequence[str]], list[tuple[int, int]]]


def _unchanged(text: str) -> str:
    return text


def _without_proclitic(text: str) -> str:
    """Without a first letter that is no part of the name: other sentences have it without."""
    return text[1:] if text[0] in "وبل" and text[1:] in _names() else text


@cache
def _names() -> frozenset[str]:
    return frozenset(entity.text for row in _rows() for entity in row.entities)


@cache
def _rows() -> list[NerRow]:
    return [row for row in load_task("ner").all_rows() if isinstance(row, NerRow)]


_FORMS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"})
NOISE: dict[str, Callable[[str], str]] = {
    "as they are": _unchanged,
    "hamza, ya and ta marbuta as many write them": lambda text: text.translate(_FORMS),
    "vowels": lambda text: re.sub(r"(?<=[بتدرسلمن])(?=\w)", "\u064e", text),
    "tatweel": lambda text: re.sub(r"(?<=[بتسلمن])(?=\w)", "ـ", text, count=1),
    "without their و, ب or ل": _without_proclitic,
    "with a و": lambda text: f"و{text}",
}


def ours(text: str, strings: Sequence[str]) -> list[tuple[int, int]]:
    """`arnews_bench.alignment`."""
    places = align_quotes(TextIndex(text), [Quote(string) for string in strings])
    return [tuple(place.span) for place in places if place.span is not None]


def first_occurrence(text: str, strings: Sequence[str]) -> list[tuple[int, int]]:
    """`str.find`, as scripts around a model do it."""
    found = ((text.find(string), len(string)) for string in strings)
    return [(start, start + length) for start, length in found if start >= 0]


def peers() -> Iterator[tuple[str, Aligner]]:
    """Those that are installed."""
    try:
        from langextract.core import data, tokenizer  # noqa: PLC0415
        from langextract.resolver import WordAligner  # noqa: PLC0415
    except ImportError:
        pass
    else:
        unicode = tokenizer.UnicodeTokenizer()

        def langextract(text: str, strings: Sequence[str]) -> list[tuple[int, int]]:
            if not strings:
                return []
            items = [data.Extraction("entity", string) for string in strings]
            groups = WordAligner().align_extractions([items], text, tokenizer_impl=unicode)
            spans = (item.char_interval for group in groups for item in group)
            return [(span.start_pos, span.end_pos) for span in spans if span is not None]

        yield "LangExtract", langextract
    try:
        from spacy_llm.tasks.util.parsing import find_substrings  # noqa: PLC0415
    except ImportError:
        return

    def spacy_llm(text: str, strings: Sequence[str]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = find_substrings(text, strings)
        return found

    yield "spacy-llm", spacy_llm


def measure(
    align: Aligner, rows: Sequence[NerRow], change: Callable[[str], str]
) -> tuple[float, float]:
    """Precision and recall of the places of all changed strings."""
    right = placed = wanted = 0
    for row in rows:
        entities = sorted(row.entities, key=lambda entity: (entity.start, -entity.end))
        chosen = [entity for entity in entities if _concerns(change, entity.text)]
        gold = Counter((entity.start, entity.end) for entity in chosen)
        found = Counter(align(row.text, [change(entity.text) for entity in chosen]))
        right += (gold & found).total()
        placed += found.total()
        wanted += gold.total()
    return right / max(placed, 1), right / max(wanted, 1)


def _concerns(change: Callable[[str], str], text: str) -> bool:
    """Only strings that the noise changes say anything about it."""
    return change is _unchanged or change(text) != text


def strangers(rows: Sequence[NerRow], rng: random.Random) -> list[tuple[str, list[str]]]:
    """Sentences with names of other sentences that they do not hold, in no spelling."""
    names = sorted(_names())
    drawn = []
    for row in rows:
        words = {normalise(row.text[slice(*span)]) for span in token_spans(row.text)}
        absent = [
            name
            for name in names
            if not any(_same(part, word) for part in normalise(name).split() for word in words)
        ]
        drawn.append((row.text, rng.sample(absent, 5)))
    return drawn


def _same(part: str, word: str) -> bool:
    """Whether a word may be the other with something attached, by the letters alone."""
    return (word.endswith(part) and len(word) - len(part) <= 4) or part.endswith(word)  # noqa: PLR2004


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    rows = _rows()
    aligners: dict[str, Aligner] = {"ours": ours, **dict(peers()), "str.find": first_occurrence}
    table = new_table()
    for name in ("strings", "n", *aligners):
        table.add_column(name, justify="left" if name == "strings" else "right")
    for kind, change in NOISE.items():
        cells = [measure(align, rows, change) for align in aligners.values()]
        changed = sum(_concerns(change, entity.text) for row in rows for entity in row.entities)
        table.add_row(kind, str(changed), *(f"{100 * p:.1f} / {100 * r:.1f}" for p, r in cells))
    absent = strangers(rows, random.Random(0))
    n_absent = sum(len(strings) for _, strings in absent)
    table.add_section()
    wrongly = [sum(len(align(*item)) for item in absent) for align in aligners.values()]
    table.add_row(
        "placed though absent", str(n_absent), *(f"{100 * n / n_absent:.1f} %" for n in wrongly)
    )
    table.add_section()
    table.add_row(
        "µs a string", "", *(_microseconds(align, rows, rounds) for align in aligners.values())
    )
    console().print(table)
    console().print("Precision / recall of the gold spans, in percent.")


def _microseconds(align: Aligner, rows: Sequence[NerRow], rounds: int) -> str:
    texts = [(row.text, [entity.text for entity in row.entities]) for row in rows]
    n_strings = sum(len(strings) for _, strings in texts)
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        for text, strings in texts:
            align(text, strings)
        seconds.append(time.process_time() - start)
    return f"{1e6 * statistics.median(seconds) / n_strings:.0f}"


if __name__ == "__main__":
    main()
