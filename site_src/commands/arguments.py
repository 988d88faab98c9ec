"""The words of the command line: its commands, their options, and the language in which it answers."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import NoReturn

from site_src import version
from site_src.files.text import NotTextError, decode
from site_src.folders import ROOT
from site_src.language.catalogues import LANGUAGES
from site_src.language.say import call, language_of_machine, say, speak
from site_src.problems import nearest
from site_src.read.content.campaign_folder import SAMPLE_NAME, content_or_sample
from site_src.read.content.toml_table import parse_day

HELP = ("-h", "--help", "--version")
LONG_DASHES = ("–", "—")  # word processors and mail programs write them for the two hyphens of an option
SLUG = "2020-11-access-codes"  # in examples

JOBS_MAX = 1_000  # more threads than any machine has use for
CONTENT = ROOT / "content"
TEMPLATE = Path("annex.xlsx")  # written by `new --template` where no name is given
PORT_MAX = 65_535  # RFC 9293, section 3.1: 16 bits


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the command (as ``command``) with its options. Ends the program, with status 2, where they are wrong."""
    first, rest = _first_look().parse_known_args(list(arguments))
    speak(language_of(first.lang if first.lang in LANGUAGES else "", content_or_sample(first.content)))
    setattr(argparse, "_", say)  # noqa: B010 (argparse takes its texts from there, and offers no other way)
    line = _with_command(arguments, rest)
    overview, commands = parsers()
    if line[0] not in {*commands, *HELP}:
        hint = nearest(line[0], [*commands, *HELP[1:]])
        _complain(overview, say('"{name}" is not a command', name=line[0]), hint)
    if line[0] == "--version":
        overview.exit(message=f"Thyrida {version()}\n")  # which git is asked for
    options, unknown = overview.parse_known_args(line)
    if options.command == "test":  # which build.py runs itself, where it is the first word
        _refuse_late_command("test", overview)
    if options.command == "build" and (late := next((word for word in unknown if word in commands), "")):
        _refuse_late_command(late, overview)
    _refuse_unknown(commands[options.command], options, unknown, line)
    if options.command == "new":
        _check_new(options, commands["new"])
    elif options.content == CONTENT:  # nobody named a folder
        options.content = content_or_sample(CONTENT)
    return options


def _complain(parser: argparse.ArgumentParser, message: str, hint: str) -> NoReturn:
    parser.error(f"{message}\n{say('  hint: {hint}', hint=hint)}")


def _refuse_late_command(name: str, overview: argparse.ArgumentParser) -> NoReturn:
    hint = say("write the command first: {line}", line=f"{call()} {name}")
    _complain(overview, say("unrecognized arguments: %s") % name, hint)


def _refuse_unknown(
    parser: argparse.ArgumentParser, options: argparse.Namespace, unknown: Sequence[str], line: Sequence[str]
) -> None:
    """Refuse words that the command does not take, each kind with what was probably meant."""
    usage = parser.format_usage()
    campaign = getattr(options, "campaign", "")
    path = _whole_path(campaign, line, usage) if set(campaign) & set("/\\.") else ""
    is_cut = bool(path) and not Path(path.removesuffix(f" {campaign}")).is_file()  # of the path before it, at a blank
    words = unknown or ([campaign] if is_cut or campaign.startswith(LONG_DASHES) else [])
    if not words:
        return
    message = say("unrecognized arguments: %s") % " ".join(words)
    dashed = [word for word in line if word.startswith(LONG_DASHES) or (word in unknown and word.startswith("-"))]
    if dashed:
        _complain(parser, message, nearest(dashed[0].partition("=")[0], re.findall(r"--[a-z-]+", usage)))
    if options.command == "build":
        message = say("build takes no SLUG, since it always builds the whole site: {words}", words=" ".join(words))
    path = _whole_path(words[0], line, usage)
    hint = say('a path with blanks needs quotes: "{path}"', path=path) if path else say("leave it out")
    _complain(parser, message, hint)


def _whole_path(word: str, line: Sequence[str], usage: str) -> str:
    """Return the path of which a shell made several words, this one among them; nothing where it is of none."""
    at = line.index(word, 1)
    start = max(i for i, each in enumerate(line[:at]) if i == 0 or each.startswith("-"))
    end = next((i for i, each in enumerate(line) if i > at and each.startswith("-")), len(line))
    option, _, value = line[start].partition("=")  # as in --annex=C:\Program
    if option not in re.findall(r"(--[a-z-]+) \[?(?:DIR|FILE)", usage):
        return ""
    return " ".join([*filter(None, [value]), *line[start + 1 : end]])


def _first_look() -> argparse.ArgumentParser:
    """Return a parser that finds the language first, so that mistakes and ``--help`` are in it too."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--lang", nargs="?", default="")
    parser.add_argument("--content", nargs="?", type=Path, default=CONTENT, const=CONTENT)
    for name in ("--out", "--private"):
        parser.add_argument(name, nargs="?")
    return parser


def _with_command(arguments: Sequence[str], rest: Sequence[str]) -> list[str]:
    """Return the arguments with the command first: ``build`` where none is named.

    ``rest`` is without the options that go with every command and have a value: these may come before it.
    """
    first = next((word for word in rest if word != "--quiet"), "--")
    if first in HELP:
        return [first]
    if first.startswith("-"):
        return ["build", *arguments]
    others = list(arguments)
    others.remove(first)
    return [first, *others]


def parsers() -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    """Return the parser of the whole command line, and those of the commands by their names."""
    text = say("Builds a secure download area from content/.")
    parser = argparse.ArgumentParser(prog="build.py", description=text, allow_abbrev=False)
    parser.add_argument("--version", action="store_true", help=say("show program's version number and exit"))
    shared = _shared_options()
    commands = parser.add_subparsers(title=say("commands"), required=True, metavar=say("COMMAND"), dest="command")

    def command(name: str, text: str, example: str) -> Callable[..., object]:
        """Add a command; return the function that adds its options."""
        shown = f"{call()} {name} {example}".rstrip()
        added = commands.add_parser(
            name,
            parents=[] if name == "test" else [shared],
            help=text,
            description=text,
            epilog=say("example: {line}", line=shown),
            formatter_class=argparse.RawDescriptionHelpFormatter,  # which leaves the example on its line
            allow_abbrev=False,
        )
        return added.add_argument

    text = say("build the site (this is what runs without a command)")
    _build_options(command("build", text, "--dry-run"))
    text = say("read all inputs and say what is wrong with them; writes nothing")
    _check_options(command("check", text, "--report check.xlsx"))
    text = say("start a campaign from an annex and a circular")
    _new_options(command("new", text, f'{SLUG} --annex "Annex May.xlsx" --circular "Circular May.docx"'))
    text = say("the site as it will be, and the desk: a campaign in the browser, on this machine alone")
    _serve_options(command("serve", text, "--as 012345678901"))
    text = say("open every archive as its contact will, and check its code")
    _add_campaign(command("verify", text, SLUG), is_optional=True)
    text = say("swap the server's password file for the new one; not before its day")
    _activate_options(command("activate", text, f"{SLUG} --password-file /etc/nginx/thyrida.htpasswd"))
    text = say("who has collected, from the web server's access logs")
    _report_options(command("report", text, f"{SLUG} access.log access.log.1.gz"))
    text = say("give these agencies a new code at the next build")
    _reissue_options(command("reissue", text, f"{SLUG} 012345678901"))
    add = command("test", say("install what the tests need and run them all; for developers"), "-k archives")
    add("arguments", nargs="*", metavar="ARGUMENT", help=say("what pytest is to run, in its own words"))
    return parser, commands.choices


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


def _build_options(add: Callable[..., object]) -> None:
    add("--date", type=_day, default=None, metavar="YYYY-MM-DD", help=say("build as on this day"))
    whole, jobs = partial(_whole, most=JOBS_MAX), os.cpu_count() or 1
    add("--jobs", type=whole, default=jobs, metavar="N", help=say("letters made at a time"))
    add("--dry-run", action="store_true", help=say("say what would change; write nothing"))
    add("--strict", action="store_true", help=say("treat warnings as errors"))


def _check_options(add: Callable[..., object]) -> None:
    _add_campaign(add, is_optional=True)
    add("--format", choices=("text", "json"), default="text", help=say("how to print: for people, or for programs"))
    add("--all", action="store_true", help=say("every warning by itself, not only the first three cells of a kind"))
    text = say("the annex again, with each mistake in its cell, for staff alone")
    add("--report", type=Path, metavar="FILE.xlsx", help=text)


def _new_options(add: Callable[..., object]) -> None:
    text = say("its folder's name: lower-case Latin letters, digits, hyphens")
    add("campaign", nargs="?", default="", metavar="SLUG", help=text)
    add("--annex", type=Path, metavar="FILE", help=say("the spreadsheet: .xlsx, .xls, .ods, .csv"))
    add("--circular", type=Path, metavar="FILE", help=say("the official text: .docx, .txt, .md"))
    text = say("carry texts and settings over from this campaign")
    add("--from", dest="before", default="", metavar="OLDSLUG", help=text)
    text = say("write an empty annex to fill in instead (annex.xlsx, where no name is given)")
    add("--template", type=Path, nargs="?", const=TEMPLATE, metavar="FILE.xlsx", help=text)


def _check_new(options: argparse.Namespace, new: argparse.ArgumentParser) -> None:
    """Refuse what argparse cannot: a template goes alone; a campaign needs a name and an annex, or a last one.

    On a terminal what is missing is asked for (``asks``).
    """
    missing = "" if options.campaign else "SLUG"
    if options.campaign and not (options.annex or options.before):
        missing = "--annex"
    options.asks = bool(missing) and not options.template and is_terminal()
    if options.template:
        if options.campaign or options.annex or options.circular or options.before:
            new.error(say("--template goes alone: it writes an annex and starts no campaign"))
    elif missing and not options.asks:
        new.error(say("the following arguments are required: %s") % missing)


def is_terminal() -> bool:
    """Return whether somebody can be asked: input and output are both a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _serve_options(add: Callable[..., object]) -> None:
    text = say("of the address on this machine; 5500 where none is given")
    add("--port", type=partial(_whole, most=PORT_MAX), default=5500, metavar="N", help=text)
    add("--as", dest="username", default="", metavar="USERNAME", help=say("see the site as this agency does"))
    add("--no-open", action="store_true", help=say("do not open the browser"))


def _activate_options(add: Callable[..., object]) -> None:
    _add_campaign(add, _slug)
    add("--password-file", type=Path, required=True, metavar="FILE", help=say("the one the server reads"))
    add("--now", action="store_true", help=say("before the effective day too"))
    add("--drop-users", action="store_true", help=say("even if more than half of the server's users lose their line"))
    add("--handover", type=Path, metavar="DIR", help=argparse.SUPPRESS)  # of activate.py in it
    add("--rollback", action="store_true", help=say("put back the file that was replaced"))


def _report_options(add: Callable[..., object]) -> None:
    _add_campaign(add)
    add("logs", nargs="+", metavar="LOG", help=say("of nginx or Apache, .gz too; - is standard input"))
    text = say("also drafts of messages to those who have not collected; nothing is sent")
    add("--reminders", action="store_true", help=text)


def _reissue_options(add: Callable[..., object]) -> None:
    _add_campaign(add, _slug)
    add("usernames", nargs="+", metavar="USERNAME", help=say("the 12 digits of an agency"))


def _add_campaign(add: Callable[..., object], kind: Callable[[str], str] = str, *, is_optional: bool = False) -> None:
    text = say("the campaign: its folder's name in content/")
    add("campaign", type=kind, nargs="?" if is_optional else None, default="", metavar="SLUG", help=text)


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
    return asked or _of_site(content) or _of_site(content / SAMPLE_NAME) or language_of_machine(environment)


def _of_site(content: Path) -> str:
    """Return the site's language; none where the file cannot be read, which the reading reports."""
    try:
        language = tomllib.loads(decode((content / "site.toml").read_bytes())).get("language")
    except (OSError, ValueError, RecursionError, NotTextError):
        return ""
    return language if language in LANGUAGES else ""
