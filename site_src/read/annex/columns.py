"""Which column is which: headers in Greek and English, however they are spelled."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from site_src.language.catalogues import N_
from site_src.language.greek import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_src.read.annex.sheets.grid import Cell, Sheet

HEADER_ROWS = 50  # rows among which the header is looked for
HEADER_LONGEST = 80  # characters; what is longer is a title or a sentence


class Column(StrEnum):
    """The columns that an annex may have, by their keys in ``[annex]`` of campaign.toml."""

    USERNAME = "username"
    NAME = "name"
    KIND = "kind"
    PARENT = "parent"
    EMAIL = "email"
    STATUS = "status"
    NOTES = "notes"


# What messages call them.
SHOWN = {
    Column.USERNAME: N_("the user name"),
    Column.NAME: N_("the name"),
    Column.KIND: N_("the kind"),
    Column.PARENT: N_("the supervising agency"),
    Column.EMAIL: N_("the e-mail"),
    Column.STATUS: N_("the status"),
    Column.NOTES: N_("the notes"),
}

REQUIRED = (Column.USERNAME, Column.NAME, Column.EMAIL)

# The first name of each is the one that hints recommend.
NAMES: dict[Column, tuple[str, ...]] = {
    Column.USERNAME: (
        "Όνομα χρήστη", "Κωδικός φορέα (όνομα χρήστη)", "Κωδικός φορέα", "Κωδικός χρήστη", "Κωδ. φορέα", "Κωδικός",
        "12ψήφιος κωδικός", "12ψήφιος κωδικός φορέα", "12ψήφιος κωδικός χρήστη", "Κωδικός φορέα (12ψήφιος)",
        "Κωδικός (12ψήφιος)", "Κωδικός φορέα (12 ψηφία)", "Δωδεκαψήφιος κωδικός", "Δωδεκαψήφιος κωδικός φορέα",
        "Κωδικός ΟΤΑ", "Κωδικός ΟΤΑ (12ψήφιος)", "Κωδικός υπηρεσίας", "Κωδικός εισόδου", "Κωδ. χρήστη", "Όν. χρήστη",
        "Όνομα σύνδεσης", "Χρήστης", "Username", "User", "User ID", "User code", "User name (code)", "Login",
        "Login name", "Login ID", "12-digit code", "Agency code", "Body code", "Code",
    ),
    Column.NAME: (
        "Επωνυμία φορέα", "Επωνυμία", "Επωνυμία (πλήρης)", "Πλήρης επωνυμία", "Πλήρης επωνυμία φορέα", "Φορέας",
        "Φορείς", "Φορέας (επωνυμία)", "Φορέας / Υπηρεσία", "Επωνυμία υπηρεσίας", "Επωνυμία οργανισμού",
        "Επωνυμία Ν.Π.", "Επωνυμία νομικού προσώπου", "Δήμος / Περιφέρεια", "Όνομα ΟΤΑ", "Ονομασία ΟΤΑ",
        "Ονομασία υπηρεσίας", "Όνομα φορέα", "Ονομασία", "Ονομασία φορέα", "Τίτλος φορέα", "Περιγραφή φορέα",
        "ΟΤΑ", "Φορέας ΟΤΑ", "Επωνυμία ΟΤΑ", "Δήμος", "Υπηρεσία", "Οργανισμός", "Φορέας Τοπικής Αυτοδιοίκησης", "Name",
        "Agency", "Agency name", "Name of agency", "Body", "Body name", "Name of body", "Organisation", "Organization",
        "Organisation name", "Organization name", "Name of the agency", "Name of the body", "Authority",
        "Local authority", "Entity", "Entity name", "Legal name", "Public body", "Municipality",
    ),
    Column.KIND: (
        "Είδος φορέα", "Είδος", "Κατηγορία", "Κατηγορία φορέα", "Τύπος", "Τύπος φορέα", "Μορφή", "Νομική μορφή",
        "Βαθμός", "Βαθμός ΟΤΑ", "Είδος ΟΤΑ", "Τύπος ΟΤΑ", "Κατηγορία ΟΤΑ", "Είδος νομικού προσώπου", "Επίπεδο", "Kind",
        "Kind of body", "Body type", "Type of body", "Entity type", "Organisation type", "Legal form",
        "Kind of agency", "Type", "Type of agency", "Agency type", "Category", "Level",
    ),
    Column.PARENT: (
        "Εποπτεύων φορέας", "Εποπτεύουσα αρχή", "Εποπτεία", "Εποπτεύων", "Φορέας εποπτείας", "Εποπτεύων ΟΤΑ",
        "Εποπτεύουσα υπηρεσία", "Φορέας που εποπτεύει", "Υπαγωγή", "Υπάγεται σε", "Ανήκει σε", "Προϊστάμενη αρχή",
        "Περιφέρεια", "Parent", "Parent body", "Parent organisation", "Parent municipality", "Parent authority",
        "Parent agency", "Supervisor", "Supervising body", "Supervised by", "Supervising authority",
        "Supervising agency", "Supervisory authority", "Belongs to", "Region",
    ),
    Column.EMAIL: (
        "E-mail υπεύθυνου επικοινωνίας", "E-mail", "Mail", "Ηλεκτρονική διεύθυνση", "Ηλ. διεύθυνση",
        "Ηλεκτρ. διεύθυνση", "Ηλεκτρονικό ταχυδρομείο", "Διεύθυνση ηλεκτρονικού ταχυδρομείου", "Ηλ. ταχυδρομείο",
        "Διεύθυνση ηλ. ταχυδρομείου", "Ηλ/κό ταχυδρομείο", "E-mail address", "Contact e-mail", "Electronic mail",
        "Ηλ. διευθύνσεις", "Ηλ. δ/νση", "Μέιλ", "Ιμέιλ", "Ημέιλ",
    ),
    Column.STATUS: (
        "Κατάσταση", "Κατάσταση κωδικού", "Κατάσταση κωδικού πρόσβασης", "Ενέργεια", "Νέος κωδικός", "Αλλαγή κωδικού",
        "Status", "Code status", "Access code status", "State", "Action",
    ),
    Column.NOTES: (
        "Παρατηρήσεις", "Παρατήρηση", "Σχόλια", "Σχόλιο", "Σημειώσεις", "Σημείωση", "Παρατ.", "Σημ.", "Notes", "Note",
        "Remarks", "Comments", "Comment",
    ),
}  # fmt: skip

# Names that give way where the sheet has a better one for the same column.
_WEAK = {
    "Κωδικός", "Κωδικός ΟΤΑ", "Κωδικός υπηρεσίας", "Χρήστης", "Δήμος", "Δήμος / Περιφέρεια", "Υπηρεσία",
    "Επωνυμία υπηρεσίας", "Ονομασία υπηρεσίας", "ΟΤΑ", "Όνομα ΟΤΑ", "Ονομασία ΟΤΑ", "Περιφέρεια", "Επίπεδο", "Βαθμός",
    "Είδος ΟΤΑ", "Τύπος ΟΤΑ", "Κατηγορία ΟΤΑ", "Είδος νομικού προσώπου", "Αλλαγή κωδικού", "Code", "Municipality",
    "Local authority", "Public body", "User", "Name", "Body", "Region", "Level", "Legal form", "State", "Type",
}  # fmt: skip

# Parts of a header that tell its column whatever stands around them; the first that fits counts.
_PARTS: tuple[tuple[str, Column], ...] = (
    ("Παρατηρήσεις", Column.NOTES),
    ("E-mail", Column.EMAIL),
    ("Ηλεκτρονική διεύθυνση", Column.EMAIL),
    ("Ηλεκτρονικές διευθύνσεις", Column.EMAIL),
    ("Ηλεκτρονική δ/νση", Column.EMAIL),
    ("Ηλεκτρονικής αλληλογραφίας", Column.EMAIL),
    ("Ηλεκτρονικού ταχυδρομείου", Column.EMAIL),
    ("Ηλεκτρονικό ταχυδρομείο", Column.EMAIL),
    ("Ηλ/κή διεύθυνση", Column.EMAIL),
    ("Ηλ. ταχ.", Column.EMAIL),
    ("Ηλ/κό ταχ.", Column.EMAIL),
    ("Ηλεκτρ. ταχ.", Column.EMAIL),
    ("Όνομα χρήστη", Column.USERNAME),
    ("Username", Column.USERNAME),
    ("Εποπτεύων", Column.PARENT),
    ("Επωνυμία φορέα", Column.NAME),
)
# «Διατηρεί τον κωδικό (Ναι/Όχι)», "Keeps its code": a status too, whose cells say yes or no.
_KEEPING = re.compile(
    rf"[\W\d_]*(?:διατηρ|κρατα|{fold('keep')})"
    rf"(?:.*\b(?:κωδικ|{fold('code')})|\w*\W*(?:ναι\W*οχι|{fold('yes')}\W*{fold('no')})?\W*$)",
    re.DOTALL,
)
# «Υπάγεται στον Δήμο», «Φορέας στον οποίο ανήκει»; but no register («Ανήκει στο Μητρώο», «Υπάγεται σε ΦΠΑ»), and
# nothing that the other body has («Τηλέφωνο Δήμου όπου ανήκει»).
_BODY = r"(?:δημο[σν]?\b|περιφερεια(?!κ)|φορεα|οτα\b|υπουργειο)"
_BELONGING = re.compile(
    r"(?!.*\bναι\W+οχι)[\W\d_]*"
    rf"(?:(?:υπαγεται|ανηκει|εποπτευεται)(?:\s+(?:σε|στ\w+|απο))?(?:(?:\s+τ\w+)?\s+{_BODY}|\W*$)"
    rf"|{_BODY}[^,;]*\b(?:οποιο|οποια|οπου|που)\s+(?:υπαγεται|ανηκει)\W*$)",
    re.DOTALL,
)
_NEW = re.compile(rf"\b(?:νε[οα]|{fold('new')})")
_MAIL = ("Mail", "Mails")  # tell it as words only: «Mailing address» is where the postman goes

# Parts of a header of addresses that are not the agency's own, and so never its passwords.
# An «εποπτευόμενος» or supervised body is the agency itself.
_OTHERS = (
    *("Εποπτεύων", "Εποπτεύοντ", "Εποπτεύουσ", "Εποπτεία", "Προϊσταμένης αρχής", "Προϊστάμενη αρχή"),
    *("Υπάγεται", "Ανήκει", "Parent", "Supervising", "Supervisor", "Belongs to"),
)


def squeeze(text: str) -> str:
    """The text's letters and digits alone, folded: without case, accents, spaces and punctuation.

    A character that stands for another, as the micro sign for «μ», is that other.
    """
    return "".join(c for c in fold(unicodedata.normalize("NFKD", text)) if c.isalnum())


class _Rank(IntEnum):
    """How sure a header is of its column; the surest of a row win."""

    WEAK = 0
    PART = 1
    KNOWN = 2
    CONFIGURED = 3


_KNOWN = {
    squeeze(name): (column, _Rank.WEAK if name in _WEAK else _Rank.KNOWN)
    for column, names in NAMES.items()
    for name in names
}
_KNOWN_PARTS = tuple((squeeze(part), column) for part, column in _PARTS)
_KNOWN_MAIL = set(map(squeeze, _MAIL))
_KNOWN_OTHERS = tuple(map(squeeze, _OTHERS))
_KNOWN_PERSONS = tuple(map(squeeze, ("Υπεύθυν", "Επικοινωνία", "Ονοματεπώνυμο", "Contact", "Officer")))


@dataclass(frozen=True)
class Header:
    """A sheet's header row and where its columns are, counted from 1; a field may have several."""

    row: int
    columns: dict[Column, tuple[int, ...]]

    @property
    def missing(self) -> tuple[Column, ...]:
        """The columns without which no agency can be read."""
        return tuple(column for column in REQUIRED if column not in self.columns)

    @cached_property
    def read(self) -> dict[int, Column]:
        """What each column that is read holds."""
        return {number: column for column, numbers in self.columns.items() for number in numbers}


def names_email(header: str) -> bool:
    """Whether a header tells of e-mail addresses, be they read or another body's."""
    known = _KNOWN.get(unnumbered(header))
    return len(header) <= HEADER_LONGEST and Column.EMAIL in {known and known[0], _by_part(header, squeeze(header))}


def unnumbered(header: str) -> str:
    """The squeezed header without a number at its end: all that «E-mail 2» says."""
    return squeeze(header).rstrip("0123456789")


def asks_keeping(header: str) -> bool:
    """Whether a header asks who keeps the code, and nothing else, so that yes and no are answers."""
    return bool(_KEEPING.match(fold(header))) and not _NEW.search(fold(header))


def _by_part(header: str, key: str) -> Column | None:
    if _KEEPING.match(fold(header)):
        return Column.STATUS
    found = next((column for part, column in _KNOWN_PARTS if part in key), None)
    if found is None and _BELONGING.match(fold(header)):
        found = Column.PARENT
    has_mail = not _KNOWN_MAIL.isdisjoint(re.split(r"[\W\d_]+", fold(header)))
    return Column.EMAIL if has_mail and found is not Column.NOTES else found


class Recogniser:
    """Finds headers, by what ``[annex]`` of campaign.toml calls them, and by the table of names."""

    def __init__(self, configured: Mapping[str, str]) -> None:
        self._configured = {squeeze(header): Column(key) for key, header in configured.items()}

    def recognise(self, header: str) -> Column | None:
        """The column that a header names, if any; a number at its end («E-mail 2») says nothing.

        The e-mail of another body («E-mail εποπτεύοντος») is no column: its addresses must open no archive.
        """
        found = self._recognise(header)
        return found[0] if found else None

    def _recognise(self, header: str) -> tuple[Column, _Rank] | None:
        if "@" in header or len(header) > HEADER_LONGEST:
            return None
        key, bare = squeeze(header), unnumbered(header)
        if configured := self._configured.get(key):
            return configured, _Rank.CONFIGURED
        if self._configured.get(bare) is Column.EMAIL:
            return Column.EMAIL, _Rank.CONFIGURED
        if known := _KNOWN.get(key) or _KNOWN.get(bare):
            return known
        column = _by_part(header, key)
        if column is Column.EMAIL and any(other in key for other in _KNOWN_OTHERS):
            return None
        return (column, _Rank.PART) if column else None

    def find_header(self, sheet: Sheet) -> Header | None:
        """The row among the first ``HEADER_ROWS`` that names most columns; None where no row names any."""
        rows = [number for number in sheet.rows if number <= HEADER_ROWS]
        headers = [self.read_header(number, sheet.rows[number].values()) for number in rows]
        return max((h for h in headers if h.columns), key=lambda header: len(header.columns), default=None)

    def read_header(self, number: int, cells: Iterable[Cell]) -> Header:
        """A row read as a header. All that name the e-mail or status count, of the rest those alone that are surest."""
        found = [(cell.column, *known) for cell in cells if (known := self._recognise(cell.text))]
        best: dict[Column, _Rank] = {}
        for _, column, rank in found:
            all_count = column in {Column.EMAIL, Column.STATUS} and rank is not _Rank.CONFIGURED
            enough = min(rank, _Rank.PART) if all_count else rank
            best[column] = max(enough, best.get(column, _Rank.WEAK))
        columns: dict[Column, tuple[int, ...]] = {}
        for place, column, rank in found:
            if rank >= best[column]:
                columns[column] = (*columns.get(column, ()), place)
        return Header(number, columns)


def nearest_header(column: Column, headers: Iterable[str]) -> str:
    """The header most like any name of the column, for a hint; the first where none is, and "" where there is none.

    A person's name is never the agency's.
    """
    by_key = {squeeze(header): header for header in headers}
    if column is Column.NAME:
        by_key = {key: text for key, text in by_key.items() if not any(person in key for person in _KNOWN_PERSONS)}
    ratios = {
        key: max(difflib.SequenceMatcher(None, key[:HEADER_LONGEST], squeeze(name)).ratio() for name in NAMES[column])
        for key in by_key
    }
    return by_key[max(ratios, key=ratios.__getitem__)] if ratios else ""
