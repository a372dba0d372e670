"""Rows as a model meets them: checked on the way in, without their gold on the way to it."""

from collections.abc import Iterator, Sequence

import msgspec

from arnews_bench.schema import NER_TAGS, AttributionRow, NerRow, Row, StanceRow

__all__ = ["row_problems", "without_gold"]


def without_gold(row: Row) -> Row:
    """A row with its answer taken out, so that no model can read it by accident."""
    match row:
        case NerRow():
            return msgspec.structs.replace(row, ner_tags=(), entities=())
        case StanceRow():
            return msgspec.structs.replace(row, label=None)
        case AttributionRow():
            return msgspec.structs.replace(row, attributions=())


def row_problems(row: Row) -> Iterator[str]:
    """What is wrong with a row beyond the types of its fields, a line a problem."""
    match row:
        case NerRow():
            yield from _ner_problems(row)
        case StanceRow():
            if row.label is None:
                yield "field `label`: null, but a row needs its gold label"
        case AttributionRow():
            yield from _attribution_problems(row)


def _ner_problems(row: NerRow) -> Iterator[str]:
    lengths = {
        "tokens": len(row.tokens),
        "token_spans": len(row.token_spans),
        "ner_tags": len(row.ner_tags),
    }
    if len(set(lengths.values())) > 1:
        yield "of different lengths: " + ", ".join(f"{n} `{name}`" for name, n in lengths.items())
    if not _all_hold(row.token_spans, row.tokens, row.text):
        for index, (token, span) in enumerate(zip(row.tokens, row.token_spans, strict=False)):
            yield from _span_problem(f"token_spans[{index}]", *span, token, row.text)
    for index, entity in enumerate(row.entities):
        yield from _span_problem(
            f"entities[{index}]", entity.start, entity.end, entity.text, row.text
        )
    if not _TAGS.issuperset(row.ner_tags):
        for index, tag in enumerate(row.ner_tags):
            if tag not in NER_TAGS:
                known = ", ".join(NER_TAGS)
                yield f"field `ner_tags[{index}]`: unknown tag {tag!r}; known are {known}"


_TAGS = frozenset(NER_TAGS)


def _all_hold(spans: Sequence[tuple[int, int]], surfaces: Sequence[str], text: str) -> bool:
    """Whether `_span_problem` would find nothing; most of a corpus is right, and this is fast."""
    # A slice is shorter than its bounds say if these are not in order and inside the text.
    return (
        [text[start:end] for start, end in spans] == list(surfaces)
        and all(surfaces)
        and all(start >= 0 for start, _ in spans)
        and sum(end - start for start, end in spans) == sum(map(len, surfaces))
    )


def _span_problem(name: str, start: int, end: int, surface: str, text: str) -> Iterator[str]:
    if not 0 <= start < end <= len(text):
        yield f"field `{name}`: [{start}, {end}) is not inside the text of {len(text)} characters"
    elif text[start:end] != surface:
        yield (
            f"field `{name}`: [{start}, {end}) is {text[start:end]!r} in the text, not {surface!r}"
        )


def _attribution_problems(row: AttributionRow) -> Iterator[str]:
    for index, attribution in enumerate(row.attributions):
        spans = [("cue", attribution.cue), ("source", attribution.source), ("via", attribution.via)]
        spans += [(f"content[{i}]", span) for i, span in enumerate(attribution.content)]
        for name, span in spans:
            if span is not None:
                yield from _span_problem(
                    f"attributions[{index}].{name}", span.start, span.end, span.text, row.text
                )
