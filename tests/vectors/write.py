"""Write a file of frozen vectors, once: ``python -m tests.vectors.write recipe-2``. It overwrites none.

What was published must come out again with every later version of the program, so no test runs this. A change that
gives other bytes raises ``RECIPE`` in site_src/plan/plan.py and adds a file; the earlier ones stay, since their
archives and hash lines are still in use.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_src.files.htpasswd import KINDS
from site_src.plan.plan import RECIPE
from site_src.read.settings import DEFAULT_ALPHABET
from tests.vectors.uses import output_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).resolve().parent

KEYS = (bytes(range(32)), bytes(32), hashlib.sha256(b"frozen vectors").digest())
POLICIES = (
    {"groups": 5, "group_length": 4, "alphabet": DEFAULT_ALPHABET},
    {"groups": 6, "group_length": 4, "alphabet": DEFAULT_ALPHABET},
    {"groups": 4, "group_length": 5, "alphabet": DEFAULT_ALPHABET},
    {"groups": 1, "group_length": 26, "alphabet": "CDFJLQR2347"},
)
PEOPLE = (("012345678901", "maria@dimos.example"), ("205518873364", "Νίκος.Ο@περιφέρεια.example"))
ADDRESSES = ("maria@dimos.example", "info@dimos.example", "Mayor@dimos.example", "n.o'k+x@dimos.example")
CODES = ("CW7L-L687-4F3S-8RW2-69J7", "CDFJLQR2347CDFJLQR2347CDFJ")
DOCUMENTS = (
    {"012345678901.pdf": b"%PDF-1.7 a letter"},
    {"012345678901.pdf": b"", "Απόφαση – Α.txt": "Κωδικός".encode()},
)
DAYS = ("2020-11-17", "", "2150-01-01")


def main(names: list[str]) -> None:
    """Write the file of this name beside this script; raise FileExistsError where there is one."""
    (name,) = names
    vectors = [
        {"use": use, "key": key, "inputs": inputs, "output": output_of(use, key, inputs)}
        for secret in KEYS
        for key in [secret.hex()]
        for use, inputs in cases()
    ]
    with (FOLDER / f"{name}.json").open("x", encoding="utf-8", newline="\n") as file:
        json.dump({"recipe": RECIPE, "vectors": vectors}, file, ensure_ascii=False, indent=1)
        file.write("\n")


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each use with its inputs; every key meets all of them."""
    for policy, (username, email), generation in product(POLICIES, PEOPLE, (1, 2, 10)):
        yield "access_code", {"policy": policy, "username": username, "email": email, "generation": generation}
    for username, _ in PEOPLE:
        for number in range(1, len(ADDRESSES) + 1):
            yield "choice", {"username": username, "emails": list(ADDRESSES[:number])}
        for code, kind in product(CODES, KINDS):
            yield "hash_line", {"username": username, "code": code, "kind": kind}
    for (_, email), content in product(PEOPLE, ("", "a letter", "έγγραφο")):
        yield "zip_salt", {"password": email, "content": content}
        yield "fingerprint", {"parts": [email, content]}
    for (_, email), documents, day in product(PEOPLE, DOCUMENTS, DAYS):
        encoded = {name: base64.b64encode(content).decode() for name, content in documents.items()}
        yield "archive", {"password": email, "day": day, "documents": encoded}


if __name__ == "__main__":
    main(sys.argv[1:])
