from __future__ import annotations

import codecs
import shutil
from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems, Severity
from tests.support.small_site import DAY, ROWS
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite

BAD_ROW = "12;Δήμος Θήρας;;thira@dimos.example;"


def _files(site: SmallSite) -> set[str]:
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    return {problem.at.file for problem in problems.all()}


def test_damaged_facts_hide_no_other_mistake(site: SmallSite) -> None:
    """A slip in campaign.toml and in site.toml is told together with those of the annex and the circular."""
    site.write((BAD_ROW, *ROWS), top="place = Αθήνα", site="contact =")
    (site.campaign / "circular.md").write_text("{{ nothing }}", encoding="utf-8")
    assert _files(site) == {"site.toml", "campaign.toml", "annex.csv", "circular.md"}


def test_what_windows_editors_write_means_the_same(site: SmallSite) -> None:
    """A byte-order mark and the line ends of Windows, as Notepad saves them, change nothing in texts and facts."""
    circular = "Από {{ effective | date }} ισχύουν\n- ένα\n- δύο\n\n| α | β |\n|---|---|\n| 1 | 2 |\n"
    (site.campaign / "circular.md").write_text(circular, encoding="utf-8")
    (site.folders.content / "help.md").write_text("# Βοήθεια\n\nένα\nδύο\n", encoding="utf-8")
    before = read_inputs(site.folders, DAY, Problems())
    for path in site.folders.content.rglob("*.*"):
        path.write_bytes(codecs.BOM_UTF8 + path.read_text(encoding="utf-8").replace("\n", "\r\n").encode())
    problems = Problems()
    after = read_inputs(site.folders, DAY, problems)
    assert (after.site, after.pages, problems.all()) == (before.site, before.pages, ())
    (one,), (other,) = before.campaigns, after.campaigns
    assert (one.campaign, one.agencies, one.circular.html) == (other.campaign, other.agencies, other.circular.html)


@posix_only("Windows takes both letter cases for one name")
def test_a_second_annex_hides_no_mistake(site: SmallSite) -> None:
    """The mistakes of two annexes are all reported."""
    site.write((BAD_ROW, *ROWS))
    (site.campaign / "annex.CSV").write_bytes((site.campaign / "annex.csv").read_bytes())
    assert _files(site) == {"annex.*", "annex.csv", "annex.CSV"}


def test_without_an_annex_the_rest_is_told(site: SmallSite) -> None:
    """A missing annex is told together with the circular's mistakes, and brings no others with it."""
    (site.campaign / "annex.csv").unlink()
    (site.campaign / "files" / "012345678901").mkdir(parents=True)
    (site.campaign / "circular.md").write_text("{{ nothing }}", encoding="utf-8")
    assert _files(site) == {"annex.*", "circular.md"}


def test_the_circular_tells_what_no_other_mistake_explains(site: SmallSite) -> None:
    """A bad row hides no fact that is missing; a fact or agency that could not be read is told where it stands."""
    (site.campaign / "circular.md").write_text("{{ files_until | date }} {{ agencies[0].name }}", encoding="utf-8")
    for rows, top, files in (
        (ROWS, "", ["circular.md"]),
        ((BAD_ROW,), "", ["annex.csv", "circular.md"]),
        (ROWS, "files_until = 'x'", ["campaign.toml"]),
        ((BAD_ROW,), "files_until = 'x'", ["campaign.toml", "annex.csv"]),
    ):
        text = (site.campaign / "circular.md").read_text(encoding="utf-8")
        site.write(rows, top=top)
        (site.campaign / "circular.md").write_text(text, encoding="utf-8")
        assert [file for file, _, _ in _told(site)] == files


def test_of_several_campaigns_each_mistake_tells_its_own(site: SmallSite) -> None:
    """Each mistake and warning names its campaign, in any file, the server's password file too."""
    rows = [row.replace("Σικίνου", "Θήρας") for row in ROWS]
    site.write((*rows[:2], BAD_ROW), top='keeps_code = ["112345678901"]', rest='details = ["a@dimos.example"]')
    site.add_campaign("2021-05")
    site.write(rest="[reissue]\n999999999999 = 1\n", site='[contact]\nemail = "thira@dimos.example"\n')
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    assert {(problem.at.campaign, problem.at.file) for problem in problems.all()} == {
        ("", "site.toml"),
        ("2021-05", "private/current.htpasswd"),
        ("2020-11", "campaign.toml"),
        ("2021-05", "annex.csv"),
        ("2021-05", "campaign.toml"),
    }


def test_what_the_campaign_before_had_otherwise_tells_whose_annex_it_is(site: SmallSite) -> None:
    """A warning of `check` and `build` alike; a mistake of one campaign hides none of another's."""
    site.add_campaign("2021-05")
    site.write(ROWS[:-1])
    facts = site.campaign / "campaign.toml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("2020-12-01", "2021-06-01"), encoding="utf-8")
    (warning,) = site.build().warnings
    assert str(warning).startswith("warning: 2020-11/annex.csv: ")


def _told(site: SmallSite) -> list[tuple[str, str, str]]:
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    return [(problem.at.file, problem.at.cell, problem.message) for problem in problems.all()]


def test_a_content_folder_without_campaigns_is_told(site: SmallSite) -> None:
    """A content folder with site.toml alone is an error that says how a campaign begins."""
    shutil.rmtree(site.campaign)
    assert _told(site) == [("", "", "there is no campaign in the content folder")]


def test_a_page_of_ones_own_is_checked_too(site: SmallSite) -> None:
    """help.md may hold no link that runs a script, wherever it is."""
    (site.folders.content / "help.md").write_text("[αρχείο](javascript:alert(1))\n", encoding="utf-8")
    assert _told(site) == [("help.md", "", "this link may not stand on a page")]


def test_a_new_code_for_nobody_is_told(site: SmallSite) -> None:
    """A user name in [reissue] that the annex lacks is a slip, or a line that has had its time."""
    site.write(rest="[reissue]\n999999999999 = 1\n")
    assert _told(site) == [("campaign.toml", "reissue.999999999999", "the annex has no agency with this user name")]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf212345678901:old\n", "212345678901:old\n".encode("utf-16")])
def test_a_password_file_that_an_editor_has_saved_is_refused(site: SmallSite, data: bytes) -> None:
    """With a byte order mark or two bytes a letter it would let nobody in."""
    site.write(top='keeps_code = ["212345678901"]')
    site.write_passwords("")
    (site.folders.private / "current.htpasswd").write_bytes(data)
    assert ("private/current.htpasswd", "", "this is not the server's password file as the server has it") in _told(
        site
    )


def test_a_password_file_with_line_ends_of_windows_is_taken_with_a_warning(site: SmallSite) -> None:
    """It works, but on the day it differs from the server's own in every line."""
    site.write(top='keeps_code = ["212345678901"]')
    site.write_passwords("")
    (site.folders.private / "current.htpasswd").write_bytes(b"212345678901:old\r\n")
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    (warning,) = problems.all()
    assert warning.severity is Severity.WARNING
    assert "end as on Windows" in warning.message
    assert "byte for byte" in warning.hint
