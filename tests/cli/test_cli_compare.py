"""`arbench compare` as a user meets it, and the ceiling in the tables of scores."""

import json

import msgspec
import pytest
from invented_runs import right_of_ten, run, saved

from arnews_bench.comparison import Comparison

ALWAYS, NEVER, MIXED = [9] * 20, [4] * 20, [9, 1, 8, 0, 7, 3, 6, 2, 5, 4] * 2


@pytest.fixture
def results(tmp_path):
    """Three models on one task: one is better, one is worse, one cannot be told from it."""
    for name, matched in (("good", ALWAYS), ("bad", NEVER), ("uneven", MIXED)):
        documents = right_of_ten(*matched)
        # Documents of unequal length, so that the differences are no constants.
        documents = [
            (m * w, g * w, p * w) for (m, g, p), w in zip(documents, [1, 2] * 10, strict=True)
        ]
        documents[0] = (5, 10, 10)
        saved(tmp_path / name, run(name, documents))
    return tmp_path


def test_a_comparison_reads_as_a_table_a_sentence_and_how_it_was_done(arbench, results):
    result = arbench("compare", results / "good", results / "bad")
    assert result.code == 0
    out = [line.rstrip() for line in result.out.splitlines()]
    assert out[0] == "A = good, B = bad: split test, 20 documents"
    assert " ".join(out[2].split()) == ("task measure A B A - B [95 % interval] p Holm W/T/L power")
    # 266 and 121 of 300 spans.
    assert out[4].startswith("ner   strict_f1  88.7  40.3")
    assert out[6].startswith("good is better than bad on ner, split test (+")
    assert "19/1/0" in out[4]
    assert "approximate randomisation, two-sided" in result.out
    assert "Holm: the same, adjusted for one comparison alone." in result.out


def test_what_cannot_be_told_apart_is_said_in_those_words(arbench, results):
    result = arbench("compare", results / "uneven", results / "bad")
    assert "uneven and bad on ner, split test: no difference shown (" in result.out
    assert "80 % power from " in " ".join(result.out.split())


def test_more_runs_are_compared_with_the_first(arbench, results):
    result = arbench("compare", *(results / name for name in ("good", "bad", "uneven")))
    titles = [line.rstrip() for line in result.out.splitlines() if line.startswith("A = ")]
    assert titles == [
        "A = good, B = bad: split test, 20 documents",
        "A = good, B = uneven: split test, 20 documents",
    ]
    assert "adjusted for all 2 comparisons of this call" in result.out


def test_all_compares_each_with_each(arbench, results):
    paths = [results / name for name in ("good", "bad", "uneven")]
    result = arbench("compare", *paths, "--all", "--json")
    found = json.loads(result.out)
    assert [(c["first"], c["second"], c["family"]) for c in found] == [
        ("good", "bad", 3),
        ("good", "uneven", 3),
        ("bad", "uneven", 3),
    ]


def test_json_gives_everything(arbench, results):
    result = arbench("compare", results / "good", results / "bad", "--json")
    (found,) = msgspec.json.decode(result.out, type=list[Comparison])
    assert (found.wins, found.ties, found.losses) == (19, 1, 0)
    assert found.low < found.difference < found.high
    assert found.p == found.p_adjusted < 0.001
    assert found.detectable > 0


def test_another_measure_is_named_in_table_and_sentence(arbench, results):
    result = arbench("compare", results / "good", results / "bad", "--metric", "recall")
    assert "good is better than bad on ner (recall), split test (+" in result.out


def test_an_unknown_measure_is_refused(arbench, results):
    result = arbench("compare", results / "good", results / "bad", "--metric", "recal")
    assert result.code == 2
    assert "--metric: unknown measure 'recal'; did you mean 'recall" in result.err


def test_the_baselines_compare_in_a_page_of_a_hundred_columns(arbench, tmp_path):
    for model in ("majority", "random"):
        arbench("eval", model, "--protocol", "cv", "--out", tmp_path)
    result = arbench("compare", tmp_path / "majority", tmp_path / "random")
    assert result.code == 0
    assert "majority is better than random on ner, cv (+" in result.out
    assert "random is better than majority on stance, cv (-" in result.out
    assert all(len(line.rstrip()) <= 100 for line in result.out.splitlines())


def test_a_task_with_a_long_name_is_folded_not_cut(arbench, tmp_path):
    name = "a_task_with_a_very_long_name"
    for model in "ab":
        saved(tmp_path / model, run(model, right_of_ten(9, 4, 8), task=name))
    result = arbench("compare", tmp_path / "a", tmp_path / "b")
    table = result.out.split("\n\n")[0].splitlines()
    assert all(len(line.rstrip()) <= 100 for line in table)
    assert "".join(line.split()[0] for line in table[4:]) == name


def test_compare_refuses_runs_of_different_protocols_and_says_so(arbench, tmp_path):
    arbench("eval", "majority", "--task", "ner", "--protocol", "cv", "--out", tmp_path / "a")
    arbench("eval", "majority", "--task", "ner", "--out", tmp_path / "b")
    result = arbench("compare", tmp_path / "a", tmp_path / "b")
    assert result.code == 2
    assert "they differ in protocol (cv and split), split (None and test)" in result.err


def test_names_of_models_cannot_write_to_the_terminal(arbench, tmp_path):
    evil, arabic = "\x1b[31m[bold]evil[/bold]", "نموذج"
    saved(tmp_path / "a", run(evil, right_of_ten(9, 4, 8)))
    saved(tmp_path / "b", run(arabic, right_of_ten(9, 4, 8)))
    result = arbench("compare", tmp_path / "a", tmp_path / "b")
    assert "\x1b" not in result.out
    assert r"\x1b[31m[bold]evil[/bold]" in result.out
    # In isolation, so that it does not reorder what stands beside it.
    assert f"B = \u2068{arabic}\u2069: split test" in result.out
    assert f" and \u2068{arabic}\u2069 on ner" in result.out


def test_scores_stand_beside_what_the_annotators_reach(arbench, tmp_path):
    result = arbench("eval", "majority", "--out", tmp_path / "r")
    assert result.out.count("│ annotators ") == 3
    assert "an upper bound, not a human ceiling" in result.out


def test_a_task_without_annotation_passes_shows_no_ceiling(arbench, tmp_path, predictions_file):
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(
        b'{"id":"1","doc_id":"1","start":0,"text":"x","tokens":["x"],"token_spans":[[0,1]],'
        b'"ner_tags":["B-PER"],"entities":[],"fold":0}\n'
    )
    task = tmp_path / "task.yaml"
    task.write_text(
        "name: mine\ntype: ner\ndescription: Mine.\ndata: {format: jsonl, test: rows.jsonl}\n"
    )
    answers = tmp_path / "answers.jsonl"
    answers.write_text('{"id": "1", "tags": ["B-PER"]}\n')
    result = arbench("score", answers, "--task", task)
    assert result.code == 0
    assert "annotators" not in result.out
