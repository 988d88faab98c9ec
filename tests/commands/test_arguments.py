from __future__ import annotations

import argparse
import locale
import shlex
from typing import TYPE_CHECKING

import pytest

from site_src.commands.arguments import language_of, parsers
from site_src.language.say import call
from tests.support.small_site import run_here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.small_site import SmallSite

COMMANDS = list(parsers()[1])


@pytest.mark.parametrize("line", [("--port", "0"), ("--port", "65536"), ("--port", "x")])
def test_a_port_is_a_number_of_16_bits(site: SmallSite, line: tuple[str, str]) -> None:
    """A port that no machine has is told at once, with what was expected."""
    run = site.run("serve", *line)
    assert run.returncode == 2
    assert f'"{line[1]}" is not a whole number from 1 to 65535' in run.stderr


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (("--help", "--lang=el"), "δείχνει την έκδοση του προγράμματος"),
        (("check", "--help"), "τι χρειάζεται διόρθωση"),
        (("report", "2020-11"), "λείπουν υποχρεωτικά ορίσματα: LOG"),
        (("build", "--jobs", "0"), '"0": δεν είναι ακέραιος'),
        (("build", "--nothing"), "άγνωστα ορίσματα: --nothing"),
        (("build", "--lang"), "χρειάζεται μία τιμή"),
        (("check", "--content"), "χρειάζεται μία τιμή"),
    ],
)
def test_the_command_line_answers_in_greek(site: SmallSite, line: tuple[str, ...], expected: str) -> None:
    """Help and wrong usage are told in the language of the site too."""
    with (site.folders.content / "site.toml").open("a", encoding="utf-8") as file:
        file.write('language = "el"\n')
    run = site.run(*line)
    assert expected in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("chekc", '"chekc" is not a command', 'did you mean "check"?'),
        ("help", '"help" is not a command', 'did you mean "--help"?'),
        ("check --fromat=json", "unrecognized arguments: --fromat=json", 'did you mean "--format"?'),
        ("build –strict", "unrecognized arguments: –strict", 'did you mean "--strict"?'),
        ("check –report", "unrecognized arguments: –report", 'did you mean "--report"?'),
        ("new –annex x.xlsx", "unrecognized arguments: x.xlsx", 'did you mean "--annex"?'),
        ("build 2020-11", "build takes no SLUG, since it always builds the whole site: 2020-11", "leave it out"),
        ("build --lang en 2020-11 2021", "the whole site: 2020-11 2021", "leave it out"),
        ("verify 2020-11 verify", "unrecognized arguments: verify", "leave it out"),
        ("--strict check", "unrecognized arguments: check", f"write the command first: {call()} check"),
        ("--lang en test", "unrecognized arguments: test", f"write the command first: {call()} test"),
        (r"build --out 'C:\My' site", "takes no SLUG", r'a path with blanks needs quotes: "C:\My site"'),
        (r"new 2021 --annex 'C:\A' B 'C\x.xlsx' --quiet", "unrecognized", r'needs quotes: "C:\A B C\x.xlsx"'),
        (r"new '--annex=C:\Program' 'Files\x.xlsx'", "unrecognized", r'needs quotes: "C:\Program Files\x.xlsx"'),
        (r"check --report 'C:\My' 'files\x.xlsx'", "unrecognized", r'needs quotes: "C:\My files\x.xlsx"'),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(line: str, message: str, hint: str) -> None:
    """A command, an option or a path that is not understood is wrong usage, with a hint that works."""
    done = run_here(["--lang=en", *shlex.split(line)])
    assert done.returncode == 2
    mistake, advice = done.stderr.splitlines()[-2:]
    assert message in mistake
    assert advice.endswith(hint)


def test_a_campaign_behind_a_path_is_not_a_part_of_it(site: SmallSite) -> None:
    """Options may come before the campaign, also where their path is that of a file which is there."""
    annex = site.campaign / "annex.csv"
    assert site.run("check", "--report", str(annex.with_name("x.xlsx")), "2020-10").stderr.count("quotes") == 0
    done = site.run("new", "--annex", str(annex), "5.2021")
    assert 'a campaign cannot be called "5.2021"' in done.stderr


@pytest.mark.parametrize("before", [("--lang", "el"), ("--lang=el", "--quiet"), ("--out", "x", "--lang", "el")])
def test_what_goes_with_every_command_may_come_before_it(before: tuple[str, ...], site: SmallSite) -> None:
    """The help is then the overview, or the command's own, in the language that is asked for."""
    overview = run_here([*before, "--help"])
    assert (overview.returncode, "reissue" in overview.stdout, "ΕΝΤΟΛΗ" in overview.stdout) == (0, True, True)
    assert "χρήση: build.py check" in run_here([*before, "check", "--help"]).stdout
    done = run_here([*before, "check", "2019-01", f"--content={site.folders.content}"])
    assert done.stderr.startswith('σφάλμα: δεν υπάρχει αποστολή "2019-01"')


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("language", "word"), [("en", "example"), ("el", "παράδειγμα")])
def test_every_command_has_an_example_that_is_right(command: str, language: str, word: str) -> None:
    """Its help ends with a line that the command understands, in both languages."""
    last = run_here([command, "--help", "--lang", language]).stdout.splitlines()[-1]
    start, _, line = last.partition(f"{call()} ")
    assert start == f"{word}: "
    name, *options = shlex.split(line)
    assert name == command
    parsers()[1][command].parse_args(["--", *options] if command == "test" else options)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_says_what_it_does(command: str) -> None:
    """Each option and each word that a command takes has a help text, and the overview has the command."""
    actions = parsers()[1][command]._actions  # noqa: SLF001 (argparse offers no other way)
    assert [action.dest for action in actions if not action.help] == []
    assert f"\n    {command} " in run_here(["--help"]).stdout
    assert argparse.SUPPRESS not in run_here([command, "--help"]).stdout


def test_an_unknown_language_is_wrong_usage(site: SmallSite) -> None:
    """The languages that there are are named."""
    run = site.run("check", "--lang=fr")
    assert run.returncode == 2
    assert "choose from" in run.stderr


def test_quiet_says_only_what_is_wrong(site: SmallSite) -> None:
    """A build that went well says nothing; one that did not tells its problems."""
    site.write(rows=("012345678901;Δήμος Θήρας;;thira@dimos.example;",))
    run = site.run("build", "--quiet", "--date=2020-11-18")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    site.write(rows=("12;Δήμος Θήρας;;thira@dimos.example;",))
    run = site.run("build", "--quiet")
    assert run.returncode == 1
    assert "annex.csv" in run.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("new", "--template", "a.xlsx", "--annex", "b.xlsx"), "--template goes alone"),
        (("new", "--annex", "b.xlsx"), "required: SLUG"),
        (("new", "2021-05"), "required: --annex"),
        (("build", "--date", "tomorrow"), '"tomorrow" is not a day; expected YYYY-MM-DD'),
        (("reissue", "../2020-11", "012345678901"), '"../2020-11" is no campaign'),
        (("reissue", "", "012345678901"), '"" is no campaign'),
    ],
)
def test_wrong_usage_is_told_with_what_was_expected(site: SmallSite, line: tuple[str, ...], told: str) -> None:
    """Nothing is guessed: the command does nothing, with status 2."""
    before = site.snapshot()
    run = site.run(*line)
    assert run.returncode == 2
    assert told in run.stderr
    assert site.snapshot() == before


def test_what_decides_the_language(tmp_path: Path) -> None:
    """The option wins over site.toml, and that over the machine's locale; an unknown locale speaks English."""
    greek_machine = {"LC_ALL": "", "LANG": "el_GR.UTF-8"}
    assert language_of("", tmp_path, greek_machine) == "el"
    assert language_of("", tmp_path, {"LC_ALL": "C", "LANG": "el_GR.UTF-8"}) == "en"
    assert language_of("", tmp_path, {"LANG": "fr_FR.UTF-8"}) == "en"
    (tmp_path / "site.toml").write_text('language = "en"\n', encoding="utf-8")
    assert language_of("", tmp_path, greek_machine) == "en"
    assert language_of("el", tmp_path, greek_machine) == "el"


@pytest.mark.parametrize(("system", "expected"), [("Greek_Greece.1253", "el"), ("English_Greece.1253", "en")])
def test_windows_names_its_languages(
    system: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There no variable tells the language, but the system does, in words of its own."""
    monkeypatch.setattr("locale._setlocale", lambda *_: system)
    assert language_of("", tmp_path, {}) == expected


def test_a_language_that_python_cannot_name_speaks_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has languages without a code page, of which Python's own look-up fails."""
    monkeypatch.setattr("locale._setlocale", lambda *_: "hi-IN")
    with pytest.raises(ValueError, match="unknown locale"):
        locale.getlocale()
    assert language_of("", tmp_path, {}) == "en"


@pytest.mark.parametrize("text", ['language = "fr"', "language = 1", "language =", "[" * 5000, "\udcff"])
def test_a_bad_site_file_falls_back_to_the_machine(tmp_path: Path, text: str) -> None:
    """A mistake in site.toml is reported elsewhere; here the machine's locale decides."""
    (tmp_path / "site.toml").write_bytes(text.encode(errors="surrogateescape"))
    assert language_of("", tmp_path, {"LANG": "el_GR.UTF-8"}) == "el"
