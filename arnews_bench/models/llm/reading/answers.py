"""What a language model said about a row: strings, before they have a place in the text."""

from typing import TypeAlias

from arnews_bench.schema import Record

__all__ = [
    "AttributionAnswer",
    "NerAnswer",
    "ParsedAnswer",
    "SaidAttribution",
    "SaidEntity",
    "StanceAnswer",
]


class SaidEntity(Record, frozen=True, kw_only=True):
    """An entity as the model wrote it.

    Attributes:
        text: Its words; never empty.
        type: One of the fine or the coarse types.
        context: Words around it that tell which of several places is meant.
    """

    text: str
    type: str
    context: str | None = None


class SaidAttribution(Record, frozen=True, kw_only=True):
    """An attribution as the model wrote it; the fields are those of `PredictedAttribution`."""

    content: tuple[str, ...]
    source_name: str
    cue: str | None = None
    source: str | None = None
    via: str | None = None
    source_type: str | None = None
    mode: str | None = None


class NerAnswer(Record, frozen=True, kw_only=True):
    """The entities of a sentence, in the order in which the model gave them."""

    entities: tuple[SaidEntity, ...]


class StanceAnswer(Record, frozen=True, kw_only=True):
    """The label of a pair, one of `STANCE_LABELS`."""

    label: str


class AttributionAnswer(Record, frozen=True, kw_only=True):
    """The attributions of a document, in the order in which the model gave them."""

    attributions: tuple[SaidAttribution, ...]


ParsedAnswer: TypeAlias = NerAnswer | StanceAnswer | AttributionAnswer
