"""A small site in memory: one campaign with a folder of every state, and its pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from site_src.language.catalogues import Words
from site_src.make.pages import Archive, Page, render_pages
from site_src.problems import Problems
from site_src.read.agency import Agency, Kind, Status
from site_src.read.circular.render import render_circular
from site_src.read.inputs import CampaignInputs, CircularInputs, Inputs, LetterInputs
from site_src.read.settings import Campaign, Letterhead, Office, Person, Server, Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from site_src.read.circular.render import OwnPage

HOSTILE = "<<ΘΕΣΣΑΛΩΜΑ>> *α* _β_ \"γ\" & 'δ' [ε](javascript:1) <script>x</script> `{{ 7 * 7 }}`"
SLUG = "2020-11"
SITE = Site(
    title="Θυρίδα",
    operator="Υπουργείο <Δοκιμής>",
    contact=Office(
        unit="Τμήμα", phones=("210 000 0101", "βλ. κατάλογο"), email="office.of.local.government@ministry.example"
    ),
)
AGENCIES = (
    Agency(username="012345678901", name="Περιφέρεια Κρήτης", kind=Kind.REGION, emails=("region@kriti.example",)),
    Agency(
        username="112345678901",
        name="Δήμος Ηρακλείου",
        kind=Kind.MUNICIPALITY,
        parent="Περιφέρεια Κρήτης",
        emails=("a@dimos.example", "b@dimos.example"),
        status=Status.KEEPS,
    ),
    Agency(
        username="212345678901",
        name="Δήμος Ηρακλείου",
        kind=Kind.MUNICIPALITY,
        parent="Περιφέρεια Αττικής",
        status=Status.CONTACT_US,
        notes="secret note",
    ),
    Agency(username="312345678901", name=HOSTILE, kind="Σύνδεσμος", parent=HOSTILE, emails=("c@thessaloma.example",)),
    Agency(username="412345678901", name="Δήμος Σικίνου", emails=("d@sikinos.example",)),
)
STATES = (Status.NEW, Status.KEEPS, Status.CONTACT_US, Status.NEW, Status.KEEPS)
TEXT = """\
Από {{ effective | date }} ισχύουν νέοι κωδικοί.[^1]

## Ποιοι εξαιρούνται

Εξαιρούνται: {{ keeps | names }}. Όλοι: {{ agencies | names }}.

## Πότε

| | Έως | Από |
| --- | ---: | --- |
| Κωδικός | {{ eve | date }} | {{ effective | date }} |

## Πού

Στον φάκελο «{{ folder }}»: <https://portal.example/>.

[^1]: Δείτε το [υπογεγραμμένο έγγραφο](%CE%AD%CE%B3%CE%B3%CF%81%CE%B1%CF%86%CE%BF%201.pdf).
"""


def campaign_in(folder: Path, text: str = TEXT) -> Campaign:
    """Return a campaign whose circular has the text, with one attachment."""
    (folder / "attachments").mkdir(parents=True, exist_ok=True)
    (folder / "attachments" / "έγγραφο 1.pdf").write_bytes(b"%PDF" * 1000)
    (folder / "circular.md").write_text(text, encoding="utf-8")
    return Campaign(
        slug=SLUG,
        path=folder,
        folder="ΝΕΟΙ ΚΩΔΙΚΟΙ 11_2020",
        deadline=date(2020, 11, 30),
        effective=date(2020, 12, 1),
        circular=Letterhead(
            protocol="78411",
            date=date(2020, 11, 17),
            place="Αθήνα",
            subject="Νέοι κωδικοί",
            sender=("ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑ", "ΥΠΟΥΡΓΕΙΟ"),
            contacts=(Person("Υποστήριξη", "+30 210 000 0102"),),
            details=("Ταχ. Δ/νση: Οδός 1",),
            recipients=("1. Δήμους", "- και Συνδέσμους"),
            signatory_title="Ο Προϊστάμενος",
            attachments=("Παράρτημα",),
            distribution=("1. Γραφείο",),
        ),
    )


def edition_in(folder: Path, language: str = "el") -> CampaignInputs:
    """Return the campaign with every state of a folder."""
    campaign = campaign_in(folder)
    problems = Problems()
    circular = render_circular(campaign, SITE, AGENCIES, Words(language), problems)
    assert problems.all() == ()
    return CampaignInputs(
        campaign=campaign,
        circular=circular,
        attachments=tuple((folder / "attachments").iterdir()),
        agencies=tuple(replace(agency, status=state) for agency, state in zip(AGENCIES, STATES, strict=True)),
        annex=folder / "annex.xlsx",
        letter=LetterInputs(folder / "letter.typ", {}),
    )


def rendered(site: Site, campaigns: Iterable[CircularInputs], own: Iterable[OwnPage], words: Words) -> Iterator[Page]:
    """Yield the pages of a site; each agency that gets a code has an archive."""
    given = [*campaigns]
    inputs = Inputs(
        site=site,
        words=words,
        pages=tuple(own),
        campaigns=tuple(each for each in given if isinstance(each, CampaignInputs)),
        over=tuple(each for each in given if each.is_over),
    )
    archive = Archive(25 * 1024, "ab" * 32)
    archives = {each.campaign.slug: {one.username: archive for one in each.with_status(Status.NEW)} for each in given}
    return render_pages(inputs, archives)


def pages_of(folder: Path, language: str = "el", prefix: str = "") -> dict[str, bytes]:
    """Return every page by its path."""
    site = Site(
        title=SITE.title,
        operator=SITE.operator,
        language=language,
        contact=SITE.contact,
        server=Server(url_prefix=prefix),
    )
    return {page.path: page.content for page in rendered(site, [edition_in(folder, language)], (), Words(language))}
