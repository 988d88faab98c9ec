"""Find the end of a document's subject, or of a list in its letterhead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.language.greek import fold, is_capitals, starts_in_lower_case
from site_src.new.blocks import FULL_LINE, has_room, is_item
from site_src.new.lines import OPENING, words
from site_src.read.settings import SUBJECT_LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

SUBJECT_LINES_MOST = 40  # lines among which its end is looked for, so that a text of a million lines takes no longer

# For folded text.
_UNFINISHED = re.compile(rf"(?:[,(«“/&:–—-]|\b{words('sentences', 'unfinished')})\s*$")
_ABBREVIATION = re.compile(rf"(?:(?:[^\W\d_]{{1,3}}\.){{2,}}|(?<![^\W_]){words('sentences', 'abbreviations')}\.)$")
_OFFICE = re.compile(r"[οη]\s")  # «Ο ΥΠΟΥΡΓΟΣ», above the text of a decision
_NEXT_SENTENCE = re.compile(r"[^\W\d_]{4,}[.;!]\s+[«(]?[Α-ΩΆ-Ώ]")


def subject_length(lines: Sequence[str], label: int = 0, *, is_list: bool = False) -> int:
    """Return how many of the lines are the subject's, whose first begins with ``label`` characters; none is blank.

    A text that was copied from a PDF has no blank line below its subject. A reader sees its end at a closed quotation,
    a full stop, a salutation, a change from capitals to small letters, a line with room for the next one's first word,
    or where sentences begin. Of a list, such as the recipients', each line may be an entry: it ends where sentences
    begin.
    """
    width = max(map(len, lines))
    lines = [" " * label + lines[0][label:].strip(), *lines[1:]]
    is_long = sum(map(len, lines)) > SUBJECT_LONGEST or any(map(_has_sentence, lines[1:]))
    for number in range(1, min(len(lines), SUBJECT_LINES_MOST)):
        if not _first(lines[:number]) or _must_go_on(lines, number):
            continue
        if _is_over(lines, number, width, is_list=is_list, is_long=is_long):
            return number
    return len(lines)


def is_unfinished(text: str) -> bool:
    """Return whether a line ends as one that goes on, with whatever letter the next one begins."""
    return _UNFINISHED.search(fold(text)) is not None


def _must_go_on(lines: Sequence[str], number: int) -> bool:
    """Return whether the line before asks for this one, or this one cannot begin anything but an item."""
    before, line = " ".join(lines[:number]), lines[number]
    is_open = before.count("«") > before.count("»") and len(before) <= SUBJECT_LONGEST
    are_capitals = is_capitals(before) and is_capitals(line) and not _OFFICE.match(fold(line))
    is_next_item = is_item(line) and is_item(_first(lines))
    return is_open or are_capitals or is_next_item or starts_in_lower_case(line) or is_unfinished(lines[number - 1])


def _first(lines: Sequence[str]) -> str:
    return next(filter(None, map(str.strip, lines)), "")


def _is_over(lines: Sequence[str], number: int, width: int, *, is_list: bool, is_long: bool) -> bool:
    """Return whether the subject, or a list, is over before this line; ``is_long``: it must be over somewhere."""
    before, line = lines[number - 1], lines[number]
    if OPENING.match(fold(line)) or (is_long and _is_sentence(lines[number:], width)):
        return True
    if is_list:
        return False
    is_quoted = _first(lines).startswith(("«", "“", '"')) and before.rstrip(".").endswith(("»", "”", '"'))
    if is_quoted or _ends_sentence(before) or is_item(line):
        return True
    changes_case = is_capitals(" ".join(lines[:number])) != is_capitals(line)
    return is_long and (changes_case or has_room(before, line, width * FULL_LINE))


def _is_sentence(lines: Sequence[str], width: int) -> bool:
    """Return whether the paragraph that begins here ends as a sentence, or has one within it."""
    for number, line in enumerate(lines):
        if number and OPENING.match(fold(line)):
            return False
        if _has_sentence(line):
            return True
        if number + 1 < len(lines) and has_room(line, lines[number + 1], width * FULL_LINE):
            return False
    return False


def _has_sentence(line: str) -> bool:
    return _ends_sentence(line) or _NEXT_SENTENCE.search(line) is not None


def _ends_sentence(line: str) -> bool:
    end = line.rstrip('»”")')
    return end.endswith((".", ";", "!")) and not _ABBREVIATION.search(fold(end))
