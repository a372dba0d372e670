"""Tokens, sentences and normalisation, on what the pages hold and on random strings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arnews_bench.text import (
    Span,
    name_tokens,
    normalise,
    sentence_spans,
    token_spans,
    tokenize,
    without_proclitics,
)

ALPHABET = (
    "ابتمهعىةأإآؤئیک"  # letters
    "ـ\u064b\u064e\u0651\u0670"  # tatweel and marks
    "09٣۵aZé"  # digits, Latin
    "\"'«»“”‹›„"  # quotation marks
    ".،,٫؟!:؛()[]…/-_%©"  # punctuation
    " \t\n\r\u00a0\u2028\u200f\u200b"  # white space and format characters
)
texts = st.text(alphabet=ALPHABET, max_size=40)
random_texts = settings(max_examples=200)


def sentences(text):
    return [text[start:end] for start, end in sentence_spans(text)]


# ---------------------------------------------------------------------------- tokens


@pytest.mark.parametrize("word", ["إن.بي.سي", "جيه.دي", "أ.ب", "2.5", "٢٫٥", "A7A5", "d'Or"])
def test_an_inner_joiner_does_not_split_a_token(word):
    assert tokenize(f"قال {word} أمس") == ["قال", word, "أمس"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("(...)", ["(", ".", ".", ".", ")"]),
        ("يونيو/حزيران", ["يونيو", "/", "حزيران"]),
        ("بـ«الواقعية»", ["بـ", "«", "الواقعية", "»"]),
        ("“والتز”", ["“", "والتز", "”"]),
        ("/strong>", ["/", "strong", ">"]),
        ("”. .", ["”", ".", "."]),
        ("مرفوضة..", ["مرفوضة", ".", "."]),
        ("أ..ب", ["أ", ".", ".", "ب"]),
        ("عام_2025", ["عام", "_", "2025"]),
        ("'الأكبر'", ["'", "الأكبر", "'"]),
        ('5" A7A5.', ["5", '"', "A7A5", "."]),
        ("-5", ["-", "5"]),
        ("لافروف:", ["لافروف", ":"]),
    ],
)
def test_every_other_character_is_a_token_of_its_own(text, tokens):
    assert tokenize(text) == tokens


def test_clitics_are_not_split_off():
    assert tokenize("لروسيا وأوكرانيا بالبيت") == ["لروسيا", "وأوكرانيا", "بالبيت"]


@pytest.mark.parametrize("word", ["مُحَمَّد", "حتّى", "العـــرب", "خُمس"])
def test_marks_and_tatweel_belong_to_the_token(word):
    assert tokenize(word) == [word]


def test_a_no_break_space_separates_tokens():
    assert token_spans("الأراضي\u00a0لأنهم") == [Span(0, 7), Span(8, 13)]


def test_an_empty_text_has_no_tokens():
    assert token_spans(" \n\u00a0") == []


def tokens_by_hand(text):
    """The definition of a token, character by character."""

    def is_word(position):
        return position < len(text) and (
            text[position].isalnum() or text[position] in "\u064b\u064e\u0651\u0670"
        )

    spans, start = [], 0
    while start < len(text):
        end = start + 1
        while is_word(start) and (
            is_word(end) or (is_word(end + 1) and text[end] in ".,٫-'" and is_word(end - 1))
        ):
            end += 1
        if not text[start].isspace():
            spans.append((start, end))
        start = end
    return spans


@random_texts
@given(texts)
def test_tokens_are_those_of_the_definition(text):
    assert token_spans(text) == tokens_by_hand(text)


@random_texts
@given(texts)
def test_every_visible_character_is_in_exactly_one_token(text):
    spans = token_spans(text)
    covered = [position for start, end in spans for position in range(start, end)]
    assert covered == [i for i, character in enumerate(text) if not character.isspace()]
    assert tokenize(text) == [text[start:end] for start, end in spans]


# ---------------------------------------------------------------------------- sentences


@pytest.mark.parametrize("end", [".", "؟", "!", "..", "؟!"])
def test_a_terminator_ends_a_sentence(end):
    assert sentences(f"لا اتفاق{end} وأضاف بيتس") == [f"لا اتفاق{end}", "وأضاف بيتس"]


@pytest.mark.parametrize("mark", ["…", "،", "؛", ":"])
def test_no_other_mark_ends_a_sentence(mark):
    assert sentences(f"لا اتفاق{mark} وأضاف") == [f"لا اتفاق{mark} وأضاف"]


def test_a_newline_ends_a_sentence():
    assert sentences("لا مواقف بناءة\n\n كما أكد") == ["لا مواقف بناءة", "كما أكد"]


@pytest.mark.parametrize(
    "text", ["بلغ 2.5 مليون", "شبكة إن.بي.سي نيوز", "المباحثات (...) مثلما قلنا"]
)
def test_a_dot_inside_a_token_or_an_ellipsis_in_brackets_ends_nothing(text):
    assert sentences(f"{text}. انتهى") == [f"{text}.", "انتهى"]


@pytest.mark.parametrize(
    "quotation", ["«لا. نعم»", "“لا. نعم”", "„لا. نعم”", '"لا. نعم"', "‹لا. نعم›"]
)
def test_a_quotation_with_full_stops_inside_is_not_cut(quotation):
    text = f"قال: {quotation}. وأضاف"
    assert sentences(text) == [f"قال: {quotation}.", "وأضاف"]


def test_a_quotation_inside_another_is_not_cut():
    text = 'قال: «هذا "مهم. جدا" الآن. نعم». انتهى'
    assert sentences(text) == ['قال: «هذا "مهم. جدا" الآن. نعم».', "انتهى"]


def test_a_clitic_before_a_straight_mark_opens_a_quotation():
    text = 'القتال بـ"حرب. الخنادق" ثم و"ترامب. يسعى" أيضا'
    assert sentences(text) == [text]


def test_a_straight_mark_after_a_word_closes():
    assert sentences('إطار "محدث". وأضاف. "نعم') == ['إطار "محدث".', "وأضاف.", '"نعم']


def test_a_quotation_that_is_never_closed_swallows_nothing():
    text = "قال: «لن نقبل. ثم خرج. وعاد"
    assert sentences(text) == ["قال: «لن نقبل.", "ثم خرج.", "وعاد"]


def test_a_mark_left_open_leaves_the_next_quotation_whole():
    text = '"على الدول أن تتحمل \'الجزء الأكبر\'. وأضاف: "أعتقد. نعم". وتابع'
    assert sentences(text) == [
        "\"على الدول أن تتحمل 'الجزء الأكبر'.",
        'وأضاف: "أعتقد. نعم".',
        "وتابع",
    ]


def test_of_two_marks_of_one_kind_the_earlier_was_never_closed():
    assert sentences("«أ. ب «ج. د» هـ. و». ز") == ["«أ.", "ب «ج. د» هـ.", "و».", "ز"]


def test_a_mark_opened_inside_a_quotation_does_not_outlive_it():
    assert sentences('«أ "ب» ج. د" هـ') == ['«أ "ب» ج.', 'د" هـ']


def test_a_straight_mark_before_a_space_opens_nothing():
    assert sentences('قال " نعم. لا" ثم') == ['قال " نعم.', 'لا" ثم']


def test_a_quotation_ends_with_its_line():
    assert sentences("قال «أ. ب\nج» د. هـ") == ["قال «أ.", "ب", "ج» د.", "هـ"]


def test_closing_marks_and_brackets_belong_to_the_sentence_before():
    assert sentences("(وعاد.) دعونا نتعاون.” ثم") == ["(وعاد.)", "دعونا نتعاون.”", "ثم"]


def test_a_stop_inside_a_quotation_ends_nothing_even_at_its_end():
    assert sentences("قال «نعم.» ثم عاد. انتهى") == ["قال «نعم.» ثم عاد.", "انتهى"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“لم تواجه تهديدات”. . وذكر", ["“لم تواجه تهديدات”. .", "وذكر"]),
        ("السجناء. “\nاستعداد", ["السجناء. “", "استعداد"]),
        (". . بداية. نهاية", [". . بداية.", "نهاية"]),
        ("و”لا يحبها”. /strong>", ["و”لا يحبها”.", "/strong>"]),
        ("…\n. .", ["…", ". ."]),
    ],
)
def test_what_has_no_letter_joins_its_neighbour_on_the_line(text, expected):
    assert sentences(text) == expected


def test_a_stop_without_a_space_after_it_joins_two_words():
    assert sentences("قال.ثم ذهب") == ["قال.ثم ذهب"]


@random_texts
@given(texts)
def test_sentences_are_ordered_stripped_lines_that_hold_every_visible_character_once(text):
    spans = sentence_spans(text)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert not any("\n" in text[start:end] for start, end in spans)
    covered = [position for start, end in spans for position in range(start, end)]
    assert covered == sorted(set(covered))
    visible = {i for i, character in enumerate(text) if not character.isspace()}
    assert {i for i in covered if not text[i].isspace()} == visible


@random_texts
@given(texts)
def test_no_token_crosses_a_sentence_border(text):
    sentence_at = {
        position: number
        for number, (start, end) in enumerate(sentence_spans(text))
        for position in range(start, end)
    }
    for start, end in token_spans(text):
        assert sentence_at[start] == sentence_at[end - 1]


# ---------------------------------------------------------------------------- normalisation


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("أحمد", "احمد"),
        ("إيران", "ايران"),
        ("آسيا", "اسيا"),
        ("ٱلله", "الله"),
        ("مُحَمَّد", "محمد"),
        ("حتّى", "حتي"),
        ("العـــرب", "العرب"),
        ("٢٠٢٥", "2025"),
        ("۲۵", "25"),
        ("أزمة", "ازمه"),
        ("مصطفى", "مصطفي"),
        ("الأوکرانیة", "الاوكرانيه"),
        ("رئيس", "رييس"),
        ("مسؤول", "مسوول"),
        ("سماء", "سماء"),
        ("ﻻ", "لا"),
        ("Daily8", "daily8"),
        ("Élysée", "elysee"),
        ("من\u200f هنا", "من هنا"),
        (" الأمن\n\u00a0القومي ", "الامن القومي"),
    ],
)
def test_spelling_variants_fold_to_one_form(written, folded):
    assert normalise(written) == folded


@random_texts
@given(texts)
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


@random_texts
@given(texts)
def test_marks_and_tatweel_never_matter(text):
    bare = text.translate(dict.fromkeys(map(ord, "ـ\u064b\u064e\u0651\u0670")))
    assert normalise(text) == normalise(bare)


def test_a_name_is_compared_by_its_words_without_punctuation():
    assert name_tokens("وكالة «رويترز» للأنباء،") == ["وكاله", "رويترز", "للانباء"]
    assert name_tokens("جيه.دي فانس") == ["جيه.دي", "فانس"]
    assert name_tokens("«…»") == []


# ---------------------------------------------------------------------------- proclitics


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("وقطر", "قطر"),
        ("لروسيا", "روسيا"),
        ("بموسكو", "موسكو"),
        ("كروسيا", "روسيا"),
        ("فقال", "قال"),
        ("البيت", "بيت"),
        ("للبيت", "البيت"),
        ("للبيت", "بيت"),
        ("وبالبيت", "البيت"),
        ("وللبيت", "البيت"),
        ("والبيت", "بيت"),
    ],
)
def test_a_proclitic_is_split_off(word, stem):
    assert stem in without_proclitics(word)


@pytest.mark.parametrize("word", ["عليه", "مصرف", "موسكو", "ولد", "وفد", "كل", "الي"])
def test_a_word_without_a_proclitic_or_too_short_for_one_has_one_form(word):
    assert without_proclitics(word) == {word}


def test_a_word_ends_as_it_ended():
    assert "علي" not in without_proclitics("عليه")
    assert "مصر" not in without_proclitics("مصرف")


def test_every_split_is_given_and_the_word_itself():
    assert without_proclitics("وبالبيت") == {"وبالبيت", "بالبيت", "البيت", "بيت"}


def test_a_conjunction_stands_before_a_preposition_and_never_after():
    assert "قطر" in without_proclitics("ولقطر")
    assert "قطر" not in without_proclitics("لوقطر")
