"""Which agencies keep their code: what the annex's notes and the circular's exception say together."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.annex.statuses import tells_of_keeping
from site_src.greek import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from site_src.agency import Agency

_EXCEPTION = re.compile(r"\b(?:εξαιρεσ|εξαιρουν|διατηρουν τουσ κωδικ)")
# Up to a full stop or question mark (;) with white space behind it: those within «1.12.2020» end no sentence.
_SENTENCE = re.compile(r"[^.;]+(?:[.;](?!\s|$)[^.;]*)*")
_KIND_WORDS = {"δημοσ", "δημοι", "περιφερεια", "αποκεντρωμενη", "διοικηση"}
_STEM_SHORTEST = 3


@dataclass(frozen=True)
class Keepers:
    """Names (a user name where two bear the name) that both tell, or one of the two alone."""

    both: tuple[str, ...] = ()
    notes_only: tuple[str, ...] = ()
    text_only: tuple[str, ...] = ()
    sentence: str = ""


def find_keepers(agencies: Sequence[Agency], texts: Iterable[str]) -> Keepers:
    """Compare the annex's notes with the text's sentences of exception."""
    sentences = [s.strip() for text in texts for s in _sentences(text) if _EXCEPTION.search(fold(s))]
    stems = " ".join(" ".join(_stems(sentence)) for sentence in sentences)
    noted = {agency.username for agency in agencies if tells_of_keeping(agency.notes)}
    named = {agency.username for agency in agencies if _is_named(agency, f" {stems} ")} if stems else set()
    bearers = Counter(agency.name for agency in agencies)

    def names(usernames: set[str]) -> tuple[str, ...]:
        found = (agency for agency in agencies if agency.username in usernames)
        return tuple(agency.name if bearers[agency.name] == 1 else agency.username for agency in found)

    return Keepers(
        both=names(noted & named),
        notes_only=names(noted - named),
        text_only=names(named - noted),
        sentence=" ".join(sentences),
    )


def _sentences(text: str) -> list[str]:
    return [match[0] for match in _SENTENCE.finditer(text)]


def _stems(text: str) -> list[str]:
    """The words without their endings, so that «ΗΛΙΔΑΣ» and «Ήλιδα» agree."""
    words = re.findall(r"[^\W\d_]+", fold(text))
    return [word[:_STEM_SHORTEST] + re.sub(r"[αεηιουωσν]+$", "", word[_STEM_SHORTEST:]) for word in words]


def _is_named(agency: Agency, stems: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", fold(agency.name)) if word not in _KIND_WORDS]
    return bool(words) and f" {' '.join(_stems(' '.join(words)))} " in stems
