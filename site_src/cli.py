"""The command line: the only module that prints and the only one that ends the program."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.problems import InputError, MachineError, Problems, ThyridaError, UsageError
from site_src.telling import (
    campaign_lines,
    count_errors,
    count_line,
    next_lines,
    problem_as_json,
    problem_lines,
    report_lines,
    verdict_lines,
)
from site_src.toml_table import parse_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TextIO

    from rich.progress import Progress as RichProgress

    from site_src.inputs import Folders, Inputs

DONE, INPUTS_HAVE_ERRORS = 0, 1
INTERRUPTED = 130  # what shells call a program that Ctrl-C ended: 128 + SIGINT

# Seconds that one thread may keep the interpreter to itself: much less than a letter takes (3 ms), so that the threads
# which set and hash are not kept waiting by the one that writes pages. Python's own is 0.005.
SWITCH_INTERVAL = 0.0005

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status (design section 5)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.setswitchinterval(SWITCH_INTERVAL)
    options = _parser().parse_args(_with_command(arguments))
    try:
        status: int = options.run(options)
    except InputError as error:
        _print(problem_lines(error.problems), sys.stderr)
        print("Nothing was written.", file=sys.stderr)
        return error.exit_status
    except ThyridaError as error:
        return _tell_failure(error)
    except BrokenPipeError:  # whoever read the output has seen enough (`| head`); the work itself is done
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        where = f'"{error.filename}": ' if error.filename else ""
        hint = "check the free space and your permissions there; the site is whole: the old one, or the new one"
        return _tell_failure(MachineError(f"{where}{error.strerror or error}", hint))
    except KeyboardInterrupt:
        print("Stopped; the site is whole: the old one, or the new one.", file=sys.stderr)
        return INTERRUPTED
    return status


def _with_command(arguments: Sequence[str]) -> list[str]:
    """``build`` is what runs where no command is named."""
    first = arguments[0] if arguments else "--"
    asks_for_help = first in {"-h", "--help", "--version"}
    return list(arguments) if not first.startswith("-") or asks_for_help else ["build", *arguments]


def _parser() -> argparse.ArgumentParser:
    from site_src import __version__  # noqa: PLC0415 (kept beside its one use)

    parser = argparse.ArgumentParser(
        prog="build.py", description="Builds a secure download area from content/.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"Thyrida {__version__}")
    folders = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    folders.add_argument("--content", type=Path, default=ROOT / "content", metavar="DIR", help="what staff write")
    folders.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="what the web server serves")
    folders.add_argument("--private", type=Path, default=ROOT / "private", metavar="DIR", help="what is never served")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[folders], help=text, description=text, allow_abbrev=False)
        added.set_defaults(run=run)
        return added

    build = command("build", _build, "build the site (this is what runs without a command)")
    build.add_argument(
        "--campaign", default="", metavar="SLUG", help="build this campaign; the others stay as they are"
    )
    build.add_argument("--date", type=_day, default=None, metavar="YYYY-MM-DD", help="build as on this day")
    build.add_argument("--jobs", type=_jobs, default=os.cpu_count() or 1, metavar="N", help="letters made at a time")
    build.add_argument("--dry-run", action="store_true", help="say what would change; write nothing")
    build.add_argument("--strict", action="store_true", help="take warnings for errors")

    check = command("check", _check, "read all inputs and say what is wrong with them; writes nothing")
    check.add_argument("campaign", nargs="?", default="", metavar="SLUG")
    check.add_argument("--format", choices=("text", "json"), default="text")

    new = command("new", _new, "start a campaign from an annex and a circular")
    new.add_argument("campaign", metavar="SLUG", help="its folder's name: lower-case Latin letters, digits, hyphens")
    new.add_argument("--annex", type=Path, required=True, metavar="FILE", help=".xlsx, .xls, .ods or .csv")
    new.add_argument("--circular", type=Path, metavar="FILE", help=".docx, .txt or .md")

    serve = command("serve", _serve, "preview in a browser on this machine; reloads by itself, writes nothing")
    serve.add_argument("--port", type=int, default=5500, metavar="N")
    serve.add_argument("--as", dest="username", default="", metavar="USERNAME", help="see the site as this agency does")

    verify = command("verify", _verify, "open every archive as its contact will, and check its code")
    verify.add_argument("campaign", nargs="?", default="", metavar="SLUG")

    activate = command("activate", _activate, "swap the server's password file for the new one; not before its day")
    activate.add_argument("campaign", type=_slug, metavar="SLUG")
    activate.add_argument("--password-file", type=Path, required=True, metavar="FILE", help="the one the server reads")
    activate.add_argument("--now", action="store_true", help="before the effective day too")
    activate.add_argument("--rollback", action="store_true", help="put back the file that was replaced")

    report = command("report", _report, "who has collected, from the web server's access logs")
    report.add_argument("campaign", metavar="SLUG")
    report.add_argument("logs", nargs="+", metavar="LOG", help="of nginx or Apache, .gz too; - is standard input")

    reissue = command("reissue", _reissue, "give these agencies a new code at the next build")
    reissue.add_argument("campaign", type=_slug, metavar="SLUG")
    reissue.add_argument("usernames", nargs="+", metavar="USERNAME")
    return parser


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a day; expected YYYY-MM-DD') from None


def _slug(text: str) -> str:
    if not text or Path(text).name != text:
        raise argparse.ArgumentTypeError(f'"{text}" is no campaign; expected the name of its folder in content/')
    return text


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number of 1 or more')
    return int(text)


def _folders(options: argparse.Namespace) -> Folders:
    from site_src.inputs import Folders  # noqa: PLC0415 (loads the readers, which --help does not need)

    return Folders(
        content=options.content.resolve(),
        out=options.out.resolve(),
        private=options.private.resolve(),
        templates=ROOT / "templates",
    )


def _build(options: argparse.Namespace) -> int:
    from site_src.pipeline import Options, build  # noqa: PLC0415 (loads every stage)

    chosen = Options(
        folders=_folders(options),
        day=options.date or date.today(),  # noqa: DTZ011 (the day where staff sit is the day that is meant)
        jobs=options.jobs,
        campaign=options.campaign,
        dry_run=options.dry_run,
        strict=options.strict,
    )
    outcome = build(chosen, Bar("Making letters"))
    _print(problem_lines(outcome.warnings), sys.stderr)
    for campaign in outcome.campaigns:
        _print(campaign_lines(campaign, with_changes=options.dry_run))
    if options.dry_run:
        print("This was a dry run: nothing was written.")
    else:
        _print(next_lines(outcome, chosen.folders))
    return DONE


def _check(options: argparse.Namespace) -> int:
    from site_src.inputs import status_counts  # noqa: PLC0415 (loads the readers)
    from site_src.pipeline import check  # noqa: PLC0415 (loads every stage)

    inputs, problems = check(_folders(options), date.today(), options.campaign)  # noqa: DTZ011 (as for build)
    counts = status_counts(inputs.campaigns)
    if options.format == "json":
        shown = [problem_as_json(problem) for problem in problems]
        print(json.dumps({**counts, "problems": shown}, ensure_ascii=False, indent=2))
    else:
        print(count_line(counts))
        _print(problem_lines(problems))
    return INPUTS_HAVE_ERRORS if count_errors(problems) else DONE


def _new(options: argparse.Namespace) -> int:
    from site_src.drafting import draft_campaign  # noqa: PLC0415 (loads the readers of documents)

    problems = Problems()
    draft = draft_campaign(options.content.resolve(), options.campaign, options.annex, options.circular, problems)
    problems.stop_on_errors()
    _print(problem_lines(problems.all()), sys.stderr)
    for path in draft.files:
        print(f"Written: {path}")
    for note in draft.notes:
        print(f"  {note}")
    if draft.doubts:
        print("Please look at these:")
    for doubt in draft.doubts:
        print(f"  - {doubt}")
    print(f"What to do next: read {draft.folder / 'campaign.toml'} and circular.md beside it, then")
    print(f"  python3 build.py check {options.campaign}")
    return DONE


def _serve(options: argparse.Namespace) -> int:
    from site_src.preview import Preview, serve  # noqa: PLC0415 (loads every stage)

    preview = Preview(_folders(options), date.today, options.username)
    preview.refresh()
    preview.check_username()
    print(f"The preview: http://127.0.0.1:{options.port}/   (Ctrl-C ends it; letters and codes in it are samples)")
    serve(preview, options.port)
    return DONE


def _read_inputs(options: argparse.Namespace, folders: Folders) -> Inputs:
    """The site with its campaigns, or with the one that is named, without errors."""
    from site_src.inputs import read_inputs  # noqa: PLC0415 (loads the readers)

    problems = Problems()
    inputs = read_inputs(folders, date.today(), problems, options.campaign)  # noqa: DTZ011 (as for build)
    problems.stop_on_errors()
    return inputs


def _verify(options: argparse.Namespace) -> int:
    from site_src.publish import locked  # noqa: PLC0415 (loads ctypes and more)
    from site_src.verify import verify  # noqa: PLC0415 (loads the readers of archives)

    folders = _folders(options)
    campaigns = _read_inputs(options, folders).campaigns
    failures = 0
    with locked(folders.private):
        for campaign in campaigns:
            bar = Bar("Opening archives")
            bar.start(len(campaign.agencies))
            try:
                verdict = verify(campaign, folders, jobs=os.cpu_count() or 1, progress=bar.step)
            finally:
                bar.stop()
            failures += len(verdict.failures)
            _print((f"error: {failure}" for failure in verdict.failures), sys.stderr)
            _print(verdict_lines(verdict))
    return INPUTS_HAVE_ERRORS if failures else DONE


def _activate(options: argparse.Namespace) -> int:
    from site_src.activate import activate, roll_back  # noqa: PLC0415 (imported only when used)
    from site_src.publish import locked  # noqa: PLC0415 (likewise)

    folders = _folders(options)
    folder = folders.private / options.campaign
    if not folder.is_dir():
        raise UsageError(f'no campaign "{options.campaign}" was built in "{folders.private}"', "build it first")
    with locked(folders.private):
        if options.rollback:
            swap = roll_back(folder, options.password_file)
        else:
            today = date.today()  # noqa: DTZ011 (the day where the server stands is the day that is meant)
            swap = activate(folder, options.password_file, today=today, now=options.now)
    what = "the old codes are back" if options.rollback else "the new codes are valid"
    done = "Replaced" if swap.changed else "Nothing to do"
    print(f"{done}: {options.password_file} holds {swap.users} users; {what}.")
    print("nginx and Apache read it anew at the next request; neither needs a reload.")
    return DONE


def _report(options: argparse.Namespace) -> int:
    from site_src.publish import locked  # noqa: PLC0415 (loads ctypes and more)
    from site_src.report import report  # noqa: PLC0415 (loads the writer of spreadsheets)

    folders, problems = _folders(options), Problems()
    inputs = _read_inputs(options, folders)
    logs = [sys.stdin.buffer if log == "-" else Path(log) for log in options.logs]
    with locked(folders.private):
        found = report(inputs, logs, folders, date.today(), problems)  # noqa: DTZ011 (as for build)
    _print(problem_lines(problems.all()), sys.stderr)
    _print(report_lines(found))
    return DONE


def _reissue(options: argparse.Namespace) -> int:
    from site_src.reissue import reissue  # noqa: PLC0415 (loads the TOML writer)

    (campaign,) = _read_inputs(options, _folders(options)).campaigns
    for username, generation in reissue(campaign, options.usernames, Problems()).items():
        print(f"{username}: the next build makes its code number {generation}")
    print("What to do next: python3 build.py")
    return DONE


def _tell_failure(error: ThyridaError) -> int:
    print(f"error: {error}", file=sys.stderr)
    if error.hint:
        print(f"  hint: {error.hint}", file=sys.stderr)
    return error.exit_status


def _print(lines: Iterable[str], stream: TextIO | None = None) -> None:
    for line in lines:
        print(line, file=stream or sys.stdout)


class Bar:
    """How far a long work is: a bar on a terminal, a plain line at each quarter elsewhere."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._total = self._done = 0
        self._lock = threading.Lock()
        self._rich: RichProgress | None = None

    def start(self, total: int) -> None:
        """So many steps are to come; nothing is shown where there are none."""
        self._total, self._done = total, 0
        if total and sys.stderr.isatty():
            from rich.console import Console  # noqa: PLC0415 (imported only on a terminal)
            from rich.progress import Progress  # noqa: PLC0415 (likewise)

            self._rich = Progress(console=Console(stderr=True), transient=True)
            self._task = self._rich.add_task(self._text, total=total)
            self._rich.start()

    def step(self) -> None:
        """One more step is done; may be called from any thread."""
        with self._lock:
            self._done += 1
            if self._rich:
                self._rich.advance(self._task)
            elif self._done * 4 // self._total > (self._done - 1) * 4 // self._total:
                print(f"{self._text}: {self._done} of {self._total}", file=sys.stderr)

    def stop(self) -> None:
        """Take the bar away."""
        if self._rich:
            self._rich.stop()
