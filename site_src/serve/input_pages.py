"""Show and take what staff correct: the annex, the facts of campaign and site, and the text."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import tomlkit

from site_src.commands.check_report import by_cell, check_sheet, sheets_of
from site_src.commands.messages import counted
from site_src.files.disk import put
from site_src.files.htpasswd import PasswordFile
from site_src.files.private import CURRENT_FILE, CURRENT_NAME, put_private
from site_src.files.text import decode
from site_src.language.greek import fold
from site_src.language.say import say, say_day
from site_src.new.campaign_files import Keepers, campaign_toml, site_toml
from site_src.new.circular_text import read_circular
from site_src.new.draft import Draft, check_ending
from site_src.problems import Problem, Problems, UsageError, count_errors
from site_src.publish.publish import locked
from site_src.read.agency import status_counts
from site_src.read.annex import read_annex
from site_src.read.annex.sheets.grid import Sheet, column_letters
from site_src.read.circular import FILE as TEXT
from site_src.read.circular.render import campaign_facts
from site_src.read.content.campaign_folder import ANNEX_ENDINGS, annexes_in
from site_src.read.content.toml_files import CAMPAIGN_FILE, SITE_FILE
from site_src.read.content.toml_table import UNREAD, change, parse_day, parsed, value_of
from site_src.read.settings import Letterhead
from site_src.serve.preview import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from site_src.serve.desk import Desk, Form

PARTS = ("name", "address", "phone")  # of an entry that is a table, in the order of the line that shows it
PASSWORDS, TEXT_FIELD = f"{CURRENT_FILE}:", f"{TEXT}:"  # fields beside those of keys
PORTAL, LOGO = f"{SITE_FILE}:server.address", f"{SITE_FILE}:logo"
ROWS_SHOWN = 50  # of a sheet, errors first: nobody reads more at once, and the search finds each

_KEY = re.compile(r"(?:# )?([\w.]+) = (.+?) +# (.+)")  # in a draft, with an example or a value and its meaning


def is_about_annex(problem: Problem) -> bool:
    """Return whether a problem is mended on this page; all others are mended with the facts."""
    return problem.at.file.startswith("annex.")


def show_annex(desk: Desk, slug: str, query: Mapping[str, str]) -> Answer:
    """Return the staff's own rows, those with problems first, each with its messages in their cells."""
    annex, sheets = sheets_of(desk.campaigns[slug].campaign.path)
    found, asked = desk.problems(slug), query.get("q", "")
    problems = [each for each in found if is_about_annex(each)]
    marked = sorted(((sheet, by_cell(sheet, problems, annex)) for sheet in sheets), key=lambda pair: not pair[1])
    in_cells = {id(each) for _, cells in marked for found in cells.values() for each in found}
    return desk.page(
        "annex",
        say("The annex"),
        slug=slug,
        asked=asked,
        agencies=counted(status_counts(agency.status for agency in desk.campaigns[slug].agencies)),
        problems=problems,
        has_errors=count_errors(problems),
        elsewhere=[each for each in found if not is_about_annex(each)],
        others=[each for each in problems if id(each) not in in_cells],
        tables=[_table(sheet, cells, asked) for sheet, cells in marked],
        endings=",".join(ANNEX_ENDINGS),
    )


def show_marked(desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    """Return the marked workbook, as `check --report` writes it."""
    annex, sheets = sheets_of(desk.campaigns[slug].campaign.path)
    return Answer(200, check_sheet(sheets, desk.problems(slug), annex), download=f"{slug}-annex-marked.xlsx")


def _table(sheet: Sheet, marked: Mapping[tuple[int, int], Sequence[Problem]], asked: str) -> dict[str, object]:
    """Return the rows of a sheet that a search finds, those with errors first, and how many found no room.

    Only columns that hold something are shown.
    """
    columns = sorted({column for cells in sheet.rows.values() for column in cells} | {column for _, column in marked})
    bad, wrong = {row for row, _ in marked}, {row for (row, _), found in marked.items() if count_errors(found)}
    words, found = fold(asked).split(), []
    for row in sorted(bad | sheet.rows.keys(), key=lambda row: (row not in wrong, row not in bad, row)):
        cells = sheet.rows.get(row, {})
        line = fold(" ".join(cell.line for cell in cells.values()))
        if all(word in line for word in words):
            # Of cells that are merged across, the first alone: the reader has the text in each.
            texts = {column: cell.text for column, cell in cells.items() if cell.origin[1] == column}
            found.append((row, [(texts.get(column, ""), marked.get((row, column), ())) for column in columns]))
    letters, left_out = [*map(column_letters, columns)], max(len(found) - ROWS_SHOWN, 0)
    return {"title": sheet.title, "letters": letters, "rows": found[:ROWS_SHOWN], "left_out": left_out}


def replace_annex(desk: Desk, slug: str, form: Form) -> str:
    """Put a corrected annex in the place of the last one, unless no agency can be read from it."""
    campaign, upload, problems = desk.campaigns[slug].campaign, form.annex(), Problems()
    target = campaign.path / f"annex{upload.ending}"
    check_ending(target)
    with desk.as_files({"annex": upload}) as paths:
        if not read_annex(paths["annex"], campaign, problems):
            problems.stop_on_errors()
        before = annexes_in(campaign.path)
        put_private({target: upload.content})
        for path in before:
            if path.exists() and not path.samefile(target):  # a disk that ignores case has one file for both names
                path.unlink()
    desk.preview.refresh()
    _draft(desk, slug)
    return f"{slug}/annex"


@dataclass(frozen=True)
class Field:
    """A key of a file in the form, and its value there; ``example`` has the type of its values."""

    id: str
    file: str
    key: str
    group: str
    label: str
    example: Any
    value: str

    @property
    def is_list(self) -> bool:
        """Return whether it has an entry on each line."""
        return isinstance(self.example, list)

    @property
    def hint(self) -> str:
        """Return the day as it was understood, or else how to fill it in."""
        if isinstance(self.example, date) and (day := _day(self.value)):
            return say_day(day)
        example = _shown(self.example).split("\n")[0]
        hints = [say("Each on a line of its own.")] if self.is_list else []
        return " ".join([*hints, say("For example: {example}", example=example)] if example.strip("…") else hints)

    def read(self, text: str) -> object:
        """Return a text of the form as TOML has it; what cannot be meant stays a text, which `check` reports."""
        if isinstance(self.example, date):
            return _day(text) or text
        if self.is_list and text:
            lines = text.split("\n")
            array = tomlkit.array().multiline(len(lines) > 1)
            array.extend(map(self._entry, lines))
            return array
        return text

    def _entry(self, line: str) -> object:
        first, colon, last = line.rpartition(": ")
        is_table = colon and isinstance(next(iter(self.example), ""), Mapping)
        return dict(zip(self.example[0], (first, last), strict=True)) if is_table else line


def _fields(paths: Mapping[str, Path]) -> Iterator[Field]:
    """Yield a field for each key that `new` explains: its meaning there is the label here."""
    drafts = {CAMPAIGN_FILE: campaign_toml(read_circular(None), Keepers()), SITE_FILE: site_toml(Letterhead())}
    for file, draft in drafts.items():
        document, table = parsed(paths[file]), ""
        for line in draft.splitlines():
            if line.startswith("["):
                table = f"{line.strip('[]')}."
            elif found := _KEY.fullmatch(line):
                key, example, meaning = f"{table}{found[1]}", tomllib.loads(f"x = {found[2]}")["x"], found[3]
                label = meaning.removesuffix(say("{meaning}: fill this in", meaning=""))
                name, value = f"{file}:{key}", _plain(_shown(value_of(document, key)))
                group = f"{SITE_FILE}:" if name == PORTAL else f"{file}:{table}"  # staff know it, and not the rest
                yield Field(name, file, key, group, label[0].upper() + label[1:], example, value)


def show_facts(desk: Desk, slug: str, query: Mapping[str, str]) -> Answer:
    """Return the form, with what `check` says beside each field, and all of it above."""
    draft, paths = _draft(desk, slug), _paths(desk, slug)
    fields, problems = [*_fields(paths)], [each for each in desk.problems(slug) if not is_about_annex(each)]
    labels = {TEXT_FIELD: say("The text"), PASSWORDS: say("A copy of the server's password file")}
    logo = say("Put the file (SVG or PNG) into the folder {folder}, and write its name here.", folder=desk.content)
    hints, found = {each.id: each.hint for each in fields} | {LOGO: logo}, dict[str, list[Problem]]()
    if draft and draft.found and (portal := draft.found.text.portal):
        hints[PORTAL] = say("The first address in the circular: {address}", address=portal)
    for each in problems:
        name = f"{each.at.file}:{each.at.cell.partition('[')[0]}"  # a list has one field for all its entries
        found.setdefault(name, []).append(each)
    return desk.page(
        "facts",
        say("Facts and text"),
        slug=slug,
        is_saved="saved" in query,
        has_errors=count_errors(desk.problems(slug)),
        draft=draft,
        fields=fields,
        labels=labels | {each.id: each.label for each in fields},
        hints=hints,
        problems=problems,
        found=found,
        passwords=PASSWORDS,
        version=_version(paths),
        text=decode(_read(paths[TEXT])),
        preview=desk.campaigns[slug].circular.html,
        placeholders=_placeholders(desk, slug),
    )


def _draft(desk: Desk, slug: str) -> Draft | None:
    """Return what was understood of a campaign that was begun in this session.

    Once its annex has no mistakes, those that keep their code are looked up in it, and written as `new` writes them.
    """
    draft = desk.begun.get(slug)
    if draft is None or not draft.awaits_annex or count_errors(filter(is_about_annex, desk.problems(slug))):
        return draft
    desk.begun[slug], keepers = draft.looked_up(desk.campaigns[slug].agencies)
    path = _paths(desk, slug)[CAMPAIGN_FILE]
    if keepers and not value_of(parsed(path), "keeps_code"):
        with locked(desk.private):
            change(path, {"keeps_code": [*keepers]})
        desk.preview.refresh()
    return desk.begun[slug]


def save(desk: Desk, slug: str, form: Form) -> str:
    """Write what was changed, unless one of the files has changed since the form was shown."""
    paths = _paths(desk, slug)
    with locked(desk.private):
        if form.fields.get("version") != _version(paths):
            files = ", ".join(paths)
            message = say("a file has changed since you opened this page, and nothing was saved: {files}", files=files)
            raise UsageError(message, say("open the page again in another window, and enter your changes there"))
        for upload in form.files.get(PASSWORDS, ()):
            if not PasswordFile.parse(upload.content).users:
                raise UsageError(say('"{name}" is not a password file: expected lines of USER:HASH', name=upload.name))
            put_private({desk.private / CURRENT_NAME: upload.content})
        fields = [*_fields(paths)]
        for file in (CAMPAIGN_FILE, SITE_FILE):
            typed = [(each, _plain(form.fields.get(each.id, each.value))) for each in fields if each.file == file]
            change(paths[file], {each.key: each.read(text) for each, text in typed if text != each.value})
        text = "\n".join(form.fields.get("text", "").splitlines()) + "\n"
        if text.strip() != "\n".join(decode(_read(paths[TEXT])).splitlines()).strip():
            put(paths[TEXT], text.encode())
    desk.preview.refresh()
    return f"{slug}/facts?saved=yes{f'#{TEXT_FIELD}' if 'look' in form.fields else ''}"


def _placeholders(desk: Desk, slug: str) -> Iterator[tuple[str, str]]:
    """Yield each placeholder that the text can have now, as it is written, and its value."""
    for name, value in campaign_facts(desk.campaigns[slug].campaign, desk.preview.inputs.site).items():
        if isinstance(value, date) and value.year < date.max.year:  # the last one is that of a day that is missing
            yield f"{name} | date", desk.preview.inputs.words.date(value)
        elif isinstance(value, str) and value not in {"", UNREAD}:
            yield name, value


def _paths(desk: Desk, slug: str) -> dict[str, Path]:
    folder = desk.campaigns[slug].campaign.path
    return {CAMPAIGN_FILE: folder / CAMPAIGN_FILE, SITE_FILE: folder.parent / SITE_FILE, TEXT: folder / TEXT}


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _version(paths: Mapping[str, Path]) -> str:
    """Return a text that is another one when any of the files has changed."""
    return hashlib.sha256(repr([_read(path) for path in paths.values()]).encode()).hexdigest()


def _plain(text: str) -> str:
    """Return a text without blank lines and the space around each."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _day(text: str) -> date | None:
    """Return the day that a text names; None for any other."""
    with suppress(ValueError):
        return parse_day(text)
    return None


def _shown(value: object) -> str:
    """Return a value as the form has it: an entry of a list on each line."""
    if isinstance(value, list):
        return "\n".join(map(_shown, value))
    if isinstance(value, Mapping):
        return ": ".join(str(value[part]) for part in PARTS if part in value)
    return f"{value:%d-%m-%Y}" if isinstance(value, date) else str(value)
