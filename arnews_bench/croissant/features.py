"""From the features of a config, as `datasets` writes them into a card, to Croissant fields."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from arnews_bench.croissant.descriptions import description
from arnews_bench.croissant.inputs import CARD
from arnews_bench.errors import InputError, did_you_mean

__all__ = ["file_set_id", "record_sets"]

# `dtype` → data type of Croissant.
_DATA_TYPES: Mapping[str, str] = {
    "bool": "sc:Boolean",
    "string": "sc:Text",
    "large_string": "sc:Text",
    "date32": "sc:Date",
    "date64": "sc:Date",
    **{f"int{bits}": f"cr:Int{bits}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"cr:UInt{bits}" for bits in (8, 16, 32, 64)},
    **{f"float{bits}": f"cr:Float{bits}" for bits in (16, 32, 64)},
}


class _Type(NamedTuple):
    """The type of a feature: in how many lists it lies, and what lies in the innermost.

    Attributes:
        dimensions: The number of lists around it, 0 for none.
        data_type: The Croissant type of a leaf; None for a struct.
        labels: The names of a class label.
        features: The features of a struct.
    """

    dimensions: int
    data_type: str | None
    labels: Sequence[str] = ()
    features: Sequence[Mapping[str, Any]] = ()


def file_set_id(config: str) -> str:
    """What the set of a config's files is called."""
    return f"{config}-files"


def record_sets(
    config: str, split_field: Mapping[str, Any], features: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The record set of a config, preceded by those that list its class labels.

    Args:
        config: The config's name.
        split_field: The field that stands first, and is not in the rows.
        features: The features of the rows.

    Raises:
        InputError: A feature has no name, or a type that Croissant does not know.
    """
    types = {_name(feature, config): _type(feature, config) for feature in features}
    record_set = {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        **description(config),
        "field": [
            split_field,
            *(_field((config, column), type_, "$") for column, type_ in types.items()),
        ],
    }
    labels = [
        _label_set(f"{config}/{column}", type_.labels)
        for column, type_ in types.items()
        if type_.labels
    ]
    return [*labels, record_set]


def _label_set(field: str, labels: Sequence[str]) -> dict[str, Any]:
    """The labels as an enumeration.

    The field does not refer to it: of a record set with a second reference, beside that to the
    splits, `mlcroissant` 1.1 can no longer read one split alone.
    """
    return {
        "@type": "cr:RecordSet",
        "@id": f"{field}/labels",
        "name": f"{field}/labels",
        "description": f"The values of {field}, in the order of the class label.",
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{field}/labels/name"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{field}/labels/name",
                "name": "name",
                "description": "The label.",
                "dataType": "sc:Text",
            }
        ],
        "data": [{f"{field}/labels/name": label} for label in labels],
    }


def _field(path: tuple[str, ...], type_: _Type, json_path: str) -> dict[str, Any]:
    """A field and the fields inside it.

    Args:
        path: The config, the column, and the names from there on.
        type_: Its type.
        json_path: Where the value is, seen from an item of the column.
    """
    config, column, *inner = path
    field_id = "/".join(path)
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": field_id,
        "name": path[-1],
        **description(field_id),
    }
    if type_.dimensions:
        field |= {"isArray": True, "arrayShape": ",".join(["-1"] * type_.dimensions)}
    if type_.data_type is None:
        # A transform sees the items of a column one by one; the lists inside an item, it does not.
        steps = "[*]" * type_.dimensions if inner else ""
        field["subField"] = [
            _field((*path, name), _type(feature, field_id), f"{json_path}{steps}.{name}")
            for feature in type_.features
            for name in [_name(feature, field_id)]
        ]
        return field
    field["dataType"] = [type_.data_type, "cr:Label"] if type_.labels else type_.data_type
    field["source"] = {
        "fileSet": {"@id": file_set_id(config)},
        "extract": {"column": column},
        **({"transform": {"jsonPath": json_path}} if inner else {}),
    }
    return field


def _name(feature: Mapping[str, Any], parent: str) -> str:
    name = feature.get("name")
    if not isinstance(name, str):
        raise InputError(f"{CARD}: `dataset_info`: a feature of `{parent}` has no `name`")
    return name


def _type(feature: Mapping[str, Any], parent: str) -> _Type:
    where = f"{CARD}: `dataset_info`: feature `{parent}/{_name(feature, parent)}`"
    return _unfolded({key: value for key, value in feature.items() if key != "name"}, where)


def _unfolded(value: object, where: str) -> _Type:
    match value:
        case str():
            if value not in _DATA_TYPES:
                raise InputError(
                    f"{where}: unknown dtype {value!r}; {did_you_mean(value, _DATA_TYPES)}"
                )
            return _Type(0, _DATA_TYPES[value])
        case list() if value and all(isinstance(item, dict) for item in value):
            return _Type(0, None, features=value)
        case {"class_label": {"names": dict(names)}}:
            return _Type(0, "sc:Text", labels=[str(label) for label in names.values()])
        case {"list": inner}:
            inside = _unfolded(inner, where)
            return inside._replace(dimensions=inside.dimensions + 1)
        case {"dtype": inner} | {"struct": inner}:
            return _unfolded(inner, where)
    raise InputError(
        f"{where}: unknown type {value!r}; a feature has a `dtype`, a `list` or a `struct`"
    )
