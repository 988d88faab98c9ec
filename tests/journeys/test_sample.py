"""The sample stands in for staff's own campaign until there is one, and is not mistaken for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from site_src.commands import arguments
from site_src.files.text import read_pdf
from site_src.make.archives import unseal
from site_src.read.content.campaign_folder import content_or_sample
from tests.support.small_site import ROOT, ROWS, SLUG, SmallSite, run_here
from tests.support.systems import posix_only

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

THIRA = ROWS[0].split(";")[0]
OWN = "2021-05"
OWN_ROWS = tuple(row.replace("Δήμος Θήρας", "Δήμος Χίου").replace("012345678901", "512345678901") for row in ROWS[:1])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallSite:
    """A program's folder as it comes: its content folder holds a small sample alone."""
    sample = SmallSite(tmp_path / "made")
    sample.write(site="sample = true\n")
    (tmp_path / "content").mkdir()
    sample.folders.content.rename(tmp_path / "content" / "sample")
    monkeypatch.setattr(arguments, "CONTENT", tmp_path / "content")
    return SmallSite(tmp_path)


def run(home: SmallSite, *line: str) -> subprocess.CompletedProcess[str]:
    """Run a command without the name of a content folder, as a newcomer does."""
    return run_here([*line, f"--out={home.folders.out}", f"--private={home.folders.private}"])


def test_every_page_and_letter_says_that_it_is_a_sample(home: SmallSite) -> None:
    """A bare build makes the sample: pages have a line about it, letters the word, the summary what comes next."""
    done = run(home, "build", "--lang=en", "--date=2020-11-18", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    done = run(home, "build", "--lang=en", "--date=2020-11-18")
    pages = [path.read_text(encoding="utf-8") for path in home.folders.out.rglob("*.html")]
    assert pages
    assert all("Αυτό είναι δείγμα." in page and "python3 build.py new" in page for page in pages)
    ((letter,),) = [
        documents
        for documents in [unseal((home.files / THIRA / f"{THIRA}.zip").read_bytes(), "thira@dimos.example")]
        if documents
    ]
    assert "ΔΕΙΓΜΑ" in read_pdf(letter.content)
    assert "This is the sample that Thyrida comes with" in done.stdout
    assert re.search(r"build\.py new +begins your own campaign", done.stdout)
    assert "administrator" not in done.stdout
    assert not (home.secrets / "handover").exists()


@posix_only("Windows keeps no time of change: every build is whole")
def test_the_other_commands_find_the_sample_too(home: SmallSite) -> None:
    """A newcomer's next commands work on the sample: check, verify and the same build again."""
    assert run(home, "check", "--lang=en").returncode == 0
    run(home, "build", "--date=2020-11-18")
    assert "3 archives opened" in run(home, "verify", "--lang=en").stdout
    again = run(home, "build", "--date=2020-11-18", "--lang=en").stdout
    assert "Nothing has changed" in again
    assert "begins your own campaign" in again


def test_a_campaign_of_staffs_takes_its_place_in_silence(home: SmallSite) -> None:
    """With a campaign beside it the sample is passed over: no page, no secret and no word of it is left."""
    run(home, "build", "--date=2020-11-18")
    assert (home.secrets / "campaign.key").is_file()
    home.write()
    home.campaign.rename(home.folders.content / OWN)
    (home.folders.content / OWN / "annex.csv").write_text(
        f"Όνομα χρήστη;Επωνυμία φορέα;Εποπτεύων φορέας;E-mail;Κατάσταση\n{OWN_ROWS[0]}\n", encoding="utf-8"
    )
    for line in (["check", "--lang=en"], ["build", "--lang=en", "--date=2020-11-18"], ["verify", "--lang=en"]):
        done = run(home, *line)
        assert done.returncode == 0, done.stderr
        assert not re.search(rf"sample|{SLUG}\b|{THIRA}|Θήρας", done.stdout + done.stderr)
    assert not home.secrets.exists()
    assert [path.name for path in (home.folders.out / "circulars").iterdir()] == [OWN]
    assert "δείγμα" not in (home.folders.out / "index.html").read_text(encoding="utf-8")


def test_a_campaign_with_the_samples_name_begins_afresh(home: SmallSite) -> None:
    """A campaign with the sample's own slug takes over nothing of the sample's agencies or codes."""
    run(home, "build", "--date=2020-11-18")
    key = (home.secrets / "campaign.key").read_bytes()
    home.write(OWN_ROWS)
    done = run(home, "build", "--lang=en", "--date=2020-11-18")
    assert done.returncode == 0, done.stderr
    assert "Letters: 1 new, 0 unchanged, 0 reissued, 0 withdrawn" in re.sub(" +", " ", done.stdout)
    assert (home.secrets / "campaign.key").read_bytes() != key


def test_the_sample_takes_no_real_sites_place(home: SmallSite) -> None:
    """A bare build without content/ does not publish the sample over the site, and says what to put back."""
    home.write()
    run(home, "build", "--date=2020-11-18")
    before = (home.folders.out / "index.html").read_bytes()
    for path in (home.campaign, home.folders.content / "site.toml"):
        path.rename(home.base / path.name)
    done = run(home, "build", "--lang=en", "--date=2020-11-18")
    assert done.returncode == 2
    assert SLUG in done.stderr
    assert "from your backup" in done.stderr
    assert (home.folders.out / "index.html").read_bytes() == before


@pytest.mark.parametrize("name", [".gitignore", "Thumbs.db", ".DS_Store"])
def test_files_of_systems_do_not_count(name: str, tmp_path: Path) -> None:
    """Files that git, Explorer and Finder leave in content/ are no campaign: the sample is still the only one."""
    (tmp_path / "sample").mkdir()
    (tmp_path / name).touch()
    assert content_or_sample(tmp_path) == tmp_path / "sample"
    (tmp_path / "site.toml").touch()
    assert content_or_sample(tmp_path) == tmp_path


def test_no_campaign_can_be_called_sample(site: SmallSite) -> None:
    """The name is refused by `new`, and for a folder that somebody made."""
    site.write()
    done = site.run("new", "sample", f"--annex={site.campaign / 'annex.csv'}", "--lang=en")
    assert done.returncode == 2
    assert '"sample"' in done.stderr
    site.campaign.rename(site.folders.content / "sample")
    done = site.run("check", "--lang=en")
    assert done.returncode == 1
    assert '"sample"' in done.stdout + done.stderr


def test_the_shipped_sample_is_one_and_speaks_greek() -> None:
    """The sample that comes with the program is marked, and its files explain themselves in the site's language."""
    sample = ROOT / "content" / "sample"
    assert re.search("^sample = true", (sample / "site.toml").read_text(encoding="utf-8"), re.MULTILINE)
    for path in (sample / "site.toml", *sample.glob("*/campaign.toml")):
        comments = re.findall(r"#\s*(.*)", path.read_text(encoding="utf-8"))
        words = [
            word
            for comment in comments
            for word in re.findall(r"[A-Za-z]{4,}", re.sub(r'["`].*?["`]|\w+ =.*', "", comment))
        ]
        assert set(words) <= {"site", "toml", "python", "build", "circular", "nginx", "path"}, path
