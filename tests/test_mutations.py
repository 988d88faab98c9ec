"""Whatever is swapped between two agencies inside a build, the build's own proof or ``verify`` stops it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from site_src import make, plan, stage
from site_src.inputs import CampaignInputs, read_inputs
from site_src.keys import CampaignKey
from site_src.letters import Typesetter
from site_src.problems import Problems, ThyridaError
from site_src.verify import verify
from tests.small_site import DAY, ROWS, SmallSite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from site_src.plan import Assignment

THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)
PAIR = {THIRA: CRETE, CRETE: THIRA}

Patch = pytest.MonkeyPatch


def other(username: str) -> str:
    """The user name with which this one is swapped."""
    return PAIR.get(username, username)


def swap_assignments(patch: Patch, change: Callable[[Assignment, Assignment], Assignment]) -> None:
    """Let each of the two take something from the other's assignment, before anything is made."""
    planned = plan._assign  # noqa: SLF001 (the seam at which the fault is put in)
    given: dict[str, Assignment] = {}

    def assign(agency: Any, inputs: CampaignInputs, key: CampaignKey) -> Assignment:  # noqa: ANN401 (the seam's own)
        for each in inputs.agencies:
            if each.emails and not given.get(each.username):
                given[each.username] = planned(each, inputs, key)
        return change(given[agency.username], given[other(agency.username)])

    patch.setattr(plan, "_assign", assign)


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


def swap_recipients(patch: Patch, field: str) -> None:
    """Let the letters say of one what is true of the other; the build's proof compares them with themselves."""
    setting = Typesetter.set_letter
    said = {username: told_of(username) for username in PAIR}

    def set_letter(self: Typesetter, recipient: Any) -> bytes:  # noqa: ANN401 (the seam's own)
        wrong = said.get(recipient.username, {}).get(field)
        return setting(self, replace(recipient, **{field: wrong}) if wrong else recipient)

    patch.setattr(Typesetter, "set_letter", set_letter)


def told_of(username: str) -> dict[str, str]:
    """What a letter must not say of this agency."""
    row = next(row.split(";") for row in ROWS if row.startswith(other(username)))
    return {"username": row[0], "agency": row[1], "code": "CDFJ-LQRS-W234-6789-CDFJ"}


def names_in_letters(patch: Patch) -> None:
    """Each letter names the other agency."""
    swap_recipients(patch, "agency")


def user_names_in_letters(patch: Patch) -> None:
    """Each letter gives the other's user name."""
    swap_recipients(patch, "username")


def codes_in_letters(patch: Patch) -> None:
    """The letters give a code that the password file does not know."""
    swap_recipients(patch, "code")


def letters(patch: Patch) -> None:
    """Each archive holds the other's letter, right in itself."""
    setting = make._set_letter  # noqa: SLF001 (as above)
    swapped = lambda whole, one: setting(whole, whole.assignments[other(one.agency.username)])  # noqa: E731 (a mutant)
    patch.setattr(make, "_set_letter", swapped)


def letters_after_the_proof(patch: Patch) -> None:
    """Each archive lies in the other's folder, proved as the other's."""
    making = make._make_archive  # noqa: SLF001 (as above)
    swapped = lambda whole, one: making(whole, whole.assignments[other(one.agency.username)])  # noqa: E731 (a mutant)
    patch.setattr(make, "_make_archive", swapped)


def archives(patch: Patch) -> None:
    """Each archive is written to the other's place; size and hash stay with their owner."""
    placing = make.archive_path
    wrong = lambda folder, name: placing(folder, other(name)).with_name(f"{other(name)}.zip")  # noqa: E731 (a mutant)
    patch.setattr(make, "archive_path", wrong)


def passwords_of_archives(patch: Patch) -> None:
    """Each archive is sealed with the other's address, by the one function that seals."""
    sealing = make.seal
    emails = {row.split(";")[0]: row.split(";")[3] for row in ROWS}

    def seal(documents: Any, password: str, *rest: Any) -> bytes:  # noqa: ANN401 (the seam's own)
        owner = documents[0].name.removesuffix(".pdf")
        return sealing(documents, emails[other(owner)] if owner in PAIR else password, *rest)

    patch.setattr(make, "seal", seal)


def sealing_and_proving_with_the_others(patch: Patch) -> None:
    """Sealed and opened again with the other's address: the build's proof is content."""
    passwords_of_archives(patch)
    opening = make.unseal
    known = [row.split(";")[3] for row in ROWS if row.split(";")[0] in PAIR]
    patch.setattr(make, "unseal", lambda archive, _: next(filter(None, (opening(archive, each) for each in known)), None))
    proving = make._prove  # noqa: SLF001 (as above)
    patch.setattr(make, "_prove", lambda *given: proving(*given) if given[2].agency.username in PAIR else None)


def hashes(patch: Patch) -> None:
    """Each user's line of the password file takes the other's code."""
    hashing = make.hash_code
    given: dict[str, str] = {}
    swap_assignments(patch, lambda own, _: given.setdefault(own.agency.username, own.code) and own)  # type: ignore[arg-type,return-value] # it notes the codes
    wrong = lambda key, name, code: hashing(key, name, given.get(other(name), code))  # noqa: E731 (a mutant)
    patch.setattr(make, "hash_code", wrong)


def lines(patch: Patch) -> None:
    """Each user name stands before the other's hash."""
    swap_lines(patch, [THIRA, CRETE])


def a_line_too_many(patch: Patch) -> None:
    """One that has no contact and shall call gets the line of another."""
    swap_lines(patch, [SIKINOS, THIRA])


def swap_lines(patch: Patch, pair: list[str]) -> None:
    """Let each user name of the password file stand before the other's hash."""
    making = make.password_file_after

    def after(before: Any, new_lines: Mapping[str, bytes], gone: Any) -> Any:  # noqa: ANN401 (the seam's own)
        rest = {name: new_lines[name].partition(b":")[2] for name in pair if name in new_lines}
        wrong = {**new_lines}
        for one, two in (pair, pair[::-1]):
            if two in rest:
                wrong[one] = one.encode() + b":" + rest[two]
        return making(before, wrong, [name for name in gone if name not in wrong])

    patch.setattr(make, "password_file_after", after)


def kept_lines(patch: Patch) -> None:
    """One that keeps its code gets another's line of the password file."""
    making = make.password_file_after

    def after(before: Any, new_lines: Any, gone: Any) -> Any:  # noqa: ANN401 (the seam's own)
        whole = bytes(making(before, new_lines, gone))
        return type(before).parse(whole.replace(f"{ATTICA}:kept".encode(), f"{ATTICA}:other".encode()))

    patch.setattr(make, "password_file_after", after)


def sizes_and_sums(patch: Patch) -> None:
    """The pages and the manifest tell each archive's SHA-256 as the other's."""
    making = stage.make_archives

    def swapped(*given: Any) -> Any:  # noqa: ANN401 (the seam's own)
        made = making(*given)
        return {name: made[other(name)] for name in made}

    patch.setattr(stage, "make_archives", swapped)


def folders(patch: Patch) -> None:
    """Each agency's page is written to the other's folder."""
    rendering = stage.render_pages

    def render(*given: Any) -> Any:  # noqa: ANN401 (the seam's own)
        for page in rendering(*given):
            owner = next((name for name in PAIR if f"/{name}/" in page.path), "")
            yield replace(page, path=page.path.replace(owner, other(owner))) if owner else page

    patch.setattr(stage, "render_pages", render)


def links(patch: Patch) -> None:
    """Each agency's page offers the other's archive."""
    rendering = stage.render_pages

    def render(*given: Any) -> Any:  # noqa: ANN401 (the seam's own)
        for page in rendering(*given):
            owner = next((name for name in PAIR if f"/{name}/" in page.path), "")
            wrong = page.content.replace(f"{owner}.zip".encode(), f"{other(owner)}.zip".encode())
            yield replace(page, content=wrong) if owner else page

    patch.setattr(stage, "render_pages", render)


def a_letter_of_another_build(patch: Patch) -> None:
    """What is carried over for one as unchanged is the other's archive."""
    carrying = make.carry_over
    wrong = lambda source, target: carrying(Path_swapped(source), target)  # noqa: E731 (a mutant)
    patch.setattr(make, "carry_over", wrong)


def Path_swapped(path: Path) -> Path:  # noqa: N802
    """The other's archive."""
    name = other(path.stem)
    return path.parent.parent / name / f"{name}.zip"


MUTANTS = [
    one_code_for_two, addresses, agencies, enclosures, names_in_letters, user_names_in_letters,
    codes_in_letters, letters, letters_after_the_proof, archives, passwords_of_archives,
    sealing_and_proving_with_the_others, hashes, lines, a_line_too_many, kept_lines, sizes_and_sums, folders, links,
    a_letter_of_another_build,
]


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    """Two agencies with a letter and documents of their own, one that keeps its code, one without a contact."""
    small = SmallSite(tmp_path)
    small.write(top=f'keeps_code = ["{ATTICA}"]')
    small.write_passwords(f"{ATTICA}:kept\n{SIKINOS}:old\n")
    for username in PAIR:
        folder = small.campaign / "files" / username
        folder.mkdir(parents=True)
        (folder / "note.txt").write_text(f"for {username}", encoding="utf-8")
    return small


def stopped_by(site: SmallSite) -> str:
    """Which of the two proofs stops a build of the site; "" where neither does."""
    try:
        site.build()
    except ThyridaError:
        return "build"
    problems = Problems()
    (inputs,) = read_inputs(site.folders, DAY, problems).campaigns
    assert not problems.has_errors
    return "verify" if verify(inputs, site.folders, jobs=2, progress=lambda: None).failures else ""


def test_what_is_right_is_not_stopped(site: SmallSite) -> None:
    """Without a fault, once and again, neither proof says a word."""
    assert stopped_by(site) == ""
    assert stopped_by(site) == ""


@pytest.mark.parametrize("mutate", MUTANTS)
def test_every_swap_is_stopped(mutate: Callable[[Patch], None], site: SmallSite, monkeypatch: Patch) -> None:
    """Two letters, archives, hashes, addresses, codes, names, pages: swapped anywhere, somebody says stop."""
    if mutate is a_letter_of_another_build:
        site.build()
    mutate(monkeypatch)
    assert stopped_by(site)


def test_two_codes_swapped_everywhere_harm_nobody(site: SmallSite, monkeypatch: Patch) -> None:
    """Letter, hash and manifest agree, so each agency gets one code that lets it alone in: no proof need stop it."""
    swap_assignments(monkeypatch, lambda own, others: replace(own, code=others.code))
    assert stopped_by(site) == ""
