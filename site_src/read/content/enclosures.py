"""The files that staff lay beside a campaign: attachments of the circular, and more documents for single agencies."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from site_src.files.walk import in_order, is_leftover
from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.read.agency import STATUSES, Status
from site_src.read.content.file_kinds import why_unfit, why_unnamed
from site_src.read.inputs import Document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from site_src.read.agency import Agency
    from site_src.read.settings import Campaign

# An archive is sealed in memory, and the page opens it in a browser's memory.
ENCLOSURES_BYTES_MAX = 100 * 2**20

# A circular's signed PDF has a few; whoever reads the page may be on a phone, and all of it is looked through.
ATTACHMENT_BYTES_MAX = 50 * 2**20

# What Windows, where contacts unpack their archives, cannot keep as a file's name: reserved characters, the names of
# devices, a last full stop or space (Microsoft, "Naming Files, Paths, and Namespaces"), and bytes that are no UTF-8.
UNKEEPABLE = re.compile(
    r"""[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff] | [. ]$ | ^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)""",
    re.VERBOSE | re.IGNORECASE,
)

# Names that would take the place of the circular's own page and annex.
RESERVED = {"index.html", "annex.xlsx"}


def read_attachments(campaign: Campaign, problems: Problems) -> tuple[Path, ...]:
    """Return the files of ``attachments/`` that may be published, in the order of their names."""
    return tuple(
        path
        for path in _files_in(campaign.path / "attachments", "attachments", problems)
        if _may_be_published(path, problems)
    )


def _may_be_published(path: Path, problems: Problems) -> bool:
    trouble = _why_unpublished(path)
    if trouble:
        problems.error(Topic.FILE, trouble[0], hint=trouble[1], at=Place(file=f"attachments/{path.name}"))
    return not trouble


def _why_unpublished(path: Path) -> tuple[str, str] | None:
    """Return why a file may not lie beside the circular, and what to do; it is read only where name and size allow."""
    if path.name.lower() in RESERVED:
        return say("the circular's page has a file of this name itself"), say("give the file another name")
    if trouble := why_unnamed(path.name):
        return trouble
    if path.stat().st_size > ATTACHMENT_BYTES_MAX:
        message = say("this file has more than {size} MB", size=ATTACHMENT_BYTES_MAX // 2**20)
        return message, say("save it again with smaller pictures, or divide it")
    return why_unfit(path.name, path.read_bytes())


def read_enclosures(
    campaign: Campaign, agencies: Sequence[Agency], problems: Problems
) -> Mapping[str, tuple[Document, ...]]:
    """The documents of ``files/<username>/``, by user name, in the order of their names."""
    root = campaign.path / "files"
    if not root.is_dir():
        return {}
    status = {agency.username: agency.status for agency in agencies}
    enclosures = {}
    for folder in sorted(root.iterdir()):
        if is_leftover(folder.name):
            continue
        at = Place(file=f"files/{folder.name}")
        if folder.name not in status or not folder.is_dir() or folder.is_symlink():
            hint = say("a folder here is named after the user name of the agency that gets the documents in it")
            problems.error(Topic.FILE, say("the annex has no agency with this user name"), hint=hint, at=at)
        elif status[folder.name] is not Status.NEW:
            hint = say("take the folder away, or give the agency a new code")
            why = say(STATUSES[status[folder.name]])
            message = say("this agency gets no letter ({why}), so nothing can carry these documents", why=why)
            problems.error(Topic.FILE, message, hint=hint, at=at)
        else:
            enclosures[folder.name] = _documents(folder, problems)
    return enclosures


def _documents(folder: Path, problems: Problems) -> tuple[Document, ...]:
    where = f"files/{folder.name}"
    at = Place(file=where)
    paths = _files_in(folder, where, problems)
    if sum(path.stat().st_size for path in paths) > ENCLOSURES_BYTES_MAX:
        message = say("these documents have more than {size} MB together", size=ENCLOSURES_BYTES_MAX // 2**20)
        problems.error(Topic.FILE, message, hint=say("send fewer or smaller documents"), at=at)
        return ()
    documents = [Document(unicodedata.normalize("NFC", path.name), path.read_bytes()) for path in paths]
    taken = {f"{folder.name}.pdf"}
    for document in documents:
        if document.name.lower() in taken:
            hint = say("give the file another name")
            message = say("another document of the archive has this name")
            problems.error(Topic.FILE, message, hint=hint, at=Place(file=f"{where}/{document.name}"))
        taken.add(document.name.lower())
    return tuple(documents)


def _files_in(folder: Path, where: str, problems: Problems) -> tuple[Path, ...]:
    """The plain files of a folder; ``where`` it lies in that of the campaign."""
    if not folder.is_dir():
        return ()
    paths = in_order(path for path in folder.iterdir() if not is_leftover(path.name))
    for path in paths:
        at = Place(file=f"{where}/{path.name}")
        if not path.is_file() or path.is_symlink():
            problems.error(Topic.FILE, say("only plain files are published"), hint=say("move it away"), at=at)
        elif UNKEEPABLE.search(path.name):
            hint = say("give the file a name of letters, digits, spaces and hyphens")
            problems.error(Topic.FILE, say("Windows cannot keep a file of this name"), hint=hint, at=at)
    return tuple(path for path in paths if _is_plain(path))


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not UNKEEPABLE.search(path.name)
