from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.archives import seal
from tests.opener_help import (
    ADDRESS,
    KEY,
    LETTER,
    saved,
    submit,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page


pytest_plugins = ["tests.browser", "tests.opener_fixtures"]


@pytest.mark.parametrize(
    ("declared", "typed"),
    [
        (ADDRESS, f"  {ADDRESS}\t"),
        (ADDRESS, "maria\u200b@dimos\u00a0.example\ufeff"),
        (ADDRESS, "ｍａｒｉａ＠ｄｉｍｏｓ．ｅｘａｍｐｌｅ"),
        (ADDRESS, "MARIA@DIMOS.EXAMPLE"),
        (ADDRESS, "Maria@dimos.example"),
        ("Maria@dimos.example", ADDRESS),
        ("Maria@dimos.example", "MARIA@dimos.example"),
        ("mariA@dimos.example", " MariA@dimos.example"),
        ("MARIA@DIMOS.EXAMPLE", ADDRESS),
        (ADDRESS, "mαriα@dimοs.example"),
        (ADDRESS, " ΜΑRΙΑ@DIΜΟS.ΕΧΑΜPLΕ "),
        ("info@thira.example", "ινφο@τηιρα.example"),
        ("info@xios.gr", "ινφο@χιοσ.γρ"),
        (ADDRESS, f"Μαρία <mailto:{ADDRESS}>;"),
        ("info@dimos-thiras.example", "info@dimos\u2011thiras.example"),
        ("info@dimos-thiras.example", "info@dimos\u2013thiras.example"),
        ("o'brien@dimos.example", "o\u2019brien@dimos.example"),
    ],
)
def test_forgives(visit: Callable[..., Page], declared: str, typed: str) -> None:
    """What the contact may have meant opens the letter, and the page says how the address is written."""
    page = visit(seal([LETTER], declared, KEY, None))
    assert submit(page, typed) == "forgiven"
    assert page.inner_text("#open-status").endswith(f" {declared}")
    assert saved(page) == [LETTER]


def test_each_form_is_tried_once(visit: Callable[..., Page]) -> None:
    """A plain address costs three tries, since its other forms are the same."""
    page = visit(seal([LETTER], ADDRESS, KEY, None))
    forms = page.evaluate("async typed => (await import('/assets/forgive.js')).formsOf(typed)", ADDRESS)
    assert forms == [ADDRESS, "Maria@dimos.example", "MARIA@DIMOS.EXAMPLE"]


@given(typed=st.text(max_size=40))
def test_forms_begin_with_what_was_typed(forms_page: Page, typed: str) -> None:
    """Whatever is typed, the forms are few, differ, and begin with it; there are none where nothing can be seen."""
    forms = forms_page.evaluate("typed => globalThis.formsOf(typed)", typed)
    assert len(set(forms)) == len(forms) <= 30
    assert "" not in forms
    assert not forms or forms[0] == typed
    if any(c.isalnum() for c in typed):
        assert forms


@pytest.fixture
def forms_page(visit: Callable[..., Page]) -> Page:
    """A page in which formsOf can be called."""
    page = visit(b"")
    page.evaluate("async () => { globalThis.formsOf = (await import('/assets/forgive.js')).formsOf; }")
    return page
