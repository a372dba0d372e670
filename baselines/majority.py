"""The most frequent answer of the training rows, for each task.

What a model must beat before its score means anything: it looks at the words of the training
rows but never at their context.
"""

from collections import Counter, defaultdict
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
    normalise,
)


class MajorityTags:
    """Gives each word the tag that it most often had; O to a word that it has not seen."""

    def __init__(self) -> None:
        self._tag: dict[str, str] = {}

    def fit(
        self, task: Task, train: Sequence[NerRow], validation: Sequence[NerRow], *, seed: int
    ) -> None:
        """Count the tags of each word."""
        del task, seed
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for row in (*train, *validation):
            for token, tag in zip(row.tokens, row.ner_tags, strict=True):
                counts[normalise(token)][tag] += 1
        self._tag = {word: _most_frequent(tags) for word, tags in counts.items()}

    def predict(self, task: Task, rows: Sequence[NerRow]) -> Iterator[NerPrediction]:
        """Look each word up."""
        del task
        for row in rows:
            tags = tuple(self._tag.get(normalise(token), "O") for token in row.tokens)
            yield NerPrediction(id=row.id, tags=tags)


class MajorityLabel:
    """Answers every pair with the most frequent label."""

    def __init__(self) -> None:
        self._label = ""

    def fit(
        self, task: Task, train: Sequence[StanceRow], validation: Sequence[StanceRow], *, seed: int
    ) -> None:
        """Count the labels."""
        del task, seed
        self._label = _most_frequent(Counter(row.label for row in (*train, *validation)))

    def predict(self, task: Task, rows: Sequence[StanceRow]) -> Iterator[StancePrediction]:
        """Give the one label."""
        del task
        for row in rows:
            yield StancePrediction(id=row.id, label=self._label)


class MajoritySpeaker:
    """Takes every sentence for a statement of the speaker that is quoted most often."""

    def __init__(self) -> None:
        self._speaker = ""

    def fit(
        self,
        task: Task,
        train: Sequence[AttributionRow],
        validation: Sequence[AttributionRow],
        *,
        seed: int,
    ) -> None:
        """Count the speakers."""
        del task, seed
        self._speaker = _most_frequent(
            Counter(item.source_name for row in (*train, *validation) for item in row.attributions)
        )

    def predict(
        self, task: Task, rows: Sequence[AttributionRow]
    ) -> Iterator[AttributionPrediction]:
        """Give every sentence to the one speaker."""
        del task
        for row in rows:
            attributions = tuple(
                PredictedAttribution(
                    content=(PredictedSpan(start=start, end=end),), source_name=self._speaker
                )
                for start, end in row.sentences
            )
            yield AttributionPrediction(id=row.id, attributions=attributions)


def _most_frequent(counts: Counter[str]) -> str:
    """The most frequent key, the first in the alphabet on a tie; empty if there is none."""
    return min(counts, key=lambda key: (-counts[key], key), default="")
