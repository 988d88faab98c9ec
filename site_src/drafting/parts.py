"""The form of a Greek official document: which part of it each line belongs to.

Every line gets exactly one part, in the document's order, so that nothing can be lost here; what the parts hold is
read in :mod:`site_src.drafting.letterhead`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from enum import Enum, auto
from itertools import takewhile
from typing import TYPE_CHECKING

from site_src.drafting.lines import Line, LineKind
from site_src.greek import find_days, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEAD_LINES_MOST = 120  # filled lines before the subject; a «ΘΕΜΑ:» further down is part of the text
SIGNATORY_LINES_MOST = 8  # filled lines from the signatory's title to the end of the text
TITLE_LONGEST = 90  # characters of a signatory's title


class Part(Enum):
    """The parts of an official document, in their usual order."""

    DEADLINE = auto()
    SENDER = auto()
    CONTACTS = auto()
    DETAILS = auto()
    MARKING = auto()  # ΑΔΑ, security and priority: there is no key for these
    DATE = auto()
    PROTOCOL = auto()
    RECIPIENTS = auto()
    SUBJECT = auto()
    UNPLACED = auto()
    BODY = auto()
    SIGNATORY = auto()
    ATTACHMENTS = auto()
    DISTRIBUTION = auto()


# All patterns are for folded text: small letters, no accents, Latin look-alikes as Greek.
LABELS = {
    Part.DEADLINE: re.compile(r"(?:προθεσμια|καταληκτικη ημερομηνια)[^:\d]{0,60}:?(?=.*\d)"),
    Part.MARKING: re.compile(
        r"(?:αδα\s*:|βαθμοσ\s|β\.\s?[απ]\.|ορθη επαναληψη|ακριβεσ αντιγραφο|αναρτητε[οα]|εξ\.? επειγ)"
    ),
    Part.PROTOCOL: re.compile(r"(?:(?:αριθμ?(?:οσ)?|αρ)\.?\s*πρωτ[^\W\d]*|α\s?\.\s?π\s?\.?\s*(?=:))(?:\s*[.:])*"),
    Part.RECIPIENTS: re.compile(
        r"(?:προσ|π ρ ο σ)\s*:|(?:προσ|π ρ ο σ)$|κοιν(?:οποιηση)?\s*\.?\s*:|(?:πινακασ )?αποδεκτ(?:εσ|ων)\s*:?$"
    ),
    Part.SUBJECT: re.compile(r"(?:θεμα|θ ε μ α)\s*:"),
    Part.CONTACTS: re.compile(r"(?:υπευθ|πληροφ|αρμοδι|χειριστ|πληρ)[^\W\d]*\.?(?:\s+[^\W\d]+\.?){0,2}\s*:"),
    Part.DETAILS: re.compile(
        r"ταχ[^\W\d]*\.?\s*(?:δ/?νση|διευθυνση|κωδ[^\W\d]*\.?|θυρ[^\W\d]*)|τ\s?\.\s?[κθ]\b|(?:διευθυνση|δ/νση|οδοσ)\s*:"
        r"|τηλ[^\W\d]*\.?|φαξ|fαχ|(?:ε-?μαιl|ηλ[^\W\d]*\.?\s*(?:ταχ|διευθ|αλληλ)[^\W\d]*)|ηττρs?:|www\.|ιστο(?:σελιδα|τοποσ|χωροσ)|url|sιτε|wεβ"
    ),
    Part.ATTACHMENTS: re.compile(r"(?:συνημμεν|επισυναπτομεν)[^\W\d]*\s*(?::|$)|συν\.\s*:"),
    Part.DISTRIBUTION: re.compile(r"εσωτ(?:ερικη|\.)?\s*διανομη\s*:?|(?:πινακασ )?διανομησ?\s*(?::|$)"),
}
_SINGLE = (Part.DEADLINE, Part.MARKING, Part.DATE, Part.PROTOCOL)
_HEAD = (*_SINGLE[:2], Part.PROTOCOL, Part.RECIPIENTS, Part.SUBJECT, Part.CONTACTS, Part.DETAILS)
_AFTER_SUBJECT = (Part.RECIPIENTS, Part.DATE, Part.PROTOCOL, Part.MARKING)
_TAIL = (Part.ATTACHMENTS, Part.DISTRIBUTION)
# No place, but a sentence: «οι κωδικοί ισχύουν από 1-12-2020».
_PLACE = re.compile(
    r"(?!.*\b(?:απο|εωσ|μεχρι)\b)"
    r"(?:[^\W\d][^\d:]{0,40}?[\s,]+(?:τη[νσ]?|στισ)?\s*|ημερομηνια\s*:?\s*|(?:τη[νσ]|στισ)?\s*)"
)
_TITLE = re.compile(
    r"(?:με εντολη|μ\.\s?ε\.|ο|η)\s+(?:αναπλ|αν\.|προισταμ|υπουργ|υφυπουργ|γενικ|γεν\.|ειδικ|διευθυντ"
    r"|δημαρχ|περιφερ|προεδρ|γραμματ|συντονιστ|τμηματαρχ|διοικητ|αντιπερ|αντιδημ|εντεταλμ|υπηρεσιακ|δ/?ντ)"
)
_COLON_END, _COLON_START = re.compile(r":\s*$"), re.compile(r"\s*:")
_RECIPIENTS_BELOW = re.compile(r"πινακασ αποδεκτων\s*:?$|κοιν(?:οποιηση)?\s*\.?\s*:")  # behind the signature
_SENTENCE_WORDS = 4  # from which on a line with a full stop is one
_REFERENCE = re.compile(r"σχετ(?:ικα?)?\s*[.:]")  # what the document refers to is part of its text
# A second column's label in the same line: «ΥΠΟΥΡΓΕΙΟ        Αθήνα, 17-11-2020».
_COLUMN = re.compile(
    r"(?<=\S)\s{2,}(?=αρ(?:ιθμ?(?:οσ)?)?\.?\s*πρωτ|αδα\s*:|βαθμοσ |(?:προσ|κοιν[^\W\d]*\.?)\s*:|[^\W\d]+\s*,\s*\d)"
    r"|(?<=\d{4})\s+(?=αρ(?:ιθμ?(?:οσ)?)?\.?\s*πρωτ)"
)


def split_parts(lines: Sequence[Line]) -> tuple[tuple[Part, Line], ...]:
    """Each line with its part. A document of another form is all BODY."""
    footers = [line for line in lines if line.kind is LineKind.FOOTER]
    lines = _columns_apart(_layout_tables([line for line in lines if line.kind is not LineKind.FOOTER]))
    head = _head(lines)
    tail = _tail(lines[len(head) :])
    if not head:
        return (*tail, *((Part.BODY, line) for line in footers))
    return (*head, *((_footer_part(line.text), line) for line in footers), *tail)


def _footer_part(text: str) -> Part:
    """The part of the letterhead that a page's footer belongs to."""
    return next((part for part in (Part.CONTACTS, Part.DETAILS, Part.MARKING) if label_of(part, text)), Part.UNPLACED)


def label_of(part: Part, text: str) -> int:
    """How many characters of a line are the part's label; 0 where it has none."""
    match = LABELS[part].match(fold(text))
    return match.end() if match else 0


def is_date_line(text: str) -> bool:
    """Whether a line is a place and a day and nothing else: «Αθήνα, 17-11-2020»."""
    days = find_days(text)
    return (
        len(days) == 1
        and not text[days[0].end :].strip(" .")
        and _PLACE.fullmatch(fold(text)[: days[0].start]) is not None
    )


def _layout_tables(lines: Sequence[Line]) -> list[Line]:
    """Tables that only set the letterhead side by side, as the lines of their cells."""
    subject = next((n for n, line in enumerate(lines) if _is_label(Part.SUBJECT, _cells(line))), -1)
    flat: list[Line] = []
    for n, line in enumerate(lines):
        if line.kind is LineKind.TABLE and (n <= subject or _is_label(Part.RECIPIENTS, _cells(line))):
            for cell in (cell for row in line.rows for cell in _with_labels([text for text in row if text])):
                texts = [text for row in cell.split("\n") for text in _with_labels(row.split("\t"))]
                flat += [Line(text, whole=True) for text in texts] + [Line("")]
        else:
            flat.append(line)
    return flat


def _with_labels(row: Sequence[str]) -> list[str]:
    """A row's cells; where one holds labels and the next their values, line by line, both as one."""
    cells: list[str] = []
    for cell in row:
        labels, values = cells[-1].split("\n") if cells else [], cell.split("\n")
        marked = all(map(_COLON_END.search, labels)) or all(map(_COLON_START.match, values))
        if marked and len(labels) == len(values):
            pairs = zip(labels, values, strict=True)
            cells[-1] = "\n".join(f"{label.rstrip(' :')}: {value.lstrip(' :')}" for label, value in pairs)
        else:
            cells.append(cell)
    return cells


def _cells(line: Line) -> list[str]:
    return [cell for row in line.rows for cell in row] if line.kind is LineKind.TABLE else [line.text]


def _is_label(part: Part, texts: Iterable[str]) -> bool:
    return any(label_of(part, row) for text in texts for row in re.split(r"[\n\t]", text))


def _columns_apart(lines: list[Line]) -> list[Line]:
    """Lines of the head that hold two columns, as two lines each."""
    apart: list[Line] = []
    for line in lines[:HEAD_LINES_MOST]:
        cut = _COLUMN.search(fold(line.text)) if line.kind is LineKind.TEXT else None
        if cut and _is_head_line(line.text[cut.end() :].strip()):
            apart += [
                replace(line, text=line.text[: cut.start()]),
                replace(line, text=line.text[cut.end() :], beside=True),
            ]
        else:
            apart.append(line)
    return apart + lines[HEAD_LINES_MOST:]


def _is_head_line(text: str) -> bool:
    return _head_label(text) is not None


def _head_label(text: str) -> Part | None:
    if is_date_line(text):
        return Part.DATE
    return next((part for part in _HEAD if label_of(part, text)), None)


def _head_end(lines: Sequence[Line]) -> tuple[int, bool]:
    """Where the search for labels ends, and whether there is a subject before it."""
    filled = [n for n, line in enumerate(lines) if line.text][:HEAD_LINES_MOST]
    for n in filled:
        if label_of(Part.SUBJECT, lines[n].text):
            return n, True
    filled = list(takewhile(lambda n: not _is_text(lines[n]), filled))
    strong = (Part.DATE, Part.PROTOCOL, Part.RECIPIENTS, Part.DEADLINE)
    labelled = [n for n in filled if _head_label(lines[n].text) in strong]
    return (labelled[-1] + 1, False) if len(labelled) > 1 else (0, False)


def _is_text(line: Line) -> bool:
    """Whether a line belongs to the text and to no letterhead: a heading, a list, a table, the end of a sentence."""
    is_sentence = line.text.endswith(".") and len(line.text.split()) >= _SENTENCE_WORDS
    return _head_label(line.text) is None and (
        is_sentence or line.kind is not LineKind.TEXT or line.text.startswith(("#", "|"))
    )


def _head(lines: Sequence[Line]) -> list[tuple[Part, Line]]:
    end, has_subject = _head_end(lines)
    head: list[tuple[Part, Line]] = []
    state = Part.SENDER
    waiting = False  # the line before was the label «Αριθμ. Πρωτ.:» alone
    aside = False  # the recipients stand in a second column
    for before, line in zip(["", *(line.text for line in lines)], lines[:end], strict=False):
        part = _head_label(line.text) if line.text else None
        if line.text and waiting and part is None:
            part, waiting = Part.PROTOCOL, False
        elif part is Part.PROTOCOL:
            waiting = label_of(part, line.text) >= len(line.text.rstrip())
        if part is Part.DETAILS and state is Part.RECIPIENTS and before and not aside:
            part = None  # an address right below a recipient is theirs
        aside = line.beside if part is Part.RECIPIENTS else aside
        if part is Part.DETAILS and state is Part.CONTACTS and fold(line.text).startswith("τηλ"):
            part = Part.CONTACTS
        head.append((part or state, line))
        if part in {Part.DATE, Part.PROTOCOL}:
            state = state if line.beside else Part.UNPLACED
        elif part and part not in _SINGLE:
            state = part
    return head + (_after_subject(lines[end:]) if has_subject else _rest_of_chunk(lines[end:], state))


def _rest_of_chunk(lines: Sequence[Line], state: Part) -> list[tuple[Part, Line]]:
    """The lines up to the first blank one, where the last label begins a list."""
    if state is not Part.RECIPIENTS:
        return []
    blank = next((n for n, line in enumerate(lines) if not line.text), len(lines))
    return [(state, line) for line in lines[:blank]]


def _after_subject(lines: Sequence[Line]) -> list[tuple[Part, Line]]:
    """The subject's lines, and the labelled lines that some offices write after it."""
    found: list[tuple[Part, Line]] = [(Part.SUBJECT, lines[0])]
    state: Part | None = Part.SUBJECT
    told = bool(lines[0].text[label_of(Part.SUBJECT, lines[0].text) :].strip())
    for n, line in enumerate(lines[1:], start=1):
        if not line.text:
            state = state if not told else None  # after «ΘΕΜΑ:» alone its text is the next paragraph
            continue
        label = _head_label(line.text)
        part = label if label in _AFTER_SUBJECT else state
        if part is None or line.kind is LineKind.TABLE or _REFERENCE.match(fold(line.text)):
            break
        found += [(Part.UNPLACED, blank) for blank in lines[len(found) : n]] + [(part, line)]
        state, told = None if part in _SINGLE else part, True
    return found


def _tail(lines: Sequence[Line]) -> list[tuple[Part, Line]]:
    labels = [None if line.kind is LineKind.TABLE else _tail_label(line.text) for line in lines]
    endings = (n for n, label in enumerate(labels) if label)
    first = next((n for n in endings if labels[n] is not Part.RECIPIENTS or _signature(lines, n) >= 0), len(lines))
    labels[:first] = [None] * first
    start = _signature(lines, first)
    state, tail = Part.BODY, []
    for n, line in enumerate(lines):
        is_signature = n == start or (n > first and _is_title(line.text))
        state = Part.SIGNATORY if is_signature else labels[n] or state
        tail.append((Part.BODY if line.kind is LineKind.TABLE else state, line))
    return tail


def _tail_label(text: str) -> Part | None:
    if _RECIPIENTS_BELOW.match(fold(text)):
        return Part.RECIPIENTS
    return next((part for part in _TAIL if label_of(part, text)), None)


def _signature(lines: Sequence[Line], end: int) -> int:
    """The line where the signatory's title begins, near the end of the text; -1 where there is none."""
    filled = [n for n in range(end) if lines[n].text][-SIGNATORY_LINES_MOST:]
    return next((n for n in filled if _is_title(lines[n].text) and _begins(lines, n)), -1)


def _begins(lines: Sequence[Line], n: int) -> bool:
    """Whether a line is no part of the sentence before it."""
    return n == 0 or not lines[n - 1].text or lines[n - 1].text.endswith((".", ":", ";"))


def _is_title(text: str) -> bool:
    return (
        text[:1].isupper()
        and len(text) <= TITLE_LONGEST
        and not text.endswith((".", ",", ";"))
        and _TITLE.match(fold(text)) is not None
    )
