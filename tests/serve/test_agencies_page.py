from __future__ import annotations

import gzip
import hashlib
import html
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from site_src.files.text import read_pdf
from site_src.make.archives import unseal
from site_src.serve.desk import Form, Upload
from tests.support.served_desk import asked, desk_of, page, sent
from tests.support.small_site import ROWS, SLUG

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite

THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)


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
    """The button writes the next generation, says what follows, and after the build that the letter was replaced."""
    site.build()
    desk = desk_of(site)
    answer = sent(desk, f"{SLUG}/agency", Form({"username": THIRA}))
    assert answer == f"/desk/{SLUG}/agency?q={THIRA}"
    assert f"{THIRA} = 2" in (site.campaign / "campaign.toml").read_text(encoding="utf-8").replace('"', "")
    assert "the next build makes it" in page(desk, f"{SLUG}/agency", q=THIRA)
    site.build()
    text = page(desk, f"{SLUG}/agency", q=THIRA)
    assert "Its code was replaced on" in text
    assert "the next build makes it" not in text


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
        assert (answer.content, answer.download) == ((site.secrets / name).read_bytes(), f"{SLUG}-{name}")
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


def test_before_a_report_there_is_none_to_download(site: SmallSite) -> None:
    """Before the first report the page has no link to one, and its address says so."""
    desk = desk_of(site)
    assert "report.xlsx" not in page(desk, PATH)
    assert asked(desk, f"{SLUG}/report.xlsx").status == 422
