from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from site_src.files.looked import LOOKED_NAME
from site_src.files.text import read_pdf
from site_src.make.archives import unseal
from site_src.make.pages import _Renderer
from site_src.problems import InputError
from site_src.prove.leaks import PageScan
from tests.support.small_site import ROWS, SLUG

if TYPE_CHECKING:
    from site_src.read.agency import Agency
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


@dataclass
class Work:
    """The user names of agencies whose pages were rendered, and the paths of the pages that were looked through."""

    rendered: list[str] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)


@pytest.fixture
def work(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Build the site once; count what is done from then on."""
    site.build()
    found, render, look = Work(), _Renderer._agency, PageScan.look  # noqa: SLF001 (what is not done cannot be seen from outside)

    def count_rendered(self: _Renderer, path: str, agency: Agency, *rest: Any) -> bytes:  # noqa: ANN401 (handed on)
        found.rendered.append(agency.username)
        return render(self, path, agency, *rest)

    def count_looked_at(self: PageScan, name: str, page: bytes) -> None:
        found.looked_at.append(name)
        look(self, name, page)

    monkeypatch.setattr(_Renderer, "_agency", count_rendered)
    monkeypatch.setattr(PageScan, "look", count_looked_at)
    return found


def page_of(username: str) -> str:
    """Return the path of an agency's own page."""
    return f"files/{SLUG}/{username}/index.html"


def test_a_changed_address_renders_its_own_agencys_page_and_looks_through_all(site: SmallSite, work: Work) -> None:
    """The page shows the new archive's size and SHA-256. The new secrets are searched for in the old pages too."""
    site.write((ROWS[0].replace("thira@", "neos@"), *ROWS[1:]))
    site.build()
    assert work.rendered == [THIRA]
    assert {page_of(row.split(";")[0]) for row in ROWS} < set(work.looked_at)


def test_a_changed_name_renders_its_own_page_alone(site: SmallSite, work: Work) -> None:
    """An agency's page that is proved the same is not rendered again; the last scan looks through all of them."""
    contactless = ROWS[-1].split(";")[0]
    site.write((*ROWS[:-1], ROWS[-1].replace("Σικίνου", "Φολεγάνδρου")))
    site.build()
    assert work.rendered == [contactless]
    assert {page_of(row.split(";")[0]) for row in ROWS} < set(work.looked_at)


def test_kept_pages_are_those_of_a_build_that_keeps_none(site: SmallSite, work: Work) -> None:
    """After a change, the site is byte for byte what a build makes that has no note of the last one."""
    site.write((ROWS[0].replace("thira@", "neos@"), *ROWS[1:]))
    site.build()
    kept = {name: data for name, data in site.snapshot().items() if name.startswith("dist/")}
    (site.folders.private / LOOKED_NAME).unlink()
    work.rendered.clear()
    site.build()
    assert len(work.rendered) == len(ROWS)
    assert {name: data for name, data in site.snapshot().items() if name.startswith("dist/")} == kept


def test_a_page_that_somebody_has_changed_is_rendered_again(site: SmallSite, work: Work) -> None:
    """A page is kept only byte for byte."""
    page = site.folders.out / page_of(THIRA)
    before = page.read_bytes()
    page.write_bytes(before + b" ")
    site.build()
    assert work.rendered == [THIRA]
    assert page.read_bytes() == before


def test_a_new_address_is_found_in_a_page_that_is_kept(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever brought it there, what an old page shows becomes a leak when it becomes a contact's address."""
    render = _Renderer._agency  # noqa: SLF001 (no input can bring an address there)

    def leaking(self: _Renderer, path: str, agency: Agency, *rest: Any) -> bytes:  # noqa: ANN401 (handed on)
        return render(self, path, agency, *rest) + f"{agency.username} neos@dimos.example".encode()

    with monkeypatch.context() as patch:
        patch.setattr(_Renderer, "_agency", leaking)
        site.build()
    site.write((ROWS[0].replace("thira@", "neos@"), *ROWS[1:]))
    with pytest.raises(InputError) as caught:
        site.build()
    assert {problem.at.file for problem in caught.value.problems} == {page_of(row.split(";")[0]) for row in ROWS[1:]}
