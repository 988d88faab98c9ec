from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_src.commands.documents import OWN_TEXTS, find_annexes, find_circulars, find_file, find_password_files
from site_src.files.walk import is_keepable
from site_src.problems import UsageError
from tests.support.small_site import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# As each program writes a path that is dropped onto it.
DROPPED: dict[str, Callable[[Path], str]] = {
    "typed": str,
    "with blanks around it": lambda path: f"  {path} ",
    "in the console of Windows": lambda path: f'"{path}"',
    "in PowerShell": lambda path: "& '" + str(path).replace("'", "''") + "'",
    "in a terminal of Linux": lambda path: shlex.quote(str(path)) + " ",
    "in the terminal of macOS": lambda path: "".join(c if c.isalnum() or c in "/._-" else f"\\{c}" for c in str(path)),
    "as an address": lambda path: path.absolute().as_uri() + "\r\n",
    "as an address of this machine": lambda path: path.absolute().as_uri().replace("file:///", "file://localhost/"),
}
UNKEEPABLE = '/\\"\0' if os.name == "posix" else '/\\"\0<>:|?*'
NAMES = st.text(
    st.characters(exclude_characters=UNKEEPABLE, exclude_categories=["Cc", "Cs", "Z"]) | st.sampled_from(" '&")
)


def may_be_a_name(text: str) -> bool:
    """Return whether this system can keep a file of this name, before its ending."""
    return text not in {"", ".", ".."} and (os.name == "posix" or is_keepable(f"{text}.xls"))


@pytest.mark.parametrize("how", DROPPED)
@settings(max_examples=40)
@given(name=NAMES.map(lambda name: name.strip()).filter(may_be_a_name))
def test_a_dropped_path_is_the_file(tmp_path: Path, how: str, name: str) -> None:
    """However a program writes the path of a file that is dropped onto it, the file is found."""
    path = tmp_path / f"{name.encode()[:200].decode(errors='ignore')}.xls"
    path.write_bytes(b"")
    try:
        assert find_file(DROPPED[how](path), ()).samefile(path)
    finally:
        path.unlink()


@given(text=st.text(max_size=300))
def test_any_other_text_is_refused(tmp_path: Path, text: str) -> None:
    """A text that names no file is wrong usage, whatever it is: a quotation without end, an address, a long name."""
    for typed in (text, f"'{text}", f"file://[{text}", text * 50):
        with pytest.raises(UsageError):
            find_file(f"{tmp_path}/none/{typed}" if typed.strip() else typed, ())


def test_a_bare_name_is_looked_for_in_the_folders(tmp_path: Path) -> None:
    """A name without a folder is that of a file here, or in one of the usual folders."""
    (tmp_path / "a b.xls").write_bytes(b"")
    assert find_file("a b.xls", [tmp_path]) == tmp_path / "a b.xls"


def test_the_likeliest_document_is_first(tmp_path: Path) -> None:
    """One that is called as what is sought comes first, then the newest; lock files and other kinds are none."""
    for age, name in enumerate(("παράρτημα.xls", "b.xlsx", "c.csv", "~$b.xlsx", "egkyklios.docx", "x.txt", "a.pdf")):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (age, age))
    assert [path.name for path in find_annexes([tmp_path, tmp_path])] == ["παράρτημα.xls", "c.csv", "b.xlsx"]
    assert [path.name for path in find_circulars([tmp_path, tmp_path / "none"])] == ["egkyklios.docx", "x.txt"]


def test_a_kind_that_is_not_read_is_found_only_alone(tmp_path: Path) -> None:
    """A PDF and a Numbers sheet are found if there is nothing better, and then refused with what to do."""
    (tmp_path / "a.pdf").write_bytes(b"")
    (tmp_path / "b.xlsm").write_bytes(b"")
    assert find_circulars([tmp_path]) == [tmp_path / "a.pdf"]
    assert find_annexes([tmp_path]) == [tmp_path / "b.xlsm"]


def test_a_password_file_is_known_by_its_name(tmp_path: Path) -> None:
    """A copy of a server's password file is found, a list of users is none."""
    for name in ("agencies.htpasswd", "htpasswd", "htpasswd-users.txt", "list"):
        (tmp_path / name).write_bytes(b"")
    assert {path.name for path in find_password_files([tmp_path])} == {"agencies.htpasswd", "htpasswd"}


def test_the_programs_own_texts_are_no_circulars() -> None:
    """Every text beside build.py that the program comes with is passed over."""
    beside = {path.name for pattern in ("*.md", "requirements*.txt") for path in ROOT.glob(pattern)}
    assert beside == OWN_TEXTS
    assert not {path.name for path in find_circulars([ROOT])} & OWN_TEXTS
