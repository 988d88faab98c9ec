from __future__ import annotations

import io
import shutil
import stat
import tarfile
from datetime import date
from typing import TYPE_CHECKING
from unittest import mock

import openpyxl
import pytest

from site_src.commands.build_messages import build_lines
from site_src.folders import Options, archive_path
from site_src.make import at_once
from site_src.make.archives import unseal
from site_src.problems import InputError, MachineError, StateError, UsageError
from site_src.publish import publish as publishing
from site_src.publish.publish import staging_of
from tests.support.small_site import DAY, ROWS, SLUG, SmallSite
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from pathlib import Path

THIRA, ATTICA, CRETE, SIKINOS = (row.split(";")[0] for row in ROWS)


def _archives(site: SmallSite) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in site.files.glob("*/*.zip")}


@posix_only("Windows has no such modes")
def test_first_build_makes_the_whole_tree(site: SmallSite) -> None:
    """A first build writes every page, archive and private file, and nothing else."""
    outcome = site.build()
    names = {name for name in site.snapshot() if not name.startswith("content/")}
    expected = {
        *("dist/index.html", "dist/help/index.html", "dist/accessibility/index.html", "dist/privacy/index.html"),
        *("dist/401.html", "dist/403.html", "dist/404.html", "dist/429.html", "dist/files/index.html"),
        *("dist/feed.xml", "dist/robots.txt"),
        f"dist/circulars/{SLUG}/index.html",
        f"dist/circulars/{SLUG}/annex.xlsx",
        f"dist/files/{SLUG}/index.html",
        f"dist/files/{SLUG}/mine/index.html",
        *(f"dist/files/{SLUG}/{row.split(';')[0]}/index.html" for row in ROWS),
        *(f"dist/files/{SLUG}/{username}/{username}.zip" for username in (THIRA, ATTICA, CRETE)),
        *(f"private/{SLUG}/{n}" for n in ("campaign.key", "manifest.json", "htpasswd.before", "htpasswd.after")),
        *(f"private/{SLUG}/handover/{n}" for n in ("README.txt", "activate.py", "dist.tar.gz", "manifest.json")),
        *(f"private/{SLUG}/handover/{n}" for n in ("htpasswd.before", "htpasswd.after")),
        "private/.site.sha256",
        "private/.looked.json",
    }
    assert expected <= names
    rest = {name for name in names - expected if "/server/" not in name}
    assert all(name.startswith("dist/assets/") for name in rest)
    assert outcome.campaigns[0].changes.new == (THIRA, ATTICA, CRETE)


@posix_only("Windows has no such modes")
def test_an_old_site_that_somebody_looks_at_goes_with_the_next_build(
    site: SmallSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A leftover beside the new site that cannot be removed does not fail the build, which is done."""
    site.build()
    site.write(ROWS[:2])
    with monkeypatch.context() as held:
        held.setattr(shutil, "rmtree", lambda folder: (_ for _ in ()).throw(PermissionError(13, "held", str(folder))))
        outcome = site.build()
    assert outcome.campaigns[0].changes.gone == (CRETE, SIKINOS)
    assert set(_archives(site)) == {THIRA, ATTICA}
    assert staging_of(site.folders.out).is_dir()
    site.build()
    assert not staging_of(site.folders.out).is_dir()


def test_unchanged_build_makes_no_letter(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebuild of the same inputs seals no archive and hashes no code, and leaves every byte as it was."""
    site.build()
    monkeypatch.setattr(at_once, "seal", None)
    monkeypatch.setattr(at_once, "hash_code", None)
    before = site.snapshot()
    inodes = {path: path.stat().st_ino for path in site.files.glob("*/*.zip")}
    changes = site.build().campaigns[0].changes
    assert changes.unchanged == (THIRA, ATTICA, CRETE)
    assert changes.to_make == ()
    assert site.snapshot() == before
    assert {path: path.stat().st_ino for path in site.files.glob("*/*.zip")} == inodes


def test_same_key_same_bytes_anywhere(site: SmallSite, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Another folder, another number of jobs and the same key give the same bytes in dist/ and private/."""
    site.build(jobs=1)
    other = SmallSite(tmp_path_factory.mktemp("άλλος φάκελος"))
    other.write()
    other.secrets.mkdir(parents=True, mode=0o700)
    other.folders.private.chmod(0o700)
    (other.secrets / "campaign.key").write_bytes((site.secrets / "campaign.key").read_bytes())
    other.build(jobs=4)
    assert other.snapshot() == site.snapshot()


def test_lost_archive_is_made_again(site: SmallSite) -> None:
    """An archive that was damaged or deleted on the site is made again, with the same bytes."""
    site.build()
    before = _archives(site)
    archive_path(site.files, THIRA).write_bytes(b"damaged")
    archive_path(site.files, CRETE).unlink()
    changes = site.build().campaigns[0].changes
    assert changes.remade == (THIRA, CRETE)
    assert _archives(site) == before


def test_new_contact_gets_a_new_code_and_the_rest_stay(site: SmallSite) -> None:
    """Another address reissues this agency's letter alone and changes its line of the password file alone."""
    site.build()
    archives = _archives(site)
    lines = (site.secrets / "htpasswd.after").read_bytes().splitlines()
    site.write((ROWS[0].replace("thira@", "neos@"), *ROWS[1:]))
    changes = site.build().campaigns[0].changes
    assert changes.reissued == changes.address_changed == (THIRA,)
    now = _archives(site)
    assert [name for name in archives if archives[name] != now[name]] == [THIRA]
    assert unseal(now[THIRA], "neos@dimos.example") is not None
    assert unseal(now[THIRA], "thira@dimos.example") is None
    after = (site.secrets / "htpasswd.after").read_bytes().splitlines()
    assert [old == new for old, new in zip(lines, after, strict=True)] == [False, True, True]


def test_generation_reissues(site: SmallSite) -> None:
    """A higher generation under [reissue] gives another code to that agency alone."""
    site.build()
    site.write(rest=f'[reissue]\n"{CRETE}" = 2')
    assert site.build().campaigns[0].changes.reissued == (CRETE,)


def test_changed_text_makes_letters_again_with_the_same_code(site: SmallSite) -> None:
    """A fact that the letters name makes them again; the password file stays as it is."""
    site.build()
    after = (site.secrets / "htpasswd.after").read_bytes()
    site.write(site='[contact]\nunit = "Τμήμα Προσωπικού"\n')
    changes = site.build().campaigns[0].changes
    assert changes.remade == (THIRA, ATTICA, CRETE)
    assert (site.secrets / "htpasswd.after").read_bytes() == after


def test_agencies_come_and_go(site: SmallSite) -> None:
    """An agency that leaves the annex loses folder and line; one that comes gets both."""
    site.build()
    newcomer = "512345678901;Δήμος Πάρου;;paros@dimos.example;"
    site.write((*ROWS[1:], newcomer))
    changes = site.build().campaigns[0].changes
    assert (changes.added, changes.gone) == (("512345678901",), (THIRA,))
    assert (changes.new, changes.withdrawn) == (("512345678901",), (THIRA,))
    assert not (site.files / THIRA).exists()
    assert THIRA.encode() not in (site.secrets / "htpasswd.after").read_bytes()


def test_a_clock_that_goes_back_brings_the_same_archives_back(site: SmallSite) -> None:
    """Built for a day after files_until and again for an earlier one, site and private files are as they were."""
    site.write(top="files_until = 2021-01-31")
    site.build()
    before = site.snapshot()
    site.build(day=date(2021, 2, 1))
    assert site.snapshot() != before
    site.build()
    assert site.snapshot() == before


def test_archives_leave_after_files_until(site: SmallSite) -> None:
    """The day after files_until the agencies' folders are gone; the circular and the private files stay."""
    site.write(top="files_until = 2021-01-31")
    site.build()
    site.build(day=date(2021, 1, 31))
    assert len(_archives(site)) == 3
    secrets = [path.read_bytes() for path in sorted(site.secrets.iterdir()) if path.is_file()]
    (over,) = site.build(day=date(2021, 2, 1)).over
    assert over.letters == 3
    assert [path.name for path in site.files.iterdir()] == ["index.html"]
    assert (site.folders.out / "circulars" / SLUG / "index.html").is_file()
    assert [path.read_bytes() for path in sorted(site.secrets.iterdir())] == secrets  # no hand-over any more


def test_dry_run_writes_nothing(site: SmallSite) -> None:
    """A dry run names what would change and leaves every file, and no folder, behind."""
    before = site.snapshot()
    assert site.build(dry_run=True).campaigns[0].changes.new == (THIRA, ATTICA, CRETE)
    assert site.snapshot() == before
    assert not site.folders.private.exists()


def test_errors_write_nothing(site: SmallSite) -> None:
    """While an input has an error nothing is written: no key, no site, no folder."""
    site.write((*ROWS, "12345;Δήμος;;x@dimos.example;"))
    before = site.snapshot()
    with pytest.raises(InputError):
        site.build()
    assert site.snapshot() == before
    assert not site.folders.private.exists()
    assert not staging_of(site.folders.out).exists()


def test_errors_leave_the_last_build(site: SmallSite) -> None:
    """An error in a later build leaves the published site and the key as they were."""
    site.build()
    built = {name: data for name, data in site.snapshot().items() if not name.startswith("content/")}
    site.write((*ROWS, ROWS[0]))
    with pytest.raises(InputError):
        site.build()
    assert {name: data for name, data in site.snapshot().items() if not name.startswith("content/")} == built


@pytest.mark.parametrize("leak", ["text", "xlsx"])
def test_leak_stops_the_build(site: SmallSite, leak: str) -> None:
    """An address of the annex in an attachment stops the build, named by place and not repeated."""
    attachments = site.campaign / "attachments"
    attachments.mkdir()
    if leak == "text":
        (attachments / "notes.txt").write_text("γράψτε στο THIRA@dimos.example.", encoding="utf-8")
    else:
        book, buffer = openpyxl.Workbook(), io.BytesIO()
        book.create_sheet("φύλλο")["B2"] = "thira@dimos.example"
        book.save(buffer)
        (attachments / "notes.xlsx").write_bytes(buffer.getvalue())
    with pytest.raises(InputError) as caught:
        site.build()
    assert "notes" in str(caught.value)
    assert "thira@" not in str(caught.value).lower()
    assert not site.folders.out.exists()
    assert not site.folders.private.exists()


@pytest.mark.parametrize("what", ["key", "folder"])
def test_lost_key_is_an_error(site: SmallSite, what: str) -> None:
    """A campaign that was built and whose key is gone stops the build; no new key is made in silence."""
    site.build()
    if what == "key":
        (site.secrets / "campaign.key").unlink()
    else:
        shutil.rmtree(site.secrets)
    with pytest.raises(StateError, match="key of this campaign is missing"):
        site.build()
    assert not (site.secrets / "campaign.key").exists()


def test_another_key_is_an_error(site: SmallSite) -> None:
    """A key of 32 bytes that is not the one of the last build gives nobody another code: the build stops."""
    site.build()
    key = site.secrets / "campaign.key"
    right = key.read_bytes()
    key.write_bytes(bytes(reversed(right)))
    before = site.snapshot()
    with pytest.raises(StateError, match="not the key that the codes of this campaign were made with"):
        site.build()
    assert site.snapshot() == before
    key.write_bytes(right)
    assert len(site.build().campaigns[0].changes.unchanged) == 3


def test_lost_key_and_manifest_are_an_error(site: SmallSite) -> None:
    """The files beside a lost key show that there was one, also without the site."""
    site.build()
    for name in ("campaign.key", "manifest.json"):
        (site.secrets / name).unlink()
    shutil.rmtree(site.folders.out)
    with pytest.raises(StateError, match="key of this campaign is missing"):
        site.build()


@pytest.mark.parametrize("reason", [KeyboardInterrupt(), PermissionError(13, "in use")])
def test_a_swap_that_is_stopped_is_completed_by_the_next_command(
    site: SmallSite, monkeypatch: pytest.MonkeyPatch, reason: BaseException
) -> None:
    """Stopped between the private files and the site, a build says so and keeps the new site for the next command."""
    site.build()
    site.write(rest=f'[reissue]\n"{THIRA}" = 2')

    def stop(*_: object) -> None:
        raise reason

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "_swap", stop)
        with pytest.raises(MachineError, match="not completely taken its place"):
            site.build()
    with publishing.locked(site.folders.private):
        assert not staging_of(site.folders.out).exists()
    assert site.build().campaigns[0].changes.to_make == ()


def test_second_build_at_once_stops(site: SmallSite) -> None:
    """While another build holds the private folder, a second one says so and stops."""
    site.build()
    with publishing.locked(site.folders.private), pytest.raises(MachineError, match="another command"):
        site.build()


@posix_only("Windows has no such modes")
def test_private_folder_is_closed_to_others(site: SmallSite) -> None:
    """private/ and the folders in it are 0700, every file in it 0600."""
    site.write_passwords("portal-admin:x\n")
    (site.folders.private / "current.htpasswd").chmod(0o644)
    site.build()
    for path in [site.folders.private, *site.folders.private.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def _open_inputs(site: SmallSite) -> list[Path]:
    enclosures = site.campaign / "files"
    (enclosures / THIRA).mkdir(parents=True)
    (enclosures / THIRA / "a.txt").write_text("α", encoding="utf-8")
    secret = [site.campaign / "annex.csv", enclosures, enclosures / THIRA, enclosures / THIRA / "a.txt"]
    for path in secret:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return secret


@posix_only("Windows has no such modes")
def test_inputs_that_others_could_read_are_closed_with_a_word(site: SmallSite) -> None:
    """Annex and enclosures are closed as private/ is, once; circular and facts, which everybody reads, stay."""
    secret = _open_inputs(site)
    modes = (site.campaign / "circular.md").stat().st_mode
    outcome = site.build()
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o700, 0o600}
    assert outcome.closed == tuple(path.relative_to(site.folders.content).as_posix() for path in secret)
    told = build_lines(outcome, Options(folders=site.folders, day=DAY, jobs=1))
    assert any(line.startswith("Closed") and f"{SLUG}/annex.csv" in line for line in told)
    assert (site.campaign / "circular.md").stat().st_mode == modes
    assert site.build().closed == ()


def test_a_dry_run_closes_nothing(site: SmallSite) -> None:
    """It writes nothing, and so it changes no mode."""
    secret = _open_inputs(site)
    assert site.build(dry_run=True).closed == ()
    assert not {stat.S_IMODE(path.stat().st_mode) for path in secret} & {0o700, 0o600}


@posix_only("Windows has no such modes")
def test_inputs_that_cannot_be_closed_are_refused(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share without modes leaves real addresses open to others: nothing is built; a sample is no secret."""
    monkeypatch.setattr("pathlib.Path.chmod", lambda *_, **__: None)
    (site.campaign / "files").mkdir()
    assert site.build().closed == ()
    site.write((*ROWS, "412345678901;Δήμος Ανάφης;;anafi@dimos.test;"))
    with pytest.raises(MachineError, match="cannot be closed"):
        site.build()


@posix_only("Windows has no such modes")
def test_open_private_folder_with_keys_is_refused(site: SmallSite) -> None:
    """A private folder that others could read while it held keys is refused, with the command that mends it."""
    site.build()
    site.folders.private.chmod(0o755)
    with pytest.raises(MachineError) as caught:
        site.build()
    assert "chmod 700" in caught.value.hint


def test_kept_codes_need_the_password_file(site: SmallSite) -> None:
    """An agency that keeps its code is an error without the server's file, and without its line in it."""
    site.write(top=f'keeps_code = ["{THIRA}"]')
    with pytest.raises(InputError, match=r"no copy of the server's password file"):
        site.build()
    site.write_passwords("someone:x\n")
    with pytest.raises(InputError, match=r"has no line for it"):
        site.build()


def test_password_file_rules(site: SmallSite) -> None:
    """Kept lines stay byte for byte, new ones replace, those without contact go, strangers and comments stay."""
    site.write(top='keeps_code = ["Δήμος Θήρας"]')
    kept = f"{THIRA}:$apr1$k4hPQgSP$70HohWyee0iq3PUjy.8PK."
    site.write_passwords(f"# users\n{CRETE}:old\n{kept}\n{SIKINOS}:old\nportal-admin:x\n")
    outcome = site.build()
    lines = (site.secrets / "htpasswd.after").read_text().splitlines()
    assert [line.split(":")[0] for line in lines] == ["# users", CRETE, THIRA, "portal-admin", ATTICA]
    assert lines[2] == kept
    assert lines[1].startswith(f"{CRETE}:$2y$04$")
    assert (site.secrets / "htpasswd.before").read_bytes() == (site.folders.private / "current.htpasswd").read_bytes()
    assert outcome.campaigns[0].other_users == ("portal-admin",)


def test_strangers_may_be_dropped(site: SmallSite) -> None:
    """other_users = "drop" takes the users who stand in no annex out of the new password file."""
    site.write(site='[server]\nother_users = "drop"\n')
    site.write_passwords("# users\nportal-admin:x\n")
    site.build()
    assert b"portal-admin" not in (site.secrets / "htpasswd.after").read_bytes()


def test_one_site_is_built_by_one_command_at_a_time(site: SmallSite, tmp_path: Path) -> None:
    """Two builds with a private folder each have the same site: the second says so and stops, and no lock stays."""
    with publishing.locked(tmp_path / "other", site.folders.out), pytest.raises(MachineError, match="another command"):
        site.build()
    site.build()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["content", "dist", "private"]


def test_foreign_folder_is_not_replaced(site: SmallSite) -> None:
    """A folder that Thyrida did not make, or that holds other files, is never replaced."""
    site.folders.out.mkdir()
    precious = site.folders.out / "thesis.txt"
    precious.write_text("mine")
    with pytest.raises(UsageError, match="did not make"):
        site.build()
    assert precious.read_text() == "mine"


def test_enclosures_are_sealed(site: SmallSite) -> None:
    """Documents in files/<username>/ lie in that agency's archive behind the letter, and nowhere else."""
    folder = site.campaign / "files" / THIRA
    folder.mkdir(parents=True)
    (folder / "οδηγίες.txt").write_text("απόρρητο περιεχόμενο", encoding="utf-8")
    site.build()
    documents = unseal(archive_path(site.files, THIRA).read_bytes(), "thira@dimos.example")
    assert documents is not None
    assert [document.name for document in documents] == [f"{THIRA}.pdf", "οδηγίες.txt"]
    secret = "απόρρητο περιεχόμενο".encode()
    assert not any(secret in data for name, data in site.snapshot().items() if not name.startswith("content/"))


@pytest.mark.parametrize("name", ["dist", "Dist"])
def test_folders_must_lie_apart(name: str, site: SmallSite, tmp_path: Path) -> None:
    """A private folder within the site is refused before anything is written, whatever capitals its name has."""
    done = site.run("build")
    assert done.returncode == 0, done.stderr
    done = site.run("build", f"--private={tmp_path / name / 'private'}")
    assert done.returncode == 2
    assert "would be served" in done.stderr


def test_own_pages_come_and_go(site: SmallSite) -> None:
    """A text in pages/ becomes a page that the rules let out, the change of which is told; without it the page goes."""
    site.build()
    rules = site.folders.private / "server" / "nginx.conf"
    path = site.folders.content / "pages" / "terms.md"
    path.parent.mkdir()
    path.write_text("# Όροι χρήσης\n\n{{ operator }}\n", encoding="utf-8")
    changed = site.build()
    page = site.folders.out / "terms" / "index.html"
    assert (changed.rules_changed, "/terms/" in rules.read_text(encoding="utf-8")) == (DAY, True)
    assert "<p>Υπουργείο Εσωτερικών</p>" in page.read_text(encoding="utf-8")
    assert 'href="terms/index.html"' in (site.folders.out / "index.html").read_text(encoding="utf-8")
    path.unlink()
    site.build()
    assert not page.parent.exists()
    assert "/terms/" not in rules.read_text(encoding="utf-8")


def test_the_administrators_files_stay(site: SmallSite) -> None:
    """A build leaves robots.txt, favicon.ico and .well-known/ in the site as they are, and refuses other files."""
    site.build()
    out = site.folders.out
    theirs = {"robots.txt": b"User-agent: *", "favicon.ico": b"icon", ".well-known/acme/x": b"proof"}
    for name, content in theirs.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    before = site.snapshot()
    assert not site.build().replaced_site
    assert site.snapshot() == before
    (out / "robots.txt").write_bytes(b"")
    assert site.run("verify").returncode == 0
    (out / "help" / "mine.txt").touch()
    with pytest.raises(StateError, match=r"help/mine\.txt"):
        site.build()


def test_the_administrators_robots_win(site: SmallSite) -> None:
    """A robots.txt that differs from the built one stays, and verify takes it; deleted, it is made again."""
    site.build()
    path = site.folders.out / "robots.txt"
    made = path.read_bytes()
    packed = site.secrets / "handover" / "dist.tar.gz"
    assert b"Disallow: /files/\n" in made
    assert _packed(packed, "dist/robots.txt") == made
    site.write(site='[server]\nurl_prefix = "/codes"\n')
    site.build()
    assert path.read_bytes() == made.replace(b"/files/", b"/codes/files/")
    path.write_bytes(made + b"Disallow: /private/\n")
    assert site.run("verify").returncode == 0
    site.build()
    assert path.read_bytes() == made + b"Disallow: /private/\n"
    assert _packed(packed, "dist/robots.txt") == made.replace(b"/files/", b"/codes/files/")
    path.unlink()
    assert site.run("verify").returncode == 1
    site.build()
    assert path.read_bytes() == made.replace(b"/files/", b"/codes/files/")


def _packed(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as packed:
        file = packed.extractfile(name)
        assert file
        return file.read()


def build_sample(site: SmallSite) -> None:
    """Build the small site as the sample that Thyrida comes with, and put staff's own in its place."""
    settings = site.folders.content / "site.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"sample = true\n{text}", encoding="utf-8")
    assert site.build().is_sample
    settings.write_text(text, encoding="utf-8")


def test_a_campaign_of_the_samples_name_takes_nothing_over(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its key and codes are its own, also after a build that failed, and nobody is asked for the sample's key."""
    build_sample(site)
    key = (site.secrets / "campaign.key").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("site_src.pipeline.build.Stage.fill", mock.Mock(side_effect=MachineError("full", "make room")))
        with pytest.raises(MachineError):
            site.build()
    (planned,) = site.build(dry_run=True).campaigns
    (built,) = site.build().campaigns
    assert planned.changes.new == built.changes.new == (THIRA, ATTICA, CRETE)
    assert (site.secrets / "campaign.key").read_bytes() != key
    assert site.run("verify").returncode == 0


def test_no_campaign_is_compared_with_the_sample(site: SmallSite) -> None:
    """Check and the first build name none of its agencies, and its folder goes with that build."""
    build_sample(site)
    site.campaign.rename(site.folders.content / "2021-05")
    annex = site.folders.content / "2021-05" / "annex.csv"
    text = annex.read_text(encoding="utf-8").replace("12345678901", "98765432109").replace("Δήμος", "Σύνδεσμος")
    annex.write_text(text, encoding="utf-8")
    facts = site.folders.content / "2021-05" / "campaign.toml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("2020-12-01", "2021-06-01"), encoding="utf-8")
    found = site.run("check")
    assert "campaign 2020-11" not in found.stdout + found.stderr
    assert [each.message for each in site.build().warnings if "2020-11" in each.message] == []
    assert not site.secrets.exists()


def test_the_first_campaign_after_the_sample_changes_no_rules(site: SmallSite) -> None:
    """No server has the sample's rules: those of staff's first site are the first, and not handed over again."""
    build_sample(site)
    site.write(site='[server]\nurl_prefix = "/codes"\n')
    assert site.build(dry_run=True).rules_changed is None
    assert site.build().rules_changed is None
