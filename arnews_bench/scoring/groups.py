"""Scores of the groups that the rows of a run fall into, such as the claims of stance."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from arnews_bench.scoring.counts import DocumentCounts, Scorer

__all__ = ["Breakdown", "group_scores"]

# What the groups are → the name of a group → measure → value; None where it is undefined.
Breakdown: TypeAlias = dict[str, dict[str, dict[str, float | None]]]


def group_scores(scorer: Scorer, groups: Mapping[str, DocumentCounts]) -> Breakdown:
    """Score each group by itself.

    There is no interval: the rows of a group lie in few documents, often one in each.

    Args:
        scorer: The scorer that the groups belong to.
        groups: Counts by group, as `Scorer.groups` give them.

    Returns:
        The values of `Scorer.group_measures`; groups in the order of their names.
    """
    found: Breakdown = {}
    for kind, counts in groups.items():
        values = {name: measure(counts.values) for name, measure in scorer.group_measures.items()}
        found[kind] = {
            counts.documents[i]: {
                name: None if np.isnan(array[i]) else float(array[i])
                for name, array in values.items()
            }
            for i in np.argsort(counts.documents, kind="stable").tolist()
        }
    return found
