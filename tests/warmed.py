"""Importing this loads all that commands use and compiles the templates, in the server from which runs are forked.

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

from site_src import activate, cli, drafting, pipeline, reissue, verify
from site_src.language.catalogues import LANGUAGES
from site_src.report import reporting
from site_src.server import server_files
from tests import compiled_once, faults
from tests.sample_edition import SITE, pages_of

__all__ = ["activate", "bcrypt", "cli", "compiled_once", "drafting", "faults", "openpyxl", "pipeline"]
__all__ += ["pypdfium2", "reissue", "reporting", "tomlkit", "typst", "verify"]


def read_templates() -> None:
    """Compile every template, which each forked run would do again."""
    server_files(SITE)
    with tempfile.TemporaryDirectory() as folder:
        for language in LANGUAGES:
            pages_of(Path(folder, language), language)


read_templates()
