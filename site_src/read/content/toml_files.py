"""Read the facts of site.toml and of campaign.toml."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from site_src.files.htpasswd import KINDS
from site_src.language.catalogues import LANGUAGES
from site_src.language.say import say, say_day, say_list
from site_src.problems import Place, Problems, Topic
from site_src.read import settings
from site_src.read.agency import is_username
from site_src.read.content.enclosures import read_logo
from site_src.read.content.toml_table import UNREAD, TomlTable

SITE_FILE, CAMPAIGN_FILE = "site.toml", "campaign.toml"

# Apache replaces these inside a quoted text: ${NAME}, and in a realm also %{VARIABLE}, $1 and the backslash.
_COMMAND = re.compile(r"\\|[$%]\{|\$[0-9&]")

_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")

# The least that an access code may have: a thief of the password file can guess offline.
CODE_BITS_MIN = 75
CODE_SYMBOLS_MIN = 16

# The letter shows a code on one line; bcrypt reads no more than 72 bytes either.
CODE_LENGTH_MAX = 30

# Each text holds symbols that people take for one another, in Latin or beside Greek letters.
LOOK_ALIKES = ("0OoQ", "0OoD", "1Il", "2Zz", "5Ss", "6Gb", "8B", "UVuv", "CcG", "9gq", "WwVv", "Jj")
GREEK_TWINS = "ABEHIKMNOPTXYZabehikmnoptuvwxyzc"


def read_site(content: Path, problems: Problems) -> settings.Site:
    """Return the facts of site.toml; a missing or unreadable one is a problem, and a default replaces it."""
    table = TomlTable.load(content / SITE_FILE, problems)
    site = settings.Site(
        title=table.text("title", UNREAD, required=True),
        operator=table.text("operator", UNREAD, required=True),
        language=table.choice("language", LANGUAGES),
        contact=table.table("contact").filled(settings.Office),
        server=_server(table.table("server")),
        logo=read_logo(logo, content, table.problems) if (logo := table.text("logo")) else None,
        links=tuple(_links(table)),
        sample=table.flag("sample"),
    )
    table.finish()
    check_server(site, table.problems)
    return site


def _links(site: TomlTable) -> Iterator[settings.Link]:
    """Yield the links of the footer; each has a name and an address on another site."""
    for item in site.tables("links"):
        if isinstance(item, str):
            hint = say('write links = [{ name = "…", address = "https://…" }]')
            site.error("links", say("expected a name and an address"), hint, item)
            continue
        link = settings.Link(item.text("name", required=True), item.text("address", required=True))
        if link.address and not settings.origin_of(link.address):
            message = say("expected an address that begins with https:// or http://")
            item.error("address", message, say('write address = "https://…"'), link.address)
        yield link


def _server(table: TomlTable) -> settings.Server:
    hashed, others = table.choice("hash", tuple(KINDS)), table.choice("other_users", ("keep", "drop"))
    prefix = table.text("url_prefix").rstrip("/")
    return table.filled(settings.Server, hash=hashed, other_users=others, url_prefix=prefix)


def check_server(site: settings.Site, problems: Problems) -> None:
    """Report each setting that would mean something else to a web server than to its author."""
    path, realm, prefix = site.server.password_file, shown_realm(site), site.server.url_prefix

    def refuse(key: str, value: str, message: str, hint: str) -> None:
        problems.error(Topic.SETTING, message, hint=hint, at=Place(SITE_FILE, cell=f"server.{key}"), value=value)

    for key, value in (("password_file", path), ("realm", realm)):
        if _COMMAND.search(value):
            message = say(
                "a web server would take a part of this for a command: a backslash, ${, %{ or $ before a digit"
            )
            refuse(key, value, message, say('write {key} = "…" without these characters', key=key))
        if not value.isprintable():
            hint = say("type it again: it holds characters that cannot be seen")
            refuse(key, value, say("expected plain text on one line"), hint)
    if path and not path.startswith("/"):
        hint = say('write the whole path, for example password_file = "/etc/nginx/htpasswd"')
        refuse("password_file", path, say("expected a path on the web server that begins with /"), hint)
    hint = say('write a realm that names the site, for example realm = "Download area"')
    if realm != UNREAD and not any(character.isalnum() for character in realm):
        refuse("realm", realm, say("expected words that people can read"), hint)
    if realm.casefold() == "off":
        refuse("realm", realm, say("nginx takes this word for «no login»"), hint)
    if not _PREFIX.fullmatch(prefix):
        message = say("expected a path such as /codes: Latin letters, digits and hyphens, no dot in front")
        hint = say('write url_prefix = "/codes", or leave it out where the area lies at the root')
        refuse("url_prefix", prefix, message, hint)


def shown_realm(site: settings.Site) -> str:
    """Return what the browser shows above the login: the realm, or else the title on one line."""
    text = site.server.realm or "".join(c if c.isprintable() else " " for c in site.title)
    return " ".join(text.split())


def read_campaign(folder: Path, problems: Problems) -> settings.Campaign:
    """Return the facts of one campaign.toml; a missing or unreadable one is a problem, and a default replaces it."""
    table = TomlTable.load(folder / CAMPAIGN_FILE, problems)
    campaign = settings.Campaign(
        slug=folder.name,
        path=folder,
        folder=table.text("folder", UNREAD, required=True),
        deadline=table.day("deadline", required=True) or date.max,
        effective=table.day("effective", required=True) or date.max,
        files_until=table.day("files_until"),
        keeps_code=table.texts("keeps_code"),
        circular=_letterhead(table.table("circular")),
        code=_code_policy(table.table("code")),
        columns=_columns(table.table("annex")),
        reissue=_reissue(table.table("reissue")),
    )
    table.finish()
    _check_days(campaign, table)
    return campaign


def _check_days(campaign: settings.Campaign, table: TomlTable) -> None:
    if date.max in {campaign.deadline, campaign.effective}:
        return  # missing, and reported
    if campaign.deadline >= campaign.effective:
        first = say_day(campaign.effective)
        message = say("the deadline is not before the first day of the new codes ({day})", day=first)
        hint = say("whoever collects the code on the last day needs it the day after: check both dates")
        at = table.place("deadline")
        table.problems.warning(Topic.SETTING, message, hint=hint, at=at, value=str(campaign.deadline))
    if campaign.files_until and campaign.files_until < (last := max(campaign.deadline, campaign.eve)):
        message = say(
            "the round is over before its deadline, or before the last day of the old codes ({day})", day=say_day(last)
        )
        at = table.place("files_until")
        hint = say("give that day or a later one: whatever changes after files_until, an address too, is not built")
        table.problems.warning(Topic.SETTING, message, hint=hint, at=at, value=str(campaign.files_until))


def _letterhead(table: TomlTable) -> settings.Letterhead:
    signatory = table.table("signatory")
    title, name = signatory.text("title"), signatory.text("name")
    contacts = tuple(map(_person, table.tables("contacts")))
    letterhead = table.filled(settings.Letterhead, contacts=contacts, signatory_title=title, signatory_name=name)
    for key in ("protocol", "date", "subject"):
        if not getattr(letterhead, key):
            message = say("this is missing: the circular's page and the letters will not show it")
            hint = say("write {key} = … under [circular]", key=key)
            table.problems.warning(Topic.SETTING, message, hint=hint, at=table.place(key))
    if len(letterhead.subject) > settings.SUBJECT_LONGEST:
        message = say(
            "this subject is longer than {most} characters, so that it may hold the text", most=settings.SUBJECT_LONGEST
        )
        hint = say("leave the subject's own words here, and move the rest to the beginning of circular.md")
        table.error("subject", message, hint, letterhead.subject)
    return letterhead


def _person(item: TomlTable | str) -> settings.Person:
    if not isinstance(item, str):
        return item.filled(settings.Person)
    name, _, phone = item.rpartition(":")
    return settings.Person(name.strip() or phone.strip(), phone.strip() if name else "")


def _columns(table: TomlTable) -> dict[str, str]:
    return {column.value: text for column in settings.Column if (text := table.text(column))}


def _reissue(table: TomlTable) -> dict[str, int]:
    generations = {}
    for username in table.keys:
        if not is_username(username):
            message = say("expected a user name of 12 digits")
            table.error(username, message, say('write "205518873364" = 2'), username)
        generations[username] = table.whole(username, 1, least=1)
    return generations


def _code_policy(table: TomlTable) -> settings.CodePolicy:
    """Return the policy as the table has it; one that is too weak or misleading is a problem at its key."""
    policy = table.filled(settings.CodePolicy)
    _check_alphabet(policy, table)
    symbols = policy.groups * policy.group_length
    length = symbols + policy.groups - 1
    bits = symbols * math.log2(max(len(set(policy.alphabet)), 1))
    if length <= CODE_LENGTH_MAX and symbols >= CODE_SYMBOLS_MIN and bits >= CODE_BITS_MIN:
        return policy
    limits = {"most": CODE_LENGTH_MAX, "least_symbols": CODE_SYMBOLS_MIN, "least_bits": CODE_BITS_MIN}
    message = say(
        "such a code is {length} characters long and has {symbols} symbols and {bits} bits: expected {most} characters "
        "or fewer, hyphens included, and {least_symbols} symbols and {least_bits} bits or more",
        length=length,
        symbols=symbols,
        bits=round(bits),
        **limits,
    )
    table.error("groups", message, say("ask for another number of groups, or leave [code] out"), policy.groups)
    return settings.CodePolicy()


def _check_alphabet(policy: settings.CodePolicy, table: TomlTable) -> None:
    alphabet = policy.alphabet
    hint = say("leave the key out to use the built-in alphabet")
    if len(set(alphabet)) != len(alphabet) or not (alphabet.isascii() and alphabet.isalnum()):
        table.error("alphabet", say("expected different ASCII letters and digits"), hint, alphabet)
    for alike in LOOK_ALIKES:
        twins = [symbol for symbol in alphabet if symbol in alike]
        if len(twins) > 1:
            message = say("people take {symbols} for one another", symbols=say_list(twins))
            table.error("alphabet", message, hint, alphabet)
    greek = [symbol for symbol in alphabet if symbol in GREEK_TWINS]
    if greek:
        message = say("these look like Greek letters: {symbols}", symbols=" ".join(greek))
        table.error("alphabet", message, hint, alphabet)
