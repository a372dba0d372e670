"""Entities of rows and answers as integer arrays: (document, sentence, start, end, type)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from arnews_bench.entities import COARSE_OF, TypedSpan
from arnews_bench.metrics.fscore import Array
from arnews_bench.metrics.spans import decode_iob2, largest_matching, same_spans
from arnews_bench.schema import COARSE_TYPES, ENTITY_TYPES, NER_TAGS, NerRow
from arnews_bench.scoring.mentions import (
    Mention,
    coarse_spans,
    flat_mentions,
    tolerant_pairs,
)
from arnews_bench.scoring.tags import encode_tags, sequence_starts
from arnews_bench.text import Span

__all__ = [
    "COARSE_CODES",
    "FINE_CODES",
    "coarse_array",
    "fine_array",
    "gold_fine_array",
    "match_tolerantly",
    "tag_array",
    "unplaced",
]

# The fine types that have a coarse one are codes of it too.
COARSE_CODES: Mapping[str, int] = {
    name: COARSE_TYPES.index(coarse) for name, coarse in COARSE_OF.items()
}
FINE_CODES: Mapping[str, int] = {name: code for code, name in enumerate(ENTITY_TYPES)}
_TAG_CODES = {tag: code for code, tag in enumerate(NER_TAGS)}


def tag_array(
    rows: Sequence[NerRow],
    tags: Sequence[Sequence[str]],
    numbers: Sequence[int],
    documents: Array,
) -> Array:
    """The spans of tags in code points.

    Args:
        rows: All rows.
        tags: Tag lists, one for each row of `numbers`.
        numbers: The rows that they are for.
        documents: The document of each row.
    """
    lengths = np.fromiter(map(len, tags), dtype=np.int64, count=len(tags))
    starts = sequence_starts(lengths)
    found = decode_iob2(encode_tags(tags, _TAG_CODES, int(lengths.sum())), starts)
    place = np.searchsorted(starts, found.start, side="right") - 1
    sentences = np.asarray(numbers, dtype=np.int64)[place]
    tokens = zip(
        sentences.tolist(),
        (found.start - starts[place]).tolist(),
        (found.end - starts[place] - 1).tolist(),
        strict=True,
    )
    offsets = [
        (rows[number].token_spans[first][0], rows[number].token_spans[last][1])
        for number, first, last in tokens
    ]
    bounds = np.array(offsets, dtype=np.int64).reshape(-1, 2)
    return np.column_stack([documents[sentences], sentences, bounds, found.type])


def coarse_array(mentions: Mapping[int, Sequence[Mention]], documents: Array) -> Array:
    """The coarse, flat view of answers in entities, by the number of their row."""
    return _array(
        (
            (number, *span[:2], COARSE_CODES[span.type])
            for number, found in mentions.items()
            for span in coarse_spans(found)
        ),
        documents,
    )


def fine_array(mentions: Mapping[int, Sequence[Mention]], documents: Array) -> Array:
    """All that answers in entities name with one of the fine types, nested or not."""
    return _array(
        (
            (number, *mention.span, FINE_CODES[mention.type])
            for number, found in mentions.items()
            for mention in found
            if mention.span is not None and mention.type in FINE_CODES
        ),
        documents,
    )


def gold_fine_array(rows: Sequence[NerRow], documents: Array) -> Array:
    """All entities of the rows."""
    return _array(
        (
            (number, entity.start, entity.end, FINE_CODES[entity.type])
            for number, row in enumerate(rows)
            for entity in row.entities
        ),
        documents,
    )


def _array(spans: Iterable[tuple[int, int, int, int]], documents: Array) -> Array:
    found = np.array(list(spans), dtype=np.int64).reshape(-1, 4)
    return np.column_stack([documents[found[:, 0]], found])


def unplaced(
    mentions: Mapping[int, Sequence[Mention]],
    documents: Array,
    codes: Mapping[str, int],
    *,
    n_documents: int,
) -> Array:
    """Number of strings that stand nowhere strictly, shape (documents, types).

    Args:
        mentions: Answers in entities by the number of their row.
        documents: The document of each row.
        codes: Type → code; what has no code is not counted.
        n_documents: Number of documents.
    """
    n_types = max(codes.values()) + 1
    cells = [
        documents[number] * n_types + codes[mention.type]
        for number, found in mentions.items()
        for mention in found
        if mention.span is None and mention.type in codes
    ]
    counts = np.bincount(np.array(cells, dtype=np.int64), minlength=n_documents * n_types)
    return counts.reshape(n_documents, n_types)


def match_tolerantly(
    rows: Sequence[NerRow],
    gold: Array,
    predicted: Array,
    mentions: Mapping[int, Sequence[Mention]],
    documents: Array,
    *,
    n_documents: int,
) -> tuple[Array, Array]:
    """Match entities of the coarse view one to one as a tolerant reader would.

    Args:
        rows: All rows.
        gold: The gold spans of all rows.
        predicted: The predicted spans of the rows that are answered without strings.
        mentions: The answers of all other rows, by number.
        documents: The document of each row.
        n_documents: Number of documents.

    Returns:
        Numbers of matched and of predicted entities, each of shape (documents,).
    """
    matched, right = same_spans(gold, predicted)
    # Without strings, only what strict matching leaves over on both sides can match yet.
    left_over = np.intersect1d(gold[~matched, 1], predicted[~right, 1]).tolist()
    readings = {number: flat_mentions(found) for number, found in mentions.items()}
    for number, spans in _by_row(predicted, left_over).items():
        readings[number] = [Mention(span.type, Span(span.start, span.end)) for _, span in spans]
    pairs: list[tuple[int, int]] = []
    n_mentions = 0
    for number, spans in _by_row(gold, list(readings)).items():
        found = tolerant_pairs(rows[number], [span for _, span in spans], readings[number])
        pairs += [(spans[i][0], n_mentions + j) for i, j in found]
        n_mentions += len(readings[number])
    ours, theirs = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    matched = np.where(
        np.isin(gold[:, 1], list(readings)),
        largest_matching(ours, theirs, n_gold=len(gold)),
        matched,
    )
    n_predicted = np.bincount(predicted[:, 0], minlength=n_documents)
    for number in mentions:
        n_predicted[documents[number]] += len(readings[number])
    return np.bincount(gold[matched, 0], minlength=n_documents), n_predicted


def _by_row(spans: Array, numbers: Sequence[int]) -> dict[int, list[tuple[int, TypedSpan]]]:
    """Spans of some rows, each with its index."""
    found: defaultdict[int, list[tuple[int, TypedSpan]]] = defaultdict(list)
    for index in np.flatnonzero(np.isin(spans[:, 1], numbers)).tolist():
        _, number, start, end, code = spans[index].tolist()
        found[number].append((index, TypedSpan(start, end, COARSE_TYPES[code])))
    return found
