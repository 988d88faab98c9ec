from __future__ import annotations

import contextlib
import os
import select
import stat
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from site_src.commands.interview import SLUG, interview, write_answers
from site_src.language.greek import one_line
from site_src.problems import InputError
from site_src.read.agency import Status
from tests.support.small_site import ROOT, SmallSite, run_here

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from site_src.commands.interview import Answers

QUESTIONS_MOST = 40  # of a script; one that runs out of answers would be asked the same for ever
DAY = date(2020, 11, 18)
ANNEX = """\
Όνομα χρήστη;Επωνυμία φορέα;Εποπτεύων φορέας;E-mail;Παρατηρήσεις
000000000017;Δήμος Ήλιδας;;a@ilida.example;Διατηρεί τον κωδικό του
000000000025;Δήμος Ηρακλείου;Περιφέρεια Αττικής;a@attiki.example;
000000000033;Δήμος Ηρακλείου;Περιφέρεια Κρήτης;a@kriti.example;
000000000041;Δήμος Γαύδου;;a@gavdos.example;διατηρεί τον κωδικό του
"""
PASSWORDS = "000000000017:old\n000000000041:old\n"
HEAD = """\
Προθεσμία για ενέργειες : 30-11-2020

ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ
Αθήνα, 17-11-2020
Αριθμ. Πρωτ.: 555

ΘΕΜΑ: Κωδικοί

"""
BODY = (
    "Στον τόπο (https://topos.example/) με την ονομασία «ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020» νέοι κωδικοί θα ισχύσουν από "
    "1 ΔΕΚΕΜΒΡΙΟΥ 2020. "
)
KEEPS = "Εξαίρεση αποτελεί ο Δήμος ΗΛΙΔΑΣ.\n"
QUESTION = {
    "annex": "The annex",
    "circular": "The circular",
    "right": "Enter if this is right",
    "slug": "The campaign's name",
    "folder": "The folder's name",
    "deadline": "The last day to act",
    "effective": "The first day",
    "protocol": "The protocol number",
    "date": "When it was signed",
    "subject": "The subject",
    "operator": "Who runs the site",
    "address": "Where agencies log in",
    "keepers": "Agencies that keep their code",
    "passwords": "Agencies keep their codes",
}


@dataclass
class Script:
    """Answers each question from a script, in which more than one answer waits for the same question asked again."""

    answers: dict[str, list[str]]
    asked: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def show(self, lines: Iterable[str]) -> None:
        """Keep what is printed."""
        self.shown += lines

    def ask(self, prompt: str) -> str:
        """Answer by the question above the prompt: Enter where the script has nothing."""
        question = self.shown[-1]
        self.asked.append(question)
        assert len(self.asked) < QUESTIONS_MOST, self.asked[-3:]
        waiting = next(
            (each for start, each in self.answers.items() if question.startswith(QUESTION.get(start, start))), []
        )
        self.shown.append(prompt)
        return waiting.pop(0) if waiting else ""

    @property
    def text(self) -> str:
        """All that was shown, without its line ends."""
        return one_line(" ".join(self.shown))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallSite:
    """A folder with both documents in it, from which the command is called."""
    (tmp_path / "Παράρτημα.csv").write_text(ANNEX, encoding="utf-8")
    (tmp_path / "Εγκύκλιος 555.txt").write_text(HEAD + BODY + KEEPS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("site_src.commands.interview.ROOT", tmp_path)
    return SmallSite(tmp_path)


def ask(
    desk: SmallSite, answers: Mapping[str, list[str]] | None = None, slug: str = "", annex: Path | None = None
) -> tuple[Answers, Script]:
    """Hold the interview by a script, whose keys are those of QUESTION, or how a question begins."""
    script = Script(dict(answers or {}))
    with mock.patch.multiple("site_src.commands.screen", ask=script.ask, show_lines=script.show):
        return interview(desk.folders, slug, annex, None, DAY), script


def facts(answers: Answers) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the campaign, and return its campaign.toml and the site.toml."""
    draft = write_answers(answers)
    campaign, site = (
        (path / name).read_text(encoding="utf-8")
        for path, name in ((draft.folder, "campaign.toml"), (answers.content, "site.toml"))
    )
    return tomllib.loads(campaign), tomllib.loads(site)


def test_a_long_value_goes_on_below_itself(desk: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of the table that is longer than the terminal goes on in the column of the values, between words."""
    long = HEAD.replace("Κωδικοί\n", "Παροχή νέων κωδικών πρόσβασης για τον ειδικό διαδικτυακό τόπο του προσωπικού\n")
    (desk.folders.content.parent / "Εγκύκλιος 555.txt").write_text(long + BODY + KEEPS, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "80")
    _, script = ask(desk)
    first, second = next(line for line in script.shown if "The subject" in line).splitlines()
    assert max(len(first), len(second)) <= 80
    assert second.startswith(" " * first.index("Παροχή") + "ειδικό διαδικτυακό τόπο")


def test_enter_is_enough(desk: SmallSite) -> None:
    """Both documents are found, the table shows them, and Enter takes each proposal: all files hold what they say."""
    answers, script = ask(desk, {"«Δήμος Γαύδου»": ["yes"]})
    campaign, site = facts(answers)
    assert answers.rows[SLUG].value == "2020-11"
    assert (campaign["folder"], campaign["deadline"]) == ("ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020", date(2020, 11, 30))
    assert (campaign["effective"], campaign["keeps_code"]) == (date(2020, 12, 1), ["Δήμος Ήλιδας", "Δήμος Γαύδου"])
    assert (site["operator"], site["server"]) == (
        "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ",
        {"address": "https://topos.example/", "other_users": "keep"},
    )
    assert [question[:12] for question in script.asked] == [
        "Enter if thi",
        "Where agenci",
        "«Δήμος Γαύδο",
        "Agencies kee",
    ]
    assert "4 (3 get a new code, 1 keep theirs, 0 must call)" in script.text
    assert f"The annex: {desk.base / 'Παράρτημα.csv'}" in script.text


def test_what_is_missing_is_asked_and_proposed(desk: SmallSite) -> None:
    """Of a bare text each fact is asked for: Enter takes what was proposed, and leaves out what may be missing."""
    (desk.base / "Εγκύκλιος 555.txt").write_text("Νέοι κωδικοί θα ισχύσουν σύντομα.\n", encoding="utf-8")
    answers, script = ask(
        desk,
        {
            "operator": ["", "Υπουργείο"],
            "address": ["topos.example", ""],
            "deadline": ["αύριο", "31-2-2021", "15/1/2021"],
            "date": ["12 Ιανουαρίου 2021"],
        },
    )
    campaign, site = facts(answers)
    assert (campaign["folder"], campaign["deadline"]) == ("ΝΕΟΙ ΚΩΔΙΚΟΙ ΠΡΟΣΒΑΣΗΣ 11_2020", date(2021, 1, 15))
    assert (campaign["effective"], campaign["circular"]) == (date(2021, 1, 16), {"date": date(2021, 1, 12)})
    assert (site["operator"], "address" in site["server"]) == ("Υπουργείο", False)
    assert '"αύριο" is not a day: expected one such as 30-11-2020' in script.text
    assert '"topos.example" is not an address of the web' in script.text
    assert "[16-01-2021] > " in script.shown
    assert not [
        doubt
        for doubt in answers.found.doubts
        if "fill in" in doubt and "protocol" not in doubt and "subject" not in doubt
    ]


def test_a_fact_can_be_left_out(desk: SmallSite) -> None:
    """A hyphen takes no proposal; without a first day of the codes nothing is proposed after the last day there is."""
    (desk.base / "Εγκύκλιος 555.txt").write_text(HEAD + "Κείμενο.\n", encoding="utf-8")
    given = {"right": ["3", "5", "6"], "deadline": ["31-12-9999"], "protocol": ["-"], "date": [" - "]}
    answers, _ = ask(desk, {**given, "effective": ["", "1-12-2020"]})
    campaign, _ = facts(answers)
    assert campaign["effective"] == date(2020, 12, 1)
    assert {"protocol", "date"}.isdisjoint(campaign["circular"])


def test_a_row_is_corrected_by_its_number(desk: SmallSite) -> None:
    """Each row of the table can be changed; a wrong number and a wrong value are asked for again."""
    answers, script = ask(
        desk,
        {
            "right": ["99", "x", "1", "2", "4", "8", "10"],
            "slug": ["Α Β", "2020-12"],
            "folder": ["ΦΑΚΕΛΟΣ"],
            "effective": ["2-12-2020"],
            "keepers": ["Δήμος Ηρακλείου", "Δήμος Νησίδας", "000000000033; ΔΗΜΟΣ ΗΛΙΔΑΣ"],
        },
    )
    campaign, _ = facts(answers)
    assert (answers.rows[SLUG].value, campaign["folder"], campaign["effective"]) == (
        "2020-12",
        "ΦΑΚΕΛΟΣ",
        date(2020, 12, 2),
    )
    assert campaign["keeps_code"] == ["000000000033", "Δήμος Ήλιδας"]
    assert answers.statuses.count(Status.KEEPS) == 2
    for line in (
        '"99" is not a whole number from 1 to 10',
        'a campaign cannot be called "Α Β"',
        "; several are separated by semicolons (- for none)",
        "write the user name of the one that is meant instead: 000000000025, 000000000033",
        '"Δήμος Νησίδας": no agency of the annex has this user name or name',
    ):
        assert line in script.text
    assert not any(question.startswith("«") for question in script.asked)


def test_an_agency_that_one_document_alone_names_is_asked_about(desk: SmallSite) -> None:
    """Each is asked about by name and user name; of two of one name the proposal is that neither keeps its code."""
    text = HEAD + BODY + KEEPS.replace("ΗΛΙΔΑΣ", "ΗΛΙΔΑΣ και ΗΡΑΚΛΕΙΟΥ")
    (desk.base / "Εγκύκλιος 555.txt").write_text(text, encoding="utf-8")
    answers, script = ask(desk, {"«Δήμος Γαύδου»": ["maybe", "n"], "«Δήμος Ηρακλείου» (000000000033": ["yes"]})
    draft = write_answers(answers)
    campaign = tomllib.loads((draft.folder / "campaign.toml").read_text(encoding="utf-8"))
    assert campaign["keeps_code"] == ["Δήμος Ήλιδας", "000000000033"]
    assert not [doubt for doubt in draft.doubts if "keeps its code" in doubt]
    assert '"maybe" is not an answer: expected yes or no' in script.text
    assert "«Δήμος Ηρακλείου» (000000000025, Περιφέρεια Αττικής) keeps its code by the circular" in script.text


def test_a_footnote_and_a_loose_link_are_asked_for(desk: SmallSite) -> None:
    """Parts that a copy from a PDF has lost are asked for, and go where a reader looks for them."""
    text = HEAD + BODY + "Οι φορείς1 το γνωρίζουν.\n\nhttps://alla.example/\n"
    (desk.base / "Εγκύκλιος 555.txt").write_text(text, encoding="utf-8")
    answers, script = ask(desk, {"«φορείς1»": ["Βλ. παράρτημα"], "https://alla.example/": ["οι τόποι", "γνωρίζουν"]})
    assert "το [γνωρίζουν](<https://alla.example/>)." in answers.found.text.markdown
    assert "[^1]: Βλ. παράρτημα\n" in answers.found.text.markdown
    assert 'the text does not have the words "οι τόποι"' in script.text


def test_one_of_several_documents_is_chosen(desk: SmallSite) -> None:
    """Several are listed by number, the likeliest first; a path that is dropped is an answer too."""
    (desk.base / "b.csv").write_text(ANNEX, encoding="utf-8")
    (desk.base / "b c.txt").write_text(HEAD + BODY, encoding="utf-8")
    answers, script = ask(desk, {"annex": ["3", "2"], "circular": [f"'{desk.base / 'b c.txt'}' "]})
    assert (answers.annex.name, answers.circular and answers.circular.name) == ("b.csv", "b c.txt")
    assert f"   1  {desk.base / 'Παράρτημα.csv'}" in script.shown
    assert 'there is no file "3"' in script.text


def test_what_cannot_be_read_is_refused_and_asked_again(desk: SmallSite) -> None:
    """A PDF alone is refused with what to do; then another file can be given, or none yet."""
    (desk.base / "Εγκύκλιος 555.txt").rename(desk.base / "a.pdf")
    (desk.base / "a.pdf").write_bytes(b"%PDF-1.7")
    (desk.base / "Παράρτημα.csv").rename(desk.base / "Παράρτημα.numbers")
    (desk.base / "data").mkdir()
    (desk.base / "data" / "x.csv").write_text(ANNEX, encoding="utf-8")
    answers, script = ask(
        desk,
        {
            "annex": ["", str(desk.base / "data" / "x.csv")],
            "circular": ["a.pdf", "-"],
            "operator": ["Υ"],
            "deadline": ["1-2-2021"],
        },
    )
    assert (answers.circular, answers.annex.name) == (None, "x.csv")
    for line in ("this is a PDF", "Export To > Excel", "expected the path of a file"):
        assert line in script.text
    assert "{{ folder }}" in answers.found.text.markdown


def test_a_circular_that_was_given_and_cannot_be_read_ends_it(desk: SmallSite) -> None:
    """The same mistake as without a terminal: nothing can be asked about it."""
    (desk.base / "a.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(InputError, match="this is a PDF"):
        interview(desk.folders, "2020-11", desk.base / "Παράρτημα.csv", desk.base / "a.pdf", DAY)


def test_an_annex_with_mistakes_is_no_obstacle(desk: SmallSite) -> None:
    """The table says that `check` shows them, and whoever is said to keep a code is looked up there."""
    (desk.base / "Παράρτημα.csv").write_text(ANNEX.replace("000000000025", "25"), encoding="utf-8")
    answers, script = ask(desk, {"right": ["10"], "keepers": ["Δήμος Ήλιδας"]})
    assert "the annex has mistakes: `check` shows each with its cell" in script.text
    assert facts(answers)[0]["keeps_code"] == ["Δήμος Ήλιδας"]
    assert not any(question.startswith("Agencies keep") for question in script.asked)


def test_the_password_file_is_looked_at(desk: SmallSite) -> None:
    """A copy in one of the folders is proposed; a file without users is refused; one in place is not asked for."""
    (desk.base / "live.htpasswd").write_text("000000000017:old\n", encoding="utf-8")
    (desk.base / "empty.htpasswd").write_text("# nobody\n", encoding="utf-8")
    answers, script = ask(desk, {"passwords": ["empty.htpasswd", "live.htpasswd"]})
    assert answers.passwords == desk.base / "live.htpasswd"
    assert '"empty.htpasswd" is not a password file' in script.text
    assert ask(desk, {"passwords": ["-"]})[0].passwords is None
    desk.write_passwords("000000000017:old\n")
    assert not any(question.startswith("Agencies keep") for question in ask(desk)[1].asked)


def test_what_is_given_is_not_asked_for(desk: SmallSite) -> None:
    """A name and an annex of the command line are taken; a site.toml that is there asks for nothing of its own."""
    desk.folders.content.mkdir()
    (desk.folders.content / "site.toml").write_text("", encoding="utf-8")
    answers, script = ask(desk, {}, "2020-10", desk.base / "Παράρτημα.csv")
    assert answers.rows[SLUG].value == "2020-10"
    assert not any("operator" in line or "portal" in line for line in script.shown)


def on_terminal(desk: SmallSite, typed: Sequence[str], *line: str) -> tuple[int, str]:
    """Run `new` where these lines are typed, and then Ctrl-D; return the status, and what it shows."""
    folders = [f"--{name}={getattr(desk.folders, name)}" for name in ("content", "private")]
    with (
        mock.patch("site_src.commands.arguments.is_terminal", return_value=True),
        mock.patch("builtins.input", side_effect=[*typed, EOFError]),
    ):
        run = run_here(["new", *folders, *line])
    return run.returncode, run.stdout + run.stderr


def test_documents_in_the_content_folder_move_out_of_it(desk: SmallSite) -> None:
    """The annex is the campaign's then, circular and password file are private, and a build finds nothing strange."""
    desk.folders.content.mkdir()
    for path in list(desk.base.glob("*.*")):
        path.rename(desk.folders.content / path.name)
    (desk.folders.content / "live.htpasswd").write_text(PASSWORDS, encoding="utf-8")
    status, shown = on_terminal(desk, [""] * 9)
    assert status == 0, shown
    assert sorted(path.name for path in desk.folders.content.iterdir()) == ["2020-11", "site.toml"]
    kept = desk.secrets / "circular.txt"
    assert kept.read_text(encoding="utf-8") == HEAD + BODY + KEEPS
    assert (desk.folders.private / "current.htpasswd").read_text(encoding="utf-8") == PASSWORDS
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in (desk.secrets, desk.folders.private)} == {0o700}
        assert {stat.S_IMODE(path.stat().st_mode) for path in (kept, desk.folders.private / "current.htpasswd")} == {
            0o600
        }
    assert f"to {kept}" in shown
    assert desk.run("build", "--date=2020-11-18").returncode == 0


def test_three_commands_make_a_proved_site(desk: SmallSite) -> None:
    """The answers to `new` are enough: check has no error, and build and verify go through, with no file edited."""
    (desk.base / "live.htpasswd").write_text(PASSWORDS, encoding="utf-8")
    assert on_terminal(desk, [""] * 9)[0] == 0
    checked = desk.run("check", "--lang=en")
    assert (checked.returncode, "error" in checked.stdout) == (0, False), checked.stdout
    built = desk.run("build", "--date=2020-11-18")
    assert built.returncode == 0, built.stderr
    assert "0 failures" in desk.run("verify", "--lang=en").stdout
    assert (desk.base / "Παράρτημα.csv").is_file()


def test_documents_given_as_arguments_move_too(desk: SmallSite) -> None:
    """With all arguments nothing is asked, and what lay in the content folder itself leaves it all the same."""
    desk.folders.content.mkdir()
    for name in ("Παράρτημα.csv", "Εγκύκλιος 555.txt"):
        (desk.base / name).rename(desk.folders.content / name)
    documents = [
        f"--{key}={desk.folders.content / name}"
        for key, name in (("annex", "Παράρτημα.csv"), ("circular", "Εγκύκλιος 555.txt"))
    ]
    status, shown = on_terminal(desk, [], "2020-11", *documents)
    assert status == 0, shown
    assert sorted(path.name for path in desk.folders.content.iterdir()) == ["2020-11", "site.toml"]


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_an_end_of_the_answers_writes_nothing(desk: SmallSite, answers: int) -> None:
    """Ctrl-D, or Ctrl-C, at any question ends the command with everything as it was."""
    before = desk.snapshot()
    status, shown = on_terminal(desk, [""] * answers)
    assert status == 130
    assert "everything is as it was" in shown
    assert desk.snapshot() == before


def test_only_the_name_of_a_next_campaign_is_asked_for(site: SmallSite) -> None:
    """`new --from` without a name asks for it, and proposes one that is free."""
    status, shown = on_terminal(site, ["server", "2021-05"], f"--from={site.campaign.name}")
    assert status == 0, shown
    assert (site.folders.content / "2021-05" / "campaign.toml").is_file()
    assert 'cannot be called "server"' in shown


def test_without_a_terminal_nothing_is_asked(desk: SmallSite) -> None:
    """Missing arguments are wrong usage where nobody can answer, as ever."""
    for line in ((), ("2020-11",), ("--annex", "Παράρτημα.csv")):
        run = desk.run("new", *line)
        assert run.returncode == 2
        assert "required" in run.stderr


# It makes the terminal that it is given its own, so that Ctrl-C reaches it, and becomes the command.
ON_ITS_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


PATIENCE = 2  # seconds after which a person presses a key again


def read_until(terminal: int, end: bytes, again: str = "") -> bytes:
    """Return what a terminal shows, up to an end, or all of it where the command ends before.

    A Ctrl-C in the instant in which readline begins to wait is not noticed before the next key: ``again`` is typed
    once more where nothing comes.
    """
    shown = b""
    with contextlib.suppress(OSError):  # EIO: nobody has its other end any more
        while not shown.endswith(end):
            if again and not select.select([terminal], [], [], PATIENCE)[0]:
                os.write(terminal, again.encode())
            elif more := os.read(terminal, 1 << 16):
                shown += more
            else:
                break
    return shown


@pytest.mark.world
@pytest.mark.skipif(os.name != "posix", reason="only there can a test be a terminal")
@pytest.mark.parametrize("end", ["\n", "\x03", "\x04"], ids=["enter", "ctrl-c", "ctrl-d"])
def test_a_real_terminal_asks(desk: SmallSite, end: str) -> None:
    """At a pseudo-terminal the questions come one by one; Ctrl-C and Ctrl-D at the third leave nothing written."""
    try:
        terminal, its_end = os.openpty()
    except OSError:
        pytest.skip("this machine has no terminal to give, as a bare chroot without /dev/pts")
    line = [sys.executable, "-c", ON_ITS_TERMINAL, str(ROOT / "build.py"), "new", "--lang=en"]
    line += [f"--{name}={getattr(desk.folders, name)}" for name in ("content", "private")]
    environment = {**os.environ, "TERM": "dumb"}
    with subprocess.Popen(
        line, stdin=its_end, stdout=its_end, stderr=its_end, env=environment, cwd=desk.base, start_new_session=True
    ) as running:
        os.close(its_end)
        shown, again = b"", ""
        for typed in ("\n", "\n", end, "\n"):
            shown += read_until(terminal, b"> ", again)
            with contextlib.suppress(OSError):  # it has ended
                os.write(terminal, typed.encode())
            again = typed if typed == "\x03" else ""
        shown += read_until(terminal, b"no such end", end if end == "\x03" else "")
    os.close(terminal)
    assert "This is what the documents say:" in shown.decode()
    assert running.returncode == (0 if end == "\n" else 130), shown.decode()
    assert (desk.folders.content / "2020-11" / "campaign.toml").exists() == (end == "\n")
