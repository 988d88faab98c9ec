"""The same job with the programs that people have: Hugo for the pages; Typst, 7-Zip and htpasswd in a shell's loop."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING

from tests.bench.measure import ROOT, Cost, address, cost_of_program, username

if TYPE_CHECKING:
    from pathlib import Path

HUGO_SITE = """\
baseURL = "https://portal.example/"
title = "Προσωπικό Τοπικής Αυτοδιοίκησης"
disableKinds = ["taxonomy", "term", "RSS", "sitemap"]
"""
HUGO_PAGE = """\
<!doctype html>
<html lang="el"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><main><h1>{{ .Title }}</h1>{{ .Content }}</main></body></html>
"""
HUGO_LIST = HUGO_PAGE.replace(
    "{{ .Content }}", '<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>'
)

# Debian has no Typst: a Python that does nothing but compile stands in for the program.
FACTS = re.findall(r"fact\.([a-z]+)", (ROOT / "templates" / "letter.typ").read_text(encoding="utf-8"))
TYPST = f"""\
import sys, typst
facts = dict.fromkeys({FACTS}, "")
facts |= {{"language": "el", "agency": sys.argv[3], "username": sys.argv[4], "code": sys.argv[5]}}
typst.compile(sys.argv[1], output=sys.argv[2], ignore_system_fonts=True, pdf_standards=["ua-1"], sys_inputs=facts)
"""
LOOP = """\
set -e
while IFS=';' read -r user name email; do
    code=$(head -c 15 /dev/urandom | base64)
    "$1" set_letter.py "$2" "$user.pdf" "$name" "$user" "$code"
    7z a -tzip -mem=AES256 -mx=0 -p"$email" "$user.zip" "$user.pdf" >7z.log
    htpasswd -b -B -C 5 agencies.htpasswd "$user" "$code" 2>htpasswd.log
done <agencies.csv
"""


def make_hugo_site(folder: Path, pages: int) -> None:
    """So many plain pages in one section."""
    layouts, content = folder / "layouts" / "_default", folder / "content" / "files"
    for made in (layouts, content):
        made.mkdir(parents=True)
    (folder / "config.toml").write_text(HUGO_SITE, encoding="utf-8")
    (layouts / "single.html").write_text(HUGO_PAGE, encoding="utf-8")
    (layouts / "list.html").write_text(HUGO_LIST, encoding="utf-8")
    for number in range(pages):
        text = f'---\ntitle: "Δήμος {number}"\n---\nΤο όνομα χρήστη του φορέα είναι {username(number)}.\n'
        (content / f"{username(number)}.md").write_text(text, encoding="utf-8")


def run_hugo(folder: Path) -> Cost:
    """All pages anew."""
    shutil.rmtree(folder / "public", ignore_errors=True)
    return cost_of_program(["hugo", "--quiet"], folder)


def run_loop(folder: Path, agencies: int) -> Cost:
    """Letter, archive and password of so many agencies, one program after another."""
    folder.mkdir()
    (folder / "set_letter.py").write_text(TYPST, encoding="utf-8")
    (folder / "loop.sh").write_text(LOOP, encoding="utf-8")
    lines = (f"{username(n)};Δήμος {n};{address(n)}\n" for n in range(agencies))
    (folder / "agencies.csv").write_text("".join(lines), encoding="utf-8")
    (folder / "agencies.htpasswd").touch()
    return cost_of_program(["sh", "loop.sh", sys.executable, ROOT / "templates" / "letter.typ"], folder)
