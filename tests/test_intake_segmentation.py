"""Documents on a page: each rule on a few lines, and all of them on the pages of the corpus."""

import runpy
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from arnews_bench import data_dir
from arnews_bench.annotations import read_sources
from arnews_bench.intake import PageText, propose
from arnews_bench.intake.planning import proposed_plan
from arnews_bench.text import Span

ROOT = Path(__file__).resolve().parent.parent

TITLE = "وزير الخارجية يبحث في القاهرة إنهاء الحرب"
OTHER = "موسكو تعلن السيطرة على بلدة شرق أوكرانيا"
THIRD = "البنك المركزي يرفع أسعار الفائدة مجدداً"
STANDFIRST = "لقاء هو الأول منذ عامين كاملين"
CAPTION = "وزير الخارجية خلال المؤتمر الصحافي في القاهرة أمس (رويترز)"
# More than 60 words together.
PARAGRAPHS = [
    (
        "قال وزير الخارجية في مؤتمر صحافي عقده في القاهرة إن بلاده مستعدة لاستضافة جولة جديدة من "
        "المحادثات في أي وقت تتفق عليه الأطراف كلها، مؤكداً أن الاتصالات لم تنقطع."
    ),
    (
        "وأضاف الوزير أن الاتصالات مستمرة مع جميع الأطراف من أجل الوصول إلى وقف دائم لإطلاق النار، "
        "وأن اللجنة المشتركة ستجتمع من جديد خلال الأسبوع المقبل في العاصمة."
    ),
]
TEASER = (
    "تسعى الأطراف إلى تعزيز مواقفها قبل المفاوضات التي ينتظر أن تبدأ خلال أيام قليلة في العاصمة "
    "المصرية بعد توقف طويل..."
)


def cut(*lines):
    """The proposed documents of a page as kind, title and body."""
    raw = "\n".join(lines)
    return [
        (kind, *(raw[span.start : span.end] if span else None for span in spans))
        for kind, *spans in propose(raw)
    ]


BODY = "\n\n".join(PARAGRAPHS)
ARTICLE = ("article", TITLE, BODY)
ARTICLE_LINES = [TITLE, "", PARAGRAPHS[0], "", PARAGRAPHS[1]]


# ---------------------------------------------------------------------------- kinds


def test_a_title_and_its_paragraphs_are_an_article_cut_verbatim():
    assert cut(*ARTICLE_LINES) == [ARTICLE]


def test_paragraphs_without_a_title_are_an_article():
    assert cut(PARAGRAPHS[0], "", PARAGRAPHS[1]) == [("article", None, BODY)]


@pytest.mark.parametrize("end", ["...", "…", "(...)", "،", ""])
def test_a_title_and_a_teaser_that_breaks_off_are_a_brief(end):
    teaser = TEASER.removesuffix("...") + end
    assert cut(TITLE, "", teaser) == [("brief", TITLE, teaser)]


def test_one_short_paragraph_is_a_brief_and_a_long_one_an_article():
    assert cut(TITLE, PARAGRAPHS[0]) == [("brief", TITLE, PARAGRAPHS[0])]
    long = " ".join(PARAGRAPHS * 2)
    assert cut(TITLE, long) == [("article", TITLE, long)]


def test_items_of_a_list_are_headlines_without_their_bullets():
    assert cut(*ARTICLE_LINES, "", "مقالات مشابهة", f"  • {OTHER}", f"- {THIRD}\xa0") == [
        ARTICLE,
        ("headline", OTHER, None),
        ("headline", THIRD, None),
    ]


def test_a_title_of_the_page_is_a_headline_where_a_list_repeats_it():
    found = cut(*ARTICLE_LINES, "", "مقالات مشابهة", f"• {TITLE}", f"• {OTHER}")
    assert found == [ARTICLE, ("headline", TITLE, None), ("headline", OTHER, None)]


def test_lone_titles_are_headlines_below_a_heading_of_other_articles_alone():
    assert cut(*ARTICLE_LINES, "", "الأكثر قراءة", OTHER, THIRD)[1:] == [
        ("headline", OTHER, None),
        ("headline", THIRD, None),
    ]
    assert cut("جرب ميزات الذكاء الاصطناعي لدينا", "", "أخبار ذات صلة", *ARTICLE_LINES) == [ARTICLE]


def test_a_teaser_below_other_articles_takes_the_title_next_to_it():
    assert cut("اقرأ أيضاً", OTHER, "", TITLE, "", TEASER) == [
        ("headline", OTHER, None),
        ("brief", TITLE, TEASER),
    ]


# ---------------------------------------------------------------------------- what is left out


@pytest.mark.parametrize(
    "line",
    [
        "الرئيسية » أخبار » سياسة",
        "تابعونا على تطبيق النهر",
        "الثلاثاء 3 يونيو 2025",
        "آخر تحديث: 3 يونيو 2025 - 14:20",
        "منذ 30 دقيقة",
        "14:20 م",
        "TT",
        "كتب: محمد السيد",
        "القاهرة - رويترز",
        "«الشرق الأوسط» (القاهرة)",
        CAPTION,
        CAPTION + " play-circle 00:43",
        "العربية",
        "\u200f\xa0",
    ],
)
def test_what_stands_between_title_and_text_is_in_neither(line):
    assert cut(TITLE, "", line, "", *ARTICLE_LINES[2:]) == [ARTICLE]
    assert cut(line, "", *ARTICLE_LINES) == [ARTICLE]


@pytest.mark.parametrize(
    "line",
    [
        "المصدر: RT Arabic",
        "كلمات دلالية: " + " ".join(["أوكرانيا روسيا موسكو كييف"] * 6),
        "هاشتاغز",
        "التعليقات (3)",
        "لا يوجد تعليقات بعد...",
        "جميع الحقوق محفوظة © 2025",
        "© | ترجم هذا الخبر مركز النهر عن وكالة أنباء أخرى ثم نشره في موقعه دون تغيير في كلماته |",
    ],
)
def test_what_stands_below_an_article_ends_it(line):
    assert cut(*ARTICLE_LINES, line, "اكتشف ما يمكن أن يفعله التطبيق:", OTHER) == [ARTICLE]


def test_a_sentence_that_begins_like_a_fixed_phrase_is_a_paragraph():
    text = "شارك وزير الخارجية في اجتماع عقد اليوم في القاهرة لبحث الأزمة."
    more = "التعليقات التي صدرت عن موسكو لم تتضمن أي إشارة إلى المبادرة الجديدة."
    assert cut(TITLE, text, more, PARAGRAPHS[0])[0][2] == "\n".join([text, more, PARAGRAPHS[0]])


def test_what_stands_between_two_copies_of_a_title_is_left_out_and_the_first_copy_kept():
    lines = [TITLE, "", STANDFIRST, "", CAPTION, "TT", "", *ARTICLE_LINES]
    assert cut(*lines) == [ARTICLE]
    first, *_ = propose("\n".join(lines))
    assert first.title.start == 0


def test_a_paragraph_between_two_copies_of_a_title_is_its_standfirst():
    assert cut(TITLE, "", PARAGRAPHS[1], "", TITLE, "", *PARAGRAPHS) == [
        ("article", TITLE, "\n".join(PARAGRAPHS))
    ]


def test_a_standfirst_below_the_title_is_left_out():
    assert cut(TITLE, "", STANDFIRST, "", *ARTICLE_LINES[2:]) == [ARTICLE]


def test_a_dateline_before_the_first_words_is_left_out():
    assert cut(TITLE, f"القاهرة (رويترز) - {PARAGRAPHS[0]}") == [("brief", TITLE, PARAGRAPHS[0])]


def test_a_run_of_headlines_without_title_and_stop_is_no_article():
    ticker = f"{OTHER} {THIRD} {OTHER}"
    assert cut(ticker, "", *ARTICLE_LINES) == [ARTICLE]


def test_an_article_that_a_page_prints_twice_is_one_document():
    assert cut(*ARTICLE_LINES, "", "المصدر: النهر", "", *ARTICLE_LINES) == [ARTICLE]


# ---------------------------------------------------------------------------- where one ends


def test_a_subheading_is_inside_the_body():
    lines = [TITLE, PARAGRAPHS[0], "خلافات حول الحدود بين البلدين", PARAGRAPHS[1]]
    assert cut(*lines) == [("article", TITLE, "\n".join(lines[1:]))]


def test_a_picture_is_inside_the_body():
    lines = [TITLE, "", PARAGRAPHS[0], "", CAPTION, "", PARAGRAPHS[1]]
    assert cut(*lines) == [("article", TITLE, "\n".join(lines[2:]))]


@pytest.mark.parametrize(
    "between",
    [
        pytest.param([OTHER, "", OTHER, ""], id="a repeated title"),
        pytest.param(["", "", OTHER, ""], id="a wider gap"),
        pytest.param(["الثلاثاء 3 يونيو 2025", OTHER], id="a dateline"),
        pytest.param(["المصدر: النهر", OTHER], id="the end of the first"),
    ],
)
def test_a_title_in_the_middle_of_a_page_begins_the_next_document(between):
    found = cut(*ARTICLE_LINES, "", *between, *PARAGRAPHS)
    assert found == [ARTICLE, ("article", OTHER, "\n".join(PARAGRAPHS))]


def test_a_title_after_a_text_that_breaks_off_begins_the_next_document():
    assert cut(TITLE, "", TEASER, "", OTHER, "", PARAGRAPHS[0]) == [
        ("brief", TITLE, TEASER),
        ("brief", OTHER, PARAGRAPHS[0]),
    ]


def test_offsets_count_in_pages_with_carriage_returns_and_a_byte_order_mark():
    raw = "\ufeff" + "\r\n".join(ARTICLE_LINES) + "\r\n"
    ((kind, title, body),) = propose(raw)
    assert (kind, raw[title.start : title.end]) == ("article", TITLE)
    assert raw[body.start : body.end] == "\r\n\r\n".join(PARAGRAPHS)


@pytest.mark.parametrize("raw", ["", "\n\n", "TT\n", "لا شيء"])
def test_a_page_without_text_has_no_document(raw):
    assert propose(raw) == []


LINES = [
    TITLE, OTHER, THIRD, STANDFIRST, CAPTION, *PARAGRAPHS, TEASER, f"• {TITLE}", f"- {THIRD}", "TT",
    "العربية", "مقالات مشابهة", "اقرأ أيضاً", "المصدر: النهر", "الثلاثاء 3 يونيو 2025", "", "", "",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=25))
def test_whatever_the_page_ranges_are_in_order_and_can_be_said_by_their_words(lines):
    # A text that overlaps with a copy of itself cannot be said by words.
    assume(all(lines.count(line) < 3 for line in (*PARAGRAPHS, TEASER)))
    raw = "\n".join(lines)
    proposals = propose(raw)
    spans = [span for item in proposals for span in (item.title, item.body) if span]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(raw[s.start : s.end] == raw[s.start : s.end].strip() != "" for s in spans)
    plan = proposed_plan(raw, page="005", file="005.txt", sha256="")
    placed = PageText(raw).place(plan, "plan")
    assert placed == [(item.title, item.body) for item in proposals]


# ---------------------------------------------------------------------------- the corpus


@pytest.mark.parametrize("page", ["000", "001", "002", "003", "004"])
def test_the_documents_of_the_first_pages_are_proposed_as_people_cut_them(page):
    sources = read_sources(data_dir())
    expected = [
        (d.kind, *((part.start, part.end) if part else None for part in (d.title, d.body)))
        for d in sources.documents.values()
        if d.page == page
    ]
    found = [
        (kind, *((span.start, span.end) if span else None for span in spans))
        for kind, *spans in propose(sources.raw[page])
    ]
    assert found == expected


def test_the_benchmark_counts_documents_and_slices():
    script = runpy.run_path(str(ROOT / "benchmarks" / "segmentation.py"))
    cut, counts = script["Cut"], script["page_counts"]
    right = cut("brief", Span(0, 5), Span(6, 20))
    longer = cut("brief", Span(0, 5), Span(6, 30))
    elsewhere = cut("headline", Span(40, 45), None)
    assert counts([right], [longer, elsewhere]) == {
        "documents": 1, "proposed": 2, "exact": 0, "overlapping": 1,
        "gold_slices": 2, "proposed_slices": 3, "exact_slices": 1,
    }  # fmt: skip
    assert counts([right], [right])["exact"] == 1
    assert counts([right], [elsewhere])["overlapping"] == 0
