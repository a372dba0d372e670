"""Training rows as examples: which ones are shown, and their gold in the form of an answer."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache

from arnews_bench.alignment import whole_tokens
from arnews_bench.entities import TypedSpan
from arnews_bench.errors import InputError
from arnews_bench.protocols import Fold
from arnews_bench.schema import (
    Attribution,
    AttributionRow,
    NerRow,
    Row,
    StanceRow,
    TextSpan,
)
from arnews_bench.text import Span

__all__ = ["choose_shots", "gold_answer", "shots_of"]


def gold_answer(row: Row, *, fine: bool) -> str:
    """The gold of a row as the JSON text that a prompt asks for.

    Args:
        row: A row with its gold.
        fine: Of entities the fine, nested ones in place of the coarse, flat view.

    Raises:
        InputError: The row has entities, but none of the fine types, and these are wanted.
        ValueError: The row has no gold label.
    """
    match row:
        case NerRow():
            answer: object = {"entities": list(_said_entities(row, fine=fine))}
        case StanceRow():
            if row.label is None:
                raise ValueError(f"{row.id}: no gold label")
            answer = {"label": row.label}
        case AttributionRow():
            ordered = sorted(row.attributions, key=lambda record: record.cue.start)
            answer = {"attributions": list(map(_said_attribution, ordered))}
    return json.dumps(answer, ensure_ascii=False)


def choose_shots(train: Sequence[Row], row: Row, count: int, *, seed: int) -> tuple[Row, ...]:
    """Training rows to show before a row is asked, never any of its own page.

    Where no page is known, as in most corpora of others, never any of its own document. The
    choice depends on the seed and on which rows there are, not on their order, and is the same
    for all rows of a page. Stance shows its labels in turn; rows whose gold is empty come last.

    Args:
        train: Rows with their gold.
        row: The row that is asked; its gold is not looked at.
        count: How many.
        seed: Other seeds, other rows.

    Raises:
        InputError: There are too few of them.
        ValueError: The count is below 0.
    """
    if count < 0:
        raise ValueError(f"{count} rows cannot be shown")
    own = [other for other in train if other.canary == row.canary]
    # Rows of data without pages have fold 0.
    paged = row.canary is not None or any(other.fold for other in (*own, row))
    eligible = [other for other in train if not _is_near(other, row, paged=paged)]
    if len(eligible) < count:
        near = "page" if paged else "document"
        raise InputError(
            f"--shots {count}: of the {len(train)} training rows, {len(train) - len(eligible)} are "
            f"of the {near} of row {row.id!r}, which leaves {len(eligible)} to show; "
            f"give {_advice(len(eligible))}another --protocol or --train-task"
        )
    drawn = sorted(eligible, key=lambda other: (_is_empty(other), _drawn(seed, other.id)))
    return tuple(_labels_in_turn(drawn)[:count])


def shots_of(fold: Fold, row: Row, count: int, *, seed: int) -> tuple[Row, ...]:
    """The rows of a fold to show before one of its rows is asked; see `choose_shots`.

    Raises:
        InputError: There are too few of them.
    """
    # The rows to learn from are read when they are asked for.
    return choose_shots(fold.train, row, count, seed=seed) if count else ()


def _advice(left: int) -> str:
    return f"--shots {left} at most, or " if left else ""


def _is_near(other: Row, row: Row, *, paged: bool) -> bool:
    # Folds of two corpora have nothing to do with each other.
    if other.canary != row.canary:
        return False
    return other.fold == row.fold if paged else other.doc_id == row.doc_id


@lru_cache(maxsize=1 << 16)
def _drawn(seed: int, row_id: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{row_id}".encode("utf-8", "surrogatepass")).digest()


def _is_empty(row: Row) -> bool:
    match row:
        case NerRow():
            return not row.entities and set(row.ner_tags) <= {"O"}
        case AttributionRow():
            return not row.attributions
        case StanceRow():
            return False


def _labels_in_turn(rows: Sequence[Row]) -> list[Row]:
    """Rows of stance so that each label comes once before any comes again; others as they are."""
    turns: dict[str | None, int] = {}
    places = []
    for place, row in enumerate(rows):
        if not isinstance(row, StanceRow):
            return list(rows)
        turn = turns[row.label] = turns.get(row.label, -1) + 1
        places.append((turn, place))
    return [rows[place] for _, place in sorted(places)]


def _said_entities(row: NerRow, *, fine: bool) -> Iterator[dict[str, str | None]]:
    if fine and not row.entities and not set(row.ner_tags) <= {"O"}:
        raise InputError(
            f"row {row.id!r} has entities of the coarse types only; tagset=coarse is needed to "
            "show it"
        )
    entities = [TypedSpan(e.start, e.end, e.type) for e in row.entities] if fine else _flat(row)
    spans: dict[str, list[Span]] = {}
    for entity in sorted(entities):
        places = spans.setdefault(row.text[entity.start : entity.end], [])
        places.append(Span(entity.start, entity.end))
    tokens = [Span(*span) for span in row.token_spans]
    ambiguous = {
        text
        for text, places in spans.items()
        if places != list(whole_tokens(row.text, tokens, text))[: len(places)]
    }
    for entity in sorted(entities, key=lambda e: (e.start, -e.end, e.type)):
        span = Span(entity.start, entity.end)
        text = row.text[span.start : span.end]
        context = _snippet(row.text, tokens, span) if text in ambiguous else None
        yield {"text": text, "type": entity.type, "context": context}


def _flat(row: NerRow) -> list[TypedSpan]:
    """The entities of the tags: the gold of the coarse view in every corpus."""
    spans: list[TypedSpan] = []
    open_type = ""
    for (start, end), tag in zip(row.token_spans, row.ner_tags, strict=True):
        prefix, _, name = tag.partition("-")
        if prefix == "I" and name == open_type:
            spans[-1] = spans[-1]._replace(end=end)
        elif prefix == "B":
            spans.append(TypedSpan(start, end, name))
        open_type = name
    return spans


def _snippet(text: str, tokens: Sequence[Span], span: Span) -> str | None:
    """The fewest words around a span that stand once in the text; None if all would be needed."""
    first = next(i for i, token in enumerate(tokens) if token.start == span.start)
    last = next(i for i, token in enumerate(tokens) if token.end == span.end)
    for width in range(1, len(tokens)):
        start = tokens[max(first - width, 0)].start
        end = tokens[min(last + width, len(tokens) - 1)].end
        snippet = text[start:end]
        if text.count(snippet) == 1:
            return snippet
    return None


def _said_attribution(record: Attribution) -> dict[str, object]:
    return {
        "cue": record.cue.text,
        "source": _text(record.source),
        "source_name": record.source_name,
        "source_type": record.source_type,
        "via": _text(record.via),
        "content": [span.text for span in record.content],
        "mode": record.mode,
    }


def _text(span: TextSpan | None) -> str | None:
    return None if span is None else span.text
