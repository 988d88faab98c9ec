"""``new --from`` begins a campaign with the last one's texts and settings, without what was that one's alone."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from site_src.new.draft import Draft, draft_successor
from site_src.problems import InputError, Problems, UsageError
from site_src.read.content.toml_files import read_campaign
from tests.support.small_site import HEADER, ROWS, SLUG, SmallSite

if TYPE_CHECKING:
    from pathlib import Path

NEXT = "2021-05"
TOP = 'files_until = 2021-01-31  # then they leave\nkeeps_code = ["Δήμος Θήρας", "312345678901"]  # as agreed\n'
REST = 'sender = ["ΥΠΟΥΡΓΕΙΟ"]\n\n# five groups\n[code]\ngroups = 6\n\n[reissue]\n"112345678901" = 2\n'
NEW_ROWS = (
    "012345678901;Δήμος Θήρας και Οίας;Περιφέρεια Νοτίου Αιγαίου;thira@dimos.example;",
    "112345678901;Δήμος Ηρακλείου;Περιφέρεια Αττικής;b@dimos.example, a@dimos.example;",
    "212345678901;Δήμος Ηρακλείου;Περιφέρεια Κρήτης;other@dimos.example;",
    "412345678901;Δήμος Ανάφης;Περιφέρεια Νοτίου Αιγαίου;anafi@dimos.example;",
)
CIRCULAR = (
    "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ\nΤμήμα Δοκιμών\nΑθήνα, 3 Μαΐου 2021\nΑρ. πρωτ.: 555\n\nΘΕΜΑ: Κωδικοί Μαΐου\n\n"
    "Νέοι κωδικοί θα ισχύσουν από 1 Ιουνίου 2021.\nΟι παλαιοί παύουν να ισχύουν.\n"
)


@pytest.fixture
def last(site: SmallSite) -> SmallSite:
    """A campaign with settings, comments, a letter of its own, and things that are that campaign's alone."""
    site.write(top=TOP, rest=REST)
    (site.campaign / "letter.typ").write_bytes(b"= letter\r\n")
    (site.campaign / "circular.md").write_bytes("Παλαιό της 30-10-2020, {{ effective | date }}.\r\n".encode())
    for name in ("attachments", "files/012345678901"):
        (site.campaign / name).mkdir(parents=True)
        (site.campaign / name / "a.txt").write_text("a")
    return site


@pytest.fixture
def annex(tmp_path: Path) -> Path:
    """The next campaign's annex."""
    path = tmp_path / "Φορείς.csv"
    path.write_text("\n".join((HEADER, *NEW_ROWS)) + "\n", encoding="utf-8")
    return path


def succeed(site: SmallSite, annex: Path | None = None, circular: Path | None = None, before: str = SLUG) -> Draft:
    """Begin the next campaign."""
    return draft_successor(site.folders.content, NEXT, before, annex, circular, Problems())


def facts(draft: Draft) -> dict[str, object]:
    """The new campaign.toml as TOML."""
    return tomllib.loads((draft.folder / "campaign.toml").read_text(encoding="utf-8"))


def test_settings_and_comments_are_carried_over(last: SmallSite) -> None:
    """Every line of campaign.toml stays but those of the last campaign alone, which are empty or gone."""
    draft = succeed(last)
    old = (last.campaign / "campaign.toml").read_text(encoding="utf-8").splitlines()
    new = (draft.folder / "campaign.toml").read_text(encoding="utf-8").splitlines()
    assert [line for line in new if line not in old] == [
        'folder = ""',
        'deadline = ""',
        'effective = ""',
        'files_until = "fill this in"  # then they leave',
        'protocol = ""',
        'date = ""',
    ]
    assert 'keeps_code = ["Δήμος Θήρας", "312345678901"]  # as agreed' in new
    assert "# five groups" in new
    assert "reissue" not in facts(draft)
    assert facts(draft)["code"] == {"groups": 6}


def test_texts_are_carried_over(last: SmallSite, annex: Path) -> None:
    """Circular and letter keep their text, the annex is the new one, and files of single agencies stay behind."""
    draft = succeed(last, annex)
    assert {path.name: path.read_bytes() for path in draft.folder.iterdir() if path.name != "campaign.toml"} == {
        "circular.md": (last.campaign / "circular.md").read_bytes().replace(b"\r\n", b"\n"),
        "letter.typ": b"= letter\n",
        "annex.csv": annex.read_bytes(),
    }
    assert any("attachments/ and files/" in note for note in draft.notes)
    assert any("[reissue]" in note for note in draft.notes)


def test_a_reminder_is_carried_over_and_all_else_is_named(last: SmallSite, annex: Path) -> None:
    """The staff's own reminder is a text too; a file that stays behind is in the notes, whatever it is."""
    (last.campaign / "reminder.md").write_text("# Α\n")
    (last.campaign / "logo.svg").touch()
    draft = succeed(last, annex)
    assert (draft.folder / "reminder.md").read_text() == "# Α\n"
    assert any(note.endswith("attachments/, files/ and logo.svg") for note in draft.notes)


def test_check_asks_for_what_was_emptied(last: SmallSite) -> None:
    """Each key that waits for the new campaign's facts is reported by the next check, and named as in the form."""
    draft = succeed(last)
    problems = Problems()
    read_campaign(draft.folder, problems)
    asked = [problem.at.cell for problem in problems.all()]
    assert sorted(asked) == [
        "circular.date", "circular.protocol", "deadline", "effective", "files_until", "folder",
    ]  # fmt: skip
    labels = (
        "«The folder's name», «The last day to act», «The first day of the new codes», «The last day of the letters"
    )
    assert any(f"still missing: {labels}" in doubt and "«When it was signed»" in doubt for doubt in draft.doubts)


def test_the_annexes_are_compared(last: SmallSite, annex: Path) -> None:
    """New, missing and renamed agencies and changed addresses are listed; no address is shown, no order counts."""
    draft = succeed(last, annex)
    assert draft.differences == (
        "1 agency is new:",
        "  412345678901  Δήμος Ανάφης",
        "1 agency is gone:",
        "  312345678901  Δήμος Σικίνου",
        "1 agency has another name:",
        "  012345678901  Δήμος Θήρας, now Δήμος Θήρας και Οίας",
        "1 agency has other addresses:",
        "  212345678901  Δήμος Ηρακλείου",
    )


def test_a_missing_name_is_no_other_name(last: SmallSite, annex: Path) -> None:
    """An agency whose name is missing in the new annex is not listed with another: `check` reports the cell."""
    annex.write_text(annex.read_text(encoding="utf-8").replace("Δήμος Θήρας και Οίας", ""), encoding="utf-8")
    assert not any("another name" in line for line in succeed(last, annex).differences)


def test_those_who_kept_their_code_are_doubted(last: SmallSite, annex: Path) -> None:
    """Each of keeps_code that the new annex lacks is told by itself; the rest are asked about."""
    doubts = succeed(last, annex).doubts
    gone = [doubt for doubt in doubts if "is not in the annex" in doubt]
    assert [name for name in ("Δήμος Θήρας", "312345678901") if any(f"«{name}»" in doubt for doubt in gone)] == [
        "Δήμος Θήρας",
        "312345678901",
    ]
    assert any("does each keep its code again" in doubt for doubt in succeed_again(last).doubts)


def succeed_again(site: SmallSite) -> Draft:
    """Begin one more, with the same annex."""
    return draft_successor(site.folders.content, "2021-06", SLUG, None, None, Problems())


def test_the_same_annex_is_copied(last: SmallSite) -> None:
    """Without an annex the last one is copied, and staff are told to put the new one in its place."""
    draft = succeed(last)
    assert (draft.folder / "annex.csv").read_bytes() == (last.campaign / "annex.csv").read_bytes()
    assert draft.differences == ()
    assert any(f"the annex of {SLUG} was copied" in doubt for doubt in draft.doubts)


def test_annexes_that_say_the_same(last: SmallSite, tmp_path: Path) -> None:
    """Two annexes without a difference are reported as the same."""
    same = tmp_path / "same.csv"
    same.write_bytes((last.campaign / "annex.csv").read_bytes())
    assert succeed(last, same).differences == ("no difference",)


def test_days_in_words_of_its_own_are_told(last: SmallSite) -> None:
    """A day that stands in circular.md as text, and would be last time's, is quoted."""
    assert any("30-10-2020" in doubt for doubt in succeed(last).doubts)


def test_a_new_circular_gives_its_text_and_facts(last: SmallSite, annex: Path, tmp_path: Path) -> None:
    """The new document's text and what it tells go in; the rest is the last campaign's."""
    circular = tmp_path / "circular.txt"
    circular.write_text(CIRCULAR, encoding="utf-8")
    draft = succeed(last, annex, circular)
    found = facts(draft)
    head = found["circular"]
    assert isinstance(head, dict)
    assert (str(found["effective"]), str(head["date"])) == ("2021-06-01", "2021-05-03")
    assert (head["protocol"], head["subject"], head["sender"]) == ("555", "Κωδικοί Μαΐου", ["ΥΠΟΥΡΓΕΙΟ"])
    assert "{{ effective | date }}" in (draft.folder / "circular.md").read_text(encoding="utf-8")


def test_the_last_documents_markings_stay_behind(last: SmallSite, annex: Path, tmp_path: Path) -> None:
    """The number on Diavgeia and the markings are one document's: the next one brings its own, or has none."""
    last.write(rest='ada = "6ΑΒΓ-1Η2"\nmarking = ["ΟΡΘΗ ΕΠΑΝΑΛΗΨΗ"]')
    circular = tmp_path / "circular.txt"
    circular.write_text(f"ΑΔΑ: 7ΑΒΓ-1Η2\n{CIRCULAR}", encoding="utf-8")
    head = facts(succeed(last, annex, circular))["circular"]
    assert isinstance(head, dict)
    assert (head["ada"], head.get("marking")) == ("7ΑΒΓ-1Η2", None)


def test_a_campaign_is_never_overwritten(last: SmallSite) -> None:
    """A name that is taken is wrong usage, and nothing changes."""
    succeed(last)
    before = last.snapshot()
    with pytest.raises(UsageError, match="already"):
        succeed(last)
    assert last.snapshot() == before


def test_an_unknown_campaign_is_told_with_those_that_are(last: SmallSite) -> None:
    """A mistyped last campaign is wrong usage that names the known ones, and nothing is written."""
    before = last.snapshot()
    with pytest.raises(UsageError, match="2020-10") as caught:
        succeed(last, before="2020-10")
    assert SLUG in caught.value.hint
    assert last.snapshot() == before


@pytest.mark.parametrize(
    ("name", "data"), [("campaign.toml", b"folder = \n"), ("circular.md", b"\0"), ("letter.typ", b"\0")]
)
def test_a_last_campaign_that_cannot_be_read_stops(name: str, data: bytes, last: SmallSite) -> None:
    """A damaged file of the last campaign is named, and nothing is written."""
    (last.campaign / name).write_bytes(data)
    before = last.snapshot()
    with pytest.raises(InputError, match=name):
        succeed(last)
    assert last.snapshot() == before


@pytest.mark.parametrize("form", [f'reissue = {{ "{ROWS[0][:12]}" = 4 }}', f"reissue.{ROWS[0][:12]} = 4"])
def test_generations_stay_behind_in_every_form(form: str, last: SmallSite) -> None:
    """A [reissue] on one line, or with a dot, is not carried over either."""
    last.write(top=form)
    draft = succeed(last)
    assert "reissue" not in facts(draft)
