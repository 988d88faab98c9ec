from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.plan.manifest import INVENTORY_NAME, FormerCode, Manifest, Record, read_inventory, read_manifest, to_bytes
from site_src.problems import StateError
from site_src.read.agency import Status

if TYPE_CHECKING:
    from pathlib import Path

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
records = st.builds(
    Record,
    status=st.sampled_from(Status),
    name=texts,
    emails=texts,
    code=texts,
    letter=texts,
    size=st.integers(0, 2**40),
    sha256=texts,
    former=st.lists(st.builds(FormerCode, texts, st.datetimes(timezones=st.just(UTC))), max_size=3).map(tuple),
)
manifests = st.builds(
    Manifest,
    effective=st.dates(),
    agencies=st.dictionaries(st.from_regex(r"[0-9]{12}", fullmatch=True), records, max_size=4),
    inputs=st.dictionaries(texts, texts, max_size=3),
    made_with=texts,
    htpasswd_after=texts,
)
SOME = Manifest(
    effective=date(2020, 12, 1),
    agencies={"012345678901": Record(status=Status.NEW, name="Δήμος", emails="e")},
)


@given(manifests)
def test_what_is_written_is_read_back(tmp_path: Path, manifest: Manifest) -> None:
    """Every manifest comes back as it was, and its bytes depend on nothing but its content."""
    path = tmp_path / "manifest.json"
    path.write_bytes(manifest.to_bytes())
    found = read_manifest(path)
    assert found == manifest
    assert found.to_bytes() == manifest.to_bytes()


def test_no_file_is_no_manifest(tmp_path: Path) -> None:
    """A campaign that was never built has none; that is no mistake."""
    assert read_manifest(tmp_path / "manifest.json") is None


def test_greek_stands_readable_in_the_file() -> None:
    """Names are written as they are, for whoever looks into the file."""
    assert "Δήμος".encode() in SOME.to_bytes()


def test_a_manifest_of_another_version_is_an_empty_one(tmp_path: Path) -> None:
    """A manifest of another version is not guessed at: the campaign counts as built, and every letter is made anew."""
    content = json.loads(SOME.to_bytes()) | {"version": 99, "unheard": "of"}
    (tmp_path / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    assert read_manifest(tmp_path / "manifest.json") == Manifest()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"5",
        b"{}",
        b'{"version": 1}',
        b'{"version": 1, "agencies": []}',
        b'{"version": 1, "agencies": {"0": {}}}',
        b'{"version": 1, "agencies": {"0": null}}',
        b'{"version": 1, "agencies": {}, "strange": 1}',
        b"\xff\xfe",
        SOME.to_bytes()[:-20],
        b"[" * 100_000,
    ],
    ids=lambda data: data[:40].decode(errors="replace"),
)
def test_a_damaged_manifest_is_told_with_its_remedy(data: bytes, tmp_path: Path) -> None:
    """Cut, empty or of another shape: one error that names the file and what to do."""
    path = tmp_path / "manifest.json"
    path.write_bytes(data)
    with pytest.raises(StateError, match="damaged") as caught:
        read_manifest(path)
    assert str(path) in str(caught.value)
    assert "delete" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"2020-12-01"', "5"),
        ('"2020-12-01"', '"soon"'),
        ('"2020-12-01"', '""'),
        ('"012345678901"', '"../../etc"'),
        ('"new"', '"newer"'),
        ('"size": 0', '"size": "0"'),
        ('"size": 0', '"size": true'),
        ('"sha256": ""', '"sha256": null'),
        ('"code": ""', '"code": 5'),
        ('"inputs": {}', '"inputs": {"annex.csv": 5}'),
        ('"inputs": {}', '"inputs": []'),
        ('"size": 0', '"size": 0, "former": 5'),
        ('"size": 0', '"size": 0, "former": [["x"]]'),
        ('"size": 0', '"size": 0, "former": [[5, "2020-11-19T09:00:00+00:00"]]'),
        ('"size": 0', '"size": 0, "former": [["x", "2020-11-19"]]'),
        ('"htpasswd_after": ""', '"htpasswd_after": []'),
    ],
)
def test_a_fact_of_another_type_or_form_is_damage(old: str, new: str, tmp_path: Path) -> None:
    """No command meets a fact that it cannot use: each is looked at when the file is read."""
    text = SOME.to_bytes().decode()
    assert old in text
    (tmp_path / "manifest.json").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(StateError, match="damaged"):
        read_manifest(tmp_path / "manifest.json")


@given(st.binary(max_size=80), st.integers(0, 400), st.integers(0, 400))
def test_any_damage_is_a_manifest_or_that_error(tmp_path: Path, put: bytes, start: int, length: int) -> None:
    """Bytes put in place of others anywhere bring no other exception."""
    data = SOME.to_bytes()
    (tmp_path / "manifest.json").write_bytes(data[:start] + put + data[start + length :])
    try:
        assert isinstance(read_manifest(tmp_path / "manifest.json"), Manifest)
    except StateError:
        return


DIGESTS = {"b/δύο  κενά.pdf": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "a\u2028b": "0" * 64}


def test_an_inventory_that_is_written_is_read(tmp_path: Path) -> None:
    """Blanks, Greek letters and line ends of Unicode alone are no trouble; a file that is not there is none."""
    assert read_inventory(tmp_path) is None
    (tmp_path / INVENTORY_NAME).write_bytes(to_bytes(DIGESTS))
    assert read_inventory(tmp_path) == DIGESTS


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff", b"abc  x\n", to_bytes(DIGESTS)[:66], to_bytes(DIGESTS) * 2])
def test_damage_of_an_inventory_is_told(data: bytes, tmp_path: Path) -> None:
    """An empty file, a line of another form or cut short, and a file named twice are damage, and no traceback."""
    (tmp_path / INVENTORY_NAME).write_bytes(data)
    with pytest.raises(StateError, match="damaged"):
        read_inventory(tmp_path)


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is a program of Linux")
def test_sha256sum_reads_an_inventory(tmp_path: Path) -> None:
    """An administrator can hold what lies on the server against it without Thyrida."""
    name = next(iter(DIGESTS))
    (tmp_path / "b").mkdir()
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / INVENTORY_NAME).write_bytes(to_bytes({name: DIGESTS[name]}))
    command = ["sha256sum", "--check", "--quiet", "--strict", INVENTORY_NAME]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / name).write_bytes(b"y")
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 1
