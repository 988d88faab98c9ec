from __future__ import annotations

import ctypes
import ctypes.util
import re
import subprocess

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.htpasswd import (
    BCRYPT,
    BCRYPT_COST,
    KINDS,
    SHA512,
    SHA_DIGITS,
    hash_code,
    hash_of,
    is_of_kind,
    lines_of,
    opens,
    password_file_after,
    sha512_crypt,
    user_of,
    users_of,
)
from site_src.plan.keys import CampaignKey
from site_src.read.settings import CodePolicy
from tests.support.programs import installed

KEY = CampaignKey(bytes(range(32)))
USERNAME = "012345678901"
CODE = "CDFJ-LQRS-W234-6789-CDFJ"

USERS = ("012345678901", "205518873364", "100000000000", "admin", "Δήμος", "#admin")
ends = st.sampled_from([b"\n", b"\r\n"])
user_lines = st.builds(
    lambda user, rest: user.encode() + b":" + rest,
    st.sampled_from(USERS),
    st.sampled_from([b"$apr1$salt$hash", b"$6$rounds=5000$x$y", b"{SHA}abc=", b"", b"a:b:c", b"\xff\xe1\x80"]),
)
other_lines = st.sampled_from([b"", b"   ", b"# comment", b"#205518873364:old", b"no colon", b"\xe1\xed", b":no user"])
whole_lines = st.builds(lambda line, end: line + end, user_lines | other_lines, ends)
files = st.builds(
    lambda lines, last: b"".join(lines) + last, st.lists(whole_lines, max_size=12), st.just(b"") | user_lines
)
user_sets = st.sets(st.sampled_from(USERS[:4]))


def lines_for(users: set[str]) -> dict[str, bytes]:
    """A new line for each user, in a set order."""
    return {user: user.encode() + b":$2y$05$new\n" for user in sorted(users)}


def test_a_line_lets_its_code_in_and_no_other() -> None:
    """Bcrypt itself takes the code of the line, and not another letter case or a code without its hyphens."""
    line = hash_code(KEY.hash_salt(USERNAME, CODE), USERNAME, CODE)
    hashed = line.partition(b":")[2].strip().replace(b"$2y$", b"$2b$")
    assert bcrypt.checkpw(CODE.encode(), hashed)
    for wrong in (CODE.lower(), CODE.replace("-", ""), CODE[:-1], CODE + "C", ""):
        assert not bcrypt.checkpw(wrong.encode(), hashed)
        assert not opens(line, wrong)
    assert opens(line, CODE)


@pytest.mark.parametrize("kind", KINDS)
def test_crypt_of_the_system_takes_the_line(kind: str) -> None:
    """crypt(3), which nginx and Apache call, gives the same hash for the code, whichever kind it is."""
    name = ctypes.util.find_library("crypt")
    if name is None:
        pytest.skip("libcrypt is not installed")
    crypt = ctypes.CDLL(name).crypt
    crypt.restype = ctypes.c_char_p
    hashed = hash_of(hash_code(KEY.hash_salt(USERNAME, CODE), USERNAME, CODE, kind))
    assert crypt(CODE.encode(), hashed) == hashed


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_is_of_its_own_kind(kind: str) -> None:
    """A line of the other kind, or of other rounds than ``opens`` counts, does not serve again."""
    line = hash_code(KEY.hash_salt(USERNAME, CODE), USERNAME, CODE, kind)
    assert [each for each in KINDS if is_of_kind(line, each)] == [kind]
    assert not is_of_kind(line.replace(b"=1000$", b"=5000$"), SHA512)
    assert opens(line, CODE)
    assert not opens(line, CODE[:-1])


def test_a_line_of_another_bcrypt_cost_serves_again() -> None:
    """A line that an earlier version made at its own cost takes the same code, so that it need not be made anew."""
    hashed = bcrypt.hashpw(CODE.encode(), bcrypt.gensalt(BCRYPT_COST + 1)).replace(b"$2b$", b"$2y$")
    line = f"{USERNAME}:".encode() + hashed + b"\n"
    assert is_of_kind(line, BCRYPT)
    assert opens(line, CODE)
    assert not opens(line, CODE[:-1])


def test_a_line_has_the_form_that_servers_read() -> None:
    """User name, colon, ``$2y$``, the named cost, 53 characters of bcrypt's own Base64, one line feed."""
    line = hash_code(KEY.hash_salt(USERNAME, CODE), USERNAME, CODE)
    assert re.fullmatch(rb"012345678901:\$2y\$%02d\$[./A-Za-z0-9]{53}\n" % BCRYPT_COST, line)


def test_the_hash_is_deterministic_and_salted_by_agency_code_and_key() -> None:
    """The same inputs give the same line; another agency, code or key gives another salt."""
    line = hash_code(KEY.hash_salt(USERNAME, CODE), USERNAME, CODE)
    assert hash_code(CampaignKey(bytes(range(32))).hash_salt(USERNAME, CODE), USERNAME, CODE) == line
    others = [
        hash_code(KEY.hash_salt("205518873364", CODE), "205518873364", CODE),
        hash_code(KEY.hash_salt(USERNAME, CODE[::-1]), USERNAME, CODE[::-1]),
        hash_code(CampaignKey(bytes(32)).hash_salt(USERNAME, CODE), USERNAME, CODE),
    ]
    salts = {each.partition(b":")[2][7:29] for each in [line, *others]}
    assert len(salts) == 4


@given(st.text("CDFJLQRSW2346789-", min_size=1, max_size=72))
def test_any_code_of_up_to_72_bytes_opens_its_line(code: str) -> None:
    """Every code that bcrypt reads whole is let in by its own line."""
    assert opens(hash_code(KEY.hash_salt(USERNAME, code), USERNAME, code), code)


def test_the_default_code_is_one_that_bcrypt_reads_whole() -> None:
    """Bcrypt takes 72 bytes; the default policy's codes stay below."""
    assert len(KEY.access_code(CodePolicy(), USERNAME, "a@b.example", 1).encode()) <= 72


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"#a:b", b"# comment", b"no colon\n", b":hash", b"#205518873364:$2y$05$x\n"]
)
def test_lines_without_a_user_name_none(line: bytes) -> None:
    """Comments, blank lines and lines without a user speak of nobody."""
    assert user_of(line) == ""


def test_a_user_whom_apache_reads_behind_spaces_is_that_user() -> None:
    """Apache takes the white space before a user name off, so an indented line must not outlive its user's old code."""
    before = b"  205518873364:old\n"
    assert password_file_after(before, {}, ["205518873364"]) == b""


def test_of_two_lines_of_a_user_the_first_counts() -> None:
    """Both servers stop at a user's first line."""
    users = users_of(b"a:1\nb:2\na:3\n")
    assert users == {"a": b"a:1\n", "b": b"b:2\n"}


@given(st.binary(max_size=200) | files)
def test_parsing_loses_no_byte(data: bytes) -> None:
    """Any bytes at all come back as they were, and naming their users never fails."""
    lines = lines_of(data)
    assert b"".join(lines) == data
    assert all(line in lines for line in users_of(data).values())


@given(files)
def test_nothing_to_change_leaves_every_byte(data: bytes) -> None:
    """Without new, gone or dropped users the file stays, but for a line end that its last line lacked."""
    after = password_file_after(data, {}, [])
    assert after == (data if not data or data.endswith(b"\n") else data + b"\n")


@given(files, user_sets, user_sets, user_sets)
def test_each_user_ends_up_as_planned(data: bytes, new: set[str], gone: set[str], dropped: set[str]) -> None:
    """New users have their new line and no other, leaving ones have none, the rest have what they had."""
    before, lines = data, lines_for(new)
    after = password_file_after(before, lines, (gone | dropped) - new)
    for user in USERS:
        mine = [line for line in lines_of(after) if user_of(line) == user]
        if user in new:
            assert mine == [lines[user]]
        elif user in gone | dropped:
            assert mine == []
        else:
            had = [line for line in lines_of(before) if user_of(line) == user]
            assert [line.rstrip(b"\r\n") for line in mine] == [line.rstrip(b"\r\n") for line in had]


@given(files, user_sets, user_sets)
def test_kept_lines_keep_their_bytes_and_order(data: bytes, new: set[str], gone: set[str]) -> None:
    """Lines that are neither replaced nor taken out keep their bytes and order; new users follow at the end."""
    before, lines = data, lines_for(new)
    after = password_file_after(before, lines, gone - new)
    kept = [line for line in lines_of(before) if user_of(line) not in new | (gone - new)]
    stands = [line for line in lines_of(after) if user_of(line) not in new]
    assert stands[:-1] == kept[:-1]
    assert [line.rstrip(b"\r\n") for line in stands] == [line.rstrip(b"\r\n") for line in kept]
    appended = [user for user in sorted(new) if user not in users_of(before)]
    assert [user_of(line) for line in lines_of(after)[len(lines_of(after)) - len(appended) :]] == appended


@given(files, user_sets)
def test_a_replaced_line_stands_where_the_first_old_one_stood(data: bytes, new: set[str]) -> None:
    """Users keep the order of their first lines, so a reader can compare the two files line by line."""
    after = password_file_after(data, lines_for(new), [])
    assert list(users_of(after))[: len(users_of(data))] == list(users_of(data))


@given(files, user_sets)
def test_every_line_ends_before_the_next_begins(data: bytes, new: set[str]) -> None:
    """A last line without an end never runs into a new one."""
    after = password_file_after(data, lines_for(new), [])
    assert all(line.endswith(b"\n") for line in lines_of(after))


@given(files, user_sets, user_sets)
def test_the_result_is_the_same_when_applied_again(data: bytes, new: set[str], gone: set[str]) -> None:
    """From the file as it must be, the same campaign changes nothing more."""
    once = password_file_after(data, lines_for(new), gone - new)
    assert password_file_after(once, lines_for(new), gone - new) == once


def test_comments_survive_even_if_they_name_one_who_leaves() -> None:
    """A comment is kept although what follows its sign is a user who leaves."""
    before = b"#205518873364:was here\r\n205518873364:old\r\n# end"
    after = password_file_after(before, {}, ["205518873364"])
    assert after == b"#205518873364:was here\r\n# end\n"


salts = st.text(SHA_DIGITS.decode(), min_size=1, max_size=16).map(str.encode)

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


@given(st.text("CDFJLQRSW2346789-", min_size=1, max_size=80), salts)
def test_a_hash_takes_its_code_and_no_other(code: str, salt: bytes) -> None:
    """With one sign more it is another code."""
    line = b"user:" + sha512_crypt(code.encode(), salt)
    assert opens(line, code)
    assert not opens(line, f"{code}C")


@pytest.mark.parametrize(
    "hashed",
    [b"", b"$6$", b"$6$salt$short", b"$5$salt$" + b"a" * 86, b"$6$rounds=9$salt$" + b"a" * 86, b"$6$rounds=1000$salt"],
)
def test_a_hash_of_another_form_takes_nothing(hashed: bytes) -> None:
    """Cut, foreign or out of the specification's bounds."""
    assert not opens(b"user:" + hashed, "code")
