"""What must hold of the corpus: every rule is checked, every violation is named.

A violation says where it stands, which rule it breaks and what was found. Reading the files
already proves that every field is present, known and of its type.
"""

from collections.abc import Iterable

from arnews_bench.annotations import Sources
from arnews_bench.errors import InputError
from arnews_bench.validation.documents import DOCUMENT_RULES, PAGE_RULES
from arnews_bench.validation.records import (
    EVERY_CLAIM_LABELLED,
    KNOWN_ATTRIBUTION,
    RECORD_RULES,
)
from arnews_bench.validation.violation import Violation

__all__ = [
    "EVERY_CLAIM_LABELLED",
    "KNOWN_ATTRIBUTION",
    "RULES",
    "Violation",
    "require_texts",
    "require_valid",
    "validate",
]

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


def require_valid(sources: Sources, *, finished: bool = True) -> None:
    """Stop on a corpus that breaks a rule.

    Args:
        sources: The corpus.
        finished: A document that still waits for its stances breaks a rule too.

    Raises:
        InputError: With the violations.
    """
    _stop_on(v for v in validate(sources) if finished or v.rule != EVERY_CLAIM_LABELLED)


def require_texts(sources: Sources) -> None:
    """Stop on a corpus whose documents cannot be cut out of its pages.

    Whatever is annotated in them, documents have a text after this, and may be looked at.

    Raises:
        InputError: With the violations.
    """
    _stop_on(violation for rule in PAGE_RULES for violation in rule(sources))


def _stop_on(found: Iterable[Violation]) -> None:
    problems = [str(violation) for violation in found]
    if problems:
        raise InputError.from_problems(f"The corpus breaks {len(problems)} rule(s):", problems)
