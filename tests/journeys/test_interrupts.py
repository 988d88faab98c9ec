"""Ctrl-C ends every command in one line that says how it leaves things, with status 130 and all files as they were."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from site_src.new import draft
from tests.support.held_commands import SECONDS_TO_BEGIN, hold_at, start, wait_for_reader
from tests.support.small_site import SLUG, SmallSite

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

AS_IT_WAS = "Stopped; everything is as it was."
WHOLE = "Stopped; the site is whole: the old one, or the new one."
BEFORE_WORK = "Stopped; nothing was done."


def stop(running: subprocess.Popen[str]) -> tuple[int, list[str]]:
    """Ctrl-C; the status and the lines that are told."""
    os.killpg(running.pid, signal.SIGINT)
    _, told = running.communicate(timeout=SECONDS_TO_BEGIN)
    return running.returncode, told.splitlines()


def stopped_while_it_reads(site: SmallSite, file: Path, command: str, *arguments: str) -> tuple[int, list[str]]:
    """Interrupt a command at a known point: it waits for a file of which nothing comes."""
    hold_at(file)
    before = site.snapshot()
    running = start(site, command, *arguments)
    pipe = wait_for_reader(running, file)
    ended = stop(running)
    os.close(pipe)
    assert site.snapshot() == before
    return ended


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("check",), AS_IT_WAS),
        (("build",), WHOLE),
        (("verify",), AS_IT_WAS),
        (("reissue", SLUG, "012345678901"), AS_IT_WAS),
        (("serve", "--port=5599"), AS_IT_WAS),
        (("new", "2021-05", "--from", SLUG), AS_IT_WAS),
    ],
)
def test_stopped_at_its_inputs(line: tuple[str, ...], told: str, site: SmallSite) -> None:
    """A command that is stopped while it reads leaves every file as it was, and says so in one line."""
    assert stopped_while_it_reads(site, site.campaign / "campaign.toml", *line) == (130, [told])


def test_a_report_is_stopped_at_its_log(site: SmallSite) -> None:
    """The report of before stays whole while a long log is read."""
    site.build()
    (site.base / "first.log").write_text("\n", encoding="utf-8")
    log = site.base / "access.log"
    assert stopped_while_it_reads(site, log, "report", SLUG, str(log)) == (130, [AS_IT_WAS])


def test_a_new_campaign_is_whole_or_not_there(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped while it reads the annex, `new` leaves no folder."""

    def stop_here(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(draft, "read_annex", stop_here)
    before = site.snapshot()
    ended = site.run("new", "2021-05", "--annex", str(site.campaign / "annex.csv"))
    assert (ended.returncode, ended.stderr.splitlines()) == (130, [AS_IT_WAS])
    assert site.snapshot() == before


def test_stopped_before_it_begins(site: SmallSite) -> None:
    """An interrupt before the command is even understood is told in one line too."""
    site_toml = site.folders.content / "site.toml"
    assert stopped_while_it_reads(site, site_toml, "check") == (130, [BEFORE_WORK])


@pytest.mark.parametrize(
    "line",
    [
        ("check",),
        ("build", "--date=2020-11-18"),
        ("build", "--date=2020-11-18", "--dry-run"),
        ("verify",),
        ("reissue", SLUG, "012345678901"),
        ("new", "2021-05", "--from", SLUG),
    ],
)
def test_quiet_is_silence(line: tuple[str, ...], built: SmallSite) -> None:
    """No command reports success with --quiet."""
    run = built.run(*line, "--quiet")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """A site that was built, without anything to warn of."""
    site = SmallSite(tmp_path_factory.mktemp("quiet"))
    site.write()
    site.build()
    return site
