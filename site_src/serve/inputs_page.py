"""Show and take what staff correct: the annex, the facts of campaign and site, and the text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING

import tomlkit

from site_src.commands.check_report import by_cell, check_sheet
from site_src.commands.messages import counted, problem_counts
from site_src.files.disk import put
from site_src.files.htpasswd import PasswordFile
from site_src.files.private import CURRENT_FILE, CURRENT_NAME, put_private
from site_src.files.text import decode
from site_src.language.greek import fold
from site_src.language.say import say
from site_src.new.draft import check_ending
from site_src.problems import Problems, UsageError, count_errors
from site_src.publish.publish import locked
from site_src.read.agency import status_counts
from site_src.read.annex import read_annex
from site_src.read.annex.sheets import read_sheets
from site_src.read.annex.sheets.grid import column_letters
from site_src.read.circular import FILE as TEXT
from site_src.read.circular.render import campaign_facts
from site_src.read.content.campaign_folder import ANNEX_ENDINGS, annexes_in
from site_src.read.content.toml_files import CAMPAIGN_FILE, SITE_FILE
from site_src.read.content.toml_table import UNREAD, change, parse_day, parsed, value_of
from site_src.read.settings import Campaign, Letterhead, Office, Server, Site
from site_src.serve.desk import download

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from site_src.new.draft import Draft
    from site_src.problems import Problem
    from site_src.read.annex.sheets.grid import Sheet
    from site_src.serve.desk import Desk, Form
    from site_src.serve.preview import Answer


def _of(file: str, facts: type, table: str = "") -> dict[str, str]:
    """Return the keys of a table, as a class of facts names them, each with its type."""
    types = {f"{file}:{table}{each.name}": str(each.type) for each in fields(facts)}
    return {name.replace("signatory_", "signatory."): kind for name, kind in types.items()}


# By the names of the form's fields: a file, and a key in it.
TYPES: Mapping[str, str] = {
    **_of(CAMPAIGN_FILE, Campaign),
    **_of(CAMPAIGN_FILE, Letterhead, "circular."),
    **_of(SITE_FILE, Site),
    **_of(SITE_FILE, Office, "contact."),
    **_of(SITE_FILE, Server, "server."),
}
PASSWORDS = f"{CURRENT_FILE}:"
PARTS = ("name", "address", "phone")  # of an entry that is a table, in the order of the line that shows it
ROWS_SHOWN = 50  # of a sheet, errors first: nobody reads more at once, and the search finds each


def is_about_annex(problem: Problem) -> bool:
    """Return whether a problem is mended on this page; all others are mended with the facts."""
    return problem.at.file.startswith("annex.")


def show_annex(desk: Desk, slug: str, query: Mapping[str, str]) -> Answer:
    """Return the staff's own rows, those with problems first, each with its messages in their cells."""
    annex, sheets = _sheets(desk, slug)
    problems, asked = desk.problems(slug), query.get("q", "")
    marked = [by_cell(sheet, problems, annex) for sheet in sheets]
    in_order = sorted(zip(sheets, marked, strict=True), key=lambda pair: not pair[1])
    in_cells = {id(each) for cells in marked for found in cells.values() for each in found}
    return desk.page(
        "annex",
        say("The annex"),
        slug=slug,
        asked=asked,
        counts=counted(status_counts(agency.status for agency in desk.campaign(slug).agencies)),
        found=problem_counts(problems) if problems else say("Nothing is wrong."),
        has_errors=count_errors(filter(is_about_annex, problems)),
        others=[each for each in problems if id(each) not in in_cells],
        has_other_files=not all(map(is_about_annex, problems)),
        tables=[_table(sheet, cells, asked) for sheet, cells in in_order],
        endings=",".join(ANNEX_ENDINGS),
    )


def show_marked(desk: Desk, slug: str, _: Mapping[str, str]) -> Answer:
    """Return the marked workbook, as `check --report` writes it."""
    annex, sheets = _sheets(desk, slug)
    return download("annex-marked.xlsx", slug, check_sheet(sheets, desk.problems(slug), annex))


def _sheets(desk: Desk, slug: str) -> tuple[str, Sequence[Sheet]]:
    """Return the name of a campaign's annex and its sheets; none where it has none, or several."""
    annexes = annexes_in(desk.campaign(slug).campaign.path)
    return (annexes[0].name, read_sheets(annexes[0], Problems())) if len(annexes) == 1 else ("", ())


def _table(sheet: Sheet, marked: Mapping[tuple[int, int], Sequence[Problem]], asked: str) -> dict[str, object]:
    """Return the rows of a sheet that a search finds, by number, those with problems first: cells with their problems.

    Beside them are the letters of the filled columns, and the number of rows for which there was no room.
    """
    bad = {row for row, _ in marked}
    columns = sorted({column for cells in sheet.rows.values() for column in cells} | {column for _, column in marked})
    words = fold(asked).split()

    def cells_of(row: int) -> tuple[tuple[str, Sequence[Problem]], ...]:
        # Of cells that are merged across, the first alone: the reader has the text in each.
        texts = {column: cell.text for column, cell in sheet.rows.get(row, {}).items() if cell.origin[1] == column}
        return tuple((texts.get(column, ""), marked.get((row, column), ())) for column in columns)

    def fits(row: int) -> bool:
        text = fold(" ".join(cell.line for cell in sheet.rows.get(row, {}).values()))
        return all(word in text for word in words)

    wrong = {row for (row, _), found in marked.items() if count_errors(found)}
    found = sorted(filter(fits, bad | sheet.rows.keys()), key=lambda row: (row not in wrong, row not in bad, row))
    rows = {row: cells_of(row) for row in found[:ROWS_SHOWN]}
    letters = [*map(column_letters, columns)]
    return {"title": sheet.title, "letters": letters, "rows": rows, "left_out": len(found) - len(rows)}


def replace_annex(desk: Desk, slug: str, form: Form) -> str:
    """Put a corrected annex in the place of the last one, unless no agency can be read from it."""
    campaign, upload, problems = desk.campaign(slug).campaign, form.annex(), Problems()
    folder = campaign.path
    target = folder / f"annex{upload.ending}"
    check_ending(target)
    with desk.as_files({"annex": upload}) as paths:
        if not read_annex(paths["annex"], campaign, problems):
            problems.stop_on_errors()
        before = annexes_in(folder)
        put_private({target: upload.content})
        for path in before:
            if path.exists() and not path.samefile(target):  # a disk that ignores case has one file for both names
                path.unlink()
    desk.preview.refresh()
    _draft(desk, slug)
    return f"{slug}/annex"


def show_facts(desk: Desk, slug: str, query: Mapping[str, str]) -> Answer:
    """Return the form, with what `check` says beside each field, and all of it above."""
    draft, paths = _draft(desk, slug), _paths(desk, slug)
    values, problems = _values(paths), [each for each in desk.problems(slug) if not is_about_annex(each)]
    found: dict[str, list[Problem]] = {}
    for each in problems:
        name = f"{each.at.file}:{each.at.cell.partition('[')[0]}"  # a list has one field for all its entries
        found.setdefault(name, []).append(each)
    return desk.page(
        "facts",
        say("Facts and text"),
        slug=slug,
        is_saved="saved" in query,
        draft=draft,
        types=TYPES,
        passwords=PASSWORDS,
        content=desk.content,
        values={name: _shown(value) for name, value in values.items()},
        days={name: day for name, value in values.items() if TYPES[name].startswith("date") and (day := _day(value))},
        found=found,
        counts=problem_counts(problems) if problems else "",
        text=decode(_read(paths[TEXT])),
        preview=desk.campaign(slug).circular.html,
        versions={file: _version(path) for file, path in paths.items()},
        placeholders=_placeholders(desk, slug),
    )


def _draft(desk: Desk, slug: str) -> Draft | None:
    """Return what was understood of a campaign that was begun in this session.

    Once its annex has no mistakes, those that keep their code are looked up in it, and written as `new` writes them.
    """
    draft = desk.begun.get(slug)
    if draft is None or not draft.awaits_annex or count_errors(filter(is_about_annex, desk.problems(slug))):
        return draft
    now, keepers = draft.looked_up(desk.campaign(slug).agencies)
    path = _paths(desk, slug)[CAMPAIGN_FILE]
    if keepers and not value_of(parsed(path), "keeps_code"):
        with locked(desk.folders.private):
            change(path, {"keeps_code": _value("tuple", "\n".join(keepers))})
        desk.preview.refresh()
    desk.begun[slug] = now
    return now


def save(desk: Desk, slug: str, form: Form) -> str:
    """Write what was changed; a file that changed since the form was shown is left alone, and all others too."""
    paths, passwords = _paths(desk, slug), form.files.get(PASSWORDS, ())
    with locked(desk.folders.private):
        for file, path in paths.items():
            if form.fields.get(f"version:{file}") != _version(path):
                message = say('"{file}" has changed since you opened this page: nothing was saved', file=file)
                raise UsageError(message, say("open the page again in another window, and enter your changes there"))
        for upload in passwords:
            if not PasswordFile.parse(upload.content).users:
                raise UsageError(say('"{name}" is not a password file: expected lines of USER:HASH', name=upload.name))
            put_private({desk.folders.private / CURRENT_NAME: upload.content})
        typed, values = {name: _plain(form.fields[name]) for name in TYPES if name in form.fields}, _values(paths)
        for file in (CAMPAIGN_FILE, SITE_FILE):
            names = [name for name, text in typed.items() if name.startswith(file) and text != _shown(values[name])]
            change(paths[file], {name.partition(":")[2]: _value(TYPES[name], typed[name]) for name in names})
        text = "\n".join(form.fields.get("text", "").splitlines()) + "\n"
        if text.strip() != "\n".join(decode(_read(paths[TEXT])).splitlines()).strip():
            put(paths[TEXT], text.encode())
    desk.preview.refresh()
    return f"{slug}/facts?saved=yes{'#text' if 'look' in form.fields else ''}"


def _placeholders(desk: Desk, slug: str) -> dict[str, str]:
    """Return each placeholder that the text can have now, as it is written, and its value."""
    facts, words = campaign_facts(desk.campaign(slug).campaign, desk.inputs.site), desk.inputs.words
    found = {}
    for name, value in facts.items():
        if isinstance(value, date) and value.year < date.max.year:  # the last one is that of a day that is missing
            found[f"{name} | date"] = words.date(value)
        elif isinstance(value, str) and value not in {"", UNREAD}:
            found[name] = value
    return found


def _paths(desk: Desk, slug: str) -> dict[str, Path]:
    folder = desk.campaign(slug).campaign.path
    return {CAMPAIGN_FILE: folder / CAMPAIGN_FILE, SITE_FILE: folder.parent / SITE_FILE, TEXT: folder / TEXT}


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _version(path: Path) -> str:
    return hashlib.sha256(_read(path)).hexdigest()


def _values(paths: Mapping[str, Path]) -> dict[str, object]:
    """Return the value of each field, as its file has it."""
    documents = {file: parsed(paths[file]) for file in (CAMPAIGN_FILE, SITE_FILE)}
    keys = {name: name.split(":") for name in TYPES}
    return {name: value_of(documents[file], key) for name, (file, key) in keys.items()}


def _plain(text: str) -> str:
    """Return what was typed without blank lines and the space around each."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _day(value: object) -> date | None:
    """Return the day that a value is; None for any other."""
    if isinstance(value, str):
        with suppress(ValueError):
            return parse_day(value)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _shown(value: object) -> str:
    """Return a value as the form has it: an entry of a list on each line."""
    if isinstance(value, list):
        return "\n".join(_shown(each) for each in value)
    if isinstance(value, Mapping):
        return ": ".join(str(value[part]) for part in PARTS if part in value)
    day = None if isinstance(value, str) else _day(value)
    return f"{day:%d-%m-%Y}" if day else str(value).strip()


def _value(kind: str, text: str) -> object:
    """Return a text of the form as TOML has it; what cannot be meant stays a text, which `check` reports."""
    if kind.startswith("date"):
        return _day(text) or text
    if kind.startswith("tuple") and text:
        lines = text.split("\n")
        array = tomlkit.array().multiline(len(lines) > 1)
        array.extend(map(_link, lines) if "Link" in kind else lines)
        return array
    return text


def _link(line: str) -> object:
    name, colon, address = line.rpartition(": ")
    return {"name": name, "address": address} if colon else line
