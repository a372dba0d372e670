"""What the labels of a ready-made model mean: label maps, and answers read through them."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from arnews_bench.entities import COARSE_OF, TypedSpan
from arnews_bench.errors import InputError, did_you_mean
from arnews_bench.files import file_hash
from arnews_bench.invalid import describe_invalid
from arnews_bench.models.hf.options import Options
from arnews_bench.schema import COARSE_TYPES, ENTITY_TYPES, Record, TaskType
from arnews_bench.yaml_records import load_yaml

__all__ = [
    "LabelMap",
    "Meaning",
    "entity_spans",
    "label_map_digest",
    "meanings",
    "read_label_map",
    "require_no_label_map",
    "shipped_label_maps",
]

_FOLDER = Path(__file__).resolve().parent / "label_maps"
# IOB, BIOES and its twin BILOU; what has no prefix is a label of the IO scheme.
_PREFIXED = re.compile(r"(?P<prefix>[BIESLUM])[-_](?P<type>.+)")
_NAMELESS = re.compile(r"LABEL_\d+")
_TARGETS = frozenset(COARSE_TYPES) | frozenset(ENTITY_TYPES)
_OUTSIDE = "O"
_OPENING, _CLOSING = frozenset("BSU"), frozenset("ESLU")


def require_no_label_map(name: str, options: Options, head: str) -> None:
    """Refuse a label map for an encoder that learns the labels of the task.

    Raises:
        InputError: There is one.
    """
    if options.label_map is not None:
        raise InputError(
            f"{name}: is fine-tuned on the labels of the task, so --label-map has nothing to map; "
            f"it is for a model that has a head for {head}"
        )


class LabelMap(Record, frozen=True, kw_only=True):
    """A label map, as its YAML file says it.

    Attributes:
        labels: A label of the model, or its type without the prefix → our type or label; null
            for what is nothing of ours.
        description: Whose labels these are.
        task: The type of task that it is for.
    """

    labels: dict[str, str | None]
    description: str = ""
    task: TaskType = "ner"


class Meaning(NamedTuple):
    """What a label of a model says of a word: the place in an entity, and the entity's type.

    The type is None outside of all entities, and in those that are nothing of ours.
    """

    prefix: str
    type: str | None


@cache
def shipped_label_maps() -> Mapping[str, LabelMap]:
    """The label maps that come with the package, by name."""
    return MappingProxyType({path.stem: _read(path) for path in sorted(_FOLDER.glob("*.yaml"))})


def read_label_map(given: str, task_type: TaskType) -> LabelMap:
    """A label map by its name, or from a file.

    Raises:
        InputError: There is no such map, the file is wrong, or it is for another type of task.
    """
    path = _path(given)
    names = [name for name, known in shipped_label_maps().items() if known.task == task_type]
    if path is None:
        raise InputError(
            f"--label-map {given}: no such file, and no map of that name; "
            f"{did_you_mean(given, names)}"
        )
    found = _read(path)
    if found.task != task_type:
        raise InputError(f"--label-map {given}: is for tasks of type {found.task}, not {task_type}")
    return found


def label_map_digest(given: str) -> str:
    """A hash of a map's content; it goes into a model's revision.

    Raises:
        InputError: There is no such map.
    """
    path = _path(given)
    if path is None:
        raise InputError(
            f"--label-map {given}: no such file, and no map of that name; "
            f"{did_you_mean(given, shipped_label_maps())}"
        )
    return file_hash(path)


def _path(given: str) -> Path | None:
    shipped = _FOLDER / f"{given}.yaml"
    if given in shipped_label_maps():
        return shipped
    return Path(given) if Path(given).is_file() else None


def _read(path: Path) -> LabelMap:
    try:
        return msgspec.convert(load_yaml(path), LabelMap)
    except msgspec.ValidationError as error:
        raise InputError(
            f"{path}: is no label map: {describe_invalid(error, LabelMap)}; it looks like\n"
            "  labels:\n    PERSON: PER\n    DATE: null"
        ) from None


def meanings(
    name: str, labels: Sequence[str], label_map: LabelMap | None, types: Sequence[str]
) -> list[Meaning]:
    """What each label of a tagger means.

    Args:
        name: Of the model, for messages.
        labels: The model's labels, by index.
        label_map: What they mean; None for a model that has the labels of the task.
        types: The entity types of the task.

    Raises:
        InputError: A label is not named; all of them are listed, with a map that could be meant.
    """
    mapping = _identity(types) if label_map is None else label_map.labels
    problems = [
        f"{source}: {target!r} is none of our types"
        for source, target in mapping.items()
        if target is not None and target != _OUTSIDE and _bare(target) not in _TARGETS
    ]
    if problems:
        known = ", ".join((*COARSE_TYPES, *(t for t in ENTITY_TYPES if t not in COARSE_TYPES)))
        raise InputError.from_problems(f"--label-map: known types are {known}:", problems)
    known_labels = {source.upper(): target for source, target in mapping.items()}
    found = [_meaning(label, known_labels) for label in labels]
    unnamed = [label for label, meaning in zip(labels, found, strict=True) if meaning is None]
    if unnamed or not labels:
        raise InputError(_unnamed(name, labels, unnamed, given=label_map is not None))
    return [meaning for meaning in found if meaning is not None]


def _identity(types: Sequence[str]) -> dict[str, str | None]:
    return {name: name for name in types}


def _bare(label: str) -> str:
    match = _PREFIXED.fullmatch(label)
    return match["type"] if match else label


def _meaning(label: str, mapping: Mapping[str, str | None]) -> Meaning | None:
    """The meaning of a label; None if it is not named."""
    match = _PREFIXED.fullmatch(label)
    prefix, bare = (match["prefix"], match["type"]) if match else ("", label)
    if label.upper() in mapping:
        target = mapping[label.upper()]
        if target is not None:
            # A map may say `LABEL_1: B-PER`; what it says of the place counts then.
            own = _PREFIXED.fullmatch(target)
            prefix, target = (own["prefix"], own["type"]) if own else (prefix, target)
    elif bare.upper() in mapping:
        target = mapping[bare.upper()]
    elif label.upper() == _OUTSIDE:
        target = None
    else:
        return None
    return Meaning(prefix, None if target == _OUTSIDE else target)


def _unnamed(name: str, labels: Sequence[str], unnamed: Sequence[str], *, given: bool) -> str:
    if not labels or (not given and all(_NAMELESS.fullmatch(label) for label in labels)):
        count = len(labels)
        return (
            f"{name}: its config.json does not say what its {count or ''} labels mean "
            f"({', '.join(labels[:3])}{', …' if count > 3 else ''}); its training data does: a "  # noqa: PLR2004
            "label map names each, as\n  labels:\n    LABEL_0: O\n    LABEL_1: B-PER\n"
            "in a file that is given with --label-map FILE"
        )
    fitting = [
        shipped
        for shipped, known in shipped_label_maps().items()
        if known.task == "ner"
        and all(
            _meaning(label, {source.upper(): to for source, to in known.labels.items()})
            for label in labels
        )
    ]
    bare = list(dict.fromkeys(_bare(label) for label in unnamed))
    lines = [
        f"{name}: its labels are " + ", ".join(labels),
        ("the label map does not name " if given else "the task does not have ") + ", ".join(bare),
    ]
    if fitting:
        lines.append(f"one that comes with the package does: --label-map {fitting[0]}")
    else:
        lines.append("a file like this, with each line checked, can be given with --label-map FILE")
        lines.append("labels:")
        own = dict.fromkeys(_bare(label) for label in labels if label.upper() != _OUTSIDE)
        lines += [f"  {label}: {_guess(label)}" for label in own]
    return "\n  ".join(lines)


def _guess(label: str) -> str:
    if label.upper() in _TARGETS:
        return label.upper()
    for known in shipped_label_maps().values():
        if known.task == "ner":
            meant = known.labels.get(label.upper())
            if meant is not None:
                return meant
    return "null"


def entity_spans(found: Sequence[Meaning]) -> list[TypedSpan]:
    """The entities in the labels of a text's words, whatever the scheme they are in.

    An inside label after another type, or after nothing, begins an entity, as in `conlleval`.

    Args:
        found: The meaning of each word's label.

    Returns:
        Entities by word index, without overlap, in order.
    """
    spans: list[TypedSpan] = []
    start, open_type = 0, None
    for index, (prefix, type_) in enumerate([*found, Meaning("", None)]):
        if open_type is not None and (type_ != open_type or prefix in _OPENING):
            spans.append(TypedSpan(start, index, open_type))
            open_type = None
        if type_ is not None and open_type is None:
            start, open_type = index, type_
        if open_type is not None and prefix in _CLOSING:
            spans.append(TypedSpan(start, index + 1, open_type))
            open_type = None
    return spans


def coarse_types(found: Sequence[Meaning]) -> set[str]:
    """The coarse types that labels can give."""
    return {COARSE_OF[item.type] for item in found if item.type and item.type in COARSE_OF}
