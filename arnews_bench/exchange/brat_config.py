"""What brat needs to know of the annotation: types and attributes, labels and colours."""

from collections.abc import Mapping

from arnews_bench.annotations import Claim
from arnews_bench.schema import ENTITY_TYPES, MODES, POLARITIES, SOURCE_TYPES, STANCE_LABELS

__all__ = ["ATTRIBUTION", "DOCUMENT", "FACETS", "NOTE", "ROLES", "SOURCE_NAME", "config_files"]

# The event, whose trigger is the cue, and its arguments.
ATTRIBUTION = "Attribution"
ROLES = ("Source", "Content", "Via")
# The text-bound annotation that carries the stances of the document.
DOCUMENT = "Document"
# Attributes of an attribution and their values.
FACETS: Mapping[str, tuple[str, ...]] = {
    "SourceType": SOURCE_TYPES,
    "Mode": MODES,
    "Polarity": POLARITIES,
}
NOTE = "AnnotatorNotes"
# The note of an attribution reads `source_name = …`.
SOURCE_NAME = "source_name"

_COLOURS = {
    "PERS": "#ffccaa", "ORG": "#8fb2ff", "GPE": "#9fe6a4", "LOC": "#6fdfdf", "FAC": "#aaaaee",
    "NORP": "#c7e9b0", "OCC": "#ffe08a", "EVENT": "#f7b7d2", "DATE": "#e0d0b0", "TIME": "#d8c8a8",
    "LANGUAGE": "#d0b0e0", "LAW": "#d6c1de", "CURR": "#b8d8d8", "MONEY": "#a8d0d0",
    "PERCENT": "#c8c8e8", "QUANTITY": "#b8b8d8", "CARDINAL": "#d8d8d8", "ORDINAL": "#cccccc",
    "PRODUCT": "#f2c9a0", "UNIT": "#c0c0c0", "WEBSITE": "#a6cee3", "Attribution": "#e31a1c",
    "Source": "#fdbf6f", "Content": "#f5f5dc", "Via": "#b2df8a", "Document": "#ffffff",
}  # fmt: skip


def config_files(claims: Mapping[str, Claim]) -> dict[str, bytes]:
    """`annotation.conf`, `visual.conf` and a text for the annotator."""
    return {
        "annotation.conf": _annotation(claims).encode(),
        "visual.conf": _visual(claims).encode(),
        "README.md": _readme(claims).encode(),
    }


def _annotation(claims: Mapping[str, Claim]) -> str:
    facets = "\n".join(
        f"{name}\tArg:{ATTRIBUTION}, Value:{'|'.join(values)}" for name, values in FACETS.items()
    )
    stances = "\n".join(
        f"{claim_id}\tArg:{DOCUMENT}|{ATTRIBUTION}, Value:{'|'.join(STANCE_LABELS)}"
        for claim_id in claims
    )
    return (
        "[entities]\n\n"
        + "\n".join((*ENTITY_TYPES, "---", *ROLES, "---", DOCUMENT))
        + "\n\n[relations]\n\n<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
        + f"\n\n[events]\n\n{ATTRIBUTION}\tSource?:Source, Content:Content, Via?:Via"
        + f"\n\n[attributes]\n\n{facets}\n{stances}\n"
    )


def _visual(claims: Mapping[str, Claim]) -> str:
    labels = "\n".join(
        f"{claim_id} | {claim_id}: {_cell(claim)} | {claim_id}"
        for claim_id, claim in claims.items()
    )
    colours = "\n".join(f"{name}\tbgColor:{colour}" for name, colour in _COLOURS.items())
    return (
        "[options]\n\nText\tdirection:rtl\nArcs\tbundle:all"
        f"\n\n[labels]\n\n{labels}"
        "\n\n[drawing]\n\nSPAN_DEFAULT\tfgColor:black, bgColor:white, borderColor:darken\n"
        f"ARC_DEFAULT\tcolor:black\nATTRIBUTE_DEFAULT\tglyph:*\n{colours}\n"
    )


def _readme(claims: Mapping[str, Claim]) -> str:
    rows = "\n".join(f"| {claim_id} | {_cell(claim)} |" for claim_id, claim in claims.items())
    return f"""# Annotation in brat

One `.txt` and one `.ann` a document. The texts must stay as they are: the offsets of the `.ann`
files are Unicode code points into them, end exclusive.

- Entities are spans of the types of the tagset. They nest, but do not cross.
- An attribution is an event `{ATTRIBUTION}`: its trigger is the cue, its arguments are spans of
  the types `Source`, `Content` and `Via`. A content of several parts is one discontinuous span.
  It needs the attributes {", ".join(f"`{name}`" for name in FACETS)} and the note
  `{SOURCE_NAME} = ` with the resolved name of the speaker. Event `E1` is the attribution `A01`.
- The span `{DOCUMENT}` over the first line carries the stance of the whole document towards each
  claim, as the attribute of the claim's id. Where it is not `unrelated`, each attribution has the
  same attribute, with the stance of its source. A note on such an attribute is kept.
- Who deletes an attribution also deletes its source, content and via.

`arbench data import --format brat FOLDER` takes the annotation back.

| claim | text |
|---|---|
{rows}
"""


def _cell(claim: Claim) -> str:
    """A claim's text where a bar ends a field."""
    return claim.claim.replace("|", "/")
