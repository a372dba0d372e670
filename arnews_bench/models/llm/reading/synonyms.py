"""Other names that models give to keys, types and labels, all in one place.

Compared as `folded`: without case, spelling variants, blanks and punctuation around.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from arnews_bench.entities import COARSE_OF
from arnews_bench.schema import ENTITY_TYPES
from arnews_bench.text import normalise

__all__ = [
    "ATTRIBUTION_KEYS",
    "ATTRIBUTION_KINDS",
    "ENTITY_KEYS",
    "ENTITY_TYPE_NAMES",
    "NOTHING",
    "STANCE_KEYS",
    "STANCE_NAMES",
    "STANCE_WORDS",
    "folded",
]

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_BETWEEN = re.compile(r"[\W_]+")
# Longer than any name.
_LONGEST = 80


def folded(name: str) -> str:
    """A name for comparison; empty for what is too long to be one."""
    return "" if len(name) > _LONGEST else _folded(name)


# The keys of a list of objects are the same for each of them.
@lru_cache(maxsize=1 << 12)
def _folded(name: str) -> str:
    words = normalise(_CAMEL.sub(" ", name))
    return _BETWEEN.sub(" ", _AROUND.sub("", words))


def _table(names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    found = {folded(other): name for name, others in names.items() for other in (name, *others)}
    # Arabic names stand with the article or without.
    return {name.removeprefix("ال"): meant for name, meant in found.items()} | found


def _nouns(names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """A table of names that stand with the article too; of several words each would have it."""
    found = _table(names)
    articled = {
        f"ال{name}": meant
        for name, meant in found.items()
        if not name.isascii() and name.isalpha() and not name.startswith("ال")
    }
    return articled | found


# Of several keys that mean the same field, the one that stands here first counts.
ENTITY_KEYS = _table(
    {
        "entities": ("entity list", "named entities", "الكيانات", "الكيانات المسماة"),
        "text": (
            "entity", "entity text", "name", "mention", "mentions", "span", "word", "value",
            "surface", "النص", "الكيان", "الاسم", "نص الكيان", "العبارة",
        ),
        "type": (
            "label", "category", "class", "tag", "entity type", "entity label", "entity group",
            "النوع", "الفئة", "التصنيف", "نوع الكيان",
        ),
        "context": ("snippet", "surrounding text", "السياق"),
    }
)  # fmt: skip

ATTRIBUTION_KEYS = _table(
    {
        "attributions": (
            "attribution list", "quotes", "quotations", "statements", "الإسنادات", "الاقتباسات",
            "التصريحات",
        ),
        "content": (
            "contents", "quote", "quotation", "statement", "text", "المحتوى", "المضمون", "القول",
            "الاقتباس", "التصريح", "النص",
        ),
        "source_name": ("speaker", "speaker name", "name", "who", "المصدر", "اسم المصدر", "القائل"),
        "cue": ("verb", "cue word", "reporting verb", "الفعل", "فعل القول", "الدال"),
        "source": ("source span", "source text", "نص المصدر"),
        "via": ("through", "relayed by", "intermediary", "الوسيط", "نقلا عن"),
        "source_type": ("speaker type", "نوع المصدر"),
        "mode": ("quotation mode", "quote type", "الصيغة", "الأسلوب"),
    }
)  # fmt: skip

ATTRIBUTION_KINDS = _nouns(
    {
        "person": ("شخص",),
        "unnamed_official": ("مسؤول غير مسمى", "مسؤول لم يذكر اسمه"),
        "organization": ("organisation", "مؤسسة", "منظمة", "جهة"),
        "media": ("وسيلة إعلام", "وكالة أنباء"),
        "anonymous": ("مجهول", "مصادر مجهولة"),
        "group": ("مجموعة", "جماعة"),
        "direct": ("مباشر",),
        "indirect": ("غير مباشر",),
        "mixed": ("مختلط",),
    }
)

STANCE_KEYS = _table(
    {
        "label": (
            "final label", "final stance", "final answer", "final", "overall label",
            "overall stance", "predicted label", "predicted stance", "stance", "answer",
            "classification", "class", "category", "prediction", "verdict", "result", "output",
            "choice", "الموقف", "التصنيف", "التسمية", "الوسم", "الإجابة", "الجواب", "الحكم",
            "النتيجة",
        ),
    }
)  # fmt: skip

ENTITY_TYPE_NAMES = _nouns(
    {
        **dict.fromkeys((*ENTITY_TYPES, *COARSE_OF), ()),
        "PERS": ("person", "persons", "people", "شخص", "أشخاص"),
        "ORG": ("organization", "organisation", "organizations", "organisations", "منظمة",
                "منظمات", "مؤسسة", "مؤسسات"),
        "GPE": ("geopolitical", "geopolitical entity", "country", "city", "دولة", "مدينة"),
        "LOC": ("location", "locations", "place", "region", "مكان", "أماكن", "موقع", "مواقع",
                "منطقة", "إقليم"),
        "FAC": ("facility", "facilities", "منشأة", "مرفق"),
        "NORP": ("nationality", "جنسية"),
        "OCC": ("occupation", "occupations", "وظيفة", "منصب", "مهنة"),
        "EVENT": ("events", "حدث", "أحداث"),
        "DATE": ("dates", "تاريخ", "تواريخ"),
        "TIME": ("times", "وقت", "أوقات"),
        "LANGUAGE": ("lang", "languages", "لغة"),
        "LAW": ("laws", "قانون"),
        "CURR": ("currency", "currencies", "عملة"),
        "MONEY": ("مبلغ", "مبالغ", "مبلغ مالي"),
        "PERCENT": ("percentage", "نسبة مئوية"),
        "QUANTITY": ("quantities", "كمية"),
        "CARDINAL": ("cardinal number", "number", "numbers", "عدد", "أعداد"),
        "ORDINAL": ("ordinal number", "عدد ترتيبي"),
        "PRODUCT": ("products", "منتج", "منتجات"),
        "UNIT": ("units", "وحدة قياس"),
        "WEBSITE": ("websites", "url", "موقع إلكتروني"),
        "MISC": ("miscellaneous", "other", "متفرقات"),
    }
)  # fmt: skip

_STANCE_WORDS: Mapping[str, tuple[str, ...]] = {
    "agree": (
        "agrees", "موافق", "يوافق", "مؤيد", "يؤيد", "متفق", "يتفق", "support the claim",
        "supports the claim", "confirm the claim", "confirms the claim", "يؤكد الادعاء",
        "يدعم الادعاء", "يؤكد النص الادعاء",
    ),
    "disagree": (
        "disagrees", "معارض", "يعارض", "مخالف", "يخالف", "غير موافق", "لا يوافق", "غير متفق",
        "لا يتفق", "contradict the claim", "contradicts the claim", "refute the claim",
        "refutes the claim", "deny the claim", "denies the claim", "ينفي الادعاء",
        "ينفي النص الادعاء", "يناقض الادعاء",
    ),
    "discuss": ("discusses", "مناقش", "يناقش"),
    "unrelated": (
        "not related", "غير ذي صلة", "غير ذات صلة", "غير مرتبط", "غير متعلق", "لا صلة له",
        "لا علاقة له", "ليس له صلة", "ليس له علاقة",
    ),
}  # fmt: skip
# What may name a label within a sentence.
STANCE_WORDS = _table(_STANCE_WORDS)
# What may name it standing alone: of news, sentences also hold these words for other reasons.
STANCE_NAMES = STANCE_WORDS | _table(
    {
        "agree": (
            "agreed", "agreeing", "agreement", "support", "supports", "موافقة", "تأييد", "يؤكد",
            "يدعم",
        ),
        "disagree": (
            "disagreed", "disagreeing", "disagreement", "contradict", "contradicts", "refute",
            "refutes", "deny", "denies", "معارضة", "مخالفة", "ينفي", "يناقض",
        ),
        "discuss": ("discussed", "discussing", "discussion", "مناقشة", "نقاش"),
        "unrelated": ("irrelevant", "غير مرتبطة", "غير متعلقة", "لا صلة", "لا علاقة"),
    }
)  # fmt: skip

# What stands for no value.
NOTHING = frozenset(
    map(folded, ("null", "none", "nil", "n/a", "nothing", "لا يوجد", "لا توجد", "لا شيء", "لا أحد"))
)
