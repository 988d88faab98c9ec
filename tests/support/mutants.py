"""Faults that swap something between two agencies inside a build; each is put in at a seam of the pipeline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from site_src.files import disk
from site_src.files import htpasswd as access
from site_src.make import archives, pages
from site_src.make import at_once as make
from site_src.make.letters import Typesetter
from site_src.plan import plan
from tests.support.small_site import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pytest

    from site_src.make.letters import Recipient
    from site_src.make.pages import Page
    from site_src.plan.keys import CampaignKey
    from site_src.plan.plan import Assignment, Plan
    from site_src.read.agency import Agency
    from site_src.read.inputs import CampaignInputs, Document

    Patch = pytest.MonkeyPatch

CELLS = {row.split(";")[0]: row.split(";") for row in ROWS}
THIRA, ATTICA, CRETE, SIKINOS = CELLS
PAIR = {THIRA: CRETE, CRETE: THIRA}
WRONG_CODE = "CDFJ-LQRS-W234-6789-CDFJ"


def other(username: str) -> str:
    """Return the user name with which this one is swapped."""
    return PAIR.get(username, username)


def swap_assignments(patch: Patch, change: Callable[[Assignment, Assignment], Assignment]) -> None:
    """Let each of the two take something from the other's assignment, before anything is made."""
    assigning = plan.assign

    def assign(agency: Agency, inputs: CampaignInputs, key: CampaignKey) -> Assignment:
        others = next(each for each in inputs.agencies if each.username == other(agency.username))
        return change(assigning(agency, inputs, key), assigning(others, inputs, key))

    patch.setattr(plan, "assign", assign)


def codes(patch: Patch) -> None:
    """Each gets the other's code, in its letter, hash and fingerprint."""
    swap_assignments(patch, lambda own, others: replace(own, code=others.code))


def one_code_for_two(patch: Patch) -> None:
    """Both get one and the same code."""
    swap_assignments(patch, lambda own, others: replace(own, code=min(own.code, others.code)))


def addresses(patch: Patch) -> None:
    """Each archive opens with the other's address."""
    swap_assignments(patch, lambda own, others: replace(own, email=others.email))


def agencies(patch: Patch) -> None:
    """Each assignment speaks of the other agency."""
    swap_assignments(patch, lambda own, others: replace(own, agency=others.agency))


def enclosures(patch: Patch) -> None:
    """Each archive carries the other's documents."""
    swap_assignments(patch, lambda own, others: replace(own, enclosures=others.enclosures))


def swap_in_letters(patch: Patch, change: Callable[[Recipient], Recipient]) -> None:
    """Let the letters of the two say something else; the build's proof compares them with themselves."""
    setting = Typesetter.set_letter

    def set_letter(self: Typesetter, recipient: Recipient) -> bytes:
        return setting(self, change(recipient) if recipient.username in PAIR else recipient)

    patch.setattr(Typesetter, "set_letter", set_letter)


def names_in_letters(patch: Patch) -> None:
    """Each letter names the other agency."""
    swap_in_letters(patch, lambda one: replace(one, agency=CELLS[other(one.username)][1]))


def user_names_in_letters(patch: Patch) -> None:
    """Each letter gives the other's user name."""
    swap_in_letters(patch, lambda one: replace(one, username=other(one.username)))


def codes_in_letters(patch: Patch) -> None:
    """The letters give a code that the password file does not know."""
    swap_in_letters(patch, lambda one: replace(one, code=WRONG_CODE))


def letters(patch: Patch) -> None:
    """Each archive holds the other's letter, which is right in itself."""
    setting = make._set_letter  # noqa: SLF001 (the seam at which the fault is put in)
    patch.setattr(make, "_set_letter", lambda setter, whole, one: setting(setter, whole, others_of(whole, one)))


def whole_archives(patch: Patch) -> None:
    """Each archive is the other's, proved as the other's."""
    setting, making = make._set_letter, make._make_archive  # noqa: SLF001 (as above)

    def swapped(whole: Plan, one: Assignment, _: bytes) -> bytes:
        theirs = others_of(whole, one)
        return making(whole, theirs, setting(Typesetter(whole.inputs.letter), whole, theirs))

    patch.setattr(make, "_make_archive", swapped)


def others_of(whole: Plan, one: Assignment) -> Assignment:
    """Return the values of the pair's other agency."""
    return whole.assignments[other(one.agency.username)]


def places_of_archives(patch: Patch) -> None:
    """Each archive is written to the other's place; size and hash stay with their owner."""

    def swapped(folder: Path, username: str) -> Path:
        return folder / other(username) / f"{other(username)}.zip"

    patch.setattr(make, "archive_path", swapped)


def passwords_of_archives(patch: Patch) -> None:
    """Each archive is sealed with the other's address."""

    def seal(documents: Sequence[Document], password: str, *rest: Any) -> bytes:  # noqa: ANN401 (handed on)
        owner = documents[0].name.removesuffix(".pdf")
        return archives.seal(documents, CELLS[other(owner)][3] if owner in PAIR else password, *rest)

    patch.setattr(make, "seal", seal)


def passwords_and_their_proof(patch: Patch) -> None:
    """Sealed and opened again with the other's address: the build's proof is content."""
    passwords_of_archives(patch)

    def reopen(archive: bytes, _: str) -> tuple[Document, ...] | None:
        opened = (archives.unseal(archive, CELLS[username][3]) for username in PAIR)
        return next(filter(None, opened), None)

    patch.setattr(make, "reopen", reopen)


def hashes(patch: Patch) -> None:
    """Each user's line of the password file takes the other's code."""
    starting = make.start_hashing

    def start(whole: Plan, *rest: Any) -> Any:  # noqa: ANN401 (handed on)
        given = whole.assignments
        swapped = {name: replace(each, code=given[other(name)].code) for name, each in given.items()}
        return starting(replace(whole, assignments=swapped), *rest)

    patch.setattr("site_src.pipeline.build.start_hashing", start)


def change_lines(patch: Patch, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> None:
    """Let the new password file have other lines than those that were made."""

    def after(before: bytes, new_lines: Mapping[str, bytes], gone: Sequence[str]) -> bytes:
        wrong = change(dict(new_lines))
        return access.password_file_after(before, wrong, [name for name in gone if name not in wrong])

    patch.setattr(make, "password_file_after", after)


def named(username: str, line: bytes) -> bytes:
    """The line's hash behind this user name."""
    return username.encode() + b":" + line.partition(b":")[2]


def lines(patch: Patch) -> None:
    """Put each user name before the other's hash."""
    change_lines(patch, lambda made: {name: named(name, made[other(name)]) for name in made})


def a_line_too_many(patch: Patch) -> None:
    """One that has no contact and shall call gets the hash of another."""
    change_lines(patch, lambda made: {**made, SIKINOS: named(SIKINOS, made[THIRA])})


def a_kept_line(patch: Patch) -> None:
    """One that keeps its code gets the hash of another."""
    change_lines(patch, lambda made: {**made, ATTICA: named(ATTICA, made[THIRA])})


def sizes_and_sums(patch: Patch) -> None:
    """Pages and manifest tell each archive's size and SHA-256 as the other's."""
    starting = make.start_archives

    def swapped(*given: Any) -> Any:  # noqa: ANN401 (handed on)
        made = starting(*given)()
        return lambda: {name: made[other(name)] for name in made}

    patch.setattr("site_src.pipeline.build.start_archives", swapped)


def change_pages(patch: Patch, change: Callable[[Page, str], Page]) -> None:
    """Let the pages of the two be others; the change is told whose page it is."""

    def render(*given: Any) -> Iterator[Page]:  # noqa: ANN401 (handed on)
        for page in pages.render_pages(*given):
            owner = next((name for name in PAIR if f"/{name}/" in page.path), "")
            yield change(page, owner) if owner else page

    patch.setattr("site_src.pipeline.build.render_pages", render)


def places_of_pages(patch: Patch) -> None:
    """Each agency's page is written to the other's folder."""
    change_pages(patch, lambda page, owner: replace(page, path=page.path.replace(owner, other(owner))))


def links(patch: Patch) -> None:
    """Each agency's page offers the other's archive."""

    def wrong(page: Page, owner: str) -> Page:
        return replace(page, content=page.content.replace(f"{owner}.zip".encode(), f"{other(owner)}.zip".encode()))

    change_pages(patch, wrong)


def carried_over(patch: Patch) -> None:
    """Carry the other agency's letter over as this one's unchanged one."""

    def wrong(source: Path, target: Path) -> None:
        name = other(source.stem)
        disk.carry_over(source.parent.parent / name / f"{name}.zip", target)

    patch.setattr(make, "carry_over", wrong)


FIRST_BUILD = (
    *(one_code_for_two, addresses, agencies, enclosures),
    *(names_in_letters, user_names_in_letters, codes_in_letters, letters),
    *(whole_archives, places_of_archives, passwords_of_archives, passwords_and_their_proof),
    *(hashes, lines, a_line_too_many, a_kept_line),
    *(sizes_and_sums, places_of_pages, links),
)
REBUILD = (carried_over,)
HARMLESS = (codes,)
