"""Whether words stand for no value: `none`, `—`, `لم يُذكر`."""

import re

from arnews_bench.models.llm.reading.said_items import says_none
from arnews_bench.models.llm.reading.synonyms import NOTHING, folded

__all__ = ["is_no_entity", "is_nothing"]

_DASHES = re.compile(r"[\s\-–—−~]+")
# Folded, as is what follows.
_NOT_GIVEN = re.compile(
    r"(?:none|nothing|not)(?: (?:is|are|was|were|explicitly|directly))*"
    r" (?:mentioned|found|stated|given|specified|named|present|listed|identified|detected"
    r"|available|applicable)(?: in .+)?"
    r"|(?:none|nothing) in .+"
    r"|(?:لم|لا) [يت](?:ذكر|رد)(?: في .+)?"
    r"|(?:لا يوجد|لا توجد|لا شيء) في .+"
    r"|غير (?:مذكور|موجود|متوفر|متاح|وارد)ه?(?: في .+)?"
)
# `no persons`, `لا توجد منظمات في النص`: a content may begin so, a name never does.
_NONE_OF_A_KIND = re.compile(r"(?:no|لا [يت]وجد|لم [يت]ذكر|لم [يت]رد)(?: \w+){1,5}")


def is_nothing(words: str) -> bool:
    """Whether words say, in place of a value, that there is none."""
    name = folded(words)
    return (
        name in NOTHING
        or _DASHES.fullmatch(words) is not None
        or _NOT_GIVEN.fullmatch(name) is not None
    )


def is_no_entity(words: str) -> bool:
    """Whether words say, in place of an entity, that there is none."""
    return (
        is_nothing(words)
        or says_none(words)
        or _NONE_OF_A_KIND.fullmatch(folded(words)) is not None
    )
