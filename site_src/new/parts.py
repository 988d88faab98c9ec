"""The form of a Greek official document: which part of it each line belongs to.

Every line gets exactly one part, in the document's order, so that nothing can be lost here; what the parts hold is
read in :mod:`site_src.new.letterhead`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from enum import Enum, auto
from itertools import takewhile
from typing import TYPE_CHECKING

from site_src.language.greek import find_days, fold, is_capitals
from site_src.new.lines import Line, LineKind
from site_src.new.paragraph_end import subject_length

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

HEAD_LINES_MOST = 120  # filled lines before the subject; a «ΘΕΜΑ:» further down is part of the text
SIGNATORY_LINES_MOST = 8  # filled lines from the signatory's title to the end of the text
TITLE_LONGEST = 90  # characters of a signatory's title


class Part(Enum):
    """The parts of an official document, in their usual order."""

    DEADLINE = auto()
    SENDER = auto()
    CONTACTS = auto()
    DETAILS = auto()
    ADA = auto()  # the number on Diavgeia
    MARKING = auto()  # urgency, classification, correction, kind of document
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
    Part.ADA: re.compile(r"α\.?\s?δ\.?\s?α\.?\s*(?::\s*|(?=\w{3,}-\w{2,4}\s*$))"),
    Part.MARKING: re.compile(
        r"βαθμοσ\s|β\.\s?[απ]\.|ορθη επαναληψη|ακριβεσ αντιγραφο|(?:να )?αναρτηθει|αναρτητε[οα]|να διατηρηθει"
        r"|(?:εξ[^\W\d]*\.?\s*-?|κατ)?επειγ(?:ον|ουσα|οντωσ)?\b|αμεσ(?:ο|η προτεραιοτητα)\s*[!:]?\s*$|προτεραιοτητα\s*:"
        r"|χαρακτηρισμοσ\s*:|αδιαβαθμητ[οη]|(?:ακρωσ )?απορρητ[οη]\b|εμπιστευτικ[οη]\b|περιορισμενησ (?:χρησ|διανομ)"
        r"|εγκυκλιοσ\s*(?:$|:|(?:υπ\W*)?αρ[.ι]|\d)|αρ(?:ιθμ?(?:οσ)?)?\.?\s*εγκυκλιου|αποφαση\s*$|α π ο φ α σ η\s*$"
    ),
    Part.PROTOCOL: re.compile(r"(?:(?:αριθμ?(?:οσ)?|αρ)\.?\s*πρωτ[^\W\d]*|α\s?\.?\s?π\s?\.?\s*(?=:))(?:\s*[.:])*"),
    Part.RECIPIENTS: re.compile(
        r"(?:προσ|π ρ ο σ)\s*(?::|$)|κοιν(?:οποιηση)?\s*\.?\s*:|κοιν(?:οποιηση|\.)$|(?:πινακασ )?αποδεκτ(?:εσ|ων)\s*:?$"
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
_SINGLE = (Part.DEADLINE, Part.ADA, Part.MARKING, Part.DATE, Part.PROTOCOL)
_HEAD = (*_SINGLE[:3], Part.PROTOCOL, Part.RECIPIENTS, Part.SUBJECT, Part.CONTACTS, Part.DETAILS)
_AFTER_SUBJECT = (Part.RECIPIENTS, Part.DATE, Part.PROTOCOL, Part.ADA, Part.MARKING, Part.ATTACHMENTS)
_SECOND_COLUMN = (Part.ADA, Part.MARKING, Part.DATE, Part.PROTOCOL, Part.RECIPIENTS)
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
# «ΠΡΟΣ Δήμους», «ΚΟΙΝ. Περιφέρειες»: a label without its colon, in capitals, as no sentence begins.
_BARE_LABEL = re.compile(r"(?:προσ|π ρ ο σ|κοιν(?:οποιηση|\.))\s+(?=\S)")
_GAP, _WIDE = re.compile(r"(?<=\S)\s+(?=\S)"), 2
_NO_END = re.compile(r"(?:\b(?:με|το|του|τησ|των|υπ\W?)|[(,:])$")  # «με αρ. πρωτ. 5» is one column
COLUMNS_WIDEST = 300  # characters of a line that may hold two columns
COLUMN_ADRIFT = 4  # characters by which a line of the second column may begin before the others
# How the lines of a sender begin.
UNIT = re.compile(
    r"ελλην|υπουργ|γενικ|ειδικ|διευθυν|δ/ν|τμημ|γραφ|γραμματ|περιφ|αποκεντρ|δημοσ\b|αυτοτελ|σωμα|αρχη|υπηρεσ|ν\.?π|ανεξ|σ?υντον|νομοσ|νομ"
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
    if not match and part is Part.RECIPIENTS and text.split(maxsplit=1)[:1] == text.upper().split(maxsplit=1)[:1]:
        match = _BARE_LABEL.match(fold(text))
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
    """The lines with those of the head's second column, if there is one, after those of the first."""
    head = lines[: _head_end(lines)[0]]
    cuts = [_cut(line) for line in head]
    wide = [cut and line.text[:cut].endswith(" " * _WIDE) for line, cut in zip(head, cuts, strict=True)]
    columns = {line.indent + cut for line, cut, is_wide in zip(head, cuts, wide, strict=True) if cut and is_wide}
    first, second = [], []
    for line, cut in zip(head, cuts, strict=True):
        at = cut or _cut_at(line, columns)
        first += [replace(line, text=line.text[:at].rstrip())] if at else []
        second += [replace(line, text=line.text[at:], beside=True)] if at is not None else []
        first += [line] if at is None else []
    return [*first, *second, *lines[len(head) :]]


def _cut(line: Line) -> int | None:
    """Return the place in a line where a second column begins with a label or date of its own; None where none does."""
    may_have = line.kind is LineKind.TEXT and len(line.text) <= COLUMNS_WIDEST
    gaps = _GAP.finditer(line.text) if may_have else ()
    return next((gap.end() for gap in gaps if _parts_columns(gap, line.text)), None)


def _parts_columns(gap: re.Match[str], text: str) -> bool:
    """Return whether a gap parts two columns; a PDF may give them up with one space between them."""
    left, right = text[: gap.start()], text[gap.end() :]
    label = _head_label(right)
    is_one = label is _head_label(left) or (label is not Part.DATE and label is _head_label(text))
    if label not in _SECOND_COLUMN or is_one:
        return False
    if len(gap[0]) >= _WIDE:
        return not right[0].isdigit() or _is_first_column(left)
    if _NO_END.search(fold(left)):
        return False
    if label is Part.DATE:
        place = right[: find_days(right)[0].start].split()
        return (is_capitals(left) and place and not place[0].isupper()) or (len(place) == 1 and _is_unit(left))
    return _is_first_column(left) and (label is not Part.RECIPIENTS or not _BARE_LABEL.match(fold(right)))


def _is_first_column(text: str) -> bool:
    """Return whether a text is whole by itself: a unit of the sender, a labelled line, or a place and a day."""
    return _is_head_line(text) or is_capitals(text) or _is_unit(text)


def _is_unit(text: str) -> bool:
    return UNIT.match(fold(text)) is not None


def _cut_at(line: Line, columns: Collection[int]) -> int | None:
    """Return the place in a line without a label where the second column goes on, as it begins in other lines."""
    if not columns or len(line.text) > COLUMNS_WIDEST:
        return None
    begins = [0, *(gap.end() for gap in _GAP.finditer(line.text) if len(gap[0]) >= _WIDE)] if line.text else []
    return next((at for at in begins if line.indent + at >= min(columns) - COLUMN_ADRIFT), None)


def _is_head_line(text: str) -> bool:
    return _head_label(text) is not None


def _head_label(text: str) -> Part | None:
    if is_date_line(text) and not label_of(Part.MARKING, text):
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
    waiting: Part | None = None  # the line before was the label «Αριθμ. Πρωτ.:» alone
    for last, line in zip([Line(""), *lines], lines[:end], strict=False):
        part = _head_label(line.text) if line.text else None
        state = Part.UNPLACED if line.beside and not last.beside else state
        if line.text and waiting and part is None:
            part, waiting = waiting, None
        elif part in {Part.PROTOCOL, Part.ADA}:
            waiting = part if label_of(part, line.text) >= len(line.text.rstrip()) else None
        if part is Part.DETAILS and state is Part.RECIPIENTS and last.text:
            part = None  # an address right below a recipient is theirs
        if part is Part.DETAILS and state is Part.CONTACTS and fold(line.text).startswith("τηλ"):
            part = Part.CONTACTS
        head.append((part or state, line))
        if part in {Part.DATE, Part.PROTOCOL}:
            state = Part.UNPLACED
        elif part and part not in _SINGLE:
            state = part
    return head + (_after_subject(lines[end:]) if has_subject else _rest_of_chunk(lines[end:], state))


def _rest_of_chunk(lines: Sequence[Line], state: Part) -> list[tuple[Part, Line]]:
    """The lines up to the first blank one, where the last label begins a list."""
    if state is not Part.RECIPIENTS:
        return []
    run = list(takewhile(lambda line: line.text, lines))
    return [(state, line) for line in run[: _length(state, run)]]


def _after_subject(lines: Sequence[Line]) -> list[tuple[Part, Line]]:
    """The subject's lines, and the labelled lines that some offices write after it."""
    found: list[tuple[Part, Line]] = []
    state: Part | None = Part.SUBJECT
    told = False
    for n, line in enumerate(lines):
        if n < len(found):
            continue
        if _is_blank(line):
            state = None if told else state  # after «ΘΕΜΑ:» alone its text is the next paragraph
            continue
        part = _label_below(line) or state
        if part is None or _begins_text(line):
            break
        run = [line, *takewhile(lambda below: not _ends_run(below), lines[n + 1 :])]
        taken = run[: 1 if part in _SINGLE else _length(part, run)]
        found += [(Part.UNPLACED, blank) for blank in lines[len(found) : n]] + [(part, each) for each in taken]
        told = told or len(taken) > 1 or label_of(part, line.text) < len(line.text)
        state = None if part in _SINGLE or len(taken) < len(run) else part
    return found


def _is_blank(line: Line) -> bool:
    return not line.text and line.kind is not LineKind.TABLE


def _begins_text(line: Line) -> bool:
    return line.kind is LineKind.TABLE or _REFERENCE.match(fold(line.text)) is not None


def _ends_run(line: Line) -> bool:
    return _is_blank(line) or _begins_text(line) or _label_below(line) is not None


def _label_below(line: Line) -> Part | None:
    """The label of a line below the subject; a sentence may begin as a marking does, but not in capitals."""
    label = Part.ATTACHMENTS if label_of(Part.ATTACHMENTS, line.text) else _head_label(line.text)
    is_sentence = label is Part.MARKING and not is_capitals(line.text) and ":" not in line.text
    return label if label in _AFTER_SUBJECT and not is_sentence else None


def _length(part: Part, run: Sequence[Line]) -> int:
    """Return how many lines of a run without blank lines are the subject's, or a list's."""
    texts = [line.text for line in run]
    return subject_length(texts, label_of(part, run[0].text), is_list=part is not Part.SUBJECT)


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
