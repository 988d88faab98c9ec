"""Compiled templates, kept beside their sources as Python keeps its own modules: compiling them takes 70 ms."""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING

import jinja2
from jinja2 import BytecodeCache

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.bccache import Bucket

BYTECODE_FOLDER = "__pycache__"  # Python's own name: nobody looks there, and everybody may delete it
DIGEST_BYTES = hashlib.sha256().digest_size


class TemplateBytecode(BytecodeCache):
    """Jinja's store on the disk: a template is compiled again once its source, or Jinja's version, has changed.

    Python trusts bytecode blindly, so each file begins with the SHA-256 of the rest. Where nothing can be kept (a
    program folder that is read-only, a full disk) templates are compiled each time.
    """

    def __init__(self, templates: Path) -> None:
        self._folder = templates / BYTECODE_FOLDER

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was kept of a template, if it is whole."""
        try:
            kept = self._path(bucket).read_bytes()
        except OSError:
            return
        digest, bytecode = kept[:DIGEST_BYTES], kept[DIGEST_BYTES:]
        if hashlib.sha256(bytecode).digest() == digest:
            bucket.bytecode_from_string(bytecode)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template's bytecode, if that can be; nobody reads it half written."""
        bytecode = bucket.bytecode_to_string()
        path = self._path(bucket)
        waiting = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            self._folder.mkdir(exist_ok=True)
            waiting.write_bytes(hashlib.sha256(bytecode).digest() + bytecode)
            waiting.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                waiting.unlink()

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.jinja-{jinja2.__version__}"
