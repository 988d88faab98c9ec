"""Share what the fuzzers need: changes of bytes that the fuzzer chooses, the input of a find, and the run.

A fuzzer is run by hand with atheris, ``python -m tests.fuzz.NAME [FOLDER] [options of libFuzzer]``, from the top of the
project. For runs of minutes add ``-len_control=0 -max_len=400``: libFuzzer begins with inputs too short to choose more
than one change. ``-timeout=10`` makes a find of an input that does not end.
"""

from __future__ import annotations

import io
import os
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CHANGES_MAX = 6
PIECES_MAX = 40


def changed(data: bytes, choices: atheris.FuzzedDataProvider, words: Sequence[bytes] = (b"",)) -> bytes:
    """Return the bytes with a few replaced, taken out, repeated, or a word put in."""
    for _ in range(choices.ConsumeIntInRange(1, CHANGES_MAX)):
        at = choices.ConsumeIntInRange(0, len(data))
        length = choices.ConsumeIntInRange(0, 64)
        new = (
            b"",
            choices.ConsumeBytes(4),
            words[choices.ConsumeIntInRange(0, len(words) - 1)],
            data[at : at + length] * 2,
        )[choices.ConsumeIntInRange(0, 3)]
        data = data[:at] + new + data[at + length :]
    return data


def changed_file(data: bytes, choices: atheris.FuzzedDataProvider, words: Sequence[bytes]) -> bytes:
    """Return a file with a few bytes changed; of a package those of a part, so that the changes reach its readers."""
    try:
        return _changed_package(data, choices, words)
    except (zipfile.BadZipFile, IndexError):  # no package, or one without parts
        return changed(data, choices, words)


def _changed_package(data: bytes, choices: atheris.FuzzedDataProvider, words: Sequence[bytes]) -> bytes:
    """Return a package with one part changed, its directory whole again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = list(parts)
    sheets = [name for name in names if "sheet" in name.lower() or name == "content.xml"] or names
    name = choices.PickValueInList(sheets if choices.ConsumeBool() else names)
    parts[name] = changed(parts[name], choices, words)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return file.getvalue()


def text_of(choices: atheris.FuzzedDataProvider, pieces: Sequence[str]) -> str:
    """Return a text of such pieces, some of them repeated, with letters of the fuzzer's between them."""
    text = ""
    for _ in range(choices.ConsumeIntInRange(0, PIECES_MAX)):
        piece = (
            choices.PickValueInList(list(pieces)) if choices.ConsumeBool() else choices.ConsumeUnicodeNoSurrogates(4)
        )
        text += piece * (1 if choices.ConsumeBool() else choices.ConsumeIntInRange(1, 99))
    return text


@contextmanager
def kept(name: str, data: bytes) -> Iterator[None]:
    """Leave the data that led to a find in the working folder, since libFuzzer keeps the fuzzer's choices alone."""
    path = Path(f"find-{os.getpid()}-{name}")
    path.write_bytes(data)  # before the try: what does not end is killed
    yield
    path.unlink()


def fuzz(one_input: Callable[[bytes], None]) -> None:
    """Call this with inputs until one is a find."""
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
