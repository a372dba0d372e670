"""Strings of an answer and where they stand: worked cases, and every entity of the corpus."""

import random
import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arnews_bench import load_task
from arnews_bench.alignment import Quote, TextIndex, align_near, align_quotes
from arnews_bench.text import Span, token_spans

ZELENSKY = "الرئيس فولوديمير زيلينسكي"


def aligned(text, *quotes):
    """What is found for some strings, in their order, as strings of the text and how."""
    given = [quote if isinstance(quote, Quote) else Quote(quote) for quote in quotes]
    return [
        (place.span and text[slice(*place.span)], place.how)
        for place in align_quotes(TextIndex(text), given)
    ]


def starts(text, *quotes):
    given = [quote if isinstance(quote, Quote) else Quote(quote) for quote in quotes]
    return [place.span and place.span.start for place in align_quotes(TextIndex(text), given)]


@pytest.mark.parametrize(
    ("text", "quote", "expected", "how"),
    [
        ("زار مصر", "مصر", "مصر", "exact"),
        ("زار مصر", "\n مصر ", "مصر", "exact"),
        ("زار أحمد", "احمد", "أحمد", "normalised"),
        ("زار مُحَمَّد", "محـمد", "مُحَمَّد", "normalised"),
        ("يوم الثلاثاء", "الثلاثا", "الثلاثاء", "normalised"),
        ("عام ٢٠٢٥", "2025", "٢٠٢٥", "normalised"),
        ("عام 2025", "۲۰۲۵", "2025", "normalised"),
        ("شركة OpenAI", "openai", "OpenAI", "normalised"),
        ("زار مصر", "ﻣﺼﺮ", "مصر", "normalised"),
        ("زار علی‌اکبر", "علي اكبر", "علی‌اکبر", "normalised"),
        ("وزارة  الدفاع", "وزارة\nالدفاع", "وزارة  الدفاع", "normalised"),
        ("زار جيه.دي فانس", "جيه دي فانس", "جيه.دي فانس", "normalised"),
        ("زار جيه دي فانس", "جيه.دي فانس", "جيه دي فانس", "normalised"),
        ("زار قطر.", "قطر،", "قطر", "normalised"),
        ("زار «قطر»", '"قطر"', "قطر", "normalised"),
        ("وسم #غزة_الآن", "غزة الآن", "غزة_الآن", "normalised"),
        ("في غزة", "#غزة", "غزة", "normalised"),
        ("نحو 5 ٪ منهم", "5%", "5 ٪", "normalised"),
        ("نحو 5 منهم", "5%", "5", "normalised"),
        ("نحو 1,500 منهم", "1500", "1,500", "normalised"),
        ("نحو 1500 منهم", "١,٥٠٠", "1500", "normalised"),
        ("زار هناء", "ہناء", "هناء", "normalised"),
        ("زار ھناء", "هناء", "ھناء", "normalised"),
        ("زار وقطر", "قطر", "وقطر", "clitics"),
        ("زار قطر", "لقطر", "قطر", "clitics"),
        ("زار قطر", "و قطر", "قطر", "clitics"),
        ("زار للعراق", "العراق", "للعراق", "clitics"),
        ("زار وقطر", "و قطر", "وقطر", "normalised"),
        ("زار وجو بايدن", "جو بايدن", "وجو بايدن", "clitics"),
        ("زار جو بايدن", "كجو بايدن", "جو بايدن", "clitics"),
        ("زار كجو", "جو", None, "invented"),
        ("نحو و30 منهم", "30", "و30", "clitics"),
        ("نحو 30 منهم", "و30", "30", "clitics"),
        ('زار و"ترامب"', "وترامب", "ترامب", "normalised"),
        ("نحو 5 % منهم", "%", "%", "exact"),
        ("زار مصر", "", None, "invented"),
        ("زار مصر", " ", None, "invented"),
        ("زار مصر", "«»", None, "invented"),
        ("", "مصر", None, "invented"),
        ("زار مصرف", "مصر", None, "invented"),
        ("زار مصر فجأة", "مصرف", None, "invented"),
        ("سلم عليه", "علي", None, "invented"),
        ("زار بي.بي.سي", "بي", None, "invented"),
        ("وصل الآن", "أن", None, "invented"),
        ("زار والتز", "تز", None, "invented"),
        ("نحو 510 منهم", "5 10", None, "invented"),
        ("نحو 2.5 منهم", "25", None, "invented"),
        ("نحو 2,5 منهم", "25", None, "invented"),
        ("نحو 1,5000 منهم", "15000", None, "invented"),
    ],
)
def test_where_a_string_stands(text, quote, expected, how):
    assert aligned(text, quote) == [(expected, how)]


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("وكالة «رويترز» للأنباء", "وكاله رويترز", "وكالة «رويترز»"),
        ("وكالة «رويترز» للأنباء", "رويترز للانباء", "«رويترز» للأنباء"),
        ("وكالة «رويترز» للأنباء", 'وكالة "رويترز" للأنباء', "وكالة «رويترز» للأنباء"),
        ("في أبريل (نيسان) الماضي", "ابريل نيسان", "أبريل (نيسان)"),
        ("قال (زعيم", "(زعيم)", "زعيم"),
        ("وكالة «رويترز» للأنباء", "رويتِرز", "رويترز"),
        ("وكالة «رويترز» للأنباء", "وكالة «رويترز", "وكالة «رويترز»"),
    ],
)
def test_the_partner_of_a_mark_inside_belongs_to_the_place(text, quote, expected):
    assert [found for found, _ in aligned(text, quote)] == [expected]


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ('قال "الناتو" إنه', '"الناتو"', "الناتو"),
        ("قال «الناتو» إنه", "«الناتو»", "الناتو"),
        ("زار روسيا، ثم", "روسيا،", "روسيا"),
        ("في #غزة", "#غزة", "غزة"),
        # What is said, and marks whose partner is inside, stay.
        ("نحو 5% منهم", "5%", "5%"),
        ("نحو 5$، ثم", "5$،", "5$"),
        ("في أبريل (نيسان)، ثم", "أبريل (نيسان)،", "أبريل (نيسان)"),
        ("قال «رويترز» للأنباء", "«رويترز» للأنباء", "«رويترز» للأنباء"),
        # Of nothing but punctuation, all is meant.
        ("قال: «»", "«»", "«»"),
    ],
)
def test_punctuation_at_the_edges_of_a_name_is_left_aside_though_the_text_has_it(
    text, quote, expected
):
    assert aligned(text, quote) == [(expected, "exact")]


@pytest.mark.parametrize("quote", ['و"مير"', "و مير", 'و "مير"', "ومير", "مير", "و«مير»"])
@pytest.mark.parametrize("text", ['زار و"مير" اليوم', "زار و«مير» اليوم", "زار وـ(مير) اليوم"])
def test_a_proclitic_that_a_mark_sets_apart_is_no_part_of_the_name(text, quote):
    assert [found for found, _ in aligned(text, quote)] == ["مير"]


def test_an_initial_is_part_of_the_name():
    assert aligned("قال ف. بوتين", "ف. بوتين") == [("ف. بوتين", "exact")]
    assert aligned("قال ف. بوتين", "ف بوتين") == [("ف. بوتين", "normalised")]


def test_marks_choose_among_the_places_of_a_name():
    assert starts("الناتو قال إن «الناتو» باق", "«الناتو»", "الناتو") == [15, 0]


def test_a_name_in_marks_is_no_longer_than_without():
    text = "قال حلف الناتو إن الناتو"
    assert starts(text, Quote('"الناتو"', "ORG"), Quote("حلف الناتو", "ORG")) == [18, 4]


def test_the_nth_of_equal_strings_takes_the_nth_free_place_and_the_rest_is_surplus():
    assert starts("مصر ثم مصر", "مصر", "مصر", "مصر") == [0, 7, None]
    assert aligned("مصر ثم مصر", "مصر", "مصر", "مصر")[2] == (None, "surplus")


def test_letters_come_before_spelling_and_spelling_before_proclitics():
    found = aligned("وقطر أو قَطر أو قطر", "قطر", "قطر", "قطر")
    assert found == [("قطر", "exact"), ("قَطر", "normalised"), ("وقطر", "clitics")]


def test_a_span_may_take_two_types_where_there_is_no_other():
    gpe, org = Quote("مصر", "GPE"), Quote("مصر", "ORG")
    assert starts("في مصر", gpe, org) == [3, 3]
    assert starts("مصر ثم مصر", gpe, org) == [0, 7]
    assert starts("في مصر", gpe, gpe) == [3, None]


def test_a_part_of_a_longer_entity_of_its_type_is_taken_last():
    text = f"قال {ZELENSKY} إن زيلينسكي"
    whole, part = Quote(ZELENSKY, "PERS"), Quote("زيلينسكي", "PERS")
    assert starts(text, whole, part) == [4, 33]
    assert starts(text, part, whole) == [33, 4]
    # Another type nests, and so does a second mention if the text has no other place for it.
    assert starts(text, whole, Quote("زيلينسكي", "ORG")) == [4, 21]
    assert starts(text, whole, part, part) == [4, 33, 21]


def test_a_part_of_a_longer_entity_is_taken_after_one_with_a_proclitic():
    text = f"قال {ZELENSKY} ولزيلينسكي"
    assert starts(text, Quote(ZELENSKY, "PERS"), Quote("زيلينسكي", "PERS")) == [4, 30]


@pytest.mark.parametrize("context", ["ثم مصر", "ثم مصـر أمس", "... ثم مصر"])
def test_a_snippet_chooses_the_place(context):
    assert starts("مصر ثم مصر أمس", Quote("مصر", "GPE", context)) == [7]


@pytest.mark.parametrize("context", ["", " ", "كانت مصر", "ثم", "مصر"])
def test_a_snippet_that_does_not_help_is_ignored(context):
    assert starts("مصر ثم مصر أمس", Quote("مصر", "GPE", context)) == [0]


def test_a_chosen_place_is_not_free_for_the_others():
    text = "مصر ثم مصر"
    chosen = Quote("مصر", "GPE", "مصر ثم")
    assert starts(text, Quote("مصر", "GPE"), chosen, chosen) == [7, 0, None]


@pytest.mark.parametrize(
    ("text", "cue", "anchors", "start"),
    [
        ("قال زيد: نعم. قال عمر: لا.", "قال", [Span(23, 25)], 14),
        ("قال زيد: نعم. قال عمر: لا.", "قال", [Span(9, 12)], 0),
        ("قال زيد: نعم. قال عمر: لا.", "قال", [], 0),
        # The nearer one stands in another sentence.
        ("زيد كما قال قبل ذلك كله: نعم. قال عمر", "قال", [Span(25, 28)], 8),
        # One inside the content is what the content says.
        ("قال زيد: قال عمر كلا", "قال", [Span(9, 20)], 0),
        ("قال زيد: قد كذب", "كذب", [Span(9, 15)], 12),
        ("وقال زيد: نعم", "قال", [Span(10, 13)], 0),
        # One letter for letter, though one with a proclitic is nearer.
        ("قال زيد إن السلم قريب، وقال", "قال", [Span(11, 21)], 0),
        ("قال: كلا. وقال زيد: نعم", "قال", [Span(20, 23)], 10),
    ],
)
def test_what_belongs_to_a_content_stands_nearest_to_it(text, cue, anchors, start):
    assert align_near(TextIndex(text), cue, anchors).span.start == start


def test_what_belongs_to_a_content_stands_without_its_marks():
    text = 'قال "الناتو": نعم'
    assert align_near(TextIndex(text), '"الناتو"', [Span(14, 17)]) == (Span(5, 11), "exact")
    # A colon is a cue.
    assert align_near(TextIndex(text), ":", [Span(14, 17)]) == (Span(12, 13), "exact")


def test_what_belongs_to_a_content_may_be_invented():
    assert align_near(TextIndex("قال زيد"), "أكد", [Span(4, 7)]) == (None, "invented")


# The corpus.


@pytest.fixture(scope="module")
def rows():
    return [row for row in load_task("ner").all_rows() if row.entities]


def share_placed(rows, noise: Callable[[str, random.Random], str]) -> tuple[float, int]:
    """The share of entities that come back to their offsets, and how many were changed.

    Which of two entities with the same type and name gets which place is no matter.
    """
    right = total = changed = 0
    for row in rows:
        rng = random.Random(row.id)
        gold = {(Span(entity.start, entity.end), entity.type) for entity in row.entities}
        said = [Quote(noise(entity.text, rng), entity.type) for entity in row.entities]
        index = TextIndex(row.text, [Span(*span) for span in row.token_spans])
        found = zip((place.span for place in align_quotes(index, said)), said, strict=True)
        total += len(gold)
        changed += sum(q.text != e.text for q, e in zip(said, row.entities, strict=True))
        right += len(gold & {(span, quote.kind) for span, quote in found})
    return right / total, changed


def test_every_entity_given_as_a_string_in_order_comes_back_to_its_offsets(rows):
    for row in rows:
        said = [Quote(entity.text, entity.type) for entity in row.entities]
        found = [place.span for place in align_quotes(TextIndex(row.text), said)]
        assert found == [(entity.start, entity.end) for entity in row.entities]


def test_the_order_of_different_strings_does_not_matter(rows):
    for row in rows:
        by_text = sorted(range(len(row.entities)), key=lambda n: row.entities[n].text)
        said = [Quote(row.entities[n].text, row.entities[n].type) for n in by_text]
        found = [place.span for place in align_quotes(TextIndex(row.text), said)]
        assert found == [(row.entities[n].start, row.entities[n].end) for n in by_text]


def each(letters: str, to: str):
    """Noise that writes each of some letters as any of others."""
    return lambda text, rng: "".join(rng.choice(to) if c in letters else c for c in text)


def hamza_dropped(text, rng):
    text = re.sub("[أإآ]", "ا", text.replace("ؤ", "و").replace("ئ", "ي"))
    return re.sub(r"(?<=\w{3}ا)ء\b", "", text)


def at_the_end(letters: str):
    return lambda text, rng: re.sub(rf"[{letters}]\b", lambda _: rng.choice(letters), text)


def tatweel(text, rng):
    return re.sub(
        r"(?<=[بتثجحخسشصضطظعغفقكلمنهي])(?=[ء-ي])", lambda _: "ـ" * rng.choice((0, 2)), text
    )


def diacritics(text, rng):
    return re.sub("(?<=[ء-ي])", lambda _: rng.choice(("", "َ", "ُ", "ِ", "ّ", "ْ", "ًّ")), text)


def digits(text, rng):
    zero = rng.choice((0x30, 0x660, 0x6F0))
    return "".join(chr(zero + int(c)) if c.isdecimal() else c for c in text)


def quotation_marks(text, rng):
    marks = rng.choice(("", '""', "“”", "«»", "''", "„“"))
    text = re.sub(r'[«“"](?=\w)', marks[:1], text)
    text = re.sub(r'(?<=\w)[»”"]', marks[1:], text)
    return f"{marks[:1]}{text}{marks[1:]}" if rng.random() < 0.3 else text


def proclitic_added(text, rng):
    if not re.match("[ء-ي]{2}", text):
        return text
    added = rng.choice("وفبلك")
    if added == "ل" and text.startswith("ال"):
        return "لل" + text[2:]
    # No other proclitic stands before `لل`.
    return ("و" if text.startswith("لل") else added) + text


def proclitic_dropped(text, rng):
    # Before the article, and before a number, the letter is surely one.
    text = re.sub("^[وفبك](?=ال..)", "", text)
    return re.sub("^لل(?=..)", rng.choice(("ال", "")), text)


def proclitic_split(text, rng):
    return re.sub("^([وفبك])(?=ال..)", r"\1 ", text)


def white_space(text, rng):
    return rng.choice(("", " ", "\n")) + text.replace(" ", rng.choice(("  ", "\n", "\u00a0", "\t")))


def presentation_forms(text, rng):
    forms = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0xFE80, 0xFEF5)}
    return "".join(forms.get(c, c) for c in text)


NOISE = {
    "hamza dropped": hamza_dropped,
    "alef forms": each("اأإآٱ", "اأإآٱ"),
    "ya and alef maqsura": at_the_end("يى"),
    "ta marbuta and ha": at_the_end("ةه"),
    "tatweel": tatweel,
    "diacritics": diacritics,
    "digits": digits,
    "quotation marks": quotation_marks,
    "proclitic added": proclitic_added,
    "proclitic dropped": proclitic_dropped,
    "proclitic split off": proclitic_split,
    "Persian kaf": each("ك", "ک"),
    "Persian ya": each("يى", "ی"),
    "white space": white_space,
    "presentation forms": presentation_forms,
    "punctuation": lambda text, rng: text + rng.choice("!…"),
    "marks of a copied quotation": lambda text, rng: rng.choice(("«{}»", '"{}"')).format(text),
    "a waw apart": lambda text, rng: f"و {text}" if re.match("[ء-ي]{3}", text) else text,
    "Urdu ha": each("ه", "ہھ"),
    "direction marks": lambda text, rng: f"\u200f{text}\u200e",
}


@pytest.mark.parametrize("kind", NOISE)
def test_every_entity_comes_back_in_another_spelling(rows, kind):
    share, changed = share_placed(rows, NOISE[kind])
    assert changed > 0
    assert share >= 0.99


# Any text.

WORDS = (
    "مصر",
    "مصرف",
    "ومصر",
    "قطر",
    "وقطر",
    "للعراق",
    "العراق",
    "«",
    "»",
    '"',
    "(",
    ")",
    "،",
    ".",
)
WORDS += ("بي.بي.سي", "بي", "2.5", "25", "مُحمد", "محمد", "\n", "#", "_", "%", "OK", "\u200c")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=15).flatmap(
    lambda words: st.lists(
        st.sampled_from(("", " ", " ")), min_size=len(words), max_size=len(words)
    ).map(lambda gaps: "".join(word + gap for word, gap in zip(words, gaps, strict=True)))
)


@given(st.data(), TEXTS | st.text(max_size=40))
def test_no_place_begins_or_ends_inside_a_token_and_none_is_taken_twice(data, text):
    tokens = token_spans(text)
    parts = st.tuples(*[st.integers(0, len(text))] * 2).map(lambda cut: text[min(cut) : max(cut)])
    quote = st.builds(Quote, parts | TEXTS, st.sampled_from(("A", "B")), st.none() | parts)
    quotes = data.draw(st.lists(quote, max_size=8))
    found = align_quotes(TextIndex(text), quotes)
    assert len(found) == len(quotes)
    for place in found:
        assert (place.span is None) == (place.how in {"surplus", "invented"})
        if place.span is not None:
            assert place.span.start in {token.start for token in tokens}
            assert place.span.end in {token.end for token in tokens}
    taken = [(p.span, q.kind) for p, q in zip(found, quotes, strict=True) if p.span]
    assert len(taken) == len(set(taken))


@given(TEXTS)
def test_all_tokens_of_a_text_in_order_stand_where_they_are(text):
    tokens = token_spans(text)
    quotes = [Quote(text[slice(*token)]) for token in tokens]
    assert [place.span for place in align_quotes(TextIndex(text), quotes)] == tokens


@given(TEXTS)
def test_a_word_is_never_found_inside_a_longer_one(text):
    (place,) = align_quotes(TextIndex(text), [Quote("مصر")])
    assert place.span is None or text[slice(*place.span)] in {"مصر", "ومصر"}
