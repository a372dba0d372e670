"""The message for a record that cannot be read: the field first, and what may stand in it."""

from typing import Literal

import msgspec
import pytest

from arnews_bench.annotations import AnnotationRecord
from arnews_bench.invalid import describe_invalid

Side = Literal["left", "right"]


class Cell(msgspec.Struct, frozen=True):
    side: Side
    width: int = 1


class Grid(msgspec.Struct, frozen=True, rename={"cells": "squares"}):
    cells: tuple[Cell, ...] = ()
    named: dict[str, Side] = {}
    mode: Side | Literal["both"] | None = None


def message(value, kind):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, kind)
    return describe_invalid(caught.value, kind)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"squares": [{"side": "left"}, {"side": "up"}]},
            "field `squares[1].side`: Invalid enum value 'up'; allowed are left, right",
        ),
        (
            {"named": {"a.b": "up"}},
            "field `named[...]`: Invalid enum value 'up'; allowed are left, right",
        ),
        ({"mode": "up"}, "field `mode`: Invalid enum value 'up'; allowed are left, right, both"),
    ],
)
def test_the_allowed_values_are_named_wherever_the_field_stands(value, expected):
    assert message(value, Grid) == expected


def test_so_are_the_kinds_of_a_record_that_may_be_one_of_several():
    assert message([{"layer": "span"}], list[AnnotationRecord]) == (
        "field `[0].layer`: Invalid value 'span'; allowed are entity, attribution, stance"
    )


def test_what_is_no_matter_of_values_is_said_as_it_is():
    assert message({"squares": [{"side": "left", "width": "x"}]}, Grid) == (
        "field `squares[0].width`: Expected `int`, got `str`"
    )
    assert message({"squares": [{}]}, Grid) == (
        "field `squares[0]`: Object missing required field `side`"
    )
    assert message([], Grid) == "Expected `object`, got `array`"
