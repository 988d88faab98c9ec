"""The command line: it alone ends the program; the screen alone prints."""

from __future__ import annotations

import argparse
import gc
import glob
import os
import sys
from collections.abc import Container, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from site_src.commands import messages
from site_src.commands.arguments import parse
from site_src.commands.build_messages import build_lines
from site_src.commands.screen import Bar, show_lines
from site_src.files.disk import fit_to_reader, is_closed_pipe, unquoted
from site_src.folders import Folders, Options
from site_src.language.catalogues import N_
from site_src.language.say import say
from site_src.problems import InputError, MachineError, Problem, Problems, ThyridaError, UsageError, count_errors
from site_src.read.inputs import Inputs

if TYPE_CHECKING:
    from site_src.commands.interview import Answers
    from site_src.new.draft import Draft

DONE, INPUTS_HAVE_ERRORS = 0, 1
# The state in which Ctrl-C leaves everything, and after these commands.
UNTOUCHED = N_("Stopped; everything is as it was.")
STOPPED = {
    "build": N_("Stopped; the site is whole: the old one, or the new one."),
    "activate": N_("Stopped; the password file is whole: the old one, or the new one."),
}
INTERRUPTED = 130  # what shells call a program that Ctrl-C ended: 128 + SIGINT

# Seconds that one thread may keep the interpreter to itself: much less than a letter takes (3 ms), so that the threads
# which set and hash are not kept waiting by the one that writes pages. Python's own is 0.005.
SWITCH_INTERVAL = 0.0005

# New objects after which Python looks for garbage in circles: its own 700 makes it look often, and such garbage hardly
# arises here. All else is freed at once, as ever.
GARBAGE_THRESHOLD = 100_000


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status (docs/reference.md, "Commands")."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            fit_to_reader(stream)
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.set_threshold(GARBAGE_THRESHOLD)
    options = parse(unquoted(arguments))
    try:
        status = COMMANDS[options.command](options)
        sys.stdout.flush()
    except InputError as error:
        _print_problems(options, error.problems, sys.stderr)
        show_lines(messages.closing_lines(error.problems, has_stopped=True), sys.stderr)
        return error.exit_status
    except (ThyridaError, OSError) as error:
        if is_closed_pipe(error):  # the reader of the output has seen enough (`| head`); the work itself is done
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return DONE
        show_lines(messages.error_lines(error), sys.stderr)
        return error.exit_status if isinstance(error, ThyridaError) else MachineError.exit_status
    except KeyboardInterrupt:
        print(say(STOPPED.get(options.command, UNTOUCHED)), file=sys.stderr)
        return INTERRUPTED
    return status


def _today() -> date:
    return date.today()  # noqa: DTZ011 (the day where the command runs is the day that is meant)


def _folders(options: argparse.Namespace) -> Folders:
    paths = {name: getattr(options, name).resolve() for name in ("content", "out", "private")}
    return Folders(**paths)


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
    from site_src.publish.outcome import left_of
    from site_src.read.agency import status_counts

    folders = _folders(options)
    path = options.report.resolve() if options.report else None
    if path:
        from site_src.commands.check_report import campaign_to_report, write_report

        campaign = campaign_to_report(path, folders, options.campaign)
    inputs, problems = check(folders, _today(), options.campaign, Bar(quiet=options.quiet))
    over = [left_of(each.campaign, folders, _today()) for each in inputs.over]
    campaigns = with_annexes(inputs, Problems()).all
    counts = status_counts(agency.status for each in campaigns for agency in each.agencies)
    if options.format == "json":
        print(messages.check_json(counts, problems))
    else:
        _inform(options, [f"{say('Agencies:')} {messages.counted(counts)}", *messages.over_lines(over)])
        _print_problems(options, problems, sys.stdout)
        show_lines(messages.closing_lines(problems))
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
    from site_src.commands.interview import ask_slug, interview
    from site_src.files.private import check_private
    from site_src.new.campaign_files import Documents, put_away
    from site_src.publish.publish import locked

    folders, problems = _folders(options), Problems()
    answers = None
    if options.asks and options.before:  # the last campaign's texts are enough
        options.campaign = ask_slug(folders.content, _today())
    elif options.asks:
        answers = interview(folders, options.campaign, options.annex, options.circular, _today())
        options.annex, options.circular = answers.annex, answers.circular
    documents = Documents(options.annex, options.circular, answers.passwords if answers else None)
    is_for_private = documents.is_for_private(folders.content)
    if is_for_private:
        check_private(folders.private)
    draft = _draft(options, folders.content, answers, problems)
    with locked(folders.private) if is_for_private else nullcontext():
        moved = tuple(put_away(documents, folders.content, folders.private, draft.folder.name))
    _print_problems(options, problems.all(), sys.stderr)
    _inform(options, messages.draft_lines(replace(draft, notes=(*draft.notes, *moved)), draft.folder.name))
    return DONE


def _draft(options: argparse.Namespace, content: Path, answers: Answers | None, problems: Problems) -> Draft:
    """Write a new campaign as it was answered, or as the arguments have it."""
    from site_src.commands.interview import write_answers
    from site_src.new.draft import draft_campaign, draft_successor

    given = (options.annex, options.circular, problems)
    if answers:
        return write_answers(answers)
    if options.before:
        return draft_successor(content, options.campaign, options.before, *given)
    return draft_campaign(content, options.campaign, *given)


def _serve(options: argparse.Namespace) -> int:
    from site_src.serve.desk import Desk, Gate
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
        sys.stdout.flush()  # a pipe would get the address at the end alone
        if sys.stdout.isatty() and not options.no_open:
            open_browser(gate.address_once())

    serve(Desk(preview, gate), options.port, announce)
    return DONE


def _read_inputs(options: argparse.Namespace, folders: Folders, with_letters: Container[str] = ()) -> Inputs:
    """Return the site with its campaigns, or with the one that is named. Raises InputError where one has errors."""
    from site_src.files.looked import Looked
    from site_src.pipeline.reading import read_sound

    looked = Looked.through(folders.private, Bar(quiet=options.quiet))
    return read_sound(folders, _today(), options.campaign, with_letters, looked)


def _verify(options: argparse.Namespace) -> int:
    from site_src.prove.verify import verify_all, with_letters
    from site_src.publish.publish import locked

    folders, has_failed = _folders(options), False
    inputs = _read_inputs(options, folders, with_letters(folders))
    with locked(folders.private):
        for verdict in verify_all(inputs, folders, Bar(quiet=options.quiet)):
            show_lines((say("error: {text}", text=failure) for failure in verdict.failures), sys.stderr)
            _inform(options, messages.verdict_lines(verdict))
            has_failed = has_failed or bool(verdict.failures)
    return INPUTS_HAVE_ERRORS if has_failed else DONE


def _activate(options: argparse.Namespace) -> int:
    from site_src.activate.activate import activate, roll_back
    from site_src.publish.publish import locked

    private = options.private.resolve()
    folder = options.handover or private / options.campaign
    if not folder.is_dir():
        where = {"slug": options.campaign, "private": private}
        raise UsageError(say('no campaign "{slug}" was built in "{private}"', **where), say("build it first"))
    with locked(options.handover or private, notify=_print_wait):
        if options.rollback:
            swap = roll_back(folder, options.password_file)
        else:
            allowed = {"now": options.now, "drop_users": options.drop_users}
            swap = activate(folder, options.password_file, today=_today(), **allowed)
    _inform(options, messages.swap_lines(swap, options.password_file, rolled_back=options.rollback))
    return DONE


def _print_wait(line: str) -> None:
    show_lines([line], sys.stderr)


def _report(options: argparse.Namespace) -> int:
    from site_src.pipeline.reading import with_annexes
    from site_src.publish.publish import locked
    from site_src.report.reminders import make_reminders
    from site_src.report.reporting import count, write

    folders, problems = _folders(options), Problems()
    inputs = with_annexes(_read_inputs(options, folders), problems)
    problems.stop_on_errors()
    logs = [log for name in options.logs for log in _logs(name)]
    with locked(folders.private):  # it ends what a killed build left, and is let go: a log may come for hours
        pass
    report = count(inputs, logs, folders, _today(), problems)
    reminders = make_reminders(report, inputs, problems) if options.reminders else None
    with locked(folders.private, notify=_print_wait):
        write(report, inputs, reminders)
    _print_problems(options, problems.all(), sys.stderr)
    _inform(options, messages.report_lines(report, reminders))
    return DONE


def _logs(name: str) -> Iterable[BinaryIO | Path]:
    """Return standard input, a file, or all that fit a pattern, which the shells of Windows leave as it is."""
    if name == "-":
        return [sys.stdin.buffer]
    path = Path(name)
    folder = glob.escape(str(path.parent)) if path.parent.is_dir() else str(path.parent)
    fitting = [] if path.exists() else sorted(glob.glob(str(Path(folder, path.name))))  # noqa: PTH207 (of any folder)
    return [Path(fit) for fit in fitting or [name]]


def _reissue(options: argparse.Namespace) -> int:
    from site_src.activate.activate import reissue

    inputs = _read_inputs(options, _folders(options))
    generations = reissue(inputs, options.usernames)
    names = {agency.username: agency.name for agency in inputs.campaigns[0].agencies}
    _inform(options, messages.reissue_lines(generations, names))
    return DONE


def _print_problems(options: argparse.Namespace, problems: Sequence[Problem], stream: TextIO) -> None:
    """Print problems, warnings in brief; in full where `check --all` asks for it, or could not show them later."""
    in_full = options.all if options.command == "check" else options.command in {"new", "report"}
    show_lines(messages.problem_lines(problems, getattr(options, "campaign", ""), in_full=in_full), stream)


def _inform(options: argparse.Namespace, lines: Iterable[str]) -> None:
    """Print what was done, unless with ``--quiet``."""
    if not options.quiet:
        show_lines(lines)


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
