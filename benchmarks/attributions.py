"""Scoring of attributions, with the matching: how long for many documents, and whether linear.

Documents of 20 gold and 20 predicted attributions, made from those of the corpus: about 2,000
characters. CPU seconds on one core, medians; the documents are made before the clock starts.
"""

import argparse
import os
import random
import resource
import statistics
import sys
import time
from typing import NamedTuple

# One core: the libraries under NumPy must not use more. Set before NumPy is imported.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

from arnews_bench import (
    Attribution,
    AttributionPrediction,
    AttributionRow,
    PredictedAttribution,
    PredictedSpan,
    TextSpan,
    load_rows,
)
from arnews_bench.schema import SPLITS
from arnews_bench.scoring.attribution import ATTRIBUTION

N_ATTRIBUTIONS = 20
CUE = "قال"
# Of the gold attributions drop their subject; of the predictions have another speaker, or answer
# with a string.
DROPPED, WRONG, AS_STRING = 0.4, 0.2, 0.2


class Said(NamedTuple):
    """A content and its speaker, from the corpus."""

    content: str
    name: str


def said() -> list[Said]:
    """All attributions of the corpus."""
    return [
        Said(row.text[item.content[0].start : item.content[0].end], item.source_name)
        for split in SPLITS
        for row in load_rows("attribution", split)
        if isinstance(row, AttributionRow)
        for item in row.attributions
    ]


def document(
    number: int, known: list[Said], chance: random.Random
) -> tuple[AttributionRow, AttributionPrediction]:
    """A document and the predictions for it."""
    text, gold, answers = "", [], []
    for content, name in chance.choices(known, k=N_ATTRIBUTIONS):
        start = len(text) + len(CUE) + 1
        text += f"{CUE} {name} إن {content}. "
        end = len(text) - 2
        span = TextSpan(start=end - len(content), end=end, text=content)
        source = TextSpan(start=start, end=start + len(name), text=name)
        gold.append(
            Attribution(
                cue=TextSpan(start=start - len(CUE) - 1, end=start - 1, text=CUE),
                source=None if chance.random() < DROPPED else source,
                via=None,
                content=(span,),
                source_name=name,
                source_type="person",
                mode="indirect",
                polarity="asserted",
            )
        )
        shifted = PredictedSpan(start=span.start - chance.randint(0, 8), end=span.end)
        answers.append(
            PredictedAttribution(
                content=(content if chance.random() < AS_STRING else shifted,),
                source_name=chance.choice(known).name if chance.random() < WRONG else name,
                cue=PredictedSpan(start=start - len(CUE) - 1, end=start - 1),
            )
        )
    row = AttributionRow(
        id=str(number),
        doc_id=str(number),
        text=text,
        sentences=(),
        attributions=tuple(gold),
        fold=0,
    )
    return row, AttributionPrediction(id=row.id, attributions=tuple(answers))


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[1_000, 5_000, 10_000])
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    chance, known = random.Random(0), said()
    pairs = [document(number, known, chance) for number in range(max(arguments.documents))]
    rows, answers = ([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    ATTRIBUTION.tally(rows[:10], answers[:10])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print("| documents | attributions | CPU s | ms a document |")
    print("|---:|---:|---:|---:|")
    for size in arguments.documents:
        times = []
        for _ in range(arguments.repeats):
            start = time.process_time()
            ATTRIBUTION.tally(rows[:size], answers[:size])
            times.append(time.process_time() - start)
        found = statistics.median(times)
        print(
            f"| {size:,} | {size * N_ATTRIBUTIONS:,} | {found:.2f} | {1000 * found / size:.2f} |",
            flush=True,
        )
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"\nPeak memory on top of the documents: {grown:.0f} MiB.", file=sys.stdout)


if __name__ == "__main__":
    main()
