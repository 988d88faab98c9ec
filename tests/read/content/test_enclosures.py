from __future__ import annotations

import io
import os
import unicodedata
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from site_src.problems import Problems
from site_src.read.agency import Agency, Status
from site_src.read.content.enclosures import ENCLOSURES_BYTES_MAX, KINDS, read_attachments, read_enclosures, why_unfit
from site_src.read.content.toml_files import read_campaign
from site_src.read.inputs import Document
from tests.support.content_files import only
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from site_src.read.settings import Campaign


NEW, KEEPS, NOBODY = "012345678901", "205518873364", "999999999999"
AGENCIES = (Agency(username=NEW, name="Α"), Agency(username=KEEPS, name="Β", status=Status.KEEPS))


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    """A campaign whose folder holds nothing else yet."""
    (tmp_path / "campaign.toml").write_text('folder = "x"\ndeadline = 2020-11-30\neffective = 2020-12-01\n')
    return read_campaign(tmp_path, Problems())


def put(campaign: Campaign, name: str, data: bytes = b"x") -> Path:
    """Lay a file into the campaign's folder."""
    path = campaign.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_nothing_laid_beside_is_nothing_found(campaign: Campaign, problems: Problems) -> None:
    """Both folders are optional."""
    assert read_attachments(campaign, problems) == ()
    assert read_enclosures(campaign, AGENCIES, problems) == {}
    assert problems.all() == ()


def test_attachments_come_in_the_order_of_their_names(campaign: Campaign, problems: Problems) -> None:
    """Files that systems, Word and editors leave in folders are not attachments."""
    litter = ("Thumbs.db", ".DS_Store", "desktop.ini", "~$signed.docx", "._a.pdf", ".~lock.signed.docx#")
    leftovers = ("~WRL0001.tmp", "x.TMP", "a.bak", "egk.docx~")
    for name in ("β.txt", "a.csv", *litter, *leftovers):
        put(campaign, f"attachments/{name}")
    assert [path.name for path in read_attachments(campaign, problems)] == ["a.csv", "β.txt"]
    assert problems.all() == ()


@pytest.mark.parametrize("name", ["index.html", "INDEX.HTML", "annex.xlsx", "Annex.xlsx"])
def test_an_attachment_cannot_replace_the_page_or_the_annex(name: str, campaign: Campaign, problems: Problems) -> None:
    """A name that the circular's own folder uses is an error, in any letter case."""
    put(campaign, f"attachments/{name}")
    read_attachments(campaign, problems)
    assert only(problems).at.file == f"attachments/{name}"
    assert "another name" in only(problems).hint


@posix_only("a link needs a right of its own on Windows")
@pytest.mark.parametrize("folder", ["attachments", f"files/{NEW}"])
def test_only_plain_files_are_taken(folder: str, campaign: Campaign, problems: Problems, tmp_path: Path) -> None:
    """A folder within, and a link that could lead to a secret, are errors and are not read."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    put(campaign, f"{folder}/a.txt")
    (campaign.path / folder / "sub").mkdir()
    (campaign.path / folder / "link").symlink_to(secret)
    (campaign.path / folder / "nowhere").symlink_to(tmp_path / "none")
    attachments = read_attachments(campaign, problems)
    enclosures = read_enclosures(campaign, AGENCIES, problems)
    names = [path.name for path in attachments] + [document.name for each in enclosures.values() for document in each]
    assert names == ["a.txt"]
    assert [problem.message for problem in problems.all()] == ["only plain files are published"] * 3


@posix_only("a link needs a right of its own on Windows")
def test_a_linked_folder_is_not_followed(campaign: Campaign, problems: Problems, tmp_path: Path) -> None:
    """A link in the place of an agency's folder is refused as a link within it is."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.txt").write_bytes(b"secret")
    (campaign.path / "files").mkdir()
    (campaign.path / "files" / NEW).symlink_to(elsewhere, target_is_directory=True)
    assert not read_enclosures(campaign, AGENCIES, problems).get(NEW)
    assert problems.has_errors


def test_documents_are_read_for_their_agency(campaign: Campaign, problems: Problems) -> None:
    """Each agency's documents come in the order of their names, with their bytes."""
    put(campaign, f"files/{NEW}/Απόφαση.txt", b"1")
    put(campaign, f"files/{NEW}/a.txt", b"")
    put(campaign, f"files/{NEW}/.hidden")
    assert read_enclosures(campaign, AGENCIES, problems) == {
        NEW: (Document("a.txt", b""), Document("Απόφαση.txt", b"1"))
    }
    assert problems.all() == ()


def test_a_name_from_a_mac_is_the_same_name(campaign: Campaign, problems: Problems) -> None:
    """A name whose accents stand apart is sealed under its composed form, the same from every system."""
    put(campaign, f"files/{NEW}/{unicodedata.normalize('NFD', 'Απόφαση')}")
    assert read_enclosures(campaign, AGENCIES, problems)[NEW][0].name == "Απόφαση"


@posix_only("Windows keeps no such names")
def test_two_forms_of_one_name_are_told(campaign: Campaign, problems: Problems) -> None:
    """Composed and decomposed, or in another letter case: Windows could not keep both files."""
    put(campaign, f"files/{NEW}/Απόφαση")
    put(campaign, f"files/{NEW}/{unicodedata.normalize('NFD', 'Απόφαση')}")
    put(campaign, f"files/{NEW}/a.txt")
    put(campaign, f"files/{NEW}/A.TXT")
    read_enclosures(campaign, AGENCIES, problems)
    assert len(problems.all()) == 2


@pytest.mark.parametrize("name", [f"{NEW}.pdf", f"{NEW}.PDF"])
def test_a_document_cannot_bear_the_letters_name(name: str, campaign: Campaign, problems: Problems) -> None:
    """It would take the letter's place when the archive is unpacked."""
    put(campaign, f"files/{NEW}/{name}")
    read_enclosures(campaign, AGENCIES, problems)
    assert only(problems).at.file == f"files/{NEW}/{name}"


@posix_only("Windows keeps no such names")
@pytest.mark.parametrize("name", ["a\\..\\..\\b.txt", "a:b.txt", "CON.txt", "a?.txt", "trailing.", "a\tb.txt"])
def test_a_name_that_windows_cannot_keep_is_told(name: str, campaign: Campaign, problems: Problems) -> None:
    """The contact unpacks on Windows: a name with a backslash, a colon or a device's name would go astray there."""
    put(campaign, f"files/{NEW}/{name}")
    read_enclosures(campaign, AGENCIES, problems)
    assert only(problems).at.file == f"files/{NEW}/{name}"
    assert only(problems).hint


@posix_only("only there may names be any bytes")
@pytest.mark.parametrize("folder", ["attachments", f"files/{NEW}"])
def test_a_name_in_another_encoding_is_told(folder: str, campaign: Campaign, problems: Problems) -> None:
    """A Greek name unpacked from an old ZIP is no UTF-8: an error that can be printed, not a later traceback."""
    put(campaign, f"{folder}/a.txt")
    directory = os.fsencode(campaign.path / folder)
    Path(os.fsdecode(directory + b"/" + "Απόφαση.pdf".encode("cp1253"))).write_bytes(b"x")
    read_attachments(campaign, problems)
    read_enclosures(campaign, AGENCIES, problems)
    assert str(only(problems)).encode()


@pytest.mark.parametrize("name", [NOBODY, "Δήμος", "12345"])
def test_a_folder_of_no_agency_is_told(name: str, campaign: Campaign, problems: Problems) -> None:
    """A mistyped user name would leave the documents out in silence."""
    put(campaign, f"files/{name}/a.txt")
    assert read_enclosures(campaign, AGENCIES, problems) == {}
    assert only(problems).at.file == f"files/{name}"


def test_documents_for_an_agency_without_a_letter_are_told(campaign: Campaign, problems: Problems) -> None:
    """An agency that keeps its code gets no archive, so nothing could carry its documents."""
    put(campaign, f"files/{KEEPS}/a.txt")
    assert read_enclosures(campaign, AGENCIES, problems) == {}
    assert "gets no letter" in only(problems).message


def test_a_file_where_folders_belong_is_told(campaign: Campaign, problems: Problems) -> None:
    """A document laid directly into files/ belongs to nobody."""
    put(campaign, "files/a.txt")
    put(campaign, f"files/{NEW}")
    read_enclosures(campaign, AGENCIES, problems)
    assert len(problems.all()) == 2


def test_documents_too_large_for_memory_are_told_unread(campaign: Campaign, problems: Problems) -> None:
    """The sum of an agency's documents has a limit, and is taken before anything is read."""
    for name, size in (("a.bin", ENCLOSURES_BYTES_MAX), ("b.bin", 1)):
        with put(campaign, f"files/{NEW}/{name}").open("wb") as file:
            file.truncate(size)
    assert read_enclosures(campaign, AGENCIES, problems) == {NEW: ()}
    assert "100 MB" in only(problems).message


def test_an_attachment_that_is_too_large_is_told_unread(campaign: Campaign, problems: Problems) -> None:
    """Its size is taken before it is read; one of another kind is refused as that, whatever its size."""
    for name in ("a.csv", "b.zip"):
        with put(campaign, f"attachments/{name}").open("wb") as file:
            file.truncate(200 * 2**20)
    assert read_attachments(campaign, problems) == ()
    too_large, other_kind = problems.all()
    assert ("50 MB" in too_large.message, "of these kinds" in other_kind.message) == (True, True)


def test_only_attachments_are_of_few_kinds(campaign: Campaign, problems: Problems) -> None:
    """An attachment of another kind is refused with what to do; a document for one agency may be of any kind."""
    put(campaign, "attachments/page.html", b"<html>")
    put(campaign, f"files/{NEW}/page.html", b"<html>")
    assert read_attachments(campaign, problems) == ()
    assert read_enclosures(campaign, AGENCIES, problems)[NEW]
    assert only(problems).at.file == "attachments/page.html"
    assert only(problems).hint.startswith("save it as PDF")


def zipped(**parts: bytes) -> bytes:
    """A ZIP of these parts, ``types`` and ``mimetype`` among them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, data in parts.items():
            package.writestr({"types": "[Content_Types].xml"}.get(name, name), data)
    return buffer.getvalue()


def office(kind: str) -> bytes:
    """An office document whose main part is of this kind."""
    return zipped(types=f'<Override PartName="/x.xml" ContentType="application/vnd.{kind}.main+xml"/>'.encode(), x=b"")


def workbook() -> bytes:
    """A workbook as openpyxl writes it."""
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


DOCX = office("openxmlformats-officedocument.wordprocessingml.document")
PDF, PNG, JPEG = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"
ODT, ODS = (zipped(mimetype=f"application/vnd.oasis.opendocument.{kind}".encode()) for kind in ("text", "spreadsheet"))
RIGHT: dict[str, list[bytes]] = {
    ".pdf": [PDF],
    ".docx": [DOCX],
    ".xlsx": [workbook()],
    ".odt": [ODT],
    ".ods": [ODS],
    ".png": [PNG],
    ".jpg": [JPEG],
    ".jpeg": [JPEG],
    ".txt": ["Κείμενο <α>".encode(), "Κείμενο".encode("cp1253"), "Κείμενο, κι άλλο".encode("utf-16"), b""],
    ".csv": ["α;β\n1;2\n".encode(), b"\xef\xbb\xbfa,b"],
}
WRONG: dict[str, bytes] = {
    "page": b"<!DOCTYPE html><title>x</title>",
    "page in UTF-16": "<html>".encode("utf-16"),
    "page behind blanks": b"\xef\xbb\xbf \r\n<script>1</script>",
    "picture of code": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "RTF": rb"{\rtf1 x}",
    "e-mail": b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\n\nx",
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "gzip": b"\x1f\x8b\x08\0\0\0",
    "archive": zipped(a=b"x"),
    "document with macros": office("ms-word.document.macroEnabled"),
    "workbook with macros": office("ms-excel.sheet.macroEnabled"),
    "template": office("openxmlformats-officedocument.wordprocessingml.template"),
    "master document": zipped(mimetype=b"application/vnd.oasis.opendocument.text-master"),
    "bytes": bytes(range(256)),
    "GIF": b"GIF89a" + bytes(20),
    "WebP": b"RIFF\0\0\0\0WEBP" + bytes(20),
    "PDF behind a ZIP": zipped(a=b"x") + PDF,
    "PDF before a ZIP": PDF + zipped(a=b"x"),
    "PDF behind text": b"text\n" + PDF,
    "PDF behind a page": b"<html>" + PDF,
    "picture before a ZIP": PNG + zipped(a=b"x"),
    "photo with a PDF in it": JPEG + PDF,
    "document behind text": b"x" + DOCX,
    "damaged document": DOCX[:-30],
}


@pytest.mark.parametrize(("ending", "data"), [(ending, data) for ending, each in RIGHT.items() for data in each])
def test_a_file_of_a_known_kind_passes(ending: str, data: bytes) -> None:
    """In any letter case of its ending."""
    assert why_unfit(f"Εγκύκλιος 1{ending}", data) is None
    assert why_unfit(f"a.b{ending.upper()}", data) is None


def test_every_kind_has_an_example() -> None:
    """Of each kind in the table a file is tried."""
    assert RIGHT.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("ending", KINDS)
def test_no_name_makes_another_file_pass(kind: str, ending: str) -> None:
    """A file that runs in a browser, holds macros, hides text or may be of two kinds passes under no name."""
    unfit = why_unfit(f"a{ending}", WRONG[kind])
    assert unfit
    assert "save it as PDF" in unfit[1]


@pytest.mark.parametrize("one", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_name_of_another_kind_is_told_with_the_right_one(one: str, other: str) -> None:
    """A picture that is called a document needs another name, which the hint gives, and which then passes."""
    for data in RIGHT[one]:
        if why_unfit(f"a{one}", data) is None and (unfit := why_unfit(f"a{other}", data)):
            named = next(ending for ending in KINDS if f'"{ending}"' in unfit[1])
            assert why_unfit(f"a{named}", data) is None


@pytest.mark.parametrize(
    "ending",
    ["html", "svg", "js", "msg", "eml", "doc", "xls", "rtf", "zip", "7z", "docm", "xlsm", "exe", "gif", "pdf.", ""],
)
def test_other_endings_are_refused(ending: str) -> None:
    """A file of another kind is refused, with the kinds that are published and what to do."""
    for data in (PDF, b"text"):
        unfit = why_unfit(f"a.{ending}", data)
        assert unfit
        assert "pdf, docx, xlsx" in unfit[0]
        assert unfit[1].startswith("save it as PDF")


@pytest.mark.parametrize("name", ["a.pdf", "a.txt"])
def test_an_empty_attachment_is_an_error(name: str, campaign: Campaign, problems: Problems) -> None:
    """A file without a byte was not copied as a whole: no other name would help it."""
    put(campaign, f"attachments/{name}", b"")
    assert read_attachments(campaign, problems) == ()
    assert (only(problems).message, only(problems).hint) == ("the file is empty", "copy it again from where it came")
