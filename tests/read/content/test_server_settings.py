from __future__ import annotations

from dataclasses import replace

import pytest

from site_src.make.server_rules import server_files
from site_src.problems import InputError, Place, Problems, Topic
from site_src.read.content.site import check_server
from site_src.read.settings import Server, Site

SITE = Site(title="Λήψη αρχείων", operator="Υπηρεσία")


def with_server(**settings: str) -> Site:
    """The site with these settings under [server]."""
    return replace(SITE, server=Server(**settings))


def mistakes(site: Site) -> list[tuple[str, str]]:
    """The keys and messages of what is wrong with a site's settings."""
    problems = Problems()
    check_server(site, problems, Place(file="site.toml"))
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
    assert mistakes(replace(SITE, title="Off")) != []
    assert mistakes(replace(SITE, title="Off", server=Server(realm="Codes"))) == []
    assert mistakes(replace(SITE, title="Two\nlines")) == []
