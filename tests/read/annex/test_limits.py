"""Hostile and broken annexes end in one clear error, or are read, within 1 GB of memory and 20 seconds."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from tests.support.annex_formats import (
    SHEET,
    cell_of,
    compound,
    edited,
    ods,
    ods_cell,
    ods_of,
    shared_texts,
    text,
    with_filepass,
    xls,
    xlsx,
)
from tests.support.annex_table import TWO
from tests.support.small_site import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.world  # the system bounds, and may end, the processes that read

MEMORY_MAX = 2**30  # bytes of address space, so less of memory
CPU_SECONDS_MAX = 20
END = "ended with status "
SPACES = b" " * (100 * 2**20)  # more than is unpacked
BLANK_ROW = "<table:table-row><table:table-cell/></table:table-row>"
# Reads each file that it is told of in a process of its own, bound so that the system refuses it memory, or ends it.
READER = f"""
import os, resource, sys, traceback
from pathlib import Path
from site_src.read.annex import read_annex
from site_src.problems import Problems
from tests.read.annex.test_annex import CAMPAIGN

def read(path):
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_MAX}, {MEMORY_MAX}))
    resource.setrlimit(resource.RLIMIT_CPU, ({CPU_SECONDS_MAX}, {CPU_SECONDS_MAX}))
    problems = Problems()
    agencies = read_annex(Path(path), CAMPAIGN, problems)
    errors = [problem.message for problem in problems.all() if problem.severity == "error"]
    assert all(problem.hint for problem in problems.all())
    print(len(agencies), *errors, sep="\\n", flush=True)

for line in sys.stdin:
    child = os.fork()
    if not child:
        status = 1
        try:
            read(line.rstrip("\\n"))
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    print("{END}", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), sep="", flush=True)
"""


@dataclass(frozen=True)
class Hostile:
    """A file, and a word of the one error that it deserves; "" where the table in it is read all the same."""

    name: str
    data: bytes
    word: str


def stored(data: bytes) -> bytes:
    """The package without compression, so that no ratio gives the bomb away."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return file.getvalue()


def packed_with(data: bytes, part: str, before: bytes, more: bytes) -> bytes:
    """A package with more XML before the first such tag of a part."""
    return stored(edited(data, part, lambda xml: xml.replace(before, more + before, 1)))


def nested_entities() -> bytes:
    """Ten entities of which each holds ten of the one before: a billion laughs."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'.encode()


def workbooks() -> Iterator[Hostile]:
    """.xlsx: what unpacks to much, and what is small and asks for much."""
    laughs = edited(xlsx(), SHEET, lambda xml: nested_entities() + xml.replace(b"</sheetData>", b"&l9;</sheetData>"))
    yield Hostile("laughs.xlsx", laughs, "XML bomb")
    yield Hostile("spaces.xlsx", edited(xlsx(), SHEET, lambda xml: xml + SPACES), "ZIP bomb")
    rows = b"".join(b'<row r="%d"/>' % number for number in range(4, 1_048_577))  # all that a sheet can have
    yield Hostile("rows.xlsx", packed_with(xlsx(), SHEET, b"</sheetData>", rows), "200,000 rows")
    nested = b'<row r="9">' + b"<c>" * 200_000 + b"</c>" * 200_000 + b"</row>"
    yield Hostile("nested.xlsx", packed_with(xlsx(), SHEET, b"</sheetData>", nested), "cannot be read by Thyrida")
    columns = b'<cols><col min="1" max="2000000000" hidden="1"/></cols>'
    yield Hostile("columns.xlsx", packed_with(xlsx(), SHEET, b"<sheetData>", columns), "")
    font = b'<font><b/><i/><sz val="1"/></font>'
    yield Hostile("fonts.xlsx", packed_with(xlsx(), "xl/styles.xml", b"</fonts>", font * 150_000), "")
    for name, texts in (
        ("runs", "<si>" + "<r><rPr><b/><i/><sz val='1'/></rPr><t>a</t></r>" * 800_000 + "</si>"),
        ("empty-texts", "<si/>" * 7_000_000),
    ):
        yield Hostile(f"{name}.xlsx", shared_texts(xlsx(), texts), "ZIP bomb")
    again = b'<row><c t="s"><v>0</v></c></row>' * 100_000
    yield Hostile(
        "one-text.xlsx", shared_texts(xlsx(), f"<si><t>{'a' * 9_999}</t></si>", again), "16,000,000 characters"
    )
    row = b"<row>" + b"<c/>" * 9_000_000 + b"</row>"
    yield Hostile("blanks.xlsx", edited(xlsx(), SHEET, lambda xml: xml.replace(b"</sheetData>", row)), "ZIP bomb")
    rows = (b"<row>" + b"<c/>" * 30 + b"</row>") * 190_000
    end = b"</sheetData>"
    yield Hostile("blank-rows.xlsx", edited(xlsx(), SHEET, lambda xml: xml.replace(end, rows + end)), "2,400,000 rows")
    junk = b"<a " + b" ".join(b'a%d="x"' % number for number in range(1_000)) + b"/>"
    yield Hostile("attributes.xlsx", edited(xlsx(), SHEET, lambda xml: xml.replace(end, junk * 4_000)), "ZIP bomb")
    merges = b"<mergeCells>" + b'<mergeCell ref="A1:B9"/>' * 1_200_000 + b"</mergeCells>"
    yield Hostile("merges.xlsx", edited(xlsx(), SHEET, lambda xml: xml.replace(end, end + merges)), "ZIP bomb")
    merges = b"<mergeCells>" + b'<mergeCell ref="A2:XFD1048576"/>' * 300 + b"</mergeCells>"
    crowded = xlsx([*TWO, *[("x",) * 40] * 300])
    spread = edited(crowded, SHEET, lambda xml: xml.replace(end, end + merges))
    yield Hostile("merged-everywhere.xlsx", spread, "merged cells or links")
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"/></row>' % (n, n, n) for n in range(4, 50_000))
    yield Hostile("formatted-rows.xlsx", packed_with(xlsx(), SHEET, end, rows), "")
    yield Hostile("picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(5_000), "a picture")
    yield Hostile("half.xlsx", xlsx()[: len(xlsx()) // 2], "cannot be read by Thyrida")
    yield Hostile("encrypted.xlsx", compound("EncryptedPackage", bytes(50_000)), "encrypted")


def documents() -> Iterator[Hostile]:
    """.ods: repetition makes any number of rows, columns and cells of a few bytes."""
    laughs = edited(ods(), "content.xml", lambda xml: re.sub(rb"^<\?xml[^>]*\?>", nested_entities(), xml))
    yield Hostile("laughs.ods", laughs, "XML bomb")
    yield Hostile("empty-space.ods", edited(ods(), "content.xml", lambda xml: xml + SPACES), "ZIP bomb")
    yield Hostile("many-rows.ods", ods(after="<table:table-row/>" * 200_001), "200,000 rows")
    yield Hostile("blank-rows.ods", ods(after=BLANK_ROW * 100_000), "")
    repeated = '<table:table-row table:number-rows-repeated="1048576" table:visibility="{}">{}</table:table-row>'
    yield Hostile("empty-rows.ods", ods(after=repeated.format("collapse", "<table:table-cell/>")), "")
    yield Hostile("full-rows.ods", ods(after=repeated.format("visible", cell_of("x"))), "filled cells")
    wide = '<table:table-row><table:table-cell table:number-columns-repeated="2000000000"/></table:table-row>'
    yield Hostile("wide.ods", ods(after=wide), "")
    yield Hostile("columns.ods", ods(before='<table:table-column table:number-columns-repeated="2000000000"/>'), "")
    nested = "<table:table-row-group>" * 100_000 + "</table:table-row-group>" * 100_000
    yield Hostile("nested.ods", stored(ods(after=nested)), "cannot be read by Thyrida")
    sheets = '<table:table table:name="a"><table:table-row><table:table-cell/></table:table-row></table:table>'
    yield Hostile("sheets.ods", stored(ods_of(sheets * 200_000)), "1,000 sheets")
    spaces = ods_cell("<text:s text:c='1000'/>" * 300_000)
    row = f"<table:table-row>{spaces}</table:table-row>"
    yield Hostile("spaces.ods", ods(after=row), "16,000,000 characters")
    wide = 'office:value-type="string" table:number-columns-repeated="16000" office:string-value="{}"'
    row = f"<table:table-row><table:table-cell {wide.format('a' * 9_999)}/></table:table-row>"
    yield Hostile("one-text.ods", ods(after=row), "16,000,000 characters")
    yield Hostile("half.ods", ods()[: len(ods()) // 2], "cannot be read by Thyrida")


def older_and_plain_files() -> Iterator[Hostile]:
    """.xls and .csv: noise behind a good beginning, and fields without end."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    yield Hostile("noise.xls", ole + bytes(n * n % 251 for n in range(100_000)), "cannot be read by Thyrida")
    yield Hostile("zeros.xls", ole + bytes(39 * 2**20), "cannot be read by Thyrida")
    yield Hostile("ones.xls", ole + b"\xff" * (39 * 2**20), "cannot be read by Thyrida")
    yield Hostile("half.xls", xls()[: len(xls()) // 2], "cannot be read by Thyrida")
    yield Hostile("encrypted.xls", with_filepass(xls()), "encrypted")
    yield Hostile("word.csv", text().rstrip() + b";" + b"a" * 130_000 + b"\n", "")
    yield Hostile("zeros.csv", bytes(200 * 2**20), "40 MB")
    yield Hostile("less-zeros.csv", bytes(39 * 2**20), "not text")
    yield Hostile("semicolons.csv", b";" * (39 * 2**20), "16,000,000 characters")
    yield Hostile("new-lines.csv", b"\n" * (39 * 2**20), "16,000,000 characters")
    yield Hostile("one-field.csv", b"0" * (39 * 2**20), "16,000,000 characters")
    yield Hostile("quotes.csv", b'"' * (39 * 2**20), "16,000,000 characters")
    yield Hostile("many-rows.csv", text() + b";;;\n" * 1_000_000, "200,000 rows")
    yield Hostile("wide.csv", text() + b"x;" * 700_000, "600,000 filled cells")


def read_by(reader: subprocess.Popen[str], path: Path) -> tuple[int, list[str]]:
    """The status of the process that read a file, and the lines that it told."""
    assert reader.stdin
    assert reader.stdout
    print(path, file=reader.stdin, flush=True)
    *told, status = answer(reader.stdout)
    return int(status.removeprefix(END)), told


def answer(lines: Iterable[str]) -> Iterator[str]:
    """Lines up to the one that ends an answer."""
    for line in lines:
        yield line.rstrip("\n")
        if line.startswith(END):
            return


@pytest.mark.parametrize("kind", [workbooks, documents, older_and_plain_files])
def test_hostile_files_end_within_memory_and_time(kind: Callable[[], Iterator[Hostile]], tmp_path: Path) -> None:
    """Each gives exactly one error, or the two agencies of its table, in a process of 1 GB and 20 seconds."""
    found = {}
    pipe, command = subprocess.PIPE, [sys.executable, "-c", READER]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as reader:
        for hostile in kind():
            path = tmp_path / hostile.name
            path.write_bytes(hostile.data)
            status, told = read_by(reader, path)
            path.unlink()
            assert status == 0, (hostile.name, told)
            count, *errors = told
            as_meant = len(errors) == 1 and hostile.word in errors[0] if hostile.word else (count, errors) == ("2", [])
            found[hostile.name] = [] if as_meant else told
    assert not {name: told for name, told in found.items() if told}
