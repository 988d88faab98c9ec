from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_src.pipeline.reading import read_inputs
from site_src.problems import Problem, Problems, Severity, Topic
from site_src.read.content.campaign_folder import (
    CAMPAIGN,
    campaign_folders,
    check_campaign,
    find_annexes,
    is_campaign,
    is_slug,
)
from tests.support.content_files import CIRCULAR, DATES, campaign_of, only
from tests.support.small_site import DAY, ROWS, SLUG
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.small_site import SmallSite


@pytest.mark.parametrize("slug", ["2020-11", "a", "2020-11-access-codes", "x" * 60])
def test_a_good_slug_is_a_campaign(slug: str, tmp_path: Path, problems: Problems) -> None:
    """Small Latin letters, digits and hyphens between them make a campaign's folder."""
    (tmp_path / slug).mkdir()
    (tmp_path / slug / "campaign.toml").touch()
    assert campaign_folders(tmp_path, problems) == (tmp_path / slug,)
    assert problems.all() == ()


@pytest.mark.parametrize("slug", ["Κωδικοί", "2020 11", "A", "-a", "a-", "a_b", "x" * 61, "a.b", "server", "а"])  # noqa: RUF100
def test_a_bad_slug_is_told(slug: str, tmp_path: Path, problems: Problems) -> None:
    """A name that cannot stand in a web address, or that is taken, is an error that quotes it, with all the rules."""
    (tmp_path / slug).mkdir()
    (tmp_path / slug / "annex.csv").touch()
    campaign_folders(tmp_path, problems)
    assert (only(problems).value, only(problems).topic) == (slug, Topic.FILE)
    assert 'at most 60, and not "server"' in only(problems).message


@pytest.mark.parametrize("name", ["con", "nul", "aux", "prn", "com1", "lpt9"])
def test_a_device_of_windows_is_no_slug(name: str) -> None:
    """Windows makes no folder of such a name, and opens a device instead."""
    assert not is_slug(name)
    assert is_slug(f"{name}-codes")


def test_campaigns_come_in_the_order_of_their_names(tmp_path: Path, problems: Problems) -> None:
    """Hidden folders, files, and folders without annex or campaign.toml are none."""
    for name in ("b", "a", ".git", "notes"):
        (tmp_path / name).mkdir()
    for name in ("b/campaign.toml", "a/annex.XLSX", ".git/campaign.toml", "notes/readme.txt", "campaign.toml"):
        (tmp_path / name).touch()
    assert [path.name for path in campaign_folders(tmp_path, problems)] == ["a", "b"]
    assert problems.all() == ()


def test_no_content_folder_is_a_problem(tmp_path: Path, problems: Problems) -> None:
    """A mistyped --content is told, with the option to use."""
    assert campaign_folders(tmp_path / "none", problems) == ()
    assert "--content" in only(problems).hint


@pytest.mark.parametrize("name", ["annex.xlsx", "annex.xls", "annex.ods", "annex.csv", "Annex.CSV"])
def test_the_one_annex_is_found(name: str, tmp_path: Path, problems: Problems) -> None:
    """Each of the four formats is found, in any letter case, among other files."""
    campaign = campaign_of(tmp_path, DATES + CIRCULAR, problems)
    for each in (name, "annex.pdf", "annex-old.xlsx", "annex.xlsx.bak"):
        (tmp_path / each).touch()
    assert find_annexes(campaign, problems) == (tmp_path / name,)
    assert problems.all() == ()


@pytest.mark.parametrize("names", [[], ["annex.xlsx", "annex.csv"], ["annex.ods", "annex.xls", "annex.csv"]])
def test_none_or_several_annexes_are_told(names: list[str], tmp_path: Path, problems: Problems) -> None:
    """No guess is made among several annexes; the message names them all."""
    campaign = campaign_of(tmp_path, DATES + CIRCULAR, problems)
    for each in names:
        (tmp_path / each).touch()
    assert [path.name for path in find_annexes(campaign, problems)] == sorted(names)
    assert all(each in str(only(problems)) for each in names)


THIRA = "012345678901"


def lay(site: SmallSite, *names: str) -> None:
    """Lay files into the content folder; a name that ends in a stroke is a folder's."""
    for name in names:
        path = site.folders.content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir()
        else:
            path.write_text("x", encoding="utf-8")


def told(site: SmallSite) -> list[Problem]:
    """Return all that reading the content folder finds wrong."""
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    return list(problems.all())


@pytest.mark.parametrize(
    ("name", "at", "hint"),
    [
        ("annex (2).xlsx", "annex (2).xlsx", 'did you mean "annex.csv"? That is there already'),
        ("παράρτημα.xlsx", "παράρτημα.xlsx", 'did you mean "annex.csv"? That is there already'),
        ("annex.numbers", "annex.numbers", 'did you mean "annex.csv"? That is there already'),
        ("circular - Αντίγραφο.md", "circular - Αντίγραφο.md", 'did you mean "circular.md"? That is there already'),
        ("attachment/", "attachment/", 'rename "attachment" to "attachments"'),
        pytest.param(
            *("Attachments/a.pdf", "Attachments/", 'rename "Attachments" to "attachments"'),
            marks=posix_only("Windows takes both letter cases for one name"),
        ),
        ("Συνημμένα/a.pdf", "Συνημμένα/", 'rename "Συνημμένα" to "attachments"'),
        (f"Files/{THIRA}/a.pdf", "Files/", 'rename "Files" to "files"'),
        ("Αρχεία/", "Αρχεία/", 'rename "Αρχεία" to "files"'),
        ("letter.typ.txt", "letter.typ.txt", 'rename "letter.typ.txt" to "letter.typ": Windows hides'),
        ("επιστολή.typ", "επιστολή.typ", 'rename "επιστολή.typ" to "letter.typ"'),
        ("htpasswd", "htpasswd", 'rename "htpasswd" to "current.htpasswd"'),
        ("signed.pdf", "signed.pdf", "put it into attachments/ to publish it beside the circular"),
        ("Φορείς.xlsx", "Φορείς.xlsx", "put it into attachments/ to publish it beside the circular"),
        ("circular.docx", "circular.docx", "put it into attachments/ to publish it beside the circular"),
        ("Reminder.txt", "Reminder.txt", 'rename "Reminder.txt" to "reminder.md"'),
        ("υπενθύμιση.md", "υπενθύμιση.md", 'rename "υπενθύμιση.md" to "reminder.md"'),
        ("archive/old.pdf", "archive/", "known here are campaign.toml, circular.md, annex.*, "),
        ("site.toml", "site.toml", "it belongs in the content folder itself"),
        ("campaign.key", "campaign.key", "it belongs in the campaign's folder in the private folder"),
        ("attachments", "attachments", '"attachments" must be a folder'),
        ("annex.ods/", "annex.ods/", '"annex.ods" must be a file'),
        ("../privacy.md", "privacy.md", "known here are site.toml, help.md, accessibility.md"),
        ("../Help.md", "Help.md", 'rename "Help.md" to "help.md"'),
        ("../βοήθεια.md", "βοήθεια.md", 'rename "βοήθεια.md" to "help.md"'),
        ("../annex.xlsx", "annex.xlsx", "it belongs in a campaign's folder"),
        ("../attachments/", "attachments/", "it belongs in a campaign's folder"),
        ("../current.htpasswd", "current.htpasswd", "it belongs in the private folder itself"),
        ("../pages", "pages", '"pages" must be a folder'),
        ("help.md", "help.md", "it belongs in the content folder itself"),
        ("../logo.png", "logo.png", 'for the logo, write logo = "logo.png" in site.toml'),
        ("../notes/a.txt", "notes/", "a campaign has campaign.toml, circular.md, annex.*, "),
        ("../page/a.md", "page/", 'rename "page" to "pages"'),
        ("../Σελίδες/a.md", "Σελίδες/", 'rename "Σελίδες" to "pages"'),
    ],
)
def test_what_nobody_would_read_is_an_error(name: str, at: str, hint: str, site: SmallSite) -> None:
    """A file or folder that is not known is told once, with the nearest known name or where it belongs."""
    before = told(site)
    lay(site, f"{SLUG}/{name}")
    found = [problem for problem in told(site) if problem not in before]
    assert [(problem.at.file, problem.severity) for problem in found] == [(at, Severity.ERROR)]
    assert found[0].hint.startswith(hint)


OF_SYSTEMS_AND_EDITORS = (
    *("Thumbs.db", "desktop.ini", ".DS_Store", ".gitignore", ".git/config", "$RECYCLE.BIN/", "__MACOSX/._a"),
    *("circular.md~", ".circular.md.swp", "#circular.md#", "circular.md.bak", "nppBackup/a.bak", "annex.xlk"),
    *("~$closed.xlsx", "~WRL0001.tmp", ".~lock.closed.ods#", "2A3B4C00", "circular.md.sb-1a2b3c4d-Xy12Zz"),
)


@pytest.mark.parametrize("folder", ["", f"{SLUG}/", f"{SLUG}/attachments/", f"{SLUG}/files/"])
def test_files_of_systems_and_editors_are_passed_over(folder: str, site: SmallSite) -> None:
    """Nobody put them there on purpose, and nobody misses them, wherever they are: a problem would name its file."""
    before = told(site)
    lay(site, *(folder + name for name in OF_SYSTEMS_AND_EDITORS))
    assert [problem for problem in told(site) if problem not in before] == []


def test_every_known_name_is_known(site: SmallSite) -> None:
    """No file or folder that a campaign may have is a stranger in it."""
    for name in CAMPAIGN.files:
        lay(site, f"{SLUG}/{name}")
    for name in CAMPAIGN.folders:
        lay(site, f"{SLUG}/{name}/")
    problems = Problems()
    check_campaign(site.campaign, problems)
    assert problems.all() == ()


def test_what_a_letter_takes_in_is_known(site: SmallSite) -> None:
    """A logo and a part of a campaign's own template lie beside it; without a template nobody reads them."""
    lay(site, f"{SLUG}/logo.png", f"{SLUG}/parts.typ", f"{SLUG}/other.png")
    problems = Problems()
    check_campaign(site.campaign, problems)
    assert [problem.at.file for problem in problems.all()] == ["logo.png", "other.png", "parts.typ"]
    (site.campaign / "letter.typ").write_text('#import "parts.typ"', encoding="utf-8")
    (site.campaign / "parts.typ").write_text('#image("logo.png")', encoding="utf-8")
    problems = Problems()
    check_campaign(site.campaign, problems)
    assert only(problems).at.file == "other.png"


@pytest.mark.parametrize(
    ("lock", "name", "program"),
    [
        ("~$annex.csv", "annex.csv", "Excel"),
        (".~lock.annex.csv#", "annex.csv", "LibreOffice"),
        ("attachments/~$signed.docx", "attachments/signed.docx", "Word"),
        (f"files/{THIRA}/~$list.xlsx", f"files/{THIRA}/list.xlsx", "Excel"),
    ],
)
def test_a_file_that_is_open_is_a_warning(lock: str, name: str, program: str, site: SmallSite) -> None:
    """Changes that are not saved are not read; a lock without its file, which a crash left, means nothing."""
    before = told(site)
    lay(site, f"{SLUG}/{lock}")
    if name != "annex.csv":
        assert told(site) == before
        lay(site, f"{SLUG}/{name}")
    new = (problem for problem in told(site) if problem not in before)
    (warning,) = (
        problem for problem in new if problem.severity is Severity.WARNING
    )  # it is no document by its content
    assert warning.at.file == name
    assert warning.message.startswith(f"this file is open in {program}: ")


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["annex (2).xlsx"], 'rename "annex (2).xlsx" to "annex.xlsx"'),
        (["Φορείς.ods"], 'rename "Φορείς.ods" to "annex.ods"'),
        (["annex.csv.txt"], 'rename "annex.csv.txt" to "annex.csv"'),
        (["annex.numbers"], "open it in Numbers"),
        (["annex.xlsm"], "open it in Excel or LibreOffice and save it"),
        (["Παράρτημα.xlsb"], "open it in Excel or LibreOffice and save it"),
        (["annex.gsheet"], "open it in Google Sheets"),
        (["annex.pdf"], "open it in Excel or LibreOffice and save it"),
        (["a.xlsx", "b.xls"], "rename the one that is the annex to annex.xlsx or annex.xls or"),
    ],
)
def test_without_an_annex_the_spreadsheets_are_named(names: list[str], hint: str, site: SmallSite) -> None:
    """Each that lies there is in the one error, and none is told as a stranger besides."""
    (site.campaign / "annex.csv").unlink()
    lay(site, *(f"{SLUG}/{name}" for name in names))
    (error,) = (problem for problem in told(site) if problem.severity is Severity.ERROR)
    assert error.value == ", ".join(sorted(names))
    assert error.hint.startswith(hint)


def test_numbers_may_save_a_folder(tmp_path: Path, problems: Problems) -> None:
    """A spreadsheet of Numbers that is a folder is named as one that is a file."""
    campaign = campaign_of(tmp_path, DATES + CIRCULAR, problems)
    (tmp_path / "annex.numbers").mkdir()
    assert find_annexes(campaign, problems) == ()
    assert only(problems).hint.startswith("open it in Numbers")


@posix_only("Windows takes both letter cases for one name")
@pytest.mark.parametrize("name", ["Annex.csv", "annex.CSV", "ANNEX.csv"])
def test_another_letter_case_is_misnamed(name: str, site: SmallSite) -> None:
    """Windows would take it for the annex and Linux would not: it is read, and told."""
    (site.campaign / "annex.csv").rename(site.campaign / name)
    (error,) = (problem for problem in told(site) if problem.severity is Severity.ERROR)
    assert (error.at.file, error.hint) == (name, f'rename "{name}" to "annex.csv"')


@pytest.mark.parametrize(
    ("name", "expected"),
    [("campaign.toml.txt", True), ("Circular.md", True), ("παράρτημα.xlsx", True), ("a.xlsx", False), ("x.md", False)],
)
def test_a_folder_is_a_campaigns_by_what_was_meant(name: str, expected: bool, tmp_path: Path) -> None:  # noqa: FBT001 (pytest hands it over by name)
    """One whose files are all misnamed is told what to rename; one of other files is none."""
    (tmp_path / name).touch()
    assert is_campaign(tmp_path) is expected


CRETE = ROWS[2].split(";")[0]


@pytest.mark.parametrize(
    ("name", "misnamed"),
    [
        ("content/site.toml", "site.toml.txt"),
        (f"content/{SLUG}/campaign.toml", "campaign.toml.txt"),
        (f"content/{SLUG}/circular.md", "circular.md.txt"),
        (f"content/{SLUG}/annex.csv", "annex.csv.csv"),
        ("private/current.htpasswd", "current.htpasswd.txt"),
    ],
)
def test_an_ending_that_windows_hides_is_told(name: str, misnamed: str, site: SmallSite) -> None:
    """A file that seems to have its name, and has an ending more, is missing: the hint says what to rename."""
    site.write(top=f'keeps_code = ["{CRETE}"]')
    site.write_passwords(f"{CRETE}:old\n")
    path = site.base / name
    path.rename(path.with_name(misnamed))
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    assert problems.all()[0].hint.startswith(f'rename "{misnamed}" to "{path.name}"')


def test_a_file_that_is_missing_keeps_its_hint(site: SmallSite) -> None:
    """Without a file of a like name, the hint says to write it."""
    (site.campaign / "circular.md").unlink()
    problems = Problems()
    read_inputs(site.folders, DAY, problems)
    assert problems.all()[0].hint.startswith("write the circular's text")
