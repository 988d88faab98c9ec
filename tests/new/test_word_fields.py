from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.new.test_source import paragraph, read, word_file
from tests.new.test_word_shown import lines
from tests.support.word_builder import field_of, run

if TYPE_CHECKING:
    from pathlib import Path


def box(state: str) -> str:
    """A form field to tick."""
    return field_of(" FORMCHECKBOX ", "", f"<w:ffData><w:checkBox>{state}</w:checkBox></w:ffData>")


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        (box('<w:default w:val="1"/>'), "☒"),
        (box('<w:default w:val="1"/><w:checked w:val="0"/>'), "☐"),
        (box("<w:checked/>"), "☒"),
        (field_of(" FORMDROPDOWN ", "", "<w:ffData><w:ddList><w:listEntry w:val='α'/></w:ddList></w:ffData>"), "α"),
        (field_of(" FORMDROPDOWN ", "", "<w:ffData><w:ddList><w:result w:val='9'/></w:ddList></w:ffData>"), ""),
        (field_of(' HYPERLINK "https://topos.example/a" ', run("ο τόπος")), "ο τόπος (https://topos.example/a)"),
        (field_of(" TOC ", run("Άρθρο 1") + field_of(" PAGEREF a ", run("7"))), "Άρθρο 17"),
        (field_of(" DATE ", run("17/11/2020")), "17/11/2020"),
    ],
)
def test_a_field_is_the_text_that_word_shows(tmp_path: Path, field: str, shown: str) -> None:
    """What was ticked, chosen or filled in, and what Word worked out last."""
    assert lines(tmp_path, f"<w:p>{run('Πεδίο ')}{field}{run(' τέλος')}</w:p>")[0] == [
        f"Πεδίο {shown} τέλος".replace("  ", " ")
    ]


def test_a_field_without_an_end_hides_nothing(tmp_path: Path) -> None:
    """What follows its beginning might else be taken for its code."""
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    assert lines(tmp_path, f"<w:p>{begin}{run('α')}</w:p>{paragraph('β')}")[0] == ["α", "β"]


def test_fields_nested_as_in_no_document_are_damage(tmp_path: Path) -> None:
    """They would take minutes."""
    field = ""
    for _ in range(60):
        field = field_of(" IF ", field)
    source, problems = read(tmp_path, "a.docx", word_file(f"<w:p>{field}</w:p>"))
    assert source is None
    assert "damaged" in problems
