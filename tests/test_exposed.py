from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.problems import Problems, Topic
from site_src.reading import read_inputs
from tests.small_site import DAY

if TYPE_CHECKING:
    from tests.small_site import SmallSite

ADDRESS = "thira@dimos.example"


def _leaks(site: SmallSite) -> list[tuple[str, str]]:
    """Where an address of the annex would be published; no other problem, and the address is not repeated."""
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


@pytest.mark.parametrize("name", ["help.md", "2020-11/circular.md", "2020-11/attachments/list.txt"])
def test_texts_and_attachments_are_looked_through(site: SmallSite, name: str) -> None:
    """A text that is published, and a file beside it, are told by their names."""
    path = site.folders.content / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"Γράψτε στο {ADDRESS.upper()}.", encoding="utf-8")
    assert _leaks(site) == [(name.removeprefix("2020-11/"), "")]


@pytest.mark.parametrize(
    "spelled", ["thirа@dimοs.example", "thira@dimos\u2024example", "thira (at) dimos [dot] example"]
)
@pytest.mark.parametrize("name", ["help.md", "2020-11/circular.md", "2020-11/attachments/list.txt"])
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
    """What stands in a comment of the facts goes nowhere, and may hold an address."""
    site.write(top=f"# {ADDRESS}")
    assert _leaks(site) == []


def test_a_file_that_cannot_be_looked_into_has_its_own_remedy(site: SmallSite) -> None:
    """What to do with it is told in the place of taking an address out, which nobody knows to be there."""
    folder = site.campaign / "attachments"
    folder.mkdir()
    (folder / "all.rar").write_bytes(b"Rar!\x1a\x07\x01\0")
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    (problem,) = problems.all()
    assert "is packed by RAR" in problem.message
    assert problem.hint.startswith("unpack it")
