"""Any swap of two agencies inside a build is stopped by the build's own proof or by ``verify``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems, ThyridaError
from site_src.prove.verify import verify
from tests.support.mutants import ATTICA, FIRST_BUILD, HARMLESS, PAIR, REBUILD, SIKINOS
from tests.support.small_site import DAY, SmallSite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Mutant = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    """Two agencies with a letter and documents of their own, one that keeps its code, one without a contact."""
    small = SmallSite(tmp_path)
    small.write(top=f'keeps_code = ["{ATTICA}"]')
    small.write_passwords(f"{ATTICA}:kept\n{SIKINOS}:old\n")
    for username in PAIR:
        folder = small.campaign / "files" / username
        folder.mkdir(parents=True)
        (folder / "note.txt").write_text(f"for {username}", encoding="utf-8")
    return small


def stopped_by(site: SmallSite) -> str:
    """Return which of the two proofs stops a build of the site; "" if neither does."""
    try:
        site.build()
    except ThyridaError:
        return "build"
    problems = Problems()
    (inputs,) = read_inputs(site.folders, DAY, problems).campaigns
    assert not problems.has_errors
    return "verify" if verify(inputs, site.folders, jobs=2, progress=lambda: None).failures else ""


def test_what_is_right_is_not_stopped(site: SmallSite) -> None:
    """Without a fault, once and again, neither proof says a word."""
    assert stopped_by(site) == ""
    assert stopped_by(site) == ""


@pytest.mark.parametrize("mutant", FIRST_BUILD)
def test_every_swap_is_stopped(mutant: Mutant, site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters, archives, hashes, addresses, documents, names, pages: swapped anywhere, one of the proofs says stop."""
    mutant(monkeypatch)
    assert stopped_by(site)


@pytest.mark.parametrize("mutant", REBUILD)
def test_every_swap_in_a_rebuild_is_stopped(mutant: Mutant, site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are taken over from the last build are checked again."""
    site.build()
    mutant(monkeypatch)
    assert stopped_by(site) == "verify"


@pytest.mark.parametrize("mutant", HARMLESS)
def test_codes_swapped_everywhere_harm_nobody(mutant: Mutant, site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each agency is told a code that lets it, and it alone, in: there is nothing to stop."""
    mutant(monkeypatch)
    assert stopped_by(site) == ""
