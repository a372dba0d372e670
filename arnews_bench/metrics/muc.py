"""The four schemes of span scoring of SemEval-2013 task 9 (Segura-Bedmar et al. 2013, § 4).

They are those of MUC-5 (Chinchor & Sundheim 1993): a gold and a predicted span that overlap make
a pair, and the scheme says what the pair is. `strict`: correct if bounds and type agree, else
incorrect; `exact`: correct if the bounds agree; `partial`: correct if the bounds agree, else
partial; `type`: correct if the type agrees. What has no partner is missed or spurious.

Each span has one partner at most. Of all such pairings the one counts that has the most correct
pairs, and of those one with the most pairs, so that the figures depend on no order of the spans.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from arnews_bench.metrics.fscore import Array, f1, ratio

__all__ = ["SCHEMES", "MucCounts", "count_muc"]

SCHEMES = ("strict", "exact", "partial", "type")

# What makes a pair correct: bounds and type, bounds, type. `partial` pairs as `exact` does.
_STRICT, _EXACT, _TYPE = range(3)
# A correct pair outweighs any number of other pairs of a sequence.
_SHIFT = 31
_CORRECT = 1 << _SHIFT
_NEVER = -(1 << 62)
# Positions on the line stay below this.
_LONGEST = 1 << 62


class MucCounts(NamedTuple):
    """Counts of one scheme, all of one shape, such as (documents,)."""

    correct: Array
    incorrect: Array
    partial: Array
    missed: Array
    spurious: Array

    @property
    def possible(self) -> Array:
        """Number of gold spans."""
        return self.correct + self.incorrect + self.partial + self.missed

    @property
    def actual(self) -> Array:
        """Number of predicted spans."""
        return self.correct + self.incorrect + self.partial + self.spurious

    @property
    def credit(self) -> Array:
        """What the pairs are worth: a partial one counts half."""
        return self.correct + 0.5 * self.partial

    @property
    def precision(self) -> Array:
        """Credit over predicted spans; NaN where there are none."""
        return ratio(self.credit, self.actual)

    @property
    def recall(self) -> Array:
        """Credit over gold spans; NaN where there are none."""
        return ratio(self.credit, self.possible)

    @property
    def f1(self) -> Array:
        """Harmonic mean of precision and recall; NaN where there is no span at all."""
        return f1(self.credit, self.possible, self.actual)


def count_muc(gold: Array, predicted: Array, *, n_documents: int) -> Mapping[str, MucCounts]:
    """Count pairs by document in each of the four schemes.

    Args:
        gold: Integers of shape (gold spans, 5): document, sequence, start, end, type; the end is
            exclusive, spans hold at least one position, and only spans of one document and
            sequence overlap.
        predicted: The same for the prediction.
        n_documents: Number of documents.

    Returns:
        Scheme → counts of shape (documents,).
    """
    ours, theirs = _on_one_line(gold, predicted)
    # Spans that overlap others of their side are paired sequence by sequence; there are few.
    tangled = np.union1d(_tangled(ours), _tangled(theirs))
    if len(tangled):
        flat_gold, flat_predicted = (
            side.take(~np.isin(side.sequence, tangled)) for side in (ours, theirs)
        )
        sums = _pair_flat(flat_gold, flat_predicted, n_documents)
        for sequence in tangled:
            here, there = (side.take(side.sequence == sequence) for side in (ours, theirs))
            if len(here.document) and len(there.document):
                sums[:, :, here.document[0]] += _pair_tangled(here, there)
    else:
        sums = _pair_flat(ours, theirs, n_documents)
    n_gold = np.bincount(ours.document, minlength=n_documents)
    n_predicted = np.bincount(theirs.document, minlength=n_documents)
    none = np.zeros(n_documents, dtype=np.int64)

    def counts(criterion: int, *, partial: bool = False) -> MucCounts:
        correct, pairs = sums[:, criterion]
        rest = pairs - correct
        return MucCounts(
            correct,
            none if partial else rest,
            rest if partial else none,
            n_gold - pairs,
            n_predicted - pairs,
        )

    return {
        "strict": counts(_STRICT),
        "exact": counts(_EXACT),
        "partial": counts(_EXACT, partial=True),
        "type": counts(_TYPE),
    }


class _Side(NamedTuple):
    """Spans in order of their start, with all sequences in a row on one line."""

    document: Array
    sequence: Array
    start: Array
    end: Array
    type: Array

    def take(self, chosen: Any) -> "_Side":  # noqa: ANN401 (whatever indexes an array)
        """Some of the spans."""
        return _Side(*(part[chosen] for part in self))


def _on_one_line(gold: Array, predicted: Array) -> tuple[_Side, _Side]:
    sides = [np.ascontiguousarray(side.T, dtype=np.int64) for side in (gold, predicted)]
    _, n_sequences, _, length, _ = (
        1 + max(int(a.max(initial=0)), int(b.max(initial=0))) for a, b in zip(*sides, strict=True)
    )
    sequences = [side[0] * n_sequences + side[1] for side in sides]
    if max(int(numbers.max(initial=0)) for numbers in sequences) >= _LONGEST // length:
        _, numbers = np.unique(np.concatenate(sequences), return_inverse=True)
        sequences = [numbers[: len(gold)], numbers[len(gold) :]]
    found = []
    for (document, _, start, end, types), sequence in zip(sides, sequences, strict=True):
        # `length` is one more than any end: spans of two sequences never touch.
        offset = sequence * length
        line = _Side(document, sequence, start + offset, end + offset, types)
        if np.any(line.start[1:] < line.start[:-1]):
            line = line.take(np.argsort(line.start, kind="stable"))
        found.append(line)
    return found[0], found[1]


def _tangled(side: _Side) -> Array:
    """The sequences in which a span overlaps another one of its side."""
    overlaps = side.start[1:] < np.maximum.accumulate(side.end)[:-1]
    return np.unique(side.sequence[1:][overlaps])


def _pair_flat(gold: _Side, predicted: _Side, n_documents: int) -> Array:
    """Pairs of spans that overlap none of their own side.

    From left to right, the edges (gold span, predicted span that overlaps it) form staircases:
    an edge shares the gold or the predicted span with the next one, or starts another staircase.
    On each staircase the best pairing is found by dynamic programming, on all of them at once:
    the loop is over the steps of the longest.

    Returns:
        Numbers of correct and of all pairs, shape (2, criteria, documents).
    """
    low = np.searchsorted(predicted.end, gold.start, side="right")
    sizes = np.searchsorted(predicted.start, gold.end, side="left") - low
    ours = np.repeat(np.arange(len(low)), sizes)
    theirs = np.arange(len(ours)) - np.repeat(np.cumsum(sizes) - sizes - low, sizes)
    worth = _worth(gold.take(ours), predicted.take(theirs))

    same_gold = np.zeros(len(ours), dtype=bool)
    same_gold[1:] = ours[1:] == ours[:-1]
    begins = ~same_gold
    begins[1:] &= theirs[1:] != theirs[:-1]
    starts = np.flatnonzero(begins)
    lengths = np.diff(starts, append=len(ours))
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]

    best = worth[:, starts]
    n_longer = np.searchsorted(-lengths, -1, side="left")
    best[:, :n_longer] = _climb(worth, same_gold, starts[:n_longer], lengths[:n_longer])
    home = gold.document[ours[starts]]
    sums = [
        np.bincount(home, weights=part, minlength=n_documents)
        for values in best
        for part in (values >> _SHIFT, values & (_CORRECT - 1))
    ]
    found = np.array(sums).astype(np.int64).reshape(len(best), 2, n_documents)
    return found.swapaxes(0, 1)


def _climb(worth: Array, same_gold: Array, starts: Array, lengths: Array) -> Array:
    """The worth of the best pairing of each staircase, the longest ones first.

    Args:
        worth: Worth of each edge, shape (criteria, edges).
        same_gold: Whether an edge shares its gold span with the edge before it.
        starts: First edge of each staircase.
        lengths: Number of its edges.
    """
    # The best so far by which spans of the last edge are paired.
    neither = np.zeros((len(worth), len(starts)), dtype=np.int64)
    gold, predicted = np.full_like(neither, _NEVER), np.full_like(neither, _NEVER)
    both = worth[:, starts]
    for step in range(1, int(lengths.max(initial=0))):
        n_active = int(np.searchsorted(-lengths, -step, side="left"))
        edges = starts[:n_active] + step
        same = same_gold[edges]
        n, g, p, b = (state[:, :n_active] for state in (neither, gold, predicted, both))
        # The span that the two edges share is free, or it is taken; the other one is new.
        free = np.maximum(n, np.where(same, p, g))
        taken = np.maximum(b, np.where(same, g, p))
        neither[:, :n_active] = free
        gold[:, :n_active] = np.where(same, taken, _NEVER)
        predicted[:, :n_active] = np.where(same, _NEVER, taken)
        both[:, :n_active] = free + worth[:, edges]
    return np.maximum(np.maximum(neither, gold), np.maximum(predicted, both))


def _pair_tangled(gold: _Side, predicted: _Side) -> Array:
    """Pairs of the spans of one sequence, whatever overlaps (Kuhn 1955).

    Returns:
        Numbers of correct and of all pairs, shape (2, criteria).
    """
    ours, theirs = gold.take(np.s_[:, None]), predicted.take(np.s_[None, :])
    overlap = (ours.start < theirs.end) & (theirs.start < ours.end)
    found = []
    for worth in np.where(overlap, _worth(ours, theirs), 0):
        rows, columns = linear_sum_assignment(worth, maximize=True)
        total = int(worth[rows, columns].sum())
        found.append((total // _CORRECT, total % _CORRECT))
    return np.array(found).T


def _worth(gold: _Side, predicted: _Side) -> Array:
    """What pairs of overlapping spans are worth, shape (criteria, …)."""
    bounds = (gold.start == predicted.start) & (gold.end == predicted.end)
    types = gold.type == predicted.type
    return np.stack([bounds & types, bounds, types]) * np.int64(_CORRECT) + 1
