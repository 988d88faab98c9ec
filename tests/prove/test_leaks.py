from __future__ import annotations

import base64
import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.prove.leaks import find_leaks
from site_src.prove.secrets import PIECE_BYTES, SHARED_BYTES, Secrets
from site_src.read.settings import CodePolicy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EMAIL = "Maria.P@dimos.example"
OTHER = "o'neil&co@foreas.example"
CODE = "CDFJ-LQRS-W234-6789-CDFJ"
KEY = bytes(range(100, 132))
SECRETS = Secrets.of([EMAIL, OTHER], [CODE], [CodePolicy()], [KEY])

AN_EMAIL, A_CODE, A_KEY = "e-mail address", "access code", "campaign key"


def leaks(data: bytes | str, name: str = "page.html") -> list[str]:
    """The sentences about a file."""
    return [leak.message for leak in find_leaks(name, data.encode() if isinstance(data, str) else data, SECRETS)]


def zipped(parts: dict[str, bytes], *, comment: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP container, as office documents are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as container:
        container.comment = comment
        for name, data in parts.items():
            container.writestr(name, data)
    return buffer.getvalue()


def workbook(text: str) -> bytes:
    """An .xlsx whose one cell holds the text."""
    import openpyxl

    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    book.create_sheet()["C7"] = text
    book.save(buffer)
    return buffer.getvalue()


def word(*runs: str) -> bytes:
    """A .docx whose one paragraph holds the runs."""
    body = "".join(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{run}</w:t></w:r>" for run in runs)
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document = f"<w:document {names}><w:body><w:p>{body}</w:p><w:p><w:r><w:t>Next</w:t></w:r></w:p></w:body>"
    return zipped({"word/document.xml": f"{document}</w:document>".encode()})


@pytest.fixture
def pdf(tmp_path: Path) -> Callable[[str], bytes]:
    """Sets a PDF from Typst markup."""
    import typst

    def make(markup: str) -> bytes:
        path = tmp_path / "made.typ"
        path.write_text(markup, encoding="utf-8")
        made = typst.compile(str(path), format="pdf", ignore_system_fonts=True)
        assert isinstance(made, bytes)
        return made

    return make


@pytest.mark.parametrize(
    "text",
    [
        f"{EMAIL}",
        f"write to {EMAIL}.",
        f"({EMAIL})",
        f"<{EMAIL}>",
        f"{EMAIL}, {EMAIL}",
        f'<a href="mailto:{EMAIL}?subject=x">write</a>',
        f"{EMAIL}-",
        f"{EMAIL}...",
        f"{EMAIL}.gr.example",
        f"{EMAIL}@",
        f"a@b {EMAIL}",
        EMAIL.lower(),
        EMAIL.upper(),
        EMAIL.replace("@", "%40"),
        EMAIL.replace("@", "&#64;"),
        EMAIL.replace("@", "&#x40;"),
        EMAIL.replace("@", "&commat;"),
        EMAIL.replace("@", "&amp;#64;"),
        EMAIL.replace(".", "&period;").replace("@", "&#64;"),
        "".join(f"&#{ord(letter)};" for letter in EMAIL),
        "".join(f"%{ord(letter):02X}" for letter in EMAIL),
        EMAIL.replace("@", r"\u0040"),
        "".join(rf"\u{ord(letter):04x}" for letter in EMAIL),
        EMAIL.replace("@", r"\x40"),
        EMAIL.replace("@", "%u0040"),
        EMAIL.replace("@", "_x0040_"),
        EMAIL.replace("@", "=40"),
        EMAIL.replace("@", "=\r\n@=\n"),
        OTHER,
        OTHER.replace("'", "&#39;").replace("&co", "&amp;co"),
        OTHER.replace("&", "&amp;"),
        "Δήμος" + "@" * 50 + EMAIL,
    ],
)
def test_an_address_is_found_in_every_form(text: str) -> None:
    """Letter case, punctuation, links and the escapes of HTML, mails, programs and Open XML hide no address."""
    assert [AN_EMAIL in leak for leak in leaks(text)] == [True]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1253", "iso8859-7"])
@pytest.mark.parametrize(("before", "after"), [("", ""), ("Γράψτε στο ", ""), ("", " σήμερα"), ("x", "\n")])
def test_an_address_is_found_in_every_encoding(encoding: str, before: str, after: str) -> None:
    """One byte or two to a character, either order, first or last in the file: the address is seen."""
    data = f"{before}{EMAIL}{after}".encode(encoding)
    assert any(AN_EMAIL in leak for leak in leaks(data))
    assert any(AN_EMAIL in leak for leak in leaks(b"\x07" + data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_code_is_found_in_every_encoding(encoding: str) -> None:
    """A code is seen in text of one and of two bytes, at the very end of the file too."""
    assert any(A_CODE in leak for leak in leaks(f"x {CODE}".encode(encoding)))


@pytest.mark.parametrize("text", [CODE, f"{CODE}.", f"CDFJ-{CODE}", f"{CODE}-LQRS", f"CDFJ-LQRS-{CODE}-9", f"X{CODE}X"])
def test_a_code_is_found_among_other_groups(text: str) -> None:
    """Groups and letters glued to a code do not hide it."""
    assert [A_CODE in leak for leak in leaks(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        CODE.lower(),
        CODE.title(),
        *(
            CODE.replace("-", between)
            for between in ("", " ", "\u00a0", "\u2011", "\u2012", "–", "\u2212", " - ", "_", ".")
        ),
        *(CODE.replace("-", between) for between in ("&ndash;", "&#8209;", "%20", "<br>", "</b>-<b>", "-\n", "\r\n  ")),
        CODE.replace("-W2", "-\nW2"),
        CODE.replace("LQRS", "LQ\nRS"),
        CODE.replace("LQRS", "LQ\u00adRS").lower(),
    ],
)
@pytest.mark.parametrize("around", ["{}", "κωδικός {}.", "9999 {} 9999"])
def test_a_code_is_found_in_every_form(text: str, around: str) -> None:
    """Letter case, and what stands between its symbols or in the place of its hyphens, hide no code."""
    assert [A_CODE in leak for leak in leaks(around.format(text))] == [True]


def test_a_code_is_found_in_the_letter_case_of_its_alphabet() -> None:
    """A letter that an alphabet has in both cases is two symbols."""
    policy = CodePolicy(groups=2, group_length=8, alphabet="fFdjlQRS2346789w")
    secrets = Secrets.of([], ["fFdjlQRS-2346789w"], [policy], [])
    assert list(find_leaks("page.html", b"fF DJL QRS 2346789W", secrets))
    assert not list(find_leaks("page.html", b"FFdjlQRS-2346789w", secrets))


@pytest.mark.parametrize(
    "text",
    [
        "maria.p@dimos.example2",
        "maria.p@dimo.example",
        "maria.q@dimos.example",
        "maria.p at dimos.example",
        "@dimos.example",
        "maria.p@",
        "maria.p;\n@dimos.example",
        "maria.p@|dimos.example",
        "CDFJ-LQRS-W234-6789",
        "CDFJ-LQRS-W234-6789-CDFL",
        "CDFJ LQRS W234 6789 CDFA",
        "CDFJ LQRS W234 ACDF 6789",
        KEY[:-1].hex(),
        "%zz &# &; %",
    ],
)
def test_near_misses_are_no_leak(text: str) -> None:
    """Another host, another name, half a code: not what must be kept."""
    assert leaks(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "maria.p@dim\nos.example",
        "maria.p@dim\nos.example\nNext line",
        "maria.p@\r\ndimos.\r\nexample\r\n\r\nNext",
        "maria.p\n@dimos.example",
        "ma  \n\t\tria.p@dimos.example",
        "ma\n" + " " * 200 + "ria.p@dimos.\n" + " " * 200 + "example",
        "maria.p @ dimos.example",
        "maria.p\u00a0@\u00a0dimos.example",
        "maria.\n\np@\r\n \r\ndimos. example",
        "m a r i a . p @ d i m o s . e x a m p l e",
        "ma-\nria.p@di\u00ad\nmos.exam\u2010\nple",
        "<td>Maria.P@dim<br>os.example</td>\n<td>Next</td>",
        "Maria.P@dim<br />\n    os.example",
        "<w:t>Maria.P</w:t><w:br/><w:t>@dimos.example</w:t><w:br/><w:t>Next</w:t>",
    ],
)
def test_an_address_that_is_broken_over_lines_is_found(text: str) -> None:
    """Line ends, indentation and blanks about the "@" hide no address."""
    assert [AN_EMAIL in leak for leak in leaks(text)] == [True]
    assert [AN_EMAIL in leak for leak in leaks(f"a\n{text.upper()}\nb")] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "Maria.P<!-- x -->@dimos.example",
        "Maria.P<!-- <b>x</b> - -- > -->@dimos.example",
        "<!-- Maria.P<!----><!---->@dimos.example",
        'Maria.P<span title="a>b">@</span>dimos.example',
        "Maria.P<span class=a title = 'a>\"b'>@</span>dimos.example",
        "<p it's>Maria.P<i>@</i>dimos.example<p it's>",
        '<p title="">Maria.P<i title=">@</i>dimos.example',
        "Maria.P&shy;@dimos.example",
        "Maria.P&zwnj;@dim&#8203;os.example",
        "Maria.P<b>&shy;@</b>dimos.example",
        "Maria.P<b>\u200b@</b>dimos.example",
        "Maria.P<b>\uff20</b>dimos.example",
    ],
)
def test_an_address_amid_markup_is_found(text: str) -> None:
    """Comments, tags with any attribute and characters that are not seen may stand within an address."""
    assert [AN_EMAIL in leak for leak in leaks(text)] == [True]


@pytest.mark.parametrize("before", ["2101234567", "στο", r"\n", "x", "E-mail:"])
def test_what_is_glued_before_an_address_does_not_hide_it(before: str) -> None:
    """A PDF's table or JSON may put a cell or an escape right before an address: better alarmed than leaked."""
    assert [AN_EMAIL in leak for leak in leaks(f"{before}{EMAIL}")] == [True]


@pytest.mark.parametrize(
    "form",
    [
        KEY,
        KEY.hex().encode(),
        KEY.hex().upper().encode(),
        KEY.hex(":").encode(),
        KEY.hex(":").upper().encode(),
        base64.b64encode(KEY),
        base64.b64encode(KEY).rstrip(b"="),
        base64.urlsafe_b64encode(KEY),
    ],
    ids=["raw", "hex", "HEX", "hex with colons", "HEX with colons", "base64", "base64 unpadded", "base64 for URLs"],
)
def test_the_key_is_found_in_every_form(form: bytes) -> None:
    """Raw, hexadecimal or Base64, in a file of any kind and inside a container."""
    for data in (form, b"\x00" + form + b"\x00", zipped({"word/x.bin": form}), b"%PDF-1.7 " + form):
        assert any(A_KEY in leak for leak in leaks(data))


def test_a_workbook_and_a_word_document_are_opened() -> None:
    """A cell of an .xlsx and the text of a .docx are looked into."""
    for secret, what in ((EMAIL, AN_EMAIL), (CODE, A_CODE)):
        assert any(what in leak for leak in leaks(workbook(f"see {secret}."), "annex.xlsx"))
        assert any(what in leak for leak in leaks(word(f"see {secret}."), "a.docx"))
    assert any(AN_EMAIL in leak for leak in leaks(workbook("see\nMaria.P@dim\nos.example\nNext"), "annex.xlsx"))
    assert leaks(workbook("nothing"), "annex.xlsx") == []
    assert leaks(word("nothing"), "a.docx") == []


@pytest.mark.parametrize("hyphen", ["<w:noBreakHyphen/>", "<w:softHyphen/>", "<w:t>\u2011</w:t>", "<w:t>–</w:t>"])
def test_a_hyphen_of_words_own_hides_no_address(hyphen: str) -> None:
    """Word writes hyphens as elements or as other signs; whoever types a plain one finds the address."""
    secrets = Secrets.of(["maria.p@dimos-thiras.example"], [], [], [])
    data = word(f"maria.p@dimos</w:t>{hyphen}<w:t>thiras.example")
    assert list(find_leaks("a.docx", data, secrets))


def test_an_address_that_word_has_split_is_found() -> None:
    """Word cuts a line into runs where it likes; a reader sees one address nevertheless."""
    assert any(AN_EMAIL in leak for leak in leaks(word("Maria", ".P@dimos", ".example"), "a.docx"))
    assert any(AN_EMAIL in leak for leak in leaks("<b>Maria.P</b>@dimos.example"))


def test_the_text_of_a_pdf_is_read(pdf: Callable[[str], bytes]) -> None:
    """The text of a PDF is found although its streams are compressed."""
    assert any(A_CODE in leak for leak in leaks(pdf(CODE), "letter.pdf"))
    for shown in (f'#"{EMAIL}"', r'#"Maria.P@dim" \ #"os.example" \ Next'):
        assert any(AN_EMAIL in leak for leak in leaks(pdf(shown), "letter.pdf"))
    assert leaks(pdf("Nothing to see"), "letter.pdf") == []


def test_text_beyond_the_edges_of_a_page_is_read(pdf: Callable[[str], bytes]) -> None:
    """Cropping a page takes nothing out of it: other programs show the text, and copy it."""
    beside = f"#set page(width: 99pt, height: 99pt)\n#place(dx: 200pt)[{EMAIL}]".replace("@", "\\@")
    assert [AN_EMAIL in leak for leak in leaks(pdf(beside))] == [True]


def test_a_link_and_the_author_of_a_pdf_are_read(pdf: Callable[[str], bytes]) -> None:
    """An address behind a link's text, or in the file's properties, is found."""
    assert any(AN_EMAIL in leak for leak in leaks(pdf(f'#link("mailto:{EMAIL}")[Write to us]'), "a.pdf"))
    assert any(AN_EMAIL in leak for leak in leaks(pdf(f'#set document(author: "{EMAIL}")\nText'), "a.pdf"))


def test_containers_within_containers_are_opened() -> None:
    """A document in a ZIP in a ZIP is looked into; what lies deeper is said to be unseen, not passed over."""
    data = EMAIL.encode()
    for _ in range(3):
        data = zipped({"inner": data})
        assert any(AN_EMAIL in leak for leak in leaks(data))
    assert any("too deep" in leak for leak in leaks(zipped({"inner": data})))


def test_names_and_comments_of_a_container_are_read() -> None:
    """An address may stand in the name of a part or in the container's comment too."""
    assert any(AN_EMAIL in leak for leak in leaks(zipped({f"{EMAIL}.txt": b""})))
    assert any(AN_EMAIL in leak for leak in leaks(zipped({"a": b""}, comment=EMAIL.encode())))


def test_a_container_behind_other_bytes_is_opened() -> None:
    """A ZIP need not begin with its signature: self-extracting ones do not, and programs open them."""
    assert any(AN_EMAIL in leak for leak in leaks(b"MZ stub" + zipped({"a": EMAIL.encode()}), "setup.exe"))


def encrypted_zip() -> bytes:
    """A ZIP whose one part says that it is encrypted."""
    data = bytearray(zipped({"a.txt": b"sealed"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def test_an_encrypted_part_is_told() -> None:
    """A file that cannot be looked into is not published unseen."""
    assert [leak for leak in leaks(encrypted_zip(), "a.zip") if "is encrypted" in leak]


def test_a_part_that_grows_without_measure_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part said to be huge is refused by its size, unread; so are many parts that are huge only together."""
    monkeypatch.setattr("site_src.prove.leaks.UNPACKED_BYTES_MAX", 10_000)
    assert any("too large" in leak for leak in leaks(zipped({"a": bytes(10_001)})))
    assert any("too large" in leak for leak in leaks(zipped({str(number): bytes(1_000) for number in range(11)})))
    assert leaks(zipped({str(number): bytes(1_000) for number in range(10)})) == []


def test_a_part_that_lies_about_its_size_is_told() -> None:
    """A part that holds more than it says is a damaged container, not an endless one."""
    data = bytearray(zipped({"a": bytes(2**20)}))
    start = data.index(b"PK\x01\x02") + 24
    data[start : start + 4] = (5).to_bytes(4, "little")
    assert any("cannot be looked into" in leak for leak in leaks(bytes(data)))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_container_is_told_and_never_raises(method: int) -> None:
    """Each byte of a container changed in turn: it is looked into or said to be damaged, and that is all."""
    data = zipped({"Ω.txt": b"nothing secret, several words of it"}, method=method)
    surprises = set()
    for place in range(len(data)):
        for bit in (0, 3, 7):
            damaged = data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]
            try:
                leaks(damaged)
            except Exception as error:  # noqa: BLE001 (whatever comes out is what the test is about)
                surprises.add(repr(error))
    assert not surprises


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.7\n", b"PK\x05\x06" + bytes(18)]))
def test_any_bytes_are_looked_into_without_an_exception(data: bytes, start: bytes) -> None:
    """Random bytes, with the beginnings of the known kinds, never end the build."""
    leaks(start + data)


@given(st.binary(max_size=200), st.binary(max_size=200), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_an_address_between_any_bytes_is_found(before: bytes, after: bytes, encoding: str) -> None:
    """An address set apart by spaces is found in a binary file, whatever is around it."""
    if before.startswith((b"PK\x03\x04", b"%PDF")):
        return
    assert any(AN_EMAIL in leak for leak in leaks(before + f" {EMAIL} ".encode(encoding) + after))


def test_a_sentence_says_where_and_never_what() -> None:
    """No sentence repeats the secret, even where it is a file's own name."""
    everything = f"{EMAIL} {CODE} {KEY.hex()}".encode()
    found = [
        *leaks(everything, "circular.html"),
        *leaks(zipped({f"{EMAIL}.txt": everything, CODE: b""}), "attachments/a.zip"),
    ]
    assert len(found) >= 6
    assert any("circular.html" in leak for leak in found)
    assert all("attachments/a.zip" in leak or "circular.html" in leak for leak in found)
    for secret in (EMAIL, CODE, KEY.hex()):
        assert not [leak for leak in found if secret.casefold() in leak.casefold()]


def test_the_name_of_a_published_file_is_looked_at() -> None:
    """An attachment named after an address would publish it in a link."""
    assert any(AN_EMAIL in leak for leak in leaks("nothing", f"circulars/2020-11/{EMAIL}.pdf"))


def test_secrets_are_never_shown() -> None:
    """The representation of the secrets' own collection shows none of them."""
    assert all(secret not in repr(SECRETS).casefold() for secret in ("maria", "cdfj", "dimos"))


@pytest.mark.parametrize(
    "text",
    [
        "a@" + "." * 2_000_000,
        "@" * 2_000_000,
        "<a" + "a" * 2_000_000,
        "<" * 2_000_000,
        "<!--" * 500_000,
        '<a b="' * 400_000,
        "<a" + "='" * 1_000_000,
        "CDFJ-" * 400_000,
    ],
)
def test_a_large_file_costs_its_length(text: str) -> None:
    """Two megabytes of what looks like hosts, tags or codes are read in one go, not once for each of their parts."""
    assert leaks(text) == []


def test_a_length_beyond_every_host_name_hides_no_address() -> None:
    """A line of full stops or underscores behind an address, as in a table of contents, belongs to the text."""
    for filler in (".", "_", "-"):
        assert any(AN_EMAIL in leak for leak in leaks(EMAIL + filler * 500 + "7"))


@pytest.mark.parametrize("groups", [1, 2, 5])
def test_codes_of_any_policy_are_found(groups: int) -> None:
    """One group or several, alone or amid signs that codes are made of, and only those that were given out."""
    policy = CodePolicy(groups=groups, group_length=4)
    code, other = ("-".join([group] * groups) for group in ("CDFJ", "LQRS"))
    secrets = Secrets.of([], [code], [policy], [])
    plain = code.replace("-", "").lower()
    for text in (code, f"9999{code}9999", f"9999-{code}-9999", f"{other}-{code}", plain, f"2{plain}3", f"x\n{plain}"):
        assert list(find_leaks("page.html", text.encode(), secrets)), text
    for text in (other, f"9999-{other}", code[:-1], "-", f"-{code[1:]}"):
        assert not list(find_leaks("page.html", text.encode(), secrets)), text


@pytest.mark.parametrize("secret", [EMAIL, CODE, "Maria.P&#64;dimos.<b>example</b>"])
@pytest.mark.parametrize("piece", [1, 2])
def test_a_secret_across_two_pieces_of_a_long_file_is_found(secret: str, piece: int) -> None:
    """Wherever a long file is cut to be read piece by piece, what lies across the cut is seen, and told once."""
    cut = piece * (PIECE_BYTES - SHARED_BYTES)
    for start in (cut - 1, cut - len(secret) // 2, cut + SHARED_BYTES - 1):
        data = b"." * start + secret.encode() + b"." * PIECE_BYTES
        assert len(leaks(data)) == 1, start
