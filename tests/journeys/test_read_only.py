"""A folder that may not be written into stops a command with a plain sentence, and nothing is changed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.faults import state_of
from tests.support.small_site import ROWS, SLUG, SmallSite
from tests.support.unprivileged import unprivileged
from tests.support.untranslated import english_in

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

THIRA = ROWS[0].split(";")[0]
CHANGED_ROWS = (ROWS[0].replace("thira@", "neos@"), *ROWS[1:])
BUILD = ("build", "--date=2020-11-18")
ACTIVATE = ("activate", SLUG, "--now", "--password-file={base}/etc/htpasswd")
NEW = ("new", "2021-05", "--annex={base}/etc/annex.csv")


@dataclass(frozen=True)
class Case:
    """A command and the folder that is closed to it; what it names, where it is stopped."""

    command: tuple[str, ...]
    closed: str
    named: str
    built: bool = True


STOPPED = {
    "first build, folder of the site": Case(BUILD, ".", ".dist.lock", built=False),
    "first build, private folder": Case(BUILD, "private", "private/.lock", built=False),
    "build, folder of the site": Case(BUILD, ".", ".dist.lock"),
    "build, private folder": Case(BUILD, "private", "private/.site.sha256.new"),
    "build, private folder of the campaign": Case(BUILD, f"private/{SLUG}", f"private/{SLUG}/manifest.json.new"),
    "reissue, folder of the campaign": Case(
        ("reissue", SLUG, THIRA), f"content/{SLUG}", f"content/{SLUG}/.campaign.toml.new"
    ),
    "activate, folder of the password file": Case(ACTIVATE, "etc", "etc/htpasswd"),
    "activate, private folder of the campaign": Case(
        ACTIVATE, f"private/{SLUG}", f"private/{SLUG}/htpasswd.replaced.new"
    ),
    "rollback, folder of the password file": Case((*ACTIVATE, "--rollback"), "etc", "etc/htpasswd"),
    "new, content folder": Case(NEW, "content", "content/2021-05"),
}
UNHINDERED = {
    "build, the site itself": Case(BUILD, "dist", ""),  # it is replaced whole
    "build, a folder in the site": Case(BUILD, f"dist/files/{SLUG}", ""),
    "reissue, private folder": Case(("reissue", SLUG, THIRA), "private", ""),
    "new, private folder": Case(NEW, "private", ""),
    "new, the site itself": Case(NEW, "dist", ""),
    "activate, the site itself": Case(ACTIVATE, "dist", ""),
}


def run(site: SmallSite, case: Case, language: str = "en") -> subprocess.CompletedProcess[str]:
    """The command, as a user to whom the folder is closed."""
    given = [part.format(base=site.base) for part in case.command]
    folder = site.base / case.closed
    mode = folder.stat().st_mode
    folder.chmod(0o500)
    try:
        with unprivileged():
            return site.run(*given, f"--lang={language}")
    finally:
        if folder.exists():
            folder.chmod(mode)


def prepare(site: SmallSite, case: Case) -> SmallSite:
    """Make the state that the command finds: a built site, inputs changed since, and the server's files."""
    site.write_passwords(f"{THIRA}:old\n")
    (site.folders.private / "current.htpasswd").chmod(0o600)
    (site.base / "etc").mkdir()
    (site.base / "etc" / "htpasswd").write_bytes(f"{THIRA}:old\n".encode())
    shutil.copy(site.campaign / "annex.csv", site.base / "etc")
    if case.built:
        site.build()
    if "--rollback" in case.command:
        assert site.run(*(part.format(base=site.base) for part in ACTIVATE)).returncode == 0
    if case.command == BUILD:
        site.write(CHANGED_ROWS)
    return site


@pytest.mark.parametrize("name", STOPPED)
def test_a_closed_folder_stops_it(name: str, site: SmallSite) -> None:
    """Status 3, one sentence with the path and why, one hint with what to do, no traceback; every file as it was.

    Sentence and hint are Greek where that is spoken, the reason that the system gives included.
    """
    case = STOPPED[name]
    prepare(site, case)
    before = state_of(site.base)
    done = run(site, case)
    error, hint = [line for line in done.stderr.splitlines() if not line.startswith("Making letters")]
    assert (done.returncode, done.stdout) == (3, "")
    assert error.startswith("error: ")
    assert f'"{site.base / case.named}"' in error
    assert error.endswith("Permission denied")
    assert hint.startswith("  hint: ")
    greek = run(site, case, "el").stderr
    assert "δεν έχετε δικαίωμα πρόσβασης" in greek
    assert english_in(greek) == set()
    assert state_of(site.base) == before


@pytest.mark.parametrize("name", UNHINDERED)
def test_a_closed_folder_that_is_not_written_into_stops_nothing(name: str, site: SmallSite) -> None:
    """A site is replaced whole, whatever its own folders allow; what a command only reads may be closed."""
    case = UNHINDERED[name]
    prepare(site, case)
    done = run(site, case)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert [path.name for path in site.base.iterdir() if path.name.startswith(".dist")] == []


def test_where_the_content_folder_would_be_new(site: SmallSite) -> None:
    """`new` may have to make the content folder itself, in a folder that is closed to it."""
    case = Case(NEW, ".", "content/2021-05", built=False)
    prepare(site, case)
    shutil.rmtree(site.folders.content)
    before = state_of(site.base)
    done = run(site, case)
    assert done.returncode == 3
    assert f'"{site.folders.content / "2021-05"}" cannot be written: Permission denied' in done.stderr
    assert state_of(site.base) == before


def test_where_the_private_folder_would_be_new(site: SmallSite) -> None:
    """A first build may have to make the private folder, in a folder that is closed to it."""
    before = state_of(site.base)
    done = run(site, Case(BUILD, ".", "private", built=False))
    assert done.returncode == 3
    assert f'"{site.folders.private}": Permission denied' in done.stderr
    assert state_of(site.base) == before


def test_files_of_the_server_that_were_copied_read_only(site: SmallSite) -> None:
    """An administrator's private folder that never held a lock, and may not be written into, is told likewise."""
    case = Case(ACTIVATE, "private", "private/.lock")
    prepare(site, case)
    (site.folders.private / ".lock").unlink(missing_ok=True)
    before = state_of(site.base)
    done = run(site, case)
    assert done.returncode == 3
    assert f'"{site.base / case.named}": Permission denied' in done.stderr
    assert state_of(site.base) == before


def test_the_user_of_these_tests_has_no_rights_of_root(tmp_path: Path) -> None:
    """The way in which they run a command is real: a closed folder is closed to it."""
    tmp_path.chmod(0o500)
    new = tmp_path / "new"
    with unprivileged(), pytest.raises(PermissionError):
        new.touch()
    tmp_path.chmod(0o700)
    new.touch()
