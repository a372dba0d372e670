"""The errors of a run as JSON, without a character that a terminal would obey."""

import re

import msgspec

from arnews_bench.analysis.runs import RunErrors

__all__ = ["errors_json"]

# JSON escapes the control characters below the space; a terminal also obeys those after `~`, and
# marks that turn the direction of what follows. All of them stand only inside strings.
_OBEYED = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def errors_json(errors: RunErrors) -> str:
    """An indented JSON object: the run, the counts of every kind, and its cases."""
    text = msgspec.json.format(msgspec.json.encode(errors.to_dict()), indent=2).decode()
    return _OBEYED.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"
