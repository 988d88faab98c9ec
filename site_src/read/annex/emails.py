"""Read e-mail addresses: each is the password of an archive, so it is kept as declared, or its mistake is reported."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from urllib.parse import unquote

from site_src.language.catalogues import N_
from site_src.language.folding import KEYS, LOOKS, unseen_in, without_unseen
from site_src.language.say import say, say_either
from site_src.problems import Topic
from site_src.read.agency import PASSWORD_BYTES_MAX
from site_src.read.annex.sheets.grid import Cell, Reporter

CELL_LONGEST = 2_000  # characters; twenty addresses of the longest kind
LETTERS_SHOWN = 5  # of another script, in one message

_NAMED = re.compile(r"""(?<![^\s;,/<>])(?:"[^"]*"\s*|[^<>;,/\n@"]*)<([^<>]*)>""")  # Name <address>
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
# Both sides of the "@": a dot-atom (RFC 5322, section 3.2.3) and a host's label, which has no underscore (RFC 5321,
# section 4.1.2), each with letters of any script.
_LOCAL = re.compile(r"[\w!#$%&'*+=?^`{|}~-]+(?:\.[\w!#$%&'*+=?^`{|}~-]+)*")
_USUAL = "@.+-_"  # signs of an address, behind its first letter; an apostrophe or asterisk there is a slip
_LABEL = re.compile(r"[^\W_]+(?:-+[^\W_]+)*")

LATIN = "LATIN"
# Scripts that an address here may be meant in, with what a letter of each is called.
_SCRIPTS = {LATIN: N_("a Latin letter"), "GREEK": N_("a Greek letter"), "CYRILLIC": N_("a Cyrillic letter")}
_OF_ANOTHER = N_("a letter of another script")


def holds_address(text: str) -> bool:
    """Return whether an address is somewhere in the text, sound or not."""
    return bool(_SIGNS.search(text) and _WITHIN.search(unicodedata.normalize("NFKC", without_unseen(text))))


def address_of(cell: Cell) -> str:
    """Return the cell's text where it holds an address, else the address that its link leads to, or nothing."""
    return cell.text if holds_address(cell.text) else next(iter(_linked(cell.link)), "")


def read_emails(cell: Cell, reporter: Reporter) -> tuple[str, ...]:
    """Return the addresses of a filled cell, each once.

    Letter case stays. Addresses are separated by ``; , /`` or white space; «Name <address>» and ``mailto:`` are
    understood. An address that has a problem is not among them. A domain that is wholly Greek (info@δήμος.gr) is an
    address, with a warning that it is hard to type.
    """
    if not _is_legible(cell, reporter):
        return ()
    parts = _split(without_unseen(cell.text))
    addresses, words = [part for part in parts if "@" in part], [part for part in parts if "@" not in part]
    linked = _linked(cell.link)
    if not addresses:
        _report_no_address(cell, linked, reporter)
        return ()
    if words:
        hint = say("keep only addresses in the cell, apart by ; and move the rest to the notes")
        reporter.error(Topic.EMAIL, say("this is no e-mail address"), hint, cell, " ".join(words))
    _compare_link(cell, addresses, linked, reporter)
    sound = [address for address in addresses if _is_sound(address, cell, reporter)]
    once = tuple(dict.fromkeys(sound))
    if len(once) < len(sound):
        message = say("the same address is twice in the cell; it counts once")
        reporter.warning(Topic.EMAIL, message, say("delete one of them"), cell)
    return once


def _is_legible(cell: Cell, reporter: Reporter) -> bool:
    """Return whether the cell may be read and holds a text or a link; spaces that are removed are a warning."""
    if not reporter.is_legible(cell, Topic.EMAIL, CELL_LONGEST, is_exact=True):
        return False
    if cell.text and not cell.line:
        message = say("the cell holds only spaces; it counts as empty")
        reporter.warning(Topic.EMAIL, message, say("empty the cell with Delete"), cell)
    elif cell.text != cell.text.strip() and not unseen_in(cell.text):
        message = say("spaces around the address were removed")
        reporter.warning(Topic.EMAIL, message, say("delete them in the cell"), cell)
    return bool(cell.line or _linked(cell.link))


def _split(text: str) -> list[str]:
    """Return the addresses and words of a text, without names, and ``mailto:`` and its query."""
    parts = _APART.split(_NAMED.sub(r" \1 ", text.replace(_GREEK_QUESTION_MARK, ";")))
    bare = [_MAILTO.sub("", part.split("?")[0]) if _MAILTO.match(part) else part for part in parts]
    return [part for part in bare if part]


def _linked(target: str) -> list[str]:
    """Return the addresses that a link leads to, with mailto: or as Excel makes it without; a page has none."""
    found: list[str] = []
    for link in re.split(r";(?=mailto:)", target, flags=re.IGNORECASE) if target else ():
        path, _, query = _WEB.sub("", link.strip()).partition("?")
        is_mail = bool(_MAILTO.match(path))
        if is_mail or "/" not in path.rstrip("/"):
            fields = (each.partition("=") for each in query.split("&") if is_mail)
            parts = [path, *(value for name, _, value in fields if name.lower() == "to")]
            found += [part for each in parts for part in _split(without_unseen(unquote(each))) if "@" in part]
    return found


def _report_no_address(cell: Cell, linked: Sequence[str], reporter: Reporter) -> None:
    message = say("no address at all in a filled cell")
    hint = say("write the address, or empty the cell if there is none")
    if linked:
        message = say('the cell shows no address, but its link leads to "{linked}"', linked=linked[0])
        hint = say("write into the cell the address that is meant, without a link")
    reporter.error(Topic.EMAIL, message, hint, cell)


def _compare_link(cell: Cell, addresses: Sequence[str], linked: Sequence[str], reporter: Reporter) -> None:
    """Report a link to another address than the cell shows, to the letter."""
    shown = " ".join(addresses)
    caseless = {address.casefold() for address in addresses} if linked else ()
    for other in dict.fromkeys(linked):
        if other in addresses:
            continue
        message = say('the cell shows "{shown}", but its link leads to "{linked}"', shown=shown, linked=other)
        if other.casefold() in caseless:
            message += say(": they differ in capital and small letters, and as passwords these are two")
        hint = say("find out which is meant, type it into the cell, and remove the link (right click on the cell)")
        reporter.error(Topic.EMAIL, message, hint, cell)


def _is_sound(address: str, cell: Cell, reporter: Reporter) -> bool:
    """Return whether the address can be a password and somebody's mailbox; its fault is reported."""
    if letters := foreign_letters(address):
        shown = say("; ").join(_described(*letter) for letter in letters[:LETTERS_SHOWN])
        if len(letters) > LETTERS_SHOWN:
            shown += say("; and {count} more", count=len(letters) - LETTERS_SHOWN)
        message = say("letters of another script: {letters}", letters=shown)
        hint = say("type the whole address again in one script, as a rule with the keyboard in English")
        reporter.error(Topic.EMAIL, message, hint, cell, address)
        return False
    if fault := _fault(address):
        message = say("this is no e-mail address: {fault}", fault=fault)
        reporter.error(Topic.EMAIL, message, say("correct it, and ask the agency where in doubt"), cell, address)
        return False
    if odd := [c for at, c in enumerate(address) if not (c.isascii() and (c.isalnum() or (at and c in _USUAL)))]:
        shown = ", ".join(f'"{c}"' for c in dict.fromkeys(odd))
        message = say("few addresses have, or begin with, these characters: {letters}", letters=shown)
        reporter.warning(Topic.EMAIL, message, say("ask the agency whether its address is really so"), cell, address)
    return True


def _fault(address: str) -> str:
    """Return what keeps the text from being an address, or nothing."""
    local, _, host = address.partition("@")
    labels = host.split(".")
    size = len(address.encode())
    if "@" in host:
        fault = N_('there are two "@"')
    elif not local:
        fault = N_('there is nothing before the "@"')
    elif not host:
        fault = N_('there is nothing after the "@"')
    elif size > PASSWORD_BYTES_MAX:
        fault = N_("it has {size} bytes, and at most {most} can be a password")
    elif len(labels) == 1:
        fault = N_('there is no dot after the "@"')
    elif not all(labels):
        fault = N_('there are two dots together, or one at the end or right after the "@"')
    elif not all(map(_LABEL.fullmatch, labels)):
        fault = N_('the part after the "@" holds a character that no domain has')
    elif labels[-1].isdigit() or len(labels[-1]) == 1:
        fault = N_("its ending is not a country or domain such as .gr or .eu")
    elif not _LOCAL.fullmatch(local):
        fault = N_('the part before the "@" holds a dot or character that cannot stand there')
    else:
        return ""
    return say(fault, size=size, most=PASSWORD_BYTES_MAX)


def _described(position: int, letter: str) -> str:
    """Return a letter of another script as a message describes it, with the Latin letters that it may stand for."""
    described = say(
        'character {position}, "{letter}", is {kind} ({name})',
        position=position,
        letter=letter,
        kind=say(_SCRIPTS.get(script_of(letter), _OF_ANOTHER)),
        name=unicodedata.name(letter, f"U+{ord(letter):04X}"),
    )
    meant = say_either(f'"{latin}"' for latin in latin_for(letter))
    return described + (say(": type the Latin {meant}", meant=meant) if meant else "")


@cache
def script_of(character: str) -> str:
    """Return the first word of a letter's Unicode name: LATIN, GREEK, CYRILLIC…; "" for any other character."""
    return unicodedata.name(character, "OTHER").split()[0] if character.isalpha() else ""


def latin_for(letter: str) -> tuple[str, ...]:
    """Return the Latin letters that it looks like, and that its key types; none where none is known."""
    base = unicodedata.normalize("NFD", letter)[0]
    key = KEYS.get(base, "")
    wide = unicodedata.normalize("NFKC", letter)
    found = (LOOKS.get(base, ""), key, wide if wide.isascii() else "")
    return tuple(dict.fromkeys(meant for meant in found if meant not in {"", letter}))


def foreign_letters(address: str) -> list[tuple[int, str]]:
    """Return the letters that do not belong in the mailbox or in the label of the domain that they are in.

    Each comes after its place, counted from 1. Mailbox and label are meant in the script of most of their letters.
    Another script than Latin is believed only where some letter does not pass for a Latin one: otherwise it is a
    mistake of the keyboard, since it would look like a Latin word.
    """
    found: list[tuple[int, str]] = []
    start = 1
    for part in [] if address.isascii() else re.split(r"([@.])", address):
        home = _home_script(part)
        found += [(at, letter) for at, letter in enumerate(part, start) if script_of(letter) not in {"", home}]
        start += len(part)
    return found


def _home_script(part: str) -> str:
    counts = Counter(script_of(c) for c in part if c.isalpha())
    others = {c for c in part if script_of(c) not in {"", LATIN}}
    counts = Counter({script: count for script, count in counts.items() if script in _SCRIPTS})
    if not others - LOOKS.keys() or not counts:
        return LATIN
    most = counts.most_common(1)[0]
    return LATIN if counts[LATIN] >= most[1] else most[0]
