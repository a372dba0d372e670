"""What spaCy's own reader finds in the files: our tokens, sentences, entities and attributions."""

import sys

import msgspec
import pytest
import spacy
from invented import FIRST, TEXT, entity, make_sources
from spacy.tokens import DocBin

from arnews_bench import data_dir
from arnews_bench.annotations import Located, read_sources
from arnews_bench.corpus import ner_rows
from arnews_bench.entities import coarse_view
from arnews_bench.errors import InputError
from arnews_bench.exchange.spacy_docbin import SPACY
from arnews_bench.schema import CANARY


@pytest.fixture(scope="module")
def gold():
    return read_sources(data_dir())


@pytest.fixture(scope="module")
def gold_files(gold):
    return SPACY.write(gold, list(gold.documents))


def docs_of(files):
    """All documents, read with a vocabulary that has never seen them."""
    vocab = spacy.blank("ar").vocab
    return {
        doc.user_data["doc_id"]: doc
        for content in files.values()
        for doc in DocBin().from_bytes(content).get_docs(vocab)
    }


@pytest.fixture(scope="module")
def gold_docs(gold_files):
    return docs_of(gold_files)


@pytest.fixture(scope="module")
def doc():
    sources = make_sources()
    return docs_of(SPACY.write(sources, list(sources.documents)))["p-a"]


def test_what_white_space_is_more_than_a_space_is_a_token_so_that_the_text_is_whole(doc):
    assert doc.text == TEXT
    assert [(token.text, bool(token.whitespace_)) for token in doc] == [
        ("😀", True), ("لافروف", False), (":", True), ("روسيا", True), ("مستعدة", False),
        ("\n", False), ("قال", True), ("بوتين", True), ("نعم", False), ("،", True),
        ("بحسب", True), ("رويترز", False), ("،", True), (" ", False), ("للسلام", False),
        (".", False), ("\n\n", False), ("وأضاف", True), ("أنه", True), ("عاد", True),
        ("ونفى", True), ("الحرب", False),
    ]  # fmt: skip


def test_sentences_start_where_ours_do(doc):
    assert [sentence.text.strip() for sentence in doc.sents] == [
        "😀 لافروف: روسيا مستعدة", "قال بوتين نعم، بحسب رويترز،  للسلام.",
        "وأضاف أنه عاد ونفى الحرب",
    ]  # fmt: skip


def test_attributions_are_a_span_group_whose_ids_are_those_of_the_records(doc):
    assert [(span.id_, span.label_, span.text) for span in doc.spans["attributions"]] == [
        ("A01", "Cue", ":"), ("A01", "Source", "لافروف"), ("A01", "Content", "روسيا مستعدة"),
        ("A03", "Cue", "قال"), ("A03", "Source", "بوتين"), ("A03", "Content", "نعم"),
        ("A03", "Content", "للسلام"), ("A03", "Via", "رويترز"),
        ("A04", "Cue", "ونفى"), ("A04", "Source", "بوتين"), ("A04", "Content", "الحرب"),
    ]  # fmt: skip


def test_the_records_and_the_metadata_are_plain_values(doc):
    assert (doc.user_data["split"], doc.user_data["kind"]) == ("train", "article")
    assert doc.user_data["canary"] == CANARY
    assert doc.user_data["attributions"][1]["source_name"] == "فلاديمير بوتين"
    assert doc.user_data["stances"][0] == {
        "layer": "stance", "claim_id": "C01", "label": "agree", "note": "both speakers say so",
    }  # fmt: skip


def test_every_document_has_its_text_and_our_tokens(gold, gold_docs):
    assert gold_docs.keys() == gold.documents.keys()
    for doc_id, found in gold_docs.items():
        assert found.text == gold.text(doc_id)
        tokens = [(token.idx, token.text) for token in found if not token.is_space]
        assert tokens == [
            (row.start + start, text)
            for row in ner_rows(gold, doc_id)
            for (start, _), text in zip(row.token_spans, row.tokens, strict=True)
        ]


def test_every_sentence_of_ours_is_one_of_spacy(gold, gold_docs):
    for doc_id, found in gold_docs.items():
        starts = [sentence.start_char for sentence in found.sents]
        assert starts == [row.start for row in ner_rows(gold, doc_id)]


def test_the_ents_are_the_flat_coarse_view(gold, gold_docs):
    for doc_id, found in gold_docs.items():
        spans = [(ent.start_char, ent.end_char, ent.label_) for ent in found.ents]
        assert spans == coarse_view(entity.span() for entity in gold.entities(doc_id))


def test_the_nested_entities_and_the_attributions_have_the_gold_surfaces(gold, gold_docs):
    for doc_id, found in gold_docs.items():
        assert [
            (span.start_char, span.end_char, span.label_, span.text)
            for span in found.spans["entities"]
        ] == [(e.start, e.end, e.type, e.text) for e in gold.entities(doc_id)]
        expected = []
        for record in gold.attributions(doc_id):
            source = [("Source", record.source)] if record.source else []
            via = [("Via", record.via)] if record.via else []
            content = [("Content", span) for span in record.content]
            expected += [
                (record.id, role, span.start, span.text)
                for role, span in [("Cue", record.cue), *source, *content, *via]
            ]
        assert [
            (span.id_, span.label_, span.start_char, span.text)
            for span in found.spans["attributions"]
        ] == expected


def test_the_records_come_back_whole(gold, gold_docs):
    for doc_id, found in gold_docs.items():
        for name, records in (
            ("attributions", gold.attributions(doc_id)),
            ("stances", gold.stances(doc_id)),
        ):
            assert msgspec.json.encode(found.user_data[name]) == msgspec.json.encode(records)


def test_a_file_a_split_and_the_same_bytes_each_time(gold, gold_files):
    assert list(gold_files) == ["train.spacy", "validation.spacy", "test.spacy"]
    assert SPACY.write(gold, list(gold.documents)) == gold_files


def test_only_the_splits_of_the_wanted_documents_are_written():
    assert list(SPACY.write(make_sources(), ["q-a"])) == ["test.spacy"]


def test_without_spacy_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(InputError, match=r'pip install "arnews-bench\[spacy\]"'):
        SPACY.write(make_sources(), ["p-a"])


def test_a_span_that_cuts_through_a_token_is_named():
    sources = make_sources()
    cut = entity("وتين", "PERS")
    sources = sources._replace(
        annotations=sources.annotations | {"p-a": tuple(Located(r, "") for r in [*FIRST, cut])}
    )
    with pytest.raises(InputError, match=r"PERS \[\d+, \d+\) 'وتين' cuts through a token"):
        SPACY.write(sources, ["p-a"])


def test_it_cannot_be_imported():
    assert SPACY.read is None
