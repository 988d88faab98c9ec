"""The text of the snippets: what settings may do to them, and what they may not."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from site_src.folders import BUILT_IN_PAGES
from site_src.make.server_rules import (
    ALL_FOLDERS,
    ERROR_STATUSES,
    FOLDED,
    SECURITY_HEADERS,
    SITE_NAMES,
    STYLE_ATTRIBUTES,
    USUAL_PASSWORD_FILE,
    escape_in_header,
    other_spellings,
    quote_for_apache,
    quote_for_nginx,
    server_files,
)
from site_src.problems import InputError
from site_src.read.settings import Server, Site

if TYPE_CHECKING:
    from collections.abc import Sequence

SITE = Site(title="Λήψη αρχείων", operator="Υπηρεσία")
NAMES = {"nginx.conf", "nginx-http.conf", "apache.conf"}


def with_server(**settings: str) -> Site:
    """The site with these settings under [server]."""
    return replace(SITE, server=Server(**settings))


def texts(site: Site) -> dict[str, str]:
    """The snippets as text."""
    return {name: content.decode() for name, content in server_files(site).items()}


def test_the_same_settings_give_the_same_three_files() -> None:
    """A rebuild writes the same bytes, so the server needs a reload only after site.toml has changed."""
    assert server_files(SITE).keys() == NAMES
    assert server_files(SITE) == server_files(replace(SITE))


def test_a_site_without_settings_gets_usual_ones() -> None:
    """The title is the realm, and the password file lies where the snippets say; all of it at the root."""
    found = texts(SITE)
    assert f'auth_basic "{SITE.title}";' in found["nginx.conf"]
    assert f'AuthName "{SITE.title}"' in found["apache.conf"]
    assert f'auth_basic_user_file "{USUAL_PASSWORD_FILE}";' in found["nginx.conf"]
    assert f'AuthUserFile "{USUAL_PASSWORD_FILE}"' in found["apache.conf"]
    assert "location ^~ /files/ {" in found["nginx.conf"]


def test_every_address_of_the_area_begins_with_the_prefix() -> None:
    """With url_prefix nothing is said about the root of the outer site."""
    found = texts(with_server(url_prefix="/a.b/c"))
    places = re.findall(r"^location +(?:=|\^~|~) +(\S+)", found["nginx.conf"], re.MULTILINE)
    assert places
    assert all(place.startswith("/a.b/c") for place in places)
    assert set(re.findall(r"error_page \d+ (\S+)/\d+\.html;", found["nginx.conf"])) == {"/a.b/c"}
    *sections, last = re.findall(r'^<LocationMatch "(.+)">', found["apache.conf"], re.MULTILINE)
    assert sections
    assert all(section.startswith((r"^/+a\.b/+c(?:/|$)", r"^/+a\.b/+c/+")) for section in sections)
    assert last == other_spellings("/a.b/c")
    assert set(re.findall(r"ErrorDocument \d+ (\S+)/\w+\.html", found["apache.conf"])) == {"/a.b/c"}


def test_every_public_folder_and_error_page_is_named() -> None:
    """No part of the public site is forgotten by either server."""
    found = texts(SITE)
    for folder in ("circulars", *BUILT_IN_PAGES):
        assert f"location ^~ /{folder}/ {{" in found["nginx.conf"]
        assert f"{folder}|" in found["apache.conf"]
    for status in ERROR_STATUSES:
        assert f"location =  /{status}.html {{ internal;" in found["nginx.conf"]
        assert f"ErrorDocument {status} /{status}.html" in found["apache.conf"]


def test_the_content_security_policy_allows_nothing_inline() -> None:
    """Pages may use files of their own site only, and send no form; only a page that shows a PDF may use style="…"."""
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "form-action 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    for name in ("nginx-http.conf", "apache.conf"):
        others = [line for line in texts(SITE)[name].splitlines() if policy in line and "unsafe" not in line]
        assert len(others) == 1
        assert texts(SITE)[name].replace(STYLE_ATTRIBUTES, "").count("unsafe") == 0


def test_strict_transport_security_is_there_to_be_switched_on() -> None:
    """HSTS stands once for each server, and behind a comment sign."""
    for name in ("nginx-http.conf", "apache.conf"):
        lines = [line.strip() for line in texts(SITE)[name].splitlines() if "max-age=31536000" in line]
        assert sum("Strict" in line or line.startswith("# default") for line in lines) == 1
        assert all(line.startswith("# ") for line in lines if "immutable" not in line)


def test_comments_are_short_and_every_block_has_one() -> None:
    """No comment is longer than a screen is wide, and each block stands below one."""
    for text in texts(SITE).values():
        lines = text.splitlines()
        assert [line for line in lines if line.lstrip().startswith("#") and len(line) > 120] == []
        for number, line in enumerate(lines):
            if line.startswith(("location @", "<LocationMatch", "map ", "limit_")):
                above = lines[max(0, number - 12) : number]
                assert any(other.startswith("#") for other in above), line


@given(text=st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_text_breaks_out_of_its_directive(text: str) -> None:
    """Any realm and path are reported as wrong, or change nothing but their own line."""
    site = with_server(realm=text, password_file="/" + text)
    try:
        found = texts(site)
    except InputError:
        return
    directive = re.compile(r'(?:auth_basic|auth_basic_user_file|AuthName|AuthUserFile) "(?:[^"\\]|\\["\\])*";?')
    plain = texts(with_server(realm="x", password_file="/x"))  # noqa: S106 (a path)
    for name, changed in found.items():
        pairs = list(zip(changed.split("\n"), plain[name].split("\n"), strict=True))
        assert all(directive.fullmatch(new.strip()) for new, old in pairs if new != old)


@given(text=st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))))
def test_a_quoted_text_means_the_text(text: str) -> None:
    """Read as each server reads a quoted string, the text comes back."""
    unescaped = {quote: re.sub(r'\\(["\\])', r"\1", quote(text)[1:-1]) for quote in (quote_for_nginx, quote_for_apache)}
    assert unescaped[quote_for_nginx].replace("${thyrida_dollar}", "$") == text
    assert unescaped[quote_for_apache] == text
    assert re.sub(r'\\(["\\])', r"\1", escape_in_header(text)) == text


def test_a_dollar_reaches_nginx_through_the_http_file() -> None:
    """The variable that stands in for a dollar sign is made in the file that is always included."""
    found = texts(with_server(realm="10 $"))
    assert 'auth_basic "10 ${thyrida_dollar}";' in found["nginx.conf"]
    assert 'geo $thyrida_dollar { default "$"; }' in found["nginx-http.conf"]


def test_every_name_that_nginx_conf_uses_is_made_somewhere() -> None:
    """No variable of Thyrida is used that neither file makes."""
    found = texts(SITE)
    used = set(re.findall(r"\$\{?(thyrida_\w+)", found["nginx.conf"]))
    made = set(re.findall(r"(?:map \S+|geo|limit_req_zone|limit_conn_zone) \$(thyrida_\w+)", found["nginx-http.conf"]))
    made |= set(re.findall(r"(?:\?<|set \$)(thyrida_\w+)", found["nginx.conf"]))
    assert used <= made


def matches_another_spelling(prefix: str, path: str, names: Sequence[str] = SITE_NAMES) -> bool:
    """Ask Python's own regular expressions, which know no (?1); servers see bytes."""
    pattern = other_spellings(prefix, names).replace(r"(?(DEFINE)([\x80-\xff]*))", "").replace("(?1)", r"[\x80-\xff]*")
    return re.search(pattern.replace(r"\z", r"\Z").encode(), path.encode()) is not None


PATHS = st.lists(st.sampled_from([*ALL_FOLDERS, "index.html", "2020-11", "205518873364", "x.pdf"]), max_size=4)
PREFIXES = st.sampled_from(["", "/codes", "/a.b/c-d", "/Access-lists", "/stiff/Kiss"])


@given(prefix=PREFIXES, steps=PATHS)
def test_a_plain_path_has_no_other_spelling(prefix: str, steps: list[str]) -> None:
    """The addresses that the site's own links name go on to their rules."""
    assert not matches_another_spelling(prefix, f"{prefix}/{'/'.join(steps)}")


def folds_alike(text: str) -> list[str]:
    """Every way in which a disk that ignores case may have one or more letters of the text otherwise."""
    others = [*text.upper(), *"ſßẞﬀﬁﬂﬃﬄﬅﬆ\N{KELVIN SIGN}"]
    found = [
        text[:start] + other + text[end:]
        for other in others
        for start in range(len(text))
        for end in range(start + 1, min(start + 3, len(text)) + 1)
        if text[start:end].casefold() == other.casefold() and text[start:end] != other
    ]
    return [*found, text.swapcase(), *(f"{text[:place]}\u200b{text[place:]}" for place in range(len(text) + 1))]


@given(prefix=PREFIXES, folder=st.sampled_from(ALL_FOLDERS), data=st.data())
def test_every_other_spelling_matches(prefix: str, folder: str, data: st.DataObject) -> None:
    """Capitals, letters that Unicode folds, invisible characters, dots and doubled slashes are seen in every step."""
    steps = [*prefix.split("/")[1:], folder]
    place = data.draw(st.integers(0, len(steps) - 1))
    step = steps[place]
    others = [*folds_alike(step), f"{step}.", f"{step} ", f"{step}:$DATA", f"{step[:6]}~1", f"/{step}"]
    path = "/" + "/".join([*steps[:place], data.draw(st.sampled_from(others)), *steps[place + 1 :]])
    assert matches_another_spelling(prefix, path)
    assert matches_another_spelling(prefix, f"{path}/2020-11/205518873364/205518873364.zip")


def test_own_pages_are_named_in_the_rules() -> None:
    """A page of the staff's own is as public as help, in either server; one that replaces help changes nothing."""
    found = {name: text.decode() for name, text in server_files(SITE, ["help", "terms"]).items()}
    assert "location ^~ /terms/ {" in found["nginx.conf"]
    assert "|terms)" in found["apache.conf"]
    assert server_files(SITE, ["help"]) == server_files(SITE)


NGINX_TEXT_MAX = 4095  # bytes of a parameter: NGX_CONF_BUFFER in src/core/ngx_conf_file.c


def test_own_pages_make_no_text_longer_than_nginx_reads() -> None:
    """A hundred pages with the longest names have rules that nginx takes, each with its other spellings."""
    names = [f"{number:03}-{'fi-kiosk' * 7}" for number in range(100)]
    text = server_files(with_server(url_prefix="/access-codes/2026"), names)["nginx.conf"].decode()
    assert max(len(each) for each in re.findall(r'"[^"]*"', text)) <= NGINX_TEXT_MAX
    assert matches_another_spelling("", f"/{names[7].upper()}/", [names[7]])
    assert not matches_another_spelling("", f"/{names[7]}/", [names[7]])


def test_no_letter_that_unicode_folds_is_forgotten() -> None:
    """Each character outside ASCII that folds to ASCII folds to letters that the pattern lets be missing."""
    folded = {chr(code).casefold() for code in range(0x80, sys.maxunicode + 1)}
    found = {text for text in folded if text.isascii()}
    assert found >= set(FOLDED)
    assert all(matches_another_spelling(f"/x{text}x", "/x" + "\u017f" + "x/") for text in found)
