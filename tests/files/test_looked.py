"""A note of what was looked through is of use for the same file, the same secrets and the same program alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.files.looked import LOOKED_NAME, Looked, mark_of
from site_src.prove.leaks import find_leaks
from site_src.prove.secrets import Secrets
from site_src.read.settings import CodePolicy

if TYPE_CHECKING:
    from pathlib import Path

EMAIL, CODE, KEY = "maria.p@dimos.example", "CDFJ-LQRS-W234-6789-CDFJ", bytes(range(32))


def secrets(email: str = EMAIL, codes: tuple[str, ...] = (CODE,), key: bytes = KEY) -> Secrets:
    """One of each kind."""
    return Secrets.of([email], codes, [CodePolicy()], [key])


def test_the_same_secrets_give_the_same_mark() -> None:
    """In whatever order they come, and whatever else is asked in between."""
    one, other = (Secrets.of(emails, [CODE], [CodePolicy()], [KEY]) for emails in (["a@b.c", EMAIL], [EMAIL, "a@b.c"]))
    assert mark_of(b"x", one.fingerprint) == mark_of(b"x", other.fingerprint)


@pytest.mark.parametrize(
    "others",
    [
        secrets(email="maria.q@dimos.example"),
        secrets(codes=(CODE.replace("W", "X"),)),
        secrets(codes=()),
        secrets(key=bytes(32)),
        Secrets.of([EMAIL], [CODE], [CodePolicy(groups=6)], [KEY]),
        secrets(codes=(CODE, CODE.lower())),
    ],
)
def test_another_secret_gives_another_mark(others: Secrets) -> None:
    """A file that held nothing is read again as soon as something else is looked for."""
    assert mark_of(b"x", others.fingerprint) != mark_of(b"x", secrets().fingerprint)


def test_another_program_gives_another_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer version reads again the files that an older one found harmless."""
    before = mark_of(b"x", secrets().fingerprint)
    monkeypatch.setattr("site_src.files.looked._program", lambda: b"another")
    assert mark_of(b"x", secrets().fingerprint) != before


def test_only_what_holds_nothing_is_noted(tmp_path: Path) -> None:
    """A file that leaks is told at every look; the note has neither names nor secrets, and of this look alone."""
    looked = Looked(frozenset({"old"}))
    for _ in range(2):
        assert find_leaks("a.txt", b"nothing", secrets(), looked) == []
        assert len(find_leaks("b.txt", EMAIL.encode(), secrets(), looked)) == 1
        assert len(find_leaks(f"{EMAIL}.txt", b"nothing", secrets(), looked)) == 1
    (tmp_path / LOOKED_NAME).write_bytes(looked.to_bytes())
    assert Looked.through(tmp_path).before == {mark_of(b"nothing", secrets().fingerprint)}


@pytest.mark.parametrize(
    ("published", "facts", "program"),
    [(b"made?", "facts", b"same"), (b"", "facts", b"same"), (b"made", "others", b"same"), (b"made", "facts", b"other")],
)
def test_what_is_not_proved_the_same_is_made_anew(
    published: bytes, facts: str, program: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other bytes, none, other facts, or another program: each of them alone."""
    monkeypatch.setattr("site_src.files.looked._program", lambda: b"same")
    before, path = Looked(), tmp_path / "page"
    assert before.again(path, "facts", lambda: b"made") == b"made"
    path.write_bytes(b"made")
    assert Looked(frozenset(before.now)).again(path, "facts", lambda: b"anew") == b"made"
    path.write_bytes(published)
    monkeypatch.setattr("site_src.files.looked._program", lambda: program)
    assert Looked(frozenset(before.now)).again(path, facts, lambda: b"anew") == b"anew"


@pytest.mark.parametrize("note", [None, b"", b"{", b"3", b"[[]]", b"\xff"])
def test_a_lost_or_damaged_note_is_none(note: bytes | None, tmp_path: Path) -> None:
    """Everything is read again."""
    if note is not None:
        (tmp_path / LOOKED_NAME).write_bytes(note)
    assert Looked.through(tmp_path) == Looked()
