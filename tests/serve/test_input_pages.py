from __future__ import annotations

import html
import io
import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook, load_workbook

from site_src.read import settings
from site_src.read.content.toml_table import change
from site_src.serve.input_pages import PASSWORDS, ROWS_SHOWN
from tests.support.served_desk import Form, Upload, asked, desk_of, page, sent
from tests.support.small_site import HEADER, ROWS, SLUG
from tests.support.systems import is_closed

if TYPE_CHECKING:
    from site_src.serve.desk import Desk
    from tests.support.small_site import SmallSite

BAD = (ROWS[0], ROWS[1], ROWS[2].replace("212345678901", "21234567890"), ROWS[3])


def rows_of(text: str) -> list[str]:
    """The numbers of the rows, in the order of the page."""
    return re.findall(r'<th scope="row">(\d+)', text)


def test_problems_come_first_and_in_their_cells(site: SmallSite) -> None:
    """The rows are those of the sheet, the bad one first, with the message and what to do in its cell."""
    site.write(rows=BAD)
    text = page(desk_of(site), f"{SLUG}/annex")
    assert rows_of(text) == ["4", "1", "2", "3", "5"]
    cell = re.search(r'<td class="error">21234567890\s*<p.*?</td>', text, re.DOTALL)
    assert cell
    assert "Error:" in cell[0]
    assert "<small>" in cell[0]
    assert "1 error" in text


def test_errors_come_before_warnings(site: SmallSite) -> None:
    """A row with an error is above one with a warning alone, wherever they are in the sheet."""
    site.write(rows=(ROWS[0].replace("thira@", "\u00a0thira@"), *BAD[1:]))
    assert rows_of(page(desk_of(site), f"{SLUG}/annex"))[:3] == ["4", "2", "1"]


def test_the_annex_page_counts_the_mistakes_of_the_facts(site: SmallSite) -> None:
    """A mistake in campaign.toml is not listed beside the annex: its number leads to the page that lists it."""
    site.write(top='unknown = "x"')
    desk = desk_of(site)
    text = page(desk, f"{SLUG}/annex")
    assert "Nothing is wrong." in text
    assert "campaign.toml" not in text
    assert f'<a href="/desk/{SLUG}/facts">Facts and text</a>: 1 error' in text
    assert "campaign.toml" in page(desk, f"{SLUG}/facts")


def test_a_page_shows_no_mistake_of_another_campaign(site: SmallSite) -> None:
    """Each campaign is corrected on pages of its own."""
    site.add_campaign("2021-01")
    site.write(rows=BAD, top='unknown = "x"')
    desk = desk_of(site)
    for page_name in ("annex", "facts"):
        assert "Error:" in page(desk, f"{SLUG}/{page_name}")
        assert "Error:" not in page(desk, f"2021-01/{page_name}")


def test_what_is_in_no_cell_is_shown_too(site: SmallSite) -> None:
    """A mistake of the annex without a cell is listed above its rows."""
    site.write(rows=())
    text = page(desk_of(site), f"{SLUG}/annex")
    assert 'class="problem error"' in text.split("The rows")[0]


def test_the_filter_finds_rows(site: SmallSite) -> None:
    """Words of a row find it, without regard to case and accents, and totals by status stay."""
    text = page(desk_of(site), f"{SLUG}/annex", q="ΔΗΜΟΣ θηρασ")
    assert rows_of(text) == ["2"]
    assert "4 (3 get a new code, 0 keep theirs, 1 must call)" in text
    assert rows_of(page(desk_of(site), f"{SLUG}/annex", q="<nobody>")) == []


def test_a_long_annex_says_what_it_leaves_out(site: SmallSite) -> None:
    """Of many rows some are shown, their number is said, and the filter finds the others."""
    rows = tuple(f"{number:012};Δήμος {number};;a{number}@dimos.example;" for number in range(1, ROWS_SHOWN + 100))
    site.write(rows=rows)
    desk = desk_of(site)
    text = page(desk, f"{SLUG}/annex")
    assert len(rows_of(text)) == ROWS_SHOWN
    assert "not shown: 100;" in text
    assert rows_of(page(desk, f"{SLUG}/annex", q=f"a{ROWS_SHOWN + 50}@")) == [str(ROWS_SHOWN + 51)]


def test_a_stray_cell_far_away_makes_no_wide_table(site: SmallSite) -> None:
    """Only columns that hold something are shown, whatever the last one is."""
    site.write(rows=(ROWS[0] + ";" * 3_000 + "x", *ROWS[1:]))
    text = page(desk_of(site), f"{SLUG}/annex")
    assert text.count('<th scope="col">') < 10


def test_a_title_over_several_columns_is_shown_once(site: SmallSite) -> None:
    """Of cells that are merged across, the first shows the text, as the sheet does; merged down, each row does."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["ΠΑΡΑΡΤΗΜΑ"], HEADER.split(";"), *(row.split(";") for row in ROWS)):
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("B3:B4")
    book.save(site.campaign / "annex.xlsx")
    (site.campaign / "annex.csv").unlink()
    text = page(desk_of(site), f"{SLUG}/annex")
    assert text.count("ΠΑΡΑΡΤΗΜΑ") == 1
    assert len(re.findall(rf"<td[^>]*>{ROWS[0].split(';')[1]}<", text)) == 2


def test_the_marked_workbook_is_that_of_check(site: SmallSite) -> None:
    """The workbook that is downloaded has the problem and the staff's own sheet with the bad cell marked."""
    site.write(rows=BAD)
    answer = asked(desk_of(site), f"{SLUG}/annex-marked.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    assert f'"{SLUG}-annex-marked.xlsx"' in answer.headers["Content-Disposition"]
    assert book.worksheets[1]["A4"].comment is not None


def test_a_corrected_annex_takes_the_place_of_the_last(site: SmallSite) -> None:
    """The new file is the campaign's annex, closed to others and alone; the mistakes are gone."""
    site.write(rows=BAD)
    desk = desk_of(site)
    good = "\n".join((HEADER, *ROWS)).encode()
    assert sent(desk, f"{SLUG}/annex", Form({}, {"annex": (Upload("my list.CSV", good),)})) == f"/desk/{SLUG}/annex"
    assert (site.campaign / "annex.csv").read_bytes() == good
    assert is_closed(site.campaign / "annex.csv")
    assert "1 error" not in page(desk, f"{SLUG}/annex")
    (site.campaign / "annex.csv").rename(site.campaign / "annex.ods")
    sent(desk, f"{SLUG}/annex", Form({}, {"annex": (Upload("x.csv", good),)}))
    assert sorted(path.name for path in site.campaign.glob("annex.*")) == ["annex.csv"]


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        ((), "there is no annex"),
        ((Upload("a.pdf", b"%PDF-1.7"),), "expected a file that ends in"),
        ((Upload("a.xlsx", b"%PDF-1.7"),), "PDF"),
        ((Upload("a.xlsx", b""),), "empty"),
        ((Upload("a.csv", b"A list of something;else\n1;2\n"),), "no table of agencies"),
        ((Upload("a.csv", HEADER.encode()),), "the annex has no agencies"),
    ],
)
def test_what_is_no_annex_changes_nothing(site: SmallSite, upload: tuple[Upload, ...], words: str) -> None:
    """A file from which no agency can be read takes no annex's place, and the page says why."""
    before = site.snapshot()
    assert words in sent(desk_of(site), f"{SLUG}/annex", Form({}, {"annex": upload}))
    assert site.snapshot() == before


def test_what_the_annex_says_is_no_markup(site: SmallSite) -> None:
    """A name that looks like HTML is shown as text."""
    site.write(rows=(ROWS[0].replace("Δήμος Θήρας", "<script>x</script>"), *ROWS[1:]))
    assert "<script>x" not in page(desk_of(site), f"{SLUG}/annex")


THIRA = ROWS[0].split(";")[0]
FORM = f"{SLUG}/facts"
SAVED = f"/desk/{FORM}?saved=yes"


def filled(desk: Desk) -> dict[str, str]:
    """The form's fields, as a browser that changes nothing sends them."""
    text = page(desk, FORM)
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', text))
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', text, re.DOTALL))
    return {html.unescape(name): html.unescape(value).replace("\n", "\r\n") for name, value in fields.items()}


def test_what_is_not_changed_stays_byte_for_byte(site: SmallSite) -> None:
    """A form that is sent as it came writes nothing: signatories, phones and dates of any form stay."""
    rest = 'signatory = "Ο ΥΠΟΥΡΓΟΣ"\ncontacts = [{ name = "Α", phone = "1" }, "Β: 2"]   # two\nsender = "Α\\n\\n Β"'
    site.write(rest=rest, site='contact = "Τμήμα"\n', top="files_until = 2021-01-31 # so")
    desk = desk_of(site)
    before = site.snapshot()
    assert sent(desk, FORM, Form(filled(desk))) == SAVED
    assert site.snapshot() == before


def test_a_change_is_written_and_the_rest_stays(site: SmallSite) -> None:
    """A changed date, line and text are in the files; comments, order and unknown keys stay."""
    site.write(top='# a note\nunknown = "x"', rest='sender = ["Α"]')
    desk = desk_of(site)
    fields = filled(desk) | {
        "campaign.toml:deadline": "29/11/2020",
        "campaign.toml:circular.sender": "Α\r\n\r\n Β ",
        "campaign.toml:circular.signatory.title": "Ο Υπουργός",
        "campaign.toml:circular.contacts": "Τμήμα: 213 000 0000",
        "campaign.toml:circular.place": "",
        "site.toml:contact.phones": "213 000 0000",
        "text": "Νέο κείμενο.\r\n",
    }
    assert sent(desk, FORM, Form(fields)) == SAVED
    text = (site.campaign / "campaign.toml").read_text(encoding="utf-8")
    assert '# a note\nunknown = "x"' in text
    facts = tomllib.loads(text)
    assert facts["deadline"].isoformat() == "2020-11-29"
    assert facts["circular"]["sender"] == ["Α", "Β"]
    assert facts["circular"]["signatory"] == {"title": "Ο Υπουργός"}
    assert "place" not in facts["circular"]
    site_facts = tomllib.loads((site.folders.content / "site.toml").read_text(encoding="utf-8"))
    assert site_facts["contact"] == {"phones": ["213 000 0000"]}
    assert (site.campaign / "circular.md").read_text(encoding="utf-8") == "Νέο κείμενο.\n"
    assert filled(desk)["campaign.toml:circular.contacts"] == "Τμήμα: 213 000 0000"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_text_becomes_a_table(end: str, site: SmallSite) -> None:
    """An office or a signatory that is one text keeps it, as the first key of the table, whatever the line ends."""
    site.write(rest='signatory = "Ο ΥΠΟΥΡΓΟΣ"', site='contact = "Τμήμα"\nlanguage = "el"\n')
    for path in (site.campaign / "campaign.toml", site.folders.content / "site.toml"):
        path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8", newline=end)
    desk = desk_of(site)
    changed = {"campaign.toml:circular.signatory.name": "Α. Β.", "site.toml:contact.email": "a@ypourgeio.example"}
    sent(desk, FORM, Form(filled(desk) | changed))
    facts = tomllib.loads((site.campaign / "campaign.toml").read_text(encoding="utf-8"))
    assert facts["circular"]["signatory"] == {"title": "Ο ΥΠΟΥΡΓΟΣ", "name": "Α. Β."}
    site_facts = tomllib.loads((site.folders.content / "site.toml").read_text(encoding="utf-8"))
    assert (site_facts["contact"], site_facts["language"]) == ({"unit": "Τμήμα", "email": "a@ypourgeio.example"}, "el")


def test_problems_are_beside_their_fields(site: SmallSite) -> None:
    """A problem that `check` finds is at its field; an unknown key is named above the form, and stays."""
    site.write(top='unknown = "x"\nfiles_until = "soon"')
    text = page(desk_of(site), FORM)
    above, below = text.split("<form", 1)
    assert "this key is not known" in above
    assert "expected a date" in below
    assert 'value="soon"' in below
    assert "30-11-2020" in below
    assert "files_until =" not in text
    (field,) = re.findall(r'<a href="#(campaign.toml:files_until)">The last day of the letters', above)
    assert f'id="{field}"' in below


def test_whatever_is_wrong_is_in_the_summary(site: SmallSite) -> None:
    """A mistake of a key without a field has its place, and one within a list leads to the list's field."""
    links = 'server = "x"\nsample = 1\nlinks = ["x", { name = "A", address = "b" }]\n'
    site.write(rest='contacts = [{ name = "A", phone = {} }]\n[code]\ngroups = 1\n[reissue]\n1 = 2', site=links)
    desk = desk_of(site)
    above = html.unescape(page(desk, FORM).split("<form")[0])
    assert [str(each.at) for each in desk.preview.problems if each.message not in above] == []
    for place in ("site.toml, server", "site.toml, sample", "code.groups", "reissue.1"):
        assert place in above
    for field in ("site.toml:links", "campaign.toml:circular.contacts"):
        assert f'href="#{field}"' in above


def test_links_are_lines(site: SmallSite) -> None:
    """Each link of the footer is a line with name and address; a line that is none stays, and `check` says so."""
    site.write(
        site='logo = "a.png"\n\n[server]\nrealm = "A"\n\n[[links]]\naddress = "https://a.example"\nname = "A: B"\n'
    )
    desk = desk_of(site)
    fields = filled(desk)
    assert (fields["site.toml:links"], fields["site.toml:logo"]) == ("A: B: https://a.example", "a.png")
    sent(
        desk,
        FORM,
        Form(fields | {"site.toml:links": "A: B: https://a.example\r\nC: https://c.example", "site.toml:logo": ""}),
    )
    facts = tomllib.loads((site.folders.content / "site.toml").read_text(encoding="utf-8"))
    wanted = [{"name": "A: B", "address": "https://a.example"}, {"name": "C", "address": "https://c.example"}]
    assert (facts["links"], facts["server"], "logo" in facts) == (wanted, {"realm": "A"}, False)
    assert not desk.preview.has_errors, desk.preview.problems
    sent(desk, FORM, Form(filled(desk) | {"site.toml:links": "https://c.example"}))
    assert filled(desk)["site.toml:links"] == "https://c.example"
    assert "expected a name and an address" in page(desk, FORM)


def test_a_day_is_said_in_words(site: SmallSite) -> None:
    """Beside a day is how it was understood, as 1-12 may be meant as the twelfth of January."""
    site.write(top='files_until = "12.1.2021"')
    text = page(desk_of(site), FORM)
    assert re.search(r'<div id="campaign.toml:deadline-hint">\s*<p class="hint">30 November 2020</p>', text)
    assert re.search(r'<div id="campaign.toml:files_until-hint">\s*<p class="hint">12 January 2021</p>', text)


def test_what_is_no_date_is_kept_for_check(site: SmallSite) -> None:
    """A day that cannot be read is saved as it was typed, and `check` says so beside it."""
    desk = desk_of(site)
    sent(desk, FORM, Form(filled(desk) | {"campaign.toml:deadline": "soon"}))
    assert 'deadline = "soon"' in (site.campaign / "campaign.toml").read_text(encoding="utf-8")
    assert "expected a date" in page(desk, FORM)


@pytest.mark.parametrize("file", ["campaign.toml", "circular.md", "../site.toml"])
def test_a_file_that_changed_meanwhile_is_left_alone(site: SmallSite, file: str) -> None:
    """A change by another window or editor is not overwritten; the page says so, and keeps what was typed."""
    desk = desk_of(site)
    fields = filled(desk) | {"campaign.toml:folder": "mine", "text": "mine"}
    with (site.campaign / file).open("a", encoding="utf-8") as opened:
        opened.write("\n# theirs\n")
    before = site.snapshot()
    text = sent(desk, FORM, Form(fields))
    assert "has changed since you opened this page" in text
    # Browsers do not keep it on a page that is not stored.
    assert re.search(r"The folder's name</p>\s*<pre>mine</pre>", html.unescape(text))
    assert site.snapshot() == before


def test_a_file_that_is_no_toml_is_said(site: SmallSite) -> None:
    """A damaged file has no form, and the page says what to do: no command, but the line and the file's place."""
    site.write(top="x = [")
    text = html.unescape(asked(desk_of(site), FORM).content.decode())
    assert "correct it in a text editor, at line " in text
    assert str(site.campaign / "campaign.toml") in text
    assert "`check`" not in text


def test_the_logo_has_its_place(site: SmallSite) -> None:
    """The field of the logo names the folder that its file must be in."""
    assert f"into the folder {site.folders.content}," in html.unescape(page(desk_of(site), FORM))


def test_what_is_right_is_folded_away(site: SmallSite) -> None:
    """A group of fields is open if one of them is wrong; staff do not meet the web server's settings otherwise."""
    groups = r"<details( open)?>\n<summary>(.+?)</summary>"
    assert {is_open for is_open, _ in re.findall(groups, page(desk_of(site), FORM))} == {""}
    site.write(site='[server]\nhash = "md5"\n', top='files_until = "soon"')
    found = {name: bool(is_open) for is_open, name in re.findall(groups, page(desk_of(site), FORM))}
    shown = [found[name] for name in ("The round", "The document", "The web server, as its administrator says")]
    assert shown == [True, False, True]


def test_the_portal_is_proposed(site: SmallSite) -> None:
    """The address that a new circular names is beside the field of the portal's, as `new` proposes it."""
    desk, circular = desk_of(site), "Συνδέεστε στο https://portal.example από 1-12-2020.\n".encode()
    files = {"annex": (Upload("a.csv", "\n".join((HEADER, *ROWS)).encode()),), "circular": (Upload("c.txt", circular),)}
    sent(desk, "start", Form({"slug": "2020-12"}, files))
    assert "The first address in the circular: https://portal.example" in page(desk, "2020-12/facts")
    unfolded = re.findall(r"<details open>(.+?)</details>", page(desk, "2020-12/facts"), re.DOTALL)
    assert any("The first address in the circular" in each for each in unfolded)


def test_a_mistake_in_the_text_leads_to_it(site: SmallSite) -> None:
    """A mistake in the text is quoted, with its line and a link to the field, and without the name of its file."""
    (site.campaign / "circular.md").write_text("α[^9]\n", encoding="utf-8")
    text = html.unescape(page(desk_of(site), FORM))
    assert '<a href="#circular.md:">The text, line 1</a>' in text
    assert '"[^9]": this mark has no footnote' in text
    assert "circular.md, line" not in text


def test_the_password_file_goes_to_its_place(site: SmallSite) -> None:
    """A copy of the server's password file becomes private/current.htpasswd, closed; no other file does."""
    site.write(top=f'keeps_code = ["{THIRA}"]')
    desk = desk_of(site)
    text = page(desk, FORM)
    assert "password file" in text.split("<form")[0]
    assert "no copy of the server" in text.split('for="private/current.htpasswd:"')[1].split("<input")[0]
    assert text.index('href="#private/current.htpasswd:"') < text.index('id="private/current.htpasswd:"')
    refused = Form(filled(desk), {PASSWORDS: (Upload("a.pdf", b"%PDF-1.7"),)})
    assert "is not a password file" in sent(desk, FORM, refused)
    assert not (site.folders.private / "current.htpasswd").exists()
    lines = f"{THIRA}:$2y$05$abcdefghijklmnopqrstuuAbcdefghijklmnopqrstuvwxyzABCDE\n".encode()
    assert sent(desk, FORM, Form(filled(desk), {PASSWORDS: (Upload("../x", lines),)})) == SAVED
    current = site.folders.private / "current.htpasswd"
    assert current.read_bytes() == lines
    assert is_closed(current)
    assert not desk.preview.has_errors, desk.preview.problems


def test_a_first_draft_can_be_filled_in(site: SmallSite) -> None:
    """Comments that `new` left become keys of their own tables, and the campaign is ready."""
    (site.folders.content / "site.toml").unlink()
    site.run("new", "2020-12", f"--annex={site.campaign / 'annex.csv'}")
    for path in site.campaign.iterdir():
        path.unlink()
    site.campaign.rmdir()
    desk = desk_of(site)
    text = page(desk, "2020-12/facts")
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', text))
    fields |= {
        "campaign.toml:folder": "Β",
        "campaign.toml:deadline": "30-11-2020",
        "campaign.toml:effective": "1-12-2020",
        "site.toml:operator": "Υ",
        "site.toml:title": "Τ",
        "text": "Κείμενο.",
    }
    sent(desk, "2020-12/facts", Form(fields))
    assert desk.preview.problems == () or not desk.preview.has_errors, desk.preview.problems


@pytest.mark.parametrize(("is_given", "is_typed"), [(True, False), (False, False), (False, True)])
def test_keepers_are_looked_up_in_the_corrected_annex(is_given: bool, is_typed: bool, site: SmallSite) -> None:  # noqa: FBT001 (cases)
    """Once an annex with mistakes is corrected, here or in Excel, those that keep their code are filled in, once.

    Those that somebody has typed meanwhile stay.
    """
    annex = f"{HEADER};Παρατηρήσεις\n{ROWS[0]};διατηρεί τον κωδικό\n{ROWS[1]};\n"
    circular = "Εξαιρούνται ο Δήμος Θήρας και η Περιφέρεια Αττικής.\n".encode()
    desk = desk_of(site)
    uploads = {"annex": (Upload("a.csv", annex.replace("0123", "123").encode()),)}
    sent(desk, "start", Form({"slug": "2020-12"}, uploads | {"circular": (Upload("a.txt", circular),)}))
    assert "nobody was looked up" in page(desk, "2020-12/facts")
    facts = site.folders.content / "2020-12" / "campaign.toml"
    change(facts, {"keeps_code": ["Περιφέρεια Αττικής"]} if is_typed else {})
    if is_given:
        sent(desk, "2020-12/annex", Form({}, {"annex": (Upload("a.csv", annex.encode()),)}))
    else:
        (site.folders.content / "2020-12" / "annex.csv").write_text(annex, encoding="utf-8")
        desk.preview.refresh()
    text = page(desk, "2020-12/facts")
    assert ("nobody was looked up" in text, "these keep their code" in text) == (False, True)
    keepers = tomllib.loads(facts.read_text(encoding="utf-8"))["keeps_code"]
    assert keepers == ["Περιφέρεια Αττικής" if is_typed else "Δήμος Θήρας"]
    change(facts, {"keeps_code": ""})
    page(desk, "2020-12/facts")
    assert "keeps_code =" not in facts.read_text(encoding="utf-8").replace("# keeps_code =", "")


def test_every_fact_has_a_field(site: SmallSite) -> None:
    """Each key of the two files that staff fill in has a field; codes, columns and generations are not."""
    names = {f"circular.{name}" for name in settings.Letterhead.__dataclass_fields__ if "signatory" not in name}
    names |= {f"contact.{name}" for name in settings.Office.__dataclass_fields__}
    names |= {f"server.{name}" for name in settings.Server.__dataclass_fields__}
    names |= {
        "folder",
        "deadline",
        "effective",
        "files_until",
        "keeps_code",
        "title",
        "operator",
        "language",
        "logo",
        "links",
    }
    shown = {name.partition(":")[2] for name in filled(desk_of(site)) if ".toml:" in name}
    assert shown - {"circular.signatory.title", "circular.signatory.name"} == names


def test_a_field_is_named_as_the_file_explains_its_key(site: SmallSite) -> None:
    """The label is what `new` writes beside the key, without asking for it; the example is of the file too."""
    text = page(desk_of(site), FORM)
    assert '<label for="campaign.toml:deadline">The last day to act</label>' in text
    assert "fill this in" not in text
    hint = re.search(r'<div id="site.toml:contact.phones-hint">\s*<p class="hint">(.+?)</p>', text)
    assert hint
    assert hint[1] == "Each on a line of its own. For example: 213 000 0000"


def test_the_text_is_beside_its_preview(site: SmallSite) -> None:
    """Beside the editor is the text as it was saved, filled in; each placeholder is offered with its value."""
    desk = desk_of(site)
    fields = filled(desk) | {"text": "**Θέμα** <b>: {{ protocol }}", "look": "yes"}
    assert sent(desk, FORM, Form(fields)) == f"{SAVED}#circular.md:"
    text = page(desk, FORM)
    assert "<strong>Θέμα</strong> &lt;b&gt;: 78411" in text
    offered = dict(re.findall(r"<dt><code>{{ (.+?) }}</code></dt><dd>(.+?)</dd>", text))
    assert (offered["protocol"], offered["eve | date"]) == ("78411", "30 Νοεμβρίου 2020")
    assert "files_until | date" not in offered


def test_a_mistake_of_the_text_is_beside_its_field(site: SmallSite) -> None:
    """A placeholder that does not exist is named at the text too, where its empty preview leads."""
    (site.campaign / "circular.md").write_text("{{ wrong }}\n", encoding="utf-8")
    _, editor = page(desk_of(site), FORM).split('for="circular.md:"')
    assert "&#34;wrong&#34;" in editor.split("<textarea")[0]
    assert '<a href="#circular.md:">There is nothing to show until the error' in editor.split("</textarea>")[1]


def test_a_saved_form_leads_to_the_next_step(site: SmallSite) -> None:
    """With nothing wrong the next step is the build; else the list of campaigns says which it is."""
    desk = desk_of(site)
    assert '"/desk/build">Build the site</a></p></div>' in page(desk, FORM, saved="yes")
    site.write(rows=BAD)
    desk.preview.refresh()
    assert '"/desk/">To the campaigns</a></p></div>' in page(desk, FORM, saved="yes")


def test_it_says_that_it_was_saved(site: SmallSite) -> None:
    """After a save the page says so and leads on; before it, it does not."""
    desk = desk_of(site)
    assert "Saved." not in page(desk, FORM)
    assert "Saved." in page(desk, FORM, saved="yes")


def test_what_the_annex_page_does_not_mend_is_shown(site: SmallSite) -> None:
    """A file that is not known is named here, where the first page leads; a mistake of the annex is not."""
    site.write(rows=(ROWS[0][1:], *ROWS[1:]))
    (site.folders.content / "notes.doc").write_bytes(b"")
    text = page(desk_of(site), FORM)
    assert "notes.doc" in text
    assert "annex.csv" not in text


def test_a_right_annex_leads_on(site: SmallSite) -> None:
    """Once the annex has no mistakes its page leads to the campaigns, and to the facts if something is wrong there."""
    site.write(rows=BAD)
    leads_on, to_facts = ">To the campaigns</a>", ">Facts and text</a>: "
    text = page(desk_of(site), f"{SLUG}/annex")
    assert (leads_on in text, to_facts in text) == (False, False)
    site.write(top='unknown = "x"')
    text = page(desk_of(site), f"{SLUG}/annex")
    assert (leads_on in text, to_facts in text) == (True, True)
