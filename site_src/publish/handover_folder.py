"""The folder that the administrator gets: the site, the rules, the files for the day of the change, and how to.

All of it is made from what a build has published, so it is written after that, beside its place, and never read again.
"""

from __future__ import annotations

import gzip
import tarfile
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Template

from site_src.files import disk, private
from site_src.files.walk import entries_below, files_below
from site_src.folders import ADMINISTRATORS_FOLDER, ROBOTS_NAME, TEMPLATES, Folders, is_administrators
from site_src.language.catalogues import Words
from site_src.make.archives import ZIP_EPOCH
from site_src.make.server_rules import USUAL_PASSWORD_FILE, robots
from site_src.read.settings import Campaign, Site

SECRETS = (private.MANIFEST_NAME, private.BEFORE_NAME, private.AFTER_NAME)
SITE_NAME = "dist.tar.gz"
PROGRAM_NAME = "activate.py"
PROGRAM = Path(__file__).resolve().parent.parent

# Archives are encrypted, so compressing gains a twentieth and costs more processor time than half of their letters.
COMPRESSION = 0

# What the program does when it is run, in a syntax that old Pythons read, so that they can say that they are too old.
MAIN = """\
import os
import sys

if sys.version_info < (3, 11):
    sys.stderr.write("activate.py needs Python 3.11 or newer: see README.txt for the way without it\\n")
    sys.exit(3)
folder = os.path.dirname(os.path.abspath(sys.argv[0]))
given = sys.argv[2:] if sys.argv[1:2] == ["{slug}"] else sys.argv[1:]
from site_src.cli import main

sys.exit(main(["activate", "{slug}", "--handover", folder, "--lang", "{language}"] + given))
"""


def write_handover(campaign: Campaign, site: Site, folders: Folders) -> None:
    """Write ``private/<slug>/handover/`` anew, for the site that is published now."""
    secrets, rules = folders.private / campaign.slug, folders.private / private.SERVER_FOLDER
    folder = secrets / private.HANDOVER_FOLDER
    for each in (folder, folder / private.SERVER_FOLDER):
        private.make_private_folder(each)
    _pack_site(folders.out, site, folder / SITE_NAME)
    files = {folder / name: (secrets / name).read_bytes() for name in SECRETS}
    files |= {folder / private.SERVER_FOLDER / path.name: path.read_bytes() for path in rules.iterdir()}
    files[folder / PROGRAM_NAME] = program(campaign.slug, site.language)
    files[folder / "README.txt"] = _read_me(campaign, site).encode()
    private.put_private(files)
    disk.settle(folder)


def _pack_site(out: Path, site: Site, target: Path) -> None:
    """Pack the site with the modes that a web server needs, without the files of its administrator, who has them.

    What is packed is what the build made: its own robots.txt too where another has taken its place.

    No file has a time, so that the same site gives the same bytes: whoever unpacks it sets the time (``tar -m``).
    """
    draft = private.staged(target)
    draft.unlink(missing_ok=True)  # of a build that was killed
    private.write_private(draft, b"")
    with (
        draft.open("wb") as file,
        gzip.GzipFile(fileobj=file, filename="", mode="wb", compresslevel=COMPRESSION, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as packed,
    ):
        for name, found in entries_below(out):
            path, entry = Path(found), tarfile.TarInfo(f"dist/{name}")
            if found.is_dir() and not f"{name}/".startswith(ADMINISTRATORS_FOLDER):
                entry.type, entry.mode = tarfile.DIRTYPE, disk.PUBLIC_FOLDER_MODE
                packed.addfile(entry)
            elif name == ROBOTS_NAME or (found.is_file() and not is_administrators(name, path)):
                content = robots(site) if name == ROBOTS_NAME else path.read_bytes()
                entry.size, entry.mode = len(content), disk.PUBLIC_FILE_MODE
                packed.addfile(entry, BytesIO(content))
    disk.sync(draft)
    disk.move(draft, target)


def program(slug: str, language: str) -> bytes:
    """Return Thyrida as one file that runs `activate` for this folder, on Python alone (PEP 441, a ZIP with a main)."""
    buffer = BytesIO(_packed_program())
    with zipfile.ZipFile(buffer, "a") as packed:
        packed.writestr(_entry("__main__.py"), MAIN.format(slug=slug, language=language))
    return buffer.getvalue()


@cache
def _packed_program() -> bytes:
    """Return what is the same for every campaign, once for the life of a process: a third of a small build."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name in sorted(files_below(PROGRAM)):
            if name.endswith((".py", ".mo", ".toml")):
                packed.writestr(_entry(f"{PROGRAM.name}/{name}"), (PROGRAM / name).read_bytes())
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, ZIP_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _read_me(campaign: Campaign, site: Site) -> str:
    words = Words(site.language)
    text = Template((TEMPLATES / "handover" / f"{site.language}.txt").read_text(encoding="utf-8"))
    return text.substitute(
        folder=campaign.folder,
        slug=campaign.slug,
        effective=words.date(campaign.effective),
        eve=words.date(campaign.eve),
        cron=f"0 0 {campaign.effective.day} {campaign.effective.month} *",
        password_file=site.server.password_file or USUAL_PASSWORD_FILE,
        prefix=site.server.url_prefix,
    )
