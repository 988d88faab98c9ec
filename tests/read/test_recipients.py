from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.build import check
from site_src.problems import Severity
from tests.support.small_site import DAY, SLUG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_src.problems import Problem
    from tests.support.small_site import SmallSite

NEXT = "2021-05"
AGENCIES = 45  # so many that four who must call are less than a tenth


def _rows(number: int, callers: int, status: str = "") -> tuple[str, ...]:
    """An annex of so many agencies, of which the first ones have no address."""
    return tuple(
        f"{row:012d};Φορέας {row};;{'' if row < callers else f'a{row}@dimos.example'};{status if row < callers else ''}"
        for row in range(number)
    )


def _told(site: SmallSite) -> Sequence[Problem]:
    return check(site.folders, DAY)[1]


@pytest.mark.parametrize("status", ["", "contact-us", "keeps"])
def test_a_campaign_in_which_nobody_gets_a_code_is_an_error(site: SmallSite, status: str) -> None:
    """Whatever the reason, the annex is named, and how many keep their codes or must call."""
    site.write(_rows(3, 3, status))
    site.write_passwords("".join(f"{row:012d}:old\n" for row in range(3)))
    (problem,) = _told(site)
    assert (problem.severity, problem.at.file) == (Severity.ERROR, "annex.csv")
    keeps = 3 if status == "keeps" else 0
    assert problem.message == f"no agency gets a new code: {keeps} keep theirs, and {3 - keeps} must call"


@pytest.mark.parametrize(
    ("number", "callers", "told"), [(20, 2, True), (21, 2, False), (5, 1, False), (390, 2, False), (390, 39, True)]
)
def test_a_tenth_that_must_call_is_told_once(site: SmallSite, number: int, callers: int, *, told: bool) -> None:
    """One warning has the number and the first few by name and cell; one agency alone is never told."""
    site.write(_rows(number, callers))
    problems = _told(site)
    assert [problem.severity for problem in problems] == ([Severity.WARNING] if told else [])
    for problem in problems:
        assert problem.message.startswith(f"{callers} of {number} agencies must call: Φορέας 0 (A2), Φορέας 1 (A3)")


@pytest.mark.parametrize(
    ("before", "now", "told"), [(1, 1, False), (1, 2, True), (2, 3, False), (2, 4, True), (0, 2, True), (0, 1, False)]
)
@pytest.mark.parametrize("built", [False, True])
def test_twice_the_share_of_the_campaign_before_is_told(
    site: SmallSite,
    before: int,
    now: int,
    built: bool,  # noqa: FBT001 (a case)
    told: bool,  # noqa: FBT001 (a case)
) -> None:
    """The campaign before counts by its folder, or by what was built of it."""
    site.write(_rows(AGENCIES, before))
    if built:
        site.build()
    folder = site.add_campaign(NEXT)
    facts = (folder / "campaign.toml").read_text(encoding="utf-8")
    (folder / "campaign.toml").write_text(facts.replace("2020", "2021"), encoding="utf-8")
    if built:
        site.campaign.rename(folder.with_name("out-of-the-way"))
        (folder.parent / "out-of-the-way").rename(site.base / "elsewhere")
    header, *_ = (folder / "annex.csv").read_text(encoding="utf-8").splitlines()
    (folder / "annex.csv").write_text("\n".join((header, *_rows(AGENCIES, now))) + "\n", encoding="utf-8")
    problems = [problem for problem in _told(site) if "must call" in problem.message]
    assert [problem.at.file for problem in problems] == (["annex.csv"] if told else [])
    for problem in problems:
        said = f"{now} of {AGENCIES} agencies must call, and in campaign {SLUG} {before} of {AGENCIES}: Φορέας 0 (A2)"
        assert problem.message.startswith(said)
