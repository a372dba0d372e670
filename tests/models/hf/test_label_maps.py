"""What a tagger's labels mean, and entities from labels of any scheme."""

import pytest

from arnews_bench import COARSE_TYPES, ENTITY_TYPES, InputError
from arnews_bench.models.hf.label_maps import (
    LabelMap,
    Meaning,
    entity_spans,
    label_map_digest,
    meanings,
    read_label_map,
    shipped_label_maps,
)


def tagged(*types, prefixes="BI"):
    return ["O", *(f"{prefix}-{name}" for name in types for prefix in prefixes)]


def spans(*labels, label_map=None):
    known = dict(
        zip(labels, meanings("hf:x", labels, label_map, COARSE_TYPES), strict=True)
    )  # the labels of a sentence stand for all that the model has
    return [tuple(span) for span in entity_spans([known[label] for label in labels])]


def test_labels_of_the_task_need_no_map():
    assert meanings("hf:x", ["O", "B-PER", "I-LOC"], None, COARSE_TYPES) == [
        Meaning("", None), Meaning("B", "PER"), Meaning("I", "LOC"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["B-PER", "I-PER", "O", "B-LOC"], [(0, 2, "PER"), (3, 4, "LOC")]),
        (["B-PER", "B-PER"], [(0, 1, "PER"), (1, 2, "PER")]),
        (["PER", "PER", "O", "LOC"], [(0, 2, "PER"), (3, 4, "LOC")]),
        (["B-PER", "I-PER", "E-PER", "S-PER"], [(0, 3, "PER"), (3, 4, "PER")]),
        (["B-PER", "L-PER", "U-PER", "U-LOC"], [(0, 2, "PER"), (2, 3, "PER"), (3, 4, "LOC")]),
        # What no scheme allows, as conlleval reads it.
        (["O", "I-PER", "I-PER"], [(1, 3, "PER")]),
        (["B-PER", "I-LOC"], [(0, 1, "PER"), (1, 2, "LOC")]),
        (["E-PER", "I-PER"], [(0, 1, "PER"), (1, 2, "PER")]),
        (["B-PER", "O", "I-PER"], [(0, 1, "PER"), (2, 3, "PER")]),
        (["O", "O"], []),
    ],
    ids=["IOB2", "neighbours", "IO", "BIOES", "BILOU", "inside first", "another type",
         "inside after the end", "inside after outside", "nothing"],
)  # fmt: skip
def test_entities_are_read_from_every_scheme(labels, expected):
    assert spans(*labels) == expected


def test_a_map_renames_types_and_drops_those_that_are_nothing_of_ours():
    label_map = LabelMap(labels={"PERSON": "PER", "DATE": None})
    labels = ["B-PERSON", "I-PERSON", "B-DATE", "I-DATE", "B-PERSON"]
    assert spans(*labels, label_map=label_map) == [(0, 2, "PER"), (4, 5, "PER")]


def test_a_map_may_name_whole_labels():
    label_map = LabelMap(labels={"LABEL_0": "O", "LABEL_1": "B-PER", "LABEL_2": "I-PER"})
    labels = ["LABEL_1", "LABEL_2", "LABEL_0", "LABEL_1"]
    assert spans(*labels, label_map=label_map) == [(0, 2, "PER"), (3, 4, "PER")]


def test_the_case_of_a_label_does_not_matter():
    assert spans("B-Person", "o", label_map=LabelMap(labels={"PERSON": "PER"})) == [(0, 1, "PER")]


def test_labels_that_nobody_named_are_all_listed_with_a_map_that_could_be_meant():
    with pytest.raises(InputError) as caught:
        meanings("hf:x", tagged("PERSON", "GPE", "TITLE"), None, COARSE_TYPES)
    message = str(caught.value)
    assert "hf:x: its labels are O, B-PERSON, I-PERSON, B-GPE, I-GPE, B-TITLE, I-TITLE" in message
    assert "the task does not have PERSON, GPE, TITLE" in message
    assert "labels:\n    PERSON: PER\n    GPE: GPE\n    TITLE: null" in message


def test_a_map_of_ours_that_fits_is_proposed():
    with pytest.raises(InputError, match="--label-map camel"):
        meanings("hf:x", tagged("PERS", "LOC", "ORG", "MISC"), None, COARSE_TYPES)


def test_a_label_that_the_map_lacks_is_an_error():
    with pytest.raises(InputError, match="the label map does not name DATE"):
        meanings("hf:x", tagged("PER", "DATE"), LabelMap(labels={"PER": "PER"}), COARSE_TYPES)


@pytest.mark.parametrize("labels", [("LABEL_0", "LABEL_1"), ()])
def test_labels_without_names_are_explained(labels):
    with pytest.raises(InputError, match=r"does not say what its .*labels mean") as caught:
        meanings("hf:x", labels, None, COARSE_TYPES)
    assert "LABEL_1: B-PER" in str(caught.value)


def test_a_map_to_a_type_that_is_not_ours_is_refused():
    with pytest.raises(InputError, match="PERSON: 'HUMAN' is none of our types"):
        meanings("hf:x", ["B-PERSON"], LabelMap(labels={"PERSON": "HUMAN"}), COARSE_TYPES)


@pytest.mark.parametrize("name", ["camel", "conll", "hatmimoha", "wikiann", "wojood"])
def test_the_maps_of_the_package_lead_to_our_types(name):
    label_map = read_label_map(name, "ner")
    assert label_map.description
    labels = tagged(*label_map.labels)
    found = {item.type for item in meanings("hf:x", labels, label_map, COARSE_TYPES)}
    assert found <= {None, *COARSE_TYPES, *ENTITY_TYPES}


def test_the_map_of_wojood_covers_the_fine_types():
    assert set(ENTITY_TYPES) <= set(shipped_label_maps()["wojood"].labels)


def test_a_map_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no map of that name; did you mean 'camel'"):
        read_label_map("camels", "ner")
    with pytest.raises(InputError, match="no such file"):
        label_map_digest(str(tmp_path / "none.yaml"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("labels: [PER]", "field `labels`"),
        ("PER: PER", "unknown field `PER`"),
        ("labels: {PER: ", "map.yaml:1: not YAML: "),
        ("labels: {PER: PER}\ntask: stance", "is for tasks of type stance, not ner"),
    ],
)
def test_a_file_that_is_no_map(tmp_path, content, message):
    path = tmp_path / "map.yaml"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_label_map(str(path), "ner")
