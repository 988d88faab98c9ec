from __future__ import annotations

import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from site_src.files.htpasswd import opens
from site_src.make.archives import unseal
from site_src.plan.plan import RECIPE
from tests.vectors.uses import USES, output_of

FOLDER = Path(__file__).resolve().parent.parent / "vectors"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
CURRENT = [name for name, file in FILES.items() if file["recipe"] == RECIPE]


def vectors_of(name: str, *uses: str) -> list[dict[str, Any]]:
    """Return the vectors of a file, of some uses or of all."""
    return [vector for vector in FILES[name]["vectors"] if vector["use"] in (uses or USES)]


@pytest.mark.parametrize("name", CURRENT)
def test_what_was_published_comes_out_again(name: str) -> None:
    """Every code, choice, salt, hash line and archive of this recipe is made as it was, byte for byte."""
    for vector in vectors_of(name):
        assert output_of(vector["use"], vector["key"], vector["inputs"]) == vector["output"], vector


def test_the_present_recipe_has_vectors_of_every_use() -> None:
    """The present RECIPE has a file of vectors, with vectors of every use of the key."""
    counts = Counter(vector["use"] for name in CURRENT for vector in vectors_of(name))
    assert counts.keys() == USES.keys()


@pytest.mark.parametrize("name", FILES)
def test_archives_of_any_recipe_open_with_their_addresses(name: str) -> None:
    """A contact may open an archive years later: it gives its documents, and nothing to another address."""
    for vector in vectors_of(name, "archive"):
        data, password = base64.b64decode(vector["output"]), vector["inputs"]["password"]
        documents = unseal(data, password)
        assert documents is not None
        held = {each.name: base64.b64encode(each.content).decode() for each in documents}
        assert held == vector["inputs"]["documents"]
        assert unseal(data, f"{password}x") is None


@pytest.mark.parametrize("name", FILES)
def test_hash_lines_of_any_recipe_take_their_codes(name: str) -> None:
    """A line that a server has is checked with its code by every later version."""
    for vector in vectors_of(name, "hash_line"):
        username, code = vector["inputs"]["username"], vector["inputs"]["code"]
        assert vector["output"].startswith(f"{username}:")
        assert opens(vector["output"].encode(), code)
        assert not opens(vector["output"].encode(), code[:-1])
