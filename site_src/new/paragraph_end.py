"""Finds the end of a subject that no blank line parts from the text below it, as in a text copied from a PDF.

A reader sees it at a closed quotation, a full stop, a salutation, a change from capitals to small letters, a line with
room for the next one's first word, or where sentences begin.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.language.greek import fold, is_capitals, starts_in_lower_case
from site_src.new.blocks import FULL_LINE
from site_src.read.settings import SUBJECT_LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

SUBJECT_LINES_MOST = 40  # lines among which its end is looked for, so that a text of a million lines takes no longer

_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _any_of(name: str) -> str:
    return "|".join(re.escape(fold(word)) for word in _WORDS[name])


# For folded text.
_OPENING = re.compile(rf"{_any_of('openings')}|(?:{_any_of('opening_words')})\b")
_GOES_ON = re.compile(rf"(?:[,(«“/&:–—-]|(?<!\w)(?:{_any_of('unfinished')}))\s*$")
_OFFICE = re.compile(r"[οη]\s")  # «Ο ΥΠΟΥΡΓΟΣ», above the text of a decision
ITEM = re.compile(r"(?:\d{1,2}[.)]|[-–•▪●○*·\uf0b7]|[α-ω]{1,2}[.)])\s+")
_ABBREVIATION = re.compile(rf"(?:(?:[^\W\d_]{{1,3}}\.){{2,}}|(?<![^\W_])(?:[^\W\d_]|{_any_of('abbreviations')})\.)$")
_NEXT_SENTENCE = re.compile(r"[^\W\d_]{4,}[.;!]\s+[«(]?[Α-ΩΆ-Ώ]")


def subject_length(lines: Sequence[str], label: int = 0, *, is_list: bool = False) -> int:
    """Return how many of the lines are the subject's, whose first begins with ``label`` characters; none is blank.

    Of a list, such as the recipients', each line may be an entry: it ends where sentences begin.
    """
    width = max(map(len, lines))
    lines = [" " * label + lines[0][label:].strip(), *lines[1:]]
    is_long = sum(map(len, lines)) > SUBJECT_LONGEST or any(map(_has_sentence, lines[1:]))
    for number in range(1, min(len(lines), SUBJECT_LINES_MOST)):
        if not _first(lines[:number]) or _must_go_on(lines, number):
            continue
        if is_list:
            is_over = bool(_OPENING.match(fold(lines[number]))) or (is_long and _is_sentence(lines[number:], width))
        else:
            is_over = _is_over(lines, number) or (is_long and _may_be_over(lines, number, width))
        if is_over:
            return number
    return len(lines)


def _must_go_on(lines: Sequence[str], number: int) -> bool:
    """Return whether the line before asks for this one, or this one cannot begin anything but an item."""
    text = " ".join(lines[:number])
    is_open = text.count("«") > text.count("»") and len(text) <= SUBJECT_LONGEST
    are_capitals = is_capitals(text) and is_capitals(lines[number]) and not _OFFICE.match(fold(lines[number]))
    is_next_item = ITEM.match(fold(lines[number])) and ITEM.match(fold(_first(lines)))
    return bool(
        is_open
        or are_capitals
        or is_next_item
        or starts_in_lower_case(lines[number])
        or _GOES_ON.search(fold(lines[number - 1]))
    )


def _first(lines: Sequence[str]) -> str:
    return next(filter(None, map(str.strip, lines)), "")


def _is_over(lines: Sequence[str], number: int) -> bool:
    """Return whether the subject is surely over before this line."""
    before, line = lines[number - 1], fold(lines[number])
    is_quoted = _first(lines).startswith(("«", "“", '"')) and before.rstrip(".").endswith(("»", "”", '"'))
    return is_quoted or _ends_sentence(before) or bool(_OPENING.match(line) or ITEM.match(line))


def _may_be_over(lines: Sequence[str], number: int, width: int) -> bool:
    """Return whether the subject looks to be over, where so much follows that it must be somewhere."""
    changes_case = is_capitals(" ".join(lines[:number])) != is_capitals(lines[number])
    return changes_case or _has_room(lines, number, width) or _is_sentence(lines[number:], width)


def _has_room(lines: Sequence[str], number: int, width: int) -> bool:
    """Return whether the line before had room for this one's first word."""
    return len(lines[number - 1]) + 1 + len(lines[number].split()[0]) < width * FULL_LINE


def _is_sentence(lines: Sequence[str], width: int) -> bool:
    """Return whether the paragraph that begins here ends as a sentence, or has one within it."""
    for number, line in enumerate(lines):
        if number and _OPENING.match(fold(line)):
            return False
        if _has_sentence(line):
            return True
        if number + 1 < len(lines) and _has_room(lines, number + 1, width):
            return False
    return False


def _has_sentence(line: str) -> bool:
    return _ends_sentence(line) or _NEXT_SENTENCE.search(line) is not None


def _ends_sentence(line: str) -> bool:
    end = line.rstrip('»”")')
    return end.endswith((".", ";", "!")) and not _ABBREVIATION.search(fold(end))
