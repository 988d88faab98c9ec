"""E-mail addresses: each is the password of an archive, so it is kept as declared, or its mistake is told."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from site_src.language.catalogues import N_
from site_src.language.say import say, say_number
from site_src.problems import Topic
from site_src.read.agency import PASSWORD_BYTES_MAX
from site_src.read.annex.unseen import controls_in, describe, foreign_letters, unseen_in, without_unseen

if TYPE_CHECKING:
    from site_src.problems import Place, Problems
    from site_src.read.annex.unseen import ForeignLetter

CELL_LONGEST = 2_000  # characters; twenty addresses of the longest kind
LETTERS_TOLD = 5  # of another script, in one message

_NAMED = re.compile(r"""(?:"[^"]*"\s*|[^<>;,/\n@"]*)<([^<>]*)>""")  # Name <address>
_APART = re.compile(r"[;,/\s]+")
_GREEK_QUESTION_MARK = "\u037e"  # looks like ";" and is on no key, but in texts from elsewhere
_MAILTO = re.compile(r"^mailto:", re.IGNORECASE)
_WEB = re.compile(r"^https?://", re.IGNORECASE)
# An address among other words, also with spaces about its "@" or spelled out: «maria [at] dimos [dot] gr».
_SIGNS = re.compile(r"[@\uff20\ufe6b\[({]")  # one of which every such text has; found much faster than the whole
_WITHIN = re.compile(
    r"[^\s@;,/<>]\s{0,2}(?:@|[\[({]\s?at\s?[\])}])\s{0,2}[^\s@;,/<>]{1,63}"  # RFC 1035, section 2.3.4: a label
    r"(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?)[^\s@;,/<>]",
    re.IGNORECASE,
)
# Both sides of the "@": a dot-atom (RFC 5322, section 3.2.3) and a host's label, each with letters of any script.
_LOCAL = re.compile(r"[\w!#$%&'*+=?^`{|}~-]+(?:\.[\w!#$%&'*+=?^`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


@dataclass(frozen=True)
class _Reader:
    """Tells the problems of one cell."""

    text: str
    at: Place
    problems: Problems

    def error(self, message: str, hint: str, value: str = "") -> None:
        self.problems.error(Topic.EMAIL, message, hint=hint, at=self.at, value=value or self.text)

    def warning(self, message: str, hint: str, value: str = "") -> None:
        self.problems.warning(Topic.EMAIL, message, hint=hint, at=self.at, value=value or self.text)


def holds_address(text: str) -> bool:
    """Whether an address stands somewhere in the text, sound or not."""
    return bool(_SIGNS.search(text) and _WITHIN.search(unicodedata.normalize("NFKC", without_unseen(text))))


def address_of(text: str, target: str) -> str:
    """Return the text where it holds an address, else the address that its link leads to, or nothing."""
    if holds_address(text):
        return text
    return next(iter(_linked(target)), "") if target else ""


def read_emails(text: str, target: str, at: Place, problems: Problems) -> tuple[str, ...]:
    """The addresses of a cell that is filled with ``text`` and links to ``target`` ("" for no link), each once.

    Letter case stays. Addresses are separated by ``; , /`` or white space; «Name <address>» and ``mailto:`` are
    understood. Problems go to ``problems``; what has one is not among the addresses. A domain that is wholly Greek
    (info@δήμος.gr) is an address, with a warning that it is hard to type.
    """
    reader = _Reader(text, at, problems)
    if len(text) > CELL_LONGEST:
        told = say("the cell has {count} characters, far more than addresses take", count=say_number(len(text)))
        reader.error(told, say("keep only the addresses in the cell"))
        return ()
    if controls := controls_in(text):
        told = say("the cell holds a control character ({names})", names=describe(controls))
        reader.error(told, say("empty the cell and type the address again"))
        return ()
    if not without_unseen(text).strip():
        reader.warning(say("the cell holds only spaces; it counts as empty"), say("empty the cell with Delete"))
        return ()
    _tell_unseen(reader)
    shown = _split(without_unseen(text))
    addresses = [part for part in shown if "@" in part]
    linked = _linked(target)
    if not addresses:
        _tell_no_address(reader, linked)
        return ()
    if words := [part for part in shown if "@" not in part]:
        hint = say("keep only addresses in the cell, apart by ; and move the rest to the notes")
        reader.error(say("this is no e-mail address"), hint, " ".join(words))
    _compare_link(reader, addresses, linked)
    return _once_each(reader, [address for address in addresses if _is_sound(reader, address)])


def _split(text: str) -> list[str]:
    """The addresses and words of a text, without names, and ``mailto:`` and its query."""
    parts = _APART.split(_NAMED.sub(r" \1 ", text.replace(_GREEK_QUESTION_MARK, ";")))
    bare = (_MAILTO.sub("", part.split("?")[0]) if _MAILTO.match(part) else part for part in parts)
    return [part for part in bare if part]


def _linked(target: str) -> list[str]:
    """The addresses that a link leads to, with mailto: or as Excel makes it without; a link to a page has none."""
    found = []
    for link in re.split(r";(?=mailto:)", target, flags=re.IGNORECASE):
        path, _, query = _WEB.sub("", link.strip()).partition("?")
        is_mail = bool(_MAILTO.match(path))
        if is_mail or "/" not in path.rstrip("/"):
            fields = (each.partition("=") for each in query.split("&") if is_mail)
            parts = [path, *(value for name, _, value in fields if name.lower() == "to")]
            found += [part for each in parts for part in _split(without_unseen(unquote(each))) if "@" in part]
    return found


def _tell_unseen(reader: _Reader) -> None:
    unseen = unseen_in(reader.text)
    if unseen:
        told = say("removed, since it cannot be seen: {names}", names=describe(unseen))
        reader.warning(told, say("empty the cell and type the address again"))
    elif reader.text != reader.text.strip():
        reader.warning(say("spaces around the address were removed"), say("delete them in the cell"))


def _tell_no_address(reader: _Reader, linked: list[str]) -> None:
    if linked:
        message = say('the cell shows no address, but its link leads to "{linked}"', linked=linked[0])
        reader.error(message, say("write into the cell the address that is meant, without a link"))
    else:
        hint = say("write the address, or empty the cell if there is none")
        reader.error(say("no address at all in a filled cell"), hint)


def _compare_link(reader: _Reader, addresses: list[str], linked: list[str]) -> None:
    """A link must lead to what the cell shows, to the letter."""
    shown = " ".join(addresses)
    caseless = {address.casefold() for address in addresses}
    for other in dict.fromkeys(linked):
        if other in addresses:
            continue
        message = say('the cell shows "{shown}", but its link leads to "{linked}"', shown=shown, linked=other)
        if other.casefold() in caseless:
            message += say(": they differ in capital and small letters, and as passwords these are two")
        hint = say("find out which is meant, type it into the cell, and remove the link (right click on the cell)")
        reader.error(message, hint)


def _is_sound(reader: _Reader, address: str) -> bool:
    """Whether the address can be a password and somebody's mailbox; what it lacks is told."""
    if letters := _foreign(address):
        told = say("; ").join(str(letter) for letter in letters[:LETTERS_TOLD])
        if len(letters) > LETTERS_TOLD:
            told += say("; and {count} more", count=len(letters) - LETTERS_TOLD)
        hint = say("type the whole address again in one script, as a rule with the keyboard in English")
        reader.error(say("letters of another script: {letters}", letters=told), hint, address)
    elif fault := _fault(address):
        hint = say("correct it, and ask the agency where in doubt")
        reader.error(say("this is no e-mail address: {fault}", fault=fault), hint, address)
    else:
        if not address.isascii():
            odd = ", ".join(f'"{c}"' for c in dict.fromkeys(address) if not c.isascii())
            told = say("the address has letters that not every keyboard has: {letters}", letters=odd)
            reader.warning(told, say("ask the agency whether its address is really so"), address)
        return True
    return False


def _foreign(address: str) -> list[ForeignLetter]:
    """Letters of another script than the part of the address in which they stand: the mailbox, or a domain's label."""
    found: list[ForeignLetter] = []
    start = 1
    for part in re.split(r"([@.])", address):
        found += foreign_letters(part, start)
        start += len(part)
    return found


def _fault(address: str) -> str:
    """What keeps the text from being an address, or nothing."""
    local, _, host = address.partition("@")
    labels = host.split(".")
    size = len(address.encode())
    faults = (
        ("@" in host, N_('there are two "@"')),
        (not local, N_('nothing stands before the "@"')),
        (not host, N_('nothing stands after the "@"')),
        (size > PASSWORD_BYTES_MAX, N_("it has {size} bytes, and at most {most} can be a password")),
        (len(labels) == 1, N_('there is no dot after the "@"')),
        (not all(labels), N_('two dots stand together, or one at the end or right after the "@"')),
        (not all(map(_LABEL.fullmatch, labels)), N_('the part after the "@" holds a character that no domain has')),
        (labels[-1].isdigit() or len(labels[-1]) == 1, N_("its ending is no country or domain, as .gr or .eu are")),
        (not _LOCAL.fullmatch(local), N_('the part before the "@" holds a dot or character that cannot stand there')),
    )
    return next((say(fault, size=size, most=PASSWORD_BYTES_MAX) for wrong, fault in faults if wrong), "")


def _once_each(reader: _Reader, addresses: list[str]) -> tuple[str, ...]:
    once = tuple(dict.fromkeys(addresses))
    if len(once) < len(addresses):
        reader.warning(say("the same address stands twice in the cell; it counts once"), say("delete one of them"))
    return once
