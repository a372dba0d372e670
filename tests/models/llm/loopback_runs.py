"""Runs against the loopback server, shared by the tests of it: the gold, keys, child processes."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from called import Called
from loopback_llm import in_child

from arnews_bench import Row
from arnews_bench.models.llm.prompting.examples import gold_answer

KEY = "sk-loopback-" + "0123456789abcdef" * 2
MODEL = "llm:openai-api/loopback/m"

# Calls the command line once for each line of input; a mark and the exit code end what it wrote.
CALLS = """
import json, sys
from arnews_bench.cli import main

for arguments in json.loads(sys.argv[1]):
    sys.argv = ["arbench", *arguments]
    try:
        main()
        code = 0
    except SystemExit as stop:
        code = stop.code or 0
    for stream in (sys.stdout, sys.stderr):
        print(f"\\x1e{code}\\x1e", end="", file=stream, flush=True)
"""


def gold(row: Row) -> str:
    """The right answer."""
    return gold_answer(row, fine=True)


def command_lines(
    calls: Sequence[Sequence[object]], home: Path, environment: Mapping[str, str]
) -> list[Called]:
    """Calls of the command line, one after another in one child process."""
    lines = json.dumps([list(map(str, call)) for call in calls])
    child = in_child(CALLS, lines, home=home, environment={"COLUMNS": "400", **environment})
    assert child.code == 0, child.err
    outs, errs = (stream.split("\x1e")[:-1] for stream in (child.out, child.err))
    assert len(outs) == len(errs) == 2 * len(calls), child.err
    return [
        Called(int(code), out, err)
        for out, code, err in zip(outs[::2], outs[1::2], errs[::2], strict=True)
    ]


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file below a folder, and of those inside archives."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield from _opened(str(path), path.read_bytes())


def _opened(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _opened(f"{name}/{member}", archive.read(member))
    elif content.startswith(b"\x1f\x8b"):
        yield from _opened(f"{name} opened", gzip.decompress(content))


def answers(folder: Path) -> dict[str, dict]:
    """The answers that a results folder holds, by row."""
    (path,) = folder.glob("*/*/answers.jsonl")
    return {line["id"]: line for line in map(json.loads, path.read_bytes().splitlines())}
