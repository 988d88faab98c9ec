"""Set up the virtual environment `.venv`, with the packages that are pinned. It needs nothing but Python itself.

An environment is made beside its place and renamed as a whole, so that nothing half made is ever used, and none is
ever changed: where its Python does not answer, or other packages are pinned, it is made afresh.
"""

from __future__ import annotations

import ast
import hashlib
import os
import platform
import re
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from site_src.files.disk import ON_WINDOWS, lock_file, move, remove_tree
from site_src.language.catalogues import N_
from site_src.language.say import reason, say
from site_src.problems import MachineError

VENV_NAME = ".venv"
NEW, OLD, LOCK = ".new-", ".old-", ".lock"  # endings of the names beside it
SCRIPTS = "Scripts" if ON_WINDOWS else "bin"
SECONDS_BETWEEN_SIGNS = 5.0  # of silence, after which people think that a program hangs

# The settings of pip that say how packages are reached. The others could change which are installed, and where.
REACHING = {"PIP_INDEX_URL", "PIP_PYPI_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"}
REACHING |= {"PIP_CACHE_DIR", "PIP_NO_CACHE_DIR", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_TRUSTED_HOST", "PIP_PROXY"}
REACHING |= {"PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES"}
REACHING |= {"PIP_KEYRING_PROVIDER", "PIP_USE_FEATURE"}  # how to log in; the certificates of the system
MEND = N_("mend what this says (free space, permissions, a setting of pip, another Python), then try again")
SETTING = re.compile(r"^(?:global|install)\.([\w-]+)=(['\"].*)$", re.MULTILINE)  # a line of `pip config list`

NETWORK = re.compile(r"connection broken by|HTTP error|(?:requests|urllib3)\.exceptions")
NOTHING_FOUND = "No matching distribution found"  # pip says it without a network too, after warnings
NO_CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"
NOT_PINNED = "DO NOT MATCH THE HASHES"  # of a wheel, for example, that was published after the packages were pinned

IN_VENV = "import sys; sys.exit(sys.prefix == sys.base_prefix)"
IMPORT_ALL = """
import importlib, importlib.metadata
for name, packages in sorted(importlib.metadata.packages_distributions().items()):
    if name.isidentifier() and not {"pip", "setuptools"}.intersection(packages):
        importlib.import_module(name)
"""


def set_up(root: str, requirements: Sequence[str], notify: Callable[[str], None]) -> str:
    """Make `.venv` with what these files pin, unless that has been done. Return the path of its Python.

    ``notify`` is called before the work begins, and again and again while it goes on.
    """
    venv = _venv_of(root)
    pins = [Path(root, name) for name in requirements]
    if not _is_installed(venv, pins):
        notify(say("Setting up: installing what {file} pins, once. This takes a minute.", file=requirements[-1]))
        try:
            with lock_file(_beside(venv, LOCK), venv, notify=notify):
                if not _is_installed(venv, pins):  # another process may have been quicker
                    with _signs_of_life(notify):
                        _make_afresh(venv, pins)
        except OSError as error:
            path = error.filename2 or error.filename or venv
            message = say('"{path}" cannot be set up: {why}', path=path, why=reason(error))
            hint = say("check the free space and your permissions there, and close what else runs Thyrida; try again")
            raise MachineError(message, hint) from error
    return str(_python_of(venv))


@contextmanager
def _signs_of_life(notify: Callable[[str], None]) -> Iterator[None]:
    """Call ``notify`` every few seconds with how long the work has taken, until it ends."""
    begun, ended = time.monotonic(), threading.Event()

    def show() -> None:
        while not ended.wait(SECONDS_BETWEEN_SIGNS):
            notify(say("  still at work, {seconds} seconds so far", seconds=round(time.monotonic() - begun)))

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def is_inside(root: str) -> bool:
    """Return whether this process runs in the virtual environment."""
    return _is_own(_venv_of(root))


def clean_environment() -> dict[str, str]:
    """Return the environment without any setting of Python or pip: they could bring other modules and packages.

    Python then speaks UTF-8: on Windows it would speak the system's own code page.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    return {**kept, "PYTHONUTF8": "1"}


def _venv_of(root: str) -> Path:
    return Path(root, VENV_NAME).resolve()  # it may be a link to another disk


def _is_own(venv: Path) -> bool:
    return Path(sys.prefix).resolve() == venv


def _beside(venv: Path, ending: str) -> Path:
    return venv.with_name(f"{venv.name}{ending}")


def _is_installed(venv: Path, pins: Sequence[Path]) -> bool:
    """Return whether the environment was given exactly what these files pin now, and its Python answers."""
    try:
        stamped = all(_stamp(venv, path).read_text() == _digest(path, _real_python(venv)) for path in pins)
        return stamped and (_is_own(venv) or not _run([*_start_of(venv), "-c", IN_VENV]).returncode)
    except (OSError, UnicodeDecodeError):  # its Python was removed, say, or the one that it links to
        return False


def _python_of(venv: Path) -> Path:
    return venv / SCRIPTS / ("python.exe" if ON_WINDOWS else "python")


def _real_python(venv: Path) -> str:
    """Return where the environment's Python really is: elsewhere once the system has a newer python3."""
    return os.path.realpath(_python_of(venv))


def _start_of(venv: Path) -> list[str]:
    """Return the start of a command for an environment's Python, which then has no module from elsewhere."""
    return [str(_python_of(venv)), "-I", "-X", "utf8"]


def _stamp(venv: Path, pins: Path) -> Path:
    """Return the file that says which version of a requirements file was installed."""
    return venv / f"{pins.name}.installed"


def _digest(pins: Path, python: str) -> str:
    """Return the SHA-256 of a requirements file and of the Python that it is installed for."""
    return hashlib.sha256(pins.read_bytes() + os.fsencode(python)).hexdigest()


def _run(command: Sequence[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment or clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _check(failure: str, command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """Return what a command writes; raise MachineError with its last line where it fails."""
    done = _run(command, environment)
    if done.returncode:
        raise MachineError(f"{failure}: {_last_error(done)}", say(MEND))
    return done.stdout


def _last_error(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last error that a program wrote, its last line, or the status with which it ended in silence."""
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR: ") and line != "ERROR: Exception:"]
    return (errors or lines or [say("it ended with status {number}", number=done.returncode)])[-1]


def _make_afresh(venv: Path, pins: Sequence[Path]) -> None:
    """Make the environment beside its place, and put it there when all of it imports."""
    _remove_leftovers(venv)
    new = _beside(venv, f"{NEW}{os.getpid()}")  # the pip of a set-up that was killed may still write into another
    try:
        _make_empty(new)
        _install(new, pins)
        failure = say("a package was installed, but this Python cannot import it")
        _check(failure, [*_start_of(new), "-c", IMPORT_ALL])
        _move_scripts(new, venv)
        python = _real_python(new).replace(str(new), str(venv))  # on Windows it is not a link
        for path in pins:
            _stamp(new, path).write_text(_digest(path, python))
        _put_in_place(new, venv)
    finally:
        _remove_leftovers(venv)


def _remove_leftovers(venv: Path) -> None:
    starts = tuple(_beside(venv, ending).name for ending in (NEW, OLD))
    for path in venv.parent.iterdir():
        if path.name.startswith(starts):
            with suppress(OSError):  # of another set-up, which is still at work
                remove_tree(path)


def _make_empty(venv: Path) -> None:
    """Make an environment with pip in it alone, or raise MachineError with what this Python lacks."""
    missing = [name for name in ("venv", "ensurepip") if find_spec(name) is None]
    if missing:
        message = say("this Python cannot make a virtual environment: it lacks {modules}", modules=", ".join(missing))
        hint = say(
            "on Debian or Ubuntu: apt install python3-venv; on Windows install Python from python.org; try again"
        )
        raise MachineError(message, hint)
    failure = say("the virtual environment could not be made")
    _check(failure, [sys.executable, "-I", "-X", "utf8", "-m", "venv", "--without-pip", str(venv)])
    _check(failure, [*_start_of(venv), "-m", "ensurepip", "--default-pip"])  # apart, since venv keeps its reasons back


def _install(venv: Path, pins: Sequence[Path]) -> None:
    """Install requirements files, every download checked against its pinned hash."""
    pip = [*_start_of(venv), "-m", "pip"]
    command = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--only-binary", ":all:"]
    command += [part for path in pins for part in ("-r", str(path))]
    done = _run(command, _pip_environment(pip))
    if done.returncode:
        raise _pip_failed(done)


def _pip_environment(pip: Sequence[str]) -> dict[str, str]:
    """Return the environment in which pip knows how packages are reached, and no other setting of this machine."""
    clean = clean_environment()
    files = {name: value for name, value in os.environ.items() if name == "PIP_CONFIG_FILE"}
    listed = SETTING.findall(
        _check(say("pip does not answer"), [*pip, "--verbose", "config", "list"], {**clean, **files})
    )
    found = {f"PIP_{name.upper().replace('-', '_')}": ast.literal_eval(value) for name, value in listed}
    given = {name: value for name, value in {**found, **os.environ}.items() if name in REACHING}
    return {**clean, **given, "PIP_CONFIG_FILE": os.devnull}


def _pip_failed(done: subprocess.CompletedProcess[str]) -> MachineError:
    """Return an error with pip's own reason, or with a hint alone where the network is at fault."""
    message, last = say("the packages that Thyrida needs could not be installed"), _last_error(done)
    at_fault = done.stdout if NOTHING_FOUND in last else last
    if NO_CERTIFICATE in at_fault:
        hint = say(
            "your network looks into encrypted connections with a certificate of its own: set PIP_CERT to the file "
            "that holds it (on Debian, where it is installed: /etc/ssl/certs/ca-certificates.crt), then try again"
        )
        return MachineError(message, hint)
    if NETWORK.search(at_fault):
        hint = say("check the network connection (or the proxy: set HTTPS_PROXY), then try again")
        return MachineError(message, hint)
    hint, python = say(MEND), f"Python {platform.python_version()}, {sysconfig.get_platform()}"
    if NOT_PINNED in last:
        hint = say(
            "a package is not the one that Thyrida was tested with: it was made later, for a newer Python (this is "
            "{python}: use one of the year before), or it was changed on its way to you",
            python=python,
        )
    elif NOTHING_FOUND in last:
        hint = say(
            "not every package is made for this Python ({python}): use a 64-bit one of the year before; on Windows "
            "that for x86-64, even on ARM64; on a Mac macOS 13 or newer is needed",
            python=python,
        )
    return MachineError(f"{message}: {last}", hint)


def _move_scripts(new: Path, venv: Path) -> None:
    """Let the scripts of the environment, which name their Python, name the one of its final place."""
    for path in (new / SCRIPTS).iterdir():
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        moved = content.replace(os.fsencode(new), os.fsencode(venv))
        if moved != content:
            path.write_bytes(moved)


def _put_in_place(new: Path, venv: Path) -> None:
    old = _beside(venv, f"{OLD}{os.getpid()}")
    if venv.exists() or venv.is_symlink():
        move(venv, old)
    try:
        move(new, venv)
    except OSError:
        move(old, venv)
        raise
