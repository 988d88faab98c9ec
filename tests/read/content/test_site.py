from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.problems import Topic
from site_src.read.content.site import read_site
from site_src.read.settings import Site
from tests.support.content_files import SITE, only, places, site_of

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.problems import Problems


def test_a_whole_site_is_read(tmp_path: Path, problems: Problems) -> None:
    """Every key of site.toml reaches its place."""
    text = (
        SITE
        + 'language = "en"\n[contact]\nunit = "Unit"\nphones = ["1", "2"]\nemail = "a@b.example"\naddress = "Street"\n'
        '[server]\naddress = "https://x.example"\npassword_file = "/etc/pw"\nrealm = "R"\nurl_prefix = "/codes/"\n'
        'other_users = "drop"\n'
        'hash = "sha512"\n'
    )
    site = site_of(tmp_path, text, problems)
    assert problems.all() == ()
    assert (site.title, site.operator, site.language) == ("Portal", "Ministry", "en")
    assert (site.contact.unit, site.contact.phones, site.contact.email) == ("Unit", ("1", "2"), "a@b.example")
    assert (site.server.url_prefix, site.server.other_users, site.server.realm) == ("/codes", "drop", "R")
    assert site.server.hash == "sha512"


def test_the_least_site_is_greek_and_keeps_other_users(tmp_path: Path, problems: Problems) -> None:
    """Title and operator suffice; the rest has its defaults."""
    site = site_of(tmp_path, SITE, problems)
    assert site == Site(title="Portal", operator="Ministry")
    assert (site.language, site.server.other_users, site.server.hash) == ("el", "keep", "bcrypt")
    assert problems.all() == ()


def test_no_site_file_is_one_problem_with_a_remedy(tmp_path: Path, problems: Problems) -> None:
    """Without site.toml the message says how one is made."""
    assert read_site(tmp_path, problems).language == "el"
    assert (only(problems).topic, only(problems).at.file) == (Topic.FILE, "site.toml")
    assert "new SLUG" in only(problems).hint


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('operator = "x"', "title"),
        ('title = "x"', "operator"),
        (SITE + 'language = "fr"', "language"),
        (SITE + 'language = "EL"', "language"),
        (SITE + 'langauge = "el"', "langauge"),
        (SITE + "contact = 5", "contact"),
        (SITE + '[contact]\nphone = "1"', "contact.phone"),
        (SITE + "[contact]\nphones = [true]", "contact.phones"),
        (SITE + '[server]\nother_users = "remove"', "server.other_users"),
        (SITE + '[server]\nhash = "md5"', "server.hash"),
        (SITE + '[server]\nurl_prefix = "codes"', "server.url_prefix"),
        (SITE + '[server]\nurl_prefix = "/a b"', "server.url_prefix"),
        (SITE + '[server]\nurl_prefix = "/a//b"', "server.url_prefix"),
        (SITE + '[server]\nurl_prefix = "/κωδικοί"', "server.url_prefix"),
    ],
)
def test_each_mistake_in_the_site_is_told_at_its_key(text: str, place: str, tmp_path: Path, problems: Problems) -> None:
    """A missing, wrong or unknown key is one error at its full name, with a hint."""
    site_of(tmp_path, text, problems)
    assert places(problems) == [place]
    assert only(problems).hint


def test_whom_to_call_may_be_one_text(tmp_path: Path, problems: Problems) -> None:
    """A unit alone needs no table."""
    assert site_of(tmp_path, f'{SITE}contact = "Unit of Portals"\n', problems).contact.unit == "Unit of Portals"
    assert problems.all() == ()
