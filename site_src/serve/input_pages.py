"""Show and take what staff correct: the annex, the facts of campaign and site, and the text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from site_src.commands.check_report import by_cell, check_sheet, sheets_of
from site_src.commands.messages import counted
from site_src.files.disk import put
from site_src.files.htpasswd import users_of
from site_src.files.private import CURRENT_FILE, CURRENT_NAME, put_private
from site_src.files.text import decode
from site_src.language.greek import fold
from site_src.language.say import say
from site_src.new.draft import Draft, check_ending
from site_src.new.fields import FILES, LOGO, PORTAL, fields_of, with_typed
from site_src.problems import Problem, Problems, UsageError, count_errors
from site_src.publish.publish import locked
from site_src.read.agency import status_counts
from site_src.read.annex import read_annex
from site_src.read.annex.sheets.grid import Sheet, column_letters
from site_src.read.circular import FILE as TEXT
from site_src.read.circular.render import campaign_facts
from site_src.read.content.campaign_folder import ANNEX_ENDINGS, annexes_in
from site_src.read.content.toml_files import CAMPAIGN_FILE, SITE_FILE
from site_src.read.content.toml_table import UNREAD, change, parsed, value_of
from site_src.serve.desk import Desk, Page

PASSWORDS, TEXT_FIELD = f"{CURRENT_FILE}:", f"{TEXT}:"  # fields beside those of keys
ROWS_SHOWN = 50  # of a sheet, errors first: nobody reads more at once, and the search finds each


def is_about_annex(problem: Problem) -> bool:
    """Return whether a problem is mended on this page; all others are mended with the facts."""
    return problem.at.file.startswith("annex.")


def show_annex(page: Page) -> None:
    """Show the staff's own rows, those with problems first, each with its messages in their cells."""
    desk, asked = page.desk, page.get_query_argument("q", "")
    inputs, found = desk.campaigns[page.slug], desk.problems(page.slug)
    annex, sheets = sheets_of(inputs.campaign.path)
    problems = [each for each in found if is_about_annex(each)]
    marked = sorted(((sheet, by_cell(sheet, problems, annex)) for sheet in sheets), key=lambda pair: not pair[1])
    in_cells = {id(each) for _, cells in marked for found in cells.values() for each in found}
    page.show(
        "annex",
        say("The annex"),
        asked=asked,
        agencies=counted(status_counts(agency.status for agency in inputs.agencies)),
        problems=problems,
        has_errors=count_errors(problems),
        elsewhere=[each for each in found if not is_about_annex(each)],
        others=[each for each in problems if id(each) not in in_cells],
        tables=[_table(sheet, cells, asked) for sheet, cells in marked],
        endings=",".join(ANNEX_ENDINGS),
    )


def annex_of(uploads: Mapping[str, Path]) -> Path:
    """Return the annex that a form brought. Raises UsageError where it has none, or another kind of file."""
    if "annex" not in uploads:
        raise UsageError(say("there is no annex"), say("go back and choose the file of the annex"))
    check_ending(uploads["annex"])
    return uploads["annex"]


def replace_annex(page: Page) -> str:
    """Put a corrected annex in the place of the last one, unless no agency can be read from it."""
    campaign, problems = page.desk.campaigns[page.slug].campaign, Problems()
    with page.uploads("annex") as paths:
        annex = annex_of(paths)
        if not read_annex(annex, campaign, problems):
            problems.stop_on_errors()
        before, target = annexes_in(campaign.path), campaign.path / annex.name
        put_private({target: annex.read_bytes()})
        for path in before:
            if path.exists() and not path.samefile(target):  # a disk that ignores case has one file for both names
                path.unlink()
    page.desk.preview.refresh()
    _draft(page.desk, page.slug)
    return f"{page.slug}/annex"


def show_marked(page: Page) -> None:
    """Answer with the marked workbook, as `check --report` writes it."""
    annex, sheets = sheets_of(page.desk.campaigns[page.slug].campaign.path)
    content = check_sheet(sheets, page.desk.problems(page.slug), annex)
    page.give(content, f"{page.slug}-annex-marked.xlsx", is_download=True)


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


def show_facts(page: Page) -> None:
    """Show the form, with what `check` says beside each field, and all of it above."""
    desk, slug = page.desk, page.slug
    draft, paths = _draft(desk, slug), _paths(desk, slug)
    fields = [each for file in FILES for each in fields_of(file, parsed(paths[file]).as_string())]
    problems = [each for each in desk.problems(slug) if not is_about_annex(each)]
    labels = {TEXT_FIELD: say("The text"), PASSWORDS: say("A copy of the server's password file")}
    logo = say("Put the file (SVG or PNG) into the folder {folder}, and write its name here.", folder=desk.content)
    hints, found = {each.id: each.hint for each in fields} | {LOGO: logo}, dict[str, list[Problem]]()
    if draft and draft.found and (portal := draft.found.text.portal):
        hints[PORTAL] = say("The first address in the circular: {address}", address=portal)
    for each in problems:
        name = f"{each.at.file}:{each.at.cell.partition('[')[0]}"  # a list has one field for all its entries
        found.setdefault(name, []).append(each)
    page.show(
        "facts",
        say("Facts and text"),
        is_saved=page.get_query_argument("saved", ""),
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


def save(page: Page) -> str:
    """Write what was changed, unless one of the files has changed since the form was shown."""
    desk, typed, paths = page.desk, page.typed, _paths(page.desk, page.slug)
    with locked(desk.private):
        if typed.get("version") != _version(paths):
            files = ", ".join(paths)
            message = say("a file has changed since you opened this page, and nothing was saved: {files}", files=files)
            raise UsageError(message, say("open the page again in another window, and enter your changes there"))
        for upload in page.request.files.get(PASSWORDS, ()):
            if not users_of(upload.body):
                raise UsageError(
                    say('"{name}" is not a password file: expected lines of USER:HASH', name=upload.filename)
                )
            put_private({desk.private / CURRENT_NAME: upload.body})
        for file in FILES:
            before = parsed(paths[file]).as_string()
            after = with_typed(file, before, typed)
            if after != before:
                put(paths[file], after.encode())
        text = "\n".join(typed.get("text", "").splitlines()) + "\n"
        if text.strip() != "\n".join(decode(_read(paths[TEXT])).splitlines()).strip():
            put(paths[TEXT], text.encode())
    desk.preview.refresh()
    return f"{page.slug}/facts?saved=yes{f'#{TEXT_FIELD}' if 'look' in typed else ''}"


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
