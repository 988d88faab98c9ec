"""Read the site's logo: a PNG or SVG beside site.toml, small enough to go along with every letter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from site_src.language.say import say
from site_src.problems import Place, Topic
from site_src.read.content.campaign_folder import LOGO_ENDINGS
from site_src.read.content.enclosures import why_unfit
from site_src.read.settings import Logo

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.problems import Problems

# Every letter carries it, and every visitor fetches it once: emblems have 5 to 40 KB.
LOGO_BYTES_MAX = 100 * 2**10
# Of either side in pixels: a logo is shown 2 cm high, and on paper 600 are more than enough. A PNG of a few KB can
# be a thousand times as large when it is unpacked.
LOGO_PIXELS_MAX = 2_000

SVG_ROOT = "{http://www.w3.org/2000/svg}svg"  # Scalable Vector Graphics 2, 5.1
PNG_SIDES = slice(16, 24)  # width and height, four bytes each, of the first chunk (PNG specification, 11.2.2)
PNG_END = b"IEND\xaeB`\x82"  # the last chunk's name and check sum (11.2.5)
_NUMBER = re.compile(r"\s*(\d{0,9}\.?\d{1,20})(?:px|pt|pc|mm|cm|in)?\s*")  # no more digits than programs write


def read_logo(name: str, content: Path, problems: Problems) -> Logo:
    """Return the logo of this name; a problem, and a logo without content, where it cannot be shown."""
    path, at = content / name, Place(file=name)
    logo = Logo(name)
    if mistake := _why_unread(path, content):
        message, hint = mistake
        problems.error(Topic.FILE, message, hint=hint, at=at)
        return logo
    data = path.read_bytes()
    try:
        width, height = _size_of(logo, data)
    except ValueError as error:
        hint = say("export it again from the program that made it, as a plain SVG in UTF-8 or as a PNG")
        problems.error(Topic.FILE, say("this logo cannot be shown: {why}", why=error), hint=hint, at=at)
        return logo
    return Logo(name, data, width, height)


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
