"""The form of a Greek official document: which part of it each line belongs to.

Every line gets exactly one part, in the document's order, so that nothing can be lost here; what the parts hold is
read in :mod:`site_src.new.facts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum, auto
from itertools import pairwise, takewhile

from site_src.language.greek import find_days, fold, is_capitals, starts_in_lower_case
from site_src.new.joining import is_item, subject_length
from site_src.new.lines import GREETING, OPENING, REFERENCE, Line, LineKind, is_unit, texts_of, words

HEAD_LINES_MOST = 120  # filled lines before the subject; a «ΘΕΜΑ:» further down is part of the text
SIGNATORY_LINES_MOST = 8  # filled lines from the signatory's title to the end of the text
SIGNATURE_CELLS_MOST = 3  # filled cells of a table that is there for the signature alone
TITLE_LONGEST = 90  # characters of a signatory's title
COLUMNS_WIDEST = 300  # characters of a line that may hold two columns
COLUMN_ADRIFT = 4  # characters by which a line of the second column may begin before the others
SENTENCE_WORDS = 4  # from which on a line with a full stop is one


class Part(StrEnum):
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


_ONE_LINE = (Part.DEADLINE, Part.ADA, Part.MARKING, Part.DATE, Part.PROTOCOL)
_HEAD = (*_ONE_LINE[:3], Part.PROTOCOL, Part.RECIPIENTS, Part.SUBJECT, Part.CONTACTS, Part.DETAILS)
_AFTER_SUBJECT = (Part.DEADLINE, Part.RECIPIENTS, Part.DATE, Part.PROTOCOL, Part.ADA, Part.MARKING, Part.ATTACHMENTS)
_SECOND_COLUMN = (Part.ADA, Part.MARKING, Part.DATE, Part.PROTOCOL, Part.RECIPIENTS)
_TAIL = (Part.ATTACHMENTS, Part.DISTRIBUTION)

# All patterns of words are for folded text: small letters, no accents, Latin look-alikes as Greek.
_LABELS = {part: re.compile(words("labels", part)) for part in (*_HEAD, *_TAIL)}
_BARE_LABELS = {part: re.compile(words("head", part)) for part in (Part.RECIPIENTS, Part.SUBJECT)}
_NO_END = re.compile(words("head", "no_end") + "$")
_PLACE = re.compile(
    rf"(?!.*\b{words('head', 'no_place')}\b)"
    r"(?:[^\W\d][^\s\d:]*(?:\s+[^\s\d:]+){0,3}?[\s,:]+(?:τη[νσ]?|στισ)?\s*|ημ(?:ερομη|ερ/|/)νια\s*:?\s*|(?:τη[νσ]|στισ)?\s*)"
)
_RECIPIENTS_BELOW = re.compile(words("tail", "recipients"))
_ANNEX = re.compile(words("tail", "annexes"))
_TITLE = re.compile(rf"{words('tail', 'orders')}\s+{words('tail', 'titles')}")
_COLON_END, _COLON_START = re.compile(r":\s*$"), re.compile(r"\s*:")
_GAP, _WIDE = re.compile(r"(?<=\S)\s+(?=\S)"), 2


def split_parts(lines: Sequence[Line]) -> tuple[tuple[Part, Line], ...]:
    """Return each line with its part. A document of another form is all BODY."""
    footers = [line for line in lines if line.kind is LineKind.FOOTER]
    lines = _layout_tables([line for line in lines if line.kind is not LineKind.FOOTER])
    end, has_subject = _head_end(lines)
    # A text box of the letterhead may be anchored at the subject, and is right behind it.
    boxed = [*takewhile(lambda line: line.beside or not line.text, lines[end + 1 :])] if has_subject else []
    boxed = boxed if any(_head_label(line.text) in _SECOND_COLUMN for line in boxed) else []
    first, second = _columns([*lines[:end], *boxed], _parts_columns)
    lines = [*first, *second, *lines[end : end + 1], *lines[end + 1 + len(boxed) :]]
    head = _head(lines)
    tail = _tail(_signature_above(lines[len(head) :]))
    if not head:
        return (*tail, *((Part.BODY, line) for line in footers))
    kinds = (Part.CONTACTS, Part.DETAILS, Part.MARKING)
    below = [(next((part for part in kinds if label_of(part, line.text)), Part.UNPLACED), line) for line in footers]
    return (*head, *below, *tail)


def label_of(part: Part, text: str) -> int:
    """Return how many characters of a line are the part's label; 0 where it has none."""
    match = _LABELS[part].match(fold(text))
    if not match and part in _BARE_LABELS and text.split(maxsplit=1)[:1] == text.upper().split(maxsplit=1)[:1]:
        match = _BARE_LABELS[part].match(fold(text))
    return match.end() if match else 0


def _layout_tables(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, with tables that only set letterhead or signature in place as the lines of their cells."""
    subject = next((n for n, line in enumerate(lines) if _has_label(Part.SUBJECT, line)), -1)
    flat: list[Line] = []
    for n, line in enumerate(lines):
        has_list = _has_label(Part.RECIPIENTS, line) or _has_label(Part.DISTRIBUTION, line)
        is_layout = n <= subject or has_list or _is_signature(line)
        if line.kind is not LineKind.TABLE or not is_layout:
            flat.append(line)
            continue
        for cell in (cell for row in line.rows for cell in _with_labels([text for text in row if text])):
            texts = [text for row in cell.split("\n") for text in _with_labels(row.split("\t"))]
            flat += [*(Line(text, whole=True) for text in texts), Line("")]
    return flat


def _is_signature(line: Line) -> bool:
    """Return whether a table has nothing but a signatory, and perhaps a word beside it."""
    cells = [cell for row in line.rows for cell in row if cell]
    return len(cells) <= SIGNATURE_CELLS_MOST and sum(_is_title(cell.split("\n")[0]) for cell in cells) == 1


def _has_label(part: Part, line: Line) -> bool:
    return any(label_of(part, text) for text in texts_of([line]))


def _with_labels(row: Sequence[str]) -> list[str]:
    """Return a row's cells; where one holds labels and the next their values, line by line, both as one."""
    cells: list[str] = []
    for cell in row:
        labels, values = cells[-1].split("\n") if cells else [], cell.split("\n")
        are_marked = all(map(_COLON_END.search, labels)) or all(map(_COLON_START.match, values))
        are_marked = are_marked or (
            bool(cells) and _has_deadline(f"{cells[-1]}: {cell}") and not _has_deadline(cells[-1])
        )
        if are_marked and len(labels) == len(values):
            pairs = zip(labels, values, strict=True)
            cells[-1] = "\n".join(f"{label.rstrip(' :')}: {value.lstrip(' :')}" for label, value in pairs)
        else:
            cells.append(cell)
    return cells


def _has_deadline(text: str) -> bool:
    return label_of(Part.DEADLINE, text) > 0


def _columns(
    lines: Sequence[Line], parts_columns: Callable[[re.Match[str], str], bool]
) -> tuple[list[Line], list[Line]]:
    """Return the lines of the first column, and those of the second: where a gap parts them, and below.

    A text box or a frame is a second column.
    """
    gaps = [[*_GAP.finditer(line.text)] if len(line.text) <= COLUMNS_WIDEST else [] for line in lines]
    cuts = [next((gap.end() for gap in each if parts_columns(gap, gap.string)), None) for each in gaps]
    wide = (line.indent + cut for line, cut in zip(lines, cuts, strict=True) if cut and line.text[:cut].endswith("  "))
    column = min(wide, default=None)
    first, second = [], []
    for line, cut, each in zip(lines, cuts, gaps, strict=True):
        at = 0 if line.beside else cut or _cut_below(line, each, column)
        if at != 0:
            first.append(replace(line, text=line.text[:at].rstrip()))
        if at is not None:
            second.append(replace(line, text=line.text[at:], beside=True))
    return first, second


def _cut_below(line: Line, gaps: Sequence[re.Match[str]], column: int | None) -> int | None:
    """Return the place in a line without a label where the second column goes on, as it begins in other lines."""
    if column is None or not line.text or len(line.text) > COLUMNS_WIDEST:
        return None
    # Behind a colon is a label's value.
    begins = [0, *(g.end() for g in gaps if len(g[0]) >= _WIDE and ":" not in line.text[g.start() - 1 : g.end() + 1])]
    return next((at for at in begins if line.indent + at >= column - COLUMN_ADRIFT), None)


def _signature_above(lines: list[Line]) -> list[Line]:
    """Return the lines with a signature that is beside the attachments, or another list, above them."""
    start = next((n for n, line in enumerate(lines) if _tail_label(line.text)), len(lines))
    first, second = _columns(lines[start:], _begins_title)
    if not second or _signature(lines, start) >= 0:
        return lines
    name = next((n for n, line in enumerate(first) if n and line.text), -1)
    if len(second) == 1 and name > 0 and is_capitals(first[name].text) and not _tail_label(first[name].text):
        second.append(first.pop(name))
    return [*lines[:start], Line(""), *second, Line(""), *first]


def _begins_title(gap: re.Match[str], text: str) -> bool:
    """Return whether a signatory's title begins behind a gap."""
    title = text[gap.end() :]
    if not _is_title(title):
        return False
    return len(gap[0]) >= _WIDE or (is_capitals(title) and _tail_label(text) is Part.ATTACHMENTS)


def _parts_columns(gap: re.Match[str], text: str) -> bool:
    """Return whether a gap parts two columns; a PDF may give them up with one space between them."""
    left, right = text[: gap.start()], text[gap.end() :]
    label = _head_label(right)
    if label not in _SECOND_COLUMN or label is _head_label(left if label is Part.DATE else text):
        return False
    # The first column is whole by itself: a unit of the sender, a labelled line, or a place and a day.
    is_first_column = _head_label(left) is not None or is_capitals(left) or is_unit(left)
    if len(gap[0]) >= _WIDE:
        return not right[0].isdigit() or is_first_column
    if _NO_END.search(fold(left)):
        return False
    if label is Part.DATE:
        place = right[: find_days(right)[0].start].split()
        return bool(is_capitals(left) and place and not place[0].isupper()) or (len(place) == 1 and is_unit(left))
    # «Όπως ο πίνακας αποδεκτών» is in no second column.
    return is_first_column and (label is not Part.RECIPIENTS or ":" in right[: label_of(label, right)])


def _head_label(text: str) -> Part | None:
    """Return the part whose label a line begins with; a place and a day and nothing else are a date."""
    days = find_days(text)
    is_date = len(days) == 1 and not text[days[0].end :].strip(" .")
    if is_date and _PLACE.fullmatch(fold(text)[: days[0].start]) and not label_of(Part.MARKING, text):
        return Part.DATE
    return next((part for part in _HEAD if label_of(part, text)), None)


def _head_end(lines: Sequence[Line]) -> tuple[int, bool]:
    """Return where the search for labels ends, and whether there is a subject before it."""
    filled = [n for n, line in enumerate(lines) if line.text][:HEAD_LINES_MOST]
    subject = next((n for n in filled if label_of(Part.SUBJECT, lines[n].text)), None)
    if subject is not None:
        return subject, True
    strong = (Part.DATE, Part.PROTOCOL, Part.RECIPIENTS, Part.DEADLINE)
    above = takewhile(lambda n: not _is_text(lines[n]), filled)
    labelled = [n for n in above if _head_label(lines[n].text) in strong]
    return (labelled[-1] + 1, False) if len(labelled) > 1 else (0, False)


def _is_text(line: Line) -> bool:
    """Return whether a line is of no letterhead: a heading, a list, a table, the end of a sentence."""
    is_sentence = line.text.endswith(".") and len(line.text.split()) >= SENTENCE_WORDS
    is_marked = line.kind is not LineKind.TEXT or line.text.startswith(("#", "|"))
    return (is_sentence or is_marked) and _head_label(line.text) is None


def _head(lines: Sequence[Line]) -> list[tuple[Part, Line]]:
    end, has_subject = _head_end(lines)
    head: list[tuple[Part, Line]] = []
    state = Part.SENDER
    waiting: Part | None = None  # the line before was the label «Αριθμ. Πρωτ.:» alone
    for last, line in zip([Line(""), *lines], lines[:end], strict=False):
        part = _head_label(line.text) if line.text else None
        if line.beside and not last.beside:
            state = Part.SENDER if is_unit(line.text) else Part.UNPLACED
        if line.text and waiting and part is None:
            part, waiting = waiting, None
        elif part in {Part.PROTOCOL, Part.ADA}:
            waiting = part if label_of(part, line.text) >= len(line.text.rstrip()) else None
        if part is Part.DETAILS and state is Part.RECIPIENTS and (last.text or (line.whole and ":" not in line.text)):
            part = None  # an address right below a recipient is theirs; in Word all lines are apart
        if part is Part.DETAILS and state is Part.CONTACTS and fold(line.text).startswith("τηλ"):
            part = Part.CONTACTS
        head.append((part or state, line))
        if part in {Part.DATE, Part.PROTOCOL}:
            state = Part.UNPLACED
        elif part and part not in _ONE_LINE:
            state = part
    if has_subject:
        return head + _after_subject(lines[end:])
    run = list(takewhile(lambda line: line.text, lines[end:])) if state is Part.RECIPIENTS else []
    return head + [(state, line) for line in run[: _length(state, run) if run else 0]]  # the last label begins a list


def _after_subject(lines: Sequence[Line]) -> list[tuple[Part, Line]]:
    """Return the subject's lines, and the labelled lines that some offices write after it."""
    found: list[tuple[Part, Line]] = []
    state: Part | None = Part.SUBJECT
    has_words = False
    for n, line in enumerate(lines):
        if n < len(found):
            continue
        if not line.text and not line.rows:
            below = next((each.text for each in lines[n:] if each.text), "")
            is_over = has_words and not _goes_on(below)  # after «ΘΕΜΑ:» alone its text is the next paragraph
            state = None if is_over else state
            continue
        part = _label_below(line) or state
        if part is None or _begins_text(line):
            break
        filled = takewhile(lambda each: each.text and not (_begins_text(each) or _label_below(each)), lines[n + 1 :])
        run = [line, *filled]
        taken = run[: 1 if part in _ONE_LINE else _length(part, run)]
        found += [(Part.UNPLACED, blank) for blank in lines[len(found) : n]] + [(part, each) for each in taken]
        has_words = has_words or len(taken) > 1 or label_of(part, line.text) < len(line.text)
        state = None if part in _ONE_LINE or len(taken) < len(run) else part
    return found


def _goes_on(text: str) -> bool:
    """Return whether a line behind a blank one still belongs to the subject, as it begins within a sentence."""
    begins = is_item(text) or _head_label(text) is not None or OPENING.match(fold(text)) is not None
    return starts_in_lower_case(text) and not begins


def _begins_text(line: Line) -> bool:
    return bool(line.rows) or REFERENCE.match(fold(line.text)) is not None


def _label_below(line: Line) -> Part | None:
    """Return the label of a line below the subject; a sentence may begin with its words, but not in capitals."""
    label = Part.ATTACHMENTS if label_of(Part.ATTACHMENTS, line.text) else _head_label(line.text)
    is_sentence = label in {Part.MARKING, Part.DEADLINE} and not is_capitals(line.text) and ":" not in line.text
    return label if label in _AFTER_SUBJECT and not is_sentence else None


def _length(part: Part, run: Sequence[Line]) -> int:
    """Return how many lines of a run without blank lines are the subject's, or a list's."""
    texts = [line.text for line in run]
    return subject_length(texts, label_of(part, run[0].text), is_list=part is not Part.SUBJECT)


def _tail(lines: Sequence[Line]) -> list[tuple[Part, Line]]:
    filled = [n for n, line in enumerate(lines) if line.text or line.rows]
    # A table stays in the text, and so does what is right above it.
    tables = {n for pair in pairwise([*filled, -1]) for n in pair[:1] if any(lines[each].rows for each in pair)}
    labels = [None if n in tables else _tail_label(line.text) for n, line in enumerate(lines)]
    endings = (n for n, label in enumerate(labels) if label)
    first = next((n for n in endings if labels[n] is not Part.RECIPIENTS or _signature(lines, n) >= 0), len(lines))
    start = _signature(lines, first)
    state, tail = Part.BODY, []
    for n, (line, label) in enumerate(zip(lines, labels, strict=True)):
        if n == start or (n > first and _is_title(line.text)):
            state = Part.SIGNATORY
        elif n > first and _is_text_again(line, state):
            state = Part.BODY
        elif n >= first:
            state = label or state
        tail.append((Part.BODY if n in tables else state, line))
    return tail


def _is_text_again(line: Line, state: Part) -> bool:
    """Return whether the text goes on below the lists at its end: with an annex, or a greeting above the signature."""
    is_annex = is_capitals(line.text) and _ANNEX.match(fold(line.text)) is not None
    return (is_annex and (line.page or state is not Part.ATTACHMENTS)) or GREETING.fullmatch(
        fold(line.text)
    ) is not None


def _tail_label(text: str) -> Part | None:
    if _RECIPIENTS_BELOW.match(fold(text)):
        return Part.RECIPIENTS
    return next((part for part in _TAIL if label_of(part, text)), None)


def _signature(lines: Sequence[Line], end: int) -> int:
    """Return the line where the signatory's title begins, near the end of the text; -1 where there is none."""
    for n in [n for n in range(end) if lines[n].text][-SIGNATORY_LINES_MOST:]:
        before, title = lines[n - 1].text if n else "", lines[n].text
        if len(title) == 1 and n + 1 < end:  # «Ο» in a line of its own
            title = f"{title} {lines[n + 1].text}"
        is_apart = before.endswith((".", ":", ";", ",")) or (is_capitals(title) and not is_capitals(before))
        if _is_title(title) and (not before or is_apart):
            return n
    return -1


def _is_title(text: str) -> bool:
    is_short = len(text) <= TITLE_LONGEST and not text.endswith((".", ",", ";"))
    return is_short and text[:1].isupper() and _TITLE.match(fold(text)) is not None
