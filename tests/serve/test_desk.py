from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from site_src.folders import Progress
from site_src.prove.verify import with_letters
from site_src.publish.publish import locked
from site_src.serve import desk as module
from site_src.serve.desk import Form, Upload
from tests.support.served_desk import build, desk_of, page, sent
from tests.support.small_site import ROWS, SLUG

if TYPE_CHECKING:
    import pytest

    from site_src.folders import Folders
    from tests.support.small_site import SmallSite

THIRA = ROWS[0].split(";")[0]


def test_one_button_builds_and_proves(site: SmallSite) -> None:
    """The page has the summary of the build, whom to tell, and what `verify` found."""
    text = build(desk_of(site))
    assert "3 new, 0 unchanged" in text
    assert "Give the administrator</strong>: the hand-over folder (by the button below), whole" in text
    assert "build.py" not in text
    assert "3 archives opened" in text
    assert "every archive opens" in text
    assert ("<pre" in text, "<li>2020-11: " in text, '<li class="within">Agencies: ' in text) == (False, True, True)
    assert site.run("verify").returncode == 0


def test_progress_ends_where_the_work_was_to_end() -> None:
    """How much is packed in a file is estimated: more steps than that count no further."""
    progress = Progress()
    progress.start("x", 1)
    progress.step()
    progress.step()
    assert (progress.done, progress.total) == (1, 1)


def test_the_next_steps_are_those_of_the_desk(site: SmallSite) -> None:
    """The next steps name pages and buttons, the key to keep and the last day of the letters, but no command."""
    site.write(top="files_until = 2021-01-31")
    text = build(desk_of(site))
    assert "On 1 February 2021</strong>: build again, and hand over again" in text
    assert "give a copy of its password file under «Facts and text»" in text
    assert f"Keep a copy of the key</strong>: {Path('private', SLUG, 'campaign.key')}, in a safe place" in text
    assert "puts the new codes of 2020-11 in force, as README.txt says" in text
    assert "build.py" not in text
    assert "python3" not in text


def test_the_next_build_is_a_command_like_any_other(site: SmallSite) -> None:
    """After the desk's build the command finds nothing to do."""
    build(desk_of(site))
    assert "Nothing has changed" in site.run("build").stdout or "3 unchanged" in site.run("build").stdout


def test_a_proof_that_breaks_off_proves_nothing(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page calls the build proved only where the proof came to its end, and offers no hand-over before."""

    def break_off(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    monkeypatch.setattr(module, "verify_all", break_off)
    text = build(desk_of(site))
    assert ("Proved" in text, "handover.zip" in text, 'role="alert"' in text) == (False, False, True)


def test_errors_are_on_the_page_and_nothing_is_written(site: SmallSite) -> None:
    """Mistakes that came after the page was shown stop the build, and the page names them."""
    desk = desk_of(site)
    site.write(rows=(ROWS[0].replace("0123", "123"), *ROWS[1:]))
    text = build(desk)
    assert "It could not be built" in text
    assert "Error:</strong>" in text
    assert '1 error. <a href="/desk/">To the campaigns</a>' in text
    assert not site.folders.out.exists()


def test_a_command_beside_it_is_named(site: SmallSite) -> None:
    """While another command is at work the page says so, nothing is lost, and the next try succeeds."""
    desk = desk_of(site)
    with locked(site.folders.private):
        assert "another command is at work" in build(desk)
        assert "another command is at work" in sent(
            desk, f"{SLUG}/annex", Form({}, {"annex": (Upload("a.csv", b"x"),)})
        )
    assert "3 archives opened" in build(desk)


def remove_before_proof(lost: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file go when the build is done and its proof begins."""

    def begin(folders: Folders) -> set[str]:
        lost.unlink()
        return with_letters(folders)

    monkeypatch.setattr(module, "with_letters", begin)


def test_a_proof_that_fails_is_told(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that does not open as it must is reported as a mistake of the proof, and nothing is handed over."""
    remove_before_proof(site.files / THIRA / f"{THIRA}.zip", monkeypatch)
    text = build(desk_of(site))
    assert "The proof has found mistakes" in text
    assert "its archive is missing" in text
    assert "handover.zip" not in text


def test_a_proof_that_cannot_be_made_hides_no_build(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The build's summary stays if the proof stops, and the page says what stopped it."""
    remove_before_proof(site.secrets / "htpasswd.after", monkeypatch)
    text = build(desk_of(site))
    assert "3 new, 0 unchanged" in text
    assert "It could not be built" not in text
    assert "is missing, which the last build made" in text


def test_a_second_window_sees_the_same_build(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is at work the page has its progress, and the button of another window begins no second one."""
    began, may_end, calls = threading.Event(), threading.Event(), []

    def slow(options: object, progress: Progress) -> None:
        calls.append(options)
        progress.start("Setting letters", 4)
        progress.step()
        began.set()
        may_end.wait()
        raise OSError(28, "full", "dist")

    monkeypatch.setattr(module, "build", slow)
    desk = desk_of(site)
    sent(desk, "build", Form({}))
    began.wait()
    sent(desk, "build", Form({}))
    text = page(desk, "build")
    may_end.set()
    desk.job.thread.join()
    assert len(calls) == 1
    assert 'value="1" max="4"' in text
    assert "Setting letters<" in text
    assert "<form" not in text
    assert '"dist"' in page(desk, "build").replace("&#34;", '"')
