from __future__ import annotations

import gzip
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import html5lib
import pytest
from openpyxl import load_workbook

from site_src.commands.messages import report_lines
from site_src.language.catalogues import Words
from site_src.pipeline.reading import read_inputs
from site_src.problems import InputError, Problems, Severity, StateError
from site_src.read.inputs import Inputs
from site_src.report.reporting import count, write
from tests.support.small_site import DAY, SLUG, SmallSite
from tests.support.systems import posix_only

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

    from site_src.report.collection import Report

THIRA, ATTICA, CRETE = "012345678901", "112345678901", "212345678901"
FORMULA = "412345678901;=1+1 <b>& Co</b>;Περιφέρεια Νοτίου Αιγαίου;formula@dimos.example;"
ROWS = (
    f"{THIRA};Δήμος Θήρας;Περιφέρεια Νοτίου Αιγαίου;thira@dimos.example;",
    f"{ATTICA};Δήμος Ηρακλείου;Περιφέρεια Αττικής;a@dimos.example / B@dimos.example;",
    f"{CRETE};Δήμος Ηρακλείου;Περιφέρεια Κρήτης;kriti@dimos.example;",
    "312345678901;Δήμος Σικίνου;Περιφέρεια Νοτίου Αιγαίου;;",
    FORMULA,
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:82.0) Gecko/20100101 Firefox/82.0"
SITE = '[server]\nurl_prefix = "/codes"\n'
TODAY = date(2020, 12, 2)


def line(user: str, owner: str, *, status: int = 200, day: int = 18) -> str:
    """A line of a log: somebody asks for an agency's archive."""
    path = f"/codes/files/{SLUG}/{owner}/{owner}.zip"
    return f'203.0.113.7 - {user} [{day}/Nov/2020:10:15:00 +0200] "GET {path} HTTP/1.1" {status} 9 "-" "{FIREFOX}"\n'


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    """A small site that was built, with an agency whose name is a formula and markup."""
    site = SmallSite(tmp_path)
    site.write(ROWS, site=SITE)
    site.build()
    return site


def inputs_of(site: SmallSite, language: str = "el") -> Inputs:
    """Return the inputs that the command reads before it reports."""
    problems = Problems()
    inputs = read_inputs(site.folders, DAY, problems, SLUG)
    problems.stop_on_errors()
    words = Words(language)
    return Inputs(site=inputs.site, words=words, pages=inputs.pages, campaigns=inputs.campaigns)


def write_log(site: SmallSite, *lines: str, name: str = "access.log") -> Path:
    """A log beside the site; gzipped where its name says so."""
    path = site.base / name
    data = "".join(lines).encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def told(site: SmallSite, *logs: Path | BinaryIO, problems: Problems | None = None, language: str = "el") -> Report:
    """The report on these logs."""
    inputs = inputs_of(site, language)
    found = count(inputs, logs, site.folders, TODAY, problems or Problems())
    write(found, inputs)
    return found


def page_text(found: Report) -> str:
    """Return the text that a reader of the page sees, on one line."""
    tree = html5lib.parse(found.page.read_bytes(), namespaceHTMLElements=False)
    body = tree.find("body")
    assert body is not None
    return " ".join(" ".join(body.itertext()).split())


def rows_of(found: Report, sheet: int) -> Sequence[tuple[object, ...]]:
    """The rows of a sheet of the report."""
    return list(load_workbook(found.sheet).worksheets[sheet].iter_rows(values_only=True))


def test_the_figures(site: SmallSite) -> None:
    """The report counts who collected, who did not and why, the refused, the lines and the broken ones."""
    log = write_log(site, line(THIRA, THIRA), line(ATTICA, CRETE, status=403), line(CRETE, CRETE, status=401), "?\n")
    found = told(site, log)
    assert [one.agency.username for one in found.collected] == [THIRA]
    assert [(m.agency.username, m.wrong_codes) for m in found.missing] == [
        (ATTICA, 0), (CRETE, 1), ("412345678901", 0),
    ]  # fmt: skip
    assert [agency.username for agency in found.uncontacted] == ["312345678901"]
    assert (found.refused, found.tally.lines, found.tally.broken, found.unbuilt) == (1, 4, 1, ())


def test_rotated_gzipped_and_standard_input_in_any_order(site: SmallSite) -> None:
    """Logs of every kind count together, each file once however often it is named."""
    old = write_log(site, line(THIRA, THIRA, day=17), name="access.log.2.gz")
    new = write_log(site, line(THIRA, THIRA, day=20))
    problems = Problems()
    found = told(site, new, io.BytesIO(line(THIRA, THIRA, day=19).encode()), old, new, problems=problems)
    (one,) = found.collected
    assert (one.visits.first.day, one.visits.last.day, one.visits.times) == (17, 20, 3)
    assert problems.all() == ()


@pytest.mark.parametrize("text", ["", line(THIRA, THIRA).replace("/codes/", "/")])
def test_logs_of_another_server_are_reported(text: str, site: SmallSite) -> None:
    """Logs without a single line on the campaign's folder would make all agencies look as if they had not collected."""
    problems = Problems()
    assert len(told(site, write_log(site, text), problems=problems).missing) == 4
    (problem,) = problems.all()
    assert (problem.severity, problem.at.file) == (Severity.WARNING, f"/codes/files/{SLUG}/")
    told(site, write_log(site, line("-", THIRA, status=401)), problems=(quiet := Problems()))
    assert quiet.all() == ()


def test_the_page_is_valid_and_complete_in_itself(site: SmallSite) -> None:
    """The page is valid HTML in its language, asks for nothing, has no script, and gives every figure as text."""
    found = told(site, write_log(site, line(THIRA, THIRA, day=20), line(ATTICA, CRETE, status=403)))
    html = found.page.read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(html)
    assert '<html lang="el">' in html
    assert not re.search(r"<script|<link|<img|\bsrc=|\bhref=|url\(|@import|http", html)
    text = page_text(found)
    for part in (
        "Έχουν παραλάβει το έγγραφό τους: 1 από τους 4 φορείς (25%)",
        "Δήμος Θήρας 012345678901 20-11-2020 10:15",
        "Περιφέρεια Κρήτης 1 1",
        "=1+1 <b>& Co</b>",
        "Το όνομα είναι μόνο ό,τι δήλωσε ο επισκέπτης",
        "πρώτη ημέρα τους: 18 Νοεμβρίου 2020, ημερομηνία εγκυκλίου: 17 Νοεμβρίου 2020",
        "Παραλαβή έως",
    ):
        assert part in text, part
    assert "@dimos.example" not in html


def test_ids_and_labels_of_the_page_fit(site: SmallSite) -> None:
    """Every id stands once, every label leads to one, and the picture has a title and a description."""
    found = told(site, write_log(site, line(THIRA, THIRA), line(ATTICA, CRETE, status=403)))
    tree = html5lib.parse(found.page.read_bytes(), namespaceHTMLElements=False)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    labels = [label for element in tree.iter() for label in element.get("aria-labelledby", "").split()]
    assert len(set(ids)) == len(ids)
    assert set(labels) <= set(ids)
    (picture,) = (element for element in tree.iter() if element.tag.endswith("svg"))
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "curve curve-text"


def test_parents_that_are_no_regions_are_one_row(site: SmallSite) -> None:
    """Terminal, page and sheet list the regions, then all other parents together; the page tells each of them."""
    rows = [f"51234567890{number};Σύνδεσμος {number};{number} ΔΗΜΟΙ;s{number}@dimos.example;" for number in (5, 6, 6)]
    site.write((*ROWS, *rows[:2], rows[2].replace("2345", "5432")), site=SITE)
    site.build()
    found = told(site, write_log(site))
    assert [line.split("  ")[-1] for line in report_lines(found) if "other parents" in line] == ["other parents (2)"]
    text = page_text(found)
    assert "Λοιποί εποπτεύοντες φορείς (2) 3 3" in text
    assert "Λοιποί εποπτεύοντες φορείς 3 Σύνδεσμος 5 5 ΔΗΜΟΙ 512345678905" in text
    assert [row[3] for row in rows_of(found, 0)].count("Λοιποί εποπτεύοντες φορείς") == 3


def test_who_has_collected_is_folded_away(site: SmallSite) -> None:
    """The longest list of the page opens on demand and stays off the paper; its number is told."""
    html = told(site, write_log(site, line(THIRA, THIRA))).page.read_text(encoding="utf-8")
    folded = html.partition("<details>")[2].partition("</details>")[0]
    assert "Δήμος Θήρας" in folded
    assert "Δήμος Ηρακλείου" not in folded
    assert re.search(r"@media print \{.*details \{ display: none; \}", html, re.DOTALL)


def test_the_page_in_english(site: SmallSite) -> None:
    """An English site has an English report."""
    text = page_text(told(site, write_log(site, line(THIRA, THIRA)), language="en"))
    assert "Have collected their letter: 1 of 4 agencies (25%)." in text
    assert not re.search("Παραλαβ|φορείς", text)


def test_nobody_and_everybody(site: SmallSite) -> None:
    """A report on an empty log and one on which all have collected are whole pages too."""
    found = told(site, write_log(site))
    html5lib.HTMLParser(strict=True).parse(found.page.read_text(encoding="utf-8"))
    assert "0 από τους 4 φορείς (0%)" in page_text(found)
    usernames = [one.agency.username for one in found.missing]
    found = told(site, write_log(site, *(line(username, username) for username in usernames)))
    html5lib.HTMLParser(strict=True).parse(found.page.read_text(encoding="utf-8"))
    assert "Όλοι οι φορείς που έχουν έγγραφο το έχουν παραλάβει." in page_text(found)
    assert len(rows_of(found, 0)) == 2  # the header, and the one without a contact


def test_the_spreadsheet_is_the_list_to_call(site: SmallSite) -> None:
    """The missing stand there with their addresses and the reason, then those without a contact; formulas stay text."""
    found = told(site, write_log(site, line(THIRA, THIRA), line(CRETE, CRETE, status=401), line(CRETE, "x")))
    header, attica, crete, formula, sikinos = rows_of(found, 0)
    assert header[0] == "Φορέας"
    assert attica[:6] == (
        "Δήμος Ηρακλείου", "Δήμος", "Περιφέρεια Αττικής", "Περιφέρεια Αττικής", ATTICA,
        "a@dimos.example; B@dimos.example",
    )  # fmt: skip
    assert crete[6] == "Δεν έχει παραλάβει το έγγραφό του; 1 σύνδεση απορρίφθηκε"
    assert formula[0] == "=1+1 <b>& Co</b>"
    assert (sikinos[0], sikinos[6]) == ("Δήμος Σικίνου", "Δεν έχει δηλώσει υπεύθυνο επικοινωνίας")
    cell = load_workbook(found.sheet).worksheets[0]["A4"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    collected = rows_of(found, 1)[1]
    assert collected[:2] == ("Δήμος Θήρας", THIRA)
    assert str(collected[2]) == "2020-11-18 10:15:00"


@posix_only("Windows has no such modes")
def test_both_files_are_private_and_replaced_whole(site: SmallSite) -> None:
    """Both files are closed to others from the start, replace the last ones, and leave nothing beside them."""
    before = set(site.secrets.iterdir())
    for _ in range(2):
        found = told(site, write_log(site, line(THIRA, THIRA)))
    assert set(site.secrets.iterdir()) - before == {found.page, found.sheet}
    assert {path.stat().st_mode & 0o777 for path in (found.page, found.sheet)} == {0o600}


def test_a_letter_that_is_not_built_is_not_missing(site: SmallSite) -> None:
    """An agency, or a contact, that came into the annex after the last build is told apart: no letter waits yet."""
    annex = site.campaign / "annex.csv"
    declared = annex.read_text(encoding="utf-8").replace("Αιγαίου;;", "Αιγαίου;sikinos@dimos.example;")
    added = "512345678901;Δήμος Φολεγάνδρου;Περιφέρεια Νοτίου Αιγαίου;new@dimos.example;\n"
    annex.write_text(declared + added, encoding="utf-8")
    found = told(site, write_log(site, line(THIRA, THIRA)))
    assert [agency.name for agency in found.unbuilt] == ["Δήμος Σικίνου", "Δήμος Φολεγάνδρου"]
    assert found.uncontacted == ()
    assert len(found.recipients) == 4
    assert "Δήμος Φολεγάνδρου" in page_text(found)


REPLACED = datetime(2020, 11, 19, 8, tzinfo=UTC)  # between the 18th and the 20th


def change(site: SmallSite, old: str, new: str) -> None:
    """Change the annex, and build on the 19th."""
    annex = site.campaign / "annex.csv"
    text = annex.read_text(encoding="utf-8")
    assert old in text
    annex.write_text(text.replace(old, new), encoding="utf-8")
    site.build(clock=lambda: REPLACED)


def test_an_earlier_letter_does_not_count(site: SmallSite) -> None:
    """An agency that fetched only a replaced letter is to be called, on page, sheet and screen."""
    change(site, "thira@", "neos@")
    site.build()  # later builds keep the moment
    found = told(site, write_log(site, line(THIRA, THIRA), line(ATTICA, ATTICA)))
    assert [one.agency.username for one in found.collected] == [ATTICA]
    assert [one.agency.username for one in found.missing if one.has_void] == [THIRA]
    assert "Δήμος Θήρας Έχει μόνο το προηγούμενο έγγραφό του, που δεν ισχύει πια 012345678901" in page_text(found)
    assert rows_of(found, 0)[1][6] == "Έχει μόνο το προηγούμενο έγγραφό του, που δεν ισχύει πια"
    assert "  Of these:      1 has only its earlier letter, which is void" in list(report_lines(found))
    found = told(site, write_log(site, line(THIRA, THIRA), line(THIRA, THIRA, day=20)))
    assert [(one.agency.username, one.visits.first.day) for one in found.collected] == [(THIRA, 20)]


def test_a_letter_with_the_same_code_counts(site: SmallSite) -> None:
    """A letter that was only set anew, for another name, is no other: whoever has the earlier one has the code."""
    change(site, "Δήμος Θήρας", "Δήμος Θηραίων")
    assert b"former" not in (site.secrets / "manifest.json").read_bytes()
    found = told(site, write_log(site, line(THIRA, THIRA)))
    assert [one.agency.username for one in found.collected] == [THIRA]


def test_a_code_that_comes_back_was_never_void(site: SmallSite) -> None:
    """A slip in an address that is taken back gives the very letter that was fetched before; one amid that is void."""
    change(site, "thira@", "tihra@")
    annex = site.campaign / "annex.csv"
    annex.write_text(annex.read_text(encoding="utf-8").replace("tihra@", "thira@"), encoding="utf-8")
    site.build(clock=lambda: REPLACED + timedelta(days=2))
    found = told(site, write_log(site, line(THIRA, THIRA)))
    assert [one.agency.username for one in found.collected] == [THIRA]
    found = told(site, write_log(site, line(THIRA, THIRA, day=20)))
    assert [one.agency.username for one in found.missing if one.has_void] == [THIRA]


def test_an_earlier_letter_is_void_after_a_time_without_any(site: SmallSite) -> None:
    """A contact leaves, another comes builds later: what the first one fetched does not count for the second."""
    change(site, "thira@dimos.example", "")
    change(site, "Δήμος Θήρας;Περιφέρεια Νοτίου Αιγαίου;;", "Δήμος Θήρας;;neos@dimos.example;")
    found = told(site, write_log(site, line(THIRA, THIRA)))
    assert [one.agency.username for one in found.missing if one.has_void] == [THIRA]


def test_archives_that_have_left_the_site_were_collected(tmp_path: Path) -> None:
    """After the day on which the archives leave the site, the report still tells who had collected and who had not."""
    site = SmallSite(tmp_path)
    site.write(top="files_until = 2020-12-15", site=SITE)
    site.build()
    site.build(day=date(2020, 12, 16))
    found = told(site, write_log(site, line(THIRA, THIRA)))
    assert [one.agency.username for one in found.collected] == [THIRA]
    assert [one.agency.username for one in found.missing] == [ATTICA, CRETE]
    assert found.unbuilt == ()


def test_logs_that_cannot_be_read_stop_the_report(site: SmallSite) -> None:
    """A missing file, a folder and a file that is no log are told at once, and nothing is written."""
    wrong = site.base / "letter.pdf"
    wrong.write_bytes(b"%PDF-1.7\nx\n")
    problems = Problems()
    with pytest.raises(InputError):
        told(site, site.base / "none.log", site.base, wrong, problems=problems)
    missed = "2 lines could not be read, this one and others: text of another kind"
    assert [p.message for p in problems.all()] == [
        "this log cannot be read: No such file or directory",
        "this log cannot be read: Is a directory",
        f"no line of this file is one of an access log: {missed}",
    ]
    assert not (site.secrets / "report.html").exists()


def test_a_damaged_log_is_counted_as_far_as_it_goes(site: SmallSite) -> None:
    """Of a gzipped log that is cut short the readable lines count, with a warning that says so."""
    whole = gzip.compress((line(THIRA, THIRA) * 20_000).encode(), compresslevel=0)
    cut = site.base / "access.log.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    problems = Problems()
    found = told(site, cut, problems=problems)
    assert 1000 < found.tally.lines < 20_000
    (warning,) = problems.all()
    assert warning.message.endswith("it is cut short or damaged")


def test_what_cannot_be_read_is_named_by_its_form(site: SmallSite) -> None:
    """Each form has a warning with its number of lines, the place of the first and what to do; no address is told."""
    log = site.base / "access.log"
    record = '{"time_local":"18/Nov/2020:10:15:00 +0200","remote_addr":"203.0.113.9","request":"GET / HTTP/1.1"}\n'
    refused = '2020/11/18 10:15:00 [error] 17#0: *1 user "x": password mismatch, client: 203.0.113.9\n'
    log.write_text(line(THIRA, THIRA) + "\n" + record + refused + record, encoding="utf-8")
    problems = Problems()
    assert told(site, log, problems=problems).tally.broken == 3
    assert [(p.severity, str(p.at), p.message) for p in problems.all()] == [
        ("warning", f"{log}, line 3", "2 lines could not be read, this one and others: JSON without remote_user"),
        ("warning", f"{log}, line 4", "1 line could not be read: error log"),
    ]
    assert "203.0.113.9" not in str(problems.all())
    assert '"remote_user":"$remote_user"' in problems.all()[0].hint


def test_a_campaign_that_was_never_built(tmp_path: Path) -> None:
    """Without a build there is nothing to collect, and the message says so."""
    site = SmallSite(tmp_path)
    site.write()
    with pytest.raises(StateError, match="never built"):
        told(site)


def test_the_command(site: SmallSite) -> None:
    """The command reads files and standard input, prints the figures by region, and names both files."""
    log = write_log(site, line(THIRA, THIRA), "?\n", name="access.log.1.gz")
    done = site.run("report", SLUG, str(log), "-", stdin=line(ATTICA, CRETE, status=403))
    assert done.returncode == 0
    assert f"warning: {log}, line 2: 1 line could not be read: " in done.stderr
    assert (
        "2020-11: 1 of 4 agencies has collected its letter; the logs cover 18 November 2020 to 18 November 2020"
        in done.stdout
    )
    assert re.search(r"Not collected: 3, by region:\n +1  Περιφέρεια", done.stdout)
    assert "Must call:     1" in done.stdout
    assert "Refused:       1" in done.stdout
    assert "Log lines:     3, of which 1 could not be read" in done.stdout
    assert str(site.secrets / "report.html") in done.stdout
    assert str(site.secrets / "report.xlsx") in done.stdout


@pytest.mark.parametrize(
    ("collected", "counts"),
    [
        ((), "2020-11: 0 από τους 4 φορείς έχουν παραλάβει το έγγραφό τους"),
        ((THIRA,), "2020-11: 1 από τους 4 φορείς έχει παραλάβει το έγγραφό του"),
        ((THIRA, CRETE), "2020-11: 2 από τους 4 φορείς έχουν παραλάβει το έγγραφό τους"),
    ],
)
def test_the_verb_agrees_with_how_many_have_collected(site: SmallSite, collected: tuple[str, ...], counts: str) -> None:
    """Greek counts those who have collected: one of 385 has, two of 385 have."""
    log = write_log(site, *(line(each, each) for each in collected))
    done = site.run("report", SLUG, str(log), "--lang=el")
    assert done.stdout.splitlines()[0].partition("·")[0] == counts


def test_the_command_tells_what_is_wrong(site: SmallSite) -> None:
    """A log that is not there is one clear error, with status 1; a campaign that is not there is wrong usage."""
    done = site.run("report", SLUG, "none.log")
    assert (done.returncode, done.stdout) == (1, "")
    assert "\nerror: none.log: this log cannot be read: No such file or directory\n  hint: " in done.stderr
    assert site.run("report", "2019-01", "none.log").returncode == 2
