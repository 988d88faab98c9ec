from __future__ import annotations

import email
import email.policy
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
import pyzipper
from openpyxl import load_workbook

from tests.support.small_site import HEADER, SLUG, SmallSite
from tests.support.systems import is_closed

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

THIRA, SIKINOS, FUND, REGION = "012345678901", "112345678901", "212345678901", "312345678901"
ROWS = (
    f"{THIRA};Δήμος Θήρας;Περιφέρεια Νοτίου Αιγαίου;thira@dimos.example / Thira.2@dimos.example;;22860 00000",
    f"{SIKINOS};Δήμος Σικίνου;Περιφέρεια Νοτίου Αιγαίου;sikinos@dimos.example;;",
    f"{FUND};Λιμενικό Ταμείο Θήρας;Δήμος Θήρας;fund@dimos.example;;2286000001",
    f"{REGION};Περιφέρεια Νοτίου Αιγαίου;;region@naigaio.example;;",
)
SITE = '[server]\naddress = "https://portal.example"\nurl_prefix = "/codes"\n'
CIRCULAR = f"https://portal.example/codes/circulars/{SLUG}/"
OWN = "# Για τον φορέα {{ agency }}\n\nΈως {{ deadline | date }}.\n"


def line(owner: str) -> str:
    """A line of a log: an agency collects its letter."""
    path = f"/codes/files/{SLUG}/{owner}/{owner}.zip"
    return f'203.0.113.7 - {owner} [18/Nov/2020:10:15:00 +0200] "GET {path} HTTP/1.1" 200 9 "-" "-"\n'


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    """A built site whose annex has telephones."""
    site = SmallSite(tmp_path)
    site.write(ROWS, site=SITE)
    annex = site.campaign / "annex.csv"
    text = annex.read_text(encoding="utf-8").replace(HEADER, f"{HEADER};Τηλέφωνο")
    annex.write_text(text, encoding="utf-8")
    site.build()
    return site


@pytest.fixture
def folder(site: SmallSite) -> Path:
    """The folder of the drafts."""
    return site.folders.private / SLUG / "reminders"


def remind(site: SmallSite, *collected: str) -> str:
    """Report with reminders, after these agencies have collected; return what the command says."""
    log = site.base / "access.log"
    log.write_text("".join(map(line, collected)) or "\n", encoding="utf-8")
    result = site.run("report", SLUG, str(log), "--reminders")
    assert result.returncode == 0, result.stderr
    return result.stdout


def read(draft: Path) -> EmailMessage:
    """A draft as a mail program reads it."""
    message = email.message_from_bytes(draft.read_bytes(), policy=email.policy.default)
    assert message.defects == []
    return message


def test_each_agency_that_has_not_collected_gets_a_draft(site: SmallSite, folder: Path) -> None:
    """A draft is unsent, goes to all of the contact's addresses, and names agency, day and circular."""
    remind(site, REGION)
    assert {path.stem for path in folder.glob("*.eml")} == {THIRA, SIKINOS, FUND, f"{REGION}-supervised"}
    draft = read(folder / f"{THIRA}.eml")
    assert (draft["X-Unsent"], draft["To"]) == ("1", "thira@dimos.example, Thira.2@dimos.example")
    assert {"From", "Date", "Message-ID"}.isdisjoint(draft.keys())
    assert draft["Subject"] == "Υπενθύμιση: νέος κωδικός πρόσβασης (προθεσμία παραλαβής: 30 Νοεμβρίου 2020)"
    text = draft.get_content()
    for part in ("Προς: Δήμος Θήρας", "Προθεσμία παραλαβής: 30 Νοεμβρίου 2020", CIRCULAR, "78411", "17 Νοεμβρίου 2020"):
        assert part in text
    assert "\n\n\n" not in text.replace("\r", "")
    assert not list(draft.iter_attachments())


def test_a_supervisor_of_several_gets_a_text_with_their_names(site: SmallSite, folder: Path) -> None:
    """A supervisor of two or more of the missing gets their names; one of a single agency gets no text."""
    remind(site)
    (draft,) = folder.glob("*-supervised.eml")
    assert draft.stem.startswith(REGION)
    assert read(draft)["To"] == "region@naigaio.example"
    assert "- Δήμος Θήρας\n- Δήμος Σικίνου\n" in read(draft).get_content().replace("\r", "")


def test_a_supervisor_without_an_address_gets_a_draft_without_one(site: SmallSite, folder: Path) -> None:
    """A draft for a supervisor whose address the annex lacks has no field "To", and the page says so."""
    annex = site.campaign / "annex.csv"
    annex.write_text(annex.read_text(encoding="utf-8").replace("region@naigaio.example", ""), encoding="utf-8")
    remind(site)
    draft = read(folder / f"{REGION}-supervised.eml")
    assert ("To" in draft, draft["X-Unsent"]) == (False, "1")
    assert "δεν υπάρχει στο παράρτημα" in (folder.parent / "report.html").read_text(encoding="utf-8")


def test_drafts_of_the_last_time_go(site: SmallSite, folder: Path) -> None:
    """An agency that has collected since has no draft any more, and the command says how many there are."""
    assert "5 σχέδια" in remind(site) or "5 drafts" in remind(site)
    remind(site, THIRA, SIKINOS, REGION)
    assert [path.name for path in sorted(folder.iterdir())] == [f"{FUND}.eml", "mail-merge.xlsx"]


def test_who_has_an_outdated_letter_is_told_so(site: SmallSite, folder: Path) -> None:
    """An agency that collected a letter which was replaced since reads that its code is void; no other one does."""
    assert site.run("reissue", SLUG, THIRA).returncode == 0
    site.build()
    remind(site, THIRA)
    void = "έχει αντικατασταθεί"
    assert [void in read(folder / f"{each}.eml").get_content() for each in (THIRA, SIKINOS)] == [True, False]


def test_no_secret_is_in_them(site: SmallSite, folder: Path) -> None:
    """Neither a code nor a hash stands in any draft, and nobody else may read the folder."""
    remind(site)
    everything = b"".join(path.read_bytes() for path in folder.glob("*.eml")).decode()
    assert not re.search(r"\b[A-Z0-9]{4}(-[A-Z0-9]{4}){3}", everything)
    assert "$2y$" not in everything
    assert is_closed(folder)


def test_the_sheets_have_telephones_and_the_address_that_opens(site: SmallSite, folder: Path) -> None:
    """report.xlsx names the address with which the archive really opens, and both sheets have the telephone."""
    remind(site)
    rows = list(load_workbook(folder.parent / "report.xlsx").worksheets[0].iter_rows(values_only=True))
    column = {name: number for number, name in enumerate(rows[0])}
    thira = next(row for row in rows if row[column["Όνομα χρήστη"]] == THIRA)
    assert thira[column["Τηλέφωνο"]] == "22860 00000"
    archive = site.folders.out / "files" / SLUG / THIRA / f"{THIRA}.zip"
    with pyzipper.AESZipFile(archive) as opened:
        opened.setpassword(str(thira[column["Ανοίγει το συμπιεσμένο αρχείο"]]).encode())
        assert opened.read(f"{THIRA}.pdf").startswith(b"%PDF")
    header, *merged = load_workbook(folder / "mail-merge.xlsx").worksheets[0].iter_rows(values_only=True)
    assert ("Τηλέφωνο" in header, len(merged)) == (True, 4)
    assert any(row[2] == FUND and "2286000001" in row for row in merged)


def test_no_address_is_named_after_the_contact_has_changed(site: SmallSite, folder: Path) -> None:
    """report.xlsx names no address if the annex has others than the archive was made for."""
    annex = site.campaign / "annex.csv"
    annex.write_text(annex.read_text(encoding="utf-8").replace("sikinos@", "new@"), encoding="utf-8")
    remind(site)
    rows = list(load_workbook(folder.parent / "report.xlsx").worksheets[0].iter_rows(values_only=True))
    column = rows[0].index("Ανοίγει το συμπιεσμένο αρχείο")
    assert {row[4]: bool(row[column]) for row in rows[1:]} == {THIRA: True, SIKINOS: False, FUND: True, REGION: True}


def test_the_page_has_a_button_for_each(site: SmallSite, folder: Path) -> None:
    """report.html leads to every draft beside it, and to no draft where none were asked for."""
    remind(site)
    page = (folder.parent / "report.html").read_text(encoding="utf-8")
    linked = {unquote(name) for name in re.findall(r'href="reminders/([^"]+)"', page)}
    assert linked == {path.name for path in folder.glob("*.eml")}
    site.run("report", SLUG, str(site.base / "access.log"))
    assert "reminders/" not in (folder.parent / "report.html").read_text(encoding="utf-8")


def test_a_text_of_the_staff_s_own_replaces_the_template(site: SmallSite, folder: Path) -> None:
    """reminder.md gives subject and text, with the placeholders of the circular and the agency's name."""
    (site.campaign / "reminder.md").write_text(OWN, encoding="utf-8")
    remind(site)
    draft = read(folder / f"{THIRA}.eml")
    assert (draft["Subject"], draft.get_content().strip()) == (
        "Για τον φορέα Δήμος Θήρας",
        "Έως 30 Νοεμβρίου 2020.",
    )


@pytest.mark.parametrize(
    ("text", "at"),
    [("# Θέμα\n\nΈως {{ dedline | date }}.\n", "line 3"), ("Έως {{ deadline | date }}.\n", "")],
    ids=["unknown placeholder", "no heading"],
)
def test_a_mistake_in_it_is_told_by_check(site: SmallSite, text: str, at: str) -> None:
    """A placeholder that is not known and a text without a heading are errors of reminder.md, before any report."""
    (site.campaign / "reminder.md").write_text(text, encoding="utf-8")
    result = site.run("check", "--format", "json")
    assert result.returncode == 1
    (problem,) = (each for each in json.loads(result.stdout)["problems"] if each["severity"] == "error")
    assert (problem["file"], problem["cell"]) == ("reminder.md", at)
    assert problem["hint"]


def test_a_text_names_the_kind_in_words(site: SmallSite, folder: Path) -> None:
    """An agency's kind is in the site's language, as in the circular."""
    (site.campaign / "reminder.md").write_text("# Θέμα\n\n{{ agency.kind }}\n", encoding="utf-8")
    remind(site)
    assert read(folder / f"{THIRA}.eml").get_content().strip() == "Δήμος"


def test_a_note_to_colleagues_is_not_sent(site: SmallSite, folder: Path) -> None:
    """A note between {# and #} is left out; a comment of HTML would be sent, and check warns of it as in a circular."""
    (site.campaign / "reminder.md").write_text(f"{OWN}{{# για εμάς #}}\n<!-- για εμάς -->\n", encoding="utf-8")
    result = site.run("check", "--format", "json")
    (problem,) = (each for each in json.loads(result.stdout)["problems"] if each["file"] == "reminder.md")
    assert (problem["severity"], problem["cell"], problem["value"]) == ("warning", "line 5", "<!--")
    remind(site)
    assert read(folder / f"{THIRA}.eml").get_content().count("για εμάς") == 1


def test_a_warning_of_the_text_is_given_once(site: SmallSite) -> None:
    """A mistake in the one text of all drafts is reported once, and not for each of them."""
    (site.campaign / "reminder.md").write_text("# Θέμα\n\n{{ supervised | names }}\n", encoding="utf-8")
    log = site.base / "access.log"
    log.write_text("\n", encoding="utf-8")
    result = site.run("report", SLUG, str(log), "--reminders")
    assert result.stderr.count("reminder.md, line 3") == 1


def test_what_staff_keep_in_the_folder_stays(site: SmallSite, folder: Path) -> None:
    """Only drafts of the last time go: neither a file nor a folder of staff's own does."""
    remind(site)
    (folder / "sent.txt").write_text("Θήρα: 20/11", encoding="utf-8")
    (folder / "answers").mkdir()
    remind(site, THIRA)
    assert {"sent.txt", "answers"} < {path.name for path in folder.iterdir()}
    assert not (folder / f"{THIRA}.eml").exists()


def test_no_half_written_draft_stays(site: SmallSite, folder: Path) -> None:
    """Half-written drafts of a killed command go with the next command."""
    remind(site)
    (folder / f"{THIRA}.eml.new").write_text("To: ", encoding="utf-8")
    remind(site, THIRA)
    assert not list(folder.glob("*.new"))


def test_none_are_written_for_a_round_that_is_over(site: SmallSite, folder: Path) -> None:
    """Once the letters have left the site a report has a warning and no drafts: there is nothing to collect."""
    facts = site.campaign / "campaign.toml"
    text = facts.read_text(encoding="utf-8").replace("[circular]", "files_until = 2020-12-31\n[circular]")
    facts.write_text(text, encoding="utf-8")
    log = site.base / "access.log"
    log.write_text("\n", encoding="utf-8")
    result = site.run("report", SLUG, str(log), "--reminders")
    assert result.returncode == 0
    assert "files_until" in result.stderr
    assert (folder.with_name("report.xlsx").exists(), folder.exists()) == (True, False)


def test_an_address_with_letters_of_its_own_stays_one(site: SmallSite, folder: Path) -> None:
    """An address that is not ASCII alone is written as it is, since no mail server knows it by its code."""
    annex = site.campaign / "annex.csv"
    annex.write_text(annex.read_text(encoding="utf-8").replace("sikinos@dimos", "info@δήμος"), encoding="utf-8")
    remind(site)
    assert "To: info@δήμος.example\r\n".encode() in (folder / f"{SIKINOS}.eml").read_bytes()
    assert read(folder / f"{SIKINOS}.eml")["To"] == "info@δήμος.example"


def test_a_long_subject_is_as_it_was_written(site: SmallSite, folder: Path) -> None:
    """A subject that takes several lines loses no blank between its words, and all of them are apart."""
    subject = "Νέος κωδικός πρόσβασης – Δήμος Θήρας – παραλαβή έως 30-11-2020"
    (site.campaign / "reminder.md").write_text(f"# {subject}\n\nΚείμενο\n", encoding="utf-8")
    remind(site)
    assert read(folder / f"{THIRA}.eml")["Subject"] == subject
    assert b"?==?" not in (folder / f"{THIRA}.eml").read_bytes()
