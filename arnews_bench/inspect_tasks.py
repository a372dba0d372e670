"""The tasks as tasks of inspect-ai: `inspect eval arnews_bench/ner --model PROVIDER/MODEL`.

Prompts, reading, alignment and scores are those of `arbench eval`. A log holds the rows with their
gold, so that it can be scored again.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from inspect_ai import Epochs, task
from inspect_ai import Task as InspectTask
from inspect_ai._util.error import PrerequisiteError
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import (
    Metric,
    SampleScore,
    Score,
    Scorer,
    ScoreReducer,
    Target,
    metric,
    score_reducer,
    scorer,
)
from inspect_ai.solver import TaskState, generate
from rich.markup import escape

from arnews_bench.errors import InputError
from arnews_bench.models.llm.options import WANTED, Language, Tagset
from arnews_bench.models.llm.prompting.examples import gold_answer, shots_of
from arnews_bench.models.llm.prompting.prompts import fine_types, read_prompt
from arnews_bench.models.llm.prompting.questions import make_sample, response_schema
from arnews_bench.models.llm.reading.parsing import parse_answer
from arnews_bench.models.llm.reading.placing import place_answer
from arnews_bench.models.reading_options import Wanted, convert_options
from arnews_bench.protocols import Fold, make_folds
from arnews_bench.schema import ROW_TYPES, Record, Row, TaskType
from arnews_bench.scoring import SCORERS, score_counts
from arnews_bench.scoring.counts import DocumentCounts, name_index
from arnews_bench.tasks import Task, load_task

__all__ = ["aligned", "attribution", "clustered", "mean_counts", "ner", "stance"]


class _Parameters(Record, frozen=True, kw_only=True):
    """What is asked, and how; see the parameters of `ner`."""

    task_file: str
    split: str
    protocol: str
    prompt_language: Language
    shots: int
    seed: int
    structured: bool
    tagset: Tagset = "auto"


_WANTED: Mapping[str, Wanted] = {
    "task_file": Wanted("a task"),
    "split": Wanted("a split"),
    "protocol": Wanted("a protocol"),
    "seed": Wanted("a whole number"),
    "structured": Wanted("true or false"),
    **{name: WANTED[name] for name in ("prompt_language", "shots", "tagset")},
}


@task
def ner(  # noqa: PLR0913 (each is given as -T NAME=VALUE)
    *,
    split: str = "test",
    protocol: str = "split",
    prompt_language: str = "ar",
    shots: int = 0,
    seed: int = 0,
    structured: bool = True,
    tagset: str = "auto",
    task_file: str = "ner",
    data: str | None = None,
) -> InspectTask:
    """Named entities in sentences of Arabic news.

    Args:
        split: The split to ask about, under the protocol `split`.
        protocol: `split`, or `cv` for all rows, with shots of other pages.
        prompt_language: The language of the prompt, `ar` or `en`.
        shots: How many training rows are shown first.
        seed: Which ones.
        structured: Send a JSON schema along, where the provider takes one; some servers refuse it.
        tagset: `fine` or `coarse`; `auto` takes what the rows have.
        task_file: Another task of the same type: its name, or a task.yaml.
        data: A folder to take in place of the task's own data root.

    Raises:
        PrerequisiteError: A parameter is wrong, or the data are.
    """
    return _inspect_task(
        "ner", data, split=split, protocol=protocol, prompt_language=prompt_language, shots=shots,
        seed=seed, structured=structured, tagset=tagset, task_file=task_file,
    )  # fmt: skip


@task
def stance(  # noqa: PLR0913
    *,
    split: str = "test",
    protocol: str = "split",
    prompt_language: str = "ar",
    shots: int = 0,
    seed: int = 0,
    structured: bool = True,
    task_file: str = "stance",
    data: str | None = None,
) -> InspectTask:
    """The stance of a text towards a claim; the parameters are those of `ner`.

    Raises:
        PrerequisiteError: A parameter is wrong, or the data are.
    """
    return _inspect_task(
        "stance", data, split=split, protocol=protocol, prompt_language=prompt_language,
        shots=shots, seed=seed, structured=structured, task_file=task_file,
    )  # fmt: skip


@task
def attribution(  # noqa: PLR0913
    *,
    split: str = "test",
    protocol: str = "split",
    prompt_language: str = "ar",
    shots: int = 0,
    seed: int = 0,
    structured: bool = True,
    task_file: str = "attribution",
    data: str | None = None,
) -> InspectTask:
    """Who is said to have said what; the parameters are those of `ner`.

    Raises:
        PrerequisiteError: A parameter is wrong, or the data are.
    """
    return _inspect_task(
        "attribution", data, split=split, protocol=protocol, prompt_language=prompt_language,
        shots=shots, seed=seed, structured=structured, task_file=task_file,
    )  # fmt: skip


def _inspect_task(task_type: TaskType, data: str | None, **given: object) -> InspectTask:
    try:
        return _made(task_type, data, _parameters(given))
    except InputError as error:
        # What inspect-ai prints without a traceback.
        raise PrerequisiteError(escape(str(error))) from None


def _parameters(given: Mapping[str, object]) -> _Parameters:
    """What was given, by its words: `-T` makes numbers and Booleans of what looks like them."""
    words = {name: str(value) for name, value in given.items()}
    found, problems = convert_options(_Parameters, words, _WANTED)
    if problems:
        raise InputError("; ".join(problems))
    return _Parameters(**found)


def _made(task_type: TaskType, data: str | None, given: _Parameters) -> InspectTask:
    asked = _load(given.task_file, data)
    if asked.type != task_type:
        raise InputError(
            f"task_file={given.task_file}: is a task of type {asked.type}, not {task_type}"
        )
    template = read_prompt(asked, given.prompt_language)
    fine = fine_types(asked, given.tagset)

    def sample(fold: Fold, row: Row) -> Sample:
        shots = shots_of(fold, row, given.shots, seed=given.seed)
        found = make_sample(asked, row, template, shots, fine=fine)
        found.target = gold_answer(row, fine=fine)
        found.metadata = {"doc_id": row.doc_id, "row": msgspec.to_builtins(row)}
        return found

    folds = make_folds(asked, given.protocol, given.split, None)
    return InspectTask(
        dataset=MemoryDataset(
            [sample(fold, row) for fold in folds for row in fold.scored], name=asked.name
        ),
        solver=generate(),
        scorer=aligned(given.task_file, data),
        config=GenerateConfig(
            temperature=0.0,
            seed=given.seed,
            response_schema=response_schema(asked, fine=fine) if given.structured else None,
        ),
        epochs=Epochs(1, mean_counts()),
        version=asked.version or 0,
        metadata={"prompt": template.digest, "rows": asked.fingerprint},
    )


def _load(task_file: str, data: str | None) -> Task:
    # The name of a folder may be a number, too.
    return load_task(task_file, None if data is None else Path(str(data)))


@metric
def clustered() -> Metric:
    """The headline of a task with its 95 % interval over documents, and its relatives.

    Micro F1 over entities or attributions, or macro F1 over stance labels, of the sums of what was
    counted in all rows; the interval takes documents as the units.
    """

    def compute(scores: list[SampleScore]) -> dict[str, float]:
        if not scores:
            return {}
        task_type: TaskType = _counted(scores[0].score)["task_type"]
        columns = SCORERS[task_type].columns
        documents, index = name_index([(item.sample_metadata or {})["doc_id"] for item in scores])
        values = np.zeros((len(documents), len(columns)))
        for number, item in zip(index, scores, strict=True):
            counts = _counted(item.score)["counts"]
            values[number] += [counts.get(name, 0) for name in columns]
        found = score_counts(task_type, DocumentCounts(documents, columns, values))
        flat: dict[str, float] = {}
        for name, score in found.metrics.items():
            if score.value is not None:
                flat[name] = score.value
            if name == found.headline and score.low is not None and score.high is not None:
                flat |= {f"{name}_low": score.low, f"{name}_high": score.high}
        unparsable = sum(_counted(item.score)["unparsable"] for item in scores)
        return flat | {"unparsable": unparsable / len(scores)}

    return compute


def _counted(score: Score) -> dict[str, Any]:
    """What `aligned` puts beside a score."""
    return score.metadata or {}


@scorer(metrics=[clustered()])
def aligned(task_file: str, data: str | None = None) -> Scorer:
    """Counts what is right in an answer, its strings aligned with the text.

    Args:
        task_file: The task: its name, or a task.yaml.
        data: A folder to take in place of the task's own data root.
    """
    asked = _load(task_file, data)
    known = SCORERS[asked.type]

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001
        row = msgspec.convert(state.metadata["row"], ROW_TYPES[asked.type])
        parsed = parse_answer(asked, state.output.completion)
        placed = place_answer(row, parsed.answer)
        counts = known.tally([row], [placed.prediction]).values.sum(axis=0)
        value = float(known.measures[known.headline](counts))
        return Score(
            # A row without gold that nothing was answered to is right.
            value=1.0 if np.isnan(value) else value,
            answer=msgspec.json.encode(placed.prediction).decode(),
            explanation=parsed.problem,
            metadata={
                "task_type": asked.type,
                "counts": {
                    name: int(count)
                    for name, count in zip(known.columns, counts, strict=True)
                    if count
                },
                "unparsable": parsed.problem is not None,
            },
        )

    return score


@score_reducer(name="mean_counts")
def mean_counts() -> ScoreReducer:
    """Of several epochs the mean of what was counted, so that the metric sees all of them."""

    def reduce(scores: list[Score]) -> Score:
        counts: dict[str, float] = {}
        for score in scores:
            for name, count in _counted(score)["counts"].items():
                counts[name] = counts.get(name, 0) + count / len(scores)
        unparsable = sum(_counted(score)["unparsable"] for score in scores)
        return Score(
            value=sum(score.as_float() for score in scores) / len(scores),
            answer=scores[0].answer,
            explanation=scores[0].explanation,
            metadata=_counted(scores[0])
            | {"counts": counts, "unparsable": unparsable / len(scores)},
        )

    return reduce
