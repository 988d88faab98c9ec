from __future__ import annotations

import hashlib
import hmac
import io
import struct
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

import pytest
import pyzipper
from hypothesis import given
from hypothesis import strategies as st

from site_src.make.archives import SealedZipFile, reopen, seal, unseal
from site_src.plan.keys import CampaignKey
from site_src.read.agency import PASSWORD_BYTES_MAX
from site_src.read.inputs import Document
from tests.support.programs import installed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Opening = Callable[[bytes, str], tuple[Document, ...] | None]

PASSWORD = "Maria@dimos.example"  # noqa: S105 (an invented address)
DAY = date(2020, 11, 17)
LETTER = Document("012345678901.pdf", b"%PDF-1.7 letter")
BY_CHANCE = "guess1100@dimos.example"  # found by trial: its verifier is that of PASSWORD with the salt of LETTER
GREEK = Document("Απόφαση – Δήμος.txt", "Ο κωδικός".encode())
EMPTY = Document("empty.txt", b"")

LOCAL_HEADER = struct.Struct("<4s5H3I2H")  # APPNOTE.TXT 4.3.7
AES_VERSION = 51  # 4.4.3.2: what AES needs to be extracted
AE2_FIELD = struct.pack("<3H2sBH", 0x9901, 7, 2, b"AE", 3, 0)  # version 2, AES-256, stored without compression
SALT_AND_VERIFIER = 16 + 2  # WinZip AES specification, "Encrypted file storage format"


def data_of(archive: bytes) -> bytes:
    """The stored bytes of an archive's first document: salt, verifier, ciphertext and authentication code."""
    fields = LOCAL_HEADER.unpack_from(archive)
    start = LOCAL_HEADER.size + fields[9] + fields[10]
    return archive[start : start + fields[7]]


def start_of_data(archive: bytes) -> int:
    """Return the place of the first document's stored bytes."""
    return archive.index(data_of(archive))


def keys_for(password: str, salt: bytes) -> tuple[bytes, bytes, bytes]:
    """Encryption key, authentication key and verifier by the specification."""
    material = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 66)
    return material[:32], material[32:64], material[64:]


def test_local_header_follows_the_ae2_description(key: CampaignKey) -> None:
    """Version 5.1, encrypted, method 99, the day at midnight, no CRC, sizes of both forms, and the field of AE-2."""
    archive = seal([LETTER], PASSWORD, key, DAY)
    fields = LOCAL_HEADER.unpack_from(archive)
    packed = 16 + 2 + len(LETTER.content) + 10
    day = (2020 - 1980) << 9 | 11 << 5 | 17
    sizes = (packed, len(LETTER.content), len(LETTER.name), len(AE2_FIELD))
    assert fields == (b"PK\x03\x04", AES_VERSION, 0x1, 99, 0, day, 0, *sizes)
    start = LOCAL_HEADER.size + len(LETTER.name)
    assert archive[LOCAL_HEADER.size : start] == LETTER.name.encode()
    assert archive[start : start + len(AE2_FIELD)] == AE2_FIELD


def test_central_directory_says_the_same(key: CampaignKey) -> None:
    """The directory repeats the local headers, byte for byte, and gives the mode of a private file; nothing follows."""
    documents = [LETTER, GREEK, EMPTY]
    archive = seal(documents, PASSWORD, key, DAY)
    *_, entries, here, length, start, comment = struct.unpack_from("<4s4H2IH", archive, len(archive) - 22)
    assert (entries, here, start + length, comment) == (3, 3, len(archive) - 22, 0)
    local, at = 0, start
    for document in documents:
        name = document.name.encode()
        signature, made_by, *same = struct.unpack_from("<4sH5H3I2H", archive, at)
        assert (signature, made_by) == (b"PK\x01\x02", 3 << 8 | AES_VERSION)
        assert tuple(same) == LOCAL_HEADER.unpack_from(archive, local)[1:]
        comment, disk, internal, mode, offset = struct.unpack_from("<3H2I", archive, at + 32)
        assert (comment, disk, internal, mode >> 16, offset) == (0, 0, 0, 0o100600, local)
        assert archive[at + 46 : at + 46 + len(name) + len(AE2_FIELD)] == name + AE2_FIELD
        local += LOCAL_HEADER.size + len(name) + len(AE2_FIELD) + len(document.content) + 28
        at += 46 + len(name) + len(AE2_FIELD)
    assert (local, at) == (start, len(archive) - 22)


def test_salt_verifier_and_authentication_code_are_the_derived_ones(key: CampaignKey) -> None:
    """The archive stores the campaign's salt, PBKDF2's verifier and HMAC-SHA1 over the ciphertext."""
    data = data_of(seal([LETTER], PASSWORD, key, DAY))
    salt = key.zip_salt(PASSWORD, LETTER.content)
    _, authentication_key, verifier = keys_for(PASSWORD, salt)
    assert data[:18] == salt + verifier
    assert data[-10:] == hmac.new(authentication_key, data[18:-10], hashlib.sha1).digest()[:10]


def test_ciphertext_is_aes_in_little_endian_counter_mode(key: CampaignKey) -> None:
    """Each block is the content XOR AES-256 of a little-endian counter that starts at 1, as openssl computes it."""
    content = bytes(range(100))
    data = data_of(seal([Document("a.bin", content)], PASSWORD, key, DAY))
    encryption_key, _, _ = keys_for(PASSWORD, data[:16])
    counters = b"".join(block.to_bytes(16, "little") for block in range(1, 8))
    command = [installed("openssl"), "enc", "-aes-256-ecb", "-nopad", "-K", encryption_key.hex()]
    stream = subprocess.run(command, input=counters, capture_output=True, check=True).stdout
    assert bytes(a ^ b for a, b in zip(content, stream, strict=False)) == data[18:-10]


def test_same_bytes_every_time_and_in_every_thread(key: CampaignKey) -> None:
    """Sealing the same documents again, on several threads at once, gives the same bytes."""
    documents = [LETTER, GREEK, EMPTY]
    with ThreadPoolExecutor(4) as pool:
        archives = set(pool.map(lambda _: seal(documents, PASSWORD, key, DAY), range(12)))
    assert len(archives) == 1


def test_each_document_takes_a_salt_of_its_own(key: CampaignKey) -> None:
    """No two contents in one archive meet the same salt, nor does one content under two passwords."""
    archive = seal([LETTER, GREEK], PASSWORD, key, DAY)
    assert key.zip_salt(PASSWORD, LETTER.content) in archive
    assert key.zip_salt(PASSWORD, GREEK.content) in archive
    other = seal([LETTER], "other@dimos.example", key, DAY)
    assert data_of(other)[:16] != data_of(archive)[:16]


def test_no_document_is_written_without_a_fresh_salt(key: CampaignKey) -> None:
    """A salt serves once: a second document without its own is refused rather than sealed under the first's."""
    with SealedZipFile(io.BytesIO(), PASSWORD.encode()) as archive:
        archive.salt = key.zip_salt(PASSWORD, b"x")
        archive.writestr("one", b"x")
        with pytest.raises(ValueError, match="no salt"):
            archive.writestr("two", b"y")


@pytest.mark.parametrize("day", [None, date(1821, 3, 25), date(1980, 1, 1)])
def test_a_day_that_a_zip_cannot_tell_becomes_its_first(key: CampaignKey, day: date | None) -> None:
    """A circular without a date, or from before 1980, dates its documents on the first day of ZIP."""
    entry = pyzipper.AESZipFile(io.BytesIO(seal([LETTER], PASSWORD, key, day))).infolist()[0]
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_a_day_past_the_last_of_zip_is_no_traceback(key: CampaignKey) -> None:
    """A mistyped year such as 2202 still gives an archive that opens (APPNOTE.TXT 4.4.6 ends with 2107)."""
    assert unseal(seal([LETTER], PASSWORD, key, date(2202, 11, 17)), PASSWORD) == (LETTER,)


@given(
    st.lists(
        st.builds(Document, st.text("aΩé 1-", min_size=1, max_size=9).map("{}.txt".format), st.binary(max_size=300)),
        min_size=1,
        max_size=4,
        unique_by=lambda document: document.name,
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
)
def test_what_is_sealed_comes_back(documents: list[Document], password: str) -> None:
    """Names, contents and order of any documents come back under any password."""
    archive = seal(documents, password, CampaignKey(bytes(32)), DAY)
    assert unseal(archive, password) == reopen(archive, password) == tuple(documents)


def test_the_proof_derives_no_key_again(key: CampaignKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter just sealed is opened with the keys of its password and salt; another address derives its own."""
    derived: list[bytes] = []
    derive = hashlib.pbkdf2_hmac

    def count_keys(name: str, password: bytes, salt: bytes, iterations: int, length: int) -> bytes:
        derived.append(password)
        return derive(name, password, salt, iterations, length)

    monkeypatch.setattr(hashlib, "pbkdf2_hmac", count_keys)
    archive = seal([Document("a.txt", b"never sealed before")], PASSWORD, key, DAY)
    assert reopen(archive, PASSWORD) is not None
    assert reopen(archive, "another@dimos.example") is None
    assert derived == [PASSWORD.encode(), b"another@dimos.example"]


@pytest.mark.parametrize("opening", [unseal, reopen])
def test_another_password_opens_nothing(key: CampaignKey, opening: Opening) -> None:
    """Another letter case, a space more, an empty text: none of them is the password."""
    archive = seal([LETTER, EMPTY], PASSWORD, key, DAY)
    for wrong in (PASSWORD.lower(), PASSWORD + " ", PASSWORD[:-1], "", "Μaria@dimos.example"):
        assert opening(archive, wrong) is None


@pytest.mark.parametrize("opening", [unseal, reopen])
def test_every_flipped_bit_of_the_stored_bytes_is_noticed(key: CampaignKey, opening: Opening) -> None:
    """Changed salt or verifier: not opened. Changed ciphertext or authentication code: damaged. Never other content."""
    for document in (Document("a.txt", b"hello, world"), EMPTY):
        archive = seal([document], PASSWORD, key, DAY)
        start, length = start_of_data(archive), len(data_of(archive))
        for place in range(length):
            damaged = bytearray(archive)
            damaged[start + place] ^= 1 << place % 8
            if place < SALT_AND_VERIFIER:
                assert opening(bytes(damaged), PASSWORD) is None
            else:
                with pytest.raises(pyzipper.BadZipFile):
                    opening(bytes(damaged), PASSWORD)


@pytest.mark.parametrize("opening", [unseal, reopen])
def test_damage_anywhere_is_one_kind_of_error(key: CampaignKey, opening: Opening) -> None:
    """Any flipped bit or lost tail gives documents, None or BadZipFile: no other exception comes out."""
    archive = seal([LETTER, EMPTY], PASSWORD, key, DAY)
    flipped = (
        archive[:place] + bytes([archive[place] ^ 1 << bit]) + archive[place + 1 :]
        for place in range(len(archive))
        for bit in (0, 6)
    )
    surprises = set()
    for damaged in [*flipped, *(archive[:length] for length in range(0, len(archive), 7))]:
        try:
            opening(damaged, PASSWORD)
        except pyzipper.BadZipFile:
            pass
        except Exception as error:  # noqa: BLE001 (whatever comes out is what the test is about)
            surprises.add(repr(error))
    assert not surprises


@pytest.mark.parametrize("opening", [unseal, reopen])
def test_a_wrong_password_that_passes_the_verifier_gives_nothing_away(key: CampaignKey, opening: Opening) -> None:
    """One wrong password in 65,536 passes the two-byte check: the authentication code then stops it, as damage."""
    archive = seal([LETTER], PASSWORD, key, DAY)
    salt, verifier = data_of(archive)[:16], data_of(archive)[16:18]
    assert keys_for(BY_CHANCE, salt)[2] == verifier
    with pytest.raises(pyzipper.BadZipFile):
        opening(archive, BY_CHANCE)


def extracted(program: list[str], archive: bytes, folder: Path) -> dict[str, bytes] | None:
    """Return what a real program takes out of the archive, or None if it fails."""
    (folder / "sealed.zip").write_bytes(archive)
    out = folder / "out"
    out.mkdir()
    done = subprocess.run(
        program,
        cwd=out,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    return {path.name: path.read_bytes() for path in out.iterdir()} if done.returncode == 0 else None


@pytest.fixture(params=["7-Zip", "libarchive"])
def opener(request: pytest.FixtureRequest) -> Callable[[str], list[str]]:
    """The command with which one of the two programs takes out ``../sealed.zip`` with a password."""
    if request.param == "7-Zip":
        path = installed("7z")
        return lambda password: [path, "x", f"-p{password}", "-y", "../sealed.zip"]
    path = installed("bsdtar")
    return lambda password: [path, "-x", "--passphrase", password, "-f", "../sealed.zip"]


def test_real_programs_open_every_document(
    key: CampaignKey, opener: Callable[[str], list[str]], tmp_path: Path
) -> None:
    """7-Zip and libarchive give back a letter, a document with a Greek name and an empty one, names and all."""
    documents = [LETTER, GREEK, EMPTY]
    archive = seal(documents, PASSWORD, key, DAY)
    assert extracted(opener(PASSWORD), archive, tmp_path) == {each.name: each.content for each in documents}


def test_real_programs_refuse_another_letter_case(
    key: CampaignKey, opener: Callable[[str], list[str]], tmp_path: Path
) -> None:
    """The address opens in the letter case in which it was declared, and in no other."""
    assert extracted(opener(PASSWORD.lower()), seal([LETTER], PASSWORD, key, DAY), tmp_path) is None


def test_real_programs_open_the_longest_password_and_ten_megabytes(
    key: CampaignKey, opener: Callable[[str], list[str]], tmp_path: Path
) -> None:
    """A password of 99 bytes and a document of 10 MB are no hindrance."""
    password = "a" * (PASSWORD_BYTES_MAX - len("@dimos.example")) + "@dimos.example"
    large = Document("large.bin", bytes(range(256)) * (10 * 2**20 // 256))
    archive = seal([large], password, key, DAY)
    assert extracted(opener(password), archive, tmp_path) == {"large.bin": large.content}


def test_7zip_finds_nothing_to_repair(key: CampaignKey, tmp_path: Path) -> None:
    """7-Zip's own test of the archive passes without a warning, and it sees AES-256 without compression."""
    path = tmp_path / "sealed.zip"
    path.write_bytes(seal([LETTER, GREEK], PASSWORD, key, DAY))
    command = [installed("7z")]
    tested = subprocess.run([*command, "t", f"-p{PASSWORD}", path], capture_output=True, check=True).stdout
    assert b"Everything is Ok" in tested
    assert b"arning" not in tested
    listed = subprocess.run([*command, "l", "-slt", f"-p{PASSWORD}", path], capture_output=True, check=True).stdout
    assert listed.count(b"Method = AES-256 Store") == 2


def test_libzip_opens_every_document(key: CampaignKey, tmp_path: Path) -> None:
    """libzip, which file managers and PHP use, gives back each document, and nothing for another password."""
    path = tmp_path / "sealed.zip"
    documents = [LETTER, GREEK, EMPTY]
    path.write_bytes(seal(documents, PASSWORD, key, DAY))

    def shown(password: str, number: int) -> subprocess.CompletedProcess[bytes]:
        command = [installed("ziptool"), str(path), "set_password", password, "cat", str(number)]
        return subprocess.run(command, capture_output=True, check=False)

    assert [shown(PASSWORD, number).stdout for number in range(3)] == [each.content for each in documents]
    refused = shown(PASSWORD.lower(), 0)
    assert (refused.returncode, refused.stdout) == (1, b"")


def test_greek_names_carry_the_utf8_flag(key: CampaignKey) -> None:
    """A name outside ASCII is marked as UTF-8 (APPNOTE.TXT 4.4.4, bit 11), and an ASCII one is not."""
    archive = seal([GREEK, LETTER], PASSWORD, key, DAY)
    assert [entry.flag_bits & 0x800 for entry in pyzipper.AESZipFile(io.BytesIO(archive)).infolist()] == [0x800, 0]


def test_a_document_never_shows_its_content() -> None:
    """A document in a message or a debugger tells its name and not what it says."""
    assert "letter" not in repr(LETTER)
