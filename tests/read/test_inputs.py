from __future__ import annotations

import codecs
import hashlib
import re
import shutil
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_src.language.catalogues import Words
from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems, Severity
from site_src.read.inputs import LetterInputs, letter_facts
from site_src.read.settings import Campaign, Letterhead, Office, Person, Server, Site
from tests.support.small_site import DAY, ROWS
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite

BAD_ROW = "12;Δήμος Θήρας;;thira@dimos.example;"
FACTS: dict[str, str] = {}


def _files(site: SmallSite) -> set[str]:
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    return {problem.at.file for problem in problems.all()}


def test_damaged_facts_hide_no_other_mistake(site: SmallSite) -> None:
    """A slip in campaign.toml and in site.toml is told together with those of the annex and the circular."""
    site.write((BAD_ROW, *ROWS), top="place = Αθήνα", site="contact =")
    (site.campaign / "circular.md").write_text("{{ nothing }}", encoding="utf-8")
    assert _files(site) == {"site.toml", "campaign.toml", "annex.csv", "circular.md"}


def test_what_windows_editors_write_means_the_same(site: SmallSite) -> None:
    """A byte-order mark and the line ends of Windows, as Notepad saves them, change nothing in texts and facts."""
    circular = "Από {{ effective | date }} ισχύουν\n- ένα\n- δύο\n\n| α | β |\n|---|---|\n| 1 | 2 |\n"
    (site.campaign / "circular.md").write_text(circular, encoding="utf-8")
    (site.folders.content / "help.md").write_text("# Βοήθεια\n\nένα\nδύο\n", encoding="utf-8")
    before = read_inputs(site.folders, DAY, Problems())
    for path in site.folders.content.rglob("*.*"):
        path.write_bytes(codecs.BOM_UTF8 + path.read_text(encoding="utf-8").replace("\n", "\r\n").encode())
    problems = Problems()
    after = read_inputs(site.folders, DAY, problems)
    assert (after.site, after.pages, problems.all()) == (before.site, before.pages, ())
    (one,), (other,) = before.campaigns, after.campaigns
    assert (one.campaign, one.agencies, one.circular.html) == (other.campaign, other.agencies, other.circular.html)


@posix_only("Windows takes both letter cases for one name")
def test_a_second_annex_hides_no_mistake(site: SmallSite) -> None:
    """The mistakes of two annexes are all reported."""
    site.write((BAD_ROW, *ROWS))
    (site.campaign / "annex.CSV").write_bytes((site.campaign / "annex.csv").read_bytes())
    assert _files(site) == {"annex.*", "annex.csv", "annex.CSV"}


def test_without_an_annex_the_rest_is_told(site: SmallSite) -> None:
    """A missing annex is told together with the circular's mistakes, and brings no others with it."""
    (site.campaign / "annex.csv").unlink()
    (site.campaign / "files" / "012345678901").mkdir(parents=True)
    (site.campaign / "circular.md").write_text("{{ nothing }}", encoding="utf-8")
    assert _files(site) == {"annex.*", "circular.md"}


def test_the_circular_tells_what_no_other_mistake_explains(site: SmallSite) -> None:
    """A bad row hides no fact that is missing; a fact or agency that could not be read is told where it stands."""
    (site.campaign / "circular.md").write_text("{{ files_until | date }} {{ agencies[0].name }}", encoding="utf-8")
    for rows, top, files in (
        (ROWS, "", ["circular.md"]),
        ((BAD_ROW,), "", ["annex.csv", "circular.md"]),
        (ROWS, "files_until = 'x'", ["campaign.toml"]),
        ((BAD_ROW,), "files_until = 'x'", ["campaign.toml", "annex.csv"]),
    ):
        text = (site.campaign / "circular.md").read_text(encoding="utf-8")
        site.write(rows, top=top)
        (site.campaign / "circular.md").write_text(text, encoding="utf-8")
        assert [file for file, _, _ in _told(site)] == files


def test_of_several_campaigns_each_mistake_tells_its_own(site: SmallSite) -> None:
    """Each mistake and warning names its campaign, in any file, the server's password file too."""
    rows = [row.replace("Σικίνου", "Θήρας") for row in ROWS]
    site.write((*rows[:2], BAD_ROW), top='keeps_code = ["112345678901"]', rest='details = ["a@dimos.example"]')
    site.add_campaign("2021-05")
    site.write(rest="[reissue]\n999999999999 = 1\n", site='[contact]\nemail = "thira@dimos.example"\n')
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    assert {(problem.at.campaign, problem.at.file) for problem in problems.all()} == {
        ("", "site.toml"),
        ("2021-05", "private/current.htpasswd"),
        ("2020-11", "campaign.toml"),
        ("2021-05", "annex.csv"),
        ("2021-05", "campaign.toml"),
    }


def test_what_the_campaign_before_had_otherwise_tells_whose_annex_it_is(site: SmallSite) -> None:
    """A warning of `check` and `build` alike; a mistake of one campaign hides none of another's."""
    site.add_campaign("2021-05")
    site.write(ROWS[:-1])
    facts = site.campaign / "campaign.toml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("2020-12-01", "2021-06-01"), encoding="utf-8")
    (warning,) = site.build().warnings
    assert str(warning).startswith("warning: 2020-11/annex.csv: ")


def _told(site: SmallSite) -> list[tuple[str, str, str]]:
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    return [(problem.at.file, problem.at.cell, problem.message) for problem in problems.all()]


def test_a_content_folder_without_campaigns_is_told(site: SmallSite) -> None:
    """A content folder with site.toml alone is an error that says how a campaign begins."""
    shutil.rmtree(site.campaign)
    assert _told(site) == [("", "", "there is no campaign in the content folder")]


def test_a_page_of_ones_own_is_checked_too(site: SmallSite) -> None:
    """help.md may hold no link that runs a script, wherever it is."""
    (site.folders.content / "help.md").write_text("[αρχείο](javascript:alert(1))\n", encoding="utf-8")
    assert _told(site) == [("help.md", "", "this link may not stand on a page")]


def test_a_new_code_for_nobody_is_told(site: SmallSite) -> None:
    """A user name in [reissue] that the annex lacks is a slip, or a line that has had its time."""
    site.write(rest="[reissue]\n999999999999 = 1\n")
    assert _told(site) == [("campaign.toml", "reissue.999999999999", "the annex has no agency with this user name")]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf212345678901:old\n", "212345678901:old\n".encode("utf-16")])
def test_a_password_file_that_an_editor_has_saved_is_refused(site: SmallSite, data: bytes) -> None:
    """With a byte order mark or two bytes a letter it would let nobody in."""
    site.write(top='keeps_code = ["212345678901"]')
    site.write_passwords("")
    (site.folders.private / "current.htpasswd").write_bytes(data)
    assert ("private/current.htpasswd", "", "this is not the server's password file as the server has it") in _told(
        site
    )


def test_a_password_file_with_line_ends_of_windows_is_taken_with_a_warning(site: SmallSite) -> None:
    """It works, but on the day it differs from the server's own in every line."""
    site.write(top='keeps_code = ["212345678901"]')
    site.write_passwords("")
    (site.folders.private / "current.htpasswd").write_bytes(b"212345678901:old\r\n")
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    (warning,) = problems.all()
    assert warning.severity is Severity.WARNING
    assert "end as on Windows" in warning.message
    assert "byte for byte" in warning.hint


def own_letter(folder: Path, text: str) -> LetterInputs:
    """Return the inputs of a campaign's own letter."""
    (folder / "letter.typ").write_text(text, encoding="utf-8")
    return LetterInputs(folder / "letter.typ", FACTS)


def facts_of(
    head: Letterhead, folder: Path, *, operator: str = "Operator", contact: Office = Office()
) -> dict[str, str]:
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
    assert (facts["sender"], facts["contact"]) == ("Operator\nS1\nS2", "Unit\n1, 2\na@b.example\nP: 3")
    assert ("2020" in facts["date"], "2021" in facts["effective"], "2020" in facts["eve"]) == (True, True, True)
    assert facts["eve"] != facts["effective"]
    assert letter_facts(site, replace(campaign, circular=Letterhead()), Words("en"))["date"] == ""


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
    assert facts_of(head, tmp_path, operator=operator)["sender"] == sender


def test_each_telephone_stands_once(tmp_path: Path) -> None:
    """The office's number that a person of the circular has, however it is spaced, stands with that person alone."""
    head = Letterhead(contacts=(Person("Α. Β.", "210-1111111"), Person("Γ. Δ.", "εσωτ. κέντρο")))
    office = Office(unit="Τμήμα", phones=("210 111 1111", "210 2222222"))
    contact = facts_of(head, tmp_path, contact=office)["contact"]
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


def test_digests_have_the_same_order_on_every_disk(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest is the same bytes wherever the inputs are, though file systems list a folder in other orders."""
    (inputs,) = read_inputs(site.folders, DAY, Problems()).campaigns
    first = [*inputs.digests()]
    listed = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter(sorted(listed(folder), reverse=True)))
    assert [*inputs.digests()] == first
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter(sorted(listed(folder))))
    assert [*inputs.digests()] == first


def test_files_of_the_same_name_are_told_apart(site: SmallSite) -> None:
    """The site's logo and a picture of a campaign's own letter may be called alike: a change of either is seen."""
    (inputs,) = read_inputs(site.folders, DAY, Problems()).campaigns
    logos = {
        f"{site.campaign.name}/logo.svg": site.campaign / "logo.svg",
        "logo.svg": site.campaign.parent / "logo.svg",
    }
    for path in logos.values():
        path.write_text("<svg/>")
    before = inputs.digests()
    for name, path in logos.items():
        path.write_text("<svg>changed</svg>")
        after = inputs.digests()
        assert {changed for changed, _ in before.items() ^ after.items()} == {name}
        before = after
