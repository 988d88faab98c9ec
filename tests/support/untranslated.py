"""Finds English that is left over in a Greek message."""

from __future__ import annotations

import re

# What stands in a Greek message as it is: quotations, keys and placeholders, options, endings and paths of files,
# Unicode names.
_KEPT = re.compile(
    r'\S+@\S+|"[^"]*"|«[^»]*»|`[^`]*`|\'\S+\'|\{\{.*?\}\}|\[\w+\]|\w+ = \S*|[a-z]+\.toml, \w+|\w+/|\S*[/\\]\S+|'
    r"--[\w-]+|[\w.-]*[._][\w.]+|\([A-Z -]+\)|e-mail"
)
_NAMES = {
    "Apache", "Apple", "CSV", "Delete", "Excel", "FILE", "HTML", "IIS", "JSON", "LibreOffice", "MB", "Markdown",
    "Numbers", "PDF", "RAR", "README", "RTF", "SmartArt", "TOML", "Thyrida", "UTF", "Windows", "Word", "WordArt",
    "XML", "ZIP", "Zip", "activate", "bit", "byte", "check", "chmod", "combined", "el", "en", "http", "https",
    "mailto", "nginx", "py", "python", "tel", "verify", "xls",
}  # fmt: skip
_KEYS = {"contact", "deadline", "details", "effective", "folder", "operator", "protocol", "subject", "date", "title"}


def english_in(message: str) -> set[str]:
    """Return the Latin words of a message that are neither quoted nor the name of a program, a format or a key."""
    words = re.findall(r"[A-Za-z]{2,}", _KEPT.sub(" ", message))
    return set(words) - _NAMES - _KEYS
