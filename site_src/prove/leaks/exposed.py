"""What staff wrote for everybody to read, held against the addresses of the annexes before anything is made.

The build looks through every finished file once more (``leaks``); here a mistake is told together with all the others.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.problems import Place, Problems, Topic
from site_src.prove.leaks.files import find_leaks, look_at_name
from site_src.prove.leaks.secrets import Secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from site_src.files.looked import Looked
    from site_src.prove.leaks.files import Leak
    from site_src.read.inputs import CircularInputs, Inputs

# What a published page or letter shows of a campaign besides its letterhead.
SHOWN_OF_CAMPAIGN = ("folder", "circular")


@dataclass(frozen=True)
class _Published:
    """What is published of a file, and its text as staff wrote it where that has lines.

    The names in an archive are not encrypted; of a document in one nothing else is published.
    """

    at: Place
    data: bytes
    source: str = ""


def check_exposed(inputs: Inputs, problems: Problems) -> None:
    """Report each text, fact, attachment and name of a file that would publish an address of an annex.

    No earlier problem repeats such a name.
    """
    emails = (email for each in inputs.campaigns for agency in each.agencies for email in agency.emails)
    secrets = Secrets.of(emails=emails, codes=(), policies=(), keys=())
    problems.rename_files(lambda name: look_at_name(name, secrets)[0])
    _tell(_of_site(inputs), secrets, inputs.looked, problems)
    for each in inputs.all:
        own = Problems()
        _tell(_of_campaign(each), secrets, inputs.looked, own)
        problems.extend(own.all(), each.shown_slug)


def _tell(published: Iterable[_Published], secrets: Secrets, looked: Looked, problems: Problems) -> None:
    for each in published:
        for leak in find_leaks(each.at.file, each.data, secrets, looked):
            hint = leak.hint or say("take it out there: an address of the annex is the password of an archive")
            shown = replace(each.at, file=look_at_name(each.at.file, secrets)[0])
            for line in _lines_with(leak, each, secrets) or [0]:
                problems.error(Topic.LEAK, leak.message, hint=hint, at=replace(shown, line=line))


def _lines_with(leak: Leak, published: _Published, secrets: Secrets) -> list[int]:
    """The lines that leak this by themselves; none where it is put together by placeholders or markup."""
    lines = enumerate(published.source.splitlines(), start=1)
    return [number for number, line in lines if leak in find_leaks(published.at.file, line.encode(), secrets)]


def _of_site(inputs: Inputs) -> Iterator[_Published]:
    for key, text in _texts("", inputs.site):
        yield _Published(Place(file="site.toml", cell=key), text.encode())
    for name, text in inputs.texts.items():
        yield _Published(Place(file=f"{name}.md"), text.encode(), text)


def _of_campaign(inputs: CircularInputs) -> Iterator[_Published]:
    for name in SHOWN_OF_CAMPAIGN:
        for key, text in _texts(name, getattr(inputs.campaign, name)):
            yield _Published(Place(file="campaign.toml", cell=key), text.encode())
    yield _Published(Place(file="circular.md"), str(inputs.circular.html).encode(), inputs.circular.source)
    for path in inputs.attachments:
        yield _Published(Place(file=f"attachments/{path.name}"), path.read_bytes())
    for username, documents in inputs.enclosures.items():
        yield from (_Published(Place(file=f"files/{username}/{each.name}"), b"") for each in documents)


def _texts(key: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text in the facts, with the key that it stands under."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(key, item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(f"{key}.{field.name}".lstrip("."), getattr(value, field.name))
