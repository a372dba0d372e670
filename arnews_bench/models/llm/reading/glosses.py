"""A name with what explains it: `دولة (GPE)`, `indirect: غير مباشر`."""

import re
from collections.abc import Mapping

from arnews_bench.models.llm.reading.synonyms import folded

__all__ = ["glossed"]

# Characters of a name with what explains it.
_LONGEST = 120
_GLOSS = re.compile(r"[():：/|,،–—]|\s-\s")


def glossed(name: str, names: Mapping[str, str]) -> str | None:
    """What a name stands for; of `FAC/ORG`, nobody knows which.

    Args:
        name: The name, perhaps with another one or with words that explain it.
        names: Name, as `folded` → what it stands for.
    """
    if len(name) > _LONGEST:
        return None
    meant = {names[part] for part in map(folded, (name, *_GLOSS.split(name))) if part in names}
    return meant.pop() if len(meant) == 1 else None
