"""What staff put into ``content/``: the site, its campaigns, and the files that lie with them."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING

from site_src.agency import is_username
from site_src.content.misnamed import hint_of_missing
from site_src.content.toml_table import TomlTable
from site_src.language.say import say, say_day, say_list
from site_src.private import SERVER_FOLDER
from site_src.problems import Place, Problems, Topic
from site_src.server import check_server
from site_src.settings import Campaign, CodePolicy, Letterhead, Office, Person, Server, Site

if TYPE_CHECKING:
    from pathlib import Path

SLUG_LONGEST = 60
SLUG = re.compile(rf"[a-z0-9](?:[a-z0-9-]{{0,{SLUG_LONGEST - 2}}}[a-z0-9])?")
ANNEX_ENDINGS = (".xlsx", ".xls", ".ods", ".csv")

# Stands in for a title, operator or folder that cannot be read, so that all else is still read and told.
UNREAD = "-"

# The least that an access code may have: whoever steals the password file can guess offline.
CODE_BITS_MIN = 75
CODE_SYMBOLS_MIN = 16

# The letter shows a code on one line; bcrypt reads no more than 72 bytes either.
CODE_LENGTH_MAX = 30

# Each text holds symbols that people take for one another, in Latin or beside Greek letters.
LOOK_ALIKES = ("0OoQ", "0OoD", "1Il", "2Zz", "5Ss", "6Gb", "8B", "UVuv", "CcG", "9gq", "WwVv", "Jj")
GREEK_TWINS = "ABEHIKMNOPTXYZabehikmnoptuvwxyzc"


def read_site(content: Path, problems: Problems) -> Site:
    """The facts of site.toml; what is missing or cannot be read is a problem, and something stands in for it."""
    path = content / "site.toml"
    if path.is_file():
        table = TomlTable.load(path, problems)
    else:
        message = say("there is no site.toml in the content folder")
        hint = say("`python3 build.py new SLUG --annex FILE --circular FILE` writes one; or copy the sample's")
        problems.error(Topic.FILE, message, hint=hint_of_missing(path, hint), at=Place(file=path.name))
        table = TomlTable({}, path.name, Problems())
    site = Site(
        title=table.text("title", UNREAD, required=True),
        operator=table.text("operator", UNREAD, required=True),
        language=_choice(table, "language", ("el", "en")),
        contact=_office(table),
        server=_server(table.table("server")),
    )
    table.finish()
    check_server(site, table.problems, Place(file=path.name))
    return site


def _choice(table: TomlTable, key: str, choices: tuple[str, ...]) -> str:
    value = table.text(key, choices[0])
    if value not in choices:
        message = say("expected one of {choices}", choices=", ".join(choices))
        table.error(key, message, say('write {key} = "{value}"', key=key, value=choices[0]), value)
        return choices[0]
    return value


def _office(site: TomlTable) -> Office:
    """Whom to call: the table ``[contact]``, or one text that is the unit alone."""
    if site.is_text("contact"):
        return Office(unit=site.text("contact"))
    table = site.table("contact")
    office = Office(
        unit=table.text("unit"),
        phones=table.texts("phones"),
        email=table.text("email"),
        address=table.text("address"),
    )
    table.finish()
    return office


def _server(table: TomlTable) -> Server:
    server = Server(
        address=table.text("address"),
        password_file=table.text("password_file"),
        realm=table.text("realm"),
        url_prefix=table.text("url_prefix").rstrip("/"),
        other_users=_choice(table, "other_users", ("keep", "drop")),
    )
    table.finish()
    return server


def read_text(path: Path, problems: Problems) -> str | None:
    """A text file that staff wrote, in UTF-8 with or without a byte-order mark; None, with a problem, if it is none.

    Its lines end as on Linux, whatever editor wrote it.
    """
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        hint = say("save the file again with encoding UTF-8")
        problems.error(Topic.FILE, say("this is not UTF-8 text"), hint=hint, at=Place(file=path.name))
        return None


def campaign_folders(content: Path, problems: Problems) -> tuple[Path, ...]:
    """The campaigns' folders in the order of their names: those that hold a campaign.toml or an annex."""
    if not content.is_dir():
        hint = say("give the folder that holds site.toml with --content")
        problems.error(Topic.FILE, say("there is no such content folder"), hint=hint, at=Place(file=str(content)))
        return ()
    folders = sorted(path for path in content.iterdir() if path.is_dir() and not path.name.startswith("."))
    found = tuple(path for path in folders if (path / "campaign.toml").exists() or annexes_in(path))
    for path in found:
        if not SLUG.fullmatch(path.name) or path.name == SERVER_FOLDER:
            message = say(
                "this name stands in web addresses: expected lower-case Latin letters, digits and hyphens between "
                'them, at most {most}, and not "{taken}"',
                most=SLUG_LONGEST,
                taken=SERVER_FOLDER,
            )
            hint = say('rename the folder, for example to "2020-11-access-codes"')
            problems.error(Topic.FILE, message, hint=hint, at=Place(file=path.name), value=path.name)
    return found


def annexes_in(folder: Path) -> list[Path]:
    """The files of a campaign's folder that are named as an annex is; exactly one is right."""
    return sorted(
        path for path in folder.iterdir() if path.stem.lower() == "annex" and path.suffix.lower() in ANNEX_ENDINGS
    )


def find_annexes(campaign: Campaign, problems: Problems) -> tuple[Path, ...]:
    """The campaign's annex; none or several are a problem."""
    found = annexes_in(campaign.path)
    at = Place(file="annex.*", cell=", ".join(path.name for path in found), campaign=campaign.slug)
    if not found:
        hint = say("put the spreadsheet there as annex.xlsx, annex.xls, annex.ods or annex.csv")
        for ending in ANNEX_ENDINGS:
            hint = hint_of_missing(campaign.path / f"annex{ending}", hint)
        problems.error(Topic.FILE, say("there is no annex in the campaign's folder"), hint=hint, at=at)
    elif len(found) > 1:
        hint = say("keep exactly one of these files")
        problems.error(Topic.FILE, say("there are several annexes"), hint=hint, at=at)
    return tuple(found)


def read_campaign(folder: Path, problems: Problems) -> Campaign:
    """The facts of one campaign.toml; each that is missing or cannot be read is a problem, and something stands in."""
    table = TomlTable.load(folder / "campaign.toml", problems)
    campaign = Campaign(
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


def _check_days(campaign: Campaign, table: TomlTable) -> None:
    if date.max in {campaign.deadline, campaign.effective}:
        return  # missing, and said so
    if campaign.deadline >= campaign.effective:
        first = say_day(campaign.effective)
        message = say("the deadline is not before the first day of the new codes ({day})", day=first)
        hint = say("whoever collects the code on the last day needs it the day after: check both dates")
        at = table.place("deadline")
        table.problems.warning(Topic.SETTING, message, hint=hint, at=at, value=str(campaign.deadline))
    if campaign.files_until and campaign.files_until < campaign.deadline:
        message = say("the archives leave the site before the deadline ({day})", day=say_day(campaign.deadline))
        at = table.place("files_until")
        hint = say("check both dates")
        table.problems.warning(Topic.SETTING, message, hint=hint, at=at, value=str(campaign.files_until))


def _letterhead(table: TomlTable) -> Letterhead:
    title, name = _signatory(table)
    day = table.day("date")
    letterhead = Letterhead(
        protocol=table.text("protocol"),
        date=day,
        place=table.text("place"),
        subject=table.text("subject"),
        sender=table.texts("sender"),
        contacts=_people(table),
        details=table.texts("details"),
        recipients=table.texts("recipients"),
        signatory_title=title,
        signatory_name=name,
        attachments=table.texts("attachments"),
        distribution=table.texts("distribution"),
    )
    for key, value in (("protocol", letterhead.protocol), ("date", day), ("subject", letterhead.subject)):
        if not value:
            message = say("this is missing: the circular's page and the letters will not show it")
            hint = say("write {key} under [circular]", key=key)
            table.problems.warning(Topic.SETTING, message, hint=hint, at=table.place(key))
    table.finish()
    return letterhead


def _signatory(table: TomlTable) -> tuple[str, str]:
    """The title and name of who signs: a table, or one text that is the title alone."""
    if table.is_text("signatory"):
        return table.text("signatory"), ""
    inner = table.table("signatory")
    title, name = inner.text("title"), inner.text("name")
    inner.finish()
    return title, name


def _people(table: TomlTable) -> tuple[Person, ...]:
    people = []
    for item in table.tables("contacts"):
        if isinstance(item, str):
            name, _, phone = item.rpartition(":")
            people.append(Person(name.strip() or phone.strip(), phone.strip() if name else ""))
        else:
            people.append(Person(item.text("name"), item.text("phone")))
            item.finish()
    return tuple(people)


def _columns(table: TomlTable) -> dict[str, str]:
    names = ("username", "name", "kind", "parent", "email", "status", "notes")
    columns = {name: text for name in names if (text := table.text(name))}
    table.finish()
    return columns


def _reissue(table: TomlTable) -> dict[str, int]:
    generations = {}
    for username in table.keys():  # noqa: SIM118 (a TomlTable is no dict)
        if not is_username(username):
            message = say("expected a user name of 12 digits")
            table.error(username, message, say('write "205518873364" = 2'), username)
        generations[username] = table.whole(username, 1, least=1)
    return generations


def _code_policy(table: TomlTable) -> CodePolicy:
    usual = CodePolicy()
    policy = CodePolicy(
        groups=table.whole("groups", usual.groups, least=1),
        group_length=table.whole("group_length", usual.group_length, least=1),
        alphabet=table.text("alphabet", usual.alphabet),
    )
    table.finish()
    _check_alphabet(policy, table)
    symbols = policy.groups * policy.group_length
    length = symbols + policy.groups - 1
    if length > CODE_LENGTH_MAX:
        message = say(
            "such a code is {length} characters long: expected {most} or fewer, hyphens included",
            length=length,
            most=CODE_LENGTH_MAX,
        )
        table.error("groups", message, say("ask for fewer groups, or leave [code] out"), policy.groups)
        return usual
    bits = symbols * math.log2(max(len(set(policy.alphabet)), 1))
    if symbols < CODE_SYMBOLS_MIN or bits < CODE_BITS_MIN:
        message = say(
            "such a code has {symbols} symbols and {bits} bits: expected {least_symbols} symbols and {least_bits} bits "
            "or more",
            symbols=symbols,
            bits=round(bits),
            least_symbols=CODE_SYMBOLS_MIN,
            least_bits=CODE_BITS_MIN,
        )
        table.error("groups", message, say("ask for more groups, or leave [code] out"), policy.groups)
    return policy


def _check_alphabet(policy: CodePolicy, table: TomlTable) -> None:
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
