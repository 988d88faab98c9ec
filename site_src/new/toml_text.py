"""Writes site.toml and campaign.toml for staff to go on with: each key explained, what is unknown as a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit

from site_src.language.greek import fold, one_line
from site_src.language.say import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tomlkit import TOMLDocument
    from tomlkit.items import Table

    from site_src.new.facts import Keepers
    from site_src.read.settings import Letterhead, Person


def campaign_toml(  # noqa: PLR0913 (it is the list of what the file holds)
    *,
    folder: str,
    deadline: date | None,
    maybe_deadline: date | None,
    effective: date | None,
    letterhead: Letterhead,
    words: Mapping[str, str],
    keepers: Keepers,
) -> str:
    """The text of campaign.toml. ``words`` are the document's own, for the comments; see ``Official``."""
    file = tomlkit.document()
    _comment(file, say("The facts of one campaign; the text of the circular is in circular.md."))
    _fact(file, "folder", folder, say("the sub-folder's name in the download area"), '"ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020"')
    example = maybe_deadline.isoformat() if maybe_deadline else "2020-11-30"
    _fact(file, "deadline", deadline, say("last day to act") + _told(words, "deadline"), example)
    _fact(file, "effective", effective, say("first day of the new codes"), "2020-12-01")
    _comment(file, "files_until = 2021-01-31   # " + say("the archives leave the site after this day"))
    _keeps(file, keepers)
    file.add(tomlkit.nl())
    file["circular"] = _circular(letterhead, words)
    return tomlkit.dumps(file) + _examples()


def _examples() -> str:
    """What few campaigns need, as comments."""
    code = say("How an access code looks; leave this out for five groups of four letters and digits.")
    headers = say("The annex's column headers, where they are not recognised.")
    reissue = say("A further code for an agency: its user name and how many codes it has had (`reissue` writes this).")
    return f"""
# {code}
# [code]
# groups = 5
# group_length = 4

# {headers}
# [annex]
# username = "Όνομα χρήστη"
# email = "E-mail"

# {reissue}
# [reissue]
# "012345678901" = 2
"""


def site_toml(letterhead: Letterhead) -> str:
    """The text of a first site.toml, from the sender's block."""
    operator = operator_of(letterhead)
    file = tomlkit.document()
    _comment(file, say("What every page of the site shares."))
    title = f"Κωδικοί πρόσβασης - {operator}" if operator else ""
    _fact(file, "title", title, say("the site's name"), '"Κωδικοί πρόσβασης"')
    _fact(file, "operator", operator, say("who runs the site, as pages and letters name it"), '"Υπουργείο Εσωτερικών"')
    _fact(file, "language", "el", say('of pages, letters and commands: "el" or "en"'), "")
    file.add(tomlkit.nl())
    contact = tomlkit.table()
    units = letterhead.sender
    _fact(contact, "unit", units[-1] if units else "", say("whom agencies call"), '"Τμήμα …"')
    phones = [person.phone for person in letterhead.contacts if person.phone]
    _fact(contact, "phones", phones, "", '["213 000 0000"]')
    _fact(contact, "email", _detail(letterhead.details, "@"), "", '"codes@ypourgeio.example"')
    _fact(contact, "address", _detail(letterhead.details, "ταχ"), "", '"Οδός 1, 101 00 Αθήνα"')
    file["contact"] = contact
    return tomlkit.dumps(file) + _server()


def _server() -> str:
    address = say("where agencies log in; letters name it")
    password_file = say("of the web server, as it sees it")
    realm = say("what the browser's login window says")
    url_prefix = say("where the site does not lie at the top of its server")
    other_users = say('lines of users who are in no annex: "keep" or "drop"')
    hashes = say('how new codes are hashed; an old nginx asks for "sha512"')
    return f"""
[server]
# address = "https://portal.ypourgeio.example"   # {address}
# password_file = "/etc/nginx/agencies.htpasswd"   # {password_file}
# realm = "Κωδικοί πρόσβασης"   # {realm}
# url_prefix = "/codes"   # {url_prefix}
# hash = "bcrypt"   # {hashes}
other_users = "keep"   # {other_users}
"""


def operator_of(letterhead: Letterhead) -> str:
    """The sender's line that names the body itself."""
    kinds = ("υπουργ", "δημοσ ", "περιφερεια", "αποκεντρ")
    named = [unit for unit in letterhead.sender if fold(unit).startswith(kinds)]
    return next(iter([*named, *letterhead.sender[:1]]), "")


def _detail(details: Sequence[str], mark: str) -> str:
    """The value of the first detail that shows ``mark``."""
    found = next((text for text in details if mark in fold(text)), "")
    value = found.split(":", 1)[-1].strip()
    if mark == "@":
        return next((word for word in value.split() if "@" in word), "")
    return value


def _comment(file: TOMLDocument | Table, text: str) -> None:
    file.add(tomlkit.comment(one_line(text)))


def _told(words: Mapping[str, str], key: str) -> str:
    return say("; in the document: «{words}»", words=words[key]) if key in words else ""


def _fact(file: TOMLDocument | Table, key: str, value: object, meaning: str, example: str) -> None:
    """A key with its meaning; without a value, a comment that asks for it."""
    if not value:
        ask = say("{meaning}: fill this in", meaning=meaning) if meaning else say("fill this in")
        _comment(file, f"{key} = {example}   # {ask}")
        return
    is_list = isinstance(value, list)
    if meaning and is_list:
        _comment(file, meaning)
    item = _list(value) if isinstance(value, list) else tomlkit.item(value)
    if meaning and not is_list:
        item.comment(one_line(meaning))
    file.add(key, item)


def _list(values: Sequence[object]) -> tomlkit.items.Array:
    array = tomlkit.array()
    for value in values:
        array.append(value)
    return array.multiline(len(values) > 1)


def _keeps(file: TOMLDocument, keepers: Keepers) -> None:
    meaning = say("agencies that keep their code, by user name or exact name")
    _fact(file, "keeps_code", list(keepers.both), meaning, "[]")
    notes_only = say("the annex's notes alone say that these keep their code; add them above if so:")
    text_only = say("the circular alone says that these keep their code; add them above if so:")
    for names, comment in ((keepers.notes_only, notes_only), (keepers.text_only, text_only)):
        if names:
            _comment(file, comment)
            for name in names:
                _comment(file, f"    {tomlkit.item(one_line(name)).as_string()},")


def _circular(head: Letterhead, words: Mapping[str, str]) -> Table:
    table = tomlkit.table()
    if head.ada or "ada" in words:
        _fact(table, "ada", head.ada, say("its number on Diavgeia") + _told(words, "ada"), '"…"')
    if head.marking:
        _fact(table, "marking", list(head.marking), say("urgency, classification, correction"), "")
    _fact(table, "sender", list(head.sender), say("the units above the text"), '["ΥΠΟΥΡΓΕΙΟ …", "Τμήμα …"]')
    _fact(
        table,
        "contacts",
        [_person(p) for p in head.contacts],
        say("whom to call") + _told(words, "contacts"),
        '[{ name = "Τμήμα …", phone = "213 000 0000" }]',
    )
    _fact(table, "details", list(head.details), say("address, fax, e-mail, site"), '["Ταχ. Δ/νση: …"]')
    _fact(table, "place", head.place, say("where it was signed"), '"Αθήνα"')
    _fact(table, "date", head.date, say("when it was signed") + _told(words, "date"), "2020-11-17")
    _fact(table, "protocol", head.protocol, say("its number") + _told(words, "protocol"), '"78411"')
    _fact(
        table,
        "recipients",
        list(head.recipients),
        say("whom it goes to") + _told(words, "recipients"),
        '["Δήμους της Χώρας"]',
    )
    _fact(table, "subject", head.subject, say("what it is about") + _told(words, "subject"), '"…"')
    signatory = {k: v for k, v in (("title", head.signatory_title), ("name", head.signatory_name)) if v}
    signs = _inline(signatory) if signatory else None
    _fact(table, "signatory", signs, say("who signs"), '{ title = "…", name = "…" }')
    _fact(
        table,
        "attachments",
        list(head.attachments),
        say("as the document names them") + _told(words, "attachments"),
        '["Παράρτημα"]',
    )
    _fact(
        table,
        "distribution",
        list(head.distribution),
        say("inside the office") + _told(words, "distribution"),
        '["Γραφείο …"]',
    )
    return table


def _person(person: Person) -> tomlkit.items.InlineTable:
    return _inline({"name": person.name, "phone": person.phone})


def _inline(values: Mapping[str, str]) -> tomlkit.items.InlineTable:
    table = tomlkit.inline_table()
    table.update(dict(values))
    return table
