"""Read the files that go along: attachments of a circular, documents for single agencies, and the site's logo.

An attachment is of a kind that its name and its content agree on. These kinds are what the last scan before publishing
can read (``prove/leaks.py``), and none of them runs in a browser.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from xml.etree.ElementTree import ParseError

from site_src.files.text import NotTextError, decode
from site_src.files.walk import is_keepable, is_leftover
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.read.agency import STATUSES, Agency, Status
from site_src.read.content.campaign_folder import LOGO_ENDINGS, fit_files
from site_src.read.inputs import Document
from site_src.read.settings import Campaign, Logo

# An archive is sealed in memory, and the page opens it in a browser's memory.
ENCLOSURES_BYTES_MAX = 100 * 2**20

# A circular's signed PDF has a few; readers of the page may be on a phone, and all of it is looked through.
ATTACHMENT_BYTES_MAX = 50 * 2**20

# Names that would take the place of the circular's own page and annex.
RESERVED = {"index.html", "annex.xlsx"}

# Every letter carries it, and every visitor fetches it once: emblems have 5 to 40 KB.
LOGO_BYTES_MAX = 100 * 2**10
# Of either side in pixels: a logo is shown 2 cm high, and on paper 600 are more than enough. A PNG of a few KB can
# be a thousand times as large when it is unpacked.
LOGO_PIXELS_MAX = 2_000

SVG_ROOT = "{http://www.w3.org/2000/svg}svg"  # Scalable Vector Graphics 2, 5.1
PNG_SIDES = slice(16, 24)  # width and height, four bytes each, of the first chunk (PNG specification, 11.2.2)
PNG_END = b"IEND\xaeB`\x82"  # the last chunk's name and check sum (11.2.5)
_NUMBER = re.compile(r"\s*(\d{0,9}\.?\d{1,20})(?:px|pt|pc|mm|cm|in)?\s*")  # no more digits than programs write

PDF_SIGNATURE, PNG_SIGNATURE, JPEG_SIGNATURE = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
PDF_HEADER_WITHIN = 1024  # readers look for the signature that far (ISO 32000-1, annex H, implementation note 13)
ZIP_SIGNATURE = b"PK\x03\x04"
OFFICE_TYPES = "[Content_Types].xml"  # ECMA-376, part 2, 10.1.2: it names the document's kind, macros included
ODF_TYPE = "mimetype"  # OpenDocument 1.2, part 3, 3.3
TYPES_BYTES_MAX = 2**20

# The errors of zipfile for a damaged ZIP; a wrong name or field is a ValueError, KeyError or struct.error.
ZIP_DAMAGE = (
    *(zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError),
    *(KeyError, RuntimeError, struct.error, zlib.error, lzma.LZMAError),
)

# Only its own program can show what is in it: OLE (old Office, a document with a password), gzip, RTF, Excel's data
# model ([MS-XLDM] 2.1.2), and e-mail.
CLOSED = re.compile(
    rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\x1f\x8b\x08|\{\\rtf|\xff\xfeS\0T\0R\0E\0A\0M\0_\0S\0T\0O\0R\0A\0G\0E\0"
    rb"|(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?i:MIME-Version|Content-Transfer-Encoding):"
)
_MARKUP = re.compile(r"\s*<[!?A-Za-z]")


def read_attachments(campaign: Campaign, problems: Problems) -> tuple[Path, ...]:
    """Return the files of ``attachments/`` that may be published, in the order of their names."""
    return tuple(fit_files(campaign.path / "attachments", "attachments", _why_unpublished, problems))


def _why_unpublished(path: Path) -> tuple[str, str] | None:
    """Return why a file may not be published, and what to do; it is read only where name and size allow."""
    if mistake := _why_unkept(path):
        return mistake
    if path.name.lower() in RESERVED:
        return say("the circular's page has a file of this name itself"), say("give the file another name")
    if mistake := _why_unnamed(path.name):
        return mistake
    if not path.stat().st_size:
        return say("the file is empty"), say("copy it again from where it came")
    if path.stat().st_size > ATTACHMENT_BYTES_MAX:
        message = say("this file has more than {size} MB", size=ATTACHMENT_BYTES_MAX // 2**20)
        return message, say("save it again with smaller pictures, or divide it")
    return why_unfit(path.name, path.read_bytes())


def read_enclosures(
    campaign: Campaign, agencies: Sequence[Agency], problems: Problems
) -> Mapping[str, tuple[Document, ...]]:
    """Return the documents of ``files/<username>/``, by user name, in the order of their names."""
    root = campaign.path / "files"
    status = {agency.username: agency.status for agency in agencies}
    enclosures = {}
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if is_leftover(folder.name):
            continue
        at = Place(file=f"files/{folder.name}")
        if folder.name not in status or not folder.is_dir() or folder.is_symlink():
            hint = say("a folder here is named after the user name of the agency that gets the documents in it")
            problems.error(Topic.FILE, say("the annex has no agency with this user name"), hint=hint, at=at)
        elif status[folder.name] is not Status.NEW:
            hint = say("take the folder away, or give the agency a new code")
            why = say(STATUSES[status[folder.name]])
            message = say("this agency gets no letter ({why}), so nothing can carry these documents", why=why)
            problems.error(Topic.FILE, message, hint=hint, at=at)
        else:
            enclosures[folder.name] = _documents(campaign.path, folder.name, problems)
    return enclosures


def _documents(campaign: Path, username: str, problems: Problems) -> tuple[Document, ...]:
    where = f"files/{username}"
    paths = fit_files(campaign / where, where, _why_unkept, problems)
    if sum(path.stat().st_size for path in paths) > ENCLOSURES_BYTES_MAX:
        message = say("these documents have more than {size} MB together", size=ENCLOSURES_BYTES_MAX // 2**20)
        problems.error(Topic.FILE, message, hint=say("send fewer or smaller documents"), at=Place(file=where))
        return ()
    documents = tuple(Document(unicodedata.normalize("NFC", path.name), path.read_bytes()) for path in paths)
    taken = {f"{username}.pdf"}
    for document in documents:
        if document.name.lower() in taken:
            hint = say("give the file another name")
            message = say("another document of the archive has this name")
            problems.error(Topic.FILE, message, hint=hint, at=Place(file=f"{where}/{document.name}"))
        taken.add(document.name.lower())
    return documents


def _why_unkept(path: Path) -> tuple[str, str] | None:
    """Return why nobody could keep a file, and what to do; None for a plain file with a usual name."""
    if not path.is_file() or path.is_symlink():
        return say("only plain files are published"), say("move it away")
    if not is_keepable(path.name):
        message = say("Windows cannot keep a file of this name")
        return message, say("give the file a name of letters, digits, spaces and hyphens")
    return None


def why_unfit(name: str, data: bytes) -> tuple[str, str] | None:
    """Return why a file may not be published, and what to do; None where name and content agree on one of the kinds."""
    if mistake := _why_unnamed(name):
        return mistake
    ending = _ending(name)
    is_ambiguous = data.find(PDF_SIGNATURE, 0, PDF_HEADER_WITHIN) > 0  # readers may take the same bytes for two kinds
    fitting = [] if is_ambiguous else [each for each, fits in KINDS.items() if fits(data)]
    if ending in fitting:
        return None
    message = say('the file is not what the end of its name says: "{ending}"', ending=ending)
    if fitting:
        return message, say('give it a name that ends in "{ending}"', ending=fitting[0])
    hint = say(
        "open it in the program that made it, save it as PDF without a password and without another file in it, and "
        "put the PDF in its place"
    )
    return message, hint


def _why_unnamed(name: str) -> tuple[str, str] | None:
    """Return why a file of this name may not be published, whatever is in it, and what to do; None where it may."""
    if _ending(name) in KINDS:
        return None
    message = say("only files of these kinds are published: {kinds}", kinds=", ".join(each[1:] for each in KINDS))
    hint = say("save it as PDF and put the PDF in its place; of an archive, do so with each file in it")
    return message, hint


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()


def is_zip(data: bytes) -> bool:
    """Return whether a program would open this as a ZIP, whatever it begins with."""
    return zipfile.is_zipfile(io.BytesIO(data))


def _starts_with(signature: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(signature) and not is_zip(data)


def _office(kind: str) -> Callable[[bytes], bool]:
    main = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml".encode()
    return lambda data: main in office_part(data, OFFICE_TYPES)


def _open_document(kind: str) -> Callable[[bytes], bool]:
    return lambda data: office_part(data, ODF_TYPE).strip() == f"application/vnd.oasis.opendocument.{kind}".encode()


def office_part(data: bytes, name: str) -> bytes:
    """Return a part of an office document; nothing where there is none, or the document is damaged."""
    if not data.startswith(ZIP_SIGNATURE):
        return b""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package, package.open(name) as part:
            return part.read(TYPES_BYTES_MAX)
    except ZIP_DAMAGE:
        return b""


def _is_text(data: bytes) -> bool:
    try:
        text = decode(data)
    except NotTextError:
        return False
    return not (data.startswith(PDF_SIGNATURE) or CLOSED.match(data) or _MARKUP.match(text))


KINDS: Mapping[str, Callable[[bytes], bool]] = {
    ".pdf": _starts_with(PDF_SIGNATURE),
    ".docx": _office("wordprocessingml.document"),
    ".xlsx": _office("spreadsheetml.sheet"),
    ".odt": _open_document("text"),
    ".ods": _open_document("spreadsheet"),
    ".png": _starts_with(PNG_SIGNATURE),
    ".jpg": _starts_with(JPEG_SIGNATURE),
    ".jpeg": _starts_with(JPEG_SIGNATURE),
    ".txt": _is_text,
    ".csv": _is_text,
}


def read_logo(name: str, content: Path, problems: Problems) -> Logo:
    """Return the logo of this name; a problem, and a logo without content, where it cannot be shown."""
    path, logo = content / name, Logo(name)
    mistake = _why_unread(path, content)
    if not mistake:
        data = path.read_bytes()
        try:
            return Logo(name, data, *_size_of(logo, data))
        except ValueError as error:
            hint = say("export it again from the program that made it, as a plain SVG in UTF-8 or as a PNG")
            mistake = say("this logo cannot be shown: {why}", why=error), hint
    message, hint = mistake
    problems.error(Topic.FILE, message, hint=hint, at=Place(file=name))
    return logo


def _why_unread(path: Path, content: Path) -> tuple[str, str] | None:
    """Return why there is no such logo, and what to do; None where it can be read."""
    if path.suffix.lower() not in LOGO_ENDINGS:
        message = say("a logo is an SVG or a PNG: expected a name that ends in .svg or .png")
        return message, say("save the picture as PNG, and name it in site.toml")
    if path.parent != content or not path.is_file() or path.is_symlink():
        message = say("there is no such file beside site.toml")
        return message, say("put the logo there, and name it in site.toml without its folder")
    if path.stat().st_size > LOGO_BYTES_MAX:
        message = say(
            "this logo has more than {size} KB, and every letter would carry it", size=LOGO_BYTES_MAX // 2**10
        )
        return message, say("save it smaller: 600 pixels are enough")
    return None


def _size_of(logo: Logo, data: bytes) -> tuple[int, int]:
    """Return width and height of a picture, for their ratio. Raises ValueError, which says what is wrong with it."""
    if logo.ending == ".svg":
        width, height = _size_of_svg(data)
    elif mistake := why_unfit(logo.name, data):
        raise ValueError(mistake[0])
    elif not data.endswith(PNG_END):
        raise ValueError(say("its end is missing"))
    else:
        sides = data[PNG_SIDES]
        width, height = int.from_bytes(sides[:4]), int.from_bytes(sides[4:])
        if max(width, height) > LOGO_PIXELS_MAX:
            raise ValueError(say("it has more than {most} pixels on one side", most=LOGO_PIXELS_MAX))
    if not (width and height):
        raise ValueError(say("it does not say how large it is"))
    return width, height


def _size_of_svg(data: bytes) -> tuple[int, int]:
    """Return the size of the drawing in its own units. Raises ValueError."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(data.decode("utf-8-sig"))
    except (ParseError, UnicodeDecodeError, DefusedXmlException, LookupError) as error:
        raise ValueError(say("it is not SVG")) from error
    if root.tag != SVG_ROOT:
        raise ValueError(say("it is not SVG"))
    box = [_NUMBER.fullmatch(each) for each in re.split(r"[\s,]+", root.get("viewBox", "").strip())[2:]]
    sides = box or [_NUMBER.fullmatch(root.get(name, "")) for name in ("width", "height")]
    width, height = (float(side[1]) if side else 0 for side in (*sides, None, None)[:2])
    scale = LOGO_PIXELS_MAX / max(width, height) if max(width, height) else 0
    return round(width * scale), round(height * scale)
