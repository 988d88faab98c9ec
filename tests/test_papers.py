from __future__ import annotations

import argparse
import re
from dataclasses import fields
from pathlib import Path

import pytest

from site_src.commands.arguments import _parser
from site_src.read import settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = [a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001 (argparse offers no other way)
    return dict(action.choices)


@pytest.mark.parametrize("command", [*_commands(), "test"])
def test_every_command_stands_in_the_readme(command: str) -> None:
    """Each command is in the README's table of commands."""
    assert re.search(rf"^\| `{command}[ `]", README, re.MULTILINE), command


@pytest.mark.parametrize(("command", "parser"), _commands().items())
def test_every_option_stands_in_the_readme(command: str, parser: argparse.ArgumentParser) -> None:
    """Each option of a command is named in the README."""
    options = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]  # noqa: SLF001 (as above)
    missing = [option for option in options if option != "--help" and f"{option}" not in README]
    assert missing == [], command


@pytest.mark.parametrize("table", [settings.Site, settings.Office, settings.Server, settings.CodePolicy])
def test_every_key_stands_in_the_readme(table: type) -> None:
    """Each key of site.toml and of [code] is named in the README."""
    assert [
        field.name for field in fields(table) if f"`{field.name}`" not in README and f"[{field.name}]" not in README
    ] == []


def test_every_campaign_key_stands_in_the_readme() -> None:
    """Each key of campaign.toml is named in the README."""
    names = {field.name for field in fields(settings.Campaign)} - {"slug", "path", "columns"}
    names |= {field.name for field in fields(settings.Letterhead)} - {"signatory_title", "signatory_name"}
    names |= {"signatory", "annex"}
    assert sorted(name for name in names if f"`{name}`" not in README and f"[{name}]" not in README) == []


def test_rooms_of_the_readme_exist() -> None:
    """Each room that the README's table names is there, and each room there is named."""
    story = README.split("| rooms |")[1].split("\n\n")[0]
    named = {re.sub(r"/.*", "/", name) for name in re.findall(r"`([a-z_/]+(?:\.py|/))`", story)}
    there = {path.name for path in (ROOT / "site_src").glob("*.py")} - {"__init__.py"}
    there |= {f"{path.parent.name}/" for path in (ROOT / "site_src").glob("*/__init__.py")}
    assert named == there
