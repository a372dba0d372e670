"""Entities as lines of text: which words are the entity, and which lines are none."""

import pytest

from arnews_bench.models.llm.reading.entity_lines import listed_entities, typed_text

TYPES = {"GPE", "PERS", "ORG", "دولة"}


def type_of(word):
    return {"دولة": "GPE"}.get(word, word) if word in TYPES else None


RUSSIA, LAVROV = ("روسيا", "GPE"), ("لافروف", "PERS")


@pytest.mark.parametrize(
    "line",
    [
        "روسيا (Russia): GPE",
        "**روسيا** (Russia) - GPE",
        "روسيا (Russia) (GPE)",
        "GPE: روسيا (the Russian Federation)",
        "<GPE>روسيا</GPE>",
    ],
)
def test_a_name_is_read_without_its_latin_gloss(line):
    assert typed_text(line, type_of) == [RUSSIA]


@pytest.mark.parametrize(
    "words", ["Russia (RF)", "وزارة الدفاع (البنتاغون)", "حلف (ناتو NATO)", "F (16)"]
)
def test_other_brackets_belong_to_the_name(words):
    assert typed_text(f"{words}: ORG", type_of) == [(words, "ORG")]


@pytest.mark.parametrize(
    "line",
    [
        "روسيا - GPE، لافروف - PERS",
        "روسيا (GPE), لافروف (PERS)",
        "روسيا: GPE؛ لافروف: PERS",
        "GPE: روسيا؛ PERS: لافروف",
        "روسيا - GPE، لافروف - PERS، لا يوجد - ORG",
    ],
)
def test_a_line_may_hold_several_entities(line):
    assert typed_text(line, type_of) == [RUSSIA, LAVROV]


def test_a_type_holds_until_the_next_one():
    found = typed_text("GPE: روسيا، مصر؛ PERS: لافروف، بوتين", type_of)
    assert found == [RUSSIA, ("مصر", "GPE"), LAVROV, ("بوتين", "PERS")]


def test_an_explanation_is_no_entity():
    assert typed_text("روسيا (GPE): اسم كبير، عاصمته موسكو", type_of) == [RUSSIA]
    assert typed_text("روسيا - GPE (دولة)", type_of) == [RUSSIA]


def test_a_remark_below_a_heading_is_no_entity():
    assert listed_entities("**GPE:**\n- روسيا\n\n- ملاحظة: بلدة اسم جنس", type_of) == [RUSSIA]
    assert listed_entities("**GPE:**\n- ملاحظة: بلدة اسم جنس\n- روسيا\n- مصر", type_of) is None
    times = listed_entities("**ORG:**\n- قناة 24:7", type_of)
    assert times == [("قناة 24:7", "ORG")]


@pytest.mark.parametrize("heading", ["ليست كيانات", "**Not entities**", "## مستبعدة", "المستبعدات"])
def test_what_stands_below_a_heading_that_leaves_it_out_is_no_entity(heading):
    text = f"- روسيا (GPE)\n{heading}:\n- بلدة (GPE)\n- شبكة\nPERS: لافروف"
    assert listed_entities(text, type_of) == [RUSSIA, LAVROV]


@pytest.mark.parametrize(
    "line",
    [
        "الكيانات هي: روسيا (GPE).",
        "النص: روسيا (GPE)",
        "لافروف: روسيا (GPE)",
        "وقال <PERS>لافروف</PERS>: “الجميع يعلم",
        "زار <PERS>لافروف</PERS> روسيا",
    ],
)
def test_a_sentence_around_an_entity_is_none(line):
    assert typed_text(line, type_of) is None


def test_the_last_brackets_are_those_of_the_type():
    assert typed_text("أبريل (نيسان) (ORG)", type_of) == [("أبريل (نيسان)", "ORG")]


@pytest.mark.parametrize("line", ["الروس (DEMONYM)", "الروس: DEMONYM", "الروس | **DEMONYM**"])
def test_a_bullet_with_a_type_that_is_not_known_does_not_spoil_the_list(line):
    text = f"- روسيا (GPE)\n- {line}\n- لافروف (PERS)"
    assert listed_entities(text, type_of) == [RUSSIA, (line, None), LAVROV]


def test_below_a_heading_an_abbreviation_is_no_type():
    assert listed_entities("**ORG:**\n- الناتو (NATO)", type_of) == [("الناتو", "ORG")]
