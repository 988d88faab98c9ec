"""Debian's Firefox by its own remote protocol, Marionette: Playwright cannot drive it, and this needs no driver.

A message is ``length:[type, id, command, parameters]``, an answer ``length:[type, id, error, result]`` (Mozilla's
"Marionette Protocol", version 3); the commands are those of WebDriver (W3C).
"""

from __future__ import annotations

import json
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.support.programs import installed
from tests.support.webdriver import START_SECONDS, WAIT_MILLISECONDS, Driven, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Nothing that no test asks for: reports about the network, first pages, and processes for pages to come.
PREFERENCES = """\
user_pref("marionette.port", 0);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("browser.startup.page", 0);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.newtab.preload", false);
user_pref("dom.ipc.processPrelaunch.enabled", false);
"""


@dataclass
class Firefox(Driven):
    """A running Firefox."""

    connection: socket.socket
    ids: Iterator[int]

    def do(self, command: str, **parameters: object) -> Any:  # noqa: ANN401 (whatever JSON the command answers with)
        """Return the result of a WebDriver command; raise RuntimeError with Firefox's reason."""
        message = json.dumps([0, next(self.ids), f"WebDriver:{command}", parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self.read()
        if error:
            raise RuntimeError(error)
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def read(self) -> Any:  # noqa: ANN401 (whatever JSON comes)
        """Return the next message."""
        length = b""
        while not length.endswith(b":"):
            length += self.connection.recv(1)
        message = b""
        while len(message) < int(length[:-1]):
            message += self.connection.recv(int(length[:-1]) - len(message))
        return json.loads(message)


@contextmanager
def running(profile: Path) -> Iterator[Firefox]:
    """Run Firefox with an empty profile until the block ends."""
    downloads = f'user_pref("browser.download.folderList", 2);\nuser_pref("browser.download.dir", "{profile}");\n'
    (profile / "user.js").write_text(PREFERENCES + downloads)
    command = [installed("firefox-esr"), "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with socket.create_connection(("127.0.0.1", _port(profile)), timeout=START_SECONDS) as connection:
            firefox = Firefox(connection, count(1))
            firefox.read()  # its greeting
            firefox.do("NewSession")
            firefox.do("SetTimeouts", implicit=WAIT_MILLISECONDS)
            yield firefox
    finally:
        process.terminate()
        process.wait()


def _port(profile: Path) -> int:
    """Wait until Firefox writes its port into its profile, and return it."""
    told = profile / "MarionetteActivePort"
    wait_until(lambda: told.exists() and bool(told.read_text()), "Firefox writes its port")
    return int(told.read_text())
