from __future__ import annotations

import gzip
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from site_src.serve import pages
from site_src.serve.desk import Form, Upload
from tests.support.served_desk import desk_of, page, sent
from tests.support.small_site import ROWS, SLUG

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite

THIRA, ATTICA, *_ = (row.split(";")[0] for row in ROWS)
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
        answer = pages.show(desk, f"{SLUG}/{name}", {})
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
    with zipfile.ZipFile(io.BytesIO(pages.show(desk, address, {}).content)) as packed:
        names = packed.namelist()
    assert f"reminders/{ATTICA}.eml" in names
    assert f"reminders/{THIRA}.eml" not in names


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
    assert pages.show(desk, f"{SLUG}/report.xlsx", {}).status == 422
