from __future__ import annotations

import locale
from typing import TYPE_CHECKING

import pytest

from site_src.commands.arguments import language_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.small_site import SmallSite


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
    ],
)
def test_the_command_line_answers_in_greek(site: SmallSite, line: tuple[str, ...], expected: str) -> None:
    """Help and wrong usage are told in the language of the site too."""
    with (site.folders.content / "site.toml").open("a", encoding="utf-8") as file:
        file.write('language = "el"\n')
    run = site.run(*line)
    assert expected in run.stdout + run.stderr


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
    """Whatever is wrong in site.toml is told elsewhere; here the machine's locale decides."""
    (tmp_path / "site.toml").write_bytes(text.encode(errors="surrogateescape"))
    assert language_of("", tmp_path, {"LANG": "el_GR.UTF-8"}) == "el"
