from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from site_src.make.server_rules import server_files
from site_src.problems import InputError, Problems, Topic
from site_src.read.content.site import check_server, read_site
from site_src.read.settings import Server, Site
from tests.support.content_files import SITE, only, places, site_of

if TYPE_CHECKING:
    from pathlib import Path


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


SERVED = Site(title="Λήψη αρχείων", operator="Υπηρεσία")


def with_server(**settings: str) -> Site:
    """The site with these settings under [server]."""
    return replace(SERVED, server=Server(**settings))


def mistakes(site: Site) -> list[tuple[str, str]]:
    """The keys and messages of what is wrong with a site's settings."""
    problems = Problems()
    check_server(site, problems)
    return [(problem.at.cell, problem.message) for problem in problems.all()]


@pytest.mark.parametrize(
    ("settings", "key", "part"),
    [
        ({"password_file": "htpasswd"}, "server.password_file", "begins with /"),
        ({"password_file": "/etc/pass\nwd"}, "server.password_file", "one line"),
        ({"password_file": "/etc/${HOME}"}, "server.password_file", "command"),
        ({"password_file": "/etc/htpasswd\\"}, "server.password_file", "command"),
        ({"realm": "\N{BRAILLE PATTERN BLANK}"}, "server.realm", "words"),
        ({"realm": "off"}, "server.realm", "no login"),
        ({"realm": " OFF "}, "server.realm", "no login"),
        ({"realm": "a\x07b"}, "server.realm", "one line"),
        ({"realm": "%{HTTP_HOST}"}, "server.realm", "command"),
        ({"realm": "from $1"}, "server.realm", "command"),
        ({"realm": "a\\"}, "server.realm", "command"),
        ({"url_prefix": "/../etc"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": "/.codes"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": "codes"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": "/codes/"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": "/a b"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": "/a\n"}, "server.url_prefix", "such as /codes"),
        ({"url_prefix": '/a"; }'}, "server.url_prefix", "such as /codes"),
    ],
)
def test_a_setting_that_a_server_would_misread_is_told(settings: dict[str, str], key: str, part: str) -> None:
    """The problem names the key, and no snippet is made."""
    found = mistakes(with_server(**settings))
    assert [cell for cell, _ in found] == [key]
    assert part in found[0][1]
    with pytest.raises(InputError) as caught:
        server_files(with_server(**settings))
    assert [problem.topic for problem in caught.value.problems] == [Topic.SETTING]


def test_all_wrong_settings_are_told_at_once() -> None:
    """Three mistakes are three problems."""
    found = mistakes(with_server(password_file="x", realm="off", url_prefix="x"))  # noqa: S106 (a path)
    assert [cell for cell, _ in found] == ["server.password_file", "server.realm", "server.url_prefix"]


def test_a_title_that_nginx_would_misread_is_told_where_it_is_the_realm() -> None:
    """The title stands in for a missing realm, so it is held to the same rule."""
    assert mistakes(replace(SERVED, title="Off")) != []
    assert mistakes(replace(SERVED, title="Off", server=Server(realm="Codes"))) == []
    assert mistakes(replace(SERVED, title="Two\nlines")) == []
