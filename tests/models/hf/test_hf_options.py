"""Options of a transformer, as they come from the command line."""

import pytest

from arnews_bench import InputError
from arnews_bench.models.hf.options import Options


def test_what_is_not_given_keeps_its_default():
    assert Options.from_strings({}) == Options()


def test_text_becomes_numbers():
    found = Options.from_strings({"epochs": "3", "learning_rate": "2e-5", "max_length": "64"})
    assert (found.epochs, found.learning_rate, found.max_length) == (3, 2e-5, 64)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(InputError) as caught:
        Options.from_strings({"epoch": "3", "batch_size": "many", "device": "gpu"})
    message = str(caught.value)
    assert "unknown option 'epoch'; did you mean 'epochs'?" in message
    assert "batch_size=many: a whole number is needed" in message
    assert "device=gpu: auto, cpu or cuda is needed" in message


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("epochs", "0", "at least 1"),
        ("learning_rate", "-1", "from 0 to 1"),
        ("learning_rate", "nan", "from 0 to 1"),
        ("weight_decay", "inf", "at least 0"),
        ("warmup", "1.5", "from 0 to 1"),
        ("max_length", "4", "at least 16"),
    ],
)
def test_a_value_out_of_range_is_refused(key, value, wanted):
    with pytest.raises(InputError, match=f"{key}={value}: {wanted} is needed"):
        Options.from_strings({key: value})


def test_windows_cannot_share_more_than_half():
    with pytest.raises(InputError, match="stride=40: windows of 64 sub-words can share 30 at most"):
        Options.from_strings({"max_length": "64", "stride": "40"})
