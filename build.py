"""Thyrida's one command. It needs Python 3.11 or newer and nothing else: the first run sets up `.venv` beside it.

This file alone is read by whatever Python a machine has, so it keeps to a syntax that old ones understand, and says
plainly what is missing. Everything else lives in site_src/.
"""

import os
import sys

NEEDED_PYTHON = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
REQUIREMENTS = "requirements.txt"
TEST_REQUIREMENTS = "requirements-test.txt"
HELP = ("-h", "--help", "--version")
MACHINE_FAILED = 3
SIGNALLED = 128  # what shells add to the signal that ended a program
INTERRUPTED = SIGNALLED + 2  # Ctrl-C
TOO_OLD = """error: this is Python %d.%d, and Thyrida needs Python %d.%d or newer
  hint: install a newer Python (python.org, or your system's packages) and start build.py with it
"""


def main(arguments):
    """Set up what the command needs, then run it inside the virtual environment. Returns the exit status."""
    if tuple(sys.version_info[:2]) < NEEDED_PYTHON:
        sys.stderr.write(TOO_OLD % (tuple(sys.version_info[:2]) + NEEDED_PYTHON))
        return MACHINE_FAILED
    find_own_modules()
    if needs_python_alone(arguments):
        from site_src.cli import main as run_command

        return run_command(arguments)
    from site_src.files.set_up import clean_environment, is_inside, set_up
    from site_src.language.say import language_of_machine, say, speak
    from site_src.problems import MachineError

    speak(language_of_machine())
    testing = arguments[:1] == ["test"]
    try:
        python = set_up(ROOT, [REQUIREMENTS, TEST_REQUIREMENTS] if testing else [REQUIREMENTS], tell)
    except MachineError as error:
        tell(say("error: {text}", text=error) + "\n" + say("  hint: {hint}", hint=error.hint))
        return MACHINE_FAILED
    if testing:
        return run([python, os.path.join(ROOT, "tests", "run.py")] + arguments[1:], clean_environment())
    if is_inside(ROOT):
        from site_src.cli import main as run_command

        return run_command(arguments)
    return run([python, os.path.abspath(__file__)] + arguments, clean_environment())


def needs_python_alone(arguments):
    """Return whether nothing is to be installed: for help, and for activate, which runs on a server."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return options[:1] == ["activate"] or any(word in HELP for word in options)


def find_own_modules():
    """Take modules from here and from Python alone, before any is imported: PYTHONPATH may hold others."""
    elsewhere = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [ROOT] + [folder for folder in sys.path if folder not in elsewhere]


def tell(text):
    """Say what is going on, before it takes its time."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def run(command, environment):
    """Run a command as if it were this one: Ctrl-C and the order to end reach it too. Returns its exit status."""
    import signal
    import subprocess

    child = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            status = child.wait()
        except KeyboardInterrupt:  # the child was interrupted too, and says so itself
            continue
        return status if status >= 0 else SIGNALLED - status


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # before the command began: once it runs, it says itself how it leaves things
        from site_src.language.say import say

        tell(say("Stopped; nothing was done."))
        sys.exit(INTERRUPTED)
