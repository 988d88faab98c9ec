"""Hashes of the server's password file that stay and are slow to check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.files.htpasswd import costly_seconds
from site_src.files.private import CURRENT_FILE
from site_src.language.catalogues import number_text
from site_src.language.say import say, say_many, spoken
from site_src.problems import Place, Topic
from site_src.read.agency import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_src.files.htpasswd import PasswordFile
    from site_src.problems import Problems
    from site_src.read.agency import Agency


def tell_costly(passwords: PasswordFile, agencies: Iterable[Agency], problems: Problems, *, drops_others: bool) -> None:
    """Warn of the slow hashes among the lines that the campaign keeps, with the time that one login costs."""
    statuses = {agency.username: agency.status for agency in agencies}
    otherwise = None if drops_others else Status.KEEPS
    kept = {user: line for user, line in passwords.users.items() if statuses.get(user, otherwise) is Status.KEEPS}
    costly = {user: seconds for user, line in kept.items() if (seconds := costly_seconds(line))}
    if not costly:
        return
    worst = max(costly, key=costly.__getitem__)
    message = say_many(
        "{number} user keeps a hash that is slow to check: one login keeps a processor of the server busy for "
        "{seconds} s",
        "{number} users keep hashes that are slow to check: one login keeps a processor of the server busy for up to "
        "{seconds} s",
        len(costly),
        seconds=number_text(float(f"{costly[worst]:.2g}"), spoken()),
    )
    hint = say(
        "a server checks the hash at every request, and nginx answers nobody meanwhile: give these users a new code, "
        'or ask the administrator to set their present one again with a hash of low cost ("htpasswd -B -C 5")'
    )
    at = Place(file=CURRENT_FILE, line=passwords.lines.index(kept[worst]) + 1)
    problems.warning(Topic.ACCESS, message, hint=hint, at=at, value=worst)
