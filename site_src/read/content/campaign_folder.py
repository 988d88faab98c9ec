"""Find the campaigns of ``content/`` and their annexes, and report each file that nobody would read.

A file whose name is not known is an error with the name that it was probably meant to have.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from site_src.files.private import AFTER_NAME, BEFORE_NAME, CURRENT_NAME, KEY_NAME, MANIFEST_NAME, SERVER_FOLDER
from site_src.files.walk import in_order, is_keepable, is_leftover
from site_src.folders import read_table
from site_src.language.catalogues import N_
from site_src.language.greek import to_latin
from site_src.language.say import say, say_either
from site_src.problems import Place, Problems, Topic, UsageError
from site_src.read.settings import Campaign

SAMPLE_NAME = "sample"  # a whole content folder of its own, in the one that the program comes with
LOGO_ENDINGS = (".svg", ".png")
PAGES_NAME = "pages"  # the folder of the staff's own pages
SLUG_LONGEST = 60
SLUG = re.compile(rf"[a-z0-9](?:[a-z0-9-]{{0,{SLUG_LONGEST - 2}}}[a-z0-9])?")

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

# Text may have one of the latter endings in the place of its own; a spreadsheet would not be read.
TEXT_ENDINGS = {".toml", ".md", ".typ", ".htpasswd", ".csv"}
USUAL_TEXT_ENDINGS = {".txt", ".text", ".markdown", ""}

ALIKE = 0.75  # of a word's letters, in their order: one slip in four

# Other words for the first word of a known name.
OTHER_WORDS = read_table(__package__, "campaign_folder.toml")

# The files that office programs write beside a document while it is open.
_OPEN = re.compile(r"~\$(?P<office>.+)|\.~lock\.(?P<libre>.+)#")


@dataclass(frozen=True)
class Known:
    """The names that a folder may hold, of files and of folders."""

    files: tuple[str, ...]
    folders: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Return all of them in one line."""
        names = (*self.files, *(f"{name}/" for name in self.folders))
        return ", ".join(dict.fromkeys("annex.*" if name in ANNEXES else name for name in names))


CONTENT = Known(("site.toml", "help.md", "accessibility.md"), folders=(SAMPLE_NAME, PAGES_NAME))
SLUGS_TAKEN = (SERVER_FOLDER, SAMPLE_NAME, PAGES_NAME)  # names of our own, in the private folder and in content/
CAMPAIGN = Known(
    ("campaign.toml", "circular.md", *ANNEXES, "letter.typ", "reminder.md", CURRENT_NAME),
    folders=("attachments", "files"),
)
PRIVATE = Known((KEY_NAME, MANIFEST_NAME, BEFORE_NAME, AFTER_NAME))

# By any of these files a folder is a campaign's, whatever else it lacks.
MARKS = ("campaign.toml", "circular.md", *ANNEXES)
# A build needs these: the report that one is missing names the file that was meant as it.
REQUIRED = ("site.toml", "campaign.toml", "circular.md")


def content_or_sample(content: Path) -> Path:
    """Return the sample, while the content folder holds nothing else; else that folder."""
    sample = content / SAMPLE_NAME
    if not sample.is_dir() or any(path != sample and not is_leftover(path.name) for path in content.iterdir()):
        return content
    return sample


def campaign_folders(content: Path, problems: Problems) -> tuple[Path, ...]:
    """Return the folders that hold a file of a campaign, or one that was meant as it, in the order of their names."""
    if not content.is_dir():
        hint = say("give the folder that holds site.toml with --content")
        problems.error(Topic.FILE, say("there is no such content folder"), hint=hint, at=Place(file=str(content)))
        return ()
    folders = sorted(path for path in content.iterdir() if path.is_dir() and not path.name.startswith("."))
    found = tuple(path for path in folders if path.name != PAGES_NAME and is_campaign(path))
    for path in found:
        if not is_slug(path.name):
            message = say(
                "this name stands in web addresses: expected lower-case Latin letters, digits and hyphens between "
                'them, at most {most}, and not {taken} or a name that Windows keeps for itself ("con", "com1")',
                most=SLUG_LONGEST,
                taken=say_either([f'"{name}"' for name in SLUGS_TAKEN]),
            )
            hint = say('rename the folder, for example to "2020-11-access-codes"')
            problems.error(Topic.FILE, message, hint=hint, at=Place(file=path.name), value=path.name)
    return found


def is_slug(name: str) -> bool:
    """Return whether a campaign can have this name, in web addresses and as a folder of any system."""
    return SLUG.fullmatch(name) is not None and name not in SLUGS_TAKEN and is_keepable(name)


def as_slug(text: str) -> str:
    """Return a text as it can stand in a web address, Greek letters as Latin ones; it may be empty, or taken."""
    return re.sub(r"[^a-z0-9]+", "-", to_latin(text)).strip("-")[:SLUG_LONGEST].strip("-")


def is_campaign(folder: Path) -> bool:
    """Return whether a folder holds a campaign's file, or one that was meant as it."""
    return any(path.name in MARKS or meant_name(path.name, MARKS) for path in folder.iterdir() if path.is_file())


def no_such_campaign(slug: str, content: Path, found: Sequence[Path]) -> UsageError:
    """Return the error for a campaign that ``content`` does not hold, with those that were found."""
    message = say('there is no campaign "{slug}" in "{content}"', slug=slug, content=content)
    names = ", ".join(path.name for path in found) or say("none")
    return UsageError(message, say("the campaigns are: {names}", names=names))


def annexes_in(folder: Path) -> list[Path]:
    """Return the files of a campaign's folder that are named as an annex is; exactly one is right."""
    return sorted(path for path in folder.iterdir() if is_annex(path))


def is_annex(path: Path) -> bool:
    """Return whether a file is named as an annex is, in any letter case."""
    return path.stem.lower() == "annex" and path.suffix.lower() in ANNEX_ENDINGS and path.is_file()


def find_annexes(campaign: Campaign, problems: Problems) -> tuple[Path, ...]:
    """Return the campaign's annex; none or several are a problem."""
    found = annexes_in(campaign.path)
    at = Place(file="annex.*", cell=", ".join(path.name for path in found), campaign=campaign.slug)
    if not found:
        possible = possible_annexes(campaign.path)
        message, names = say("there is no annex in the campaign's folder"), [path.name for path in possible]
        problems.error(Topic.FILE, message, hint=_hint_of_annex(possible), at=at, value=", ".join(names))
    elif len(found) > 1:
        hint = say("keep exactly one of these files")
        problems.error(Topic.FILE, say("there are several annexes"), hint=hint, at=at)
    return tuple(found)


def possible_annexes(folder: Path) -> list[Path]:
    """Return what may have been meant as the annex of a folder that has none: its spreadsheets, of any kind."""
    beside = [path for path in in_order(folder.iterdir()) if not is_leftover(path.name)]
    if any(map(is_annex, beside)):
        return []
    files = [path for path in beside if path.is_file() or path.suffix == ".numbers"]  # which may be a folder
    sheets = [path for path in files if path.suffix.lower() in SHEET_ENDINGS]
    return sheets or [path for path in files if is_like(path.name, "annex")]


def _hint_of_annex(possible: Sequence[Path]) -> str:
    """Return how one of these files becomes the annex."""
    match possible:
        case []:
            return say("put the spreadsheet there as annex.xlsx, annex.xls, annex.ods or annex.csv")
        case [path]:
            ending = path.suffix.lower()
            name = f"annex{ending}" if ending in ANNEX_ENDINGS else meant_name(path.name, ANNEXES)
            return _hint_of_rename(path.name, name) if name else how_to_save(ending)
    return say("rename the one that is the annex to {names}, and move the others away", names=say_either(ANNEXES))


def how_to_save(ending: str) -> str:
    """Return how a file with an ending that is not read becomes an annex."""
    return say(_OTHER_SHEETS.get(ending, _SAVE_AGAIN))


def check_content(content: Path, campaigns: Sequence[Path], problems: Problems, logo: str = "") -> None:
    """Report everything in ``content/`` that is neither a campaign nor one of the site's own files."""
    for path in _strangers(content, CONTENT) if content.is_dir() else ():
        if path not in campaigns and not (path.name == logo and path.is_file()):
            _report(path, CONTENT, problems)


def check_campaign(folder: Path, problems: Problems) -> None:
    """Report everything in a campaign's folder that nobody would read, and the documents that are open in a program."""
    reported_elsewhere = [*possible_annexes(folder), *_material_of_letter(folder)]
    for path in _strangers(folder, CAMPAIGN):
        if path not in reported_elsewhere:
            _report(path, CAMPAIGN, problems)
    for each in (folder, *folder.glob("attachments/"), *sorted(folder.glob("files/*/"))):
        for path, program, lock in open_documents(each):
            message = say("this file is open in {program}: changes that are not saved are not read", program=program)
            hint = say('save and close it; where nobody has it open any more, delete "{lock}"', lock=lock)
            problems.warning(Topic.FILE, message, hint=hint, at=Place(file=path.relative_to(folder).as_posix()))


def fit_files(
    folder: Path, where: str, why_unfit: Callable[[Path], tuple[str, str] | None], problems: Problems
) -> list[Path]:
    """Return the files of a folder that are fit for their purpose, in the order of their names; report all others.

    ``why_unfit`` returns what is wrong with one and what to do; ``where`` is what messages call the folder.
    """
    fit = []
    for path in in_order(folder.iterdir()) if folder.is_dir() else ():
        if is_leftover(path.name):
            continue
        if mistake := why_unfit(path):
            message, hint = mistake
            at = Place(file=f"{where}/{path.name}{'/' * path.is_dir()}")
            problems.error(Topic.FILE, message, hint=hint, at=at)
        else:
            fit.append(path)
    return fit


def _strangers(folder: Path, known: Known) -> Iterator[Path]:
    """Yield the files and folders that are not known, except those that the report of a missing file names."""
    stand_ins = [_stand_in(folder / name) for name in REQUIRED]
    for path in in_order(folder.iterdir()):
        is_known = path.name in (known.folders if path.is_dir() else known.files)
        if not (is_known or is_leftover(path.name) or path in stand_ins):
            yield path


def _material_of_letter(folder: Path) -> Iterator[Path]:
    """Yield the files that a campaign's own letter template names: a logo or a part of the template."""
    if (folder / "letter.typ").is_file():
        templates = b"".join(path.read_bytes() for path in folder.glob("*.typ") if path.is_file())
        yield from (path for path in folder.iterdir() if path.name.encode(errors="replace") in templates)


def _report(path: Path, known: Known, problems: Problems) -> None:
    message = say("Thyrida does not know this folder") if path.is_dir() else say("Thyrida does not know this file")
    if path.name in known.folders:
        hint = say('"{name}" must be a folder: put the file into one of this name', name=path.name)
    elif path.name in known.files:
        hint = say('"{name}" must be a file: give the folder another name', name=path.name)
    else:
        hint = _hint_of_home(path.name) or _hint_of_near(path, known) or _hint_of_use(path, known)
    problems.error(Topic.FILE, message, hint=hint, at=Place(file=f"{path.name}{'/' * path.is_dir()}"))


def _hint_of_use(path: Path, known: Known) -> str:
    """Return how a file of its kind can be used, and which names are known."""
    ending = path.suffix.lower()
    if known is CAMPAIGN and path.is_file() and ending not in TEXT_ENDINGS:
        return say(
            "put it into attachments/ to publish it beside the circular, into files/<user name>/ to send it to one "
            "agency, or out of this folder; known here are {names}",
            names=known.shown,
        )
    if known is CONTENT and path.is_dir():
        return say("a campaign has {names}; move any other folder elsewhere", names=CAMPAIGN.shown)
    if known is CONTENT and ending == ".md":
        return say(
            "known here are {names}; to publish it as a page of its own, move it into {folder}/",
            names=known.shown,
            folder=PAGES_NAME,
        )
    if known is CONTENT and ending in LOGO_ENDINGS:
        return say('for the logo, write logo = "{name}" in site.toml; else move it out of this folder', name=path.name)
    return say("known here are {names}; move all else out of this folder", names=known.shown)


def _hint_of_home(name: str) -> str:
    """Return which other folder knows the name."""
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
    if known is CAMPAIGN and is_like(path.name, "annex"):  # of which one is enough, whatever its ending
        taken = next(filter(is_annex, in_order(path.parent.iterdir())), None)
    if taken and not taken.samefile(path):
        return say('did you mean "{near}"? That is there already: keep one of them', near=taken.name)
    return _hint_of_rename(path.name, near) if near else ""


def meant_name(name: str, known: Iterable[str]) -> str:
    """Return the known name that a file or folder of this name was meant to have; nothing where none is near."""
    alike = {each: _likeness(name, each) for each in known if each != name and _is_read_as(name, each)}
    near = max(alike, key=alike.__getitem__, default="")
    return near if near and alike[near] >= ALIKE else ""


def is_like(name: str, known: str) -> bool:
    """Return whether a word of a file's name is a known name, or another word for it, but for a slip."""
    return _likeness(name, known) >= ALIKE


def _likeness(name: str, known: str) -> float:
    """Return how alike, from 0 to 1, any word of a name is to the first word of a known one."""
    words = re.findall(r"[^\W_]+", to_latin(name))
    first = known.partition(".")[0]
    others = map(to_latin, (first, *OTHER_WORDS.get(first, ())))
    pairs = itertools.product(words, others)
    return max((difflib.SequenceMatcher(None, *pair).ratio() for pair in pairs), default=0)


def _is_read_as(name: str, known: str) -> bool:
    """Return whether a file can be renamed: it has the known ending, one too many, or another one that text has."""
    ending, wanted = PurePath(name).suffix.lower(), PurePath(known).suffix
    return ending == wanted or PurePath(name).stem == known or (ending in USUAL_TEXT_ENDINGS and wanted in TEXT_ENDINGS)


def _stand_in(path: Path) -> Path | None:
    """Return the file that was meant to be at a path where there is none, if one is beside it."""
    beside = in_order(path.parent.iterdir()) if path.parent.is_dir() and not path.exists() else []
    files = (other for other in beside if other.is_file() and not is_leftover(other.name))
    return next((other for other in files if meant_name(other.name, [path.name])), None)


def hint_of_missing(path: Path, hint: str) -> str:
    """Return what to do about a file that is missing: the hint, unless a file that was meant as it is there."""
    found = _stand_in(path)
    return _hint_of_rename(found.name, path.name) if found else hint


def _hint_of_rename(found: str, name: str) -> str:
    """Return how a file or folder gets its name."""
    if PurePath(found).stem == name:
        return say(
            'rename "{found}" to "{name}": Windows hides the endings of files, and Notepad adds one',
            found=found,
            name=name,
        )
    return say('rename "{found}" to "{name}"', found=found, name=name)


def open_documents(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield each document that is open in an office program, the program, and the name of the file that says so."""
    for path in in_order(folder.iterdir()):
        found = _OPEN.fullmatch(path.name)
        name = found and (found["office"] or found["libre"])
        if found and name and (folder / name).is_file():
            office = "Excel" if PurePath(name).suffix.lower() in SHEET_ENDINGS else "Word"
            yield folder / name, "LibreOffice" if found["libre"] else office, path.name
