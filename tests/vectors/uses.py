"""The uses of a campaign key that frozen vectors hold, each as a function of what JSON can say."""

from __future__ import annotations

import base64
from datetime import date
from typing import TYPE_CHECKING, Any

from site_src.files.htpasswd import hash_code
from site_src.make.archives import seal
from site_src.plan.keys import CampaignKey
from site_src.read.inputs import Document
from site_src.read.settings import CodePolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def access_code(key: CampaignKey, *, policy: Mapping[str, Any], username: str, email: str, generation: int) -> str:
    """Return the code that an agency is given."""
    return key.access_code(CodePolicy(**policy), username, email, generation)


def choice(key: CampaignKey, *, username: str, emails: list[str]) -> str:
    """Return the address that is the password."""
    return key.choose(username, emails)


def zip_salt(key: CampaignKey, *, password: str, content: str) -> str:
    """Return the salt of a document in hexadecimal."""
    return key.zip_salt(password, content.encode()).hex()


def fingerprint(key: CampaignKey, *, parts: list[str]) -> str:
    """Return what a manifest says of secret parts."""
    return key.fingerprint(*parts)


def hash_line(key: CampaignKey, *, username: str, code: str, kind: str) -> str:
    """Return the line of the password file."""
    return hash_code(key.hash_salt(username, code), username, code, kind).decode()


def archive(key: CampaignKey, *, password: str, day: str, documents: Mapping[str, str]) -> str:
    """Return a whole archive in Base64; ``documents`` is content, in Base64 too, by name."""
    sealed = [Document(name, base64.b64decode(content)) for name, content in documents.items()]
    return base64.b64encode(seal(sealed, password, key, date.fromisoformat(day) if day else None)).decode()


USES: Mapping[str, Callable[..., str]] = {
    use.__name__: use for use in (access_code, choice, zip_salt, fingerprint, hash_line, archive)
}


def output_of(use: str, key: str, inputs: Mapping[str, Any]) -> str:
    """Return what today's program makes of a vector's inputs."""
    return USES[use](CampaignKey(bytes.fromhex(key)), **inputs)
