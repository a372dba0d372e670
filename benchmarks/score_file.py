"""How long `arbench score` takes on a large file of predictions, and how much memory.

Rows like those of the corpus, repeated under new ids: as many as asked, in 1,000 documents. Each
file is scored in a process of its own, from reading it to all measures with their intervals.
CPU seconds are user and system time of the whole process, less that of a process which only
imports what it needs; memory is the peak of the process, less that of the same.
"""

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from arnews_bench import load_rows
from arnews_bench.schema import NER_TAGS, SPLITS, STANCE_LABELS, NerRow, Row, StanceRow

N_DOCUMENTS = 1_000
# A part of the answers is wrong.
WRONG = 0.2


class Cost(NamedTuple):
    """What a process used."""

    seconds: float
    mebibytes: float


def write_task(folder: Path, task_type: str, n_rows: int, *, shuffled: bool) -> None:
    """Write a task of one's own, and predictions for it."""
    (folder / "task.yaml").write_text(
        f"{{name: large, type: {task_type}, description: -, "
        "data: {format: jsonl, test: rows.jsonl}}",
        encoding="utf-8",
    )
    encode = msgspec.json.encode
    chance = random.Random(0)
    with (folder / "rows.jsonl").open("wb") as rows, (folder / "lines").open("wb") as lines:
        for row in _rows(task_type, n_rows):
            rows.write(encode(row) + b"\n")
            lines.write(encode(_answer(row, chance)) + b"\n")
    if shuffled:
        kept = (folder / "lines").read_bytes().splitlines(keepends=True)
        chance.shuffle(kept)
        (folder / "lines").write_bytes(b"".join(kept))


def _rows(task_type: str, n_rows: int) -> Iterator[Row]:
    own = [row for split in SPLITS for row in load_rows(task_type, split)]
    for number in range(n_rows):
        yield msgspec.structs.replace(
            own[number % len(own)],
            id=f"row-{number}",
            doc_id=f"document-{number * N_DOCUMENTS // n_rows}",
        )


def _answer(row: Row, chance: random.Random) -> dict[str, object]:
    if isinstance(row, StanceRow):
        label = chance.choice(STANCE_LABELS) if chance.random() < WRONG else row.label
        return {"id": row.id, "label": label}
    gold = row.ner_tags if isinstance(row, NerRow) else ()
    tags = [chance.choice(NER_TAGS) if chance.random() < WRONG else tag for tag in gold]
    return {"id": row.id, "tags": tags}


def score(folder: Path | None) -> Cost:
    """Score in this process; None only imports."""
    from arnews_bench import runner  # noqa: PLC0415 (part of what is measured)

    if folder is not None:
        runner.score(folder / "lines", folder / "task.yaml")
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def in_a_child(folder: Path | None, repeats: int) -> Cost:
    """The medians of several processes."""
    command = [sys.executable, __file__, "--child", *([str(folder)] if folder else [])]
    costs = [
        Cost(*json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
        for _ in range(repeats)
    ]
    return Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--task", nargs="+", default=["stance", "ner"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--child", nargs="?", const="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        print(json.dumps(score(Path(arguments.child) if arguments.child else None)))
        return
    empty = in_a_child(None, arguments.repeats)
    print("| task | rows | order | size of both files | CPU s | rows a CPU s | peak memory |")
    print("|---|---:|---|---:|---:|---:|---:|")
    for task_type in arguments.task:
        for n_rows in arguments.rows:
            for shuffled in (False, True):
                with tempfile.TemporaryDirectory() as name:
                    folder = Path(name)
                    write_task(folder, task_type, n_rows, shuffled=shuffled)
                    size = sum(path.stat().st_size for path in folder.iterdir())
                    cost = in_a_child(folder, arguments.repeats)
                seconds = cost.seconds - empty.seconds
                print(
                    f"| {task_type} | {n_rows:,} | {'shuffled' if shuffled else 'of the rows'} "
                    f"| {size / 2**20:,.0f} MiB | {seconds:.1f} | {n_rows / seconds:,.0f} "
                    f"| {cost.mebibytes - empty.mebibytes:.0f} MiB |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
