"""Loads all that commands use, and compiles the templates, in the server from which runs are forked.

No letter is set here: Typst starts threads, which do not come along into a fork.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import bcrypt
import openpyxl
import pypdfium2
import tomlkit
import typst

from site_src import cli
from site_src.activate import activate
from site_src.files.looked import mark_of
from site_src.language.catalogues import LANGUAGES
from site_src.make.server_rules import server_files
from site_src.new import draft
from site_src.pipeline import build as pipeline
from site_src.prove import verify
from site_src.publish.handover_folder import program
from site_src.report import reporting
from tests.support import faults, spared
from tests.support.sample_edition import SITE, pages_of

__all__ = ["activate", "bcrypt", "cli", "draft", "faults", "openpyxl", "pipeline", "spared"]
__all__ += ["pypdfium2", "reporting", "tomlkit", "typst", "verify"]


def read_templates() -> None:
    """Compile every template, which each forked run would do again."""
    server_files(SITE)
    with tempfile.TemporaryDirectory() as folder:
        for language in LANGUAGES:
            pages_of(Path(folder, language), language)


read_templates()
mark_of(b"", b"")  # reads the program, once for the life of a process
program("", "el")  # packs it, likewise
