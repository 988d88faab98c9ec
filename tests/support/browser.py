"""Pages in Debian's Chromium: a web server in memory with the site's own security policy, and a browser to read it.

A test file takes the fixtures with ``pytest_plugins = ["tests.support.browser"]``.
"""

from __future__ import annotations

import functools
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import pytest

from site_src.folders import TEMPLATES
from site_src.make.assets import read_sources
from site_src.make.pages import dialled
from site_src.make.server_rules import PICTURE_POLICY, SECURITY_HEADERS
from tests.support.programs import installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

KINDS = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".zip": "application/zip",
}

# Both names lead to 127.0.0.1, but a browser takes only the first for a secure place.
SECURE_HOST = "127.0.0.1"
INSECURE_HOST = "thyrida.example"

USUAL_WINDOW: ViewportSize = {"width": 1280, "height": 720}


@dataclass
class WebSite:
    """Files by their path, served until the test ends, and the paths that were asked for."""

    port: int
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def put_script(self, name: str) -> None:
        """Serve every script of the templates, since modules import one another; ``name`` must be one of them."""
        scripts = {f"/assets/{each}": data for each, data in read_sources().items() if each.endswith(".js")}
        assert f"/assets/{name}" in scripts
        self.files |= scripts

    def address(self, path: str) -> str:
        """Return the URL of a path."""
        return f"http://{SECURE_HOST}:{self.port}{path}"

    def insecure_address(self, path: str) -> str:
        """Return the URL of a path on a host that the browser does not trust."""
        return f"http://{INSECURE_HOST}:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    """Answers from the web site's files with its security policy."""

    protocol_version = "HTTP/1.1"
    timeout = 5  # seconds after which the thread of a connection that the browser keeps for later may end

    def __init__(self, site: WebSite, *args: object) -> None:
        self.site = site
        super().__init__(*args)  # type: ignore[arg-type]  # what the server hands over, untouched

    def do_GET(self) -> None:
        """Answer with the file, or 404."""
        if self.path != "/favicon.ico":  # the browser's own wish
            self.site.requests.append(self.path)
        content = self.site.files.get(self.path.partition("?")[0])
        self.send_response(404 if content is None else 200)
        policy = PICTURE_POLICY if self.path.endswith(".svg") else SECURITY_HEADERS["Content-Security-Policy"]
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Content-Type", KINDS.get(Path(self.path).suffix, "text/plain"))
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[WebSite]:
    """Serve the files on a free port until the block ends."""
    site = WebSite(port=0, files=files)
    server = ThreadingHTTPServer((SECURE_HOST, 0), functools.partial(Handler, site))
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def website() -> Iterator[WebSite]:
    """Serve an empty web site on a free port."""
    with serving({}) as site:
        yield site


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, once for a worker."""
    from playwright.sync_api import sync_playwright

    program, _ = installed("chromium"), installed("libatomic.so.1")  # before Playwright, whose Node needs the second
    with sync_playwright() as playwright:
        rule = f"--host-resolver-rules=MAP {INSECURE_HOST} {SECURE_HOST}"
        browser = playwright.chromium.launch(executable_path=program, args=[rule])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _tab(chromium: Browser) -> Page:
    """Return the tab of all tests, each of which has an origin of its own, by its port, which has stored nothing."""
    return _patient(chromium.new_context(locale="el-GR", viewport=USUAL_WINDOW))


@pytest.fixture(scope="session")
def page_without_scripts(chromium: Browser) -> Page:
    """Return a tab that runs no scripts, for all tests."""
    return _patient(chromium.new_context(java_script_enabled=False))


def _patient(context: BrowserContext) -> Page:
    """Return a tab that waits for a machine that has much else to do."""
    context.set_default_timeout(60_000)
    return context.new_page()


@pytest.fixture
def page(_tab: Page) -> Iterator[Page]:
    """Yield a tab; the test fails where a script fails or the browser complains in its console."""
    complaints: list[str] = []

    def failed(error: object) -> None:
        complaints.append(str(error))

    def told(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    _tab.on("pageerror", failed)
    _tab.on("console", told)
    yield _tab
    _tab.remove_listener("pageerror", failed)
    _tab.remove_listener("console", told)
    _put_back(_tab)
    assert not [complaint for complaint in complaints if "Failed to load resource" not in complaint]


def _put_back(tab: Page) -> None:
    """Close what a test has opened, end its scripts, and take away what it has set."""
    for other in tab.context.pages:
        if other is not tab:
            other.close()
    tab.unroute_all()
    tab.goto("about:blank")
    tab.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null")
    tab.set_viewport_size(USUAL_WINDOW)
    tab.context.clear_permissions()
    tab.context.clear_cookies()


@pytest.fixture
def render() -> Callable[..., str]:
    """Render a fragment of the templates, in English, inside a whole page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], autoescape=True
    )
    environment.filters["dialled"] = dialled
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # the extension brings it

    def whole(fragment: str, script: str, rest: str = "", **facts: object) -> str:
        inside = environment.get_template(fragment).render(facts)
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Test</title>'
            f'<script type="module" src="/assets/{script}"></script><main>{inside}{rest}</main></html>'
        )

    return whole
