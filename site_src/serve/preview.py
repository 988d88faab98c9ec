"""The site as it will look, made in memory: no key, no real code and no published file is touched.

Each agency's archive holds a letter that is marked as a sample; it is made when somebody asks for it.
"""

from __future__ import annotations

import hashlib
import html
import mimetypes
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from site_src.files.looked import Looked
from site_src.folders import UNSHOWN, Folders, Progress
from site_src.language.say import say
from site_src.make.archives import seal
from site_src.make.letters import Recipient, Typesetter
from site_src.make.pages import Archive, Edition, beside_circulars, render_pages
from site_src.pipeline.reading import read_inputs
from site_src.plan.keys import CampaignKey
from site_src.problems import Problem, Problems, UsageError, count_errors
from site_src.read.agency import Agency, Status
from site_src.read.inputs import CampaignInputs, CircularInputs, Document, Inputs

# In the pages until somebody asks for an archive: its SHA-256, and about its size.
UNKNOWN_SHA256 = "0" * 64
USUAL_SIZE = 42_000

SAMPLE_LETTER = "sample.pdf"

# Python's own table: the registry of Windows may call a script a plain text, which browsers then do not run.
KINDS = mimetypes.MimeTypes()


@dataclass(frozen=True)
class Answer:
    """The answer to a request."""

    status: int
    content: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    location: str = ""


@dataclass
class Preview:
    """The pages as the inputs are now; ``username`` sees the site as that agency does."""

    folders: Folders
    today: Callable[[], date]
    username: str = ""
    progress: Progress = UNSHOWN
    inputs: Inputs = field(init=False)  # as they were read last, mistakes and all
    problems: tuple[Problem, ...] = ()  # in them, warnings too
    _pages: dict[str, bytes] = field(default_factory=dict)
    _looked: Looked = field(init=False)
    # It seals the samples of this preview alone, and goes with the process.
    _key: CampaignKey = field(default_factory=CampaignKey.new)

    def __post_init__(self) -> None:
        """Begin with what the last build looked through."""
        self._looked = Looked.through(self.folders.private, self.progress)

    def refresh(self) -> None:
        """Read all inputs again; mistakes become the page that every request gets."""
        problems = Problems()
        self.inputs = read_inputs(self.folders, self.today(), problems, looked=self._looked)
        self.problems = problems.all()
        if not self.has_errors:
            self._pages = dict(self._render(self.inputs))

    @property
    def has_errors(self) -> bool:
        """Return whether mistakes take the place of the pages."""
        return count_errors(self.problems) > 0

    def check_username(self) -> None:
        """Raise UsageError where no campaign has an agency named ``username``."""
        known = {agency.username for each in self._campaigns() for agency in each.agencies}
        if self.username and not self.has_errors and self.username not in known:
            message = say('no annex has an agency with the user name "{username}"', username=self.username)
            raise UsageError(message, say("copy the 12 digits from the annex"))

    def answer(self, path: str) -> Answer:
        """Return the page, asset, sample letter or sample archive at a path such as ``/files/2020-11/``.

        They are those of inputs without errors: see ``has_errors``.
        """
        name = path.lstrip("/")
        name = f"{name}index.html" if not name or name.endswith("/") else name
        match name.split("/"):
            case ["files", slug, "mine", *_] if self.username:
                own = f"files/{slug}/{self.username}/"
                return Answer(302, location=f"/{own if f'{own}index.html' in self._pages else f'files/{slug}/'}")
            case ["files", _, owner, *_] if self.username and owner.isdecimal() and owner != self.username:
                return Answer(403, self._pages["403.html"])
        if name in self._pages:
            return Answer(200, self._with_sample(name), _type_of(name))
        return self._sample(name) or Answer(404, self._pages["404.html"])

    def _campaigns(self) -> tuple[CampaignInputs, ...]:
        return self.inputs.campaigns

    def _render(self, inputs: Inputs) -> Iterator[tuple[str, bytes]]:
        editions = [*map(_edition, inputs.all)]
        pages = render_pages(inputs.site, editions, inputs.pages, inputs.words)
        for page in (*pages, *beside_circulars(inputs)):
            yield page.path, page.content

    def _with_sample(self, name: str) -> bytes:
        """Return a page; an agency's own names the archive that its reader will get, and links the letter itself."""
        page, mark = self._pages[name], UNKNOWN_SHA256.encode()
        folder = name.removesuffix("index.html")
        sample = self._sample(f"{folder}{folder.split('/')[-2]}.zip") if mark in page else None
        if sample is None:
            return page
        text = html.escape(say("This is a preview: the letter and its code are samples."))
        note = f'<body>\n<p class="wrap">{text} <a href="{SAMPLE_LETTER}">▸ {SAMPLE_LETTER}</a></p>'.encode()
        return page.replace(mark, hashlib.sha256(sample.content).hexdigest().encode()).replace(b"<body>", note, 1)

    def _sample(self, name: str) -> Answer | None:
        """Return the sample letter or archive of an agency that gets one."""
        match name.split("/"):
            case ["files", slug, username, file] if file in {SAMPLE_LETTER, f"{username}.zip"}:
                found = [
                    (each, agency)
                    for each in self._campaigns()
                    for agency in each.with_status(Status.NEW)
                    if (each.campaign.slug, agency.username) == (slug, username)
                ]
            case _:
                return None
        if not found:
            return None
        ((inputs, agency),) = found
        letter = _sample_letter(inputs, agency)
        if file == SAMPLE_LETTER:
            return Answer(200, letter, "application/pdf")
        documents = (Document(f"{username}.pdf", letter), *_samples(inputs.enclosures.get(username, ())))
        email = self._key.choose(username, agency.emails)
        return Answer(200, seal(documents, email, self._key, inputs.campaign.circular.date), "application/zip")


def _edition(inputs: CircularInputs) -> Edition:
    archive = Archive(USUAL_SIZE, UNKNOWN_SHA256)
    return Edition.of(inputs, {agency.username: archive for agency in inputs.with_status(Status.NEW)})


def _sample_letter(inputs: CampaignInputs, agency: Agency) -> bytes:
    """Return a letter that is marked as a sample; its code, one symbol over and over, is plainly not real."""
    policy = inputs.campaign.code
    code = "-".join([policy.alphabet[0] * policy.group_length] * policy.groups)
    marked = replace(inputs.letter, facts={**inputs.letter.facts, "sample": "yes"})
    return Typesetter(marked).set_letter(Recipient(agency=agency.name, username=agency.username, code=code))


def _samples(enclosures: Iterable[Document]) -> Iterator[Document]:
    """Return samples in place of real documents: anybody at this machine can open the preview's archives."""
    text = say("This is a preview: the real document is in the archive that a build makes.").encode()
    return (Document(f"{document.name}.txt", text) for document in enclosures)


def _type_of(name: str) -> str:
    kind = KINDS.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
