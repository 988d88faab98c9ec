"""Fuzzes the page's opener of archives, as ``fuzzing.py`` says. Its scripts run in the Node that Playwright brings.

An input is either an archive with documents, names, days and a comment of the fuzzer's, which is intact and must open,
or one with a few bytes changed, which may open only with documents that it was made of.
"""

from __future__ import annotations

import base64
import io
import json
import subprocess
from pathlib import Path

import atheris
import playwright
import pyzipper

with atheris.instrument_imports(include=["pyzipper"]):
    from site_src.make.archives import seal
    from site_src.read.inputs import Document

from tests.fuzz.fuzzing import changed, fuzz, kept
from tests.support.opener_pages import ADDRESS, EMPTY, GREEK, KEY, SMALL_PDF, winzip
from tests.support.small_site import ROOT

NODE = Path(playwright.__file__).parent / "driver" / "node"
SCRIPT = f"""
import {{ createInterface }} from "node:readline";
import {{ unseal }} from "{ROOT.as_uri()}/templates/assets/unseal.js";
import {{ Damaged, Unsupported, readEntries }} from "{ROOT.as_uri()}/templates/assets/zip.js";

async function opened(archive) {{
  try {{
    const {{ documents, near }} = await unseal(readEntries(archive), ["{ADDRESS}"], () => {{}});
    const told = documents?.map(({{ name, content }}) => [name, Buffer.from(content).toString("base64")]);
    return told ? {{ documents: told }} : {{ kind: near ? "near" : "wrong" }};
  }} catch (error) {{
    const kind = error instanceof Damaged ? "damaged" : error instanceof Unsupported ? "unsupported" : String(error);
    return {{ kind }};
  }}
}}
for await (const line of createInterface({{ input: process.stdin }}))
  console.log(JSON.stringify(await opened(new Uint8Array(Buffer.from(line, "base64")))));
"""
KINDS = {"near", "wrong", "damaged", "unsupported"}
DOCUMENTS = (Document("012345678901.pdf", SMALL_PDF), GREEK, EMPTY, Document("a.bin", bytes(range(256)) * 3))
WORDS = (
    b"PK\x05\x06",
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x06\x07",
    b"\x01\x99\x07\x00",
    b"\xff" * 4,
    b"\0" * 4,
    b"\x63\0",
)


class Opener:
    """The opener's scripts, in a process that answers a line with a line."""

    def __init__(self) -> None:
        command = [str(NODE), "--input-type=module", "--eval", SCRIPT]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def open(self, archive: bytes) -> tuple[str, list[Document]]:
        """Return the documents, or the name of what is in their way."""
        given, answers = self._process.stdin, self._process.stdout
        assert given is not None
        assert answers is not None
        given.write(base64.b64encode(archive).decode() + "\n")
        given.flush()
        answer = json.loads(answers.readline())
        documents = [Document(name, base64.b64decode(content)) for name, content in answer.get("documents", ())]
        return answer.get("kind", "opened"), documents


def made(choices: atheris.FuzzedDataProvider) -> tuple[bytes, list[Document]]:
    """Return an archive of one of the makers, and its documents."""
    documents = [each for each in DOCUMENTS if choices.ConsumeBool()] or [DOCUMENTS[0]]
    documents += [
        Document(f"{number}.bin", choices.ConsumeBytes(40)) for number in range(choices.ConsumeIntInRange(0, 2))
    ]
    if choices.ConsumeBool():
        return seal(documents, ADDRESS, KEY, None), documents
    bits, version = choices.PickValueInList([128, 192, 256]), choices.ConsumeIntInRange(1, 2)
    return winzip(documents, ADDRESS, bits=bits, version=version, deflated=choices.ConsumeBool()), documents


def commented(archive: bytes, comment: bytes) -> bytes:
    """Return the archive with a comment at its end."""
    file = io.BytesIO(archive)
    with pyzipper.AESZipFile(file, "a") as opened:
        opened.comment = comment
    return file.getvalue()


def one_input(data: bytes) -> None:
    """Open an archive: an intact one gives its documents, a changed one those or a word of what is in their way."""
    choices = atheris.FuzzedDataProvider(data)
    archive, documents = made(choices)
    if choices.ConsumeBool():
        archive = commented(archive, choices.ConsumeBytes(60))
        with kept("intact.zip", archive):
            assert OPENER.open(archive) == ("opened", documents), "an intact archive that does not open"
        return
    archive = changed(archive, choices, WORDS)
    with kept("changed.zip", archive):
        kind, found = OPENER.open(archive)
        assert kind in KINDS if not found else kind == "opened", f"no answer of the opener's: {kind}"
        contents = {each.content for each in documents}
        assert all(each.content in contents for each in found), "a document that is not in the archive"


if __name__ == "__main__":
    OPENER = Opener()
    fuzz(one_input)
