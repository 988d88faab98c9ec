"""The desk: a campaign from its two documents to its last letter in the browser, for staff without a terminal.

Files stay the truth: the desk keeps nothing of its own but the results that a page shows next.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from site_src.files.private import MANIFEST_NAME, write_private
from site_src.files.walk import files_below
from site_src.folders import TEMPLATES
from site_src.language.catalogues import Words
from site_src.language.say import say, spoken
from site_src.make.assets import read_assets
from site_src.make.pages import page_environment
from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems, UsageError
from site_src.publish.publish import locked
from site_src.read.content.campaign_folder import SAMPLE_NAME
from site_src.serve.gate import DESK
from site_src.serve.job import Job
from site_src.serve.preview import KINDS, Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from site_src.folders import Folders
    from site_src.new.draft import Draft
    from site_src.problems import Problem
    from site_src.read.inputs import CircularInputs, Inputs
    from site_src.report.collection import Report
    from site_src.serve.gate import Gate
    from site_src.serve.preview import Preview


UPLOAD_MAX = 100 * 2**20  # bytes of a form with its files: annexes are at most 40 MB, logs may be packed


@dataclass(frozen=True)
class Upload:
    """A file that a form brought; of its name, which may be a path, the desk uses the ending alone."""

    name: str
    content: bytes = field(repr=False)

    @property
    def ending(self) -> str:
        """Return the ending in lower case, with its dot; nothing where it has other signs than letters and digits."""
        ending = PurePath(self.name).suffix.lower()
        return ending if re.fullmatch(r"\.[a-z0-9]+", ending) else ""


@dataclass(frozen=True)
class Form:
    """A form as it was sent: its fields and its files by their names."""

    fields: Mapping[str, str]
    files: Mapping[str, tuple[Upload, ...]] = field(default_factory=dict)

    @property
    def typed(self) -> Mapping[str, str]:
        """Return what was typed, without the fields that the page itself has."""
        return {name: text for name, text in self.fields.items() if text and name != "token" and "version" not in name}

    def annex(self) -> Upload:
        """Return the annex. Raises UsageError where the form has none."""
        if not self.files.get("annex"):
            raise UsageError(say("there is no annex"), say("go back and choose the file of the annex"))
        return self.files["annex"][0]


class Desk:
    """Hold what the pages of one session share, for the folders of its preview."""

    def __init__(self, preview: Preview, gate: Gate) -> None:
        self.preview = preview
        self.gate = gate
        self.job = Job()
        # By slug: what `new` understood, and what the logs showed, with the warnings about them.
        self.begun: dict[str, Draft] = {}
        self.reports: dict[str, tuple[Report, tuple[Problem, ...]]] = {}

    @property
    def folders(self) -> Folders:
        """Return the folders of the preview."""
        return self.preview.folders

    @property
    def content(self) -> Path:
        """Return the folder that a first campaign is written into: the sample, shown until then, is within it."""
        content = self.folders.content
        return content.parent if content.name == SAMPLE_NAME else content

    @property
    def inputs(self) -> Inputs:
        """Return the inputs as they were read last."""
        return self.preview.inputs

    def campaign(self, slug: str) -> CircularInputs:
        """Return the inputs of a campaign that is there."""
        return next(each for each in self.inputs.all if each.campaign.slug == slug)

    def only(self, slug: str) -> Inputs:
        """Read a campaign and what all campaigns share. Raises InputError where they have errors."""
        problems = Problems()
        inputs = read_inputs(self.folders, self.preview.today(), problems, slug)
        problems.stop_on_errors()
        return inputs

    def problems(self, slug: str) -> tuple[Problem, ...]:
        """Return what is wrong with a campaign, and with that which all campaigns share."""
        return tuple(each for each in self.preview.problems if each.at.campaign in {"", slug})

    def built_digest(self, slug: str) -> bytes:
        """Return the SHA-256 of the manifest of what was built of a campaign last, which has been."""
        return hashlib.sha256((self.folders.private / slug / MANIFEST_NAME).read_bytes()).hexdigest().encode()

    @contextmanager
    def as_files(self, uploads: Mapping[str, Upload]) -> Iterator[dict[str, Path]]:
        """Hold the private folder, and yield the uploads as files in it by their names, which go afterwards."""
        private = self.folders.private
        with locked(private), TemporaryDirectory(prefix=".desk-", dir=private) as folder:
            paths = {name: Path(folder, f"{name}{upload.ending}") for name, upload in uploads.items()}
            for name, path in paths.items():
                write_private(path, uploads[name].content)
            yield paths

    def page(self, template: str, title: str, *, status: int = HTTPStatus.OK, **facts: object) -> Answer:
        """Return a page, made with a template of templates/desk/."""
        environment = page_environment(self.inputs.site, Words(spoken()), _SITE)
        shared: dict[str, object] = {"assets": _PATHS, "token": self.gate.token, "language": spoken(), "desk": DESK}
        shared |= {"title": title, "here": template, "slug": "", "lines": (), "why": "", "typed": None}
        shared["most"] = UPLOAD_MAX // 2**20
        text = environment.get_template(f"desk/{template}.html").render(shared | facts)
        return Answer(status, text.encode())


def packed(folder: Path, top: str) -> bytes:
    """Return a folder as a ZIP that unpacks into ``top``, stored as it is: most of it is encrypted or small."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files_below(folder)):
            archive.write(folder / name, f"{top}/{name}")
    return buffer.getvalue()


def download(name: str, slug: str, content: bytes) -> Answer:
    """Return a file of a campaign that the browser saves."""
    return Answer(HTTPStatus.OK, content, KINDS.guess_type(name)[0] or "", download=f"{slug}-{name}")


# Styles and scripts of the site, and the desk's own.
_SITE, _OWN = read_assets(), read_assets(TEMPLATES / "desk")
_PATHS, ASSET_FILES = {**_SITE.paths, **_OWN.paths}, {**_SITE.files, **_OWN.files}
