from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.make.archives import seal
from site_src.read.annex.emails import CELL_LONGEST
from tests.support.opener_pages import (
    ADDRESS,
    EMPTY,
    KEY,
    LETTER,
    submit,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page


pytest_plugins = ["tests.support.browser", "tests.support.opener_fixtures"]


MEANT = [
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
    (ADDRESS, f"nikos@dimos.example; {ADDRESS}"),
    (ADDRESS, f"nikos@dimos.example,{ADDRESS}"),
    (ADDRESS, f"nikos@dimos.example/{ADDRESS}/eleni@dimos.example"),
    (ADDRESS, f"nikos@dimos.example  {ADDRESS} \t eleni@dimos.example"),
    (ADDRESS, "nikos@dimos.example; MARIA @ dimos.example"),
    (ADDRESS, f"«{ADDRESS}»"),
    (ADDRESS, f"“{ADDRESS}”"),
    (ADDRESS, f'"{ADDRESS}".'),
    (ADDRESS, f"'{ADDRESS}'"),
    (ADDRESS, f"‘{ADDRESS}’,"),
    (ADDRESS, f"<{ADDRESS}>"),
    (ADDRESS, f"({ADDRESS})"),
    (ADDRESS, f"• {ADDRESS}"),
    (ADDRESS, f"E-mail: {ADDRESS}"),
    (ADDRESS, f"e-mail:{ADDRESS}."),
    (ADDRESS, f"Ηλ. ταχυδρομείο: {ADDRESS}, τηλ. 2101234567"),
    (ADDRESS, f"Κα Μαρία Π. {ADDRESS}"),
    (ADDRESS, f"mailto:{ADDRESS}?subject=Κωδικός"),
    (ADDRESS, f'"Νίκος" <nikos@dimos.example>; "Μαρία" <{ADDRESS}>'),
    (ADDRESS, "maria(at)dimos.example"),
    (ADDRESS, "maria [AT] dimos [dot] example"),
    (ADDRESS, "Maria (παπάκι) dimos (τελεία) example"),
    (ADDRESS, "maria@dimos. example"),
    ("maria.papadopoulou@dimos.example", "maria.papa- dopoulou@dimos.example"),
    ("maria.p-d@dimos.example", "maria.p- d@dimos.example"),
    (ADDRESS, "mаriа@dimоs.example"),
]


def test_forgives(visit: Callable[..., Page]) -> None:
    """An address as the contact may have meant it opens the letter, and the page says how it is written."""
    for declared in sorted({declared for declared, _ in MEANT}):
        page = visit(seal([EMPTY], declared, KEY, None))
        for typed in (typed for each, typed in MEANT if each == declared):
            assert (typed, submit(page, typed)) == (typed, "forgiven")
            assert page.inner_text("#open-status").endswith(f" {declared}"), typed
            assert page.locator("#open-documents a[download]").get_attribute("download") == EMPTY.name, typed


def test_each_form_is_tried_once(visit: Callable[..., Page]) -> None:
    """A plain address costs three tries, since its other forms are the same."""
    page = visit(seal([LETTER], ADDRESS, KEY, None))
    forms = page.evaluate("async typed => (await import('/assets/forgive.js')).formsOf(typed)", ADDRESS)
    assert forms == [ADDRESS, "Maria@dimos.example", "MARIA@DIMOS.EXAMPLE"]


def test_a_long_list_costs_a_bounded_time(visit: Callable[..., Page]) -> None:
    """However much is pasted, the tries are no more than the constant says, and each address is tried as written."""
    page = visit(seal([LETTER], ADDRESS, KEY, None))
    addresses = [f"Κάτι{number}@dimos.example" for number in range(80)]
    forms, most = page.evaluate(
        """async typed => {
            const { TRIES_MAX, formsOf } = await import('/assets/forgive.js');
            return [formsOf(typed), TRIES_MAX];
        }""",
        "; ".join(addresses),
    )
    assert len(forms) == most
    assert set(addresses) <= set(forms)


def test_what_is_typed_is_not_offered_to_the_next_person(visit: Callable[..., Page]) -> None:
    """The field asks browsers to keep nothing, and has room for all addresses of an agency."""
    field = visit(b"").locator("#open-here [name=email]")
    assert field.get_attribute("autocomplete") == "off"
    assert int(field.get_attribute("maxlength") or 0) >= CELL_LONGEST


@given(typed=st.text(max_size=40))
def test_forms_begin_with_what_was_typed(forms_page: Page, typed: str) -> None:
    """The forms are few, differ, and begin with the typed text; there are none if nothing can be seen."""
    forms = forms_page.evaluate("typed => globalThis.formsOf(typed)", typed)
    assert len(set(forms)) == len(forms) <= 100
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
