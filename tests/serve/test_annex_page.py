from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from site_src.serve import pages
from site_src.serve.annex_page import ROWS_SHOWN
from site_src.serve.desk import Form, Upload
from tests.support.served_desk import desk_of, page, sent
from tests.support.small_site import HEADER, ROWS, SLUG
from tests.support.systems import is_closed

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite

BAD = (ROWS[0], ROWS[1], ROWS[2].replace("212345678901", "21234567890"), ROWS[3])


def rows_of(text: str) -> list[str]:
    """The numbers of the rows, in the order of the page."""
    return re.findall(r'<th scope="row">(\d+)', text)


def test_problems_come_first_and_in_their_cells(site: SmallSite) -> None:
    """The rows are those of the sheet, the bad one first, with the message and what to do in its cell."""
    site.write(rows=BAD)
    text = page(desk_of(site), f"{SLUG}/annex")
    assert rows_of(text) == ["4", "1", "2", "3", "5"]
    cell = re.search(r'<td class="error">21234567890<ul.*?</td>', text, re.DOTALL)
    assert cell
    assert "Error:" in cell[0]
    assert "<small>" in cell[0]
    assert "1 error" in text


def test_errors_come_before_warnings(site: SmallSite) -> None:
    """A row with an error is above one with a warning alone, wherever they are in the sheet."""
    site.write(rows=(ROWS[0].replace("thira@", "\u00a0thira@"), *BAD[1:]))
    assert rows_of(page(desk_of(site), f"{SLUG}/annex"))[:3] == ["4", "2", "1"]


def test_what_is_in_no_cell_is_shown_too(site: SmallSite) -> None:
    """A mistake in campaign.toml is listed with its place, above the rows."""
    site.write(top='unknown = "x"')
    text = page(desk_of(site), f"{SLUG}/annex")
    assert "campaign.toml" in text.split("The rows")[0]


def test_the_filter_finds_rows(site: SmallSite) -> None:
    """Words of a row find it, without regard to case and accents, and totals by status stay."""
    text = page(desk_of(site), f"{SLUG}/annex", q="ΔΗΜΟΣ θηρασ")
    assert rows_of(text) == ["2"]
    assert "4 (3 get a new code, 0 keep theirs, 1 must call)" in text
    assert rows_of(page(desk_of(site), f"{SLUG}/annex", q="<nobody>")) == []


def test_a_long_annex_says_what_it_leaves_out(site: SmallSite) -> None:
    """Of many rows some are shown, their number is said, and the filter finds the others."""
    rows = tuple(f"{number:012};Δήμος {number};;a{number}@dimos.example;" for number in range(1, ROWS_SHOWN + 100))
    site.write(rows=rows)
    desk = desk_of(site)
    text = page(desk, f"{SLUG}/annex")
    assert len(rows_of(text)) == ROWS_SHOWN
    assert "not shown: 100;" in text
    assert rows_of(page(desk, f"{SLUG}/annex", q=f"a{ROWS_SHOWN + 50}@")) == [str(ROWS_SHOWN + 51)]


def test_a_stray_cell_far_away_makes_no_wide_table(site: SmallSite) -> None:
    """Only columns that hold something are shown, whatever the last one is."""
    site.write(rows=(ROWS[0] + ";" * 3_000 + "x", *ROWS[1:]))
    text = page(desk_of(site), f"{SLUG}/annex")
    assert text.count('<th scope="col">') < 10


def test_the_marked_workbook_is_that_of_check(site: SmallSite) -> None:
    """The workbook that is downloaded has the problem and the staff's own sheet with the bad cell marked."""
    site.write(rows=BAD)
    answer = pages.show(desk_of(site), f"{SLUG}/annex-marked.xlsx", {})
    book = load_workbook(io.BytesIO(answer.content))
    assert answer.download == f"{SLUG}-annex-marked.xlsx"
    assert book.worksheets[1]["A4"].comment is not None


def test_a_corrected_annex_takes_the_place_of_the_last(site: SmallSite) -> None:
    """The new file is the campaign's annex, closed to others and alone; the mistakes are gone."""
    site.write(rows=BAD)
    desk = desk_of(site)
    good = "\n".join((HEADER, *ROWS)).encode()
    assert sent(desk, f"{SLUG}/annex", Form({}, {"annex": (Upload("my list.CSV", good),)})) == f"/desk/{SLUG}/annex"
    assert (site.campaign / "annex.csv").read_bytes() == good
    assert is_closed(site.campaign / "annex.csv")
    assert "1 error" not in page(desk, f"{SLUG}/annex")
    (site.campaign / "annex.csv").rename(site.campaign / "annex.ods")
    sent(desk, f"{SLUG}/annex", Form({}, {"annex": (Upload("x.csv", good),)}))
    assert sorted(path.name for path in site.campaign.glob("annex.*")) == ["annex.csv"]


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        ((), "there is no annex"),
        ((Upload("a.pdf", b"%PDF-1.7"),), "expected a file that ends in"),
        ((Upload("a.xlsx", b"%PDF-1.7"),), "PDF"),
        ((Upload("a.xlsx", b""),), "empty"),
        ((Upload("a.csv", b"A list of something;else\n1;2\n"),), "no table of agencies"),
        ((Upload("a.csv", HEADER.encode()),), "the annex has no agencies"),
    ],
)
def test_what_is_no_annex_changes_nothing(site: SmallSite, upload: tuple[Upload, ...], words: str) -> None:
    """A file from which no agency can be read takes no annex's place, and the page says why."""
    before = site.snapshot()
    assert words in sent(desk_of(site), f"{SLUG}/annex", Form({}, {"annex": upload}))
    assert site.snapshot() == before


def test_what_the_annex_says_is_no_markup(site: SmallSite) -> None:
    """A name that looks like HTML is shown as text."""
    site.write(rows=(ROWS[0].replace("Δήμος Θήρας", "<script>x</script>"), *ROWS[1:]))
    assert "<script>x" not in page(desk_of(site), f"{SLUG}/annex")
