"""What a reader may see in bytes: the same text in other encodings, behind entities and escapes, without its tags."""

from __future__ import annotations

import html
import quopri
import re
import unicodedata
from typing import TYPE_CHECKING

from site_src.staff_text import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterator

# Entities that stand in every page; any other escape is worth a reading of its own.
_USUAL_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&"))
_ESCAPES = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|#34|#39);)[#A-Za-z]|&amp;(?:#|commat|period)|%[0-9A-Fa-f]{2}", re.IGNORECASE
)
_PERCENT = re.compile("(?:%[0-9A-Fa-f]{2})+")  # urllib's unquote takes ten times as long for bytes that are no text
# JavaScript and JSON write \u0040 or \x40, RTF \'40, PDF \100.
_BACKSLASHES = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|[x']([0-9A-Fa-f]{2})|([0-3][0-7]{2}))")
_QUOTED_PRINTABLE = re.compile(rb"=(?:[0-9A-Fa-f]{2}|\r?\n)")  # RFC 2045, section 6.7
_TAG = re.compile(
    r"""<(?:/?[A-Za-z](?:[^<>=]++|=\s*+(?:"[^"<]*+"|'[^'<]*+')?+)*+"""  # a ">" in quotes ends no tag
    r"|!--(?:[^-<]++|-(?!->)|<(?!!--))*+--)>"
)
# Word writes both; a piece of a long file has the second alone.
_RTF_MARKS = (b"{\\rtf", b"\\par")
_RTF = re.compile(
    r"\{\\\*[^{}]*+\}"  # what the reader is not shown
    r"|\\(?:u(?P<decimal>-?[0-9]{1,5}) ?(?:\?|\\'[0-9A-Fa-f]{2})?"  # and what older readers show instead
    r"|'(?P<hexadecimal>[0-9A-Fa-f]{2})"
    r"|(?P<line>(?:par|line|tab|cell|row)(?![A-Za-z]) ?)|[A-Za-z]++-?[0-9]*+ ?|(?P<itself>[\\{}])|[^A-Za-z'])"
    r"|[{}\r\n]"
)


def readings(data: bytes) -> Iterator[str]:
    """Yield the texts that a reader may see in the bytes."""
    text = unicodedata.normalize("NFKC", data.decode(errors="replace"))
    for entity, character in _USUAL_ENTITIES:
        text = text.replace(entity, character)
    yield text
    if "\ufffd" in text[3:-3] and b"\0" not in data:  # a piece of a long file may begin and end within a character
        yield data.decode(WINDOWS, errors="replace")  # ISO 8859-7 differs in no letter of an address
    if b"<" in data:
        yield html.unescape(_TAG.sub(" ", text))  # blanks do not count in an address
    yield from _unescaped(data, text)
    if b"\0" in data:
        yield text.replace("\0", "")  # four bytes to a character
        for start in (0, 1):  # two-byte characters may begin at any place in a binary file
            for encoding in ("utf-16-le", "utf-16-be"):
                yield data[start:].decode(encoding, errors="replace")


def _unescaped(data: bytes, text: str) -> Iterator[str]:
    if _ESCAPES.search(data):
        yield html.unescape(_PERCENT.sub(_unquoted, text))
    if b"\\" in data and (plain := _BACKSLASHES.sub(_character, text)) != text:
        yield plain
    if any(mark in data for mark in _RTF_MARKS):
        yield _RTF.sub(_shown_of_rtf, text)
    if _QUOTED_PRINTABLE.search(data):
        yield quopri.decodestring(data).decode(errors="replace")


def _unquoted(percents: re.Match[str]) -> str:
    return bytes.fromhex(percents[0].replace("%", "")).decode(errors="replace")


def _character(escape: re.Match[str]) -> str:
    hexadecimal = escape[1] or escape[2]
    return chr(int(hexadecimal, 16) if hexadecimal else int(escape[3], 8))


def _shown_of_rtf(control: re.Match[str]) -> str:
    """A character, a line end or nothing: RTF specification 1.9.1, "RTF Syntax" and "Unicode RTF"."""
    if decimal := control["decimal"]:
        return chr(int(decimal) & 0xFFFF)
    if hexadecimal := control["hexadecimal"]:
        return chr(int(hexadecimal, 16))
    return "\n" if control["line"] else control["itself"] or ""
