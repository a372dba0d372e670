"""The rows of the dataset and the predictions on them, as typed records.

Every offset is a code point offset with an exclusive end. Offsets of a row point into that row's
own `text`; a field that may be empty is present and null. Every row of ours carries the canary;
rows of other corpora have none.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import msgspec

__all__ = [
    "CANARY",
    "COARSE_TYPES",
    "ENTITY_TYPES",
    "MODES",
    "NER_TAGS",
    "POLARITIES",
    "SOURCE_TYPES",
    "SPLITS",
    "STANCE_LABELS",
    "Attribution",
    "AttributionPrediction",
    "AttributionRow",
    "DocumentRow",
    "Entity",
    "NerPrediction",
    "NerRow",
    "PredictedAttribution",
    "PredictedEntity",
    "PredictedSpan",
    "Prediction",
    "PredictionLike",
    "Row",
    "StancePrediction",
    "StanceRow",
    "TaskType",
    "TextSpan",
]

TaskType: TypeAlias = Literal["ner", "stance", "attribution"]

# The 21 entity types of the Wojood corpus (Jarrar et al. 2022).
EntityType: TypeAlias = Literal[
    "PERS", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "DATE", "TIME", "LANGUAGE",
    "LAW", "CURR", "MONEY", "PERCENT", "QUANTITY", "CARDINAL", "ORDINAL", "PRODUCT", "UNIT",
    "WEBSITE",
]  # fmt: skip
SourceType: TypeAlias = Literal[
    "person", "unnamed_official", "organization", "media", "anonymous", "group"
]
Mode: TypeAlias = Literal["direct", "indirect", "mixed"]
Polarity: TypeAlias = Literal["asserted", "denied"]
StanceLabel: TypeAlias = Literal["agree", "disagree", "discuss", "unrelated"]
Granularity: TypeAlias = Literal["document", "statement"]
Split: TypeAlias = Literal["train", "validation", "test"]
Kind: TypeAlias = Literal["article", "brief", "headline"]

ENTITY_TYPES: tuple[str, ...] = EntityType.__args__  # type: ignore[attr-defined]
SOURCE_TYPES: tuple[str, ...] = SourceType.__args__  # type: ignore[attr-defined]
MODES: tuple[str, ...] = Mode.__args__  # type: ignore[attr-defined]
POLARITIES: tuple[str, ...] = Polarity.__args__  # type: ignore[attr-defined]
SPLITS: tuple[str, ...] = Split.__args__  # type: ignore[attr-defined]
STANCE_LABELS: tuple[str, ...] = StanceLabel.__args__  # type: ignore[attr-defined]

# The flat scheme of ANERcorp and CoNLL, and its IOB2 tags in the order of the ClassLabel.
COARSE_TYPES = ("PER", "ORG", "LOC", "MISC")
NER_TAGS = ("O", *(f"{prefix}-{name}" for name in COARSE_TYPES for prefix in "BI"))


# Stands in every built file, so that a corpus of training texts can be searched for this one.
CANARY = "arnews-bench:canary:31028dbd-d3d0-4ad4-ac38-f481f3fe40a2"


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything that is read from a file: immutable, and strict about its fields."""


class TextSpan(Record, frozen=True, kw_only=True):
    """A slice of a text with its surface, so that a shifted offset is noticed."""

    start: int
    end: int
    text: str


class Entity(Record, frozen=True, kw_only=True):
    """An entity mention of the fine, nested annotation."""

    start: int
    end: int
    type: EntityType
    text: str


class Attribution(Record, frozen=True, kw_only=True):
    """Who is said to have said what; the fields are those of the attribution guidelines."""

    cue: TextSpan
    source: TextSpan | None
    via: TextSpan | None
    content: tuple[TextSpan, ...]
    source_name: str
    source_type: SourceType
    mode: Mode
    polarity: Polarity


class DocumentRow(Record, frozen=True, kw_only=True):
    """A document with its provenance; `raw_slices` are ranges of the raw page."""

    doc_id: str
    page: str
    kind: Kind
    outlet: str | None
    event_id: str
    topic: str
    translated_from: str | None
    date: str | None
    text: str
    title_span: tuple[int, int] | None
    body_span: tuple[int, int] | None
    raw_slices: tuple[tuple[int, int], ...]
    fold: int
    canary: str | None = None


class NerRow(Record, frozen=True, kw_only=True):
    """A sentence; `start` is its offset in the document, all other offsets are its own."""

    id: str
    doc_id: str
    start: int
    text: str
    tokens: tuple[str, ...]
    token_spans: tuple[tuple[int, int], ...]
    ner_tags: tuple[str, ...]
    entities: tuple[Entity, ...]
    fold: int
    canary: str | None = None


class StanceRow(Record, frozen=True, kw_only=True):
    """A claim and a text; `context` is the sentences around a statement, null for a document.

    The label is None only in the rows that a model is asked to predict.
    """

    id: str
    claim_id: str
    claim: str
    doc_id: str
    granularity: Granularity
    text: str
    context: str | None
    label: StanceLabel | None
    fold: int
    canary: str | None = None


class AttributionRow(Record, frozen=True, kw_only=True):
    """A document with its sentences and attributions."""

    id: str
    doc_id: str
    text: str
    sentences: tuple[tuple[int, int], ...]
    attributions: tuple[Attribution, ...]
    fold: int
    canary: str | None = None


Row: TypeAlias = NerRow | StanceRow | AttributionRow


class PredictedSpan(Record, frozen=True, kw_only=True):
    """A predicted slice of the row's text."""

    start: int
    end: int


class PredictedEntity(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A predicted entity: `start` and `end` in the row's text, or its `text` without a place.

    `type` is one of the 21 fine or the four coarse types.
    """

    start: int | None = None
    end: int | None = None
    text: str | None = None
    type: str


class NerPrediction(Record, frozen=True, kw_only=True):
    """Either IOB2 `tags`, one a token, or `entities`, by offsets into the row's text or as text."""

    id: str
    tags: tuple[str, ...] | None = None
    entities: tuple[PredictedEntity, ...] | None = None


class StancePrediction(Record, frozen=True, kw_only=True):
    """A label, and the probabilities of the labels if the model gives them.

    The label is None where the model answered with none that can be read: wrong, whatever is right.
    """

    id: str
    label: str | None
    scores: dict[str, float] | None = None


class PredictedAttribution(Record, frozen=True, kw_only=True):
    """A predicted attribution; what it cites of the text as offsets or as strings of it."""

    content: tuple[PredictedSpan | str, ...]
    source_name: str
    cue: PredictedSpan | str | None = None
    source: PredictedSpan | str | None = None
    via: PredictedSpan | str | None = None
    source_type: str | None = None
    mode: str | None = None


class AttributionPrediction(Record, frozen=True, kw_only=True):
    """All attributions that a model finds in a document."""

    id: str
    attributions: tuple[PredictedAttribution, ...]


Prediction: TypeAlias = NerPrediction | StancePrediction | AttributionPrediction
# What a model may hand over: the record, or the JSON object that it is read from.
PredictionLike: TypeAlias = Prediction | Mapping[str, Any]

ROW_TYPES: Mapping[TaskType, type[NerRow] | type[StanceRow] | type[AttributionRow]] = {
    "ner": NerRow,
    "stance": StanceRow,
    "attribution": AttributionRow,
}
PREDICTION_TYPES: Mapping[
    TaskType, type[NerPrediction] | type[StancePrediction] | type[AttributionPrediction]
] = {
    "ner": NerPrediction,
    "stance": StancePrediction,
    "attribution": AttributionPrediction,
}
