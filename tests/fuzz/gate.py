"""Fuzzes the last scan before publishing, as ``fuzzing.py`` says.

An input is either a file of an allowed kind with a few of its bytes changed, or a text with a secret between blanks.
"""

from __future__ import annotations

import atheris

with atheris.instrument_imports(include=["site_src"]):
    from site_src.prove.leaks import find_leaks

from tests.fuzz.fuzzing import changed, changed_file, fuzz, kept, text_of
from tests.prove.test_leaks import A_CODE, AN_EMAIL, CODE, EMAIL, SECRETS, leaks, word, workbook, zipped

PIECES = (
    *("<", ">", "<p>", "</w:t><w:t>", "<!--", "-->", '="', "&#64;", "&amp;", "&#x", ";", "%40", "\\u0040", "\\x40"),
    *("\\100", "{\\rtf1", "\\par ", "=\n", "=40", "[at]", "(at)", "@", "\N{FULLWIDTH COMMERCIAL AT}", ".", "-", "\n"),
    *("\N{SOFT HYPHEN}", "\N{ZERO WIDTH SPACE}", "\N{NON-BREAKING HYPHEN}", "\N{GREEK SMALL LETTER OMICRON}", " ", "_"),
    *("maria.p", "dimos.example", "maria.p@", "@dimos.example", "CDFJ-", "CDFJLQRS", "PK\x03\x04", "%PDF-", "\0"),
    *("stream\n", "endstream", "/Encrypt", "BZh", "QUJD", "4142", "x\x9c", "112345678901"),
)
WORDS = tuple(piece.encode() for piece in PIECES)
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a)3 0 R]>>>>>>endobj
2 0 obj<</Type/Pages/Kids[4 0 R]/Count 1>>endobj
3 0 obj<</Type/Filespec/F(a.txt)/EF<</F 5 0 R>>>>endobj
4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[<</Subtype/Text/Contents(\\376\\377\\000m)>>]>>endobj
5 0 obj<</Length 8>>stream
attached
endstream endobj
trailer<</Root 1 0 R>>
%%EOF"""
SEEDS = {
    "seed.docx": word("Maria", ".P at", "dimos"),
    "seed.xlsx": workbook("maria.p"),
    "seed.odt": zipped({"content.xml": b"<text:p>maria.p</text:p>", "mimetype": b"application/x"}),
    "seed.pdf": PDF,
    "seed.csv": "Δήμος;maria.p\r\n".encode("utf-16"),
    "seed.txt": "Δήμος, maria.p".encode("cp1253"),
}


def look_at_changed_file(choices: atheris.FuzzedDataProvider) -> None:
    """Look through a file that is damaged anyhow: nothing is raised."""
    name = choices.PickValueInList(list(SEEDS))
    data = changed_file(SEEDS[name], choices, WORDS)
    if choices.ConsumeBool():
        data = changed(data, choices, WORDS)
    with kept(name, data):
        list(find_leaks(f"attachments/{name}", data, SECRETS))


def look_for_secret(choices: atheris.FuzzedDataProvider) -> None:
    """Look through a text, plain or in a document: the secret in it is found, whatever surrounds it."""
    secret, kind = choices.PickValueInList([(EMAIL, AN_EMAIL), (EMAIL.upper(), AN_EMAIL), (CODE, A_CODE)])
    text = f"{text_of(choices, PIECES)} {secret} {text_of(choices, PIECES)}"
    name, data = (
        ("text.txt", text.encode()),
        ("text.csv", text.encode("utf-16")),
        ("text.docx", zipped({"word/document.xml": text.encode()})),
    )[choices.ConsumeIntInRange(0, 2)]
    with kept(name, data):
        assert any(kind in message for message in leaks(data, f"attachments/{name}")), "a secret that is not found"


def one_input(data: bytes) -> None:
    """Look through what the fuzzer chose."""
    choices = atheris.FuzzedDataProvider(data)
    (look_for_secret if choices.ConsumeBool() else look_at_changed_file)(choices)


if __name__ == "__main__":
    fuzz(one_input)
