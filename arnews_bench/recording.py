"""What is written down of a run: what its result depends on, its scores, and the circumstances."""

import importlib.metadata
import platform
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from arnews_bench import __version__
from arnews_bench.answers import Effort
from arnews_bench.metrics.intervals import INTERVAL_METHOD
from arnews_bench.plans import Plan
from arnews_bench.results import (
    SCHEMA_VERSION,
    Dataset,
    ModelInfo,
    Run,
    Sizes,
    sparse_counts,
)
from arnews_bench.scoring import SCORERS, score_counts
from arnews_bench.scoring.counts import RunCounts
from arnews_bench.scoring.groups import group_scores

__all__ = ["Clock", "determinants", "record"]

_LIBRARIES = ("numpy", "scipy", "scikit-learn")
# Only where a model has imported them.
_HEAVY = ("torch", "transformers", "accelerate", "inspect_ai")


class Clock:
    """When a run started, and how long it has taken."""

    def __init__(self) -> None:
        self.started = _now()
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.perf_counter() - self._start


def determinants(plan: Plan) -> dict[str, Any]:
    """All that the result of a plan depends on."""
    return {
        "arnews_bench": __version__,
        "rows": plan.task.fingerprint,
        "task": plan.task.name,
        "protocol": plan.protocol,
        "split": plan.split,
        "model": plan.source.spec,
        "revision": plan.source.revision(plan.task),
        "seed": plan.seed,
        "settings": {
            "limit": plan.limit,
            **({"lenient": True} if plan.task.lenient else {}),
            **({"options": dict(plan.source.options)} if plan.source.options else {}),
        },
        **({"trained_on": plan.trained_on} if plan.trained_on is not None else {}),
    }


def record(
    plan: Plan,
    depends_on: Mapping[str, Any],
    counted: RunCounts,
    effort: Effort,
    clock: Clock,
) -> Run:
    """The record of a run whose answers were counted."""
    scores = score_counts(plan.task.type, counted.counts)
    return Run(
        schema=SCHEMA_VERSION,
        arnews_bench=depends_on["arnews_bench"],
        dataset=Dataset(
            version=plan.task.version,
            fingerprint=plan.task.dataset_fingerprint,
            rows=depends_on["rows"],
        ),
        task=plan.task.name,
        task_type=plan.task.type,
        protocol=plan.protocol,
        split=plan.split,
        model=ModelInfo(spec=plan.source.spec, revision=depends_on["revision"]),
        seed=plan.seed,
        settings=depends_on["settings"],
        n=Sizes(rows=counted.n_rows, documents=len(scores.counts.documents)),
        headline=scores.headline,
        metrics=dict(scores.metrics),
        interval=INTERVAL_METHOD,
        breakdown=group_scores(SCORERS[plan.task.type], counted.groups),
        cluster=plan.task.cluster,
        trained_on=plan.trained_on,
        restrictions=tuple(effort.restrictions),
        repairs=tuple(plan.task.repairs),
        usage=effort.log.usage(),
        per_document=sparse_counts(scores.counts),
        timing={**effort.timing, "total": clock.seconds},
        environment=_environment(),
        started=clock.started,
        finished=_now(),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _environment() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{name: importlib.metadata.version(name) for name in _LIBRARIES},
        **{name: importlib.metadata.version(name) for name in _HEAVY if name in sys.modules},
    }
