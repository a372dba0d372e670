"""Agreement of two passes: equal passes agree, and each difference costs what it should."""

import json

import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.agreement import annotation_agreement
from arnews_bench.annotations import (
    PASSES,
    AttributionRecord,
    EntityRecord,
    Located,
    StanceRecord,
    read_sources,
)
from arnews_bench.errors import InputError
from arnews_bench.validation import validate

DOC = "000-c"  # 11 entities, 3 attributions with 2 sources, one related claim


@pytest.fixture(scope="module")
def sources():
    """One document, as the first pass has it."""
    found = read_sources(ab.data_dir(), PASSES[0])
    return found._replace(
        documents={DOC: found.documents[DOC]}, annotations={DOC: found.annotations[DOC]}
    )


def changed(sources, change):
    """The sources with each record passed through `change`; None drops it."""
    kept = [change(item.record) for item in sources.annotations[DOC]]
    located = tuple(Located(record, "") for record in kept if record is not None)
    return sources._replace(annotations={DOC: located})


def values(first, second):
    return {name: score.value for name, score in annotation_agreement(first, second).items()}


def first_of(sources, kind):
    return next(i.record for i in sources.annotations[DOC] if isinstance(i.record, kind))


def test_a_pass_agrees_with_itself(sources):
    found = values(sources, sources)
    assert {value for value in found.values() if value is not None} == {1.0}
    assert found["entities: F1, exact"] == found["contents: F1, tokens"] == 1.0
    assert found["entities: F1, exact, LAW"] is None


def test_a_missed_entity_costs_its_share_of_the_pairwise_f1(sources):
    missed = first_of(sources, EntityRecord)
    found = values(sources, changed(sources, lambda r: None if r is missed else r))
    assert found["entities: F1, exact"] == pytest.approx(2 * 10 / (11 + 10))
    assert found[f"entities: F1, exact, {missed.type}"] == 0.0


def test_a_wider_entity_overlaps_but_is_not_exact(sources):
    entity = first_of(sources, EntityRecord)
    wider = msgspec.structs.replace(entity, end=entity.end + 1)
    found = values(sources, changed(sources, lambda r: wider if r is entity else r))
    assert found["entities: F1, exact"] == pytest.approx(10 / 11)
    assert found["entities: F1, overlap"] == 1.0


def test_another_type_is_no_overlap(sources):
    entity = first_of(sources, EntityRecord)
    other = msgspec.structs.replace(entity, type="LAW")
    found = values(sources, changed(sources, lambda r: other if r is entity else r))
    assert found["entities: F1, overlap"] == pytest.approx(10 / 11)


def test_labels_and_names_are_compared_on_cues_that_meet(sources):
    record = first_of(sources, AttributionRecord)
    other = msgspec.structs.replace(record, source_name="مصدر آخر", mode="direct", source=None)
    found = values(sources, changed(sources, lambda r: other if r is record else r))
    assert found["cues: F1, exact"] == 1.0
    assert found["source name: share equal"] == pytest.approx(2 / 3)
    assert found["sources: F1, exact"] == pytest.approx(2 * 2 / (3 + 2))
    assert found["mode: κ"] < 1.0
    assert found["contents: F1, exact"] == 1.0


def test_a_missed_attribution_costs_its_cue_alone(sources):
    record = first_of(sources, AttributionRecord)
    found = values(sources, changed(sources, lambda r: None if r is record else r))
    assert found["cues: F1, exact"] == pytest.approx(2 * 2 / (3 + 2))
    assert found["contents: F1, exact"] == 1.0


def test_stance_is_compared_on_documents_over_all_and_over_related_pairs(sources):
    def change(record):
        if isinstance(record, StanceRecord) and record.claim_id == "C17" and not record.attribution:
            return msgspec.structs.replace(record, label="discuss")
        return record

    found = values(sources, changed(sources, change))
    # Of 35 pairs one differs; of the two that either calls related one is agreed on.
    assert 0 < found["stance, all pairs: κ"] < 1
    assert found["stance, pairs that either calls related: κ"] == pytest.approx(
        (1 / 2 - 1 / 4) / (1 - 1 / 4)
    )


def test_a_document_that_a_pass_does_not_hold_is_not_compared(sources):
    later = sources._replace(documents={**sources.documents, "005-a": sources.documents[DOC]})
    assert values(later, later) == values(sources, sources)
    also = later._replace(annotations={**later.annotations, "005-a": ()})
    assert values(also, later) == values(later, also) == values(sources, sources)


def test_passes_without_a_common_document_cannot_be_compared(sources):
    with pytest.raises(InputError, match="no document is annotated in both passes"):
        annotation_agreement(sources, sources._replace(annotations={}))


def test_the_second_pass_keeps_every_rule_but_has_no_statements():
    violations = validate(read_sources(ab.data_dir(), PASSES[1]))
    assert {violation.rule for violation in violations} == {"statements-of-related-pairs"}


def test_the_command_prints_every_defined_figure(arbench):
    found = json.loads(arbench("data", "agreement", "--json").out)
    shown = arbench("data", "agreement").out
    for name, score in found.items():
        assert (name in shown) == (score["value"] is not None)
    assert "an upper bound, not a human ceiling" in shown
