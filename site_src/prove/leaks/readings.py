"""What a reader may see in bytes: the same text in other encodings, behind entities and escapes, without its tags."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING

from site_src.files.staff_text import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterator

_PERCENT = re.compile("(?:%[0-9A-Fa-f]{2})+")  # urllib's unquote takes ten times as long for bytes that are no text
_TAG = re.compile(
    r"""<(?:/?[A-Za-z](?:[^<>=]++|=\s*+(?:"[^"<]*+"|'[^'<]*+')?+)*+"""  # a ">" in quotes ends no tag
    r"|!--(?:[^-<]++|-(?!->)|<(?!!--))*+--)>"
)


def readings(data: bytes) -> Iterator[str]:
    """Yield the texts that a reader may see in the bytes."""
    # Letters of two and four bytes may begin anywhere in a binary file: the blanks count in no address or code.
    text = html.unescape(unicodedata.normalize("NFKC", data.replace(b"\0", b" ").decode(errors="replace")))
    yield text
    if "\ufffd" in text[3:-3] and b"\0" not in data:  # a piece of a long file may begin and end within a character
        yield data.decode(WINDOWS, errors="replace")  # ISO 8859-7 differs in no letter of an address
    if "<" in text:
        yield html.unescape(_TAG.sub(" ", text))  # blanks do not count in an address
    if "&" in text or _PERCENT.search(text):  # an address in a link's address, which is escaped once more
        yield html.unescape(_PERCENT.sub(_unquoted, text))
    if b"\0" in data:
        yield from (data.decode(encoding, errors="replace") for encoding in ("utf-16-le", "utf-16-be"))


def _unquoted(percents: re.Match[str]) -> str:
    return bytes.fromhex(percents[0].replace("%", "")).decode(errors="replace")
