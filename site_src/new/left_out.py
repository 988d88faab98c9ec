"""Finds passages of a document that its draft does not hold, word by word, whichever reader read the document."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from site_src.language.greek import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_src.new.lines import Passage

_WORD = re.compile(r"[^\W_]+")


def row_of(text: str) -> str:
    """Return the text's words in a row, without accents, marks and invisible characters."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return " ".join(_WORD.findall(fold(seen)))


def left_out(shown: Sequence[Passage], draft: Sequence[str]) -> tuple[Passage, ...]:
    """Return the passages of which a word is missing in the draft's pieces; a word shown twice must be there twice.

    Passages that are pieces of their own are matched first, so that a missing word is not attributed to another.
    """
    rows = [row_of(passage.text) for passage in shown]
    pieces = Counter(map(row_of, draft))
    others = []
    for n, row in enumerate(rows):
        if pieces[row]:
            pieces[row] -= 1
        else:
            others.append(n)
    words = Counter(word for piece, times in pieces.items() for word in piece.split() * times)
    missing = set()
    for n in sorted(others, key=lambda n: -len(rows[n])):
        needed = Counter(rows[n].split())
        if needed <= words:
            words -= needed
        else:
            missing.add(n)
    return tuple(dict.fromkeys(shown[n] for n in sorted(missing)))
