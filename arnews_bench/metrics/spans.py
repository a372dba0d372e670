"""Strict span matching: a predicted span is right if its bounds and its type are.

The decoding of tags is that of seqeval's strict mode with IOB2 (Nakayama 2018): an entity starts
at a B tag and takes the I tags of its type that follow; an I tag without a beginning is nothing.
"""

from typing import NamedTuple

import numpy as np

from arnews_bench.metrics.fscore import Array

__all__ = ["SpanCounts", "TagSpans", "decode_iob2", "match_spans"]


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
    """Counts by document and type, each of shape (documents, types)."""

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
    inside = (tags > 0) & (tags % 2 == 0)
    types = (tags - 1) // 2
    continues = np.zeros(len(tags) + 1, dtype=bool)
    # After an O the type is -1, so that an orphan I continues nothing.
    continues[1:-1] = inside[1:] & (types[1:] == types[:-1])
    continues[sequence_starts[sequence_starts < len(tags)]] = False
    start = np.flatnonzero((tags > 0) & ~inside)
    breaks = np.flatnonzero(~continues)
    end = breaks[np.searchsorted(breaks, start, side="right")] if len(start) else start
    return TagSpans(start, end, types[start])


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
    _, codes = np.unique(np.concatenate([gold, predicted]), axis=0, return_inverse=True)
    codes = codes.reshape(-1)  # NumPy 2.0 returns a column
    matched = np.isin(codes[: len(gold)], codes[len(gold) :])

    def tally(spans: Array) -> Array:
        cells = spans[:, 0] * n_types + spans[:, 4]
        return np.bincount(cells, minlength=n_documents * n_types).reshape(n_documents, n_types)

    return SpanCounts(tally(gold[matched]), tally(gold), tally(predicted))
