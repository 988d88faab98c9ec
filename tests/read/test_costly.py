"""Slow hashes that stay in the server's password file are told before they slow the server down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.files.htpasswd import costly_seconds
from site_src.pipeline.reading import read_inputs
from site_src.problems import Place, Problems, Topic
from tests.support.small_site import DAY

if TYPE_CHECKING:
    from site_src.problems import Problem
    from tests.support.small_site import SmallSite

THIRA, ATTICA, SIKINOS = "012345678901", "112345678901", "312345678901"
SLOW, SLOWER = "$2y$10$saltandhash", "$6$rounds=900000$salt$hash"


@pytest.mark.parametrize(
    ("hashed", "milliseconds"),
    [
        ("$2y$05$x", 0),
        ("$2y$08$x", 0),
        ("$2y$09$x", 26),
        ("$2a$10$x", 51),
        ("$2b$12$x", 205),
        ("$2y$99$x", 0),
        ("$6$salt$x", 0),
        ("$6$rounds=20000$x", 0),
        ("$6$rounds=20001$x", 7),
        ("$5$rounds=100000$x", 34),
        ("$apr1$salt$x", 0),
        ("{SHA}x", 0),
        ("", 0),
    ],
)
def test_a_slow_hash_has_its_time(hashed: str, milliseconds: int) -> None:
    """Hashes of bcrypt above cost 8 and SHA above 20,000 rounds take time; others count as fast."""
    assert round(1000 * costly_seconds(f"user:{hashed}\n".encode())) == milliseconds


def told(site: SmallSite) -> list[Problem]:
    """The warnings about the password file."""
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    return [problem for problem in problems.all() if problem.topic is Topic.ACCESS]


def test_only_lines_that_stay_are_told(site: SmallSite) -> None:
    """One warning counts the slow hashes of agencies that keep their code and of others, and names the slowest."""
    site.write(top=f'keeps_code = ["{ATTICA}"]')
    site.write_passwords(f"{ATTICA}:{SLOW}\n{THIRA}:{SLOWER}\n{SIKINOS}:{SLOWER}\nclerk:{SLOWER}\n")
    (found,) = told(site)
    assert found.message.startswith("2 users keep hashes that are slow to check")
    assert "0.31 s" in found.message
    assert (found.value, found.at) == ("clerk", Place("private/current.htpasswd", line=4))


def test_a_line_that_leaves_is_not_told(site: SmallSite) -> None:
    """Where site.toml drops the others, only agencies that keep their code count; none is slow, none is told."""
    site.write(top=f'keeps_code = ["{ATTICA}"]', site='\n[server]\nother_users = "drop"\n')
    site.write_passwords(f"{ATTICA}:{SLOW}\nclerk:{SLOWER}\n")
    (found,) = told(site)
    assert found.value == ATTICA
    site.write_passwords(f"{ATTICA}:$2y$05$x\nclerk:{SLOWER}\n")
    assert told(site) == []
