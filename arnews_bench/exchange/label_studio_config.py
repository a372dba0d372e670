"""The labelling interface of a Label Studio project on the corpus, and the names in it.

Writing and reading agree on these names; what an annotator may choose is listed here once.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from arnews_bench.annotations import Claim
from arnews_bench.exchange.labels import COLOURS, CUE, ROLES
from arnews_bench.schema import ENTITY_TYPES, MODES, POLARITIES, SOURCE_TYPES, STANCE_LABELS

__all__ = [
    "ATTRIBUTION",
    "CUE_CONTROLS",
    "ENTITY",
    "NOTE",
    "STANCE",
    "STATEMENT",
    "STATEMENT_NOTE",
    "TEXT",
    "Control",
    "config_xml",
    "controls",
]

ControlKind: TypeAlias = Literal["labels", "choices", "textarea"]

TEXT = "text"
ENTITY = "entity"
ATTRIBUTION = "attribution"
# These four are followed by the id of a claim.
STANCE = "stance_"
NOTE = "note_"
STATEMENT = "statement_"
STATEMENT_NOTE = "statement_note_"

_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


class Control(NamedTuple):
    """What one control of the interface gives.

    Attributes:
        kind: The type of its results.
        options: What may be chosen; empty for a free text.
        of_cue: It belongs to a cue; else it labels spans or the document.
    """

    kind: ControlKind
    options: tuple[str, ...] = ()
    of_cue: bool = False


# What every cue has beside its spans; the names are those of the record's fields.
CUE_CONTROLS: Mapping[str, Control] = MappingProxyType(
    {
        "source_name": Control("textarea", of_cue=True),
        "source_type": Control("choices", SOURCE_TYPES, of_cue=True),
        "mode": Control("choices", MODES, of_cue=True),
        "polarity": Control("choices", POLARITIES, of_cue=True),
    }
)


def controls(claim_ids: Iterable[str]) -> dict[str, Control]:
    """Every control of the interface by its name.

    Args:
        claim_ids: The claims that stances are given for.
    """
    found = {
        ENTITY: Control("labels", ENTITY_TYPES),
        ATTRIBUTION: Control("labels", ROLES),
        **CUE_CONTROLS,
    }
    for claim_id in claim_ids:
        found[STANCE + claim_id] = Control("choices", STANCE_LABELS)
        found[NOTE + claim_id] = Control("textarea")
        found[STATEMENT + claim_id] = Control("choices", STANCE_LABELS, of_cue=True)
        found[STATEMENT_NOTE + claim_id] = Control("textarea", of_cue=True)
    return found


def config_xml(claims: Mapping[str, Claim]) -> bytes:
    """The labelling interface, to be pasted into a project's settings.

    The fields of an attribution and the stances of its statement are shown while its cue is
    selected, a note once its stance is chosen.
    """
    known = controls(claims)
    view = ET.Element("View")
    relations = ET.SubElement(view, "Relations")
    for role in ROLES:
        if role != CUE:
            colour = COLOURS[role].background
            ET.SubElement(relations, "Relation", value=role.lower(), background=colour)
    for name in (ENTITY, ATTRIBUTION):
        _add_control(view, name, known[name])
    page = ET.SubElement(view, "View", style="direction: rtl; text-align: right; line-height: 2;")
    ET.SubElement(page, "Text", name=TEXT, value=f"${TEXT}")
    cue = ET.SubElement(view, "View", visibleWhen="region-selected", whenLabelValue=CUE)
    for name in CUE_CONTROLS:
        ET.SubElement(cue, "Header", value=name, size="5")
        _add_control(cue, name, known[name], required=True)
    for claim in claims.values():
        _add_claim(cue, claim, (STATEMENT, STATEMENT_NOTE), known)
    for claim in claims.values():
        _add_claim(view, claim, (STANCE, NOTE), known)
    ET.indent(view)
    return ET.tostring(view, encoding="unicode").encode() + b"\n"


def _add_claim(
    view: ET.Element, claim: Claim, prefixes: tuple[str, str], known: Mapping[str, Control]
) -> None:
    stance, note = (prefix + claim.claim_id for prefix in prefixes)
    what = "Statement" if known[stance].of_cue else "Document"
    # Isolated, so that the claim's full stop stands at its left end.
    title = f"{what}, {claim.claim_id}: {_ISOLATE}{claim.claim}{_POP_ISOLATE}"
    ET.SubElement(view, "Header", value=title, size="5")
    _add_control(view, stance, known[stance])
    noted = ET.SubElement(view, "View", visibleWhen="choice-selected", whenTagName=stance)
    _add_control(noted, note, known[note])


def _add_control(view: ET.Element, name: str, control: Control, *, required: bool = False) -> None:
    settings = {"name": name, "toName": TEXT}
    if control.of_cue:
        settings |= {"perRegion": "true", "whenLabelValue": CUE}
    if required:
        settings |= {"required": "true", "requiredMessage": f"A cue needs its {name}."}
    match control.kind:
        case "labels":
            tag = ET.SubElement(view, "Labels", settings, showInline="true")
            for option in control.options:
                ET.SubElement(tag, "Label", value=option, background=COLOURS[option].background)
        case "choices":
            tag = ET.SubElement(view, "Choices", settings, choice="single", showInline="true")
            for option in control.options:
                ET.SubElement(tag, "Choice", value=option)
        case "textarea":
            ET.SubElement(view, "TextArea", settings, maxSubmissions="1", editable="true")
