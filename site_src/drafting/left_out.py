"""What a document shows and its draft does not hold: compared word by word, whatever read the document."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from site_src.greek import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_src.drafting.lines import Passage

_WORD = re.compile(r"[^\W_]+")


def row_of(text: str) -> str:
    """Return the text's words in a row, each between spaces, without accents, marks and what cannot be seen."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return f" {' '.join(_WORD.findall(fold(seen)))} "


def left_out(shown: Sequence[Passage], draft: str) -> tuple[Passage, ...]:
    """Return the passages of which a word is missing in the draft; a word that is shown twice must be there twice."""
    rest = row_of(draft)
    rows = [row_of(passage.text) for passage in shown]
    apart = set()  # passages that are not in one piece, such as a label and its value
    for n in sorted(range(len(rows)), key=lambda n: -len(rows[n])):
        if rows[n] in rest:
            rest = rest.replace(rows[n], " | ", 1)
        else:
            apart.add(n)
    words = Counter(rest.split())
    missing = []
    for n in sorted(apart):
        needed = Counter(rows[n].split())
        if needed <= words:
            words -= needed
        else:
            missing.append(shown[n])
    return tuple(dict.fromkeys(missing))
