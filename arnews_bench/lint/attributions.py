"""Sweeps of the attribution layer: words that report speech, and quotations, without a record."""

from collections.abc import Iterator

from arnews_bench.annotations import Sources
from arnews_bench.lint.finding import Check, Finding
from arnews_bench.lint.lexicon import SPEECH
from arnews_bench.text import Span, normalise, quotation_spans, token_spans, without_proclitics

__all__ = ["ATTRIBUTION_CHECKS"]


def _verbs(sources: Sources) -> Iterator[Finding]:
    """A word that is a cue elsewhere, or is known to report speech, outside every cue."""
    speech = SPEECH | {
        normalise(record.cue.text)
        for doc_id in sources.documents
        for record in sources.attributions(doc_id)
        if len(token_spans(record.cue.text)) == 1 and record.cue.text.isalpha()
    }
    for doc_id in sources.documents:
        text = sources.text(doc_id)
        cues = [Span(r.cue.start, r.cue.end) for r in sources.attributions(doc_id)]
        for token in token_spans(text):
            surface = text[token.start : token.end]
            known = not speech.isdisjoint(without_proclitics(normalise(surface)))
            if known and not any(cue.start <= token.start < cue.end for cue in cues):
                around = text[max(0, token.start - 25) : token.end + 40]
                yield Finding(
                    "verb-without-attribution",
                    doc_id,
                    f"{token.start}-{token.end} {surface}",
                    f"… {around} …".replace("\n", " "),
                )


def _quotations(sources: Sources) -> Iterator[Finding]:
    """A quotation that no content touches, unless it is an entity's name."""
    for doc_id in sources.documents:
        text = sources.text(doc_id)
        said = [Span(c.start, c.end) for r in sources.attributions(doc_id) for c in r.content]
        names = [Span(e.start, e.end) for e in sources.entities(doc_id)]
        for quotation in quotation_spans(text):
            inner = Span(quotation.start + 1, quotation.end - 1)
            if inner in names or any(
                part.start < inner.end and inner.start < part.end for part in said
            ):
                continue
            if any(name.start < inner.start and inner.end < name.end for name in names):
                continue
            surface = text[quotation.start : quotation.end]
            yield Finding(
                "quotation-without-attribution",
                doc_id,
                f"{quotation.start}-{quotation.end} {surface}",
                "no attribution has it in its content",
            )


ATTRIBUTION_CHECKS: tuple[Check, ...] = (_verbs, _quotations)
