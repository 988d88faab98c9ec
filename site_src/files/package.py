"""Read a ZIP package of XML, as .xlsx, .ods and .docx are.

A part is unpacked and checked when it is read, and no other. Relations lead from one part to another: ECMA-376, part 2.
"""

from __future__ import annotations

import codecs
import io
import math
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lxml import etree

from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.problems import ThyridaError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as Tree

Element = Any  # of lxml, which has no types

SIZE_MAX = 40 * 2**20  # bytes of all parts that are read, unpacked; 20,000 rows of .xlsx take about 10 MB
PARTS_MAX = 5_000  # of the whole package, whose table of contents is read before any part
TREE_MAX = 8 * 2**20  # bytes of XML that are a tree at a time, which takes up to 40 times as much; a row has few KB
ELEMENTS_MAX = 1_100_000  # rows, texts, styles … of one part; each takes about 5 µs, and a sheet has 1,048,576 rows
_CHUNK = 2**16  # bytes
_RELATION = "{*}Relationship"

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


class Budget:
    """The amount that may still be read, of a package and of all that are inserted in it."""

    def __init__(self, size: int = SIZE_MAX, tags: float = math.inf) -> None:
        self._size = size
        self._tags = tags

    def take(self, *, size: int = 0, tags: int = 0) -> None:
        """Raise UnreadableError once there was too much."""
        self._size -= size
        self._tags -= tags
        if min(self._size, self._tags) < 0:
            raise unpacks_to_too_much()


@dataclass(frozen=True)
class Relation:
    """A reference of a part to another part, or to an address.

    ``kind`` is the last word of its type, which strict files have, too; ``is_part``: whether the file has the target.
    """

    kind: str
    target: str
    is_part: bool


class Package:
    """A ZIP package, and how much of it may still be unpacked.

    Letter case and slashes of a part's name are no matter (ECMA-376, part 2, 6.2.2.3). Damage raises anything.
    """

    def __init__(self, data: bytes, budget: Budget | None = None) -> None:
        """Open the package. Raises UnreadableError for a crowd of parts."""
        if data.count(_ENTRY) > PARTS_MAX:  # zipfile takes 10 µs for each
            raise unpacks_to_too_much()
        self.budget = budget or Budget()
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._parts = {_key(part.filename): part for part in self._archive.infolist()}
        self._roots: dict[str, Tree] = {}
        self._relations: dict[str, Mapping[str, Relation]] = {}

    def __contains__(self, name: str) -> bool:
        """Return whether there is such a part."""
        return _key(name) in self._parts

    def names(self) -> tuple[str, ...]:
        """Return the name of every part, in lower case."""
        return tuple(self._parts)

    def data(self, name: str) -> bytes:
        """Return the bytes of a part. Raises UnreadableError for a ZIP bomb."""
        part = self._parts[_key(name)]
        self.budget.take(size=part.file_size)  # zipfile never unpacks more than this
        if part.compress_type not in _METHODS:
            raise NotImplementedError(part.compress_type)
        data = self._archive.read(part)
        self.budget.take(tags=data.count(b"<"))
        return data

    def read(self, name: str) -> bytes:
        """Return the XML of a part, strict names made usual. Raises UnreadableError for a ZIP bomb, or an XML bomb."""
        content = self.data(name)
        _refuse_odd_xml(content)
        return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", content)

    def root(self, name: str) -> Tree:
        """Return the root of a part's tree, without namespaces; the same each time. Raises UnreadableError as above."""
        from defusedxml.ElementTree import fromstring

        if name not in self._roots:
            content = self.data(name)
            if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # ECMA-376, part 2, 8.1.4
                content = re.sub(rb"^<\?xml[^>]*\?>", b"", content.decode("utf-16").encode())
            _refuse_odd_xml(content)
            self._roots[name] = root = fromstring(content)
            for each in root.iter():
                each.tag = _plain(each.tag)
                each.attrib = {_plain(key): value for key, value in each.items()}
        return self._roots[name]

    def relations(self, name: str) -> Mapping[str, Relation]:
        """Return a part's relations by their ids; those of the package itself for ""."""
        if name not in self._relations:
            folder, base = posixpath.split(name)
            listed = posixpath.join(folder, "_rels", f"{base}.rels")
            rows = self.elements(listed, _RELATION) if listed in self else ()
            self._relations[name] = {row.get("Id", ""): self._relation(row, folder) for row in rows}
        return self._relations[name]

    def related(self, name: str, kind: str) -> str | None:
        """Return the part of this kind that a part refers to; None where there is none."""
        found = (each for each in self.relations(name).values() if each.kind == kind and each.is_part)
        return next((each.target for each in found), None)

    def target(self, name: str, relation: str) -> str | None:
        """Return the part that a part's relation leads to; None where it leads to no part."""
        found = self.relations(name).get(relation)
        return found.target if found and found.is_part else None

    def _relation(self, row: Element, folder: str) -> Relation:
        target = row.get("Target", "")
        part = _key(posixpath.join("/", folder, unquote(target)))
        is_part = row.get("TargetMode") != "External" and part in self._parts
        return Relation(row.get("Type", "").rpartition("/")[2], part if is_part else target, is_part)

    def elements(self, name: str, *tags: str) -> Iterator[Element]:
        """Yield each element of a part that has one of the tags and is within no other such, once it is complete.

        It is emptied, and what is before it is forgotten, when the next one is asked for.
        """
        content = self.read(name)
        for tag in tags:  # one with a prefix is counted as it comes: that takes seconds
            if content.count(b"<" + _plain(tag).encode()) > ELEMENTS_MAX:
                raise unpacks_to_too_much()
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


def _plain(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def _key(name: str) -> str:
    """Return the name by which a part is known: without regard to case, dots and a slash at its beginning."""
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/").lower()


def _forget_before(element: Element) -> None:
    while (before := element.getprevious()) is not None:
        before.clear()  # lxml would look up the name of every child that is taken out with it
        element.getparent().remove(before)


def _refuse_odd_xml(content: bytes) -> None:
    """Refuse XML that is not UTF-8 without a DTD, as office programs write it, before a parser sees it."""
    declared = _DECLARED.match(content)
    is_foreign = content.startswith(_WIDE_ENCODINGS) or (declared and declared[1].lower() not in _PLAIN_ENCODINGS)
    if is_foreign or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        message = say("the XML inside has an encoding or definitions that no office program writes (an XML bomb?)")
        raise UnreadableError(message, say(OPEN_AND_SAVE))


def unpacks_to_too_much() -> UnreadableError:
    """Return the error for a package that is, or could be, a ZIP bomb."""
    return too_much(say("the file unpacks to far more than an annex or a circular can hold (a ZIP bomb?)"))
