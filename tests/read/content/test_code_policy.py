from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.htpasswd import hash_code
from site_src.plan.keys import CampaignKey
from site_src.problems import Problems
from site_src.read.settings import DEFAULT_ALPHABET, CodePolicy
from tests.support.content_files import CIRCULAR, DATES, campaign_of, places

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("alphabet", "says"),
    [
        ("CDFJLQRSW2346789C", "different"),
        ("CDFJLQRSW234678-", "ASCII letters and digits"),
        ("CDFJLQRSW234678Ω", "ASCII letters and digits"),
        ("CDFJLQRSW2346785", "S and 5"),
        ("CDFJLQRSW23467890", "Q and 0"),
        ("1IFJLQRSW2346789", "1 and I"),
        ("CDFJLQRSW234678A", "Greek letters: A"),
        ("CDFJLQRSW234678o", "Greek letters: o"),
        ("2", "0 bits"),
    ],
)
def test_an_alphabet_that_misleads_is_refused(alphabet: str, says: str, tmp_path: Path, problems: Problems) -> None:
    """Symbols that repeat, look alike in Latin, or look Greek are told by name."""
    campaign_of(tmp_path, DATES + CIRCULAR + f'[code]\nalphabet = "{alphabet}"\n', problems)
    assert problems.has_errors
    assert any(says in problem.message for problem in problems.all())
    assert set(places(problems)) <= {"code.alphabet", "code.groups"}


def test_the_built_in_alphabet_passes_its_own_check(tmp_path: Path, problems: Problems) -> None:
    """Writing the default into the file changes nothing."""
    campaign = campaign_of(tmp_path, DATES + CIRCULAR + f'[code]\nalphabet = "{DEFAULT_ALPHABET}"\n', problems)
    assert problems.all() == ()
    assert campaign.code == CodePolicy()


@pytest.mark.parametrize(
    ("groups", "length", "fits"),
    [(4, 4, False), (5, 4, True), (1, 18, False), (1, 19, True), (4, 5, True), (19, 1, False)],
)
def test_a_code_has_16_symbols_and_75_bits(
    groups: int, length: int, *, fits: bool, tmp_path: Path, problems: Problems
) -> None:
    """With 16 symbols to choose from, 19 are the least that give 75 bits; a code must also fit a line of the letter."""
    campaign_of(tmp_path, DATES + CIRCULAR + f"[code]\ngroups = {groups}\ngroup_length = {length}\n", problems)
    assert problems.has_errors is not fits


@pytest.mark.parametrize(("groups", "length"), [(15, 4), (1, 73), (10**9, 4), (4, 10**9), (37, 1), (8, 4), (7, 4)])
def test_a_code_that_is_too_long_is_refused(groups: int, length: int, tmp_path: Path, problems: Problems) -> None:
    """The letter shows a code on one line, and bcrypt reads 72 bytes: what is longer is an error at its key."""
    campaign_of(tmp_path, DATES + CIRCULAR + f"[code]\ngroups = {groups}\ngroup_length = {length}\n", problems)
    assert places(problems) == ["code.groups"]


@given(st.integers(1, 40), st.integers(1, 80))
def test_every_accepted_policy_gives_a_code_that_can_be_hashed(tmp_path: Path, groups: int, length: int) -> None:
    """Whatever policy passes the check, its codes reach the password file."""
    problems = Problems()
    campaign = campaign_of(
        tmp_path, DATES + CIRCULAR + f"[code]\ngroups = {groups}\ngroup_length = {length}\n", problems
    )
    if not problems.has_errors:
        key = CampaignKey(bytes(32))
        code = key.access_code(campaign.code, "012345678901", "a@b.example", 1)
        assert hash_code(bytes(16), "012345678901", code)
