from __future__ import annotations

import tomllib
from datetime import date

import pytest

from site_src.new.campaign_files import Keepers, campaign_toml, site_toml
from site_src.new.circular_text import read_circular
from site_src.new.fields import DEADLINE, FOLDER, KEEPS_CODE, OPERATOR, PORTAL, Field, fields_of, with_typed
from site_src.problems import UsageError
from site_src.read.content.toml_files import CAMPAIGN_FILE, SITE_FILE
from site_src.read.settings import Letterhead

CAMPAIGN = campaign_toml(read_circular(None), Keepers())
SITE = site_toml(Letterhead())


def fields() -> dict[str, Field]:
    """The fields of both drafts, by their ids."""
    texts = {CAMPAIGN_FILE: CAMPAIGN, SITE_FILE: SITE}
    return {each.id: each for file, text in texts.items() for each in fields_of(file, text)}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        (DEADLINE, "30/11/2020", date(2020, 11, 30)),
        (DEADLINE, "30 Νοεμβρίου 2020", date(2020, 11, 30)),
        (DEADLINE, "", ""),
        (KEEPS_CODE, "Α\nΒ", ["Α", "Β"]),
        (PORTAL, "HTTPS://a.example", "HTTPS://a.example"),
        (f"{CAMPAIGN_FILE}:circular.contacts", "Α: Β: 210", [{"name": "Α: Β", "phone": "210"}]),
    ],
)
def test_a_text_is_read_by_the_type_of_its_key(name: str, text: str, value: object) -> None:
    """A day, a list of lines, an address and an entry with a name become the value that the file has."""
    assert fields()[name].read(text) == value


@pytest.mark.parametrize(
    ("name", "text"), [(DEADLINE, "soon"), (DEADLINE, "1-2-2020 or 2-2-2020"), (PORTAL, "portal.example")]
)
def test_what_cannot_be_meant_is_refused_and_kept_for_check(name: str, text: str) -> None:
    """The terminal asks again; a file keeps the text, which `check` reports."""
    with pytest.raises(UsageError):
        fields()[name].read(text)
    file = name.partition(":")[0]
    assert f'"{text}"' in with_typed(file, SITE if file == SITE_FILE else CAMPAIGN, {name: text})


def test_a_draft_is_filled_in_where_it_asks() -> None:
    """A typed value is on the line of its comment, which no longer asks for it; other lines stay."""
    text = with_typed(CAMPAIGN_FILE, CAMPAIGN, {FOLDER: " Φ ", DEADLINE: ""})
    before, after = CAMPAIGN.splitlines(), text.splitlines()
    (number,) = (n for n, line in enumerate(before) if line.startswith("# folder"))
    assert after[number] == 'folder = "Φ"  # the folder\'s name'
    assert after[:number] + after[number + 1 :] == before[:number] + before[number + 1 :]
    assert tomllib.loads(with_typed(SITE_FILE, SITE, {OPERATOR: "Υ"}))["operator"] == "Υ"


def test_an_entry_with_a_name_is_written_as_people_write_it() -> None:
    """There is a blank behind the comma between its keys."""
    text = with_typed(CAMPAIGN_FILE, CAMPAIGN, {f"{CAMPAIGN_FILE}:circular.contacts": "Α: 210\nΒ: 211"})
    assert '    {name = "Α", phone = "210"},\n    {name = "Β", phone = "211"},\n' in text


def test_a_draft_asks_for_what_is_needed_alone() -> None:
    """Few documents have markings or a number on Diavgeia: their comments explain them."""
    asking = [line.split(" = ")[0] for line in CAMPAIGN.splitlines() if "fill this in" in line]
    assert {"# folder", "# date", "# subject"} <= {*asking}
    assert {"# ada", "# marking"}.isdisjoint(asking)
