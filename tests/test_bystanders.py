"""`build --campaign` publishes no secret of the campaigns that it leaves alone, whatever their inputs say by now."""

from __future__ import annotations

import base64
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from site_src.agency import Status
from site_src.keys import CampaignKey
from site_src.problems import InputError, Problems
from site_src.reading import read_inputs
from site_src.settings import CodePolicy
from tests.small_site import DAY, HEADER, ROWS, SLUG, SmallSite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OTHER = "2021-05"
THIRA, EMAIL = ROWS[0].split(";")[0], ROWS[0].split(";")[3]


@pytest.fixture
def both(site: SmallSite) -> SmallSite:
    """A site of two campaigns, built; the second is like the first, with a key of its own."""
    site.add_campaign(OTHER)
    site.build()
    (site.campaign / "attachments").mkdir()
    return site


def attach(site: SmallSite, data: bytes, name: str = "note.txt") -> None:
    """Lay a file beside the first campaign's circular."""
    (site.campaign / "attachments" / name).write_bytes(data)


def key_path(site: SmallSite) -> Path:
    """Where the other campaign's key lies."""
    return site.folders.private / OTHER / "campaign.key"


def codes(site: SmallSite) -> list[str]:
    """All codes of the other campaign, as its inputs are now."""
    key = CampaignKey(key_path(site).read_bytes())
    (other,) = read_inputs(site.folders, DAY, Problems(), OTHER).campaigns
    chosen = ((each.username, key.choose(each.username, each.emails)) for each in other.with_status(Status.NEW))
    return [key.access_code(CodePolicy(), username, email, 1) for username, email in chosen]


def refused(site: SmallSite) -> str:
    """Why the first campaign is not built alone; the message has no secret in it."""
    before = {name: data for name, data in site.snapshot().items() if not name.startswith("content/")}
    with pytest.raises(InputError) as caught:
        site.build(campaign=SLUG)
    assert {name: data for name, data in site.snapshot().items() if not name.startswith("content/")} == before
    assert not any(code in str(caught.value) for code in codes(site))
    return str(caught.value)


def test_a_bystanders_code_in_an_attachment_is_found(both: SmallSite) -> None:
    """Each single one."""
    for code in codes(both):
        attach(both, f"({code})".encode())
        assert "an access code stands in the file circulars/2020-11/note.txt" in refused(both)


def test_a_code_is_found_that_only_the_last_build_knew(both: SmallSite) -> None:
    """The annex may name another contact by now: the letter that was issued is still the one that lies on the site."""
    issued = codes(both)[0]
    annex = both.folders.content / OTHER / "annex.csv"
    annex.write_text(annex.read_text(encoding="utf-8").replace(EMAIL, "neos@dimos.example"), encoding="utf-8")
    assert issued not in codes(both)
    attach(both, issued.encode())
    assert "an access code stands in the file" in refused(both)


@pytest.mark.parametrize("encode", [lambda key: key.hex().encode(), base64.b64encode])
def test_a_bystanders_key_in_an_attachment_is_found(encode: Callable[[bytes], bytes], both: SmallSite) -> None:
    """In hexadecimal and in Base64."""
    attach(both, b"key: " + encode(key_path(both).read_bytes()))
    assert "a campaign key stands in the file circulars/2020-11/note.txt" in refused(both)


def test_what_only_looks_like_a_code_is_published(both: SmallSite) -> None:
    """A sample, and what another key would give, are nobody's code."""
    foreign = CampaignKey(bytes(32)).access_code(CodePolicy(), THIRA, EMAIL, 1)
    attach(both, f"CCCC-CCCC-CCCC-CCCC-CCCC {foreign}".encode())
    assert both.build(campaign=SLUG).warnings == ()


@pytest.mark.parametrize("damage", ["lost", "cut"])
def test_a_bystanders_lost_key_is_a_warning(damage: str, both: SmallSite) -> None:
    """Without its key its codes cannot be told; the campaign that was asked for is built, and the loss is told."""
    data = key_path(both).read_bytes()
    key_path(both).unlink()
    if damage == "cut":
        key_path(both).write_bytes(data[:-1])
        key_path(both).chmod(0o600)
    (warning,) = both.build(campaign=SLUG).warnings
    assert warning.at.file == OTHER
    assert str(key_path(both)) in warning.message
    assert "from your backup" in warning.hint


def lists(site: SmallSite) -> str:
    """The pages that name all campaigns."""
    names = ("index.html", "files/index.html", "403.html")
    return "".join((site.folders.out / name).read_text(encoding="utf-8") for name in names)


def pages_of_other(site: SmallSite) -> dict[str, bytes]:
    """The other campaign's own files on the site."""
    return {name: data for name, data in site.snapshot().items() if name.startswith("dist/") and f"/{OTHER}/" in name}


def other_annex(site: SmallSite, *rows: str) -> None:
    """Give the other campaign an annex of these rows."""
    (site.folders.content / OTHER / "annex.csv").write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    "rows",
    [
        (*ROWS, "412345678901;Δήμος Φολεγάνδρου;;f@dimos.example;"),
        (*ROWS[:3], ROWS[3].replace(";;", ";sikinos@dimos.example;")),
        ROWS[:2],
        ("no row",),
        None,
    ],
    ids=["one more", "a contact for one without", "fewer", "broken", "no annex"],
)
def test_the_lists_say_of_a_bystander_what_was_published(rows: tuple[str, ...] | None, both: SmallSite) -> None:
    """Whatever its annex says by now, its folder holds as many agencies as before, and its own pages stay."""
    lists_before, pages_before = lists(both), pages_of_other(both)
    if rows is None:
        (both.folders.content / OTHER / "annex.csv").unlink()
    else:
        other_annex(both, *rows)
    both.build(campaign=SLUG)
    assert lists(both) == lists_before
    assert pages_of_other(both) == pages_before


@pytest.mark.parametrize("lost", ["dist/circulars", "dist/files", "private"])
def test_a_bystander_that_is_lost_in_part_stops_the_build(lost: str, both: SmallSite) -> None:
    """It could not stay as it is: the missing part is named, with what to do, and nothing is written."""
    path = both.base / lost / OTHER
    path = path / "manifest.json" if lost == "private" else path
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    before = both.snapshot()
    with pytest.raises(InputError, match=re.escape(str(path))) as caught:
        both.build(campaign=SLUG)
    assert "build all campaigns" in str(caught.value)
    assert both.snapshot() == before
    both.build()
    both.build(campaign=SLUG)


def test_a_campaign_of_which_the_site_has_nothing_is_told(both: SmallSite) -> None:
    """With the whole site lost, or another --out, a build of one campaign says which it does without."""
    shutil.rmtree(both.folders.out)
    (warning,) = both.build(campaign=SLUG).warnings
    assert warning.at.file == OTHER
    assert "was built before, but is not on the site" in warning.message
    assert "build all campaigns" in warning.hint


@pytest.mark.parametrize(("broken", "is_told"), [("annex.csv", True), ("circular.md", False)])
def test_an_annex_that_cannot_be_read_is_not_searched_for(both: SmallSite, broken: str, is_told: bool) -> None:  # noqa: FBT001 (what is expected)
    """The warning says so: an address that only the broken annex holds might be published."""
    (both.folders.content / OTHER / broken).write_text("{{ no such", encoding="utf-8")
    (warning,) = both.build(campaign=SLUG).warnings
    assert "mistake" in warning.message
    assert ("not searched for all addresses" in warning.hint) == is_told
