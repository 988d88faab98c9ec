from __future__ import annotations

import hashlib
import io
import struct
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st

from site_src.agency import Agency
from site_src.archives import Document, SealedZipFile, seal
from site_src.edition import Archive, Folder, State
from site_src.keys import CampaignKey
from site_src.settings import Office, Site
from tests.firefox import running

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from tests.browser import WebSite

pytest_plugins = ["tests.browser"]

USERNAME = "012345678901"
ADDRESS = "maria@dimos.example"
OTHER_ADDRESS = "nikos@dimos.example"
PHONE = "210 0000000"
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
ARCHIVE = f"{FOLDER}{USERNAME}.zip"
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
KEY = CampaignKey(bytes(range(32)))


@pytest.fixture
def publish(website: WebSite, render: Callable[..., str]) -> Callable[..., None]:
    """Publishes an agency's page and its archive; ``promised`` is the archive that the page's SHA-256 is of."""

    def put(archive: bytes | None, promised: bytes | None = b"") -> None:
        content = promised or archive or b""
        sha256 = "" if promised is None else hashlib.sha256(content).hexdigest()
        folder = Folder(
            Agency(username=USERNAME, name="Δήμος Θήρας"), State.READY, Archive(size=len(content), sha256=sha256)
        )
        site = Site(title="Codes", operator="Ministry", contact=Office(phones=(PHONE,)))
        html = render("opener.html", "opener.js", folder=folder, site=site)
        website.put_script("opener.js")
        website.files[FOLDER] = website.files[f"{FOLDER}index.html"] = html.encode()
        if archive is not None:
            website.files[ARCHIVE] = archive

    return put


@pytest.fixture
def visit(publish: Callable[..., None], website: WebSite, page: Page) -> Callable[..., Page]:
    """Publishes an archive and goes to its page."""

    def go(archive: bytes | None, promised: bytes | None = b"") -> Page:
        publish(archive, promised)
        page.goto(website.address(f"{FOLDER}index.html"))
        return page

    return go


def submit(page: Page, typed: str) -> str:
    """Type an address, press the button, and give back the name of the message that stands there when all is done."""
    page.fill("#open-here [name=email]", typed)
    page.click("#open-here button")
    page.wait_for_selector("#open-here:not([aria-busy=true])")
    return page.locator("#open-status").get_attribute("data-kind") or ""


def saved(page: Page) -> list[Document]:
    """The documents that the page's links save."""
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
    """An archive as pyzipper makes it."""
    buffer = io.BytesIO()
    compression = pyzipper.ZIP_DEFLATED if deflated else pyzipper.ZIP_STORED
    with pyzipper.AESZipFile(buffer, "w", compression=compression) as archive:
        archive.setpassword(password.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=bits, force_wz_aes_version=version)
        for document in documents:
            archive.writestr(document.name, document.content)
    return buffer.getvalue()


def by_program(folder: Path, documents: Sequence[Document], *command: str) -> bytes:
    """The archive that a program makes of the documents, which it finds by name in the folder."""
    for document in documents:
        (folder / document.name).write_bytes(document.content)
    names = [document.name for document in documents]
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    subprocess.run([*command, *names], cwd=folder, check=True, capture_output=True, env=environment)
    return (folder / "made.zip").read_bytes()


def test_the_letter_opens_with_the_address(visit: Callable[..., Page]) -> None:
    """The right address gives the letter to view and to save, byte for byte, and says no more than that."""
    page = visit(seal([LETTER], ADDRESS, KEY, None))
    assert submit(page, ADDRESS) == "opened"
    assert saved(page) == [LETTER]
    assert page.locator("#open-documents a[target=_blank]").count() == 1
    assert ADDRESS not in page.inner_text("body")


def test_several_documents_with_greek_names(visit: Callable[..., Page]) -> None:
    """All documents come, in the archive's order, an empty one too; only a PDF can be viewed."""
    page = visit(seal([LETTER, GREEK, EMPTY], ADDRESS, KEY, None))
    submit(page, ADDRESS)
    assert saved(page) == [LETTER, GREEK, EMPTY]
    assert page.locator("#open-documents a[target=_blank]").count() == 1


@pytest.mark.parametrize("deflated", [False, True], ids=["stored", "deflated"])
@pytest.mark.parametrize("version", [1, 2], ids=["AE-1", "AE-2"])
@pytest.mark.parametrize("bits", [128, 192, 256])
def test_every_form_of_winzip_aes(visit: Callable[..., Page], bits: int, version: int, *, deflated: bool) -> None:
    """Every key length opens, in both versions, stored and deflated."""
    page = visit(winzip([LETTER, GREEK], ADDRESS, bits=bits, version=version, deflated=deflated))
    assert submit(page, ADDRESS) == "opened"
    assert saved(page) == [LETTER, GREEK]


@pytest.mark.parametrize("packing", ["Copy", "Deflate"])
@pytest.mark.parametrize("bits", [128, 256])
def test_archives_of_7zip(
    visit: Callable[..., Page], tmp_path: Path, program: Callable[..., str], bits: int, packing: str
) -> None:
    """What 7-Zip seals opens."""
    command = [program("7z", "7zz"), "a", "-tzip", f"-mem=AES{bits}", f"-mm={packing}", f"-p{ADDRESS}", "made.zip"]
    page = visit(by_program(tmp_path, [LETTER, GREEK], *command))
    assert submit(page, ADDRESS) == "opened"
    assert sorted(saved(page), key=lambda document: document.name) == [LETTER, GREEK]


@pytest.mark.parametrize("bits", [128, 256])
def test_archives_of_libarchive(
    visit: Callable[..., Page], tmp_path: Path, program: Callable[..., str], bits: int
) -> None:
    """What bsdtar seals opens, though it tells the sizes after the data."""
    options = ["--format", "zip", "--options", f"zip:encryption=aes{bits}", "--passphrase", ADDRESS]
    page = visit(by_program(tmp_path, [LETTER, GREEK], program("bsdtar"), *options, "-cf", "made.zip"))
    assert submit(page, ADDRESS) == "opened"
    assert saved(page) == [LETTER, GREEK]


@pytest.mark.parametrize(
    ("declared", "typed"),
    [
        (ADDRESS, f"  {ADDRESS}\t"),
        (ADDRESS, "maria\u200b@dimos\u00a0.example\ufeff"),
        (ADDRESS, "ｍａｒｉａ＠ｄｉｍｏｓ．ｅｘａｍｐｌｅ"),
        (ADDRESS, "MARIA@DIMOS.EXAMPLE"),
        (ADDRESS, "Maria@dimos.example"),
        ("Maria@dimos.example", ADDRESS),
        ("Maria@dimos.example", "MARIA@dimos.example"),
        ("mariA@dimos.example", " MariA@dimos.example"),
        ("MARIA@DIMOS.EXAMPLE", ADDRESS),
        (ADDRESS, "mαriα@dimοs.example"),
        (ADDRESS, " ΜΑRΙΑ@DIΜΟS.ΕΧΑΜPLΕ "),
        ("info@thira.example", "ινφο@τηιρα.example"),
        ("info@xios.gr", "ινφο@χιοσ.γρ"),
        (ADDRESS, f"Μαρία <mailto:{ADDRESS}>;"),
    ],
)
def test_forgives(visit: Callable[..., Page], declared: str, typed: str) -> None:
    """What the contact may have meant opens the letter, and the page says how the address is written."""
    page = visit(seal([LETTER], declared, KEY, None))
    assert submit(page, typed) == "forgiven"
    assert page.inner_text("#open-status").endswith(f" {declared}")
    assert saved(page) == [LETTER]


def test_each_form_is_tried_once(visit: Callable[..., Page]) -> None:
    """A plain address costs three tries, since its other forms are the same."""
    page = visit(seal([LETTER], ADDRESS, KEY, None))
    forms = page.evaluate("async typed => (await import('/assets/forgive.js')).formsOf(typed)", ADDRESS)
    assert forms == [ADDRESS, "Maria@dimos.example", "MARIA@DIMOS.EXAMPLE"]


@given(typed=st.text(max_size=40))
def test_forms_begin_with_what_was_typed(forms_page: Page, typed: str) -> None:
    """Whatever is typed, the forms are few, differ, and begin with it; there are none where nothing can be seen."""
    forms = forms_page.evaluate("typed => globalThis.formsOf(typed)", typed)
    assert len(set(forms)) == len(forms) <= 30
    assert "" not in forms
    assert not forms or forms[0] == typed
    if any(c.isalnum() for c in typed):
        assert forms


@pytest.fixture
def forms_page(visit: Callable[..., Page]) -> Page:
    """A page in which formsOf can be called."""
    page = visit(b"")
    page.evaluate("async () => { globalThis.formsOf = (await import('/assets/forgive.js')).formsOf; }")
    return page


def test_wrong_address(visit: Callable[..., Page], website: WebSite) -> None:
    """Another address does not open, the page says that one of several was chosen, and the next try fetches nothing."""
    page = visit(seal([LETTER], ADDRESS, KEY, None))
    assert submit(page, OTHER_ADDRESS) == "wrong"
    assert "one of them was chosen" in page.inner_text("#open-status")
    assert PHONE in page.inner_text("#open-status")
    field = page.locator("[name=email]")
    assert field.get_attribute("aria-invalid") == "true"
    assert "open-status" in (field.get_attribute("aria-describedby") or "").split()
    assert field.evaluate("field => field === document.activeElement")
    assert field.input_value() == OTHER_ADDRESS
    assert page.locator("#open-documents a").count() == 0
    assert submit(page, ADDRESS) == "opened"
    assert field.get_attribute("aria-invalid") is None
    assert website.requests.count(ARCHIVE) == 1


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u00a0", ";"])
def test_empty_input(visit: Callable[..., Page], website: WebSite, typed: str) -> None:
    """Nothing typed is told as such, with the focus in the field, and nothing is fetched."""
    page = visit(seal([LETTER], ADDRESS, KEY, None))
    assert submit(page, typed) == "empty"
    assert page.locator("[name=email]").evaluate("field => field === document.activeElement")
    assert ARCHIVE not in website.requests


def regions(archive: bytes) -> dict[str, int]:
    """A byte of each part of a sealed archive of one document."""
    name, extra = struct.unpack_from("<2H", archive, 26)
    data = 30 + name + extra
    central = archive.index(b"PK\x01\x02")
    return {
        "local signature": 0,
        "local name length": 26,
        "salt": data,
        "verifier": data + 16,
        "first byte": data + 18,
        "last byte": central - 11,
        "authentication code": central - 1,
        "central signature": central,
        "method": central + 10,
        "packed size": central + 21,
        "size": central + 25,
        "local offset": central + 43,
        "extra field": central + 46 + name,
        "key length": central + 46 + name + 8,
        "count": len(archive) - 12,
        "central offset": len(archive) - 5,
        "end signature": len(archive) - 22,
        "comment length": len(archive) - 1,
    }


SOUND = seal([LETTER], ADDRESS, KEY, None)


@pytest.mark.parametrize("region", regions(SOUND))
def test_damage_anywhere(visit: Callable[..., Page], region: str) -> None:
    """One byte changed, wherever it is: the page says damaged and shows nothing."""
    archive = bytearray(SOUND)
    archive[regions(SOUND)[region]] ^= 0x55
    page = visit(bytes(archive), promised=SOUND)
    kind = submit(page, ADDRESS)
    assert kind == "damaged"
    assert page.locator("#open-documents a").count() == 0
    assert PHONE in page.inner_text("#open-status")


@pytest.mark.parametrize("region", ["first byte", "last byte", "authentication code"])
def test_damage_without_a_promised_digest(visit: Callable[..., Page], region: str) -> None:
    """Where the page tells no SHA-256, a right verifier with a wrong authentication code means damage."""
    archive = bytearray(SOUND)
    archive[regions(SOUND)[region]] ^= 0x55
    assert submit(visit(bytes(archive), promised=None), ADDRESS) == "damaged"


@settings(max_examples=40)
@given(data=st.data())
def test_any_damage_is_told_plainly(damaged_page: tuple[Page, WebSite], data: st.DataObject) -> None:
    """Bytes changed, cut out or put in at random: never the wrong letter, never a silent failure."""
    page, website = damaged_page
    at = data.draw(st.integers(0, len(SOUND) - 1))
    gone = data.draw(st.integers(0, 40))
    website.files[ARCHIVE] = SOUND[:at] + data.draw(st.binary(max_size=40)) + SOUND[at + gone :]
    page.reload()
    kind = submit(page, ADDRESS)
    if kind == "opened":
        assert saved(page) == [LETTER]
    else:
        assert kind == "damaged" or website.files[ARCHIVE] == SOUND


@pytest.fixture
def damaged_page(visit: Callable[..., Page], website: WebSite) -> tuple[Page, WebSite]:
    """A page whose archive may be changed."""
    return visit(SOUND), website


@pytest.mark.parametrize("length", [0, 1, 21, 500, len(SOUND) - 22, len(SOUND) - 1])
def test_truncated(visit: Callable[..., Page], length: int) -> None:
    """An archive that ends early is damaged, with or without a digest."""
    assert submit(visit(SOUND[:length], promised=SOUND), ADDRESS) == "damaged"
    assert submit(visit(SOUND[:length], promised=None), ADDRESS) == "damaged"


@pytest.mark.parametrize(
    "content",
    [b"", b"<!doctype html><title>Login</title>", EMPTY_ZIP, LETTER.content],
    ids=["nothing", "login page", "empty zip", "pdf"],
)
def test_no_archive_at_all(visit: Callable[..., Page], content: bytes) -> None:
    """A login page, nothing, an empty ZIP or another file in the archive's place is told as damage."""
    assert submit(visit(content, promised=None), ADDRESS) == "damaged"


def test_foreign_archive(visit: Callable[..., Page]) -> None:
    """Another agency's archive in this place is not called a wrong address, since the page knows its own."""
    page = visit(seal([LETTER], OTHER_ADDRESS, KEY, None), promised=SOUND)
    assert submit(page, ADDRESS) == "damaged"


def test_newer_archive_than_the_page(visit: Callable[..., Page]) -> None:
    """A page that is older than its archive opens it all the same: it proves itself authentic."""
    assert submit(visit(seal([GREEK], ADDRESS, KEY, None), promised=SOUND), ADDRESS) == "opened"


def test_an_archive_that_has_gone(visit: Callable[..., Page], website: WebSite) -> None:
    """An archive that cannot be fetched is told as such, and the next try fetches again."""
    page = visit(None)
    assert submit(page, ADDRESS) == "unreachable"
    assert page.locator("#open-here button").evaluate("button => button === document.activeElement")
    website.files[ARCHIVE] = SOUND
    assert submit(page, ADDRESS) == "opened"


def test_no_network(visit: Callable[..., Page]) -> None:
    """Without a connection the page says so instead of calling the archive damaged."""
    page = visit(SOUND)
    page.route("**/*.zip", lambda route: route.abort())
    assert submit(page, ADDRESS) == "unreachable"


def verifier(password: str, salt: bytes) -> bytes:
    """The two bytes by which a password is judged first."""
    return hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 66)[64:]


def with_verifier_of(address: str) -> bytes:
    """The sound archive, as it would be if another address met its verifier by chance."""
    salt_at = regions(SOUND)["salt"]
    salt = SOUND[salt_at : salt_at + 16]
    return SOUND[: salt_at + 16] + verifier(address, salt) + SOUND[salt_at + 18 :]


def test_verifier_met_by_chance(visit: Callable[..., Page]) -> None:
    """A wrong address that the verifier lets pass is told as wrong where the SHA-256 proves the archive sound."""
    assert submit(visit(with_verifier_of(OTHER_ADDRESS)), OTHER_ADDRESS) == "wrong"


# Found by trial: with it the addresses with a small and a capital M have one verifier, as one salt in 65,536 has.
CHANCE_SALT = b"by chance " + (58898).to_bytes(6, "big")


def test_goes_on_after_a_chance_match(visit: Callable[..., Page]) -> None:
    """A first form that only the verifier lets pass does not stop the trying of the others."""
    typed = ADDRESS.capitalize()
    assert verifier(typed, CHANCE_SALT) == verifier(ADDRESS, CHANCE_SALT)
    buffer = io.BytesIO()
    with SealedZipFile(buffer, ADDRESS.encode()) as archive:
        archive.salt = CHANCE_SALT
        archive.writestr(LETTER.name, LETTER.content)
    page = visit(buffer.getvalue())
    assert submit(page, typed) == "forgiven"
    assert saved(page) == [LETTER]


def test_one_damaged_document_of_two(visit: Callable[..., Page]) -> None:
    """Nothing is shown of an archive of which one document is damaged."""
    archive = bytearray(seal([LETTER, GREEK], ADDRESS, KEY, None))
    archive[archive.index(b"PK\x01\x02") - 30] ^= 1
    page = visit(bytes(archive), promised=None)
    assert submit(page, ADDRESS) == "damaged"
    assert page.locator("#open-documents a").count() == 0


def test_crc_of_ae1_is_checked(visit: Callable[..., Page]) -> None:
    """AE-1 keeps a checksum of the content, which must agree as well."""
    archive = bytearray(winzip([LETTER], ADDRESS, version=1))
    archive[archive.index(b"PK\x01\x02") + 16] ^= 1
    assert submit(visit(bytes(archive), promised=None), ADDRESS) == "damaged"


@pytest.mark.parametrize("size", [1, 0xFFFFFFF0], ids=["too small", "too large"])
@pytest.mark.parametrize("deflated", [False, True], ids=["stored", "deflated"])
def test_size_is_checked(visit: Callable[..., Page], size: int, *, deflated: bool) -> None:
    """Content of another size than the archive tells is damage, and nobody's memory is filled by it."""
    archive = bytearray(winzip([LETTER], ADDRESS, deflated=deflated))
    struct.pack_into("<I", archive, archive.index(b"PK\x01\x02") + 24, size)
    assert submit(visit(bytes(archive), promised=None), ADDRESS) == "damaged"


def as_zip64(archive: bytes) -> bytes:
    """The archive with the end records of Zip64 (APPNOTE.TXT 4.3.14 and 4.3.15) before its own."""
    end = len(archive) - 22
    count, size, offset = struct.unpack_from("<H2I", archive, end + 10)
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    return archive[:end] + record + locator + archive[end:]


def in_zipcrypto(tmp_path: Path, program: Callable[..., str]) -> bytes:
    """An archive in the old encryption of ZIP."""
    command = [program("7z", "7zz"), "a", "-tzip", "-mem=ZipCrypto", f"-p{ADDRESS}", "made.zip"]
    return by_program(tmp_path, [LETTER], *command)


def with_zip64_sizes(archive: bytes) -> bytes:
    """The archive whose directory says that the sizes stand in a Zip64 field."""
    at = archive.index(b"PK\x01\x02") + 20
    return archive[:at] + b"\xff" * 8 + archive[at + 8 :]


def unencrypted() -> bytes:
    """A plain ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(LETTER.name, LETTER.content)
    return buffer.getvalue()


def test_other_kinds_of_archive(visit: Callable[..., Page], tmp_path: Path, program: Callable[..., str]) -> None:
    """Zip64, ZipCrypto and no encryption are refused with the advice to use 7-Zip."""
    kinds = [as_zip64(SOUND), with_zip64_sizes(SOUND), in_zipcrypto(tmp_path, program), unencrypted()]
    for archive in kinds:
        page = visit(archive)
        assert submit(page, ADDRESS) == "unsupported"
        assert "7-Zip" in page.inner_text("#open-status")


def test_no_secure_connection(publish: Callable[..., None], website: WebSite, page: Page) -> None:
    """Over plain HTTP the page says at once and at each try that it needs https, and fetches nothing."""
    publish(SOUND)
    page.goto(website.insecure_address(f"{FOLDER}index.html"))
    assert "https://" in page.inner_text("#open-status")
    assert submit(page, ADDRESS) == "insecure"
    assert ARCHIVE not in website.requests


def test_keyboard_only(visit: Callable[..., Page]) -> None:
    """Tab, type, Enter; an error leads back to the field, success to the heading, and from there Tab to the links."""
    page = visit(SOUND)
    focused = "() => document.activeElement.matches(%r)"
    page.keyboard.press("Tab")
    page.keyboard.type(OTHER_ADDRESS)
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[aria-invalid]')")
    assert page.evaluate(focused % "[name=email]")
    page.keyboard.press("Control+A")
    page.keyboard.type(ADDRESS)
    page.keyboard.press("Tab")
    assert page.evaluate(focused % "#open-here button")
    page.keyboard.press("Space")
    page.wait_for_selector("#open-documents a")
    assert page.evaluate(focused % "#open-result h3")
    page.keyboard.press("Tab")
    assert page.evaluate(focused % "a[target=_blank]")
    page.keyboard.press("Tab")
    assert page.evaluate(focused % "a[download]")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.path().read_bytes() == LETTER.content


def test_what_a_screen_reader_hears(visit: Callable[..., Page]) -> None:
    """Field, live region and links have names and descriptions that say what they are for."""
    page = visit(SOUND)
    field = page.get_by_role("textbox", name="E-mail address of the contact")
    assert field.count() == 1
    assert page.get_by_role("status").count() == 1
    submit(page, ADDRESS)
    assert page.get_by_role("link", name=f"Save: {LETTER.name}").count() == 1
    assert page.get_by_role("link", name=f"View in a new tab: {LETTER.name}").count() == 1


def test_view_opens_the_pdf_in_a_new_tab(visit: Callable[..., Page], context: BrowserContext) -> None:
    """The browser's own viewer gets the letter as a PDF under the page's security policy."""
    page = visit(seal([Document(LETTER.name, SMALL_PDF)], ADDRESS, KEY, None))
    submit(page, ADDRESS)
    with context.expect_page() as tab:
        page.click("#open-documents a[target=_blank]")
    tab.value.wait_for_load_state()
    assert tab.value.url.startswith("blob:")
    assert tab.value.evaluate("() => document.contentType") == "application/pdf"


def test_only_the_archive_is_asked_for(visit: Callable[..., Page], website: WebSite) -> None:
    """Opening makes one request, and none of any try carries the address."""
    page = visit(SOUND)
    website.requests.clear()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    submit(page, OTHER_ADDRESS)
    submit(page, ADDRESS)
    saved(page)
    assert website.requests == [ARCHIVE]
    assert {url for url in asked if not url.startswith("blob:")} == {website.address(ARCHIVE)}


def test_nothing_stays(visit: Callable[..., Page], website: WebSite) -> None:
    """After success the field is empty; after leaving, letters, address and messages are gone; nothing is stored."""
    page = visit(SOUND)
    submit(page, ADDRESS.upper())
    assert page.input_value("[name=email]") == ""
    gone = page.evaluate(
        """() => {
            globalThis.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
            const kept = [...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie];
            return [kept.join(), document.querySelectorAll('#open-documents a').length];
        }"""
    )
    assert gone == ["", 0]
    assert ADDRESS not in page.content()
    assert page.inner_text("#open-status") == ""
    page.goto(website.address("/assets/zip.js"))
    page.go_back()
    assert page.input_value("[name=email]") == ""
    assert page.locator("#open-documents a").count() == 0


def test_blob_addresses_end_with_the_page(visit: Callable[..., Page]) -> None:
    """A letter's address leads nowhere once the page was left or another try was made."""
    page = visit(SOUND)
    page.evaluate(
        """() => {
            globalThis.ended = [];
            const revoke = URL.revokeObjectURL.bind(URL);
            URL.revokeObjectURL = address => { globalThis.ended.push(address); revoke(address); };
        }"""
    )
    submit(page, ADDRESS)
    first = page.get_attribute("#open-documents a", "href")
    submit(page, ADDRESS)
    second = page.get_attribute("#open-documents a", "href")
    page.evaluate("() => globalThis.dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert set(page.evaluate("() => globalThis.ended")) == {first, second}


def test_leaving_while_it_opens(visit: Callable[..., Page]) -> None:
    """What is decrypted after the page was left is not shown."""
    page = visit(seal([Document("long.bin", bytes(4_000_000))], ADDRESS, KEY, None))
    page.fill("[name=email]", ADDRESS)
    page.click("#open-here button")
    page.evaluate("() => globalThis.dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.wait_for_timeout(1_000)
    assert page.locator("#open-documents a").count() == 0
    assert page.locator("#open-here button").is_enabled()


def test_without_javascript(publish: Callable[..., None], website: WebSite, chromium: Browser) -> None:
    """Without script no dead form stands there, and even shown it would send nothing."""
    publish(SOUND)
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(website.address(f"{FOLDER}index.html"))
        assert not page.locator("#open-here").is_visible()
        assert page.locator("#open-here").get_attribute("method") == "dialog"


def test_busy_while_it_works(visit: Callable[..., Page]) -> None:
    """While the archive is on its way the form says that it is busy and takes no second order."""
    page = visit(SOUND)
    asked: list[Route] = []
    page.route("**/*.zip", lambda route: asked.append(route))  # noqa: PLW0108 (Playwright marks what it is given)
    page.fill("[name=email]", ADDRESS)
    page.click("#open-here button")
    page.wait_for_selector("#open-here[aria-busy=true]")
    assert page.locator("#open-here button").is_disabled()
    page.press("[name=email]", "Enter")
    page.wait_for_timeout(50)
    assert len(asked) == 1
    asked[0].continue_()
    page.wait_for_selector("#open-documents a")
    assert page.locator("#open-here button").is_enabled()


def test_ten_megabytes(visit: Callable[..., Page]) -> None:
    """A large document opens with progress, in steps between which the page is alive."""
    large = Document("σχέδιο.bin", bytes(range(256)) * 40_000)
    page = visit(seal([LETTER, large], ADDRESS, KEY, None))
    page.evaluate(
        """() => {
            globalThis.steps = new Set();
            const bar = document.querySelector('#open-progress');
            const watch = () => {
                if (!bar.hidden) globalThis.steps.add(bar.value);
                setTimeout(watch);
            };
            watch();
        }"""
    )
    assert submit(page, ADDRESS) == "opened"
    assert page.evaluate("() => globalThis.steps.size") > 5
    assert page.locator("#open-progress").is_hidden()
    assert saved(page) == [LETTER, large]


@settings(max_examples=30)
@given(data=st.data())
def test_both_ways_to_decrypt_agree(forms_page: Page, data: st.DataObject) -> None:
    """The tables for long documents give what WebCrypto gives, for keys and lengths of all kinds."""
    key = data.draw(st.sampled_from([16, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size)))
    length = data.draw(st.integers(0, 3000) | st.sampled_from([256 * 16, 256 * 16 + 1, 70_000]))
    same = forms_page.evaluate(
        """async ([key, length]) => {
            const { decrypt } = await import('/assets/ctr.js');
            const text = Uint8Array.from({ length }, (_, index) => index * 7);
            const run = long => decrypt(new Uint8Array(key), text, () => {}, { long });
            const [one, other] = [await run(Infinity), await run(0)];
            return one.length === length && one.every((byte, index) => byte === other[index]);
        }""",
        [list(key), length],
    )
    assert same


def test_firefox(publish: Callable[..., None], website: WebSite, tmp_path: Path, program: Callable[..., str]) -> None:
    """Debian's Firefox opens a letter and a long document, and refuses a wrong address."""
    large = Document("σχέδιο.bin", bytes(range(256)) * 2_000)
    publish(winzip([LETTER, large], ADDRESS, deflated=True))
    with running(program("firefox-esr"), tmp_path) as firefox:
        firefox.do("Navigate", url=website.address(f"{FOLDER}index.html"))
        firefox.type("[name=email]", OTHER_ADDRESS)
        firefox.click("#open-here button")
        firefox.find("#open-status[data-kind=wrong]")
        firefox.do("ElementClear", id=firefox.find("[name=email]"))
        firefox.type("[name=email]", ADDRESS)
        firefox.click("#open-here button")
        firefox.find("#open-status[data-kind=opened]")
        names = "return [...document.querySelectorAll('#open-documents a[download]')].map(link => link.download)"
        assert firefox.do("ExecuteScript", script=names)["value"] == [LETTER.name, large.name]
        assert firefox.text("#open-documents").count("Save") == 2
