from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from site_src.annex import read_annex
from site_src.problems import Problems, Severity
from site_src.settings import Campaign
from tests.leftovers import english_in
from tests.make_annexes import samples

if TYPE_CHECKING:
    from pathlib import Path

    from site_src.agency import Agency
    from tests.annex_table import Sample


CORPUS = list(samples())
SAMPLES = {sample.name: sample for sample in CORPUS}


def _read(sample: Sample, folder: Path) -> tuple[tuple[Agency, ...], Problems]:
    path = folder / sample.name
    path.write_bytes(sample.data)
    problems = Problems()
    campaign = Campaign(
        slug="2020-11",
        path=folder,
        folder="ΝΕΟΙ ΚΩΔΙΚΟΙ",
        deadline=date(2020, 11, 30),
        effective=date(2020, 12, 1),
        keeps_code=sample.keeps_code,
        columns=dict(sample.columns),
    )
    return read_annex(path, campaign, problems), problems


def _line(agency: Agency) -> str:
    emails = ";".join(agency.emails)
    return f"{agency.username}|{agency.name}|{agency.kind}|{agency.parent}|{emails}|{agency.status}"


@pytest.mark.parametrize("name", SAMPLES)
def test_each_annex_gives_its_problems_and_agencies(name: str, tmp_path: Path) -> None:
    """Every annex of the corpus gives exactly the problems it is named for, each at its cell, and its agencies."""
    sample = SAMPLES[name]
    agencies, problems = _read(sample, tmp_path)
    found = [(str(p.severity), p.at.cell, f"{p.message} {p.value}") for p in problems.all()]
    assert [(severity, cell) for severity, cell, _ in found] == [(s, c) for s, c, _ in sample.problems], found
    for (_, _, told), (_, _, word) in zip(found, sample.problems, strict=True):
        assert word in told
    assert all(p.hint for p in problems.all() if p.severity is Severity.ERROR)
    if sample.agencies is not None:
        assert tuple(map(_line, agencies)) == sample.agencies


@pytest.mark.usefixtures("in_greek")
@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.problems])
def test_each_problem_is_told_in_greek(name: str, tmp_path: Path) -> None:
    """Every message and hint of the corpus is Greek, with no English word left over."""
    _, problems = _read(SAMPLES[name], tmp_path)
    for problem in problems.all():
        assert any("α" <= c <= "ω" for c in problem.message)
        assert not english_in(problem.message), problem
        assert not english_in(problem.hint), problem


def test_the_corpus_is_large() -> None:
    """There are at least 45 annexes of the four formats, each with a name of its own."""
    names = [sample.name for sample in CORPUS]
    assert len(set(names)) == len(names) >= 45
    assert {name.rsplit(".", 1)[1] for name in names} == {"xlsx", "xls", "ods", "csv"}
