"""The preview's web server: on this machine alone, and the browser reloads when an input changes."""

from __future__ import annotations

import contextlib
import errno
import glob
import logging
import os
import re
import sys
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import livereload
from livereload.handlers import LiveReloadHandler
from livereload.watcher import Watcher

from site_src.files.private import CURRENT_NAME, HANDED_OVER_NAME, MANIFEST_NAME
from site_src.folders import TEMPLATES
from site_src.language.say import reason, say
from site_src.make.server_rules import PICTURE_POLICY
from site_src.problems import MachineError
from site_src.serve import campaign_pages, input_pages
from site_src.serve.desk import ASSET_FILES, DESK, LOCAL_NAMES, Desk, Page, show_asset
from site_src.serve.preview import Answer

# Another program has the port, or the system keeps it: the errors of POSIX, and those of Windows (winsock2.h).
PORT_REFUSED = {errno.EADDRINUSE, errno.EACCES, 10048, 10013}
PORTS = (5500, 8500)  # the usual one, and the one to propose in its place: Windows keeps ports in ranges

MISDIRECTED = Answer(421)  # RFC 9110, section 15.5.20


class InputsWatcher(Watcher):
    """livereload's watcher, which here compares the state of all files with that at the last look.

    livereload's own takes every file of its first look for changed, and reloads the pages that are open by then; and it
    passes over a file that is new but has an old date, as copies do.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, set[tuple[str, int, int]]] = {}

    def watch(self, path: str, func: Callable[[], None] | None = None, *options: object, **named: object) -> None:
        """Run ``func`` when any file changes at or below the paths that the pattern ``path`` matches."""
        super().watch(path, func, *options, **named)
        self._seen[path] = set(_state_of(path))

    def is_changed(self, path: str, _ignore: object = None) -> bool:
        """Return whether any of its files has changed since the last look; ``filepath`` then names one."""
        before, now = self._seen[path], set(_state_of(path))
        self._seen[path] = now
        for changed, *_ in before ^ now:
            self.filepath = changed
        return before != now


def _state_of(pattern: str) -> Iterator[tuple[str, int, int]]:
    """Yield each file at or below the matching paths: its size in bytes and its time of change in nanoseconds."""
    root = Path(pattern).anchor
    tops = [*Path(root).glob(pattern.removeprefix(root))]
    files = [top for top in tops if not top.is_dir()]
    for top in tops:
        files += [Path(folder, name) for folder, _, names in os.walk(top, followlinks=True) for name in names]
    for file in files:
        with contextlib.suppress(OSError):  # gone by now, as an editor's own files are
            status = file.stat()
            yield str(file), status.st_size, status.st_mtime_ns


class Server(livereload.Server):
    """livereload's server, with the desk beside the preview; it says when it listens, or that it cannot."""

    def __init__(self, desk: Desk, notify: Callable[[], None] = lambda: None) -> None:
        super().__init__(_preview_application(desk), InputsWatcher())
        self._desk = desk
        self._notify = notify

    def get_web_handlers(self, script: bytes) -> list[Any]:
        """Return what answers a path: the desk, then the preview."""
        assets = "|".join(map(re.escape, ASSET_FILES))
        pages = {**campaign_pages.PAGES, **input_pages.PAGES, f"(?:{assets})": (show_asset, None), ".*": (None, None)}
        desk = [
            (f"{DESK}{path}", Page, {"desk": self._desk, "show": show, "take": take})
            for path, (show, take) in pages.items()
        ]
        return [*desk, *super().get_web_handlers(script)]

    def application(self, port: int, *place: object, **options: object) -> None:
        """Begin to listen. Raises MachineError where the port is not to be had."""
        try:
            super().application(port, *place, **options)
        except OSError as error:
            if error.errno not in PORT_REFUSED:
                raise
            message = say("the preview cannot use the port {port} of this machine: {why}", port=port, why=reason(error))
            other = next(each for each in PORTS if each != port)
            hint = say("end the preview that runs already, or choose another port: serve --port {other}", other=other)
            raise MachineError(message, hint) from error
        self._notify()


def open_browser(address: str) -> None:
    """Open an address, where browsers have windows: one in the terminal would hide what the preview says there."""
    has_windows = sys.platform in {"win32", "darwin"} or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if has_windows:
        webbrowser.open(address)


def serve(desk: Desk, port: int, notify: Callable[[], None] = lambda: None) -> None:
    """Show desk and preview on 127.0.0.1, and reload the browser when an input changes. Returns on Ctrl-C.

    ``notify`` is called as soon as it listens.
    """
    # By default it passes over a change within three seconds of the last, and staff would see the text before it.
    LiveReloadHandler.DEFAULT_RELOAD_TIME = 0
    LiveReloadHandler.check_origin = lambda _, origin: _is_local(origin)  # by default every page may listen
    for name in ("tornado.access", "livereload"):  # staff know which pages they open, and read Greek
        logging.getLogger(name).disabled = True
    server, folders = Server(desk, notify), desk.preview.folders
    for path in (desk.content, TEMPLATES, folders.private / CURRENT_NAME):
        server.watch(glob.escape(str(path)), desk.preview.refresh)
    for name in (MANIFEST_NAME, HANDED_OVER_NAME):  # a state of the campaigns in the desk, nothing to read again
        server.watch(f"{glob.escape(str(folders.private))}/*/{name}")
    server.serve(port=port, host="127.0.0.1", debug=False)


def _preview_application(desk: Desk) -> Callable[..., list[bytes]]:
    """Return the preview as a web application (PEP 3333)."""

    def application(
        environ: dict[str, str], start_response: Callable[[str, list[tuple[str, str]]], object]
    ) -> list[bytes]:
        # WSGI gives the path as Latin-1 (PEP 3333, "Unicode Issues").
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        if not _is_local(f"//{environ.get('HTTP_HOST', '')}"):
            answer = MISDIRECTED
        elif desk.preview.has_errors:
            answer = Answer(500, desk.preview_problems().encode())
        else:
            answer = desk.preview.answer(path)
        headers = [("Content-Type", answer.content_type), ("Cache-Control", "no-store")]
        headers += [("Content-Security-Policy", PICTURE_POLICY)] if answer.content_type == "image/svg+xml" else []
        headers += [("Location", answer.location)] if answer.location else []
        start_response(f"{answer.status} ", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.content]

    return application


def _is_local(address: str) -> bool:
    """Return whether a request that names this address, or a page that comes from it, is of this machine.

    A web page elsewhere can give its own name this machine's address, and any page may open a socket to it.
    """
    try:
        return urlsplit(address).hostname in LOCAL_NAMES
    except ValueError:
        return False
