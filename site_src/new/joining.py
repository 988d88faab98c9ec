"""Say which lines of a broken text go on, and where its subject, or a list in its letterhead, ends."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from functools import reduce

from site_src.language.greek import fold, is_capitals, starts_in_lower_case
from site_src.new.lines import OPENING, words
from site_src.read.settings import SUBJECT_LONGEST

FULL_LINE = 0.85  # share of the widest line from which a line counts as full
SHORT_LINE = 0.5  # share of the widest line below which a line was ended on purpose: «Άρθρο 1»
WORD_LONGEST = 80  # characters of a line's end that are looked at for half a word
SUBJECT_LINES_MOST = 40  # lines among which its end is looked for, so that a text of a million lines takes no longer

# Word's bullets of the fonts Symbol and Wingdings come out as private characters.
BULLET = re.compile(r"[-–—•▪●○*·◦‣➢➤►✓✔→■□◆❖\uf020-\uf0ff]\s+(?=\S)|[-–—•▪●](?=[A-ZΑ-ΩΆ-Ώ])")
# «α. Ανοίξτε» too; beyond θ a letter with a full stop is rather an abbreviation: «κ. Υπουργού», «ν. Χίου».
NUMBER = re.compile(
    r"(?:\d{1,2}[.)]|[ivx]{1,4}\.|\(?(?:[^\W\d_]{1,2}|[ivx]{3,4}|\d{1,2})\))\s+(?=\S)"
    r"|(?:(?:[α-θ]|στ)\.|\d{1,2}(?:\.\d{1,2})+\.?)\s+(?=[Α-ΩΆ-Ώ])|(?:\d{1,2}[.)]|[α-θ]\))(?=[Α-ΩΆ-Ώ])"
)
_LETTER = re.compile(r"[^\W\d_]{1,2}\.\s+(?=\S)")
_SENTENCE_ENDS = (".", ";", ":", "!", "?", "…", "·")
_BROKEN_WORD = re.compile(r"[^\W\d_]{2,}-$")

# For folded text.
_UNFINISHED = re.compile(rf"(?:[,(«“/&:–—-]|\b{words('sentences', 'unfinished')})\s*$")
_ABBREVIATION = re.compile(rf"(?:(?:[^\W\d_]{{1,3}}\.){{2,}}|(?<![^\W_]){words('sentences', 'abbreviations')}\.)$")
_OFFICE = re.compile(r"(?:[οη]|σασ)\s")  # «Ο ΥΠΟΥΡΓΟΣ», above the text of a decision; «ΣΑΣ ΓΝΩΡΙΖΟΥΜΕ …»
_NEXT_SENTENCE = re.compile(r"[^\W\d_]{4,}[.;!]\s+[«(]?[Α-ΩΆ-Ώ]")


def continued(before: str, line: str, compounds: Container[str] = ()) -> list[str]:
    """Return two lines as pieces of one text, with the space between them unless a word was broken there.

    A word among the ``compounds``, which are folded, keeps its hyphen.
    """
    end = before[-WORD_LONGEST:]
    if re.search(r"\w-$", end) and (line[:1].isupper() or line[:1].isdigit()):
        return [before, line]  # «ΚΑΝΤΑΝΟΥ-» and «ΣΕΛΙΝΟΥ»: the hyphen is the name's
    if not (_BROKEN_WORD.search(end) and starts_in_lower_case(line)):
        return [before, f" {line}"]
    halves = re.search(r"[^\W\d_]+$", end[:-1]), re.match(r"[^\W\d_]+", line)
    word = "-".join(half[0] for half in halves if half)
    return [before if fold(word) in compounds else before[:-1], line]


def in_one(lines: Sequence[str]) -> str:
    """Return lines as one text, with each word whole that was broken at a line's end."""
    return reduce(lambda before, line: "".join(continued(before, line)), lines) if lines else ""


def has_room(before: str, line: str, width: float) -> bool:
    """Return whether the line before had room for this one's first word."""
    return len(before) + 1 + len(line.split(maxsplit=1)[0]) < width


def ends_sentence(text: str) -> bool:
    """Return whether a text ends as a sentence does."""
    return text.rstrip('»”")]').endswith(_SENTENCE_ENDS)


def is_item(text: str) -> bool:
    """Return whether a line of a letterhead begins an item: there any letter may, as «Β. Δήμοι» and «ια. δήμοι»."""
    return any(mark.match(text) for mark in (BULLET, NUMBER, _LETTER))


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
    if is_quoted or _has_full_stop(before) or is_item(line):
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
    return _has_full_stop(line) or _NEXT_SENTENCE.search(line) is not None


def _has_full_stop(line: str) -> bool:
    """Return whether a line ends as a whole sentence: not with a colon, nor with an abbreviation."""
    end = line.rstrip('»”")')
    return end.endswith((".", ";", "!")) and not _ABBREVIATION.search(fold(end))
