from __future__ import annotations

import ast
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.small_site import ROOT

build: Any = import_module("build")  # it has no annotations, since any old Python must be able to read it

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins for Python are shell scripts")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh checkout in miniature: requirements, and no virtual environment yet."""
    for name in (build.REQUIREMENTS, build.TEST_REQUIREMENTS):
        (tmp_path / name).write_text("# pinned\n")
    monkeypatch.setattr(build, "ROOT", str(tmp_path))
    monkeypatch.setattr(build, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(build, "VENV_PYTHON", str(tmp_path / ".venv" / "bin" / "python"))
    return tmp_path


def stand_in(path: Path, script: str) -> str:
    """A program at this path that runs a shell script, and notes how it was called."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "$@" >> {path.parent}/calls\n{script}\n')
    path.chmod(0o755)
    return str(path)


def calls(folder: Path) -> list[str]:
    """How the stand-in in this folder was called."""
    path = folder / "calls"
    return path.read_text().splitlines() if path.exists() else []


def test_the_file_is_read_by_old_pythons(root: Path) -> None:
    """No letter outside ASCII and no syntax newer than Python 3.4: only then can an old Python say that it is old."""
    source = (root / "build.py").read_bytes()
    tree = ast.parse(source.decode("ascii"), feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Match, ast.Starred)
    assert [node for node in ast.walk(tree) if isinstance(node, newer)] == []
    assert [each for each in ast.walk(tree) if isinstance(each, ast.arg) and each.annotation] == []


@pytest.mark.parametrize("version", [(2, 7, 18, "final", 0), (3, 6, 9, "final", 0), (3, 10, 14, "final", 0)])
def test_an_old_python_is_told_plainly(
    version: tuple[object, ...], place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence names the version that is there and the one that is needed; nothing is set up."""
    monkeypatch.setattr(sys, "version_info", version)
    assert build.main([]) == 3
    told = capsys.readouterr().err
    assert f"this is Python {version[0]}.{version[1]}, and Thyrida needs Python 3.11 or newer" in told
    assert "hint:" in told
    assert not (place / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 11, 0, "final", 0), (3, 14, 1, "final", 0), (4, 0, 0, "alpha", 0)])
def test_a_new_python_is_taken(version: tuple[object, ...]) -> None:
    """The least version and every later one pass."""
    build.check_python(version)


def test_a_missing_venv_module_is_told_plainly(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Debian's Python without python3-venv: one sentence and the command that mends it, no traceback."""
    monkeypatch.setattr(sys, "executable", stand_in(place / "bin" / "python", "echo 'No module named venv'; exit 1"))
    assert build.main([]) == 3
    told = capsys.readouterr().err
    assert told.startswith("error: this Python cannot make a virtual environment")
    assert "apt install python3-venv" in told
    assert "Traceback" not in told


def test_no_network_is_told_plainly_and_tried_again(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pip's own last errors are shown below a plain sentence, in UTF-8; nothing counts as installed afterwards."""
    python = place / ".venv" / "bin" / "python"
    stand_in(python, "echo noise; for n in 1 2 3 4; do echo ERROR: reason $n $PYTHONUTF8; done; exit 1")
    assert build.main([]) == 3
    told = capsys.readouterr().err
    assert "could not be installed" in told
    assert "check the network connection" in told
    assert [line for line in told.splitlines() if "pip:" in line] == [f"  pip: ERROR: reason {n} 1" for n in (2, 3, 4)]
    assert "noise" not in told
    assert not build.is_installed(build.REQUIREMENTS)
    assert build.main([]) == 3
    assert len(calls(python.parent)) == 2


def test_a_network_with_a_certificate_of_its_own_is_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pip warns of the certificate and then finds no package: the hint is about the certificate."""
    script = "echo \"WARNING: … broken by 'SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] …'\"; echo ERROR: none; exit 1"
    stand_in(place / ".venv" / "bin" / "python", script)
    assert build.main([]) == 3
    told = capsys.readouterr().err
    assert "set PIP_CERT" in told
    assert "check the network" not in told
    assert "  pip: ERROR: none" in told


def test_what_is_pinned_is_installed_once(place: Path) -> None:
    """The first run installs with hashes and binaries only; the second finds the stamp and asks nobody."""
    python = place / ".venv" / "bin" / "python"
    stand_in(python, "exit 0")
    for _ in range(2):
        build.set_up([build.REQUIREMENTS])
    (call,) = calls(python.parent)
    assert "--require-hashes --only-binary :all:" in call
    assert call.endswith(f"-r {place / build.REQUIREMENTS}")


def test_changed_pins_and_another_python_are_installed_anew(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stamp holds for one content of the requirements file and the environment's Python, whichever one calls."""
    python = place / ".venv" / "bin" / "python"
    stand_in(python, "exit 0")
    build.set_up([build.REQUIREMENTS])
    assert build.is_installed(build.REQUIREMENTS)
    (place / build.REQUIREMENTS).write_text("# pinned otherwise\n")
    assert not build.is_installed(build.REQUIREMENTS)
    build.set_up([build.REQUIREMENTS])
    assert build.is_installed(build.REQUIREMENTS)
    monkeypatch.setattr(sys, "version", "3.99")
    assert build.is_installed(build.REQUIREMENTS)
    python.unlink()
    python.symlink_to(stand_in(place / "newer" / "python3.99", "exit 0"))
    assert not build.is_installed(build.REQUIREMENTS)


def test_an_interrupted_installation_is_not_taken_for_a_whole_one(place: Path) -> None:
    """The stamp is written last: without it, or with half of it, pip runs again."""
    python = place / ".venv" / "bin" / "python"
    stand_in(python, "exit 0")
    build.set_up([build.REQUIREMENTS])
    stamp = Path(build.stamp(build.REQUIREMENTS))
    stamp.write_text(stamp.read_text()[:10])
    assert not build.is_installed(build.REQUIREMENTS)
    stamp.unlink()
    build.set_up([build.REQUIREMENTS])
    assert len(calls(python.parent)) == 2


def test_the_environment_is_made_afresh_where_it_is_missing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A half-made environment without a Python in it is cleared and made again."""
    (place / ".venv").mkdir()
    venv_python = place / ".venv" / "bin" / "python"
    script = f"mkdir -p {venv_python.parent}; printf '#!/bin/sh\\nexit 0\\n' > {venv_python}; chmod 755 {venv_python}"
    monkeypatch.setattr(sys, "executable", stand_in(place / "bin" / "python", script))
    build.set_up([build.REQUIREMENTS])
    assert calls(place / "bin") == [f"-m venv --clear {place / '.venv'}"]
    assert build.is_installed(build.REQUIREMENTS)


def test_an_environment_that_outlived_its_python_is_made_again(place: Path) -> None:
    """After a system upgrade the environment's Python is a link to nowhere: it is made anew, not run."""
    python = place / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    for name in (build.REQUIREMENTS, build.TEST_REQUIREMENTS):
        Path(build.stamp(name)).write_text(build.digest(name))
    python.symlink_to(place / "gone")
    build.set_up([build.REQUIREMENTS])
    assert python.exists()


def test_on_windows_the_environments_python_needs_the_one_that_made_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There it is no link but a program of its own, which says "No Python at …" once the other was uninstalled."""
    scripts, home = place / ".venv" / "Scripts", place / "Python 3.11 Ελλάδα"
    monkeypatch.setattr(build, "VENV_PYTHON", str(scripts / "python.exe"))
    stand_in(scripts / "python.exe", "exit 0")
    assert not build.has_python()
    (place / ".venv" / "pyvenv.cfg").write_text(f"home = {home}\nversion = 3.11.9\n", encoding="utf-8")
    assert not build.has_python()
    stand_in(home / "python.exe", "exit 0")
    assert build.has_python()
    build.set_up([build.REQUIREMENTS])
    (home / "python.exe").unlink()
    assert not build.is_installed(build.REQUIREMENTS)


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own with this code, which knows build.py: it listens to signals."""
    line = [sys.executable, "-c", f"import sys, build; {code}", *arguments]
    return subprocess.Popen(
        line, cwd=ROOT, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def status_of(place: Path, *arguments: str) -> int:
    """The exit status of a command in the checkout in miniature."""
    python = place / ".venv" / "bin" / "python"
    paths = f"build.ROOT, build.VENV, build.VENV_PYTHON = {str(place)!r}, {str(place / '.venv')!r}, {str(python)!r}"
    with start(f"{paths}; sys.exit(build.main(sys.argv[1:]))", *arguments) as process:
        process.communicate(timeout=60)
    return process.returncode


def test_only_test_installs_what_tests_need(place: Path) -> None:
    """`test` takes both files, any other command the first alone; arguments are handed on to tests/run.py."""
    python = place / ".venv" / "bin" / "python"
    stand_in(python, "exit 0")
    status_of(place, "check")
    assert not build.is_installed(build.TEST_REQUIREMENTS)
    status_of(place, "test", "-k", "keys")
    assert build.is_installed(build.TEST_REQUIREMENTS)
    assert calls(python.parent)[-1] == f"{place / 'tests' / 'run.py'} -k keys"


@pytest.mark.parametrize("status", [0, 1, 2, 3, 130])
def test_the_commands_exit_status_comes_through(status: int, place: Path) -> None:
    """What the command inside the environment ends with is what the caller sees."""
    stand_in(place / ".venv" / "bin" / "python", f'case "$1" in -m) exit 0;; *) exit {status};; esac')
    assert status_of(place, "check") == status
    assert status_of(place, "test") == status


RUN = "sys.exit(build.run([sys.executable, *sys.argv[1:]]))"


def test_arguments_reach_the_command_as_they_are() -> None:
    """Spaces, quotes and Greek letters in arguments survive the way into the environment, which speaks UTF-8."""
    arguments = ["a b", '"', "Δήμος", "*", ""]
    with start(RUN, "-c", "import sys; print(sys.flags.utf8_mode, sys.argv[1:])", *arguments) as process:
        told, _ = process.communicate(timeout=60)
    assert (process.returncode, told.strip()) == (0, f"1 {arguments}")


def test_whoever_ends_build_py_ends_its_command() -> None:
    """An order to end (SIGTERM) reaches the command too, and nothing is left running; shells say 143."""
    with start(RUN, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)") as process:
        assert process.stdout is not None
        command = int(process.stdout.readline())
        process.terminate()
        process.wait(timeout=60)
    assert process.returncode == 143
    with pytest.raises(ProcessLookupError):
        os.kill(command, 0)


def test_ctrl_c_lets_the_command_end_by_itself(tmp_path: Path) -> None:
    """An interrupt reaches the command, whose own exit status is kept; no traceback comes from outside."""
    command = tmp_path / "command.py"
    command.write_text(
        "import sys, time\ntry:\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    time.sleep(0.2)\n    sys.exit(130)\n"
    )
    with start(RUN, str(command)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, 2)
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "")


def test_inside_the_environment_no_second_process_is_started(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run by the environment's own Python is recognised, by its real path, and by nothing else."""
    assert not build.is_inside_venv()
    (place / "real").mkdir()
    (place / ".venv").symlink_to(place / "real")
    monkeypatch.setattr(sys, "prefix", str(place / "real"))
    assert build.is_inside_venv()
