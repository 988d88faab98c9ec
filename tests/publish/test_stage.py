from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.files.pdf_text import read_pdf
from site_src.make.archives import unseal
from site_src.problems import InputError
from tests.support.small_site import ROWS, SLUG

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite

THIRA = ROWS[0].split(";")[0]


def test_attachments_lie_beside_the_circular(site: SmallSite) -> None:
    """A file that the circular links is published as it is, under its own name."""
    (site.campaign / "attachments").mkdir()
    (site.campaign / "attachments" / "έγγραφο 1.pdf").write_bytes(b"%PDF-1.4 as it is")
    site.build()
    beside = site.folders.out / "circulars" / SLUG / "έγγραφο 1.pdf"
    assert beside.read_bytes() == b"%PDF-1.4 as it is"


def test_the_last_scan_finds_a_code_in_the_text(site: SmallSite) -> None:
    """Somebody pastes a code out of a letter into the circular: no check of the inputs knows codes, the scan does."""
    site.build()
    documents = unseal((site.files / THIRA / f"{THIRA}.zip").read_bytes(), "thira@dimos.example")
    assert documents is not None
    words = read_pdf(documents[0].content).split()
    code = next(word for word in words if word.count("-") == 4)
    before = site.snapshot()
    with (site.campaign / "circular.md").open("a", encoding="utf-8") as file:
        file.write(f"\nΠαράδειγμα κωδικού: {code}\n")
    with pytest.raises(InputError) as caught:
        site.build()
    (problem,) = caught.value.problems
    assert problem.at.file == f"circulars/{SLUG}/index.html"
    assert "nothing was published" in problem.hint
    assert code not in str(caught.value)
    after = site.snapshot()
    assert {name for name in after if after[name] != before.get(name)} == {f"content/{SLUG}/circular.md"}


def test_the_last_scan_finds_a_code_in_the_name_of_a_sealed_document(site: SmallSite) -> None:
    """Names in an archive are not encrypted, so a document that is called after a code stops the build."""
    site.build()
    documents = unseal((site.files / THIRA / f"{THIRA}.zip").read_bytes(), "thira@dimos.example")
    assert documents is not None
    code = next(word for word in read_pdf(documents[0].content).split() if word.count("-") == 4)
    folder = site.campaign / "files" / THIRA
    folder.mkdir(parents=True)
    (folder / f"κωδικός {code.lower()}.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        site.build()
    (problem,) = caught.value.problems
    assert "an access code stands in a file's name" in problem.message
    assert code.lower() not in str(caught.value).lower()
