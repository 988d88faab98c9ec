from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.sha_crypt import DIGITS, is_sha512_of, sha512_crypt
from tests.support.programs import installed

salts = st.text(DIGITS.decode(), min_size=1, max_size=16).map(str.encode)

# The specification's own (SHA-crypt.txt, "tests2"), where it names rounds within its bounds: salt, rounds, password.
SPECIFIED = {
    (b"saltstringsaltst", 10_000, b"Hello world!"): (
        b"OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v."
    ),
    (b"toolongsaltstrin", 5000, b"This is just a test"): (
        b"lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0"
    ),
    (b"short", 77_777, b"we have a short salt string but not a short password"): (
        b"WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0"
    ),
    (b"asaltof16chars..", 123_456, b"a short string"): (
        b"BtCwjqMJGx5hrJhZywWvt0RLE8uZ4oPwcelCjmw2kSYu.Ec6ycULevoBK25fs2xXgMNrCzIMVcgEJAstJeonj1"
    ),
}


@pytest.mark.parametrize(("given_to_it", "hashed"), SPECIFIED.items())
def test_it_gives_what_the_specification_lists(given_to_it: tuple[bytes, int, bytes], hashed: bytes) -> None:
    """Passwords and salts of several lengths, with few rounds and many."""
    salt, rounds, password = given_to_it
    assert sha512_crypt(password, salt, rounds) == b"$6$rounds=%d$%s$%s" % (rounds, salt, hashed)


@pytest.mark.parametrize("length", [1, 24, 29, 63, 64, 65, 128])
def test_openssl_gives_the_same(length: int) -> None:
    """Another program makes the same hash of passwords around the length of a block."""
    password, salt = b"CDFJ-LQRS-W234-6789-CDFJ-234-" * 5, b"./0Az9salt"
    command = [installed("openssl"), "passwd", "-6", "-stdin", "-salt", f"rounds=1000${salt.decode()}"]
    done = subprocess.run(command, input=password[:length], capture_output=True, check=True)
    assert done.stdout.strip() == sha512_crypt(password[:length], salt)


@given(st.binary(max_size=80), salts)
def test_a_hash_takes_its_password_and_no_other(password: bytes, salt: bytes) -> None:
    """With one byte more it is another password."""
    hashed = sha512_crypt(password, salt)
    assert is_sha512_of(password, hashed)
    assert not is_sha512_of(password + b"x", hashed)


def test_a_hash_that_names_no_rounds_has_the_usual_ones() -> None:
    """As mkpasswd writes it."""
    named = sha512_crypt(b"code", b"salt", 5000)
    assert is_sha512_of(b"code", named.replace(b"rounds=5000$", b""))


@pytest.mark.parametrize(
    "hashed", [b"", b"$6$", b"$6$salt$short", b"$5$salt$" + b"a" * 86, b"$6$rounds=9$salt$" + b"a" * 86]
)
def test_what_is_no_such_hash_takes_nothing(hashed: bytes) -> None:
    """Cut, foreign or out of the specification's bounds."""
    assert not is_sha512_of(b"code", hashed)
