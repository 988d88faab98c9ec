from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from site_src.make.pages.render import Folder, group_folders
from site_src.read.agency import Agency, Kind


def _folder(name: str, parent: str = "", kind: str = "") -> Folder:
    return Folder(Agency(username="0" * 12, name=name, parent=parent, kind=kind))


def test_groups_follow_the_tree() -> None:
    """Agencies without a parent come first, then each parent's group above those below it, last parents in no row."""
    folders = [
        _folder("entity", "town"),
        _folder("lost", "55 towns"),
        _folder("town", "region"),
        _folder("region", "", Kind.REGION),
        _folder("other town", "region"),
    ]
    groups = group_folders(folders)
    assert [(group.parent, [f.agency.name for f in group.folders]) for group in groups] == [
        ("", ["region"]),
        ("region", ["town", "other town"]),
        ("town", ["entity"]),
        ("55 towns", ["lost"]),
    ]
    assert [group.parent for group in groups if group.is_landmark] == ["region"]
    assert len({group.id for group in groups}) == len(groups)


NAMES = st.sampled_from(["", "a", "b", "c", "d"])


@given(st.lists(st.tuples(NAMES, NAMES), max_size=12))
def test_no_agency_is_lost(pairs: list[tuple[str, str]]) -> None:
    """Whatever names the parents bear, their own or each other's, every folder stands in exactly one group."""
    folders = [_folder(name, parent) for name, parent in pairs]
    grouped = [folder for group in group_folders(folders) for folder in group.folders]
    assert sorted(map(repr, grouped)) == sorted(map(repr, folders))
