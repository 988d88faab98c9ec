"""No address, code or key of a build is seen by anybody but its owner: on the site, a terminal, a disk."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from site_src.make import at_once as make
from site_src.plan.keys import CampaignKey
from site_src.problems import MachineError
from site_src.read.settings import CodePolicy
from tests.support.faults import Fault, Runner
from tests.support.small_site import ROWS, SLUG, SmallSite
from tests.support.sought_secrets import Sought

if TYPE_CHECKING:
    from pathlib import Path

SEED = 7
THIRA = ROWS[0].split(";")[0]
EMAIL = ROWS[0].split(";")[3]
BUILD = ("build", "--date", "2020-11-18", "--jobs", "1")
LOG_LINE = (
    '192.0.2.7 - {user} [18/Nov/2020:10:00:00 +0200] "GET /files/{slug}/{user}/{user}.zip HTTP/1.1" 200 37000 "-" "-"'
)


class Watched:
    """A small site whose every command is watched."""

    def __init__(self, folder: Path) -> None:
        (folder / "notes").mkdir()
        self.site = SmallSite(folder / "site")
        self.site.write()
        self.site.write_passwords(f"{THIRA}:old\n")
        (self.site.base / "etc").mkdir()
        self.live = self.site.base / "etc" / "htpasswd"
        self.live.write_text(f"{THIRA}:old\n", encoding="utf-8")
        self.log = self.site.base / "etc" / "access.log"
        self.log.write_text(LOG_LINE.format(user=THIRA, slug=SLUG) + "\n", encoding="utf-8")
        self.sought = Sought.of(ROWS, [bytes([SEED]) * 32])
        self._runner = Runner(self.site.base, folder / "notes")

    def run(self, *command: str, fault: Fault | None = None, at: int = 0) -> int:
        """Run a command, assert that it shows nothing to anybody, and return its exit status."""
        folders = [f"--{name}={getattr(self.site.folders, name)}" for name in ("content", "out", "private")]
        ended = self._runner.run([*command, *folders], fault=fault, at=at, seed=SEED)
        assert self.sought.seen_in(ended.output) == []
        assert [each for each in ended.started if "os.putenv" not in each] == [], "no process is started"
        assert self.sought.seen_in("\n".join(ended.started)) == []
        assert self.sought.published_in(self.site.folders.out) == []
        assert self.sought.published_in(self._runner.temporary) == []
        assert self.sought.open_to_others_in(self.site.base, but=self.site.folders.content) == []
        return ended.status


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A site that has never been built."""
    return Watched(tmp_path)


def test_what_is_sought_would_be_found(watched: Watched) -> None:
    """The private folder holds the key, the annex the addresses, and a letter that is unsealed the code."""
    assert watched.run(*BUILD) == 0
    sought = watched.sought
    assert any("key" in what for what in sought.published_in(watched.site.folders.private))
    assert any(f"address of {THIRA}" in what for what in sought.published_in(watched.site.folders.content))
    code = CampaignKey(bytes([SEED]) * 32).access_code(CodePolicy(), THIRA, EMAIL, 1)
    for form in (code, code.encode().hex(), f"x{EMAIL}"):
        assert sought.seen_in(form)
    key = watched.site.secrets / "campaign.key"
    key.chmod(0o644)
    watched.site.secrets.chmod(0o755)
    watched.site.folders.private.chmod(0o755)
    assert sought.open_to_others_in(watched.site.base, but=watched.site.folders.content)


def test_a_whole_campaign_shows_nothing(watched: Watched) -> None:
    """Every command, in the order of a campaign, on success."""
    live = f"--password-file={watched.live}"
    assert watched.run("check") == 0
    assert watched.run("check", "--format", "json") == 0
    assert watched.run(*BUILD, "--dry-run") == 0
    assert watched.run(*BUILD) == 0
    assert watched.run("verify") == 0
    assert watched.run("reissue", SLUG, THIRA) == 0
    assert watched.run(*BUILD, "--dry-run") == 0
    assert watched.run(*BUILD) == 0
    assert watched.run("verify") == 0
    assert watched.run("report", SLUG, str(watched.log)) == 0
    assert watched.run("activate", SLUG, live, "--now") == 0
    assert watched.run("activate", SLUG, live, "--rollback") == 0


def test_mistakes_in_the_annex_show_no_valid_address(watched: Watched) -> None:
    """A duplicate and a mistyped row are told; what is quoted is the mistake, not an address that is right."""
    watched.site.write((*ROWS, ROWS[0], "5123;Δήμος;;right@dimos.example;", "612345678901;Δήμος;;no address;"))
    for command in (("check",), ("check", "--format", "json"), BUILD):
        assert watched.run(*command) == 1


@pytest.mark.parametrize("where", ["circular.md", "attachments/note.txt", f"attachments/{EMAIL}.txt", "campaign.toml"])
def test_a_leak_is_told_without_repeating_it(where: str, watched: Watched) -> None:
    """An address in the text, in a file or in its name stops the build, and stays where staff wrote it."""
    path = watched.site.campaign / where
    path.parent.mkdir(exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    wrong = text.replace('place = "Αθήνα"', f'place = "{EMAIL}"') if where == "campaign.toml" else f"{text}\n{EMAIL}\n"
    path.write_text(wrong, encoding="utf-8")
    assert watched.run(*BUILD) == 1
    assert not watched.site.folders.out.exists()


def test_damage_shows_nothing(watched: Watched) -> None:
    """A key that is cut, a manifest that is cut, another live file: told without what they hold."""
    assert watched.run(*BUILD) == 0
    key, manifest = watched.site.secrets / "campaign.key", watched.site.secrets / "manifest.json"
    watched.live.write_text("guest:x\n", encoding="utf-8")
    assert watched.run("activate", SLUG, f"--password-file={watched.live}", "--now") == 1
    whole = manifest.read_bytes()
    manifest.write_bytes(whole[:-9])
    assert watched.run(*BUILD) == 1
    manifest.write_bytes(whole)
    key.write_bytes(key.read_bytes()[:-1])
    assert watched.run(*BUILD) == 1


def test_a_proof_that_fails_shows_nothing(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exception and its whole traceback name the agency and no secret."""
    monkeypatch.setattr(make, "reopen", lambda *_: None)
    monkeypatch.setattr("secrets.token_bytes", lambda size: bytes([SEED]) * size)
    with pytest.raises(MachineError) as caught:
        watched.site.build()
    text = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert THIRA in text
    assert watched.sought.seen_in(text) == []


@pytest.mark.parametrize("fault", [Fault.KILL, Fault.TORN, Fault.FULL])
def test_a_build_that_ends_early_shows_nothing(fault: Fault, watched: Watched) -> None:
    """Stopped while letters are made, while private files are written, and while the site takes its place."""
    for step in range(3, 120, 13):
        watched.run(*BUILD, fault=fault, at=step)
