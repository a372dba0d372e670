"""CoNLL-2003 columns hold the tokens and tags of the `ner` rows, as NLTK reads them."""

import nltk
import pytest
from invented import make_sources
from nltk.corpus.reader.conll import ConllCorpusReader

from arnews_bench import data_dir
from arnews_bench.annotations import read_sources
from arnews_bench.corpus import ner_rows
from arnews_bench.exchange.conll import CONLL
from arnews_bench.schema import SPLITS


@pytest.fixture(scope="module")
def sources():
    return read_sources(data_dir())


def sentences_of(folder, name):
    """The sentences, each a list of pairs, and an empty one where a document starts."""
    reader = ConllCorpusReader(str(folder), [name], ("words", "pos"), encoding="utf-8")
    return list(reader.tagged_sents())


@pytest.mark.parametrize("split", SPLITS)
def test_nltk_reads_the_ner_rows_of_a_split(sources, tmp_path, split, monkeypatch):
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])  # it opens no other folder
    for name, content in CONLL.write(sources, list(sources.documents)).items():
        (tmp_path / name).write_bytes(content)
    expected = []
    for doc_id, document in sources.documents.items():
        if sources.pages[document.page].split == split:
            expected.append([])
            expected += [
                list(zip(row.tokens, row.ner_tags, strict=True))
                for row in ner_rows(sources, doc_id)
            ]
    assert sentences_of(tmp_path, f"{split}.conll") == expected


def test_a_line_is_a_token_a_space_and_its_tag_and_a_blank_line_ends_a_sentence():
    files = CONLL.write(make_sources(), ["p-a", "q-a"])
    assert files["test.conll"].decode() == ("-DOCSTART- O\n\nبوتين B-PER\nفي O\nموسكو B-LOC\n\n")
    assert files["train.conll"].decode() == (
        "-DOCSTART- O\n\n😀 O\nلافروف B-PER\n: O\nروسيا B-LOC\nمستعدة O\n\n"
        "قال O\nبوتين B-PER\nنعم O\n، O\nبحسب O\nرويترز B-ORG\n، O\nللسلام O\n. O\n\n"
        "وأضاف O\nأنه O\nعاد O\nونفى O\nالحرب O\n\n"
    )


def test_only_the_splits_of_the_wanted_documents_are_written(sources):
    assert list(CONLL.write(sources, ["004-a"])) == ["train.conll"]


def test_it_cannot_be_imported(sources):
    assert CONLL.read is None
