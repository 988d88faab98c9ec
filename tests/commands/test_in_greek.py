from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.small_site import SLUG, SmallSite
from tests.support.untranslated import english_in

if TYPE_CHECKING:
    from pathlib import Path

THIRA, SIKINOS = "012345678901", "312345678901"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """A site that was built once; the tests spoil its inputs and files in turn."""
    site = SmallSite(tmp_path_factory.mktemp("greek"))
    site.write()
    site.build()
    return site


def _told(site: SmallSite, command: str, *arguments: str, language: str = "el") -> str:
    done = site.run(command, *arguments, f"--lang={language}")
    assert done.returncode in {1, 2, 3}, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_every_kind_of_wrong_input(tmp_path: Path) -> None:
    """Site, campaign, circular and files with a mistake of each kind."""
    site = SmallSite(tmp_path)
    site.write(
        top=f'keeps_code = ["{SIKINOS}"]\nfiles_until = 2020-11-01\nfoldr = "x"\nreissue = 3',
        rest='deadlne = "x"\ncontacts = 3\nsender = 2020-11-30\n[code]\ngroups = 1\nalphabet = "CD0O"',
        site='language = "fr"\n[server]\npassword_file = "htpasswd"\nrealm = "off"\nurl_prefix = "a b"\n',
    )
    for name in (f"files/{SIKINOS}/a.pdf", "files/x/a.pdf", "attachments/index.html", "attachments/b/c"):
        (site.campaign / name).parent.mkdir(parents=True, exist_ok=True)
        (site.campaign / name).write_text("= Τίτλος", encoding="utf-8")
    (site.folders.content / "help.md").write_bytes("Κείμενο".encode("cp1253"))
    assert len(english_in(_told(site, "check", language="en"))) > 40
    assert english_in(_told(site, "check")) == set()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "{{ deadlin }} {{ folder | uper }} {% if folder is od %}α{% endif %}",
        "[α](javascript:x) [β](none.pdf) ![γ](https://else.example/x.png) [^1]",
        "{{ files_until | date }}",
        "{{ agencies[0].emails }}",
        "{{ folder.format }}",
        "{{ folder | join }}",
        "{{ folder * 9 }}",
        "[" * 9999,
        "{{ folder | date }}",
        "{{ folder }}" * 999,
        "{% for a in agencies %}{{ agencies }}{% endfor %}",
        '{% include "campaign.toml" %}',
    ],
)
def test_a_circular_that_cannot_be_set(tmp_path: Path, text: str) -> None:
    """Placeholders, links and footnotes that do not work."""
    site = SmallSite(tmp_path)
    site.write()
    (site.campaign / "circular.md").write_text(text, encoding="utf-8")
    told = site.run("check", "--lang=el").stdout
    assert "circular.md" in told
    assert english_in(told) == set()


@pytest.mark.parametrize(
    "command",
    [
        ("check", "none"),
        ("verify", "none"),
        ("build", "--out={base}/private/site"),
        ("build", "--out={base}/content"),
        ("build", "--private={base}/content/private", "--out={base}/content"),
        ("build", "--private={base}/content"),
        ("verify", "--private={base}/elsewhere"),
        ("report", SLUG, "{base}/none.log"),
        ("report", SLUG, "{base}/dist/index.html"),
        ("report", SLUG, "{base}/dist/index.html", "--private={base}/elsewhere"),
        ("reissue", SLUG, SIKINOS, "9"),
        ("activate", SLUG, "--password-file={base}/none"),
        ("activate", SLUG, "--password-file={base}"),
        ("activate", SLUG, "--password-file={base}/dist/index.html"),
        ("activate", SLUG, "--password-file={base}/dist/index.html", "--rollback"),
        ("serve", "--as=9"),
    ],
    ids=" ".join,
)
def test_every_command_that_fails(built: SmallSite, command: tuple[str, ...]) -> None:
    """Options that make no sense, and files that are not there."""
    assert english_in(_told(built, *(part.format(base=built.base) for part in command))) == set()


def test_dates_are_as_people_write_them(built: SmallSite) -> None:
    """A day in a sentence is «1 Δεκεμβρίου 2020»."""
    told = built.run("build", "--lang=el", "--date=2020-11-18").stdout
    assert "1 Δεκεμβρίου 2020 " in told
    assert "2020-12-01" not in told
    assert english_in(told) == set()


def test_a_site_that_is_not_what_was_built(tmp_path: Path) -> None:
    """The failures that verify finds, and damaged or lost files of the private folder, are reported in Greek."""
    site = SmallSite(tmp_path)
    site.write()
    site.build()
    archive = site.files / THIRA / f"{THIRA}.zip"
    archive.write_bytes(archive.read_bytes()[:-9])
    (site.files / "9").mkdir()
    (site.files / "9" / "9.zip").write_bytes(b"")
    assert english_in(_told(site, "verify")) == set()
    (site.secrets / "manifest.json").write_bytes(b"{")
    assert english_in(_told(site, "verify")) == set()
    (site.secrets / "campaign.key").write_bytes(b"x")
    (site.secrets / "manifest.json").unlink()
    assert english_in(_told(site, "build")) == set()
    (site.secrets / "campaign.key").unlink()
    assert english_in(_told(site, "build")) == set()
