from __future__ import annotations

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.language.catalogues import Words
from site_src.read.circular.markdown_html import SCHEMES, Heading, to_html

WORDS = Words("el")
TAGS = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote", "br"}
TAGS |= {"hr", "img", "span", "sup", "section", "div", "table", "thead", "tbody", "tr", "th", "td"}
TAGS |= {"html", "head", "body"}
ATTRIBUTES = {"href", "id", "class", "aria-label", "role", "tabindex", "scope", "title", "src", "alt", "start"}


def written(text: str, files: set[str] | None = None) -> tuple[str, list[str]]:
    """The HTML, and the addresses that may not be published."""
    found: list[str] = []
    html = to_html(text, WORDS, lambda address, *_: found.append(address), files=files)
    return str(html.html), found


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<b>α</b>",
        "<div>\n\nα\n\n</div>",
        "<!-- α -->",
        "α &lt;b&gt; & &copyright",
        "<img src=x onerror=alert(1)>",
        "</main>",
        "<?php ?>",
    ],
)
def test_raw_html_shows_as_text(text: str) -> None:
    """Markup in the text is read by people, not by browsers."""
    html, _ = written(text)
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    assert {element.tag for element in tree.iter()} == {"html", "head", "body", "p"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java&#10;script:alert(1)",
        "\u200bjavascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//elsewhere.example/",
        "\\\\elsewhere.example",
        "/\\elsewhere.example",
    ],
)
@pytest.mark.parametrize("form", ["[α]({})", "[α][1]\n\n[1]: {}", "[α](<{}>)", "![α]({})"])
def test_links_that_do_harm_are_not_written(address: str, form: str) -> None:
    """A link that is neither web, mail nor telephone loses its address, in every way of writing it, and is told."""
    html, found = written(form.format(address))
    assert "href" not in html
    assert "src" not in html
    assert found or "α" in html


@pytest.mark.parametrize("link", ["[α]()", "[α](http:// a.example)", "[α](<https://a.example/α β>)"])
def test_a_link_that_leads_nowhere_is_reported(link: str) -> None:
    """One without an address, or with a blank in it, would lead to the page itself."""
    html, found = written(link)
    assert "href" not in html
    assert len(found) == 1


def test_usual_links_stay() -> None:
    """Web, mail, telephone, relative and inner links are links; so are addresses in angle brackets."""
    addresses = ["https://a.example/?b=1&c=2", "mailto:a@b.example", "tel:+302100000101", "../../help/index.html", "#α"]
    html, found = written("\n".join(f"[α]({address})" for address in addresses) + "\n<https://x.example> <a@b.example>")
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    assert [a.get("href") for a in tree.iter("a")] == [*addresses, "https://x.example", "mailto:a@b.example"]
    assert found == []


def test_files_must_lie_beside_the_page() -> None:
    """A link or picture that names a file is told where there is none, and pictures come from nowhere else."""
    text = "[α](a.pdf) [β](b%20c.pdf) ![γ](c.png) ![δ](https://elsewhere.example/d.png)"
    html, found = written(text, {"b c.pdf"})
    assert found == ["a.pdf", "c.png", "https://elsewhere.example/d.png"]
    assert "<img" not in html
    assert "δ" in html


@pytest.mark.parametrize("address", ["www.a.example/b", "“https://a.example/”", "b/c.pdf", "help/", "a@b.example"])
def test_an_address_that_lacks_its_beginning_is_reported(address: str) -> None:
    """A browser would look for it below the page, where there are files but no folders."""
    html, found = written(f"[α]({address})", {"c.pdf"})
    assert "href" not in html
    assert found == [address]


def test_pages_of_the_site_stay_links() -> None:
    """An address that leads up from the page, or from the root of the site, is not a file beside it."""
    html, found = written("[α](../../help/) [β](/codes/help/) [γ](#δ)", {"c.pdf"})
    assert (html.count("href"), found) == (3, [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("| α | β |\n|---|---|\n| γ | δ | ε |", "| γ | δ | ε |"),
        ("α | β\n--- | ---\nγ | δ | ε", "γ | δ | ε"),
    ],
)
def test_text_that_the_library_would_leave_out_is_reported(text: str, value: str) -> None:
    """A cell beyond the last head of its table would be lost in silence."""
    assert written(text)[1] == [value]


def test_a_row_may_end_with_an_empty_cell() -> None:
    """A row with too few cells, or with a mark too many at its end, loses nothing."""
    assert written("| α | β |\n|---|---|\n| γ |\n| δ | ε | |")[1] == []


def test_a_backslash_at_the_end_of_a_line_breaks_it() -> None:
    """Editors write a break so; within code it is a backslash."""
    assert written("α\\\nβ\n\n`γ\\\nδ`")[0] == "<p>α<br>\nβ</p>\n<p><code>γ\\\nδ</code></p>"


def test_headings_start_at_the_second_level_without_gaps() -> None:
    """The highest heading becomes h2, the rest follow; their ids are Latin, readable and unique."""
    text = "# Πού;\n\n### Πότε *ακριβώς*\n\n## Πού;\n\n###### !\n"
    found = to_html(text, WORDS, lambda *_: None).headings
    assert found == (
        Heading(2, "poy", "Πού;"),
        Heading(3, "pote-akrivos", "Πότε ακριβώς"),
        Heading(3, "poy_1", "Πού;"),
        Heading(4, "section", "!"),
    )


def test_footnotes_say_what_their_links_do() -> None:
    """Marks and the ways back have names in the page's language, and the notes are a section of their own."""
    html, _ = written("α[^x]\n\n[^x]: β")
    assert 'aria-label="Υποσημείωση 1"' in html
    assert 'aria-label="Επιστροφή στο κείμενο της υποσημείωσης 1"' in html
    assert '<section class="footnotes" aria-label="Υποσημειώσεις">' in html


def test_tables_have_heads_and_no_styles() -> None:
    """Column heads have their scope, row heads where the corner is empty, and alignment is a class."""
    html, _ = written("| | β |\n| --- | ---: |\n| γ | δ |")
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    assert [(th.text, th.get("scope")) for th in tree.iter("th")] == [("β", "col"), ("γ", "row")]
    assert "style" not in html
    assert '<td class="right">δ</td>' in html


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "[",
            "![",
            "[a](",
            "[](",
            "[a][",
            "[[]",
            "[^",
            "`a``",
            "*a",
            "_a ",
            "<a@",
            "&",
            "\\",
            "(",
            "- [",
            "> [",
            "|[|",
        ),
        *("#a\n", "> #a\n", "a\n===\n", "---\n", "> - - -\n", "[a]: b\n", "[^1]: a\n", "#a\n[^", "a[^1]\n\n"),
        *("> ", "- ", "  - ", "1. ", "a\n\n\n", "- [", "> [", "|[|"),
    ],
)
def test_what_the_library_would_read_for_minutes_is_told_at_once(piece: str) -> None:
    """Marks, ends of blocks and levels beyond what any circular holds are one report, and nothing is published."""
    assert written(piece * (200_000 // len(piece))) == ("", [""])


def test_long_lists_and_tables_with_marks_are_read() -> None:
    """A mark counts within its own item or cell: 3,000 agencies in bold letters are no trouble."""
    for line in ("- **α**, [β](https://a.example)\n", "| **α** | `β` |\n"):
        html, found = written("| | |\n|---|---|\n" * line.startswith("|") + line * 3000)
        assert (html.count("<strong>"), found) == (3000, [])


PIECES = (
    "# ",
    "- ",
    "1. ",
    "> ",
    "    ",
    "|",
    "---",
    "[",
    "](",
    ")",
    "<",
    ">",
    "&",
    "`",
    "*",
    "_",
    "![",
    "[^1]",
    "\n",
    "\n\n",
)


@given(
    st.lists(st.sampled_from((*PIECES, "javascript:", "&#x6a;", '"', "onclick=")) | st.text(max_size=4), max_size=30)
)
def test_any_text_gives_known_markup_only(pieces: list[str]) -> None:
    """Any text gives only the tags, attributes and links that belong on a page."""
    html, _ = written("".join(pieces))
    check_markup(html)


def check_markup(html: str) -> None:
    """Assert that a browser finds nothing but the tags, attributes and links that belong on a page."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    for element in tree.iter():
        assert element.tag in TAGS
        assert set(element.keys()) <= ATTRIBUTES
        address = (element.get("href") or "").strip().lower()
        scheme, colon, _ = address.partition(":")
        assert not colon or scheme in SCHEMES or not scheme.isalnum()


@pytest.mark.parametrize("start", ["", "./", "attachments/", "./attachments/"])
def test_an_attachment_is_found_where_it_lies_in_either_folder(start: str) -> None:
    """It lies in attachments/ beside the text, and on the site beside the page; a name that is neither is told."""
    html, found = written(f"[α]({start}a.pdf) ![β]({start}b.png)", {"a.pdf", "b.png"})
    assert ('href="a.pdf"' in html, 'src="b.png"' in html, found) == (True, True, [])
    for wrong in (f"{start}c.pdf", f"{start}javascript:alert"):
        html, found = written(f"[α]({wrong})", {"a.pdf"})
        assert found == [wrong]  # in the words of the text
        assert "href" not in html
