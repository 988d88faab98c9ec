"""Debian's WebKit, the engine of Safari and of every browser on an iPhone, in a window that nobody sees."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.programs import installed, reserved_port
from tests.support.webdriver import START_SECONDS, WAIT_MILLISECONDS, Driven, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW = "1280x900x24"  # pixels, and bits of a colour

# WebDriver, section 6.3 ("Endpoints"): the path of each command; {id} is an element's reference.
PATHS = {
    "NewSession": "",
    "Navigate": "url",
    "SetTimeouts": "timeouts",
    "FindElement": "element",
    "ElementSendKeys": "element/{id}/value",
    "ElementClear": "element/{id}/clear",
    "ElementClick": "element/{id}/click",
    "ExecuteScript": "execute/sync",
    "GetElementText": "element/{id}/text",
}
READ = {"GetElementText"}  # by GET, without a body
# A click does not wait for the next page: one has gone, and the next is not there yet, or not laid out.
BETWEEN_PAGES = {"no such frame", "element not interactable"}


@dataclass
class WebKit(Driven):
    """A session with WebKit's own driver, by the driver's port."""

    port: int
    session: str = ""

    def do(self, command: str, **parameters: object) -> Any:  # noqa: ANN401 (whatever JSON the command answers with)
        """Return the result of a WebDriver command; raise RuntimeError with WebKit's reason."""
        end = time.monotonic() + START_SECONDS
        while True:
            status, value = self._ask(command, parameters)
            if status == HTTPStatus.OK:
                return value
            if value["error"] not in BETWEEN_PAGES or time.monotonic() > end:
                raise RuntimeError(value["error"])
            time.sleep(0.05)

    def listens(self) -> bool:
        """Return whether the driver takes connections."""
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) == 0

    def _ask(self, command: str, parameters: dict[str, object]) -> tuple[int, Any]:
        path = f"/session/{self.session}/{PATHS[command].format(**parameters)}".rstrip("/")
        body = json.dumps({name: each for name, each in parameters.items() if name != "id"})
        connection = HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        if command in READ:
            connection.request("GET", path)
        else:
            connection.request("POST", path, body)
        answer = connection.getresponse()
        value = json.load(answer)["value"]
        connection.close()
        return answer.status, value


@contextmanager
def running(home: Path) -> Iterator[WebKit]:
    """Run WebKit's smallest browser by its driver, with an empty home, until the block ends."""
    with _screen() as display, reserved_port() as port:  # the driver asks for a number
        environment = {**os.environ, "DISPLAY": display, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
        webkit = WebKit(port)
        command = [installed("WebKitWebDriver"), f"--port={webkit.port}", "--host=127.0.0.1"]
        driver = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(webkit.listens, "the driver listens")
            options = {"binary": str(_browser()), "args": ["--automation"]}
            wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
            webkit.session = webkit.do("NewSession", capabilities=wanted)["sessionId"]
            webkit.do("SetTimeouts", implicit=WAIT_MILLISECONDS)
            yield webkit
        finally:
            driver.terminate()
            driver.wait()


@contextmanager
def _screen() -> Iterator[str]:
    """Yield the name of a display that is in memory alone."""
    reader, writer = os.pipe()
    command = [installed("Xvfb"), "-displayfd", str(writer), "-screen", "0", WINDOW, "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as told:
            yield f":{told.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait()


def _browser() -> Path:
    """Return the browser that comes with Debian's library of the engine."""
    return next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
