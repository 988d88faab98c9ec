from __future__ import annotations

from site_src.serve.gate import Gate


def test_an_address_for_a_browser_opens_once() -> None:
    """The address on a browser's command line, which others may see, opens the desk one time; the shown one always."""
    gate = Gate(5500)
    key = gate.address_once().partition("?key=")[2]
    assert [gate.takes_key(key), gate.takes_key(key)] == [True, False]
    own = gate.address.partition("?key=")[2]
    assert [gate.takes_key(own), gate.takes_key(own), gate.takes_key("")] == [True, True, False]


def test_secrets_differ_and_are_not_shown() -> None:
    """Each session has secrets of its own, none of which says another, and none is in what a traceback shows."""
    gate, other = Gate(5500), Gate(5500)
    secrets = [gate.key, gate.cookie, gate.token, other.key, other.cookie, other.token]
    assert len(set(secrets)) == 6
    assert not any(secret in repr(gate) for secret in secrets)


def test_the_names_of_this_machine() -> None:
    """A browser may use any name of this machine, with the port; the usual one is left out."""
    assert Gate(5500).hosts == {"127.0.0.1:5500", "localhost:5500", "[::1]:5500"}
    assert {"127.0.0.1", "localhost", "[::1]"} <= Gate(80).hosts
