"""A real causal model through the provider `hf`: random words, so most answers are unreadable."""

import pytest
from loopback_runs import answers

from arnews_bench import evaluate, load_rows

TEMPLATE = (
    "{% for message in messages %}<s>{{ message.role }}: {{ message.content }}</s>{% endfor %}"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A Llama of two layers with random weights and its tokenizer, in a folder."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from tokenizers.decoders import ByteLevel
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    special = ["<s>", "</s>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([row.text for row in load_rows("ner", "train")], trainer)
    ends = dict(zip(("bos_token", "eos_token"), special, strict=True))
    words = PreTrainedTokenizerFast(tokenizer_object=tokenizer, chat_template=TEMPLATE, **ends)
    place = tmp_path_factory.mktemp("models") / "tiny-llama"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = LlamaConfig(
            vocab_size=len(words),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=8192,
            bos_token_id=0,
            eos_token_id=1,
        )
        LlamaForCausalLM(config).save_pretrained(place)
    words.save_pretrained(place)
    return place


def ask(folder, out):
    # One at a time: the provider waits two seconds for a batch that is not full.
    options = {"arg.model_path": str(folder), "max_tokens": "12", "max_connections": "1"}
    (run,) = evaluate("llm:hf/local", ["stance"], options=options, limit=2, out=out)
    return run


@pytest.fixture(scope="module")
def asked(folder, one_thread, tmp_path_factory):
    """A run, what it left, and the models that were made for it."""
    from inspect_ai.model._providers.hf import HuggingFaceAPI

    made, make = [], HuggingFaceAPI.__init__

    def counted(self, **arguments):
        made.append(arguments["model_name"])
        make(self, **arguments)

    out = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HuggingFaceAPI, "__init__", counted)
        return ask(folder, out), answers(out), made


def test_a_real_model_is_run_and_what_it_cannot_say_is_counted(asked):
    run, kept, _ = asked
    usage = run.usage
    assert usage.answers == run.n.rows == usage.unparsable == 2
    assert all(answer["problem"] for answer in kept.values())
    assert run.metrics["accuracy"].value == 0
    assert 0 < usage.output_tokens <= 2 * 12 < usage.input_tokens
    assert usage.cost is None
    assert usage.latency.max > 0


def test_its_weights_are_loaded_once(asked):
    assert asked[2] == ["local"]


def test_the_likeliest_answer_is_always_the_same(asked, folder, tmp_path):
    ask(folder, tmp_path)
    said = [[a["completion"] for a in kept.values()] for kept in (asked[1], answers(tmp_path))]
    assert said[0] == said[1]
    assert all(said[0])
