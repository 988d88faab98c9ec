from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.reading import read_inputs
from site_src.problems import Problems
from tests.support.small_site import DAY, ROWS, SLUG

if TYPE_CHECKING:
    from tests.support.small_site import SmallSite

CRETE = ROWS[2].split(";")[0]


@pytest.mark.parametrize(
    ("name", "misnamed"),
    [
        ("content/site.toml", "site.toml.txt"),
        (f"content/{SLUG}/campaign.toml", "campaign.toml.txt"),
        (f"content/{SLUG}/circular.md", "circular.md.txt"),
        (f"content/{SLUG}/annex.csv", "annex.csv.csv"),
        ("private/current.htpasswd", "current.htpasswd.txt"),
    ],
)
def test_an_ending_that_windows_hides_is_told(name: str, misnamed: str, site: SmallSite) -> None:
    """A file that seems to have its name, and has an ending more, is missing: the hint says what to rename."""
    site.write(top=f'keeps_code = ["{CRETE}"]')
    site.write_passwords(f"{CRETE}:old\n")
    path = site.base / name
    path.rename(path.with_name(misnamed))
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    assert problems.all()[0].hint.startswith(f'rename "{misnamed}" to "{path.name}"')


def test_a_file_that_is_missing_keeps_its_hint(site: SmallSite) -> None:
    """Where nothing of that name lies there, it is to be written."""
    (site.campaign / "circular.md").unlink()
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    assert problems.all()[0].hint.startswith("write the circular's text")
