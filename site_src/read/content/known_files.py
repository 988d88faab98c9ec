"""What may lie in ``content/`` and in a campaign's folder: all else is an error, since nobody would read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from site_src.files.private import AFTER_NAME, BEFORE_NAME, CURRENT_NAME, KEY_NAME, MANIFEST_NAME
from site_src.files.walk import in_order, is_leftover
from site_src.language.catalogues import N_
from site_src.language.say import say, say_either
from site_src.problems import Place, Topic
from site_src.read.content.misnamed import ALIKE, TEXT_ENDINGS, hint_of_rename, likeness, meant_name, stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from site_src.problems import Problems

ANNEX_ENDINGS = (".xlsx", ".xls", ".ods", ".csv")
ANNEXES = tuple(f"annex{ending}" for ending in ANNEX_ENDINGS)

_SAVE_AGAIN = N_('open it in Excel or LibreOffice and save it as "annex.xlsx" (Excel workbook)')
_EXPORT = N_('open it in Numbers, choose File > Export To > Excel, and name the result "annex.xlsx"')
_DOWNLOAD = N_('open it in Google Sheets, choose File > Download > Microsoft Excel, and name the result "annex.xlsx"')
# Other endings of spreadsheets: what to do with an annex that has one.
_OTHER_SHEETS = {
    **dict.fromkeys((".xlsm", ".xlsb", ".xltx", ".xltm", ".xlt", ".fods", ".ots", ".sxc", ".tsv"), _SAVE_AGAIN),
    ".numbers": _EXPORT,
    ".gsheet": _DOWNLOAD,
}
SHEET_ENDINGS = {*ANNEX_ENDINGS, *_OTHER_SHEETS}


@dataclass(frozen=True)
class Known:
    """The names that a folder may hold, of files and of folders."""

    files: tuple[str, ...]
    folders: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """All of them in one line."""
        names = (*self.files, *(f"{name}/" for name in self.folders))
        return ", ".join(dict.fromkeys("annex.*" if name in ANNEXES else name for name in names))

    def has(self, path: Path) -> bool:
        """Return whether a file or folder is one of these."""
        return path.name in (self.folders if path.is_dir() else self.files)


CONTENT = Known(("site.toml", "help.md", "accessibility.md"))
CAMPAIGN = Known(
    ("campaign.toml", "circular.md", *ANNEXES, "letter.typ", CURRENT_NAME), folders=("attachments", "files")
)
PRIVATE = Known((KEY_NAME, MANIFEST_NAME, BEFORE_NAME, AFTER_NAME))

# By any of these files a folder is a campaign's, whatever else it lacks.
MARKS = ("campaign.toml", "circular.md", *ANNEXES)
# Without these nothing goes: whoever misses one says which file was meant as it.
REQUIRED = ("site.toml", "campaign.toml", "circular.md")

# The files that office programs lay beside a document while it is open.
_OPEN = re.compile(r"~\$(?P<office>.+)|\.~lock\.(?P<libre>.+)#")


def check_content(content: Path, campaigns: Sequence[Path], problems: Problems) -> None:
    """Report whatever in ``content/`` is neither a campaign nor one of the site's own files."""
    for path in _strangers(content, CONTENT) if content.is_dir() else ():
        if path in campaigns:
            continue
        if path.is_dir() and path.name not in (*CONTENT.files, *CAMPAIGN.folders):
            message = say("this folder is not a campaign: it has no campaign.toml, circular.md or annex")
            hint = say("a campaign has {names}; move any other folder elsewhere", names=CAMPAIGN.shown)
            problems.error(Topic.FILE, message, hint=hint, at=Place(file=f"{path.name}/"))
        else:
            _report(path, CONTENT, problems)


def check_campaign(folder: Path, problems: Problems) -> None:
    """Report whatever in a campaign's folder nobody would read, and the documents that are open in a program."""
    told = [*possible_annexes(folder), *_material_of_letter(folder)]
    for path in _strangers(folder, CAMPAIGN):
        if path not in told:
            _report(path, CAMPAIGN, problems)
    for each in (folder, *folder.glob("attachments/"), *sorted(folder.glob("files/*/"))):
        _warn_of_open(each, folder, problems)


def is_campaign(folder: Path) -> bool:
    """Return whether a folder holds a campaign's file, or one that was meant as it."""
    return any(path.name in MARKS or meant_name(path.name, MARKS) for path in folder.iterdir() if path.is_file())


def is_annex(path: Path) -> bool:
    """Return whether a file is named as an annex is, in any letter case."""
    return path.stem.lower() == "annex" and path.suffix.lower() in ANNEX_ENDINGS and path.is_file()


def possible_annexes(folder: Path) -> list[Path]:
    """Return what may have been meant as the annex of a folder that has none: its spreadsheets, of any kind."""
    beside = [path for path in in_order(folder.iterdir()) if not is_leftover(path.name)]
    if any(map(is_annex, beside)):
        return []
    files = [path for path in beside if path.is_file() or path.suffix == ".numbers"]  # which may be a folder
    sheets = [path for path in files if path.suffix.lower() in SHEET_ENDINGS]
    return sheets or [path for path in files if likeness(path.name, "annex") >= ALIKE]


def hint_of_annex(possible: Sequence[Path]) -> str:
    """Return how one of these files becomes the annex."""
    match possible:
        case []:
            return say("put the spreadsheet there as annex.xlsx, annex.xls, annex.ods or annex.csv")
        case [path]:
            ending = path.suffix.lower()
            name = f"annex{ending}" if ending in ANNEX_ENDINGS else meant_name(path.name, ANNEXES)
            return hint_of_rename(path.name, name) if name else how_to_save(ending)
    return say("rename the one that is the annex to {names}, and move the others away", names=say_either(ANNEXES))


def how_to_save(ending: str) -> str:
    """Return how a file with an ending that is not read becomes an annex."""
    return say(_OTHER_SHEETS.get(ending, _SAVE_AGAIN))


def _strangers(folder: Path, known: Known) -> Iterator[Path]:
    """What a folder does not know, but for what whoever misses a file says of it."""
    told = [stand_in(folder / name) for name in REQUIRED]
    for path in in_order(folder.iterdir()):
        if not known.has(path) and not is_leftover(path.name) and path not in told:
            yield path


def _material_of_letter(folder: Path) -> Iterator[Path]:
    """What a campaign's own letter takes in, a logo or a part of its template: what the template names."""
    if (folder / "letter.typ").is_file():
        templates = b"".join(path.read_bytes() for path in folder.glob("*.typ") if path.is_file())
        yield from (path for path in folder.iterdir() if path.name.encode(errors="replace") in templates)


def _report(path: Path, known: Known, problems: Problems) -> None:
    message = say("Thyrida does not know this folder") if path.is_dir() else say("Thyrida does not know this file")
    hint = _hint_of_kind(path, known) or _hint_of_home(path.name) or _hint_of_near(path, known)
    at = Place(file=f"{path.name}/" if path.is_dir() else path.name)
    problems.error(Topic.FILE, message, hint=hint or _hint_of_known(path, known), at=at)


def _hint_of_kind(path: Path, known: Known) -> str:
    if path.name in known.folders:
        return say('"{name}" must be a folder: put the file into one of this name', name=path.name)
    if path.name in known.files:
        return say('"{name}" must be a file: give the folder another name', name=path.name)
    return ""


def _hint_of_home(name: str) -> str:
    """Which other folder knows the name."""
    homes = (
        (CONTENT, say("the content folder itself")),
        (Known((CURRENT_NAME,)), say("the private folder itself")),
        (CAMPAIGN, say("a campaign's folder")),
        (PRIVATE, say("the campaign's folder in the private folder")),
    )
    place = next((place for known, place in homes if name in (*known.files, *known.folders)), "")
    return say("it belongs in {place}", place=place) if place else ""


def _hint_of_near(path: Path, known: Known) -> str:
    near = meant_name(path.name, known.folders if path.is_dir() else known.files)
    taken = path.with_name(near) if near and path.with_name(near).exists() else None
    if known is CAMPAIGN and likeness(path.name, "annex") >= ALIKE:  # of which one is enough, whatever its ending
        taken = next(filter(is_annex, in_order(path.parent.iterdir())), None)
    if taken and not taken.samefile(path):
        return say('did you mean "{near}"? That is there already: keep one of them', near=taken.name)
    return hint_of_rename(path.name, near) if near else ""


def _hint_of_known(path: Path, known: Known) -> str:
    if known is CAMPAIGN and path.is_file() and path.suffix.lower() not in TEXT_ENDINGS:
        return say(
            "put it into attachments/ to publish it beside the circular, into files/<user name>/ to send it to one "
            "agency, or out of this folder; known here are {names}",
            names=known.shown,
        )
    return say("known here are {names}; move all else out of this folder", names=known.shown)


def _warn_of_open(folder: Path, campaign: Path, problems: Problems) -> None:
    for path in in_order(folder.iterdir()):
        found = _OPEN.fullmatch(path.name)
        name = found and (found["office"] or found["libre"])
        if found and name and (folder / name).is_file():
            program = "LibreOffice" if found["libre"] else _office_program(name)
            message = say("this file is open in {program}: changes that are not saved are not read", program=program)
            hint = say('save and close it; where nobody has it open any more, delete "{lock}"', lock=path.name)
            at = Place(file=(folder / name).relative_to(campaign).as_posix())
            problems.warning(Topic.FILE, message, hint=hint, at=at)


def _office_program(name: str) -> str:
    return "Excel" if PurePath(name).suffix.lower() in SHEET_ENDINGS else "Word"
