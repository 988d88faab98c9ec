"""The desk: a campaign from its two documents to its last letter in the browser, for staff without a terminal.

Files stay the truth: the desk keeps nothing of its own but the results that a page shows next.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING

from site_src.commands.messages import error_lines, problem_counts, verdict_lines
from site_src.files.private import write_private
from site_src.folders import TEMPLATES, Options, Progress
from site_src.language.catalogues import Words
from site_src.language.say import say, spoken
from site_src.make.assets import read_assets
from site_src.make.pages import page_environment
from site_src.pipeline.build import build
from site_src.pipeline.reading import read_sound
from site_src.problems import InputError, Problem, ThyridaError, UsageError
from site_src.prove.verify import verify_all, with_letters
from site_src.publish.outcome import Outcome, remember
from site_src.publish.publish import locked
from site_src.read.content.campaign_folder import SAMPLE_NAME
from site_src.serve.gate import DESK, Gate
from site_src.serve.preview import Answer, Preview

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from site_src.new.draft import Draft
    from site_src.read.inputs import CircularInputs
    from site_src.report.collection import Report

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

    def annex(self) -> Upload:
        """Return the annex. Raises UsageError where the form has none."""
        if not self.files.get("annex"):
            raise UsageError(say("there is no annex"), say("go back and choose the file of the annex"))
        return self.files["annex"][0]


@dataclass
class Job:
    """A build with the proof after it, in a thread: how far it is, and afterwards what came of both.

    ``problems`` are those of the inputs; ``lines`` are those of `verify`, or say what stopped either.
    """

    options: Options | None = None
    outcome: Outcome | None = None
    problems: tuple[Problem, ...] = ()
    lines: tuple[str, ...] = ()
    has_failed: bool = False
    progress: Progress = field(default_factory=Progress)
    thread: Thread = field(default_factory=Thread)

    @classmethod
    def begin(cls, options: Options) -> Job:
        """Return one that has begun."""
        job = cls(options)
        job.progress.start(say("Reading everything"), 0)
        job.thread = Thread(target=job._work, args=(options,))
        job.thread.start()
        return job

    def _work(self, options: Options) -> None:
        try:
            self.outcome = build(options, self.progress)
            self.problems = self.outcome.warnings
            if self.outcome.state:
                remember(options, self.outcome)
            inputs = read_sound(options.folders, options.day, with_letters=with_letters(options.folders))
            with locked(options.folders.private):
                for verdict in verify_all(inputs, options.folders, self.progress):
                    self.has_failed = self.has_failed or bool(verdict.failures)
                    self.lines += tuple(say("error: {text}", text=failure) for failure in verdict.failures)
                    self.lines += tuple(verdict_lines(verdict))
        except InputError as error:
            self.has_failed, self.problems = True, error.problems
        except (ThyridaError, OSError) as error:
            self.has_failed, self.lines = True, tuple(error_lines(error))


@dataclass
class Desk:
    """Hold what the pages of one session share, for the folders of its preview."""

    preview: Preview
    gate: Gate
    job: Job = field(default_factory=Job)
    # By slug: what `new` understood, and what the logs showed, with the warnings about them.
    begun: dict[str, Draft] = field(default_factory=dict)
    reports: dict[str, tuple[Report, tuple[Problem, ...]]] = field(default_factory=dict)

    @property
    def content(self) -> Path:
        """Return the folder that a first campaign is written into: the sample, shown until then, is within it."""
        content = self.preview.folders.content
        return content.parent if content.name == SAMPLE_NAME else content

    @property
    def private(self) -> Path:
        """Return the private folder."""
        return self.preview.folders.private

    @property
    def campaigns(self) -> dict[str, CircularInputs]:
        """Return the inputs of each campaign by its slug, as they were read last."""
        return {each.campaign.slug: each for each in self.preview.inputs.all}

    def problems(self, slug: str) -> tuple[Problem, ...]:
        """Return what is wrong with a campaign, and with that which all campaigns share."""
        return tuple(each for each in self.preview.problems if each.at.campaign in {"", slug})

    @contextmanager
    def as_files(self, uploads: Mapping[str, Upload]) -> Iterator[dict[str, Path]]:
        """Hold the private folder, and yield the uploads as files in it by their names, which go afterwards."""
        with locked(self.private), TemporaryDirectory(prefix=".desk-", dir=self.private) as folder:
            paths = {name: Path(folder, f"{name}{upload.ending}") for name, upload in uploads.items()}
            for name, path in paths.items():
                write_private(path, uploads[name].content)
            yield paths

    def page(self, template: str, title: str, *, status: int = HTTPStatus.OK, **facts: object) -> Answer:
        """Return a page, made with a template of templates/desk/."""
        environment = page_environment(self.preview.inputs.site, Words(spoken()), _SITE)
        shared: dict[str, object] = {
            "assets": _PATHS,
            "token": self.gate.token,
            "language": spoken(),
            "desk": DESK,
            "slug": "",
        }
        shared |= {"title": title, "here": template, "most": UPLOAD_MAX // 2**20, "counts": problem_counts} | facts
        text = environment.get_template(f"desk/{template}.html").render(shared)
        return Answer(status, text.encode())


# Styles and scripts of the site, and the desk's own.
_SITE, _OWN = read_assets(), read_assets(TEMPLATES / "desk")
_PATHS, ASSET_FILES = {**_SITE.paths, **_OWN.paths}, {**_SITE.files, **_OWN.files}
