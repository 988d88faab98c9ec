from __future__ import annotations

import pytest

from site_src.read.agency import Kind
from site_src.read.annex.kinds import find_kind, kind_of_name


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("ΔΗΜΟΙ", Kind.MUNICIPALITY),
        ("Α. ΔΗΜΟΙ (332)", Kind.MUNICIPALITY),
        ("2) Περιφέρειες", Kind.REGION),
        ("ΑΠΟΚΕΝΤΡΩΜΕΝΕΣ", Kind.DECENTRALISED_ADMINISTRATION),
        ("αποκεντρωμενη διοικηση", Kind.DECENTRALISED_ADMINISTRATION),
        ("Νομικά Πρόσωπα", Kind.LEGAL_ENTITY),
        ("Ν.Π.Δ.Δ.", Kind.LEGAL_ENTITY),
        ("legal_entity", Kind.LEGAL_ENTITY),
        ("Municipalities", Kind.MUNICIPALITY),
        ("Περιφέρεια Κρήτης", None),
        ("Δήμος Θήρας", None),
        ("Φύλλο1", None),
        ("", None),
    ],
)
def test_a_title_names_a_kind_or_none(title: str, kind: Kind | None) -> None:
    """Kinds are known in both languages, in singular and plural, numbered and counted; a body is no kind."""
    assert find_kind(title) is kind


@pytest.mark.parametrize("kind", Kind)
def test_the_values_of_kind_are_known(kind: Kind) -> None:
    """What the program itself writes is understood."""
    assert find_kind(kind.value) is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Δήμος Σικίνου", Kind.MUNICIPALITY),
        ("ΔΗΜΟΣ ΧΙΟΥ", Kind.MUNICIPALITY),
        ("Περιφέρεια Κρήτης", Kind.REGION),
        ("Αποκεντρωμένη Διοίκηση Κρήτης", Kind.DECENTRALISED_ADMINISTRATION),
        ("Περιφερειακό Ταμείο Ανάπτυξης", None),
        ("", None),
    ],
)
def test_a_name_tells_its_kind_by_its_first_word(name: str, kind: Kind | None) -> None:
    """Only the word itself counts, not one that begins like it."""
    assert kind_of_name(name) is kind
