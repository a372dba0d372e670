"""Sweep of the stance layer: a document that takes another side than the speakers in it."""

from collections import defaultdict
from collections.abc import Iterator

from arnews_bench.annotations import Sources
from arnews_bench.lint.finding import Check, Finding

__all__ = ["STANCE_CHECKS"]

_SIDES = {"agree": "disagree", "disagree": "agree"}


def _contradictions(sources: Sources) -> Iterator[Finding]:
    """A document label against the last speaker who takes a side, or without any who takes it.

    A document that only discusses a claim is held against speakers who all take one side.
    """
    for doc_id in sources.documents:
        order = {record.id: place for place, record in enumerate(sources.attributions(doc_id))}
        labels: dict[str, str] = {}
        said: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for stance in sources.stances(doc_id):
            if stance.attribution is None:
                labels[stance.claim_id] = stance.label
            elif stance.label != "unrelated":
                said[stance.claim_id].append((stance.attribution, stance.label))
        for claim_id, label in labels.items():
            statements = sorted(said[claim_id], key=lambda pair: order[pair[0]])
            sides = [side for _, side in statements if side in _SIDES]
            against = bool(sides) and sides[-1] == _SIDES.get(label)
            one_sided = len(sides) == len(statements) and len(set(sides)) == 1
            if against or (label == "discuss" and one_sided):
                yield Finding(
                    "document-against-statements",
                    doc_id,
                    f"stance {claim_id}",
                    f"the document is {label}; "
                    + ", ".join(f"{name} {side}" for name, side in statements),
                )


STANCE_CHECKS: tuple[Check, ...] = (_contradictions,)
