"""Read a ZIP package of XML, as .xlsx and .ods are: a part is unpacked and checked when it is read, and no other."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from lxml import etree

from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.problems import ThyridaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Element = Any  # of lxml, which has no types

SIZE_MAX = 40 * 2**20  # bytes of all parts that are read, unpacked; 20,000 rows of .xlsx take about 10 MB
PARTS_MAX = 5_000  # of the whole package, whose table of contents is read before any part
TREE_MAX = 8 * 2**20  # bytes of XML that are a tree at a time, which takes up to 40 times as much; a row has few KB
ELEMENTS_MAX = 1_100_000  # rows, texts, styles … of one part; each takes about 5 µs, and a sheet has 1,048,576 rows
_CHUNK = 2**16  # bytes

_ENTRY = b"PK\x01\x02"  # begins each entry of a ZIP's table of contents
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # as ISO/IEC 21320-1 demands; LZMA may ask for any memory
_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
# How XML begins in UTF-16, UTF-32 and EBCDIC (XML 1.0, appendix F.1), where no pattern here would find anything.
_WIDE_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0", b"\x4c\x6f")
_PLAIN_ENCODINGS = {b"utf-8", b"us-ascii", b"ascii"}
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")  # ISO/IEC 29500-1; Excel writes them if asked


OPEN_AND_SAVE = N_("open it in Excel or LibreOffice, save it again as .xlsx, and use that")


class UnreadableError(ThyridaError):
    """Raised for a file that cannot be read at all; its reader turns it into a problem."""


def encrypted() -> UnreadableError:
    """Return the error for a file with a password."""
    message = say("the file is encrypted with a password")
    hint = say("remove the password: in Excel, File > Info > Protect Workbook > Encrypt with Password, and clear it")
    return UnreadableError(message, hint)


def too_much(message: str) -> UnreadableError:
    """Return the error for a file that holds far more than an annex."""
    return UnreadableError(message, say("copy only the table's rows into a new workbook and use that"))


class Package:
    """A ZIP package, and how much of it may still be unpacked."""

    def __init__(self, data: bytes) -> None:
        """Open the package. Raises UnreadableError for a crowd of parts; damage raises anything."""
        if data.count(_ENTRY) > PARTS_MAX:  # zipfile takes 10 µs for each
            raise unpacks_to_too_much()
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._parts = {_key(part.filename): part for part in self._archive.infolist()}
        self._left = SIZE_MAX

    def __contains__(self, name: str) -> bool:
        """Return whether there is such a part; letter case is no matter (ECMA-376, part 2, 6.2.2.3)."""
        return _key(name) in self._parts

    def names(self) -> tuple[str, ...]:
        """Return the name of every part, in lower case."""
        return tuple(self._parts)

    def read(self, name: str) -> bytes:
        """Return the XML of a part, strict names made usual. Raises UnreadableError for a ZIP bomb, or an XML bomb."""
        part = self._parts[_key(name)]
        self._left -= part.file_size  # zipfile never unpacks more than this
        if self._left < 0:
            raise unpacks_to_too_much()
        if part.compress_type not in _METHODS:
            raise NotImplementedError(part.compress_type)
        content = self._archive.read(part)
        _refuse_odd_xml(content)
        return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", content)

    def elements(self, name: str, *tags: str) -> Iterator[Element]:
        """Yield each element of a part that has one of the tags and is within no other such, once it is complete.

        It is emptied, and what is before it is forgotten, when the next one is asked for.
        """
        content = self.read(name)
        _refuse_crowd(content, tags)
        parser = etree.XMLPullParser(
            events=("start", "end"), tag=tags, resolve_entities=False, remove_comments=True, remove_pis=True
        )
        opened = kept = count = 0
        for start in range(0, len(content), _CHUNK):
            parser.feed(content[start : start + _CHUNK])
            kept += _CHUNK
            for event, element in parser.read_events():
                opened += 1 if event == "start" else -1
                if not opened:
                    yield element
                    element.clear()
                    _forget_before(element)
                    kept, count = 0, count + 1
            if kept > TREE_MAX or count > ELEMENTS_MAX:
                raise unpacks_to_too_much()
            if not kept:
                for around in element.iterancestors():
                    _forget_before(around)
        parser.close()


def _key(name: str) -> str:
    return name.replace("\\", "/").lower()


def _forget_before(element: Element) -> None:
    while (before := element.getprevious()) is not None:
        before.clear()  # lxml would look up the name of every child that is taken out with it
        element.getparent().remove(before)


def _refuse_odd_xml(content: bytes) -> None:
    """Refuse XML that is not UTF-8 without a DTD, as spreadsheets have it, before a parser sees it."""
    declared = _DECLARED.match(content)
    is_foreign = content.startswith(_WIDE_ENCODINGS) or (declared and declared[1].lower() not in _PLAIN_ENCODINGS)
    if is_foreign or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        message = say("the XML inside has an encoding or definitions that no spreadsheet program writes (an XML bomb?)")
        raise UnreadableError(message, say(OPEN_AND_SAVE))


def _refuse_crowd(content: bytes, tags: Sequence[str]) -> None:
    """Refuse far too many elements at once. Those with a prefix are counted as they come: that takes seconds."""
    names = {tag.rpartition("}")[2].encode() for tag in tags}
    if any(content.count(b"<" + name) > ELEMENTS_MAX for name in names):
        raise unpacks_to_too_much()


def unpacks_to_too_much() -> UnreadableError:
    """Return the error for a package that is, or could be, a ZIP bomb."""
    return too_much(say("the file unpacks to far more than an annex can hold (a ZIP bomb?)"))
