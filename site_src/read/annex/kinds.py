"""Which kind of body is meant: by a column's text, a section's or sheet's title, or the name itself."""

from __future__ import annotations

import re

from site_src.read.agency import Kind
from site_src.read.annex.columns import squeeze

TITLE_LONGEST = 100  # characters; what is longer is no title of a kind

_NAMES: dict[Kind, tuple[str, ...]] = {
    Kind.DECENTRALISED_ADMINISTRATION: (
        "Αποκεντρωμένη Διοίκηση", "Αποκεντρωμένες Διοικήσεις", "Αποκεντρωμένες", "Αποκεντρωμένη", "Απ. Διοίκηση",
        "Απ. Διοικήσεις", "Αποκεντρωμένων Διοικήσεων", "Decentralised administration", "Decentralised administrations",
        "Decentralized administration", "Decentralized administrations",
    ),
    Kind.REGION: ("Περιφέρεια", "Περιφέρειες", "Περιφερειών", "ΟΤΑ β΄ βαθμού", "ΟΤΑ Β βαθμού", "Region", "Regions"),
    Kind.MUNICIPALITY: (
        "Δήμος", "Δήμοι", "Δήμων", "ΟΤΑ α΄ βαθμού", "ΟΤΑ Α βαθμού", "Municipality", "Municipalities",
    ),
    Kind.LEGAL_ENTITY: (
        "Νομικό πρόσωπο", "Νομικά πρόσωπα", "Νομικών προσώπων", "Νομικά πρόσωπα ΟΤΑ", "Νομικά πρόσωπα Δήμων",
        "Νομικά πρόσωπα Περιφερειών", "Νομικά πρόσωπα Δήμων και Περιφερειών", "Νομικό πρόσωπο δημοσίου δικαίου",
        "Νομικό πρόσωπο ιδιωτικού δικαίου", "Νομικά πρόσωπα δημοσίου δικαίου", "Νομικά πρόσωπα ιδιωτικού δικαίου",
        "Νομικά πρόσωπα των ΟΤΑ", "Ν.Π.", "ΝΠΔΔ", "ΝΠΙΔ", "Legal entity", "Legal entities", "Legal person",
        "Legal persons",
    ),
}  # fmt: skip

_KNOWN = {squeeze(name): kind for kind, names in _NAMES.items() for name in (*names, kind.value)}
_FIRST_WORDS = {
    "Δήμος": Kind.MUNICIPALITY,
    "Περιφέρεια": Kind.REGION,
    "Αποκεντρωμένη": Kind.DECENTRALISED_ADMINISTRATION,
}
_KNOWN_FIRST_WORDS = {squeeze(word): kind for word, kind in _FIRST_WORDS.items()}
# What numbers a title: «Β. » or «12) » in front, «(13)» behind.
_NUMBERING = re.compile(r"^\s*(?:\d{1,3}|[^\W\d_]{1,4})[΄'’]?\s*[.)]\s*(?=\S{3})|\s*\(\s*\d+\s*\)\s*$")


def find_kind(title: str) -> Kind | None:
    """The kind that a text names, and nothing besides: «ΔΗΜΟΙ», «Β. Περιφέρειες (13)», «municipality»."""
    if len(title) > TITLE_LONGEST:
        return None
    return _KNOWN.get(squeeze(title)) or _KNOWN.get(squeeze(_NUMBERING.sub("", title)))


def kind_of_name(name: str) -> Kind | None:
    """The kind that a body's name begins with: «Δήμος Σικίνου»."""
    first = name.split(maxsplit=1)[:1]
    return _KNOWN_FIRST_WORDS.get(squeeze(first[0])) if first else None
