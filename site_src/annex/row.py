"""A row of the annex as it was read, before it counts as an agency."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_src.annex.statuses import Saying
    from site_src.problems import Place


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A cell of an agency's row, outside the columns of its e-mail, that should perhaps be read there or at all."""

    column: str
    header: str
    proposed: str  # a header by which the column would be read
    is_read: bool
    is_beyond: bool  # where the header of a .csv has no field
    is_others: bool  # in a column of addresses that are known not to be the agency's own
    is_address: bool
    says_keeps: bool
    text: str = field(repr=False)
    at: Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of an agency as far as it could be read; ``username`` or ``name`` is "" where it has an error."""

    username: str
    name: str
    kind: str
    parent: str
    emails: Mapping[str, Place] = field(repr=False)  # each address, in order, and its cell
    email_filled: bool  # also where the address has an error
    saying: Saying
    notes: str
    at: Place
    name_cell: str
    notes_cell: str
    continues: bool  # the user name is a merged cell that began in a row above
    strays: tuple[Stray, ...]
