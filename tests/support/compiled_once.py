"""Compiles each template once for the life of the process, from its import on: a third of a small build."""

from __future__ import annotations

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
