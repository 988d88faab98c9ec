from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.read.letter import LetterFacts, LetterInputs, letter_facts
from site_src.read.settings import Campaign, Letterhead, Office, Person, Server, Site
from site_src.read.words import Words

if TYPE_CHECKING:
    from pathlib import Path

FACTS = LetterFacts(**dict.fromkeys([each.name for each in fields(LetterFacts)], ""))


def own_letter(folder: Path, text: str) -> LetterInputs:
    """Return the inputs of a campaign's own letter."""
    (folder / "letter.typ").write_text(text, encoding="utf-8")
    return LetterInputs(folder / "letter.typ", FACTS)


def facts_of(head: Letterhead, folder: Path, *, operator: str = "Operator", contact: Office = Office()) -> LetterFacts:
    """Return the facts of letters in a campaign with this letterhead."""
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
    """A sender's line that is the operator's name, in capitals too, is not repeated above the Republic."""
    head = Letterhead(sender=("ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ", "ΥΠΟΥΡΓΕΙΟ ΕΣΩΤΕΡΙΚΩΝ"))
    assert facts_of(head, tmp_path, operator=operator).sender == sender


def test_each_telephone_stands_once(tmp_path: Path) -> None:
    """The office's number that a person of the circular has, however it is spaced, stands with that person alone."""
    head = Letterhead(contacts=(Person("Α. Β.", "210-1111111"), Person("Γ. Δ.", "εσωτ. κέντρο")))
    office = Office(unit="Τμήμα", phones=("210 111 1111", "210 2222222"))
    contact = facts_of(head, tmp_path, contact=office).contact
    assert contact == "Τμήμα\n210 2222222\nΑ. Β.: 210-1111111\nΓ. Δ.: εσωτ. κέντρο"


def test_the_digest_tells_when_letters_would_change(tmp_path: Path, root: Path) -> None:
    """Template and the pictures beside it count; the annex, the text and the files of other agencies do not."""
    letter = own_letter(tmp_path, "a")
    digests = [letter.template_digest()]
    for name in ("annex.xlsx", "circular.md", "campaign.toml"):
        (tmp_path / name).write_text("x")
    assert letter.template_digest() == digests[0]
    for name in ("logo.svg", "logo.PNG", "parts.typ"):
        (tmp_path / name).write_text("x")
        digests.append(letter.template_digest())
    digests.append(own_letter(tmp_path, "b").template_digest())
    digests.append(LetterInputs(root / "templates" / "letter.typ", FACTS).template_digest())
    assert len(set(digests)) == 6


def test_a_logo_makes_other_letters(root: Path) -> None:
    """Another logo, and none, are known again; without one all is as it was before there were any."""
    plain = LetterInputs(root / "templates" / "letter.typ", FACTS)
    others = [replace(plain, logo=logo) for logo in ("<svg/>", "<svg />")]
    assert len({each.template_digest() for each in (plain, *others)}) == 3
    text = plain.template.read_bytes().replace(b"\r\n", b"\n")
    assert plain.template_digest() == hashlib.sha256(text).hexdigest()


def test_the_manifest_names_the_version_of_the_typesetter(tmp_path: Path) -> None:
    """Another version of Typst may set other bytes: its number is known."""
    assert re.fullmatch(r"typst \d+\.\d+\.\d+.*", LetterInputs(tmp_path, FACTS).version)


@pytest.mark.parametrize("name", ["parts/greeting.typ", "logo/logo.svg", "facts.json"])
def test_everything_that_a_letter_may_take_in_is_in_the_digest(name: str, tmp_path: Path) -> None:
    """Data and files in folders below are parts of a letter too; annex, text and documents of agencies are not."""
    letter = own_letter(tmp_path, "a")
    before = letter.template_digest()
    (tmp_path / "files").mkdir()
    for other in ("annex.csv", "campaign.toml", "circular.md", "files/x.pdf", "Thumbs.db", "desktop.ini"):
        (tmp_path / other).write_bytes(b"x")
    assert letter.template_digest() == before
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    assert letter.template_digest() != before


def test_a_picture_whose_accent_stands_by_itself_changes_no_letter(tmp_path: Path) -> None:
    """Disks of older Macs keep names so: the letters stay those of the other machines."""
    digests = set()
    for form in ("NFC", "NFD"):
        folder = tmp_path / form
        folder.mkdir()
        for name in ("έμβλημα.svg", "ακτή.svg"):
            (folder / unicodedata.normalize(form, name)).write_text(name, encoding="utf-8")
        digests.add(own_letter(folder, "a").template_digest())
    assert len(digests) == 1
