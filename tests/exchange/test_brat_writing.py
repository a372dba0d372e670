"""A document in brat, by hand."""

import pytest
from brat_corpus import ANN, TEXT, make_corpus

from arnews_bench.annotations import AttributionRecord, Located, read_sources
from arnews_bench.errors import InputError
from arnews_bench.exchange.brat_writing import write_brat
from arnews_bench.schema import ENTITY_TYPES, TextSpan


@pytest.fixture
def sources(tmp_path):
    return read_sources(make_corpus(tmp_path))


def test_a_document_is_a_text_and_a_standoff_file(sources):
    files = write_brat(sources, ["p-a"])
    assert files["p-a.txt"].decode() == TEXT
    assert files["p-a.ann"].decode() == ANN
    assert "p-b.ann" not in files


def test_a_document_without_annotation_carries_its_stances(sources):
    assert write_brat(sources, ["p-b"])["p-b.ann"].decode().splitlines() == [
        "T1\tDocument 0 14\tبوتين في موسكو",
        "A1\tC01 T1 unrelated",
        "A2\tC02 T1 unrelated",
    ]


def test_the_configuration_declares_all_types_roles_and_attribute_values(sources):
    lines = write_brat(sources, [])["annotation.conf"].decode().splitlines()
    entities = lines[lines.index("[entities]") : lines.index("[relations]")]
    assert {*ENTITY_TYPES, "Source", "Content", "Via", "Document"} <= set(entities)
    assert "Attribution\tSource?:Source, Content:Content, Via?:Via" in lines
    assert "Mode\tArg:Attribution, Value:direct|indirect|mixed" in lines
    assert "C02\tArg:Document|Attribution, Value:agree|disagree|discuss|unrelated" in lines


def test_the_text_runs_from_right_to_left_and_the_claims_can_be_read(sources):
    files = write_brat(sources, [])
    assert "Text\tdirection:rtl" in files["visual.conf"].decode().splitlines()
    assert "C01 | C01: روسيا مستعدة للسلام. | C01" in files["visual.conf"].decode().splitlines()
    assert "| C02 | روسيا مستعدة للسلام. |" in files["README.md"].decode()


def with_attribution(sources, **changes):
    (first, *rest) = sources.annotations["p-a"]
    records = [first, *rest]
    place = next(i for i, item in enumerate(records) if isinstance(item.record, AttributionRecord))
    fields = {
        name: getattr(records[place].record, name)
        for name in records[place].record.__struct_fields__
    }
    records[place] = Located(AttributionRecord(**fields | changes), records[place].where)
    return sources._replace(annotations=sources.annotations | {"p-a": tuple(records)})


@pytest.mark.parametrize("name", ["A1", "A00", "B01", "A01x", "A001"])
def test_an_id_that_no_event_stands_for_is_refused(sources, name):
    with pytest.raises(InputError, match=f"p-a: the attribution '{name}' cannot be exported"):
        write_brat(with_attribution(sources, id=name), ["p-a"])


def test_parts_with_only_a_line_break_between_them_are_refused(sources):
    parts = tuple(TextSpan(start=s, end=e, text=TEXT[s:e]) for s, e in ((14, 20), (21, 24)))
    with pytest.raises(InputError, match="p-a: a Content at 14 has two parts with only a line"):
        write_brat(with_attribution(sources, content=parts), ["p-a"])


def test_a_span_over_a_line_break_is_written_in_fragments(sources):
    content = (TextSpan(start=14, end=24, text=TEXT[14:24]),)
    written = write_brat(with_attribution(sources, content=content), ["p-a"])["p-a.ann"].decode()
    assert "T8\tContent 14 20;21 24\tمستعدة قال\n" in written


def test_the_parts_of_a_content_come_in_the_order_of_the_text(sources):
    parts = tuple(TextSpan(start=s, end=e, text=TEXT[s:e]) for s, e in ((14, 20), (8, 13)))
    written = write_brat(with_attribution(sources, content=parts), ["p-a"])["p-a.ann"].decode()
    assert "T8\tContent 8 13;14 20\tروسيا مستعدة\n" in written
