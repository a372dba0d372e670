"""A small encoder and its tokenizer, made from our own text: nothing is downloaded."""

from pathlib import Path

import pytest
from small_models import bert_config, word_piece

from arnews_bench import load_rows


@pytest.fixture(scope="session")
def tiny_tokenizer():
    """A WordPiece tokenizer of 2,000 sub-words, made from the training rows of ner."""
    return word_piece([row.text for row in load_rows("ner", "train")])


@pytest.fixture(scope="session")
def tiny_encoder(tiny_tokenizer, tmp_path_factory) -> Path:
    """A folder with a BERT of two layers, without a head and not trained, and its tokenizer."""
    return _encoder(tiny_tokenizer, tmp_path_factory.mktemp("models") / "tiny-encoder")


@pytest.fixture(scope="session")
def steady_encoder(tiny_tokenizer, tmp_path_factory) -> Path:
    """The same for learning rows by heart: without dropout, and with large first weights.

    With BERT's own, two layers without pretraining begin by answering all rows alike, and every
    second training stays there; by which seed differs from processor to processor.
    """
    folder = tmp_path_factory.mktemp("models") / "steady-encoder"
    return _encoder(
        tiny_tokenizer,
        folder,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.15,
    )


def _encoder(tokenizer, folder: Path, **changes) -> Path:
    import torch
    from transformers import BertModel

    from arnews_bench.models.hf.quiet import quiet

    with quiet(), torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(bert_config(len(tokenizer), **changes)).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder
