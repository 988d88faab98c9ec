"""An annex is read alike in all formats, whatever its cells say, and no row of it is lost in silence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from site_src.language.folding import without_unseen
from site_src.problems import Problems
from site_src.read.annex import read_annex
from tests.read.annex.test_annex import CAMPAIGN
from tests.support.annex_formats import ods, text, xls, xlsx
from tests.support.annex_table import CHIOS, HEADER, THIRA

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.read.agency import Agency

Row = tuple[str, ...]
TITLE = "Φύλλο1"
LETTERS = "αβΓΔή aZé019 .,;:'\"/<>&@-_()«»#!?+*\u00a0\u200bΟοO\n"

any_text = st.text(st.sampled_from(LETTERS), max_size=20)
usernames = st.from_regex(r"[0-3]{2}000000000[0-9]", fullmatch=True)
names = st.sampled_from(["Δήμος Θήρας", "Περιφέρεια Κρήτης", "ΚΕΔΗΘ", "Σύνολο", "ΔΗΜΟΙ"])
addresses = st.sampled_from(["a@b.example", "a@b.example; Β@c.example", "a@b.example,c@d.example", "x@y", "-"])
statuses = st.sampled_from(["", "νέος", "διατηρεί", "contact-us", "ίσως"])
rows = st.lists(
    st.tuples(
        st.sampled_from(["", "1", "Α/Α"]),
        usernames | any_text,
        names | any_text,
        names | any_text,
        addresses | any_text,
        statuses | any_text,
        any_text,
    ),
    max_size=6,
)


def read(path: Path, data: bytes) -> tuple[tuple[Agency, ...], Problems]:
    """The agencies of an annex of these bytes, and its problems."""
    path.write_bytes(data)
    problems = Problems()
    return read_annex(path, CAMPAIGN, problems), problems


def told(agencies: tuple[Agency, ...], problems: Problems) -> tuple[object, object]:
    """Return all that was read, without the names of file and sheet."""
    return (
        [(a.username, a.name, a.kind, a.parent, a.emails, a.status, a.notes, a.at.cell) for a in agencies],
        [(p.severity, p.topic, p.message.replace(f"{TITLE}!", ""), p.hint, p.value, p.at.cell) for p in problems.all()],
    )


@settings(max_examples=60)
@given(rows)
@example([("", "212345678903", "Δήμος,Θήρας", "", "a@b.example,c@d.example", "", "α,β;γ")])
def test_every_format_is_read_alike(tmp_path: Path, table: list[Row]) -> None:
    """The same table as .csv, .xlsx, .xls and .ods gives the same agencies and the same problems at the same cells."""
    whole = [HEADER, *table, THIRA, CHIOS]
    found = told(*read(tmp_path / "annex.csv", text(whole)))
    assert told(*read(tmp_path / "annex.xlsx", xlsx(whole, title=TITLE))) == found
    assert told(*read(tmp_path / "annex.xls", xls(whole, title=TITLE))) == found
    assert told(*read(tmp_path / "annex.ods", ods(whole, title=TITLE))) == found


@given(rows)
def test_no_filled_row_is_lost(tmp_path: Path, table: list[Row]) -> None:
    """A row with two cells or more that are read is an agency, or has a problem; sums, headers and signs are not."""
    agencies, problems = read(tmp_path / "annex.csv", text([HEADER, *table, THIRA]))
    places = [agency.at.cell for agency in agencies] + [problem.at.cell for problem in problems.all()]
    known = {int(re.sub(r"\D", "", place) or 0) for place in places}
    for number, row in enumerate(table, start=2):
        filled = [cell for cell in row[1:] if without_unseen(cell).strip()]
        is_sum = any(cell.strip().startswith("Σύνολο") for cell in row)
        assert number in known or len(filled) < 2 or is_sum or not any(map(str.isalpha, "".join(filled))), row
