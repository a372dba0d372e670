"""What an exchange format is: a way to write the gold annotation, and for some a way back."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from arnews_bench.annotations import Located, Sources

__all__ = ["Format", "describe_difference"]

# Of two texts that differ, so many characters of each are shown.
_SHOWN = 20


class Format(NamedTuple):
    """An exchange format.

    Attributes:
        name: What the command line calls it.
        description: One line for a reader who chooses.
        write: From the sources and the documents wanted to file name below the output folder →
            content; the same bytes for the same sources.
        read: From a folder and the sources that it was exported from to document → all of its
            records, each with its place in the folder's files. Raises an `InputError` that names
            all that is wrong. None for a format that loses something.
    """

    name: str
    description: str
    write: Callable[[Sources, Sequence[str]], Mapping[str, bytes]]
    read: Callable[[Path, Sources], Mapping[str, Sequence[Located]]] | None = None


def describe_difference(found: str, expected: str) -> str | None:
    """Where an imported text leaves the corpus's text; None if it does not.

    Args:
        found: The text of the import.
        expected: The text of the corpus.
    """
    if found == expected:
        return None
    at = next(
        (i for i, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b),
        min(len(found), len(expected)),
    )
    return (
        f"the text is not the corpus's: at character {at} it has {_piece(found, at)}, "
        f"the corpus has {_piece(expected, at)}"
    )


def _piece(text: str, at: int) -> str:
    return repr(text[at : at + _SHOWN]) if at < len(text) else "the end of the text"
