"""The command line: the only module that prints and the only one that ends the program."""

from __future__ import annotations

import gc
import glob
import json
import os
import sys
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.commands.arguments import parse
from site_src.commands.build_messages import build_lines
from site_src.commands.other_messages import (
    count_line,
    draft_lines,
    over_lines,
    reissue_lines,
    report_lines,
    swap_lines,
    template_lines,
    verdict_lines,
)
from site_src.commands.problem_messages import (
    count_errors,
    failure_lines,
    problem_as_json,
    problem_lines,
    reminder_lines,
    stopped_lines,
)
from site_src.folders import TEMPLATES, Folders, Options
from site_src.language.say import say
from site_src.problems import InputError, MachineError, Problems, ThyridaError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Container, Iterable, Sequence
    from typing import BinaryIO, TextIO

    from rich.progress import Progress as RichProgress

    from site_src.commands.check_report import CheckReport
    from site_src.prove.verify import Failure
    from site_src.publish.outcome import Outcome
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
    """Run one command; returns the exit status (docs/reference.md, "Commands")."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.set_threshold(GARBAGE_THRESHOLD)
    options = parse(arguments)
    try:
        status = COMMANDS[options.command](options)
    except InputError as error:
        _print(problem_lines(error.problems), sys.stderr)
        _print(stopped_lines(error.problems), sys.stderr)
        return error.exit_status
    except ThyridaError as error:
        return _tell_failure(error)
    except BrokenPipeError:  # whoever read the output has seen enough (`| head`); the work itself is done
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        from site_src.language.reasons import reason

        path = error.filename2 or error.filename  # what was to be replaced tells more than the draft beside it
        where = f'"{path}": ' if path else ""
        hint = say(
            "check the free space and your permissions there, and close what has it open; every file is whole: the old "
            "one, or the new one"
        )
        return _tell_failure(MachineError(f"{where}{reason(error)}", hint))
    except KeyboardInterrupt:
        print(_stopped(options.command), file=sys.stderr)
        return INTERRUPTED
    return status


def _stopped(command: str) -> str:
    """What Ctrl-C has left behind."""
    if command == "build":
        return say("Stopped; the site is whole: the old one, or the new one.")
    if command == "activate":
        return say("Stopped; the password file is whole: the old one, or the new one.")
    return say("Stopped; everything is as it was.")


def _folders(options: argparse.Namespace) -> Folders:
    return Folders(
        content=options.content.resolve(),
        out=options.out.resolve(),
        private=options.private.resolve(),
        templates=TEMPLATES,
    )


def _build(options: argparse.Namespace) -> int:
    from site_src.publish.unchanged import recall

    chosen = Options(
        folders=_folders(options),
        day=options.date or date.today(),  # noqa: DTZ011 (the day where staff sit is the day that is meant)
        jobs=options.jobs,
        dry_run=options.dry_run,
        strict=options.strict,
    )
    outcome = None if chosen.dry_run else recall(chosen)
    if outcome is None:
        outcome = _make(chosen, options)
    _print(problem_lines(outcome.warnings), sys.stderr)
    _tell(options, build_lines(outcome, chosen))
    return DONE


def _make(chosen: Options, options: argparse.Namespace) -> Outcome:
    from site_src.pipeline.build import build
    from site_src.publish.unchanged import remember

    outcome = build(chosen, Bar(quiet=options.quiet))
    if outcome.state:
        remember(chosen, outcome)
    return outcome


def _check(options: argparse.Namespace) -> int:
    from site_src.pipeline.build import check
    from site_src.pipeline.reading import with_annexes
    from site_src.plan.over import find_over
    from site_src.read.agency import status_counts

    folders = _folders(options)
    report = _plan_check_report(options, folders)
    today = date.today()  # noqa: DTZ011 (as for build)
    inputs, problems = check(folders, today, options.campaign, Bar(quiet=options.quiet))
    over = find_over((each.campaign for each in inputs.over), folders, today)
    campaigns = with_annexes(inputs, Problems()).all
    counts = status_counts(agency.status for each in campaigns for agency in each.agencies)
    if options.format == "json":
        shown = [problem_as_json(problem) for problem in problems]
        print(json.dumps({**counts, "problems": shown}, ensure_ascii=False, indent=2))
    else:
        _tell(options, [count_line(counts), *over_lines(over)])
        _print(problem_lines(problems))
        _print(reminder_lines(problems))
        if not problems:
            _tell(options, [say("Nothing is wrong.")])
    if report:
        report.write(problems)
        if options.format == "text":
            _tell(options, [say("The report, which holds addresses: {path}", path=report.path)])
    return INPUTS_HAVE_ERRORS if count_errors(problems) else DONE


def _plan_check_report(options: argparse.Namespace, folders: Folders) -> CheckReport | None:
    if not options.report:
        return None
    from site_src.commands.check_report import plan_report

    return plan_report(options.report.resolve(), folders, options.campaign)


def _new(options: argparse.Namespace) -> int:
    if options.template:
        return _write_template(options)
    from site_src.new import draft_campaign, draft_successor

    problems, content, slug = Problems(), options.content.resolve(), options.campaign
    if options.before:
        draft = draft_successor(content, slug, options.before, options.annex, options.circular, problems)
    else:
        draft = draft_campaign(content, slug, options.annex, options.circular, problems)
    problems.stop_on_errors()
    _print(problem_lines(problems.all()), sys.stderr)
    _tell(options, draft_lines(draft, options.campaign))
    return DONE


def _write_template(options: argparse.Namespace) -> int:
    from site_src.read.annex.template import write_template

    write_template(options.template)
    _tell(options, template_lines(options.template))
    return DONE


def _serve(options: argparse.Namespace) -> int:
    from site_src.serve.preview import Preview
    from site_src.serve.server import serve

    preview = Preview(_folders(options), date.today, options.username, Bar(quiet=options.quiet))
    preview.refresh()
    preview.check_username()
    address = f"http://127.0.0.1:{options.port}/"
    hint = say("(Ctrl-C ends it; letters and codes in it are samples)")
    _tell(options, [say("The preview: {address}   {hint}", address=address, hint=hint)])
    serve(preview, options.port)
    return DONE


def _read_inputs(options: argparse.Namespace, folders: Folders, with_letters: Container[str] = ()) -> Inputs:
    """The site with its campaigns, or with the one that is named, without errors."""
    from site_src.files.looked import Looked
    from site_src.pipeline.reading import read_inputs

    problems = Problems()
    today = date.today()  # noqa: DTZ011 (as for build)
    looked = Looked.through(folders.private, Bar(quiet=options.quiet))
    inputs = read_inputs(folders, today, problems, options.campaign, with_letters, looked)
    problems.stop_on_errors()
    return inputs


def _verify(options: argparse.Namespace) -> int:
    from site_src.prove.verify import verify, verify_over, verify_rest, with_letters
    from site_src.publish.publish import locked

    folders = _folders(options)
    inputs = _read_inputs(options, folders, with_letters(folders))
    failures: list[Failure] = []
    with locked(folders.private):
        for past in inputs.over:
            verdict = verify_over(past, folders)
            failures += verdict.failures
            _tell_failures(verdict.failures)
            _tell(options, verdict_lines(verdict))
        for campaign in inputs.campaigns:
            bar = Bar(quiet=options.quiet)
            bar.start(say("Opening archives"), len(campaign.agencies))
            try:
                verdict = verify(campaign, folders, jobs=os.cpu_count() or 1, progress=bar.step)
            finally:
                bar.stop()
            failures += verdict.failures
            _tell_failures(verdict.failures)
            _tell(options, verdict_lines(verdict))
        rest = verify_rest(folders)
        failures += rest
        _tell_failures(rest)
    return INPUTS_HAVE_ERRORS if failures else DONE


def _tell_failures(failures: Iterable[Failure]) -> None:
    _print((say("error: {text}", text=failure) for failure in failures), sys.stderr)


def _activate(options: argparse.Namespace) -> int:
    from site_src.activate.activate import activate, roll_back
    from site_src.files.disk import PATIENCE
    from site_src.publish.publish import locked

    private = options.private.resolve()
    folder = options.handover or private / options.campaign
    if not folder.is_dir():
        where = {"slug": options.campaign, "private": private}
        raise UsageError(say('no campaign "{slug}" was built in "{private}"', **where), say("build it first"))
    with locked(options.handover or private, patience=PATIENCE, tell=_tell_waiting):
        if options.rollback:
            swap = roll_back(folder, options.password_file)
        else:
            today = date.today()  # noqa: DTZ011 (the day where the server stands is the day that is meant)
            allowed = {"now": options.now, "drop_users": options.drop_users}
            swap = activate(folder, options.password_file, today=today, **allowed)
    _tell(options, swap_lines(swap, options.password_file, rolled_back=options.rollback))
    return DONE


def _tell_waiting(line: str) -> None:
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
    found = count(inputs, logs, folders, date.today(), problems)  # noqa: DTZ011 (as for build)
    with locked(folders.private, patience=PATIENCE, tell=_tell_waiting):
        write(found, inputs)
    _print(problem_lines(problems.all()), sys.stderr)
    _tell(options, report_lines(found))
    return DONE


def _logs(name: str) -> Iterable[BinaryIO | Path]:
    """What is meant: standard input, a file, or all that fit a pattern, which the shells of Windows leave as it is."""
    if name == "-":
        return [sys.stdin.buffer]
    fitting = [] if Path(name).exists() else sorted(glob.glob(name))  # noqa: PTH207 (of any folder)
    return [Path(fit) for fit in fitting or [name]]


def _reissue(options: argparse.Namespace) -> int:
    from site_src.activate.reissue import campaign_in, reissue

    campaign = campaign_in(_read_inputs(options, _folders(options)))
    generations = reissue(campaign, options.usernames, Problems())
    names = {agency.username: agency.name for agency in campaign.agencies}
    _tell(options, reissue_lines(generations, names))
    return DONE


def _tell_failure(error: ThyridaError) -> int:
    _print(failure_lines(error), sys.stderr)
    return error.exit_status


def _tell(options: argparse.Namespace, lines: Iterable[str]) -> None:
    """What a person wants to know of the work that is done; not with ``--quiet``."""
    if not options.quiet:
        _print(lines)


def _print(lines: Iterable[str], stream: TextIO | None = None) -> None:
    for line in lines:
        print(line.translate(ESCAPED), file=stream or sys.stdout)


class Bar:
    """How far a long work is: a bar on a terminal, a plain line at each quarter elsewhere."""

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
