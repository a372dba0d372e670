"""Corpora of documents whose true score is known, in the shape of this corpus.

A document has an effect of its own on how often a system is right in it: normal on the logit
scale, one for entities and attributions, one for each label of stance. Given the effect, items
are right independently of each other; false positives are Poisson, in proportion to what is
missed; a wrong label of stance is drawn as the linear baseline confuses them. `--calibrate` of
coverage.py fits the constants below to the linear baseline under `cv`.

The true score is the population value: the measure of the expected counts, which is that of an
infinitely large corpus of such documents. The effects of two systems in a document correlate,
and part of the items are right or wrong for both by the same draw.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, roots_hermitenorm

from arnews_bench import load_rows
from arnews_bench.metrics.confusion import label_f1
from arnews_bench.metrics.fscore import Array, f1, macro
from arnews_bench.schema import STANCE_LABELS

MEASURES = ("micro F1", "macro F1", "attribution F1")
SHAPES = ("20 documents", "29 documents", "200 equal documents")

# Standard deviations of the documents' effects on log odds.
EFFECT = {"micro F1": 0.7, "macro F1": 1.2, "attribution F1": 0.5}
# False positives for one missed item.
INVENTED = {"micro F1": 0.5, "attribution F1": 0.9}
# Gold label by predicted label, in the order of STANCE_LABELS.
CONFUSION = np.array([[36, 3, 13, 16], [19, 41, 20, 15], [8, 8, 46, 48], [6, 2, 46, 455]])
# Two systems: how their effects in a document correlate, and what part of the items is shared.
CORRELATION, SHARED = 0.7, 0.5

_NODES, _NODE_WEIGHTS = roots_hermitenorm(41)
_NODE_WEIGHTS = _NODE_WEIGHTS / _NODE_WEIGHTS.sum()
_N_LABELS = len(STANCE_LABELS)
_CELLS = _N_LABELS * _N_LABELS


class Simulation(NamedTuple):
    """Counts of shape (corpora, documents, columns), what is measured, and its true value."""

    counts: Array
    statistic: Callable[[Array], Array]
    true: float


def micro_f1(counts: Array) -> Array:
    """F1 from matched, gold and predicted items."""
    return f1(counts[..., 0], counts[..., 1], counts[..., 2])


def macro_f1(counts: Array) -> Array:
    """Macro F1 from the cells of a confusion matrix."""
    return macro(label_f1(counts.reshape(*counts.shape[:-1], _N_LABELS, _N_LABELS)))


STATISTICS = {"micro F1": micro_f1, "macro F1": macro_f1, "attribution F1": micro_f1}


def document_sizes(measure: str, shape: str) -> Array:
    """Gold items of each document (entities, attributions), or of each document and label."""
    task = {"micro F1": "ner", "macro F1": "stance", "attribution F1": "attribution"}[measure]
    splits = ("test",) if shape == SHAPES[0] else ("train", "validation", "test")
    found: dict[str, Array] = {}
    for split in splits:
        for row in load_rows(task, split):
            if measure == "micro F1":
                items = np.array(sum(tag.startswith("B-") for tag in row.ner_tags))
            elif measure == "macro F1":
                items = np.array([row.label == label for label in STANCE_LABELS], dtype=np.int64)
            else:
                items = np.array(len(row.attributions))
            found[row.doc_id] = found.get(row.doc_id, 0) + items
    sizes = np.array(list(found.values()))
    if shape == SHAPES[2]:
        mean = np.rint(sizes.mean(axis=0)).astype(np.int64)
        return np.broadcast_to(mean, (200, *mean.shape))
    return sizes


def simulate(
    measure: str, shape: str, trues: Sequence[float], n_corpora: int, rng: np.random.Generator
) -> Simulation:
    """Simulate corpora that one system, or each of two, has answered.

    Args:
        measure: One of MEASURES.
        shape: One of SHAPES.
        trues: The true score of the system; of two systems, whose difference is then measured.
        n_corpora: How many corpora.
        rng: Where random numbers come from.
    """
    sizes = document_sizes(measure, shape)
    effect = EFFECT[measure]
    labels = measure == "macro F1"
    centres = [_centre(measure, sizes, true) for true in trues]
    common = rng.standard_normal((n_corpora, *sizes.shape))
    chances = [
        expit(centre + effect * (_mix(common, rng) if len(trues) > 1 else common))
        for centre in centres
    ]
    right = _right(np.broadcast_to(sizes, common.shape), chances, rng)
    counts = [_cells(sizes, hits, rng) for hits in right] if labels else _items(
        sizes, right, chances, INVENTED[measure], rng
    )  # fmt: skip
    statistic = STATISTICS[measure]
    if len(trues) == 1:
        return Simulation(counts[0], statistic, trues[0])
    both = np.concatenate(counts, axis=-1)
    return Simulation(both, partial(difference, statistic=statistic), trues[0] - trues[1])


def difference(counts: Array, *, statistic: Callable[[Array], Array]) -> Array:
    """First system minus second, from counts side by side."""
    columns = counts.shape[-1] // 2
    return statistic(counts[..., :columns]) - statistic(counts[..., columns:])


def _mix(common: Array, rng: np.random.Generator) -> Array:
    own = rng.standard_normal(common.shape)
    mixed: Array = np.sqrt(CORRELATION) * common + np.sqrt(1 - CORRELATION) * own
    return mixed


def mean_chance(centre: Array | float, effect: float) -> Array:
    """The chance of being right over all documents."""
    points = np.asarray(centre)[..., None] + effect * _NODES
    mean: Array = (expit(points) * _NODE_WEIGHTS).sum(axis=-1)
    return mean


def _centre(measure: str, sizes: Array, true: float) -> Array | float:
    """The log odds of an average document at which the measure has its true value."""
    effect = EFFECT[measure]
    if measure == "macro F1":
        right = np.diag(CONFUSION)
        odds = np.log(right / (CONFUSION.sum(axis=1) - right))
        gold = sizes.sum(axis=0)

        def of_shift(shift: float) -> float:
            chance = mean_chance(odds + shift, effect)
            cells = gold[:, None] * (np.diag(chance) + (1 - chance)[:, None] * _wrong_labels())
            return float(macro_f1(cells.reshape(_CELLS))) - true

        return odds + brentq(of_shift, -15, 15)
    invented = INVENTED[measure]

    def of_centre(centre: float) -> float:
        chance = float(mean_chance(centre, effect))
        return 2 * chance / (1 + chance + invented * (1 - chance)) - true

    return float(brentq(of_centre, -15, 15))


def _wrong_labels() -> Array:
    """What is answered in place of each label; rows sum to 1."""
    wrong = CONFUSION * (1 - np.eye(_N_LABELS))
    shares: Array = wrong / wrong.sum(axis=1, keepdims=True)
    return shares


def _right(sizes: Array, chances: Sequence[Array], rng: np.random.Generator) -> list[Array]:
    """How many items are right, for each system."""
    if len(chances) == 1:
        return [rng.binomial(sizes, chances[0])]
    low, high = np.minimum(*chances), np.maximum(*chances)
    shared = rng.binomial(sizes, SHARED)
    both = rng.binomial(shared, low)
    better = rng.binomial(shared - both, (high - low) / (1 - low))
    return [
        both + np.where(chance == high, better, 0) + rng.binomial(sizes - shared, chance)
        for chance in chances
    ]


def _items(
    sizes: Array,
    right: Sequence[Array],
    chances: Sequence[Array],
    invented: float,
    rng: np.random.Generator,
) -> list[Array]:
    """Matched, gold and predicted items of each system."""
    rates = [invented * sizes * (1 - chance) for chance in chances]
    shared = SHARED * np.minimum(*rates) if len(rates) > 1 else np.zeros_like(rates[0])
    common = rng.poisson(shared)
    gold = np.broadcast_to(sizes, common.shape)
    return [
        np.stack([hits, gold, hits + common + rng.poisson(rate - shared)], axis=-1)
        for hits, rate in zip(right, rates, strict=True)
    ]


def _cells(sizes: Array, right: Array, rng: np.random.Generator) -> Array:
    """Confusion matrices of one system, their cells as columns."""
    wrong = _wrong_labels()
    cells = np.stack(
        [rng.multinomial(sizes[:, k] - right[..., k], wrong[k]) for k in range(_N_LABELS)], axis=-2
    )
    for k in range(_N_LABELS):
        cells[..., k, k] += right[..., k]
    return cells.reshape(*cells.shape[:-2], _CELLS)
