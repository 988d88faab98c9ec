"""What letters take from site and campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.files.pdf_text import read_pdf
from site_src.make.letters import LetterFacts, Recipient, Typesetter, letter_facts
from site_src.read.settings import Campaign, Letterhead, Office, Person, Server, Site
from site_src.read.words import Words

if TYPE_CHECKING:
    from pathlib import Path

RECIPIENT = Recipient(agency="Δήμος Ηρακλείου", username="012345678901", code="CDFJ-LQRS-W234-6789-CDFJ")


def facts_of(head: Letterhead, folder: Path, *, operator: str = "Operator", contact: Office = Office()) -> LetterFacts:
    """What letters tell of a campaign with this letterhead."""
    site = Site(title="Portal", operator=operator, contact=contact)
    day = date(2020, 11, 30)
    campaign = Campaign(slug="2020-11", path=folder, folder="F", deadline=day, effective=day, circular=head)
    return letter_facts(site, campaign, Words("el"))


def test_facts_come_from_site_and_campaign(tmp_path: Path) -> None:
    """Contacts are the office and the circular's people, and the eve is the day before the first day."""
    site = Site(
        title="Portal",
        operator="Operator",
        language="en",
        contact=Office(unit="Unit", phones=("1", "2"), email="a@b.example"),
        server=Server(address="https://portal.example"),
    )
    head = Letterhead(protocol="7", date=date(2020, 11, 17), sender=("S1", "S2"), contacts=(Person("P", "3"),))
    campaign = Campaign(
        slug="2020-11",
        path=tmp_path,
        folder="F",
        deadline=date(2020, 11, 30),
        effective=date(2021, 1, 1),
        circular=head,
    )
    facts = letter_facts(site, campaign, Words("en"))
    assert (facts.sender, facts.contact) == ("Operator\nS1\nS2", "Unit\n1, 2\na@b.example\nP: 3")
    assert ("2020" in facts.date, "2021" in facts.effective, "2020" in facts.eve) == (True, True, True)
    assert facts.eve != facts.effective
    assert letter_facts(site, replace(campaign, circular=Letterhead()), Words("en")).date == ""


@pytest.mark.parametrize(
    ("operator", "sender"),
    [
        ("Υπουργείο  Εσωτερικών", "ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ\nΥΠΟΥΡΓΕΙΟ ΕΣΩΤΕΡΙΚΩΝ"),
        ("Υπουργείο", "Υπουργείο\nΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ\nΥΠΟΥΡΓΕΙΟ ΕΣΩΤΕΡΙΚΩΝ"),
    ],
)
def test_the_operator_stands_once_at_the_head(operator: str, sender: str, tmp_path: Path) -> None:
    """Where a line of the sender is the operator's name, in capitals too, it is not said again above the Republic."""
    head = Letterhead(sender=("ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ", "ΥΠΟΥΡΓΕΙΟ ΕΣΩΤΕΡΙΚΩΝ"))
    assert facts_of(head, tmp_path, operator=operator).sender == sender


def test_each_telephone_stands_once(tmp_path: Path) -> None:
    """The office's number that a person of the circular has, however it is spaced, stands with that person alone."""
    head = Letterhead(contacts=(Person("Α. Β.", "210-1111111"), Person("Γ. Δ.", "εσωτ. κέντρο")))
    office = Office(unit="Τμήμα", phones=("210 111 1111", "210 2222222"))
    contact = facts_of(head, tmp_path, contact=office).contact
    assert contact == "Τμήμα\n210 2222222\nΑ. Β.: 210-1111111\nΓ. Δ.: εσωτ. κέντρο"


def test_the_signatory_stands_at_the_end(tmp_path: Path, root: Path) -> None:
    """Title and name, either of them alone, or neither: as the circular has them, below everything else."""
    template = root / "templates" / "letter.typ"
    for title, name in (("Ο Γενικός Γραμματέας", "Γ. Δ."), ("Ο Γενικός Γραμματέας", ""), ("", "Γ. Δ."), ("", "")):
        facts = facts_of(Letterhead(signatory_title=title, signatory_name=name), tmp_path, contact=Office(unit="Τμήμα"))
        letter = read_pdf(Typesetter(template, facts).set_letter(RECIPIENT))
        text = "".join(letter.split()).partition("Γιαβοήθεια")[2]
        assert text.startswith("".join(f"Τμήμα{title}{name}{facts.operator} · Φάκελος".split()))
