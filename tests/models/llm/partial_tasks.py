"""Small tasks of a user's own, which have only some of the labels."""

from pathlib import Path

import arnews_bench as ab
from arnews_bench.tasks import Task


def load_tagged(folder: Path, lines: list[str], *, tagset: str = "coarse") -> Task:
    """A task of entity recognition from `token tag` lines."""
    (folder / "test.conll").write_text("\n".join(lines) + "\n", encoding="utf-8")
    data = f"{{format: conll, test: test.conll, tagset: {tagset}}}"
    return _load(folder, "ner", data, "{tokens: 0, tags: 1}")


def load_pairs(folder: Path, labels: list[str]) -> Task:
    """A task of stance with a pair for each label."""
    lines = ["claim,text,label", *(f"C,T{n},{label}" for n, label in enumerate(labels))]
    (folder / "test.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = "{claim: claim, text: text, label: label}"
    return _load(folder, "stance", "{format: csv, test: test.csv}", columns)


def _load(folder: Path, kind: str, data: str, columns: str) -> Task:
    path = folder / "own.yaml"
    path.write_text(
        f"name: own\ntype: {kind}\ndescription: d\ndata: {data}\ncolumns: {columns}\n",
        encoding="utf-8",
    )
    return ab.load_task(path)
