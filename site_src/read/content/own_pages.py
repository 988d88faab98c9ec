"""Read the pages of the staff's own: ``pages/<name>.md``, and those of the first versions beside site.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_src.files.walk import in_order, is_keepable, is_leftover
from site_src.folders import BUILT_IN_PAGES, OTHER_FOLDERS
from site_src.language.say import say, say_either
from site_src.problems import Place, Problems, Topic
from site_src.read.circular.render import render_page
from site_src.read.content.campaign_folder import PAGES_NAME, SLUG, SLUG_LONGEST, as_slug, meant_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_src.read.circular.render import OwnPage
    from site_src.read.settings import Site
    from site_src.read.words import Words

ENDING = ".md"
BESIDE_SITE_FILE = ("help.md", "accessibility.md")
NAMES_TAKEN = (*OTHER_FOLDERS, "desk")  # the preview's desk is there


def read_own_pages(content: Path, site: Site, words: Words, problems: Problems) -> tuple[OwnPage, ...]:
    """Return the pages that can be read, in the order of their files' names; all else in ``pages/`` is a problem."""
    found = {path.name: path for path in map(content.joinpath, BESIDE_SITE_FILE) if path.is_file()}
    for path in _texts_in(content / PAGES_NAME, problems):
        if path.name in found:
            message = say("this page has a text in {folder}/ too", folder=PAGES_NAME)
            problems.error(Topic.FILE, message, hint=say("keep one of them"), at=Place(file=path.name))
        found[path.name] = path
    pages = [_read_page(path, content, site, words, problems) for path in in_order(found.values())]
    return tuple(sorted((page for page in pages if page), key=lambda page: page.name))


def _texts_in(folder: Path, problems: Problems) -> Iterator[Path]:
    """Yield the files that can be pages, and report all else in the folder."""
    for path in in_order(folder.iterdir()) if folder.is_dir() else ():
        if is_leftover(path.name):
            continue
        if mistake := _why_no_page(path):
            message, hint = mistake
            at = Place(file=f"{PAGES_NAME}/{path.name}{'/' * path.is_dir()}")
            problems.error(Topic.FILE, message, hint=hint, at=at)
        else:
            yield path


def _why_no_page(path: Path) -> tuple[str, str] | None:
    """Return why a file is not a page, and what to do; None where it is one."""
    name, near = path.stem, meant_name(path.name, [f"{each}{ENDING}" for each in BUILT_IN_PAGES])
    if not path.is_file() or path.is_symlink() or path.suffix != ENDING:
        message = say("only texts that end in .md are pages")
        hint = say("move it out of this folder; an attachment of a circular can be linked from a page")
        return message, say('rename "{found}" to "{name}"', found=path.name, name=near) if near else hint
    if name in NAMES_TAKEN:
        taken = say_either([f'"{each}"' for each in NAMES_TAKEN])
        message = say("the site has a folder of this name itself: a page cannot be called {taken}", taken=taken)
        return message, say('give the file another name, for example "{name}"', name=f"{name}-info{ENDING}")
    if SLUG.fullmatch(name) and is_keepable(name):
        return None
    message = say(
        "the name of this file becomes a web address: expected lower-case Latin letters, digits and hyphens between "
        "them, at most {most}",
        most=SLUG_LONGEST,
    )
    return message, say('rename "{found}" to "{name}"', found=path.name, name=near or _nearest(name))


def _nearest(name: str) -> str:
    """Return the nearest name that a page can have."""
    near = as_slug(name)
    return f"{near if near and near not in NAMES_TAKEN and is_keepable(near) else 'page'}{ENDING}"


def _read_page(path: Path, content: Path, site: Site, words: Words, problems: Problems) -> OwnPage | None:
    """Return a page; one without a heading is a problem, since nothing else says what links to it are called."""
    file = path.relative_to(content).as_posix()
    page = render_page(path, file, site, words, problems)
    if page and not page.title and page.name not in BUILT_IN_PAGES and page.html:
        message = say("the page has no heading, which links to it are called by")
        hint = say('begin the text with a line such as "# Terms of use"')
        problems.error(Topic.TEXT, message, hint=hint, at=Place(file=file))
    return page
