"""Span scores of a million tokens: seqeval and nervaluate beside our own, in one process.

The text is drawn with the density and lengths of this corpus's entities; predictions get about
three quarters of them right, as a fair system does. Before anything is timed, the results are
compared. CPU seconds, medians of rounds in turns; nervaluate and seqeval take many seconds a round,
so that they get fewer. `--tokens` and `--rounds` change the size.
"""

import argparse
import gc
import statistics
import time
import tracemalloc
import warnings
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from nervaluate import Evaluator
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from arnews_bench.metrics.fscore import Array
from arnews_bench.metrics.muc import SCHEMES, MucCounts, count_muc
from arnews_bench.metrics.spans import decode_iob2
from arnews_bench.scoring.tags import TagReport, code_report, tag_report

TYPES = ("LOC", "MISC", "ORG", "PER")
# As in the test split: words between two entities, words in one, words in a sentence.
GAP, LENGTH, SENTENCE = 6.0, 1.5, 23
# A prediction moves an end, takes another type or sees nothing.
MOVED, RETYPED, MISSED = 0.08, 0.08, 0.12


class Corpus(NamedTuple):
    """Two taggings of the same sentences, in every form that is asked for."""

    starts: Array
    gold: Array
    predicted: Array
    gold_tags: list[list[str]]
    predicted_tags: list[list[str]]
    gold_spans: Array
    predicted_spans: Array
    gold_dicts: list[list[dict[str, Any]]]
    predicted_dicts: list[list[dict[str, Any]]]


class Job(NamedTuple):
    """What is timed."""

    run: Callable[[], object]
    rounds: int


def make_corpus(n_tokens: int, seed: int = 0) -> Corpus:
    """A corpus of about `n_tokens` tokens."""
    rng = np.random.default_rng(seed)
    lengths = np.maximum(1, rng.poisson(SENTENCE, n_tokens // SENTENCE))
    starts = np.cumsum(lengths) - lengths
    sides = []
    gold = _tagging(rng, int(lengths.sum()), starts)
    sides = [gold, _prediction(rng, gold, starts)]
    names = ["O", *(f"{prefix}-{name}" for name in TYPES for prefix in "BI")]
    tags = [_sentences([names[code] for code in side.tolist()], lengths) for side in sides]
    spans = [_spans(side, starts) for side in sides]
    dicts = [_dicts(side, len(lengths)) for side in spans]
    return Corpus(starts, *sides, *tags, *spans, *dicts)


def _tagging(rng: np.random.Generator, n_tokens: int, starts: Array) -> Array:
    codes = np.zeros(n_tokens, dtype=np.int64)
    first = np.zeros(n_tokens, dtype=bool)
    first[starts] = True
    position = 0
    while True:
        position += int(rng.poisson(GAP))
        size = int(rng.geometric(1 / LENGTH))
        if position + size > n_tokens:
            return codes
        code = int(rng.integers(len(TYPES)))
        for place in range(position, position + size):
            if place > position and first[place]:
                break
            codes[place] = 2 * code + (1 if place == position else 2)
        position += size


def _prediction(rng: np.random.Generator, gold: Array, starts: Array) -> Array:
    codes = gold.copy()
    found = decode_iob2(gold, starts)
    fate = rng.random(len(found.start))
    for start, end, chance in zip(found.start, found.end, fate, strict=True):
        if chance < MISSED:
            codes[start:end] = 0
        elif chance < MISSED + RETYPED:
            codes[start:end] = (codes[start:end] + 1) % (2 * len(TYPES)) + 1
        elif chance < MISSED + RETYPED + MOVED:
            codes[end - 1] = 0
            if start + 1 < len(codes) and not gold[end : end + 1].any():
                codes[end : end + 1] = 2 * ((gold[start] - 1) // 2) + 1
    return codes


def _sentences(tags: Sequence[str], lengths: Array) -> list[list[str]]:
    ends = np.cumsum(lengths).tolist()
    return [list(tags[end - size : end]) for end, size in zip(ends, lengths.tolist(), strict=True)]


def _spans(codes: Array, starts: Array) -> Array:
    found = decode_iob2(codes, starts)
    sentence = np.searchsorted(starts, found.start, side="right") - 1
    places = (found.start - starts[sentence], found.end - starts[sentence])
    return np.column_stack([np.zeros_like(sentence), sentence, *places, found.type])


def _dicts(spans: Array, n_sentences: int) -> list[list[dict[str, Any]]]:
    sentences: list[list[dict[str, Any]]] = [[] for _ in range(n_sentences)]
    for _, sentence, start, end, code in spans.tolist():
        sentences[sentence].append({"label": TYPES[code], "start": start, "end": end - 1})
    return sentences


def seqeval_report(corpus: Corpus) -> dict[str, dict[str, float]]:
    """The report of seqeval."""
    report: dict[str, dict[str, float]] = classification_report(
        corpus.gold_tags,
        corpus.predicted_tags,
        mode="strict",
        scheme=IOB2,
        output_dict=True,
        zero_division=0,
    )
    return report


def nervaluate_overall(corpus: Corpus) -> dict[str, Any]:
    """All that nervaluate computes: its figures over all types, and those of each type."""
    return Evaluator(
        corpus.gold_dicts, corpus.predicted_dicts, tags=list(TYPES), loader="dict"
    ).evaluate()["overall"]


def nervaluate_schemes(corpus: Corpus) -> None:
    """The four schemes over all types alone, without what nervaluate does for each type."""
    evaluator = Evaluator(
        corpus.gold_dicts, corpus.predicted_dicts, tags=list(TYPES), loader="dict"
    )
    for gold, predicted in zip(evaluator.true, evaluator.pred, strict=True):
        for strategy in evaluator.strategies.values():
            strategy.evaluate(gold, predicted, evaluator.tags)


def our_muc(corpus: Corpus) -> dict[str, MucCounts]:
    """Our counts."""
    return dict(count_muc(corpus.gold_spans, corpus.predicted_spans, n_documents=1))


def our_codes(corpus: Corpus) -> TagReport:
    """Our report from integers."""
    return code_report(corpus.gold, corpus.predicted, corpus.starts, TYPES)


def our_tags(corpus: Corpus) -> TagReport:
    """Our report from lists of strings."""
    return tag_report(corpus.gold_tags, corpus.predicted_tags)


def check(corpus: Corpus) -> None:
    """Compare the results, and print where they differ."""
    theirs = seqeval_report(corpus)
    same = our_tags(corpus).to_dict() == theirs and our_codes(corpus).to_dict() == theirs
    print(f"seqeval and ours agree to the last digit: {'yes' if same else 'NO'} "
          f"(micro F1 {theirs['micro avg']['f1-score']:.4f})")  # fmt: skip
    found, ours = nervaluate_overall(corpus), our_muc(corpus)
    for scheme in SCHEMES:
        peer = found["ent_type" if scheme == "type" else scheme]
        pair = [
            (int(ours[scheme].correct[0]), peer.correct),
            (
                int((ours[scheme].incorrect + ours[scheme].partial)[0]),
                peer.incorrect + peer.partial,
            ),
            (int(ours[scheme].missed[0]), peer.missed),
            (int(ours[scheme].spurious[0]), peer.spurious),
        ]
        verdict = "as nervaluate" if all(a == b for a, b in pair) else "nervaluate differs"
        print(f"{scheme}: {verdict}; ours/theirs COR, INC or PAR, MIS, SPU: "
              + ", ".join(f"{a}/{b}" for a, b in pair))  # fmt: skip


def cpu_seconds(run: Callable[[], object]) -> float:
    """CPU time of one call."""
    gc.collect()
    start = time.process_time()
    run()
    return time.process_time() - start


def peak_mebibytes(run: Callable[[], object]) -> float:
    """Memory that a call takes on top, at its peak."""
    gc.collect()
    tracemalloc.start()
    run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


def measure(jobs: dict[str, Job]) -> dict[str, list[float]]:
    """CPU seconds of each job, in turns."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(max(job.rounds for job in jobs.values())):
        for name, job in jobs.items():
            if turn < job.rounds:
                times[name].append(cpu_seconds(job.run))
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9, help="of ours; of the peers a third")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    few = max(1, options.rounds // 3)
    corpus = make_corpus(options.tokens)
    n_tokens = sum(map(len, corpus.gold_tags))
    n_spans = len(corpus.gold_spans)
    print(f"{n_tokens} tokens, {len(corpus.starts)} sentences, {n_spans} gold spans, "
          f"{len(set(chain.from_iterable(corpus.gold_tags)))} tags\n")  # fmt: skip
    check(corpus)
    jobs = {
        "seqeval": Job(lambda: seqeval_report(corpus), few),
        "tag_report": Job(lambda: our_tags(corpus), options.rounds),
        "code_report": Job(lambda: our_codes(corpus), options.rounds),
        "nervaluate": Job(lambda: nervaluate_overall(corpus), few),
        "its four schemes": Job(lambda: nervaluate_schemes(corpus), few),
        "count_muc": Job(lambda: our_muc(corpus), options.rounds),
    }
    times = {name: statistics.median(values) for name, values in measure(jobs).items()}
    memory = {name: peak_mebibytes(job.run) for name, job in jobs.items()}
    rows = [
        ("strict report, lists of strings", "seqeval", "tag_report", 40),
        ("strict report, integer arrays", "seqeval", "code_report", 300),
        ("MUC schemes", "nervaluate", "count_muc", 40),
        ("MUC schemes, over all types only", "its four schemes", "count_muc", 40),
    ]
    print(f"\nCPU seconds: medians of {options.rounds} rounds of ours and {few} of the peers.\n")
    print("| work | peer | CPU s | MiB | ours | CPU s | MiB | ratio | target |")
    print("|---|---|--:|--:|---|--:|--:|--:|--:|")
    for work, peer, ours, target in rows:
        print(f"| {work} | {peer} | {times[peer]:.2f} | {memory[peer]:.0f} | `{ours}` "
              f"| {times[ours]:.4f} | {memory[ours]:.0f} | {times[peer] / times[ours]:.0f} "
              f"| {target} |")  # fmt: skip


if __name__ == "__main__":
    main()
