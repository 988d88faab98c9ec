"""Fuzzes the Markdown of a circular, as ``fuzzing.py`` says. An input is a text of its signs."""

from __future__ import annotations

import atheris

with atheris.instrument_imports(include=["site_src.read.circular", "markdown"]):
    from site_src.read.circular import markdown_html  # noqa: F401 (what the helper below calls)

from tests.fuzz.fuzzing import fuzz, kept, text_of
from tests.read.circular.test_markdown_html import PIECES, check_markup, written

MORE = (
    *("[x](javascript:x)", "![x](", "<javascript:x>", "[x](", "[x][x]", "[x]: javascript:x\n", "[x]: ", "](x.pdf)"),
    *("javascript:", "&#x6a;", "&#10;", "&lt;", '"', "onclick=", "<script>", "</main>", "<!--", "<?", "<a@b.example>"),
    *("http://a.example", "mailto:", "//", "\\", "\\[", "[^1]: ", "[^1", "{: #x .y }", "***", "```\n", "~~~", "    - "),
    *("| --- | :-: |\n", "\t", "1. ", "===", "__", "  \n", "\u2028", "\ue0000\ue001", "klzzwxh:0001"),
    *("\x02", "\x03", "\x02wzxhzdk:0\x03", "\x02amp\x03", "zz1337820767766393qq"),
)  # fmt: skip


def one_input(data: bytes) -> None:
    """Set a text: only known tags, attributes and links come out; what is nested too deep may be refused."""
    text = text_of(atheris.FuzzedDataProvider(data), (*PIECES, *MORE))
    with kept("circular.md", text.encode()):
        try:
            html, _ = written(text)
        except RecursionError:  # which the reader of circulars reports as a mistake of the text
            return
        check_markup(html)


if __name__ == "__main__":
    fuzz(one_input)
