"""The staff's path, as it is typed: from an annex and a circular to a proved site, and on to the next campaign."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.support.small_site import SmallSite

if TYPE_CHECKING:
    import subprocess

CIRCULAR = """\
ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ
ΥΠΟΥΡΓΕΙΟ ΔΟΚΙΜΩΝ
Τμήμα Δοκιμών
Ταχ. Δ/νση: Οδός Υποδείγματος 1, 101 00 Αθήνα
Πληροφορίες: Γραφείο: 210 000 0001

Αθήνα, 17-11-2020
Αριθμ. Πρωτ.: 555
Προθεσμία για ενέργειες: 30-11-2020

ΠΡΟΣ: Δήμους της Χώρας

ΘΕΜΑ: Νέοι κωδικοί πρόσβασης

Νέοι κωδικοί θα ισχύσουν από 1 Δεκεμβρίου 2020, στον φάκελο με όνομα «ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020».
Κάθε φορέας παραλαμβάνει τον νέο κωδικό του έως τις 30-11-2020, αλλιώς δεν θα μπορεί να συνδεθεί.
Εξαίρεση αποτελεί ο Δήμος Γαύδου, που συνεχίζει με τον κωδικό που ήδη έχει.
"""
TITLE = ("ΠΑΡΑΡΤΗΜΑ: φορείς και υπεύθυνοι επικοινωνίας",)
HEADER = ("Κωδικός φορέα (όνομα χρήστη)", "Επωνυμία φορέα", "E-mail υπεύθυνου επικοινωνίας", "Παρατηρήσεις")
# Three mistakes of the kind that people make: a Greek letter in an address, a lost zero, a user name that stands twice.
MISTAKEN = (
    ("012345678901", "Δήμος Θήρας", "thira@dimοs.example", ""),
    (12345678902, "Δήμος Ανάφης", "anafi@dimos.example", ""),
    ("112345678903", "Δήμος Σικίνου", "sikinos@dimos.example", ""),
    ("112345678903", "Δήμος Φολεγάνδρου", "a@fol.example; b@fol.example", ""),
    ("112345678905", "Δήμος Γαύδου", "gavdos@dimos.example", "Διατηρεί τον κωδικό του"),
    ("112345678906", "Δήμος Ίου", "", "δεν έχει δηλωθεί υπεύθυνος"),
)
MENDED = (
    ("012345678901", "Δήμος Θήρας", "thira@dimos.example", ""),
    ("012345678902", *MISTAKEN[1][1:]),
    MISTAKEN[2],
    ("112345678904", *MISTAKEN[3][1:]),
    *MISTAKEN[4:],
)
NEXT = (*MENDED[:2], ("112345678903", "Δήμος Σικίνου", "nea@sikinos.example", ""), *MENDED[4:])
PASSWORDS = "".join(f"{row[0]}:old\n" for row in MENDED)
SLUG, LATER = "2020-11", "2021-05"


def write_annex(path: Path, rows: tuple[tuple[str | int, ...], ...]) -> None:
    """An annex as Excel keeps it, with a title above its header."""
    book = openpyxl.Workbook()
    for row in (TITLE, HEADER, *rows):
        book.worksheets[0].append(row)
    book.save(path)


@pytest.fixture
def desk(tmp_path: Path) -> SmallSite:
    """A desk with the two documents on it, and no content folder yet."""
    write_annex(tmp_path / "Παράρτημα.xlsx", MISTAKEN)
    (tmp_path / "Έγγραφο.txt").write_text(CIRCULAR, encoding="utf-8")
    return SmallSite(tmp_path)


def done(run: subprocess.CompletedProcess[str]) -> str:
    """Return the output of a command that succeeded."""
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def first_campaign(desk: SmallSite) -> str:
    """Type what begins the first campaign; what it says."""
    annex, circular = desk.base / "Παράρτημα.xlsx", desk.base / "Έγγραφο.txt"
    return done(desk.run("new", SLUG, "--lang=en", "--annex", str(annex), "--circular", str(circular)))


def fill_in(toml: Path, **values: str) -> None:
    """Write what is missing into a settings file, as a person does in an editor."""
    text = toml.read_text(encoding="utf-8")
    for key, value in values.items():
        text, found = re.subn(rf"(?m)^(?:# )?{key} = .*?(?=\s+#|$)", f"{key} = {value}", text, count=1)
        assert found, key
    toml.write_text(text, encoding="utf-8")


def test_the_first_campaign(desk: SmallSite) -> None:
    """The circular gives the facts; each mistake is told with its cell; mended, the site is built and proved."""
    told = first_campaign(desk)
    facts = ("the folder's name: ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020", "the protocol number: 555", "the last day to act: 2020-11-30")
    assert [fact for fact in facts if fact not in told] == []

    run = desk.run("check", SLUG, "--lang=en")
    assert run.returncode == 1
    for cell in ("C3", "A4", "A6"):
        assert re.search(rf"error: annex\.xlsx, \S+!{cell}\b|error: annex\.xlsx, [^\n]*\b{cell}\b", run.stdout), cell
    assert "a Greek" in run.stdout
    built = desk.run("build", "--lang=en")
    assert (built.returncode, desk.folders.out.exists(), desk.folders.private.exists()) == (1, False, False)

    write_annex(desk.campaign / "annex.xlsx", MENDED)
    fill_in(desk.campaign / "campaign.toml", keeps_code='["Δήμος Γαύδου"]')
    missing = desk.run("check", SLUG, "--lang=en")
    assert missing.returncode == 1
    assert "current.htpasswd" in missing.stdout
    desk.write_passwords(PASSWORDS)
    assert "6 (4 get a new code, 1 keep theirs, 1 must call)" in done(desk.run("check", SLUG, "--lang=en"))

    told = done(desk.run("build", "--lang=en", "--date=2020-11-18"))
    assert "4 new, 0 unchanged" in told
    assert "on 1 December 2020" in told
    assert "4 archives opened" in done(desk.run("verify", "--lang=en"))


@pytest.fixture
def built(desk: SmallSite) -> SmallSite:
    """The desk with the first campaign on the site, whose archives stay until the end of January."""
    write_annex(desk.base / "Παράρτημα.xlsx", MENDED)
    desk.write_passwords(PASSWORDS)
    first_campaign(desk)
    fill_in(desk.campaign / "campaign.toml", keeps_code='["Δήμος Γαύδου"]', files_until="2021-01-31")
    done(desk.run("build", "--date=2020-11-18"))
    return desk


def test_the_next_campaign_from_the_last(built: SmallSite) -> None:
    """The last one's texts go on, what changed is listed, what is missing asked for; both are then on the site."""
    annex = built.base / "Νέο παράρτημα.xlsx"
    write_annex(annex, NEXT)
    told = done(built.run("new", LATER, "--lang=en", "--from", SLUG, "--annex", str(annex)))
    assert "1 agency is gone:\n    112345678904  Δήμος Φολεγάνδρου\n" in told
    assert "1 agency has other addresses:\n    112345678903  Δήμος Σικίνου\n" in told
    assert "@" not in told.replace(str(annex), "")

    run = built.run("check", LATER, "--lang=en")
    assert run.returncode == 1
    asked = re.findall(r"campaign\.toml, ([\w.]+)", run.stdout)
    assert asked == ["folder", "deadline", "effective", "files_until", "circular.protocol", "circular.date"]
    toml = built.folders.content / LATER / "campaign.toml"
    dates = {"deadline": "2021-05-30", "effective": "2021-06-01", "files_until": "2021-07-31", "date": "2021-05-10"}
    text = toml.read_text(encoding="utf-8").replace('"fill this in"', '""')
    toml.write_text(text, encoding="utf-8")
    fill_in(toml, folder='"ΝΕΟΙ ΚΩΔΙΚΟΙ 05_2021"', protocol='"777"', **dates)

    first = (built.secrets / "htpasswd.after").read_text(encoding="utf-8")
    built.write_passwords(first)  # as the server has it by then
    told = done(built.run("build", "--lang=en", "--date=2021-05-11"))
    later, earlier = (Path("private", slug, "handover") for slug in (LATER, built.secrets.name))
    assert f"whole: its README.txt has the steps ({later})\n" in told
    assert str(earlier) not in told
    assert "3 archives opened" in done(built.run("verify", LATER, "--lang=en"))


def test_several_campaigns_side_by_side(built: SmallSite) -> None:
    """An old campaign stays as its circular; the newest stands first on the home page and in the folders."""
    done(built.run("new", LATER, "--from", SLUG))
    toml = built.folders.content / LATER / "campaign.toml"
    text = re.sub(r'files_until = "[^"]*"', "files_until = 2021-07-31", toml.read_text(encoding="utf-8"))
    toml.write_text(text, encoding="utf-8")
    fill_in(toml, folder='"ΝΕΟΙ ΚΩΔΙΚΟΙ 05_2021"', protocol='"777"', deadline="2021-05-30", effective="2021-06-01")
    fill_in(toml, date="2021-05-10")
    archives = {slug: built.folders.out / "files" / slug for slug in (SLUG, LATER)}
    assert len([*archives[SLUG].rglob("*.zip")]) == 4
    done(built.run("build", "--date=2021-01-31"))
    assert {slug: len([*folder.rglob("*.zip")]) for slug, folder in archives.items()} == {SLUG: 4, LATER: 4}
    done(built.run("build", "--date=2021-05-11"))
    assert {slug: len([*folder.rglob("*.zip")]) for slug, folder in archives.items()} == {SLUG: 0, LATER: 4}
    for slug in (SLUG, LATER):
        assert (built.folders.out / "circulars" / slug / "index.html").is_file()
        assert (archives[slug] / "012345678901" / "index.html").is_file() == (slug == LATER)
    for page in ("index.html", "files/index.html"):
        html = (built.folders.out / page).read_text(encoding="utf-8")
        assert html.index("ΝΕΟΙ ΚΩΔΙΚΟΙ 05_2021") < html.index("ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020"), page
