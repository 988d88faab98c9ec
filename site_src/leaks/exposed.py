"""What staff wrote for everybody to read, held against the addresses of the annexes before anything is made.

The build looks through every finished file once more (``leaks``); here a mistake is told together with all the others.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING

from site_src.language.say import say
from site_src.leaks.files import find_leaks, shown_name
from site_src.leaks.secrets import Secrets
from site_src.problems import Place, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.inputs import CampaignInputs, Inputs
    from site_src.problems import Problems

# What a published page or letter shows of a campaign besides its letterhead.
SHOWN_OF_CAMPAIGN = ("folder", "circular")


def check_exposed(inputs: Inputs, problems: Problems) -> None:
    """Tell each text, fact and attachment that would publish an address of an annex."""
    emails = (email for each in inputs.campaigns for agency in each.agencies for email in agency.emails)
    secrets = Secrets.of(emails=emails, codes=(), policies=(), keys=())
    published = list(_of_site(inputs))
    for each in inputs.campaigns:
        campaign = inputs.told(each.campaign.slug)
        published += [(replace(place, campaign=campaign), data) for place, data in _of_campaign(each)]
    for place, data in published:
        for leak in find_leaks(place.file, data, secrets):
            hint = leak.hint or say("take it out there: an address of the annex is the password of an archive")
            shown = replace(place, file=shown_name(place.file, secrets))
            problems.error(Topic.LEAK, leak.message, hint=hint, at=shown)


def _of_site(inputs: Inputs) -> Iterator[tuple[Place, bytes]]:
    for key, text in _texts("", inputs.site):
        yield Place(file="site.toml", cell=key), text.encode()
    for name, text in inputs.texts.items():
        yield Place(file=f"{name}.md"), text.encode()


def _of_campaign(inputs: CampaignInputs) -> Iterator[tuple[Place, bytes]]:
    for name in SHOWN_OF_CAMPAIGN:
        for key, text in _texts(name, getattr(inputs.campaign, name)):
            yield Place(file="campaign.toml", cell=key), text.encode()
    yield Place(file="circular.md"), str(inputs.circular.html).encode()
    for path in inputs.attachments:
        yield Place(file=f"attachments/{path.name}"), path.read_bytes()


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
