"""Runs with counts that a reader can check by hand."""

from pathlib import Path

from arnews_bench.results import Dataset, DocumentCount, ModelInfo, Run, Sizes, save_run


def run(spec, documents, **fields) -> Run:
    """An entity run from (matched, gold, predicted) spans of each document."""
    per_document = tuple(
        DocumentCount(
            doc_id=f"000-{number}",
            counts={"PER.matched": matched, "PER.gold": gold, "PER.predicted": predicted},
        )
        for number, (matched, gold, predicted) in enumerate(documents)
    )
    settings = {
        "schema": 2,
        "arnews_bench": "0.4.0",
        "dataset": Dataset(version="1.0.0", fingerprint="d" * 64, rows="f" * 64),
        "task": "ner",
        "task_type": "ner",
        "protocol": "split",
        "split": "test",
        "model": ModelInfo(spec=spec, revision=None),
        "seed": 0,
        "settings": {},
        "n": Sizes(rows=40, documents=len(documents)),
        "headline": "strict_f1",
        "metrics": {},
        "per_document": per_document,
        "timing": {},
        "environment": {},
        "started": "2025-01-01T00:00:00Z",
        "finished": "2025-01-01T00:01:00Z",
    }
    return Run(**(settings | fields))


def right_of_ten(*matched):
    """Documents of ten gold and ten predicted spans: the F1 is the share that matched."""
    return [(count, 10, 10) for count in matched]


def saved(folder: Path, found: Run) -> Path:
    """Record a run in a folder."""
    save_run(folder, found)
    return folder
