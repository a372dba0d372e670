"""Small encoders and tokenizers, made from texts: nothing is downloaded."""

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def named(tokens, *roles):
    """Special tokens by the roles that they have."""
    return {f"{role}_token": token for role, token in zip(roles, tokens, strict=True)}


def word_piece(texts, size=2000, *, strip_accents=False):
    """A WordPiece tokenizer as BERT's, the same in every process.

    The trainer of WordPiece breaks ties by the order of a hash table, so that the vocabulary
    differs from run to run; that of BPE does not. Its pieces serve at the beginning of a word and
    inside it.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    splitting = normalizers.BertNormalizer(strip_accents=strip_accents, lowercase=False)
    pairs = Tokenizer(models.BPE())
    pairs.normalizer = splitting
    pairs.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    pairs.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size // 2, show_progress=False))
    pieces = sorted(pairs.get_vocab())
    vocabulary = [*SPECIAL, *pieces, *(f"##{piece}" for piece in pieces)]
    numbered = {piece: i for i, piece in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(numbered, **named(["[UNK]"], "unk")))
    tokenizer.normalizer = splitting
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        **named(SPECIAL, "pad", "unk", "cls", "sep", "mask"),
        model_max_length=128,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )


def bert_config(n_words, **changes):
    """The shape of the small encoder."""
    from transformers import BertConfig

    shape = {
        "vocab_size": n_words,
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 128,
        "max_position_embeddings": 128,
        "pad_token_id": 0,
    }
    return BertConfig(**{**shape, **changes})


def unigram(texts):
    """A tokenizer as XLM-R's: words begin with `▁`."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.UnigramTrainer(
        vocab_size=800, special_tokens=special, show_progress=False, **named(["<unk>"], "unk")
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=128,
        **named(special, "cls", "pad", "sep", "unk", "mask"),
    )


def byte_level(texts):
    """A tokenizer as RoBERTa's: bytes, with a space before each word; nothing is unknown."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["<s>", "<pad>", "</s>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    trainer = trainers.BpeTrainer(
        vocab_size=800,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=128,
        **named(special, "cls", "pad", "sep"),
    )
