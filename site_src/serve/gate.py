"""Decide which requests the desk answers: it changes files, and any web page may send a browser to this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import compare_digest, token_urlsafe
from typing import TYPE_CHECKING

from site_src.language.say import say

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL_NAMES = {"127.0.0.1", "localhost"}
DESK = "/desk/"
ASSETS = f"{DESK}assets/"  # hold no secret, and the page that refuses has them too
PROGRESS = f"{DESK}progress"  # what a script of the desk asks for: it has no token for a form
USUAL_PORT = 80  # of http, which browsers leave out of the Host header (RFC 9110, section 7.2)


@dataclass(frozen=True)
class Gate:
    """The secrets of one session: the key of its address, the value of its cookie, and the token of its forms.

    The three differ, so that one that is seen (an address in a browser's history) does not give away another. Each has
    256 bits, as ``secrets`` makes them: nobody guesses it.
    """

    port: int
    key: str = field(default_factory=token_urlsafe, repr=False)
    cookie: str = field(default_factory=token_urlsafe, repr=False)
    token: str = field(default_factory=token_urlsafe, repr=False)
    _once: set[str] = field(default_factory=set, repr=False)

    @property
    def address(self) -> str:
        """Return the address that opens the desk, for its owner's eyes."""
        return f"http://127.0.0.1:{self.port}{DESK}?key={self.key}"

    def address_once(self) -> str:
        """Return an address that opens the desk one time: a browser is given it on a command line, which others see."""
        key = token_urlsafe()
        self._once.add(key)
        return self.address.replace(self.key, key)

    @property
    def cookie_name(self) -> str:
        """Return the cookie's name, with the port: cookies are sent to every port of a machine (RFC 6265, 8.5)."""
        return f"thyrida-desk-{self.port}"

    @property
    def hosts(self) -> set[str]:
        """Return what a browser writes into Host for this machine: another name may have been led here (rebinding)."""
        names = {*LOCAL_NAMES, "[::1]"}
        return {f"{name}:{self.port}" for name in names} | (names if self.port == USUAL_PORT else set())

    def takes_key(self, key: str) -> bool:
        """Return whether a key opens the desk; one that was made for one time is used up."""
        used = {once for once in self._once if is_same(key, once)}
        self._once.difference_update(used)
        return bool(used) or is_same(key, self.key)

    def refusal(self, method: str, headers: Mapping[str, str], cookie: str, path: str) -> str:
        """Return why a request gets no answer; nothing where it gets one. Browsers of today say where it comes from."""
        host, origin = headers.get("Host", ""), headers.get("Origin", "")
        if host not in self.hosts:
            return say("This page came by another name than this machine's own.")
        is_own = origin == f"http://{host}" and headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        if method == "POST" and not is_own:
            return say("This form was sent by another site.")
        if path.startswith(ASSETS):
            return ""
        if method == "GET" and path != PROGRESS and headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            return say("Only a person opens this page, no script of another one.")  # nor one of the preview's pages
        if not is_same(cookie, self.cookie):
            return say("This browser has not been let in, or the desk was closed and opened again since.")
        return ""


def is_same(given: str, secret: str) -> bool:
    """Compare in a time that does not depend on how much of it is right."""
    return compare_digest(given.encode(), secret.encode())
