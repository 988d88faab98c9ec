"""Whatever stands in campaign.toml is read as it is written, or told at its place."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from site_src.problems import Problems, Severity
from tests.support.content_files import campaign_of

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = ("folder", "deadline", "effective", "files_until", "keeps_code", "circular", "code", "annex", "reissue")
INNER = (*KNOWN, "date", "subject", "contacts", "signatory", "groups", "alphabet", "email", "012345678901", "name")
toml_values = st.recursive(
    st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=12) | st.dates() | st.times(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(KNOWN) | st.text(max_size=6), toml_values, max_size=9))
def test_any_facts_are_read_or_told_at_their_place(tmp_path: Path, facts: dict[str, object]) -> None:
    """Whatever stands at whatever key: each unknown key is told, each mistake has a remedy, the rest is of its type."""
    problems = Problems()
    campaign = campaign_of(tmp_path, tomlkit.dumps(facts), problems)
    errors = [problem for problem in problems.all() if problem.severity is Severity.ERROR]
    told = [problem.at.cell for problem in errors]
    assert all(problem.at.file == "campaign.toml" and problem.hint for problem in errors)
    assert set(facts) - set(KNOWN) <= set(told)
    assert all(key in facts or key in {"folder", "deadline", "effective"} for key in KNOWN if key in told)
    head, code = campaign.circular, campaign.code
    assert all(isinstance(day, date) for day in (campaign.deadline, campaign.effective, head.date or date.max))
    assert all(isinstance(text, str) for text in (campaign.folder, head.subject, *campaign.keeps_code, code.alphabet))
    assert all(isinstance(number, int) for number in (code.groups, code.group_length, *campaign.reissue.values()))


columns = st.dictionaries(
    st.sampled_from(["username", "name", "kind", "parent", "email", "status", "notes"]), st.just("Α")
)
generations = st.dictionaries(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(1, 99), max_size=3)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), columns, generations, st.sampled_from([(5, 4), (4, 5)]))
def test_facts_are_read_back(
    tmp_path: Path, until: date, annex: dict[str, str], reissue: dict[str, int], code: tuple[int, int]
) -> None:
    """What is written as it should be is read as it is written, without a word."""
    policy = dict(zip(("groups", "group_length"), code, strict=True))
    circular = {"protocol": "1", "date": date(2020, 11, 17), "subject": "Α"}
    days = {"deadline": date(2000, 1, 1), "effective": date(2000, 1, 2), "files_until": until}
    facts = {"folder": "Α", **days, "circular": circular, "annex": annex, "reissue": reissue, "code": policy}
    problems = Problems()
    campaign = campaign_of(tmp_path, tomlkit.dumps(facts), problems)
    assert problems.all() == ()
    assert (campaign.files_until, campaign.columns, campaign.reissue) == (until, annex, reissue)
    assert (campaign.code.groups, campaign.code.group_length) == code
