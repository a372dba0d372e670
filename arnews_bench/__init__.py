"""arnews-bench: the benchmark for Arabic news NLP.

The names below are the public surface; each is imported when it is first used, so that
`import arnews_bench` costs milliseconds.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arnews_bench.answer_log import Answer, AnswerLog, Usage
    from arnews_bench.citing import cite
    from arnews_bench.comparison import Comparison, compare
    from arnews_bench.errors import ArnewsError, InputError, WorkError
    from arnews_bench.hub.dataset import PublishedDataset, publish_dataset
    from arnews_bench.models import Checkpointed, Logged, Model, Restricted, Savable, Trainable
    from arnews_bench.paths import data_dir
    from arnews_bench.results import Run, load_run
    from arnews_bench.runner import evaluate, score
    from arnews_bench.schema import (
        COARSE_TYPES,
        ENTITY_TYPES,
        MODES,
        NER_TAGS,
        POLARITIES,
        SOURCE_TYPES,
        STANCE_LABELS,
        Attribution,
        AttributionPrediction,
        AttributionRow,
        DocumentRow,
        Entity,
        NerPrediction,
        NerRow,
        PredictedAttribution,
        PredictedEntity,
        PredictedSpan,
        Prediction,
        PredictionLike,
        Row,
        StancePrediction,
        StanceRow,
        TextSpan,
    )
    from arnews_bench.scoring import Score
    from arnews_bench.tasks import Task, external_task_names, load_rows, load_task, task_names
    from arnews_bench.text import (
        Span,
        name_tokens,
        normalise,
        sentence_spans,
        token_spans,
        tokenize,
        without_proclitics,
    )

# Module → the names that it gives.
_PUBLIC = {
    "answer_log": ("Answer", "AnswerLog", "Usage"),
    "comparison": ("Comparison", "compare"),
    "citing": ("cite",),
    "errors": ("ArnewsError", "InputError", "WorkError"),
    "hub.dataset": ("PublishedDataset", "publish_dataset"),
    "models": ("Checkpointed", "Logged", "Model", "Restricted", "Savable", "Trainable"),
    "paths": ("data_dir",),
    "results": ("Run", "load_run"),
    "runner": ("evaluate", "score"),
    "schema": (
        "COARSE_TYPES", "ENTITY_TYPES", "MODES", "NER_TAGS", "POLARITIES", "SOURCE_TYPES",
        "STANCE_LABELS", "Attribution", "AttributionPrediction", "AttributionRow", "DocumentRow",
        "Entity", "NerPrediction", "NerRow", "PredictedAttribution", "PredictedEntity",
        "PredictedSpan", "Prediction", "PredictionLike", "Row", "StancePrediction", "StanceRow",
        "TextSpan",
    ),
    "scoring": ("Score",),
    "tasks": ("Task", "external_task_names", "load_rows", "load_task", "task_names"),
    "text": (
        "Span", "name_tokens", "normalise", "sentence_spans", "token_spans", "tokenize",
        "without_proclitics",
    ),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _PUBLIC.items() for name in names}

__version__ = "0.4.0"
__all__ = [
    "COARSE_TYPES",
    "ENTITY_TYPES",
    "MODES",
    "NER_TAGS",
    "POLARITIES",
    "SOURCE_TYPES",
    "STANCE_LABELS",
    "Answer",
    "AnswerLog",
    "ArnewsError",
    "Attribution",
    "AttributionPrediction",
    "AttributionRow",
    "Checkpointed",
    "Comparison",
    "DocumentRow",
    "Entity",
    "InputError",
    "Logged",
    "Model",
    "NerPrediction",
    "NerRow",
    "PredictedAttribution",
    "PredictedEntity",
    "PredictedSpan",
    "Prediction",
    "PredictionLike",
    "PublishedDataset",
    "Restricted",
    "Row",
    "Run",
    "Savable",
    "Score",
    "Span",
    "StancePrediction",
    "StanceRow",
    "Task",
    "TextSpan",
    "Trainable",
    "Usage",
    "WorkError",
    "cite",
    "compare",
    "data_dir",
    "evaluate",
    "external_task_names",
    "load_rows",
    "load_run",
    "load_task",
    "name_tokens",
    "normalise",
    "publish_dataset",
    "score",
    "sentence_spans",
    "task_names",
    "token_spans",
    "tokenize",
    "without_proclitics",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
