"""The one family of errors that the library raises for what a user can put right."""

import difflib
from collections.abc import Collection, Iterator, Sequence

__all__ = ["ArnewsError", "InputError", "WorkError", "causes", "did_you_mean", "printable"]

# Of a file with a thousand mistakes, the first ones and the count of the rest are enough.
MAX_PROBLEMS = 20
_FEW = 12


class ArnewsError(Exception):
    """Base of all errors of this package; `str()` of one is a message for a person."""

    exit_code = 2


class InputError(ArnewsError):
    """The call or its input is wrong: nothing was done. The command line exits with 2."""

    @classmethod
    def from_problems(cls, headline: str, problems: Sequence[str]) -> "InputError":
        """One error for all that is wrong with an input.

        Args:
            headline: What was being read.
            problems: One line a problem; the first 20 are shown, the rest counted.
        """
        shown = list(problems[:MAX_PROBLEMS])
        if len(problems) > MAX_PROBLEMS:
            shown.append(f"… and {len(problems) - MAX_PROBLEMS} more")
        return cls("\n  ".join([headline, *shown]))


class WorkError(ArnewsError):
    """The work failed part-way; the same call resumes it. The command line exits with 1."""

    exit_code = 1


def did_you_mean(word: str, known: Collection[str]) -> str:
    """What to say after an unknown word: the nearest known one, and all of them if few or far."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]!r}?" if near else ""
    if near and len(known) > _FEW:
        return meant
    return f"{meant} known are: {', '.join(sorted(known))}".strip()


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it came from, the last one first."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def printable(text: str) -> str:
    """A text without the control characters that a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
