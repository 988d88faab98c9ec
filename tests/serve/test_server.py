from __future__ import annotations

import errno
import glob
import os
import re
import socket
from http.client import HTTPConnection
from io import TextIOWrapper
from typing import TYPE_CHECKING

import pytest

from site_src.serve.server import InputsWatcher
from tests.support.served_preview import served_preview, wait_until_it_listens
from tests.support.small_site import ROWS, SLUG, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.served_preview import Served
    from tests.support.small_site import SmallSite

pytest_plugins = ["tests.support.browser"]

THIRA = ROWS[0].split(";")[0]
LONG_AGO = (1_000_000_000, 1_000_000_000)


class Watched:
    """A folder with one file in it, watched, and how often a change was answered."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "circular.md"
        self.file.write_text("before", encoding="utf-8")
        self.answered = 0
        self.watcher = InputsWatcher()
        self.watcher.watch(str(folder), self.answer)

    def answer(self) -> None:
        """Do what the preview does: read all again."""
        self.answered += 1

    def changed(self) -> str | None:
        """The file that livereload would reload the browser for."""
        file: str | None = self.watcher.examine()[0]
        return file


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A folder that has just come under watch."""
    return Watched(tmp_path)


def test_nothing_has_changed_at_first(watched: Watched) -> None:
    """The first look, and any later one at the same files, tells of no change: an open page stays as it is."""
    assert [watched.changed(), watched.changed()] == [None, None]
    assert watched.answered == 0


@pytest.mark.parametrize("date", [None, LONG_AGO])
def test_a_new_file_counts_whatever_its_date(date: tuple[int, int] | None, watched: Watched) -> None:
    """A file that is copied in with the date of the original is a change, once."""
    new = watched.file.with_name("annex.xlsx")
    new.write_bytes(b"new")
    os.utime(new, date)
    assert [watched.changed(), watched.changed()] == [str(new), None]
    assert watched.answered == 1


def test_a_pattern_names_files_that_come_later(tmp_path: Path) -> None:
    """Files that match a pattern are watched, those of a new folder too, and no other beside them."""
    folder, watcher = tmp_path / "a[1]", InputsWatcher()
    folder.mkdir()
    watcher.watch(f"{glob.escape(str(folder))}/*/note")
    (folder / "campaign").mkdir()
    (folder / "campaign" / "other").write_bytes(b"")
    assert watcher.examine()[0] is None
    (folder / "campaign" / "note").write_bytes(b"")
    assert watcher.examine()[0] == str(folder / "campaign" / "note")


def test_other_content_and_no_file_count(watched: Watched) -> None:
    """A file that is saved again is a change, and so is one that is gone."""
    watched.file.write_text("afterwards", encoding="utf-8")
    assert watched.changed() == str(watched.file)
    watched.file.unlink()
    assert watched.changed() == str(watched.file)
    assert watched.answered == 2


def test_a_file_may_come_later(tmp_path: Path) -> None:
    """A watched file that does not exist yet is a change when it comes: staff put current.htpasswd there."""
    file, watcher = tmp_path / "current.htpasswd", InputsWatcher()
    watcher.watch(str(file))
    assert watcher.examine()[0] is None
    file.write_bytes(b"")
    assert watcher.examine()[0] == str(file)


def test_a_port_that_is_taken_is_named(site: SmallSite) -> None:
    """Another program has it: the machine's failure names the option for another one, and no free space."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = site.run_apart("serve", f"--port={port}")  # livereload leaves a socket open
    assert (done.returncode, done.stdout) == (3, "")
    assert f"cannot use the port {port} of this machine: Address already in use" in done.stderr
    assert "serve --port 5500" in done.stderr
    assert "space" not in done.stderr


@pytest.mark.parametrize("number", [10048, 10013, errno.EACCES])
def test_a_port_that_the_system_keeps_is_named(number: int, site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has numbers of its own for a port that is taken (0x2740) or kept; another than the usual is proposed."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, f"Windows Error {number:#x}")

    monkeypatch.setattr("livereload.Server.application", refuse)
    done = site.run("serve")
    assert done.returncode == 3
    assert "serve --port 8500" in done.stderr
    assert "space" not in done.stderr


@pytest.mark.parametrize(
    ("options", "is_terminal", "display", "opened"),
    [
        ((), True, ":0", ["http://127.0.0.1:5599/desk/"]),
        (("--no-open",), True, ":0", []),
        ((), False, ":0", []),
        ((), True, "", []),
    ],
)
def test_the_browser_opens_on_a_terminal(  # noqa: PLR0913, PLR0917 (a case, and what it needs)
    options: tuple[str, ...],
    is_terminal: bool,  # noqa: FBT001 (a case)
    display: str,
    opened: list[str],
    site: SmallSite,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once the preview listens its address is said; the browser opens where people look on, and can have a window."""
    calls: list[str] = []
    monkeypatch.setattr("webbrowser.open", calls.append)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("site_src.serve.server.serve", lambda _, __, notify: notify())
    done = site.run("serve", "--port=5599", *options, stream=Terminal if is_terminal else TextIOWrapper)
    assert "http://127.0.0.1:5599/ " in done.stdout
    assert "http://127.0.0.1:5599/desk/?key=" in done.stdout
    assert [call.partition("?")[0] for call in calls] == opened
    assert not [call for call in calls if call in done.stdout]  # it would be on the browser's command line


@pytest.fixture
def served(site: SmallSite) -> Iterator[Served]:
    """The command, running; at its end its two addresses are all that it has printed, and no line of livereload's."""
    with served_preview(site) as running:
        yield running
    assert [line.partition(":")[0] for line in running.told] == ["The preview", "The desk"]


def test_the_browser_reloads_after_each_change(site: SmallSite, served: Served, page: Page) -> None:
    """A paragraph that is written into circular.md appears in the open page by itself, and so does the next at once."""
    page.goto(f"{served.address}circulars/{SLUG}/")
    wait_until_it_listens(page)
    for added in ("Πρώτη προσθήκη", "Δεύτερη προσθήκη"):
        assert page.get_by_text(added).count() == 0
        with (site.campaign / "circular.md").open("a", encoding="utf-8") as file:
            file.write(f"\n{added}.\n")
        page.get_by_text(added).wait_for()


def test_the_page_of_the_preview_opens_its_letter(served: Served, page: Page) -> None:
    """In the preview a reader types the address and gets the sample letter, as on the site."""
    page.goto(f"{served.address}files/{SLUG}/{THIRA}/")
    page.fill("#open-here input[name=email]", "thira@dimos.example")
    page.click("#open-here button")
    page.locator("#open-documents a[download]").wait_for()
    assert re.fullmatch(rf"{THIRA}\.pdf", page.locator("#open-documents a[download]").get_attribute("download") or "")


def test_the_terminal_tells_no_requests(site: SmallSite) -> None:
    """Pages, a HEAD and an address that leads nowhere are answered, and none of them is a line in the terminal."""
    with served_preview(site) as served:
        for method, path, status in (
            ("GET", "", 200),
            ("HEAD", "", 200),
            ("HEAD", "nothing", 404),
            ("GET", "nothing", 404),
        ):
            connection = HTTPConnection("127.0.0.1", served.port, timeout=60)
            connection.request(method, f"/{path}")
            answer = connection.getresponse()
            assert (method, path, answer.status, bool(answer.read())) == (method, path, status, method == "GET")
            connection.close()
    assert [line.partition(":")[0] for line in served.told] == ["The preview", "The desk"]
