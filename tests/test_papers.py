from __future__ import annotations

import argparse
import re
from dataclasses import fields
from pathlib import Path
from typing import cast

import pytest

from site_src.commands.arguments import parse, parsers
from site_src.language.say import say_many, speak
from site_src.read import settings
from site_src.read.annex.words import STATUS_WORDS, Recogniser
from site_src.read.settings import Column
from tests import catalogue

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAPERS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").glob("*.md")
)
GUIDES = {"el": (ROOT / "docs" / "odigos.md").read_text(encoding="utf-8")}
GUIDES["en"] = (ROOT / "docs" / "staff.md").read_text(encoding="utf-8")
ANNEX, MESSAGES = 5, 6  # numbers of the guides' sections
COMMAND = re.compile(r"^py build\.py.*|(?<=`)py build\.py[^`\n]*", re.MULTILINE)
PICTURE = re.compile(r'src="(?P<file>[^"]+)"[^>]*? alt="(?P<text>[^"]*)"|!\[(?P<note>[^]]*)\]\((?P<path>[^)]+)\)')
# One part of a guide: a heading, a command, a picture, a step or another paragraph that begins in bold, a row, a point.
PART = re.compile(
    rf"^(?P<heading>#+) |(?P<command>{COMMAND.pattern})|(?P<picture>{re.sub(r'[?]P<[a-z]+>', '', PICTURE.pattern)})"
    r"|(?<=\n\n)(?P<bold>\*\*)|^(?P<row>\| )|^(?P<point>- )",
    re.MULTILINE,
)
# Names that everybody in an office knows.
EVERYDAY = {"Windows", "macOS", "Linux", "Intel", "AMD", "Excel", "Word", "PDF", "USB", "OneDrive"}
README_MOST = 7 * 1024  # bytes: what somebody reads who has just met the program


COMMANDS = parsers()[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_reference(command: str) -> None:
    """Each command is in the reference's table of commands."""
    assert re.search(rf"^\| `{command}[ `]", REFERENCE, re.MULTILINE), command


@pytest.mark.parametrize(("command", "parser"), COMMANDS.items())
def test_every_option_is_in_the_reference(command: str, parser: argparse.ArgumentParser) -> None:
    """Each option of a command that --help shows is named in the reference."""
    shown = [action for action in parser._actions if action.help != argparse.SUPPRESS]  # noqa: SLF001 (argparse offers no other way)
    options = [option for action in shown for option in action.option_strings if option.startswith("--")]
    missing = [option for option in options if option != "--help" and f"{option}" not in REFERENCE]
    assert missing == [], command


@pytest.mark.parametrize("table", [settings.Site, settings.Office, settings.Server, settings.CodePolicy])
def test_every_key_is_in_the_reference(table: type) -> None:
    """Each key of site.toml and of [code] is named in the reference."""
    assert [
        field.name
        for field in fields(table)
        if f"`{field.name}`" not in REFERENCE and f"[{field.name}]" not in REFERENCE
    ] == []


def test_every_campaign_key_is_in_the_reference() -> None:
    """Each key of campaign.toml is named in the reference."""
    names = {field.name for field in fields(settings.Campaign)} - {"slug", "path", "columns"}
    names |= {field.name for field in fields(settings.Letterhead)} - {"signatory_title", "signatory_name"}
    names |= {"signatory", "annex"}
    assert sorted(name for name in names if f"`{name}`" not in REFERENCE and f"[{name}]" not in REFERENCE) == []


def test_the_rooms_named_exist() -> None:
    """Each room of the code that CONTRIBUTING.md names is there, and each room there is named."""
    table = CONTRIBUTING.split("| floor |")[1].split("\n\n")[0]
    columns = " ".join(line.split("|")[2] for line in table.splitlines()[2:])
    named = set(re.findall(r"`([a-z_]+(?:\.py|/))`", columns)) - {"build.py"}
    there = {path.name for path in (ROOT / "site_src").glob("*.py")} - {"__init__.py"}
    there |= {f"{path.parent.name}/" for path in (ROOT / "site_src").glob("*/__init__.py")}
    assert named == there


def test_the_readme_is_short() -> None:
    """The README is short enough that a newcomer reads all of it."""
    assert len((ROOT / "README.md").read_bytes()) <= README_MOST


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_lead_somewhere(paper: Path) -> None:
    """Each link and picture of a paper that is no web address is a file of the project."""
    text = paper.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)\)|src=\"([^\"]+)\"", text)
    files = [one or other for one, other in targets if not (one or other).startswith(("http", "mailto:"))]
    assert [name for name in files if not (paper.parent / name).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_files_named_exist(paper: Path) -> None:
    """Each file of the code or the tests that a paper names is there."""
    named = re.findall(r"`((?:site_src|tests|templates|docs)/[\w/.-]+\.\w+)`", paper.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def _sections(guide: str) -> list[str]:
    return re.split(r"^## ", guide, flags=re.MULTILINE)[1:]


def _rows(section: str) -> list[tuple[str, ...]]:
    """Return the cells of a section's tables, without their headers."""
    lines = re.findall(r"^\|(.*)\|", section, re.MULTILINE)
    return [tuple(cell.strip() for cell in line.split("|")) for line in lines[2:]]


def _parts(guide: str) -> list[tuple[str, str]]:
    """Return a guide's parts in their order; commands and pictures with what they are, the others by their kind."""
    parts = []
    for found in PART.finditer(guide):
        kind = found.lastgroup or ""
        text = found[0]
        if kind == "picture":
            picture = PICTURE.search(text)
            assert picture
            text = picture["file"] or picture["path"]
        parts.append((kind, text if kind in {"heading", "command", "picture"} else ""))
    return parts


def test_both_guides_have_the_same_parts() -> None:
    """The guides in Greek and English have the same headings, steps, commands, pictures and rows in the same order."""
    assert _parts(GUIDES["el"]) == _parts(GUIDES["en"])


@pytest.mark.usefixtures("in_greek")
@pytest.mark.parametrize("line", sorted({line for guide in GUIDES.values() for line in COMMAND.findall(guide)}))
def test_commands_of_the_guides_are_taken(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command of a guide is one that the command line takes on a terminal, options and all."""
    monkeypatch.setattr("site_src.commands.arguments.is_terminal", lambda: True)
    words = line.split()[2:]
    try:
        parse(words)
    except SystemExit as ended:
        assert (words, ended.code) == (["--version"], 0)  # noqa: PT017 (only this command may end there)


@pytest.mark.parametrize("language", GUIDES)
def test_pictures_have_a_text(language: str) -> None:
    """Each picture of a guide has a text for readers who do not see it; no picture is made for nothing."""
    texts = [found["text"] or found["note"] for found in PICTURE.finditer(GUIDES[language])]
    assert texts
    assert all(texts)
    assert len(texts) == len(set(texts)) == GUIDES[language].count("pictures/")
    shown = {found["file"] or found["path"] for found in PICTURE.finditer(GUIDES[language])}
    assert shown == {f"pictures/{path.name}" for path in (ROOT / "docs" / "pictures").iterdir()}


def _says(texts: object, message: str) -> bool:
    """Return whether a text of the catalogue, or its plural, is this message, whose values a guide gives as "…"."""
    pattern = r".*".join(re.escape(part.strip()) for part in message.split("…"))
    return any(re.search(pattern, text) for text in ((texts,) if isinstance(texts, str) else cast("list[str]", texts)))


def test_messages_of_the_guides_are_said() -> None:
    """Each message that a guide explains is one of the program's, and in both guides it is the same one."""
    english, greek = ([row[0] for row in _rows(_sections(GUIDES[each])[MESSAGES])] for each in ("en", "el"))
    texts = [(each.id, each.string) for each in catalogue.greek()]
    unknown = [
        pair
        for pair in zip(english, greek, strict=True)
        if not any(_says(source, pair[0]) and _says(translated, pair[1]) for source, translated in texts)
    ]
    assert unknown == []


@pytest.mark.usefixtures("in_greek")
@pytest.mark.parametrize(("language", "quoted"), [("el", "«{}»"), ("en", "“{}”")])
def test_words_of_the_annex_are_understood(language: str, quoted: str) -> None:
    """The columns and statuses of the annex are called in the guides as Thyrida understands and recommends them."""
    section = " ".join(_sections(GUIDES[language])[ANNEX].split())
    named = [Recogniser({}).recognise(name) for name in re.findall(r"- \*\*([^*:]+)", section)]
    assert [column for column in named if column] == [Column.USERNAME, Column.EMAIL, Column.STATUS, Column.NOTES]
    number = list(GUIDES).index(language)
    words = [words[number] for status, words in STATUS_WORDS.items() if status.value != "new"]
    assert [word for word in words if quoted.format(word) not in section] == []


@pytest.mark.usefixtures("in_greek")
@pytest.mark.parametrize(("language", "quoted"), [("el", "«{}»"), ("en", "“{}”")])
def test_verified_is_said_as_the_guides_have_it(language: str, quoted: str) -> None:
    """The sentence by which the guides know that all archives open is the command's own."""
    speak(language)
    assert quoted.format(say_many("{number} failure", "{number} failures", 0)) in GUIDES[language]


def test_the_glossary_has_every_foreign_word() -> None:
    """A reader of Greek only finds each foreign word and each file of the guide in its glossary."""
    *sections, glossary = _sections(GUIDES["el"])
    text = re.sub(r"```.*?```|<[^>]+>|\]\([^)]+\)|«[^»]*»", " ", "".join(sections), flags=re.DOTALL)
    words = set(re.findall(r"[A-Za-z][\w-]{2,}", re.sub(r"`[^`]+`", " ", text)))
    files = set(re.findall(r"`([a-z][a-z_.]+)`", text))
    assert sorted(word for word in (words - EVERYDAY) | files if word.lower() not in glossary.lower()) == []
