"""The command line: the only module that prints and the only one that ends the program."""

from __future__ import annotations

import gc
import glob
import os
import sys
import threading
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.commands import messages
from site_src.commands.arguments import parse
from site_src.commands.build_messages import build_lines
from site_src.folders import TEMPLATES, Folders, Options
from site_src.language.reasons import reason
from site_src.language.say import say
from site_src.problems import InputError, MachineError, Problems, ThyridaError, UsageError, count_errors

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Container, Iterable, Sequence
    from typing import BinaryIO, TextIO

    from rich.progress import Progress as RichProgress

    from site_src.problems import Problem
    from site_src.read.inputs import Inputs

DONE, INPUTS_HAVE_ERRORS = 0, 1
INTERRUPTED = 130  # what shells call a program that Ctrl-C ended: 128 + SIGINT

# Seconds that one thread may keep the interpreter to itself: much less than a letter takes (3 ms), so that the threads
# which set and hash are not kept waiting by the one that writes pages. Python's own is 0.005.
SWITCH_INTERVAL = 0.0005

# New objects after which Python looks for garbage in circles: its own 700 makes it look often, and such garbage hardly
# arises here. All else is freed at once, as ever.
GARBAGE_THRESHOLD = 100_000

# A name of a user or a file may hold what a terminal obeys (ECMA-48, C0 and C1 controls) or what turns the direction of
# writing (Unicode Standard Annex #9): every line shows these as escapes. Tabs and line ends stay.
_OBEYED = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
ESCAPED = {code: chr(code).encode("unicode_escape").decode() for code in _OBEYED if chr(code) not in "\t\n"}


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status (docs/reference.md, "Commands")."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.set_threshold(GARBAGE_THRESHOLD)
    options = parse(arguments)
    try:
        return COMMANDS[options.command](options)
    except InputError as error:
        _print_problems(options, error.problems, sys.stderr)
        _print(messages.stopped_lines(error.problems), sys.stderr)
        return error.exit_status
    except ThyridaError as error:
        return _report_failure(error)
    except BrokenPipeError:  # the reader of the output has seen enough (`| head`); the work itself is done
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        path = error.filename2 or error.filename  # a draft's target says more than the draft
        where = f'"{path}": ' if path else ""
        hint = say(
            "check the free space and your permissions there, and close what has it open; every file is whole: the old "
            "one, or the new one"
        )
        return _report_failure(MachineError(f"{where}{reason(error)}", hint))
    except KeyboardInterrupt:
        print(_stopped(options.command), file=sys.stderr)
        return INTERRUPTED


def _stopped(command: str) -> str:
    """Return the state in which Ctrl-C leaves everything."""
    if command == "build":
        return say("Stopped; the site is whole: the old one, or the new one.")
    if command == "activate":
        return say("Stopped; the password file is whole: the old one, or the new one.")
    return say("Stopped; everything is as it was.")


def _today() -> date:
    return date.today()  # noqa: DTZ011 (the day where the command runs is the day that is meant)


def _folders(options: argparse.Namespace) -> Folders:
    return Folders(
        content=options.content.resolve(),
        out=options.out.resolve(),
        private=options.private.resolve(),
        templates=TEMPLATES,
    )


def _build(options: argparse.Namespace) -> int:
    from site_src.publish.outcome import recall, remember

    chosen = Options(
        folders=_folders(options),
        day=options.date or _today(),
        jobs=options.jobs,
        dry_run=options.dry_run,
        strict=options.strict,
    )
    outcome = None if chosen.dry_run else recall(chosen)
    if outcome is None:
        from site_src.pipeline.build import build

        outcome = build(chosen, Bar(quiet=options.quiet))
        if outcome.state:
            remember(chosen, outcome)
    _print_problems(options, outcome.warnings, sys.stderr)
    _inform(options, build_lines(outcome, chosen))
    return DONE


def _check(options: argparse.Namespace) -> int:
    from site_src.pipeline.build import check
    from site_src.pipeline.reading import with_annexes
    from site_src.plan.handover import find_over
    from site_src.read.agency import status_counts

    folders = _folders(options)
    path = options.report.resolve() if options.report else None
    if path:
        from site_src.commands.check_report import campaign_to_report, write_report

        campaign = campaign_to_report(path, folders, options.campaign)
    inputs, problems = check(folders, _today(), options.campaign, Bar(quiet=options.quiet))
    over = find_over((each.campaign for each in inputs.over), folders, _today())
    campaigns = with_annexes(inputs, Problems()).all
    counts = status_counts(agency.status for each in campaigns for agency in each.agencies)
    if options.format == "json":
        print(messages.check_json(counts, problems))
    else:
        _inform(options, messages.check_lines(counts, over))
        _print_problems(options, problems, sys.stdout)
        _print(messages.reminder_lines(problems))
        if not problems:
            _inform(options, [say("Nothing is wrong.")])
    if path:
        write_report(path, campaign, problems)
        if options.format == "text":
            _inform(options, [say("The report, which holds addresses: {path}", path=path)])
    return INPUTS_HAVE_ERRORS if count_errors(problems) else DONE


def _new(options: argparse.Namespace) -> int:
    if options.template:
        from site_src.read.annex.template import write_template

        write_template(options.template)
        _inform(options, messages.template_lines(options.template))
        return DONE
    from site_src.new import draft_campaign, draft_successor

    problems, content, slug = Problems(), options.content.resolve(), options.campaign
    if options.before:
        draft = draft_successor(content, slug, options.before, options.annex, options.circular, problems)
    else:
        draft = draft_campaign(content, slug, options.annex, options.circular, problems)
    problems.stop_on_errors()
    _print_problems(options, problems.all(), sys.stderr)
    _inform(options, messages.draft_lines(draft, slug))
    return DONE


def _serve(options: argparse.Namespace) -> int:
    from site_src.serve.desk import Desk
    from site_src.serve.gate import Gate
    from site_src.serve.preview import Preview
    from site_src.serve.server import open_browser, serve

    preview = Preview(_folders(options), _today, options.username, Bar(quiet=options.quiet))
    preview.refresh()
    preview.check_username()
    address = f"http://127.0.0.1:{options.port}/"
    gate = Gate(options.port)

    def announce() -> None:
        hint = say("(Ctrl-C ends it; letters and codes in it are samples)")
        note = say("(for you alone: whoever has this address can change your campaigns)")
        _inform(options, [say("The preview: {address}   {hint}", address=address, hint=hint)])
        _inform(options, [say("The desk: {address}   {hint}", address=gate.address, hint=note)])
        if sys.stdout.isatty() and not options.no_open:
            open_browser(gate.address_once())

    serve(Desk(preview, gate), options.port, announce)
    return DONE


def _read_inputs(options: argparse.Namespace, folders: Folders, with_letters: Container[str] = ()) -> Inputs:
    """Return the site with its campaigns, or with the one that is named. Raises InputError where one has errors."""
    from site_src.files.looked import Looked
    from site_src.pipeline.reading import read_inputs

    problems = Problems()
    looked = Looked.through(folders.private, Bar(quiet=options.quiet))
    inputs = read_inputs(folders, _today(), problems, options.campaign, with_letters, looked)
    problems.stop_on_errors()
    return inputs


def _verify(options: argparse.Namespace) -> int:
    from site_src.prove.verify import Failure, verify_all, with_letters
    from site_src.publish.publish import locked

    folders, has_failed = _folders(options), False
    inputs = _read_inputs(options, folders, with_letters(folders))
    with locked(folders.private):
        for found in verify_all(inputs, folders, Bar(quiet=options.quiet)):
            failures = (found,) if isinstance(found, Failure) else found.failures
            _print((say("error: {text}", text=failure) for failure in failures), sys.stderr)
            if not isinstance(found, Failure):
                _inform(options, messages.verdict_lines(found))
            has_failed = has_failed or bool(failures)
    return INPUTS_HAVE_ERRORS if has_failed else DONE


def _activate(options: argparse.Namespace) -> int:
    from site_src.activate.activate import activate, roll_back
    from site_src.files.disk import PATIENCE
    from site_src.publish.publish import locked

    private = options.private.resolve()
    folder = options.handover or private / options.campaign
    if not folder.is_dir():
        where = {"slug": options.campaign, "private": private}
        raise UsageError(say('no campaign "{slug}" was built in "{private}"', **where), say("build it first"))
    with locked(options.handover or private, patience=PATIENCE, notify=_print_wait):
        if options.rollback:
            swap = roll_back(folder, options.password_file)
        else:
            allowed = {"now": options.now, "drop_users": options.drop_users}
            swap = activate(folder, options.password_file, today=_today(), **allowed)
    _inform(options, messages.swap_lines(swap, options.password_file, rolled_back=options.rollback))
    return DONE


def _print_wait(line: str) -> None:
    _print([line], sys.stderr)


def _report(options: argparse.Namespace) -> int:
    from site_src.files.disk import PATIENCE
    from site_src.pipeline.reading import with_annexes
    from site_src.publish.publish import locked
    from site_src.report.reporting import count, write

    folders, problems = _folders(options), Problems()
    inputs = with_annexes(_read_inputs(options, folders), problems)
    problems.stop_on_errors()
    logs = [log for name in options.logs for log in _logs(name)]
    with locked(folders.private):  # it ends what a killed build left, and is let go: a log may come for hours
        pass
    report = count(inputs, logs, folders, _today(), problems)
    with locked(folders.private, patience=PATIENCE, notify=_print_wait):
        write(report, inputs)
    _print_problems(options, problems.all(), sys.stderr)
    _inform(options, messages.report_lines(report))
    return DONE


def _logs(name: str) -> Iterable[BinaryIO | Path]:
    """Return standard input, a file, or all that fit a pattern, which the shells of Windows leave as it is."""
    if name == "-":
        return [sys.stdin.buffer]
    fitting = [] if Path(name).exists() else sorted(glob.glob(name))  # noqa: PTH207 (of any folder)
    return [Path(fit) for fit in fitting or [name]]


def _reissue(options: argparse.Namespace) -> int:
    from site_src.activate.reissue import campaign_in, reissue

    campaign = campaign_in(_read_inputs(options, _folders(options)))
    generations = reissue(campaign, options.usernames, Problems())
    names = {agency.username: agency.name for agency in campaign.agencies}
    _inform(options, messages.reissue_lines(generations, names))
    return DONE


def _report_failure(error: ThyridaError) -> int:
    _print(messages.failure_lines(error), sys.stderr)
    return error.exit_status


def _print_problems(options: argparse.Namespace, problems: Sequence[Problem], stream: TextIO) -> None:
    """Print problems, warnings in brief; in full where `check --all` asks for it, or could not show them later."""
    in_full = options.all if options.command == "check" else options.command in {"new", "report"}
    _print(messages.problem_lines(problems, getattr(options, "campaign", ""), in_full=in_full), stream)


def _inform(options: argparse.Namespace, lines: Iterable[str]) -> None:
    """Print what was done, unless with ``--quiet``."""
    if not options.quiet:
        _print(lines)


def _print(lines: Iterable[str], stream: TextIO | None = None) -> None:
    show = _printer(stream or sys.stdout)
    for line in lines:
        show(line.translate(ESCAPED))


def _printer(stream: TextIO) -> Callable[[str], None]:
    """Return what prints a line: in colour on a terminal, unless NO_COLOR is set (no-color.org), and plain elsewhere.

    A server that activates has Python alone, and so no colour.
    """
    plain = partial(print, file=stream)
    if not stream.isatty() or os.environ.get("NO_COLOR"):
        return plain
    try:
        from rich.console import Console
        from rich.text import Text
    except ImportError:
        return plain
    console = Console(file=stream)

    def show(line: str) -> None:
        text = Text(line)
        length, style = messages.first_words(line)
        text.stylize(style, 0, length)
        console.print(text, soft_wrap=True)  # a path that is broken into lines cannot be copied

    return show


class Bar:
    """Shows how far a long work is: a bar on a terminal, a plain line at each quarter elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self._text = ""
        self._quiet = quiet
        self._total = self._done = 0
        self._lock = threading.Lock()
        self._rich: RichProgress | None = None

    def start(self, text: str, total: int) -> None:
        """Begin a work with so many steps; nothing is shown where there are none."""
        self._text, self._total, self._done = text, total, 0
        if total and not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self._rich = Progress(console=Console(stderr=True), transient=True)
            self._task = self._rich.add_task(self._text, total=total)
            self._rich.start()

    def step(self) -> None:
        """Count one more step as done, as far as there are any; may be called from any thread."""
        with self._lock:
            if self._done == self._total:
                return
            self._done += 1
            if self._rich:
                self._rich.advance(self._task)
            elif not self._quiet and self._done * 4 // self._total > (self._done - 1) * 4 // self._total:
                step = say("{text}: {done} of {total}", text=self._text, done=self._done, total=self._total)
                print(step, file=sys.stderr)

    def stop(self) -> None:
        """Take the bar away."""
        if self._rich:
            self._rich.stop()
            self._rich = None


COMMANDS = {
    "build": _build,
    "check": _check,
    "new": _new,
    "serve": _serve,
    "verify": _verify,
    "activate": _activate,
    "report": _report,
    "reissue": _reissue,
}
