from __future__ import annotations

import gzip
import hashlib
import html
import io
import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.files.text import read_pdf
from site_src.folders import TEMPLATES
from site_src.make.archives import unseal
from site_src.serve.desk import Desk, Gate
from site_src.serve.preview import Preview
from tests.support.served_desk import Form, Upload, asked, build, desk_of, page, sent
from tests.support.small_site import HEADER, ROWS, SLUG

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.small_site import SmallSite

THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)
ANNEX = "\n".join((HEADER, *ROWS)).encode()
CIRCULAR = "Από 1-12-2020 ισχύουν νέοι κωδικοί πρόσβασης.\n".encode()


def shown(desk: Desk) -> tuple[str, str]:
    """The state of the one campaign, and the path of its next step."""
    text = page(desk, "")
    state, step = re.search(r'"state">([^<]+)', text), re.search(r'"button" href="/desk/([^"]+)"', text)
    assert state
    assert step
    return state[1], step[1]


def test_each_state_has_its_next_step(site: SmallSite) -> None:
    """From a draft to the end of a round, the first page names the state and leads to the one step that comes next."""
    site.write(rows=(ROWS[0].replace("0123", "123"), *ROWS[1:]))
    assert shown(desk_of(site)) == ("1 error", f"{SLUG}/annex")
    site.write(top='unknown = "x"')
    assert shown(desk_of(site))[0] == "Draft"
    site.write()
    desk = desk_of(site)
    assert shown(desk) == ("Ready", "build")
    site.build()
    assert shown(desk) == ("Built; in force from 1 December 2020", "build")
    asked(desk, f"{SLUG}/handover.zip")
    assert shown(desk) == ("Handed over; in force from 1 December 2020", f"{SLUG}/logs")
    desk.preview.today = lambda: date(2020, 12, 1)
    assert shown(desk) == ("In force since 1 December 2020", f"{SLUG}/agency")
    site.write(top="files_until = 2020-12-31")
    desk.preview.refresh()
    assert shown(desk) == ("Changed since the last build", "build")
    desk.preview.today = lambda: date(2021, 1, 1)
    desk.preview.refresh()
    assert shown(desk) == ("Over", f"{SLUG}/logs")


def test_a_missing_annex_is_given_on_its_page(site: SmallSite) -> None:
    """Without an annex the next step leads to the page that takes one."""
    (site.campaign / "annex.csv").unlink()
    assert shown(desk_of(site)) == ("1 error", f"{SLUG}/annex")


def test_warnings_can_be_seen(site: SmallSite) -> None:
    """A campaign without errors leads to its warnings, once it is built too."""
    assert "warning" not in page(desk_of(site), "")
    site.write(rows=(ROWS[0].replace("thira@", "\u00a0thira@"), *ROWS[1:]))
    assert f'href="/desk/{SLUG}/annex">1 warning.<' in page(desk_of(site), "")
    site.build()
    desk = desk_of(site)
    asked(desk, f"{SLUG}/handover.zip")
    assert shown(desk)[1] == f"{SLUG}/logs"
    assert f'href="/desk/{SLUG}/annex">1 warning.<' in page(desk, "")


@pytest.mark.parametrize(
    "path",
    [
        "content/site.toml",
        "content/help.md",
        f"content/{SLUG}/circular.md",
        f"content/{SLUG}/letter.typ",
        f"content/{SLUG}/attachments/a.txt",
        f"content/{SLUG}/files/{THIRA}/a.txt",
        "private/current.htpasswd",
    ],
)
def test_whatever_a_build_reads_makes_another_necessary(site: SmallSite, path: str) -> None:
    """After a build, a change of anything that it read is noticed; what office programs leave beside it is not."""
    (site.campaign / "letter.typ").write_bytes((TEMPLATES / "letter.typ").read_bytes())
    for name in ("attachments/a.txt", f"files/{THIRA}/a.txt", "../help.md"):
        (site.campaign / name).parent.mkdir(parents=True, exist_ok=True)
        (site.campaign / name).write_text("a", encoding="utf-8")
    site.write_passwords(f"{THIRA}:$2y$05$abcdefghijklmnopqrstuuAbcdefghijklmnopqrstuvwxyzABCDE\n")
    site.build()
    (site.campaign / "attachments" / "~$a.docx").write_bytes(b"")
    desk = desk_of(site)
    assert shown(desk)[0] == "Built; in force from 1 December 2020"
    with (site.base / path).open("a", encoding="utf-8") as opened:
        opened.write("\n")
    desk.preview.refresh()
    assert shown(desk) == ("Changed since the last build", "build")


def test_what_was_handed_over_and_has_changed_is_handed_over_again(site: SmallSite) -> None:
    """After another build the hand-over is the next step again, on the day of the change too."""
    site.build()
    desk = desk_of(site)
    asked(desk, f"{SLUG}/handover.zip")
    site.write(rest='ada = "Α"')
    site.build()
    desk.preview.today = lambda: date(2020, 12, 1)
    desk.preview.refresh()
    assert shown(desk) == ("Built; in force from 1 December 2020", "build")


def test_what_is_in_force_was_handed_over(site: SmallSite) -> None:
    """Somebody may have given the folder away without the desk: from the day on, agencies are looked up."""
    site.build()
    desk = desk_of(site)
    desk.preview.today = lambda: date(2020, 12, 1)
    desk.preview.refresh()
    assert shown(desk) == ("In force since 1 December 2020", f"{SLUG}/agency")


def test_a_campaign_without_a_name_yet_goes_by_its_own(site: SmallSite) -> None:
    """Until the folder in the download area has a name, the campaign's own stands for it."""
    facts = site.campaign / "campaign.toml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("folder =", "# folder ="), encoding="utf-8")
    assert f'<h2 id="{SLUG}">{SLUG}</h2>' in page(desk_of(site), "")


def test_a_damaged_manifest_is_no_end_of_the_page(site: SmallSite) -> None:
    """The first page stays although nobody can read what was built; the build reports it."""
    site.build()
    (site.secrets / "manifest.json").write_bytes(b"{")
    assert shown(desk_of(site)) == ("Ready", "build")


def test_a_campaign_begins_with_two_documents(site: SmallSite) -> None:
    """Both documents become a campaign, and the page says what was understood of them."""
    desk = desk_of(site)
    form = Form(
        {"slug": "2020-12"},
        {"annex": (Upload("C:\\Users\\a\\Λίστα.CSV", ANNEX),), "circular": (Upload("../Εγκύκλιος.txt", CIRCULAR),)},
    )
    assert sent(desk, "start", form) == "/desk/2020-12/facts"
    folder = site.folders.content / "2020-12"
    assert (folder / "annex.csv").read_bytes() == ANNEX
    assert "νέοι κωδικοί" in (folder / "circular.md").read_text(encoding="utf-8")
    text = page(desk, "2020-12/facts")
    assert all(note in text.replace("&#34;", '"') for note in desk.begun["2020-12"].notes)
    assert "2020-12" in page(desk, "")
    assert [path.name for path in site.folders.private.glob(".desk-*")] == []


def test_a_campaign_begins_with_the_last_one(site: SmallSite) -> None:
    """From the last campaign come texts and settings; the page names what the new annex changes."""
    desk = desk_of(site)
    text = page(desk, "start")
    assert f'<option value="{SLUG}">' in text
    assert re.search(r'<input id="annex"[^>]+required', text) is None
    annex = {"annex": (Upload("a.csv", "\n".join((HEADER, *ROWS[1:])).encode()),)}
    assert sent(desk, "start", Form({"slug": "2020-12", "before": SLUG}, annex)) == "/desk/2020-12/facts"
    folder = site.folders.content / "2020-12"
    texts = [(each / "circular.md").read_text(encoding="utf-8") for each in (folder, site.campaign)]
    assert texts[0] == texts[1]
    assert "1 agency is gone" in page(desk, "2020-12/facts")
    assert sent(desk, "start", Form({"slug": "2021-01", "before": SLUG})) == "/desk/2021-01/facts"
    assert (site.folders.content / "2021-01" / "annex.csv").is_file()


@pytest.mark.parametrize(
    ("fields", "files", "words"),
    [
        ({"slug": "2020-12"}, {}, "there is no annex"),
        ({"slug": "2020-12", "before": "../private"}, {}, "no campaign"),
        ({"slug": SLUG}, {"annex": (Upload("a.csv", ANNEX),)}, "there is a campaign in"),
        ({"slug": "../evil"}, {"annex": (Upload("a.csv", ANNEX),)}, "a campaign cannot be called"),
        ({"slug": "2020-12"}, {"annex": (Upload("a.exe", ANNEX),)}, "is no annex"),
        ({"slug": "2020-12"}, {"annex": (Upload("a", ANNEX),)}, "is no annex"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(
    site: SmallSite, fields: dict[str, str], files: dict[str, tuple[Upload, ...]], words: str
) -> None:
    """A name or a document that cannot be meant is refused with what was expected, and nothing is written."""
    before = site.snapshot()
    assert words in sent(desk_of(site), "start", Form(fields, files))
    assert site.snapshot() == before


def test_the_first_campaign_takes_the_place_of_the_sample(site: SmallSite, tmp_path: Path) -> None:
    """The desk says that it shows the sample; a campaign begun there is beside it, and shown from then on."""
    (tmp_path / "other").mkdir()
    site.write(site="sample = true\n")
    site.folders.content.rename(tmp_path / "other" / "sample")
    folders = site.folders
    preview = Preview(
        type(folders)(
            content=tmp_path / "other" / "sample",
            out=folders.out,
            private=folders.private,
        ),
        lambda: date(2020, 11, 18),
    )
    preview.refresh()
    desk = Desk(preview, Gate(5500))
    assert "this one is the sample" in page(desk, "")
    form = Form({"slug": "2020-12"}, {"annex": (Upload("a.csv", ANNEX),)})
    assert sent(desk, "start", form) == "/desk/2020-12/facts"
    assert (tmp_path / "other" / "2020-12" / "annex.csv").is_file()
    text = page(desk, "")
    assert ("2020-12" in text, SLUG in text, "the sample" in text) == (True, False, False)


HEAD = "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ\nΑθήνα, 17-10-2020\nΑριθμ. Πρωτ.: 555\n\nΘΕΜΑ: Κωδικοί\n\nΝέοι κωδικοί.\n"


@pytest.mark.parametrize(("text", "slug"), [(HEAD, "2020-10"), ("Νέοι κωδικοί.\n", "2020-11-2")])
def test_a_campaign_without_a_name_is_named_by_its_circular(text: str, slug: str, site: SmallSite) -> None:
    """An empty name becomes the month of the circular, or else this one, with a number where it has a campaign."""
    files = {"annex": (Upload("a.csv", ANNEX),), "circular": (Upload("a.txt", text.encode()),)}
    assert sent(desk_of(site), "start", Form({"slug": ""}, files)) == f"/desk/{slug}/facts"
    assert sent(desk_of(site), "start", Form({"slug": " ", "before": SLUG})).startswith("/desk/2020-11-")


def test_the_hand_over_is_one_zip(site: SmallSite) -> None:
    """The ZIP holds the hand-over folder whole, and neither a key nor the annex."""
    desk = desk_of(site)
    assert "there is no &#34;handover&#34; yet" in asked(desk, f"{SLUG}/handover.zip").content.decode()
    assert "handover.zip" in build(desk)
    answer = asked(desk, f"{SLUG}/handover.zip")
    folder = site.secrets / "handover"
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    whole = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {name.removeprefix(f"{SLUG}-handover/"): packed.read(name) for name in packed.namelist()} == whole
    key = (site.secrets / "campaign.key").read_bytes()
    assert not any(key in content for content in whole.values())


def test_a_long_list_says_that_it_is_cut(site: SmallSite) -> None:
    """Of many agencies that a search finds, some are listed, and the page says so."""
    site.write(rows=tuple(f"{number:012};Δήμος {number};;a{number}@dimos.example;" for number in range(1, 31)))
    assert "Found: 30 – the first 20 are listed" in page(desk_of(site), f"{SLUG}/agency", q="Δήμος")


def test_a_name_or_a_user_name_finds_an_agency(site: SmallSite) -> None:
    """A part of the name finds one or several, without regard to accents; a user name finds its agency."""
    desk = desk_of(site)
    several = page(desk, f"{SLUG}/agency", q="ηρακλειου")
    assert (ATTICA in several, CRETE in several, THIRA in several) == (True, True, False)
    assert "<h2>Δήμος Θήρας</h2>" in page(desk, f"{SLUG}/agency", q="ΘΗΡΑΣ")
    assert "<h2>Δήμος Ηρακλείου</h2>" in page(desk, f"{SLUG}/agency", q=f" {CRETE} ")
    assert "Found: 0" in page(desk, f"{SLUG}/agency", q="<b>")


def test_a_campaign_that_is_over_has_nobody_to_look_up(site: SmallSite) -> None:
    """Once the letters have left the site, the page says so, whether the annex is still there or not."""
    site.write(top="files_until = 2020-11-17")
    (site.campaign / "annex.csv").unlink()
    text = page(desk_of(site), f"{SLUG}/agency", q="ΘΗΡΑΣ")
    assert ("This campaign is over" in text, "Found:" in text, 'type="search"' in text) == (True, False, False)


def test_the_state_is_in_the_words_of_the_desk(site: SmallSite) -> None:
    """An agency without a contact must call: the site's own words to it are not said to the staff."""
    desk = desk_of(site)
    text = page(desk, f"{SLUG}/agency", q=SIKINOS)
    assert ("Must call" in text, "call us" in text) == (True, False)
    assert "<dd>Gets a new code</dd>" in page(desk, f"{SLUG}/agency", q=THIRA)


def test_the_address_that_opens_the_archive_is_named(site: SmallSite) -> None:
    """Of an agency's addresses the page names the one that opens its archive, with the archive's size and SHA-256."""
    site.build()
    archive = (site.files / ATTICA / f"{ATTICA}.zip").read_bytes()
    text = page(desk_of(site), f"{SLUG}/agency", q=ATTICA)
    (named,) = re.findall(r"opens the archive</dt><dd>(\S+)</dd>", text)
    assert unseal(archive, html.unescape(named)) is not None
    assert hashlib.sha256(archive).hexdigest() in text
    assert "never replaced" in text


def test_no_code_and_no_letter_is_shown(site: SmallSite) -> None:
    """The page has no access code, and its letter is the preview's sample."""
    site.build()
    desk = desk_of(site)
    for email in ("a@dimos.example", "b@dimos.example"):
        for document in unseal((site.files / ATTICA / f"{ATTICA}.zip").read_bytes(), email) or ():
            (code,) = re.findall(r"(?:[A-Z0-9]{4}-){4}[A-Z0-9]{4}", read_pdf(document.content))
    text = page(desk, f"{SLUG}/agency", q=ATTICA)
    assert code not in text
    assert f"/files/{SLUG}/{ATTICA}/sample.pdf" in text
    assert desk.preview.answer(f"/files/{SLUG}/{ATTICA}/sample.pdf").status == 200


def test_before_a_build_nothing_is_promised(site: SmallSite) -> None:
    """Before the first build no address is named, and the page says that there is no letter."""
    text = page(desk_of(site), f"{SLUG}/agency", q=ATTICA)
    assert ("opens the archive" in text, "No letter of it is on the site" in text) == (False, True)


def test_a_changed_address_is_told(site: SmallSite) -> None:
    """An address that changed since the build opens nothing yet, and the page says so."""
    site.build()
    site.write(rows=(ROWS[0].replace("thira@", "other@"), *ROWS[1:]))
    text = page(desk_of(site), f"{SLUG}/agency", q=THIRA)
    assert "have changed since the last build" in text
    assert "This address opens" not in text


def test_another_code_is_the_command_reissue(site: SmallSite) -> None:
    """The button writes the next generation, once; after the build the page says that the letter was replaced."""
    site.build()
    desk = desk_of(site)
    answer = sent(desk, f"{SLUG}/agency", Form({"username": THIRA}))
    assert answer == f"/desk/{SLUG}/agency?q={THIRA}"
    assert f"{THIRA} = 2" in (site.campaign / "campaign.toml").read_text(encoding="utf-8").replace('"', "")
    text = page(desk, f"{SLUG}/agency", q=THIRA)
    assert "the next build makes it" in text
    assert "Give another code" not in text
    site.build()
    text = page(desk, f"{SLUG}/agency", q=THIRA)
    assert "Its code was replaced on" in text
    assert "the next build makes it" not in text
    assert "Give another code" in text


def test_who_gets_no_code_gets_no_other(site: SmallSite) -> None:
    """An agency without a letter has no such button, and a form for it changes nothing."""
    desk, before = desk_of(site), site.snapshot()
    assert "Give another code" not in page(desk, f"{SLUG}/agency", q=SIKINOS)
    assert "gets no code" in sent(desk, f"{SLUG}/agency", Form({"username": SIKINOS}))
    assert "no agency with this user name" in sent(desk, f"{SLUG}/agency", Form({"username": "x"}))
    assert site.snapshot() == before


LINE = (
    f"203.0.113.7 - {THIRA} [20/Nov/2020:09:00:00 +0200] "
    f'"GET /files/{SLUG}/{THIRA}/{THIRA}.zip HTTP/1.1" 200 40000 "-" "-"\n'
)
PATH = f"{SLUG}/logs"


def test_logs_become_the_report(site: SmallSite) -> None:
    """Logs, packed too, are counted as `report` counts them; its two files can be downloaded, and no log stays."""
    site.build()
    desk = desk_of(site)
    logs = (Upload("../access.log.1.gz", gzip.compress(LINE.encode())), Upload("access.log", LINE.encode()))
    assert sent(desk, PATH, Form({}, {"logs": logs})) == f"/desk/{PATH}"
    text = page(desk, PATH)
    assert "1 of 3 agencies" in text
    for name in ("report.html", "report.xlsx"):
        answer = asked(desk, f"{SLUG}/{name}")
        assert answer.content == (site.secrets / name).read_bytes()
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{SLUG}-{name}"'
    assert list(site.folders.private.glob(".desk-*")) == []


def test_reminders_can_be_downloaded(site: SmallSite) -> None:
    """After a count the drafts to those who have not collected are one ZIP; before it there is none."""
    site.build()
    desk = desk_of(site)
    address = f"{SLUG}/reminders.zip"
    assert address not in page(desk, PATH)
    sent(desk, PATH, Form({}, {"logs": (Upload("access.log", LINE.encode()),)}))
    assert address in page(desk, PATH)
    with zipfile.ZipFile(io.BytesIO(asked(desk, address).content)) as packed:
        names = packed.namelist()
    assert f"{SLUG}-reminders/{ATTICA}.eml" in names
    assert f"{SLUG}-reminders/{THIRA}.eml" not in names


def test_the_telephone_knows_who_has_collected(site: SmallSite) -> None:
    """Once logs were given, the page of an agency says when it collected, or that the logs do not show it."""
    site.build()
    desk = desk_of(site)
    assert "Collected</dt>" not in page(desk, f"{SLUG}/agency", q=THIRA)
    sent(desk, PATH, Form({}, {"logs": (Upload("access.log", LINE.encode()),)}))
    assert "20 November 2020" in page(desk, f"{SLUG}/agency", q=THIRA)
    assert "not by the logs" in page(desk, f"{SLUG}/agency", q=ATTICA)


@pytest.mark.parametrize(
    ("uploads", "words"),
    [((), "there is no log"), ((Upload("C:/logs/my notes.txt", b"nothing of a log\n"),), "my notes.txt")],
)
def test_what_is_no_log_is_said(site: SmallSite, uploads: tuple[Upload, ...], words: str) -> None:
    """A file that is no log is named, and no report is written."""
    site.build()
    assert words in sent(desk_of(site), PATH, Form({}, {"logs": uploads}))
    assert not (site.secrets / "report.html").exists()
    assert list(site.folders.private.glob(".desk-*")) == []


def test_mistakes_that_stop_a_count_lead_to_the_campaigns(site: SmallSite) -> None:
    """A campaign that has errors by then is not counted: the page names them without a command, and leads on."""
    site.build()
    desk = desk_of(site)
    site.write(rows=(ROWS[0].replace("0123", "123"), *ROWS[1:]))
    text = sent(desk, PATH, Form({}, {"logs": (Upload("access.log", LINE.encode()),)}))
    assert '1 error. <a href="/desk/">To the campaigns</a>' in text
    assert 'class="problem error"' in text
    assert "build.py" not in text


def test_before_a_report_there_is_none_to_download(site: SmallSite) -> None:
    """Before the first report the page has no link to one, and its address says so."""
    desk = desk_of(site)
    assert "report.xlsx" not in page(desk, PATH)
    assert asked(desk, f"{SLUG}/report.xlsx").status == 422
