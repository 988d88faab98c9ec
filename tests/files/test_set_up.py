from __future__ import annotations

import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_src.files import disk, set_up
from site_src.problems import MachineError
from tests.support.small_checkout import (
    PACKAGE,
    SmallCheckout,
    copy_environment,
    make_wheel,
    system_python,
    unpack_wheel,
)
from tests.support.small_site import ROOT
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [
    posix_only("links and signals are those of POSIX"),
    pytest.mark.world,  # makes virtual environments
]

PINS = ["requirements.txt", "requirements-test.txt"]

# Ends a process and those beside it where Python tells its auditors of a certain step.
STOPPER = """
import os, sys
def _hear(event, arguments, wanted=os.environ.get("STOP_AT", "").split("|")):
    if event == wanted[0] and all(part in repr(arguments) for part in wanted[2:]):
        os.kill(0, int(wanted[1]))
if "STOP_AT" in os.environ:
    sys.addaudithook(_hear)
"""
QUICK = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
{STOPPER}
from site_src.files import disk
from site_src.files import set_up
from tests.support.small_checkout import copy_environment, unpack_wheel
installer, root, template, *pins = sys.argv[1:]
if installer != "pip":
    set_up._install = unpack_wheel
set_up._make_empty = lambda venv: copy_environment(Path(template), venv)
set_up.set_up(root, pins, print)
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but pip, which takes seconds to make and none to copy; it can be stopped."""
    venv = tmp_path_factory.mktemp("template") / "venv"
    set_up._make_empty(venv)  # noqa: SLF001 (its copies stand in for it)
    (packages,) = venv.glob("lib/*/site-packages")
    (packages / "sitecustomize.py").write_text(STOPPER)
    return venv


@pytest.fixture
def checkout(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> SmallCheckout:
    """A checkout in miniature, not yet set up, in a folder with a space and Greek letters; pip's settings are ours."""
    small = SmallCheckout(tmp_path / "Ένας φάκελος")
    small.write()
    _prepare(small, template, monkeypatch)
    return small


@pytest.fixture(scope="module")
def first(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the first version of the package, to be copied where one is there already."""
    small = SmallCheckout(tmp_path_factory.mktemp("first"))
    small.write()
    with pytest.MonkeyPatch.context() as patch:
        _prepare(small, template, patch)
        install(small)
    return small.venv


@pytest.fixture
def installed(checkout: SmallCheckout, first: Path) -> SmallCheckout:
    """A checkout that was set up."""
    copy_environment(first, checkout.venv)
    assert install(checkout) == []
    return checkout


@pytest.fixture
def without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test's own set-ups unpack the package: what it is about begins before pip, or after it."""
    monkeypatch.setattr(set_up, "_install", unpack_wheel)


def _prepare(small: SmallCheckout, template: Path, patch: pytest.MonkeyPatch) -> None:
    """Leave pip the settings of the checkout alone, and make environments from the template."""
    for name in os.environ:
        if name.startswith("PIP_"):
            patch.delenv(name)
    for name, value in small.environment().items():
        patch.setenv(name, value)
    patch.setattr(set_up, "SECONDS_BETWEEN_SIGNS", 3600.0)  # whatever else this machine has to do
    patch.setattr(set_up, "_make_empty", lambda venv: copy_environment(template, venv))


def install(checkout: SmallCheckout) -> list[str]:
    """Set up within this process; returns what is told."""
    told: list[str] = []
    assert set_up.set_up(str(checkout.root), PINS, told.append) == str(checkout.python)
    return told


def version(checkout: SmallCheckout) -> str:
    """The version of the package that the environment's Python finds."""
    line = [str(checkout.python), "-I", "-c", f"import {PACKAGE}; print({PACKAGE}.VERSION)"]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


def failure(checkout: SmallCheckout) -> str:
    """Return the message of a set-up that fails and leaves nothing behind."""
    with pytest.raises(MachineError) as caught:
        install(checkout)
    assert not checkout.venv.exists()
    assert checkout.leftovers() == []
    return f"{caught.value}\n{caught.value.hint}"


def test_what_is_pinned_is_installed_once(checkout: SmallCheckout, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run says that it begins, before it does; the second finds all in place and says nothing."""
    told: list[str] = []
    quick = set_up._make_empty  # noqa: SLF001 (to hear when it is called)

    def begin(venv: Path) -> None:
        told.append("begun")
        quick(venv)

    monkeypatch.setattr(set_up, "_make_empty", begin)
    set_up.set_up(str(checkout.root), PINS, told.append)
    assert told == ["Setting up: installing what requirements-test.txt pins, once. This takes a minute.", "begun"]
    assert version(checkout) == "1"
    assert install(checkout) == []
    assert checkout.leftovers() == []


def test_a_long_set_up_shows_that_it_is_at_work(checkout: SmallCheckout, monkeypatch: pytest.MonkeyPatch) -> None:
    """While packages are installed a plain line comes again and again, and none after the end."""
    lines: list[str] = []
    several, threads = threading.Event(), threading.active_count()

    def notify(line: str) -> None:
        lines.append(line)
        if len(lines) > 3:
            several.set()

    monkeypatch.setattr(set_up, "SECONDS_BETWEEN_SIGNS", 0.001)
    monkeypatch.setattr(set_up, "_make_afresh", lambda *_: several.wait(60))
    set_up.set_up(str(checkout.root), PINS, notify)
    assert several.is_set()
    assert all(re.fullmatch(r"  still at work, \d+ seconds so far", line) for line in lines[1:])
    assert threading.active_count() == threads


def test_scripts_of_the_environment_run(checkout: SmallCheckout) -> None:
    """The environment is renamed when it is done, and its scripts find their Python in its final place."""
    install(checkout)
    script = checkout.venv / "bin" / "thyrida-probe"
    assert str(checkout.python).encode() in script.read_bytes()
    assert [path for path in (checkout.venv / "bin").iterdir() if b".new-" in path.read_bytes()] == []


@pytest.mark.usefixtures("without_pip")
def test_changed_pins_are_installed_afresh(installed: SmallCheckout) -> None:
    """Nothing of the earlier environment is left, so that none is ever half of one kind."""
    (installed.venv / "stray").touch()
    installed.write(version="2")
    assert len(install(installed)) == 1
    assert version(installed) == "2"
    assert not (installed.venv / "stray").exists()


@pytest.mark.usefixtures("without_pip")
def test_a_python_elsewhere_is_installed_for_afresh(installed: SmallCheckout, tmp_path: Path) -> None:
    """The system's python3 is another program after an upgrade, and has other compiled packages."""
    newer = tmp_path / "python3.99"
    newer.symlink_to(installed.python.resolve())
    newer = Path(shutil.copy2(newer, tmp_path / "python3.98"))
    installed.python.unlink()
    installed.python.symlink_to(newer)
    assert len(install(installed)) == 1


def _half_stamp(installed: SmallCheckout) -> None:
    stamp = installed.venv / "requirements.txt.installed"
    stamp.write_text(stamp.read_text()[:10])


def _silent_python(installed: SmallCheckout) -> None:
    """A program at the same place that no longer starts: its libraries are gone, say."""
    wrapper = installed.root / "python"
    wrapper.write_text("#!/bin/sh\nexit 127\n")
    wrapper.chmod(0o755)
    installed.python.unlink()
    installed.python.symlink_to(wrapper)
    for stamp in installed.venv.glob("*.installed"):
        pins = installed.root / stamp.name.removesuffix(".installed")
        stamp.write_text(set_up._digest(pins, str(wrapper)))  # noqa: SLF001 (all else is as it must be)


def _link_to_nowhere(installed: SmallCheckout) -> None:
    installed.python.unlink()
    installed.python.symlink_to(installed.root / "gone")


def _empty(installed: SmallCheckout) -> None:
    shutil.rmtree(installed.venv)
    installed.venv.mkdir()


def _half_removed(installed: SmallCheckout) -> None:
    shutil.rmtree(installed.venv / "lib")
    (installed.venv / "pyvenv.cfg").unlink()


DAMAGE = [_half_stamp, _silent_python, _link_to_nowhere, _empty, _half_removed]


@pytest.mark.parametrize("damage", DAMAGE)
def test_an_environment_that_does_not_answer_is_made_again(
    damage: Callable[[SmallCheckout], None], installed: SmallCheckout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any damage to the environment is noticed by the next run."""
    made: list[object] = []
    monkeypatch.setattr(set_up, "_make_afresh", lambda *given: made.append(given))
    install(installed)
    assert not made
    damage(installed)
    install(installed)
    assert len(made) == 1


@pytest.mark.usefixtures("without_pip")
def test_a_damaged_environment_is_mended(installed: SmallCheckout) -> None:
    """The next run is well by itself, and leaves nothing of the damaged one."""
    _half_removed(installed)
    assert len(install(installed)) == 1
    assert version(installed) == "1"
    assert installed.leftovers() == []


@pytest.mark.usefixtures("without_pip")
def test_the_environment_may_lie_elsewhere(checkout: SmallCheckout, tmp_path: Path) -> None:
    """A link in its place stays a link, and what it leads to is made there."""
    (tmp_path / "disk").mkdir()
    checkout.venv.symlink_to(tmp_path / "disk" / "of packages")
    real = tmp_path / "disk" / "of packages"
    assert set_up.set_up(str(checkout.root), PINS, print) == str(real / "bin" / "python")
    assert checkout.venv.is_symlink()
    assert version(checkout) == "1"


MOVING = {
    "PIP_TARGET": "{root}/elsewhere",
    "PIP_PREFIX": "{root}/elsewhere",
    "PIP_ROOT": "{root}/elsewhere",
    "PIP_USER": "1",
    "PIP_DRY_RUN": "1",
    "PIP_PYTHON": "{root}/none",
    "PIP_REQUIREMENT": "{root}/none",
    "PIP_CONSTRAINT": "{root}/none",
    "PIP_NO_BINARY": ":all:",
    "PIP_QUIET": "3",
    "PIP_LOG": "{root}/elsewhere",
    "PYTHONPATH": "{root}/elsewhere",
    "PYTHONHOME": "{root}/elsewhere",
    "PYTHONUSERBASE": "{root}/elsewhere",
    "PYTHONWARNINGS": "error",
}


def test_settings_that_move_packages_count_for_nothing(
    checkout: SmallCheckout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither variables nor pip's own files can have the packages installed elsewhere, or not at all."""
    for name, value in MOVING.items():
        monkeypatch.setenv(name, value.format(root=checkout.root))
    names = ("target", "prefix", "root", "user", "dry-run", "constraint", "quiet", "no-deps")
    config = checkout.root / "pip.conf"
    config.write_text("[install]\n" + "".join(f"{name} = 1\n" for name in names))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    install(checkout)
    assert version(checkout) == "1"
    assert not (checkout.root / "elsewhere").exists()


def test_settings_that_reach_packages_are_kept(checkout: SmallCheckout, monkeypatch: pytest.MonkeyPatch) -> None:
    """An organisation's own index is named in pip's files, and in variables, which win."""
    config = checkout.root / "pip.conf"
    config.write_text(
        f"[global]\nindex-url = http://127.0.0.1:9/\n[install]\nfind-links = {os.environ['PIP_FIND_LINKS']}\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.delenv("PIP_FIND_LINKS")
    install(checkout)
    assert version(checkout) == "1"


def test_modules_from_elsewhere_are_not_taken(checkout: SmallCheckout) -> None:
    """PYTHONPATH may hold packages of another Python, of the same names as ours or as Python's own."""
    elsewhere = checkout.root / "elsewhere"
    elsewhere.mkdir()
    for name in ("subprocess", "typing", "dataclasses", PACKAGE, "pip"):
        (elsewhere / f"{name}.py").write_text("raise ImportError('of another Python')\n")
    install(checkout)
    done = checkout.run("hello", PYTHONPATH=str(elsewhere), PYTHONSAFEPATH="1", PYTHONWARNINGS="error")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(str(checkout.venv))


def test_the_environments_own_python_needs_no_other_process(installed: SmallCheckout) -> None:
    """A run by it is recognised, and goes on within itself."""
    done = installed.run("hello", python=str(installed.python))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"{PACKAGE}.py hello\n")


def test_pips_own_reason_is_told(checkout: SmallCheckout) -> None:
    """A wheel that is not the pinned one is refused in pip's words, and nobody is sent to look at the network."""
    checkout.pin(make_wheel(checkout.root / "wheels").replace("sha256:", "sha256:0")[:-2] + "\n")
    told = failure(checkout)
    assert "could not be installed: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" in told
    assert f"made later, for a newer Python (this is Python {platform.python_version()}, " in told
    assert "network" not in told


def test_a_package_that_is_nowhere_is_told(checkout: SmallCheckout) -> None:
    """The network is not blamed if pip looked and found nothing for this Python."""
    shutil.rmtree(checkout.root / "wheels")
    (checkout.root / "wheels").mkdir()
    told = failure(checkout)
    assert f"could not be installed: ERROR: No matching distribution found for {PACKAGE}==1" in told
    assert f"not every package is made for this Python (Python {platform.python_version()}, " in told
    assert "network" not in told


def test_no_network_is_told(checkout: SmallCheckout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens there: the hint is about the network and the proxy, and pip's "no such package" is not told."""
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    told = failure(checkout)
    assert "check the network connection" in told
    assert "ERROR" not in told


SAID = [
    ("WARNING: Retrying … after connection broken by 'SSLError([SSL: CERTIFICATE_VERIFY_FAILED] …'", "PIP_CERT"),
    ("WARNING: Retrying … after connection broken by 'ProxyError(…'", "HTTPS_PROXY"),
]


@pytest.mark.parametrize(("warning", "hint"), SAID)
def test_pips_warnings_tell_what_is_wrong_with_the_network(
    warning: str, hint: str, checkout: SmallCheckout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pip warns of the network and then finds no package; a warning before another error does not count."""
    last = "ERROR: No matching distribution found for x==1"

    def make_stand_in(venv: Path) -> None:
        python = venv / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\ncase "$*" in *install*) echo "{warning}"; echo "{last}"; exit 1;; esac\n')
        python.chmod(0o755)

    monkeypatch.setattr(set_up, "_make_empty", make_stand_in)
    assert hint in failure(checkout)
    last = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
    told = failure(checkout)
    assert f"could not be installed: {last}" in told
    assert hint not in told


@pytest.mark.usefixtures("without_pip")
def test_a_package_that_does_not_import_is_told(checkout: SmallCheckout) -> None:
    """An environment counts only when all of it imports; the reason is told."""
    checkout.write("raise ImportError('this package needs another libc')")
    told = failure(checkout)
    assert told.startswith("a package was installed, but this Python cannot import it: ImportError: this package needs")


def test_a_place_that_cannot_be_written_is_told(checkout: SmallCheckout) -> None:
    """The system's reason and the place, in one sentence with a hint."""
    (checkout.root / ".venv.lock").mkdir()
    told = failure(checkout)
    assert told.startswith(f'"{checkout.venv}.lock" cannot be set up: Is a directory\ncheck the free space')


@pytest.mark.usefixtures("without_pip")
def test_the_old_environment_comes_back_where_the_new_one_cannot_take_its_place(
    installed: SmallCheckout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a file that is open keeps its folder from being renamed."""
    installed.write(version="2")

    def held(source: Path, target: Path) -> None:
        if ".new-" in source.name:
            raise PermissionError(13, "held", str(source))
        disk.move(source, target)

    monkeypatch.setattr(set_up, "move", held)
    with pytest.raises(MachineError, match="cannot be set up: held"):
        install(installed)
    assert version(installed) == "1"


def _python_without_ensurepip(folder: Path) -> Path:
    """A Python of its own prefix, of links to this one's library but for ensurepip, as Debian's is."""
    library = Path(os.__file__).parent
    own = folder / "lib" / library.name
    own.mkdir(parents=True)
    for path in library.iterdir():
        (own / path.name).symlink_to(path)
    (own / "ensurepip").unlink()
    (folder / "bin").mkdir()
    return Path(shutil.copy2(Path(system_python()).resolve(), folder / "bin" / "python3"))


@pytest.mark.parametrize(("language", "word"), [("el_GR.UTF-8", "Προετοιμασία"), ("C.UTF-8", "Setting up")])
def test_the_set_up_speaks_the_language_of_the_machine(tmp_path: Path, language: str, word: str) -> None:
    """A Greek locale hears Greek before anything is installed; so does the mistake with its hint."""
    checkout = SmallCheckout(tmp_path / "checkout")
    checkout.write()
    python = _python_without_ensurepip(tmp_path / "python")
    done = checkout.run("hello", python=str(python), LANG=language)
    assert done.returncode == 3
    assert done.stderr.startswith(word)
    assert ("τι να κάνετε" in done.stderr) == ("hint" not in done.stderr) == (language == "el_GR.UTF-8")


def test_a_python_without_ensurepip_is_told_each_time_and_leaves_nothing(tmp_path: Path) -> None:
    """Debian's Python without python3-venv: each run names the command that mends it, and changes nothing."""
    checkout = SmallCheckout(tmp_path / "checkout")
    checkout.write()
    before = sorted(checkout.root.rglob("*"))
    python = _python_without_ensurepip(tmp_path / "python")
    for _ in range(2):
        done = checkout.run("hello", python=str(python))
        assert done.returncode == 3
        assert "error: this Python cannot make a virtual environment: it lacks ensurepip" in done.stderr
        assert "apt install python3-venv" in done.stderr
        now = (path for path in checkout.root.rglob("*") if path.name not in {".venv.lock", "__pycache__"})
        assert sorted(path for path in now if path.suffix != ".pyc") == before


@pytest.mark.usefixtures("without_pip")
def test_two_at_once_do_not_disturb_each_other(
    checkout: SmallCheckout, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sets up while the other waits, and then finds all in place."""
    begun, waiting = threading.Event(), threading.Event()
    told: list[str] = []

    def make_empty(venv: Path) -> None:
        begun.set()
        assert waiting.wait(60)
        copy_environment(template, venv)

    def notify(line: str) -> None:
        told.append(line)
        if "waiting for up to 10 minutes" in line:
            waiting.set()

    monkeypatch.setattr(set_up, "_make_empty", make_empty)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(install, checkout)
        assert begun.wait(60)
        second = pool.submit(set_up.set_up, str(checkout.root), PINS, notify)
    assert (len(first.result()), second.result()) == (1, str(checkout.python))
    assert waiting.is_set()
    assert version(checkout) == "1"
    assert checkout.leftovers() == []


INSTANTS = [
    ("os.link", (".new-", "pip/__init__.py"), "SIGINT"),  # half of pip is there
    ("open", (f"{PACKAGE}.py", "'w'"), "SIGHUP"),  # pip has begun to write
    ("subprocess.Popen", ("packages_distributions",), "SIGKILL"),
    ("open", ("requirements-test.txt.installed", "'w'"), "SIGINT"),  # one stamp of two is written
    ("os.rename", (".new-",), "SIGKILL"),  # none is in its place
    ("shutil.rmtree", (".old-",), "SIGKILL"),  # the new one is in its place
]


@pytest.mark.usefixtures("without_pip")
@pytest.mark.parametrize(("event", "parts", "name"), INSTANTS)
def test_an_interruption_is_healed_by_the_next_run(
    event: str, parts: tuple[str, ...], name: str, installed: SmallCheckout, template: Path
) -> None:
    """Ctrl-C, a closed terminal and a kill, at any instant: what is in the place is whole, and the next run is well."""
    installed.write(version="2")
    number = signal.Signals[name]  # Windows has few of them
    stop = "|".join([event, str(int(number)), *parts])
    installer = "pip" if f"{PACKAGE}.py" in parts else "none"
    line = [sys.executable, "-c", QUICK, installer, str(installed.root), str(template), *PINS]
    ended = subprocess.run(
        line, env=installed.environment(STOP_AT=stop), start_new_session=True, capture_output=True, check=False
    )
    assert ended.returncode == -number
    assert not installed.venv.exists() or version(installed) in {"1", "2"}
    told = install(installed)
    assert version(installed) == "2"
    assert not told or installed.leftovers() == []  # a run that has nothing to set up looks for none
