"""Objects that are written without JSON: tables, and lines of `key: value`."""

import pytest

from arnews_bench.models.llm.reading.synonyms import ATTRIBUTION_KEYS
from arnews_bench.models.llm.reading.written_objects import written_objects


def written(*lines):
    return written_objects("\n".join(lines), ATTRIBUTION_KEYS)


FIRST = ["cue: قال", "source name: لافروف", "content: الضمانات"]
THIRD = ["cue: أكد", "source name: زيد", "content: السلام"]


def test_a_key_that_comes_again_begins_the_next_object():
    expected = [
        {"cue": "قال", "source name": "لافروف", "content": "الضمانات"},
        {"cue": "أكد", "source name": "زيد", "content": "السلام"},
    ]
    assert written(*FIRST, *THIRD) == expected
    assert written(*FIRST, "", *THIRD) == expected


def test_what_an_object_lacks_is_not_taken_from_the_next_one():
    second = ["source name: بوتين", "content: الحرب"]
    assert written(*FIRST, "", *second, "", *THIRD)[1:] == [
        {"source name": "بوتين", "content": "الحرب"},
        {"cue": "أكد", "source name": "زيد", "content": "السلام"},
    ]


def test_an_object_may_have_blank_lines_inside():
    lines = [part for line in FIRST + THIRD for part in (line, "")]
    assert written(*lines) == written(*FIRST, *THIRD)


@pytest.mark.parametrize("bullet", ["", "- ", "1. "])
@pytest.mark.parametrize(
    "content",
    [
        ['content: ["الضمانات", "السلام"]'],
        ["content: [«الضمانات»، «السلام»]"],
        ["content:", "- الضمانات", "- السلام"],
        ["content:", '    - "الضمانات"', '    - "السلام"'],
        ["content: |", "    - الضمانات", "    - السلام"],
    ],
)
def test_a_list_may_be_written_as_in_yaml(bullet, content):
    indent = " " * len(bullet)
    rest = [f"{indent}{line}" for line in (*content, "polarity: asserted")]
    (found,) = written(f"{bullet}cue: قال", *rest)
    assert found == {"cue": "قال", "content": ["الضمانات", "السلام"]}


@pytest.mark.parametrize("mark", ["", " |", " >-", " |-"])
def test_a_value_may_stand_on_the_lines_below_its_key(mark):
    lines = [f"content:{mark}", "  الضمانات: أولا", "  والسلام ثانيا", "via: رويترز", "  ثم", "شرح"]
    assert written(*lines) == [{"content": ["الضمانات: أولا والسلام ثانيا"], "via": "رويترز"}]


def test_words_in_brackets_are_no_list():
    assert written("content: [الضمانات] أولا") == [{"content": "[الضمانات] أولا"}]


def test_a_key_without_a_value_is_left_out():
    assert written("cue: قال", "via:", "source: -", "شرح") == [{"cue": "قال"}]
