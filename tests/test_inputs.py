from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.inputs import read_inputs
from site_src.problems import Problems
from tests.small_site import DAY, ROWS

if TYPE_CHECKING:
    from tests.small_site import SmallSite

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


def test_a_second_annex_hides_no_mistake(site: SmallSite) -> None:
    """Where two annexes lie there, the mistakes of both are told."""
    site.write((BAD_ROW, *ROWS))
    (site.campaign / "annex.CSV").write_bytes((site.campaign / "annex.csv").read_bytes())
    assert _files(site) == {"2020-11/annex.*", "annex.csv", "annex.CSV"}


def test_without_an_annex_the_rest_is_told(site: SmallSite) -> None:
    """A missing annex is told together with the circular's mistakes, and brings no others with it."""
    (site.campaign / "annex.csv").unlink()
    (site.campaign / "files" / "012345678901").mkdir(parents=True)
    (site.campaign / "circular.md").write_text("{{ nothing }}", encoding="utf-8")
    assert _files(site) == {"2020-11/annex.*", "circular.md"}
