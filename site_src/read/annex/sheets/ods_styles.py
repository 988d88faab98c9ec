"""Read the styles of an .ods: which tables are hidden, and how many digits a cell shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from site_src.read.annex.sheets.package import Package

    Element = Any  # of lxml, which has no types

OFFICE, TABLE, TEXT, STYLE, NUMBER = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}"
    for name in ("office", "table", "text", "style", "datastyle")
)
_FORMATS = tuple(f"{NUMBER}{kind}-style" for kind in ("number", "currency", "percentage", "date", "time", "text"))
STYLE_TAGS = (f"{STYLE}style", *_FORMATS)
GENERAL = "General"

_PARENTS_MAX = 20  # styles that a style may be based on, one on the other
_DIGITS_MAX = 20  # zeros in front that a format may ask for; a user name has 12 digits


class Styles:
    """The styles that were met so far; a document names each before its first cell."""

    def __init__(self) -> None:
        self.hidden_tables: set[str] = set()
        self._parents: dict[str, str] = {}
        self._data_styles: dict[str, str] = {}
        self._formats: dict[str, str | None] = {}

    def note_common(self, package: Package) -> None:
        """Note the styles of styles.xml; those there that are automatic belong to the printed page."""
        for element in package.elements("styles.xml", *STYLE_TAGS) if "styles.xml" in package else ():
            if element.getparent().tag == f"{OFFICE}styles":
                self.note(element)

    def note(self, element: Element) -> None:
        """Note a style of a table or cell, or a format of numbers."""
        name = element.get(f"{STYLE}name", "")
        if element.tag in _FORMATS:
            self._formats[name] = _number_format(element)
        elif element.get(f"{STYLE}family") == "table":
            looks = element.iter(f"{STYLE}table-properties")
            if any(look.get(f"{TABLE}display") == "false" for look in looks):
                self.hidden_tables.add(name)
        elif element.get(f"{STYLE}family") == "table-cell":
            self._parents[name] = element.get(f"{STYLE}parent-style-name", "")
            self._data_styles[name] = element.get(f"{STYLE}data-style-name", "")

    def number_format(self, style: str) -> str | None:
        """Return how cells of the style show a number, as Excel writes it; None where that is not certain."""
        for _ in range(_PARENTS_MAX):
            if data_style := self._data_styles.get(style):
                return self._formats.get(data_style)
            style = self._parents.get(style, "")
        return GENERAL


def _number_format(element: Element) -> str | None:
    """Return the zeros that a format of numbers shows at least; None where it shows more than digits."""
    parts = [part.tag for part in element]
    if element.tag != f"{NUMBER}number-style" or parts != [f"{NUMBER}number"]:
        return None
    (digits,) = element
    if digits.get(f"{NUMBER}decimal-places", "0") != "0" or digits.get(f"{NUMBER}grouping") == "true" or len(digits):
        return None
    least = digits.get(f"{NUMBER}min-integer-digits")
    return "0" * min(int(least), _DIGITS_MAX) if least else GENERAL
