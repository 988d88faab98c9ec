from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from site_src.files.htpasswd import hash_code
from site_src.folders import TEMPLATES, archive_path
from site_src.make import at_once as make
from site_src.make.archives import seal, unseal
from site_src.problems import InputError, MachineError
from site_src.read.inputs import Document
from tests.support.small_site import ROWS, SmallSite

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from site_src.plan.keys import CampaignKey

THIRA, ATTICA = (row.split(";")[0] for row in ROWS[:2])
THIRA_EMAIL = "thira@dimos.example"


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    """A small content folder that has never been built."""
    small = SmallSite(tmp_path)
    small.write()
    return small


def test_a_hash_that_does_not_take_its_code_stops_the_build(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the machine while hashing is told by the agency's name, and nothing is published."""

    def wrong(salt: bytes, username: str, code: str, kind: str) -> bytes:
        return hash_code(salt, username, code[:-1] if username == ATTICA else code, kind)

    monkeypatch.setattr(make, "hash_code", wrong)
    before = site.snapshot()
    with pytest.raises(MachineError, match=f'the hash of "{ATTICA}" does not take its code'):
        site.build()
    assert site.snapshot() == before


@pytest.mark.parametrize("name", ["Δήμος 😀", "Δήμος 日本", "Δήμος \ufffe"])
def test_a_name_that_no_letter_can_show_is_a_mistake_in_the_annex(name: str, site: SmallSite) -> None:
    """A sign that the letter's fonts lack is told with file, name and remedy, and nothing is written."""
    site.write((*ROWS, f"512345678901;{name};;x@dimos.example;"))
    before = site.snapshot()
    with pytest.raises(InputError) as caught:
        site.build()
    (problem,) = caught.value.problems
    assert problem.at.file == "annex.csv"
    assert problem.at.cell.startswith("B")
    assert problem.hint
    assert site.snapshot() == before


def test_all_names_that_no_letter_can_show_are_told_at_once(site: SmallSite) -> None:
    """Two such names are two problems of one build, not one after the other."""
    site.write((*ROWS, "512345678901;Δήμος 😀;;x@dimos.example;", "612345678901;日本;;y@dimos.example;"))
    with pytest.raises(InputError) as caught:
        site.build()
    assert len(caught.value.problems) == 2


def test_a_letter_of_ones_own_that_fails_for_one_agency_names_it(site: SmallSite) -> None:
    """Its trial with a sample passed; the agency for which it fails is told by its name, and nothing is written."""
    built_in = (TEMPLATES / "letter.typ").read_text(encoding="utf-8")
    own = built_in + '\n#if sys.inputs.agency == "Δήμος Θήρας" { panic("no") }\n'
    (site.campaign / "letter.typ").write_text(own, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        site.build()
    (problem,) = caught.value.problems
    assert (problem.at.cell, problem.value) == ("B2", "Δήμος Θήρας")
    assert "Typst cannot set this agency's letter" in problem.message
    assert not site.folders.out.exists()
    shutil.copytree(site.campaign, site.folders.content / "2021-05")
    with pytest.raises(InputError, match=r"2020-11/annex\.csv, B2: "):
        site.build()


def test_documents_travel_behind_the_letter(site: SmallSite) -> None:
    """An agency's own documents are sealed in its archive after its letter, and in no other's."""
    folder = site.campaign / "files" / THIRA
    folder.mkdir(parents=True)
    (folder / "Απόφαση.txt").write_bytes(b"decided")
    site.build()
    found = unseal(archive_path(site.files, THIRA).read_bytes(), THIRA_EMAIL)
    assert found is not None
    assert [document.name for document in found] == [f"{THIRA}.pdf", "Απόφαση.txt"]
    assert found[1].content == b"decided"
    attica = archive_path(site.files, ATTICA).read_bytes()
    opened = [unseal(attica, email) for email in ("a@dimos.example", "b@dimos.example")]
    assert [len(documents) for documents in opened if documents] == [1]


def test_an_archive_that_does_not_give_its_letter_back_stops_the_build(
    site: SmallSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were sealing ever wrong, by another library or a broken machine, the old site stays and the agency is named."""
    site.build()
    before = site.snapshot()
    site.write(rest=f'[reissue]\n"{THIRA}" = 2\n')

    def lose_the_last_byte(documents: Sequence[Document], password: str, key: CampaignKey, day: date | None) -> bytes:
        return seal([Document(each.name, each.content[:-1]) for each in documents], password, key, day)

    monkeypatch.setattr(make, "seal", lose_the_last_byte)
    with pytest.raises(MachineError, match=THIRA):
        site.build()
    assert {name: data for name, data in site.snapshot().items() if not name.startswith("content/")} == {
        name: data for name, data in before.items() if not name.startswith("content/")
    }
