"""Answers drawn at random with the frequencies of the training rows: the floor.

Every row has a random generator of its own, seeded by the seed and the row's id, so that the
answer to a row does not depend on which rows were asked before.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence

from arnews_bench import (
    AttributionPrediction,
    AttributionRow,
    NerPrediction,
    NerRow,
    PredictedAttribution,
    PredictedSpan,
    StancePrediction,
    StanceRow,
    Task,
)


class RandomTags:
    """Draws each tag with its frequency in the training rows."""

    def __init__(self) -> None:
        self._seed = 0
        self._tags: Counter[str] = Counter()

    def fit(
        self, task: Task, train: Sequence[NerRow], validation: Sequence[NerRow], *, seed: int
    ) -> None:
        """Count the tags."""
        del task
        self._seed = seed
        self._tags = Counter(tag for row in (*train, *validation) for tag in row.ner_tags)

    def predict(self, task: Task, rows: Sequence[NerRow]) -> Iterator[NerPrediction]:
        """Draw a tag for each token."""
        del task
        for row in rows:
            tags = _draw(_generator(self._seed, row.id), self._tags, len(row.tokens))
            yield NerPrediction(id=row.id, tags=tuple(tags))


class RandomLabel:
    """Draws each label with its frequency in the training rows."""

    def __init__(self) -> None:
        self._seed = 0
        self._labels: Counter[str] = Counter()

    def fit(
        self, task: Task, train: Sequence[StanceRow], validation: Sequence[StanceRow], *, seed: int
    ) -> None:
        """Count the labels."""
        del task
        self._seed = seed
        self._labels = Counter(row.label for row in (*train, *validation))

    def predict(self, task: Task, rows: Sequence[StanceRow]) -> Iterator[StancePrediction]:
        """Draw a label for each pair."""
        del task
        for row in rows:
            label = _draw(_generator(self._seed, row.id), self._labels, 1)[0]
            yield StancePrediction(id=row.id, label=label)


class RandomSpeaker:
    """Gives whole sentences, as many as in the training rows, to speakers drawn from them."""

    def __init__(self) -> None:
        self._seed = 0
        self._rate = 0.0
        self._speakers: Counter[str] = Counter()

    def fit(
        self,
        task: Task,
        train: Sequence[AttributionRow],
        validation: Sequence[AttributionRow],
        *,
        seed: int,
    ) -> None:
        """Count the attributions of a sentence, and the speakers."""
        del task
        self._seed = seed
        rows = (*train, *validation)
        self._speakers = Counter(item.source_name for row in rows for item in row.attributions)
        sentences = sum(len(row.sentences) for row in rows)
        self._rate = min(1.0, self._speakers.total() / sentences)

    def predict(
        self, task: Task, rows: Sequence[AttributionRow]
    ) -> Iterator[AttributionPrediction]:
        """Draw sentences, and a speaker for each."""
        del task
        for row in rows:
            generator = _generator(self._seed, row.id)
            attributions = tuple(
                PredictedAttribution(
                    content=(PredictedSpan(start=start, end=end),),
                    source_name=_draw(generator, self._speakers, 1)[0],
                )
                for start, end in row.sentences
                if generator.random() < self._rate
            )
            yield AttributionPrediction(id=row.id, attributions=attributions)


def _generator(seed: int, row_id: str) -> random.Random:
    digest = hashlib.sha256(f"{seed}:{row_id}".encode()).digest()
    return random.Random(digest)


def _draw(generator: random.Random, counts: Counter[str], number: int) -> list[str]:
    # Sorted: the order of a Counter is that of the rows, which is no part of the model.
    names = sorted(counts)
    return generator.choices(names, weights=[counts[name] for name in names], k=number)
