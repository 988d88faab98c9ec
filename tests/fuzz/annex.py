"""Fuzzes the reader of annexes, as ``fuzzing.py`` says.

Each input is a sample of tests/support/make_annexes.py with a few of its bytes changed, inside a package's parts where
it is one, so that the changes reach the parsers and not only the ZIP.
"""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
import zipfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["site_src.read.annex", "xlrd"]):
    from site_src.problems import Problems
    from site_src.read.annex import read_annex
    from site_src.read.annex.sheets import ods, read_sheets, xls, xlsx  # noqa: F401 (imported when used, so too late)
    from site_src.read.annex.sheets.grid import column_letters

from tests.fuzz.fuzzing import changed_file, fuzz, kept
from tests.read.annex.test_annex import CAMPAIGN
from tests.support.make_annexes import samples

CODE = re.compile(r"\d{12}", re.ASCII)
SAMPLE_MAX = 200_000  # bytes unpacked; the bombs among the samples would take all the time
WORDS = (
    b"012345678901", b"112345678902", b"a@b.example", b";", b"\t", b'"', b"<", b"/>", b"#REF!", b"1E+309", b"-1",
    b"nan", b"1048576", b"99999999999", b"XFD1048576", b"\0", b"\xff\xff", b"&#0;", b"\xe2\x80\x8b", b"mailto:",
    b'table:number-columns-repeated="16384"', b'table:number-rows-repeated="1048576"',
    b'table:number-rows-spanned="65536"', b'office:value-type="float"', b'office:value="x"',
    b't="s"', b't="e"', b't="b"', b't="d"', b's="4096"', b"<f>A1</f>", "Όνομα χρήστη".encode(), "Σύνολο".encode(),
)  # fmt: skip


def unpacked_size(data: bytes) -> int:
    """The size of a package's parts together; of another file, its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        return len(data)


SEEDS = [sample for sample in samples() if unpacked_size(sample.data) <= SAMPLE_MAX]


def read(path: Path) -> None:
    """Read an annex: nothing is raised or printed, there are agencies or an error, and no user name is lost."""
    problems, told = Problems(), io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        agencies = read_annex(path, CAMPAIGN, problems)
    assert not told.getvalue(), f"a library printed: {told.getvalue()[:200]}"
    assert agencies or problems.has_errors, "no agency, and no error"
    if problems.all():
        return
    assert all(agency.username and agency.name for agency in agencies), "a nameless agency"
    columns = {agency.at.cell.rstrip("0123456789") for agency in agencies}
    cells = (cell for sheet in read_sheets(path, Problems()) for row in sheet.rows.values() for cell in row.values())
    codes = {
        cell.text.strip() for cell in cells if column_letters(cell.column) in columns and CODE.fullmatch(cell.text)
    }
    assert codes <= {agency.username for agency in agencies}, "a user name lost in silence"


def one_input(data: bytes) -> None:
    """Run one input of libFuzzer."""
    choices = atheris.FuzzedDataProvider(data)
    sample = SEEDS[choices.ConsumeIntInRange(0, len(SEEDS) - 1)]
    whole = changed_file(sample.data, choices, WORDS)
    path = FOLDER / f"annex{Path(sample.name).suffix}"
    path.write_bytes(whole)
    with kept(path.name, whole):
        read(path)


if __name__ == "__main__":
    FOLDER = Path(tempfile.mkdtemp())
    fuzz(one_input)
