"""Which folders of ``content/`` are campaigns, and which file in one is its annex."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_src.files.private import SERVER_FOLDER
from site_src.language.say import say, say_list
from site_src.problems import Place, Topic, UsageError
from site_src.read.content.known_files import hint_of_annex, is_annex, is_campaign, possible_annexes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from site_src.problems import Problems
    from site_src.read.settings import Campaign

SLUG_LONGEST = 60
SLUG = re.compile(rf"[a-z0-9](?:[a-z0-9-]{{0,{SLUG_LONGEST - 2}}}[a-z0-9])?")


def campaign_folders(content: Path, problems: Problems) -> tuple[Path, ...]:
    """The campaigns' folders in the order of their names: those that hold a file of a campaign."""
    if not content.is_dir():
        hint = say("give the folder that holds site.toml with --content")
        problems.error(Topic.FILE, say("there is no such content folder"), hint=hint, at=Place(file=str(content)))
        return ()
    folders = sorted(path for path in content.iterdir() if path.is_dir() and not path.name.startswith("."))
    found = tuple(path for path in folders if is_campaign(path))
    for path in found:
        if not SLUG.fullmatch(path.name) or path.name == SERVER_FOLDER:
            message = say(
                "this name stands in web addresses: expected lower-case Latin letters, digits and hyphens between "
                'them, at most {most}, and not "{taken}"',
                most=SLUG_LONGEST,
                taken=SERVER_FOLDER,
            )
            hint = say('rename the folder, for example to "2020-11-access-codes"')
            problems.error(Topic.FILE, message, hint=hint, at=Place(file=path.name), value=path.name)
    return found


def no_such_campaign(slug: str, content: Path, found: Sequence[Path]) -> UsageError:
    """The error for a campaign that the command names and ``content`` does not hold, with those that were found."""
    message = say('there is no campaign "{slug}" in "{content}"', slug=slug, content=content)
    names = ", ".join(path.name for path in found) or say("none")
    return UsageError(message, say("the campaigns are: {names}", names=names))


def annexes_in(folder: Path) -> list[Path]:
    """The files of a campaign's folder that are named as an annex is; exactly one is right."""
    return sorted(path for path in folder.iterdir() if is_annex(path))


def find_annexes(campaign: Campaign, problems: Problems) -> tuple[Path, ...]:
    """The campaign's annex; none or several are a problem."""
    found = annexes_in(campaign.path)
    at = Place(file="annex.*", cell=", ".join(path.name for path in found), campaign=campaign.slug)
    if not found:
        possible = possible_annexes(campaign.path)
        message = say("there is no annex in the campaign's folder")
        if possible:
            names = say_list([f'"{path.name}"' for path in possible])
            message = say("there is no annex in the campaign's folder; it holds {names} instead", names=names)
        problems.error(Topic.FILE, message, hint=hint_of_annex(possible), at=at)
    elif len(found) > 1:
        hint = say("keep exactly one of these files")
        problems.error(Topic.FILE, say("there are several annexes"), hint=hint, at=at)
    return tuple(found)
