"""Workbooks that we write. openpyxl writes them by way of temporary files, where the disk may be full."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
import tempfile
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lxml.etree import LxmlError
from openpyxl import Workbook

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def new_workbook(*, write_only: bool = False) -> Iterator[Workbook]:
    """A workbook to be filled and saved. ``write_only`` takes row after row, and little memory.

    Raises OSError where the machine cannot hold the temporary files.
    """
    book = Workbook(write_only=write_only)
    book.properties.creator = "Thyrida"
    try:
        yield book
    except LxmlError as error:
        number = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)  # lxml says IO_ENOSPC, say
        _drop(book, error)
        raise OSError(number, os.strerror(number), tempfile.gettempdir()) from None


def saved(book: Workbook) -> bytes:
    """The file's bytes."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _drop(book: Workbook, error: LxmlError) -> None:
    """Let go of the half-written sheets: they are closed thereby, which fails again, and Python would show how."""
    shown, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        traceback.clear_frames(error.__traceback__)
        for sheet in book.worksheets:
            vars(sheet).clear()
        gc.collect()  # they are part of circles
    finally:
        sys.unraisablehook = shown
