from __future__ import annotations

import io
import re
import threading
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_src.prove.verify import with_letters
from site_src.publish.publish import locked
from site_src.serve import desk as desk_module
from site_src.serve.desk import Desk, Form, Job, Upload
from site_src.serve.gate import Gate
from site_src.serve.preview import Preview
from tests.support.served_desk import asked, desk_of, page, sent
from tests.support.small_site import HEADER, ROWS, SLUG

if TYPE_CHECKING:
    from site_src.folders import Folders
    from tests.support.small_site import SmallSite

THIRA = ROWS[0].split(";")[0]
ANNEX = "\n".join((HEADER, *ROWS)).encode()
CIRCULAR = "Από 1-12-2020 ισχύουν νέοι κωδικοί πρόσβασης.\n".encode()


def shown(desk: Desk) -> tuple[str, str]:
    """The state of the one campaign, and the path of its next step."""
    text = page(desk, "")
    state, step = re.search(r'"state">([^<]+)', text), re.search(r'"button" href="/desk/([^"]+)"', text)
    assert state
    assert step
    return state[1], step[1]


def test_each_state_has_its_next_step(site: SmallSite) -> None:
    """From a draft to the end of a round, the first page names the state and leads to the one step that comes next."""
    site.write(rows=(ROWS[0].replace("0123", "123"), *ROWS[1:]))
    assert shown(desk_of(site)) == ("1 error", f"{SLUG}/annex")
    site.write(top='unknown = "x"')
    assert shown(desk_of(site))[0] == "Draft"
    site.write()
    desk = desk_of(site)
    assert shown(desk) == ("Ready", "build")
    site.build()
    assert shown(desk) == ("Built; in force from 1 December 2020", "build")
    asked(desk, f"{SLUG}/handover.zip")
    assert shown(desk) == ("Handed over; in force from 1 December 2020", f"{SLUG}/logs")
    desk.preview.today = lambda: date(2020, 12, 1)
    assert shown(desk) == ("In force since 1 December 2020", f"{SLUG}/agency")
    site.write(top="files_until = 2020-12-31")
    desk.preview.refresh()
    assert shown(desk) == ("Changed since the last build", "build")
    desk.preview.today = lambda: date(2021, 1, 1)
    desk.preview.refresh()
    assert shown(desk) == ("Over", f"{SLUG}/logs")


def test_a_missing_annex_is_given_on_its_page(site: SmallSite) -> None:
    """Without an annex the next step leads to the page that takes one."""
    (site.campaign / "annex.csv").unlink()
    assert shown(desk_of(site)) == ("1 error", f"{SLUG}/annex")


def test_warnings_can_be_seen(site: SmallSite) -> None:
    """A campaign without errors leads to its warnings, once it is built too."""
    assert "warning" not in page(desk_of(site), "")
    site.write(rows=(ROWS[0].replace("thira@", "\u00a0thira@"), *ROWS[1:]))
    assert f'href="/desk/{SLUG}/annex">1 warning.<' in page(desk_of(site), "")
    site.build()
    desk = desk_of(site)
    asked(desk, f"{SLUG}/handover.zip")
    assert shown(desk)[1] == f"{SLUG}/logs"
    assert f'href="/desk/{SLUG}/annex">1 warning.<' in page(desk, "")


@pytest.mark.parametrize(
    "path",
    [
        "content/site.toml",
        "content/help.md",
        f"content/{SLUG}/circular.md",
        f"content/{SLUG}/letter.typ",
        f"content/{SLUG}/attachments/a.txt",
        f"content/{SLUG}/files/{THIRA}/a.txt",
        "private/current.htpasswd",
    ],
)
def test_whatever_a_build_reads_makes_another_necessary(site: SmallSite, path: str) -> None:
    """After a build, a change of anything that it read is noticed; what office programs leave beside it is not."""
    (site.campaign / "letter.typ").write_bytes((site.folders.templates / "letter.typ").read_bytes())
    for name in ("attachments/a.txt", f"files/{THIRA}/a.txt", "../help.md"):
        (site.campaign / name).parent.mkdir(parents=True, exist_ok=True)
        (site.campaign / name).write_text("a", encoding="utf-8")
    site.write_passwords(f"{THIRA}:$2y$05$abcdefghijklmnopqrstuuAbcdefghijklmnopqrstuvwxyzABCDE\n")
    site.build()
    (site.campaign / "attachments" / "~$a.docx").write_bytes(b"")
    desk = desk_of(site)
    assert shown(desk)[0] == "Built; in force from 1 December 2020"
    with (site.base / path).open("a", encoding="utf-8") as opened:
        opened.write("\n")
    desk.preview.refresh()
    assert shown(desk) == ("Changed since the last build", "build")


def test_what_was_handed_over_and_has_changed_is_handed_over_again(site: SmallSite) -> None:
    """After another build the hand-over is the next step again, on the day of the change too."""
    site.build()
    desk = desk_of(site)
    asked(desk, f"{SLUG}/handover.zip")
    site.write(rest='ada = "Α"')
    site.build()
    desk.preview.today = lambda: date(2020, 12, 1)
    desk.preview.refresh()
    assert shown(desk) == ("Built; in force from 1 December 2020", "build")


def test_a_campaign_without_a_name_yet_goes_by_its_own(site: SmallSite) -> None:
    """Until the folder in the download area has a name, the campaign's own stands for it."""
    facts = site.campaign / "campaign.toml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("folder =", "# folder ="), encoding="utf-8")
    assert f'<h2 id="{SLUG}">{SLUG}</h2>' in page(desk_of(site), "")


def test_a_damaged_manifest_is_no_end_of_the_page(site: SmallSite) -> None:
    """The first page stays although nobody can read what was built; the build reports it."""
    site.build()
    (site.secrets / "manifest.json").write_bytes(b"{")
    assert shown(desk_of(site)) == ("Ready", "build")


def test_a_campaign_begins_with_two_documents(site: SmallSite) -> None:
    """Both documents become a campaign, and the page says what was understood of them."""
    desk = desk_of(site)
    form = Form(
        {"slug": "2020-12"},
        {"annex": (Upload("C:\\Users\\a\\Λίστα.CSV", ANNEX),), "circular": (Upload("../Εγκύκλιος.txt", CIRCULAR),)},
    )
    assert sent(desk, "start", form) == "/desk/2020-12/facts"
    folder = site.folders.content / "2020-12"
    assert (folder / "annex.csv").read_bytes() == ANNEX
    assert "νέοι κωδικοί" in (folder / "circular.md").read_text(encoding="utf-8")
    text = page(desk, "2020-12/facts")
    assert all(note in text.replace("&#34;", '"') for note in desk.begun["2020-12"].notes)
    assert "2020-12" in page(desk, "")
    assert [path.name for path in site.folders.private.glob(".desk-*")] == []


def test_a_campaign_begins_with_the_last_one(site: SmallSite) -> None:
    """From the last campaign come texts and settings; the page names what the new annex changes."""
    desk = desk_of(site)
    text = page(desk, "start")
    assert f'<option value="{SLUG}">' in text
    assert re.search(r'<input id="annex"[^>]+required', text) is None
    annex = {"annex": (Upload("a.csv", "\n".join((HEADER, *ROWS[1:])).encode()),)}
    assert sent(desk, "start", Form({"slug": "2020-12", "before": SLUG}, annex)) == "/desk/2020-12/facts"
    folder = site.folders.content / "2020-12"
    texts = [(each / "circular.md").read_text(encoding="utf-8") for each in (folder, site.campaign)]
    assert texts[0] == texts[1]
    assert "1 agency is gone" in page(desk, "2020-12/facts")
    assert sent(desk, "start", Form({"slug": "2021-01", "before": SLUG})) == "/desk/2021-01/facts"
    assert (site.folders.content / "2021-01" / "annex.csv").is_file()


@pytest.mark.parametrize(
    ("fields", "files", "words"),
    [
        ({"slug": "2020-12"}, {}, "there is no annex"),
        ({"slug": "2020-12", "before": "../private"}, {}, "no campaign"),
        ({"slug": SLUG}, {"annex": (Upload("a.csv", ANNEX),)}, "there is a campaign in"),
        ({"slug": "../evil"}, {"annex": (Upload("a.csv", ANNEX),)}, "a campaign cannot be called"),
        ({"slug": "2020-12"}, {"annex": (Upload("a.exe", ANNEX),)}, "is no annex"),
        ({"slug": "2020-12"}, {"annex": (Upload("a", ANNEX),)}, "is no annex"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(
    site: SmallSite, fields: dict[str, str], files: dict[str, tuple[Upload, ...]], words: str
) -> None:
    """A name or a document that cannot be meant is refused with what was expected, and nothing is written."""
    before = site.snapshot()
    assert words in sent(desk_of(site), "start", Form(fields, files))
    assert site.snapshot() == before


def test_the_first_campaign_takes_the_place_of_the_sample(site: SmallSite, tmp_path: Path) -> None:
    """The desk says that it shows the sample; a campaign begun there is beside it, and shown from then on."""
    (tmp_path / "other").mkdir()
    site.write(site="sample = true\n")
    site.folders.content.rename(tmp_path / "other" / "sample")
    folders = site.folders
    preview = Preview(
        type(folders)(
            content=tmp_path / "other" / "sample",
            out=folders.out,
            private=folders.private,
            templates=folders.templates,
        ),
        lambda: date(2020, 11, 18),
    )
    preview.refresh()
    desk = Desk(preview, Gate(5500))
    assert "this one is the sample" in page(desk, "")
    form = Form({"slug": "2020-12"}, {"annex": (Upload("a.csv", ANNEX),)})
    assert sent(desk, "start", form) == "/desk/2020-12/facts"
    assert (tmp_path / "other" / "2020-12" / "annex.csv").is_file()
    text = page(desk, "")
    assert ("2020-12" in text, SLUG in text, "the sample" in text) == (True, False, False)


def test_it_proposes_a_free_name(site: SmallSite) -> None:
    """The form proposes the month, with a number where a campaign has that name."""
    assert 'value="2020-11-2"' in page(desk_of(site), "start")


def build(desk: Desk) -> str:
    """Build by the button, and return the page that shows it."""
    assert sent(desk, "build", Form({})) == "/desk/build"
    desk.job.thread.join()
    return page(desk, "build")


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


def test_errors_are_on_the_page_and_nothing_is_written(site: SmallSite) -> None:
    """Mistakes that came after the page was shown stop the build, and the page names them."""
    desk = desk_of(site)
    site.write(rows=(ROWS[0].replace("0123", "123"), *ROWS[1:]))
    text = build(desk)
    assert "It could not be built" in text
    assert "Error:</strong>" in text
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

    monkeypatch.setattr(desk_module, "with_letters", begin)


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

    def slow(options: object, progress: Job) -> None:
        calls.append(options)
        progress.start("Setting letters", 4)
        progress.step()
        began.set()
        may_end.wait()
        raise OSError(28, "full", "dist")

    monkeypatch.setattr(desk_module, "build", slow)
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


def test_the_hand_over_is_one_zip(site: SmallSite) -> None:
    """The ZIP holds the hand-over folder whole, and neither a key nor the annex."""
    desk = desk_of(site)
    assert "there is no &#34;handover&#34; yet" in asked(desk, f"{SLUG}/handover.zip").content.decode()
    assert "handover.zip" in build(desk)
    answer = asked(desk, f"{SLUG}/handover.zip")
    folder = site.secrets / "handover"
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    whole = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {name.removeprefix(f"{SLUG}-handover/"): packed.read(name) for name in packed.namelist()} == whole
    key = (site.secrets / "campaign.key").read_bytes()
    assert not any(key in content for content in whole.values())
