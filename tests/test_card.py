"""The generated parts of the card follow the corpus; what is written by hand stays."""

import pytest

from arnews_bench import data_dir
from arnews_bench.annotations import read_sources
from arnews_bench.card import card_figures, card_parts, fill_card
from arnews_bench.errors import InputError
from arnews_bench.statistics import corpus_statistics

CARD = """# Title

by hand <!-- a comment -->

<!-- generated: sizes -->
old
<!-- end of sizes -->

more by hand
"""


@pytest.fixture(scope="module")
def sources():
    return read_sources(data_dir())


@pytest.fixture(scope="module")
def parts(sources):
    return card_parts(sources, corpus_statistics(sources), None, "f" * 64)


def row(table, name):
    line = next(line for line in table.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_a_part_is_replaced_and_the_rest_is_kept():
    filled = fill_card(CARD, {"sizes": "new\n"})
    assert filled == CARD.replace("\nold\n", "\nnew\n")
    assert fill_card(filled, {"sizes": "new"}) == filled


def test_a_part_may_hold_what_a_pattern_would_read_as_an_escape():
    assert r"\1 \g<name>" in fill_card(CARD, {"sizes": r"\1 \g<name>"})


def test_a_card_without_marks_is_kept():
    assert fill_card("# Title\n", {"sizes": "new"}) == "# Title\n"


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (CARD.replace("sizes", "size"), "no generated part is called size; known are sizes"),
        (CARD.replace("<!-- end of sizes -->", ""), "part sizes: the marks .* in pairs"),
        (CARD.replace("<!-- generated: sizes -->", ""), "part sizes: the marks .* in pairs"),
        (CARD + CARD.replace("<!-- end of sizes -->", ""), "part sizes: the marks"),
    ],
)
def test_a_mark_without_partner_or_part_is_named(card, message):
    with pytest.raises(InputError, match=message):
        fill_card(card, {"sizes": "new"})


def test_the_sizes_are_those_of_the_corpus(parts, sources):
    assert row(parts["sizes"], "documents") == ["4", "5", "20", "29"]
    assert row(parts["sizes"], "words")[-1] == "3,586"
    entities = sum(len(sources.entities(doc_id)) for doc_id in sources.documents)
    assert row(parts["sizes"], "entities, 21 types, nested")[-1] == str(entities)


def test_the_label_tables_add_up_over_the_splits(parts):
    for line in parts["labels"].splitlines():
        cells = [cell.strip().replace(",", "") for cell in line.strip("|").split("|")[1:]]
        if cells and all(cell.isdigit() for cell in cells):
            *splits, whole = map(int, cells)
            assert sum(splits) == whole > 0, line


def test_every_document_has_its_line(parts, sources):
    lines = parts["documents"].splitlines()[2:]
    assert [line.split(" | ")[0].strip("| ") for line in lines] == list(sources.documents)
    assert [line for line in lines if "2025-01-06" in line] == [
        "| 000-f | test | brief | diplomacy | macron-ambassadors-speech | 2025-01-06 |"
    ]


def test_the_pictures_count_what_the_corpus_holds(sources):
    picture = card_figures(sources)["figures/entity-types.svg"].decode()
    counts = dict.fromkeys(("train", "validation", "test"), 0)
    for doc_id, document in sources.documents.items():
        split = sources.pages[document.page].split
        counts[split] += sum(entity.type == "PERS" for entity in sources.entities(doc_id))
    for split, count in counts.items():
        assert f"<title>PERS, {split}: {count}</title>" in picture
