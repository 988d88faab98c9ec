"""Compiled templates, kept beside their sources as Python keeps its own modules: compiling them takes 70 ms."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import jinja2
from jinja2 import FileSystemBytecodeCache

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.bccache import Bucket

BYTECODE_FOLDER = "__pycache__"  # Python's own name: nobody looks there, and everybody may delete it


class TemplateBytecode(FileSystemBytecodeCache):
    """Jinja's store on the disk: a template whose source is another is compiled again, and so with another Jinja.

    Where nothing can be kept (a program folder that is read-only, a full disk) templates are compiled each time.
    """

    def __init__(self, templates: Path) -> None:
        folder = templates / BYTECODE_FOLDER
        with contextlib.suppress(OSError):
            folder.mkdir(exist_ok=True)
        super().__init__(str(folder), pattern=f"%s.jinja-{jinja2.__version__}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was kept of a template, if it can be read."""
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template's bytecode, if that can be."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)
