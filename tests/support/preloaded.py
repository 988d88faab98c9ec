"""Loads all that commands use, in the server from which runs are forked, and builds once there.

No letter is set here: Typst starts threads, which do not come along into a fork.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest import mock

import bcrypt
import openpyxl
import pypdfium2
import tomlkit
import typst

from site_src import cli
from site_src.activate import activate
from site_src.make.letters import Typesetter
from site_src.new import draft
from site_src.pipeline import build as pipeline
from site_src.prove import verify
from site_src.report import reporting
from tests.support import faults, spared
from tests.support.small_site import SmallSite

__all__ = ["activate", "bcrypt", "cli", "draft", "faults", "openpyxl", "pipeline", "spared"]
__all__ += ["pypdfium2", "reporting", "tomlkit", "typst", "verify"]


def build_once() -> None:
    """Build a small site with an empty letter: what a process compiles, packs or loads once is there for all runs."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(Typesetter, "set_letter", return_value=b"%PDF"):
        site = SmallSite(Path(folder))
        site.write()
        done = site.run("build", "--date=2020-11-18", "--jobs=1")
        assert done.returncode == 0, done.stderr


build_once()
