"""The words of the command line: its commands, their options, and the language in which it answers."""

from __future__ import annotations

import argparse
import locale
import os
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.files.staff_text import NotTextError, decode
from site_src.folders import ROOT
from site_src.language.catalogues import LANGUAGES, N_, SOURCE_LANGUAGE
from site_src.language.say import say, speak
from site_src.read.content.campaign_folder import SAMPLE_NAME, content_or_sample
from site_src.read.content.toml_table import parse_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

JOBS_MAX = 1_000  # more threads than any machine has use for
CONTENT = ROOT / "content"
TEMPLATE = Path("annex.xlsx")  # written by `new --template` where no name is given
PORT_MAX = 65_535  # RFC 9293, section 3.1: 16 bits

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # POSIX.1-2017, section 8.2: the first that is set decides
WINDOWS_NAMES = {"Greek": "el", "English": "en"}

# The texts of argparse itself; listed so that the catalogues have them.
ARGPARSE_TEXTS = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("ignored explicit argument %r"),
)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the command (as ``command``) with its options. Ends the program, with status 2, where they are wrong."""
    first, _ = _first_look().parse_known_args(list(arguments))
    content = content_or_sample(first.content) if first.content else first.content
    speak(language_of(first.lang if first.lang in LANGUAGES else "", content))
    setattr(argparse, "_", say)  # noqa: B010 (argparse takes its texts from there, and offers no other way)
    options = _parser().parse_args(_with_command(arguments))
    if options.command == "new":
        _check_new(options)
    elif options.content == CONTENT:  # nobody named a folder
        options.content = content_or_sample(CONTENT)
    return options


class _ShowVersion(argparse.Action):
    """Print the version and end: it is found out, by git, only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from site_src import version

        parser.exit(message=f"Thyrida {version()}\n")


def _first_look() -> argparse.ArgumentParser:
    """Return a parser that finds the language first, so that mistakes and ``--help`` are in it too."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--lang", nargs="?", default="")
    parser.add_argument("--content", nargs="?", type=Path, default=CONTENT)
    return parser


def _with_command(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with a command: ``build`` where none is named."""
    first = arguments[0] if arguments else "--"
    asks_for_help = first in {"-h", "--help", "--version"}
    return list(arguments) if not first.startswith("-") or asks_for_help else ["build", *arguments]


def _parser() -> argparse.ArgumentParser:
    text = say("Builds a secure download area from content/.")
    parser = argparse.ArgumentParser(prog="build.py", description=text, allow_abbrev=False)
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help=say("show program's version number and exit"))
    shared = _shared_options()
    commands = parser.add_subparsers(title=say("commands"), required=True, metavar=say("COMMAND"), dest="command")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[shared], help=text, description=text, allow_abbrev=False)

    _build_options(command("build", say("build the site (this is what runs without a command)")))
    _check_options(command("check", say("read all inputs and say what is wrong with them; writes nothing")))
    _new_options(command("new", say("start a campaign from an annex and a circular")))
    _serve_options(command("serve", say("preview in a browser on this machine; reloads by itself, writes nothing")))
    verify = command("verify", say("open every archive as its contact will, and check its code"))
    verify.add_argument("campaign", nargs="?", default="", metavar="SLUG")
    _activate_options(command("activate", say("swap the server's password file for the new one; not before its day")))
    _report_options(command("report", say("who has collected, from the web server's access logs")))
    _reissue_options(command("reissue", say("give these agencies a new code at the next build")))
    return parser


def _shared_options() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)

    for name, default, text in (
        ("--content", CONTENT, say("what staff write")),
        ("--out", ROOT / "dist", say("what the web server serves")),
        ("--private", ROOT / "private", say("what is never served")),
    ):
        shared.add_argument(name, type=Path, default=default, metavar="DIR", help=text)
    text = say("the language of these messages (else that of site.toml, else that of this machine)")
    shared.add_argument("--lang", choices=LANGUAGES, default="", help=text)
    shared.add_argument("--quiet", action="store_true", help=say("say nothing but what is wrong"))
    return shared


def _build_options(build: argparse.ArgumentParser) -> None:
    build.add_argument("--date", type=_day, default=None, metavar="YYYY-MM-DD", help=say("build as on this day"))
    jobs = os.cpu_count() or 1
    build.add_argument(
        "--jobs", type=partial(_whole, most=JOBS_MAX), default=jobs, metavar="N", help=say("letters made at a time")
    )
    build.add_argument("--dry-run", action="store_true", help=say("say what would change; write nothing"))
    build.add_argument("--strict", action="store_true", help=say("treat warnings as errors"))


def _check_options(check: argparse.ArgumentParser) -> None:
    check.add_argument("campaign", nargs="?", default="", metavar="SLUG")
    check.add_argument("--format", choices=("text", "json"), default="text")
    text = say("the annex again, with each mistake in its cell; a new file, for staff alone")
    check.add_argument("--report", type=Path, metavar="FILE.xlsx", help=text)


def _new_options(new: argparse.ArgumentParser) -> None:
    text = say("its folder's name: lower-case Latin letters, digits, hyphens")
    new.add_argument("campaign", nargs="?", default="", metavar="SLUG", help=text)
    new.add_argument("--annex", type=Path, metavar="FILE", help=".xlsx, .xls, .ods, .csv")
    new.add_argument("--circular", type=Path, metavar="FILE", help=".docx, .txt, .md")
    text = say("carry texts and settings over from this campaign")
    new.add_argument("--from", dest="before", default="", metavar="OLDSLUG", help=text)
    text = say("write an empty annex to fill in instead (annex.xlsx, where no name is given)")
    new.add_argument("--template", type=Path, nargs="?", const=TEMPLATE, metavar="FILE.xlsx", help=text)
    new.set_defaults(complain=new.error)


def _check_new(options: argparse.Namespace) -> None:
    """Refuse what argparse cannot: a template goes alone; a campaign needs a name and an annex, or a last one.

    On a terminal what is missing is asked for (``asks``).
    """
    missing = "" if options.campaign else "SLUG"
    if options.campaign and not (options.annex or options.before):
        missing = "--annex"
    options.asks = bool(missing) and not options.template and is_terminal()
    if options.template:
        if options.campaign or options.annex or options.circular or options.before:
            options.complain(say("--template goes alone: it writes an annex and starts no campaign"))
    elif missing and not options.asks:
        options.complain(say("the following arguments are required: %s") % missing)


def is_terminal() -> bool:
    """Return whether somebody can be asked: input and output are both a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _serve_options(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--port", type=partial(_whole, most=PORT_MAX), default=5500, metavar="N")
    text = say("see the site as this agency does")
    serve.add_argument("--as", dest="username", default="", metavar="USERNAME", help=text)


def _activate_options(activate: argparse.ArgumentParser) -> None:
    activate.add_argument("campaign", type=_slug, metavar="SLUG")
    text = say("the one the server reads")
    activate.add_argument("--password-file", type=Path, required=True, metavar="FILE", help=text)
    activate.add_argument("--now", action="store_true", help=say("before the effective day too"))
    text = say("even if more than half of the server's users lose their line")
    activate.add_argument("--drop-users", action="store_true", help=text)
    activate.add_argument("--handover", type=Path, metavar="DIR", help=argparse.SUPPRESS)  # of activate.py in it
    activate.add_argument("--rollback", action="store_true", help=say("put back the file that was replaced"))


def _report_options(report: argparse.ArgumentParser) -> None:
    report.add_argument("campaign", metavar="SLUG")
    text = say("of nginx or Apache, .gz too; - is standard input")
    report.add_argument("logs", nargs="+", metavar="LOG", help=text)


def _reissue_options(reissue: argparse.ArgumentParser) -> None:
    reissue.add_argument("campaign", type=_slug, metavar="SLUG")
    reissue.add_argument("usernames", nargs="+", metavar="USERNAME")


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except ValueError:
        raise argparse.ArgumentTypeError(say('"{text}" is not a day; expected YYYY-MM-DD', text=text)) from None


def _slug(text: str) -> str:
    if not text or Path(text).name != text:
        message = say('"{text}" is no campaign; expected the name of its folder in content/', text=text)
        raise argparse.ArgumentTypeError(message)
    return text


def _whole(text: str, *, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        message = say('"{text}" is not a whole number from 1 to {most}', text=text, most=most)
        raise argparse.ArgumentTypeError(message)
    return int(text)


def language_of(asked: str, content: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of the commands: the one asked for, that of site.toml, the sample's, or the machine's."""
    return asked or _of_site(content) or _of_site(content / SAMPLE_NAME) or _of_machine(environment)


def _of_site(content: Path) -> str:
    """Return the site's language; none where the file cannot be read, which the reading reports."""
    try:
        language = tomllib.loads(decode((content / "site.toml").read_bytes())).get("language")
    except (OSError, ValueError, RecursionError, NotTextError):
        return ""
    return language if language in LANGUAGES else ""


def _of_machine(environment: Mapping[str, str]) -> str:
    named = next((environment[name] for name in LOCALE_VARIABLES if environment.get(name)), "")
    name = (named or _system_locale()).partition("_")[0]
    language = WINDOWS_NAMES.get(name, name)
    return language if language in LANGUAGES else SOURCE_LANGUAGE


def _system_locale() -> str:
    try:
        return locale.getlocale()[0] or ""
    except ValueError:  # a language of Windows that Python has no name for
        return ""
