"""Fuzzes the reader of annexes: ``python -m tests.fuzz.annex [FOLDER] [options of libFuzzer]``, by hand, with atheris.

Each input is a sample of tests/make_annexes.py with a few of its bytes changed, inside a package's parts where it is
one, so that the changes reach the parsers and not only the ZIP. A find is written to the working folder. For runs of
minutes add ``-len_control=0 -max_len=400``: libFuzzer begins with inputs too short to choose more than one change.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["site_src.annex", "xlrd"]):
    from site_src.annex import read_annex
    from site_src.annex.sheets import delimited, ods, xls, xlsx  # noqa: F401 (imported when used, so too late)
    from site_src.annex.sheets.grid import column_letters
    from site_src.annex.sheets.reading import read_sheets
    from site_src.problems import Problems

from tests.make_annexes import samples
from tests.test_annex import CAMPAIGN

CODE = re.compile(r"\d{12}", re.ASCII)
CHANGES_MAX = 6
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


def changed(data: bytes, choices: atheris.FuzzedDataProvider) -> bytes:
    """The bytes with a few replaced, taken out, repeated, or a word put in."""
    for _ in range(choices.ConsumeIntInRange(1, CHANGES_MAX)):
        at = choices.ConsumeIntInRange(0, len(data))
        length = choices.ConsumeIntInRange(0, 64)
        new = (
            b"",
            choices.ConsumeBytes(4),
            WORDS[choices.ConsumeIntInRange(0, len(WORDS) - 1)],
            data[at : at + length] * 2,
        )[choices.ConsumeIntInRange(0, 3)]
        data = data[:at] + new + data[at + length :]
    return data


def changed_package(data: bytes, choices: atheris.FuzzedDataProvider) -> bytes:
    """A package with one part changed, its directory whole again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = list(parts)
    sheets = [name for name in names if "sheet" in name.lower() or name == "content.xml"] or names
    name = choices.PickValueInList(sheets if choices.ConsumeBool() else names)
    parts[name] = changed(parts[name], choices)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return file.getvalue()


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
    """What libFuzzer calls with each of its inputs."""
    choices = atheris.FuzzedDataProvider(data)
    sample = SEEDS[choices.ConsumeIntInRange(0, len(SEEDS) - 1)]
    try:
        whole = changed_package(sample.data, choices)
    except (zipfile.BadZipFile, IndexError):  # no package, or one without parts
        whole = changed(sample.data, choices)
    path = FOLDER / f"annex{Path(sample.name).suffix}"
    path.write_bytes(whole)
    try:
        read(path)
    except BaseException:
        Path(f"find-{os.getpid()}{path.suffix}").write_bytes(whole)
        raise


if __name__ == "__main__":
    FOLDER = Path(tempfile.mkdtemp())
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
