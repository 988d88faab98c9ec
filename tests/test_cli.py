"""The commands as somebody types them: what no module alone shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from site_src.files import disk
from site_src.language.say import call
from site_src.publish import publish
from tests.support.small_site import ROOT, ROWS, SLUG, SmallSite, Terminal
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from pathlib import Path

THIRA, _, CRETE, _ = (row.split(";")[0] for row in ROWS)


def test_a_reader_who_has_seen_enough_is_no_failure(site: SmallSite) -> None:
    """`check --format json | head -1` ends quietly: the pipe closes while there is more to tell."""
    site.write((*ROWS, *(f"{number};Δήμος;;a{number}@dimos.example;" for number in range(2000))))
    line = [sys.executable, str(ROOT / "build.py"), "check", "--format=json", f"--content={site.folders.content}"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline().rstrip() == b"{"
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


LINES = [
    ("check", "--lang=el"),
    ("build", "--date=2020-11-18", "--lang=el"),
    ("build", "--jobs=0", "--lang=el"),
    ("verify", "--lang=el"),
    ("reissue", SLUG, THIRA, "--lang=el"),
    ("new", "2021-05", f"--from={SLUG}", "--lang=el"),
    ("report", SLUG, "{base}/access.log", "--lang=el"),
    ("activate", SLUG, "--password-file={base}/live", "--now", "--lang=el"),
]


@pytest.mark.world
@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_a_process_of_its_own_says_the_same(tmp_path: Path, line: tuple[str, ...]) -> None:
    """As somebody types it, each command ends with the status, and says in UTF-8 the words, that it does here."""
    site = SmallSite(tmp_path / "site")
    site.write()
    site.build()
    (site.base / "access.log").write_text("", encoding="utf-8")
    (site.base / "live").write_text(f"{THIRA}:old\n", encoding="utf-8")
    shutil.copytree(site.base, tmp_path / "before")
    given = [part.format(base=site.base) for part in line]
    apart = site.run_apart(*given)
    shutil.rmtree(site.base)
    shutil.copytree(tmp_path / "before", site.base)
    here = site.run(*given)
    assert (apart.returncode, apart.stdout, apart.stderr) == (here.returncode, here.stdout, here.stderr)
    assert any("α" <= letter <= "ω" for letter in apart.stdout + apart.stderr)


def test_a_template_is_written_and_what_is_next_is_said(site: SmallSite, tmp_path: Path) -> None:
    """`new --template FILE` needs no campaign, and names the command that takes the file once it is filled in."""
    path = tmp_path / "list.xlsx"
    run = site.run("new", "--template", str(path))
    assert (run.returncode, run.stderr) == (0, "")
    assert path.read_bytes().startswith(b"PK")
    assert run.stdout.splitlines()[0] == f"Written: {path}"
    assert run.stdout.splitlines()[-1] == f"  {call()} new --annex {path}"


def test_what_was_never_built_cannot_be_activated(site: SmallSite, tmp_path: Path) -> None:
    """The command says so and touches nothing."""
    live = tmp_path / "htpasswd"
    live.write_text("old", encoding="utf-8")
    run = site.run("activate", SLUG, "--password-file", str(live))
    assert run.returncode == 2
    assert f'no campaign "{SLUG}" was built in' in run.stderr
    assert "build it first" in run.stderr
    assert live.read_text(encoding="utf-8") == "old"


def test_a_pattern_of_logs_is_understood_without_a_shell(site: SmallSite, tmp_path: Path) -> None:
    """Shells of Windows hand `access.log*` on as it stands; a file of that very name is taken as itself."""
    site.build()
    line = f'1.2.3.4 - - [18/Nov/2020:10:15:00 +0200] "GET /files/{SLUG}/ HTTP/1.1" 401 9 "-" "-"\n'
    for name in ("access.log", "access.log.1", "error.log", "odd[1].log", "odd1.log"):
        (tmp_path / name).write_text(line, encoding="utf-8")
    for pattern, lines in (("access.log*", 2), ("odd[1].log", 1), ("*.log", 4)):
        run = site.run("report", SLUG, str(tmp_path / pattern))
        assert (run.returncode, run.stderr) == (0, "")
        assert f"{lines}, of which 0 could not be read" in run.stdout
    (tmp_path / "logs [1]").mkdir()
    (tmp_path / "logs [1]" / "access.log").write_text(line, encoding="utf-8")
    assert "1, of which 0" in site.run("report", SLUG, str(tmp_path / "logs [1]" / "*.log")).stdout
    run = site.run("report", SLUG, str(tmp_path / "none*"))
    assert run.returncode == 1
    assert "none*: this log cannot be read" in run.stderr


def test_a_build_says_whose_password_file_it_took(site: SmallSite) -> None:
    """The campaign's own sample stands in for the server's file, and users in no annex are named as dropped."""
    site.write(top=f'keeps_code = ["{CRETE}"]', site='[server]\nother_users = "drop"\n')
    (site.campaign / "current.htpasswd").write_text(f"{CRETE}:old\nclerk:old\n", encoding="utf-8")
    run = site.run("build", "--date=2020-11-18")
    assert (run.returncode, run.stderr.count("error")) == (0, 0), run.stderr
    assert "1 user in no row of the annex, dropped:\n    clerk\n" in run.stdout
    assert "the campaign's own sample was used this time" in run.stdout


def test_a_campaign_without_its_folder_is_told_as_it_leaves(site: SmallSite) -> None:
    """Its pages go with the next build, so the build says how to keep them."""
    site.build()
    shutil.copytree(site.campaign, site.campaign.with_name("2021-05"))
    shutil.rmtree(site.campaign)
    run = site.run("build", "--date=2020-11-18", "--dry-run")
    assert f"warning: {SLUG}: this campaign was built before and has no folder any more" in run.stderr
    assert f'delete "{site.secrets}"' in run.stderr


@posix_only("only there can a test be a terminal")
def test_on_a_terminal_a_bar_shows_how_far_it_is(site: SmallSite) -> None:
    """The bar is gone at the end; none of the lines of a log is in its place."""
    try:
        terminal, its_end = os.openpty()
    except OSError:
        pytest.skip("this machine has no terminal to give, as a bare chroot without /dev/pts")
    line = [sys.executable, str(ROOT / "build.py"), "build", "--date=2020-11-18"]
    line += [f"--{name}={getattr(site.folders, name)}" for name in ("content", "out", "private")]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=its_end, env=environment, check=False)
    os.close(its_end)
    shown = os.read(terminal, 1 << 16).decode()
    os.close(terminal)
    assert done.returncode == 0, shown
    assert "100%" in shown
    assert "3 of 3" not in shown


WRONG = (*ROWS, "12;Δήμος [red]Πάρου[/red];;paros@dimos.example;", "412345678901;Δήμος Νάξου;;Naxos@dimos.example;")


@pytest.mark.parametrize(("language", "words"), [("en", "error:"), ("el", "σφάλμα:")])
def test_a_terminal_shows_what_a_line_is_in_colour(
    site: SmallSite, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    """Error, warning and hint are bold, two of them in colour; the text is that of a pipe, and no line is broken."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "40")
    site.write(WRONG)
    plain = site.run("check", f"--lang={language}").stdout
    shown = site.run("check", f"--lang={language}", stream=Terminal).stdout
    assert f"\x1b[1;31m{words}\x1b[0m annex.csv, A6" in shown
    assert {"\x1b[1;35m", "\x1b[1m"} < {*re.findall(r"\x1b\[[0-9;]+m", shown)}
    assert re.sub(r"\x1b\[[0-9;]+m", "", shown) == plain
    assert "\x1b" not in plain


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_user_who_wants_no_colour_gets_none(
    site: SmallSite, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    """NO_COLOR (no-color.org), or a terminal that knows no colours: the plain text of a pipe."""
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    site.write(WRONG)
    assert site.run("check", stream=Terminal).stdout == site.run("check").stdout


def test_a_machine_without_packages_has_no_colour(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the server `activate` prints on a terminal with Python alone."""
    monkeypatch.setitem(sys.modules, "rich.console", None)
    run = site.run("activate", SLUG, f"--password-file={site.base / 'none'}", stream=Terminal)
    assert run.returncode == 2
    assert run.stderr.startswith("error: ")


def test_nothing_that_is_printed_commands_a_terminal(site: SmallSite) -> None:
    """A user of the live file whose name holds a terminal's orders is named with these as escapes."""
    site.write()
    site.build()
    live = site.base / "live"
    live.write_bytes(b"\x1b]0;owned\x07guest\xc2\x9b31m:hash\n")
    ended = site.run("activate", SLUG, f"--password-file={live}", "--now")
    assert ended.returncode == 1
    assert "guest" in ended.stderr
    assert not {"\x1b", "\x07", "\x9b"} & {*ended.stderr, *ended.stdout}


COSTLY = {
    *("bcrypt", "jinja2", "livereload", "lxml", "markdown", "openpyxl"),
    *("pypdfium2", "pyzipper", "rich", "tomlkit", "typst"),
}


def test_a_command_loads_only_what_it_uses() -> None:
    """The command line itself loads no costly library: each is imported by the command that needs it."""
    asked = "import sys; import site_src.cli; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not COSTLY & set(run.stdout.split())


def test_a_reader_that_has_seen_enough_is_no_failure(site: SmallSite) -> None:
    """A pipe that is closed before the few lines of a command come out ends it well and in silence."""
    reader, writer = os.pipe()
    os.close(reader)
    line = [sys.executable, str(ROOT / "build.py"), "check"]
    line += [f"--{name}={getattr(site.folders, name)}" for name in ("content", "out", "private")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    ended = subprocess.run(line, stdout=writer, stderr=subprocess.PIPE, env=environment, check=False)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_site_that_is_held_is_named_and_no_folder_that_is_not_there(
    site: SmallSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a window shows the site Windows does not rename it: the build after that names the site, too."""
    site.build()
    site.write((*ROWS, "412345678901;Δήμος Ανάφης;Περιφέρεια Νοτίου Αιγαίου;anafi@dimos.example;"))

    def refuse(source: Path, target: Path) -> None:
        if source == site.folders.out:
            raise PermissionError(13, "Permission denied", str(source), None, str(target))
        disk.move(source, target)

    monkeypatch.setattr(publish, "move", refuse)
    monkeypatch.setattr(publish, "call_linux", lambda *_: False)
    for _ in range(2):
        run = site.run("build", "--date=2020-11-18", "--lang=en")
        assert run.returncode == 3
        assert f'"{site.folders.out}"' in run.stderr
        assert ".dist.old" not in run.stderr
