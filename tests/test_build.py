from __future__ import annotations

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from site_src.files import set_up
from site_src.problems import MachineError
from tests.support.programs import installed
from tests.support.small_checkout import SmallCheckout
from tests.support.small_site import ROOT
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from pathlib import Path

build: Any = import_module("build")  # it has no annotations, since any old Python must be able to read it


def test_the_file_is_read_by_old_pythons(root: Path) -> None:
    """No letter outside ASCII and no syntax newer than Python 3.4: only then can an old Python say that it is old."""
    source = (root / "build.py").read_bytes()
    tree = ast.parse(source.decode("ascii"), feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Match, ast.Starred)
    assert [node for node in ast.walk(tree) if isinstance(node, newer)] == []
    assert [each for each in ast.walk(tree) if isinstance(each, ast.arg) and each.annotation] == []


@pytest.mark.parametrize("version", [(2, 7, 18, "final", 0), (3, 6, 9, "final", 0), (3, 10, 14, "final", 0)])
def test_an_old_python_is_told_plainly(
    version: tuple[object, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence names the version that is there and the one that is needed; nothing is set up."""
    monkeypatch.setattr(set_up, "set_up", None)
    monkeypatch.setattr(sys, "version_info", version)
    assert build.main([]) == 3
    told = capsys.readouterr().err
    assert f"this is Python {version[0]}.{version[1]}, and Thyrida needs Python 3.11 or newer" in told
    assert "hint:" in told


@pytest.mark.parametrize("version", [(3, 11, 0, "final", 0), (3, 14, 1, "final", 0), (4, 0, 0, "alpha", 0)])
def test_a_new_python_is_taken(
    version: tuple[object, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The least version and every later one go on to the set-up."""

    def lacking(*_: object) -> None:
        raise MachineError("the set-up was reached", "a hint")

    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(set_up, "set_up", lacking)
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setattr(sys, "version_info", version)
    assert build.main([]) == 3
    assert capsys.readouterr().err == "error: the set-up was reached\n  hint: a hint\n"


@pytest.mark.parametrize("line", [("--help",), ("test", "--help"), ("--lang", "el", "--help"), ("report", "-h")])
def test_help_installs_nothing(
    line: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Help and the version need Python alone, for test too."""
    monkeypatch.setattr(set_up, "set_up", None)
    monkeypatch.setattr(sys, "path", sys.path[:])
    with pytest.raises(SystemExit) as ended:
        build.main([*line, "--lang=en"] if "--lang" not in line else [*line])
    assert ended.value.code == 0
    assert "build.py" in capsys.readouterr().out


def test_a_file_that_is_called_as_help_is_not_help() -> None:
    """Behind two hyphens every word is a name, so all is set up first."""
    assert not build.needs_python_alone(["new", "--", "--help"])
    assert not build.needs_python_alone(["check", "activate"])


def test_activate_runs_before_any_set_up() -> None:
    """On a server nothing is to be installed: `build.py activate` needs Python alone."""
    assert build.needs_python_alone(["activate", "2020-11"])
    assert not build.needs_python_alone(["build"])


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own with this code, which knows build.py: it listens to signals."""
    line = [sys.executable, "-c", f"import sys, build; {code}", *arguments]
    return subprocess.Popen(
        line, cwd=ROOT, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def stand_in(root: Path, script: str) -> Path:
    """Put a shell script in the place of a checkout's environment, as if all were installed; it notes its calls."""
    checkout = SmallCheckout(root)
    checkout.write()
    checkout.python.parent.mkdir(parents=True)
    checkout.python.write_text(f'#!/bin/sh\necho "$@" >> {root}/calls\n{script}\n')
    checkout.python.chmod(0o755)
    python = os.fsencode(checkout.python.resolve())
    for name in (build.REQUIREMENTS, build.TEST_REQUIREMENTS):
        digest = hashlib.sha256((root / name).read_bytes() + python).hexdigest()
        (checkout.venv / f"{name}.installed").write_text(digest)
    return root / "calls"


@posix_only("the stand-in for Python is a shell script")
@pytest.mark.parametrize("status", [0, 1, 2, 3, 130])
def test_the_commands_exit_status_comes_through(status: int, tmp_path: Path) -> None:
    """The caller sees the exit status of the command inside the environment; arguments are handed on."""
    calls = stand_in(tmp_path, f'case "$1" in -I) exit 0;; *) exit {status};; esac')
    checkout = SmallCheckout(tmp_path)
    assert checkout.run("check", "--all").returncode == status
    assert checkout.run("test", "-k", "keys").returncode == status
    run = [line for line in calls.read_text().splitlines() if not line.startswith("-I")]
    assert run == [f"{tmp_path}/build.py check --all", f"{tmp_path}/tests/run.py -k keys"]


RUN = "import os; sys.exit(build.run([sys.executable, *sys.argv[1:]], dict(os.environ, PYTHONUTF8='1')))"


def test_arguments_reach_the_command_as_they_are() -> None:
    """Spaces, quotes and Greek letters in arguments survive the way into the environment, which speaks UTF-8."""
    arguments = ["a b", '"', "Δήμος", "*", ""]
    with start(RUN, "-c", "import sys; print(sys.flags.utf8_mode, sys.argv[1:])", *arguments) as process:
        told, _ = process.communicate(timeout=60)
    assert (process.returncode, told.strip()) == (0, f"1 {arguments}")


@posix_only("Windows has no such signals")
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


@posix_only("Windows has no such signals")
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
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, "")


def test_a_release_names_the_commit_that_it_was_made_from(tmp_path: Path) -> None:
    """The ZIP that git archive makes of a tag holds its commit, which --version shows where there is no checkout."""
    (tmp_path / "site_src").mkdir()
    for name in (".gitattributes", "site_src/__init__.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    git = [installed("git"), "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@dimos.example"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["archive", "-o", "release.zip", "HEAD"]):
        subprocess.run([*git, *command], check=True)
    commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True).stdout
    with zipfile.ZipFile(tmp_path / "release.zip") as release:
        source = release.read("site_src/__init__.py").decode()
    names: dict[str, Any] = {"__file__": str(tmp_path / "elsewhere" / "site_src" / "__init__.py")}
    exec(compile(source, "release", "exec"), names)  # noqa: S102 (the release's own module)
    assert names["version"]() == f"{names['__version__']} ({commit.strip()})"
