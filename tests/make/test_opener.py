from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.make.archives import seal
from site_src.read.inputs import Document
from tests.support import firefox, webkit
from tests.support.opener_pages import (
    ADDRESS,
    ARCHIVE,
    EMPTY,
    GREEK,
    KEY,
    LETTER,
    OTHER_ADDRESS,
    PAGE,
    PHONE,
    SMALL_PDF,
    SOUND,
    saved,
    submit,
    winzip,
)
from tests.support.probes import CODE
from tests.support.served_site import ADDRESSES, THIRA, served_site
from tests.support.small_site import SLUG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    from playwright.sync_api import Page, Route

    from tests.support.browser import WebSite
    from tests.support.web_servers import WebServer
    from tests.support.webdriver import Driven

pytest_plugins = ["tests.support.browser", "tests.support.opener_fixtures"]


def test_the_letter_opens_with_the_address(visit: Callable[..., Page]) -> None:
    """The right address gives the letter to view and to save, byte for byte, and says no more than that."""
    page = visit(seal([LETTER], ADDRESS, KEY, None))
    assert submit(page, ADDRESS) == "opened"
    assert saved(page) == [LETTER]
    assert page.locator("#open-documents a[target=_blank]").count() == 1
    assert ADDRESS not in page.inner_text("body")


def test_the_letter_is_called_what_it_is(visit: Callable[..., Page]) -> None:
    """The letter is named by its title beside its file name; other documents by their file names alone."""
    page = visit(seal([LETTER, GREEK], ADDRESS, KEY, None))
    submit(page, ADDRESS)
    titles = page.locator("#open-documents .document").all_inner_texts()
    assert [title.strip() for title in titles] == [f"New access code (PDF) {LETTER.name}", GREEK.name]


def test_several_documents_with_greek_names(visit: Callable[..., Page]) -> None:
    """All documents come, in the archive's order, an empty one too; only a PDF can be viewed."""
    page = visit(seal([LETTER, GREEK, EMPTY], ADDRESS, KEY, None))
    submit(page, ADDRESS)
    assert page.locator("#open-documents [data-size]").all_inner_texts() == ["25\u00a0KB", "2\u00a0KB", "0 bytes"]
    assert saved(page) == [LETTER, GREEK, EMPTY]
    assert page.locator("#open-documents a[target=_blank]").count() == 1


def test_wrong_address(visit: Callable[..., Page], website: WebSite) -> None:
    """Another address does not open, the page says that one of several was chosen, and the next try fetches nothing."""
    page = visit(seal([LETTER], ADDRESS, KEY, None))
    assert submit(page, OTHER_ADDRESS) == "wrong"
    assert "one of them was chosen" in page.inner_text("#open-status")
    assert PHONE in page.inner_text("#open-status")
    field = page.locator("[name=email]")
    assert field.get_attribute("aria-invalid") == "true"
    assert "open-status" in (field.get_attribute("aria-describedby") or "").split()
    assert field.evaluate("field => field === document.activeElement")
    assert field.input_value() == OTHER_ADDRESS
    assert page.locator("#open-documents a").count() == 0
    assert submit(page, ADDRESS) == "opened"
    assert field.get_attribute("aria-invalid") is None
    assert website.requests.count(ARCHIVE) == 1


def test_empty_input(visit: Callable[..., Page], website: WebSite) -> None:
    """Nothing typed is told as such, with the focus in the field, and nothing is fetched."""
    page = visit(seal([LETTER], ADDRESS, KEY, None))
    for typed in ("", "   ", "\u200b\u00a0", ";"):
        assert (typed, submit(page, typed)) == (typed, "empty")
        assert page.locator("[name=email]").evaluate("field => field === document.activeElement")
    assert ARCHIVE not in website.requests


def test_an_archive_that_has_gone(visit: Callable[..., Page], website: WebSite) -> None:
    """An archive that cannot be fetched is told as such, and the next try fetches again."""
    page = visit(None)
    assert submit(page, ADDRESS) == "unreachable"
    assert page.locator("#open-here button").evaluate("button => button === document.activeElement")
    website.files[ARCHIVE] = SOUND
    assert submit(page, ADDRESS) == "opened"


def test_no_network(visit: Callable[..., Page]) -> None:
    """Without a connection the page says so instead of calling the archive damaged."""
    page = visit(SOUND)
    page.route("**/*.zip", lambda route: route.abort())
    assert submit(page, ADDRESS) == "unreachable"


def test_no_secure_connection(publish: Callable[..., str], website: WebSite, page: Page) -> None:
    """Over plain HTTP the page says at once and at each try that it needs https, and fetches nothing."""
    publish(SOUND)
    page.goto(website.insecure_address(PAGE))
    assert "https://" in page.inner_text("#open-status")
    assert submit(page, ADDRESS) == "insecure"
    assert ARCHIVE not in website.requests


def test_keyboard_only(visit: Callable[..., Page]) -> None:
    """Tab, type, Enter; an error leads back to the field, success to the document, and from there Tab to Save."""
    page = visit(SOUND)
    focused = "() => document.activeElement.matches(%r)"
    page.keyboard.press("Tab")
    page.keyboard.type(OTHER_ADDRESS)
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[aria-invalid]')")
    assert page.evaluate(focused % "[name=email]")
    page.keyboard.press("Control+A")
    page.keyboard.type(ADDRESS)
    page.keyboard.press("Tab")
    assert page.evaluate(focused % "#open-here button")
    page.keyboard.press("Space")
    page.wait_for_selector("#open-documents a")
    assert page.evaluate(focused % "a[target=_blank]")
    page.keyboard.press("Tab")
    assert page.evaluate(focused % "a[download]")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.path().read_bytes() == LETTER.content


def test_what_a_screen_reader_hears(visit: Callable[..., Page]) -> None:
    """Field, live region and links have names and descriptions that say what they are for."""
    page = visit(SOUND)
    field = page.get_by_role("textbox", name="E-mail address of the contact")
    assert field.count() == 1
    assert page.get_by_role("status").count() == 1
    submit(page, ADDRESS)
    assert page.get_by_role("link", name=f"Save: {LETTER.name}").count() == 1
    assert page.get_by_role("link", name=f"Open the document: {LETTER.name}").count() == 1


def test_view_opens_the_pdf_in_a_new_tab(visit: Callable[..., Page]) -> None:
    """The browser's own viewer gets the letter as a PDF under the page's security policy."""
    page = visit(seal([Document(LETTER.name, SMALL_PDF)], ADDRESS, KEY, None))
    submit(page, ADDRESS)
    with page.context.expect_page() as tab:
        page.click("#open-documents a[target=_blank]")
    tab.value.wait_for_load_state()
    assert tab.value.url.startswith("blob:")
    assert tab.value.evaluate("() => document.contentType") == "application/pdf"


def test_only_the_archive_is_asked_for(visit: Callable[..., Page], website: WebSite) -> None:
    """Opening makes one request, and none of any try carries the address."""
    page = visit(SOUND)
    website.requests.clear()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    submit(page, OTHER_ADDRESS)
    submit(page, ADDRESS)
    saved(page)
    assert website.requests == [ARCHIVE]
    assert {url for url in asked if not url.startswith("blob:")} == {website.address(ARCHIVE)}


def test_nothing_stays(visit: Callable[..., Page], website: WebSite) -> None:
    """After success the field is empty; after leaving, letters, address and messages are gone; nothing is stored."""
    page = visit(SOUND)
    submit(page, ADDRESS.upper())
    assert page.input_value("[name=email]") == ""
    gone = page.evaluate(
        """() => {
            globalThis.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
            const kept = [...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie];
            return [kept.join(), document.querySelectorAll('#open-documents a').length];
        }"""
    )
    assert gone == ["", 0]
    assert ADDRESS not in page.content()
    assert page.inner_text("#open-status") == ""
    assert submit(page, ADDRESS) == "opened"
    assert website.requests.count(ARCHIVE) == 2  # the bytes of the archive had gone as well
    page.goto(website.address("/assets/zip.js"))
    page.go_back()
    assert page.input_value("[name=email]") == ""
    assert page.locator("#open-documents a").count() == 0


def test_blob_addresses_end_with_the_page(visit: Callable[..., Page]) -> None:
    """A letter's address leads nowhere once the page was left or another try was made."""
    page = visit(SOUND)
    page.evaluate(
        """() => {
            globalThis.ended = [];
            const revoke = URL.revokeObjectURL.bind(URL);
            URL.revokeObjectURL = address => { globalThis.ended.push(address); revoke(address); };
        }"""
    )
    submit(page, ADDRESS)
    first = page.get_attribute("#open-documents a", "href")
    submit(page, ADDRESS)
    second = page.get_attribute("#open-documents a", "href")
    page.evaluate("() => globalThis.dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert set(page.evaluate("() => globalThis.ended")) == {first, second}


def test_leaving_while_it_opens(visit: Callable[..., Page]) -> None:
    """A letter that is decrypted after the page was left is not shown."""
    page = visit(seal([Document("long.bin", bytes(4_000_000))], ADDRESS, KEY, None))
    page.fill("[name=email]", ADDRESS)
    page.evaluate(
        """() => {  // in one go: a fast browser would be done before a second order came
            document.querySelector("#open-here button").click();
            globalThis.dispatchEvent(new PageTransitionEvent("pagehide"));
        }"""
    )
    page.wait_for_timeout(1_000)
    assert page.locator("#open-documents a").count() == 0
    assert page.locator("#open-here button").is_enabled()


def test_without_javascript(publish: Callable[..., str], website: WebSite, page_without_scripts: Page) -> None:
    """Without script no dead form stands there, and even shown it would send nothing."""
    publish(SOUND)
    page_without_scripts.goto(website.address(PAGE))
    assert not page_without_scripts.locator("#open-here").is_visible()
    assert page_without_scripts.locator("#open-here").get_attribute("method") == "dialog"


def test_busy_while_it_works(visit: Callable[..., Page]) -> None:
    """While the archive is on its way the form says that it is busy and takes no second order."""
    page = visit(SOUND)
    asked: list[Route] = []
    page.route("**/*.zip", lambda route: asked.append(route))  # noqa: PLW0108 (Playwright marks what it is given)
    page.fill("[name=email]", ADDRESS)
    with page.expect_request("**/*.zip"):
        page.click("#open-here button")
    page.wait_for_selector("#open-here[aria-busy=true]")
    assert page.locator("#open-here button").is_disabled()
    page.press("[name=email]", "Enter")
    asked[0].continue_()
    page.wait_for_selector("#open-documents a")
    assert len(asked) == 1
    assert page.locator("#open-here button").is_enabled()


def test_ten_megabytes(visit: Callable[..., Page]) -> None:
    """A large document opens with progress, in steps between which the page is alive."""
    large = Document("σχέδιο.bin", bytes(range(256)) * 40_000)
    page = visit(seal([LETTER, large], ADDRESS, KEY, None))
    page.evaluate(
        """() => {
            globalThis.steps = new Set();
            const bar = document.querySelector('#open-progress');
            const watch = () => {
                if (!bar.hidden) globalThis.steps.add(bar.value);
                setTimeout(watch);
            };
            watch();
        }"""
    )
    assert submit(page, ADDRESS) == "opened"
    assert page.evaluate("() => globalThis.steps.size") > 5
    assert page.locator("#open-progress").is_hidden()
    assert saved(page) == [LETTER, large]


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    """A built site behind nginx, which asks for a login."""
    with served_site(date.today()) as served, served.behind("nginx") as server:  # noqa: DTZ011 (the day does not matter)
        yield server


def address_with_login(server: WebServer) -> str:
    """The page of an agency, with its login in the address, as bookmarks have it."""
    return f"http://{THIRA}:{CODE}@127.0.0.1:{server.port}/files/{SLUG}/{THIRA}/index.html"


def test_a_login_in_the_address(server: WebServer, page: Page) -> None:
    """With the login in the page's own address the letter opens, and the server has had its login."""
    page.goto(address_with_login(server))
    assert submit(page, ADDRESSES[THIRA][0]) == "opened"
    assert page.locator("#open-documents a[download]").count() == 1


@pytest.mark.parametrize("engine", [firefox, webkit], ids=["firefox", "webkit"])
def test_other_engines(
    engine: ModuleType, publish: Callable[..., str], website: WebSite, server: WebServer, tmp_path: Path
) -> None:
    """Firefox and WebKit refuse a wrong address, open long documents, and use a login in the page's address."""
    large = Document("σχέδιο.bin", bytes(range(256)) * 2_000)
    publish(winzip([LETTER, large], ADDRESS, deflated=True))
    with engine.running(tmp_path) as browser:
        browser.go(website.address(PAGE))
        submit_in(browser, OTHER_ADDRESS, "wrong")
        submit_in(browser, ADDRESS, "opened")
        names = "return [...document.querySelectorAll('#open-documents a[download]')].map(link => link.download)"
        assert browser.evaluate(names) == [LETTER.name, large.name]
        assert browser.text("#open-documents").count("Save") == 2
        browser.go(address_with_login(server))
        submit_in(browser, ADDRESSES[THIRA][0], "opened")


def submit_in(browser: Driven, typed: str, expected: str) -> None:
    """Type an address into the opener, press the button, and wait for the message of this name."""
    browser.find("section.open:not([hidden])")
    browser.type("[name=email]", typed)
    browser.click("#open-here button")
    browser.find(f"#open-status[data-kind={expected}]")
