"""YAML as a record: what is wrong with it is said in one line."""

import datetime as dt
from typing import Literal

import msgspec
import pytest
import yaml

from arnews_bench.errors import InputError
from arnews_bench.yaml_records import line_of, parse_yaml


class Leaf(msgspec.Struct, frozen=True):
    colour: Literal["green", "brown"]


class Tree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    leaf: Leaf
    planted: dt.date | None = None


TREE = "name: oak\nleaf:\n  colour: green\n"


def refusal(text, **options):
    with pytest.raises(InputError) as caught:
        parse_yaml(text, Tree, "tree.yaml", **options)
    return str(caught.value)


def test_a_record_is_read():
    assert parse_yaml(TREE, Tree, "tree.yaml") == Tree("oak", Leaf("green"))


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("green", "grey", 3, "field `leaf.colour`: Invalid enum value 'grey'; allowed are brown, "),
        ("oak", "3", 1, "field `name`: Expected `str`, got `int`"),
        ("name: oak", "planted: 2025-01-01", 1, "Object missing required field `name`"),
        ("  colour", "  color", 2, "field `leaf`: Object missing required field `colour`"),
        ("leaf:", "size: 3\nleaf:", 2, "Object contains unknown field `size`"),
        ("green", "[green", 4, "not YAML: expected ',' or ']', but got '<stream end>'"),
        ("green", "!grey", 3, "not YAML: could not determine a constructor for the tag '!grey'"),
        ("green", "*grey", 3, "not YAML: found undefined alias 'grey'"),
        ("  colour", "\tcolour", 3, "not YAML: found character '\\t' that cannot start any token"),
    ],
)
def test_a_mistake_is_said_in_one_line_with_its_number(old, new, line, said):
    assert old in TREE
    found = refusal(TREE.replace(old, new, 1), first_line=1)
    assert found.startswith(f"tree.yaml:{line}: {said}")
    assert "\n" not in found


def test_lines_count_from_where_the_text_begins_in_its_file():
    assert refusal(TREE.replace("green", "!grey"), first_line=11).startswith("tree.yaml:13: not ")


def test_of_a_text_that_is_no_file_the_line_stands_at_the_end():
    assert refusal("name: [") == (
        "tree.yaml: not YAML: expected the node content, but found '<stream end>', line 1"
    )
    assert refusal(TREE.replace("oak", "3")) == "tree.yaml: field `name`: Expected `str`, got `int`"


@pytest.mark.parametrize("value", ["2025-02-30", "!!int one", "'\x07'", "[" * 5000])
def test_what_has_no_line_is_said_in_one_line_too(value):
    found = refusal(f"name: oak\nplanted: {value}\n", first_line=1)
    assert found.startswith("tree.yaml: not YAML: ")
    assert "\n" not in found


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_text_is_no_record(text):
    assert refusal(text, first_line=1) == "tree.yaml:1: Expected `object`, got `null`"


def test_the_line_of_a_key_is_as_near_as_its_path_leads():
    tree = yaml.compose(TREE)
    assert line_of(tree, "leaf.colour") == 3
    assert line_of(tree, "leaf.size") == 2
    assert line_of(tree, "name.first") == 1
    assert line_of(tree, "") == 1
