"""Finds English that is left over in a Greek message."""

from __future__ import annotations

import re

# What stands in a Greek message as it is: quotations, keys and placeholders, endings and names of files, Unicode names.
_KEPT = re.compile(
    r'\S+@\S+|"[^"]*"|«[^»]*»|`[^`]*`|\{\{.*?\}\}|\[\w+\]|\w+ = \S*|[\w.-]*[._][\w.]+|\([A-Z -]+\)|e-mail'
)
_NAMES = {
    "Delete", "Excel", "LibreOffice", "Markdown", "Word", "CSV", "HTML", "MB", "PDF", "RAR", "RTF", "UTF", "Windows",
    "XML", "ZIP", "Zip", "byte", "check", "xls",
}  # fmt: skip
_KEYS = {"contact", "deadline", "details", "effective", "folder", "operator", "protocol", "subject", "date", "title"}


def english_in(message: str) -> set[str]:
    """The Latin words of a message that are neither quoted nor the name of a program, a format or a key."""
    words = re.findall(r"[A-Za-z]{2,}", _KEPT.sub(" ", message))
    return set(words) - _NAMES - _KEYS
