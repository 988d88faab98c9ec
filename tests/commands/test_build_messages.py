from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.plan.manifest import USERS_NAMED
from tests.support.small_site import ROWS

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite


def test_a_dry_run_names_some_and_counts_the_rest(site: SmallSite) -> None:
    """Twenty agencies by user name and name show what would happen; of a thousand the number is enough."""
    rows = [f"{number:012d};Δήμος {number};;a{number}@dimos.example;" for number in range(USERS_NAMED + 7)]
    site.write(tuple(rows))
    site.write_passwords("".join(f"user{number}:x\n" for number in range(USERS_NAMED + 3)))
    lines = site.run("build", "--dry-run").stdout.splitlines()
    assert lines.count("  letter new: … and 7 more") == 1
    assert sum(line.startswith("  letter new: ") for line in lines) == USERS_NAMED + 1
    assert "  letter new: 000000000003 Δήμος 3" in lines
    assert [line for line in lines if line.startswith("    user0, user1, ") and line.endswith("user19 and 3 more")]


def test_a_dry_run_names_those_who_are_gone(site: SmallSite) -> None:
    """Their names are those of the last build."""
    site.build()
    site.write(ROWS[1:])
    told = site.run("build", "--dry-run", "--date=2020-11-18").stdout
    assert "  agency gone: 012345678901 Δήμος Θήρας\n" in told
