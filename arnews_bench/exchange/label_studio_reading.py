"""From the JSON of a Label Studio project to the records of its documents.

Reads what this package exports and what Label Studio exports of such a project; what Label Studio
adds is skipped. Whether the records keep the rules of the annotation is checked elsewhere.
"""

from codecs import BOM_UTF8
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from arnews_bench.annotations import AttributionRecord, Located, Sources
from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.exchange.format import describe_difference
from arnews_bench.exchange.label_studio_config import Control, controls
from arnews_bench.exchange.label_studio_records import make_records
from arnews_bench.exchange.label_studio_results import read_results
from arnews_bench.files import read_bytes
from arnews_bench.invalid import describe_invalid

__all__ = ["read"]


class _Data(msgspec.Struct):
    doc_id: str
    text: str


class _Annotation(msgspec.Struct):
    result: list[Any]
    was_cancelled: bool | None = None


class _Task(msgspec.Struct):
    data: _Data
    annotations: list[_Annotation]


def read(folder: Path, sources: Sources) -> dict[str, list[Located]]:
    """The records of every document of a Label Studio project.

    Args:
        folder: Holds one JSON file: the tasks, as exported from here or from Label Studio.
        sources: What the project was exported from.

    Returns:
        Document → its records, each with its task and result.

    Raises:
        InputError: With all that is wrong: no JSON, no tasks, a document that the corpus does not
            have or that has another text, a result that is no annotation of ours.
    """
    path = _only_json(folder)
    known = controls(sources.claims)
    found: dict[str, list[Located]] = {}
    first_at: dict[str, int] = {}
    problems: list[str] = []
    for number, content in enumerate(_tasks(path), start=1):
        where = f"{path.name}: task {number}"
        try:
            task = msgspec.convert(content, _Task)
        except msgspec.ValidationError as error:
            problems.append(
                f"{where}: {describe_invalid(error, _Task)}; export the project as JSON"
            )
            continue
        doc_id = task.data.doc_id
        where = f"{where} ({doc_id})"
        if doc_id in first_at:
            problems.append(f"{where}: the document was there before, in task {first_at[doc_id]}")
            continue
        first_at[doc_id] = number
        records, wrong = _read_task(task, where, sources, known)
        found[doc_id] = records
        problems += wrong
    if problems:
        raise InputError.from_problems(f"{path} cannot be used:", problems)
    return found


def _only_json(folder: Path) -> Path:
    files = sorted(folder.glob("*.json"))
    if len(files) != 1:
        # Of an exported project and what came back of it, only the reader knows which is meant.
        found = ", ".join(path.name for path in files) or "none"
        raise InputError(f"{folder}: one .json file with the tasks is needed, found {found}")
    return files[0]


def _tasks(path: Path) -> list[Any]:
    try:
        content = msgspec.json.decode(read_bytes(path).removeprefix(BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path}: not JSON: {error}") from None
    if not isinstance(content, list):
        raise InputError(
            f"{path}: a list of tasks is needed, found {type(content).__name__}; export the "
            "project as JSON"
        )
    return content


def _read_task(
    task: _Task, where: str, sources: Sources, known: Mapping[str, Control]
) -> tuple[list[Located], list[str]]:
    """The records of a task and all that is wrong with it; one of the two is of use."""
    doc_id = task.data.doc_id
    if doc_id not in sources.documents:
        said = did_you_mean(doc_id, sources.documents)
        return [], [f"{where}: the corpus has no such document; {said}"]
    text = sources.text(doc_id)
    if difference := describe_difference(task.data.text, text):
        return [], [f"{where}: {difference}"]
    kept = [annotation for annotation in task.annotations if not annotation.was_cancelled]
    if len(kept) != 1:
        said = f"it has {len(kept)} annotations that are not cancelled"
        return [], [f"{where}: {said}, one is needed; annotate it or delete all others"]
    results = read_results(kept[0].result, where, text, known)
    present = (located.record for located in sources.annotations.get(doc_id, ()))
    record_ids = {record.id for record in present if isinstance(record, AttributionRecord)}
    return make_records(results, sources.claims, record_ids), results.problems
