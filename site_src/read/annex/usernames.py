"""User names: twelve digits, and what spreadsheets make of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.say import say, say_many
from site_src.problems import Place, Problems, Topic
from site_src.read.agency import is_username
from site_src.read.annex.sheets.grid import CellKind
from site_src.read.annex.unseen import describe, unseen_in, without_unseen

if TYPE_CHECKING:
    from site_src.read.annex.sheets.grid import Cell

LENGTH = 12
COUNT_LONGEST = 6  # digits of a count that stands below the user names

_BROKEN_DIGITS = range(9, 15)  # of a user name that has lost some or got more; a date has eight
_WORD_OR_SLASH = re.compile(r"[^\W\d_]{2}|/")
_SCIENTIFIC = re.compile(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_AS_TEXT = N_("format the column as Text, then type or paste the user names again from where they first came")


def resembles_username(text: str) -> bool:
    """Whether the text was meant as a user name, whole or broken, rather than a date, a protocol or a telephone."""
    has_digits = sum(map(str.isdigit, text)) in _BROKEN_DIGITS
    return bool(_SCIENTIFIC.fullmatch(text.strip())) or (has_digits and not _WORD_OR_SLASH.search(text))


def read_username(cell: Cell, at: Place, problems: Problems) -> str:
    """The twelve digits of a filled cell; "" with an error where they are not there. Nothing is padded."""
    if cell.kind is CellKind.NUMBER:
        return _from_number(cell, at, problems)
    if cell.kind is not CellKind.TEXT:
        what = say(cell.kind)
        message = say("a user name of {length} digits is expected here, not {what}", length=LENGTH, what=what)
        problems.error(Topic.USERNAME, message, hint=say(_AS_TEXT), at=at, value=cell.text)
        return ""
    text = "".join(without_unseen(cell.text).split()).removeprefix("'")
    if not is_username(text):
        message, hint = _what_is_wrong(text)
        problems.error(Topic.USERNAME, message, hint=hint, at=at, value=cell.text)
        return ""
    if text != cell.text:
        plain = say("an apostrophe") if "'" in cell.text else say("spaces")
        what = describe(unseen_in(cell.text)) or plain
        message = say("removed around or within the user name: {what}", what=what)
        hint = say("type the {length} digits alone", length=LENGTH)
        problems.warning(Topic.USERNAME, message, hint=hint, at=at, value=cell.text)
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
    message = say("a number that is too large or has lost digits: {length} digits are expected", length=LENGTH)
    if abs(number) < 10**LENGTH and number == int(number) and number >= 0:
        message = say_many(
            "a number of {number} digit, where {length} are expected: zeros in front may be lost",
            "a number of {number} digits, where {length} are expected: zeros in front may be lost",
            len(exact),
            length=LENGTH,
        )
    elif abs(number) < 10**LENGTH:
        message = say("a number with a sign or a fraction, where {length} digits are expected", length=LENGTH)
    problems.error(Topic.USERNAME, message, hint=say(_AS_TEXT), at=at, value=cell.text)
    return ""


def _what_is_wrong(text: str) -> tuple[str, str]:
    if _SCIENTIFIC.fullmatch(text):
        return say("Excel has turned the user name into a number and its last digits are lost"), say(_AS_TEXT)
    if text.isascii() and text.isdigit():
        message = say_many(
            "the user name has {number} digit, where {length} are expected",
            "the user name has {number} digits, where {length} are expected",
            len(text),
            length=LENGTH,
        )
        return message, say("look the user name up and type it whole")
    if text.isdigit():
        return say("the digits are of another script"), say("type the {length} digits 0 to 9 again", length=LENGTH)
    if not text.isprintable():
        return say("the user name holds a control character"), say("type the {length} digits alone", length=LENGTH)
    message = say("this is no user name: {length} digits are expected and nothing else", length=LENGTH)
    return message, say("correct the cell, or move its text to another column")
