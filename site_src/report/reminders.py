"""Drafts of reminders to agencies that have not collected their letter. Staff send them; Thyrida never sends anything.

A draft has no code and no attachment: the days, and where the circular is. Its text is ``reminder.md`` of the campaign,
or the template of the site's language, with the placeholders of the circular and a few of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path

from site_src.files.private import REMINDERS_FOLDER, make_private_folder, put_private
from site_src.files.text import read_text
from site_src.folders import TEMPLATES
from site_src.language.catalogues import Words
from site_src.language.greek import fold, one_line
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.read.agency import Agency
from site_src.read.circular.placeholders import Sandbox, fill_in
from site_src.read.circular.render import TITLE, campaign_facts, named, warn_of_html
from site_src.read.inputs import REMINDER, CircularInputs, Inputs
from site_src.read.settings import Campaign, Site
from site_src.report.collection import Report, by_name

SHEET_NAME = "mail-merge.xlsx"
SUPERVISED, ENDING = "-supervised", ".eml"
_DRAFT = re.compile(rf"\d{{12}}(?:{SUPERVISED})?{re.escape(ENDING)}")
SEVERAL = 2  # agencies under one supervisor, from which on it gets a text of its own


@dataclass(frozen=True)
class Reminders:
    """The drafts and their table by name: each agency's is called after its user name.

    ``supervisors`` has each of those who get one for several agencies, their number, and the draft's name.
    """

    files: Mapping[str, bytes] = field(repr=False)
    supervisors: Sequence[tuple[Agency, int, str]]

    @property
    def count(self) -> int:
        """Return how many drafts there are."""
        return len(self.files) - 1


@dataclass(frozen=True)
class _Text:
    """A text with what its placeholders stand for, but for the agency."""

    source: str
    facts: Mapping[str, object]
    sandbox: Sandbox

    def draft(
        self, agency: Agency, problems: Problems, supervised: Sequence[Agency] = (), *, has_void: bool = False
    ) -> bytes:
        """Return the text for one agency as a message that mail programs open for sending; mistakes are reported."""
        sandbox, words, own = self.sandbox, self.sandbox.words, Problems()
        facts = {
            **self.facts,
            "agency": named(agency, words),
            "supervised": tuple(named(each, words) for each in supervised),
            "has_void": "1" if has_void else "",
        }
        text = sandbox.expand(fill_in(self.source, facts, sandbox, own))
        heading = TITLE.match(text)
        if not (heading or own.has_errors):
            message = say("the reminder has no heading, which is the subject of the message")
            hint = say('begin the text with a line such as "# Reminder: new access code"')
            own.error(Topic.TEXT, message, hint=hint, at=Place(file=REMINDER))
        own.rename_files(lambda _: REMINDER)
        known = problems.all()
        problems.extend([each for each in own.all() if each not in known])  # of one text, so mostly the same
        return _message(agency, heading["title"], text[heading.end() :]) if heading else b""


def check_reminder(inputs: CircularInputs, site: Site, words: Words, problems: Problems) -> None:
    """Report what is wrong with a campaign's own text, as it would be for the first agency of the annex."""
    path, own = inputs.campaign.path / REMINDER, Problems()
    if path.is_file() and inputs.agencies:
        text = _read(path, inputs.campaign, site, words, own)
        if not own.has_errors:
            text.draft(inputs.agencies[0], own)
        problems.extend(own.all())


def _read(path: Path, campaign: Campaign, site: Site, words: Words, problems: Problems) -> _Text:
    """Return the text in the file, and report what nobody should send; an empty one where it cannot be read."""
    source = read_text(path, problems) or ""
    warn_of_html(source, REMINDER, problems)
    address = f"{site.server.root}circulars/{campaign.slug}/" if site.server.root else ""
    return _Text(source, campaign_facts(campaign, site) | {"address": address}, Sandbox(words))


def make_reminders(report: Report, inputs: Inputs, problems: Problems) -> Reminders | None:
    """Return a draft for each agency that has not collected, and for those who supervise several of them.

    Once the letters have left the site there are none, but a warning. Raises InputError with every mistake in the text.
    """
    (given,) = inputs.all
    if given.campaign.is_over_on(report.day):
        message = say("no reminders were drafted: they would ask for letters that have left the site")
        hint = say("call those whom report.xlsx names")
        at = Place(file="campaign.toml", cell="files_until")
        problems.warning(Topic.SETTING, message, hint=hint, at=at, value=str(given.campaign.files_until))
        return None
    own = given.campaign.path / REMINDER
    path = own if own.is_file() else TEMPLATES / "reminder" / f"{inputs.site.language}.md"
    text = _read(path, given.campaign, inputs.site, inputs.words, problems)
    problems.stop_on_errors()
    missing = [each.agency for each in report.missing]
    files, supervisors = {}, []
    for each in report.missing:
        files[f"{each.agency.username}{ENDING}"] = text.draft(each.agency, problems, has_void=each.has_void)
        problems.stop_on_errors()  # of one text, whose mistakes are the same for all
    for supervisor, agencies in _supervised(given.agencies, missing):
        name = f"{supervisor.username}{SUPERVISED}{ENDING}"
        files[name] = text.draft(supervisor, problems, agencies)
        supervisors.append((supervisor, len(agencies), name))
    problems.stop_on_errors()
    files[SHEET_NAME] = _sheet(missing, text.facts, inputs.words)
    return Reminders(files, tuple(supervisors))


def write_reminders(reminders: Reminders, private: Path) -> None:
    """Write the drafts into the folder of reminders; those of the last time go, and what else is there stays."""
    folder = private / REMINDERS_FOLDER
    make_private_folder(folder)
    put_private({folder / name: content for name, content in reminders.files.items()})
    for path in folder.iterdir():
        if _DRAFT.fullmatch(path.name) and path.name not in reminders.files:
            path.unlink()


def _message(agency: Agency, subject: str, text: str) -> bytes:
    """Return a message without sender, day and identity, which the mail program adds when it is sent.

    Without an address it has no field for one (RFC 5322, section 3.4, allows none that is empty): staff fill it in.
    """
    to = ", ".join(agency.emails)
    # Letters of an address are in no code (RFC 2047, section 5); where there are none, older mail programs are served.
    message = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    message["X-Unsent"] = "1"  # Outlook and Thunderbird then open it for sending
    if to:
        message["To"] = to
    # A paragraph may be longer than a line of a message (RFC 5322, section 2.1.1), and is not to be broken.
    message.set_content(re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", cte="quoted-printable")
    # EmailMessage itself breaks a long subject so that a blank is lost (python/cpython, issue 92081), or in later
    # versions of Python so that Yahoo refuses the message (issue 144156).
    head = Header(one_line(subject), "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {head}\r\n".encode() + message.as_bytes()


def _supervised(agencies: Sequence[Agency], missing: Sequence[Agency]) -> list[tuple[Agency, list[Agency]]]:
    """Return each agency of the annex that supervises several of the missing ones, if its name is its alone."""
    named, below = by_name(agencies), defaultdict(list)
    for agency in missing:
        below[fold(one_line(agency.parent))].append(agency)
    found = ((named.get(parent, ()), children) for parent, children in below.items() if len(children) >= SEVERAL)
    return [(bearers[0], children) for bearers, children in found if len(bearers) == 1]


def _sheet(missing: Sequence[Agency], facts: Mapping[str, object], words: Words) -> bytes:
    """Return a table for the mail merge of an office program: an agency a row, with all that a text may name."""
    from site_src.files.workbooks import add_table, new_workbook, saved

    _, book = words.gettext, new_workbook(write_only=True)
    columns = (
        (_("Agency"), 60), (_("Parent body"), 44), (_("User name"), 16), (_("E-mail addresses"), 60),
        (_("Telephone"), 20), (_("Collect by"), 20), (_("The circular"), 50),
    )  # fmt: skip
    shared = (words.date(facts["deadline"]), str(facts["address"]))  # type: ignore[arg-type]  # a day, as every campaign has
    rows = ((each.name, each.parent, each.username, "; ".join(each.emails), each.phones, *shared) for each in missing)
    add_table(book, _("Reminders"), columns, rows)
    return saved(book)
