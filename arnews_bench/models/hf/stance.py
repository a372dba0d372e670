"""Stance: an encoder fine-tuned on pairs of claim and text, or a stance model used as it is.

A model for inference between sentences is a stance model through a label map: see `nli`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from arnews_bench.metrics.confusion import confusion_by_document, label_f1
from arnews_bench.metrics.fscore import macro
from arnews_bench.models import Model
from arnews_bench.models.hf.alignment import Aligner
from arnews_bench.models.hf.batching import Collate, Features, logits
from arnews_bench.models.hf.fetch import Checkpoint, load_model, load_tokenizer
from arnews_bench.models.hf.fine_tuned import FineTuned
from arnews_bench.models.hf.label_maps import require_no_label_map
from arnews_bench.models.hf.nli import ReadyInference
from arnews_bench.models.hf.options import Options
from arnews_bench.models.hf.pairs import claim_first, pair_windows, speaking
from arnews_bench.models.hf.quiet import seeded
from arnews_bench.models.hf.saving import options_of
from arnews_bench.models.hf.segments import Array
from arnews_bench.models.hf.training import train
from arnews_bench.schema import Row, StancePrediction, StanceRow
from arnews_bench.tasks import Task

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["FineTunedStance", "ReadyStance", "create", "restore"]

_HEAD = "SequenceClassification"
# The label of a text that does not bear on the claim.
_NEUTRAL = "unrelated"
# Among equal scores, as in early epochs, the lower loss is better.
_LOSS_SHARE = 1e-6


def create(checkpoint: Checkpoint, options: Options, task: Task) -> Model:
    """The model for a checkpoint: as it is if it has a head for pairs, else to be fine-tuned.

    Raises:
        InputError: Its labels are not those of the task and no label map says what they mean; or
            it is to be fine-tuned and a label map was given.
    """
    if checkpoint.has_head(_HEAD) and options.head == "auto":
        own = {label.lower() for label in checkpoint.labels}
        if options.label_map is None and own and own <= {label.lower() for label in task.labels}:
            return ReadyStance(checkpoint, options, task)
        return ReadyInference(checkpoint, options, task)
    require_no_label_map(checkpoint.name, options, "sequence classification")
    return FineTunedStance(checkpoint, options)


def restore(folder: Path) -> "FineTunedStance":
    """A stance model that was fine-tuned and saved."""
    return FineTunedStance.load(folder)


class _Classifier(NamedTuple):
    """A loaded model with what it needs to be asked."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    length: int
    options: Options
    labels: Sequence[str]

    @classmethod
    def of(
        cls, checkpoint: Checkpoint, options: Options, labels: Sequence[str] | None = None
    ) -> "_Classifier":
        tokenizer = load_tokenizer(checkpoint)
        length = Aligner(tokenizer, options, checkpoint.config).max_length
        model = load_model(checkpoint, _HEAD, labels)
        return cls(model, tokenizer, length, options, labels or checkpoint.labels)

    @property
    def neutral(self) -> int | None:
        """The label of texts that do not bear on the claim, if there is such a one."""
        lowered = [label.lower() for label in self.labels]
        return lowered.index(_NEUTRAL) if _NEUTRAL in lowered else None

    def windows(self, row: StanceRow) -> list[Features]:
        stride = self.options.stride
        return pair_windows(
            self.tokenizer,
            claim_first(row, self.tokenizer.sep_token or "\n"),
            row_id=row.id,
            claim=0,
            length=self.length,
            stride=self.length // 4 if stride is None else stride,
        )

    def probabilities(self, pairs: Sequence[Sequence[Features]]) -> Array:
        """The probabilities of the labels for each pair, by the window that speaks for it."""
        flat = [window for windows in pairs for window in windows]
        owners = [owner for owner, windows in enumerate(pairs) for _ in windows]
        found = logits(self.model, flat, collate=Collate(self.tokenizer), options=self.options)
        if not found:
            return np.empty((0, len(self.labels)))
        scores = np.stack(found).astype(np.float64)
        chosen = scores[speaking(scores, owners, self.neutral)]
        powers = np.exp(chosen - chosen.max(axis=1, keepdims=True))
        shares: Array = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def answer(self, task: Task, rows: Sequence[Row]) -> Iterator[StancePrediction]:
        """Answer rows in the labels of the task."""
        spelt = {label.lower(): label for label in task.labels}
        names = [spelt.get(label.lower(), label) for label in self.labels]
        pairs = [row for row in rows if isinstance(row, StanceRow)]
        shares = self.probabilities([self.windows(row) for row in pairs])
        for row, values in zip(pairs, shares.tolist(), strict=True):
            scores = dict(zip(names, values, strict=True))
            label = max(scores, key=scores.__getitem__)
            yield StancePrediction(id=row.id, label=label, scores=scores)


class ReadyStance:
    """A model whose head has the labels of the task.

    Attributes:
        restrictions: The labels that it cannot give.
    """

    def __init__(self, checkpoint: Checkpoint, options: Options, task: Task) -> None:
        """Load it.

        Raises:
            InputError: It cannot be loaded.
        """
        given = {label.lower() for label in checkpoint.labels}
        self.restrictions: Sequence[str] = [
            f"it never answers {label}: none of the labels of {checkpoint.name} means that"
            for label in task.labels
            if label.lower() not in given
        ]
        self._classifier = _Classifier.of(checkpoint, options_of(checkpoint.folder, options))

    def predict(self, task: Task, rows: Sequence[Row]) -> Iterator[StancePrediction]:
        """Answer rows."""
        return self._classifier.answer(task, rows)


class FineTunedStance(FineTuned[_Classifier]):
    """An encoder that is given a new head, and fine-tuned on pairs."""

    @staticmethod
    def _load(checkpoint: Checkpoint, options: Options) -> _Classifier:
        return _Classifier.of(checkpoint, options)

    def fit(
        self, task: Task, train_rows: Sequence[Row], validation: Sequence[Row], *, seed: int
    ) -> None:
        """Learn from pairs; a rare label weighs as much in the loss as a frequent one.

        Args:
            task: Its labels become those of the head.
            train_rows: Rows to learn from.
            validation: Rows to stop by; without any, it learns for all epochs.
            seed: Of the head's weights, of dropout and of the order.

        Raises:
            InputError: The encoder cannot be loaded, or a claim is too long for a window.
            WorkError: Training diverged.
        """
        from arnews_bench.models.hf.pooling import PairCollate, PooledClassifier

        labels = tuple(task.labels)
        with seeded(seed):
            classifier = _Classifier.of(self._checkpoint, self._options, labels)
        rows = _labelled(train_rows)
        codes = [labels.index(str(row.label)) for row in rows]
        pairs = [
            # By the length of the first window pairs are put into batches.
            {"input_ids": windows[0]["input_ids"], "windows": windows, "label": code}
            for windows, code in zip(map(classifier.windows, rows), codes, strict=True)
        ]
        dev = _labelled(validation)
        dev_pairs = [classifier.windows(row) for row in dev]
        dev_codes = np.array([labels.index(str(row.label)) for row in dev], dtype=np.int64)
        train(
            PooledClassifier(
                classifier.model,
                neutral=classifier.neutral,
                weights=_balanced(codes, len(labels)),
            ),
            pairs,
            collate=PairCollate(Collate(classifier.tokenizer)),
            options=self._options,
            seed=seed,
            checkpoints=self.checkpoints,
            score=(lambda: _score(classifier, dev_pairs, dev_codes)) if dev else None,
        )
        self._fitted = classifier
        met = {row.label for row in rows}
        self.restrictions = [
            f"it never answers {label}: the rows that it learned from have none"
            for label in labels
            if label not in met
        ]

    def predict(self, task: Task, rows: Sequence[Row]) -> Iterator[StancePrediction]:
        """Answer rows."""
        return self._ready().answer(task, rows)


def _labelled(rows: Sequence[Row]) -> list[StanceRow]:
    return [row for row in rows if isinstance(row, StanceRow) and row.label is not None]


def _balanced(codes: Sequence[int], n_labels: int) -> list[float]:
    """The weight of each label: inverse to how often it occurs, 1 on the average of the rows."""
    seen = Counter(codes)
    return [
        len(codes) / (len(seen) * seen[code]) if seen[code] else 1.0 for code in range(n_labels)
    ]


def _score(classifier: _Classifier, pairs: Sequence[Sequence[Features]], gold: Array) -> float:
    """Macro F1."""
    shares = classifier.probabilities(pairs)
    confusion = confusion_by_document(
        gold,
        shares.argmax(axis=1),
        np.zeros(len(gold), dtype=np.int64),
        n_documents=1,
        n_labels=len(classifier.labels),
    )
    loss = -np.log(np.maximum(shares[np.arange(len(gold)), gold], 1e-12)).mean()
    return float(macro(label_f1(confusion[0]))) - _LOSS_SHARE * float(loss)
