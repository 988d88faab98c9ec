"""A checkout in miniature, whose one pinned package is a wheel made here: it is set up in seconds and offline."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = "thyrida_probe"
OWN_FILES = ("build.py", *(f"site_src/{name}.py" for name in ("__init__", "folders", "problems")))
OWN_FILES += tuple(f"site_src/files/{name}.py" for name in ("__init__", "disk", "set_up", "walk"))
OWN_FILES += tuple(f"site_src/language/{path.name}" for path in (ROOT / "site_src" / "language").glob("*.py"))
OWN_FILES += ("site_src/language/others.toml", "site_src/language/locale/el/LC_MESSAGES/thyrida.mo")
CLI = "import thyrida_probe\n\n\ndef main(arguments):\n    print(thyrida_probe.__file__, *arguments)\n    return 0\n"


def system_python() -> str:
    """Return the Python that made the virtual environment, as a newcomer has it."""
    base = Path(sys.base_prefix)
    return str(base / "python.exe" if os.name == "nt" else base / "bin" / "python3")


def copy_environment(source: Path, target: Path) -> None:
    """Copy an environment, its library by links: an installation makes new files and changes none in place."""

    def copy(path: str, copied: str) -> None:
        if Path(path).is_relative_to(source / "lib"):
            os.link(path, copied)
        else:
            shutil.copy2(path, copied)

    shutil.copytree(source, target, symlinks=True, copy_function=copy)


def make_wheel(folder: Path, content: str = "", version: str = "1") -> str:
    """Write a wheel of one module; return the line that pins it."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{PACKAGE}-{version}.dist-info"
    files = {
        f"{PACKAGE}.py": f"VERSION = {version!r}\n{content}",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\nthyrida-probe = {PACKAGE}:main\n",
    }
    digests = {name: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()) for name, text in files.items()}
    record = [f"{name},sha256={digests[name].decode().rstrip('=')},{len(text)}" for name, text in files.items()]
    path = folder / f"{PACKAGE}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in {**files, f"{info}/RECORD": "\n".join([*record, f"{info}/RECORD,,", ""])}.items():
            wheel.writestr(zipfile.ZipInfo(name), text)  # of 1980, so that the pin is always the same
    return f"{PACKAGE}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def unpack_wheel(venv: Path, pins: Sequence[Path]) -> None:
    """Install the pinned version without pip, which takes most of the time of a set-up, and without its script."""
    version = pins[0].read_text().partition("==")[2].split()[0]
    (packages,) = venv.glob("lib/*/site-packages")
    with zipfile.ZipFile(pins[0].parent / "wheels" / f"{PACKAGE}-{version}-py3-none-any.whl") as wheel:
        wheel.extractall(packages)


@dataclass(frozen=True)
class SmallCheckout:
    """The files that `build.py` needs to set itself up, and a command that prints where it runs."""

    root: Path

    @property
    def venv(self) -> Path:
        """Return its environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Return its environment's Python."""
        return self.venv / "bin" / "python"

    def write(self, content: str = "", version: str = "1") -> None:
        """Write the files, and pin a wheel with this text in its module."""
        for name in OWN_FILES:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, self.root / name)
        (self.root / "site_src" / "cli.py").write_text(CLI)
        (self.root / "tests").mkdir(exist_ok=True)
        (self.root / "tests" / "run.py").write_text(f"import sys, {PACKAGE}\nprint({PACKAGE}.__file__, sys.argv[1:])\n")
        self.pin(make_wheel(self.root / "wheels", content, version))

    def pin(self, line: str) -> None:
        """Let both requirements files have this line."""
        for name in ("requirements.txt", "requirements-test.txt"):
            (self.root / name).write_text(line)

    def environment(self, **more: str) -> dict[str, str]:
        """Return an environment in which pip looks for wheels here alone."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "LC_"))}
        own = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (self.root / "wheels").as_uri(), "PIP_CONFIG_FILE": os.devnull}
        return {**kept, "LANG": "C.UTF-8", **own, **more}

    def line(self, *arguments: str, python: str = "") -> list[str]:
        """Return the command that a newcomer gives."""
        return [python or system_python(), str(self.root / "build.py"), *arguments]

    def run(self, *arguments: str, python: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end, from another folder."""
        line, environment = self.line(*arguments, python=python), self.environment(**more)
        return subprocess.run(line, cwd="/", env=environment, capture_output=True, text=True, check=False)

    def leftovers(self) -> list[str]:
        """Return the names beside the environment, without its lock."""
        return [path.name for path in self.root.glob(".venv?*") if path.name != ".venv.lock"]
