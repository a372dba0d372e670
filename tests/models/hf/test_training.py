"""Fine-tuning: one seed is one result, a kill costs an epoch, and nobody's process is disturbed."""

import random
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from arnews_bench import WorkError, load_task
from arnews_bench.models.hf import huggingface_source
from arnews_bench.models.hf.batching import Collate
from arnews_bench.models.hf.fetch import Location, load_model
from arnews_bench.models.hf.options import Options
from arnews_bench.models.hf.quiet import quiet, seeded
from arnews_bench.models.hf.training import train

CHILD = Path(__file__).with_name("killed_training.py")
OPTIONS = Options(epochs=3, learning_rate=0.002, batch_size=4, warmup=0.0)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def windows(tiny_tokenizer):
    """Eight windows of four sub-words, each with a label that its first sub-word tells."""
    return [
        {
            "input_ids": [2, 10 + n, 20, 3],
            "attention_mask": [1] * 4,
            "labels": [-100, n % 2, 0, -100],
        }
        for n in range(8)
    ]


@pytest.fixture
def model(tiny_encoder):
    return fresh(tiny_encoder)


def weights(model):
    return np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])


def fresh(tiny_encoder):
    with seeded(5):
        return load_model(
            Location(str(tiny_encoder)).fetch(), "TokenClassification", ["O", "B-PER"]
        )


def test_one_seed_gives_one_result_and_another_seed_another(tiny_encoder, tiny_tokenizer, windows):
    found = []
    for seed in (1, 1, 2):
        model = fresh(tiny_encoder)
        train(model, windows, collate=Collate(tiny_tokenizer), options=OPTIONS, seed=seed)
        found.append(weights(model))
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


def test_the_epoch_with_the_best_score_is_kept_and_training_stops(
    model, tiny_tokenizer, windows, tmp_path
):
    scores, seen = iter([0.3, 0.9, 0.5, 0.4]), []

    def score():
        seen.append(weights(model))
        return next(scores)

    options = Options(epochs=9, patience=2, learning_rate=0.002, batch_size=4)
    train(model, windows, collate=Collate(tiny_tokenizer), options=options, seed=1, score=score)
    assert len(seen) == 4
    assert np.array_equal(weights(model), seen[1])


def test_a_finished_training_is_read_and_not_repeated(
    tiny_encoder, tiny_tokenizer, windows, tmp_path
):
    collate, calls = Collate(tiny_tokenizer), []

    def score():
        calls.append(1)
        return float(len(calls))

    first, second = fresh(tiny_encoder), fresh(tiny_encoder)
    kept = tmp_path / "kept"
    train(first, windows, collate=collate, options=OPTIONS, seed=1, checkpoints=kept, score=score)
    train(second, windows, collate=collate, options=OPTIONS, seed=1, checkpoints=kept, score=score)
    assert len(calls) == 3
    assert np.array_equal(weights(first), weights(second))
    # Only the weights of the result stay: no pickle is left behind.
    assert {path.suffix for path in kept.rglob("*") if path.is_file()} == {".json", ".safetensors"}


def test_checkpoints_of_another_training_are_not_gone_on_with(
    tiny_encoder, tiny_tokenizer, windows, tmp_path
):
    collate = Collate(tiny_tokenizer)
    kept, alone = fresh(tiny_encoder), fresh(tiny_encoder)
    train(
        fresh(tiny_encoder), windows, collate=collate, options=OPTIONS, seed=1, checkpoints=tmp_path
    )
    train(kept, windows, collate=collate, options=OPTIONS, seed=2, checkpoints=tmp_path)
    train(alone, windows, collate=collate, options=OPTIONS, seed=2)
    assert np.array_equal(weights(kept), weights(alone))


def test_a_training_killed_inside_a_checkpoint_goes_on_to_the_same_result(tiny_encoder, tmp_path):
    options = ["epochs=4", "learning_rate=0.002", "batch_size=5", "patience=9"]

    def run(folder, what):
        return subprocess.run(
            [sys.executable, str(CHILD), str(tiny_encoder), str(folder), what, *options],
            check=False,
            capture_output=True,
            text=True,
        )

    killed = run(tmp_path / "killed", "kill")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    kept = {path.parent.name for path in (tmp_path / "killed").glob("*/whole.json")}
    assert kept == {"checkpoint-4"}  # the first epoch; the second was not whole
    again = fitted_here(tiny_encoder, tmp_path / "killed", options)
    alone = fitted_here(tiny_encoder, tmp_path / "alone", options)
    assert np.array_equal(again, alone)


def fitted_here(encoder, checkpoints, options):
    task = load_task("ner")
    rows = [row for row in task.rows("train") if len(set(row.ner_tags)) > 1][:20]
    model = huggingface_source(str(encoder), dict(o.split("=") for o in options)).create(task)
    model.checkpoints = checkpoints
    model.fit(task, rows, rows, seed=3)
    return weights(model._fitted.model)


def test_an_early_stop_is_remembered_if_the_kill_came_right_after(
    tiny_encoder, tiny_tokenizer, windows, tmp_path, monkeypatch
):
    from arnews_bench.models.hf import training

    collate = Collate(tiny_tokenizer)
    options = Options(epochs=9, patience=1, learning_rate=0.002, batch_size=4)
    scores = iter([0.9, 0.5, "not asked for"])
    model = fresh(tiny_encoder)
    with monkeypatch.context() as patch:

        def killed(*_):
            raise KeyboardInterrupt

        patch.setattr(training, "_finish", killed)
        with pytest.raises(KeyboardInterrupt):
            train(
                model, windows, collate=collate, options=options, seed=1, checkpoints=tmp_path,
                score=lambda: next(scores),
            )  # fmt: skip
    again = fresh(tiny_encoder)
    train(
        again, windows, collate=collate, options=options, seed=1, checkpoints=tmp_path,
        score=lambda: next(scores),
    )  # fmt: skip
    assert next(scores) == "not asked for"
    assert np.array_equal(weights(model), weights(again))


def test_a_training_that_diverges_says_so(model, tiny_tokenizer, windows):
    import torch

    with torch.no_grad():
        model.classifier.weight.fill_(float("nan"))
    with pytest.raises(WorkError, match=r"learning_rate below 0\.002"):
        train(model, windows, collate=Collate(tiny_tokenizer), options=OPTIONS, seed=1)


def test_nothing_is_printed_and_the_process_is_as_it_was(model, tiny_tokenizer, windows, capfd):
    import torch
    from huggingface_hub.utils import are_progress_bars_disabled
    from transformers.utils import logging

    def drawn():
        return random.random(), np.random.rand(), torch.rand(1).item()  # noqa: NPY002

    def seed():
        random.seed(7)
        np.random.seed(7)  # noqa: NPY002
        torch.manual_seed(7)

    logging.set_verbosity_warning()
    seed()
    expected = drawn()
    seed()
    filters = list(warnings.filters)
    train(model, windows, collate=Collate(tiny_tokenizer), options=OPTIONS, seed=1)
    assert drawn() == expected
    assert logging.get_verbosity() == logging.WARNING
    assert logging.is_progress_bar_enabled()
    assert not are_progress_bars_disabled()
    assert not torch.are_deterministic_algorithms_enabled()
    assert warnings.filters == filters
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_what_was_quiet_before_stays_quiet():
    from huggingface_hub.utils import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    disable_progress_bars()
    try:
        with quiet():
            pass
        assert are_progress_bars_disabled()
    finally:
        enable_progress_bars()
