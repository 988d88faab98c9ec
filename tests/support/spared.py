"""Spares this process, from its import on, two thirds of what a small build takes.

Each template is compiled once for the life of the process. No file is synced: no test pulls the plug, and a disk takes
as long to keep forty files for certain as a small build takes to make them. What must be synced, and when, is proved by
the power cuts on a model of the disk; commands in processes of their own sync.
"""

from __future__ import annotations

import os
from typing import Any

import jinja2

_compile = jinja2.Environment.compile
_known: dict[object, Any] = {}


def _compiled(
    self: jinja2.Environment,
    source: Any,  # noqa: ANN401 (Jinja's own)
    name: str | None = None,
    filename: str | None = None,
    **more: Any,  # noqa: ANN401 (likewise)
) -> Any:  # noqa: ANN401 (likewise)
    """Return a compiled template; one of a file is compiled once."""
    if filename is None:
        return _compile(self, source, name, filename, **more)
    key = (source, filename, *self.filters, *more.items())
    if key not in _known:
        _known[key] = _compile(self, source, name, filename, **more)
    return _known[key]


jinja2.Environment.compile = _compiled  # type: ignore[method-assign,assignment]  # one for all its overloads


def _look_at(descriptor: int) -> None:
    """Do all that a sync does but wait for the disk: a wrong descriptor fails."""
    os.fstat(descriptor)


setattr(os, "fsync", _look_at)  # noqa: B010 (for the life of the process)
