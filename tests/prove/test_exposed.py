from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from site_src.folders import Options
from site_src.pipeline.build import build, check
from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems, Topic
from site_src.prove.secrets import PIECE_BYTES, kinds_in
from site_src.serve.preview import Preview
from tests.support.small_site import DAY, ROWS, Quiet
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from site_src.prove.secrets import Secrets
    from tests.support.small_site import SmallSite

ADDRESS = "thira@dimos.example"


def _leaks(site: SmallSite) -> list[tuple[str, str]]:
    """Return the places where an address of the annex would be published; no address is repeated, no other problem."""
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    assert all(problem.topic is Topic.LEAK for problem in problems.all())
    assert ADDRESS not in "".join(map(str, problems.all()))
    return [(problem.at.file, problem.at.cell) for problem in problems.all()]


def test_the_sample_of_the_tests_exposes_nothing(site: SmallSite) -> None:
    """A site without such a text has no problem."""
    assert _leaks(site) == []


def test_the_offices_own_address_may_be_in_no_annex(site: SmallSite) -> None:
    """The address that every page shows is told at its key."""
    site.write(site=f'[contact]\nemail = "{ADDRESS}"\n')
    assert _leaks(site) == [("site.toml", "contact.email")]


def test_the_letterhead_is_looked_through(site: SmallSite) -> None:
    """A line of the circular's letterhead is told at its key."""
    site.write(rest=f'details = ["E-mail: {ADDRESS}"]')
    assert _leaks(site) == [("campaign.toml", "circular.details")]


def test_a_logo_is_looked_through(site: SmallSite) -> None:
    """A drawing's own description is published with it."""
    site.write(site='logo = "logo.svg"\n')
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><metadata>{ADDRESS}</metadata></svg>'
    (site.folders.content / "logo.svg").write_text(text, encoding="utf-8")
    assert _leaks(site) == [("logo.svg", "")]


@pytest.mark.parametrize("name", ["help.md", "pages/help.md", "2020-11/circular.md", "2020-11/attachments/list.txt"])
def test_texts_and_attachments_are_looked_through(site: SmallSite, name: str) -> None:
    """A text that is published, and a file beside it, are told by their names."""
    path = site.folders.content / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"Γράψτε στο {ADDRESS.upper()}.", encoding="utf-8")
    assert _leaks(site) == [(name.removeprefix("2020-11/"), "")]


@pytest.mark.parametrize(
    "spelled", ["thirа@dimοs.example", "thira@dimos\u2024example", "thira (at) dimos [dot] example"]
)
@pytest.mark.parametrize("name", ["help.md", "pages/help.md", "2020-11/circular.md", "2020-11/attachments/list.txt"])
def test_another_spelling_of_an_address_is_told(site: SmallSite, name: str, spelled: str) -> None:
    """Letters of other scripts, signs of word processors and words in brackets hide no address in what is published."""
    path = site.folders.content / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"Γράψτε στο {spelled}.", encoding="utf-8")
    assert _leaks(site) == [(name.removeprefix("2020-11/"), "")]


@pytest.mark.parametrize("name", ["help.md", "2020-11/circular.md"])
def test_the_lines_of_a_text_are_told(site: SmallSite, name: str) -> None:
    """Each line that holds an address, whatever stands around it."""
    path = site.folders.content / name
    path.write_text(f"α\n\n**{ADDRESS}**\nβ\n[γ](mailto:{ADDRESS})\n", encoding="utf-8")
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    assert [problem.at.line for problem in problems.all()] == [3, 5]


def test_what_placeholders_put_together_has_no_line(site: SmallSite) -> None:
    """It is told all the same, at the file."""
    (site.campaign / "circular.md").write_text('α\n\nthira@{{ "dimos.example" }}\n', encoding="utf-8")
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    assert [problem.at.line for problem in problems.all()] == [0]


def test_a_comment_is_not_published(site: SmallSite) -> None:
    """A comment of the facts is published nowhere, and may hold an address."""
    site.write(top=f"# {ADDRESS}")
    assert _leaks(site) == []


def test_a_file_that_cannot_be_looked_into_has_its_own_remedy(site: SmallSite) -> None:
    """The hint says what to do with the file, not to take out an address that may not be there."""
    folder = site.campaign / "attachments"
    folder.mkdir()
    (folder / "all.pdf").write_bytes(b"%PDF-1.7 trailer<</Encrypt 1 0 R>>")
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    (problem,) = problems.all()
    assert "is an encrypted PDF" in problem.message
    assert "print it to a new PDF" in problem.hint


@pytest.mark.parametrize("name", [ADDRESS, ADDRESS.upper(), ADDRESS.replace("@", " (at) ")])
def test_the_name_of_a_document_in_an_archive_is_looked_at(site: SmallSite, name: str) -> None:
    """Names in a ZIP are not encrypted: an address in one is told at the agency's folder, and is not repeated."""
    folder = site.campaign / "files" / ROWS[0].split(";")[0]
    folder.mkdir(parents=True)
    (folder / f"{name}.pdf").write_bytes(b"sealed")
    (folder / "other.pdf").write_text(ADDRESS, encoding="utf-8")
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    (problem,) = problems.all()
    assert (problem.topic, problem.at.file) == (Topic.LEAK, "(its name is not shown here)")
    assert "in an agency's archive too" in problem.hint
    assert "dimos" not in str(problem).lower()


@posix_only("Windows keeps no such names")
@pytest.mark.parametrize("place", ["attachments", f"files/{ROWS[0].split(';')[0]}", "files", ""])
def test_a_file_that_is_refused_is_not_named_by_an_address(site: SmallSite, place: str) -> None:
    """A message that was saved under its sender's address is refused without repeating it."""
    folder = site.campaign / place
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{ADDRESS} ?.msg").write_bytes(b"x")
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    assert [problem.at.file for problem in problems.all()] == ["(its name is not shown here)"]
    assert ADDRESS not in "".join(map(str, problems.all()))


def test_a_file_that_has_not_changed_is_looked_through_once(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a check nor a preview reads it again behind a build; another address, or another byte, is a new look."""
    sought = []

    def count(data: bytes, secrets: Secrets, step: Callable[[], None] = lambda: None) -> list[str]:
        sought.append(data)
        return kinds_in(data, secrets, step)

    folder = site.campaign / "attachments"
    folder.mkdir()
    (folder / "a.txt").write_text("nothing", encoding="utf-8")
    monkeypatch.setattr("site_src.prove.leaks.kinds_in", count)
    site.build()
    assert sought.count(b"nothing") == 2  # for addresses before anything is made, for codes and keys behind it
    (site.campaign / "circular.md").write_text("Νέο κείμενο.\n", encoding="utf-8")
    site.build()
    assert _leaks(site) == []
    assert sought.count(b"nothing") == 2
    site.write((*ROWS, "412345678901;Δήμος Νέος;;neos@dimos.example;"))
    assert _leaks(site) == []
    assert sought.count(b"nothing") == 3
    preview = Preview(site.folders, lambda: DAY)
    preview.refresh()
    preview.refresh()
    assert sought.count(b"nothing") == 4
    (folder / "a.txt").write_text(ADDRESS, encoding="utf-8")
    assert _leaks(site) == [("attachments/a.txt", "")]
    assert _leaks(site) == [("attachments/a.txt", "")]


class _Shown(Quiet):
    """A progress that notes what it was to show."""

    def __init__(self) -> None:
        super().__init__()
        self.works: list[str] = []

    @contextmanager
    def showing(self, text: str, total: int) -> Iterator[Callable[[], None]]:
        """Note what begins, and the end."""
        self.works += [text] if total and "letters" not in text else []
        yield self.step
        self.works.append("end")


def test_a_large_attachment_shows_how_far_the_look_is(site: SmallSite) -> None:
    """Check, preview and build show it while they read the file, and not once it was looked through."""
    folder = site.campaign / "attachments"
    folder.mkdir()
    (folder / "small.txt").write_text("nothing", encoding="utf-8")
    (folder / "large.txt").write_bytes(b"nothing\n" * (PIECE_BYTES // 3))
    look = ["Looking through attachments/large.txt", "end"]
    shown = _Shown()
    assert check(site.folders, DAY, progress=shown)[1] == ()
    assert shown.works == look
    shown = _Shown()
    preview = Preview(site.folders, lambda: DAY, progress=shown)
    preview.refresh()
    preview.refresh()
    assert shown.works == look
    shown = _Shown()
    build(Options(folders=site.folders, day=DAY, jobs=1), shown)
    assert shown.works == [*look, "end", "Looking through circulars/2020-11/large.txt", "end"]
    shown = _Shown()
    assert check(site.folders, DAY, progress=shown)[1] == ()
    assert shown.works == []


def test_the_command_line_shows_a_large_attachment(site: SmallSite) -> None:
    """A plain line at each quarter shows the progress without a terminal."""
    folder = site.campaign / "attachments"
    folder.mkdir()
    (folder / "large.txt").write_bytes(b"nothing\n" * (PIECE_BYTES // 4))
    done = site.run("check")
    assert done.returncode == 0
    assert "Looking through attachments/large.txt: 1 of 4\n" in done.stderr
    assert "Looking" not in site.run("check", "--quiet").stderr
