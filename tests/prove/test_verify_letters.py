"""`verify` reads every letter that a build can make: names, codes and addresses of any form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems
from site_src.prove.verify import Failure, verify
from tests.support.small_site import DAY, ROWS, SmallSite

if TYPE_CHECKING:
    from pathlib import Path

THIRA, _, _, THIRA_EMAIL, _ = ROWS[0].split(";")


def failures(site: SmallSite) -> tuple[Failure, ...]:
    """Return the failures."""
    (campaign,) = read_inputs(site.folders, DAY, Problems()).campaigns
    return verify(campaign, site.folders, jobs=2, progress=lambda: None).failures


@pytest.mark.parametrize(
    "name",
    [
        "Δήμος Θη\u0301ρας",
        "Δήμος\u00a0Θήρας",
        "Δη\u00adμος",
        "ΔΗΜΟΣ «Θ» <<ΘΕΣΣΑΛΩΜΑ>> 'x' #y $z",
        "office fi ffl",
        " ".join(["Σύνδεσμος"] * 30),
        "Ν.Π.Δ.Δ. - " * 12 + "τέλος",
    ],
    ids=["accents apart", "no-break space", "soft hyphen", "signs", "ligatures", "long", "hyphens"],
)
def test_a_name_of_any_form_is_found_in_its_letter(name: str, tmp_path: Path) -> None:
    """However a name is written in the annex and set in the letter, a sound build passes."""
    site = SmallSite(tmp_path)
    site.write((f"{THIRA};{name};;{THIRA_EMAIL};",))
    site.build()
    assert failures(site) == ()


@pytest.mark.parametrize("policy", ["groups = 4\ngroup_length = 5", "groups = 1\ngroup_length = 19", "groups = 6"])
def test_codes_of_every_policy_are_found_in_their_letters(policy: str, tmp_path: Path) -> None:
    """Other groups and lengths are read from the letters as well."""
    site = SmallSite(tmp_path)
    site.write(rest=f"[code]\n{policy}\n")
    site.build()
    assert failures(site) == ()


def test_the_longest_code_that_is_allowed_is_found_in_its_letter(tmp_path: Path) -> None:
    """A code of the greatest length that campaign.toml allows is unbroken in the letter, and the proof reads it."""
    site = SmallSite(tmp_path)
    for groups in range(12, 3, -1):
        site.write(rest=f"[code]\ngroups = {groups}\n")
        problems = Problems()
        read_inputs(site.folders, DAY, problems)
        if not problems.has_errors:
            break
    site.build()
    assert failures(site) == ()


def test_an_address_that_is_declared_twice_opens_once(tmp_path: Path) -> None:
    """The same address twice in a cell is one address."""
    site = SmallSite(tmp_path)
    site.write((f"{THIRA};Δήμος Θήρας;;{THIRA_EMAIL}; {THIRA_EMAIL};".replace("; ", " / "),))
    site.build()
    assert failures(site) == ()
