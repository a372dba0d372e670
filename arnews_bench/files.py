"""Strict reading and atomic writing of JSON Lines and other small files.

Whatever is wrong with a file is said at once, with file, line and field.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from arnews_bench.errors import InputError
from arnews_bench.invalid import describe_invalid

__all__ = [
    "Line",
    "append_lines",
    "drop_cut_off_line",
    "encode_lines",
    "file_hash",
    "read_bytes",
    "read_json",
    "read_json_lines",
    "replace_file",
]

_T = TypeVar("_T")
_BOM = b"\xef\xbb\xbf"
_HASHED_AT_ONCE = 1 << 20


class Line(NamedTuple):
    """A raw line of a file and its number, counted from 1."""

    number: int
    content: bytes


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder, a file is needed") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def file_hash(*paths: Path) -> str:
    """SHA-256 over the content of files, one after the other; none is held in memory.

    Raises:
        InputError: There is no such file, or it cannot be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as stream:
                while block := stream.read(_HASHED_AT_ONCE):
                    digest.update(block)
        except OSError:
            read_bytes(path)  # says what is wrong
            raise
    return digest.hexdigest()


def split_lines(content: bytes) -> list[Line]:
    """The lines of a file that are not blank."""
    lines = content.removeprefix(_BOM).split(b"\n")
    return [Line(n, line) for n, line in enumerate(lines, 1) if line.strip()]


def read_json_lines(
    path: Path, decoder: msgspec.json.Decoder[_T], *, may_be_empty: bool = False
) -> list[tuple[int, _T]]:
    """Read a JSON Lines file, one record a line.

    Args:
        path: The file; UTF-8, blank lines are skipped.
        decoder: Decodes a line, and says what it must be.
        may_be_empty: A file without lines is no mistake.

    Returns:
        Pairs of line number (from 1) and record.

    Raises:
        InputError: With every line that is not UTF-8, not JSON, or not of the type.
    """
    records: list[tuple[int, _T]] = []
    problems: list[str] = []
    for number, content in split_lines(read_bytes(path)):
        try:
            records.append((number, decoder.decode(content)))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            problems.append(f"{path}:{number}: {_explain(error, content, decoder.type)}")
    if problems:
        raise InputError.from_problems(f"{path} cannot be used:", problems)
    if not records and not may_be_empty:
        raise InputError(f"{path}: the file holds no rows; one JSON object a line is needed")
    return records


def _explain(error: Exception, content: bytes, kind: object) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as found:
        return f"not UTF-8: byte 0x{content[found.start]:02x} at byte {found.start + 1} of the line"
    if not isinstance(error, msgspec.ValidationError):
        return f"broken JSON: {error}"
    return describe_invalid(error, kind)


def read_json(path: Path, kind: type[_T], called: str) -> _T:
    """Read a JSON file that holds one record.

    Args:
        path: The file.
        kind: The type of the record.
        called: What a file of another content is not, for the message: `run`.

    Raises:
        InputError: There is no such file, or it is not JSON, or not of the type.
    """
    content = read_bytes(path)
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: is no {called}: {describe_invalid(error, kind)}") from None
    except msgspec.DecodeError as error:
        raise InputError(f"{path}: broken JSON: {error}") from None


def encode_lines(records: Iterable[object]) -> bytes:
    """Records as JSON Lines in UTF-8, a newline after each."""
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(record) + b"\n" for record in records)


def append_lines(path: Path, records: Iterable[object]) -> None:
    """Append records as JSON Lines; when this returns, a killed process does not lose them.

    Raises:
        InputError: The file cannot be written, as on a full disk; a line may be left unfinished,
            see `drop_cut_off_line`.
    """
    try:
        with path.open("ab") as stream:
            stream.write(encode_lines(records))
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


def drop_cut_off_line(path: Path) -> bool:
    """Take away the line that a killed process left unfinished; whether whole lines are left.

    Raises:
        InputError: The folder cannot be written.
    """
    if not path.exists():
        return False
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        replace_file(path, whole)
    return bool(whole)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Raises:
        InputError: The folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(f"{path.parent}: cannot be written: {error.strerror}") from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes the file private; a result is as readable as any other new file.
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise InputError(f"{path}: cannot be written: {error.strerror}") from None
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
