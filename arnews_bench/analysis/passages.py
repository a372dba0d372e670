"""What of a long text to show around some spans: the sentences that they touch."""

from collections.abc import Iterable, Sequence

from arnews_bench.analysis.cases import MarkedSpan, Passage

__all__ = ["passages_around"]


def passages_around(
    text: str, sentences: Iterable[tuple[int, int]], spans: Sequence[MarkedSpan]
) -> tuple[Passage, ...]:
    """The sentences that spans touch; those that follow each other hang together.

    Args:
        text: The text.
        sentences: Their bounds, in order, without overlap.
        spans: Spans anywhere in the text, also across sentences.

    Returns:
        Passages in order of the text that hold every span.
    """
    touched = [
        (start, end)
        for start, end in sentences
        if any(span.start < end and start < span.end for span in spans)
    ]
    # A span may reach beyond the sentences, if only into white space.
    ranges = sorted([*touched, *((span.start, span.end) for span in spans)])
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(Passage(start=start, text=text[start:end]) for start, end in merged)
