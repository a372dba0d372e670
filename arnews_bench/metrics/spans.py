"""Strict span matching: a predicted span is right if its bounds and its type are.

The decoding of tags is that of seqeval's strict mode with IOB2 (Nakayama 2018): an entity starts
at a B tag and takes the I tags of its type that follow; an I tag without a beginning is nothing.
"""

import math
from typing import NamedTuple

import numpy as np

from arnews_bench.metrics.fscore import Array

__all__ = [
    "SpanCounts",
    "TagSpans",
    "count_tags",
    "decode_iob2",
    "largest_matching",
    "match_spans",
    "same_spans",
]

_LARGEST = np.iinfo(np.int64).max


class TagSpans(NamedTuple):
    """Spans found in a flat array of tags; all arrays have one element a span.

    Attributes:
        start: Index of the first token.
        end: Index after the last token.
        type: Type code.
    """

    start: Array
    end: Array
    type: Array


class SpanCounts(NamedTuple):
    """Counts of shape (documents, types), or (types,) where documents are not told apart."""

    matched: Array
    gold: Array
    predicted: Array


def decode_iob2(tags: Array, sequence_starts: Array) -> TagSpans:
    """Find the entities of concatenated tag sequences.

    Args:
        tags: Integer codes of shape (tokens,): 0 for O, 2t+1 for B and 2t+2 for I of type t.
        sequence_starts: Index of the first token of each sequence; an entity never crosses one.

    Returns:
        The spans in order of their start.
    """
    first = np.zeros(len(tags) + 1, dtype=bool)
    first[sequence_starts] = True  # an empty sequence at the end starts after the last token
    # Most tokens are O: everything else is done on the others alone.
    tokens = np.flatnonzero(tags != 0)
    codes = tags[tokens]
    begins = (codes & 1).astype(bool)
    types = (codes - 1) >> 1
    stops = begins | first[tokens]
    stops[:1] = True
    stops[1:] |= (tokens[1:] - tokens[:-1] != 1) | (types[1:] != types[:-1])
    start = np.flatnonzero(begins)
    next_stop = np.append(np.flatnonzero(stops), len(tokens))
    # As many stops as lie up to a token, so many come before its next one.
    end = next_stop[np.cumsum(stops)[start]]
    return TagSpans(tokens[start], tokens[end - 1] + 1, types[start])


def count_tags(
    gold: Array, predicted: Array, sequence_starts: Array, *, n_types: int
) -> SpanCounts:
    """Count the spans of two taggings of the same tokens, and those that they share.

    Args:
        gold: Tag codes, as in `decode_iob2`.
        predicted: Tag codes of the same tokens.
        sequence_starts: As in `decode_iob2`.
        n_types: Number of types.

    Returns:
        Counts of shape (types,).
    """
    ours, theirs = decode_iob2(gold, sequence_starts), decode_iob2(predicted, sequence_starts)
    matched = np.zeros(len(ours.start), dtype=bool)
    if len(theirs.start):
        # No two spans of one side start at one token.
        near = np.minimum(np.searchsorted(theirs.start, ours.start), len(theirs.start) - 1)
        matched = (
            (theirs.start[near] == ours.start)
            & (theirs.end[near] == ours.end)
            & (theirs.type[near] == ours.type)
        )
    return SpanCounts(
        *(
            np.bincount(types, minlength=n_types)
            for types in (ours.type[matched], ours.type, theirs.type)
        )
    )


def match_spans(gold: Array, predicted: Array, *, n_documents: int, n_types: int) -> SpanCounts:
    """Count matches between two sets of spans.

    Args:
        gold: Integers of shape (gold spans, 5): document, sequence, start, end, type.
        predicted: The same for the prediction.
        n_documents: Number of documents.
        n_types: Number of types.

    Returns:
        Counts by document and type. A span that is predicted twice matches once.
    """
    matched, _ = same_spans(gold, predicted)

    def tally(spans: Array) -> Array:
        cells = spans[:, 0] * n_types + spans[:, 4]
        return np.bincount(cells, minlength=n_documents * n_types).reshape(n_documents, n_types)

    return SpanCounts(tally(gold[matched]), tally(gold), tally(predicted))


def same_spans(gold: Array, predicted: Array) -> tuple[Array, Array]:
    """Which gold spans are among the predicted ones, and the other way round.

    Args:
        gold: Non-negative integers of shape (gold spans, columns).
        predicted: The same for the prediction.

    Returns:
        Booleans of shape (gold spans,) and (predicted spans,).
    """
    codes = _row_codes(np.concatenate([gold, predicted]))
    ours, theirs = codes[: len(gold)], codes[len(gold) :]
    return np.isin(ours, theirs), np.isin(theirs, ours)


def _row_codes(rows: Array) -> Array:
    """An integer for each row of an array, equal for equal rows."""
    sizes = [int(size) + 1 for size in rows.max(axis=0, initial=0)]
    if math.prod(sizes) > _LARGEST:
        _, codes = np.unique(rows, axis=0, return_inverse=True)
        return codes.reshape(-1)  # NumPy 2.0 returns a column
    codes = np.zeros(len(rows), dtype=np.int64)
    for column, size in zip(rows.T, sizes, strict=True):
        codes = codes * size + column
    return codes


def largest_matching(gold: Array, predicted: Array, *, n_gold: int) -> Array:
    """Match one to one as many pairs as can be (Hopcroft & Karp 1973).

    Args:
        gold: Index of the gold item of each pair that fits, shape (pairs,).
        predicted: Index of its predicted item.
        n_gold: Number of gold items.

    Returns:
        Which gold items are matched, shape (gold items,).
    """
    if not len(gold):
        return np.zeros(n_gold, dtype=bool)
    from scipy.sparse import csr_array  # noqa: PLC0415 (needed for answers in strings only)
    from scipy.sparse.csgraph import maximum_bipartite_matching  # noqa: PLC0415

    shape = (n_gold, int(predicted.max()) + 1)
    graph = csr_array((np.ones(len(gold)), (gold, predicted)), shape=shape)
    matched: Array = maximum_bipartite_matching(graph, perm_type="column") >= 0
    return matched
