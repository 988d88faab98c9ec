"""Proves that two commits make the same sample site: ``python -m tests.support.same_site BEFORE [AFTER]``, run by hand.

Each commit is unpacked into a folder of its own and builds the sample with the same campaign key, once in each
language. Every file of ``dist/`` and ``private/`` is compared byte for byte, and by its mode. Only ``.built.json``,
``.looked.json`` and ``.lock`` may differ, which are of this one build, and in the hand-over ``activate.py``, which
holds the program, and ``dist.tar.gz``, which is packed from ``dist/``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("el", "en")
DAY = "2020-11-17"  # the sample's circular is of this day
KEY = bytes(range(32))
MAY_DIFFER = {".built.json", ".lock", ".looked.json", "activate.py", "dist.tar.gz"}
RUN_COMMAND = "import sys; from site_src.cli import main; sys.exit(main(sys.argv[1:]))"


def main(commits: list[str]) -> int:
    """Print each difference between the two commits' sites; return 0 where there is none."""
    before, after = (*commits, "HEAD")[:2]
    differences = 0
    with tempfile.TemporaryDirectory() as folder:
        for language in LANGUAGES:
            sites = [build_sample(commit, language, Path(folder)) for commit in (before, after)]
            for difference in compare(*sites):
                print(f"{language}: {difference}")
                differences += 1
    print(f"{differences} differences between {before} and {after}, in {len(LANGUAGES)} languages")
    return 1 if differences else 0


def build_sample(commit: str, language: str, folder: Path) -> Path:
    """Build a commit's sample in one language; return the folder that holds its ``dist`` and ``private``."""
    program = folder / commit / language
    program.mkdir(parents=True, exist_ok=True)
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", str(program)], check=True, input=archive)
    (settings,) = program.glob("content/**/site.toml")
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('language = "el"', f'language = "{language}"'), encoding="utf-8")
    (facts,) = program.glob("content/**/campaign.toml")
    key = program / "private" / facts.parent.name / "campaign.key"
    key.parent.mkdir(mode=0o700, parents=True)
    key.parent.parent.chmod(0o700)
    key.write_bytes(KEY)
    key.chmod(0o600)
    command = [sys.executable, "-c", RUN_COMMAND, "build", "--lang", language, "--quiet", "--date", DAY]
    subprocess.run(command, cwd=program, check=True)
    return program


def compare(before: Path, after: Path) -> list[str]:
    """Return a line for each file that only one of the two has, or that differs in its bytes or its mode."""
    first, second = _files(before), _files(after)
    lines = [f"only before: {name}" for name in sorted(first.keys() - second.keys())]
    lines += [f"only after: {name}" for name in sorted(second.keys() - first.keys())]
    return lines + [f"differs: {name}" for name in sorted(first.keys() & second.keys()) if first[name] != second[name]]


def _files(program: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(program)): (path.stat().st_mode, path.read_bytes())
        for name in ("dist", "private")
        for path in (program / name).rglob("*")
        if path.is_file() and path.name not in MAY_DIFFER
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
