"""10,000 document resamples of micro F1: ours beside SciPy's bootstrap and a loop in plain Python.

SciPy gets a vectorised statistic and batches of 100 resamples. The loop is that of evaluation
harnesses that pool chunks of resamples over processes (as lm-eval does): items are drawn with
`random.Random`, the metric is computed from the list; here in one process, and with a part of the
resamples, whose time is scaled up. Times are CPU seconds of one process, medians of several
repeats in turns; memory is what NumPy and Python ask for beyond the counts. Nothing is scored
again in any of the three: all start from counts by document.
"""

import random
import statistics
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
from scipy.stats import bootstrap

from arnews_bench.metrics.bootstrap import percentile_interval, resampled_sums
from arnews_bench.metrics.fscore import Array, f1
from arnews_bench.metrics.intervals import document_interval

N_RESAMPLES = 10_000
REPEATS = 5
# Resamples of the loop that are timed, and how many a chunk holds.
LOOP_RESAMPLES = {300: 500, 10_000: 20}
CHUNK = 1000


def some_counts(n_documents: int) -> Array:
    """Matched, gold and predicted entities of documents of very different sizes."""
    rng = np.random.default_rng(0)
    gold = rng.poisson(rng.gamma(1, 18, n_documents))
    matched = rng.binomial(gold, rng.beta(6, 3, n_documents))
    return np.stack([matched, gold, matched + rng.poisson(0.15 * gold)], axis=1)


def micro_f1(sums: Array) -> Array:
    """F1 of summed counts."""
    return f1(sums[..., 0], sums[..., 1], sums[..., 2])


def ours(counts: Array) -> float:
    """Standard error from our resamples."""
    values = micro_f1(resampled_sums(counts, n_resamples=N_RESAMPLES))
    percentile_interval(values)
    return float(values.std())


def scipys(counts: Array) -> float:
    """Standard error from SciPy's."""

    def statistic(matched: Array, gold: Array, predicted: Array, axis: int) -> Array:
        return 2 * matched.sum(axis=axis) / (gold.sum(axis=axis) + predicted.sum(axis=axis))

    found = bootstrap(
        tuple(counts.T),
        statistic,
        paired=True,
        vectorized=True,
        batch=100,
        n_resamples=N_RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    return float(found.standard_error)


def loop(counts: Array) -> float:
    """Standard error from a loop over resampled lists."""
    items = [tuple(row) for row in counts.tolist()]

    def metric(drawn: list[tuple[int, ...]]) -> float:
        matched = sum(item[0] for item in drawn)
        return 2 * matched / sum(item[1] + item[2] for item in drawn)

    values: list[float] = []
    n = LOOP_RESAMPLES[len(items)]
    for number, start in enumerate(range(0, n, CHUNK)):
        rng = random.Random(number)
        chunk = min(CHUNK, n - start)
        values += [metric(rng.choices(items, k=len(items))) for _ in range(chunk)]
    return statistics.stdev(values)


def seconds(function: Callable[[Array], float], counts: Array) -> float:
    """CPU seconds of 10,000 resamples."""
    start = time.process_time()
    function(counts)
    taken = time.process_time() - start
    return taken * N_RESAMPLES / LOOP_RESAMPLES[len(counts)] if function is loop else taken


def peak(function: Callable[[Array], float], counts: Array) -> float:
    """Most memory at once, in MiB."""
    tracemalloc.start()
    function(counts)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 2**20


def interval(counts: Array) -> float:
    """The interval that scores are given, which resamples nothing."""
    return document_interval(counts, micro_f1, lowest=0.0).low


def main() -> None:
    """Measure and print."""
    print("| documents | | CPU seconds | times ours | MiB | standard error |")
    print("|---|---|---|---|---|---|")
    for n_documents in LOOP_RESAMPLES:
        counts = some_counts(n_documents)
        functions = {"ours": ours, "scipy": scipys, "loop": loop}
        times: dict[str, list[float]] = {name: [] for name in functions}
        for _ in range(REPEATS):
            for name, function in functions.items():
                times[name].append(seconds(function, counts))
        base = statistics.median(times["ours"])
        for name, function in functions.items():
            taken = statistics.median(times[name])
            print(
                f"| {n_documents} | {name} | {taken:.3f} | {taken / base:.1f} "
                f"| {peak(function, counts):.1f} | {100 * function(counts):.3f} |"
            )
        taken = statistics.median(seconds(interval, counts) for _ in range(REPEATS))
        print(f"| {n_documents} | the interval of scores (no resampling) | {taken:.5f} | | | |")


if __name__ == "__main__":
    main()
