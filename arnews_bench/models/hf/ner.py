"""Entity recognition: an encoder that is fine-tuned, or a tagger that is used as it is."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from arnews_bench.entities import COARSE_OF, TypedSpan
from arnews_bench.errors import InputError
from arnews_bench.models import Model
from arnews_bench.models.hf.alignment import Aligner, Window
from arnews_bench.models.hf.batching import Collate, Features, logits
from arnews_bench.models.hf.fetch import Checkpoint, load_model, load_tokenizer
from arnews_bench.models.hf.fine_tuned import FineTuned
from arnews_bench.models.hf.label_maps import (
    Meaning,
    coarse_types,
    entity_spans,
    meanings,
    read_label_map,
    require_no_label_map,
)
from arnews_bench.models.hf.options import Options
from arnews_bench.models.hf.quiet import seeded
from arnews_bench.models.hf.training import train
from arnews_bench.schema import (
    COARSE_TYPES,
    ENTITY_TYPES,
    NerPrediction,
    NerRow,
    PredictedEntity,
    Row,
)
from arnews_bench.tasks import Task

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["FineTunedTagger", "ReadyTagger", "create", "restore"]

_HEAD = "TokenClassification"
# Too little to outweigh an entity, in a score between 0 and 1.
_LOSS_SHARE = 1e-6
_ONLY_FINE = frozenset(ENTITY_TYPES) - frozenset(COARSE_TYPES)


def create(checkpoint: Checkpoint, options: Options, task: Task) -> Model:
    """The model for a checkpoint: as it is if it tags already, else to be fine-tuned.

    Raises:
        InputError: Its labels are not those of the task and no label map says what they mean; or
            it is to be fine-tuned and a label map was given.
    """
    if checkpoint.has_head(_HEAD) and options.head == "auto":
        return ReadyTagger(checkpoint, options, task)
    require_no_label_map(checkpoint.name, options, "token classification")
    return FineTunedTagger(checkpoint, options)


def restore(folder: Path) -> "FineTunedTagger":
    """A tagger that was fine-tuned and saved."""
    return FineTunedTagger.load(folder)


class _Tagger(NamedTuple):
    """A loaded model with what it needs to be asked."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    aligner: Aligner
    options: Options
    labels: Sequence[str]

    @classmethod
    def of(
        cls, checkpoint: Checkpoint, options: Options, labels: Sequence[str] | None = None
    ) -> "_Tagger":
        tokenizer = load_tokenizer(checkpoint)
        aligner = Aligner(tokenizer, options, checkpoint.config)
        model = load_model(checkpoint, _HEAD, labels)
        return cls(model, tokenizer, aligner, options, labels or checkpoint.labels)

    def answers(
        self, windows: Sequence[Sequence[Window]]
    ) -> list[list[tuple[int, npt.NDArray[np.float32]]]]:
        """For each text the scores of the labels for each of its words, as (word, scores)."""
        flat = [window.features for text in windows for window in text]
        scores = iter(
            logits(self.model, flat, collate=Collate(self.tokenizer), options=self.options)
        )
        found = []
        for text in windows:
            by_word: dict[int, npt.NDArray[np.float32]] = {}
            for window in text:
                values = next(scores)
                by_word |= {word: values[place] for word, place in window.places}
            found.append(sorted(by_word.items(), key=lambda item: item[0]))
        return found

    def tag(
        self, task: Task, rows: Sequence[Row], known: Sequence[Meaning]
    ) -> Iterator[NerPrediction]:
        """Answer rows; labels are read by their meanings."""
        ner_rows = [row for row in rows if isinstance(row, NerRow)]
        types = _types_of(task)
        # Types that only the fine tagset has cannot be said in tags.
        fine = not _ONLY_FINE.isdisjoint(item.type for item in known if item.type)
        windows = self.aligner.windows_of([row.tokens for row in ner_rows])
        for row, scores in zip(ner_rows, self.answers(windows), strict=True):
            labels = [known[int(values.argmax())] for _, values in scores]
            spans = [
                span for span in entity_spans(labels) if COARSE_OF.get(span.type) in (None, *types)
            ]
            yield _fine_answer(row, spans) if fine else _tags(row, spans)


def _types_of(task: Task) -> list[str]:
    """The entity types of a task, in the usual order."""
    return list(dict.fromkeys(label.partition("-")[2] for label in task.labels if "-" in label))


def _tags(row: NerRow, spans: Sequence[TypedSpan]) -> NerPrediction:
    tags = ["O"] * len(row.tokens)
    for start, end, type_ in spans:
        tags[start:end] = [f"B-{type_}", *[f"I-{type_}"] * (end - start - 1)]
    return NerPrediction(id=row.id, tags=tuple(tags))


def _fine_answer(row: NerRow, spans: Sequence[TypedSpan]) -> NerPrediction:
    return NerPrediction(
        id=row.id,
        entities=tuple(
            PredictedEntity(
                start=row.token_spans[start][0], end=row.token_spans[end - 1][1], type=type_
            )
            for start, end, type_ in spans
        ),
    )


class ReadyTagger:
    """A tagger that somebody else has trained, its labels read through a label map.

    Attributes:
        restrictions: The types that it cannot give, or that it gives in vain.
    """

    def __init__(self, checkpoint: Checkpoint, options: Options, task: Task) -> None:
        """Load it, and understand its labels.

        Raises:
            InputError: It cannot be loaded, or a label means nothing that is known.
        """
        types = _types_of(task)
        chosen = None if options.label_map is None else read_label_map(options.label_map, "ner")
        self._known = meanings(checkpoint.name, checkpoint.labels, chosen, types)
        given = coarse_types(self._known)
        self.restrictions: Sequence[str] = [
            *(
                f"it never answers {type_}: none of the labels of {checkpoint.name} means that"
                for type_ in types
                if type_ not in given
            ),
            *(
                f"its answers of type {type_} are left out: the task has no such type"
                for type_ in COARSE_TYPES
                if type_ in given and type_ not in types
            ),
        ]
        self._tagger = _Tagger.of(checkpoint, options)

    def predict(self, task: Task, rows: Sequence[Row]) -> Iterator[NerPrediction]:
        """Answer rows."""
        return self._tagger.tag(task, rows, self._known)


class FineTunedTagger(FineTuned[_Tagger]):
    """An encoder that is given a new head, and fine-tuned to tag."""

    @staticmethod
    def _load(checkpoint: Checkpoint, options: Options) -> _Tagger:
        return _Tagger.of(checkpoint, options)

    def fit(
        self, task: Task, train_rows: Sequence[Row], validation: Sequence[Row], *, seed: int
    ) -> None:
        """Learn the tags of rows.

        Args:
            task: Its labels become those of the head.
            train_rows: Rows to learn from.
            validation: Rows to stop by; without any, it learns for all epochs.
            seed: Of the head's weights, of dropout and of the order.

        Raises:
            InputError: The encoder cannot be loaded, or no row has a token.
            WorkError: Training diverged.
        """
        labels = tuple(task.labels)
        with seeded(seed):
            tagger = _Tagger.of(self._checkpoint, self._options, labels)
        features = _labelled(tagger.aligner, train_rows, labels)
        if not features:
            raise InputError(f"task {task.name!r}: its training rows have no tokens")
        known = _own_meanings(labels)
        dev = [row for row in validation if isinstance(row, NerRow) and row.tokens]
        dev_windows = tagger.aligner.windows_of([row.tokens for row in dev])
        train(
            tagger.model,
            features,
            collate=Collate(tagger.tokenizer),
            options=self._options,
            seed=seed,
            checkpoints=self.checkpoints,
            score=(lambda: _score(tagger, dev, dev_windows, labels, known)) if dev else None,
        )
        self._fitted = tagger
        met = {tag for row in train_rows if isinstance(row, NerRow) for tag in row.ner_tags}
        self.restrictions = [
            f"it never answers {type_}: the rows that it learned from have none"
            for type_ in _types_of(task)
            if met.isdisjoint({f"B-{type_}", f"I-{type_}"})
        ]

    def predict(self, task: Task, rows: Sequence[Row]) -> Iterator[NerPrediction]:
        """Answer rows."""
        tagger = self._ready()
        return tagger.tag(task, rows, _own_meanings(tagger.labels))


def _own_meanings(labels: Sequence[str]) -> list[Meaning]:
    """The meanings of IOB2 tags."""
    return [Meaning(label[0], label[2:]) if "-" in label else Meaning("", None) for label in labels]


def _labelled(aligner: Aligner, rows: Sequence[Row], labels: Sequence[str]) -> list[Features]:
    code = {label: number for number, label in enumerate(labels)}
    ner_rows = [row for row in rows if isinstance(row, NerRow)]
    return [
        window.labelled([code[tag] for tag in row.ner_tags])
        for row, windows in zip(
            ner_rows, aligner.windows_of([row.tokens for row in ner_rows]), strict=True
        )
        for window in windows
        if window.places
    ]


def _score(
    tagger: _Tagger,
    rows: Sequence[NerRow],
    windows: Sequence[Sequence[Window]],
    labels: Sequence[str],
    known: Sequence[Meaning],
) -> float:
    """Strict F1; among equals, as in early epochs that find nothing, the lower loss is better."""
    code = {label: number for number, label in enumerate(labels)}
    matched = total = words = 0
    loss = 0.0
    for row, answers in zip(rows, tagger.answers(windows), strict=True):
        scores = np.stack([values for _, values in answers])
        gold = [code.get(tag, 0) for tag in row.ner_tags]
        best = scores.max(axis=1)
        spread = best + np.log(np.exp(scores - best[:, None]).sum(axis=1))
        loss += float((spread - scores[np.arange(len(gold)), gold]).sum())
        words += len(gold)
        right = set(entity_spans([known[number] for number in gold]))
        found = set(entity_spans([known[int(number)] for number in scores.argmax(axis=1)]))
        matched += len(right & found)
        total += len(right) + len(found)
    return (2 * matched / total if total else 0.0) - _LOSS_SHARE * loss / words
