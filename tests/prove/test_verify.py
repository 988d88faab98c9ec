from __future__ import annotations

import json
import shutil
import stat
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
import pyzipper

from site_src.files.htpasswd import hash_code, users_of
from site_src.files.private import CURRENT_FILE
from site_src.folders import archive_path
from site_src.make.archives import seal, unseal
from site_src.make.letters import Recipient, Typesetter
from site_src.pipeline.reading import read_inputs
from site_src.plan.keys import CampaignKey
from site_src.plan.manifest import Manifest, read_manifest
from site_src.problems import Problems, StateError
from site_src.prove import verify as proof
from site_src.prove.verify import Verdict, verify
from site_src.read.inputs import Document
from tests.support.small_site import DAY, ROWS, SLUG, SmallSite
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from site_src.read.inputs import CampaignInputs

FOLEGANDROS = "512345678901"
THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)
THIRA_EMAIL = "thira@dimos.example"
NOT_BUILT = "the last build did not make this file: take it away, or build again"
CHANGED = "it has changed since the last build: build again"
NEW_OR_CHANGED = "it is new, or its status has changed, since the last build: build again"
INPUTS = ("campaign.toml", "circular.md", "annex.csv")
KEPT_LINE = f"{CRETE}:$apr1$old$hash"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """A site that was built once, with an agency of each status; tests take copies of it."""
    site = SmallSite(tmp_path_factory.mktemp("built"))
    site.write(top=f'keeps_code = ["{CRETE}"]')
    site.write_passwords(f"{KEPT_LINE}\n{SIKINOS}:old\n")
    site.build()
    return site


@pytest.fixture
def site(built: SmallSite, tmp_path: Path) -> SmallSite:
    """A copy of the built site to spoil."""
    shutil.copytree(built.base, tmp_path / "copy")
    return SmallSite(tmp_path / "copy")


def inputs_of(site: SmallSite) -> CampaignInputs:
    """The one campaign as it is read now."""
    problems = Problems()
    (campaign,) = read_inputs(site.folders, DAY, problems).campaigns
    assert not problems.has_errors, problems.all()
    return campaign


def verdict_on(site: SmallSite) -> Verdict:
    """Return the verdict of the command's function."""
    return verify(inputs_of(site), site.folders, jobs=2, progress=lambda: None)


def failures(site: SmallSite) -> dict[str, str]:
    """Return the failures, by user name or file."""
    found = (*verdict_on(site).failures, *proof.verify_rest(site.folders, [inputs_of(site)]))
    assert len({failure.subject for failure in found}) == len(found)
    return {failure.subject: failure.message for failure in found}


def key_of(site: SmallSite) -> CampaignKey:
    """The campaign's key."""
    return CampaignKey((site.secrets / "campaign.key").read_bytes())


def pass_off(site: SmallSite, username: str, archive: bytes) -> None:
    """Put another archive in an agency's place and let the manifest call it the one that was built."""
    archive_path(site.files, username).write_bytes(archive)
    manifest = manifest_of(site)
    record = replace(manifest.agencies[username], sha256=sha256(archive).hexdigest())
    forge(site, replace(manifest, agencies={**manifest.agencies, username: record}))


def manifest_of(site: SmallSite) -> Manifest:
    """Return the last build's manifest."""
    manifest = read_manifest(site.secrets / "manifest.json")
    assert manifest is not None
    return manifest


def forge(site: SmallSite, manifest: Manifest) -> None:
    """Let the last build have noted something else."""
    (site.secrets / "manifest.json").write_bytes(manifest.to_bytes())


def letter(site: SmallSite, *, agency: str = "Δήμος Θήρας", username: str = THIRA, code: str) -> bytes:
    """A letter in the campaign's form that says what it is told."""
    return Typesetter(inputs_of(site).letter).set_letter(Recipient(agency=agency, username=username, code=code))


def sealed(site: SmallSite, content: bytes, *, name: str = f"{THIRA}.pdf", email: str = THIRA_EMAIL) -> bytes:
    """An archive for the first agency."""
    return seal([Document(name, content)], email, key_of(site), DAY)


def code_of_thira(site: SmallSite) -> str:
    """The code that the first agency was given."""
    return key_of(site).access_code(inputs_of(site).campaign.code, THIRA, THIRA_EMAIL, 1)


def does_not_fit(site: SmallSite) -> str:
    """The failure of a line that does not take its code, with the way out."""
    file = site.secrets / "htpasswd.after"
    return f'htpasswd.after does not take the code of its letter: delete "{file}", then build'


def change_lines(site: SmallSite, lines: Sequence[str], name: str = "htpasswd.after") -> None:
    """Write one of the two password files anew, and let the manifest call it the one that was built."""
    path = site.secrets / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if name == "htpasswd.after":
        forge(site, replace(manifest_of(site), htpasswd_after=sha256(path.read_bytes()).hexdigest()))


def lines_of(site: SmallSite) -> dict[str, str]:
    """The lines of htpasswd.after by user name."""
    users = users_of((site.secrets / "htpasswd.after").read_bytes())
    return {user: line.decode().strip() for user, line in users.items()}


def test_a_sound_build_passes(site: SmallSite) -> None:
    """Nothing fails, everything is counted, and each agency is one step of progress."""
    steps: list[None] = []
    verdict = verify(inputs_of(site), site.folders, jobs=3, progress=lambda: steps.append(None))
    assert verdict == Verdict(SLUG, archives=2, kept=1, failures=())
    assert len(steps) == 4


def test_verifying_writes_nothing(site: SmallSite) -> None:
    """The proof reads only."""
    before = site.snapshot()
    verdict_on(site)
    assert site.snapshot() == before


def test_a_campaign_that_was_never_built_is_told(tmp_path: Path) -> None:
    """Without a manifest there is nothing to verify: one sentence says so."""
    fresh = SmallSite(tmp_path)
    fresh.write()
    with pytest.raises(StateError, match="never built"):
        verdict_on(fresh)


def test_a_missing_archive_fails(site: SmallSite) -> None:
    """A letter that is not on the site is named."""
    archive_path(site.files, THIRA).unlink()
    assert failures(site) == {THIRA: "its archive is missing from the site"}


def test_any_changed_byte_fails(site: SmallSite) -> None:
    """An archive that is not the one that was built is named, wherever it was changed."""
    path = archive_path(site.files, THIRA)
    data = path.read_bytes()
    for place in (0, 40, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert failures(site) == {THIRA: "its archive is not the one that was built"}


def test_an_archive_that_was_sealed_for_another_fails(site: SmallSite) -> None:
    """Two archives that changed places are both named, even if the manifest knows of it."""
    one, other = (archive_path(site.files, username).read_bytes() for username in (THIRA, ATTICA))
    archive_path(site.files, THIRA).write_bytes(other)
    archive_path(site.files, ATTICA).write_bytes(one)
    assert failures(site).keys() == {THIRA, ATTICA}
    pass_off(site, THIRA, other)
    pass_off(site, ATTICA, one)
    assert failures(site) == {
        THIRA: "its archive opens with 0 of its 1 addresses; expected exactly one",
        ATTICA: "its archive opens with 0 of its 2 addresses; expected exactly one",
    }


def test_a_damaged_archive_fails_as_damaged(site: SmallSite) -> None:
    """Damage that the manifest does not know is told as what it is."""
    data = bytearray(archive_path(site.files, THIRA).read_bytes())
    data[len(data) // 2] ^= 1
    pass_off(site, THIRA, bytes(data))
    assert failures(site) == {THIRA: "its archive is damaged"}
    pass_off(site, THIRA, b"no archive")
    assert failures(site) == {THIRA: "its archive is damaged"}


def test_an_address_that_passes_the_short_check_is_no_damage(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """One wrong address in 65,536 passes AE-2's two bytes and then fails: the other address still opens the archive."""
    archive = archive_path(site.files, ATTICA).read_bytes()
    unlucky = next(email for email in ("a@dimos.example", "b@dimos.example") if unseal(archive, email) is None)

    def collide(data: bytes, password: str) -> tuple[Document, ...] | None:
        if password == unlucky:
            raise pyzipper.BadZipFile("Bad HMAC check")
        return unseal(data, password)

    monkeypatch.setattr(proof, "unseal", collide)
    assert failures(site) == {}


def test_another_agencys_letter_fails(site: SmallSite) -> None:
    """A letter in the right archive that names another agency or user name is found by reading it."""
    message = "its letter does not name this agency and its user name"
    code = code_of_thira(site)
    pass_off(site, THIRA, sealed(site, letter(site, agency="Δήμος Σικίνου", code=code)))
    assert failures(site) == {THIRA: message}
    pass_off(site, THIRA, sealed(site, letter(site, username=ATTICA, code=code)))
    assert failures(site) == {THIRA: message}


def test_a_letter_with_another_code_fails(site: SmallSite) -> None:
    """A code that htpasswd.after does not take is found, although it looks right."""
    other = key_of(site).access_code(inputs_of(site).campaign.code, THIRA, THIRA_EMAIL, 2)
    pass_off(site, THIRA, sealed(site, letter(site, code=other)))
    assert failures(site) == {THIRA: does_not_fit(site)}


@pytest.mark.parametrize("code", ["no code", "CDFJ-LQRS", "CDFJ-LQRS-W234-6789-CDFJ CDFJ-LQRS-W234-6789-CDFL"])
def test_a_letter_without_exactly_one_code_fails(code: str, site: SmallSite) -> None:
    """No code, half a one, or two: a letter tells one code."""
    pass_off(site, THIRA, sealed(site, letter(site, code=code)))
    assert "access codes; expected one" in failures(site)[THIRA]


@pytest.mark.parametrize("content", [b"", b"no PDF at all", b"%PDF-1.7 cut"])
def test_a_letter_that_is_no_pdf_fails(content: bytes, site: SmallSite) -> None:
    """A letter that cannot be read fails by name; the proof goes on with the others."""
    pass_off(site, THIRA, sealed(site, content))
    assert failures(site).keys() == {THIRA}


def test_an_archive_without_a_letter_fails(site: SmallSite) -> None:
    """An archive that opens and holds another document is not enough."""
    pass_off(site, THIRA, sealed(site, b"x", name="other.txt"))
    assert failures(site) == {THIRA: "its archive holds no letter"}


def test_a_password_file_that_lacks_a_line_fails(site: SmallSite) -> None:
    """The password file must let in each agency that got a letter or keeps its code."""
    change_lines(site, [line for user, line in lines_of(site).items() if user not in {THIRA, CRETE}])
    assert failures(site) == {
        THIRA: "htpasswd.after has no line for it",
        CRETE: "it keeps its code, but htpasswd.after has no line for it",
    }


def test_a_hash_of_any_form_that_does_not_fit_fails(site: SmallSite) -> None:
    """An empty, cut or foreign hash in a new line is a failure of that agency and no traceback."""
    for hashed in ("", "x", "$2y$05$short", "$apr1$salt$hash", "{SHA}abc=", "$2y$99$" + "a" * 53, "ΩΩ"):
        change_lines(site, [*({**lines_of(site), THIRA: f"{THIRA}:{hashed}"}).values()])
        assert failures(site) == {THIRA: does_not_fit(site)}, hashed


def test_the_way_out_of_a_wrong_line_leads_out(site: SmallSite) -> None:
    """A build alone takes a wrong line over, since its code is the same; done as the failure says, it is made anew."""
    whole = (site.secrets / "htpasswd.after").read_bytes()
    change_lines(site, [*({**lines_of(site), THIRA: lines_of(site)[ATTICA].replace(ATTICA, THIRA)}).values()])
    site.build()
    assert failures(site) == {THIRA: does_not_fit(site)}
    (site.secrets / "htpasswd.after").unlink()
    assert site.run("build", f"--date={DAY}").returncode == 0
    assert failures(site) == {}
    assert (site.secrets / "htpasswd.after").read_bytes() == whole


def test_a_line_of_the_other_kind_is_taken(site: SmallSite) -> None:
    """SHA-512 crypt, for servers without bcrypt: a build makes the lines anew in that kind, and back; codes stay."""
    bcrypt_lines = lines_of(site)
    for kind, start in (("sha512", "$6$rounds=1000$"), ("bcrypt", "$2y$04$")):
        site.write(top=f'keeps_code = ["{CRETE}"]', site=f'[server]\nhash = "{kind}"\n')
        outcome = site.build()
        assert outcome.campaigns[0].changes.to_make == ()
        assert lines_of(site)[THIRA].startswith(f"{THIRA}:{start}")
        assert lines_of(site)[CRETE] == bcrypt_lines[CRETE]
        assert failures(site) == {}
    assert lines_of(site) == bcrypt_lines


def test_a_kept_line_that_changed_fails(site: SmallSite) -> None:
    """An agency that keeps its code keeps its line, byte for byte."""
    change_lines(site, [*({**lines_of(site), CRETE: f"{KEPT_LINE}x"}).values()])
    assert failures(site).keys() == {CRETE}
    assert "differs from that in htpasswd.before" in failures(site)[CRETE]


def test_who_has_no_contact_is_not_let_in(site: SmallSite) -> None:
    """An old code that would live on is found."""
    change_lines(site, [*lines_of(site).values(), f"{SIKINOS}:old"])
    assert failures(site) == {SIKINOS: "it has no contact, but htpasswd.after lets it in"}


@pytest.mark.parametrize("username", [CRETE, SIKINOS, "999999999999"])
def test_an_archive_of_one_who_gets_no_letter_fails(username: str, site: SmallSite) -> None:
    """Archives of those who keep their code, have no contact, or are unknown must not lie on the site."""
    path = archive_path(site.files, username)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    assert failures(site) == {f"files/{SLUG}/{username}/{username}.zip": NOT_BUILT}


def test_nothing_is_said_to_have_been_opened_that_was_not(site: SmallSite) -> None:
    """Without the site no archive is counted, every agency fails, and so do the pages that all share."""
    shutil.rmtree(site.folders.out)
    verdict = verdict_on(site)
    assert verdict.archives == 0
    assert failures(site).keys() >= {THIRA, ATTICA, CRETE, f"circulars/{SLUG}/annex.xlsx"}


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"clerk:x\n", b""),
        lambda data: data.replace(b"clerk:x", b"clerk:y"),
        lambda data: data + b"guest:x\n",
        lambda data: data + data[data.index(THIRA.encode()) :],
        lambda data: data.replace(b"\n", b"\r\n"),
    ],
    ids=["one less", "another code", "one more", "a line twice", "line ends"],
)
def test_a_password_file_that_was_altered_fails(change: Callable[[bytes], bytes], site: SmallSite) -> None:
    """The lines of other users, and whatever else no agency's check looks at, are those of the build as well."""
    site.write_passwords(f"clerk:x\n{KEPT_LINE}\n{SIKINOS}:old\n")
    site.build()
    assert failures(site) == {}
    path = site.secrets / "htpasswd.after"
    path.write_bytes(change(path.read_bytes()))
    assert failures(site) == {"htpasswd.after": "it is not the file that the last build made: build again"}


@pytest.mark.parametrize(
    ("rows", "keeps", "subject", "message"),
    [
        ((*ROWS, f"{FOLEGANDROS};Δήμος;;f@dimos.example;"), CRETE, FOLEGANDROS, NEW_OR_CHANGED),
        ((*ROWS[:3], f"{SIKINOS};Δήμος;;s@dimos.example;"), CRETE, SIKINOS, NEW_OR_CHANGED),
        (ROWS, f'{CRETE}", "{THIRA}', THIRA, NEW_OR_CHANGED),
        (ROWS[1:], CRETE, f"{SLUG}/annex.csv", CHANGED),
    ],
    ids=["one more", "a contact for one without", "one that keeps its code", "one less"],
)
def test_a_change_after_the_build_is_told(
    rows: tuple[str, ...], keeps: str, subject: str, message: str, site: SmallSite
) -> None:
    """The proof reports each agency in which annex and build differ, and passes nothing over."""
    site.write(rows, top=f'keeps_code = ["{keeps}"]')
    site.write_passwords(f"{KEPT_LINE}\n{THIRA}:old\n")
    told = failures(site)
    assert message in told.pop(subject)
    inputs = {*(f"{SLUG}/{name}" for name in INPUTS), CURRENT_FILE}
    assert {name for name in told if told[name] == CHANGED} == told.keys() <= inputs


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_that_changed_after_the_build_is_told(name: str, site: SmallSite) -> None:
    """The site is then sound, but not what a build of these inputs makes."""
    path = site.campaign / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert failures(site) == {f"{SLUG}/{name}": CHANGED}
    site.build()
    assert failures(site) == {}


def test_a_text_for_reminders_may_come_after_the_build(site: SmallSite) -> None:
    """Nothing of the site is made from reminder.md: it changes nothing that the proof looks at."""
    (site.campaign / "reminder.md").write_text("# Reminder\n\nPlease collect.\n", encoding="utf-8")
    assert failures(site) == {}


@posix_only("Windows has no such file modes")
def test_what_the_web_server_cannot_read_fails_until_the_next_build(site: SmallSite) -> None:
    """After a restore under a umask of 077 each agency would be refused; the whole is one failure, and one build."""
    (site.folders.out / "robots.txt").write_text("User-agent: *\n")
    site.build()
    assert proof.verify_rest(site.folders) == ()
    paths = [site.folders.out, *site.folders.out.rglob("*")]
    for path in paths:
        path.chmod(path.stat().st_mode & ~0o077)
    (failure,) = proof.verify_rest(site.folders)
    assert f"files and folders: {len(paths)}" in failure.message
    site.build()
    assert proof.verify_rest(site.folders) == ()
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in [site.folders.out, *paths]}
    assert modes == {(True, 0o755), (False, 0o644)}
    archive = archive_path(site.files, THIRA)
    archive.chmod(0o600)
    message = "the web server cannot read it (files and folders: 1): build again"
    assert proof.verify_rest(site.folders) == (
        proof.Failure(archive.relative_to(site.folders.out).as_posix(), message),
    )


def test_an_inventory_that_is_gone_or_damaged_is_told(site: SmallSite) -> None:
    """Without it nothing tells what the build made: the error says to build."""
    path = site.folders.private / ".site.sha256"
    path.write_bytes(path.read_bytes()[1:])
    with pytest.raises(StateError, match="damaged"):
        verdict_on(site)
    path.unlink()
    with pytest.raises(StateError, match=r"\.site\.sha256") as caught:
        verdict_on(site)
    assert caught.value.hint == "build again"


def test_a_page_with_one_letter_more_is_told(site: SmallSite) -> None:
    """A page that still leads to its own archive is not the one that was built if anything was added to it."""
    path = site.files / SIKINOS / "index.html"
    path.write_bytes(path.read_bytes() + b"x")
    assert failures(site) == {SIKINOS: "its page is not the one that was built: build again"}


def test_a_damaged_manifest_is_told(site: SmallSite) -> None:
    """A manifest that is cut is one error with its name."""
    path = site.secrets / "manifest.json"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(StateError, match="damaged"):
        verdict_on(site)


def test_a_password_file_that_is_gone_is_told(site: SmallSite) -> None:
    """Without htpasswd.after nothing can be verified: the error names the file and says to build."""
    (site.secrets / "htpasswd.after").unlink()
    with pytest.raises(StateError, match=r"htpasswd\.after") as caught:
        verdict_on(site)
    assert caught.value.hint == "build again"


def test_a_page_that_is_gone_is_told(site: SmallSite) -> None:
    """An agency whose own page is not there would find nothing."""
    (site.files / SIKINOS / "index.html").unlink()
    assert failures(site) == {SIKINOS: "its page is missing from the site: build again"}


def test_a_page_that_is_no_text_is_told(site: SmallSite) -> None:
    """A page whose bytes are damaged is a failure of its agency, and no traceback."""
    path = site.files / SIKINOS / "index.html"
    path.write_bytes(path.read_bytes().replace("Δήμος".encode(), b"\xff"))
    assert failures(site) == {SIKINOS: "its page is not the one that was built: build again"}


def test_a_verdict_holds_no_secret(site: SmallSite) -> None:
    """Neither address nor code stands in what the proof says."""
    pass_off(site, THIRA, archive_path(site.files, ATTICA).read_bytes())
    change_lines(site, [])
    text = json.dumps([str(failure) for failure in verdict_on(site).failures])
    assert text.count("htpasswd") >= 1
    assert not [secret for secret in (THIRA_EMAIL, "@", code_of_thira(site)) if secret in text]


def test_a_line_that_apache_made_is_read(site: SmallSite) -> None:
    """A hash with the prefix that htpasswd writes is taken: the proof stands on bcrypt and not on our own lines."""
    line = hash_code(bytes(16), THIRA, code_of_thira(site)).decode().strip()
    change_lines(site, [*({**lines_of(site), THIRA: line}).values()])
    assert failures(site) == {}
