"""User names: twelve digits, and what spreadsheets make of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.annex.sheets.grid import CellKind
from site_src.annex.unseen import describe, unseen_in, without_unseen
from site_src.problems import Place, Problems, Topic

if TYPE_CHECKING:
    from site_src.annex.sheets.grid import Cell

LENGTH = 12

_DIGITS = re.compile(r"[0-9]{12}")
_SCIENTIFIC = re.compile(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_AS_TEXT = "format the column as Text, then type or paste the codes again from where they first came"


def is_username(text: str) -> bool:
    """Whether the text is twelve ASCII digits and nothing else."""
    return bool(_DIGITS.fullmatch(text))


def read_username(cell: Cell, at: Place, problems: Problems) -> str:
    """The twelve digits of a filled cell; "" with an error where they are not there. Nothing is padded."""
    if cell.kind is CellKind.NUMBER:
        return _from_number(cell, at, problems)
    if cell.kind is not CellKind.TEXT:
        message = f"a user name of {LENGTH} digits is expected here, not a {cell.kind}"
        problems.error(Topic.USERNAME, message, hint=_AS_TEXT, at=at, value=cell.text)
        return ""
    text = "".join(without_unseen(cell.text).split()).removeprefix("'")
    if not is_username(text):
        message, hint = _what_is_wrong(text)
        problems.error(Topic.USERNAME, message, hint=hint, at=at, value=cell.text)
        return ""
    if text != cell.text:
        what = describe(unseen_in(cell.text)) or ("apostrophe" if "'" in cell.text else "spaces")
        message = f"taken off around or within the user name: {what}"
        problems.warning(Topic.USERNAME, message, hint="type the 12 digits alone", at=at, value=cell.text)
    return text


def _from_number(cell: Cell, at: Place, problems: Problems) -> str:
    """A number counts where its format shows twelve digits, or where it has twelve itself, however shown."""
    shown = "".join(c for c in cell.text if c not in " .-")
    number = cell.number if cell.number is not None else float("nan")
    exact = f"{number:.0f}"
    if is_username(shown) and int(shown) == number:
        return shown
    if is_username(exact) and int(exact) == number:
        return exact
    message = f"a number that has lost digits: {LENGTH} are expected"
    if abs(number) < 10**LENGTH and number == int(number) and number >= 0:
        message = f"a number of {len(exact)} digits, where {LENGTH} are expected: zeros in front may be lost"
    elif abs(number) < 10**LENGTH:
        message = f"a number with a sign or a fraction, where {LENGTH} digits are expected"
    problems.error(Topic.USERNAME, message, hint=_AS_TEXT, at=at, value=cell.text)
    return ""


def _what_is_wrong(text: str) -> tuple[str, str]:
    if _SCIENTIFIC.fullmatch(text):
        return "Excel has turned the user name into a number and its last digits are lost", _AS_TEXT
    if text.isascii() and text.isdigit():
        return (
            f"the user name has {len(text)} digits, where {LENGTH} are expected",
            "look the code up and type it whole",
        )
    if text.isdigit():
        return "the digits are of another script", f"type the {LENGTH} digits 0 to 9 again"
    if not text.isprintable():
        return "the user name holds a control character", f"type the {LENGTH} digits alone"
    return f"a user name has {LENGTH} digits and nothing else", "correct the cell, or move its text to another column"
