"""The lines of a scraped page, each with the part that it plays on the page.

No page-specific rule stands here: a line is told by its length, its end and the fixed phrases of
Arabic news sites. What the lines make up together is told in `segmentation`.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from arnews_bench.text import Span, normalise

__all__ = ["Line", "Role", "ends_sentence", "page_lines"]

# A line of this many words is a paragraph even without a full stop: headlines run to about 16.
_PARAGRAPH_WORDS = 18
# A line that ends like a sentence is one from here on; below, it is a label (`لا تعليقات بعد...`).
_SENTENCE_WORDS = 8
# A line of fewer words names an outlet, a section or an author; headlines are longer.
_HEADLINE_WORDS = 4
# A caption or byline that ends in brackets is not longer; above it is a paragraph with a remark.
_CAPTION_WORDS = 30

# White space and the invisible marks that scrapers leave at the edges of a line.
_EDGES = (
    " \t\r\v\f\xa0\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

_BULLET = re.compile(r"(?:[•●▪◦‣·*»›]|[-–—]|\d{1,2}[.)-])\s+(?=\S)")
_ARABIC = re.compile(r"[\u0620-\u064A]")
# Quotation marks stand either way round on the pages.
_SENTENCE_END = re.compile(r"(?:[.؟!…]|\(\.\.\.\))[\s«»“”\"')\]]*$")
_CUT_OFF = re.compile(r"(?:\.\.+|…|\(\.\.\.\))[\s«»“”\"']*$")
# `(رويترز)`, `(أرشيفية - رويترز)`, `(باريس)`, and what a player leaves after it.
_IN_BRACKETS = re.compile(r"\((?=[^()]*[^\W\d_])[^()\n]{1,40}\)[^\u0620-\u064A]*$")
# Brackets at the end of a headline that say what the page holds; they are no picture's agency.
_HEADLINE_BRACKETS = re.compile(r"\((?:فيديو|صور|بالصور|بالفيديو|شاهد|تحديث|خاص|تحليل|رأي)\)\s*$")
# `القاهرة (رويترز) - قال …`: the dateline before the first words of a paragraph.
_LEADING_DATELINE = re.compile(r"(?:[^\s()]+\s+){1,4}\([^()\n]{1,30}\)\s*[-–—:]\s*")

# `الرئيسية » أخبار » سياسة`: where the page stands in its site.
_BREADCRUMBS = re.compile(r"\S\s+[»›>/|]\s+\S")
# `القاهرة - رويترز`: a dateline on a line of its own.
_DATELINE = re.compile(r"[^-–—:]{2,30}\s[-–—]\s[^-–—:]{2,30}$")
_DATELINE_WORDS = 5

# Phrases are matched in normalised spelling (hamza, ta marbuta, marks), at the start of a line.
_MONTHS = (
    "يناير|فبراير|مارس|ابريل|مايو|يونيو|يوليو|اغسطس|سبتمبر|اكتوبر|نوفمبر|ديسمبر"
    "|كانون|شباط|اذار|نيسان|ايار|حزيران|تموز|اب|ايلول|تشرين"
)
# Over the headlines or teasers of other articles.
_RELATED = re.compile(
    r"(?:مقالات|اخبار|مواضيع|موضوعات|قصص|تقارير|مواد) (?:ذات صله|مشابهه|متعلقه|مرتبطه|اخري)\b"
    r"|(?:و?اقرا|اقراوا|شاهد|طالع) (?:ايضا|المزيد|كذلك)\b|قراءه المزيد\b"
    r"|المزيد(?: من(?: \S+){1,2})?$"
    r"|(?:الاكثر|الاعلي) (?:قراءه|مشاهده|تداولا|مشاركه)(?: \S+){0,2}$|قد (?:يهمك|يعجبك)\b"
    r"|(?:احدث|اخر) الاخبار$|عناوين اخري$|في هذا الملف$|مختارات$"
)
# Ends an article: what follows belongs to the page.
_END = re.compile(
    r"المصدر ?:|مصدر الخبر ?:|(?:ال)?كلمات (?:ال)?(?:دلاليه|مفتاحيه|دليليه)\b"
    r"|(?:ال)?(?:وسوم|هاشتاغز?|هاشتاج) ?(?::|$)|(?:ال)?تعليقات ?(?:[:(\d]|$)"
    r"|(?:لا|لم) (?:يوجد|توجد|يتم) (?:اي )?(?:تعليق|تعليقات)\b|(?:اضف|اترك|اكتب) تعليق"
    r"|(?:جميع|كل|كافه) الحقوق محفوظه|حقوق (?:النشر|الطبع)\D{0,20}(?:محفوظه|\d{4})|©|copyright"
)
# Stands around an article without being part of it: who, when, and what the site wants.
_AROUND = re.compile(
    rf"(?:كتبت?|بقلم|اعداد|تحرير|ترجمه|تصوير|مراسل|تغطيه)(?: ?:|/|(?: \S+){{1,3}}$)"
    rf"|منذ (?:\S+ ){{0,2}}\S+$|نشرت? (?:في|بتاريخ|يوم|:)\D{{0,15}}\d"
    rf"|(?:تاريخ النشر|اخر تحديث|تحديث|حدث في)\b.{{0,20}}\d"
    rf"|(?:\S+ )?\d{{1,2}} (?:{_MONTHS})\b.{{0,40}}$|[\d/:.\- ]+(?:ص|م|غرينتش|جرينتش|gmt)?$"
    r"|(?:تابعوا|تابعونا)\b|تابع (?:احدث|اخر|اخبار|كل)\b"
    r"|(?:اشترك|سجل|شارك|حمل|انضم|اضغط|استمع|انسخ|اطبع)(?: \S+){0,3}$"
    r"|الرييسيه\b|القايمه\b|رييس (?:التحرير|مجلس الاداره)|تسجيل الدخول\b|الصفحه\b|اعلان$"
    r"|(?:مده|وقت) القراءه\b|حجم الخط\b"
)


class Role(Enum):
    """What a line of a page is."""

    PARAGRAPH = auto()
    HEADLINE = auto()
    LISTED = auto()  # a headline with a bullet
    RELATED = auto()  # a heading over other articles
    END = auto()
    AROUND = auto()
    CAPTION = auto()


class Line(NamedTuple):
    """A line that is not blank, without bullet and dateline."""

    role: Role
    span: Span
    text: str
    gap: int  # blank lines before it

    @property
    def key(self) -> str:
        """What two copies of a line have in common."""
        return normalise(self.text)


def page_lines(raw: str) -> Iterator[Line]:
    """The lines of a page that are not blank, with their roles."""
    gap = 0
    for match in re.finditer(r"[^\n]*", raw):
        if not match.group().strip(_EDGES):
            gap += (match.end() < len(raw) and match.group() != "") or match.start() == match.end()
            continue
        yield _classified(raw, Span(*match.span()), gap)
        gap = 0


def _classified(raw: str, line: Span, gap: int) -> Line:
    span = _stripped(raw, line)
    bullet = _BULLET.match(raw, span.start, span.end)
    if bullet:
        span = _stripped(raw, Span(bullet.end(), span.end))
    role = _role(raw[span.start : span.end], listed=bullet is not None)
    if role is Role.PARAGRAPH and (dateline := _LEADING_DATELINE.match(raw, *span)):
        span = Span(dateline.end(), span.end)
    return Line(role, span, raw[span.start : span.end], gap)


def _stripped(raw: str, span: Span) -> Span:
    text = raw[span.start : span.end]
    left = len(text) - len(text.lstrip(_EDGES))
    return Span(span.start + left, span.start + max(left, len(text.rstrip(_EDGES))))


def _role(text: str, *, listed: bool) -> Role:
    words = sum(any(c.isalnum() for c in word) for word in text.split())
    fixed = _fixed_phrase(text, words)
    if fixed is not None:
        return fixed
    # A question or a cry may be a headline; a full stop ends none.
    stopped = _SENTENCE_END.search(text) and not text.rstrip('»”"').endswith(("؟", "!"))
    if _is_caption(text, words):
        return Role.CAPTION
    if words >= _PARAGRAPH_WORDS or (stopped and words >= _SENTENCE_WORDS):
        return Role.PARAGRAPH
    # `اكتشف ما يمكن أن يفعله …:` announces something; a headline does not end so.
    if words < _HEADLINE_WORDS or text.endswith(":"):
        return Role.CAPTION
    return Role.LISTED if listed else Role.HEADLINE


def _fixed_phrase(text: str, words: int) -> Role | None:
    """The role of a line that says itself what it is."""
    phrase = normalise(text)
    if _END.match(phrase):  # first: a list of keywords may be long
        return Role.END
    if words >= _PARAGRAPH_WORDS:  # a sentence may begin with the words of a heading
        return None
    if _RELATED.match(phrase):
        return Role.RELATED
    around = (
        not _ARABIC.search(text)
        or _AROUND.match(phrase)
        or ("«" not in text and _BREADCRUMBS.search(text))
        or (words <= _DATELINE_WORDS and _DATELINE.match(text))
    )
    return Role.AROUND if around else None


def _is_caption(text: str, words: int) -> bool:
    """Whether a line ends in the name of an agency or a place, and is no sentence before that."""
    if words > _CAPTION_WORDS or _HEADLINE_BRACKETS.search(text):
        return False
    without = _IN_BRACKETS.sub("", text)
    return without != text and not _SENTENCE_END.search(without) and not text.endswith((".", "؟"))


def ends_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does, and was not cut off with dots."""
    return bool(_SENTENCE_END.search(text)) and not _CUT_OFF.search(text)
