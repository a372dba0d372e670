"""Where the bundled data, tasks and baselines lie, in a checkout and in an installed wheel."""

from pathlib import Path

from arnews_bench.errors import ArnewsError

__all__ = ["baselines_dir", "bundled_path", "data_dir", "tasks_dir"]

_PACKAGE = Path(__file__).resolve().parent


def bundled_path(name: str) -> Path:
    """The path of something that travels with the package.

    Args:
        name: `data`, `tasks`, `baselines` or `CITATION.cff`.

    Raises:
        ArnewsError: The installation is incomplete.
    """
    candidates = (_PACKAGE / "_bundled" / name, _PACKAGE.parent / name)
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise ArnewsError(
        f"{name!r} is missing from this installation of arnews-bench; looked at "
        + " and ".join(str(candidate) for candidate in candidates)
    )


def data_dir() -> Path:
    """The dataset's folder: what `datasets.load_dataset` takes."""
    return bundled_path("data")


def tasks_dir() -> Path:
    """The folder that holds a folder for each task."""
    return bundled_path("tasks")


def baselines_dir() -> Path:
    """The folder that holds the baselines."""
    return bundled_path("baselines")
