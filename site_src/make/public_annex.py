"""Give what is beside the circulars: attachments, and the public annex, which has no address and no user name."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import partial

from site_src.language.catalogues import Words
from site_src.make.archives import ZIP_EPOCH
from site_src.make.pages import Keeper, Page, make_anew
from site_src.read.agency import Agency
from site_src.read.inputs import Inputs

WIDTHS = (72, 30, 56)  # characters
LAST_ASCII = 127

_REFERENCE = re.compile(rb"&#(\d{3,7});")
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def beside_circulars(inputs: Inputs, keep: Keeper = make_anew) -> Iterator[Page]:
    """Yield each campaign's public annex and attachments; a campaign that is over has no annex any more."""
    for each in inputs.campaigns:
        day = each.campaign.circular.date or each.campaign.deadline
        make = partial(public_annex, each.agencies, inputs.words, day)
        shown = [(agency.name, agency.kind, agency.parent) for agency in each.agencies]
        facts = repr((inputs.site.language, day, shown))
        yield keep(f"circulars/{each.campaign.slug}/annex.xlsx", facts, make)
    for other in inputs.all:
        for path in other.attachments:
            yield Page(f"circulars/{other.campaign.slug}/{path.name}", path.read_bytes())


def public_annex(agencies: Sequence[Agency], words: Words, day: date) -> bytes:
    """Return the agencies' names, kinds and parents as .xlsx, in the given order; ``day`` is its date of creation.

    The same input gives the same bytes on any machine.
    """
    from site_src.files.workbooks import add_table, new_workbook, saved

    book = new_workbook(write_only=True)
    book.properties.created = datetime.combine(day, time())
    titles = (words.gettext("Agency"), words.gettext("Kind"), words.gettext("Parent body"))
    rows = ((agency.name, words.kind(agency.kind), agency.parent) for agency in agencies)
    add_table(book, words.gettext("Agencies"), tuple(zip(titles, WIDTHS, strict=True)), rows)
    return _repack(saved(book), day)


def _repack(written: bytes, day: date) -> bytes:
    """Return the same parts in the order of their names, without compression, time of day or the machine's kind."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(old.namelist()):
            data = _MODIFIED.sub(rb"\g<1>" + f"{day.isoformat()}T00:00:00Z".encode(), _in_utf8(old.read(name)))
            info = zipfile.ZipInfo(name, ZIP_EPOCH)
            info.create_system = 0  # else it is the machine's kind
            new.writestr(info, data)
    return packed.getvalue()


def _in_utf8(part: bytes) -> bytes:
    """Return Greek letters as themselves: openpyxl writes each as a reference of six bytes.

    XML without a declared encoding is UTF-8 (XML 1.0, section 4.3.3); references below 128 may be markup and stay.
    """
    for number in {int(found[1]) for found in _REFERENCE.finditer(part)}:
        if number > LAST_ASCII:
            part = part.replace(b"&#%d;" % number, chr(number).encode())
    return part
