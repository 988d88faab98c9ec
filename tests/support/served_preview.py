"""Runs the preview as a command of its own, as staff start it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.programs import reserved_port
from tests.support.small_site import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from playwright.sync_api import Page

    from tests.support.small_site import SmallSite

SECONDS_TO_WAIT = 60


@dataclass(frozen=True)
class Served:
    """The command, running: its port, and the lines that it has printed so far."""

    port: int
    process: subprocess.Popen[str]
    told: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Return the address of its home page."""
        return f"http://127.0.0.1:{self.port}/"

    def wait_for(self, words: str) -> None:
        """Wait for a line with these words; fail the test where none comes."""
        end = time.monotonic() + SECONDS_TO_WAIT
        while not any(words in line for line in self.told):
            assert time.monotonic() < end, self.told
            time.sleep(0.05)

    def listen(self, lines: Iterable[str]) -> None:
        """Collect each line as it comes."""
        for line in lines:
            self.told.append(line)


def wait_until_it_listens(page: Page) -> None:
    """Wait until livereload's script has told the server that this page is open, so that a change reloads it."""
    page.wait_for_function("() => window.LiveReload?.connector?.protocol")


@contextmanager
def served_preview(site: SmallSite, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Run ``serve`` on a free port until the test is done with it, or has ended it itself."""
    given = {**os.environ, "PYTHONUTF8": "1", **(environment or {})}
    with reserved_port() as port, _started([f"--port={port}", *options], site, given) as process:
        assert process.stdout is not None
        running = Served(port, process)
        reader = threading.Thread(target=running.listen, args=(process.stdout,))
        reader.start()
        try:
            running.wait_for(running.address)
            yield running
        finally:
            process.terminate()
            reader.join()


def _started(options: Sequence[str], site: SmallSite, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    folders = [f"--{name}={getattr(site.folders, name)}" for name in ("content", "out", "private")]
    return subprocess.Popen(
        [sys.executable, str(ROOT / "build.py"), "serve", *options, *folders],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=environment,
    )
