"""The folder for the administrator: all that is needed there, nothing that is not, and it works on Python alone."""

from __future__ import annotations

import ast
import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from site_src.publish.handover_folder import MAIN
from tests.support.small_site import SLUG, SmallSite

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date.today()  # noqa: DTZ011 (activate takes the machine's day too)
FILES = {
    "README.txt",
    "activate.py",
    "dist.tar.gz",
    "htpasswd.after",
    "htpasswd.before",
    "manifest.json",
    "server/apache.conf",
    "server/nginx-http.conf",
    "server/nginx.conf",
}


def hand_over(site: SmallSite, effective: date, folder: Path, *, extra: str = "") -> Path:
    """Build a site whose new codes are valid from this day; return a copy of what the administrator gets."""
    site.write(site=extra)
    facts = site.campaign / "campaign.toml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(
        text.replace("effective = 2020-12-01", f"effective = {effective}").replace(
            "deadline = 2020-11-30", f"deadline = {effective - timedelta(days=1)}"
        ),
        encoding="utf-8",
    )
    assert site.run("build", "--quiet").returncode == 0
    target = folder / "given"
    shutil.copytree(site.secrets / "handover", target)
    target.chmod(0o700)
    return target


def run(folder: Path, live: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the folder's program on a Python that has no package and knows no checkout."""
    line = [sys.executable, "-I", "-S", str(folder / "activate.py"), *options, f"--password-file={live}"]
    return subprocess.run(line, capture_output=True, text=True, encoding="utf-8", check=False, cwd=folder.parent)


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """The server's password file, in a folder that its owner alone may write."""
    folder = tmp_path / "etc"
    folder.mkdir(mode=0o755)
    path = folder / "agencies.htpasswd"
    path.write_bytes(b"")
    return path


def test_it_holds_what_is_needed_and_no_secret_of_staff(site: SmallSite, tmp_path: Path) -> None:
    """Site, rules, the three files, the program and what to do; neither the key nor an address; for its owner alone."""
    given = hand_over(site, TODAY, tmp_path)
    found = {path.relative_to(given).as_posix(): path for path in given.rglob("*") if path.is_file()}
    assert found.keys() == FILES
    key = (site.secrets / "campaign.key").read_bytes()
    assert [name for name, path in found.items() if key in path.read_bytes()] == []
    assert [name for name, path in found.items() if b"thira@" in path.read_bytes()] == []
    if os.name == "posix":
        made = [site.secrets / "handover", *(site.secrets / "handover").rglob("*")]
        assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o700, 0o600}


def test_the_packed_site_is_the_site(site: SmallSite, tmp_path: Path) -> None:
    """Unpacked on the server it is dist/, byte for byte, with modes that every web server can read."""
    given = hand_over(site, TODAY, tmp_path)
    with tarfile.open(given / "dist.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
        assert {entry.mode for entry in packed} == {0o644, 0o755}
    unpacked, out = tmp_path / "dist", site.folders.out
    names = [path.relative_to(out) for path in sorted(out.rglob("*"))]
    assert names == [path.relative_to(unpacked) for path in sorted(unpacked.rglob("*"))]
    assert all((unpacked / name).read_bytes() == (out / name).read_bytes() for name in names if (out / name).is_file())


def test_rules_and_readme_name_one_password_file(site: SmallSite, tmp_path: Path) -> None:
    """Without a password file in site.toml, README.txt swaps the one that the rules let people in with."""
    given = hand_over(site, TODAY, tmp_path)
    rules = (given / "server" / "nginx.conf").read_text(encoding="utf-8")
    (named,) = set(re.findall('auth_basic_user_file "(.+)";', rules))
    assert set(re.findall("--password-file (\\S+)", (given / "README.txt").read_text(encoding="utf-8"))) == {named}


def test_it_swaps_and_swaps_back_on_python_alone(site: SmallSite, tmp_path: Path, live: Path) -> None:
    """Without a package or a checkout it puts the new file in place, in the site's language, and the old one back."""
    given = hand_over(site, TODAY, tmp_path)
    done = run(given, live)
    assert (done.returncode, done.stderr) == (0, "")
    assert live.read_bytes() == (given / "htpasswd.after").read_bytes()
    assert "ισχύουν οι νέοι κωδικοί" in done.stdout
    assert run(given, live, "--rollback").returncode == 0
    assert live.read_bytes() == b""


def test_it_refuses_before_the_day(site: SmallSite, tmp_path: Path, live: Path) -> None:
    """Too early is a status of its own, with the campaign's name or without, and the live file stays."""
    given = hand_over(site, TODAY + timedelta(days=2), tmp_path)
    for options in ((), (SLUG,)):
        done = run(given, live, *options)
        assert done.returncode == 4
        assert "--now" in done.stderr
    assert live.read_bytes() == b""
    assert run(given, live, "--now").returncode == 0


def test_an_old_python_says_that_it_is_old() -> None:
    """The program's own lines are read by Python 3.4, and name the way without it."""
    text = MAIN.format(slug=SLUG, language="el")
    ast.parse(text, feature_version=(3, 4))
    assert text.index("version_info") < text.index("from site_src")
    assert "README.txt" in text


@pytest.mark.parametrize("language", ["el", "en"])
def test_the_steps_name_todays_paths(site: SmallSite, tmp_path: Path, language: str) -> None:
    """README.txt is in the site's language and names its password file, its day and its folder, with no gap."""
    extra = f'language = "{language}"\n[server]\npassword_file = "/etc/apache2/codes.htpasswd"\n'
    given = hand_over(site, date(2020, 12, 1), tmp_path, extra=extra)
    text = (given / "README.txt").read_text(encoding="utf-8")
    assert "python3 activate.py --password-file /etc/apache2/codes.htpasswd --rollback" in text
    assert f"0 0 1 12 *  /usr/bin/python3 /root/thyrida-{SLUG}/activate.py" in text
    assert ("ΣΗΜΕΡΑ" in text) == (language == "el")
    assert "$" not in text.replace("$(date", "").replace("$release", "")


def test_a_build_that_changes_something_writes_it_anew(site: SmallSite, tmp_path: Path) -> None:
    """After a change of contact the folder holds the new files, and nothing that a killed build left beside it."""
    given = hand_over(site, TODAY, tmp_path)
    (site.secrets / "handover" / "dist.tar.gz.new").write_text("x", encoding="utf-8")
    annex = site.campaign / "annex.csv"
    annex.write_text(annex.read_text(encoding="utf-8").replace("thira@", "thira2@"), encoding="utf-8")
    assert site.run("build", "--quiet").returncode == 0
    anew = site.secrets / "handover"
    assert (anew / "htpasswd.after").read_bytes() == (site.secrets / "htpasswd.after").read_bytes()
    assert (anew / "htpasswd.after").read_bytes() != (given / "htpasswd.after").read_bytes()
    assert not list(anew.rglob("*.new"))
