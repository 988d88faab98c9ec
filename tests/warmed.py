"""Importing this loads all that commands use and compiles the templates, in the server from which runs are forked.

No letter is set here: Typst starts threads, which do not come along into a fork.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import bcrypt
import jinja2
import openpyxl
import pypdfium2
import tomlkit
import typst

from site_src import activate, cli, drafting, pipeline, reissue, verify
from site_src.report import reporting
from tests import faults
from tests.sample_edition import pages_of

__all__ = ["activate", "bcrypt", "cli", "drafting", "faults", "openpyxl", "pipeline"]
__all__ += ["pypdfium2", "reissue", "reporting", "tomlkit", "typst", "verify"]


def remember_templates() -> None:
    """Most of a small build is the compiling of templates, which every forked run would do again."""
    known: dict[object, Any] = {}
    compiling = jinja2.Environment.compile

    def remembered(self: jinja2.Environment, source: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 (Jinja's own)
        key = (str(source), self.autoescape, *self.extensions, *rest, *more.items())
        if key not in known:
            known[key] = compiling(self, source, *rest, **more)
        return known[key]

    jinja2.Environment.compile = remembered  # type: ignore[method-assign] # one for all its overloads
    with tempfile.TemporaryDirectory() as folder:
        pages_of(Path(folder))


remember_templates()
