"""What is said after a word that is not known."""

from arnews_bench.errors import did_you_mean


def test_of_few_words_the_nearest_and_all_are_named():
    assert did_you_mean("agrees", {"agree", "discuss"}) == (
        "did you mean 'agree'? known are: agree, discuss"
    )


def test_of_many_words_only_the_nearest_is_named():
    assert did_you_mean("word3x", [f"word{number}" for number in range(20)]) == (
        "did you mean 'word3'?"
    )


def test_where_none_is_near_all_are_named():
    many = [f"word{number:02}" for number in range(20)]
    assert did_you_mean("zzz", many) == "known are: " + ", ".join(many)
