from __future__ import annotations

import re
import stat
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_src.new.draft import Draft, draft_campaign, find_keepers, nearest_slug, understand
from site_src.problems import InputError, MachineError, Problems, UsageError
from site_src.read.agency import Agency
from site_src.read.content.campaign_folder import SLUG
from site_src.read.content.toml_files import read_campaign, read_site
from tests.new.test_circular_text import DOCUMENT
from tests.support.systems import posix_only
from tests.support.untranslated import english_in

if TYPE_CHECKING:
    from pathlib import Path

ANNEX = (
    "Όνομα χρήστη;Επωνυμία φορέα;E-mail;Παρατηρήσεις\n"
    "000000000017;Δήμος Ήλιδας;a@ilida.example;Διατηρεί τον κωδικό του\n"
    "000000000025;Δήμος Καντάνου - Σελίνου;a@selino.example;διατηρεί τον κωδικό\n"
    "000000000033;Δήμος Γαύδου;a@gavdos.example;\n"
)
CIRCULAR = (
    "ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ\nΤμήμα Δοκιμών\nΠληροφορίες: Γραφείο: 210 000 0001\n\nΘΕΜΑ: Κωδικοί\n\n"
    "Νέοι κωδικοί θα ισχύσουν από 1 ΔΕΚΕΜΒΡΙΟΥ 2020.\nΕξαίρεση αποτελούν οι Δήμοι ΚΑΝΤΑΝΟΥ-ΣΕΛΙΝΟΥ και ΗΛΙΔΑΣ.\n"
)


@pytest.fixture
def annex(tmp_path: Path) -> Path:
    """An annex of three bodies, two of which keep their code."""
    path = tmp_path / "Φορείς.CSV"
    path.write_bytes(ANNEX.encode())
    return path


@pytest.fixture
def circular(tmp_path: Path) -> Path:
    """A circular that tells neither folder nor deadline."""
    path = tmp_path / "circular-in.txt"
    path.write_bytes(CIRCULAR.encode())
    return path


def draft(tmp_path: Path, annex: Path, circular: Path | None, slug: str = "2020-11") -> Draft:
    """Begin a campaign in a content folder of the test's own."""
    return draft_campaign(tmp_path / "content", slug, annex, circular, Problems())


def test_keepers_are_looked_up_once_the_annex_is_right(tmp_path: Path, annex: Path, circular: Path) -> None:
    """A draft whose annex had mistakes says so until it is corrected; then those that keep their code are named."""
    good = understand(annex, None, Problems()).agencies
    annex.write_bytes(ANNEX.replace("000000000033", "33").encode())
    found = draft(tmp_path, annex, circular)
    assert found.awaits_annex
    now, keepers = found.looked_up(good)
    assert (now.awaits_annex, keepers) == (False, ("Δήμος Ήλιδας", "Δήμος Καντάνου - Σελίνου"))
    assert any("Ήλιδας" in note for note in now.notes)
    assert {*found.doubts} - {*now.doubts} == {each for each in found.doubts if "nobody was looked up" in each}
    assert not any("keeps_code" in doubt for doubt in found.doubts), "staff in the desk see labels, no keys"
    assert {*found.notes} <= {*now.notes}


def test_a_campaign_begins_whole(tmp_path: Path, annex: Path, circular: Path) -> None:
    """The annex is copied byte for byte, the site and the campaign can be read, and every file written is named."""
    found = draft(tmp_path, annex, circular)
    folder = tmp_path / "content" / "2020-11"
    assert found.folder == folder
    assert (folder / "annex.csv").read_bytes() == ANNEX.encode()
    names = [path.name for path in found.files]
    assert sorted(names) == ["annex.csv", "campaign.toml", "circular.md", "site.toml"]
    assert sorted(path.name for path in folder.parent.iterdir()) == ["2020-11", "site.toml"]
    problems = Problems()
    site = read_site(folder.parent, problems)
    assert not problems.all()
    assert site
    assert (site.operator, site.contact.phones) == ("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ", ("210 000 0001",))


@pytest.mark.parametrize(
    ("line", "operator"),
    [
        ("ΥΠΟΥΡΓΕΙΟ  ΕΣΩΤΕΡΙΚΩΝ", "Υπουργείο Εσωτερικών"),
        ("ΥΠΟΥΡΓΕΙΟ ΠΑΙΔΕΙΑΣ, ΘΡΗΣΚΕΥΜΑΤΩΝ & ΑΘΛΗΤΙΣΜΟΥ", "ΥΠΟΥΡΓΕΙΟ ΠΑΙΔΕΙΑΣ, ΘΡΗΣΚΕΥΜΑΤΩΝ & ΑΘΛΗΤΙΣΜΟΥ"),
    ],
)
def test_a_ministry_is_proposed_in_small_letters(tmp_path: Path, annex: Path, line: str, operator: str) -> None:
    """Title and operator have the accents of a ministry that words.toml knows; another line stays as it is written."""
    path = tmp_path / "circular-in.txt"
    path.write_text(CIRCULAR.replace("ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ", line), encoding="utf-8")
    site = read_site(draft(tmp_path, annex, path).folder.parent, Problems())
    assert site
    assert (site.title, site.operator) == (f"Κωδικοί πρόσβασης - {operator}", operator)


@pytest.mark.usefixtures("in_greek")
@pytest.mark.parametrize("text", ["", CIRCULAR, DOCUMENT, f"ΑΔΑ: Α\nΠΡΟΣ: Δήμους\nΚΟΙΝ.: Όλους\n\n{CIRCULAR}"])
def test_a_campaign_begins_in_greek(tmp_path: Path, annex: Path, text: str) -> None:
    """Everything that is understood or doubtful, and the comments of both files, is Greek without an English word."""
    path = tmp_path / "circular-in.txt"
    path.write_bytes(text.encode())
    found = draft(tmp_path, annex, path if text else None)
    files = [path.read_text(encoding="utf-8") for path in found.files if path.suffix == ".toml"]
    lines = "\n".join(files).split("\n")
    comments = [line.rpartition("# ")[2] for line in lines if "# " in line]
    assert "Όσα είναι κοινά σε όλες τις σελίδες του ιστοτόπου." in comments
    assert [text for text in (*found.notes, *found.doubts, *comments) if english_in(text)] == []
    assert all(tomllib.loads(text) for text in files)


def test_check_asks_for_what_is_unknown(tmp_path: Path, annex: Path, circular: Path) -> None:
    """A fact that the document does not tell is a commented line in campaign.toml, and an error of the next check."""
    found = draft(tmp_path, annex, circular)
    text = (found.folder / "campaign.toml").read_text(encoding="utf-8")
    assert re.search(r"^# deadline = 2020-11-30 .*last day to act: fill this in", text, re.MULTILINE)
    problems = Problems()
    read_campaign(found.folder, problems)
    assert {problem.at.cell for problem in problems.all() if "missing" in problem.message} >= {"deadline", "folder"}


def test_those_who_keep_their_code_are_found(tmp_path: Path, annex: Path, circular: Path) -> None:
    """Names that the annex's notes and the circular's exception share become keeps_code."""
    found = draft(tmp_path, annex, circular)
    facts = tomllib.loads((found.folder / "campaign.toml").read_text(encoding="utf-8"))
    assert facts["keeps_code"] == ["Δήμος Ήλιδας", "Δήμος Καντάνου - Σελίνου"]


def test_an_exception_that_names_nobody_is_a_doubt(tmp_path: Path, annex: Path, circular: Path) -> None:
    """A sentence that excepts agencies, of which the annex has none, is quoted."""
    circular.write_text(CIRCULAR.replace("ΚΑΝΤΑΝΟΥ-ΣΕΛΙΝΟΥ και ΗΛΙΔΑΣ", "ΑΛΛΟΥ και ΠΕΡΑ"), encoding="utf-8")
    doubts = draft(tmp_path, annex, circular).doubts
    assert any("ΑΛΛΟΥ και ΠΕΡΑ" in doubt and "names no agency of the annex" in doubt for doubt in doubts)


def test_one_witness_alone_is_a_doubt() -> None:
    """A name that only the notes or only the text tell is no fact; a name borne twice is told as its user name."""
    keeps = "Διατηρεί τον κωδικό"
    agencies = [
        Agency(username="000000000001", name="Δήμος Ηρακλείου", notes=keeps),
        Agency(username="000000000002", name="Δήμος Ηρακλείου"),
        Agency(username="000000000003", name="Δήμος Γαύδου", notes=keeps),
        Agency(username="000000000004", name="Δήμος Ήλιδας"),
    ]
    found = find_keepers(agencies, ["Οι νέοι ισχύουν. Εξαιρούνται οι Δήμοι ΗΡΑΚΛΕΙΟΥ και ΗΛΙΔΑΣ. Ο Δήμος Γαύδου όχι."])
    assert found.both == ("000000000001",)
    assert found.notes_only == ("Δήμος Γαύδου",)
    assert found.text_only == ("000000000002", "Δήμος Ήλιδας")


@posix_only("Windows has no such modes")
def test_a_new_campaign_is_closed_to_others(tmp_path: Path, annex: Path, circular: Path) -> None:
    """Its folder is 0700 and every file in it 0600, whatever the mode of the annex that was given."""
    annex.chmod(0o644)
    folder = draft(tmp_path, annex, circular).folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_campaign_is_never_overwritten(tmp_path: Path, annex: Path, circular: Path) -> None:
    """A folder that is there already is wrong usage that names it, and stays as it is."""
    folder = tmp_path / "content" / "2020-11"
    folder.mkdir(parents=True)
    with pytest.raises(UsageError, match="2020-11"):
        draft(tmp_path, annex, circular)
    assert not list(folder.iterdir())


def test_an_existing_site_stays(tmp_path: Path, annex: Path, circular: Path) -> None:
    """A site.toml that is there is not touched."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "site.toml").write_text("kept", encoding="utf-8")
    draft(tmp_path, annex, circular)
    assert (tmp_path / "content" / "site.toml").read_text(encoding="utf-8") == "kept"


def test_a_circular_that_cannot_be_read_leaves_nothing(tmp_path: Path, annex: Path) -> None:
    """A PDF as circular is an error of the inputs, and nothing is written."""
    pdf = tmp_path / "circular.pdf"
    pdf.write_bytes(b"%PDF-1.7")
    with pytest.raises(InputError, match="this is a PDF"):
        draft(tmp_path, annex, pdf)
    assert not (tmp_path / "content").exists()


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path, annex: Path) -> None:
    """A content folder that is a file is reported in a sentence as the machine's failure."""
    (tmp_path / "content").write_text("no folder", encoding="utf-8")
    with pytest.raises(MachineError, match="cannot be written"):
        draft(tmp_path, annex, None)


def test_without_a_circular_the_text_is_begun(tmp_path: Path, annex: Path) -> None:
    """Without a circular the campaign begins with a first sentence, and says that the facts are missing."""
    found = draft(tmp_path, annex, None)
    assert "{{ folder }}" in (found.folder / "circular.md").read_text(encoding="utf-8")
    assert any("no circular was given" in doubt for doubt in found.doubts)


@pytest.mark.parametrize("slug", ["Νοέμβριος 2020", "-a", "a" * 61, "a_b", "", "../x", "server", "con", "CON/.."])
def test_a_bad_name_is_refused_with_the_nearest_good_one(tmp_path: Path, annex: Path, slug: str) -> None:
    """A campaign's name that cannot stand in a web address is wrong usage; the hint has one that can."""
    with pytest.raises(UsageError) as error:
        draft(tmp_path, annex, None, slug)
    near = error.value.hint.split('"')[1]
    assert SLUG.fullmatch(near)
    draft(tmp_path, annex, None, near)


@given(st.text(max_size=80))
def test_the_nearest_name_is_always_good(text: str) -> None:
    """The suggestion can be used, whatever was typed."""
    assert SLUG.fullmatch(nearest_slug(text))


def test_an_annex_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A file that is no spreadsheet, or not there, is wrong usage that names it."""
    for name in ("annex.pdf", "annex.xlsx"):
        with pytest.raises(UsageError, match=name):
            draft(tmp_path, tmp_path / name, None)
