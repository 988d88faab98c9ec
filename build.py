"""Thyrida's one command. It needs Python 3.11 or newer and nothing else: the first run sets up `.venv` beside it.

This file alone is read by whatever Python a machine has, so it keeps to a syntax that old ones understand, and says
plainly what is missing. Everything else lives in site_src/.
"""

import hashlib
import os
import signal
import subprocess
import sys

NEEDED_PYTHON = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
REQUIREMENTS = "requirements.txt"
TEST_REQUIREMENTS = "requirements-test.txt"
MACHINE_FAILED = 3
SIGNALLED = 128  # what shells add to the signal that ended a program
INTERRUPTED = SIGNALLED + 2  # Ctrl-C
NETWORK_HINT = "check the network connection (or the proxy: set HTTPS_PROXY)"
CERTIFICATE_HINT = (  # pip tells it in a warning only, and then that there are no packages
    "your network looks into encrypted connections with a certificate of its own: set PIP_CERT to the file that holds "
    "it (on Debian, where it is installed: /etc/ssl/certs/ca-certificates.crt)"
)


class SetupError(Exception):
    """The machine lacks something; the text is a plain sentence, with a hint on a second line."""


def main(arguments):
    """Set up what the command needs, then run it inside the virtual environment. Returns the exit status."""
    try:
        check_python(sys.version_info)
        testing = arguments[:1] == ["test"]
        set_up([REQUIREMENTS, TEST_REQUIREMENTS] if testing else [REQUIREMENTS])
    except SetupError as error:
        sys.stderr.write("error: %s\n" % error)
        return MACHINE_FAILED
    if testing:
        return run([VENV_PYTHON, os.path.join(ROOT, "tests", "run.py")] + arguments[1:])
    if is_inside_venv():
        from site_src.cli import main as run_command

        return run_command(arguments)
    return run([VENV_PYTHON, os.path.abspath(__file__)] + arguments)


def check_python(version):
    """Raise SetupError unless this Python is new enough."""
    if tuple(version[:2]) < NEEDED_PYTHON:
        found, needed = "%d.%d" % tuple(version[:2]), "%d.%d" % NEEDED_PYTHON
        raise SetupError(
            "this is Python %s, and Thyrida needs Python %s or newer\n"
            "  hint: install a newer Python (python.org, or your system's packages) and start build.py with it"
            % (found, needed)
        )


def is_inside_venv():
    """Whether this process runs in our virtual environment already."""
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def set_up(requirements):
    """Make the virtual environment and install what is pinned, unless that has been done."""
    missing = [name for name in requirements if not is_installed(name)]
    if not missing:
        return
    if not has_python():
        make_venv()
    for name in missing:
        sys.stderr.write("Setting up: installing what %s pins, once. This takes a minute.\n" % name)
        install(name)
        with open(stamp(name), "w") as file:
            file.write(digest(name))


def is_installed(name):
    """Whether the virtual environment holds exactly what this requirements file pins now."""
    if not has_python():
        return False
    try:
        with open(stamp(name)) as file:
            return file.read() == digest(name)
    except OSError:
        return False


def has_python():
    """Whether the environment's Python can start: the one that it was made from may be gone, after an upgrade."""
    if not os.path.exists(VENV_PYTHON):  # a link to nowhere
        return False
    if not VENV_PYTHON.endswith(".exe"):
        return True
    try:  # on Windows it is a program of its own, which starts the other
        with open(os.path.join(VENV, "pyvenv.cfg"), "rb") as file:
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return False
    homes = [line.partition("=")[2].strip() for line in lines if line.partition("=")[0].strip() == "home"]
    return any(os.path.exists(os.path.join(home, "python.exe")) for home in homes)


def stamp(name):
    """The file that says which version of a requirements file was installed; written last."""
    return os.path.join(VENV, name + ".installed")


def digest(name):
    """The SHA-256 of a requirements file and of the Python that it was installed for, whoever asks."""
    python = os.path.realpath(VENV_PYTHON)  # python3.11, say: another file once the system has a newer one
    with open(os.path.join(ROOT, name), "rb") as file:
        return hashlib.sha256(file.read() + python.encode()).hexdigest()


def make_venv():
    """Make `.venv`, or raise SetupError with the package that is missing."""
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        raise SetupError(
            "this Python cannot make a virtual environment in %s (its venv module or pip is missing, or the folder "
            "cannot be written)\n  hint: on Debian or Ubuntu: apt install python3-venv; on Windows install Python from "
            "python.org" % ROOT
        )


def install(name):
    """Install a requirements file, every download checked against its pinned hash."""
    command = [VENV_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--only-binary", ":all:", "-r", os.path.join(ROOT, name)]
    done = subprocess.run(command, env=in_utf8(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        told = done.stdout.decode(errors="replace")
        hint = CERTIFICATE_HINT if "CERTIFICATE_VERIFY_FAILED" in told else NETWORK_HINT
        errors = ["\n  pip: " + line for line in told.splitlines() if line.startswith("ERROR")]
        raise SetupError(
            "the packages that Thyrida needs could not be installed\n  hint: %s, then try again%s"
            % (hint, "".join(errors[-3:]))
        )


def in_utf8():
    """The environment in which a Python speaks UTF-8: on Windows it would speak the system's own code page."""
    return dict(os.environ, PYTHONUTF8="1")


def run(command):
    """Run a command as if it were this one: Ctrl-C and the order to end reach it too. Returns its exit status."""
    child = subprocess.Popen(command, env=in_utf8())
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
        sys.stderr.write("Stopped; nothing was done.\n")
        sys.exit(INTERRUPTED)
