"""Looks for the secrets of a small site's builds, in every form, where others could see them."""

from __future__ import annotations

import base64
import io
import stat
import zipfile
from dataclasses import dataclass
from itertools import product
from operator import itemgetter
from typing import TYPE_CHECKING

from site_src.plan.keys import CampaignKey
from site_src.read.settings import CodePolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

GENERATIONS = (1, 2, 3)


@dataclass(frozen=True)
class Sought:
    """Secrets in every form, as bytes, each with the kind of secret that it is."""

    forms: dict[bytes, str]

    @classmethod
    def of(cls, rows: Iterable[str], keys: Iterable[bytes]) -> Sought:
        """Return all addresses of the annex's rows, the keys, and every code that they can give."""
        cells = [row.split(";") for row in rows]
        contacts = [
            (username, email) for username, _, _, cell, *_ in cells for email in map(str.strip, cell.split("/"))
        ]
        return cls.of_contacts(filter(itemgetter(1), contacts), keys)

    @classmethod
    def of_contacts(cls, contacts: Iterable[tuple[str, str]], keys: Iterable[bytes]) -> Sought:
        """Return the same of user names, each with an address of its own."""
        secrets = dict.fromkeys(keys, "key")
        campaign_keys = [CampaignKey(key) for key in secrets]
        for username, email in contacts:
            secrets[email.encode()] = f"address of {username}"
            for key, generation in product(campaign_keys, GENERATIONS):
                code = key.access_code(CodePolicy(), username, email, generation)
                secrets[code.encode()] = f"code of {username}"
        return cls({form: what for secret, what in secrets.items() for form in _forms(secret)})

    def seen_in(self, data: bytes | str) -> list[str]:
        """Return the secrets that can be seen in the bytes, or in the parts of an office document."""
        plain = data if isinstance(data, bytes) else data.encode()
        whole = b"\n".join([plain, *_unpacked(plain)])
        lower = whole.lower()  # nothing hides behind capitals
        return [what for form, what in self.forms.items() if form in whole or form.lower() in lower]

    def published_in(self, folder: Path) -> list[str]:
        """Return the secrets that can be seen in the files below a folder, or in their names."""
        found = [f"{path}: {what}" for path in _files(folder) for what in self.seen_in(path.read_bytes())]
        return found + self.seen_in("\n".join(str(path) for path in _files(folder)))

    def open_to_others_in(self, folder: Path, *, but: Path) -> list[str]:
        """Return what another user can read below a folder, except ``but``, where staff keep their own files."""
        seen = (path for path in _files(folder) if but not in path.parents and _is_open(path, folder))
        return [f"{path}: {what}" for path in seen for what in self.seen_in(path.read_bytes())]


def _forms(secret: bytes) -> set[bytes]:
    encoded = {base64.b64encode(secret).rstrip(b"="), base64.urlsafe_b64encode(secret).rstrip(b"=")}
    return {secret, secret.hex().encode(), secret.hex().upper().encode(), *encoded}


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yield names, comments and contents of a ZIP; of an encrypted one all except its contents."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        yield container.comment
        for entry in container.infolist():
            yield entry.filename.encode() + entry.comment + entry.extra
            if not entry.flag_bits & 1:
                yield container.read(entry)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _is_open(path: Path, top: Path) -> bool:
    """Return whether others can read the file, by its own mode and those of the folders that lead to it."""
    folders = [each for each in path.parents if top in each.parents]
    others = path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
    return bool(others) and all(each.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH) for each in folders)
