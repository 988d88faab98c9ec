from __future__ import annotations

import hashlib

import pytest

from site_src.files.text import read_pdf
from site_src.make.archives import unseal
from site_src.problems import UsageError
from site_src.serve.preview import Preview
from tests.support.small_site import DAY, ROWS, SLUG, SmallSite

THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)


def preview_of(site: SmallSite, username: str = "") -> Preview:
    """The preview of a site on a fixed day."""
    preview = Preview(site.folders, lambda: DAY, username)
    preview.refresh()
    return preview


def test_it_shows_every_page_and_writes_nothing(site: SmallSite) -> None:
    """Pages, assets, attachments and the public annex answer; neither dist/ nor private/ comes into being."""
    (site.campaign / "attachments").mkdir()
    (site.campaign / "attachments" / "a.pdf").write_bytes(b"%PDF-1.7 as it is")
    before = site.snapshot()
    preview = preview_of(site)
    for path in ("/", f"/circulars/{SLUG}/", f"/files/{SLUG}/", f"/files/{SLUG}/{THIRA}/", "/help/index.html"):
        assert preview.answer(path).status == 200, path
    assert preview.answer(f"/circulars/{SLUG}/annex.xlsx").content.startswith(b"PK")
    assert preview.answer(f"/circulars/{SLUG}/a.pdf").content == b"%PDF-1.7 as it is"
    assert preview.answer("/nothing/here").status == 404
    assert site.snapshot() == before


def test_each_letter_is_a_sample(site: SmallSite) -> None:
    """An agency's letter says that it is a sample and holds no real code; who gets none has none."""
    site.build()
    preview = preview_of(site)
    letter = preview.answer(f"/files/{SLUG}/{THIRA}/sample.pdf")
    text = read_pdf(letter.content)
    assert letter.content_type == "application/pdf"
    assert "ΔΕΙΓΜΑ" in text
    assert "Δήμος Θήρας" in text
    assert "CCCC-CCCC-CCCC-CCCC-CCCC" in text
    assert preview.answer(f"/files/{SLUG}/{SIKINOS}/sample.pdf").status == 404


def test_an_enclosure_is_a_sample_too(site: SmallSite) -> None:
    """An archive of the preview does not hold the agency's real documents."""
    (site.campaign / "files" / THIRA).mkdir(parents=True)
    (site.campaign / "files" / THIRA / "a.txt").write_text("the real one", encoding="utf-8")
    archive = preview_of(site).answer(f"/files/{SLUG}/{THIRA}/{THIRA}.zip").content
    _, enclosure = unseal(archive, "thira@dimos.example") or ()
    assert enclosure.name == "a.txt.txt"
    assert b"preview" in enclosure.content


def test_the_page_opens_a_sample_archive(site: SmallSite) -> None:
    """The archive opens with the contact's address, and the page names the SHA-256 of what it will get."""
    preview = preview_of(site)
    archive = preview.answer(f"/files/{SLUG}/{THIRA}/{THIRA}.zip").content
    documents = unseal(archive, "thira@dimos.example")
    assert documents is not None
    assert "ΔΕΙΓΜΑ" in read_pdf(documents[0].content)
    page = preview.answer(f"/files/{SLUG}/{THIRA}/").content.decode()
    assert hashlib.sha256(archive).hexdigest() in page


def test_an_agency_sees_its_own_folder_alone(site: SmallSite) -> None:
    """As one agency: the own folder, 403 at another's, and "my folder" leads home; the lists are for all."""
    preview = preview_of(site, THIRA)
    assert preview.answer(f"/files/{SLUG}/{THIRA}/").status == 200
    assert preview.answer(f"/files/{SLUG}/{CRETE}/").status == 403
    assert preview.answer(f"/files/{SLUG}/{CRETE}/sample.pdf").status == 403
    assert preview.answer(f"/files/{SLUG}/mine/").location == f"/files/{SLUG}/{THIRA}/"
    assert preview.answer(f"/files/{SLUG}/").status == 200
    with pytest.raises(UsageError, match="999999999999"):
        preview_of(site, "999999999999").check_username()
