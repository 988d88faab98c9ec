from __future__ import annotations

import csv
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.browser import WebSite

pytest_plugins = ["tests.support.browser"]

PATH = "/files/2020-11/index.html"

# Parent, name, kind; the user names are numbered.
AGENCIES = [
    ("Περιφέρεια Κρήτης", "Δήμος Ηρακλείου", "Δήμος"),
    ("Περιφέρεια Κρήτης", "Δ.Ε.Υ.Α. Σελίνου", "Νομικό πρόσωπο"),
    ("Περιφέρεια Αττικής", "Δήμος Ηρακλείου", "Δήμος"),
    ("Περιφέρεια Νοτίου Αιγαίου", "Δήμος Θήρας", "Δήμος"),
    ("Περιφέρεια Νοτίου Αιγαίου", "Δήμος Καλυμνίων «ΠΟΘΑΙΑ»", "Δήμος"),
    ("Δήμος Θήρας", "Λιμενικό Ταμείο Θήρας", "Νομικό πρόσωπο"),
]
WORDS = ["δημος", "ΘΗΡΑΣ", "Κρήτης", "ταμ", "2", "«»."]


def username(index: int) -> str:
    """An invented user name."""
    return f"{200_000_000_000 + index * 7_777:012d}"


def listing(agencies: Iterable[tuple[str, str, str]]) -> str:
    """A listing with the hooks that the filter knows: each parent a group, each agency a row."""
    html = ["<table id=listing>"]
    index = 0
    for parent, members in groupby(agencies, key=lambda agency: agency[0]):
        html.append(f'<tbody data-group="{escape(parent)}"><tr><th colspan=3>{escape(parent)}</th></tr>')
        for _, name, kind in members:
            user = username(index)
            index += 1
            html.append(
                f'<tr id="{user}" data-agency="{user}"><td data-find="{escape(name)} {escape(kind)}">'
                f'<a href="{user}/">{escape(name)}</a></td><td>{user}</td><td>Αρχείο έτοιμο, 27 KB</td></tr>'
            )
        html.append("</tbody>")
    return "".join([*html, "</table>"])


@pytest.fixture
def visit(website: WebSite, render: Callable[..., str], page: Page) -> Callable[..., Page]:
    """Goes to a listing."""

    def go(agencies: Iterable[tuple[str, str, str]] = AGENCIES, target: str = "") -> Page:
        website.put_script("filter.js")
        website.files[PATH] = render("filter.html", "filter.js", listing(agencies)).encode()
        page.goto(website.address(PATH + target))
        return page

    return go


def shown(page: Page) -> list[int]:
    """The indices of the rows that can be seen."""
    script = "rows => rows.flatMap((row, index) => row.checkVisibility() ? [index] : [])"
    found: list[int] = page.eval_on_selector_all("[data-agency]", script)
    return found


FOUND = {
    "": [0, 1, 2, 3, 4, 5],
    "Δήμος Θήρας": [3, 5],
    "δημος θηρας": [3, 5],
    "ΘΗΡΑΣ ΔΗΜΟΣ": [3, 5],
    "ταμειο λιμενικο": [5],
    "δημοσ": [0, 2, 3, 4, 5],
    "ηρακλειου κρητησ": [0],
    "ηράκλειου αττικής": [2],
    "ΔΕΥΑ": [1],
    "δ.ε.υ.α. σελ": [1],
    "<<ποθαια>>": [4],
    "νομικο προσωπο": [1, 5],
    username(3): [3],
    f"  {username(3)[:6]} {username(3)[6:]} ": [3],
    "ετοιμο": [],
    "27 KB": [],
    "θηρας κρητης": [],
    "***": [0, 1, 2, 3, 4, 5],
}
ALIKE = {
    "ΔΗΜΟΣ ΑΘΗΝΑΙΩΝ": [0, 1],
    "ΔHMOΣ AΘHNAIΩN": [0, 1],
    "AΘΗΝΑ": [0, 1],
    "δημοσ πρασινησ": [4],
    "∆ΗΜΟΣ ΑΘΗΝΑΙΩΝ": [0, 1],
    "municipality ATHENS": [2],
    "theras": [],
}


def found(page: Page, typed: str) -> list[int]:
    """The rows that are left once this is typed."""
    page.fill("#filter", typed)
    return shown(page)


def test_finds(visit: Callable[..., Page]) -> None:
    """All words must be in name, user name, parent or kind, whatever their case, accents, final sigma and order."""
    page = visit()
    assert {typed: found(page, typed) for typed in FOUND} == FOUND


def test_finds_what_looks_alike(visit: Callable[..., Page]) -> None:
    """A Latin letter or a sign that looks like a Greek letter is taken for it, in the annex's names and as typed."""
    names = ("ΔHMOΣ AΘHNAIΩN", "Δήμος Αθηναίων", "Municipality of Athens", "Δήμος Θήρας", "∆ΗΜΟ∑ ∏ρασίνης")
    page = visit([("Φορείς", name, "") for name in names])
    assert {typed: found(page, typed) for typed in ALIKE} == ALIKE


def test_as_one_types(visit: Callable[..., Page]) -> None:
    """Each key narrows the list and each deletion widens it."""
    page = visit()
    page.click("#filter")
    page.keyboard.type("θηρασ")
    assert shown(page) == [3, 5]
    for _ in "ηρασ":
        page.keyboard.press("Backspace")
    assert shown(page) == [3, 4, 5]


def test_page_tells_styles_that_rows_are_hidden(visit: Callable[..., Page]) -> None:
    """While the filter hides rows the body says so, since the groups' counts are then those of other rows."""
    page = visit()
    for typed, expected in (("θηρασ", 1), ("", 0)):
        page.fill("#filter", typed)
        assert page.locator("body[data-filtered]").count() == expected


def test_first_rows_found_are_marked(visit: Callable[..., Page]) -> None:
    """The rows that the window shows next are marked, and no more of them, so that none is blank for a moment."""
    page = visit([("Φορείς", "Δήμος Ίου" if number < 90 else "Δήμος Θήρας", "") for number in range(100)])
    marked = "rows => rows.map(row => row.dataset.agency)"
    page.fill("#filter", "θηρας")
    assert page.eval_on_selector_all("[data-first]", marked) == [username(number) for number in range(90, 100)]
    page.fill("#filter", "δημος")
    assert page.locator("[data-first]").count() == 40


def test_groups_without_rows_are_hidden(visit: Callable[..., Page]) -> None:
    """A parent's heading stands only over rows, and comes back with them."""
    page = visit()
    headings = "rows => rows.filter(row => row.checkVisibility()).map(row => row.dataset.group)"
    page.fill("#filter", "ηρακλειου")
    assert page.eval_on_selector_all("[data-group]", headings) == ["Περιφέρεια Κρήτης", "Περιφέρεια Αττικής"]
    page.fill("#filter", "")
    assert len(page.eval_on_selector_all("[data-group]", headings)) == 4


def test_groups_in_groups(website: WebSite, render: Callable[..., str], page: Page) -> None:
    """A region stays as long as a row of any parent in it does; a row is found by its own parent alone."""
    nested = f'<section data-group="Outer">{listing(AGENCIES[:2])}</section>'
    website.put_script("filter.js")
    website.files[PATH] = render("filter.html", "filter.js", nested).encode()
    page.goto(website.address(PATH))
    page.fill("#filter", "ΔΕΥΑ")
    assert page.locator("[data-group=Outer]").is_visible()
    page.fill("#filter", "outer")
    assert not page.locator("[data-group=Outer]").is_visible()


TOLD = {"ταμειο": "1 agency found", "θηρας": "2 agencies found", "xyz": "No agency found."}


def test_the_number_is_announced(visit: Callable[..., Page]) -> None:
    """The live region tells how many were found, once the typing pauses, or what to do where there are none."""
    page = visit()
    page.evaluate(
        """() => {
            const status = document.querySelector('#filter-status');
            new MutationObserver(() => globalThis.told.push(status.textContent)).observe(status, { childList: true });
        }"""
    )
    for typed, told in TOLD.items():
        announcements = page.evaluate(
            """async typed => {  // without the pauses of a machine that has much else to do
                const field = document.querySelector("#filter");
                globalThis.told = [];
                field.value = "";
                for (const letter of typed) {
                    field.value += letter;
                    field.dispatchEvent(new Event("input"));
                }
                await new Promise(resolve => setTimeout(resolve, 500));  // longer than all that are set now
                return globalThis.told;
            }""",
            typed,
        )
        assert [(typed, each.startswith(told)) for each in announcements] == [(typed, True)]
    assert page.get_by_role("status").count() == 1


def test_escape_clears(visit: Callable[..., Page]) -> None:
    """Esc brings all rows back and leaves the focus where it is."""
    page = visit()
    page.fill("#filter", "ταμειο")
    page.press("#filter", "Escape")
    assert page.input_value("#filter") == ""
    assert shown(page) == [0, 1, 2, 3, 4, 5]
    assert page.locator("#filter").evaluate("field => field === document.activeElement")


def test_enter_leads_to_the_first_row(visit: Callable[..., Page]) -> None:
    """Enter moves the focus to the first agency found; where none is, it stays in the field."""
    page = visit()
    focused = "() => document.activeElement.textContent"
    page.fill("#filter", "ταμειο")
    page.press("#filter", "Enter")
    assert page.evaluate(focused) == "Λιμενικό Ταμείο Θήρας"
    page.fill("#filter", "xyz")
    page.press("#filter", "Enter")
    assert page.locator("#filter").evaluate("field => field === document.activeElement")


def test_a_link_to_a_row_leads_there(visit: Callable[..., Page]) -> None:
    """An address with #username shows its row, at first and when the filter had hidden it."""
    page = visit(target=f"#{username(3)}")
    assert shown(page) == [0, 1, 2, 3, 4, 5]
    page.fill("#filter", "ταμειο")
    page.evaluate("target => { location.hash = target; }", username(1))
    page.wait_for_function("() => document.querySelector('#filter').value === ''")
    assert shown(page) == [0, 1, 2, 3, 4, 5]


def test_coming_back_finds_what_was_typed(visit: Callable[..., Page], website: WebSite) -> None:
    """After a look into a folder the list is as narrow as it was; a reload or a link to it shows it whole."""
    page = visit()
    address = page.url
    page.fill("#filter", "ταμειο")
    page.goto(website.address("/assets/filter.js"))
    page.go_back()
    page.wait_for_function("() => document.querySelector('#filter').value === 'ταμειο'")
    assert shown(page) == [5]
    assert page.url == address
    page.reload()
    assert (page.input_value("#filter"), shown(page)) == ("", [0, 1, 2, 3, 4, 5])
    page.goto(website.address("/assets/filter.js"))
    page.go_back()
    page.locator("#filter").wait_for()
    assert (page.input_value("#filter"), shown(page)) == ("", [0, 1, 2, 3, 4, 5])


def test_coming_back_to_a_link_s_place_keeps_what_was_typed(visit: Callable[..., Page], website: WebSite) -> None:
    """A text typed after a visit by a link to one row stays on return; the link's row may be hidden."""
    page = visit(target=f"#{username(0)}")
    page.fill("#filter", "ταμειο")
    assert shown(page) == [5]
    page.goto(website.address("/assets/filter.js"))
    page.go_back()
    page.wait_for_function("() => document.querySelector('#filter').value === 'ταμειο'")
    assert shown(page) == [5]


@pytest.mark.parametrize("target", ["#", "#nothing", "#%", "#Δήμος"])
def test_a_link_to_nowhere_does_no_harm(visit: Callable[..., Page], target: str) -> None:
    """Any fragment leaves the list whole."""
    assert shown(visit(target=target)) == [0, 1, 2, 3, 4, 5]


def test_without_javascript(visit: Callable[..., Page], website: WebSite, page_without_scripts: Page) -> None:
    """Without script the list is whole and no dead input stands over it."""
    assert visit().locator("#filter").is_visible()
    page_without_scripts.goto(website.address(PATH))
    assert not page_without_scripts.locator("#filter").is_visible()
    assert page_without_scripts.locator("[data-agency]").count() == len(AGENCIES)
    assert page_without_scripts.locator("[data-agency]").first.is_visible()


@settings(max_examples=50)
@given(typed=st.text(max_size=30) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_text_narrows_or_keeps(listing_page: Page, typed: str) -> None:
    """A longer query never shows a row that a shorter one hides, and clearing shows all."""
    before, after, cleared = listing_page.evaluate(
        """queries => queries.map(query => {
            const field = document.querySelector("#filter");
            field.value = query;
            field.dispatchEvent(new Event("input"));
            const rows = [...document.querySelectorAll("[data-agency]")];
            return rows.flatMap((row, index) => row.checkVisibility() ? [index] : []);
        })""",
        [typed, f"{typed} θήρας", ""],
    )
    assert set(after) <= set(before)
    assert len(cleared) == len(AGENCIES)


@pytest.fixture
def listing_page(visit: Callable[..., Page]) -> Page:
    """The listing, ready for the filter."""
    return visit()


def test_each_real_name_finds_its_row(visit: Callable[..., Page], root: Path) -> None:
    """The name of each body of the public registers, typed in capitals, finds its row."""
    with (root / "tests/data/agencies.csv").open(encoding="utf-8", newline="") as file:
        names = [row["name_el"] for row in csv.DictReader(file)]
    page = visit([("Φορείς", name, "") for name in names])
    missed = page.evaluate(
        """names => {
            const field = document.querySelector('#filter');
            const rows = document.querySelectorAll('[data-agency]');
            return names.filter((name, index) => {
                field.value = name.toUpperCase();
                field.dispatchEvent(new Event('input'));
                return rows[index].hidden;
            });
        }""",
        names,
    )
    assert names
    assert missed == []
