"""Commands go by what files hold and not by how old they seem, and by the machine's day only where they say so."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from site_src.make.archives import unseal
from tests.support.small_site import ROWS, SLUG, SmallSite

if TYPE_CHECKING:
    from pathlib import Path

THIRA = ROWS[0].split(";")[0]
TIMES = {"past": datetime(1970, 1, 2, tzinfo=UTC), "future": datetime(2099, 12, 31, tzinfo=UTC)}
LOG_LINE = (
    '192.0.2.7 - {user} [18/Nov/2020:10:00:00 +0200] "GET /files/{slug}/{user}/{user}.zip HTTP/1.1" 200 37000 "-" "-"\n'
)


def set_times(folder: Path, when: str) -> None:
    """Let everything in a folder seem to be of that day."""
    moment = TIMES[when].timestamp()
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (moment, moment))


def public(site: SmallSite) -> dict[str, bytes]:
    """The site as it stands."""
    return {name: data for name, data in site.snapshot().items() if name.startswith("dist/")}


def build(site: SmallSite, day: str = "2020-11-18") -> None:
    """Build as staff do."""
    done = site.run("build", f"--date={day}")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("when", TIMES)
def test_files_of_another_day_change_nothing(when: str, site: SmallSite) -> None:
    """Inputs, site and private files that seem old, or not yet written, build the same site, byte for byte."""
    build(site)
    before = public(site)
    set_times(site.base, when)
    build(site)
    assert public(site) == before
    assert site.run("verify").returncode == 0


@pytest.mark.parametrize("when", TIMES)
def test_a_change_that_seems_old_is_taken_up(when: str, site: SmallSite) -> None:
    """An annex that is put back from a backup has the times and the length of before, and is another all the same."""
    set_times(site.folders.content, when)
    build(site)
    site.write((ROWS[0].replace("thira@", "naxos@"), *ROWS[1:]))
    set_times(site.folders.content, when)
    build(site)
    assert unseal((site.files / THIRA / f"{THIRA}.zip").read_bytes(), "naxos@dimos.example")


@pytest.mark.parametrize("day", ["1970-01-01", "2019-11-18", "2020-11-17"])
def test_an_earlier_day_builds_the_same_site(day: str, site: SmallSite) -> None:
    """A machine whose clock went back makes no other page, letter, key or password file."""
    build(site)
    before = {name: data for name, data in site.snapshot().items() if not name.endswith(".built.json")}
    build(site, day)
    assert {name: data for name, data in site.snapshot().items() if not name.endswith(".built.json")} == before


@pytest.mark.parametrize("when", TIMES)
def test_activate_goes_by_content(when: str, site: SmallSite) -> None:
    """The swap and the way back are made whatever the times of the files, and the live file is of today."""
    site.write_passwords(f"{THIRA}:old\n")
    build(site)
    live = site.base / "etc" / "htpasswd"
    live.parent.mkdir()
    live.write_bytes(f"{THIRA}:old\n".encode())
    for folder in (site.folders.private, live.parent):
        set_times(folder, when)
    started = datetime.now(UTC).timestamp()
    assert site.run("activate", SLUG, f"--password-file={live}", "--now").returncode == 0
    assert live.read_bytes() == (site.secrets / "htpasswd.after").read_bytes()
    assert abs(live.stat().st_mtime - started) < 3600
    set_times(live.parent, when)
    assert site.run("activate", SLUG, f"--password-file={live}", "--rollback").returncode == 0
    assert live.read_text(encoding="utf-8") == f"{THIRA}:old\n"


@pytest.mark.parametrize("when", TIMES)
def test_report_goes_by_content(when: str, site: SmallSite) -> None:
    """A log counts for what its lines say; the reports of before give way to the new ones, whatever their times."""
    build(site)
    log = site.base / "access.log"
    log.write_text(LOG_LINE.format(user=THIRA, slug=SLUG), encoding="utf-8")
    set_times(site.base, when)
    for _ in range(2):
        done = site.run("report", SLUG, str(log), "--lang=en")
        assert done.returncode == 0, done.stderr
        assert "1 of 3 agencies has collected" in done.stdout
        set_times(site.base, when)
