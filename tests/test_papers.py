from __future__ import annotations

import argparse
import re
from dataclasses import fields
from pathlib import Path

import pytest

from site_src.commands.arguments import parsers
from site_src.read import settings

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAPERS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").glob("*.md")
)
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
    """Whoever has just met the program reads all of it."""
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
