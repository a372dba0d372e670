"""The files of rows that make up the dataset, and the one hash that stands for them all."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from arnews_bench.files import read_bytes
from arnews_bench.schema import SPLITS

__all__ = ["CONFIGS", "ROW_FILES", "dataset_fingerprint", "fingerprint"]

# Config → its splits. The documents have one: `datasets` keeps the name "all" for itself.
CONFIGS: Mapping[str, tuple[str, ...]] = {
    "documents": ("full",),
    "ner": SPLITS,
    "stance": SPLITS,
    "attribution": SPLITS,
}
# The files of rows, as paths below the dataset's folder.
ROW_FILES = tuple(
    f"{config}/{split}.jsonl" for config, splits in CONFIGS.items() for split in splits
)


def fingerprint(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the rows of all configs: one change in one row gives another one.

    Args:
        files: At least the `ROW_FILES`; others do not count.
    """
    digest = hashlib.sha256()
    for name in ROW_FILES:
        # Hashing the hash of each file keeps a row from moving between files unnoticed.
        digest.update(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n".encode())
    return digest.hexdigest()


def dataset_fingerprint(data: Path) -> str | None:
    """The fingerprint of the dataset in a folder; None if the folder is not laid out as one."""
    if not all((data / name).is_file() for name in ROW_FILES):
        return None
    return fingerprint({name: read_bytes(data / name) for name in ROW_FILES})
