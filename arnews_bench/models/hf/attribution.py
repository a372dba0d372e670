"""Attribution: an encoder fine-tuned to mark cues, and then the roles around each cue.

See `roles` for how one classifier does both, and `linking` for who the speakers are.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from arnews_bench.errors import InputError
from arnews_bench.models import Model
from arnews_bench.models.hf.alignment import Aligner, Window
from arnews_bench.models.hf.batching import Collate, Features, logits
from arnews_bench.models.hf.cue_windows import MARKS, CueWindow, Document
from arnews_bench.models.hf.fetch import Checkpoint, load_model, load_tokenizer
from arnews_bench.models.hf.fine_tuned import FineTuned
from arnews_bench.models.hf.linking import link
from arnews_bench.models.hf.options import Options
from arnews_bench.models.hf.quiet import quiet, seeded
from arnews_bench.models.hf.roles import (
    ROLE_LABELS,
    RoleScores,
    cue_labels,
    cues,
    role_labels,
    role_spans,
)
from arnews_bench.models.hf.saving import options_of
from arnews_bench.models.hf.segments import Array
from arnews_bench.models.hf.training import train
from arnews_bench.schema import AttributionPrediction, AttributionRow, Row
from arnews_bench.scoring.attribution import ATTRIBUTION
from arnews_bench.tasks import Task
from arnews_bench.text import Span

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["FineTunedAttribution", "ReadyAttribution", "create", "restore"]

_HEAD = "TokenClassification"
# Among equal scores, as in early epochs that find nothing, the lower loss is better.
_LOSS_SHARE = 1e-6
# Whether a word reports is told by its sentence; longer windows would only take longer.
_CUE_WINDOW = 192


def create(checkpoint: Checkpoint, options: Options, task: Task) -> Model:
    """The model for a checkpoint: as it is if it was fine-tuned here, else to be fine-tuned.

    Raises:
        InputError: A label map was given: there is no scheme of labels but ours.
    """
    del task
    if options.label_map is not None:
        raise InputError(
            f"{checkpoint.name}: attribution has roles that no label map can name; an encoder is "
            "fine-tuned, or a folder of an earlier fine-tuning is used as it is"
        )
    is_ready = checkpoint.has_head(_HEAD) and checkpoint.labels == ROLE_LABELS
    if is_ready and options.head == "auto":
        return ReadyAttribution(checkpoint, options)
    return FineTunedAttribution(checkpoint, options)


def restore(folder: Path) -> "FineTunedAttribution":
    """An attribution model that was fine-tuned and saved."""
    return FineTunedAttribution.load(folder)


class _Reader(NamedTuple):
    """A loaded model with what it needs to be asked."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    cue_aligner: Aligner
    aligner: Aligner
    options: Options

    @classmethod
    def of(cls, checkpoint: Checkpoint, options: Options, *, new_head: bool) -> "_Reader":
        tokenizer = load_tokenizer(checkpoint)
        model = load_model(checkpoint, _HEAD, ROLE_LABELS if new_head else None)
        if new_head:
            _add_marks(model, tokenizer)
        aligner = Aligner(tokenizer, options, checkpoint.config)
        length = min(aligner.max_length, _CUE_WINDOW)
        stride = None if options.stride is None else min(options.stride, length // 4)
        shorter = msgspec.structs.replace(options, max_length=length, stride=stride)
        cue_aligner = Aligner(tokenizer, shorter, checkpoint.config)
        return cls(model, tokenizer, cue_aligner, aligner, options)

    def document(self, row: AttributionRow) -> Document:
        return Document(row.text, row.sentences, self.aligner)

    def examples(self, rows: Sequence[AttributionRow]) -> list[Features]:
        """Windows with labels: of each document for its cues, and of each cue for its roles."""
        found: list[Features] = []
        for row in rows:
            document = self.document(row)
            labels = cue_labels(document, row)
            found += [
                window.labelled(labels)
                for window in self.cue_aligner.windows(document.words)
                if window.places
            ]
            for item in row.attributions:
                cue = document.words_of(item.cue.start, item.cue.end)
                if cue.start == cue.end:
                    continue
                spans = role_spans(document, item)
                for window in _gold_windows(document, cue, spans["CONTENT"]):
                    told = role_labels(window, spans, item.source_type)
                    cut = self.aligner.windows(window.words)
                    found += [part.labelled(told) for part in cut if part.places]
        return found

    def answers(self, rows: Sequence[AttributionRow]) -> list[AttributionPrediction]:
        """The attributions of documents."""
        documents = [self.document(row) for row in rows]
        of_words = self._scores([document.words for document in documents], self.cue_aligner)
        asked = [
            [RoleScores(document, cue) for cue in cues(scores)]
            for document, scores in zip(documents, of_words, strict=True)
        ]
        flat = [roles for of_document in asked for roles in of_document]
        self._ask([(roles, roles.document.around(roles.cue)) for roles in flat])
        open_ones = flat
        while open_ones:
            pieces = [(roles, piece) for roles in open_ones for piece in roles.next_pieces()]
            self._ask(pieces)
            open_ones = list(dict.fromkeys(roles for roles, _ in pieces))
        answers = []
        for row, of_document in zip(rows, asked, strict=True):
            tagged = [tagged for roles in of_document if (tagged := roles.tagged()) is not None]
            answers.append(AttributionPrediction(id=row.id, attributions=link(row.text, tagged)))
        return answers

    def _ask(self, pieces: Sequence[tuple[RoleScores, CueWindow]]) -> None:
        of_words = self._scores([window.words for _, window in pieces], self.aligner)
        for (roles, window), scores in zip(pieces, of_words, strict=True):
            roles.add(window, scores)

    def _scores(self, texts: Sequence[Sequence[str]], aligner: Aligner) -> list[Array]:
        """The scores of the labels for the words of each text, shape (words, labels)."""
        windows = aligner.windows_of(texts)
        found = iter(
            logits(
                self.model,
                [window.features for of_text in windows for window in of_text],
                collate=Collate(self.tokenizer),
                options=self.options,
            )
        )
        return [
            _by_word(of_text, found, len(text))
            for text, of_text in zip(texts, windows, strict=True)
        ]


def _add_marks(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerFast") -> None:
    """Give a model the marks around cues as sub-words of their own."""
    tokenizer.add_tokens(list(MARKS))
    # Some models have rows to spare, and keep them.
    rows = int(model.get_input_embeddings().weight.shape[0])
    with quiet():
        model.resize_token_embeddings(max(len(tokenizer), rows), mean_resizing=False)


def _by_word(windows: Sequence[Window], values: Iterator[Array], n_words: int) -> Array:
    scores = np.zeros((n_words, len(ROLE_LABELS)))
    for window in windows:
        found = next(values)
        for word, place in window.places:
            scores[word] = found[place]
    return scores


def _gold_windows(document: Document, cue: Span, content: Sequence[Span]) -> Iterator[CueWindow]:
    """The window around a cue, and those that its content goes on in, as they are asked for."""
    first = document.around(cue)
    yield first
    for after in (True, False):
        seen = first.span
        while any(run.start < seen.end and run.end > seen.start for run in content):
            reached = any(
                run.end >= seen.end if after else run.start <= seen.start for run in content
            )
            piece = document.beyond(cue, seen, after=after) if reached else None
            if piece is None:
                break
            yield piece
            seen = Span(min(seen.start, piece.span.start), max(seen.end, piece.span.end))


class ReadyAttribution:
    """A model that was fine-tuned here before, used as it is."""

    def __init__(self, checkpoint: Checkpoint, options: Options) -> None:
        """Load it.

        Raises:
            InputError: It cannot be loaded.
        """
        self._reader = _Reader.of(
            checkpoint, options_of(checkpoint.folder, options), new_head=False
        )

    def predict(self, task: Task, rows: Sequence[Row]) -> Iterator[AttributionPrediction]:
        """Answer rows."""
        del task
        yield from self._reader.answers(_documents(rows))


class FineTunedAttribution(FineTuned[_Reader]):
    """An encoder that is given a new head, and fine-tuned to find cues and roles."""

    @staticmethod
    def _load(checkpoint: Checkpoint, options: Options) -> _Reader:
        if checkpoint.labels != ROLE_LABELS:
            raise InputError(
                f"{checkpoint.folder}: holds no attribution model: its labels are others"
            )
        return _Reader.of(checkpoint, options, new_head=False)

    def fit(
        self, task: Task, train_rows: Sequence[Row], validation: Sequence[Row], *, seed: int
    ) -> None:
        """Learn the cues of documents, and the roles around each.

        Args:
            task: The task.
            train_rows: Rows to learn from.
            validation: Rows to stop by; without any, it learns for all epochs.
            seed: Of the head's weights, of dropout and of the order.

        Raises:
            InputError: The encoder cannot be loaded, or no row has a text.
            WorkError: Training diverged.
        """
        with seeded(seed):
            reader = _Reader.of(self._checkpoint, self._options, new_head=True)
        examples = reader.examples(_documents(train_rows))
        if not examples:
            raise InputError(f"task {task.name!r}: its training rows have no text")
        dev = _documents(validation)
        dev_examples = reader.examples(dev)
        train(
            reader.model,
            examples,
            collate=Collate(reader.tokenizer),
            options=self._options,
            seed=seed,
            checkpoints=self.checkpoints,
            score=(lambda: _score(reader, dev, dev_examples)) if dev_examples else None,
        )
        self._fitted = reader

    def predict(self, task: Task, rows: Sequence[Row]) -> Iterator[AttributionPrediction]:
        """Answer rows."""
        del task
        yield from self._ready().answers(_documents(rows))


def _documents(rows: Sequence[Row]) -> list[AttributionRow]:
    return [row for row in rows if isinstance(row, AttributionRow)]


def _score(reader: _Reader, rows: Sequence[AttributionRow], examples: Sequence[Features]) -> float:
    """Attribution F1."""
    counts = ATTRIBUTION.tally(rows, reader.answers(rows)).values.sum(axis=0)
    found = float(np.nan_to_num(ATTRIBUTION.measures["attribution_f1"](counts)))
    values = logits(
        reader.model, examples, collate=Collate(reader.tokenizer), options=reader.options
    )
    losses = [
        np.logaddexp.reduce(scores, axis=1) - scores[np.arange(len(labels)), labels]
        for window, all_scores in zip(examples, values, strict=True)
        for labels, scores in [_decided(window, all_scores)]
    ]
    return found - _LOSS_SHARE * float(np.concatenate(losses).mean())


def _decided(window: Features, scores: Array) -> tuple[Array, Array]:
    """The labels of the sub-words that have one, and their scores."""
    labels = np.array(window["labels"])
    return labels[labels >= 0], scores[labels >= 0]
