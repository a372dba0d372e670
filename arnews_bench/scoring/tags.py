"""Strict IOB2 scores of lists of tags, for any set of types; equal to seqeval's strict mode."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from arnews_bench.errors import InputError, printable
from arnews_bench.metrics.fscore import Array
from arnews_bench.metrics.spans import SpanCounts, count_tags

__all__ = ["TagReport", "TagScores", "code_report", "encode_tags", "sequence_starts", "tag_report"]

_DIGITS = 4


class TagScores(NamedTuple):
    """Scores in [0, 1]; `support` is the number of gold spans."""

    precision: float
    recall: float
    f1: float
    support: int


class TagReport(NamedTuple):
    """Scores of each type that occurs, in order of the names, and their averages.

    A quotient without a denominator is 0, as with seqeval's `zero_division=0`; `macro` is NaN if
    there is no span at all.
    """

    types: Mapping[str, TagScores]
    micro: TagScores
    macro: TagScores
    weighted: TagScores

    def to_dict(self) -> dict[str, dict[str, float]]:
        """The report in the form of seqeval's `output_dict`."""
        return {
            name: {
                "precision": scores.precision,
                "recall": scores.recall,
                "f1-score": scores.f1,
                "support": scores.support,
            }
            for name, scores in self._lines()
        }

    def _lines(self) -> list[tuple[str, TagScores]]:
        averages = [(f"{name} avg", getattr(self, name)) for name in ("micro", "macro", "weighted")]
        return [*self.types.items(), *averages]

    def __str__(self) -> str:
        lines = [(printable(name), scores) for name, scores in self._lines()]
        width = max(len(name) for name, _ in lines)
        head = ("precision", "recall", "f1-score", "support")
        table = [" " * width + "".join(f"  {title:>9}" for title in head)]
        for name, scores in lines:
            values = "".join(f"  {value:9.{_DIGITS}f}" for value in scores[:3])
            table.append(f"{name:>{width}}{values}  {scores.support:9d}")
        return "\n".join(table)


def tag_report(
    references: Sequence[Sequence[str]], predictions: Sequence[Sequence[str]]
) -> TagReport:
    """Strict span scores of IOB2 tags: `O`, and `B-` or `I-` with a type.

    As in seqeval, an `I-` tag that continues no span of its type is no span, and hyphens around a
    type are no part of it.

    Args:
        references: The gold tags of each sentence.
        predictions: The predicted tags of each sentence.

    Raises:
        InputError: Lists of different lengths, or a tag that is none.
    """
    lengths = _equal_lengths(references, predictions)
    codes = _TagCodes()
    gold = _encoded("references", references, codes)
    predicted = _encoded("predictions", predictions, codes)
    counts = count_tags(gold, predicted, sequence_starts(lengths), n_types=len(codes.types))
    return _report(tuple(codes.types), counts)


def code_report(
    references: npt.ArrayLike,
    predictions: npt.ArrayLike,
    sentence_starts: npt.ArrayLike,
    types: Sequence[str],
) -> TagReport:
    """Strict span scores of IOB2 tags that are integers already.

    Args:
        references: The gold tags of all sentences on end, shape (tokens,): 0 for O, 2t+1 for
            `B-` and 2t+2 for `I-` of the type `types[t]`.
        predictions: The predicted tags, same shape.
        sentence_starts: Index of the first token of each sentence.
        types: The names of the types.

    Raises:
        InputError: Arrays that do not fit together, or a code without a type.
    """
    gold, predicted, starts = (
        np.asarray(values) for values in (references, predictions, sentence_starts)
    )
    for name, codes in (("references", gold), ("predictions", predicted)):
        _check_integers(name, codes, largest=2 * len(types), what=f"{len(types)} types")
    if len(gold) != len(predicted):
        raise InputError(f"{len(gold)} references, but {len(predicted)} predictions")
    _check_integers("sentence_starts", starts, largest=len(gold), what=f"{len(gold)} tokens")
    if len(gold) and 0 not in starts[:1]:
        raise InputError("sentence_starts: the first sentence starts at 0")
    if len(set(types)) < len(types):
        raise InputError("types: a name occurs twice")
    return _report(types, count_tags(gold, predicted, starts, n_types=len(types)))


def sequence_starts(lengths: Array) -> Array:
    """Where sequences of some lengths start when they stand on end."""
    return np.cumsum(lengths) - lengths


def encode_tags(sequences: Iterable[Iterable[str]], codes: Mapping[str, int], size: int) -> Array:
    """Tags of sequences on end as integers, shape (size,).

    Args:
        sequences: Tags, `size` in all.
        codes: Tag → code.
        size: How many tags there are.
    """
    # No step of the loop runs in Python.
    found = map(codes.__getitem__, chain.from_iterable(sequences))
    return np.fromiter(found, dtype=np.int32, count=size)


class _NoTagError(Exception):
    """Something stands for a tag that is none."""


class _TagCodes(dict[str, int]):
    """Tag → code; a tag gets its code when it is met first."""

    def __init__(self) -> None:
        super().__init__(O=0)
        self.types: dict[str, int] = {}

    def __missing__(self, tag: str) -> int:
        if not isinstance(tag, str) or tag[:2] not in {"B-", "I-"} or not tag[1:].strip("-"):
            raise _NoTagError
        number = self.types.setdefault(tag[1:].strip("-"), len(self.types))
        code = 2 * number + (1 if tag[0] == "B" else 2)
        self[tag] = code
        return code


def _encoded(name: str, sentences: Sequence[Sequence[str]], codes: _TagCodes) -> Array:
    try:
        return encode_tags(sentences, codes, sum(map(len, sentences)))
    except (_NoTagError, TypeError):  # a TypeError: what cannot be hashed is no tag either
        raise InputError(_first_problem(name, sentences, codes)) from None


def _first_problem(name: str, sentences: Sequence[Sequence[str]], codes: _TagCodes) -> str:
    for number, sentence in enumerate(sentences):
        for position, tag in enumerate(sentence):
            try:
                codes[tag]
            except (_NoTagError, TypeError):
                return (
                    f"{name}[{number}][{position}]: {tag!r} is no IOB2 tag; "
                    "right are 'O', 'B-TYPE' and 'I-TYPE'"
                )
    raise AssertionError("every tag has a code")


def _equal_lengths(
    references: Sequence[Sequence[str]], predictions: Sequence[Sequence[str]]
) -> Array:
    if len(references) != len(predictions):
        raise InputError(
            f"{len(references)} sentences of references, but {len(predictions)} of predictions"
        )
    ours, theirs = (
        _lengths(name, sentences)
        for name, sentences in (("references", references), ("predictions", predictions))
    )
    differing = np.flatnonzero(ours != theirs)
    if len(differing):
        number = differing[0]
        more = f" ({len(differing)} sentences in all)" if len(differing) > 1 else ""
        raise InputError(
            f"predictions[{number}]: {theirs[number]} tags, "
            f"but references[{number}] has {ours[number]}{more}"
        )
    return ours


def _lengths(name: str, sentences: Sequence[Sequence[str]]) -> Array:
    try:
        return np.fromiter(map(len, sentences), dtype=np.int64, count=len(sentences))
    except TypeError:
        number, found = next(
            (n, item) for n, item in enumerate(sentences) if not hasattr(item, "__len__")
        )
        raise InputError(f"{name}[{number}]: {type(found).__name__}, not a list of tags") from None


def _check_integers(name: str, values: npt.NDArray[Any], *, largest: int, what: str) -> None:
    if values.ndim != 1 or (len(values) and values.dtype.kind not in "iu"):
        raise InputError(f"{name}: an array of {values.ndim} dimensions and type {values.dtype}; "
                         "one dimension of integers is needed")  # fmt: skip
    if len(values) and not 0 <= values.min() <= values.max() <= largest:
        bad = values[(values < 0) | (values > largest)][0]
        raise InputError(f"{name}: {bad} is not in 0 to {largest}, for {what}")


def _report(types: Sequence[str], counts: SpanCounts) -> TagReport:
    """Scores by the arithmetic of seqeval, whose last digit depends on its order."""
    present = [
        number for number in range(len(types)) if counts.gold[number] + counts.predicted[number]
    ]
    present.sort(key=lambda number: types[number])
    matched, gold, predicted = (kind[present] for kind in counts)
    by_type = _scores(matched, gold, predicted)
    micro = _scores(*(kind.sum(keepdims=True) for kind in (matched, gold, predicted)))
    support = int(gold.sum())
    macro = by_type.mean(axis=1) if present else np.full(3, np.nan)
    weighted = np.average(by_type, axis=1, weights=gold) if support else np.zeros(3)
    return TagReport(
        types={
            types[number]: _tag_scores(scores, total)
            for number, scores, total in zip(present, by_type.T, gold, strict=True)
        },
        micro=_tag_scores(micro[:, 0], support),
        macro=_tag_scores(macro, support),
        weighted=_tag_scores(weighted, support),
    )


def _scores(matched: Array, gold: Array, predicted: Array) -> Array:
    """Precision, recall and F1, shape (3, …), 0 where there is no denominator."""
    precision = matched / np.maximum(predicted, 1)
    recall = matched / np.maximum(gold, 1)
    total = precision + recall
    return np.stack([precision, recall, 2.0 * precision * recall / np.where(total, total, 1.0)])


def _tag_scores(scores: Array, support: int) -> TagScores:
    precision, recall, score = scores.tolist()
    return TagScores(precision, recall, score, int(support))
