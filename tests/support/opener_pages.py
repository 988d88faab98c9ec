"""Shared by the tests of the opener: an agency's page, archives of several programs, and a contact's actions."""

from __future__ import annotations

import hashlib
import io
import subprocess
from typing import TYPE_CHECKING

import pyzipper

from site_src.make.archives import seal
from site_src.plan.keys import CampaignKey
from site_src.read.inputs import Document
from site_src.read.settings import Office, Site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Page

USERNAME = "012345678901"
ADDRESS = "maria@dimos.example"
OTHER_ADDRESS = "nikos@dimos.example"
PHONE = "210\u00a00000000"
LETTER = Document(f"{USERNAME}.pdf", b"%PDF-1.7 the new access code\n" * 900)
GREEK = Document("Απόφαση – Δήμος Θήρας.txt", "Ο κωδικός πρόσβασης".encode() * 50)
SMALL_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
trailer<</Root 1 0 R>>
%%EOF"""
EMPTY = Document("empty.txt", b"")
FOLDER = f"/files/2020-11/{USERNAME}/"
PAGE = f"{FOLDER}index.html"
ARCHIVE = f"{FOLDER}{USERNAME}.zip"
KEY = CampaignKey(bytes(range(32)))
SOUND = seal([LETTER], ADDRESS, KEY, None)


SITE = Site(title="Codes", operator="Ministry", contact=Office(phones=(PHONE,)))


def digest_of(archive: bytes) -> str:
    """Return the SHA-256 of an archive as a page promises it."""
    return hashlib.sha256(archive).hexdigest()


def link_to(digest: str) -> str:
    """Return the link of an agency's page to its archive, with which the opener works."""
    return f'<a id="archive" href="{USERNAME}.zip" download data-sha256="{digest}">{USERNAME}.zip</a>'


def submit(page: Page, typed: str) -> str:
    """Type an address, press the button, and return the name of the message that is shown in the end."""
    page.fill("#open-here [name=email]", typed)
    page.click("#open-here button")
    page.wait_for_selector("#open-here:not([aria-busy=true])")
    return page.locator("#open-status").get_attribute("data-kind") or ""


def saved(page: Page) -> list[Document]:
    """Return the documents that the page's links save, of which Chromium lets a page save ten and no more in a row."""
    found = []
    for link in page.locator("#open-documents a[download]").all():
        assert (link.get_attribute("href") or "").startswith("blob:")
        with page.expect_download() as download:
            link.click()
        found.append(Document(download.value.suggested_filename, download.value.path().read_bytes()))
    return found


def winzip(
    documents: Sequence[Document], password: str, *, bits: int = 256, version: int = 2, deflated: bool = False
) -> bytes:
    """Return an archive as pyzipper makes it."""
    buffer = io.BytesIO()
    compression = pyzipper.ZIP_DEFLATED if deflated else pyzipper.ZIP_STORED
    with pyzipper.AESZipFile(buffer, "w", compression=compression) as archive:
        archive.setpassword(password.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=bits, force_wz_aes_version=version)
        for document in documents:
            archive.writestr(document.name, document.content)
    return buffer.getvalue()


def by_program(folder: Path, documents: Sequence[Document], *command: str) -> bytes:
    """Return the archive that a program makes of the documents, which it finds by name in the folder."""
    folder.mkdir(exist_ok=True)
    for document in documents:
        (folder / document.name).write_bytes(document.content)
    names = [document.name for document in documents]
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    subprocess.run([*command, *names], cwd=folder, check=True, capture_output=True, env=environment)
    return (folder / "made.zip").read_bytes()
