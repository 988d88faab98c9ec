"""Thyrida: from an annex and a circular to a download area in which each agency finds its own sealed letter."""

__version__ = "0.1.0"
COMMIT = "$Format:%h$"  # git archive, which makes a release, writes the commit here (gitattributes(5), export-subst)


def version() -> str:
    """Return the version with the commit that it was made from: "0.1.0 (75c458d)"; without, where none is known."""
    commit = COMMIT if not COMMIT.startswith("$") else _commit_of_checkout()
    return f"{__version__} ({commit})" if commit else __version__


def _commit_of_checkout() -> str:
    import subprocess
    from pathlib import Path

    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 (fixed)
    except (OSError, subprocess.CalledProcessError):  # no git on this machine, or another user's checkout
        return ""
