from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.files.private import KEY_NAME, write_private
from site_src.plan.keys import KEY_BYTES, CampaignKey, read_key
from site_src.problems import StateError
from site_src.read.content.toml_files import GREEK_TWINS, LOOK_ALIKES
from site_src.read.settings import DEFAULT_ALPHABET, CodePolicy

if TYPE_CHECKING:
    from pathlib import Path

SECRET = bytes(range(32))
USERNAME = "012345678901"
EMAIL = "maria@dimos.example"

usernames = st.from_regex(r"[0-9]{12}", fullmatch=True)
emails = st.from_regex(r"[a-z0-9]{1,8}@[a-z]{1,8}\.example", fullmatch=True)
secrets = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
policies = st.builds(
    CodePolicy,
    groups=st.integers(1, 6),
    group_length=st.integers(1, 6),
    alphabet=st.text("CDFJLQRSW2346789", min_size=2, max_size=16).filter(lambda text: len(set(text)) == len(text)),
)


def derived(secret: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA256 over the parts, each behind its length in eight bytes: written apart from the code under test."""
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.new(secret, message, hashlib.sha256).digest()


def access_code(secret: bytes, policy: CodePolicy, username: str, email: str, generation: int) -> str:
    """The access code from first principles: all symbols of all blocks first, then the groups cut from them."""
    alphabet = policy.alphabet
    limit = max(count for count in range(257) if count % len(alphabet) == 0)
    wanted, symbols, block = policy.groups * policy.group_length, "", 0
    while len(symbols) < wanted:
        shape = [str(policy.groups), str(policy.group_length), alphabet]
        parts = ["access code", *shape, username, email, str(generation), str(block)]
        stream = derived(secret, *(part.encode() for part in parts))
        symbols += "".join(alphabet[byte % len(alphabet)] for byte in stream if byte < limit)
        block += 1
    cuts = range(0, wanted, policy.group_length)
    return "-".join(symbols[:wanted][cut : cut + policy.group_length] for cut in cuts)


def test_derive_is_hmac_sha256_of_length_prefixed_parts(key: CampaignKey) -> None:
    """A derivation is HMAC-SHA256 over label and parts, each behind its length."""
    expected = derived(SECRET, b"label", "Ελλάδα".encode(), b"\x00\xff")
    assert key.derive("label", "Ελλάδα", b"\x00\xff") == expected


@given(secrets, policies, usernames, emails, st.integers(1, 99))
def test_access_code_equals_an_independent_transcription(
    secret: bytes, policy: CodePolicy, username: str, email: str, generation: int
) -> None:
    """Every code equals what plain hmac and hashlib give, for any key and policy."""
    expected = access_code(secret, policy, username, email, generation)
    assert CampaignKey(secret).access_code(policy, username, email, generation) == expected


def test_salts_and_fingerprint_equal_an_independent_transcription(key: CampaignKey) -> None:
    """Both salts and the fingerprint are cut from derivations under labels of their own."""
    digest = hashlib.sha256(b"content").digest()
    assert key.zip_salt(EMAIL, b"content") == derived(SECRET, b"salt of a document", EMAIL.encode(), digest)[:16]
    expected = derived(SECRET, b"salt of a password hash", USERNAME.encode(), b"code")[:16]
    assert key.hash_salt(USERNAME, "code") == expected
    assert key.fingerprint("a", "b") == derived(SECRET, b"fingerprint", b"a", b"b").hex()


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_different_parts_never_run_together(one: list[bytes], other: list[bytes]) -> None:
    """Two lists of parts give the same bytes only where they are the same lists, however they are cut."""
    key = CampaignKey(SECRET)
    assert (key.derive("label", *one) == key.derive("label", *other)) == (one == other)


def test_each_use_has_a_domain_of_its_own(key: CampaignKey) -> None:
    """The same parts give unrelated bytes for each use, so that no output tells about another."""
    digest = hashlib.sha256(b"x").digest()
    results = {
        key.derive("fingerprint", EMAIL, digest)[:16],
        key.zip_salt(EMAIL, b"x"),
        key.derive("salt of a password hash", EMAIL, digest)[:16],
        key.derive("choice of address", EMAIL, digest)[:16],
        key.derive("access code", EMAIL, digest)[:16],
    }
    assert len(results) == 5
    assert key.hash_salt(EMAIL, "x") != key.derive("fingerprint", EMAIL, "x")[:16]


@pytest.mark.parametrize("size", range(2, 63))
def test_every_symbol_is_exactly_as_likely(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the 256 values of a byte each symbol takes the same number, and the rest is passed over."""
    alphabet = "".join(chr(0x30 + index) for index in range(size))
    every_byte = bytes(range(256))
    monkeypatch.setattr(CampaignKey, "derive", lambda *_: every_byte)
    taken = 256 // size * size
    policy = CodePolicy(groups=1, group_length=taken, alphabet=alphabet)
    code = CampaignKey(SECRET).access_code(policy, USERNAME, EMAIL, 1)
    assert {code.count(symbol) for symbol in alphabet} == {256 // size}
    longer = replace(policy, group_length=taken + 2)
    assert CampaignKey(SECRET).access_code(longer, USERNAME, EMAIL, 1)[-2:] == alphabet[:2]


def test_default_policy_resists_guessing() -> None:
    """The default code has at least 75 bits, 16 symbols or more, in groups of four."""
    policy = CodePolicy()
    symbols = policy.groups * policy.group_length
    assert symbols >= 16
    assert symbols * math.log2(len(set(policy.alphabet))) >= 75
    assert policy.group_length == 4


def test_default_alphabet_has_no_look_alikes() -> None:
    """No two symbols of the default alphabet are taken for one another, in Latin or for a Greek letter."""
    assert len(set(DEFAULT_ALPHABET)) == len(DEFAULT_ALPHABET)
    assert not set(DEFAULT_ALPHABET) & set(GREEK_TWINS)
    assert not set(DEFAULT_ALPHABET) & set("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεικνορτυχ01OIl5")
    assert all(len(set(alike) & set(DEFAULT_ALPHABET)) <= 1 for alike in LOOK_ALIKES)


@given(policies, usernames, emails)
def test_a_code_has_the_shape_of_its_policy(policy: CodePolicy, username: str, email: str) -> None:
    """A code is so many groups of so many symbols of the alphabet, hyphens between them."""
    groups = CampaignKey(SECRET).access_code(policy, username, email, 1).split("-")
    assert [len(group) for group in groups] == [policy.group_length] * policy.groups
    assert set("".join(groups)) <= set(policy.alphabet)


@given(usernames, emails, st.integers(1, 50))
def test_everything_that_makes_a_code_changes_it(username: str, email: str, generation: int) -> None:
    """Another key, user name, address or generation gives another code; the same give the same."""
    policy, key = CodePolicy(), CampaignKey(SECRET)
    code = key.access_code(policy, username, email, generation)
    others = [
        key.access_code(policy, username, email, generation + 1),
        key.access_code(policy, username[::-1] + "0", email, generation),
        key.access_code(policy, username, "x" + email, generation),
        CampaignKey(SECRET[::-1]).access_code(policy, username, email, generation),
    ]
    assert code not in others
    assert code == CampaignKey(SECRET).access_code(policy, username, email, generation)


def test_a_longer_code_is_a_new_code() -> None:
    """A code of another policy does not begin as the usual one does, whatever differs."""
    usual = CodePolicy()
    longer, wider = replace(usual, groups=6), replace(usual, group_length=5)
    fewer_symbols = replace(usual, alphabet=DEFAULT_ALPHABET[:-1])
    codes = [
        CampaignKey(SECRET).access_code(policy, USERNAME, EMAIL, 1).replace("-", "")
        for policy in (usual, longer, replace(longer, groups=7), wider, fewer_symbols)
    ]
    assert len({code[:8] for code in codes}) == len(codes)


@given(secrets, usernames, st.lists(emails, min_size=1, max_size=5, unique=True), emails)
def test_adding_an_address_changes_the_choice_only_to_it(
    secret: bytes, username: str, declared: list[str], added: str
) -> None:
    """A new address either becomes the password or leaves the choice as it was."""
    key = CampaignKey(secret)
    assert key.choose(username, [*declared, added]) in {key.choose(username, declared), added}


@given(secrets, usernames, st.lists(emails, min_size=2, max_size=5, unique=True), st.data())
def test_taking_away_an_address_not_chosen_changes_nothing(
    secret: bytes, username: str, declared: list[str], data: st.DataObject
) -> None:
    """The choice stays while the chosen address stays, in whatever order the annex lists them."""
    key = CampaignKey(secret)
    chosen = key.choose(username, declared)
    gone = data.draw(st.sampled_from([email for email in declared if email != chosen]))
    rest = data.draw(st.permutations([email for email in declared if email != gone]))
    assert key.choose(username, rest) == chosen


def test_the_choice_depends_on_the_agency_and_the_key(key: CampaignKey) -> None:
    """Agencies that share two addresses do not all choose the same one, nor do two campaigns."""
    both = ["one@dimos.example", "two@dimos.example"]
    assert {key.choose(f"{number:012}", both) for number in range(64)} == set(both)
    keys = [CampaignKey(bytes([number]) * KEY_BYTES) for number in range(64)]
    assert {each.choose(USERNAME, both) for each in keys} == set(both)


@given(st.text(max_size=20), st.text(max_size=20), st.binary(max_size=40), st.binary(max_size=40))
def test_a_salt_serves_one_password_and_content(one: str, other: str, content: bytes, another: bytes) -> None:
    """Two documents share a salt only where password and content are both the same."""
    key = CampaignKey(SECRET)
    same = (one, content) == (other, another)
    assert (key.zip_salt(one, content) == key.zip_salt(other, another)) == same


@pytest.mark.parametrize("length", [0, 1, KEY_BYTES - 1, KEY_BYTES + 1, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    """A key that is cut or too long is no key, and the message does not show it."""
    secret = b"\xab" * length
    with pytest.raises(ValueError, match=str(KEY_BYTES)) as caught:
        CampaignKey(secret)
    assert "xab" not in str(caught.value)


def test_the_secret_is_never_shown(key: CampaignKey) -> None:
    """Neither repr nor str of a key, nor of what holds one, tells a byte of it."""
    for text in (repr(key), str(key), repr([key]), f"{key}"):
        assert text.strip("[]") == "CampaignKey()"


def test_new_keys_differ() -> None:
    """Each new key is drawn afresh."""
    assert len({CampaignKey.new().secret for _ in range(8)}) == 8


def test_a_key_is_read_back(tmp_path: Path) -> None:
    """The key that was written is the key that is read; no file means no key yet."""
    assert read_key(tmp_path) is None
    assert read_key(tmp_path / "no such folder") is None
    write_private(tmp_path / KEY_NAME, SECRET)
    key = read_key(tmp_path)
    assert key is not None
    assert key.secret == SECRET


@pytest.mark.parametrize("data", [b"", SECRET[:-1], SECRET + b"\n", b"x" * 64])
def test_a_damaged_key_is_told_without_showing_it(data: bytes, tmp_path: Path) -> None:
    """A key of another length is an error that names the file and the remedy, never a new key."""
    (tmp_path / KEY_NAME).write_bytes(data)
    with pytest.raises(StateError, match="damaged") as caught:
        read_key(tmp_path)
    assert str(tmp_path / KEY_NAME) in str(caught.value)
    assert "backup" in caught.value.hint
    assert "xxxx" not in str(caught.value)
    assert (tmp_path / KEY_NAME).read_bytes() == data
