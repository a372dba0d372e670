"""What must hold of the corpus: every rule is checked, every violation is named.

A violation says where it stands, which rule it breaks and what was found. Reading the files
already proves that every field is present, known and of its type.
"""

from arnews_bench.annotations import Sources
from arnews_bench.errors import InputError
from arnews_bench.validation.documents import DOCUMENT_RULES, PAGE_RULES
from arnews_bench.validation.records import EVERY_CLAIM_LABELLED, RECORD_RULES
from arnews_bench.validation.violation import Violation

__all__ = ["EVERY_CLAIM_LABELLED", "RULES", "Violation", "require_valid", "validate"]

RULES = (*PAGE_RULES, *DOCUMENT_RULES, *RECORD_RULES)


def validate(sources: Sources) -> list[Violation]:
    """Check every rule on every record.

    Returns:
        The violations, in the order of the files; empty if the corpus is sound. Documents that
        are not cut out of their pages have no text to check the rest against, so that what is
        wrong with the pages and slices comes alone.
    """
    found = [violation for rule in PAGE_RULES for violation in rule(sources)]
    if found:
        return found
    rules = (*DOCUMENT_RULES, *RECORD_RULES)
    return [violation for rule in rules for violation in rule(sources)]


def require_valid(sources: Sources) -> None:
    """Stop on a corpus that breaks a rule.

    Raises:
        InputError: With the violations.
    """
    violations = validate(sources)
    if violations:
        raise InputError.from_problems(
            f"The corpus breaks {len(violations)} rule(s):", [str(v) for v in violations]
        )
