"""Report on labels: ours beside scikit-learn's `classification_report`, from Python lists.

CPU seconds, medians of repeats in turns; the reports are compared before the times are.
"""

import argparse
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import numpy as np
from sklearn.metrics import classification_report

from arnews_bench.schema import STANCE_LABELS
from arnews_bench.scoring.labels import label_report


def invented(n_rows: int, labels: list[str]) -> tuple[list[str], list[str]]:
    """Labels of which a fifth is wrong; each is a string of its own, as read from a file."""
    chance = random.Random(0)
    gold = chance.choices(labels, k=n_rows)
    given = [chance.choice(labels) if chance.random() < 1 / 5 else label for label in gold]
    return [_copy(label) for label in gold], [_copy(label) for label in given]


def _copy(text: str) -> str:
    return text.encode().decode()


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def peak(work: Callable[[], object]) -> float:
    """MiB that a call takes on top of its input, as NumPy and Python allocate them."""
    tracemalloc.start()
    work()
    _, found = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return found / 2**20


def theirs(gold: list[str], given: list[str]) -> dict[str, float | dict[str, float]]:
    """The report of scikit-learn."""
    return classification_report(gold, given, output_dict=True, zero_division=0)


def ours(gold: list[str], given: list[str]) -> dict[str, float | dict[str, float]]:
    """Our report."""
    return label_report(gold, given).to_dict()


def numbers(report: dict[str, float | dict[str, float]]) -> list[float]:
    """All numbers of a report."""
    groups = [part.values() if isinstance(part, dict) else [part] for part in report.values()]
    return [number for group in groups for number in group]


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    print("| labels | rows | scikit-learn CPU s | ours CPU s | times faster | peak memory |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, labels in (
        ("4, of stance", list(STANCE_LABELS)),
        ("200", [f"label-{number}" for number in range(200)]),
    ):
        gold, given = invented(arguments.rows, labels)
        calls = (partial(theirs, gold, given), partial(ours, gold, given))
        if not np.allclose(*(numbers(call()) for call in calls), rtol=1e-12, atol=0):
            sys.exit("the reports differ")
        turns = [[seconds(call) for call in calls] for _ in range(arguments.repeats)]
        slow, fast = (statistics.median(values) for values in zip(*turns, strict=True))
        peaks = " and ".join(f"{peak(call):.0f}" for call in calls)
        print(
            f"| {name} | {arguments.rows:,} | {slow:.2f} | {fast:.3f} | {slow / fast:.0f} "
            f"| {peaks} MiB |",
            flush=True,
        )


if __name__ == "__main__":
    main()
