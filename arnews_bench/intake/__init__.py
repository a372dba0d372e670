"""How a new page comes into the corpus.

`propose` cuts a page into documents by rule, `plan_page` writes them down for a person to correct,
and `add_page` carries the corrected plan out, all of it or nothing.
"""

from arnews_bench.intake.adding import Added, add_page
from arnews_bench.intake.places import PageText
from arnews_bench.intake.plan import (
    Plan,
    PlannedDocument,
    PlannedSlice,
    encode_plan,
    parse_plan,
    problem_with,
)
from arnews_bench.intake.planning import plan_page
from arnews_bench.intake.reading import Known, RawPage, known_values, read_page
from arnews_bench.intake.segmentation import Proposal, propose

__all__ = [
    "Added",
    "Known",
    "PageText",
    "Plan",
    "PlannedDocument",
    "PlannedSlice",
    "Proposal",
    "RawPage",
    "add_page",
    "encode_plan",
    "known_values",
    "parse_plan",
    "plan_page",
    "problem_with",
    "propose",
    "read_page",
]
